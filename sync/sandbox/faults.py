"""
Faults that a test asks for: which call, the how-manieth, and what goes wrong.

Whether the call takes effect first is the difference that matters: *done, then the answer
is lost* is how duplicates are made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

from sync.sandbox.fault_kinds import KINDS

HTML = "<!DOCTYPE html><html><head><title>Asana</title></head><body><h1>{title}</h1></body></html>"


DELAYED = ("delay", "status", "status_after")


@dataclass(slots=True)
class Fault:
    """
    One thing that goes wrong, from the `nth` matching call on, `times` times (0: always).

    `path` is a glob below /api/1.0 (`*` is one part, `**` any number) or `re:` and a regular
    expression; `query` is a part of the URL's query. Calls are counted from when it was set.
    """

    kind: str
    method: str = "*"
    path: str = "**"
    query: str = ""
    nth: int = 1
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    html: bool = False
    seconds: float = 0.0
    size: int = 0
    matched: int = 0
    fired: int = 0
    kept: Any = None
    """The first answer that it looked on at, for `stale` to give again."""

    @classmethod
    def of(cls, **said: Any) -> Self:
        """A fault with what its kind gives where nothing is said."""
        kind = KINDS.get(said.get("kind", ""))
        return cls(**{**(kind.given if kind else {}), **said})

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; the kinds are {', '.join(KINDS)}")
        if self.nth < 1 or self.times < 0:
            raise ValueError("a fault wants nth >= 1 and times >= 0 (0 is always)")
        if self.kind == "stale" and self.nth < 2:
            raise ValueError("stale wants nth >= 2: the answer before is the one given again")
        path_pattern(self.path)

    @property
    def does(self) -> str:
        return KINDS[self.kind].does or self.kind

    @property
    def before(self) -> bool:
        """Whether it strikes instead of the call, so that nothing is done."""
        return KINDS[self.kind].when == "before"

    @property
    def wait(self) -> float:
        """Seconds before anything happens; elsewhere `seconds` has a meaning of its own."""
        return self.seconds if self.does in DELAYED and self.kind != "too_many_date" else 0.0

    def matches(self, method: str, path: str, query: str) -> bool:
        """Count this call if it is one of those that the fault is about."""
        if self.method not in ("*", method) or self.query not in query:
            return False
        needed = KINDS[self.kind].needs
        if needed and not re.search(rf"(^|&){needed}=", query):
            return False
        if not path_pattern(self.path).fullmatch(path):
            return False
        self.matched += 1
        return True

    def strikes(self) -> bool:
        """Whether it strikes the call that it just counted."""
        struck = self.matched >= self.nth and (
            self.times == 0 or self.matched < self.nth + self.times
        )
        self.fired += struck
        return struck

    def missed(self) -> None:
        """It struck an answer that it could not change: that is not to have fired."""
        self.fired -= 1

    def look_on(self, reply: Any) -> None:
        if self.kept is None and self.does == "stale":
            self.kept = reply

    def report(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "kept"}


@dataclass(frozen=True, slots=True)
class Struck:
    """The fault that strikes a call, and the matching ones that only look on."""

    fault: Fault | None
    watching: Sequence[Fault] = ()


def strike(faults: Sequence[Fault], method: str, path: str, query: str = "") -> Struck:
    """The first fault that strikes this call. All that match count it."""
    matching = [fault for fault in faults if fault.matches(method, path, query)]
    struck = next((fault for fault in matching if fault.strikes()), None)
    return Struck(struck, [fault for fault in matching if fault is not struck])


def path_pattern(path: str) -> re.Pattern[str]:
    if path.startswith("re:"):
        try:
            return re.compile(path[3:])
        except re.error as error:
            raise ValueError(f"{path[3:]!r} is not a regular expression: {error}") from None
    pieces = re.split(r"(\*\*|\*)", path)
    wild = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(wild.get(piece, re.escape(piece)) for piece in pieces))
