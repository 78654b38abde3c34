"""
What a person does in the middle of the service's own work: right before or after a request.

An edit between two requests of a cycle is the race that no test on the outside can time. Here
it is asked for beforehand, falls at exactly that request, and tells whether it happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.sandbox.acts import act
from sync.sandbox.faults import path_pattern
from sync.sandbox.refusal import Refusal
from sync.sandbox.state import FIRST_GID, User, World

WHEN = ("before", "after")


@dataclass(slots=True)
class Interlude:
    """
    Acts of one person, done in one go at the `nth` matching request.

    `path` is a glob as for faults. Requests are counted from when the interlude was set. A
    `patient` one that the world refuses (the task does not exist yet) is tried again at each
    matching request that follows; another one is over, with the reason in `refused`. `fired_at`
    is the count of the request at which the last act was done.
    """

    by: str
    acts: Sequence[Mapping[str, Any]]
    when: str = "before"
    nth: int = 1
    method: str = "*"
    path: str = "**"
    patient: bool = False
    matched: int = 0
    fired_at: int | None = None
    refused: str | None = None
    made: list[str] = field(default_factory=list)
    over: bool = False

    def __post_init__(self) -> None:
        if self.when not in WHEN:
            raise ValueError(f"an interlude is played {' or '.join(WHEN)}, not {self.when!r}")
        if self.nth < 1 or not self.acts or any("verb" not in each for each in self.acts):
            raise ValueError("an interlude wants nth >= 1 and acts, each with its verb")
        path_pattern(self.path)

    def meets(self, method: str, path: str) -> bool:
        """Count this request if it matches; whether it is time to act."""
        if self.method not in ("*", method) or not path_pattern(self.path).fullmatch(path):
            return False
        self.matched += 1
        return not self.over and self.matched >= self.nth

    def perform(self, world: World, user: User) -> None:
        """A patient one waits for all that it names; what was done of it stays done."""
        if self.patient and (unmade := self._unmade(world)):
            self.refused = f"Unknown object: {unmade}"
            return
        for each in self.acts[len(self.made) :]:
            arguments = {name: value for name, value in each.items() if name != "verb"}
            try:
                made = act(world, user, str(each["verb"]), arguments)
            except Refusal as refusal:
                self.refused = refusal.message
                self.over = not self.patient
                return
            self.made.append("" if made is None else made.gid)
        self.over, self.refused, self.fired_at = True, None, self.matched

    def _unmade(self, world: World) -> str | None:
        named = (value for each in self.acts for value in each.values() if isinstance(value, str))
        gids = (value for value in named if value.isdecimal() and int(value) > FIRST_GID)
        return next((gid for gid in gids if gid not in world.things), None)


def play(world: World, interludes: Sequence[Interlude], when: str, method: str, path: str) -> None:
    """Let everyone act whose moment this request is. The caller holds the world's lock."""
    for interlude in interludes:
        if interlude.when == when and interlude.meets(method, path):
            interlude.perform(world, person(world, interlude.by))


def person(world: World, name: object) -> User:
    for user in world.of(User):
        if name in (user.gid, user.name, user.email):
            return user
    raise ValueError(f"no person of the sandbox is called {name!r}")
