"""
What can go wrong with one call, by what it means for the caller.

The names are the sandbox's own kinds, and three that need no server. A fault strikes a call
either before it takes effect or after it, and the caller cannot tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Group = Literal["unsent", "lost", "limit", "long", "denied", "refused", "lapsed", "redirect", "odd"]
"""
`unsent`: nothing left. `lost`: no readable answer, and it may have happened. `limit`: refused
for now. `long`: and for an hour or more. `denied`: stop. `refused`: this one call. `lapsed`: a
listing cannot go on. `redirect`: somewhere else. `odd`: a good answer that is not the expected
one.
"""
OVERSIZED: Final = 120_000
SILENT_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is the sandbox's name for it where that is another."""

    name: str
    group: Group
    given: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""

    def __str__(self) -> str:
        return self.name


def _all(group: Group, *names: str, **given: Any) -> tuple[Fault, ...]:
    return tuple(Fault(name, group, given) for name in names)


OLD_TOKEN: Final = {"errors": [{"message": "Sync token invalid or too old."}], "sync": "autre"}
TOKEN_ELSEWHERE: Final = Fault(
    "token_elsewhere", "refused", {"status": 412, "body": OLD_TOKEN}, kind="status"
)
"""What is an answer of events alone, in answer to something else."""
FAULTS: Final = (
    *_all("unsent", "refused", "no_such_name", "untrusted"),
    *_all("lost", "timeout_before", "timeout_after", seconds=SILENT_SECONDS),
    *_all("lost", "drop_before", "drop_after", "reset_before", "reset_after", "reset_body"),
    *_all("lost", "cut_body", "short_length", "server_error_after", "gateway_timeout_after"),
    *_all("lost", "truncate_json", "html_200", "empty_200", "wrong_shape", "bad_utf8"),
    *_all("lost", "server_error", "bad_gateway", "unavailable", "gateway_timeout", "other_gid"),
    *_all("lost", "oversized", size=OVERSIZED),
    *_all("lost", "slow_drip", seconds=0.05),
    *_all("limit", "too_many", "too_many_bare", "too_many_negative"),
    *_all("limit", "too_many_date", seconds=20.0),
    *_all("long", "too_many_huge"),
    *_all("denied", "unauthorized", "payment_required", "embargo"),
    *_all("refused", "forbidden", "bad_request", "missing", "conflict", "precondition"),
    TOKEN_ELSEWHERE,
    *_all("lapsed", "truncated_set", "expired_offset"),
    *_all("redirect", "redirect"),
    *_all("odd", "stale", "duplicate_rows", "page_overlap", "offset_loop", "resync"),
)
REFUSALS: Final = (*(each.name for each in FAULTS if each.group == "refused"), "truncated_set")
BAD_REQUESTS: Final = frozenset({"bad_request", "truncated_set"})
"""Told by a 400, which may be about the form of a request as well as about what it asks."""
