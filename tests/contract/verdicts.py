"""One line for each judge at the end of the run: what it judged, and what it caught."""

from dataclasses import dataclass, field

import pytest


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What a judge did. `planted` faults were put in its way to see it judge, `caught` were seen.

    A test tells of what it plants before, and of what was caught after it saw it.
    """

    judge: str
    of: str = "requests"
    judged: int = 0
    violations: int = 0
    planted: int = 0
    caught: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.judge,
            self.of,
            self.judged + other.judged,
            self.violations + other.violations,
            self.planted + other.planted,
            self.caught + other.caught,
        )

    def line(self) -> str:
        said = f"{self.judge}: {self.judged} {self.of} judged, {self.violations} violations"
        if self.planted:
            said += f", {self.caught} of {self.planted} planted caught"
        return said


@dataclass(slots=True)
class Verdicts:
    """One sum for each judge and kind of thing judged, in the order of their first word."""

    said: dict[tuple[str, str], Verdict] = field(default_factory=dict)

    def tell(self, verdict: Verdict) -> None:
        key = (verdict.judge, verdict.of)
        self.said[key] = self.said.get(key, Verdict(*key)) + verdict


KEPT = pytest.StashKey[Verdicts]()
