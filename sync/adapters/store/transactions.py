"""
What every part of a plan's store works on: a transaction, joined or begun, and a lease to prove.

Fencing stands here, in the one door through which every write goes, so that no method can
forget it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Final, Protocol

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select

from sync.adapters.store import tables
from sync.adapters.store.dialect import insert_into
from sync.adapters.store.refusals import decoding, lease_lost
from sync.adapters.store.schema import require_own
from sync.model.record import Lease


class Transaction:
    """
    An open transaction; `on_undo` holds what memory must forget when it does not commit.

    `tidies` asks that what it erased be gone from beside the file as soon as it has committed.
    """

    def __init__(self, connection: Connection, *, write: bool) -> None:
        self.connection = connection
        self.write = write
        self.failure: BaseException | None = None
        self.on_undo: list[Callable[[], None]] = []
        self.tidies = False

    def require_whole(self) -> None:
        if self.failure is not None:
            raise self.failure

    def undone(self) -> None:
        for forget in reversed(self.on_undo):
            forget()


class Transactions(Protocol):
    """What a plan's store needs of its database."""

    place: str

    def transaction(self, *, write: bool) -> AbstractContextManager[Transaction]: ...

    def tidy(self) -> None: ...


class PlanTransactions:
    """
    One plan's door to its database.

    A write makes sure that no newer release upgraded the database meanwhile, locks the plan's row
    and, when this store holds a lease, checks its token, once per transaction: from then on nobody
    else can write this plan until the transaction ends.
    """

    def __init__(self, database: Transactions, plan_id: str) -> None:
        self.plan_id = plan_id
        self._database = database
        self._lease: Lease | None = None
        self._entered: Transaction | None = None
        self._conditions: dict[str, ColumnElement[bool]] = {}
        self._here = {"here": plan_id}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside commits, or nothing does. Reentrant."""
        with self._writing():
            yield

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Only for code of the store: a value that cannot be decoded here means damage."""
        with (
            self._database.transaction(write=False) as transaction,
            decoding(self._database.place, f"plan {self.plan_id}"),
        ):
            yield transaction.connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._entering(fenced=True) as transaction:
            yield transaction.connection

    @contextmanager
    def _entering(self, *, fenced: bool) -> Iterator[Transaction]:
        with self._database.transaction(write=True) as transaction:
            if transaction is not self._entered:
                if fenced:  # a lease is the same in a newer one, and must be given back there too
                    require_own(transaction.connection, self._database.place)
                self._lock_plan(transaction.connection)
                if fenced:
                    self._require_lease(transaction.connection)
                self._entered = transaction
            yield transaction

    def _lock_plan(self, connection: Connection) -> None:
        if connection.scalar(_LOCKING, self._here) is None:
            connection.execute(insert_into(connection, tables.plan), {"plan_id": self.plan_id})
            connection.scalar(_LOCKING, self._here)

    def _require_lease(self, connection: Connection) -> None:
        if self._lease is None:
            return
        token = connection.scalar(_TOKEN, self._here)
        if token != self._lease.token:
            raise lease_lost(self._database.place, self.plan_id, self._lease.token)

    def _mine(self, table: Table) -> ColumnElement[bool]:
        """The rows of this plan, and of no other."""
        if table.name not in self._conditions:
            self._conditions[table.name] = table.c.plan_id == self.plan_id
        return self._conditions[table.name]

    def _last(self, connection: Connection, table: Table, column: str) -> int:
        """The highest number given so far in this plan, 0 for none."""
        return connection.scalar(_highest(table, column), self._here) or 0


def here(table: Table) -> ColumnElement[bool]:
    """
    The rows of the plan that is told as `here`, for a statement that is written down only once.

    What every write needs is written down once: SQLAlchemy takes longer over that than SQLite
    over the answer.
    """
    return table.c.plan_id == bindparam("here")


_LOCKING: Final = select(tables.plan.c.plan_id).where(here(tables.plan)).with_for_update()
_TOKEN: Final = select(tables.lease.c.token).where(here(tables.lease))


@cache
def _highest(table: Table, column: str) -> Select[tuple[int | None]]:
    return select(func.max(table.c[column])).where(here(table))
