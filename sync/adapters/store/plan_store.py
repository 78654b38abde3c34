"""One plan's memory, put together from its parts: each module beside this one holds one."""

from typing import TYPE_CHECKING

from sync.adapters.store.cycles import Cycles
from sync.adapters.store.findings import Findings
from sync.adapters.store.journal import Journal
from sync.adapters.store.leases import Leases
from sync.adapters.store.mirror import Mirror
from sync.adapters.store.publications import Publications
from sync.adapters.store.revisions import Revisions

if TYPE_CHECKING:
    from sync.ports import Store


class PlanStore(Revisions, Leases, Cycles, Journal, Mirror, Findings, Publications):
    """
    What one plan remembers; `sync.ports.Store` says what each method promises.

    The parts share nothing but the transaction and the lease of `PlanTransactions`.
    """


if TYPE_CHECKING:

    def as_port(store: PlanStore) -> Store:
        """The type checker's proof that no method of the port lacks."""
        return store
