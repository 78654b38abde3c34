"""
What a cycle is doing when it is killed: six scenes, each with a world that is begun again.

The plan is the smallest in which every kind of operation occurs in one of them. Requests go out
one at a time, so that the nth point of a cycle is the same each time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sync.adapters.store import Database, open_database
from sync.core.marks import action_ref, indicator_ref
from sync.core.settling import Ask
from sync.cycle import CycleReport
from sync.errors import UnsafeChangeSet
from sync.model.guarding import Acceptance
from sync.model.plan import Action, Axis, Checkpoint, Goal, Indicator, Plan, Volet
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot
from sync.settlement import settle_finding
from tests.core.paper_asana import rules_for
from tests.road import GREFFE, Road, with_limits

LEASE_GONE: Final = 400
"""Seconds after which what a dead cycle held is free again, and what it asked for old enough."""
LATER: Final = 90
PERSON: Final = "Greffière"
FINAL: Final = Checkpoint("finalite", "Finalité", date(2026, 3, 15), date(2026, 3, 20))
GEL_ENDS: Final = datetime(2026, 3, 21, 3, 45, tzinfo=UTC)
"""A quarter of an hour before midnight in the city, on the gel's own day."""
LAST_DAY: Final = date(2026, 3, 31)
LAST_DAY_ENDS: Final = datetime(2026, 4, 1, 3, 45, tzinfo=UTC)
A1, A2 = action_ref("A1-01"), action_ref("A1-02")
I1, I2 = indicator_ref("A1-01-f-1"), indicator_ref("A1-02-f-1")


def action(id_: str, title: str) -> Action:
    line = Indicator(f"{id_}-f-1", f"{title} fait", Goal("deliverable"))
    return Action(id_, title, {FINAL.id: (line,)})


def plan_of(*volets: Volet) -> Plan:
    return Plan("essai", "Plan d’essai", (Axis(1, "Organisation", "Mieux faire", volets),))


BUREAU, BUDGET = action("A1-01", "Bureau"), action("A1-02", "Budget")
PLAN: Final = plan_of(Volet("1.1", "Gestion", (BUREAU, BUDGET)))
REVISED: Final = plan_of(
    Volet("1.1", "Gestion", (replace(BUREAU, title="Bureau central"),)),
    Volet("1.2", "Efficacité", (BUDGET, action("A1-03", "Délais"))),
)


def rules() -> Rules:
    """Those of the tests, with one checkpoint: what is made once more is no other kind."""
    usual = rules_for(PLAN, members=(GREFFE,))
    fields = tuple(one for one in usual.mapping.fields if one.checkpoint_id in (None, FINAL.id))
    return replace(usual, checkpoints=(FINAL,), mapping=replace(usual.mapping, fields=fields))


class WarmRoad(Road):
    """A road whose database is opened once, before its process forks."""

    opened: Database

    def reopen(self) -> None:
        self._open.close()
        self.opened = open_database(f"sqlite:///{self.folder / 'jalon.db'}")
        self._open.callback(self.opened.close)
        self.store = self.opened.plan(self.plan.id)

    def revise(self, plan: Plan) -> None:
        self.plan = plan
        self.store.add_revision(plan, self.clock.now().date(), "essai")

    def again(self, *, full: bool = False) -> CycleReport:
        """A cycle as its people would have it: what the guard holds, they look at and let go."""
        try:
            return self.cycle(full=full)
        except UnsafeChangeSet as held:
            if "digest" not in held.facts:
                raise  # what nobody may let go, such as a project that cannot be seen
            return self.cycle(accept=yes(held))


def yes(held: UnsafeChangeSet) -> Acceptance:
    return Acceptance(str(held.facts["digest"]), "Directrice générale", "vérifié")


@dataclass(frozen=True, slots=True)
class Scene:
    """`prepare` leads up to the cycle, `act` is the cycle, and `after` comes when all is quiet."""

    name: str
    prepare: Callable[[WarmRoad], None]
    act: Callable[[WarmRoad], CycleReport] = lambda road: road.cycle()
    after: Callable[[WarmRoad], None] = lambda _road: None


def nothing(_road: WarmRoad) -> None:
    """An empty workspace, and an empty store."""


def settled(road: WarmRoad) -> None:
    assert road.cycle().outcome == "ok"
    road.wait(LATER)
    assert road.cycle().outcome == "ok"
    road.wait(LATER)


def edited(road: WarmRoad) -> None:
    """A declaration, a text of ours typed over, a name both sides changed, a date settled."""
    settled(road)
    road.control.edit_task(road.gid(I2), PERSON, due_on="2026-04-01")
    assert road.cycle().outcome == "ok"
    chosen = Ask("plan", PERSON, "décidé au comité")
    settle_finding(
        road.store,
        PLAN,
        f"field.drifted:{I2}#due_on",
        chosen,
        road.clock.now(),
        zone=road.steering.zone,
    )
    road.wait(LATER)
    road.edit(A1, declare__finalite="En cours", suivi_public="Tout va mal")
    road.control.edit_task(road.gid(A2), PERSON, name="Budget des gens")
    greener = replace(BUDGET, title="Budget vert")
    road.revise(plan_of(Volet("1.1", "Gestion", (BUREAU, greener))))


def on_the_gel_s_day(road: WarmRoad) -> None:
    settled(road)
    road.edit(A1, declare__finalite="Atteint")
    road.edit(I1, fait_le="2026-02-01")
    road.edit(A2, declare__finalite="En cours")
    road.go_to(GEL_ENDS)
    assert road.cycle(full=True).outcome == "ok"
    assert not road.store.frozen()
    road.wait(16 * 60)


def ticked_late(road: WarmRoad) -> None:
    """What is frozen stays so, whatever a manager says later."""
    frozen, numbers, shown = road.store.frozen(), len(road.store.snapshots()), fixed(road)
    assert set(frozen) == {("A1-01", FINAL.id), ("A1-02", FINAL.id)}
    road.wait(24 * 3600)
    road.edit(I2, fait_le="2026-03-21")
    road.edit(A2, declare__finalite="Atteint")
    road.cycle()
    assert (road.store.frozen(), fixed(road)) == (frozen, shown), "a frozen status moved"
    assert len(road.store.snapshots()) == numbers + 1, "the late account stands beside it"


def fixed(road: WarmRoad) -> list[tuple[object, ...]]:
    """What the page says was frozen."""
    page = Snapshot.model_validate_json((road.public / "dernier.json").read_bytes())
    standings = [standing for one in page.actions() for standing in one.jalons.values()]
    return [(one.etat_fige, one.fige_le, one.fige_apres_coup) for one in standings]


def after_the_last_day(road: WarmRoad) -> None:
    """Frozen, then typed over by people, so that a plan that goes on would write."""
    on_the_gel_s_day(road)
    assert road.cycle().outcome == "ok"
    road.steering = replace(road.steering, ends_on=LAST_DAY)
    road.go_to(LAST_DAY_ENDS)
    assert road.cycle().outcome == "ok"
    road.edit(A1, suivi_public="Tout va mal", declare__finalite="En cours")
    road.edit(I2, fait_le="2026-03-21")
    road.wait(16 * 60)


def nothing_moves(road: WarmRoad) -> None:
    """The last state says what people left behind, and from then on neither side moves."""
    page = Snapshot.model_validate_json((road.public / "dernier.json").read_bytes())
    assert page.ended == (LAST_DAY, LAST_DAY + timedelta(days=1))
    assert page.actions()[0].jalons[FINAL.id].declare == "en_cours"
    numbers = len(road.store.snapshots())
    road.wait(24 * 3600)
    road.edit(A2, declare__finalite="Atteint", axe=None)
    road.control.forget_requests()
    assert road.again().outcome == "ok"
    assert road.writes() == 0, "an ended plan wrote into Asana"
    assert len(road.store.snapshots()) == numbers, "the page moved after its end"


def to_be_revised(road: WarmRoad) -> None:
    settled(road)
    road.revise(REVISED)


def guarded(road: WarmRoad) -> None:
    settled(road)
    road.steering = with_limits(road.steering, minimum_population=1, minimum_values=1)
    for ref in (A1, A2):
        road.edit(ref, axe=None)


def accept(road: WarmRoad) -> CycleReport:
    held = [one.finding for one in road.store.findings() if one.finding.code == "guard.held"]
    digest = str(held[0].facts["digest"])
    return road.cycle(accept=Acceptance(digest, "Directrice générale", "vérifié"))


def held(road: WarmRoad) -> None:
    guarded(road)
    try:
        road.cycle()
    except UnsafeChangeSet:
        road.wait(LATER)
        return
    raise AssertionError("the guard held nothing")


SCENES: Final = {
    one.name: one
    for one in (
        Scene("first", nothing),
        Scene("edits", edited),
        Scene("gel", on_the_gel_s_day, after=ticked_late),
        Scene("end", after_the_last_day, after=nothing_moves),
        Scene("revision", to_be_revised),
        Scene("guard", held, accept),
    )
}
