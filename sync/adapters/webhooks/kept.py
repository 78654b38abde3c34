"""
What must outlive the process: a webhook's path and secret, in a file of their own.

Not in the database, whose backups carry no secret. The file belongs to this account alone; one
that others may read is not believed. Losing it costs one more webhook: the old one, whose path
nobody answers any more, is removed by Asana after a day of failures.
"""

import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

FOLDER: Final = "webhooks"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Kept:
    """One webhook: its gid, the project that it follows, and the door that it comes in by."""

    webhook: str
    resource: str
    target: str = field(repr=False)
    path: str = field(repr=False)
    secret: str = field(repr=False)


_READER: Final = TypeAdapter(tuple[Kept, ...])


def keep(state: Path, plan_id: str, webhooks: Sequence[Kept]) -> None:
    """Replace what was kept of a plan, at once; raises OSError when it cannot be written."""
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{plan_id}.{os.getpid()}"
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(one) for one in webhooks], file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / f"{plan_id}.json")


def recall(state: Path, plan_id: str) -> tuple[Kept, ...]:
    """Empty when there is none, or none that can be read and trusted."""
    try:
        with (state / FOLDER / f"{plan_id}.json").open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                return ()
            return _READER.validate_json(file.read())
    except (OSError, ValidationError):
        return ()
