"""What was chosen for one field of one thing, and why: the rows of the reconciliation log."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The outcome of one comparison of desired, observed and baseline."""

    KEEP = "keep"  # all agree, or people own it
    AGREE = "agree"  # both sides now equal: remember it, write nothing
    WRITE = "write"  # only the plan moved
    RESTORE = "restore"  # only Asana moved, and the plan owns the field
    REPORT = "report"  # only Asana moved, and the mapping says to leave it and tell
    CONFLICT = "conflict"  # both moved, apart: held
    HOLD = "hold"  # identity in doubt, or restored too often: untouched
    SETTLE = "settle"  # left until a person settled it: the plan's value, once
    CREATE = "create"
    PULL = "pull"  # people own it and changed it: read, remembered


@dataclass(frozen=True, slots=True)
class Decision:
    """Values are display strings; None means empty, `unseen` a missing baseline."""

    verdict: Verdict
    subject: str  # a ref
    field: str
    rule: str
    reason_fr: str
    reason_en: str
    base: str | None = None
    plan: str | None = None
    asana: str | None = None
