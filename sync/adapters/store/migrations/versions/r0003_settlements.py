"""
Keep what people choose for a finding, for good.

Who settled what, why and upon which facts is past like a log row: triggers refuse to change or
delete it. Safe while the previous release still runs: it neither reads nor writes this table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "settlement",
        sa.Column("plan_id", sa.Text, nullable=False),
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("public_reason", sa.Text),
        sa.PrimaryKeyConstraint("plan_id", "id", name="pk_settlement"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.plan_id"], name="fk_settlement_plan_id"),
    )
    _refuse_rewriting()


def _refuse_rewriting() -> None:
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER settlement_refuses_{verb} BEFORE {verb.upper()} ON settlement "
                "BEGIN SELECT RAISE(ABORT, 'settlement is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER settlement_refuses_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON settlement FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )
