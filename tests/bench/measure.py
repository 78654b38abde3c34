"""One plan of a given size through the four cycles whose cost counts."""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sync.adapters.asana.kinds import kind_of
from sync.cycle import CycleReport
from sync.model.plan import Plan
from sync.sandbox.process import RunningSandbox
from tests.bench.synthetic import synthetic_plan
from tests.core.paper_asana import rules_for
from tests.road import Road, with_limits

STEPS = ("provision", "quiet", "full read", "one change")
DECLARED = {"État déclaré – Mi-chemin": "En cours"}


@dataclass(frozen=True, slots=True)
class Step:
    """Requests by kind, as the sandbox heard them."""

    kinds: dict[str, int]
    seconds: float

    @property
    def requests(self) -> int:
        return sum(self.kinds.values())

    @property
    def writes(self) -> int:
        return sum(n for kind, n in self.kinds.items() if not kind.startswith("GET "))


@contextmanager
def benched(size: int, folder: Path, sandbox: RunningSandbox) -> Iterator[Road]:
    """A road for a plan of `size` actions, which may create everything at once."""
    plan = synthetic_plan(size)
    rules = with_limits(rules_for(plan), max_created_share=1.0)
    with Road(plan, folder, sandbox, rules=rules) as road:
        yield road


def measure(road: Road, latency: float = 0.0) -> dict[str, Step]:
    """Every step must end well: a cycle that gave up early would be a cheap one."""
    road.control.set_latency(latency)
    steps = {"provision": timed(road, road.cycle)}
    road.wait(120)
    road.cycle()  # our own writes come back as events once
    steps["quiet"] = timed(road, road.cycle)
    steps["full read"] = timed(road, lambda: road.cycle(full=True))
    action = road.gid(f"action:{first(road.plan)}")
    road.control.edit_task(action, road.someone(), fields=DECLARED)
    steps["one change"] = timed(road, road.cycle)
    if steps["quiet"].writes or steps["full read"].writes or not steps["one change"].writes:
        raise AssertionError("a quiet cycle wrote, or a change was not answered")
    return steps


def timed(road: Road, cycle: Callable[[], CycleReport]) -> Step:
    road.control.forget_requests()
    began = time.perf_counter()
    outcome = cycle().outcome
    seconds = time.perf_counter() - began
    if outcome != "ok":
        raise AssertionError(f"the cycle ended {outcome}")
    heard = road.control.requests()["requests"]
    kinds = Counter(kind_of(each["method"], each["path"], "") for each in heard)
    return Step(dict(sorted(kinds.items())), round(seconds, 2))


def first(plan: Plan) -> str:
    return next(action.id for _, _, action in plan.actions())


def peak_mib() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
