"""
What Alembic runs for an upgrade, on the connection that Jalon hands over.

It opens nothing, reads no ini file and leaves logging alone: the caller has already begun the
transaction that the whole upgrade belongs to, and holds the lock.
"""

from alembic import context

from sync.adapters.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
)
with context.begin_transaction():
    context.run_migrations()
