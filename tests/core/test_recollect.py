"""What a recovery makes of one look at Asana and of the last page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync.core.chosen import Chosen
from sync.core.draft import ChangeSet
from sync.core.recognise import Recognition
from sync.core.recollect import (
    by_content,
    decisions,
    doubtful,
    missing,
    structure,
    untouched,
)
from sync.core.view import View
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding, NewSettlement, Settlement
from sync.model.mapping import FieldMapping
from sync.model.operation import Ref
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.progress import Ruling, Rulings, Status
from sync.model.publication import Published
from sync.model.snapshot import Snapshot, State
from sync.model.target import Observed, ObservedField, ObservedOption, ObservedTask
from tests.core.paper_draft import FOLLOWUP, OWN, READ_AT, RULES, STATE
from tests.core.paper_page import action, document, standing


def planned(id_: str, checkpoint_id: str) -> Action:
    line = Indicator(f"{id_}-{checkpoint_id}-1", "Guide.", Goal("deliverable"))
    return Action(id_, f"Action {id_}", {checkpoint_id: (line,)})


PLAN = Plan(
    "p",
    "Plan",
    (
        Axis(
            1,
            "Axe",
            "But",
            (
                Volet("1.1", "Gestion", (planned("A-1", "mi"), planned("A-2", "mi"))),
                Volet("1.2", "Accueil", (planned("A-3", "fin"),)),
            ),
        ),
    ),
)
PROJECTS = {"project:actions": "P1", "project:indicators": "P2"}
TASKS = {
    "action:A-1": "1",
    "action:A-2": "2",
    "action:A-3": "3",
    "indicator:A-1-mi-1": "11",
    "indicator:A-2-mi-1": "12",
    "indicator:A-3-fin-1": "13",
}
SECTIONS = {"section:1.1": "S1", "section:1.2": "S2", "section:mi": "S3", "section:fin": "S4"}


def seen(
    gids: Mapping[Ref, str],
    *found: Decision,
    findings: Iterable[Finding] = (),
    rulings: Rulings | None = None,
    chosen: Chosen | None = None,
    gone: Iterable[Ref] = (),
) -> View:
    return View(
        Recognition(gids, gone=frozenset(gone)),
        {},
        {},
        tuple(findings),
        ChangeSet(decisions=found),
        rulings or {},
        chosen or Chosen(),
    )


def without(gids: Mapping[Ref, str], *refs: Ref) -> dict[Ref, str]:
    return {ref: gid for ref, gid in gids.items() if ref not in refs}


def holding(homes: Mapping[str, Mapping[str, str | None]], *fields: ObservedField) -> Observed:
    """Each task by gid, with the section of each project that it lies in."""
    tasks = {gid: ObservedTask(gid, "", homes=each) for gid, each in homes.items()}
    return replace(Observed(complete=True, read_at=READ_AT), tasks=tasks, fields=fields)


# sections and options that people renamed

HOMES: Mapping[str, Mapping[str, str | None]] = {
    "1": {"P1": "S1"},
    "2": {"P1": "S1"},
    "3": {"P1": "S2"},
    "11": {"P1": None, "P2": "S3"},
    "12": {"P2": "S3"},
    "13": {"P2": "S4"},
}
ALL = PROJECTS | TASKS | SECTIONS


@pytest.mark.parametrize("lost", [(ref,) for ref in SECTIONS] + [tuple(SECTIONS)])
def test_a_section_is_known_by_the_tasks_that_it_holds(lost: tuple[Ref, ...]) -> None:
    found = by_content(PLAN, RULES, holding(HOMES), seen(without(ALL, *lost)))
    assert list(found) == [(ref, SECTIONS[ref]) for ref in lost]


@pytest.mark.parametrize(
    ("gids", "homes", "expected"),
    [
        pytest.param(ALL, {}, [], id="nothing is lost"),
        pytest.param(ALL, {"1": {"P1": "S9"}}, [], id="a known one, whatever its tasks say"),
        pytest.param(without(ALL, "section:1.1"), {}, [("section:1.1", "S1")], id="both say so"),
        pytest.param(
            without(ALL, "section:1.1", "action:A-1"),
            {},
            [("section:1.1", "S1")],
            id="by the tasks that are known",
        ),
        pytest.param(
            without(ALL, "section:1.1", "section:1.2"),
            {"1": {"P1": "S9"}, "2": {"P1": "S9"}, "3": {"P1": "S9"}},
            [("section:1.1", "S9")],
            id="one section is not two",
        ),
        pytest.param(
            without(ALL, "section:1.1"),
            {"1": {"P1": "S2"}, "2": {"P1": "S9"}},
            [("section:1.1", "S9")],
            id="nor one that is known already",
        ),
        pytest.param(
            without(ALL, "section:1.1"),
            {"1": {"P1": None}, "2": {"P2": "S9"}},
            [],
            id="tasks that lie in none of that project",
        ),
        pytest.param(
            without(ALL, "section:1.1", "section:fin", "project:actions"),
            {},
            [("section:fin", "S4")],
            id="no project, no section of it",
        ),
    ],
)
def test_a_section_that_cannot_be_told_is_left(
    gids: Mapping[Ref, str],
    homes: Mapping[str, Mapping[str, str | None]],
    expected: list[tuple[Ref, str]],
) -> None:
    assert list(by_content(PLAN, RULES, holding({**HOMES, **homes}), seen(gids))) == expected


def test_most_of_its_tasks_say_which_section_it_is() -> None:
    volet = Volet("1.1", "Gestion", tuple(planned(f"A-{n}", "mi") for n in (1, 2, 3)))
    plan = Plan("p", "Plan", (Axis(1, "Axe", "But", (volet,)),))
    homes: Mapping[str, Mapping[str, str | None]] = {
        "1": {"P1": "S9"}, "2": {"P1": "S8"}, "3": {"P1": "S8"},
    }  # fmt: skip
    gids = without(ALL, "section:1.1", "section:1.2")
    assert list(by_content(plan, RULES, holding(homes), seen(gids))) == [("section:1.1", "S8")]


FIELDS = {"field:etat": "F1", "option:etat/a": "O1", "option:etat/b": "O2"}


def enum(*options: ObservedOption) -> Observed:
    other = ObservedField("F0", "Autre", "enum", options=(ObservedOption("O7", "Autre"),))
    return holding(HOMES, other, ObservedField("F1", "État", "enum", options=options))


OLD, NEW, THIRD = ObservedOption("O1", "a"), ObservedOption("O2", "b"), ObservedOption("O3", "c")


@pytest.mark.parametrize(
    ("lost", "options", "expected"),
    [
        pytest.param((), (OLD, NEW, THIRD), [], id="none is lost"),
        pytest.param(
            ("option:etat/b",), (OLD, NEW), [("option:etat/b", "O2")], id="the only one left"
        ),
        pytest.param(("option:etat/b",), (OLD, NEW, THIRD), [], id="two are left"),
        pytest.param(("option:etat/b",), (OLD,), [], id="none is left"),
        pytest.param(("option:etat/a", "option:etat/b"), (OLD, NEW), [], id="two are lost"),
        pytest.param(("option:etat/a", "option:etat/b"), (OLD,), [], id="two, and one is left"),
        pytest.param(
            ("option:etat/b",),
            (OLD, replace(THIRD, enabled=False), NEW),
            [("option:etat/b", "O2")],
            id="one that was switched off is none",
        ),
        pytest.param(("field:etat", "option:etat/b"), (OLD, NEW), [], id="the field is lost too"),
    ],
)
def test_an_option_is_known_where_it_is_the_only_one_left(
    lost: tuple[Ref, ...], options: tuple[ObservedOption, ...], expected: list[tuple[Ref, str]]
) -> None:
    gids = without(ALL | FIELDS, *lost)
    assert list(by_content(PLAN, RULES, enum(*options), seen(gids))) == expected


def test_options_of_people_s_own_field_are_theirs_and_the_next_field_is_looked_at() -> None:
    theirs = replace(STATE, key="leur", existing=True)
    rules = replace(RULES, mapping=FieldMapping((theirs, STATE), {}))
    observed = enum(OLD, NEW)
    gids = without(ALL | FIELDS, "option:etat/b") | {"field:leur": "F0"}
    assert list(by_content(PLAN, rules, observed, seen(gids))) == [("option:etat/b", "O2")]


# what is done once


def test_what_is_done_once_was_done() -> None:
    """Or it is people's to do; an order is that of the plan."""
    rules = replace(RULES, members=("a@ville.example",), team="Greffe")
    gids = {**ALL, "field:etat": "F1", "field:preuve": "F2"}
    agreed = structure(PLAN, rules, seen(gids), {("action:A-1", "assignee"): "1"})
    assert agreed == {
        **{
            (f"share:{role}/{one}", "shared"): "oui"
            for role in ("actions", "indicators")
            for one in ("a@ville.example", "Greffe")
        },
        **{
            (f"attach:{role}/{key}", "attached"): "oui"
            for role in ("actions", "indicators")
            for key in ("etat", "preuve")
        },
        ("section:1.1", "order"): "action:A-1 action:A-2",
        ("section:1.2", "order"): "action:A-3",
        **{(ref, "assignee"): "recover" for ref in TASKS if ref != "action:A-1"},
    }


def test_of_what_is_not_there_nothing_was_done() -> None:
    gids = {"project:indicators": "P2", "section:1.2": "S2", "field:etat": "F1"}
    assert structure(PLAN, RULES, seen(gids), {}) == {
        ("attach:indicators/etat", "attached"): "oui",
        ("section:1.2", "order"): "action:A-3",
    }
    assert structure(PLAN, replace(RULES, members=("m",)), seen({}), {}) == {}


# what is in doubt


def held(
    verdict: Verdict = Verdict.HOLD,
    subject: Ref = "action:A-1",
    field: str = "name",
    base: str | None = "unseen",
    asana: str | None = "vu",
) -> Decision:
    return Decision(verdict, subject, field, "", "", "", base, "voulu", asana)


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        pytest.param(held(), True, id="held"),
        pytest.param(held(Verdict.WRITE), True, id="would be written"),
        pytest.param(held(Verdict.PULL), False, id="people's own"),
        pytest.param(held(base="avant"), False, id="it was agreed"),
        pytest.param(held(field=""), False, id="no field"),
        pytest.param(held(subject="action:A-2"), False, id="the task was not seen"),
        pytest.param(held(subject="action:A-9"), False, id="the task is not known"),
    ],
)
def test_a_field_is_in_doubt_where_both_sides_differ_and_nothing_was_agreed(
    decision: Decision, told: bool
) -> None:
    last = held(field="notes")
    view = seen(TASKS, decision, last)
    expected = [decision, last] if told else [last]
    assert list(doubtful(view, holding({"1": {}}))) == expected


RETIREMENT = NewSettlement(key="action.retired:action:A-1", choice="retire", by="", reason="")
CHECKED = datetime(2026, 2, 1, 12, tzinfo=UTC)
PUBLISHED = Published((), (), State(numero=1, verifie_le=CHECKED, demonstration=False), "ailleurs")


@pytest.mark.parametrize(
    ("decision", "modified_at", "told"),
    [
        pytest.param(held(field="suivi"), CHECKED, True, id="last touched when it was read"),
        pytest.param(held(field="suivi"), CHECKED - timedelta(days=1), True, id="or before"),
        pytest.param(held(field="suivi"), CHECKED + timedelta(seconds=1), False, id="touched"),
        pytest.param(held(field="suivi"), None, False, id="who knows when"),
        pytest.param(held(field="suivi", asana=None), CHECKED, False, id="empty"),
        pytest.param(held(field="name"), CHECKED, False, id="another field"),
        pytest.param(held(field="suivi", subject="action:A-9"), CHECKED, False, id="not known"),
    ],
)
def test_what_nobody_touched_since_it_was_read_is_what_jalon_wrote(
    decision: Decision, modified_at: datetime | None, told: bool
) -> None:
    tasks = {
        "1": ObservedTask("1", "", modified_at=modified_at),
        "2": ObservedTask("2", "", modified_at=CHECKED),
    }
    observed = replace(Observed(complete=True, read_at=READ_AT), tasks=tasks)
    view = seen(TASKS, decision, held(field="suivi", subject="action:A-2"))
    expected = {("action:A-2", "suivi"): "vu"}
    if told:
        expected["action:A-1", "suivi"] = "vu"
    assert untouched(PUBLISHED, RULES, view, observed) == expected


def test_the_followup_is_known_by_its_role() -> None:
    fields = (OWN, replace(FOLLOWUP, key="renommé"))
    rules = replace(RULES, mapping=FieldMapping(fields, {}))
    task = ObservedTask("1", "", modified_at=CHECKED)
    observed = replace(Observed(complete=True, read_at=READ_AT), tasks={"1": task})
    view = seen(TASKS, held(field="suivi"), held(field="renommé"))
    assert untouched(PUBLISHED, rules, view, observed) == {("action:A-1", "renommé"): "vu"}


def test_a_task_is_missing_that_was_not_found_or_is_gone() -> None:
    view = seen(without(TASKS, "action:A-2"), gone=["indicator:A-3-fin-1"])
    assert list(missing(PLAN, view)) == ["action:A-2", "indicator:A-3-fin-1"]
    assert list(missing(PLAN, seen(TASKS))) == []


def test_of_a_retired_action_nothing_is_missing() -> None:
    """No cycle makes it anew."""
    retired = RETIREMENT.kept(1, CHECKED)
    view = seen(
        without(TASKS, "action:A-1", "action:A-2", "indicator:A-2-mi-1"),
        gone=["indicator:A-1-mi-1"],
        chosen=Chosen(retired={"A-1": retired}),
    )
    assert list(missing(PLAN, view)) == ["action:A-2", "indicator:A-2-mi-1"]


# what people had decided

RULED = {"selon": "reglement", "regle_le": "2026-02-03", "motif": "Vu au conseil."}
AS_OF = date(2026, 2, 10)


def page(**standings: dict[str, Any]) -> Snapshot:
    first = action("A-0", jalons={})
    return Snapshot.model_validate(document(first, action("A-1", jalons=standings), numero=7))


def asks(code: str, place: str = "mi") -> Finding:
    return Finding(code, f"action:A-1#{place}", {"action": "Action A-1", "n": 1})


def decided(
    finding: Finding, choice: Any, day: date, value: str | None = None, why: str | None = None
) -> tuple[Finding, NewSettlement, datetime]:
    made = NewSettlement(
        key=finding.key,
        choice=choice,
        by="jalon recover",
        reason="repris de l’instantané 7",
        facts=finding.facts,
        value=value,
        public_reason=why,
    )
    return finding, made, datetime(day.year, day.month, day.day, 12, tzinfo=RULES.zone)


RETIRED = Finding(
    "action.retired",
    "action:A-1",
    {"action": "Action A-1", "by": "instantané 7", "on": "2026-02-03"},
)
UNDECLARED, APART = asks("status.undeclared"), asks("status.apart")
REGRESSED = Finding(
    "status.regressed",
    "action:A-1#mi",
    {
        "action": "Action A-1",
        "checkpoint": "Mi-chemin",
        "frozen": "atteint",
        "frozen_en": "achieved",
        "current": "en cours",
        "current_en": "under way",
    },
)
CORRECTIONS = [
    {"etat": "atteint", "le": "2026-02-25", "motif": "Preuve reçue."},
    {"etat": "non_atteint", "le": "2026-02-27", "motif": "Preuve retirée."},
]
FEB_3, FEB_25, FEB_27 = date(2026, 2, 3), date(2026, 2, 25), date(2026, 2, 27)
CORRECTED = [
    decided(REGRESSED, "correct", FEB_25, "atteint", "Preuve reçue."),
    decided(REGRESSED, "correct", FEB_27, "non_atteint", "Preuve retirée."),
]


@pytest.mark.parametrize(
    ("last", "view", "expected"),
    [
        pytest.param(page(mi=standing()), seen({}), [], id="nothing"),
        pytest.param(
            page(mi=standing(etat="retire", **RULED), fin=standing(etat="retire", **RULED)),
            seen({}, findings=[UNDECLARED]),
            [decided(RETIRED, "retire", FEB_3, None, "Vu au conseil.")],
            id="retired, once",
        ),
        pytest.param(
            page(fin=standing(etat="retire", **RULED), mi=standing(etat="en_cours", **RULED)),
            seen({}, findings=[UNDECLARED]),
            [decided(RETIRED, "retire", FEB_3, None, "Vu au conseil.")],
            id="retired at one checkpoint is retired",
        ),
        pytest.param(
            page(mi=standing(etat="en_cours", **RULED)),
            seen({}, findings=[APART]),
            [decided(APART, "confirm", FEB_3, "en_cours", "Vu au conseil.")],
            id="a status that was confirmed, on what asks for it",
        ),
        pytest.param(
            page(mi=standing(etat="en_cours", **RULED)),
            seen({}, findings=[asks("status.achieved_late"), UNDECLARED, APART]),
            [
                decided(UNDECLARED, "confirm", FEB_3, "en_cours", "Vu au conseil."),
                decided(APART, "confirm", FEB_3, "en_cours", "Vu au conseil."),
            ],
            id="on all that ask for it, and on none that only tells",
        ),
        pytest.param(
            page(mi=standing(etat="en_cours", **RULED)),
            seen({}, findings=[asks("status.apart", "fin")]),
            [],
            id="nothing asks for it there",
        ),
        pytest.param(
            page(mi=standing(**RULED)),
            seen({}, findings=[APART], rulings={("A-1", "mi"): Ruling(Status.ACHIEVED, FEB_3)}),
            [],
            id="ruled already",
        ),
        pytest.param(
            page(mi=standing(selon="accord", regle_le="2026-02-03")),
            seen({}, findings=[APART]),
            [],
            id="not ruled",
        ),
        pytest.param(
            page(mi=standing(selon="reglement")), seen({}, findings=[APART]), [], id="on no day"
        ),
        pytest.param(
            page(mi=standing(etat_fige="atteint", corrections=CORRECTIONS)),
            seen({}, findings=[APART]),
            CORRECTED,
            id="a frozen status that was corrected, where nothing asks for it",
        ),
        pytest.param(
            page(mi=standing(corrections=CORRECTIONS[:1])),
            seen({}),
            [
                decided(
                    replace(
                        REGRESSED,
                        facts={**REGRESSED.facts, "frozen": "en cours", "frozen_en": "under way"},
                    ),
                    "correct",
                    FEB_25,
                    "atteint",
                    "Preuve reçue.",
                )
            ],
            id="and which is frozen no more",
        ),
        pytest.param(
            page(mi=standing(corrections=CORRECTIONS[1:])),
            seen({}, findings=[APART, asks("status.frozen_otherwise"), REGRESSED]),
            [
                decided(
                    asks("status.frozen_otherwise"),
                    "correct",
                    FEB_27,
                    "non_atteint",
                    "Preuve retirée.",
                )
            ],
            id="on the first that asks for it",
        ),
        pytest.param(
            page(mi=standing(etat_fige="atteint", corrections=CORRECTIONS)),
            seen(
                {},
                chosen=Chosen(
                    corrected={
                        ("A-1", "mi"): (
                            Settlement(
                                key=REGRESSED.key,
                                choice="correct",
                                by="",
                                reason="",
                                id=1,
                                at=CHECKED,
                            ),
                        )
                    }
                ),
            ),
            CORRECTED[1:],
            id="those that the store knows are not taken again",
        ),
    ],
)
def test_what_people_had_decided_is_taken_from_the_page(
    last: Snapshot, view: View, expected: list[tuple[Finding, NewSettlement, datetime]]
) -> None:
    assert list(decisions(last, RULES, view)) == expected
