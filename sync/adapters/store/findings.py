"""
The findings: one row for a disagreement, however many cycles see it; and what people chose.

How a finding lives is `sync/core/life.py`; here it is only kept.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from sync.adapters.store.dialect import upsert_into
from sync.adapters.store.tables import finding, settlement
from sync.adapters.store.transactions import PlanTransactions
from sync.core.life import follow, sighting
from sync.model.finding import (
    Finding,
    FindingState,
    NewSettlement,
    Settlement,
    Severity,
    StoredFinding,
)


class Findings(PlanTransactions):
    def record_findings(
        self,
        findings: Sequence[tuple[Finding, Severity]],
        cycle_id: str,
        at: datetime,
        *,
        complete: bool,
    ) -> None:
        """
        Open, keep or reopen; those not seen again are closed only when `complete`.

        Facts and severity are those of the last sighting; the first sighting is never forgotten.
        """
        sightings = {each.key: (each, severity) for each, severity in findings}
        with self._writing() as connection:
            known: dict[str, tuple[FindingState, Mapping[str, object]]] = {
                row.key: (row.state, row.facts)
                for row in connection.execute(
                    select(finding.c.key, finding.c.state, finding.c.facts).where(
                        self._mine(finding)
                    )
                )
            }

            def state_of(key: str, now: Finding) -> FindingState:
                state, facts = known.get(key, (None, None))
                return sighting(state, facts, dict(now.facts))

            seen = [
                {
                    "plan_id": self.plan_id,
                    "key": key,
                    "code": each.code,
                    "subject": each.subject,
                    "facts": dict(each.facts),
                    "severity": severity,
                    "state": state_of(key, each),
                    "first_seen": at,
                    "last_seen": at,
                    "first_cycle": cycle_id,
                    "last_cycle": cycle_id,
                    "closed_at": None,
                }
                for key, (each, severity) in sightings.items()
            ]
            over = [
                {"over": key}
                for key, (state, _) in known.items()
                if complete and state != "closed" and key not in sightings
            ]
            if seen:
                lasting = ("facts", "severity", "state", "last_seen", "last_cycle", "closed_at")
                connection.execute(upsert_into(connection, finding, changed=lasting), seen)
            if over:
                connection.execute(
                    update(finding)
                    .where(self._mine(finding), finding.c.key == bindparam("over"))
                    .values(state=follow("open", "vanished"), closed_at=at),
                    over,
                )

    def findings(self, *, closed: bool = False) -> tuple[StoredFinding, ...]:
        """In the order in which they were first seen; with `closed`, those that are over too."""
        wanted = select(finding).where(self._mine(finding))
        if not closed:
            wanted = wanted.where(finding.c.state != "closed")
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(finding.c.first_seen, finding.c.key)).all()
        return tuple(
            StoredFinding(
                finding=Finding(row.code, row.subject, row.facts),
                severity=row.severity,
                state=row.state,
                first_seen=row.first_seen,
                last_seen=row.last_seen,
                first_cycle=row.first_cycle,
                last_cycle=row.last_cycle,
            )
            for row in rows
        )

    def mark_seen(self, key: str) -> None:
        self._move(key, "seen")

    def add_settlement(self, chosen: NewSettlement, at: datetime) -> Settlement:
        with self._writing() as connection:
            number = self._last(connection, settlement, "id") + 1
            connection.execute(
                insert(settlement),
                {
                    "plan_id": self.plan_id,
                    "id": number,
                    "at": at,
                    "key": chosen.key,
                    "choice": chosen.choice,
                    "person": chosen.by,
                    "reason": chosen.reason,
                    "facts": dict(chosen.facts),
                    "value": chosen.value,
                    "public_reason": chosen.public_reason,
                },
            )
            self._move(chosen.key, "settled")
        return chosen.kept(number, at)

    def settlements(self) -> tuple[Settlement, ...]:
        with self._reading() as connection:
            rows = connection.execute(
                select(settlement).where(self._mine(settlement)).order_by(settlement.c.id)
            ).all()
        return tuple(
            Settlement(
                key=row.key,
                choice=row.choice,
                by=row.person,
                reason=row.reason,
                facts=row.facts,
                value=row.value,
                public_reason=row.public_reason,
                id=row.id,
                at=row.at,
            )
            for row in rows
        )

    def _move(self, key: str, state: FindingState) -> None:
        with self._writing() as connection:
            moved = connection.execute(
                update(finding).where(self._mine(finding), finding.c.key == key).values(state=state)
            )
            if moved.rowcount != 1:
                raise LookupError(f"no finding {key!r} in plan {self.plan_id!r}")
