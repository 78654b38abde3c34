"""What an absence means: what is read again, when a reading came too early, what is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from sync.core.absence import doubtful, keep_last_known, lagging
from sync.model.operation import Ref
from sync.model.record import JournalEntry
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedSection,
    ObservedTask,
)

AT: Final = datetime(2026, 2, 1, tzinfo=UTC)
LINKS: Final[Mapping[Ref, str]] = {
    "project:actions": "1",
    "section:1.1": "11",
    "field:axe": "41",
    "option:axe/axe-1": "51",
    "action:A": "71",
    "indicator:I": "81",
}


def read(**changes: Any) -> Observed:
    return replace(Observed(complete=True, read_at=AT), **changes)


SHOWN: Final = read(
    projects={"actions": ObservedProject("1", "Plan", "")},
    sections=(ObservedSection("11", "Gestion", "1"),),
    fields=(
        ObservedField("41", "Axe", "enum", options=(ObservedOption("51", "1"),)),
        ObservedField("42", "Note", "text"),
    ),
    order={"actions": ("71",), "indicators": ("81",)},
)


def waiting(ref: Ref) -> JournalEntry:
    return JournalEntry(1, "c1", ref, "CreateTask", "sent", AT)


@pytest.mark.parametrize(
    ("mirror", "fresh", "sent", "again"),
    [
        pytest.param(None, set(), [], set(), id="nothing new"),
        pytest.param(None, {"71", "81"}, [], {"71", "81"}, id="new, and nothing read before"),
        pytest.param(SHOWN, {"71", "81"}, [], set(), id="new, and shown already"),
        pytest.param(
            replace(SHOWN, order={"actions": ("71",)}), {"71", "81"}, [], {"81"}, id="one is not"
        ),
        pytest.param(None, {"1", "11", "41", "51"}, [], set(), id="only tasks are listed"),
        pytest.param(SHOWN, set(), ["action:A"], {"71"}, id="an unanswered write to a known task"),
        pytest.param(SHOWN, set(), ["action:B"], set(), id="an unanswered create has no gid yet"),
        pytest.param(None, {"81"}, ["action:A"], {"71", "81"}, id="both"),
    ],
)
def test_what_is_read_again_whatever_the_events_say(
    mirror: Observed | None, fresh: set[str], sent: list[Ref], again: set[str]
) -> None:
    assert doubtful(LINKS, mirror, frozenset(fresh), [waiting(ref) for ref in sent]) == again


@pytest.mark.parametrize("gid", LINKS.values())
def test_a_reading_that_lacks_what_was_just_made_came_too_early(gid: str) -> None:
    assert lagging(LINKS, read(), frozenset({gid}))
    assert not lagging(LINKS, SHOWN, frozenset({gid}))
    assert not lagging(LINKS, read(), frozenset()), "what is not new may be gone for good"
    assert not lagging({}, read(), frozenset({gid})), "what is linked no more is not missed"


def test_all_that_was_just_made_must_be_shown() -> None:
    without = replace(SHOWN, sections=())
    assert not lagging(LINKS, SHOWN, frozenset(LINKS.values()))
    assert lagging(LINKS, without, frozenset(LINKS.values()))


OLD: Final = ObservedTask(
    "71",
    "Ancien",
    "Anciennes notes",
    completed=True,
    completed_at=AT,
    homes={"1": "11"},
    fields={"42": "Tout va bien"},
)
NEW: Final = ObservedTask("71", "Nouveau", "Nouvelles notes", homes={"9": None})
OTHER: Final = ObservedTask("72", "Autre")


def test_a_task_proved_gone_keeps_its_last_known_body() -> None:
    mirror = read(tasks={"71": OLD})
    seen = read(tasks={"72": OTHER}, absent=frozenset({"71", "73"}))
    assert keep_last_known(seen, mirror) == replace(seen, tasks={"72": OTHER, "71": OLD})
    assert keep_last_known(seen, None) == seen


def test_a_task_that_left_keeps_what_people_had_entered_by_then() -> None:
    mirror = read(tasks={"71": OLD, "72": replace(OTHER, name="Avant")})
    seen = read(tasks={"71": NEW, "72": OTHER}, moved=frozenset({"71"}))
    kept = replace(NEW, fields=OLD.fields, completed=True, completed_at=AT)
    assert keep_last_known(seen, mirror) == replace(seen, tasks={"71": kept, "72": OTHER})


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({}, {"71": NEW}, id="never read before"),
        pytest.param({"71": OLD}, {}, id="not read now"),
    ],
)
def test_a_task_that_left_and_is_known_from_one_side_stays_as_it_is(
    before: Mapping[str, ObservedTask], now: Mapping[str, ObservedTask]
) -> None:
    seen = read(tasks=now, moved=frozenset({"71"}))
    assert keep_last_known(seen, read(tasks=before)) == seen


def test_what_was_linked_a_moment_ago_is_not_gone() -> None:
    seen = read(absent=frozenset({"71", "72"}))
    assert keep_last_known(seen, None, frozenset({"72", "99"})).absent == {"71"}
