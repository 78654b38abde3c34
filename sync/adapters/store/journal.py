"""The journal of writes: each is recorded before it is sent, so that a crash hides none."""

from datetime import datetime
from typing import Final

from sqlalchemy import String, bindparam, case, func, insert, select, update

from sync.adapters.store.tables import journal
from sync.adapters.store.transactions import PlanTransactions, here
from sync.model.operation import Ref
from sync.model.record import JournalEntry, JournalState

_INTEND: Final = insert(journal)
_SETTLE: Final = (
    update(journal)
    .where(here(journal), journal.c.id == bindparam("entry"))
    .values(
        state=bindparam("stands"),
        settled_at=bindparam("at"),
        gid=func.coalesce(bindparam("its", type_=String), journal.c.gid),
        detail=func.coalesce(
            bindparam("said", type_=String),
            case((journal.c.state == "intended", None), else_=journal.c.detail),
        ),
    )
)


class Journal(PlanTransactions):
    def intend(
        self, cycle_id: str, ref: Ref, kind: str, sent_at: datetime, about: str | None = None
    ) -> int:
        with self._writing() as connection:
            entry_id = self._last(connection, journal, "id") + 1
            connection.execute(
                _INTEND,
                {
                    "plan_id": self.plan_id,
                    "id": entry_id,
                    "cycle_id": cycle_id,
                    "ref": ref,
                    "kind": kind,
                    "state": "intended",
                    "sent_at": sent_at,
                    "detail": about,
                },
            )
        return entry_id

    def settle(
        self,
        entry_id: int,
        state: JournalState,
        settled_at: datetime,
        gid: str | None = None,
        detail: str | None = None,
    ) -> None:
        """
        An `unknown` entry may be settled again; a gid or a detail already told is kept.

        What an intention was about is forgotten: the log has it now, and may have to erase it.
        """
        told = {"entry": entry_id, "stands": state, "at": settled_at, "its": gid, "said": detail}
        with self._writing() as connection:
            settled = connection.execute(_SETTLE, {**self._here, **told})
            if settled.rowcount != 1:
                raise LookupError(f"plan {self.plan_id!r} has no journal entry {entry_id}")

    def unsettled(self) -> tuple[JournalEntry, ...]:
        with self._reading() as connection:
            rows = connection.execute(
                select(journal)
                .where(self._mine(journal), journal.c.state.in_(("intended", "unknown")))
                .order_by(journal.c.id)
            ).all()
        return tuple(
            JournalEntry(
                id=row.id,
                cycle_id=row.cycle_id,
                ref=row.ref,
                kind=row.kind,
                state=row.state,
                sent_at=row.sent_at,
                settled_at=row.settled_at,
                gid=row.gid,
                detail=row.detail,
            )
            for row in rows
        )
