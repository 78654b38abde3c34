"""Values to store: one of each kind, told apart by a word; and any observation at all."""

# ruff: noqa: S608 - the statements hold names of tables alone

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

from alembic import command
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect

from sync.adapters.store import Database, PlanStore, dialect, schema
from sync.model.finding import Finding, NewSettlement
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.progress import FrozenStanding, Standing, Status
from sync.model.record import Delivery, LogFilter, NewLogRow, SnapshotRecord
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedSection,
    ObservedTask,
)

NOW = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DAY = date(2026, 2, 15)


def plan(word: str = "") -> Plan:
    line = Indicator("A-1-m1", f"Adopter 3 à 4 textes {word}", Goal("quantity", 3, 4, "textes"))
    action = Action("A-1", f"Réviser {word}", {"mi-chemin": (line,), "finalite": ()})
    return Plan(
        "becancour",
        f"Plan {word}",
        (Axis(1, "Axe", "But", (Volet("V", "V", (action,)),)),),
        ("A-0",),
    )


def snapshot(number: int, word: str = "") -> SnapshotRecord:
    body = f'{{"numero":{number},"mot":"{word}"}}'.encode()
    return SnapshotRecord(number, DAY, NOW, sha256(body).hexdigest(), body)


def standing(status: Status = Status.ACHIEVED) -> FrozenStanding:
    return FrozenStanding(
        Standing(status, 2, 3, "accord", confirmed=False), DAY, done={"i-1": DAY, "i-2": None}
    )


def observed(word: str = "", *, tasks: int = 1) -> Observed:
    found = {
        f"{word}{number}": ObservedTask(gid=f"{word}{number}", name=f"tâche {word}")
        for number in range(tasks)
    }
    return Observed(complete=True, read_at=NOW, tasks=found, order={"actions": tuple(found)})


def same_salt() -> bytes:
    """So that two databases with the same rows are the same."""
    return bytes.fromhex("ab" * 32)


def told(store: PlanStore, word: str) -> str:
    """The key of a finding that stands."""
    found = Finding("field.drifted", f"action:{word}", {"vu": word})
    store.record_findings([(found, "warning")], f"c-{word}", NOW, complete=False)
    return found.key


Write = Callable[[PlanStore, str], object]

WRITES: dict[str, Write] = {
    "add_revision": lambda s, word: s.add_revision(plan(word), DAY, f"raison {word}"),
    "begin_cycle": lambda s, word: s.begin_cycle(f"c-{word}", NOW, NOW, f"créneau {word}"),
    "end_cycle": lambda s, word: s.end_cycle(f"c-{word}", LATER, "ok", word, {word: 1}),
    "intend": lambda s, word: s.intend(f"c-{word}", f"action:{word}", "CreateTask", NOW),
    "settle": lambda s, word: s.settle(1, "unknown", LATER, f"g{word}", word),
    "link": lambda s, word: s.link("action:A-1", f"g{word}", NOW),
    "relink": lambda s, word: s.relink("action:A-1", f"action:{word}"),
    "remember": lambda s, word: s.remember(observed(word), {"projet": word}, f"c-{word}"),
    "note_full_read": lambda s, word: s.note_full_read(NOW + timedelta(seconds=len(word))),
    "forget": lambda s, _word: s.forget([("action:A-1", "nom")]),
    "agree": lambda s, word: s.agree({("action:A-1", "nom"): word, (word, "vide"): None}),
    "note_fact": lambda s, word: s.note_fact("forme", word),
    "record_findings": lambda s, word: s.record_findings(
        [(Finding("field.drifted", f"action:{word}", {"vu": word}), "warning")],
        f"c-{word}",
        NOW,
        complete=True,
    ),
    "mark_seen": lambda s, word: s.mark_seen(told(s, word)),
    "add_settlement": lambda s, word: s.add_settlement(
        NewSettlement(told(s, word), "keep", word, f"motif {word}", {"vu": word}, word, word), NOW
    ),
    "append_log": lambda s, word: s.append_log(
        f"c-{word}", NOW, [NewLogRow("UpdateTask", word, rule="restore", outcome="done")]
    ),
    "erase_log": lambda s, word: s.erase_log(s.log_head().rows, by=word, reason="loi", at=LATER),
    "freeze": lambda s, word: s.freeze({("A-1", word): standing()}, f"c-{word}"),
    "add_snapshot": lambda s, word: s.add_snapshot(snapshot(len(s.snapshots()) + 1, word)),
    "withdraw": lambda s, word: s.withdraw(
        {}, NewLogRow("withdrawn", "", actor=word), LATER, ("retraits", word)
    ),
    "record_delivery": lambda s, word: s.record_delivery(Delivery("dossier", 1, 2, NOW, word)),
}
"""Every method that writes, but the lease's, in an order in which all of them succeed."""

LEASE_METHODS = {"take_lease", "renew_lease", "release_lease"}

READS: dict[str, Callable[[PlanStore], object]] = {
    "revisions": lambda s: s.revisions(),
    "cycles": lambda s: s.cycles(),
    "unsettled": lambda s: s.unsettled(),
    "links": lambda s: s.links(),
    "linked_since": lambda s: s.linked_since(NOW),
    "mirror": lambda s: s.mirror(),
    "cursors": lambda s: s.cursors(),
    "last_full_read": lambda s: s.last_full_read(),
    "baselines": lambda s: s.baselines(),
    "facts": lambda s: s.facts(),
    "findings": lambda s: s.findings(closed=True),
    "settlements": lambda s: s.settlements(),
    "log": lambda s: tuple(s.log()),
    "log_where": lambda s: tuple(s.log_where(LogFilter(code="UpdateTask"))),
    "log_head": lambda s: s.log_head(),
    "tells": lambda s: s.tells(s.log_head()),
    "sealed_log": lambda s: tuple(s.sealed_log()),
    "restored_since": lambda s: s.restored_since(NOW),
    "overwritten_since": lambda s: s.overwritten_since(NOW),
    "frozen": lambda s: s.frozen(),
    "snapshots": lambda s: s.snapshots(),
    "last_snapshot": lambda s: s.last_snapshot(),
    "deliveries": lambda s: s.deliveries(),
}
"""Every method that reads."""


def everything(store: PlanStore) -> dict[str, object]:
    return {name: read(store) for name, read in READS.items()}


def fill(store: PlanStore, word: str) -> None:
    for write in WRITES.values():
        write(store, word)


def dump(database: Database) -> list[str]:
    """All that is in it: schema, triggers and rows."""
    with database._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return list(connection.connection.driver_connection.iterdump())
        names = sorted({*inspect(connection).get_table_names()} - {_VERSION})
        rows = [f'SELECT * FROM "{name}" ORDER BY 1, 2' for name in names]
        told = [*_SCHEMA_OF_POSTGRESQL, *rows, f"SELECT * FROM {_VERSION}"]
        return [repr(row) for each in told for row in connection.exec_driver_sql(each)]


_VERSION = "alembic_version"
_COLUMNS = "table_name, column_name, data_type, is_nullable, collation_name, column_default"
_SCHEMA_OF_POSTGRESQL = (
    f"SELECT {_COLUMNS} FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1,2",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger ORDER BY 1",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
)


def upgraded_to(url: str, revision: str) -> None:
    """As a release that stopped there made it."""
    with (
        Database(*dialect.connect_to(url)) as database,
        database.transaction(write=True) as transaction,
    ):
        config = schema._config()
        config.attributes["connection"] = transaction.connection
        command.upgrade(config, revision)


def impatient(url: str) -> str:
    """The same address for somebody who waits a twentieth of a second for a lock."""
    if url.startswith("sqlite"):
        return f"{url}?timeout=0.05"
    return f"{url}?options=-c%20lock_timeout%3D50"


def without_triggers(connection: Connection, table: str) -> None:
    """As somebody with a database tool makes a table that refuses changes take them."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    found = connection.exec_driver_sql(
        f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
    )
    for name in found.scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


# Any observation: text with what breaks databases, instants in any zone, None beside missing.

texts = st.text(max_size=8) | st.sampled_from(
    ["", "\0", "\ud800", "2026-01-01", "null", '"', "é", "Ligne\r\nsuivante", "{}", "😀"]
)
gids = st.integers(0, 30).map(str)
instants = st.datetimes(
    datetime.fromisoformat("0002-01-01"),
    datetime.fromisoformat("9999-12-30"),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
)
field_values = (
    st.none()
    | texts
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
)
sections = st.builds(ObservedSection, gids, texts, gids)
fields = st.builds(
    ObservedField,
    gid=gids,
    name=texts,
    kind=st.sampled_from(["text", "number", "date", "enum", "people"]),
    description=texts,
    options=st.lists(
        st.builds(ObservedOption, gids, texts, st.booleans(), st.none() | texts), max_size=3
    ).map(tuple),
    attached_to=st.frozensets(gids, max_size=3),
)
tasks = st.builds(
    ObservedTask,
    gid=gids,
    name=texts,
    notes=texts,
    parent_gid=st.none() | gids,
    completed=st.booleans(),
    completed_at=st.none() | instants,
    due_on=st.none() | st.dates(),
    created_at=st.none() | instants,
    modified_at=st.none() | instants,
    assignee_gid=st.none() | gids,
    resource_subtype=texts,
    homes=st.dictionaries(gids, st.none() | gids, max_size=3),
    fields=st.dictionaries(gids, field_values, max_size=4),
)
roles = st.sampled_from(["actions", "indicators"])


observations = st.builds(
    Observed,
    complete=st.booleans(),
    read_at=instants,
    projects=st.dictionaries(
        roles, st.builds(ObservedProject, gids, texts, texts, st.booleans()), max_size=2
    ),
    sections=st.lists(sections, max_size=3, unique_by=lambda each: each.gid).map(tuple),
    fields=st.lists(fields, max_size=3, unique_by=lambda each: each.gid).map(tuple),
    tasks=st.lists(tasks, max_size=5, unique_by=lambda each: each.gid).map(
        lambda found: {task.gid: task for task in found}
    ),
    order=st.dictionaries(roles, st.lists(gids, max_size=4).map(tuple), max_size=2),
    absent=st.frozensets(gids, max_size=3),
    moved=st.frozensets(gids, max_size=3),
    sandbox=st.booleans(),
)
