"""
Send operations in an order that honours what each needs, a bounded number at once.

The schedule and the two callbacks live in the caller's thread; only HTTP happens elsewhere.
What depends on something that failed is not sent: the next comparison asks for it again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

from sync.adapters.asana.writes import Done, Unlinked
from sync.core.marks import option_ref, plain_id, project_ref
from sync.errors import OutcomeUnknown, SyncError, TargetDenied, TargetRejected, TargetUnavailable
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.record import JournalState
from sync.model.target import FieldValue
from sync.ports import Applied
from sync.wording import Text

_MOST_UNKNOWN_IN_A_ROW: Final = 3
_MAKING: Final = (
    CreateProject,
    CreateSection,
    CreateField,
    CreateOption,
    CreateTask,
    AttachField,
    ShareProject,
)
Send = Callable[[AnyOperation, Mapping[Ref, str]], Done]


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Indices of operations: what must have succeeded before, and what must merely be over."""

    needed: Sequence[frozenset[int]]
    earlier: Sequence[frozenset[int]]


def apply(
    operations: Sequence[AnyOperation],
    links: Mapping[Ref, str],
    send: Send,
    *,
    in_flight: int,
    before: Callable[[AnyOperation], None],
    after: Callable[[Applied], None],
) -> None:
    """
    Send all that can be sent; see `sync.ports.Target.apply` for what is promised.

    A refused right or an unavailable Asana stops new operations at once. So do three unknown
    outcomes in a row: more would only leave more to look up.
    """
    known = dict(links)
    schedule = _schedule(operations)
    sorter = TopologicalSorter({n: schedule.earlier[n] for n in range(len(operations))})
    sorter.prepare()
    failed: set[int] = set()
    unknown_in_a_row = 0
    stop: SyncError | None = None
    flying: dict[Future[Done], int] = {}
    waiting: list[int] = []
    with ThreadPoolExecutor(in_flight, thread_name_prefix="asana-write") as pool:
        while True:
            waiting += sorter.get_ready()
            waiting.sort()
            while waiting and stop is None and len(flying) < in_flight:
                turn = waiting.pop(0)
                if schedule.needed[turn] & failed:
                    failed.add(turn)
                    sorter.done(turn)
                    waiting = sorted([*waiting, *sorter.get_ready()])
                    continue
                before(operations[turn])
                flying[pool.submit(send, operations[turn], dict(known))] = turn
            if not flying:
                break
            landed, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in sorted(landed, key=lambda each: flying[each]):
                turn = flying.pop(future)
                applied, error = _outcome(operations[turn], future)
                after(applied)
                if applied.state == "done":
                    known.update(_new_links(applied))
                else:
                    failed.add(turn)
                unknown_in_a_row = unknown_in_a_row + 1 if applied.state == "unknown" else 0
                if error is not None and stop is None and _stops(error, unknown_in_a_row):
                    stop = error
                sorter.done(turn)
    if stop is not None:
        raise stop


def _stops(error: SyncError, unknown_in_a_row: int) -> bool:
    if isinstance(error, OutcomeUnknown):
        return unknown_in_a_row >= _MOST_UNKNOWN_IN_A_ROW or error.retry_after is not None
    return isinstance(error, TargetDenied | TargetUnavailable)


def _outcome(operation: AnyOperation, future: "Future[Done]") -> tuple[Applied, SyncError | None]:
    try:
        done = future.result()
    except Unlinked as missing:
        return Applied(operation, "void", detail=_unlinked(operation, missing.ref)), None
    except SyncError as error:
        return Applied(operation, _state(error), detail=error.text), error
    return (
        Applied(
            operation,
            "done",
            created=done.created,
            task=done.task,
            detail=done.detail,
            also=done.also,
        ),
        None,
    )


def _state(error: SyncError) -> JournalState:
    if isinstance(error, OutcomeUnknown):
        return "unknown"
    if isinstance(error, TargetRejected | TargetDenied):
        return "rejected"
    return "void"  # unavailable, and nothing can have happened


def _new_links(applied: Applied) -> dict[Ref, str]:
    created = {applied.operation.ref: applied.created} if applied.created else {}
    return {**created, **applied.also}


def _unlinked(operation: AnyOperation, ref: Ref) -> Text:
    return Text(
        f"{operation.ref} : « {ref} » n’a pas encore d’identifiant Asana. Rien n’a été envoyé; le "
        "prochain cycle le redemandera.",
        f"{operation.ref}: “{ref}” has no Asana gid yet. Nothing was sent; the next cycle asks "
        "for it again.",
    )


def _schedule(operations: Sequence[AnyOperation]) -> _Schedule:
    makers = {ref: n for n, operation in enumerate(operations) for ref in _makes(operation)}
    last_in_lane: dict[str, int] = {}
    needed: list[frozenset[int]] = []
    earlier: list[frozenset[int]] = []
    for n, operation in enumerate(operations):
        needs = frozenset(makers[ref] for ref in _needs(operation) if ref in makers) - {n}
        before = needs
        if operation.lane is not None:
            if operation.lane in last_in_lane:
                before = needs | {last_in_lane[operation.lane]}
            last_in_lane[operation.lane] = n
        needed.append(needs)
        earlier.append(before)
    return _Schedule(needed, earlier)


def _makes(operation: AnyOperation) -> Iterator[Ref]:
    if isinstance(operation, _MAKING):
        yield operation.ref
    if isinstance(operation, CreateField):
        for option in operation.rule.options:
            yield option_ref(operation.rule.key, option.id)


def _needs(operation: AnyOperation) -> Iterator[Ref]:
    """What `after` says, and what the operation itself names: a slip there must not send early."""
    yield from operation.after
    match operation:
        case ShareProject() | CreateSection():
            yield project_ref(operation.role)
        case AttachField():
            yield project_ref(operation.role)
            yield operation.field
        case CreateOption():
            yield operation.field
        case CreateTask():
            yield project_ref(operation.role)
            yield operation.section
            if operation.parent is not None:
                yield operation.parent
            yield from _field_needs(operation.fields)
        case UpdateTask():
            yield operation.ref
            yield from _field_needs(operation.fields)
        case PlaceTask():
            yield operation.ref
            yield operation.section
            if operation.insert_after is not None:
                yield operation.insert_after
        case SetParent():
            yield operation.ref
            yield operation.parent
        case _:
            pass


def _field_needs(fields: Mapping[Ref, FieldValue]) -> Iterator[Ref]:
    for ref, value in fields.items():
        yield ref
        yield f"attach:actions/{plain_id(ref)}"
        yield f"attach:indicators/{plain_id(ref)}"
        if isinstance(value, str) and value.startswith("option:"):
            yield value
