"""
Hash each link, and let text be compared byte by byte on PostgreSQL as it is on SQLite.

A link says which task is which promise: one flipped bit there, and a cycle writes into a
stranger's task. What is there is hashed as it stands; about the time before, nothing is proved.
On PostgreSQL every text column gets the collation "C", so that whatever is read in order comes in
the same order from both; tables that a later migration makes must do so as well.

The previous release cannot run beside this one: it would link without a hash.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from sync.core.row_hash import NOTHING, row_hash, sum_with

revision = "0004"
down_revision = "0003"

LINK = sa.table(
    "link",
    sa.column("plan_id"),
    sa.column("ref"),
    sa.column("gid"),
    sa.column("linked_at", sa.DateTime(timezone=True)),
    sa.column("row_hash"),
)
PLAN = sa.table("plan", sa.column("plan_id"), sa.column("link_sum"))

TEXTS = {
    "plan": ("plan_id",),
    "revision": ("plan_id", "reason", "body"),
    "lease": ("plan_id", "holder"),
    "cycle": ("plan_id", "id", "slot", "outcome", "reason", "totals"),
    "journal": ("plan_id", "cycle_id", "ref", "kind", "state", "gid", "detail"),
    "link": ("plan_id", "ref", "gid"),
    "mirror": ("plan_id", "cycle_id"),
    "mirror_object": ("plan_id", "kind", "key", "body", "cycle_id"),
    "mirror_list": ("plan_id", "name", "body", "cycle_id"),
    "cursor": ("plan_id", "key", "token"),
    "baseline": ("plan_id", "ref", "field", "value"),
    "fact": ("plan_id", "key", "value"),
    "finding": (
        "plan_id", "key", "code", "subject", "facts", "severity", "state", "first_cycle",
        "last_cycle",
    ),
    "settlement": (
        "plan_id", "key", "choice", "person", "reason", "facts", "value", "public_reason",
    ),
    "log": (
        "plan_id", "cycle_id", "actor", "kind", "subject", "field", "base", "plan", "asana",
        "before", "after", "rule", "reason_fr", "reason_en", "outcome", "salt", "commitment",
        "chain",
    ),
    "frozen": (
        "plan_id", "action_id", "checkpoint_id", "status", "basis", "done_indicators", "cycle_id",
    ),
    "snapshot": ("plan_id", "digest"),
    "delivery": ("plan_id", "target", "last_error"),
}  # fmt: skip


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _compare_bytes()
    text = _text()
    op.add_column("plan", sa.Column("link_sum", text, nullable=False, server_default=NOTHING))
    op.add_column("link", sa.Column("row_hash", text, nullable=True))
    if not op.get_context().as_sql:
        _hash_what_is_there()
    with op.batch_alter_table("link") as batch:
        batch.alter_column("row_hash", existing_type=sa.Text, nullable=False)


def _text() -> sa.Text:
    return sa.Text(collation="C") if op.get_context().dialect.name == "postgresql" else sa.Text()


def _compare_bytes() -> None:
    for table, names in TEXTS.items():
        changes = ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in names)
        op.execute(f"ALTER TABLE {table} {changes}")


def _hash_what_is_there() -> None:
    connection = op.get_bind()
    sums: dict[str, str] = {}
    hashed = []
    for plan_id, ref, gid, linked_at in connection.execute(
        sa.select(LINK.c.plan_id, LINK.c.ref, LINK.c.gid, LINK.c.linked_at)
    ):
        made = row_hash("link", plan_id, ref, gid, _aware(linked_at))
        sums[plan_id] = sum_with(sums.get(plan_id, NOTHING), added=[made])
        hashed.append({"of_plan": plan_id, "of_ref": ref, "row_hash": made})
    if hashed:
        connection.execute(
            sa.update(LINK).where(
                LINK.c.plan_id == sa.bindparam("of_plan"), LINK.c.ref == sa.bindparam("of_ref")
            ),
            hashed,
        )
        connection.execute(
            sa.update(PLAN).where(PLAN.c.plan_id == sa.bindparam("of_plan")),
            [{"of_plan": plan_id, "link_sum": total} for plan_id, total in sums.items()],
        )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
