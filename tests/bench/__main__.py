"""
What a cycle costs: requests by kind, wall time and peak memory, by number of actions.

Run by `make bench`. Each size runs in a process of its own against a sandbox of its own, so
that the peak is its own; the figures of one run compare with each other, not with those of
another machine.
"""

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from sync.adapters.asana import Limits
from sync.sandbox.process import sandbox_process
from sync.settings.config import REQUESTS_PER_MINUTE
from tests.bench.measure import STEPS, Step, benched, measure, peak_mib
from tests.bench.synthetic import synthetic_plan
from tests.road import START

GRANTS = (150, REQUESTS_PER_MINUTE)


def one_size(size: int, latency: float) -> dict[str, Any]:
    """In this process, so that the peak is that of this size."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with (
        sandbox_process(now=START.isoformat(), frozen=True) as sandbox,
        tempfile.TemporaryDirectory() as folder,
        benched(size, Path(folder), sandbox) as road,
    ):
        steps = measure(road, latency)
    return {"peak_mib": peak_mib(), "steps": {name: asdict(step) for name, step in steps.items()}}


def in_a_process_of_its_own(size: int, latency: float) -> dict[str, Any]:
    words = ["--one", str(size), "--latency", str(latency)]
    child = subprocess.run(
        [sys.executable, "-m", "tests.bench", *words], check=False, capture_output=True, text=True
    )
    if child.returncode:
        sys.exit(f"the bench of {size} actions failed:\n{child.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--sizes", default="27,1000,10000")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added per request")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(one_size(options.one, options.latency)))
        return 0
    print(
        f"commit {commit()}, {os.cpu_count()} cores, Python {platform.python_version()}, ", end=""
    )
    print(f"{options.latency * 1000:g} ms added to each request\n")
    print("actions  indicators  step        reads  writes  seconds  peak MiB")
    kinds: list[str] = []
    for size in (int(text) for text in options.sizes.split(",")):
        found = in_a_process_of_its_own(size, options.latency)
        indicators = sum(1 for _ in synthetic_plan(size).indicators())
        steps = {name: Step(**found["steps"][name]) for name in STEPS}
        for name, step in steps.items():
            print(
                f"{size:>7}  {indicators:>10}  {name:<10}  {step.requests - step.writes:>5}  "
                f"{step.writes:>6}  {step.seconds:>7}  {found['peak_mib']:>8}",
                flush=True,
            )
        kinds += [f"\n{size} actions, requests by kind", *by_kind(steps)]
        kinds += [f"\n{size} actions, provisioning", *bounds(steps["provision"], options.latency)]
    print("\n".join(kinds))
    return 0


def by_kind(steps: dict[str, Step]) -> list[str]:
    names = sorted({kind for step in steps.values() for kind in step.kinds})
    width = max(map(len, names))
    head = "  ".join(f"{name:>10}" for name in STEPS)
    rows = (
        f"  {kind:<{width}}  "
        + "  ".join(f"{steps[s].kinds.get(kind, 0) or '':>10}" for s in STEPS)
        for kind in names
    )
    return [f"  {'':<{width}}  {head}", *rows]


def bounds(step: Step, latency: float) -> list[str]:
    """The least time that Asana's limits leave, beside the time that it took."""
    lines = [f"  took {step.seconds} s for {step.writes} writes in {step.requests} requests"]
    in_flight = Limits().writes_in_flight
    least = {f"{grant} requests a minute": step.requests * 60 / grant for grant in GRANTS}
    if latency:
        said = f"{in_flight} writes in flight at {latency * 1000:g} ms a request"
        least[said] = step.writes * latency / in_flight
    for bound, seconds in least.items():
        lines.append(
            f"  {bound}: at least {seconds:.1f} s; took {step.seconds / seconds:.2f} of it"
        )
    return lines


def commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], check=False, capture_output=True, text=True
    )
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
