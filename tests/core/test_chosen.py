"""What people chose for findings, and which of it still holds."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.core.chosen import (
    NOTHING_CHOSEN,
    Chosen,
    carried_out,
    chosen,
    covers,
    exactly,
    is_carried_out,
    retired_findings,
    rulings_of,
    with_corrections,
)
from sync.model.finding import Choice, Finding, FindingState, Settlement, StoredFinding
from sync.model.progress import Correction, FrozenStanding, Ruling, Standing, Status
from tests.core.paper_asana import READ_AT, rules_for, small_plan

A1, A2 = "action:A1-01", "action:A1-02"
ZONE = ZoneInfo("America/Toronto")
LATE = datetime(2026, 2, 2, 3, tzinfo=UTC)
"""In the night, when the city's day is still the one before."""
CITY_DAY = date(2026, 2, 1)


def settled(id_: int, code: str, subject: str, choice: Choice, **more: Any) -> Settlement:
    return Settlement(
        **{
            "key": f"{code}:{subject}",
            "choice": choice,
            "by": "Mme la greffière",
            "reason": "Décidé.",
            "id": id_,
            "at": LATE,
            **more,
        }
    )


def stored(key: str, state: FindingState) -> StoredFinding:
    code, _, subject = key.partition(":")
    return StoredFinding(Finding(code, subject), "warning", state, READ_AT, READ_AT, "c1", "c2")


# which of it holds


def test_a_choice_holds_while_its_finding_stands_settled() -> None:
    kept = settled(1, "field.drifted", f"{A1}#name", "keep")
    for state, holds in (
        ("settled", True),
        ("open", False),
        ("seen", False),
        ("reopened", False),
        ("closed", False),
    ):
        found = chosen([kept], [stored(kept.key, state)])  # type: ignore[arg-type]
        assert found.settled == ({kept.key: kept} if holds else {})
    assert chosen([kept], []).settled == {}


def test_the_last_word_for_a_finding_counts() -> None:
    first = settled(1, "field.drifted", f"{A1}#name", "keep")
    last = settled(2, "field.drifted", f"{A1}#name", "plan")
    other = settled(3, "field.drifted", f"{A2}#name", "keep")
    states = [stored(one.key, "settled") for one in (first, other)]
    assert chosen([first, last, other], states).settled == {last.key: last, other.key: other}


def test_what_is_about_to_be_kept_settles_its_finding_and_is_the_last_word() -> None:
    before = settled(1, "field.drifted", f"{A1}#name", "keep")
    taken = settled(2, "field.drifted", f"{A1}#name", "plan")
    retired = settled(3, "action.retired", A2, "retire")
    said = chosen([before], [stored(before.key, "reopened")], [taken, retired])
    assert said.settled == {taken.key: taken, retired.key: retired}
    assert said.retired == {"A1-02": retired}


def test_a_choice_is_for_the_facts_that_the_person_saw() -> None:
    kept = settled(1, "field.drifted", f"{A1}#name", "keep", facts={"asana": "neuf"})
    said = Chosen(settled={kept.key: kept})
    same = Finding("field.drifted", f"{A1}#name", {"asana": "neuf"})
    others = [
        replace(same, facts={"asana": "autre"}),
        replace(same, facts={}),
        replace(same, subject=f"{A2}#name"),
        replace(same, code="field.conflict"),
    ]
    assert said.of(same) == kept
    assert [said.of(other) for other in others] == [None] * 4
    assert said.unsettled([others[0], same, others[2]]) == (others[0], others[2])
    assert NOTHING_CHOSEN.unsettled([same]) == (same,)


def test_retiring_holds_whatever_becomes_of_the_finding_until_it_is_undone() -> None:
    first = settled(1, "task.missing", A1, "retire")
    undone = settled(2, "action.retired", A1, "reinstate")
    again = settled(3, "status.undeclared", f"{A1}#mi-chemin", "retire")
    other = settled(4, "task.missing", A2, "retire")
    between = settled(5, "task.missing", A1, "keep")
    assert chosen([first], []).retired == {"A1-01": first}
    assert chosen([first, undone], []).retired == {}
    assert chosen([first, undone, again], []).retired == {"A1-01": again}
    assert chosen([first, other, between], []).retired == {"A1-01": first, "A1-02": other}


# tasks made anew, and copies


def test_what_is_made_anew_is_told_with_the_gid_that_is_gone() -> None:
    both = settled(
        1, "task.missing", A1, "recreate", value=json.dumps({A1: "1", "indicator:x": "2"})
    )
    other = settled(2, "task.missing", A2, "recreate", value=json.dumps({A2: "3"}))
    kept = settled(3, "task.moved", "action:A2-01", "keep", value=json.dumps({"action:A2-01": "9"}))
    assert covers(both) == {A1: "1", "indicator:x": "2"}
    assert covers(settled(4, "task.missing", A1, "recreate")) == {}
    said = Chosen(settled={one.key: one for one in (both, kept, other)})
    assert said.anew() == {A1: "1", "indicator:x": "2", A2: "3"}
    assert NOTHING_CHOSEN.anew() == {}


def test_declared_copies_are_told_by_their_gids() -> None:
    one = settled(1, "task.duplicated", A1, "duplicate", facts={"copies": "5 6"})
    other = settled(2, "task.duplicated", A2, "duplicate", facts={"copies": 7})
    kept = settled(3, "task.duplicated", "action:A2-01", "keep", facts={"copies": "8"})
    bare = settled(4, "task.duplicated", "action:A1-03", "duplicate")
    said = Chosen(settled={each.key: each for each in (one, kept, bare, other)})
    assert said.copies() == {"5", "6", "7"}
    assert NOTHING_CHOSEN.copies() == frozenset()


# beside a frozen status

FIXED = FrozenStanding(Standing(Status.ACHIEVED, 2, 2, "accord"), date(2026, 2, 20))


def test_corrections_stand_beside_what_was_frozen_oldest_first() -> None:
    first = settled(
        1,
        "status.frozen_otherwise",
        f"{A1}#mi-chemin",
        "correct",
        value="non_atteint",
        public_reason="Compté deux fois.",
    )
    second = settled(2, "status.regressed", f"{A1}#mi-chemin", "correct", at=READ_AT)
    elsewhere = settled(3, "status.regressed", f"{A1}#finalite", "correct", value="atteint")
    said = chosen([first, elsewhere, second], [])
    assert said.corrected == {
        ("A1-01", "mi-chemin"): (first, second),
        ("A1-01", "finalite"): (elsewhere,),
    }
    frozen = {("A1-01", "mi-chemin"): FIXED, ("A1-02", "mi-chemin"): FIXED}
    assert with_corrections(frozen, said, ZONE) == {
        ("A1-01", "mi-chemin"): replace(
            FIXED,
            corrections=(
                Correction(Status.NOT_ACHIEVED, CITY_DAY, "Compté deux fois."),
                Correction(Status.NOT_ASSESSED, CITY_DAY, ""),
            ),
        ),
        ("A1-02", "mi-chemin"): FIXED,
    }


# statuses that a person decided


def confirmed(id_: int, code: str, **more: Any) -> tuple[Settlement, Finding]:
    subject = f"{A1}#mi-chemin"
    facts = {"declared": "atteint"}
    one = settled(id_, code, subject, "confirm", facts=facts, **more)
    return one, Finding(code, subject, facts)


def test_a_confirmed_status_is_dated_by_the_city_and_the_latest_word_counts() -> None:
    rules = rules_for(small_plan())
    early, of_early = confirmed(1, "status.apart", value="atteint", public_reason="Reçu.")
    late, of_late = confirmed(2, "status.undeclared", value="en_cours")
    said = Chosen(settled={one.key: one for one in (late, early)})
    place = ("A1-01", "mi-chemin")
    assert rulings_of(small_plan(), rules, [of_early], said) == {
        place: Ruling(Status.ACHIEVED, CITY_DAY, "Reçu.")
    }
    for findings in ([of_early, of_late], [of_late, of_early]):
        assert rulings_of(small_plan(), rules, findings, said) == {
            place: Ruling(Status.UNDER_WAY, CITY_DAY, None)
        }
    other_facts = replace(of_early, facts={"declared": "en_cours"})
    assert rulings_of(small_plan(), rules, [other_facts], said) == {}


def test_only_a_confirmation_decides_a_status_and_none_told_is_not_assessed() -> None:
    rules = rules_for(small_plan())
    kept, of_kept = confirmed(1, "status.apart", value="atteint")
    kept = replace(kept, choice="keep")
    assert rulings_of(small_plan(), rules, [of_kept], Chosen(settled={kept.key: kept})) == {}
    bare, of_bare = confirmed(2, "status.apart")
    found = rulings_of(small_plan(), rules, [of_bare], Chosen(settled={bare.key: bare}))
    assert found == {("A1-01", "mi-chemin"): Ruling(Status.NOT_ASSESSED, CITY_DAY, None)}


def test_a_retired_action_is_retired_at_each_checkpoint_whatever_was_confirmed() -> None:
    rules = rules_for(small_plan())
    one, finding = confirmed(1, "status.apart", value="atteint")
    other = settled(4, "status.apart", f"{A2}#mi-chemin", "confirm", value="en_cours")
    gone = settled(2, "task.missing", A1, "retire", public_reason="Fusionnée.")
    of_no_plan = settled(3, "task.missing", "action:Z-99", "retire")
    said = Chosen(
        settled={one.key: one, other.key: other}, retired={"A1-01": gone, "Z-99": of_no_plan}
    )
    ruling = Ruling(Status.RETIRED, CITY_DAY, "Fusionnée.")
    assert rulings_of(
        small_plan(), rules, [finding, Finding("status.apart", f"{A2}#mi-chemin")], said
    ) == {
        ("A1-01", "mi-chemin"): ruling,
        ("A1-01", "finalite"): ruling,
        ("A1-02", "mi-chemin"): Ruling(Status.UNDER_WAY, CITY_DAY, None),
    }


def test_each_retired_action_of_the_plan_stays_in_sight() -> None:
    gone = settled(1, "task.missing", A2, "retire")
    said = Chosen(retired={"A1-02": gone, "Z-99": gone})
    assert retired_findings(small_plan(), rules_for(small_plan()), said) == (
        Finding(
            "action.retired",
            A2,
            {"action": "Budget", "by": "Mme la greffière", "on": "2026-02-01"},
        ),
    )
    assert retired_findings(small_plan(), rules_for(small_plan()), NOTHING_CHOSEN) == ()


# how it is remembered


@pytest.mark.parametrize("name", ["name", "declare/mi-chemin"])
def test_a_settlement_carried_out_is_remembered_beside_its_field(name: str) -> None:
    assert carried_out(name) == f"{name}!"
    assert is_carried_out(carried_out(name))
    assert not is_carried_out(name)
    assert not is_carried_out(f"!{name}")


def test_long_texts_that_look_alike_are_told_apart() -> None:
    assert exactly("a", None) == exactly("a", None)
    told = [exactly("a" * 400), exactly("a" * 401), exactly("a", "b"), exactly("ab"), exactly(1)]
    told += [exactly("1"), exactly(None), exactly()]
    assert len(set(told)) == 8
    assert {len(each) for each in told} == {12}
