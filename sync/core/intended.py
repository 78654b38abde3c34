"""
What a write is about to change, kept with its intention.

A cycle may die between sending and telling. Whatever it wrote over was seen by it alone: without
this the text that a person had typed would be in no log.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sync.core.chosen import is_carried_out
from sync.core.log_rows import operation_rows
from sync.core.races import Written, is_write
from sync.model.decision import Decision
from sync.model.finding import Finding
from sync.model.operation import AnyOperation, Ref
from sync.model.record import JournalEntry, JournalState, NewLogRow

Settled = tuple[JournalEntry, JournalState, str | None]


def intention(
    operation: AnyOperation,
    decisions: Mapping[tuple[Ref, str], Decision],
    restored: Mapping[str, Finding],
    hoped: Mapping[tuple[Ref, str], str | None],
) -> str | None:
    """
    The rows that its outcome will tell, the findings, by subject, and which settlement it carries
    out; None for a creation.
    """
    if not is_write(type(operation).__name__):
        return None
    rows = list(operation_rows(operation, "intended", decisions))
    subjects = [f"{row.subject}#{row.field}" for row in rows]
    told = {
        "rows": [asdict(row) for row in rows],
        "restored": [asdict(restored[each]) for each in subjects if each in restored],
        "spent": [[*key, value] for key, value in hoped.items() if is_carried_out(key[1])],
    }
    return json.dumps(told, ensure_ascii=False)


def settle_write(waiting: JournalEntry, seen: Iterable[Written]) -> JournalState:
    """
    `void` where none of what it was to put stands there now, `unseen` where nobody can look.

    What a person set back in between looks as if it had not been sent. Unless it is void, it is
    taken to have happened: what a person lost is told, and a settlement is not carried out twice.
    """
    now = {one.field: one.seen for one in seen}
    put = {row.field: row.plan for row in _rows(waiting) if row.plan != row.asana}
    known = put.keys() & now.keys()
    if put and not known:
        return "unseen"
    stands = any(now[name] == put[name] for name in known)
    return "resolved" if stands or not put else "void"


def rows_found(settled: Settled) -> Iterator[NewLogRow]:
    """What a dead cycle did not come to tell of its write."""
    waiting, state, _ = settled
    for row in _rows(waiting):
        yield replace(
            row,
            outcome=state,
            reason_fr=f"{row.reason_fr} (cycle interrompu, constaté après coup)",
            reason_en=f"{row.reason_en} (cycle interrupted, found afterwards)",
        )


def restored_found(settled: Settled) -> Iterator[Finding]:
    """The corrections that a dead cycle made and did not come to tell."""
    waiting, state, _ = settled
    if state != "void":
        for one in _told(waiting).get("restored", ()):
            yield Finding(**one)


def spent_found(settled: Settled) -> dict[tuple[Ref, str], str | None]:
    """What a dead cycle did not come to remember: that a settlement was carried out."""
    waiting, state, _ = settled
    spent = _told(waiting).get("spent", ()) if state != "void" else ()
    return {(ref, name): value for ref, name, value in spent}


def _rows(waiting: JournalEntry) -> Iterator[NewLogRow]:
    for row in _told(waiting).get("rows", ()):
        yield NewLogRow(**row)


def _told(waiting: JournalEntry) -> dict[str, Any]:
    """Only while it is intended: whatever was answered has been told."""
    if waiting.state != "intended" or not waiting.detail:
        return {}
    found: dict[str, Any] = json.loads(waiting.detail)
    return found
