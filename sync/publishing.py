"""
What the public reads: the numbered snapshot, and its delivery to each target.

A number is given only to content that differs from the last, and nothing goes out before every
byte of it has been looked at.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from sync.core.accept import held
from sync.core.amounts import not_accepted, published_amounts
from sync.core.commitments import salted
from sync.core.guard import guard_bytes, guard_frozen, guard_truth
from sync.core.leaks import private_values
from sync.core.snapshot import canonical, public_head, same_content
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.guarding import Alarm
from sync.model.record import Delivery, SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import Snapshot, State
from sync.model.target import Observed
from sync.ports import Ports, Publication, Publisher
from sync.wording import Text

log = structlog.get_logger()


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
) -> Delivered:
    """
    Bring each target to the current number, or confirm it; one failing hinders no other.

    `keep_lease` is called before each. `said` is what the record says, where it was read already.
    """
    if not ports.publishers:
        return Delivered()
    snapshot = said or Snapshot.model_validate_json(record.body)
    deliveries = ports.store.deliveries()
    state = State(
        numero=record.number,
        verifie_le=_verified(ports, observed, deliveries.values()),
        demonstration=snapshot.demonstration,
        journal=public_head(ports.store.log_head()),
    )
    publication: Publication | None = None
    failed: list[tuple[str, Text]] = []
    altered: list[tuple[str, Text]] = []
    for publisher in ports.publishers:
        keep_lease()
        known = deliveries.get(publisher.name, Delivery(publisher.name, 0))
        now = ports.clock.now()
        try:
            standing = known.number == record.number and known.last_error is None
            missing = _missing(publisher, state, record.digest) if standing else None
            if missing:
                altered.append((publisher.name, missing))
            if missing or not standing:
                publication = publication or _publication(ports, record, snapshot, state)
                guard_bytes(publication.files, private_values(rules, observed), rules.never)
                publisher.publish(publication)
            done = Delivery(publisher.name, record.number, 0, max(now, state.verifie_le))
        except PublicationFailed as error:
            failed.append((publisher.name, error.text))
            done = Delivery(publisher.name, known.number, known.attempts + 1, now, error.in_("fr"))
            log.warning("publication.failed", target=publisher.name, number=record.number)
        ports.store.record_delivery(done)
    return Delivered(tuple(failed), tuple(altered))


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


def _missing(publisher: Publisher, state: State, digest: str) -> Text | None:
    """How the target no longer holds what it took, if so: it is given again at once."""
    try:
        publisher.confirm(state, digest)
    except PublicationMissing as error:
        log.warning("publication.repaired", target=publisher.name, number=state.numero)
        return error.text
    return None


def _publication(
    ports: Ports, record: SnapshotRecord, snapshot: Snapshot, state: State
) -> Publication:
    records = ports.store.snapshots()
    return Publication(
        snapshot=snapshot,
        record=record,
        state=state,
        files=ports.render(records),
        immutable={f"instantanes/{r.number:04d}.json": r.body for r in records},
    )
