"""The reconciliation log: append-only, and the database itself refuses anything else."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, select

from sync.adapters.store.tables import log
from sync.adapters.store.transactions import PlanTransactions
from sync.model.decision import Verdict
from sync.model.operation import Ref
from sync.model.record import OVERWRITTEN, LogRow, NewLogRow

_PAGE: Final = 1000


class Log(PlanTransactions):
    def append_log(self, cycle_id: str, at: datetime, rows: Sequence[NewLogRow]) -> None:
        with self._writing() as connection:
            if not rows:
                return
            first = self._last(connection, log, "id") + 1
            connection.execute(
                insert(log),
                [
                    {
                        "plan_id": self.plan_id,
                        "id": number,
                        "at": at,
                        "cycle_id": cycle_id,
                        **_columns(row),
                    }
                    for number, row in enumerate(rows, start=first)
                ],
            )

    def log(
        self,
        *,
        subject: str | None = None,
        cycle_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[LogRow]:
        """
        Oldest first; `subject` is a ref or the start of one; `limit` keeps the newest ones.

        Read in pages, so that a long log costs no memory and no reader holds the database.
        Rows added meanwhile are not in it.
        """
        matching = [self._mine(log)]
        if subject is not None:
            # LIKE would ignore case on SQLite and take % and _ in an id for wildcards.
            matching.append(func.substr(log.c.subject, 1, len(subject)) == subject)
        if cycle_id is not None:
            matching.append(log.c.cycle_id == cycle_id)
        if limit is not None and limit <= 0:
            return
        with self._reading() as connection:
            last = self._last(connection, log, "id")
            after = 0
            if limit is not None:
                newest = select(log.c.id).where(*matching).order_by(log.c.id.desc())
                after = (connection.scalar(newest.offset(limit - 1).limit(1)) or 1) - 1
        while after < last:
            page = (
                select(log)
                .where(*matching, log.c.id > after, log.c.id <= last)
                .order_by(log.c.id)
                .limit(_PAGE)
            )
            with self._reading() as connection:
                rows = connection.execute(page).all()
            for row in rows:
                yield LogRow(
                    id=row.id,
                    at=row.at,
                    cycle_id=row.cycle_id,
                    actor=row.actor,
                    kind=row.kind,
                    subject=row.subject,
                    field=row.field,
                    base=row.base,
                    plan=row.plan,
                    asana=row.asana,
                    from_=row.before,
                    to=row.after,
                    rule=row.rule,
                    reason_fr=row.reason_fr,
                    reason_en=row.reason_en,
                    outcome=row.outcome,
                )
            if len(rows) < _PAGE:
                return
            after = rows[-1].id

    def restored_since(self, moment: datetime) -> frozenset[tuple[Ref, str]]:
        """Only what was certainly written: a restore that never happened must not block one."""
        return self._fields_since(moment, rule=Verdict.RESTORE.value, outcome="done")

    def overwritten_since(self, moment: datetime) -> frozenset[tuple[Ref, str]]:
        return self._fields_since(moment, rule=OVERWRITTEN, outcome="noted")

    def _fields_since(
        self, moment: datetime, *, rule: str, outcome: str
    ) -> frozenset[tuple[Ref, str]]:
        with self._reading() as connection:
            rows = connection.execute(
                select(log.c.subject, log.c.field).where(
                    self._mine(log),
                    log.c.at >= moment,
                    log.c.rule == rule,
                    log.c.outcome == outcome,
                )
            ).all()
        return frozenset((row.subject, row.field) for row in rows)


def _columns(row: NewLogRow) -> dict[str, str | None]:
    """`from` and `to` are words of SQL."""
    columns = asdict(row)
    columns["before"] = columns.pop("from_")
    columns["after"] = columns.pop("to")
    return columns
