"""
What a publication costs: rendering every file, writing them all, and its bytes by kind of file.

Run by `make bench`. The plan is Bécancour's, or the same volets over again until it has as many
actions as asked for; the history is the demonstration's four snapshots, then one in which one
action changed. Rendering and writing are what a cycle does when something changed.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

from sync.adapters.publish.directory import DirectoryPublisher
from sync.model.record import SnapshotRecord
from sync.model.snapshot import PublicAxis, PublicVolet, Snapshot, State
from sync.ports import Publication
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.publication_samples import sealed_by_ours

sys.path.insert(0, str(Path(__file__).parents[1] / "site"))  # the samples stand with the page
from snapshot_samples import DAYS, becancour, record_of, totals

T = TypeVar("T")
Faces = tuple[Mapping[str, bytes], Mapping[str, bytes]]
"""The files of the last publication but one, and of the last."""
CITY = Presentation("Ville de Bécancour", "https://ville.example/suivi/")


def enlarged(snapshot: Snapshot, actions: int) -> Snapshot:
    """The volets over again, ids apart, until the plan has as many actions."""
    left = actions
    volets: dict[int, list[PublicVolet]] = {axis.numero: [] for axis in snapshot.axes}
    for turn in count():
        for axis in snapshot.axes:
            for volet in axis.volets:
                here = tuple(
                    action.model_copy(update={"id": f"{action.id}{f'-{turn}' if turn else ''}"})
                    for action in volet.actions[:left]
                )
                left -= len(here)
                if here:
                    name = f"{axis.numero}.{len(volets[axis.numero]) + 1}"
                    volets[axis.numero].append(
                        volet.model_copy(update={"id": name, "actions": here})
                    )
        if not left:
            break
    axes: tuple[PublicAxis, ...] = tuple(
        axis.model_copy(update={"volets": tuple(volets[axis.numero])}) for axis in snapshot.axes
    )
    return snapshot.model_copy(update={"axes": axes, "totaux": totals(axes, snapshot.jalons)})


def history(actions: int) -> list[SnapshotRecord]:
    """Four snapshots, then a fifth in which one action has another note."""
    four = [enlarged(becancour(number, day), actions) for number, day in enumerate(DAYS, 1)]
    told = four[-1].model_dump(mode="json") | {"numero": 5, "etat_au": "2026-03-22"}
    told["axes"][0]["volets"][0]["actions"][0]["note"] = "Une note publique de plus."
    return [record_of(each) for each in (*four, Snapshot.model_validate(told))]


def published(records: Sequence[SnapshotRecord], files: Mapping[str, bytes]) -> Publication:
    last = records[-1]
    return Publication(
        snapshot=Snapshot.model_validate_json(last.body),
        record=last,
        state=State(numero=last.number, verifie_le=last.generated_at, demonstration=True),
        files=files,
        immutable={f"instantanes/{each.number:04d}.json": each.body for each in records},
    )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def by_kind(files: Mapping[str, bytes]) -> dict[str, list[int]]:
    """Bytes of each file, under its name, or under its folder and ending where it has many."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for name, body in sorted(files.items()):
        path = PurePosixPath(name)
        many = len(path.parts) > 1
        kinds[f"{path.parent}/*{path.suffix}" if many else name].append(len(body))
    return kinds


class Run(NamedTuple):
    """Seconds for each step of one run."""

    rendered: float
    written: float
    rendered_again: float
    written_again: float


def run(records: Sequence[SnapshotRecord], folder: Path) -> tuple[Run, Faces]:
    """Publish all but the last record, then the last one, into an empty folder."""
    publisher = DirectoryPublisher(folder, "bench")
    earlier = records[:-1]
    rendered, files = timed(lambda: build_files(earlier, CITY, sealed_by_ours))
    written, _ = timed(lambda: publisher.publish(published(earlier, files)))
    rendered_again, changed = timed(lambda: build_files(records, CITY, sealed_by_ours))
    written_again, _ = timed(lambda: publisher.publish(published(records, changed)))
    return Run(rendered, written, rendered_again, written_again), (files, changed)


def measure(actions: int, runs: int) -> None:
    records = history(actions)
    taken = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            times, (files, changed) = run(records, Path(folder))
        taken.append(times)
    best = min(taken, key=sum)
    differ = sum(1 for name, body in changed.items() if files.get(name) != body)
    print(f"\n{actions} actions, the best of {runs} runs")
    print(f"  everything: rendered in {best.rendered:.2f} s, written in {best.written:.2f} s")
    print(f"  one change: rendered in {best.rendered_again:.2f} s, ", end="")
    print(f"written in {best.written_again:.2f} s; {differ} of {len(changed)} files differ")
    print("  kind of file                      files    bytes in all  the largest")
    for kind, sizes in by_kind(changed).items():
        print(f"  {kind:<32}  {len(sizes):>5}  {sum(sizes):>14,}  {max(sizes):>11,}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.site")
    parser.add_argument("--sizes", default="27,1000")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    for size in options.sizes.split(","):
        measure(int(size), options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
