"""From the published text to the public page: one leg per cycle, months in seconds."""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from secrets import token_bytes
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import SecretStr

import sync
from sync import logs
from sync.adapters.plans.read import read_plan
from sync.adapters.plans.source import read_path
from sync.adapters.signing import new_key
from sync.core.dates import french
from sync.core.marks import plain_id, ref_of
from sync.cycle import CycleReport, run_cycle
from sync.demo import guarded
from sync.demo.choices import AS_PUBLISHED, FIRST_REASON, choices, working_draft
from sync.demo.folder import stage
from sync.demo.guarded import UNASKED, GuardScene
from sync.demo.people import People
from sync.demo.script import CLOSING, moments, script
from sync.errors import ConfigError
from sync.model.finding import NewSettlement, StoredFinding
from sync.model.plan import Plan
from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from sync.ports import Clock
from sync.proposal import Wishes
from sync.sandbox.process import RunningSandbox, sandbox_process
from sync.settings import PlanSettings, PublishTarget, Settings, load_settings
from sync.settlement import settle_finding
from sync.wiring import (
    OpenedPlan,
    clock_at,
    clock_at_noon,
    connected,
    open_plan,
    process_name,
    read_adopted,
)
from sync.wording import Text

TARGET: Final = "demonstration"


@dataclass(frozen=True, slots=True)
class _Access:
    """Where the demo's Asana is, with what token, in which workspace."""

    url: str
    token: str
    workspace: str


NOTHING: Final = Text("", "")
NOWHERE: Final = _Access("http://127.0.0.1", "personne", "1")

Explain = Callable[[OpenedPlan, Snapshot, str], None]
"""Tells of one action, by its id, while the demo's memory is still there."""
Progress = Callable[[Text], AbstractContextManager[None]]
OpenSandbox = Callable[[str], AbstractContextManager[RunningSandbox]]
"""Opens a sandbox whose clock begins at an instant, by whatever road it is reached."""


def at_hand(now: str) -> AbstractContextManager[RunningSandbox]:
    """A process of its own, with nothing between."""
    return sandbox_process(now=now)


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One cycle of the demo: on which day, what people did before it, and what it reports.

    `settled` is what the administrators chose after it.
    """

    day: date
    acts: int
    report: CycleReport
    settled: tuple[NewSettlement, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoReport:
    """
    `quiet` is a cycle right after the last: what it costs when nothing happened. `guarded` is what
    the guard held on the way, if the plan is large enough. `asked` counts the requests of every
    cycle, those of the held one too.
    """

    plan: Plan
    legs: tuple[Leg, ...]
    quiet: CycleReport
    guarded: GuardScene | None
    snapshot: Snapshot
    findings: tuple[StoredFinding, ...]
    out: Path
    zone: ZoneInfo
    seconds: float
    asked: Mapping[str, int]


def run_demo(
    out: Path,
    *,
    config: Path | None,
    root: Path,
    progress: Progress,
    open_sandbox: OpenSandbox = at_hand,
    explain: Explain = lambda _opened, _snapshot, _action: None,
) -> DemoReport:
    """Needs no token and no network; everything but the page at `out` is gone afterwards."""
    began = monotonic()
    chosen = config or config_in(root)
    asked: Counter[str] = Counter()
    with stage(out) as staged, tempfile.TemporaryDirectory(prefix="jalon-demo-") as memory:
        with progress(Text("Lecture du plan publié…", "Reading the published plan…")):
            _, one = _settings(chosen, Path(memory), NOWHERE)
            plan = published_plan(one)
            calendar = moments(one.checkpoints())
        opening = datetime.combine(*calendar[0], one.city.zone()).astimezone(UTC)
        with open_sandbox(opening.isoformat()) as sandbox:
            settings, one = _settings(
                chosen, Path(memory), _Access(sandbox.url, sandbox.token, sandbox.workspace)
            )
            key = SecretStr(new_key(f"demonstration/{plan.id}", token_bytes))
            one = replace(
                one, targets=(PublishTarget(str(staged.folder), TARGET),), signing_key=key
            )
            with open_plan(settings, one) as standing:
                opened = replace(standing, plan_file=plan)
                opened.store.add_revision(working_draft(plan), calendar[0][0], FIRST_REASON)
                legs, quiet, guarded = _legs(opened, sandbox, calendar, progress, asked)
                last = opened.store.last_snapshot()
                findings = opened.store.findings()
                if last is not None:
                    _explain(explain, opened, Snapshot.model_validate_json(last.body), legs)
        if last is None:
            raise AssertionError("every cycle ended without a snapshot")
        staged.reveal()
    return DemoReport(
        plan=plan,
        legs=tuple(legs),
        quiet=quiet,
        guarded=guarded,
        snapshot=Snapshot.model_validate_json(last.body),
        findings=findings,
        out=out.absolute(),
        zone=one.city.zone(),
        seconds=monotonic() - began,
        asked=asked,
    )


def _legs(
    opened: OpenedPlan,
    sandbox: RunningSandbox,
    calendar: Sequence[tuple[date, time]],
    progress: Progress,
    asked: Counter[str],
) -> tuple[list[Leg], CycleReport, GuardScene | None]:
    """Between two cycles people work, the sandbox's clock moving along with them."""
    rules = opened.rules
    people = People(sandbox.control, rules)
    people.arrive()
    acts = script(opened.plan, rules)
    legs: list[Leg] = []
    opening, *_ = calendar
    clock = clock_at(*opening, rules.zone, monotonic)
    before = opening[0]
    scene: GuardScene | None = None
    for number, (day, at) in enumerate(calendar):
        late = Text(f", {at.hour} h {at.minute}", f", {at:%H:%M}") if at == CLOSING else NOTHING
        said = Text(f"Cycle comme au {french(day)}{late.fr}…", f"Cycle as of {day}{late.en}…")
        with progress(said):
            if number == 1:
                opened.store.add_revision(opened.plan_file, day, AS_PUBLISHED)
            due = [act for act in acts if before < act.on <= day]
            worked = people.work(due, opened.store.links())
            clock = clock_at(day, at, rules.zone, monotonic)
            sandbox.control.set_clock(clock.start)
            report = _cycle(opened, clock, asked)
            legs.append(Leg(day, worked, report, _choose(opened, len(legs) + 1, clock)))
        before = day
        if number == 0:
            before = day + guarded.AFTER
            scene = _guarded(opened, people, sandbox, before, progress, asked)
    return legs, _cycle(opened, clock, asked), scene


def _guarded(
    opened: OpenedPlan,
    people: People,
    sandbox: RunningSandbox,
    day: date,
    progress: Progress,
    asked: Counter[str],
) -> GuardScene | None:
    with progress(Text("Une fausse manœuvre, et le garde-fou…", "A slip, and the guard…")):
        clock = clock_at_noon(day, opened.rules.zone, monotonic)

        def cycle(wishes: Wishes) -> CycleReport:
            sandbox.control.set_clock(clock.start)
            return _cycle(opened, clock, asked, wishes)

        return guarded.play(opened, people, day, cycle)


def _choose(opened: OpenedPlan, leg: int, clock: Clock) -> tuple[NewSettlement, ...]:
    """As `jalon findings settle` does; the next cycle acts on it."""
    return tuple(
        settle_finding(opened.store, opened.plan, key, ask, clock.now(), zone=opened.rules.zone)
        for key, ask in choices(opened.store.findings(), leg)
    )


def _explain(explain: Explain, opened: OpenedPlan, snapshot: Snapshot, legs: Sequence[Leg]) -> None:
    """Everything that somebody chose about, and the first action that was achieved late."""
    settled = [one for leg in legs for one in leg.settled]
    chosen = [plain_id(ref_of(one.subject)) for one in settled]
    late = [
        action.id
        for action in snapshot.actions()
        for standing in action.jalons.values()
        if standing.etat is Status.ACHIEVED_LATE
    ]
    for action_id in dict.fromkeys((*chosen, *late[:1])):
        explain(opened, snapshot, action_id)


def _cycle(
    opened: OpenedPlan, clock: Clock, asked: Counter[str], wishes: Wishes = UNASKED
) -> CycleReport:
    with connected(opened, clock, process_name()) as ports:
        try:
            report = run_cycle(ports, opened.rules, opened.plan_file, wishes)
        finally:
            asked.update(ports.target.requests())
    if report is None:
        raise AssertionError("only a cycle with a slot can find it taken")
    return report


def published_plan(one: PlanSettings) -> Plan:
    """What the city published, read afresh; without a source, the plan as adopted."""
    adopted = read_adopted(one.plan_path)
    if one.source_path is None:
        return adopted
    document = read_path(str(one.source_path))
    return read_plan(
        document, plan_id=adopted.id, title=adopted.title, columns=one.columns(), known=adopted
    ).plan


def _settings(config: Path, memory: Path, access: _Access) -> tuple[Settings, PlanSettings]:
    """The city's own decisions; where, with what right and into what store are the demo's."""
    store = {"JALON_DATABASE_URL": f"sqlite:///{memory / 'demo.db'}"}
    probe = load_settings([config], store)
    environ = {
        **store,
        "JALON_ASANA_URL": access.url,
        "JALON_ASANA_WORKSPACE": access.workspace,
        probe.plans[0].asana.variable: access.token,
    }
    settings = load_settings([config], environ)
    logs.hide(access.token)
    return settings, _without_people(settings.plans[0])


def _without_people(one: PlanSettings) -> PlanSettings:
    """Nobody real is in the sandbox: nothing is shared with them or assigned to them."""
    nobody: dict[str, object] = {"members": (), "team": None}
    directions = tuple(
        direction.model_copy(update={"responsible": None}) for direction in one.city.directions
    )
    asana = one.city.asana.model_copy(update=nobody)
    city = one.city.model_copy(update={"asana": asana, "directions": directions})
    return replace(one, city=city)


def config_in(root: Path) -> Path:
    """The first city of the working folder, else of the source tree that runs."""
    for folder in (root / "config", Path(sync.__file__).parents[1] / "config"):
        found = sorted(folder.glob("*.yaml"))
        if found:
            return found[0]
    raise ConfigError(
        Text(
            "Aucune configuration dans config/ : donnez-en une avec --config.",
            "No configuration in config/: give one with --config.",
        )
    )
