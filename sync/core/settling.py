"""
Whether a person may settle a finding so, and what is kept of it when they do.

What does not fit is refused with the reason; nothing is written by asking.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sync.core.catalogue import CATALOGUE
from sync.core.choices import CHOICES
from sync.core.dates import french
from sync.core.life import follow
from sync.core.marks import action_ref, indicator_ref, is_task, section_ref
from sync.core.presentable import presentable
from sync.core.privacy import private_in
from sync.core.reword import ACCEPTABLE
from sync.core.status import STATUS_NAMES
from sync.core.values import Comparable
from sync.errors import ConfigError
from sync.model.finding import Choice, Finding, NewSettlement, Settlement, StoredFinding
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.progress import Status
from sync.model.target import Observed
from sync.wording import Text

CONFIRMABLE: Final = tuple(
    status for status in STATUS_NAMES if status not in (Status.RETIRED, Status.NOT_APPLICABLE)
)
CORRECTABLE: Final = (
    Status.ACHIEVED,
    Status.ACHIEVED_LATE,
    Status.CONTINUOUS,
    Status.NOT_ACHIEVED,
    Status.NOT_ASSESSED,
)
"""What a frozen status can be corrected to: what the table gives once a gel is past."""
_TOLD: Final[tuple[Choice, ...]] = ("retire", "confirm", "correct")
"""Choices that the page shows, and may give a reason for."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person typed. `status` is to confirm or to correct, `public_reason` for the page."""

    choice: Choice
    by: str
    reason: str
    public_reason: str | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """
    What the store knows of what the finding is about; `published` is by action, checkpoint.

    `zone` is the city's, and `never` are names that it decided never to publish.
    """

    plan: Plan
    links: Mapping[Ref, str]
    baselines: Mapping[tuple[Ref, str], Comparable]
    mirror: Observed | None
    published: Mapping[tuple[str, str], Status]
    zone: ZoneInfo
    never: Collection[str] = ()


def offered(finding: Finding) -> tuple[Choice, ...]:
    """What the catalogue offers for such a finding, less what could do nothing for this one."""
    ref, _, name = finding.subject.partition("#")
    from_the_plan = name in ACCEPTABLE and (name != "section" or ref.startswith(action_ref("")))
    return tuple(one for one in _fitting(finding) if one != "asana" or from_the_plan)


def _fitting(finding: Finding) -> tuple[Choice, ...]:
    """
    Those that are not refused out of hand: only an action is retired, never a line of it, and a
    field that people brought along is not Jalon's to make.
    """
    listed = CATALOGUE[finding.code].choices if finding.code in CATALOGUE else ()
    of_an_action = finding.subject.startswith(action_ref(""))
    of_peoples_own = finding.code == "schema.field_missing" and "gid" not in finding.facts
    unfit = {"retire"} if not of_an_action else set()
    unfit |= {"recreate"} if of_peoples_own else set()
    return tuple(one for one in listed if one not in unfit)


def settle(
    ask: Ask, found: StoredFinding, last: Settlement | None, memory: Memory
) -> NewSettlement:
    """Raise ConfigError for what cannot be; `last` is what was chosen before for this finding."""
    finding = found.finding
    if follow(found.state, "settled") is None:
        raise _refused(
            "ce constat est fermé : les deux côtés s’accordent, il n’y a rien à régler.",
            "this finding is closed: both sides agree, there is nothing to settle.",
        )
    if ask.choice not in _fitting(finding):
        raise _not_offered(ask.choice, offered(finding))
    if not ask.by.strip() or not ask.reason.strip():
        raise _refused(
            "--by et --reason ne peuvent être vides : le journal dit qui a choisi, et pourquoi.",
            "--by and --reason may not be empty: the log says who chose, and why.",
        )
    _check_public(ask, memory.never)
    chosen = NewSettlement(
        key=finding.key,
        choice=ask.choice,
        by=ask.by.strip(),
        reason=ask.reason.strip(),
        facts=dict(finding.facts),
        value=_value(ask, found, memory),
        public_reason=(ask.public_reason or "").strip() or None,
    )
    if found.state == "settled" and last is not None and _same(chosen, last):
        day = last.at.astimezone(memory.zone).date()
        raise _refused(
            f"{last.by} l’a déjà réglé ainsi, le {french(day)}.",
            f"{last.by} settled it so already, on {day}.",
        )
    return chosen


def _same(one: NewSettlement, other: NewSettlement) -> bool:
    return (one.choice, one.value, one.public_reason) == (
        other.choice,
        other.value,
        other.public_reason,
    )


def _not_offered(choice: Choice, offered: tuple[Choice, ...]) -> ConfigError:
    if not offered:
        return _refused(
            "ce constat ne se règle qu’à sa cause; « que faire » le dit.",
            "this finding is settled only at its cause; “what to do” tells it.",
        )
    listed = ", ".join(offered)
    return _refused(
        f"« {choice} » ({CHOICES[choice].name.fr}) ne convient pas à ce constat. Au choix : "
        f"{listed}.",
        f"“{choice}” ({CHOICES[choice].name.en}) does not fit this finding. One of: {listed}.",
    )


def _check_public(ask: Ask, never: Collection[str]) -> None:
    if ask.status is not None and ask.choice not in ("confirm", "correct"):
        raise _refused(
            "--status ne va qu’avec confirm ou correct.", "--status goes with confirm or correct."
        )
    if ask.choice == "correct" and not (ask.public_reason or "").strip():
        raise _refused(
            "--public-reason est requis pour corriger : la page dit pourquoi, à côté de l’état "
            "figé.",
            "--public-reason is required to correct: the page says why, beside the frozen status.",
        )
    if ask.public_reason is None:
        return
    if ask.choice not in _TOLD:
        raise _refused(
            "--public-reason ne va qu’avec retire, confirm ou correct : rien d’autre n’est publié.",
            "--public-reason goes with retire, confirm or correct only: nothing else is published.",
        )
    if what := private_in(ask.public_reason, never):
        raise _refused(
            f"--public-reason paraît contenir {what.fr}; il serait publié. Reformulez-le.",
            f"--public-reason seems to contain {what.en}; it would be published. Reword it.",
        )


def _value(ask: Ask, found: StoredFinding, memory: Memory) -> str | None:
    ref, _, name = found.finding.subject.partition("#")
    match ask.choice:
        case "confirm":
            return _status(ask, (ref.removeprefix(action_ref("")), name), memory).value
        case "correct":
            return _corrected(ask, found.finding).value
        case "recreate" if is_task(ref):
            return _lost(ref, memory)
        case "recreate":
            _check_deleted(found.finding, memory)
        case "asana":
            _check_acceptable(ref, name, memory)
    return None


def _status(ask: Ask, subject: tuple[str, str], memory: Memory) -> Status:
    status = ask.status or memory.published.get(subject)
    if status in CONFIRMABLE:
        return status
    listed = ", ".join(status.value for status in CONFIRMABLE)
    raise _refused(
        f"--status : dites quel état confirmer. Au choix : {listed}.",
        f"--status: say which status to confirm. One of: {listed}.",
    )


def _corrected(ask: Ask, finding: Finding) -> Status:
    status = ask.status or Status(str(finding.facts["says"]))
    if status not in CORRECTABLE:
        listed = ", ".join(one.value for one in CORRECTABLE)
        raise _refused(
            f"--status : un état figé ne peut devenir « {status} ». Au choix : {listed}.",
            f"--status: a frozen status cannot become “{status}”. One of: {listed}.",
        )
    if status == finding.facts["was"]:
        raise _refused(
            f"« {status} » est déjà l’état figé : il n’y a rien à corriger.",
            f"“{status}” is the frozen status already: there is nothing to correct.",
        )
    return status


def _lost(ref: Ref, memory: Memory) -> str:
    """The task and, of an action, those of its indicators that went with it."""
    children = [
        indicator_ref(indicator.id)
        for action, _, indicator in memory.plan.indicators()
        if action_ref(action.id) == ref
    ]
    absent = memory.mirror.absent if memory.mirror else frozenset()
    lost = {
        each: memory.links[each] for each in (ref, *children) if memory.links.get(each) in absent
    }
    if ref not in lost:
        raise _stale()
    return json.dumps(lost, sort_keys=True)


def _check_deleted(finding: Finding, memory: Memory) -> None:
    """The field is the one that was told of, and the last reading still lacks it."""
    gid = memory.links.get(finding.subject)
    there = {each.gid for each in memory.mirror.fields} if memory.mirror else set()
    if gid is None or gid != finding.facts.get("gid") or gid in there:
        raise _stale()


def _check_acceptable(ref: Ref, name: str, memory: Memory) -> None:
    """Only what the plan itself says can be accepted into it, and only words fit for the page."""
    if name not in ACCEPTABLE:
        raise _refused(
            "le plan ne dit pas cela lui-même : il n’y a rien à y accepter. Au choix : plan, keep.",
            "the plan does not say this itself: there is nothing to accept into it. One of: plan, "
            "keep.",
        )
    if name == "section":
        told = memory.baselines.get((ref, "section~"))
        homes = {section_ref(volet.id) for _, volet in memory.plan.volets()}
        is_volet = told is not None and told.removeprefix("=") in homes
        if not (is_volet and ref.startswith(action_ref(""))):
            raise _refused(
                "cette section n’est pas un volet du plan : rien à accepter. Au choix : plan, "
                "keep.",
                "that section is no volet of the plan: nothing to accept. One of: plan, keep.",
            )
    if name != "name":
        return
    task = memory.mirror.tasks.get(memory.links.get(ref, "")) if memory.mirror else None
    if task is None:
        raise _stale()
    if not presentable(task.name).strip():
        raise _refused(
            "le nom est vide dans Asana : il n’y a rien à accepter.",
            "the name is empty in Asana: there is nothing to accept.",
        )
    if what := private_in(task.name, memory.never):
        raise _refused(
            f"le nom dans Asana paraît contenir {what.fr}; il serait publié.",
            f"the name in Asana seems to contain {what.en}; it would be published.",
        )


def _stale() -> ConfigError:
    return _refused(
        "la dernière lecture d’Asana ne le montre plus ainsi : lancez « jalon sync », puis relisez "
        "le constat.",
        "the last reading of Asana no longer shows it so: run `jalon sync`, then read the finding "
        "again.",
    )


def _refused(fr: str, en: str) -> ConfigError:
    return ConfigError(
        Text(
            f"{fr[0].upper()}{fr[1:]} Rien n’a été écrit.",
            f"{en[0].upper()}{en[1:]} Nothing was written.",
        )
    )
