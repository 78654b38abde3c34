"""
Faults that a test asks for: which call, the how-manieth, and what goes wrong.

Whether the call takes effect first is the difference that matters: *done, then the answer
is lost* is how duplicates are made.
"""

import re
from dataclasses import dataclass, field
from typing import Any

BEFORE = ("status", "drop_before")
AFTER = (
    "status_after", "drop_after", "cut_body", "truncate_json", "html_200", "empty_200",
    "bad_utf8", "wrong_shape",
)  # fmt: skip
AROUND = ("delay", "lose_events")
KINDS = (*BEFORE, *AFTER, *AROUND)

HTML = "<!DOCTYPE html><html><head><title>Asana</title></head><body><h1>{title}</h1></body></html>"


@dataclass(slots=True)
class Fault:
    """
    One thing that goes wrong, from the `nth` matching call on, `times` times (0: always).

    `path` is a glob below /api/1.0 (`*` is one part, `**` any number) or `re:` and a regular
    expression. Calls are counted from when the fault was set.
    """

    kind: str
    method: str = "*"
    path: str = "**"
    nth: int = 1
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    html: bool = False
    seconds: float = 0.0
    matched: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; the kinds are {', '.join(KINDS)}")
        if self.nth < 1 or self.times < 0:
            raise ValueError("a fault wants nth >= 1 and times >= 0 (0 is always)")
        _pattern(self.path)

    @property
    def takes_effect(self) -> bool:
        return self.kind not in BEFORE

    def meets(self, method: str, path: str) -> bool:
        """Count this call if it matches; True if the fault strikes it."""
        if self.method not in ("*", method) or not _pattern(self.path).fullmatch(path):
            return False
        self.matched += 1
        strikes = self.matched >= self.nth and (
            self.times == 0 or self.matched < self.nth + self.times
        )
        self.fired += strikes
        return strikes


def strike(faults: list[Fault], method: str, path: str) -> Fault | None:
    """The fault that strikes this call: the first of those that do. All of them count it."""
    struck: Fault | None = None
    for fault in faults:
        if struck is None:
            if fault.meets(method, path):
                struck = fault
        elif fault.method in ("*", method) and _pattern(fault.path).fullmatch(path):
            fault.matched += 1
    return struck


def _pattern(path: str) -> re.Pattern[str]:
    if path.startswith("re:"):
        try:
            return re.compile(path[3:])
        except re.error as error:
            raise ValueError(f"{path[3:]!r} is not a regular expression: {error}") from None
    pieces = re.split(r"(\*\*|\*)", path)
    wild = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(wild.get(piece, re.escape(piece)) for piece in pieces))
