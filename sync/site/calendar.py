"""
`jalons.ics`: the échéance and the gel of each checkpoint, as all-day events (RFC 5545).

Four or so events of one fixed form: the writer below is the whole of what they need, and the
judges of `tests/contract` read it with a library for iCalendar. An event keeps its UID when its
day moves, and its SEQUENCE then rises, so that a calendar that was subscribed moves the event
instead of adding one. DTSTAMP is the snapshot's instant, never the clock.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sync.model.snapshot import Counts, PublicCheckpoint, Snapshot
from sync.site.dates import say_date
from sync.site.edition import Edition
from sync.site.entries import invented_first, invented_notice
from sync.site.locales.calendar import CALENDAR
from sync.site.tallies import counted
from sync.site.typography import display

_FOLD_AT = 75
"""Bytes of a content line, its line break aside."""


def calendar(edition: Edition) -> bytes:
    presentation, snapshot = edition.presentation, edition.current.snapshot
    name = f"{snapshot.plan.titre} – {presentation.city}"
    title = display(invented_first(name, snapshot, presentation), presentation.language)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Jalon//Jalon//{presentation.language.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(title)}",
        f"X-WR-CALNAME:{_text(title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        *(line for checkpoint in snapshot.jalons for line in _both(edition, checkpoint)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode("utf-8")


def _both(edition: Edition, checkpoint: PublicCheckpoint) -> Iterator[str]:
    totals = edition.current.snapshot.totaux.get(checkpoint.id)
    now, frozen = (totals.etat, totals.fige) if totals else ({}, {})
    yield from _event(edition, checkpoint, "echeance", checkpoint.echeance, now)
    yield from _event(edition, checkpoint, "gel", checkpoint.gel, frozen)


def _event(
    edition: Edition, checkpoint: PublicCheckpoint, kind: str, day: date, counts: Counts
) -> Iterator[str]:
    presentation, (record, snapshot) = edition.presentation, edition.current
    language = presentation.language
    summary = CALENDAR[kind].in_(language).format(checkpoint=checkpoint.titre)
    said = [
        invented_notice(snapshot, presentation),
        CALENDAR[f"{kind}_why"].in_(language),
        counted(counts, presentation)
        and CALENDAR[f"{kind}_counts"]
        .in_(language)
        .format(day=say_date(snapshot.etat_au, language), counts=counted(counts, presentation)),
    ]
    description = "\n".join(display(one, language) for one in said if one)
    title = display(invented_first(summary, snapshot, presentation), language)
    page = presentation.address("")
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'urn:jalon:{snapshot.plan.id}:jalon:{checkpoint.id}:{kind}')}"
    yield f"DTSTAMP:{_instant(record.generated_at)}"
    yield f"SEQUENCE:{_moved(edition, checkpoint.id)}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(title)}"
    yield f"DESCRIPTION:{_text(description)}"
    if page:
        yield f"URL:{page}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moved(edition: Edition, checkpoint_id: str) -> int:
    """How often the checkpoint was dated or named otherwise since it was first published."""
    told = [_dated(issue.snapshot, checkpoint_id) for issue in edition.issues]
    there = [one for one in told if one is not None]
    return sum(before != after for before, after in pairwise(there))


def _dated(snapshot: Snapshot, checkpoint_id: str) -> PublicCheckpoint | None:
    return next((one for one in snapshot.jalons if one.id == checkpoint_id), None)


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Cut where a line would be too long in bytes, never inside a character."""
    pieces, size = [""], 0
    for character in line:
        width = len(character.encode("utf-8"))
        if size + width > _FOLD_AT:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += width
    return "\r\n".join(pieces)
