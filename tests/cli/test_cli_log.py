"""What the log says to a person, where a program gets its codes."""

import io
from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from sync.cli.commands.log import show
from sync.cli.log_words import LOGGED_KINDS, OUTCOMES, RULES
from sync.cli.output import Output
from sync.cli.whereabouts import action_of
from sync.model.decision import Verdict
from sync.model.operation import AnyOperation
from sync.model.record import (
    ERASED,
    OVERWRITTEN,
    RECOVERED,
    RESTORED,
    JournalState,
    LogRow,
)


def row(**said: str | None) -> LogRow:
    given: dict[str, str | None] = {
        "actor": "asana",
        "kind": "report",
        "subject": "action:A1-01",
        "field": "name",
        "base": "Ouvrir",
        "plan": "Ouvrir",
        "asana": "Fermer",
        "from_": "Ouvrir",
        "to": None,
        "rule": "report",
        "reason_fr": "écart signalé, non corrigé",
        "reason_en": "drift is reported, not corrected",
        "outcome": "left",
    }
    at = datetime(2026, 2, 21, 17, tzinfo=UTC)
    return LogRow(id=1, at=at, cycle_id="0123456789", **{**given, **said})  # type: ignore[arg-type]


def shown(one: LogRow, language: str = "fr") -> list[str]:
    out = io.StringIO()
    output = Output(out, io.StringIO(), "en" if language == "en" else "fr", {})
    show(output, [one], ZoneInfo("America/Toronto"), title=None)
    return out.getvalue().splitlines()[1].split("\t")


def test_every_code_that_a_cycle_can_log_has_its_words() -> None:
    """A new verdict or operation must not reach a clerk as a word of the code."""
    kinds = {kind.__name__ for kind in get_args(AnyOperation)} | {v.value for v in Verdict}
    assert kinds <= LOGGED_KINDS.keys()
    assert {verdict.value for verdict in Verdict} <= RULES.keys()
    assert set(get_args(JournalState)) <= OUTCOMES.keys()


@pytest.mark.parametrize("code", [ERASED, OVERWRITTEN, RECOVERED, RESTORED])
def test_every_code_logged_between_cycles_has_its_words_too(code: str) -> None:
    assert code in LOGGED_KINDS
    assert code in RULES


@pytest.mark.parametrize("kind", ["report", "conflict", "hold"])
def test_what_was_left_alone_shows_what_asana_says(kind: str) -> None:
    """Also where the row was stored without it; nobody can settle a difference half shown."""
    assert "Fermer" in shown(row(kind=kind))


def test_what_was_emptied_shows_as_empty() -> None:
    """A write that clears a field did not leave the old value there."""
    assert "Fermer" not in shown(row(kind="UpdateTask", outcome="done"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("écart signalé", "signaler sans corriger", "laissé tel quel")),
        ("en", ("drift reported", "report, do not correct", "left as it is")),
    ],
)
def test_kind_rule_and_outcome_are_in_the_reader_s_language(
    language: str, words: tuple[str, ...]
) -> None:
    told = shown(row(), language)
    assert set(words) <= set(told)
    assert not {"report", "left"} & set(told)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert "adopted_later" in shown(row(rule="adopted_later"))


@pytest.mark.parametrize(
    ("subject", "action"),
    [
        ("action:A1-01", "A1-01"),
        ("action:A1-01#mi-chemin", "A1-01"),
        ("indicator:A1-01-fin-1", "A1-01"),
        ("indicator:A1-01-fin-1#x", "A1-01"),
        ("indicator:inconnu", None),
        ("project:actions", None),
    ],
)
def test_the_action_of_a_row(subject: str, action: str | None) -> None:
    assert action_of(subject, {"indicator:A1-01-fin-1": "A1-01"}) == action
