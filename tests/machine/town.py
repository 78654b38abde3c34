"""
A small plan in a small town, what its people did there, and what must be true after each step.

The town remembers beside Jalon: what people last wrote in each field, which task was made for
which promise, which statuses were frozen, what was published. Every check holds Jalon against
that memory, or against the sandbox's own history, which has an author for each change.
"""

import shutil
import sqlite3
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

import structlog

from sync.adapters.publish.disk import Disk
from sync.adapters.publish.layout import current_version
from sync.adapters.publish.manifest import first_difference
from sync.core.chain import Told, verify
from sync.core.marks import is_task, mark_in_notes
from sync.core.settling import Ask
from sync.core.values import normal
from sync.cycle import CycleReport, run_cycle
from sync.errors import CycleBusy, NotYet, SyncError, UnsafeChangeSet
from sync.model.guarding import Acceptance
from sync.model.mapping import BuiltinRule
from sync.model.plan import Action, Goal, Indicator, Plan
from sync.model.record import Head, LogRow
from sync.model.rules import Rules
from sync.model.snapshot import PublicStanding, Snapshot
from sync.proposal import Wishes, digest_of, propose
from sync.sandbox.client import ControlRefusedError
from sync.sandbox.process import RunningSandbox
from sync.sandbox.sandbox import SERVICE, Opening, Sandbox
from sync.sandbox.state import CustomField, EnumOption, HistoryEntry, Task
from sync.settlement import settle_finding
from tests.adapters.asana.matrix.stage import TOKEN, canaries
from tests.core.paper_asana import rules_for, small_plan
from tests.machine.near import BEGIN, COMMITTED, TURN, NearRoad, near
from tests.road import GREFFE, START

World = Literal["settled", "shared", "empty"]
PERSON: Final = "Greffière"
WHO: Final = "Mme la greffière"
COMMENT: Final = "commentaire-que-personne-ne-publie"
LEASE_GONE: Final = 400
LATER: Final = 90
"""Seconds between two cycles: what was just made is no longer fresh."""
WRITES: Final = ("POST", "PUT")
_NOT_WRITTEN: Final = {
    "task.moved", "task.missing", "task.identity_doubt", "task.refused", "action.retired",
}  # fmt: skip


class Killed(BaseException):
    """Not an Exception: nothing in the cycle may catch it and go on."""


def town_plan() -> Plan:
    """The small plan with a goal of each kind."""
    plan = small_plan()
    goals = {
        "A1-01-mi-chemin-2": Goal("quantity", 3, 4, "organismes"),
        "A1-02-finalite-1": Goal("continuity"),
        "A1-03-mi-chemin-1": Goal("state", word="Terminé"),
    }
    return each_indicator(plan, lambda one: replace(one, goal=goals.get(one.id, one.goal)))


def with_one_more(plan: Plan, number: int) -> Plan:
    """An action more, at the end of the last volet."""
    id_ = f"A9-{number:02}"
    line = Indicator(f"{id_}-finalite-1", "x", Goal("deliverable"))
    new = Action(id_, f"Neuve {number}", {"finalite": (line,)})
    axis = plan.axes[-1]
    volet = axis.volets[-1]
    volets = (*axis.volets[:-1], replace(volet, actions=(*volet.actions, new)))
    return replace(plan, axes=(*plan.axes[:-1], replace(axis, volets=volets)))


def each_indicator(plan: Plan, change: Callable[[Any], Any]) -> Plan:
    return each_action(
        plan,
        lambda action: replace(
            action,
            indicators={
                key: kept
                for key, lines in action.indicators.items()
                if (kept := tuple(filter(None, map(change, lines))))
            },
        ),
    )


def each_action(plan: Plan, change: Callable[[Any], Any]) -> Plan:
    return replace(
        plan,
        axes=tuple(
            replace(
                axis,
                volets=tuple(
                    replace(volet, actions=tuple(filter(None, map(change, volet.actions))))
                    for volet in axis.volets
                ),
            )
            for axis in plan.axes
        ),
    )


def town_rules(world: World) -> Rules:
    rules = rules_for(town_plan(), members=(GREFFE,))
    if world != "shared":
        return rules
    builtins = {**rules.mapping.builtins, "name": BuiltinRule("shared")}
    return replace(rules, mapping=replace(rules.mapping, builtins=builtins))


class Country:
    """One sandbox for all towns of a process, and the worlds that they begin in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asana = Sandbox(Opening(start=START, frozen=True))
        plain = near(self.asana)
        plain.control.add_token(SERVICE, token=TOKEN)
        plain.control.add_person(PERSON, GREFFE)
        self.sandbox: RunningSandbox = replace(plain, token=TOKEN)
        self.control = self.sandbox.control
        self.control.save("empty")
        self.said: list[str] = []
        self._made: set[World] = {"empty"}

    @contextmanager
    def town(self, world: World) -> Iterator["Town"]:
        if world not in self._made:
            self._settle(world)
        with self._road(world) as road, structlog.testing.capture_logs() as said:
            town = Town(road, world, said)
            try:
                yield town
            finally:
                town.other.__exit__()

    def _settle(self, world: World) -> None:
        with self._road("empty", world) as road, structlog.testing.capture_logs():
            for full in (False, True, False):
                assert road.cycle(full=full).outcome == "ok"
                road.wait(LATER)
        self.control.save(world)
        shutil.copytree(self.folder / "played", self.folder / world, symlinks=True)
        self._made.add(world)

    @contextmanager
    def _road(self, world: World, rules: World | None = None) -> Iterator[NearRoad]:
        self.control.restore(world)
        played = self.folder / "played"
        shutil.rmtree(played, ignore_errors=True)
        if world != "empty":
            shutil.copytree(self.folder / world, played, symlinks=True)
        road = NearRoad(town_plan(), played, self.sandbox, rules=town_rules(rules or world))
        with road:
            road.go_to(START + timedelta(seconds=0 if world == "empty" else 4 * LATER))
            yield road


@dataclass(frozen=True)
class Ran:
    """How one cycle ended, and what it wrote to Asana."""

    ended: str
    writes: int
    report: CycleReport | None = None
    error: SyncError | None = None

    @property
    def clean(self) -> bool:
        return self.report is not None and self.report.outcome in ("ok", "partial")


class Town:
    """Runs cycles and lets people act; `exercised` counts what really came to pass."""

    def __init__(self, road: NearRoad, world: World, said: list[Any]) -> None:
        self.road = road
        self.world = world
        self.said = said
        self.asana: Sandbox = road.control.sandbox
        self.exercised: Counter[str] = Counter()
        self.other = NearRoad(road.plan, road.folder, road.sandbox, rules=road.steering)
        self.other.clock = road.clock
        self.other.__enter__()
        self.roads = (road, self.other)
        self.names = {rule.name: rule for rule in road.steering.mapping.fields}
        self.people_fields = {n for n, r in self.names.items() if r.owner == "people"}
        self.wrote: dict[tuple[str, str], Any] = {}
        """What people last wrote in each field that is theirs, by gid and name."""
        self.made: dict[str, str] = {}
        """Which promise each task of Jalon's was made for, by gid."""
        self.frozen: dict[tuple[str, str], Any] = {}
        self.shown_frozen: dict[tuple[str, str], Any] = {}
        self.number = 0
        self.heads: dict[int, str] = {}
        self.revisions: tuple[Any, ...] = ()
        self.missing: set[str] = set()
        self.judged = 0
        self.counted = (0, 0)
        self.clean = 0
        """How many clean cycles in a row, with nothing done in between."""
        self.ran = True
        self.idle = 0
        """How much was done since the last cycle."""
        self.intruded = False
        """Whether another worker took over in the middle of the cycle that runs."""
        self.held: UnsafeChangeSet | None = None
        self.looked_at = len(self.history)
        self._see_what_was_made()
        self.counted = (len(self.history), road.store.log_head().rows)
        self.judged = len(self.history)
        self.after_step()

    # what there is

    @property
    def history(self) -> list[HistoryEntry]:
        return self.asana.world.history

    def task(self, gid: str) -> Task | None:
        found = self.asana.world.things.get(gid)
        return found if isinstance(found, Task) else None

    @property
    def plan(self) -> Plan:
        revisions = self.road.store.revisions()
        return revisions[-1].plan if revisions else self.road.plan

    def links(self) -> dict[str, str]:
        """Where there is such a task today, in the trash or out of it."""
        return {ref: gid for ref, gid in self.road.store.links().items() if is_task(ref)}

    def live(self, kind: str = "") -> list[tuple[str, str]]:
        """Tasks of the plan that a person can open, in the plan's order."""
        found = ((ref, gid) for ref, gid in sorted(self.links().items()) if ref.startswith(kind))
        return [(ref, gid) for ref, gid in found if (t := self.task(gid)) and t.deleted is None]

    def person(self, verb: str, **arguments: Any) -> bool:
        """Whether Asana let them: a task that is in no project has no fields to fill."""
        self.disturbed()
        try:
            self.road.control.act(verb, PERSON, **arguments)
        except ControlRefusedError:
            self.exercised["refused to a person"] += 1
            return False
        return True

    def types(self, gid: str, **fields: Any) -> None:
        """A person fills fields of their own; the town remembers what."""
        named = {self.road.field_name(key.replace("__", "/")): v for key, v in fields.items()}
        if self.person("edit_task", task=gid, fields=named):
            self.wrote |= {(gid, name): value for name, value in named.items()}

    def disturbed(self) -> None:
        self.clean = 0
        self.idle += 1

    # cycles

    def cycle(self, road: NearRoad | None = None, **wishes: Any) -> Ran:
        """One cycle, whatever it ends with; what it says must not give the token away."""
        self.idle = 0
        self.ran = True
        road = road or self.road
        road.steering, road.plan = self.road.steering, self.road.plan
        before, log = self._writes(), road.store.log_head().rows
        number, face = self._number(), self._face()
        ran = self._run(road, Wishes(**wishes), before)
        self._settle_accounts(ran, number, face, log)
        return ran

    def _run(self, road: NearRoad, wishes: Wishes, before: int) -> Ran:
        left = self.holder()
        busy = left is not None and left[1] > road.clock.now()
        try:
            with road.ports() as ports:
                report = run_cycle(ports, road.steering, road.plan, wishes)
        except SyncError as error:
            told = "".join(traceback.format_exception(error)) + error.in_("fr") + error.in_("en")
            self._no_canary(told, "an error")
            ran = Ran(type(error).__name__, self._writes() - before, error=error)
        else:
            assert report is not None
            ran = Ran(report.outcome, self._writes() - before, report=report)
        if isinstance(ran.error, CycleBusy):
            assert busy or self.intruded, "the lease was free, and the cycle did not begin"
            assert self.intruded or ran.writes == 0, "written beside a lease"
        elif not isinstance(ran.error, NotYet):
            assert not busy or self.intruded, f"a cycle ran while another's lease was alive: {ran}"
            self.exercised["took over a dead worker's lease"] += left is not None
        return ran

    def _settle_accounts(self, ran: Ran, number: int, face: bytes, log: int) -> None:
        """Count what came of the cycle, and hold it to what it may do."""
        road = self.road
        fired = [fault for fault in self.asana.faults if fault.fired]
        for fault in fired:
            self.exercised[f"fault: {fault.kind}"] += 1
        if fired or ran.error is not None:
            self.clean = 0
        self.exercised[f"ended: {ran.ended}"] += 1
        self.held = None
        if isinstance(ran.error, UnsafeChangeSet):
            self.held = ran.error
            told = ran.error.facts.get("digest")
            if told or "digest" not in ran.error.facts:
                assert ran.writes == 0, f"held, and yet {ran.writes} writes"
            assert (self._number(), self._face()) == (number, face), "held, and yet published"
        if not isinstance(ran.error, CycleBusy | NotYet):
            ended = [each.outcome for each in road.store.cycles(3)]
            assert None not in ended, f"a cycle without an end: {ended}"
            self.asana.faults.clear()
        if ran.clean and not fired and not road.full_disk:
            self.clean += 1
            if self.clean >= 3:
                self.exercised["quiet"] += 1
                assert ran.writes == 0, f"clean cycle number {self.clean} wrote {ran.writes} times"
                assert ran.report
                assert not ran.report.snapshot_is_new, "a quiet cycle numbered a snapshot"
            if self.clean >= 4:
                grown = road.store.log_head().rows - log
                assert not grown, f"a quiet cycle added {grown} rows to the log"

    def killed_at(self, nth: int, *, full: bool) -> bool:
        """A cycle that dies at its n-th point; whether it came that far."""
        passed = count(1)
        return self._killed(lambda _name: next(passed) >= nth, full=full)

    def killed_before(self, name: str) -> bool:
        """A cycle that dies where a point of that name begins, which is then never done."""
        return self._killed(lambda reached: reached.startswith(name))

    def killed_after(self, name: str) -> bool:
        """A cycle that dies at the first point after such a one."""
        seen: list[str] = []
        return self._killed(
            lambda reached: bool(seen) or bool(reached.startswith(name) and seen.append(reached))
        )

    def _killed(self, now: Callable[[str], bool], *, full: bool = False) -> bool:
        """From the moment that `now` tells on, nothing of the dying cycle is done any more."""
        self.disturbed()
        dead: list[str] = []

        def point(name: str) -> None:
            if dead or now(name):
                dead.append(name)
                raise Killed

        self.road.point = point
        try:
            self.cycle(full=full)
        except Killed:
            self.exercised["killed"] += 1
            self.asana.faults.clear()
            self.road.revive()
            left_open = any(each.outcome is None for each in self.road.store.cycles(1))
            self.exercised["killed with a cycle open"] += left_open
        finally:
            self.road.point = _nothing
        return bool(dead)

    def stands_still_before_writing(self) -> None:
        """The next cycle waits for its turn to write until its lease is gone."""
        writing: list[str] = []

        def point(name: str) -> None:
            if name == "intend":
                writing.append(name)
            if name == TURN and writing:
                writing.clear()
                self.road.wait(LEASE_GONE)

        self.road.point = point

    def holder(self) -> tuple[str, datetime] | None:
        """Who holds the lease, alive or dead, and until when; read past the store's own door."""
        with closing(sqlite3.connect(self.road.folder / "jalon.db")) as connection:
            row = connection.execute("SELECT holder, expires_at FROM lease").fetchone()
        if row is None or row[0] is None:
            return None
        return str(row[0]), datetime.fromisoformat(row[1]).replace(tzinfo=UTC)

    def beside(self, nth: int, *, paused: bool) -> None:
        """
        Another worker's cycle at the n-th point of ours, in which we stand still.

        With `paused` we stand so long that the lease is gone, and must write nothing more.
        """
        self.disturbed()
        passed = depth = 0
        told: list[tuple[Ran, bool, int]] = []

        def point(name: str) -> None:
            nonlocal passed, depth
            passed += 1
            depth += (name == BEGIN) - (name == COMMITTED)
            if passed < nth or told or (depth and name != BEGIN) or depth > 1:
                return
            if paused and name.startswith(WRITES):
                return  # on its way: between the last look at the lease and the line
            alive = self.holder()
            leased = alive is not None and alive[1] > self.road.clock.now()
            if paused:
                self.road.wait(LEASE_GONE)
            faults, self.asana.faults[:] = list(self.asana.faults), []
            theirs = self.cycle(self.other)
            self.intruded = theirs.ended != "CycleBusy"
            self.asana.faults[:] = faults
            told.append((theirs, leased, self._writes()))

        self.road.point = point
        try:
            ours = self.cycle()
        finally:
            self.road.point = _nothing
            self.intruded = False
            for road in self.roads:
                road.revive()
        if not told:
            return
        ((theirs, leased, writes),) = told
        if leased and not paused:
            assert theirs.ended == "CycleBusy", f"two at once: {theirs}"
            self.exercised["busy"] += 1
        elif leased:
            self.exercised["lease lost in a pause"] += 1
            assert theirs.ended != "CycleBusy", f"nobody took over: {theirs}"
            outcomes = {each.outcome for each in self.road.store.cycles(2)}
            ended = ours.clean or ours.ended == UnsafeChangeSet.__name__
            only_to_give_it_back = ended and "abandoned" not in outcomes
            assert only_to_give_it_back or ours.ended == "CycleBusy", f"went on: {ours}"
            assert self._writes() == writes, "written with a lost lease"
        self.disturbed()

    def accept(self) -> None:
        """A person reads what is held and lets just that through."""
        with self.road.ports() as ports:
            try:
                proposal = propose(ports, self.road.steering, self.road.plan)
            except SyncError:
                return
            digest = digest_of(self.road.store, proposal)
        if digest is None:
            return
        ran = self.cycle(accept=Acceptance(digest, WHO, "vu et voulu"))
        self.exercised["accepted"] += ran.clean

    # what must hold after each step

    def after_step(self) -> None:
        fresh = self.history[self.looked_at :]
        ours = [entry for entry in fresh if entry.by == SERVICE]
        self._see_what_was_made()
        self._nothing_taken_away(ours)
        self._what_people_wrote_stands()
        self.looked_at = len(self.history)
        if self.ran:  # nothing else of Jalon's changes any of these
            self.ran = False
            self._plan_only_grows()
            self._frozen_stays()
            self._face_is_whole()
            self._no_loss_invented()

    def _see_what_was_made(self) -> None:
        """I1: one task per promise, and another only where a person asked for it anew."""
        for entry in self.history[self.looked_at :] if self.made else self.history:
            thing = self.asana.world.things[entry.gid]
            if entry.by != SERVICE or entry.field != "created" or not isinstance(thing, Task):
                continue
            mark = self._mark(thing)
            for gid in [gid for gid, known in self.made.items() if known == mark]:
                assert self._was_asked_anew(gid), f"{mark} made a second time, as {entry.gid}"
            self.made[entry.gid] = mark

    def _mark(self, task: Task) -> str:
        """As it was made: read in the cycle's own step, before anybody can edit it."""
        mark = mark_in_notes(task.notes)
        assert mark, f"made without a mark: {task.name}"
        return mark

    def _was_asked_anew(self, gid: str) -> bool:
        asked = (one for one in self.road.store.settlements() if one.choice == "recreate")
        task = self.task(gid)
        return (
            task is not None
            and task.deleted is not None
            and any(gid in (one.value or "") for one in asked)
        )

    def _nothing_taken_away(self, ours: list[HistoryEntry]) -> None:
        """I2, I10: Jalon deletes and archives nothing, and leaves alone what people own."""
        born = {entry.gid for entry in ours if entry.field == "created"}
        for entry in ours:
            field = entry.field.removeprefix("custom_fields.")
            assert field not in ("deleted", "archived", "completed", "private"), entry
            assert field not in self.people_fields, f"a field of people's was written: {entry}"
            thing = self.asana.world.things[entry.gid]
            if isinstance(thing, Task):
                assert entry.gid in self.made or entry.gid in born, f"not ours: {entry}"
        assert "DELETE" not in self.asana.traffic.by_method

    def _what_people_wrote_stands(self) -> None:
        for (gid, name), value in self.wrote.items():
            task = self.task(gid)
            assert task is not None
            now = self._value(task, name)
            assert now == value, f"{self.made.get(gid)}: « {name} » was {value!r} and is {now!r}"

    def _value(self, task: Task, name: str) -> Any:
        for gid, value in task.values.items():
            definition = self.asana.world.things[gid]
            if isinstance(definition, CustomField) and definition.name == name:
                return self._plain(value)
        return None

    def _plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value.get("date")
        option = self.asana.world.things.get(value) if isinstance(value, str) else None
        return option.name if isinstance(option, EnumOption) else value

    def _plan_only_grows(self) -> None:
        """I3: no revision is rewritten or lost."""
        if (found := self.road.store.revisions()) != self.revisions:
            assert found[: len(self.revisions)] == self.revisions, "a revision was rewritten"
            self.revisions = found

    def _frozen_stays(self) -> None:
        frozen = self.road.store.frozen()
        for key, standing in self.frozen.items():
            assert frozen.get(key) == standing, f"the frozen status of {key} changed"
        self.exercised["frozen"] += len(frozen) - len(self.frozen)
        self.frozen = frozen

    def _face_is_whole(self) -> None:
        """I6: what the public reads is one whole publication, and never an earlier one."""
        root = self.road.public
        standing = current_version(root) if root.exists() else None
        if standing is None:
            assert self.number == 0, "the publication is gone"
            return
        differs = first_difference(root, standing, Disk())
        assert differs is None, f"not as it was published: {differs}"
        assert standing.number >= self.number, f"from {self.number} back to {standing.number}"
        if standing.number > self.number:
            self._read_the_face(Snapshot.model_validate_json(self._face()))
        self.number = standing.number

    def _read_the_face(self, shown: Snapshot) -> None:
        if shown.journal:
            self.heads[shown.journal.lignes] = shown.journal.tete
        for action in shown.actions():
            for checkpoint, standing in action.jalons.items():
                if standing.etat_fige is None:
                    continue
                key, fixed = (action.id, checkpoint), (standing.etat_fige, standing.fige_le)
                known = self.shown_frozen.setdefault(key, fixed)
                assert known == fixed, f"the page turned back the frozen status of {key}"
                self.exercised["a correction stands beside"] += fixed[0] != standing.etat
        assert COMMENT not in shown.model_dump_json()

    def _no_loss_invented(self) -> None:
        """I17: what is told as missing when it is first told, is in the trash."""
        missing = {
            one.finding.subject
            for one in self.road.store.findings()
            if one.finding.code == "task.missing"
        }
        for ref in missing - self.missing:
            task = self.task(self.road.store.links()[ref])
            assert task is not None
            assert task.deleted is not None, f"{ref} is told as missing, and is there"
        self.missing = missing

    def _no_canary(self, text: str, where: str) -> None:
        for canary in canaries():
            assert canary not in text, f"the token is in {where}"

    # what must hold once all is calm

    def calm(self, quiet: int = 4) -> None:
        """
        The faults end: after two clean cycles at most all is quiet, and every account agrees.

        What the guard holds meanwhile is let through by a person; it is then looked at again.
        `quiet` is how many clean cycles are asked for: the third and all after it write nothing.
        """
        self.asana.faults.clear()
        self.road.full_disk = False
        self.disturbed()
        counts: list[int] = []
        waited = 0
        while self.clean < quiet:
            self._not_over_midnight()
            self.road.wait(LEASE_GONE if self.holder() else LATER)
            ran = self.cycle(full=not counts)
            if isinstance(ran.error, NotYet):
                self.road.go_to(ran.error.until + timedelta(seconds=1))
            elif self.held is not None:
                assert waited < 6, f"held for good: {self.held.in_('en')}"
                self.accept()
                self.after_step()
                self._answer_for_losses()
            elif ran.error is not None:
                raise AssertionError(f"stopped though nothing is in its way: {ran.error!r}")
            waited += ran.error is not None
            counts.append(ran.writes)
            self.after_step()
        self.exercised["calm"] += 1
        assert not self.road.store.unsettled(), "an unknown outcome was never closed"
        self._log_holds()
        self._writes_are_told()
        self._losses_are_told()
        self._sides_agree()
        self._no_secret_kept()

    def _answer_for_losses(self) -> None:
        """
        Losses are held again until somebody says of each what is to become of it.

        That all is gone is never believed: people take it out of the trash again.
        """
        if not self.live():
            for gid in self.made:
                if (task := self.task(gid)) and task.deleted == gid:
                    self.person("restore_task", task=gid)
        store = self.road.store
        for one in store.findings():
            if one.finding.code == "task.missing" and one.state != "settled":
                at, zone = self.road.clock.now(), self.road.steering.zone
                keep = Ask("keep", WHO, "su")
                settle_finding(store, self.plan, one.finding.key, keep, at, zone=zone)

    def _not_over_midnight(self) -> None:
        """A new day may bring something to write; here only quiet is looked for."""
        zone = self.road.steering.zone
        there = self.road.clock.now().astimezone(zone)
        if there.hour == 23 and there.minute > 30:
            self.road.wait(3600)
            self.clean = 0

    def _log_holds(self) -> None:
        """I9: the chain verifies, and every head that was ever published is in it."""
        told = [Told(Head(rows, chain), "the page") for rows, chain in self.heads.items()]
        verdict = verify(self.road.store.sealed_log(), told)
        assert not verdict.faults, verdict.faults

    def _writes_are_told(self) -> None:
        """I8: each write to Asana has one row of the log, and each such row one write."""
        entries, rows = self.history[self.counted[0] :], self._rows_since(self.counted[1])
        created = Counter(
            self.made[e.gid]
            for e in entries
            if e.by == SERVICE and e.field == "created" and e.gid in self.made
        )
        told = Counter(
            f"{self.road.plan.id}/{row.subject.partition(':')[2]}"
            for row in rows
            if row.kind == "CreateTask" and row.outcome in ("done", "resolved")
        )
        assert created == told, f"made {created - told}, told {told - created}"
        changed: Counter[tuple[str, str]] = Counter()
        for entry in entries:
            if entry.by == SERVICE and entry.gid in self.made and entry.before != entry.after:
                name = entry.field.removeprefix("custom_fields.")
                if name in ("name", "notes", "due_on", "assignee") or name in self.names:
                    changed[
                        self.made[entry.gid], self.names[name].key if name in self.names else name
                    ] += 1
        done: Counter[tuple[str, str]] = Counter()
        lost: Counter[str] = Counter()
        undone: Counter[tuple[str, str]] = Counter()
        """
        What a person set back before it was read again looks as if it had never been sent; and
        what they took out of sight, nobody can look at.
        """
        for row in rows:
            mark = f"{self.road.plan.id}/{row.subject.partition(':')[2]}"
            if row.kind == "UpdateTask" and row.field and row.outcome in ("done", "resolved"):
                done[mark, row.field] += 1
                self.exercised["a dead cycle's write told"] += row.outcome == "resolved"
            elif row.kind == "UpdateTask" and row.field and row.outcome in ("void", "unseen"):
                undone[mark, row.field] += 1
            elif row.kind == "UpdateTask" and row.rule == "lost_answer":
                lost[mark] += 1
        for key in changed.keys() | done.keys():
            least, most = done[key], done[key] + lost[key[0]] + undone[key]
            if key[1] == "assignee":
                continue
            assert least <= changed[key] <= most, (
                f"{key}: {changed[key]} writes, {least} rows done and {lost[key[0]]} found later"
            )
        self.counted = (len(self.history), self.road.store.log_head().rows)

    def _rows_since(self, number: int) -> list[LogRow]:
        return [row for row in self.road.store.log() if row.id > number]

    def _losses_are_told(self) -> None:
        """I2: whatever a person wrote and Jalon wrote over stands in the log."""
        last: dict[tuple[str, str], str] = {}
        for n, entry in enumerate(self.history):
            key = (entry.gid, entry.field)
            theirs = last.get(key) == PERSON and entry.before != entry.after
            if n >= self.judged and entry.by == SERVICE and theirs and entry.gid in self.made:
                assert self._told(entry), f"overwritten and not in the log: {entry}"
                self.exercised["restored or settled over a person's words"] += 1
            last[key] = entry.by
        self.judged = len(self.history)

    def _told(self, entry: HistoryEntry) -> bool:
        name = entry.field.removeprefix("custom_fields.")
        name = self.names[name].key if name in self.names else name
        if name in ("project", "section", "parent", "followers", "position"):
            return True
        ref_of = {gid: ref for ref, gid in self.road.store.links().items()}
        ref = self.made[entry.gid].partition("/")[2]
        before = ref_of.get(str(entry.before), str(entry.before)).rpartition("/")[2]
        rows = [
            row
            for row in self.road.store.log()
            if row.subject.partition(":")[2] == ref
            and row.field == name
            and (row.kind == "overwritten" or row.rule in ("restore", "settle"))
        ]
        if entry.before is None:
            return any(row.asana is None or "removed" in row.asana for row in rows)
        wanted = normal(before) or ""
        return any(row.erased or wanted in (row.asana or "") for row in rows)

    def _sides_agree(self) -> None:
        """I3, I7: what the plan says stands in Asana, or a finding says why it does not."""
        store = self.road.store
        asked = {one.finding.subject for one in store.findings()}
        about = {subject.partition("#")[0] for subject in asked}
        links, base = store.links(), store.baselines()
        shown = {a.id: a for a in Snapshot.model_validate_json(self._face()).actions()}
        for _, _, action in self.plan.actions():
            ref = f"action:{action.id}"
            task = self.task(links.get(ref, ""))
            if task is None or task.deleted is not None:
                assert ref in about, f"{ref} is not in Asana, and no finding says so"
                continue
            if task.name != action.title and not self._out_of_sight(ref, asked):
                assert f"{ref}#name" in asked, f"{ref}: {task.name!r} for {action.title!r}"
                assert self._last_hand(task.gid, "name") == PERSON, f"{ref}: a title was lost"
            for name, rule in self.names.items():
                if rule.owner == "people" and rule in self.road.steering.mapping.of("action"):
                    self._pulled(ref, rule.key, self._value(task, name), base, about)
            for checkpoint, standing in shown[action.id].jalons.items():
                declared = base.get((ref, f"declare/{checkpoint}"))
                assert (standing.declare or None) == declared, (
                    f"{ref}, {checkpoint}: {standing.declare}"
                )
        for action, _, line in self.plan.indicators():
            ref = f"indicator:{line.id}"
            task = self.task(links.get(ref, ""))
            if task is None or task.deleted is not None:
                assert {ref, f"action:{action.id}"} & about, (
                    f"{ref} is not in Asana, and nobody says so"
                )
                continue
            for name in ("Fait le", "Quantité"):
                self._pulled(ref, self.names[name].key, self._value(task, name), base, about)

    def _out_of_sight(self, ref: str, asked: set[str]) -> bool:
        """Nothing is written to what left the project or is in doubt, or asked of the retired."""
        told = {
            one.finding.code for one in self.road.store.findings() if one.finding.subject == ref
        }
        return bool(told & _NOT_WRITTEN)

    def _last_hand(self, gid: str, field: str) -> str:
        """Who wrote last in a field, by the sandbox's own history."""
        for entry in reversed(self.history):
            if entry.gid == gid and entry.field == field:
                return entry.by
        return SERVICE

    def _pulled(
        self, ref: str, key: str, value: Any, base: Mapping[Any, Any], about: set[str]
    ) -> None:
        """No edit of people's is lost on the way to the plan's memory."""
        rule = next(r for r in self.road.steering.mapping.fields if r.key == key)
        for option in rule.options:
            if rule.kind == "enum" and option.name == value:
                value = option.id
        known = base.get((ref, key))
        if ref in about and known != normal(value):
            return
        assert known == normal(value), f"{ref}, {key}: Asana has {value!r}, Jalon knows {known!r}"

    def _no_secret_kept(self) -> None:
        """I12: the token is in no file of ours, and in nothing that was said."""
        for path in sorted(self.road.folder.rglob("*")):
            if path.is_file():
                body = path.read_bytes()
                assert not any(each.encode() in body for each in canaries()), f"the token: {path}"
        self._no_canary(repr(self.said), "the log")
        self.said.clear()

    def shown(self, action_id: str, checkpoint_id: str) -> PublicStanding:
        """What the public reads of it now."""
        actions = Snapshot.model_validate_json(self._face()).actions()
        return next(a for a in actions if a.id == action_id).jalons[checkpoint_id]

    def _number(self) -> int:
        last = self.road.store.last_snapshot()
        return last.number if last else 0

    def _face(self) -> bytes:
        path = self.road.public / "dernier.json"
        return path.read_bytes() if path.exists() else b""

    def _writes(self) -> int:
        """How many writes reached Asana, whatever was answered."""
        by_method = self.asana.traffic.by_method
        return sum(by_method[method] for method in WRITES)


def _nothing(_name: str) -> None:
    """No point is waited for."""
