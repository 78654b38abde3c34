"""What holds for any input: order, homes, tokens, fields."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.clock import Clock
from sync.sandbox.fields import parse_opt_fields
from sync.sandbox.project_edits import add_section, create_project
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.seal import seal, unseal
from sync.sandbox.state import User, projects_of
from sync.sandbox.task_edits import (
    Place,
    create_task,
    place_task,
    remove_from_project,
    restore_task,
    set_parent,
    trash_task,
)

NAMES = st.text("abcdefg_", min_size=1, max_size=6).filter(lambda name: name != "this")


@given(st.recursive(st.dictionaries(NAMES, st.just({}), min_size=1, max_size=3),
                    lambda below: st.dictionaries(NAMES, below | st.just({}), min_size=1,
                                                  max_size=3), max_leaves=8))  # fmt: skip
def test_a_tree_written_with_groups_is_read_back(tree: Any) -> None:
    def write(branch: Any) -> Any:
        return "|".join(
            f"{name}.({write(below)})" if below else name for name, below in branch.items()
        )

    assert parse_opt_fields(f"({write(tree)})") == tree


@given(st.text(max_size=80))
def test_a_token_that_was_not_issued_is_never_accepted(text: str) -> None:
    assert unseal(1, text) is None


@given(st.dictionaries(st.text(max_size=5), st.integers()), st.integers(0, 200), st.integers(1, 9))
def test_a_token_altered_anywhere_is_refused(payload: Any, position: str, shift: Any) -> None:
    token = seal(1, payload)
    assert unseal(1, token) == payload
    assert unseal(2, token) is None
    index = position % len(token)
    altered = token[:index] + chr(ord(token[index]) ^ shift) + token[index + 1 :]
    assert unseal(1, altered) is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["place", "top", "after", "remove", "parent", "free", "trash", "restore"]),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=25,
)


@given(STEPS)
def test_a_task_stands_once_in_each_of_its_projects_whatever_is_done(steps: Any) -> None:
    """The two views of a home, the section's and the task's, are one."""
    world = Sandbox(Opening(start=datetime(2026, 1, 5, tzinfo=UTC), frozen=True)).world
    user = next(world.of(User))
    projects = [create_project(world, user, user.workspace, {"name": str(n)}) for n in range(2)]
    sections = [project.sections[0] for project in projects]
    sections += [add_section(world, user, project, "B") for project in projects]
    tasks = [
        create_task(
            world, user, workspace=user.workspace, parent=None, sections=[], changes={}, values={}
        )
        for _ in range(5)
    ]
    for verb, first, second in steps:
        task, other, section = tasks[first], tasks[second], sections[second % 4]
        match verb:
            case "place" | "top":
                place_task(world, user, task, Place(section, top=verb == "top"))
            case "after" if other is not task and other.homes:
                place_task(world, user, task, Place(other.homes[0], after=other))
            case "remove" if task.homes:
                remove_from_project(world, user, task, task.homes[0].project)
            case "parent" if other is not task and other.parent is None and not task.subtasks:
                set_parent(world, user, task, other)
            case "free":
                set_parent(world, user, task, None)
            case "trash" if task.deleted is None:
                trash_task(world, user, task)
            case "restore" if task.deleted is not None:
                restore_task(world, user, task)

    for task in tasks:
        assert len(set(projects_of(task))) == len(task.homes)
        assert [section for section in sections if task in section.tasks] == sorted(
            task.homes, key=sections.index
        )
        assert sum(section.tasks.count(task) for section in sections) == len(task.homes)
        assert sum(each.subtasks.count(task) for each in tasks) == (task.parent is not None)
    numbers = [event.number for event in world.events]
    assert numbers == list(range(1, len(numbers) + 1))


@given(st.lists(st.floats(0, 1e6), max_size=5), st.floats(0, 1e6))
def test_a_clock_that_stands_still_moves_only_when_told(waits: Any, advance: Any) -> None:
    ticks = iter([0.0, *waits, *([1e7] * 10)])
    start = datetime(2026, 1, 5, tzinfo=UTC)
    clock = Clock(start, lambda: next(ticks), frozen=True)
    assert [clock.now() for _ in waits] == [start] * len(waits)
    clock.advance(advance)
    assert abs((clock.now() - start).total_seconds() - advance) < 1e-5
