"""
What makes damage to a stored row visible: a hash of each row, and one sum over a set of them.

A database checks the form of its pages and not the values in them: a flipped bit in a gid passes
every check of SQLite's, and the next cycle would write into a stranger's task. The hash is of
one row, the sum of them all: it tells that a row is missing or was put back from elsewhere, and
follows an edit without reading the others.

Neither is a proof against a person, who can compute both; that is what the log's chain is for.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

DOMAIN: Final = "jalon/rangee/1"
NOTHING: Final = "0" * 64
"""The sum over no row."""

_SIZE: Final = 1 << 256


def row_hash(table: str, *values: str | datetime) -> str:
    """An instant is one text, whatever zone the database gives it back in."""
    told = [v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for v in values]
    # escapes for all but ASCII: text that no database can hold is refused there, not here
    body = json.dumps([DOMAIN, table, *told], separators=(",", ":"))
    return sha256(body.encode()).hexdigest()


def sum_with(before: str, *, added: Iterable[str] = (), removed: Iterable[str] = ()) -> str:
    """The sum after these rows came and those went; in whatever order, it is the same."""
    total = int(before, 16)
    total += sum(int(each, 16) for each in added) - sum(int(each, 16) for each in removed)
    return f"{total % _SIZE:064x}"
