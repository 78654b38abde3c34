"""What the public reads: frozen standings, numbered snapshots, and who has which."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Row, insert, select, update

from sync.adapters.store.dialect import insert_into, upsert_into
from sync.adapters.store.log import Log
from sync.adapters.store.memory import Memory
from sync.adapters.store.refusals import refused
from sync.adapters.store.tables import delivery as delivery_row
from sync.adapters.store.tables import frozen, snapshot
from sync.core.commitments import same_but_withdrawn
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.record import Delivery, NewLogRow, SnapshotRecord
from sync.wording import Text

_WITHDRAWAL: Final = "withdraw"
"""The cycle of a withdrawal, which is a person's and no cycle's."""


class Publications(Log, Memory):
    def frozen(self) -> dict[tuple[str, str], FrozenStanding]:
        with self._reading() as connection:
            rows = connection.execute(
                select(frozen)
                .where(self._mine(frozen))
                .order_by(frozen.c.action_id, frozen.c.checkpoint_id)
            ).all()
            return {
                (row.action_id, row.checkpoint_id): FrozenStanding(
                    standing=Standing(
                        status=Status(row.status),
                        done=row.done,
                        expected=row.expected,
                        basis=row.basis,
                        confirmed=row.confirmed,
                        provisional=row.provisional,
                    ),
                    frozen_on=row.frozen_on,
                    after_the_fact=row.after_the_fact,
                    done={
                        indicator: date.fromisoformat(day) if day else None
                        for indicator, day in row.done_indicators.items()
                    },
                )
                for row in rows
            }

    def freeze(self, standings: Mapping[tuple[str, str], FrozenStanding], cycle_id: str) -> None:
        """Once: a standing that is frozen already stays as it is, without a word."""
        rows = [
            {
                "plan_id": self.plan_id,
                "action_id": action_id,
                "checkpoint_id": checkpoint_id,
                "status": each.standing.status.value,
                "done": each.standing.done,
                "expected": each.standing.expected,
                "basis": each.standing.basis,
                "confirmed": each.standing.confirmed,
                "provisional": each.standing.provisional,
                "frozen_on": each.frozen_on,
                "after_the_fact": each.after_the_fact,
                "done_indicators": {
                    indicator: day.isoformat() if day else None
                    for indicator, day in each.done.items()
                },
                "cycle_id": cycle_id,
            }
            for (action_id, checkpoint_id), each in standings.items()
        ]
        with self._writing() as connection:
            if rows:
                connection.execute(insert_into(connection, frozen), rows)

    def snapshots(self) -> tuple[SnapshotRecord, ...]:
        with self._reading() as connection:
            rows = connection.execute(
                select(snapshot).where(self._mine(snapshot)).order_by(snapshot.c.number)
            ).all()
        return tuple(self._verified(row) for row in rows)

    def last_snapshot(self) -> SnapshotRecord | None:
        with self._reading() as connection:
            row = connection.execute(
                select(snapshot)
                .where(self._mine(snapshot))
                .order_by(snapshot.c.number.desc())
                .limit(1)
            ).one_or_none()
        return None if row is None else self._verified(row)

    def add_snapshot(self, record: SnapshotRecord) -> None:
        """The next number and the digest of these very bytes, or nothing."""
        if sha256(record.body).hexdigest() != record.digest:
            raise ValueError(f"snapshot {record.number}: the digest is not that of the body")
        with self._writing() as connection:
            expected = self._last(connection, snapshot, "number") + 1
            if record.number != expected:
                raise refused(
                    "order",
                    self._database.place,
                    Text(
                        fr=f"l’instantané {record.number} du plan « {self.plan_id} » n’est pas "
                        f"le suivant (attendu : {expected}). Relancez le cycle.",
                        en=f"snapshot {record.number} of plan “{self.plan_id}” is not the next "
                        f"one (expected: {expected}). Run the cycle again.",
                    ),
                    number=record.number,
                    expected=expected,
                )
            connection.execute(
                insert(snapshot),
                {
                    "plan_id": self.plan_id,
                    "number": record.number,
                    "as_of": record.as_of,
                    "generated_at": record.generated_at,
                    "digest": record.digest,
                    "body": record.body,
                },
            )

    def withdraw(
        self, bodies: Mapping[int, bytes], row: NewLogRow, at: datetime, *facts: tuple[str, str]
    ) -> None:
        with self._writing() as connection:
            for number, body in bodies.items():
                here = (self._mine(snapshot), snapshot.c.number == number)
                stands = bytes(connection.scalar(select(snapshot.c.body).where(*here)) or b"")
                if not same_but_withdrawn(stands, body):
                    raise ValueError(f"snapshot {number}: not the same one without a text")
                self.append_log(_WITHDRAWAL, at, [replace(row, subject=f"snapshot:{number}")])
                connection.execute(
                    update(snapshot).where(*here).values(body=body, digest=sha256(body).hexdigest())
                )
            for fact in facts:
                self.note_fact(*fact)
        self._database.tidy()

    def deliveries(self) -> dict[str, Delivery]:
        with self._reading() as connection:
            rows = connection.execute(
                select(delivery_row).where(self._mine(delivery_row)).order_by(delivery_row.c.target)
            ).all()
        return {
            row.target: Delivery(
                target=row.target,
                number=row.number,
                attempts=row.attempts,
                last_attempt_at=row.last_attempt_at,
                last_error=row.last_error,
            )
            for row in rows
        }

    def record_delivery(self, delivery: Delivery) -> None:
        with self._writing() as connection:
            connection.execute(
                upsert_into(
                    connection,
                    delivery_row,
                    changed=("number", "attempts", "last_attempt_at", "last_error"),
                ),
                {"plan_id": self.plan_id, **asdict(delivery)},
            )

    def _verified(self, row: Row[tuple[object, ...]]) -> SnapshotRecord:
        """What was published is shown again only when it is, byte for byte, what was stored."""
        body = bytes(row.body)
        if sha256(body).hexdigest() != row.digest:
            raise refused(
                "corrupt", self._database.place, f"snapshot {row.number} of {self.plan_id}: sha256"
            )
        return SnapshotRecord(row.number, row.as_of, row.generated_at, row.digest, body)
