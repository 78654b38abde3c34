"""
One change set in few characters: what a person saw is what is applied, or nothing is.

It covers the operations with every value, those that they would overwrite and those that people's
side changed, what the publication would become, and the alarms. No clock and no gid of anything
new goes into it: while nothing changes it stays the same. How many change sets were accepted
before goes in, so that a yes counts once even when the very same change comes back.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from hashlib import sha256

from sync.core.snapshot import VOLATILE, same_content
from sync.model.decision import Decision, Verdict
from sync.model.guarding import Alarm
from sync.model.operation import AnyOperation
from sync.model.snapshot import Snapshot

_LENGTH = 32
"""Hexadecimal digits shown: nobody makes another change set with the same 128 bits."""
_CHANGING = (Verdict.WRITE, Verdict.RESTORE, Verdict.SETTLE, Verdict.CREATE, Verdict.PULL)
"""What changes one side; a lasting disagreement is only told, and only when it begins."""
_FROM_THE_CLOCK = "adopte_le"
"""The day of a plan's first adoption is that of the cycle; any other follows from its number."""


def change_digest(
    operations: Sequence[AnyOperation],
    decisions: Sequence[Decision],
    alarms: Collection[Alarm],
    before: Snapshot | None,
    after: Snapshot,
    *,
    accepted: int,
) -> str | None:
    """None when nothing would change: there is nothing to say yes to."""
    decided = [
        (one.verdict, one.subject, one.field, one.base, one.plan, one.asana)
        for one in decisions
        if one.verdict in _CHANGING
    ]
    public = None if before and same_content(before, after) else _public(before, after)
    if not (operations or decided or alarms or public):
        return None
    whole = {
        "operations": sorted(canonical(operation) for operation in operations),
        "decided": sorted(map(canonical, decided)),
        "alarms": sorted(canonical((one.rule, one.where.fr, one.subjects)) for one in alarms),
        "public": public,
        "accepted": accepted,
    }
    return sha256(_json(whole).encode()).hexdigest()[:_LENGTH]


def _public(before: Snapshot | None, after: Snapshot) -> list[object]:
    """From what to what: the same page reached from another one is another change."""
    return [before and _content(before), _content(after)]


def _content(snapshot: Snapshot) -> dict[str, object]:
    told = snapshot.model_dump(mode="json", exclude=VOLATILE)
    del told["plan"][_FROM_THE_CLOCK]
    return told


def canonical(value: object) -> str:
    """The same text for the same value; two values that differ, if only in kind, differ here."""
    return _json(_plain(value))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"=": type(value).__name__, **told}
    if isinstance(value, Mapping):
        return {"map": {str(key): _plain(inner) for key, inner in value.items()}}
    if isinstance(value, frozenset | set):
        return {"set": sorted(map(canonical, value))}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
