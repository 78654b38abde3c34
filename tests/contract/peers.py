"""
Other people's programs that read Asana whole, run as their users run them.

Each is started by the interpreter of its own environment, through a launcher that changes only
the address, and can reach nothing but this machine.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from tests.contract.needs import environment

LAUNCHERS: Final = Path(__file__).parent / "launchers"
SECONDS: Final = 300
STREAMS: Final = ("workspaces", "projects", "sections", "users", "tasks")
"""What is read of the sandbox; both have the same words for it."""
LONG_AGO: Final = "2000-01-01T00:00:00Z"


class PeerFailedError(Exception):
    """It ended with an error: its last words follow."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a command ended. `processor` is in seconds; `out` and `said` are its two outputs."""

    code: int
    seconds: float
    processor: float
    peak_mib: float
    out: Path
    said: str

    def lines(self) -> Iterator[Mapping[str, Any]]:
        with self.out.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


@dataclass(frozen=True, slots=True)
class Api:
    """The Asana to read."""

    url: str
    token: str

    def environment(self) -> dict[str, str]:
        return {"ASANA_URL": self.url, "ASANA_TOKEN": self.token}


class Peer(Protocol):
    """
    `prepare` gives the command of a whole read, `idle` one that reads nothing of Asana; `records`
    what a run gave of one stream.
    """

    @property
    def name(self) -> str: ...

    @property
    def release(self) -> str: ...

    def prepare(self, api: Api, folder: Path, streams: Sequence[str]) -> list[str]: ...

    def idle(self, folder: Path) -> list[str]: ...

    def records(self, run: Weighed, stream: str) -> list[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class TapAsana:
    name: str = "tap-asana"

    @property
    def release(self) -> str:
        return _pinned(self.name)

    def prepare(self, api: Api, folder: Path, streams: Sequence[str]) -> list[str]:
        """Its own discovery, with these streams marked as selected."""
        discovery = self.idle(folder)
        discovered = weigh(discovery, folder, api.environment())
        catalog = json.loads(discovered.out.read_bytes())
        for stream in catalog["streams"]:
            chosen = stream["tap_stream_id"] in streams
            whole = next(each for each in stream["metadata"] if each["breadcrumb"] == [])
            whole["metadata"]["selected"] = chosen
        return [*discovery[:-1], "--catalog", _written(folder / "catalog.json", catalog)]

    def idle(self, folder: Path) -> list[str]:
        unused = ("client_id", "client_secret", "redirect_uri", "refresh_token")
        config = {"start_date": LONG_AGO, **dict.fromkeys(unused, "unused")}
        return [
            *_launched(self.name, "launch_tap_asana.py"),
            *("--config", _written(folder / "config.json", config), "--discover"),
        ]

    def records(self, run: Weighed, stream: str) -> list[Mapping[str, Any]]:
        return [
            line["record"]
            for line in run.lines()
            if line["type"] == "RECORD" and line["stream"] == stream
        ]


@dataclass(frozen=True, slots=True)
class SourceAsana:
    name: str = "airbyte-source-asana"

    @property
    def release(self) -> str:
        return _pinned(self.name)

    def prepare(self, api: Api, folder: Path, streams: Sequence[str]) -> list[str]:
        config = {
            "credentials": {
                "option_title": "PAT Credentials",
                "personal_access_token": api.token,
            }
        }
        catalog = {
            "streams": [
                {
                    "stream": {
                        "name": stream,
                        "json_schema": {},
                        "supported_sync_modes": ["full_refresh"],
                    },
                    "sync_mode": "full_refresh",
                    "destination_sync_mode": "overwrite",
                }
                for stream in streams
            ]
        }
        return [
            *_launched(self.name, "launch_source_asana.py"),
            *("read", "--config", _written(folder / "config.json", config)),
            *("--catalog", _written(folder / "catalog.json", catalog)),
        ]

    def idle(self, folder: Path) -> list[str]:
        return [*_launched(self.name, "launch_source_asana.py"), "spec"]

    def records(self, run: Weighed, stream: str) -> list[Mapping[str, Any]]:
        return [
            line["record"]["data"]
            for line in run.lines()
            if line["type"] == "RECORD" and line["record"]["stream"] == stream
        ]


PEERS: Final[tuple[Peer, ...]] = (TapAsana(), SourceAsana())


def weigh(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    *,
    seconds: float = SECONDS,
) -> Weighed:
    """Run it in the folder, with nothing of our own environment but the path."""
    report, out, err = (folder / name for name in ("weighed.json", "out.jsonl", "err.txt"))
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "NO_PROXY": "*"}
    with out.open("wb") as output, err.open("wb") as errors:
        subprocess.run(
            [sys.executable, "-I", LAUNCHERS / "weigh.py", report, str(seconds), *command],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env={**given, **environ},
        )
    said = err.read_text(encoding="utf-8", errors="replace")
    return Weighed(**json.loads(report.read_bytes()), out=out, said=said)


def read(peer: Peer, api: Api, folder: Path, streams: Sequence[str]) -> Weighed:
    """One whole read, which must have ended well."""
    run = weigh(peer.prepare(api, folder, streams), folder, api.environment())
    if run.code != 0:
        raise PeerFailedError(f"{peer.name}: exit {run.code}\n{run.said[-4000:]}")
    return run


def _pinned(name: str) -> str:
    """Its name with the version that its lock pins."""
    wanted = (LAUNCHERS.parent / f"requirements-{name}.in").read_text(encoding="utf-8")
    return wanted.strip().replace("==", " ")


def _launched(name: str, launcher: str) -> list[str]:
    return [str(environment(name) / "bin" / "python"), str(LAUNCHERS / launcher)]


def _written(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)
