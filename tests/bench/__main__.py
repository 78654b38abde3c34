"""
What a cycle costs: requests, wall time and peak memory, by number of actions.

Run by `make bench`. Each size runs in a process of its own against a sandbox of its own, so
that the peak is its own; the figures of one run compare with each other, not with those of
another machine.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.road import Road
from tests.bench.synthetic import synthetic_plan

STEPS = ("provision", "quiet", "full read", "one change")


def measure(size: int, latency: float) -> dict[str, object]:
    """One size in this process: each step's requests and seconds, and the peak in MiB."""
    with tempfile.TemporaryDirectory() as folder, Road(synthetic_plan(size), Path(folder)) as road:
        road.latency(latency)
        rows = {
            "provision": timed(road, lambda: road.cycle()),
            "quiet": timed(road, lambda: road.cycle()),
            "full read": timed(road, lambda: road.cycle(full=True)),
        }
        road.edit_one()
        rows["one change"] = timed(road, lambda: road.cycle())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {
            "actions": size,
            "indicators": sum(1 for _ in road.plan.indicators()),
            "latency": latency,
            "peak_mib": round(peak),
            "steps": rows,
        }


def timed(road: Road, step: Callable[[], object]) -> dict[str, float | int]:
    before, began = road.requests(), time.perf_counter()
    step()
    after = road.requests()
    reads = after.get("GET", 0) - before.get("GET", 0)
    writes = sum(after.values()) - sum(before.values()) - reads
    return {"reads": reads, "writes": writes, "seconds": round(time.perf_counter() - began, 2)}


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
