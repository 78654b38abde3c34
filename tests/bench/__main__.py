"""
What a cycle costs: requests, wall time and peak memory, by number of actions.

Run by `make bench`. Each size runs in a process of its own against a sandbox of its own, so
that the peak is its own; the figures of one run compare with each other, not with those of
another machine.
"""

import argparse
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from sync.model.plan import Plan
from sync.sandbox.process import sandbox_process
from tests.bench.synthetic import synthetic_plan
from tests.core.paper_asana import rules_for
from tests.road import START, Road, with_limits

STEPS = ("provision", "quiet", "full read", "one change")
DECLARED = {"État déclaré – Mi-chemin": "En cours"}


def measure(size: int, latency: float) -> dict[str, object]:
    """One size in this process: each step's requests and seconds, and the peak in MiB."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    plan = synthetic_plan(size)
    rules = with_limits(rules_for(plan), max_created_share=1.0)
    with (
        sandbox_process(now=START.isoformat(), frozen=True) as sandbox,
        tempfile.TemporaryDirectory() as folder,
        Road(plan, Path(folder), sandbox, rules=rules) as road,
    ):
        road.control.set_latency(latency)
        rows = {"provision": timed(road, road.cycle)}
        road.wait(120)
        road.cycle()  # our own writes come back as events once
        rows["quiet"] = timed(road, road.cycle)
        rows["full read"] = timed(road, lambda: road.cycle(full=True))
        someone = road.someone()
        road.control.edit_task(road.gid(f"action:{first(plan)}"), someone, fields=DECLARED)
        rows["one change"] = timed(road, road.cycle)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {
            "actions": size,
            "indicators": sum(1 for _ in plan.indicators()),
            "latency": latency,
            "peak_mib": round(peak),
            "steps": rows,
        }


def first(plan: Plan) -> str:
    return next(action.id for _, _, action in plan.actions())


def timed(road: Road, step: Callable[[], object]) -> dict[str, float | int]:
    road.control.forget_requests()
    began = time.perf_counter()
    step()
    seconds = round(time.perf_counter() - began, 2)
    counts = road.control.requests()["by_method"]
    reads = counts.get("GET", 0)
    return {"reads": reads, "writes": sum(counts.values()) - reads, "seconds": seconds}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--sizes", default="27,1000,10000")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added per request")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(measure(options.one, options.latency)))
        return 0
    print("actions  indicators  step        reads  writes  seconds  peak MiB")
    for size in (int(text) for text in options.sizes.split(",")):
        child = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.bench",
                "--one",
                str(size),
                "--latency",
                str(options.latency),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(child.stdout.splitlines()[-1])
        for step in STEPS:
            row = found["steps"][step]
            print(
                f"{size:>7}  {found['indicators']:>10}  {step:<10}  {row['reads']:>5}  "
                f"{row['writes']:>6}  {row['seconds']:>7}  {found['peak_mib']:>8}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
