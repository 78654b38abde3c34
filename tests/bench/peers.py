"""
Reading Asana whole: what it takes Jalon, and what it takes two programs that others wrote.

Run by `make bench-peers`, which makes their environments. On each of two contents every reader runs
in turn, several times over, each time as a fresh process against the same sandbox process; the
figures are medians, and compare only within one run. With `--limits` each reader runs once
against a sandbox that limits.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sync.adapters.plans.adopted import dump_plan
from sync.sandbox.process import RunningSandbox, sandbox_process
from sync.settings.load import RATE
from tests.bench.synthetic import synthetic_plan
from tests.cli.town import CONFIG, REPOSITORY, Town
from tests.contract.busy_project import fill
from tests.contract.peers import PEERS, Api, Peer, Weighed, weigh

DAY: Final = "2026-02-01"
LATENCIES: Final = (0.0, 0.1)
CONTENTS: Final = ("project", "plan")
LIMITS: Final[Mapping[str, Mapping[str, float]]] = {
    "1,500 in a minute": {"requests_per_minute": 1500},
    "20 in ten seconds": {"requests_per_minute": 120, "rate_seconds": 10.0},
}
PROVISION_SECONDS: Final = 1200


class NotReadWholeError(Exception):
    """A reader ended badly or with another number of tasks: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """
    One way of reading. `idle` starts the same program and reads nothing of Asana; `count` tells
    how many tasks a run has read, None where it does not say.
    """

    name: str
    command: Sequence[str]
    idle: Sequence[str]
    folder: Path
    environ: Mapping[str, str]
    count: Callable[[Weighed], int | None]

    def run(self, *, idle: bool = False) -> Weighed:
        return weigh(self.idle if idle else self.command, self.folder, self.environ)


@dataclass(frozen=True, slots=True)
class Content:
    """What there is to read, and who reads it. The first reader is what the others stand beside."""

    title: str
    tasks: int
    sandbox: RunningSandbox
    readers: tuple[Reader, ...]


@dataclass(slots=True)
class Figures:
    """Of one reader: what each run took, and what a bare start takes."""

    requests: list[int] = field(default_factory=list)
    seconds: dict[float, list[float]] = field(
        default_factory=lambda: {each: [] for each in LATENCIES}
    )
    runs: list[Weighed] = field(default_factory=list)
    starts: list[Weighed] = field(default_factory=list)


@contextmanager
def one_project(size: int, folder: Path) -> Iterator[Content]:
    """A workspace with one project, whose tasks have a custom field of every kind."""
    with sandbox_process() as sandbox:
        project = fill(sandbox, size)
        environ = {**Api(sandbox.url, sandbox.token).environment(), "PYTHONPATH": str(REPOSITORY)}
        own = Reader(
            "Jalon, listing the project",
            _own("own_listing", project),
            _own("own_listing"),
            _made(folder / "listing"),
            environ,
            _last_number,
        )
        title = f"one project of {size:,} tasks, six custom fields"
        yield Content(title, size, sandbox, (own, *_peers(sandbox, folder)))


@contextmanager
def whole_plan(size: int, folder: Path) -> Iterator[Content]:
    """A plan as Jalon provisions it: a project of actions, and its companion of indicators."""
    plan = synthetic_plan(size)
    town = Town(_made(folder / "town"))
    town.settle(CONFIG, dump_plan(plan))
    with sandbox_process(now=f"{DAY}T17:00:00+00:00") as sandbox:
        town.connect(sandbox)
        town.environ[RATE] = "100000"  # of what the sandbox can give: it is not to be waited for
        environ = town.process_environment()
        cycle = [sys.executable, "-m", "sync", "sync", "--as-of", DAY]
        for _ in range(2):  # the second takes in our own writes, which come back as events
            made = weigh(cycle, town.folder, environ, seconds=PROVISION_SECONDS)
            _must_be_well("provisioning", made)
        read = Reader(
            "Jalon, full read",
            _own("own_full_read", DAY, "read"),
            _own("own_full_read", DAY),
            town.folder,
            environ,
            _last_number,
        )
        whole = Reader(
            "Jalon, whole cycle (`sync --full`)",
            [*cycle, "--full"],
            [sys.executable, "-m", "sync", "check"],
            town.folder,
            environ,
            lambda _run: None,
        )
        actions = sum(1 for _ in plan.actions())
        indicators = sum(1 for _ in plan.indicators())
        title = f"a plan of {actions:,} actions and {indicators:,} indicators in two projects"
        readers = (read, whole, *_peers(sandbox, folder))
        yield Content(title, actions + indicators, sandbox, readers)


def _peers(sandbox: RunningSandbox, folder: Path) -> Iterator[Reader]:
    """Asked for tasks; each first asks Asana for whatever leads it there."""
    sandbox.control.switch(unknown_opt_field="ignore")
    api = Api(sandbox.url, sandbox.token)
    for peer in PEERS:
        place = _made(folder / peer.name)
        yield Reader(
            peer.release,
            peer.prepare(api, place, ["tasks"]),
            peer.idle(place),
            place,
            api.environment(),
            _counted_by(peer),
        )


def _counted_by(peer: Peer) -> Callable[[Weighed], int]:
    return lambda run: len({record["gid"] for record in peer.records(run, "tasks")})


def _own(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.{module}", *words]


def _last_number(run: Weighed) -> int:
    return int(run.out.read_text(encoding="utf-8").split()[-1])


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def measure(content: Content, runs: int) -> dict[str, Figures]:
    """Every reader in turn, so that a slow minute of the machine is everybody's."""
    found = {reader.name: Figures() for reader in content.readers}
    for _ in range(runs):
        for reader in content.readers:
            start = _must_be_well(reader.name, reader.run(idle=True))
            found[reader.name].starts.append(start)
    for latency in LATENCIES:
        content.sandbox.control.set_latency(latency)
        for _ in range(runs):
            for reader in content.readers:
                content.sandbox.control.forget_requests()
                run = _must_be_well(reader.name, reader.run())
                _must_be_whole(reader, run, content.tasks)
                figures = found[reader.name]
                figures.requests.append(content.sandbox.control.requests(last=1)["total"])
                figures.seconds[latency].append(run.seconds)
                figures.runs.append(run)
    content.sandbox.control.set_latency(0)
    return found


def _must_be_well(name: str, run: Weighed) -> Weighed:
    if run.code != 0:
        raise NotReadWholeError(f"{name}: exit {run.code}\n{run.said[-4000:]}")
    return run


def _must_be_whole(reader: Reader, run: Weighed, tasks: int) -> None:
    if (count := reader.count(run)) not in (tasks, None):
        raise NotReadWholeError(f"{reader.name}: {count} tasks of {tasks}")


def table(content: Content, found: Mapping[str, Figures]) -> Iterator[str]:
    """Markdown, so that it can stand in the documents as it is printed."""
    yield f"{content.title}:\n"
    waits = [f"{latency * 1000:.0f} ms" for latency in LATENCIES]
    columns = ("requests", *waits, "processor", "peak MiB", "bare start", "its processor")
    yield f"| reader | {' | '.join(columns)} |"
    yield f"| --- | {' | '.join('---:' for _ in columns)} |"
    first = found[content.readers[0].name]
    for name, figures in found.items():
        cells = [
            f"{statistics.median(figures.requests):.0f}",
            *(_beside(figures.seconds[each], first.seconds[each]) for each in LATENCIES),
            _beside([run.processor for run in figures.runs], [run.processor for run in first.runs]),
            f"{statistics.median(run.peak_mib for run in figures.runs):.0f}",
            f"{statistics.median(run.seconds for run in figures.starts):.2f} s",
            f"{statistics.median(run.processor for run in figures.starts):.2f} s",
        ]
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


def _beside(seconds: Sequence[float], others: Sequence[float]) -> str:
    own, other = statistics.median(seconds), statistics.median(others)
    return f"{own:.2f} s (× {own / other:.2f})"


def limited(content: Content) -> Iterator[str]:
    """
    Each reader once under each limit: does it finish, how long, how often was it refused.

    Jalon's command is told the limit a minute, as its operator would tell it.
    """
    yield f"{content.title}, limited:\n"
    yield "| limit | reader | ends | tasks | requests | of which refused | seconds |"
    yield "| --- | --- | --- | ---: | ---: | ---: | ---: |"
    control = content.sandbox.control
    for words, switches in LIMITS.items():
        for reader in content.readers:
            told = replace(reader, environ=_told(reader.environ, switches["requests_per_minute"]))
            control.switch(**switches)
            control.forget_requests()
            run = told.run()
            asked = control.requests()
            control.switch(requests_per_minute=0, rate_seconds=60.0)
            refused = sum(each["status"] == 429 for each in asked["requests"])
            ends = "well" if run.code == 0 else f"exit {run.code}"
            count = reader.count(run) if run.code == 0 else None
            yield (
                f"| {words} | {reader.name} | {ends} | {'–' if count is None else f'{count:,}'} "
                f"| {asked['total']} | {refused} | {run.seconds:.1f} |"
            )
    yield ""


def _told(environ: Mapping[str, str], per_minute: float) -> dict[str, str]:
    return {name: f"{per_minute:.0f}" if name == RATE else value for name, value in environ.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers")
    parser.add_argument("--size", type=int, default=1000, help="tasks, or actions of the plan")
    parser.add_argument("--runs", type=int, default=3, help="of each reader, for the median")
    parser.add_argument("--content", choices=CONTENTS, help="only this one")
    parser.add_argument("--limits", action="store_true", help="run once against limits instead")
    options = parser.parse_args()
    for name, stage in zip(CONTENTS, (one_project, whole_plan), strict=True):
        if options.content not in (name, None):
            continue
        with tempfile.TemporaryDirectory() as place, stage(options.size, Path(place)) as content:
            lines = (
                limited(content)
                if options.limits
                else table(content, measure(content, options.runs))
            )
            for line in lines:
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
