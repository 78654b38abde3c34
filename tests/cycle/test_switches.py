"""
Whatever Asana turns out to do where nobody documents it, Jalon holds: each switch of the
sandbox, turned each way, before everything and between two cycles.

`TURNS` says of a value what it takes to be felt, when people's edits are then heard, and what
Jalon refuses. A value that can be listed and is not in it is expected to change nothing; a
switch whose values cannot be listed must be given some there.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_type_hints

import pytest

from sync.errors import SyncError, TargetDenied, TargetRejected, TargetUnavailable
from sync.sandbox.client import SandboxControl
from sync.sandbox.process import RunningSandbox
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.server import running
from sync.sandbox.switches import Switches
from tests.core.paper_asana import rules_for, small_plan
from tests.cycle.test_faults import assert_one_of_everything, with_one_more_action
from tests.people.stage import renamed
from tests.road import GREFFE, START, Road

PERSON: Final = "Aline Roy"
LATER: Final = 90
LONG: Final = "Réduire les délais de traitement des demandes citoyennes"
HEARD: Final = ("en_cours", "2026-01-30", True)

When = Literal["start", "between"]
"""Turned before the first cycle, or between two."""
Heard = Literal["at once", "a quarter of an hour later", "at the next full read"]
Trouble = type[SyncError] | str
"""What ends the cycle, or the finding that tells of it."""


@dataclass(frozen=True)
class Turn:
    """
    One value. `along` are other switches, without which it would not be felt. `limits` names the
    limit that must really have refused something; `refused` what Jalon says where it cannot go
    on, by when the switch was turned: turned back, everything ends as if nothing had been.
    """

    value: Any
    along: Mapping[str, Any] = field(default_factory=dict)
    heard: Heard = "at once"
    limits: str = ""
    refused: Mapping[When, Trouble] = field(default_factory=dict)


SHOWS_LATE: Final = {"visibility_delay": 30.0}
BY_HAND: Final = {"limits_clock": "sandbox"}
A_MINUTE: Final = {"requests_per_minute": 45, **BY_HAND}
UNREAD_YET: Final[Mapping[When, Trouble]] = {"start": TargetUnavailable}
UNMADE: Final[Mapping[When, Trouble]] = {"start": "task.refused"}
REFUSED: Final[Mapping[When, Trouble]] = {"start": "task.refused", "between": "task.refused"}
TURNS: Final[Mapping[str, tuple[Turn, ...]]] = {
    "plan_tier": (Turn("free", refused={"start": TargetDenied, "between": TargetDenied}),),
    "max_name": (Turn(8, refused=REFUSED),),
    "max_notes": (Turn(100, refused=REFUSED),),
    "max_text_value": (Turn(40, refused=REFUSED),),
    "max_projects_per_task": (Turn(1),),
    "max_fields_per_project": (Turn(4, refused=UNMADE),),
    "max_enum_options": (Turn(2, refused=UNMADE),),
    "max_subtask_depth": (Turn(1),),
    "due_zone": (Turn("Pacific/Auckland"),),
    "unpaginated_cutoff": (Turn(2),),
    "listing_ceiling": (
        Turn(2, refused={"start": TargetRejected, "between": TargetRejected}),
    ),
    "offset_seconds": (Turn(0.0),),
    "visibility_delay": (Turn(30.0, refused=UNREAD_YET),),
    "delay_listings": (Turn(False, SHOWS_LATE, refused=UNREAD_YET),),
    "delay_gets": (Turn(False, SHOWS_LATE),),
    "delay_events": (Turn(False, SHOWS_LATE, refused=UNREAD_YET),),
    "read_your_writes": (Turn(True, SHOWS_LATE),),
    "sync_seconds": (Turn(10.0),),
    "events_delay": (Turn(600.0, heard="a quarter of an hour later"),),
    "events_loss": (Turn(1.0, heard="at the next full read"),),
    "field_event": (Turn(""), Turn("custom_field_values")),
    "requests_per_minute": (Turn(45, BY_HAND, limits="minute"),),
    "rate_seconds": (
        Turn(30.0, A_MINUTE, limits="minute"),
        Turn(10.0, A_MINUTE, refused=UNREAD_YET),  # one in seven refused: more than is repeated
    ),
    "rate_shape": (Turn("bucket", A_MINUTE, refused=UNREAD_YET),),  # a drop at a time: the same
    "concurrent_reads": (Turn(1),),
    "concurrent_writes": (Turn(1),),
    "retry_after_at_once": (Turn("absent", {"concurrent_reads": 1, "concurrent_writes": 1}),),
    "task_counts_per_minute": (Turn(1, BY_HAND),),
    "cost_per_minute": (Turn(1000, BY_HAND),),
    "limits_clock": (Turn("sandbox", {"requests_per_minute": 150}),),
    "changes": (Turn("new_user_task_lists,string_ids"),),
}  # fmt: skip


def turns(name: str) -> tuple[Turn, ...]:
    """The other values that can be listed, and those that `TURNS` tells of."""
    wanted, default = get_type_hints(Switches)[name], getattr(Switches(), name)
    told = TURNS.get(name, ())
    listed = (True, False) if wanted is bool else get_args(wanted)
    rest = [Turn(each) for each in listed if each not in [default, *(t.value for t in told)]]
    return (*told, *rest)


@dataclass(frozen=True)
class Case:
    switches: Mapping[str, Any]
    when: When
    turn: Turn

    def __str__(self) -> str:
        return (
            f"{' '.join(f'{name}={value}' for name, value in self.switches.items())}, {self.when}"
        )


PILES: Final = 6
"""As many as keep two values of one switch apart."""


def cases() -> Iterator[Any]:
    """
    Each value that `TURNS` tells of by itself. Those that change nothing are turned several at a
    time, and one by one in `make night`.
    """
    told = [(name, turn) for name, several in TURNS.items() for turn in several]
    quiet = [
        (each.name, turn)
        for each in fields(Switches)
        for turn in turns(each.name)
        if turn not in TURNS.get(each.name, ())
    ]
    for when in get_args(When):
        for name, turn in told:
            yield pytest.param(Case({name: turn.value, **turn.along}, when, turn))
        for first in range(PILES):
            pile = {name: turn.value for name, turn in quiet[first::PILES]}
            yield pytest.param(Case(pile, when, Turn(None)))
        for name, turn in quiet:
            yield pytest.param(Case({name: turn.value}, when, turn), marks=pytest.mark.night)


class Stage:
    """An empty world, and one with the plan in it, begun again for each case."""

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.control, self.sandbox, self.folder = sandbox.control, sandbox, folder
        self.rules = rules_for(small_plan())
        self.control.add_person(PERSON, GREFFE)
        self.control.save("start")
        with self.road("start") as road:
            for _ in range(2):
                road.cycle()
                road.wait(LATER)
            self.now = road.clock.at
            self.control.save("between")
        shutil.copytree(folder / "played", folder / "between", symlinks=True)

    @contextmanager
    def road(self, world: When) -> Iterator[Road]:
        self.control.restore(world)
        played, kept = self.folder / "played", self.folder / world
        shutil.rmtree(played, ignore_errors=True)
        if kept.exists():
            shutil.copytree(kept, played, symlinks=True)
        with Road(small_plan(), played, self.sandbox, rules=self.rules) as road:
            road.sleep = road.wait
            road.go_to(START if world == "start" else self.now)
            yield road


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with (
        running(Sandbox(Opening(start=START, frozen=True))) as server,
        SandboxControl(server.base_url) as control,
    ):
        greeting = server.greeting()
        told = {name: greeting[name] for name in ("url", "token", "workspace", "team")}
        sandbox = RunningSandbox(**told, control=control, pid=0)
        yield Stage(sandbox, tmp_path_factory.mktemp("switches"))


def test_every_switch_has_a_value_that_is_tried() -> None:
    switches = [each.name for each in fields(Switches)]
    untold = [name for name in switches if not turns(name)]
    assert not untold, f"say in TURNS which values are tried: {untold}"
    assert TURNS.keys() <= set(switches)


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_jalon_holds_whichever_way_a_switch_is_turned(stage: Stage, case: Case) -> None:
    turn, when = case.turn, case.when
    with stage.road(when) as road:
        if case.switches.keys() & A_MINUTE.keys():
            road.in_flight = 1  # side by side, it is chance how many are refused before all wait
        stage.control.switch(**case.switches)
        if when == "start":
            cycle(road, turn.refused.get("start"))
            if "start" in turn.refused:
                turn_back(road, case)
                quiet(road)
        edit(road, case.switches.get("date_form"))
        if when == "between" and "between" in turn.refused:
            change(road)
            cycle(road, turn.refused["between"])
            turn_back(road, case)
        else:
            heard(road, turn)
            change(road)
        refused = quiet(road)
        assert page(road) == HEARD
        assert_one_of_everything(road)
        assert road.tasks()[road.gid("action:A1-03")]["name"] == LONG
        assert not any(task["trashed"] for task in road.control.dump()["tasks"].values())
        assert not turn.limits or when == "between" or turn.limits in refused


def turn_back(road: Road, case: Case) -> None:
    road.control.switch(**{name: getattr(Switches(), name) for name in case.switches})


def edit(road: Road, form: str | None) -> None:
    """A person declares a status, tells a day, and ticks: what managers do, one thing each."""
    road.edit("action:A1-01", **{"declare/mi-chemin": "En cours"})
    road.edit(
        "indicator:A1-02-mi-chemin-1", fait_le={"date": HEARD[1]} if form == "object" else HEARD[1]
    )
    road.control.edit_task(road.gid("indicator:A2-01-mi-chemin-1"), PERSON, completed=True)


def change(road: Road) -> None:
    """The plan says one action in other words, and promises one more."""
    road.plan = renamed(with_one_more_action(road.plan), "A1-03", LONG)
    road.store.add_revision(road.plan, road.clock.now().date(), "essai")


def cycle(road: Road, refused: Trouble | None) -> None:
    """One cycle that ends well, or in that refusal and no other."""
    if isinstance(refused, type):
        with pytest.raises(refused):
            road.cycle()
    else:
        report = road.cycle()
        codes = {one.finding.code for one in road.store.findings()}
        assert (report.outcome, refused in codes) == (
            ("partial", True) if refused else ("ok", False)
        )
    road.wait(LATER)


def heard(road: Road, turn: Turn) -> None:
    """The edits are on the page when `TURNS` says so, and not before."""
    road.wait(LATER)
    road.cycle()
    if turn.heard == "at once":
        assert page(road) == HEARD
        return
    assert page(road) == ("a_venir", None, False)
    road.wait(900)
    assert road.cycle(full=turn.heard == "at the next full read").outcome == "ok"
    assert page(road) == HEARD


def quiet(road: Road) -> set[str]:
    """Clean cycles until one writes nothing; returns the limits that refused something."""
    for number in range(4):
        road.wait(LATER)
        report = road.cycle(full=number == 0)
        if report.outcome == "ok" and not report.operations:
            break
    else:
        raise AssertionError(f"not quiet after four cycles: {report}")
    assert "DELETE" not in road.control.requests()["by_method"]
    return {limit for one in road.control.limits().values() for limit in one["refused"]}


def page(road: Road) -> tuple[Any, ...]:
    told = json.loads((road.public / "dernier.json").read_bytes())
    midway = {
        action["id"]: action["jalons"]["mi-chemin"]
        for axis in told["axes"]
        for volet in axis["volets"]
        for action in volet["actions"]
    }
    return (
        midway["A1-01"]["etat"],
        midway["A1-02"]["indicateurs"][0]["fait_le"],
        midway["A2-01"]["indicateurs"][0]["fait"],
    )
