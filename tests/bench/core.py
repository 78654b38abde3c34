"""
What comparing costs: recognise, read progress, reconcile, judge, diff and build the snapshot.

`python -m tests.bench.core`: processor seconds of one look at a plan that nobody touched and of
the snapshot that follows, and the peak of the process, by number of actions. No store, no wire:
Asana is on paper (`tests/core/paper_asana.py`), made in a process of its own, so that the peak is
that of comparing: the interpreter, what is compared, and what comparing adds.
"""

import argparse
import gc
import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from math import log
from pathlib import Path
from typing import Any, TypeVar

from sync.core.snapshot import build_snapshot, canonical
from sync.core.view import View
from sync.model.plan import Revision
from tests.bench.measure import peak_mib
from tests.bench.synthetic import synthetic_plan
from tests.core.paper_asana import READ_AT, PaperAsana, rules_for

DAY = date(2026, 2, 1)
T = TypeVar("T")


def standing(actions: int) -> PaperAsana:
    """A plan of that many actions, made in Asana and in agreement with it."""
    plan = synthetic_plan(actions)
    paper = PaperAsana(plan, rules_for(plan))
    while paper.cycle(DAY).changes.operations:
        pass
    paper.written.clear()
    return paper


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The least processor time of three: what others take from the caches is not ours."""
    best = float("inf")
    found: list[T] = []
    for _ in range(3):
        found.clear()  # no cycle holds two
        began = time.process_time()
        found.append(work())
        best = min(best, time.process_time() - began)
    return found[0], best


def publish(paper: PaperAsana, view: View) -> bytes:
    snapshot = build_snapshot(
        Revision(1, DAY, "essai", paper.plan),
        paper.rules,
        view.progress,
        view.standings,
        paper.frozen,
        number=1,
        as_of=DAY,
        generated_at=READ_AT,
        demonstration=True,
    )
    return canonical(snapshot)


def one_size(made: Path) -> dict[str, Any]:
    with made.open("rb") as file:
        paper: PaperAsana = pickle.load(file)  # noqa: S301 - our own, a moment old
    before = peak_mib()
    view, looked = timed(lambda: paper.look(DAY))
    body, published = timed(lambda: publish(paper, view))
    return {
        "indicators": sum(1 for _ in paper.plan.indicators()),
        "look": looked,
        "snapshot": published,
        "bytes": len(body),
        "mib": peak_mib(),
        "mib_before": before,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.core")
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        args.one.write_bytes(pickle.dumps(standing(args.make)))
        return 0
    if args.one:
        gc.set_threshold(100_000)  # as `sync.cli.main` does
        print(json.dumps(one_size(args.one)))
        return 0
    head = ("actions", "indicators", "look, CPU s", "snapshot, CPU s", "together", "peak MiB")
    print(f"| {' | '.join((*head, 'of it before'))} |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    spent: list[tuple[int, float]] = []
    for size in map(int, args.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, "-m", "tests.bench.core", "--one", f"{folder}/paper"]
            subprocess.run([*words, "--make", str(size)], check=True)
            child = subprocess.run(words, check=True, capture_output=True, text=True)
        one = json.loads(child.stdout)
        together = one["look"] + one["snapshot"]
        spent.append((size, together))
        print(
            f"| {size:,} | {one['indicators']:,} | {one['look']:.2f} | {one['snapshot']:.2f} "
            f"| {together:.2f} | {one['mib']:.0f} | {one['mib_before']:.0f} |"
        )
    (small, less), (large, more) = spent[0], spent[-1]
    if large > small:
        print(f"\nslope: actions to the power of {log(more / less) / log(large / small):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
