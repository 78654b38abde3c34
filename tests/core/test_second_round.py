"""Which tasks are written once more after the first writes were read again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from sync.core.second_round import second_round
from sync.model.operation import AnyOperation, CreateTask, PlaceTask, Ref, SetParent, UpdateTask
from sync.model.rules import Direction
from sync.model.target import Observed, ObservedTask
from tests.core.paper_asana import READ_AT, rules_for, small_plan

ANSWERED, OTHER = "action:A1-02", "action:A1-01"
RULES = rules_for(small_plan())
GIDS = {ANSWERED: "1", OTHER: "2"}
NOBODYS = Observed(True, READ_AT, tasks={"1": ObservedTask("1", "Budget")})
SOMEBODYS = Observed(True, READ_AT, tasks={"1": ObservedTask("1", "Budget", assignee_gid="9")})


def made(ref: Ref = ANSWERED) -> CreateTask:
    return CreateTask(ref=ref, name="Budget", notes="", role="actions", section="section:1.1")


def updated(ref: Ref = ANSWERED, **builtins: str | date | None) -> UpdateTask:
    return UpdateTask(ref=ref, builtins=builtins or {"name": "Budget"})


def placed(*, arriving: bool = True) -> PlaceTask:
    return PlaceTask(
        ref="indicator:A1-02-1", role="indicators", section="section:finalite", arriving=arriving
    )


@pytest.mark.parametrize(
    ("operations", "observed", "baselines", "expected"),
    [
        ([], NOBODYS, {}, (0, 0)),
        # a task that someone answers for is given to them on its own
        ([made()], NOBODYS, {}, (1, 0)),
        ([made(OTHER)], NOBODYS, {}, (0, 0)),
        ([made()], NOBODYS, {(ANSWERED, "assignee"): None}, (0, 0)),
        ([made()], NOBODYS, {(ANSWERED, "name"): "Budget", (OTHER, "assignee"): "9"}, (1, 0)),
        ([updated()], NOBODYS, {}, (1, 0)),
        ([updated()], SOMEBODYS, {}, (0, 0)),
        ([updated()], replace(NOBODYS, tasks={}), {}, (0, 0)),
        ([updated(OTHER)], NOBODYS, {}, (0, 0)),
        ([updated(assignee="greffe@ville.example")], NOBODYS, {}, (0, 0)),
        ([updated(assignee="greffe@ville.example"), updated()], NOBODYS, {}, (1, 0)),
        ([updated("action:A9-99")], NOBODYS, {}, (0, 0)),
        # a subtask that people typed shows our fields once it has arrived
        ([placed()], NOBODYS, {}, (0, 1)),
        ([placed(arriving=False)], NOBODYS, {}, (0, 0)),
        ([placed()], NOBODYS, {("indicator:A1-02-1", "jalon_id"): "essai/A1-02-1"}, (0, 0)),
        ([placed()], NOBODYS, {("indicator:A1-02-1", "name"): "Budget, 1"}, (0, 1)),
        ([SetParent(ref="indicator:A1-02-1", parent=ANSWERED)], NOBODYS, {}, (0, 0)),
        ([made(), placed(), placed(), made(OTHER)], NOBODYS, {}, (1, 2)),
    ],
)
def test_what_is_written_once_more(
    operations: Sequence[AnyOperation],
    observed: Observed,
    baselines: Mapping[tuple[Ref, str], str | None],
    expected: tuple[int, int],
) -> None:
    found = second_round(operations, RULES, observed, GIDS, baselines)
    assert found == {"actions": expected[0], "indicators": expected[1]}


def test_a_direction_without_a_responsible_is_given_nothing() -> None:
    nobody = Direction("eau", "Eau", None, ("A1-01",))
    someone = Direction("parcs", "Parcs", "parcs@ville.example", ("A2-01", "A1-02"))
    rules = replace(RULES, directions=(nobody, someone))
    made_all = [made(f"action:{id_}") for id_ in ("A1-01", "A2-01", "A1-02", "A1-03")]
    assert second_round(made_all, rules, NOBODYS, {}, {})["actions"] == 2
