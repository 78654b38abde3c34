"""
Let the text of a published snapshot be withdrawn, where a row of the log says who decided it.

A law may oblige the city to erase what it had published (decision record 0042). Body and digest of
a snapshot may change then, and nothing else. Safe while the previous release still runs: it reads
the same columns.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

KEPT = ("plan_id", "number", "as_of", "generated_at")


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER snapshot_refuses_update")
        op.execute(
            "CREATE TRIGGER snapshot_refuses_update BEFORE UPDATE ON snapshot "
            f"WHEN NOT ({_withdrawn('IS')}) "
            "BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END"
        )
        return
    op.execute("DROP TRIGGER snapshot_refuses_rewriting ON snapshot")
    op.execute(
        "CREATE FUNCTION refuse_snapshot_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_withdrawn('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'snapshot is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER snapshot_refuses_update BEFORE UPDATE "
        "ON snapshot FOR EACH ROW EXECUTE FUNCTION refuse_snapshot_rewriting()"
    )
    op.execute(
        "CREATE TRIGGER snapshot_refuses_rewriting BEFORE DELETE OR TRUNCATE "
        "ON snapshot FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )


def _withdrawn(same: str) -> str:
    kept = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in KEPT)
    decided = (
        "EXISTS (SELECT 1 FROM log AS decision WHERE decision.plan_id = OLD.plan_id "
        "AND decision.kind = 'withdrawn' AND decision.subject = 'snapshot:' || OLD.number)"
    )
    return f"{kept} AND {decided}"
