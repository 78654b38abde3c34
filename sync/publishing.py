"""
What the public reads: the numbered snapshot, and its delivery to each target.

A number is given only to content that differs from the last, and nothing goes out before every
byte of it has been looked at.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from sync.core.accept import held
from sync.core.amounts import not_accepted, published_amounts
from sync.core.commitments import salted
from sync.core.fill import fill
from sync.core.guard import guard_bytes, guard_frozen, guard_truth
from sync.core.leaks import private_values
from sync.core.past_names import LOOKED_FOR, PastName, guard_past, names_digest, past_names
from sync.core.snapshot import canonical, public_head, same_content
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.guarding import Alarm
from sync.model.record import LEASE_SECONDS, Delivery, SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot, State, snapshot_path
from sync.model.target import Observed
from sync.ports import Ports, Publication, Publisher, Store
from sync.wording import Text

log = structlog.get_logger()

Step = Callable[[], None]
AT_ONCE: Final = 8
PATIENCE: Final = 3
"""So many failures in a row, and a target begins to rest."""
FIRST_REST: Final = timedelta(minutes=15)
LONGEST_REST: Final = timedelta(hours=4)


def number(
    ports: Ports,
    rules: Rules,
    last: SnapshotRecord | None,
    before: Snapshot | None,
    candidate: Snapshot,
    observed: Observed,
    accepted: Sequence[Alarm] = (),
) -> tuple[SnapshotRecord, bool]:
    """
    The current public state and whether it is new; a new number only when its content differs.

    `last` is the newest of them and `before` what it says. What was read since the guard looked
    is held against it again. Raises UnsafeChangeSet.
    """
    if last and before and same_content(before, candidate):
        return last, False
    guard_truth(before, candidate)
    guard_frozen(before, candidate)
    new = not_accepted(accepted, published_amounts(before, candidate, rules.limits))
    if new:
        raise held(new, None)
    told = candidate.model_copy(update={"journal": public_head(ports.store.log_head())})
    body = canonical(salted(told, ports.salt))
    guard_bytes({"dernier.json": body}, private_values(rules, observed), rules.never)
    record = SnapshotRecord(
        number=candidate.numero,
        as_of=candidate.etat_au,
        generated_at=candidate.genere_le,
        digest=ports.digest(body),
        body=body,
    )
    ports.store.add_snapshot(record)
    log.info("snapshot.numbered", number=record.number, digest=record.digest)
    return record, True


@dataclass(frozen=True, slots=True)
class Delivered:
    """The targets that failed, and those that served something else, each with what was found."""

    failed: tuple[tuple[str, Text], ...] = ()
    altered: tuple[tuple[str, Text], ...] = ()


def deliver(
    ports: Ports,
    rules: Rules,
    record: SnapshotRecord,
    observed: Observed,
    keep_lease: Callable[[], None],
    said: Snapshot | None = None,
    *,
    patient: bool = False,
) -> Delivered:
    """
    Bring each target to the current number, or confirm it; none waits for another.

    `keep_lease` is called before each, and while the slower ones are at work. `said` is what the
    record says, where it was read already. When `patient`, a target that keeps failing rests for
    longer each time; whoever asks for a cycle by hand wants it tried now.
    """
    if not ports.publishers:
        return Delivered()
    look_back(ports.store, rules.never, keep_lease)
    snapshot = said or Snapshot.model_validate_json(record.body)
    deliveries = ports.store.deliveries()
    state = State(
        numero=record.number,
        verifie_le=_verified(ports, observed, deliveries.values()),
        demonstration=snapshot.demonstration,
        termine=snapshot.ended is not None,
        journal=public_head(ports.store.log_head()),
    )
    publication: Publication | None = None

    def publishing(publisher: Publisher, known: Delivery) -> Step:
        nonlocal publication
        if publication is None:
            publication = _publication(ports, record, snapshot, state)
            guard_bytes(publication.files, private_values(rules, observed), rules.never)
        return partial(publisher.publish, replace(publication, since=known.number))

    failed: dict[str, Text] = {}
    altered: dict[str, Text] = {}
    working: dict[Future[None], tuple[Publisher, Delivery, datetime]] = {}
    with _hands(len(ports.publishers)) as hands:
        for publisher in ports.publishers:
            known = deliveries.get(publisher.name, Delivery(publisher.name, 0))
            now = ports.clock.now()
            again = rests_until(known) if patient else None
            if again is not None and now < again:
                failed[publisher.name] = _resting(known, again)
                log.info("publication.rested", target=publisher.name, number=record.number)
                continue
            keep_lease()
            if known.number == record.number and known.last_error is None:
                step: Step = partial(_confirm, publisher, state, record.digest)
            else:
                step = publishing(publisher, known)
            working[hands.submit(step)] = (publisher, known, now)
        while working:
            done, _ = wait(working, timeout=LEASE_SECONDS / 10, return_when=FIRST_COMPLETED)
            if not done:
                keep_lease()
            for one in done:
                publisher, known, now = working.pop(one)
                try:
                    one.result()
                    kept = Delivery(publisher.name, record.number, 0, max(now, state.verifie_le))
                except PublicationMissing as missing:
                    log.warning("publication.repaired", target=publisher.name, number=record.number)
                    altered[publisher.name] = missing.text
                    step = publishing(publisher, known)
                    working[hands.submit(step)] = (publisher, known, now)
                    continue
                except PublicationFailed as error:
                    failed[publisher.name] = error.text
                    kept = _failed(known, now, error)
                    log.warning("publication.failed", target=publisher.name, number=record.number)
                ports.store.record_delivery(kept)
    names = [publisher.name for publisher in ports.publishers]
    return Delivered(
        tuple((name, failed[name]) for name in names if name in failed),
        tuple((name, altered[name]) for name in names if name in altered),
    )


def look_back(store: Store, never: Collection[str], keep_lease: Callable[[], None]) -> None:
    """
    Raise UnsafeChangeSet where a published snapshot holds a name that is private by now.

    The past is read again only when the list has changed, or while a name still stands there.
    """
    digest = names_digest(never)
    if not never or store.facts().get(LOOKED_FOR) == digest:
        return
    found: list[PastName] = []
    for record in store.snapshots():
        keep_lease()
        found += past_names(record, never)
    guard_past(found, store.plan_id)
    store.note_fact(LOOKED_FOR, digest)


def _confirm(publisher: Publisher, state: State, digest: str) -> None:
    """Raises PublicationMissing where the target no longer holds what it took."""
    publisher.confirm(state, digest)


class _Oneself(Executor):
    """One target needs no thread: it is served at once, and what stops it stops the cycle."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except PublicationFailed as error:
            future.set_exception(error)
        return future


def _hands(targets: int) -> Executor:
    return _Oneself() if targets == 1 else ThreadPoolExecutor(min(targets, AT_ONCE))


def _failed(known: Delivery, now: datetime, error: PublicationFailed) -> Delivery:
    """A target that took some of what it had missed goes on from there."""
    reached = error.facts.get("reached")
    number = max(known.number, reached) if isinstance(reached, int) else known.number
    attempts = 1 if number > known.number else known.attempts + 1
    return Delivery(known.target, number, attempts, now, error.in_("fr"))


def rests_until(known: Delivery) -> datetime | None:
    """
    When a failing target is tried again: at the next cycle twice, then after 15 minutes, 30, …

    At most four hours, so that a target that was mended in the night is served in the morning.
    """
    if known.last_error is None or known.last_attempt_at is None or known.attempts < PATIENCE:
        return None
    doublings = min(known.attempts - PATIENCE, 10)
    return known.last_attempt_at + min(FIRST_REST * (1 << doublings), LONGEST_REST)


def _resting(known: Delivery, until: datetime) -> Text:
    moment = f"{until:%Y-%m-%d %H:%M} UTC"
    return fill(
        Text(
            "{target} : {attempts:# échec|# échecs} de suite; prochain essai après {moment}, ou "
            "tout de suite par « jalon sync ». Le dernier : {why}",
            "{target}: {attempts:# failure|# failures} in a row; next attempt after {moment}, or "
            "at once by “jalon sync”. The last one: {why}",
        ),
        {
            "target": known.target,
            "attempts": known.attempts,
            "moment": moment,
            "why": known.last_error or "",
        },
    )


def _verified(ports: Ports, observed: Observed, before: Iterable[Delivery]) -> datetime:
    """
    An incomplete reading confirms nothing.

    Where the clock was put back since a target was told, its date is not made an older one.
    """
    read = observed.read_at
    if not observed.complete:
        read = ports.store.last_full_read() or read
    now, told = ports.clock.now(), (one.last_attempt_at for one in before if not one.last_error)
    return max([read, *(moment for moment in told if moment and moment > now)])


def _publication(
    ports: Ports, record: SnapshotRecord, snapshot: Snapshot, state: State
) -> Publication:
    records = ports.store.snapshots()
    return Publication(
        snapshot=snapshot,
        record=record,
        state=state,
        files=ports.render(records),
        immutable={snapshot_path(r.number): r.body for r in records},
    )
