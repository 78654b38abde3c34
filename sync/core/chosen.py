"""
What people chose for findings, and which of it still holds.

A settlement holds while its finding stands settled and its facts are those that the person saw.
Retiring an action is more than an answer to one finding: it holds until it is undone. So is
correcting a frozen status: it stands beside it for good.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from sync.core.marks import action_ref, place_of, ref_of
from sync.model.finding import Finding, Settlement, StoredFinding
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.progress import Correction, FrozenStanding, Ruling, Rulings, Status
from sync.model.rules import Rules


@dataclass(frozen=True, slots=True)
class Chosen:
    """`settled` by a finding's key, `retired` by action, `corrected` by action and checkpoint."""

    settled: Mapping[str, Settlement] = field(default_factory=dict)
    retired: Mapping[str, Settlement] = field(default_factory=dict)
    corrected: Mapping[tuple[str, str], tuple[Settlement, ...]] = field(default_factory=dict)

    def of(self, finding: Finding) -> Settlement | None:
        """What was chosen for just this: other facts are another question."""
        found = self.settled.get(finding.key)
        return found if found and dict(found.facts) == dict(finding.facts) else None

    def anew(self) -> dict[Ref, str]:
        """The tasks to create anew, each with the gid that is gone and never used again."""
        return {
            ref: gid
            for one in self.settled.values()
            if one.choice == "recreate"
            for ref, gid in covers(one).items()
        }

    def copies(self) -> frozenset[str]:
        """The gids that a person declared copies."""
        found = (
            str(one.facts.get("copies") or "").split()
            for one in self.settled.values()
            if one.choice == "duplicate"
        )
        return frozenset(gid for gids in found for gid in gids)

    def unsettled(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those that are still to be told."""
        return tuple(finding for finding in findings if self.of(finding) is None)


NOTHING_CHOSEN: Final = Chosen()


def covers(one: Settlement) -> dict[Ref, str]:
    """What a « recreate » concerns: the task and, of an action, the indicators gone with it."""
    found: dict[Ref, str] = json.loads(one.value or "{}")
    return found


def chosen(
    settlements: Sequence[Settlement],
    findings: Iterable[StoredFinding],
    taken: Sequence[Settlement] = (),
) -> Chosen:
    """
    The last word of each, oldest settlement first.

    `taken` are those that are about to be kept, with their findings settled by them.
    """
    standing = {one.finding.key for one in findings if one.state == "settled"}
    standing |= {one.key for one in taken}
    settlements = (*settlements, *taken)
    last = {one.key: one for one in settlements}
    decided = {
        ref_of(one.subject): one for one in settlements if one.choice in ("retire", "reinstate")
    }
    corrected: dict[tuple[str, str], tuple[Settlement, ...]] = {}
    for one in settlements:
        if one.choice == "correct":
            place = place_of(one.subject)
            corrected[place] = (*corrected.get(place, ()), one)
    return Chosen(
        settled={key: one for key, one in last.items() if key in standing},
        retired={
            ref.removeprefix(action_ref("")): one
            for ref, one in decided.items()
            if one.choice == "retire"
        },
        corrected=corrected,
    )


def with_corrections(
    frozen: Mapping[tuple[str, str], FrozenStanding], chosen: Chosen, zone: ZoneInfo
) -> dict[tuple[str, str], FrozenStanding]:
    """Each frozen standing with what people wrote beside it since; itself it never changes."""
    return {
        place: replace(fixed, corrections=tuple(_correction(one, zone) for one in said))
        if (said := chosen.corrected.get(place))
        else fixed
        for place, fixed in frozen.items()
    }


def _correction(one: Settlement, zone: ZoneInfo) -> Correction:
    on = one.at.astimezone(zone).date()
    return Correction(Status(one.value or Status.NOT_ASSESSED), on, one.public_reason or "")


def rulings_of(plan: Plan, rules: Rules, said: Iterable[Finding], chosen: Chosen) -> Rulings:
    """The statuses that a person decided, by action and checkpoint; the latest word counts."""
    ruled: dict[tuple[str, str], Ruling] = {}
    confirmed = [
        (one, finding)
        for finding in said
        if (one := chosen.of(finding)) is not None and one.choice == "confirm"
    ]
    for one, finding in sorted(confirmed, key=lambda pair: pair[0].id):
        status = Status(one.value or Status.NOT_ASSESSED)
        ruled[place_of(finding.subject)] = _ruling(one, status, rules.zone)
    for _, _, action in plan.actions():
        if action.id in chosen.retired:
            decided = _ruling(chosen.retired[action.id], Status.RETIRED, rules.zone)
            ruled |= {(action.id, checkpoint.id): decided for checkpoint in rules.checkpoints}
    return ruled


def _ruling(one: Settlement, status: Status, zone: ZoneInfo) -> Ruling:
    return Ruling(status, one.at.astimezone(zone).date(), one.public_reason)


def retired_findings(plan: Plan, rules: Rules, chosen: Chosen) -> tuple[Finding, ...]:
    """Each retired action stays in sight, so that it can be reinstated."""
    return tuple(
        Finding(
            "action.retired",
            action_ref(action.id),
            {"action": action.title, "by": one.by, "on": f"{one.at.astimezone(rules.zone):%F}"},
        )
        for _, _, action in plan.actions()
        if (one := chosen.retired.get(action.id)) is not None
    )


def carried_out(name: str) -> str:
    """Where the baselines remember which settlement of a field was last carried out."""
    return f"{name}!"


def is_carried_out(name: str) -> bool:
    return name.endswith("!")


def exactly(*values: object) -> str:
    """
    Tells apart what looks alike once it is shortened to be shown, in a finding's facts.

    Without it a person who settled one long text would have settled every other.
    """
    return sha256(repr(values).encode()).hexdigest()[:12]
