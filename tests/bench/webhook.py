"""
From an edit in Asana to the published page, when webhooks tell of it.

A real worker with the real city's settings, all defaults, and a sandbox, each a process of its own.
The clock starts before the edit is sent and stops when the published snapshot holds it. Edits come
at uneven distances, so that some fall into the rest after a cycle and wait for its end.
"""

import argparse
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.sandbox.process import RunningSandbox, sandbox_process

REPOSITORY = Path(__file__).resolve().parents[2]
PERSON = "Gestionnaire"
PATIENCE = 120
NEAREST, FARTHEST = 0.3, 8.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.webhook")
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added per request")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    taken = measure(options.edits, options.latency, random.Random(options.seed))  # noqa: S311
    told = " ".join(f"{seconds:.2f}" for seconds in taken)
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Bécancour's settings, ",
        end="",
    )
    print(f"{options.latency * 1000:g} ms added to each request")
    print(f"{len(taken)} edits, seconds to the published page: {told}")
    print(f"median {statistics.median(taken):.2f} s, longest {max(taken):.2f} s")
    return 0


def measure(edits: int, latency: float, chance: random.Random) -> list[float]:
    with (
        sandbox_process() as sandbox,
        tempfile.TemporaryDirectory() as folder,
        worker(sandbox, Path(folder)),
    ):
        sandbox.control.add_person(PERSON)
        snapshot = Path(folder) / "public" / "dernier.json"
        until(lambda: snapshot.exists() and len(sandbox.control.webhooks()) == 1)
        sandbox.control.set_latency(latency)
        tasks = actions(sandbox)
        taken = []
        for number in range(edits):
            time.sleep(chance.uniform(NEAREST, FARTHEST))
            note = f"Mesure numéro {number} du banc d’essai."
            fields = {"Note publique": note, "Publier la note": "Oui"}
            began = time.monotonic()
            sandbox.control.edit_task(chance.choice(tasks), PERSON, fields=fields)
            until(lambda note=note: note in snapshot.read_text(encoding="utf-8"))  # type: ignore[misc]
            taken.append(time.monotonic() - began)
        return taken


@contextmanager
def worker(sandbox: RunningSandbox, folder: Path) -> Iterator[None]:
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUTF8": "1",
        "ASANA_ACCESS_TOKEN": sandbox.token,
        "JALON_ASANA_URL": sandbox.url,
        "JALON_ASANA_WORKSPACE": sandbox.workspace,
        "JALON_CONFIG": str(REPOSITORY / "config" / "becancour.yaml"),
        "JALON_DATABASE_URL": f"sqlite:///{folder / 'jalon.db'}",
        "JALON_PUBLISH": str(folder / "public"),
        "JALON_WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "JALON_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "sync", "worker"]
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def actions(sandbox: RunningSandbox) -> list[str]:
    """The tasks of the plan's actions, which carry a public note."""
    tasks = sandbox.control.dump()["tasks"].items()
    return [gid for gid, task in tasks if task["parent"] is None and not task["trashed"]]


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError("the edit was never published")
        time.sleep(0.005)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
