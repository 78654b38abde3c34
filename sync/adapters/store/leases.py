"""The lease: the one lock of a plan, with a token that makes a late holder harmless."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, update

from sync.adapters.store.refusals import lease_held, lease_lost
from sync.adapters.store.tables import lease as lease_row
from sync.adapters.store.transactions import PlanTransactions
from sync.model.record import Lease

LONGEST: Final = timedelta(minutes=10)
"""Twice what a cycle takes its lease for: nobody's ends further away, by a clock that is right."""


class Leases(PlanTransactions):
    def take_lease(self, holder: str, now: datetime, seconds: float) -> Lease:
        """
        Take the lease when it is free or has run out; from then on every write proves it.

        A name is no proof: another process of the same name has to wait like any other. Only the
        store that holds the lease may take it again.

        One that ends further away than any lease lasts was dated by a clock that was since put
        back. It is dated anew, and its holder keeps it: who is alive renews it, who is dead loses
        it in minutes and not in years.
        """
        with self._entering(fenced=False) as transaction:
            connection = transaction.connection
            row = connection.execute(select(lease_row).where(self._mine(lease_row))).one_or_none()
            ours = row is not None and self._lease is not None and self._lease.token == row.token
            seen = 0 if row is None else row.token
            others = row is not None and row.holder is not None and not ours
            if row is not None and others and row.expires_at > now:
                ends = min(row.expires_at, now + LONGEST)
                refused = lease_held(
                    self._database.place,
                    self.plan_id,
                    row.holder,
                    ends.astimezone(UTC),
                )
                if ends == row.expires_at:
                    raise refused
                values: dict[str, object] = {"expires_at": ends}
            else:
                refused = None
                taken = Lease(holder, seen + 1, now + timedelta(seconds=seconds))
                values = {
                    "token": taken.token,
                    "holder": taken.holder,
                    "expires_at": taken.expires_at,
                }
            if row is None:
                connection.execute(insert(lease_row), {"plan_id": self.plan_id, **values})
            else:
                swapped = connection.execute(
                    update(lease_row)
                    .where(self._mine(lease_row), lease_row.c.token == seen)
                    .values(values)
                )
                if swapped.rowcount != 1:
                    raise lease_lost(self._database.place, self.plan_id, seen)
            if refused is None:
                self._hold(taken, transaction.on_undo)
        if refused is not None:
            raise refused
        return taken

    def renew_lease(self, lease: Lease, now: datetime, seconds: float) -> Lease:
        """Raise CycleBusy when it is no longer ours, even if it is free."""
        renewed = Lease(lease.holder, lease.token, now + timedelta(seconds=seconds))
        with self._entering(fenced=False) as transaction:
            kept = transaction.connection.execute(
                update(lease_row)
                .where(
                    self._mine(lease_row),
                    lease_row.c.token == lease.token,
                    lease_row.c.holder.is_not(None),
                )
                .values(expires_at=renewed.expires_at)
            )
            if kept.rowcount != 1:
                raise lease_lost(self._database.place, self.plan_id, lease.token)
            self._hold(renewed, transaction.on_undo)
        return renewed

    def release_lease(self, lease: Lease) -> None:
        """
        Give it back. A lease that was lost stays lost: nothing happens and nothing is raised.

        This store then goes on refusing to write, because somebody else is at work.
        """
        with self._entering(fenced=False) as transaction:
            freed = transaction.connection.execute(
                update(lease_row)
                .where(self._mine(lease_row), lease_row.c.token == lease.token)
                .values(holder=None, expires_at=None)
            )
            if freed.rowcount == 1:
                self._hold(None, transaction.on_undo)

    def give_back(self, holder: str) -> None:
        """Free what a process of this very name took, by a store that is gone."""
        with self._entering(fenced=False) as transaction:
            transaction.connection.execute(
                update(lease_row)
                .where(self._mine(lease_row), lease_row.c.holder == holder)
                .values(holder=None, expires_at=None)
            )

    def _hold(self, lease: Lease | None, on_undo: list[Callable[[], None]]) -> None:
        """What we hold is what the database says: it goes back when the transaction does."""
        before = self._lease

        def take_back() -> None:
            self._lease = before

        on_undo.append(take_back)
        self._lease = lease
