"""The order of actions in their section: mended once, then people's own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pytest

from sync.core.chosen import Chosen, exactly
from sync.core.draft import ChangeSet, Draft, Memory
from sync.core.order import propose_order
from sync.core.recognise import Recognition
from sync.model.finding import Choice, Finding, Settlement
from sync.model.operation import PlaceTask
from sync.model.plan import Action, Axis, Plan, Volet
from sync.model.target import Observed, ObservedProject, ObservedTask
from tests.core.paper_asana import READ_AT, rules_for

A, B, C, D = "action:A", "action:B", "action:C", "action:D"
FIRST, SECOND = "section:1.1", "section:1.2"
PLAN: Final = Plan(
    "p",
    "Plan",
    (
        Axis(
            1,
            "Axe",
            "Mieux",
            (
                Volet("1.1", "Gestion", (Action("A", "Un", {}), Action("B", "Deux", {}))),
                Volet("1.2", "Tissu", (Action("C", "Trois", {}), Action("D", "Quatre", {}))),
            ),
        ),
    ),
)
THREE: Final = replace(
    PLAN,
    axes=(
        replace(
            PLAN.axes[0],
            volets=(
                Volet("1.1", "Gestion", tuple(Action(x, f"Promesse {x}", {}) for x in "ABC")),
                Volet("1.2", "Tissu", (Action("D", "Quatre", {}),)),
            ),
        ),
    ),
)
RULES: Final = rules_for(PLAN)
GIDS: Final = {A: "71", B: "72", C: "73", D: "74", FIRST: "31", SECOND: "32"}
REFS: Final = {gid: ref for ref, gid in GIDS.items()}


def ordered(
    listed: Sequence[str],
    base: Mapping[str, str | None] = {},
    plan: Plan = THREE,
    chosen: Chosen | None = None,
    gone: frozenset[str] = frozenset(),
    **observed: object,
) -> ChangeSet:
    """As listed in Asana, each action at home in the section of its volet."""
    homes = {f"action:{action.id}": f"section:{volet.id}" for _, volet, action in plan.actions()}
    facts: dict[str, object] = {
        "projects": {"actions": ObservedProject("1", "Plan", "")},
        "order": {"actions": tuple(GIDS[ref] for ref in listed)},
        "tasks": {
            GIDS[ref]: ObservedTask(GIDS[ref], ref, homes={"1": GIDS[homes[ref]]}) for ref in listed
        },
    }
    draft = Draft(
        plan,
        RULES,
        Observed(True, READ_AT, **(facts | observed)),  # type: ignore[arg-type]
        Recognition(GIDS, gone=gone),
        Memory({(FIRST, name): value for name, value in base.items()}, chosen=chosen or Chosen()),
    )
    propose_order(draft)
    return draft.done()


def placed(ref: str, after: str | None) -> PlaceTask:
    return PlaceTask(
        ref=ref, role="actions", section=FIRST, insert_after=after, lane="place:section:1.1"
    )


def test_the_order_of_the_plan_is_agreed_on() -> None:
    found = ordered([A, B, C])
    assert found == ChangeSet(agreed={(FIRST, "order"): f"{A} {B} {C}"})
    assert ordered([A, B, C], {"order": f"{A} {B} {C}"}) == ChangeSet()


@pytest.mark.parametrize(
    ("seen", "base", "operations"),
    [
        pytest.param([A, C, B], None, [placed(B, A), placed(C, B)], id="never agreed on"),
        pytest.param(
            [C, A, B],
            f"{C} {A} {B}",
            [placed(A, None), placed(B, A), placed(C, B)],
            id="the plan has moved since",
        ),
        pytest.param([A, C, B], f"{A} {C}", [placed(B, A), placed(C, B)], id="the plan added one"),
        pytest.param(
            [A, C, B], f"{A} {D} {C}", [placed(B, A), placed(C, B)], id="one has left the volet"
        ),
    ],
)
def test_what_people_did_not_sort_is_put_in_order_from_the_first_wrong_one(
    seen: list[str], base: str | None, operations: list[PlaceTask]
) -> None:
    found = ordered(seen, {"order": base} if base else {})
    assert list(found.operations) == operations
    assert not any(found.on_success.values())
    (decision,) = found.decisions
    assert (decision.verdict.value, decision.subject, decision.field) == ("write", FIRST, "order")
    assert (decision.base, decision.plan, decision.asana) == (
        base or "unseen",
        f"{A} {B} {C}",
        " ".join(seen),
    )
    assert (found.findings, found.agreed) == ((), {})


def drifted(base: str, last: str | None = None) -> Finding:
    plan, seen = f"{A} {B} {C}", f"{C} {A} {B}"
    facts = {
        "title": "« Gestion »",
        "field": "ordre",
        "plan": "Promesse A · Promesse B · Promesse C",
        "asana": "Promesse C · Promesse A · Promesse B",
        "base": None,
        "exact": exactly(plan, seen, base, last),
    }
    return Finding("field.drifted", "section:1.1#order", facts)


@pytest.mark.parametrize("base", [f"{A} {B} {C}", f"{A} {C}"])
def test_what_people_sorted_is_only_told(base: str) -> None:
    assert ordered([C, A, B], {"order": base}) == ChangeSet(findings=(drifted(base),))


def settled(choice: Choice, finding: Finding) -> Chosen:
    one = Settlement(
        id=12,
        at=READ_AT,
        key=finding.key,
        choice=choice,
        by="Mme X",
        reason="ordre du conseil",
        facts=finding.facts,
    )
    return Chosen(settled={finding.key: one})


def test_a_person_may_have_the_order_of_the_plan_back_once() -> None:
    base = f"{A} {B} {C}"
    chosen = settled("plan", drifted(base))
    found = ordered([C, A, B], {"order": base}, chosen=chosen)
    assert list(found.operations) == [placed(A, None), placed(B, A), placed(C, B)]
    spent = {key: dict(value) for key, value in found.on_success.items() if value}
    assert spent == {found.operations[-1].key: {(FIRST, "order!"): "12"}}
    (decision,) = found.decisions
    assert (decision.verdict.value, decision.subject, decision.field) == ("settle", FIRST, "order")
    assert (decision.base, decision.plan, decision.asana) == (base, base, f"{C} {A} {B}")
    assert decision.reason_en == "settled by Mme X: ordre du conseil"
    assert found.findings == (drifted(base),)

    again = ordered([C, A, B], {"order": base, "order!": "12"}, chosen=chosen)
    assert again == ChangeSet(findings=(drifted(base, "12"),))


def test_another_choice_leaves_the_order_of_people() -> None:
    base = f"{A} {B} {C}"
    chosen = settled("keep", drifted(base))
    assert not ordered([C, A, B], {"order": base}, chosen=chosen).operations


def test_each_volet_is_looked_at_by_itself() -> None:
    found = ordered([D, C, B, A], plan=PLAN)
    assert [(one.subject, one.asana) for one in found.decisions] == [
        (FIRST, f"{B} {A}"),
        (SECOND, f"{D} {C}"),
    ]
    apart = {"74": ObservedTask("74", "D", homes={"1": "31"})}
    tasks = {gid: ObservedTask(gid, "x", homes={"1": "32"}) for gid in ("71", "72", "73")}
    later = ordered(
        [D, C, B, A], plan=PLAN, tasks=tasks | {"74": replace(apart["74"], homes={"1": "32"})}
    )
    assert [one.subject for one in later.decisions] == [SECOND]


AT_HOME: Final = {gid: ObservedTask(gid, "x", homes={"1": "31"}) for gid in ("71", "72", "73")}


@pytest.mark.parametrize(
    "observed",
    [
        pytest.param({"projects": {}}, id="the project was not read"),
        pytest.param({"order": {}}, id="nor its order"),
        pytest.param({"order": {"actions": ("72", "71")}}, id="one is not listed"),
        pytest.param({"tasks": {gid: AT_HOME[gid] for gid in ("71", "72")}}, id="one is not read"),
        pytest.param(
            {"tasks": AT_HOME | {"73": ObservedTask("73", "x", homes={"1": "32"})}},
            id="one stands in another section",
        ),
        pytest.param(
            {"tasks": AT_HOME | {"73": ObservedTask("73", "x", homes={"2": "31"})}},
            id="one stands in another project",
        ),
        pytest.param({"gone": frozenset({FIRST})}, id="the section is gone"),
    ],
)
def test_nothing_is_said_while_one_is_not_at_home(observed: dict[str, object]) -> None:
    assert ordered([B, A, C], **observed) == ChangeSet()  # type: ignore[arg-type]


def test_one_action_alone_has_no_order() -> None:
    assert ordered([D]) == ChangeSet()
