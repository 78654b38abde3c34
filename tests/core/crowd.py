"""A plan of twenty actions and sixty indicators on paper: shares that come even."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sync.core.amounts import Change
from sync.model.operation import Ref
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.rules import GuardLimits
from sync.model.target import Observed
from tests.core.paper_asana import PaperAsana, rules_for

AXES, ACTIONS, INDICATORS = 4, 5, 3


def crowd_plan() -> Plan:
    return Plan(
        "foule",
        "Plan d’une foule",
        tuple(
            Axis(axis, f"Axe {axis}", "Mieux", (Volet(f"{axis}.1", f"Volet {axis}", _five(axis)),))
            for axis in range(1, AXES + 1)
        ),
    )


def _five(axis: int) -> tuple[Action, ...]:
    return tuple(_action(f"A{axis}-{n}") for n in range(11, 11 + ACTIONS))


def _action(id_: str) -> Action:
    lines = tuple(Indicator(f"{id_}-{n}", f"{id_}, {n}", Goal("deliverable")) for n in range(3))
    return Action(id_, f"Promesse {id_}", {"mi-chemin": lines[:2], "finalite": lines[2:]})


@dataclass
class Crowd:
    """Provisioned; `before` is the mirror that the next look is compared with."""

    paper: PaperAsana
    before: Observed

    @classmethod
    def gathered(cls, **limits: object) -> "Crowd":
        plan = crowd_plan()
        chosen = replace(GuardLimits(), **limits)  # type: ignore[arg-type]
        paper = PaperAsana(plan, rules_for(plan, limits=chosen))
        crowd = cls(paper, paper.observe())
        crowd.settle()
        return crowd

    def settle(self) -> None:
        """Cycles until nothing is left to do."""
        while self.paper.cycle().changes.operations:
            pass
        self.paper.cycle()
        self.before = self.paper.observe()

    def change(self, *, asked: bool = False) -> Change:
        view = self.paper.look()
        return Change(
            self.paper.plan,
            self.paper.rules,
            view,
            self.paper.observe(),
            self.before,
            dict(self.paper.links),
            dict(self.paper.baselines),
            asked,
        )

    # refs, one axis after the other and round again, so that a part lies in all axes

    def actions(self) -> list[Ref]:
        return [
            f"action:A{axis}-{n}" for n in range(11, 11 + ACTIONS) for axis in range(1, AXES + 1)
        ]

    def indicators(self) -> list[Ref]:
        return [
            f"{ref}-{n}".replace("action:", "indicator:")
            for n in range(3)
            for ref in self.actions()
        ]

    def tasks(self) -> list[Ref]:
        return [*self.actions(), *self.indicators()]

    def with_subtasks(self, actions: Iterable[Ref]) -> list[Ref]:
        return [
            ref
            for action in actions
            for ref in (action, *(i for i in self.indicators() if _parent(i) == action))
        ]

    # what people do

    def set(self, refs: Iterable[Ref], key: str, value: str | date | None) -> None:
        for ref in refs:
            self.paper.set_field(ref, key, value)

    def trash(self, refs: Iterable[Ref]) -> None:
        self.paper.absent |= {self.paper.links[ref] for ref in refs}

    def send_away(self, refs: Iterable[Ref]) -> None:
        for ref in refs:
            self.paper.change(ref, homes={})


def _parent(indicator: Ref) -> Ref:
    return "action:" + indicator.removeprefix("indicator:").rsplit("-", 1)[0]
