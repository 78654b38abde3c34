"""
`jalons.ics`: the échéance and the gel of each checkpoint, and the plan's end, as all-day events
(RFC 5545).

Four or so events of one fixed form: the writer below is the whole of what they need, and the
judges of `tests/contract` read it with a library for iCalendar. An event keeps its UID when its
day moves, and its SEQUENCE then rises, so that a calendar that was subscribed moves the event
instead of adding one. DTSTAMP is the snapshot's instant, never the clock.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from sync.model.snapshot import Counts, PublicCheckpoint, Snapshot
from sync.site.dates import say_date
from sync.site.edition import Edition
from sync.site.entries import ended_last, ended_notice, invented_first, invented_notice
from sync.site.locales.calendar import CALENDAR
from sync.site.tallies import counted
from sync.site.typography import display

_FOLD_AT = 75
"""Bytes of a content line, its line break aside."""


def calendar(edition: Edition) -> bytes:
    presentation, snapshot = edition.presentation, edition.current.snapshot
    name = f"{snapshot.plan.titre} – {presentation.city}"
    marked = invented_first(ended_last(name, snapshot, presentation), snapshot, presentation)
    title = display(marked, presentation.language)
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
        *_end(edition),
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
    presentation, snapshot = edition.presentation, edition.current.snapshot
    language = presentation.language
    summary = CALENDAR[kind].in_(language).format(checkpoint=checkpoint.titre)
    said = [
        CALENDAR[f"{kind}_why"].in_(language),
        counted(counts, presentation)
        and CALENDAR[f"{kind}_counts"]
        .in_(language)
        .format(day=say_date(snapshot.etat_au, language), counts=counted(counts, presentation)),
    ]
    moved = _times(_dated(issue.snapshot, checkpoint.id) for issue in edition.issues)
    yield from _all_day(edition, f"jalon:{checkpoint.id}:{kind}", moved, day, summary, said)


def _end(edition: Edition) -> Iterator[str]:
    """The plan's last day, where it is known."""
    presentation, snapshot = edition.presentation, edition.current.snapshot
    language = presentation.language
    if snapshot.fin is None:
        return
    summary = CALENDAR["fin"].in_(language).format(plan=snapshot.plan.titre)
    said = ended_notice(snapshot, presentation) or CALENDAR["fin_why"].in_(language)
    moved = _times(issue.snapshot.fin for issue in edition.issues)
    yield from _all_day(edition, "fin", moved, snapshot.fin, summary, [said])


def _all_day(
    edition: Edition, uid: str, moved: int, day: date, summary: str, said: Sequence[str | None]
) -> Iterator[str]:
    """`uid` is the event's own, inside the plan; `moved` is how often it was dated otherwise."""
    presentation, (record, snapshot) = edition.presentation, edition.current
    language = presentation.language
    told = (invented_notice(snapshot, presentation), *said)
    description = "\n".join(display(one, language) for one in told if one)
    title = display(invented_first(summary, snapshot, presentation), language)
    page = presentation.address("")
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'urn:jalon:{snapshot.plan.id}:{uid}')}"
    yield f"DTSTAMP:{_instant(record.generated_at)}"
    yield f"SEQUENCE:{moved}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(title)}"
    yield f"DESCRIPTION:{_text(description)}"
    if page:
        yield f"URL:{page}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _times(told: Iterable[object]) -> int:
    """How often what is told differs from what was told before it; what was not there is passed."""
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
