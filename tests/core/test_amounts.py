"""Every rule of amount just under, exactly at, and just over its limit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sync.core.alarms import AMOUNTS, in_words
from sync.core.amounts import amounts, not_accepted, published_amounts
from sync.model.guarding import Alarm
from sync.model.plan import Action, Plan
from sync.model.progress import Status
from sync.model.rules import GuardLimits
from sync.model.snapshot import Snapshot
from tests.core.crowd import Crowd
from tests.core.paper_asana import PaperAsana, provisioned, rules_for, small_plan
from tests.core.test_snapshot import snapshot_of

DAY = date(2026, 1, 10)
Act = Callable[[Crowd, int], None]


def rules(crowd: Crowd, *, asked: bool = False) -> set[str]:
    return {alarm.rule for alarm in amounts(crowd.change(asked=asked))}


def declared(crowd: Crowd) -> None:
    crowd.set(crowd.actions(), "declare/mi-chemin", "en_cours")
    crowd.settle()


def empty_declarations(crowd: Crowd, n: int) -> None:
    declared(crowd)
    crowd.set(crowd.actions()[:n], "declare/mi-chemin", None)


def change_declarations(crowd: Crowd, n: int) -> None:
    declared(crowd)
    crowd.set(crowd.actions()[:n], "declare/mi-chemin", "a_venir")


def untick(crowd: Crowd, n: int) -> None:
    crowd.set(crowd.indicators()[:20], "fait_le", DAY)
    crowd.settle()
    crowd.set(crowd.indicators()[:n], "fait_le", None)


def entered_and_emptied(crowd: Crowd, n: int) -> None:
    crowd.set(crowd.actions()[:n], "note_publique", "Fait.")
    crowd.settle()
    crowd.set(crowd.actions()[:n], "note_publique", None)


def remove_fields(crowd: Crowd, n: int) -> None:
    for key in ("axe", "note_publique", "fait_le")[:n]:
        del crowd.paper.fields[crowd.paper.links[f"field:{key}"]]


def on_titles(crowd: Crowd, n: int) -> None:
    """The plan rewords the first n of all tasks, its own ids kept."""
    refs = set(crowd.tasks()[:n])

    def reworded(action: Action) -> Action:
        lines = {
            checkpoint: tuple(
                replace(i, text=f"{i.text}!") if f"indicator:{i.id}" in refs else i for i in of
            )
            for checkpoint, of in action.indicators.items()
        }
        title = f"{action.title}!" if f"action:{action.id}" in refs else action.title
        return replace(action, title=title, indicators=lines)

    crowd.paper.plan = mapped(crowd.paper.plan, reworded)


def renumber(crowd: Crowd, n: int) -> None:
    refs = set(crowd.actions()[:n])

    def other(action: Action) -> Action:
        return replace(action, id=f"B{action.id}") if f"action:{action.id}" in refs else action

    crowd.paper.plan = mapped(crowd.paper.plan, other)


def mapped(plan: Plan, edit: Callable[[Action], Action]) -> Plan:
    axes = tuple(
        replace(
            axis,
            volets=tuple(
                replace(volet, actions=tuple(map(edit, volet.actions))) for volet in axis.volets
            ),
        )
        for axis in plan.axes
    )
    return replace(plan, axes=axes)


def gain(crowd: Crowd, n: int) -> None:
    """New promises, a share of them in each axis."""
    axes = list(crowd.paper.plan.axes)
    for number in range(n):
        axis = axes[number % 4]
        volet = axis.volets[0]
        action = Action(f"N-{number}", f"Nouvelle {number}", {})
        grown = replace(volet, actions=(*volet.actions, action))
        axes[number % 4] = replace(axis, volets=(grown,))
    crowd.paper.plan = replace(crowd.paper.plan, axes=tuple(axes))


def move(crowd: Crowd, n: int) -> None:
    """The plan moves promises from the first volet of each axis to a new one beside it."""
    refs = set(crowd.actions()[:n])
    axes = []
    for axis in crowd.paper.plan.axes:
        (volet,) = axis.volets
        stay = tuple(a for a in volet.actions if f"action:{a.id}" not in refs)
        go = tuple(a for a in volet.actions if f"action:{a.id}" in refs)
        other = replace(volet, id=f"{axis.number}.2", title="Ailleurs", actions=go)
        axes.append(replace(axis, volets=(replace(volet, actions=stay), other)))
    crowd.paper.plan = replace(crowd.paper.plan, axes=tuple(axes))


def in_axis_one(crowd: Crowd, n: int) -> None:
    refs = [ref for ref in crowd.tasks() if ":A1-" in ref]
    crowd.set(refs[:n], "jalon_id", None)


def no_plan(crowd: Crowd, n: int) -> None:
    if n:
        crowd.paper.plan = replace(crowd.paper.plan, axes=())


LIMITS: list[tuple[str, Act, int]] = [
    # rule, what happens n times, and the largest n that is still let through
    ("plan empty", no_plan, 0),
    ("all tasks gone", lambda crowd, n: crowd.trash(crowd.tasks()[:n]), 79),
    ("listing empty", lambda crowd, n: crowd.send_away(crowd.tasks()[:n]), 79),
    ("too many missing", lambda c, n: c.trash(c.with_subtasks(c.actions()[:n])), 2),
    ("listing shrunk", lambda c, n: c.send_away(c.with_subtasks(c.actions()[:n])), 4),
    ("people fields empty", entered_and_emptied, 4),
    ("declarations emptied", empty_declarations, 6),
    ("declarations changed", change_declarations, 12),
    ("done marks undone", untick, 6),
    ("schema changed", remove_fields, 2),
    ("actions renumbered", renumber, 10),
    ("too many creations", gain, 24),
    ("too many updates", on_titles, 24),
    ("field rewritten", lambda c, n: c.set(c.actions()[:n], "axe", None), 10),
    ("too many moves", move, 16),
    ("too many restores", lambda c, n: c.set(c.tasks()[:n], "jalon_id", None), 20),
    ("too much in one axis", in_axis_one, 12),
]
PUBLISHED = {"actions lost", "statuses turned back"}
AFTER_A_RECOVERY = {"creations after a recovery", "page after a recovery"}
"""Held at one, whatever a limit says: `test_rebuild` and `test_cli_recover` hold them."""


@pytest.mark.parametrize(("rule", "act", "largest"), LIMITS, ids=[rule for rule, *_ in LIMITS])
@pytest.mark.parametrize("beyond", [-1, 0, 1], ids=["under", "at", "over"])
def test_a_limit(rule: str, act: Act, largest: int, beyond: int) -> None:
    n = max(largest + beyond, 0)
    crowd = Crowd.gathered(max_moved_share=0.2)
    act(crowd, n)
    alarms = [alarm for alarm in amounts(crowd.change()) if alarm.rule == rule]
    assert bool(alarms) == (beyond > 0)
    for alarm in alarms:
        assert (alarm.changed > alarm.known * alarm.limit) or rule in (
            "schema changed",
            "plan empty",
        )
        assert str(alarm.changed) in in_words([alarm]).fr


def test_every_rule_in_the_table_is_held_against_its_limit() -> None:
    assert {rule for rule, *_ in LIMITS} | PUBLISHED | AFTER_A_RECOVERY == set(AMOUNTS)


@pytest.mark.parametrize(("act", "n"), [(gain, 60), (on_titles, 80), (move, 20), (in_axis_one, 20)])
def test_what_a_person_asked_for_is_not_limited(act: Act, n: int) -> None:
    crowd = Crowd.gathered(max_moved_share=0.2)
    act(crowd, n)
    assert rules(crowd)
    assert not rules(crowd, asked=True)


@pytest.mark.parametrize(
    ("rule", "act", "n"),
    [
        ("too many missing", lambda c, n: c.trash(c.with_subtasks(c.actions()[:n])), 3),
        ("listing shrunk", lambda c, n: c.send_away(c.with_subtasks(c.actions()[:n])), 5),
        ("declarations emptied", empty_declarations, 12),
        ("done marks undone", untick, 12),
        ("schema changed", remove_fields, 3),
        ("actions renumbered", renumber, 20),
        ("plan empty", no_plan, 1),
    ],
)
def test_what_was_lost_is_limited_even_while_a_wish_is_carried_out(
    rule: str, act: Act, n: int
) -> None:
    crowd = Crowd.gathered()
    act(crowd, n)
    assert rule in rules(crowd, asked=True)


def test_a_first_provisioning_trips_nothing() -> None:
    crowd = Crowd.gathered()
    new = Crowd(PaperAsana(crowd.paper.plan, crowd.paper.rules), crowd.before)
    new.before = new.paper.observe()
    assert not rules(new, asked=True)
    assert not rules(new)


def test_a_quiet_project_and_a_day_of_work_trip_nothing() -> None:
    crowd = Crowd.gathered()
    assert not rules(crowd)
    crowd.set(crowd.actions(), "declare/mi-chemin", "en_cours")
    crowd.set(crowd.indicators(), "fait_le", DAY)
    assert not rules(crowd), "filling in is work, however much of it"


def test_a_field_that_left_takes_its_options_along_and_is_told_once() -> None:
    crowd = Crowd.gathered(max_schema_changes=0)
    remove_fields(crowd, 1)
    (alarm,) = [one for one in amounts(crowd.change()) if one.rule == "schema changed"]
    assert (alarm.changed, alarm.subjects) == (1, ("field:axe",))
    crowd.before = crowd.paper.observe()
    assert "schema changed" not in rules(crowd), "the reading before lacked it already"


def test_a_renumbering_that_was_carried_out_is_not_told_again() -> None:
    crowd = Crowd.gathered()
    renumber(crowd, 20)
    assert "actions renumbered" in rules(crowd, asked=True)
    crowd.settle()
    assert not rules(crowd)


def test_the_calendar_moves_every_text_and_is_not_counted() -> None:
    """« Suivi public » says another thing on each action the day after an échéance."""
    crowd = Crowd.gathered()
    change = crowd.change()
    late = crowd.paper.look(date(2026, 2, 21))
    assert len(late.changes.operations) >= 20
    assert not amounts(replace(change, view=late))


def test_the_same_share_of_a_few_tasks_is_nothing() -> None:
    crowd = Crowd.gathered(minimum_population=81)
    crowd.set(crowd.tasks(), "jalon_id", None)
    assert not rules(crowd)
    crowd = Crowd.gathered(minimum_population=80)
    crowd.set(crowd.tasks(), "jalon_id", None)
    assert rules(crowd)


def test_one_lost_promise_of_a_small_plan_is_a_question_and_not_an_alarm() -> None:
    plan = small_plan()
    paper = PaperAsana(plan, rules_for(plan))
    crowd = Crowd(paper, paper.observe())
    crowd.settle()
    crowd.trash(["action:A1-01"])
    assert not rules(crowd)
    crowd.trash(["action:A1-02"])
    assert "too many missing" in rules(crowd)


# what the public would read


def turned_back(snapshot: Snapshot, count: int) -> Snapshot:
    """The same snapshot with its first `count` standings fallen back."""
    left = count
    document = snapshot.model_dump(mode="json")
    for axis in document["axes"]:
        for volet in axis["volets"]:
            for action in volet["actions"]:
                for standing in action["jalons"].values():
                    if left and standing["etat"] == "atteint":
                        standing["etat"], left = "en_cours", left - 1
    assert left == 0
    return Snapshot.model_validate(document)


def achieved() -> Snapshot:
    paper = provisioned()
    for ref in list(paper.links):
        if ref.startswith("indicator:"):
            paper.set_field(ref, "fait_le", date(2026, 1, 10))
    snapshot = snapshot_of(paper)
    assert snapshot.totaux["mi-chemin"].etat == {Status.ACHIEVED: 4}
    return snapshot


@pytest.mark.parametrize(("count", "held"), [(4, False), (5, False), (6, True)])
def test_a_few_statuses_may_turn_back_and_many_may_not(count: int, held: bool) -> None:
    before = achieved()
    found = published_amounts(before, turned_back(before, count), GuardLimits())
    assert [alarm.rule for alarm in found] == ["statuses turned back"] * held
    assert all(alarm.changed == count for alarm in found)


def test_a_publication_may_not_lose_actions_without_a_revision() -> None:
    before = achieved()
    document = before.model_dump(mode="json")
    document["axes"][1]["volets"][0]["actions"] = []
    (alarm,) = published_amounts(before, Snapshot.model_validate(document), GuardLimits())
    assert (alarm.rule, alarm.subjects) == ("actions lost", ("action:A2-01",))
    document["plan"]["revision"] = before.plan.revision + 1
    assert not published_amounts(before, Snapshot.model_validate(document), GuardLimits())


def test_a_yes_covers_what_was_shown_and_not_one_thing_more() -> None:
    def alarm(rule: str, *subjects: str) -> Alarm:
        return Alarm(rule, len(subjects), 10, 5, subjects)

    yes = (alarm("statuses turned back", "action:1", "action:2"),)
    assert not not_accepted(yes, (alarm("statuses turned back", "action:2"),))
    more = alarm("statuses turned back", "action:2", "action:3")
    assert not_accepted(yes, (more,)) == (more,)
    other = alarm("actions lost", "action:1")
    assert not_accepted(yes, (other,)) == (other,)
    assert not_accepted((), (other,)) == (other,)
