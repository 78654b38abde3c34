"""Which pairs of a call and a fault there are, and why some are none."""

from typing import Final

from tests.adapters.asana.matrix.calls import CALLS, Read, Write
from tests.adapters.asana.matrix.faults import FAULTS, TOKEN_ELSEWHERE, Fault

Pair = tuple[Read | Write, Fault]


def no_pair(call: Read | Write, fault: Fault) -> str | None:
    """Why this fault cannot strike this call; None where it can."""
    listing = isinstance(call, Read) and call.listing
    later_page = isinstance(call, Read) and call.page > 1
    if fault.name in ("expired_offset", "page_overlap") and not later_page:
        return "no offset is sent before the second page"
    if fault.name == "stale" and not later_page:
        return "there is no earlier answer to the same call"
    if fault.name in ("duplicate_rows", "offset_loop") and not listing:
        return "it is no listing"
    if fault.name == "resync" and call.name != "events":
        return "only events have a sync token"
    if fault is TOKEN_ELSEWHERE and call.name == "events":
        return "for events it is an answer"
    if fault.name == "other_gid" and call.name not in _TELLS_WHOSE:
        return "the answer says nothing by which another's could be known"
    return None


_TELLS_WHOSE: Final = (
    "project",
    "task",
    "webhook",
    "create task",
    "create subtask",
    "update",
    "set parent",
    "mark project",
)
PAIRS: Final = tuple(
    (call, fault) for call in CALLS for fault in FAULTS if no_pair(call, fault) is None
)
