"""
What Jalon remembers between cycles, in SQLite by default and in PostgreSQL by its URL.

`open_database` is the way in; `Database.plan` gives one plan's `sync.ports.Store`.
"""

from sync.adapters.store.database import (
    Database,
    check_address,
    check_database,
    open_database,
)
from sync.adapters.store.plan_store import PlanStore

__all__ = ["Database", "PlanStore", "check_address", "check_database", "open_database"]
