"""
Chain the log, so that an edit, a removal, a swap or a cut of it shows.

What is there is chained as it stands: from here on it cannot be rewritten unseen, about the time
before nothing is proved. The texts of a row may go, with their salt, all at once and only where
a row says who decided it; the triggers allow that one change and no other.

The previous release cannot run beside this one: it would add rows without a link.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from sync.adapters.store.log import random_salt
from sync.core.chain import START, seal
from sync.model.record import Head

revision = "0002"
down_revision = "0001"

FACTS = ("plan_id", "id", "at", "cycle_id", "kind", "subject", "field", "rule", "outcome")
TEXTS = ("actor", "base", "plan", "asana", "before", "after", "reason_fr", "reason_en")
NOT_NULL_BEFORE = ("actor", "reason_fr", "reason_en")
PAGE = 1000

LOG = sa.table(
    "log",
    *(sa.column(name) for name in (*FACTS, *TEXTS) if name != "at"),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("salt"),
    sa.column("commitment"),
    sa.column("chain"),
)


def upgrade() -> None:
    _drop_triggers()
    for name in ("salt", "commitment", "chain"):
        op.add_column("log", sa.Column(name, sa.Text, nullable=True))
    if not op.get_context().as_sql:
        _chain_what_is_there()
    with op.batch_alter_table("log") as batch:
        for name in NOT_NULL_BEFORE:
            batch.alter_column(name, existing_type=sa.Text, nullable=True)
        for name in ("commitment", "chain"):
            batch.alter_column(name, existing_type=sa.Text, nullable=False)
    _allow_only_erasing()


def _chain_what_is_there() -> None:
    connection = op.get_bind()
    plans = connection.scalars(sa.select(LOG.c.plan_id).distinct().order_by(LOG.c.plan_id)).all()
    for plan_id in plans:
        head = START
        for page in _pages(connection, plan_id):
            sealed = []
            for row in page:
                given = dict(row)
                if given["at"].tzinfo is None:
                    given["at"] = given["at"].replace(tzinfo=UTC)
                made = seal(head, given, given, random_salt())
                head = Head(given["id"], made.chain)
                sealed.append(
                    {
                        "of_plan": plan_id,
                        "of_id": given["id"],
                        "salt": made.salt,
                        "commitment": made.commitment,
                        "chain": made.chain,
                    }
                )
            connection.execute(
                sa.update(LOG).where(
                    LOG.c.plan_id == sa.bindparam("of_plan"), LOG.c.id == sa.bindparam("of_id")
                ),
                sealed,
            )


def _pages(connection: sa.Connection, plan_id: str) -> Iterator[Sequence[sa.RowMapping]]:
    after = 0
    while True:
        page = (
            connection.execute(
                sa.select(*(LOG.c[name] for name in (*FACTS, *TEXTS)))
                .where(LOG.c.plan_id == plan_id, LOG.c.id > after)
                .order_by(LOG.c.id)
                .limit(PAGE)
            )
            .mappings()
            .all()
        )
        if not page:
            return
        yield page
        after = page[-1]["id"]


def _drop_triggers() -> None:
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER log_refuses_{verb}")
    else:
        op.execute("DROP TRIGGER log_refuses_rewriting ON log")


def _allow_only_erasing() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER log_refuses_update BEFORE UPDATE ON log "
            f"WHEN NOT ({_erased_by_decision('IS')}) "
            "BEGIN SELECT RAISE(ABORT, 'log is append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER log_refuses_delete BEFORE DELETE ON log "
            "BEGIN SELECT RAISE(ABORT, 'log is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_log_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_erased_by_decision('IS NOT DISTINCT FROM')} "
        "THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'log is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER log_refuses_update BEFORE UPDATE "
        "ON log FOR EACH ROW EXECUTE FUNCTION refuse_log_rewriting()"
    )
    op.execute(
        "CREATE TRIGGER log_refuses_rewriting BEFORE DELETE OR TRUNCATE "
        "ON log FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )


def _erased_by_decision(same: str) -> str:
    kept = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in (*FACTS, "commitment", "chain"))
    gone = " AND ".join(f"NEW.{name} IS NULL" for name in (*TEXTS, "salt"))
    decided = (
        "EXISTS (SELECT 1 FROM log AS decision "
        "WHERE decision.plan_id = OLD.plan_id AND decision.id > OLD.id "
        "AND decision.kind = 'erased' AND decision.subject = 'log:' || OLD.id)"
    )
    return f"OLD.salt IS NOT NULL AND {kept} AND {gone} AND {decided}"
