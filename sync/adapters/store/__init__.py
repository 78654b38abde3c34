"""
What Jalon remembers between cycles, in SQLite by default and in PostgreSQL by its URL.

`open_database` is the way in; `Database.plan` gives one plan's `sync.ports.Store`.
"""

from sync.adapters.store.backup import KeptPlan, Manifest, back_up
from sync.adapters.store.database import (
    Database,
    check_address,
    check_database,
    open_database,
)
from sync.adapters.store.plan_store import PlanStore
from sync.adapters.store.restore import Restoration, restore

__all__ = [
    "Database",
    "KeptPlan",
    "Manifest",
    "PlanStore",
    "Restoration",
    "back_up",
    "check_address",
    "check_database",
    "open_database",
    "restore",
]
