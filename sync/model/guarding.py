"""What the guard found too much, and a person's yes to it."""

from dataclasses import dataclass

from sync.wording import Text

NOWHERE = Text("", "")


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    One rule of amount that a change set trips, with its figures.

    `limit` is a share of `known`, or a number where the rule counts. `subjects` are the refs
    concerned, a field's name after `#`; `where` names the field, axis or kind in words.
    """

    rule: str
    changed: int
    known: int
    limit: float
    subjects: tuple[str, ...] = ()
    where: Text = NOWHERE


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One person's yes to one change set, named by its digest."""

    digest: str
    by: str
    reason: str
