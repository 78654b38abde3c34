"""A request and a reply as they pass between the socket and what answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.sandbox.refusal import Refusal

JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    query_text: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """
    How the bytes of a reply leave: whole, at once, with the line kept, unless a fault is here.

    `drop` sends nothing and ends the line, after `hold` seconds of silence; `cut` sends that
    much of the body and ends it; `reset` ends it with an RST and not a FIN. `length` is what
    Content-Length says, `pad` how many blanks follow the body, `pause` the seconds between
    two bytes.
    """

    drop: bool = False
    hold: float = 0.0
    cut: int | None = None
    reset: bool = False
    length: int | None = None
    pad: int = 0
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What to put on the wire, and how; each of `changes` is an `Asana-Change` header."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    line: Line = Line()
    changes: tuple[str, ...] = ()


def json_reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, raw, {"Content-Type": JSON, **(headers or {})})


def refusal_reply(refusal: Refusal) -> Reply:
    return json_reply(refusal.status, refusal.body(), refusal.headers)
