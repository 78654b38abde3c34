"""The life of a finding: one row for a disagreement, however many cycles see it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from sync.adapters.store.dialect import upsert_into
from sync.adapters.store.tables import finding
from sync.adapters.store.transactions import PlanTransactions
from sync.model.finding import Finding, FindingState, Severity, StoredFinding


def state_after_sighting(before: FindingState | None) -> FindingState:
    """A new one opens, a closed one reopens; what a person made of it lasts while it does."""
    match before:
        case None:
            return "open"
        case "closed":
            return "reopened"
        case _:
            return before


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
            states: dict[str, FindingState] = {
                row.key: row.state
                for row in connection.execute(
                    select(finding.c.key, finding.c.state).where(self._mine(finding))
                )
            }
            seen = [
                {
                    "plan_id": self.plan_id,
                    "key": key,
                    "code": each.code,
                    "subject": each.subject,
                    "facts": dict(each.facts),
                    "severity": severity,
                    "state": state_after_sighting(states.get(key)),
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
                for key, state in states.items()
                if complete and state != "closed" and key not in sightings
            ]
            if seen:
                lasting = ("facts", "severity", "state", "last_seen", "last_cycle", "closed_at")
                connection.execute(upsert_into(connection, finding, changed=lasting), seen)
            if over:
                connection.execute(
                    update(finding)
                    .where(self._mine(finding), finding.c.key == bindparam("over"))
                    .values(state="closed", closed_at=at),
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
