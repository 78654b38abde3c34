"""What a fault makes of an answer."""

import json
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from sync.sandbox.call import API_ROOT
from sync.sandbox.faults import HTML, Fault
from sync.sandbox.refusal import Refusal
from sync.sandbox.wire import JSON, Line, Reply, Request, json_reply

GONE = Reply(0, b"", {}, Line(drop=True))


def instead(fault: Fault, request: Request, wall: float) -> Reply:
    """The answer of a fault that strikes before anything is done."""
    match fault.does:
        case "drop_before":
            return GONE
        case "reset_before":
            return replace(GONE, line=Line(drop=True, reset=True))
        case "timeout_before":
            return replace(GONE, line=Line(drop=True, hold=fault.seconds))
        case _:
            return _status(fault, request, wall)


def spoilt(fault: Fault, reply: Reply, request: Request, wall: float) -> Reply:
    """The answer to what was really done, as the fault leaves it."""
    half = len(reply.body) // 2
    headers = {"Content-Type": JSON, **fault.headers}
    page = HTML.format(title="Asana").encode()
    match fault.does:
        case "status_after":
            return _status(fault, request, wall)
        case "drop_after":
            return replace(reply, line=Line(drop=True))
        case "reset_after":
            return replace(reply, line=Line(drop=True, reset=True))
        case "timeout_after":
            return replace(reply, line=Line(drop=True, hold=fault.seconds))
        case "cut_body":
            return replace(reply, line=Line(cut=half))
        case "reset_body":
            return replace(reply, line=Line(cut=half, reset=True))
        case "short_length":
            return replace(reply, line=Line(length=half))
        case "slow_drip":
            return replace(reply, line=Line(pause=fault.seconds))
        case "oversized":
            return replace(reply, line=Line(pad=fault.size))
        case "truncate_json":
            return replace(reply, body=reply.body[:half])
        case "html_200":
            return Reply(200, page, {**headers, "Content-Type": "text/html"})
        case "empty_200":
            return Reply(200, b"", headers)
        case "bad_utf8":
            return Reply(200, b'{"data": {"gid": "1", "name": "\xff\xfe\xe9"}}', headers)
        case "wrong_shape":
            return json_reply(200, {"data": "not what was asked"}, fault.headers)
        case "duplicate_rows":
            return _with_a_row_again(fault, reply)
        case _:
            return replace(reply, headers={**reply.headers, **fault.headers})


def _status(fault: Fault, request: Request, wall: float) -> Reply:
    headers: Mapping[str, str] = fault.headers
    if fault.kind == "too_many_date":
        headers = {"Retry-After": formatdate(wall + fault.seconds, usegmt=True), **headers}
    if fault.kind == "redirect":
        headers = {"Location": f"{request.base_url}{API_ROOT}/redirected", **headers}
    if fault.html:
        page = HTML.format(title=fault.status).encode()
        return Reply(fault.status, page, {**headers, "Content-Type": "text/html"})
    body = fault.body
    if body is None:
        body = Refusal(fault.status, f"Sandbox fault: {fault.status}").body()
    return json_reply(fault.status, body, headers)


def _with_a_row_again(fault: Fault, reply: Reply) -> Reply:
    answer: Any = json.loads(reply.body)
    rows = answer.get("data")
    if not isinstance(rows, list) or not rows:
        fault.missed()
        return reply
    return json_reply(reply.status, {**answer, "data": [*rows, rows[0]]}, reply.headers)
