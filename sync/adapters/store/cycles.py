"""The cycles of a plan: when each ran, and how it ended."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update

from sync.adapters.store.tables import cycle
from sync.adapters.store.transactions import PlanTransactions
from sync.model.record import CycleRecord, Outcome


class Cycles(PlanTransactions):
    def begin_cycle(
        self, cycle_id: str, started_at: datetime, as_of: datetime, slot: str | None = None
    ) -> bool:
        """
        Close what a crash left open, then open this cycle; False if its slot was already run.

        A slot is run at most once: one whose cycle crashed is not run again.
        """
        with self._writing() as connection:
            connection.execute(
                update(cycle)
                .where(self._mine(cycle), cycle.c.ended_at.is_(None))
                .values(ended_at=started_at, outcome="abandoned")
            )
            if slot is not None:
                taken = select(cycle.c.id).where(self._mine(cycle), cycle.c.slot == slot)
                if connection.scalar(taken) is not None:
                    return False
            connection.execute(
                insert(cycle),
                {
                    "plan_id": self.plan_id,
                    "id": cycle_id,
                    "number": self._last(connection, cycle, "number") + 1,
                    "slot": slot,
                    "started_at": started_at,
                    "as_of": as_of,
                    "totals": {},
                },
            )
        return True

    def end_cycle(
        self,
        cycle_id: str,
        ended_at: datetime,
        outcome: Outcome,
        reason: str | None,
        totals: Mapping[str, int],
    ) -> None:
        """Once per cycle: how it ended is not rewritten."""
        with self._writing() as connection:
            ended = connection.execute(
                update(cycle)
                .where(self._mine(cycle), cycle.c.id == cycle_id, cycle.c.ended_at.is_(None))
                .values(ended_at=ended_at, outcome=outcome, reason=reason, totals=dict(totals))
            )
            if ended.rowcount != 1:
                raise LookupError(f"cycle {cycle_id!r} of plan {self.plan_id!r} is not open")

    def cycles(self, limit: int = 50) -> tuple[CycleRecord, ...]:
        with self._reading() as connection:
            rows = connection.execute(
                select(cycle).where(self._mine(cycle)).order_by(cycle.c.number.desc()).limit(limit)
            ).all()
        return tuple(
            CycleRecord(
                id=row.id,
                started_at=row.started_at,
                as_of=row.as_of,
                ended_at=row.ended_at,
                outcome=row.outcome,
                reason=row.reason,
                totals=row.totals,
            )
            for row in rows
        )
