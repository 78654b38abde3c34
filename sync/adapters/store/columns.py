"""
Column types that keep their promise on every database.

SQLite has no instant, no JSON and takes any text; PostgreSQL has all three and refuses some
text. These types make both give back exactly what was stored, or refuse it on the way in.
"""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC and read back aware. A naive one is a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a time zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """
    A JSON value in a text column; a Python None is the JSON null, never an SQL NULL.

    Only ASCII is written: what no database can hold as text (NUL, a lone surrogate from a cut
    name) survives as an escape.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        return encoded(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Words(TypeDecorator[str]):
    """
    Text that came from people, for people to read.

    NUL and lone surrogates, which no database can hold, are shown as U+FFFD: a log row with a
    replaced character is worth more than a cycle that cannot be recorded.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return storable(value)


def storable(value: str | None) -> str | None:
    """The text as `Words` stores it."""
    if value is None:
        return None
    without_nul = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return without_nul.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def encoded(value: Any) -> str:
    """The one spelling of a JSON value in the store, so that equal text means nothing changed."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
