"""What the plan and the mapping ask Asana to hold: every task, whole."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from sync.core.desired import DesiredTask, build_desired, titles_of
from sync.core.notes import action_notes, indicator_notes
from sync.model.plan import Action, Goal, Indicator, Plan
from sync.model.rules import Direction, Rules
from tests.core.paper_asana import CHECKPOINTS, rules_for, small_plan

PLAN: Final = small_plan()
DIRECTIONS: Final = (
    Direction("greffe", "Greffe", "greffe@ville.example", ("A1-02",)),
    Direction("culture", "Culture", None, ("A2-01",)),
)


def rules(**changes: Any) -> Rules:
    return replace(rules_for(PLAN), directions=DIRECTIONS, **changes)


def asked_for(plan: Plan = PLAN) -> dict[str, DesiredTask]:
    said = {action.id: f"Suivi {action.id}" for _, _, action in plan.actions()}
    return {task.ref: task for task in build_desired(plan, rules(), said)}


def test_every_task_is_known_by_its_words_in_plan_order() -> None:
    titles = titles_of(PLAN)
    assert list(titles.items())[:5] == [
        ("action:A1-01", "« Bureau »"),
        ("indicator:A1-01-mi-chemin-1", "« Bureau, 1 »"),
        ("indicator:A1-01-mi-chemin-2", "« Bureau, 2 »"),
        ("indicator:A1-01-finalite-1", "« Bureau, 1 »"),
        ("action:A1-02", "« Budget »"),
    ]
    assert list(asked_for()) == list(titles)
    assert {ref: task.title for ref, task in asked_for().items()} == titles


def test_an_action_s_task() -> None:
    axis, volet, action = next(iter(PLAN.actions()))
    assert asked_for()["action:A1-01"] == DesiredTask(
        ref="action:A1-01",
        title="« Bureau »",
        role="actions",
        section="section:1.1",
        name="Bureau",
        notes=action_notes(PLAN, rules(), axis, volet, action),
        fields={"jalon_id": "essai/A1-01", "axe": "axe-1", "suivi_public": "Suivi A1-01"},
    )


def test_the_axis_is_the_action_s_own() -> None:
    task = asked_for()["action:A2-01"]
    assert (task.section, task.fields["axe"]) == ("section:2.1", "axe-2")


def test_a_direction_fills_its_field_once_and_its_responsible_is_assigned() -> None:
    tasks = asked_for()
    assert tasks["action:A1-02"].seeds == {"direction": "greffe"}
    assert tasks["action:A1-02"].assignee == "greffe@ville.example"
    assert tasks["action:A2-01"].seeds == {"direction": "culture"}
    assert tasks["action:A2-01"].assignee is None
    assert tasks["action:A1-01"].seeds == {}


def test_an_indicator_s_subtask_hangs_under_its_action_with_its_checkpoint_s_day() -> None:
    action = next(iter(PLAN.actions()))[2]
    line = action.indicators["finalite"][0]
    assert asked_for()["indicator:A1-01-finalite-1"] == DesiredTask(
        ref="indicator:A1-01-finalite-1",
        title="« Bureau, 1 »",
        role="indicators",
        section="section:finalite",
        name="Bureau, 1",
        notes=indicator_notes(PLAN, rules(), action, CHECKPOINTS[1], line),
        parent="action:A1-01",
        due_on=date(2026, 3, 15),
        fields={"jalon_id": "essai/A1-01-finalite-1"},
    )


def test_an_action_without_indicators_is_one_task() -> None:
    axis = PLAN.axes[0]
    alone = replace(axis.volets[0], actions=(Action("A9", "Seule", {}),))
    plan = replace(PLAN, axes=(replace(axis, volets=(alone,)),))
    assert list(asked_for(plan)) == list(titles_of(plan)) == ["action:A9"]


def test_an_indicator_keeps_its_words_to_the_letter() -> None:
    axis = PLAN.axes[0]
    line = Indicator("A9-1", "  Fait.Champs de suivi ", Goal("state", word="Fait"))
    one = replace(axis.volets[0], actions=(Action("A9", "Seule", {"mi-chemin": (line,)}),))
    plan = replace(PLAN, axes=(replace(axis, volets=(one,)),))
    assert asked_for(plan)["indicator:A9-1"].name == line.text
