"""
Errors, named for what the caller does next.

Every error carries its words in both languages and its numbers as attributes, so that a
command can print the first and a program can read the second. Adapters translate at the
edge, once; nothing above them catches a library's exception.
"""

from datetime import datetime
from typing import ClassVar

from sync.wording import Language, Text


class SyncError(Exception):
    """Something that a person must know. `text` says what, where, what was expected, what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, text: Text, **facts: object) -> None:
        super().__init__(text.en)
        self.text = text
        self.facts = facts

    def in_(self, language: Language) -> str:
        return self.text.in_(language)


class ConfigError(SyncError):
    """Fix a file, an option or a variable; nothing was contacted and nothing was written."""

    exit_code = 2


class PlanRefused(ConfigError):
    """The document cannot be read as a plan; nothing was written."""


class StoreRefused(ConfigError):
    """The database cannot be used as it is: newer version, read-only, full, corrupt."""


class UnsafeChangeSet(SyncError):
    """Stop before writing; a person must look."""

    exit_code = 4


class CycleBusy(SyncError):
    """Another worker holds the lease of this plan; nothing was done."""

    exit_code = 4


class TargetUnavailable(SyncError):
    """Stop; the next cycle starts again. `retry_after` is in seconds when the target said."""

    exit_code = 5

    def __init__(self, text: Text, *, retry_after: float | None = None, **facts: object) -> None:
        super().__init__(text, **facts)
        self.retry_after = retry_after


class NotYet(TargetUnavailable):
    """The target asked to be left alone until `until`; nothing was sent and nothing written."""

    def __init__(self, text: Text, *, until: datetime) -> None:
        super().__init__(text)
        self.until = until


class OutcomeUnknown(TargetUnavailable):
    """As unavailable, but the write may have happened: never send it again without looking."""


class TargetDenied(SyncError):
    """Stop and page: the token or its access is wrong."""

    exit_code = 5


class TargetRejected(SyncError):
    """The target refused this one request for good; skip it and carry on. `status` is HTTP's."""

    exit_code = 5

    def __init__(self, text: Text, *, status: int, **facts: object) -> None:
        super().__init__(text, **facts)
        self.status = status


class PublicationFailed(SyncError):
    """One target did not take the publication; the last good one still stands there."""

    exit_code = 6


class PublicationMissing(PublicationFailed):
    """The target does not hold what it confirmed: publish again at once."""
