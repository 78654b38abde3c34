"""
Everything that happens to a plan in a small town, in any order: Hypothesis draws the order.

A rule is one step. Each counts what really came to pass; a run that never came to it is told by
`FLOOR`, so that no branch is green because nobody went there.
"""

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.core.catalogue import CATALOGUE
from sync.core.settling import Ask
from sync.errors import ConfigError
from sync.model.plan import Goal, Indicator
from sync.model.progress import Status
from sync.settlement import see_finding, settle_finding
from tests.machine.town import (
    COMMENT,
    WHO,
    Country,
    Town,
    World,
    each_action,
    each_indicator,
    with_one_more,
)

DECLARED: Final = ("À venir", "En cours", "Atteint", "En continu", None)
DAYS: Final = ("2026-01-30", "2026-02-14", "2026-02-18", "2026-03-10", None)
MOMENTS: Final = (
    datetime(2026, 2, 16, 17, tzinfo=UTC),
    datetime(2026, 2, 20, 17, tzinfo=UTC),
    datetime(2026, 2, 21, 17, tzinfo=UTC),
    datetime(2026, 3, 16, 17, tzinfo=UTC),
    datetime(2026, 3, 21, 17, tzinfo=UTC),
)
"""After the midway échéance, on its gel, after it, and the same of the final one."""
LOST: Final = (
    "drop_before", "drop_after", "reset_after", "cut_body", "empty_200", "html_200",
    "server_error", "server_error_after", "unavailable", "too_many", "too_many_huge",
)  # fmt: skip
ANYWHERE: Final = (
    ("*", "**"), ("*", "**"), ("PUT", "/tasks/*"), ("POST", "/tasks"), ("POST", "**"),
    ("GET", "/projects/*/tasks"), ("GET", "/events"), ("GET", "/tasks/*"),
)  # fmt: skip
FEW = st.integers(0, 11)
REVISIONS: Final = ("title", "title", "line", "add", "add line", "drop", "drop line", "date")
DICE = st.integers(0, 2**32)
"""Where many things are drawn at once, and each as likely as the other."""
RARITY: Final = (
    "reinstate", "recreate", "duplicate", "correct", "asana", "plan", "retire", "confirm", "keep",
)  # fmt: skip
FLOOR: Final[dict[str, int]] = {
    "cycle": 10,
    "cycle, full": 4,
    "cycle under a fault": 15,
    "ended: ok": 80,
    "ended: partial": 5,
    "ended: UnsafeChangeSet": 2,
    "ended: TargetUnavailable": 2,
    "accepted": 1,
    "killed": 5,
    "killed with a cycle open": 3,
    "took over a dead worker's lease": 4,
    "busy": 2,
    "lease lost in a pause": 3,
    "frozen": 10,
    "a correction stands beside": 2,
    "restored or settled over a person's words": 10,
    "quiet": 30,
    "calm": 25,
    "declared": 10,
    "done on, quantity, ticked": 2,
    "note and proof": 4,
    "drift: rename": 3,
    "meddled: jalon_id": 4,
    "trash": 1,
    "revised: title": 2,
    "erased": 4,
    "seen": 4,
    "disk full": 4,
    "time": 4,
    "a date of the plan": 3,
}
"""How often each must at least have come to pass among one seed's steps; most do far oftener."""
KINDS: Final = {"fault: ": 5, "settled: ": 3, "revised: ": 5, "drift: ": 5}
"""And how many different ones of those whose names begin so."""
BETWEEN_CYCLES: Final = precondition(lambda machine: machine.town.idle < 8)
"""So that no draw lets people act for ever without a cycle."""


class Machine(RuleBasedStateMachine):
    country: ClassVar[Country]
    exercised: ClassVar[Any]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self._open: Any = None

    @initialize(world=st.sampled_from(("settled", "shared", "settled", "shared", "empty")))
    def begin(self, world: World) -> None:
        opening = self.country.town(world)
        self.town: Town = opening.__enter__()
        self._open = opening
        self.fresh = 0

    def teardown(self) -> None:
        if self._open is None:
            return
        try:
            if sys.exception() is None:
                self.town.calm()
        finally:
            self._open.__exit__(None, None, None)
            type(self).exercised.update(self.town.exercised)

    @invariant()
    def holds(self) -> None:
        type(self).steps += 1
        self.town.after_step()

    def did(self, what: str) -> None:
        self.town.exercised[what] += 1

    # cycles

    @rule(full=st.sampled_from((False, False, False, True)), wait=st.sampled_from((0, 90, 90, 600)))
    def cycle(self, full: bool, wait: int) -> None:
        self.town.road.wait(wait)
        self.town.cycle(full=full)
        self.did("cycle, full" if full else "cycle")

    @rule(nth=st.integers(1, 130), full=st.booleans())
    def killed(self, nth: int, full: bool) -> None:
        self.town.road.wait(90)
        self.town.killed_at(nth, full=full)

    @rule(nth=st.integers(1, 110), paused=st.booleans())
    def two_workers(self, nth: int, paused: bool) -> None:
        self.town.road.wait(90)
        self.town.beside(nth, paused=paused)

    # people

    @BETWEEN_CYCLES
    @rule(
        n=FEW, checkpoint=st.sampled_from(("mi-chemin", "finalite")), word=st.sampled_from(DECLARED)
    )
    def declares(self, n: int, checkpoint: str, word: str | None) -> None:
        for _, gid in self._one(n, "action:"):
            self.town.types(gid, **{f"declare__{checkpoint}": word})
            self.did("declared")

    @BETWEEN_CYCLES
    @rule(
        n=FEW,
        day=st.sampled_from(DAYS),
        quantity=st.sampled_from((None, 2, 3, 5)),
        ticked=st.booleans(),
    )
    def works(self, n: int, day: str | None, quantity: int | None, ticked: bool) -> None:
        for _, gid in self._one(n, "indicator:"):
            self.town.types(gid, fait_le=day, quantite=quantity)
            self.town.person("edit_task", task=gid, completed=ticked)
            self.did("done on, quantity, ticked")

    @BETWEEN_CYCLES
    @rule(
        n=FEW,
        text=st.sampled_from(("Ça avance.", "Bientôt.", None)),
        out=st.sampled_from(("Oui", None)),
    )
    def notes(self, n: int, text: str | None, out: str | None) -> None:
        for _, gid in self._one(n, "action:"):
            self.town.types(
                gid, note_publique=text, publier_note=out, preuve="https://ville.example/pv"
            )
            self.town.person("comment", task=gid, text=COMMENT)
            self.did("note and proof")

    @BETWEEN_CYCLES
    @rule(
        n=FEW,
        what=st.sampled_from(("rename", "rename", "rename", "due_on", "notes", "move", "unhang")),
        to=st.integers(0, 2),
    )
    def drifts(self, n: int, what: str, to: int) -> None:
        """What the plan says, said otherwise by a person."""
        town = self.town
        for ref, gid in self._one(n):
            match what:
                case "rename":
                    town.person("edit_task", task=gid, name=f"Mon nom {to}")
                case "due_on":
                    town.person("edit_task", task=gid, due_on=f"2026-04-0{to + 1}")
                case "notes":
                    town.person("edit_task", task=gid, notes=f"À ma façon {to}")
                case "move" if ref.startswith("action:"):
                    section = ("section:1.1", "section:1.2", "section:2.1")[to]
                    links = town.road.store.links()
                    if section in links and "project:actions" in links:
                        town.person(
                            "move_task",
                            task=gid,
                            project=links["project:actions"],
                            section=links[section],
                        )
                case "unhang" if ref.startswith("indicator:"):
                    town.person("convert_to_task", task=gid)
            self.did(f"drift: {what}")

    @BETWEEN_CYCLES
    @rule(
        n=FEW,
        what=st.sampled_from(("axe", "suivi_public", "jalon_id")),
        more=st.sampled_from((1, 1, 4)),
    )
    def meddles(self, n: int, what: str, more: int) -> None:
        """What Jalon keeps, overwritten: one slip, or all of them at once."""
        value = "Brouillon" if what == "suivi_public" else None
        for k in range(more):
            for _, gid in self._one(n + k, "action:"):
                fields = {self.town.road.field_name(what): value}
                if self.town.person("edit_task", task=gid, fields=fields):
                    self.did(f"meddled: {what}")

    @BETWEEN_CYCLES
    @rule(n=FEW, what=st.sampled_from(("trash", "trash", "restore", "restore", "copy", "take out")))
    def moves_things(self, n: int, what: str) -> None:
        town = self.town
        if what == "restore":
            trashed = [g for g in town.made if (t := town.task(g)) and t.deleted is not None]
            for gid in trashed[n % len(trashed) :][:1] if trashed else ():
                town.person("restore_task", task=gid)
                self.did("restored")
            return
        for _, gid in self._one(n):
            if what == "trash":
                town.person("trash_task", task=gid)
            elif what == "copy":
                town.person("duplicate_task", task=gid)
            elif "project:actions" in (links := town.road.store.links()):
                town.person("remove_task", task=gid, project=links["project:actions"])
            self.did(what)

    # the plan

    @BETWEEN_CYCLES
    @rule(dice=DICE)
    def revises(self, dice: int) -> None:
        pick = random.Random(dice)  # noqa: S311 - to be repeatable
        what, n = pick.choice(REVISIONS), pick.randrange(12)
        town, plan = self.town, self.town.plan
        actions = [a.id for _, _, a in plan.actions()]
        lines = [line.id for _, _, line in plan.indicators()]
        self.fresh += 1
        if what == "date":
            first, last = town.road.steering.checkpoints
            if town.road.clock.now() > MOMENTS[2]:
                return
            moved = replace(
                last, due=last.due + timedelta(days=1), freeze_on=last.freeze_on + timedelta(days=1)
            )
            for road in town.roads:
                road.steering = replace(road.steering, checkpoints=(first, moved))
            town.disturbed()
            self.did("revised: date")
            return
        chosen, line = actions[n % len(actions)], lines[n % len(lines)]
        match what:
            case "title":
                plan = each_action(
                    plan, lambda a: replace(a, title=f"Titre {self.fresh}") if a.id == chosen else a
                )
            case "line":
                plan = each_indicator(
                    plan, lambda i: replace(i, text=f"Ligne {self.fresh}") if i.id == line else i
                )
            case "add" if len(actions) < 5:
                plan = with_one_more(plan, self.fresh)
            case "add line":
                one = Indicator(
                    f"{chosen}-finalite-9{self.fresh}", f"De plus {self.fresh}", Goal("deliverable")
                )
                plan = each_action(
                    plan,
                    lambda a: (
                        replace(
                            a,
                            indicators={
                                **a.indicators,
                                "finalite": (*a.indicators.get("finalite", ()), one),
                            },
                        )
                        if a.id == chosen
                        else a
                    ),
                )
            case "drop" if len(actions) > 3:
                gone = [chosen, *(i.id for a, _, i in plan.indicators() if a.id == chosen)]
                plan = each_action(plan, lambda a: None if a.id == chosen else a)
                plan = replace(plan, retired_ids=(*plan.retired_ids, *gone))
            case "drop line" if len(lines) > 5:
                plan = each_indicator(plan, lambda i: None if i.id == line else i)
                plan = replace(plan, retired_ids=(*plan.retired_ids, line))
        if plan == town.plan:
            return
        town.disturbed()
        town.road.plan = plan
        if town.road.store.revisions():
            town.road.store.add_revision(plan, town.road.clock.now().date(), f"essai {self.fresh}")
        self.did(f"revised: {what}")

    # administrators

    @BETWEEN_CYCLES
    @rule(n=FEW)
    def settles(self, n: int) -> None:
        """One of the choices that can be made now; those that come up seldom stand first."""
        town, store = self.town, self.town.road.store
        offered = [
            (RARITY.index(choice), one.finding.key, choice)
            for one in store.findings()
            for choice in CATALOGUE[one.finding.code].choices
            if one.state != "settled"
        ]
        if not offered:
            return
        _, key, chosen = sorted(offered)[n % len(offered)]
        told = {"public_reason": "erreur de saisie"} if chosen == "correct" else {}
        status = Status.ACHIEVED_LATE if chosen == "correct" else None
        ask = Ask(chosen, WHO, "décidé", status=status, **told)
        try:
            settle_finding(
                store,
                store.revisions()[-1].plan,
                key,
                ask,
                town.road.clock.now(),
                zone=town.road.steering.zone,
            )
        except ConfigError:
            self.did("a settlement refused")
            return
        town.disturbed()
        self.did(f"settled: {chosen}")

    @BETWEEN_CYCLES
    @rule(n=FEW)
    def sees(self, n: int) -> None:
        found = [f for f in self.town.road.store.findings() if f.state in ("open", "reopened")]
        if found:
            key = found[n % len(found)].finding.key
            see_finding(self.town.road.store, key, WHO, self.town.road.clock.now())
            self.town.disturbed()
            self.did("seen")

    @precondition(lambda self: self.town.held is not None)
    @rule()
    def accepts(self) -> None:
        self.town.accept()

    @BETWEEN_CYCLES
    @rule(n=st.integers(0, 400))
    def erases(self, n: int) -> None:
        town = self.town
        rows = [row.id for row in town.road.store.log() if not row.erased and row.kind != "erased"]
        if rows:
            town.road.store.erase_log(
                rows[n % len(rows)], by=WHO, reason="demande", at=town.road.clock.now()
            )
            town.disturbed()
            self.did("erased")

    # the world around

    @rule(dice=DICE, full=st.booleans())
    def fault(self, dice: int, full: bool) -> None:
        """Something goes wrong with a request of the next cycle, once or for as long as it runs."""
        pick = random.Random(dice)  # noqa: S311 - to be repeatable
        method, path = pick.choice(ANYWHERE)
        nth, times = pick.choice((1, 1, 1, 2, 4)), pick.choice((1, 3, 0))
        self.town.road.control.add_fault(pick.choice(LOST), method, path, nth, times=times)
        self.town.road.wait(90)
        self.town.cycle(full=full)
        self.did("cycle under a fault")

    @BETWEEN_CYCLES
    @rule(seconds=st.sampled_from((60, 3600, 86_400, 8 * 86_400)))
    def time_passes(self, seconds: int) -> None:
        self.town.disturbed()
        self.town.road.wait(seconds)
        self.did("time")

    @BETWEEN_CYCLES
    @rule(which=st.integers(0, len(MOMENTS) - 1))
    def a_date_comes(self, which: int) -> None:
        if MOMENTS[which] > self.town.road.clock.now():
            self.town.disturbed()
            self.town.road.go_to(MOMENTS[which])
            self.did("a date of the plan")

    @BETWEEN_CYCLES
    @rule(full=st.booleans())
    def the_disk(self, full: bool) -> None:
        self.town.disturbed()
        for road in self.town.roads:
            road.full_disk = full
        self.did("disk full" if full else "disk free")

    def _one(self, n: int, kind: str = "") -> list[tuple[str, str]]:
        """One of the tasks that can be opened, if there is any."""
        live = self.town.live(kind)
        return [live[n % len(live)]] if live else []
