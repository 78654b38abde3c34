"""The plan of record: a series of dated revisions, of which none is ever rewritten."""

from datetime import date

from sqlalchemy import insert, select

from sync.adapters.store.refusals import decoding
from sync.adapters.store.tables import revision
from sync.adapters.store.transactions import PlanTransactions
from sync.core.plan_document import plan_from_json, plan_to_json
from sync.errors import PlanRefused
from sync.model.plan import Plan, Revision


class Revisions(PlanTransactions):
    def revisions(self) -> tuple[Revision, ...]:
        """Oldest first."""
        with self._reading() as connection:
            rows = connection.execute(
                select(revision).where(self._mine(revision)).order_by(revision.c.number)
            ).all()
        found = []
        for row in rows:
            with decoding(
                self._database.place, f"revision {row.number} of {self.plan_id}", also=PlanRefused
            ):
                plan = plan_from_json(row.body)
            found.append(Revision(row.number, row.adopted_on, row.reason, plan))
        return tuple(found)

    def add_revision(self, plan: Plan, adopted_on: date, reason: str) -> Revision:
        with self._writing() as connection:
            number = self._last(connection, revision, "number") + 1
            connection.execute(
                insert(revision),
                {
                    "plan_id": self.plan_id,
                    "number": number,
                    "adopted_on": adopted_on,
                    "reason": reason,
                    "body": plan_to_json(plan),
                },
            )
        return Revision(number, adopted_on, reason, plan)
