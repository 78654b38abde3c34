"""
A comparison in the making: what it looks at, and what it has found so far.

The steps of the diff (`structure`, `diff`, `order`) share one draft. Nothing outside the core
sees it: the result is a `ChangeSet`.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sync.core.chosen import NOTHING_CHOSEN, Chosen
from sync.core.marks import section_ref
from sync.core.recognise import Recognition
from sync.core.values import UNSEEN, Comparable, Unseen
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding, Settlement
from sync.model.mapping import FieldRule
from sync.model.operation import AnyOperation, Ref
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import Observed

Baselines = Mapping[tuple[Ref, str], Comparable]
_DERIVED = ("ce que la population lit a changé", "what the public reads has changed")
_REFILLED = ("le champ a été refait, vide", "the field was made anew, empty")
_RULES = {
    Verdict.WRITE: ("le plan a changé", "the plan changed"),
    Verdict.RESTORE: ("le plan possède ce champ", "the plan owns this field"),
    Verdict.REPORT: ("écart signalé, non corrigé", "drift is reported, not corrected"),
    Verdict.CONFLICT: ("les deux côtés ont changé", "both sides changed"),
    Verdict.HOLD: ("rien n’est écrit sans accord", "nothing is written without agreement"),
    Verdict.PULL: ("les gens possèdent ce champ", "people own this field"),
    Verdict.AGREE: ("de nouveau d’accord", "in agreement again"),
    Verdict.SETTLE: ("réglé par une personne", "settled by a person"),
    Verdict.CREATE: ("absent d’Asana", "absent from Asana"),
}


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """
    What one comparison proposes.

    `agreed` are values to remember now; `on_success` those to remember once an operation is
    done, by its `key`. `awaited` are creations whose first try got no answer. `lost` are answers
    that went with their field, also with one that is about to be made anew.
    """

    operations: tuple[AnyOperation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    agreed: Mapping[tuple[Ref, str], Comparable] = field(default_factory=dict)
    on_success: Mapping[str, Mapping[tuple[Ref, str], Comparable]] = field(default_factory=dict)
    awaited: tuple[Ref, ...] = ()
    lost: frozenset[tuple[Ref, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Memory:
    """
    What earlier cycles left.

    `awaited` maps a ref whose creation got no answer to the instant, in words, from which a
    complete read may settle it. `restored` are fields restored within the last seven days.
    `chosen` is what people chose for findings and still holds. `held_back` are texts that were
    withdrawn and that Asana may still hold. `lost` are answers that went with their field.
    """

    baselines: Baselines
    awaited: Mapping[Ref, str] = field(default_factory=dict)
    restored: frozenset[tuple[Ref, str]] = frozenset()
    previous_read_on: date | None = None
    chosen: Chosen = NOTHING_CHOSEN
    held_back: frozenset[tuple[str, str]] = frozenset()
    lost: frozenset[tuple[Ref, str]] = frozenset()


class Draft:
    """What one comparison knows and proposes; `making` are refs that will come into being."""

    def __init__(
        self,
        plan: Plan,
        rules: Rules,
        observed: Observed,
        recognition: Recognition,
        memory: Memory,
    ) -> None:
        self.plan = plan
        self.rules = rules
        self.observed = observed
        self.recognition = recognition
        self.memory = memory
        self.refs = recognition.refs()
        self.findings: list[Finding] = list(recognition.findings)
        self.making: set[Ref] = set()
        self.remade = set(recognition.remade)  # fields, those about to be made anew too
        self.lost = set(memory.lost)
        self._operations: list[AnyOperation] = []
        self._decisions: list[Decision] = []
        self._agreed: dict[tuple[Ref, str], Comparable] = {}
        self._on_success: dict[str, dict[tuple[Ref, str], Comparable]] = defaultdict(dict)
        self._awaited: list[Ref] = []

    def done(self) -> ChangeSet:
        return ChangeSet(
            operations=tuple(self._operations),
            decisions=tuple(self._decisions),
            findings=tuple(self.findings),
            agreed=self._agreed,
            on_success=self._on_success,
            awaited=tuple(self._awaited),
            lost=frozenset(self.lost),
        )

    def exists(self, ref: Ref) -> bool:
        return ref in self.recognition.gids and ref not in self.recognition.gone

    def will_exist(self, ref: Ref) -> bool:
        return self.exists(ref) or ref in self.making

    def gid(self, ref: Ref) -> str:
        """Empty when there is none, which no object of Asana has."""
        return self.recognition.gids.get(ref, "")

    def baseline(self, ref: Ref, name: str) -> Comparable | Unseen:
        return self.memory.baselines.get((ref, name), UNSEEN)

    def awaits(self, ref: Ref, title: str) -> bool:
        """True when an unanswered creation of this ref must first be settled by a read."""
        if ref not in self.memory.awaited:
            return False
        self._awaited.append(ref)
        facts = {"title": title, "until": self.memory.awaited[ref]}
        self.findings.append(Finding("task.awaited", ref, facts))
        return True

    def make(
        self, operation: AnyOperation, agreed: Mapping[tuple[Ref, str], Comparable] | None = None
    ) -> None:
        """Propose something that will exist afterwards."""
        self.making.add(operation.ref)
        self.propose(operation, agreed or {})

    def propose(
        self, operation: AnyOperation, agreed: Mapping[tuple[Ref, str], Comparable]
    ) -> None:
        self._operations.append(operation)
        self._on_success[operation.key].update(agreed)

    def agree(self, ref: Ref, name: str, value: Comparable) -> None:
        if self.baseline(ref, name) != value:
            self._agreed[ref, name] = value

    def decide(
        self,
        ref: Ref,
        name: str,
        verdict: Verdict,
        base: Comparable | Unseen,
        wanted: Comparable,
        seen: Comparable,
        by: Settlement | None = None,
    ) -> None:
        derived = name == self.rules.mapping.role("public_followup").key
        fr, en = _DERIVED if derived and verdict is Verdict.WRITE else _RULES[verdict]
        if verdict is Verdict.WRITE and (ref, name) in self.lost:
            fr, en = _REFILLED
        if by is not None:
            fr, en = f"réglé par {by.by} : {by.reason}", f"settled by {by.by}: {by.reason}"
        self._decisions.append(
            Decision(
                verdict=verdict,
                subject=ref,
                field=name,
                rule=verdict.value,
                reason_fr=fr,
                reason_en=en,
                base="unseen" if isinstance(base, Unseen) else base,
                plan=wanted,
                asana=seen,
            )
        )

    def shown(self, value: object) -> str | None:
        """A value as a person reads it: on one line, long text shortened."""
        if value is UNSEEN:
            return "jamais convenu"
        if value is None:
            return None
        text = " ".join(str(value).split())
        return text if len(text) <= 160 else text[:159] + "…"

    def placed(self, value: Comparable | Unseen) -> str | None:
        """A section by its title; a place that Jalon does not know by its name, if it was read."""
        if not isinstance(value, str):
            return self.shown(value)
        titles = {section_ref(v.id): v.title for _, v in self.plan.volets()}
        titles |= {section_ref(c.id): c.title for c in self.rules.checkpoints}
        titles |= {f"gid:{s.gid}": s.name for s in self.observed.sections}
        return self.shown(titles.get(value, "ailleurs" if value.startswith("gid:") else value))

    def chosen(self, rule: FieldRule, value: Comparable | Unseen) -> str | None:
        """An option by its name, those that people added too."""
        if not isinstance(value, str):
            return self.shown(value)
        names = {option.id: option.name for option in rule.options}
        for definition in self.observed.fields:
            names |= {f"gid:{option.gid}": option.name for option in definition.options}
        return self.shown(names.get(value, value))
