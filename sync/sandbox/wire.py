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
class Reply:
    """What to put on the wire. `cut` sends that much of the body and drops the line."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    cut: int | None = None
    drop: bool = False


def json_reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, raw, {"Content-Type": JSON, **(headers or {})})


def refusal_reply(refusal: Refusal) -> Reply:
    return json_reply(refusal.status, refusal.body(), refusal.headers)
