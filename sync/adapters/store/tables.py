"""
The tables, each keyed by plan.

This is what the code reads and writes today; how a database gets there is written in
`migrations/`, and a test compares the two. Every key starts with the plan, so that one store
holds several plans that cannot see each other.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from sync.adapters.store.columns import Instant, Json, Words
from sync.core.row_hash import NOTHING

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_1_name)s",
        "ix": "ix_%(table_name)s_%(column_1_name)s",
    }
)


def _plan_key() -> Column[str]:
    return Column("plan_id", Text, ForeignKey("plan.plan_id"), primary_key=True)


# One row per plan. Every write transaction locks it first: one writer per plan at a time, on
# PostgreSQL too, which is what makes the numbering below free of gaps and of races.
# `link_sum` is that of its links' hashes (`sync.core.row_hash`).
plan = Table(
    "plan",
    metadata,
    Column("plan_id", Text, primary_key=True),
    Column("last_full_read", Instant),
    Column("link_sum", Text, nullable=False, server_default=NOTHING),
)

revision = Table(
    "revision",
    metadata,
    _plan_key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("adopted_on", Date, nullable=False),
    Column("reason", Words, nullable=False),
    Column("body", Json, nullable=False),
)

# `holder` and `expires_at` are empty when the lease is free; `token` stays, it only grows.
lease = Table(
    "lease",
    metadata,
    _plan_key(),
    Column("token", Integer, nullable=False),
    Column("holder", Text),
    Column("expires_at", Instant),
)

cycle = Table(
    "cycle",
    metadata,
    _plan_key(),
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("slot", Text),
    Column("started_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", Text),
    Column("reason", Words),
    Column("totals", Json, nullable=False),
    UniqueConstraint("plan_id", "number"),
    UniqueConstraint("plan_id", "slot"),
)

journal = Table(
    "journal",
    metadata,
    _plan_key(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("cycle_id", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("gid", Text),
    Column("detail", Words),
    Index(None, "plan_id", "state"),
)

link = Table(
    "link",
    metadata,
    _plan_key(),
    Column("ref", Text, primary_key=True),
    Column("gid", Text, nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("row_hash", Text, nullable=False),
    UniqueConstraint("plan_id", "gid"),
)

mirror = Table(
    "mirror",
    metadata,
    _plan_key(),
    Column("complete", Boolean, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("sandbox", Boolean, nullable=False),
    Column("cycle_id", Text, nullable=False),
)

# `cycle_id` is the cycle in which this object last differed from what was known.
mirror_object = Table(
    "mirror_object",
    metadata,
    _plan_key(),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("cycle_id", Text, nullable=False),
)

# The orders and the sets, apart from the objects: a move rewrites one row here and no object.
mirror_list = Table(
    "mirror_list",
    metadata,
    _plan_key(),
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("cycle_id", Text, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    _plan_key(),
    Column("key", Text, primary_key=True),
    Column("token", Text, nullable=False),
)

# JSON, so that an agreed empty field (null) is a row and an unseen one is none.
baseline = Table(
    "baseline",
    metadata,
    _plan_key(),
    Column("ref", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Json, nullable=False),
)

fact = Table(
    "fact",
    metadata,
    _plan_key(),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    _plan_key(),
    Column("key", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", Json, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("first_cycle", Text, nullable=False),
    Column("last_cycle", Text, nullable=False),
    Column("closed_at", Instant),
)

settlement = Table(
    "settlement",
    metadata,
    _plan_key(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("key", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("person", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Column("value", Words),
    Column("public_reason", Words),
)

# Texts (`sync.core.chain.TEXTS`) and salt are empty where they were erased by decision.
log = Table(
    "log",
    metadata,
    _plan_key(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("cycle_id", Text, nullable=False),
    Column("actor", Words),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("base", Words),
    Column("plan", Words),
    Column("asana", Words),
    Column("before", Words),
    Column("after", Words),
    Column("rule", Text, nullable=False),
    Column("reason_fr", Words),
    Column("reason_en", Words),
    Column("outcome", Text, nullable=False),
    Column("salt", Text),
    Column("commitment", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Index(None, "plan_id", "cycle_id"),
    Index(None, "plan_id", "at"),
)

frozen = Table(
    "frozen",
    metadata,
    _plan_key(),
    Column("action_id", Text, primary_key=True),
    Column("checkpoint_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("frozen_on", Date, nullable=False),
    Column("after_the_fact", Boolean, nullable=False),
    Column("done_indicators", Json, nullable=False),
    Column("cycle_id", Text, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    _plan_key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("as_of", Date, nullable=False),
    Column("generated_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    _plan_key(),
    Column("target", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_attempt_at", Instant),
    Column("last_error", Words),
)

APPEND_ONLY = (revision, log, frozen, snapshot, settlement)
"""
Tables whose rows the database itself refuses to change or delete.

Of a row of the log the texts and the salt may go, all at once, when a row says who decided it.
"""
