"""The guard at, under and over each limit."""

from datetime import date

import pytest

from sync.core.guard import guard_changes, guard_publication
from sync.core.recognise import Recognition
from sync.errors import UnsafeChangeSet
from sync.model.operation import AnyOperation, CreateTask, UpdateTask
from sync.model.progress import Status
from sync.model.rules import GuardLimits
from sync.model.snapshot import Snapshot
from tests.core.paper_asana import provisioned, rules_for, small_plan
from tests.core.test_snapshot import snapshot_of

MAPPING = rules_for(small_plan()).mapping
LIMITS = GuardLimits()
FREE = Recognition(gids={})


def updates(count: int, field: str = "field:axe") -> list[AnyOperation]:
    return [UpdateTask(ref=f"action:{n}", fields={field: "x"}) for n in range(count)]


def creations(count: int) -> list[AnyOperation]:
    return [
        CreateTask(ref=f"action:{n}", name="", notes="", role="actions", section="section:1")
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("operations", "known", "held"),
    [
        pytest.param(updates(30), 100, False, id="updates at the limit"),
        pytest.param(updates(31), 100, True, id="updates over the limit"),
        pytest.param(updates(9), 9, False, id="too few known for a share to mean anything"),
        pytest.param(creations(98), 0, False, id="the first provisioning is free"),
        pytest.param(creations(31), 100, True, id="recreating much of what is known"),
        pytest.param(
            updates(100, "field:suivi_public"), 100, False, id="the calendar moves every text"
        ),
    ],
)
def test_shares_of_changes(operations: list[AnyOperation], known: int, held: bool) -> None:
    if not held:
        guard_changes(operations, FREE, 0, known, known, MAPPING, LIMITS)
        return
    with pytest.raises(UnsafeChangeSet) as error:
        guard_changes(operations, FREE, 0, known, known, MAPPING, LIMITS)
    assert error.value.facts["known"] == known
    assert error.value.exit_code == 4


@pytest.mark.parametrize(
    ("gone", "tasks", "actions", "held"),
    [
        pytest.param(10, 400, 100, False, id="at the limit"),
        pytest.param(11, 400, 100, True, id="over the limit"),
        pytest.param(2, 98, 27, False, id="two promises of a city's plan"),
        pytest.param(3, 98, 27, True, id="three of twenty-seven"),
        pytest.param(9, 98, 27, True, id="a third of the plan, their indicators uncounted"),
        pytest.param(1, 12, 4, False, id="a single loss is always a question, not an alarm"),
        pytest.param(3, 3, 3, True, id="a side suddenly empty, however small"),
    ],
)
def test_too_many_missing_tasks(gone: int, tasks: int, actions: int, held: bool) -> None:
    recognition = Recognition(gids={}, gone=frozenset(f"action:{n}" for n in range(gone)))
    if held:
        with pytest.raises(UnsafeChangeSet):
            guard_changes([], recognition, gone, tasks, actions, MAPPING, LIMITS)
    else:
        guard_changes([], recognition, gone, tasks, actions, MAPPING, LIMITS)


def test_what_a_person_asked_for_is_not_limited_but_losses_are() -> None:
    guard_changes(updates(100), FREE, 0, 100, 30, MAPPING, LIMITS, asked=True)
    gone = Recognition(gids={}, gone=frozenset(f"action:{n}" for n in range(20)))
    with pytest.raises(UnsafeChangeSet):
        guard_changes([], gone, 20, 100, 30, MAPPING, LIMITS, asked=True)


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


def test_a_few_statuses_may_turn_back_and_many_may_not() -> None:
    before = achieved()
    guard_publication(before, turned_back(before, 5), LIMITS)
    with pytest.raises(UnsafeChangeSet) as error:
        guard_publication(before, turned_back(before, 6), LIMITS)
    assert error.value.facts["changed"] == 6


def test_a_publication_may_not_lose_actions_without_a_revision() -> None:
    before = achieved()
    document = before.model_dump(mode="json")
    document["axes"][1]["volets"][0]["actions"] = []
    lost = Snapshot.model_validate(document)
    with pytest.raises(UnsafeChangeSet):
        guard_publication(before, lost, LIMITS)
    document["plan"]["revision"] = before.plan.revision + 1
    guard_publication(before, Snapshot.model_validate(document), LIMITS)


def test_invented_and_real_data_never_follow_each_other() -> None:
    before = achieved()
    with pytest.raises(UnsafeChangeSet):
        guard_publication(before, before.model_copy(update={"demonstration": False}), LIMITS)
