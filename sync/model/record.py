"""What the store remembers between cycles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

from sync.model.operation import Ref

Outcome = Literal["ok", "partial", "held", "failed", "abandoned"]
JournalState = Literal["intended", "done", "rejected", "unknown", "resolved", "void", "unseen"]
"""`unknown`: sent, no clear answer. `resolved`: later found to have happened. `void`: proved
not to have happened, or never sent. `unseen`: what it would have put is nowhere to be looked at."""


@dataclass(frozen=True, slots=True)
class CycleRecord:
    """`as_of` is the instant the cycle believed in; totals are small counts for people."""

    id: str
    started_at: datetime
    as_of: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    totals: Mapping[str, int] = field(default_factory=dict)


LEASE_SECONDS: Final = 300.0
"""How long a lease is taken for; whoever works longer renews it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a cycle on one plan. `token` only grows; a stale one may write nothing."""

    holder: str
    token: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One write, recorded before it is sent."""

    id: int
    cycle_id: str
    ref: Ref
    kind: str
    state: JournalState
    sent_at: datetime
    settled_at: datetime | None = None
    gid: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """
    One row of the reconciliation log: an operation or a decision.

    Of an `erased` one the texts are gone, by a decision that another row tells.
    """

    id: int
    at: datetime
    cycle_id: str
    actor: str  # jalon, or a person's name given on the command line
    kind: str  # operation kind or verdict
    subject: Ref
    field: str
    base: str | None
    plan: str | None
    asana: str | None
    from_: str | None
    to: str | None
    rule: str
    reason_fr: str
    reason_en: str
    outcome: str
    erased: bool = False


ERASED: Final = "erased"
"""Kind of the row that tells which row's texts were erased, by whom and why."""

RESTORED: Final = "restored"
"""The kind and the rule of the row that says from which day a restored database is."""

RECOVERED: Final = "recovered"
"""
Kind of the rows that tell what a recovery took over; `from_` is a head of the log that was lost.
"""

OVERWRITTEN: Final = "overwritten"
"""Kind and rule of the row that tells that Jalon wrote over a person's edit."""


@dataclass(frozen=True, slots=True)
class NewLogRow:
    """A log row before it is stored. `from_` and `to` are what was really overwritten."""

    kind: str
    subject: Ref
    field: str = ""
    base: str | None = None
    plan: str | None = None
    asana: str | None = None
    from_: str | None = None
    to: str | None = None
    rule: str = ""
    reason_fr: str = ""
    reason_en: str = ""
    outcome: str = "noted"
    actor: str = "jalon"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log's chain: how many rows it has, and the last one's hash (hex)."""

    rows: int
    chain: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What binds a row to the log, in hex. `salt` is gone where its texts were erased."""

    salt: str | None
    commitment: str
    chain: str


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row of the log as it is stored, for `sync.core.chain` to judge."""

    number: int
    facts: Mapping[str, str | int | datetime]
    texts: Mapping[str, str | None]
    seal: Seal


@dataclass(frozen=True, slots=True)
class LogFilter:
    """
    Which rows of the log: what is empty asks for nothing, and everything asked for must hold.

    `numbers` are the rows' own; `subjects` are refs and `beginnings` how refs begin, either will
    do; `cycle_id` is an id, `cycle` the beginning of one; `person` is compared without case;
    `code` is a kind or a rule, a finding's code among them; `since` is included and `until` is
    not. `limit` keeps the newest.
    """

    numbers: frozenset[int] = frozenset()
    subjects: frozenset[Ref] = frozenset()
    beginnings: tuple[str, ...] = ()
    field: str | None = None
    cycle_id: str | None = None
    cycle: str = ""
    person: str | None = None
    code: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A published state: `body` is the canonical bytes (RFC 8785), `digest` their SHA-256 hex."""

    number: int
    as_of: date
    generated_at: datetime
    digest: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one target has come. `number` is the last snapshot it confirmed, 0 for none."""

    target: str
    number: int
    attempts: int = 0
    last_attempt_at: datetime | None = None
    last_error: str | None = None
