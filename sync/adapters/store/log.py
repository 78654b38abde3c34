"""The reconciliation log: append-only, and the database itself refuses anything else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Text,
    and_,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from sync.adapters.store.columns import storable
from sync.adapters.store.refusals import refused
from sync.adapters.store.tables import log
from sync.adapters.store.transactions import PlanTransactions, Transactions, here
from sync.core.chain import FACTS, SALT_BYTES, START, TEXTS, broken, seal
from sync.core.marks import log_ref
from sync.model.decision import Verdict
from sync.model.operation import Ref
from sync.model.record import (
    ERASED,
    OVERWRITTEN,
    RECOVERED,
    Head,
    LogFilter,
    LogRow,
    NewLogRow,
    Seal,
    SealedRow,
)
from sync.wording import Text as Said

Salts = Callable[[], bytes]
"""A fresh salt at each call; a test may deal them out."""

_PAGE: Final = 1000
_ERASURE: Final = "erase"
"""The cycle of an erasure, which is a person's and no cycle's."""

_before: Final = log.alias("before_it")
_HANGS_ON: Final = "hangs_on"
_HANGING: Final = select(log, _before.c.chain.label(_HANGS_ON)).outerjoin(
    _before, and_(_before.c.plan_id == log.c.plan_id, _before.c.id == log.c.id - 1)
)
"""Rows of the log, each with the link that it hangs on."""
_END: Final = _HANGING.where(here(log)).order_by(log.c.id.desc()).limit(1)
_LAST: Final = select(log.c.id, log.c.chain).where(here(log)).order_by(log.c.id.desc()).limit(1)
_APPEND: Final = insert(log)


def random_salt() -> bytes:
    return token_bytes(SALT_BYTES)


class Log(PlanTransactions):
    def __init__(self, database: Transactions, plan_id: str, *, salts: Salts = random_salt) -> None:
        super().__init__(database, plan_id)
        self._salts = salts

    def append_log(self, cycle_id: str, at: datetime, rows: Sequence[NewLogRow]) -> None:
        """
        Each row hangs on the one before it; the chain is what `sync.core.chain` says.

        Refused when the last row is not as it was written: nothing is hung on damage.
        """
        with self._writing() as connection:
            if not rows:
                return
            last = connection.execute(_END, self._here).mappings().all()
            self._require_intact_rows(last)
            head = Head(last[0]["id"], last[0]["chain"]) if last else START
            stored = []
            for row in rows:
                columns: dict[str, Any] = {
                    "plan_id": self.plan_id,
                    "id": head.rows + 1,
                    "at": at,
                    "cycle_id": cycle_id,
                    **_columns(row),
                }
                sealed = seal(head, columns, columns, self._salts())
                stored.append({**columns, **asdict(sealed)})
                head = Head(head.rows + 1, sealed.chain)
            connection.execute(_APPEND, stored)

    def log_head(self) -> Head:
        with self._reading() as connection:
            row = connection.execute(_LAST, self._here).one_or_none()
        return START if row is None else Head(row.id, row.chain)

    def tells(self, head: Head) -> bool:
        if head.rows == START.rows:
            return head == START
        one = select(log.c.chain).where(self._mine(log), log.c.id == head.rows)
        with self._reading() as connection:
            return connection.scalar(one) == head.chain

    def erase_log(self, number: int, *, by: str, reason: str, at: datetime) -> None:
        """
        Forget the texts of one row, by decision: a new row says whose and why.

        Refused for a row that is not there, whose texts are gone already, or that names the head
        of a lost log: it holds nobody's words, and without it that head contradicts this log.
        """
        one = (self._mine(log), log.c.id == number)
        row = NewLogRow(
            kind=ERASED,
            subject=log_ref(number),
            rule=ERASED,
            reason_fr=reason,
            reason_en=reason,
            outcome="done",
            actor=by,
        )
        with self._writing() as connection:
            stands = connection.execute(
                select(log.c.salt, log.c.kind, log.c.before).where(*one)
            ).one_or_none()
            if stands is None or stands.salt is None:
                raise refused("order", self._database.place, _not_erasable(number, stands is None))
            if stands.kind == RECOVERED and stands.before is not None:
                raise refused("order", self._database.place, _needed(number))
            self.append_log(_ERASURE, at, [row])
            connection.execute(update(log).where(*one).values(dict.fromkeys((*TEXTS, "salt"))))
        self._database.tidy()

    def log(
        self,
        *,
        subject: str | None = None,
        cycle_id: str | None = None,
        limit: int | None = None,
    ) -> Iterator[LogRow]:
        """Oldest first; `subject` is a ref or the start of one; `limit` keeps the newest ones."""
        beginnings = () if subject is None else (subject,)
        return self.log_where(LogFilter(beginnings=beginnings, cycle_id=cycle_id, limit=limit))

    def log_where(self, which: LogFilter) -> Iterator[LogRow]:
        """
        Oldest first.

        Read in pages, so that a long log costs no memory and no reader holds the database.
        Rows added meanwhile are not in it. A row that is not as it was written is refused.
        """
        if which.limit is not None and which.limit <= 0:
            return
        after = 0
        with self._reading() as connection:
            matching = [self._mine(log), *self._asked(which)]
            last = self._last(connection, log, "id")
            if which.limit is not None:
                newest = select(log.c.id).where(*matching).order_by(log.c.id.desc())
                after = (connection.scalar(newest.offset(which.limit - 1).limit(1)) or 1) - 1
        chosen = self._with_before(*matching, log.c.id <= last)
        for row in self._paged(chosen, after, checked=True):
            yield LogRow(
                id=row["id"],
                at=row["at"],
                cycle_id=row["cycle_id"],
                actor=row["actor"] or "",
                kind=row["kind"],
                subject=row["subject"],
                field=row["field"],
                base=row["base"],
                plan=row["plan"],
                asana=row["asana"],
                from_=row["before"],
                to=row["after"],
                rule=row["rule"],
                reason_fr=row["reason_fr"] or "",
                reason_en=row["reason_en"] or "",
                outcome=row["outcome"],
                erased=row["salt"] is None,
            )

    def sealed_log(self) -> Iterator[SealedRow]:
        """Every row as it is stored, oldest first, whatever somebody made of it."""
        others = [column for column in log.c if column.name != "at"]
        for row in self._paged(
            select(*others, type_coerce(log.c.at, Text).label("at")).where(self._mine(log)), 0
        ):
            yield _sealed(row, _instant(row["at"]))

    def restored_since(self, moment: datetime) -> frozenset[tuple[Ref, str]]:
        """Only what was certainly written: a restore that never happened must not block one."""
        return self._fields_since(moment, Verdict.RESTORE.value, "done", "resolved")

    def overwritten_since(self, moment: datetime) -> frozenset[tuple[Ref, str]]:
        return self._fields_since(moment, OVERWRITTEN, "noted")

    def _fields_since(
        self, moment: datetime, rule: str, *outcomes: str
    ) -> frozenset[tuple[Ref, str]]:
        chosen = self._with_before(
            log.c.at >= moment, log.c.rule == rule, log.c.outcome.in_(outcomes)
        )
        with self._reading() as connection:
            rows = connection.execute(chosen).mappings().all()
        self._require_intact_rows(rows)
        return frozenset((row["subject"], row["field"]) for row in rows)

    def _with_before(self, *which: ColumnElement[bool]) -> Select[Any]:
        """Rows of this plan's log, each with the link that it hangs on."""
        return _HANGING.where(self._mine(log), *which)

    def _require_intact_rows(self, rows: Sequence[RowMapping]) -> None:
        for row in rows:
            number = row["id"]
            before = START.chain if number == 1 else row[_HANGS_ON]
            if before is None or broken(before, _sealed(row, row["at"])) is not None:
                raise refused(
                    "damaged",
                    self._database.place,
                    Said(f"journal, ligne {number}", f"log, row {number}"),
                    plan=self.plan_id,
                )

    def _paged(
        self, chosen: Select[Any], after: int, *, checked: bool = False
    ) -> Iterator[RowMapping]:
        while True:
            page = chosen.where(log.c.id > after).order_by(log.c.id).limit(_PAGE)
            with self._reading() as connection:
                rows = connection.execute(page).mappings().all()
            if checked:
                self._require_intact_rows(rows)
            yield from rows
            if len(rows) < _PAGE:
                return
            after = rows[-1]["id"]

    def _asked(self, which: LogFilter) -> Iterator[ColumnElement[bool]]:
        if which.numbers:
            yield log.c.id.in_(which.numbers)
        if which.subjects or which.beginnings:
            yield or_(
                log.c.subject.in_(which.subjects),
                *(_begins(log.c.subject, beginning) for beginning in which.beginnings),
            )
        if which.cycle_id is not None:  # by the index: a cycle after each writing asks for this
            yield log.c.cycle_id == which.cycle_id
        if which.cycle:
            yield _begins(log.c.cycle_id, which.cycle)
        if which.field is not None:
            yield log.c.field == which.field
        if which.person is not None:
            yield log.c.actor.in_(self._called(which.person))
        if which.code is not None:
            yield or_(log.c.kind == which.code, log.c.rule == which.code)
        if which.since is not None:
            yield log.c.at >= which.since
        if which.until is not None:
            yield log.c.at < which.until

    def _called(self, person: str) -> list[str]:
        """Names are few, and no database folds the case of É as people do."""
        with self._reading() as connection:
            names = connection.scalars(select(log.c.actor).where(self._mine(log)).distinct())
            return [name for name in names if name and name.casefold() == person.casefold()]


def _sealed(row: RowMapping, at: Any) -> SealedRow:
    return SealedRow(
        number=row["id"],
        facts={name: row[name] for name in FACTS} | {"at": at},
        texts={name: row[name] for name in TEXTS},
        seal=Seal(row["salt"], row["commitment"], row["chain"]),
    )


def _begins(column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """LIKE would ignore case on SQLite and take % and _ in an id for wildcards."""
    return func.substr(column, 1, len(beginning)) == beginning


def _columns(row: NewLogRow) -> dict[str, str | None]:
    """
    `from` and `to` are words of SQL. What is hashed is what will be stored, so texts that no
    database can hold are mended here and not on their way in.
    """
    columns = asdict(row)
    columns["before"] = columns.pop("from_")
    columns["after"] = columns.pop("to")
    return {**columns, **{name: storable(columns[name]) for name in TEXTS}}


def _instant(stored: object) -> Any:
    """SQLite's text read strictly: what this release would not have written stays a text."""
    if not isinstance(stored, str):
        return stored
    try:
        return datetime.strptime(stored, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return stored


def _not_erasable(number: int, absent: bool) -> Said:
    if absent:
        return Said(
            f"le journal n’a pas de ligne {number}. `jalon log --json` donne leurs numéros (id).",
            f"the log has no row {number}. `jalon log --json` gives their numbers (id).",
        )
    return Said(
        f"les textes de la ligne {number} sont déjà effacés.",
        f"the texts of row {number} are erased already.",
    )


def _needed(number: int) -> Said:
    return Said(
        f"la ligne {number} nomme la tête d’un journal perdu; sans elle, « jalon verify --log » ne "
        "tiendrait plus jamais.",
        f"row {number} names a lost head; without it `jalon verify --log` would never hold again.",
    )
