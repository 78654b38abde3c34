"""What a revision shows a person before it is adopted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.plan_document import plan_from_json, plan_to_json
from sync.core.revise import compare
from sync.errors import PlanRefused
from sync.model.plan import Action, Axis, Change, Goal, Indicator, Plan, Volet


def line(n: int, text: str = "Fait", goal: Goal | None = None) -> Indicator:
    return Indicator(f"A1-01-mi-chemin-{n}", text, goal or Goal("deliverable"))


def action(n: int, *lines: Indicator, title: str | None = None) -> Action:
    return Action(f"A1-{n:02d}", title or f"Action {n}", {"mi-chemin": lines} if lines else {})


def plan(*volets: tuple[Action, ...], title: str = "Plan", objective: str = "But") -> Plan:
    return Plan(
        "ville",
        title,
        (
            Axis(
                1,
                "Axe",
                objective,
                tuple(
                    Volet(f"1.{n}", f"Volet {n}", actions)
                    for n, actions in enumerate(volets, start=1)
                ),
            ),
        ),
    )


KNOWN = plan((action(1, line(1), line(2)), action(2), action(3)), (action(4),))


@pytest.mark.parametrize(
    ("new", "changes"),
    [
        pytest.param(KNOWN, (), id="nothing changed"),
        pytest.param(
            plan((action(1, line(1), line(2)), action(2), action(3), action(5)), (action(4),)),
            (Change("added", "action", "A1-05", after="Action 5"),),
            id="an action added",
        ),
        pytest.param(
            plan((action(2), action(3)), (action(4),)),
            (
                Change("removed", "action", "A1-01", before="Action 1"),
                Change("removed", "indicator", "A1-01-mi-chemin-1", before="Fait"),
                Change("removed", "indicator", "A1-01-mi-chemin-2", before="Fait"),
            ),
            id="an action removed, with its lines",
        ),
        pytest.param(
            plan((action(1, line(1), line(2)), action(2, title="Autre"), action(3)), (action(4),)),
            (Change("reworded", "action", "A1-02", "Action 2", "Autre"),),
            id="an action reworded",
        ),
        pytest.param(
            plan((action(1, line(1), line(2)), action(3)), (action(4), action(2))),
            (Change("moved", "action", "A1-02", "1.1 #2", "1.2 #2"),),
            id="an action moved to another volet: nobody else moved",
        ),
        pytest.param(
            plan((action(3), action(1, line(1), line(2)), action(2)), (action(4),)),
            (Change("moved", "action", "A1-03", "1.1 #3", "1.1 #1"),),
            id="an action moved to the front: the two it passed did not move",
        ),
        pytest.param(
            plan((action(1, line(2), line(1)), action(2), action(3)), (action(4),)),
            (
                Change(
                    "moved",
                    "indicator",
                    "A1-01-mi-chemin-2",
                    "A1-01/mi-chemin #2",
                    "A1-01/mi-chemin #1",
                ),
            ),
            id="two lines exchanged",
        ),
        pytest.param(
            plan(
                (action(1, line(1, goal=Goal("continuity")), line(2)), action(2), action(3)),
                (action(4),),
            ),
            (
                Change(
                    "reworded",
                    "indicator",
                    "A1-01-mi-chemin-1",
                    "kind: deliverable",
                    "kind: continuity",
                ),
            ),
            id="a goal corrected by hand is a change too",
        ),
        pytest.param(
            plan(
                (action(1, line(1), line(2)), action(2), action(3)),
                (action(4),),
                title="Nouveau plan",
                objective="Autre but",
            ),
            (
                Change("reworded", "plan", "ville", "Plan", "Nouveau plan"),
                Change("reworded", "axis", "axe-1", "But", "Autre but"),
            ),
            id="title and objective",
        ),
    ],
)
def test_a_revision_is_shown_as_a_person_would_say_it(
    new: Plan, changes: tuple[Change, ...]
) -> None:
    assert set(compare(KNOWN, new)) == set(changes)
    assert len(compare(KNOWN, new)) == len(changes)


def two_axes(*axes: tuple[int, tuple[Volet, ...]]) -> Plan:
    return Plan("ville", "Plan", tuple(Axis(n, f"Axe {n}", "But", found) for n, found in axes))


A, B, C = Volet("A", "Volet A", ()), Volet("B", "Volet B", ()), Volet("C", "Volet C", ())


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param(
            two_axes((1, (A, B)), (2, (C,))),
            two_axes((1, (B,)), (2, (C, A))),
            [Change("moved", "volet", "A", "axe-1 #1", "axe-2 #2")],
            id="a volet in another axis",
        ),
        pytest.param(
            two_axes((1, (A,)), (2, (B,))),
            two_axes((2, (B,)), (1, (A,))),
            [Change("moved", "axis", "axe-2", "#2", "#1")],
            id="axes exchanged: what they hold did not move",
        ),
        pytest.param(
            two_axes((1, (A,))),
            two_axes((2, (Volet("A", "Volet neuf", ()), B))),
            [
                Change("removed", "axis", "axe-1", before="Axe 1"),
                Change("added", "axis", "axe-2", after="Axe 2"),
                Change("reworded", "volet", "A", "Volet A", "Volet neuf"),
                Change("moved", "volet", "A", "axe-1 #1", "axe-2 #1"),
                Change("added", "volet", "B", after="Volet B"),
            ],
            id="level after level, what is gone first, words before the place",
        ),
        pytest.param(
            plan((action(4), action(1, line(1)), action(2))),
            plan(
                (action(5), action(2), action(1, line(1, "Su", Goal("quantity", 2, 5))), action(4))
            ),
            [
                Change("added", "action", "A1-05", after="Action 5"),
                Change("moved", "action", "A1-02", "1.1 #3", "1.1 #2"),
                Change("moved", "action", "A1-01", "1.1 #2", "1.1 #3"),
                Change("reworded", "indicator", "A1-01-mi-chemin-1", "Fait", "Su"),
                Change(
                    "reworded",
                    "indicator",
                    "A1-01-mi-chemin-1",
                    "kind: deliverable",
                    "kind: quantity, at_least: 2, at_most: 5",
                ),
            ],
            id="in the order of the new plan",
        ),
        pytest.param(
            plan((action(1), action(2)), (action(3), action(4))),
            plan((action(2), action(1)), (action(4), action(3))),
            [
                Change("moved", "action", "A1-02", "1.1 #2", "1.1 #1"),
                Change("moved", "action", "A1-04", "1.2 #2", "1.2 #1"),
            ],
            id="another order in each of two volets",
        ),
        pytest.param(
            plan((action(1), action(2), action(3), action(4), action(5))),
            plan((action(3), action(4), action(1), action(2), action(5))),
            [
                Change("moved", "action", "A1-03", "1.1 #3", "1.1 #1"),
                Change("moved", "action", "A1-04", "1.1 #4", "1.1 #2"),
            ],
            id="of two runs that passed each other, one moved",
        ),
        pytest.param(
            plan((action(1), action(2), action(3), action(4), action(5))),
            plan((action(3), action(4), action(1), action(5), action(2))),
            [
                Change("moved", "action", "A1-01", "1.1 #1", "1.1 #3"),
                Change("moved", "action", "A1-02", "1.1 #2", "1.1 #5"),
            ],
            id="two moved back one by one",
        ),
        pytest.param(
            plan((action(1, line(1)), action(2))),
            plan((action(1), action(2, line(1)))),
            [
                Change(
                    "moved",
                    "indicator",
                    "A1-01-mi-chemin-1",
                    "A1-01/mi-chemin #1",
                    "A1-02/mi-chemin #1",
                )
            ],
            id="a line under another action",
        ),
    ],
)
def test_changes_come_in_the_order_in_which_a_person_reads_the_plan(
    old: Plan, new: Plan, changes: list[Change]
) -> None:
    assert list(compare(old, new)) == changes


orders = st.permutations(range(1, 8))
subsets = st.lists(st.integers(1, 7), unique=True)


@given(orders, subsets)
def test_what_is_shown_tells_the_whole_difference(order: list[int], kept: list[int]) -> None:
    """No silent change: an empty comparison means the same plan."""
    old = plan(tuple(action(n) for n in order))
    new = plan(tuple(action(n) for n in kept))
    changes = compare(old, new)

    assert (changes == ()) == (old == new)
    assert {c.id for c in changes if c.kind == "removed"} == {f"A1-{n:02d}" for n in order} - {
        f"A1-{n:02d}" for n in kept
    }


@given(orders)
def test_whatever_is_not_called_moved_kept_its_order(order: list[int]) -> None:
    """What is not shown as moved did keep its order."""
    old = plan(tuple(action(n) for n in range(1, 8)))
    moved = {c.id for c in compare(old, plan(tuple(action(n) for n in order)))}
    stayed = [n for n in order if f"A1-{n:02d}" not in moved]

    assert stayed == sorted(stayed)


goals = st.one_of(
    st.sampled_from([Goal("deliverable"), Goal("continuity"), Goal("state", word="Fait")]),
    st.builds(
        lambda low, more: Goal("quantity", low, low + more, "textes"),
        st.integers(1, 9),
        st.integers(0, 9),
    ),
)
texts = st.text(min_size=1, max_size=20)
plans = st.builds(
    lambda title, found, retired: replace(
        plan((action(1, *(line(n, t, g) for n, (t, g) in enumerate(found))),), title=title),
        retired_ids=tuple(retired),
    ),
    texts,
    st.lists(st.tuples(texts, goals), max_size=4),
    st.lists(st.sampled_from(["A1-07", "1.9"]), unique=True),
)


@given(plans)
def test_a_plan_written_down_comes_back_the_same(any_plan: Plan) -> None:
    assert plan_from_json(plan_to_json(any_plan)) == any_plan
    assert compare(any_plan, any_plan) == ()


def test_the_order_of_the_checkpoints_survives_sorted_keys() -> None:
    """Canonical JSON sorts keys: « finalite » would come before « mi-chemin »."""
    both = Action("A1-01", "Action", {"mi-chemin": (line(1),), "finalite": (line(2),)})

    read = plan_from_json(plan_to_json(plan((both,))))

    assert list(next(read.actions())[2].indicators) == ["mi-chemin", "finalite"]


@pytest.mark.parametrize(
    ("damage", "path"),
    [
        (lambda d: d.pop("title"), "plan"),
        (lambda d: d.update(titre="x"), "plan"),
        (lambda d: d["axes"][0].update(number="1"), "plan.axes[0].number"),
        (lambda d: d["axes"][0].update(volets={}), "plan.axes[0].volets"),
    ],
)
def test_a_damaged_record_is_refused_with_its_path(damage: object, path: str) -> None:
    document = plan_to_json(KNOWN)
    assert callable(damage)
    damage(document)

    with pytest.raises(PlanRefused) as refusal:
        plan_from_json(document)
    assert refusal.value.facts["path"] == path
