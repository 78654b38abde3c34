"""
The ways to go wrong, by name.

The primitive ones come first; the others are a primitive with the status, the headers and the
words of a case that the platform, or something between it and us, is known to show. What a
refused connection, a bad name or bad TLS do needs no server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One way to go wrong: when, what the client sees, and which primitive it is a form of.

    `given` are a fault's own fields where the test says nothing of them. `needs` is what the
    query must name, for a fault that has no meaning elsewhere.
    """

    when: Literal["before", "after", "around"]
    sees: str
    does: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""


def _status(sees: str, status: int, message: str = "", *, needs: str = "", **given: Any) -> Kind:
    if message:
        given["body"] = {"errors": [{"message": message}]}
    return Kind("before", sees, "status", {"status": status, **given}, needs)


def _afterwards(sees: str, status: int, **given: Any) -> Kind:
    return Kind("after", sees, "status_after", {"status": status, **given})


def _too_many(sees: str, retry_after: str | None = None, **given: Any) -> Kind:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    words = "You have made too many requests recently. Please, be chill."
    return _status(sees, 429, words, headers=headers, **given)


KINDS: Mapping[str, Kind] = {
    "status": Kind("before", "`status`, `headers` and `body` as given"),
    "status_after": Kind("after", "`status`, `headers` and `body` as given"),
    "drop_before": Kind("before", "the line closed without an answer"),
    "drop_after": Kind("after", "the line closed without an answer"),
    "reset_before": Kind("before", "the line reset (RST)"),
    "reset_after": Kind("after", "the line reset (RST)"),
    "timeout_before": Kind(
        "before", "silence for `seconds`, then the line closed", given={"seconds": 30.0}
    ),
    "timeout_after": Kind(
        "after", "silence for `seconds`, then the line closed", given={"seconds": 30.0}
    ),
    "cut_body": Kind("after", "half of the body, then the line closed"),
    "reset_body": Kind("after", "half of the body, then the line reset"),
    "short_length": Kind("after", "the body, with a Content-Length of half of it"),
    "slow_drip": Kind(
        "after", "the body a byte at a time, `seconds` apart", given={"seconds": 0.05}
    ),
    "oversized": Kind("after", "the body and `size` blank bytes", given={"size": 64 * MIB}),
    "truncate_json": Kind("after", "half of the JSON as a whole answer"),
    "html_200": Kind("after", "an HTML page with status 200"),
    "empty_200": Kind("after", "an empty body with status 200"),
    "bad_utf8": Kind("after", "bytes that are no UTF-8"),
    "wrong_shape": Kind("after", "JSON with a string as its `data`"),
    "other_gid": Kind("after", "the record of another thing of the same type"),
    "stale": Kind("after", "the answer to an earlier matching call; wants `nth` of 2 or more"),
    "duplicate_rows": Kind("after", "a listing with its first row again at the end"),
    "page_overlap": Kind(
        "after", "a page that begins with the last row of the one before", needs="offset"
    ),
    "offset_loop": Kind("after", "a page whose next page is itself"),
    "lose_events": Kind("around", "nothing: the events of the call are never told"),
    "delay": Kind("around", "the answer, after `seconds`"),
    "resync": Kind("around", "412 with a fresh token", needs="sync"),
    "bad_request": _status("400", 400, "name: Not a string: 1"),
    "truncated_set": _status(
        "400: the set is too large", 400,
        "The result set was truncated: it is too large to be listed.",
    ),
    "expired_offset": _status(
        "400: the offset has expired", 400, "offset: Your pagination token has expired.",
        needs="offset",
    ),
    "unauthorized": _status("401", 401, "Not Authorized"),
    "payment_required": _status(
        "402", 402, "Custom Fields are only available to premium users."
    ),
    "forbidden": _status("403", 403, "You do not have access to this object."),
    "missing": _status("404", 404, "Unknown object"),
    "conflict": _status("409", 409, "Conflict"),
    "precondition": _status("412 without a token", 412, "Precondition failed"),
    "embargo": _status("451", 451, "Unavailable for legal reasons"),
    "too_many": _too_many("429, Retry-After 1", "1"),
    "too_many_bare": _too_many("429 without Retry-After"),
    "too_many_huge": _too_many("429, Retry-After 100000", "100000"),
    "too_many_negative": _too_many("429, Retry-After -1", "-1"),
    "too_many_date": _too_many("429, Retry-After as the HTTP date in `seconds`", seconds=1.0),
    "server_error": _status("500", 500),
    "server_error_after": _afterwards("500", 500),
    "bad_gateway": _status("502 as an HTML page", 502, html=True),
    "unavailable": _status("503 as an HTML page", 503, html=True),
    "gateway_timeout": _status("504 as an HTML page", 504, html=True),
    "gateway_timeout_after": _afterwards("504 as an HTML page", 504, html=True),
    "redirect": _status("307 to another place", 307),
}  # fmt: skip
