"""One sandbox: its world, the faults and delays set on it, and what was asked of it."""

import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any

from sync.sandbox.clock import Clock
from sync.sandbox.faults import Fault
from sync.sandbox.interludes import Interlude
from sync.sandbox.limits import Limits
from sync.sandbox.state import Grant, Team, User, Workspace, World
from sync.sandbox.traffic import Traffic

SERVICE = "Jalon (compte de service)"


@dataclass(frozen=True, slots=True)
class Opening:
    """How a sandbox begins. The same opening gives the same gids and tokens."""

    seed: int = 1
    workspace: str = "Ville de démonstration (bac à sable)"
    team: str = "Équipe du plan"
    start: datetime | None = None
    """The instant its clock begins at; None is the real one."""
    frozen: bool = False
    switches: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sandbox:
    opening: Opening
    ticks: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    wall: Callable[[], float] = time.time
    latency: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    interludes: list[Interlude] = field(default_factory=list)
    saved: dict[str, bytes] = field(default_factory=dict)
    traffic: Traffic = field(default_factory=Traffic)
    world: World = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin again, as if it had just been started."""
        self._begin(_open(self.opening, self.ticks))

    def save(self, name: str) -> None:
        """Keep the world as it is now, clock and switches too."""
        self.saved[name] = pickle.dumps(self.world)

    def restore(self, name: str) -> None:
        """Begin again in a saved world, with nothing set on it and nothing counted."""
        if name not in self.saved:
            raise ValueError(f"no world was saved as {name!r}")
        lock = self.world.lock
        world: World = pickle.loads(self.saved[name])  # noqa: S301 - our own bytes, from memory
        world.lock = lock
        self._begin(world)

    def _begin(self, world: World) -> None:
        self.world = world
        self.limits = Limits(self.ticks, lambda: self.world.now().timestamp())
        self.latency = 0.0
        self.faults.clear()
        self.interludes.clear()
        self.traffic.reset()

    @property
    def workspace(self) -> Workspace:
        return next(self.world.of(Workspace))

    @property
    def team(self) -> Team:
        return next(self.world.of(Team))


def add_person(
    world: World,
    workspace: Workspace,
    name: str,
    email: str,
    token: str,
    team: Team | None,
    seat: str = "member",
    app: str | None = None,
) -> User:
    """A person who can act through the API with a token of their own."""
    user = world.keep(User(world.next_gid(), world.now(), name, email, workspace, seat))
    workspace.users.append(user)
    grant_token(world, user, token, app)
    if team is not None:
        team.members.append(user)
    return user


def grant_token(world: World, user: User, token: str, app: str | None) -> Grant:
    """One more token for someone: a personal one, or one given to an OAuth app."""
    own = f"{user.name} ({app})" if app else user.name
    taken = {grant.label for grant in world.tokens.values()}
    numbered = (f"{own} {number}" for number in count(2))
    label = next(each for each in chain([own], numbered) if each not in taken)
    world.tokens[token] = Grant(user, label, app)
    return world.tokens[token]


def _open(opening: Opening, ticks: Callable[[], float]) -> World:
    start = opening.start or datetime.now(UTC)
    world = World(Clock(start, ticks, frozen=opening.frozen), opening.seed)
    for name, value in opening.switches.items():
        world.switches.turn(name, value)
    workspace = world.keep(Workspace(world.next_gid(), start, opening.workspace))
    team = world.keep(Team(world.next_gid(), start, opening.team, workspace))
    workspace.teams.append(team)
    token = f"sandbox/{opening.seed}/service"
    add_person(world, workspace, SERVICE, "service@bac-a-sable.invalid", token, team)
    return world
