"""The calendar of checkpoints, read by the rules of RFC 5545 and not by the writer's own."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.status import STATUS_NAMES
from sync.model.snapshot import PublicCheckpoint, Snapshot
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.snapshot_samples import (
    DAYS,
    END,
    MID,
    action,
    becancour,
    four_records,
    record_of,
    small,
)

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")
_ESCAPES = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def ics(*snapshots: Snapshot, city: Presentation = CITY) -> bytes:
    records = [record_of(one) for one in snapshots] or four_records()
    return build_files(records, city)["jalons.ics"]


def events(body: bytes) -> list[dict[str, str]]:
    """Unfolded, split and unescaped."""
    lines = re.sub(r"\r\n[ \t]", "", body.decode("utf-8")).split("\r\n")
    found: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and name:
            plain = re.sub(r"\\[nN,;\\]", lambda m: _ESCAPES[m[0]], value)
            found[-1].setdefault(name.partition(";")[0], plain)
    return found


def test_each_checkpoint_has_its_due_day_and_its_freeze_as_whole_days() -> None:
    told = [(e["SUMMARY"], e["DTSTART"], e["DTEND"]) for e in events(ics(small(action())))]
    nbsp = "\u00a0"
    assert told == [
        (f"Échéance{nbsp}: mi-chemin", "20260215", "20260216"),
        (f"Gel{nbsp}: mi-chemin", "20260220", "20260221"),
        (f"Échéance{nbsp}: finalité", "20260315", "20260316"),
        (f"Gel{nbsp}: finalité", "20260320", "20260321"),
    ]


def test_a_demonstration_says_so_in_every_event() -> None:
    """A calendar mixes events of many sources: the name of ours is not beside each."""
    body = ics()
    assert len(events(body)) == 4
    for event in events(body):
        assert event["SUMMARY"].startswith("Démonstration – données inventées – ")
        assert "son avancement est inventé" in event["DESCRIPTION"]
    assert "NAME:Démonstration – données inventées – Plan" in body.decode().replace("\r\n ", "")
    assert "monstration" not in ics(small(action())).decode()


def test_an_event_keeps_its_uid_when_its_day_moves_and_says_that_it_moved() -> None:
    """Otherwise a subscribed calendar shows both the old day and the new one."""
    later = PublicCheckpoint(
        id=MID.id, titre=MID.titre, echeance=MID.echeance + timedelta(days=7), gel=date(2026, 2, 27)
    )
    first, moved = small(action()), small(action(), numero=2, jalons=(later, END))
    before, after = events(ics(first)), events(ics(first, moved))
    assert [e["UID"] for e in before] == [e["UID"] for e in after]
    assert len({e["UID"] for e in before}) == 4
    assert [e["SEQUENCE"] for e in before] == ["0", "0", "0", "0"]
    assert [e["SEQUENCE"] for e in after] == ["1", "1", "0", "0"]
    assert after[0]["DTSTART"] == "20260222"


def test_the_stamp_is_the_snapshots_and_the_bytes_are_the_same_each_time() -> None:
    assert {e["DTSTAMP"] for e in events(ics())} == {"20260321T130500Z"}
    assert ics() == ics()


def test_the_events_tell_the_counts_of_their_checkpoint() -> None:
    snapshot = becancour(4, DAYS[-1])
    due, freeze, *_ = events(ics())
    totals = snapshot.totaux["mi-chemin"]

    def told(counts: Mapping[Any, int]) -> str:
        return ", ".join(
            f"{name.fr}\u00a0: {counts[s]}" for s, name in STATUS_NAMES.items() if counts.get(s)
        )

    assert told(totals.etat) in due["DESCRIPTION"]
    assert told(totals.fige) in freeze["DESCRIPTION"]
    assert told(totals.fige) != told(totals.etat)


@pytest.mark.parametrize("title", ["a;b,c\\d", "ligne\r\nBEGIN:VEVENT", "é" * 200, "\\n"])
def test_whatever_a_checkpoint_is_called_the_calendar_keeps_its_form(title: str) -> None:
    """A title is typed by a person: it must neither end a line nor begin an event."""
    odd = PublicCheckpoint(id=MID.id, titre=title, echeance=MID.echeance, gel=MID.gel)
    body = ics(small(action(), jalons=(odd,)))
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    first, second = events(body)
    assert first["SUMMARY"] == f"Échéance\u00a0: {title}".replace("\r\n", "\n").replace("\r", "")
    assert second["SUMMARY"].startswith("Gel")


def test_an_address_is_given_when_there_is_one() -> None:
    assert events(ics())[0]["URL"] == "https://suivi.ville.ca/100-jours/"
    assert "URL" not in events(ics(city=Presentation("Ville", None)))[0]
