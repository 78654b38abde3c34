"""
What a publication costs: rendering every file, writing them all, and its bytes by kind of file.

Run by `make bench`. The plan is Bécancour's, or the same actions over again until it has as many as
asked for, some 25 to a volet; the history is the demonstration's four snapshots, then one in which
one action changed. Rendering and writing are what a cycle does when something changed.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from sync.adapters.publish.directory import DirectoryPublisher
from sync.core.leaks import leaks
from sync.model.record import SnapshotRecord
from sync.model.snapshot import PublicAction, PublicAxis, PublicVolet, Snapshot, State
from sync.ports import Publication
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.publication_samples import sealed_by_ours
from tests.site.snapshot_samples import DAYS, becancour, record_of, totals

T = TypeVar("T")
STEPS = ("everything rendered", "everything written", "one change rendered", "one change written")
LONG = ("all rendered anew", "all looked at", "one more rendered", "looked at again")
SOUGHT = frozenset(str(1_200_000_000_000_000 + 7_919 * n) for n in range(4_000))
"""As many gids as a plan of a thousand actions has."""
AT_LEAST = 25
"""Actions of a volet in a plan made larger."""
CITY = Presentation("Ville de Bécancour", "https://ville.example/suivi/")


def enlarged(snapshot: Snapshot, actions: int) -> Snapshot:
    """The actions over again, ids apart, until there are as many: some 25 to a volet."""
    own = snapshot.actions()
    turns = -(-actions // len(own))
    left = actions
    axes: list[PublicAxis] = []
    for axis in snapshot.axes:
        volets: list[PublicVolet] = []
        for volet in axis.volets:
            again = [
                action.model_copy(update={"id": f"{action.id}{f'-{turn}' if turn else ''}"})
                for turn in range(turns)
                for action in volet.actions
            ][:left]
            left -= len(again)
            for few in batched(again, max(AT_LEAST, len(volet.actions))):
                name = f"{axis.numero}.{len(volets) + 1}"
                volets.append(volet.model_copy(update={"id": name, "actions": few}))
        axes.append(axis.model_copy(update={"volets": tuple(volets)}))
    told = {"axes": tuple(axes), "totaux": totals(tuple(axes), snapshot.jalons)}
    return snapshot.model_copy(update=told)


def batched(actions: Sequence[PublicAction], size: int) -> Iterator[tuple[PublicAction, ...]]:
    for first in range(0, len(actions), size):
        yield tuple(actions[first : first + size])


def long_history(actions: int, snapshots: int) -> list[SnapshotRecord]:
    """One action has another note in each; the city's own rhythm is one or two a day."""
    first = enlarged(becancour(1, DAYS[-1]), actions).model_dump(mode="json")
    there = [one for axis in first["axes"] for volet in axis["volets"] for one in volet["actions"]]
    found = []
    for number in range(1, snapshots + 1):
        there[number % len(there)]["note"] = f"Une note publique, à l’instantané {number}."
        first["numero"] = number
        found.append(record_of(Snapshot.model_validate(first)))
    return found


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


def timed(work: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """Seconds by the wall and of the processor, and what was made."""
    began, worked = time.perf_counter(), time.process_time()
    done = work()
    return (time.perf_counter() - began, time.process_time() - worked), done


def by_kind(files: Mapping[str, bytes]) -> dict[str, list[int]]:
    """Bytes of each file, under its name, or under its folder and ending where it has many."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for name, body in sorted(files.items()):
        path = PurePosixPath(name)
        many = len(path.parts) > 1
        kinds[f"{path.parent}/*{path.suffix}" if many else name].append(len(body))
    return kinds


def publish_twice(records: Sequence[SnapshotRecord], folder: Path) -> dict[str, Any]:
    """All but the last record, then the last one, into an empty folder."""
    publisher = DirectoryPublisher(folder, "bench")
    earlier = records[:-1]
    rendered, files = timed(lambda: build_files(earlier, CITY, sealed_by_ours))
    written, _ = timed(lambda: publisher.publish(published(earlier, files)))
    again, changed = timed(lambda: build_files(records, CITY, sealed_by_ours))
    rewritten, _ = timed(lambda: publisher.publish(published(records, changed)))
    return {
        "seconds": dict(zip(STEPS, (rendered, written, again, rewritten), strict=True)),
        "files": len(changed),
        "differ": sum(1 for name, body in changed.items() if files.get(name) != body),
        "kinds": by_kind(changed),
    }


def long_run(actions: int, snapshots: int) -> dict[str, Any]:
    """A new process that knows nothing, then one snapshot more; its peak of memory in MiB."""
    records = long_history(actions, snapshots + 1)
    fresh, files = timed(lambda: build_files(records[:-1], CITY, sealed_by_ours))
    again, more = timed(lambda: build_files(records, CITY, sealed_by_ours))
    looked, _ = timed(lambda: leaks(files, SOUGHT))
    looked_again, _ = timed(lambda: leaks(more, SOUGHT))
    return {
        "seconds": dict(zip(LONG, (fresh, looked, again, looked_again), strict=True)),
        "files": len(more),
        "differ": sum(1 for name, body in more.items() if files.get(name) != body),
        "bytes": sum(map(len, more.values())),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def tell_long(actions: int, snapshots: int) -> None:
    command = [sys.executable, "-m", "tests.bench.site", "--long", f"{actions}x{snapshots}"]
    child = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(child.stdout)
    print(f"\n{actions} actions, {snapshots} snapshots, then one more   of the processor")
    for step, (_, processor) in found["seconds"].items():
        print(f"  {step:<32}  {processor:>16.2f}")
    print(f"  {found['differ']} of {found['files']} files differ after one change")
    print(f"  {found['bytes']:,} bytes; peak {found['peak']} MiB")


def one_run(actions: int) -> dict[str, Any]:
    """In a process of its own: nothing is remembered from another run."""
    command = [sys.executable, "-m", "tests.bench.site", "--one", str(actions)]
    child = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(child.stdout)
    return found


def tell(actions: int, runs: int) -> None:
    found = [one_run(actions) for _ in range(runs)]
    last = found[-1]
    print(f"\n{actions} actions, medians of {runs} runs     seconds  of the processor")
    for step in STEPS:
        wall, processor = (
            statistics.median(run["seconds"][step][which] for run in found) for which in (0, 1)
        )
        print(f"  {step:<32}  {wall:>7.2f}  {processor:>16.2f}")
    print(f"  {last['differ']} of {last['files']} files differ after one change")
    print("  kind of file                      files    bytes in all  the largest")
    for kind, sizes in last["kinds"].items():
        print(f"  {kind:<32}  {len(sizes):>5}  {sum(sizes):>14,}  {max(sizes):>11,}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.site")
    parser.add_argument("--sizes", default="27,1000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--histories", default="27x150,1000x100")
    parser.add_argument("--long", help=argparse.SUPPRESS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(publish_twice(history(options.one), Path(folder))))
        return 0
    if options.long is not None:
        print(json.dumps(long_run(*map(int, options.long.split("x")))))
        return 0
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    for size in options.sizes.split(","):
        tell(int(size), options.runs)
    for one in filter(None, options.histories.split(",")):
        tell_long(*map(int, one.split("x")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
