"""
One world with a plan in it, begun again for each case; and what must be true at its end.

The sandbox serves from a thread, requests go out one at a time and gids are counted, so that the
nth request of a cycle is the same each time and a person can act right before it.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import requests

from sync.core.marks import is_task
from sync.errors import SyncError
from sync.model.plan import Plan
from sync.sandbox.client import SandboxControl
from sync.sandbox.process import RunningSandbox
from sync.sandbox.sandbox import Opening, Sandbox
from sync.sandbox.server import running
from tests.core.paper_asana import rules_for, small_plan
from tests.people.kinds import FINAL, MIDWAY, PERSON, SERVICE, Act, Kind, Statuses
from tests.road import GREFFE, START, Road

Scene = Literal["provisioning", "change", "full read"]
SCENES: tuple[Scene, ...] = ("provisioning", "change", "full read")
LATER = 90
"""Seconds between two cycles: what was just made is no longer fresh."""


@dataclass(frozen=True)
class Case:
    """A kind, and when it happens: right before the `point`th request of a scene, or between."""

    kind: Kind
    scene: Scene | Literal["events", "full"]
    point: int = 0

    def __str__(self) -> str:
        return f"{self.kind.number}:{self.scene}:{self.point}"


@contextmanager
def stage(folder: Path) -> Iterator["Stage"]:
    with (
        running(Sandbox(Opening(start=START, frozen=True))) as server,
        SandboxControl(server.base_url) as control,
    ):
        greeting = server.greeting()
        told = {name: greeting[name] for name in ("url", "token", "workspace", "team")}
        sandbox = RunningSandbox(**told, control=control, pid=0)
        yield Stage(sandbox, folder)


class Stage:
    """Builds the worlds once, then plays cases in copies of them."""

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.control = sandbox.control
        self.folder = folder
        self.plan = small_plan()
        self.rules = rules_for(self.plan, members=("directeur@ville.example",))
        self.gids = self._people_and_their_project()
        self.control.save("empty")
        with self._road("empty") as road:
            road.cycle()
            self.gids |= road.store.links()
            self._progress(road)
            for full in (False, True, False):
                road.wait(LATER)
                assert road.cycle(full=full).outcome == "ok"
            self.statuses = statuses(road)
        self._keep("settled")
        self.requests = {scene: self._count(scene) for scene in SCENES}
        self._first: dict[str, int] = {}

    def _people_and_their_project(self) -> dict[str, str]:
        person = self.control.add_person(PERSON, GREFFE)
        self.control.add_person("Directeur", "directeur@ville.example")
        post = partial(
            requests.post, headers={"Authorization": f"Bearer {person['token']}"}, timeout=10
        )
        made = post(
            f"{self.sandbox.url}/projects",
            json={"data": {"workspace": self.sandbox.workspace, "name": "Parcs"}},
        ).json()["data"]["gid"]
        self.control.act("add_section", PERSON, project=made, name="À faire")
        return {"project:others": made}

    def _progress(self, road: Road) -> None:
        road.control.edit_task(
            road.gid("action:A1-02"), PERSON,
            fields={road.field_name(f"declare/{MIDWAY}"): "En cours"},
        )  # fmt: skip
        road.control.edit_task(
            road.gid("indicator:A1-02-mi-chemin-1"), PERSON,
            completed=True, fields={"Fait le": "2026-01-30", "Quantité": 3},
        )  # fmt: skip

    # worlds

    def _at(self, name: str) -> Path:
        return self.folder / name.replace(" ", "-")

    def _keep(self, name: str) -> None:
        self.control.save(name)
        shutil.rmtree(self._at(name), ignore_errors=True)
        shutil.copytree(self.folder / "played", self._at(name), symlinks=True)

    @contextmanager
    def _road(self, world: str) -> Iterator[Road]:
        self.control.restore(world)
        played = self.folder / "played"
        shutil.rmtree(played, ignore_errors=True)
        if self._at(world).exists():
            shutil.copytree(self._at(world), played, symlinks=True)
        with Road(self.plan, played, self.sandbox, rules=self.rules, in_flight=1) as road:
            road.clock.at = START + timedelta(seconds=0 if world == "empty" else 4 * LATER)
            self.control.set_clock(road.clock.at, frozen=True)
            yield road

    def _world(self, case: Case) -> str:
        """The world that a case begins in; one more is built for acts that came before."""
        if case.scene == "provisioning":
            return "empty"
        if not case.kind.before:
            return "settled"
        name = f"before {case.kind.number}"
        if not self._at(name).exists():
            with self._road("settled") as road:
                self._act(case.kind.before)
                for full in (True, False):
                    road.cycle(full=full)
            self._keep(name)
        return name

    def _act(self, acts: Sequence[Act]) -> None:
        for act in self._named(acts):
            arguments = {k: v for k, v in act.items() if k != "verb"}
            self.control.act(act["verb"], PERSON, **arguments)

    def _named(self, acts: Sequence[Act]) -> list[dict[str, Any]]:
        return [
            {
                key: self.gids[value[1:]] if isinstance(value, str) and value[:1] == "@" else value
                for key, value in act.items()
            }
            for act in acts
        ]

    # cycles

    def _count(self, scene: Scene) -> int:
        with self._road("empty" if scene == "provisioning" else "settled") as road:
            self._scene(road, scene)
            return sum(road.sent[-1].values())

    def _scene(self, road: Road, scene: Scene) -> None:
        if scene == "change":
            self._change(road)
        road.cycle(full=scene == "full read")

    def _change(self, road: Road) -> None:
        """
        The plan renames an action, a due date moves, a manager declares something and types
        over a text that Jalon keeps: four writes of three kinds, each of which can be raced.
        """
        road.plan = renamed(road.plan, "A1-01", "Bureau central")
        road.store.add_revision(road.plan, road.clock.now().date(), "essai")
        first, last = self.rules.checkpoints
        moved = replace(last, due=last.due + timedelta(days=1))
        road.steering = replace(road.steering, checkpoints=(first, moved))
        self.control.edit_task(
            self.gids["action:A2-01"], PERSON,
            fields={road.field_name(f"declare/{FINAL}"): "En cours", "Suivi public": "Brouillon"},
        )  # fmt: skip

    def first_point(self, kind: Kind) -> int:
        """The first request of a provisioning before which the kind can happen at all."""
        if kind.number not in self._first:
            at = self._fired_at(kind, 1)
            while (later := self._fired_at(kind, at)) != at:
                at = later  # one of its acts, done early, had changed what came after
            self._first[kind.number] = at
        return self._first[kind.number]

    def _fired_at(self, kind: Kind, nth: int) -> int:
        with self._road("empty") as road:
            acts = self._named((*kind.before, *kind.acts))
            self.control.interlude(PERSON, acts, nth=nth, patient=True)
            with suppress(SyncError):
                road.cycle()
            (told,) = self.control.interludes()
        assert told["fired_at"], f"{kind.number} can never happen: {told['refused']}"
        return int(told["fired_at"])

    def points(self, kind: Kind, scene: Scene) -> range:
        first = self.first_point(kind) if scene == "provisioning" else 1
        return range(first, self.requests[scene] + 1)

    def play(self, case: Case) -> None:
        """Let it happen, run what follows, and check everything that must hold."""
        kind = case.kind
        with self._road(self._world(case)) as road:
            stopped = self._let_happen(road, case)
            if kind.stops:
                self._stands_still(road, kind, stopped)
            counts = [self._writes(road, full) for full in (False, True, False)]
            assert counts[-1] == 0, f"not quiet after two clean cycles: writes {counts}"
            Verdict(self, road, case).check()

    def _let_happen(self, road: Road, case: Case) -> SyncError | None:
        kind = case.kind
        if case.scene in ("events", "full"):
            self._act(kind.acts)
            stopped = self._tried(road, full=case.scene == "full")
            by_events = kind.findings if kind.by_events is None else kind.by_events
            expected = by_events if case.scene == "events" else kind.findings
            if kind.stops is None:
                assert stopped is None, f"the cycle was stopped: {stopped!r}"
                assert codes(road) == expected, f"at once: findings {sorted(codes(road))}"
            return stopped
        acts = (*kind.before, *kind.acts) if case.scene == "provisioning" else kind.acts
        self.control.interlude(PERSON, self._named(acts), nth=case.point, patient=True)
        stopped = None
        try:
            self._scene(road, case.scene)  # type: ignore[arg-type]
        except SyncError as error:
            stopped = error
        (told,) = self.control.interludes()
        assert told["fired_at"] == case.point, f"it did not happen in time: {told}"
        return stopped

    def _tried(self, road: Road, *, full: bool) -> SyncError | None:
        try:
            road.cycle(full=full)
        except SyncError as error:
            return error
        return None

    def _stands_still(self, road: Road, kind: Kind, stopped: SyncError | None) -> None:
        assert kind.stops
        page = (road.public / "dernier.json").read_bytes() if road.public.exists() else None
        road.wait(LATER)
        self.control.forget_requests()
        again = self._tried(road, full=True)
        assert isinstance(again, kind.stops), f"expected {kind.stops.__name__}, got {again!r}"
        assert road.writes() == 0
        after = (road.public / "dernier.json").read_bytes() if road.public.exists() else None
        assert after == page
        self._act(kind.undo)

    def _writes(self, road: Road, full: bool) -> int:
        road.wait(LATER)
        self.control.forget_requests()
        road.cycle(full=full)
        methods = self.control.requests()["by_method"]
        assert "DELETE" not in methods
        return road.writes()


class Verdict:
    """What must hold at the end of a case, whatever it was."""

    def __init__(self, stage: Stage, road: Road, case: Case) -> None:
        self.stage = stage
        self.road = road
        self.case = case
        self.dump = road.control.dump()
        self.links = road.store.links()
        self.refs = {gid: ref for ref, gid in self.links.items()}
        self.ours = {g for g, t in self.dump["tasks"].items() if t["created_by"] == SERVICE}

    def check(self) -> None:
        self.one_task_per_key()
        self.nothing_of_people_is_touched()
        self.no_edit_is_lost()
        self.losses_are_real()
        self.findings_are_those_expected()
        self.page_says_what_it_should()

    def one_task_per_key(self) -> None:
        """I1: Jalon never makes a second one; each ref is linked to its own first task."""
        made = [self.dump["tasks"][g]["notes"].rsplit("\n", 1)[-1] for g in sorted(self.ours)]
        marks = {f"[jalon: {mark}]" for mark in self.road.expected_marks()}
        if {"task.blocked", "task.refused"} & codes(self.road):  # what was to stand on what is gone
            marks = {mark for mark in marks if mark in made or "/A1-03" not in mark}
        assert sorted(made) == sorted(marks), f"made {sorted(made)}"
        linked = {ref: gid for ref, gid in self.links.items() if is_task(ref)}
        assert set(linked.values()) == self.ours, "a link leads to a copy or to a stranger"

    def nothing_of_people_is_touched(self) -> None:
        """I10, and no write to copies, strangers, or fields that people own."""
        people = {r.name for r in self.road.steering.mapping.fields if r.owner == "people"}
        for entry in self.dump["history"]:
            if entry["by"] != SERVICE:
                continue
            assert entry["field"] not in ("deleted", "archived", "completed", "private"), entry
            assert entry["field"].removeprefix("custom_fields.") not in people, entry
            if entry["gid"] in self.dump["tasks"]:
                assert entry["gid"] in self.ours, f"written to a task of people: {entry}"

    def no_edit_is_lost(self) -> None:
        """I2: what a person wrote and Jalon overwrote stands in the log."""
        last: dict[tuple[str, str], str] = {}
        for entry in self.dump["history"]:
            key = (entry["gid"], entry["field"])
            theirs = last.get(key) == PERSON and entry["before"] != entry["after"]
            if entry["by"] == SERVICE and theirs:
                assert self._logged(entry), f"overwritten and not in the log: {entry}"
            last[key] = entry["by"]

    def _logged(self, entry: Mapping[str, Any]) -> bool:
        """A row that tells of this field's loss, and holds what stood there."""
        if entry["gid"] not in self.dump["tasks"]:  # taken off the project, and put on it again
            return any(row.kind == "AttachField" for row in self.road.store.log())
        before, field = entry["before"], entry["field"].removeprefix("custom_fields.")
        keys = {rule.name: rule.key for rule in self.road.steering.mapping.fields}
        rows = [
            row
            for row in self.road.store.log(subject=self.refs[entry["gid"]])
            if row.field == keys.get(field, field)
            and (row.kind == "overwritten" or row.rule == "restore")
        ]
        if before is None:
            return any(row.asana is None or "removed" in row.asana for row in rows)
        people = {one["gid"]: one["name"] for one in self.road.control.state()["people"]}
        told = {str(before), self.refs.get(str(before)), people.get(str(before))} - {None}
        return any(value in (row.asana or "") for row in rows for value in told if value)

    def losses_are_real(self) -> None:
        """I17: what is told as missing is in the trash."""
        for one in self.road.store.findings():
            if one.finding.code == "task.missing":
                assert self.dump["tasks"][self.links[one.finding.subject]]["trashed"], one

    def findings_are_those_expected(self) -> None:
        told, kind = codes(self.road), self.case.kind
        allowed = [kind.findings]
        if self.case.scene == "change":
            # what was typed over is restored, unless its field was gone first
            restored = frozenset({"field.restored"})
            allowed = [each | restored for each in (kind.findings, *kind.raced)]
            allowed += [kind.findings] if "schema.field_missing" in kind.findings else []
            if "task.moved" in kind.findings:  # out of sight, and its history too
                allowed += [each | {"task.history_unread"} for each in allowed]
        if self.case.scene == "provisioning":
            allowed += kind.early
        assert told in allowed, f"findings {sorted(told)}"

    def page_says_what_it_should(self) -> None:
        expected = dict(self.stage.statuses) | dict(self.case.kind.statuses)
        if self.case.scene == "change":
            expected["A2-01", FINAL] = "en_cours"
        if self.case.scene == "provisioning":  # nobody has declared anything yet
            expected["A1-02", MIDWAY] = "a_venir"
        shown = statuses(self.road)
        wrong = {
            key: (expected[key], shown[key]) for key in expected if shown[key] != expected[key]
        }
        assert not wrong, f"published, expected and shown: {wrong}"


def codes(road: Road) -> set[str]:
    return {
        one.finding.code
        for one in road.store.findings()
        if not one.finding.code.startswith(("plan.", "status."))
    }


def statuses(road: Road) -> Statuses:
    page = json.loads((road.public / "dernier.json").read_bytes())
    return {
        (action["id"], checkpoint): standing["etat"]
        for axis in page["axes"]
        for volet in axis["volets"]
        for action in volet["actions"]
        for checkpoint, standing in action["jalons"].items()
    }


def renamed(plan: Plan, action_id: str, title: str) -> Plan:
    axes = tuple(
        replace(
            axis,
            volets=tuple(
                replace(
                    volet,
                    actions=tuple(
                        replace(a, title=title) if a.id == action_id else a for a in volet.actions
                    ),
                )
                for volet in axis.volets
            ),
        )
        for axis in plan.axes
    )
    return replace(plan, axes=axes)
