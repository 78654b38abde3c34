"""
Lay down the first tables, every one keyed by plan.

A store holds several plans from the first day, so that none of these keys ever has to move.
What was adopted, logged, frozen or published is past: triggers refuse to change or delete it,
whoever asks. A later migration that rebuilds one of those tables must put its triggers back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = ("revision", "log", "frozen", "snapshot")

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("plan_id", sa.Text, nullable=False),
        sa.Column("last_full_read", INSTANT),
        sa.PrimaryKeyConstraint("plan_id", name="pk_plan"),
    )
    _create(
        "revision",
        ("number",),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("adopted_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    _create(
        "lease",
        (),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("expires_at", INSTANT),
    )
    _create(
        "cycle",
        ("id",),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("slot", sa.Text),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("outcome", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("totals", sa.Text, nullable=False),
        sa.UniqueConstraint("plan_id", "number", name="uq_cycle_number"),
        sa.UniqueConstraint("plan_id", "slot", name="uq_cycle_slot"),
    )
    _create(
        "journal",
        ("id",),
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("cycle_id", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.Column("gid", sa.Text),
        sa.Column("detail", sa.Text),
    )
    op.create_index("ix_journal_state", "journal", ["plan_id", "state"])
    _create(
        "link",
        ("ref",),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("gid", sa.Text, nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.UniqueConstraint("plan_id", "gid", name="uq_link_gid"),
    )
    _create(
        "mirror",
        (),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("sandbox", sa.Boolean, nullable=False),
        sa.Column("cycle_id", sa.Text, nullable=False),
    )
    _create(
        "mirror_object",
        ("kind", "key"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("cycle_id", sa.Text, nullable=False),
    )
    _create(
        "mirror_list",
        ("name",),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("cycle_id", sa.Text, nullable=False),
    )
    _create(
        "cursor",
        ("key",),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
    )
    _create(
        "baseline",
        ("ref", "field"),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )
    _create(
        "fact",
        ("key",),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )
    _create(
        "finding",
        ("key",),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("first_seen", INSTANT, nullable=False),
        sa.Column("last_seen", INSTANT, nullable=False),
        sa.Column("first_cycle", sa.Text, nullable=False),
        sa.Column("last_cycle", sa.Text, nullable=False),
        sa.Column("closed_at", INSTANT),
    )
    _create(
        "log",
        ("id",),
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("cycle_id", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("base", sa.Text),
        sa.Column("plan", sa.Text),
        sa.Column("asana", sa.Text),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("reason_fr", sa.Text, nullable=False),
        sa.Column("reason_en", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index("ix_log_cycle_id", "log", ["plan_id", "cycle_id"])
    op.create_index("ix_log_at", "log", ["plan_id", "at"])
    _create(
        "frozen",
        ("action_id", "checkpoint_id"),
        sa.Column("action_id", sa.Text, nullable=False),
        sa.Column("checkpoint_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("frozen_on", sa.Date, nullable=False),
        sa.Column("after_the_fact", sa.Boolean, nullable=False),
        sa.Column("done_indicators", sa.Text, nullable=False),
        sa.Column("cycle_id", sa.Text, nullable=False),
    )
    _create(
        "snapshot",
        ("number",),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("generated_at", INSTANT, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    _create(
        "delivery",
        ("target",),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_attempt_at", INSTANT),
        sa.Column("last_error", sa.Text),
    )
    _refuse_rewriting()


def _create(name: str, key: tuple[str, ...], *items: sa.Column[object] | sa.Constraint) -> None:
    """A table of a plan: its key starts with the plan, and the plan exists."""
    op.create_table(
        name,
        sa.Column("plan_id", sa.Text, nullable=False),
        *items,
        sa.PrimaryKeyConstraint("plan_id", *key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name=f"fk_{name}_plan_id"),
    )


def _refuse_rewriting() -> None:
    if op.get_context().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
