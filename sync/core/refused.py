"""
Writes that Asana refused for good are not sent again until something changes.

A refused write comes back with every comparison, because nothing has changed since. It is sent
again when what it says changes, or at the next full read, which runs at least daily.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sync.model.operation import AnyOperation, CreateTask, PlaceTask, Ref, SetParent


def fact_of(operation: AnyOperation) -> str:
    """The key under which a refusal is remembered."""
    return f"refused:{operation.key}"


def fingerprint(operation: AnyOperation) -> str:
    return sha256(repr(operation).encode()).hexdigest()[:16]


def sendable(
    operations: Sequence[AnyOperation], facts: Mapping[str, str]
) -> tuple[tuple[AnyOperation, ...], tuple[AnyOperation, ...]]:
    """What may be sent, and what is held back: refused already, or hanging on such a one."""
    sent: list[AnyOperation] = []
    held: list[AnyOperation] = []
    missing: set[Ref] = set()
    for operation in operations:
        if facts.get(fact_of(operation)) == fingerprint(operation) or missing & _needs(operation):
            held.append(operation)
            missing.add(operation.ref)
        else:
            sent.append(operation)
    return tuple(sent), tuple(held)


def _needs(operation: AnyOperation) -> set[Ref]:
    needs = set(operation.after)
    if isinstance(operation, CreateTask | SetParent) and operation.parent:
        needs.add(operation.parent)
    if isinstance(operation, PlaceTask):
        needs.add(operation.section)
    return needs - {operation.ref}
