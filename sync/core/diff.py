"""
Work out what must change in Asana for it to match the plan.

Three states are compared, not two: the baseline tells a change made by the plan from one made
by a person. What is held, missing or awaited is left alone and said. Same inputs, same
operations, same order.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sync.core.compare import decide
from sync.core.desired import DesiredTask
from sync.core.marks import (
    ROLES,
    action_ref,
    field_ref,
    option_ref,
    project_ref,
    section_ref,
)
from sync.core.notes import project_notes
from sync.core.recognise import Recognition
from sync.core.values import UNSEEN, Comparable, Unseen, normal, normal_text
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding
from sync.model.mapping import Builtin, BuiltinRule, FieldRule, OnDrift, Owner, Scope
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import FieldValue, Observed, ObservedTask, ProjectRole

Baselines = Mapping[tuple[Ref, str], Comparable]
_RULES = {
    Verdict.WRITE: ("le plan a changé", "the plan changed"),
    Verdict.RESTORE: ("le plan possède ce champ", "the plan owns this field"),
    Verdict.REPORT: ("écart signalé, non corrigé", "drift is reported, not corrected"),
    Verdict.CONFLICT: ("les deux côtés ont changé", "both sides changed"),
    Verdict.HOLD: ("rien n’est écrit sans accord", "nothing is written without agreement"),
    Verdict.PULL: ("les gens possèdent ce champ", "people own this field"),
    Verdict.CREATE: ("absent d’Asana", "absent from Asana"),
}
_FINDING_OF = {
    Verdict.RESTORE: "field.restored",
    Verdict.REPORT: "field.drifted",
    Verdict.CONFLICT: "field.conflict",
    Verdict.HOLD: "field.unseen",
}
_GOVERNED_BY: dict[str, Builtin] = {
    "name": "name",
    "notes": "notes",
    "due_on": "due_on",
    "section": "section",
    "parent": "section",
}
_REPORTED = BuiltinRule("plan", "report")


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """
    What one comparison proposes.

    `agreed` are values to remember now; `on_success` those to remember once an operation is
    done, by its `key`. `awaited` are creations whose first try got no answer.
    """

    operations: tuple[AnyOperation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    agreed: Mapping[tuple[Ref, str], Comparable] = field(default_factory=dict)
    on_success: Mapping[str, Mapping[tuple[Ref, str], Comparable]] = field(default_factory=dict)
    awaited: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """
    What earlier cycles left.

    `awaited` maps a ref whose creation got no answer to the instant, in words, from which a
    complete read may settle it. `restored` are fields restored within the last seven days.
    """

    baselines: Baselines
    awaited: Mapping[Ref, str] = field(default_factory=dict)
    restored: frozenset[tuple[Ref, str]] = frozenset()
    previous_read_on: date | None = None


def diff(
    plan: Plan,
    rules: Rules,
    desired: tuple[DesiredTask, ...],
    observed: Observed,
    recognition: Recognition,
    memory: Memory,
) -> ChangeSet:
    """Compare everything once; see the module's promise."""
    return _Comparison(plan, rules, desired, observed, recognition, memory).run()


class _Comparison:
    def __init__(
        self,
        plan: Plan,
        rules: Rules,
        desired: tuple[DesiredTask, ...],
        observed: Observed,
        recognition: Recognition,
        memory: Memory,
    ) -> None:
        self.plan = plan
        self.rules = rules
        self.desired = desired
        self.observed = observed
        self.recognition = recognition
        self.memory = memory
        self.refs = recognition.refs()
        self.operations: list[AnyOperation] = []
        self.decisions: list[Decision] = []
        self.findings: list[Finding] = list(recognition.findings)
        self.agreed: dict[tuple[Ref, str], Comparable] = {}
        self.on_success: dict[str, dict[tuple[Ref, str], Comparable]] = defaultdict(dict)
        self.awaited: list[Ref] = []
        self.attaching: set[Ref] = set()

    def run(self) -> ChangeSet:
        self._projects()
        self._sections()
        self._fields()
        gone_parents = self.recognition.gone
        for task in self.desired:
            if task.ref in self.recognition.gone:
                if task.parent not in gone_parents:
                    self._missing(task)
            elif task.ref in self.recognition.held:
                self._decide(task.ref, "identity", Verdict.HOLD, None, None, None)
            elif task.ref in self.recognition.gids:
                if self.recognition.gids[task.ref] in self.observed.tasks:
                    self._present(task)
            elif task.parent not in gone_parents:
                self._create(task)
        self._orders()
        return ChangeSet(
            operations=tuple(self.operations),
            decisions=tuple(self.decisions),
            findings=tuple(self.findings),
            agreed=self.agreed,
            on_success=self.on_success,
            awaited=tuple(self.awaited),
        )

    # what holds the tasks

    def _exists(self, ref: Ref) -> bool:
        return ref in self.recognition.gids

    def _wait(self, ref: Ref, title: str) -> bool:
        """True when an unanswered creation of this ref must first be settled by a read."""
        if ref not in self.memory.awaited:
            return False
        self.awaited.append(ref)
        facts = {"title": title, "until": self.memory.awaited[ref]}
        self.findings.append(Finding("task.awaited", ref, facts))
        return True

    def _projects(self) -> None:
        names: dict[ProjectRole, str] = {
            "actions": self.rules.project_name,
            "indicators": self.rules.companion_name,
        }
        for role in ROLES:
            ref = project_ref(role)
            if not self._exists(ref) and not self._wait(ref, f"« {names[role]} »"):
                notes = project_notes(self.plan, self.rules, role)
                self.operations.append(
                    CreateProject(ref=ref, role=role, name=names[role], notes=notes)
                )
            members = (*self.rules.members, *((self.rules.team,) if self.rules.team else ()))
            for member in members:
                share = f"share:{role}/{member}"
                if (share, "shared") not in self.memory.baselines:
                    self._propose(
                        ShareProject(ref=share, role=role, member=member, after=frozenset({ref})),
                        {(share, "shared"): "oui"},
                    )

    def _sections(self) -> None:
        wanted: list[tuple[ProjectRole, str, str]] = [
            ("actions", volet.id, volet.title) for _, volet in self.plan.volets()
        ]
        wanted += [("indicators", c.id, c.title) for c in self.rules.checkpoints]
        missing = {f.subject for f in self.findings if f.code == "schema.section_missing"}
        for role, id_, title in wanted:
            ref = section_ref(id_)
            if self._exists(ref) or ref in missing or self._wait(ref, f"« {title} »"):
                continue
            self.operations.append(
                CreateSection(
                    ref=ref,
                    role=role,
                    name=title,
                    after=frozenset({project_ref(role)}),
                    lane=f"sections:{role}",
                )
            )

    def _fields(self) -> None:
        missing = {f.subject for f in self.findings if f.code == "schema.field_missing"}
        by_gid = {f.gid: f for f in self.observed.fields}
        for rule in self.rules.mapping.fields:
            ref = field_ref(rule.key)
            if ref in missing or (not self._exists(ref) and self._wait(ref, f"« {rule.name} »")):
                continue
            if not self._exists(ref):
                self.operations.append(CreateField(ref=ref, rule=rule))
            else:
                self._options(rule)
            definition = by_gid.get(self.recognition.gids.get(ref, ""))
            for role in self._roles(rule):
                self._attach(rule, role, definition.attached_to if definition else frozenset())

    def _options(self, rule: FieldRule) -> None:
        for option in rule.options:
            ref = option_ref(rule.key, option.id)
            if not self._exists(ref) and not self._wait(ref, f"« {option.name} »"):
                self.operations.append(
                    CreateOption(
                        ref=ref,
                        field=field_ref(rule.key),
                        name=option.name,
                        color=option.color,
                        lane=f"options:{rule.key}",
                    )
                )

    def _roles(self, rule: FieldRule) -> tuple[ProjectRole, ...]:
        scopes: tuple[tuple[ProjectRole, Scope], ...] = (
            ("actions", "action"),
            ("indicators", "indicator"),
        )
        return tuple(r for r, scope in scopes if rule in self.rules.mapping.of(scope))

    def _attach(self, rule: FieldRule, role: ProjectRole, attached_to: frozenset[str]) -> None:
        ref = f"attach:{role}/{rule.key}"
        project = self.recognition.gids.get(project_ref(role))
        if project in attached_to:
            self._agree(ref, "attached", "oui")
            return
        if (ref, "attached") in self.memory.baselines:
            name = self.rules.project_name if role == "actions" else self.rules.companion_name
            facts = {"field": rule.name, "project": name}
            self.findings.append(Finding("schema.field_detached", ref, facts))
            return
        self.attaching.add(ref)
        self._propose(
            AttachField(
                ref=ref,
                role=role,
                field=field_ref(rule.key),
                after=frozenset({project_ref(role), field_ref(rule.key)}),
            ),
            {(ref, "attached"): "oui"},
        )

    # tasks

    def _last_seen(self, ref: Ref) -> Comparable:
        """The day of the last read that still showed it at home; remembered at first absence."""
        day = self.memory.baselines.get((ref, "last_seen"))
        if day is None and self.memory.previous_read_on is not None:
            day = self.memory.previous_read_on.isoformat()
        self._agree(ref, "last_seen", day)
        return day

    def _missing(self, task: DesiredTask) -> None:
        facts = {"title": task.title, "last_seen": self._last_seen(task.ref)}
        self.findings.append(Finding("task.missing", task.ref, facts))

    def _create(self, task: DesiredTask) -> None:
        if self._wait(task.ref, task.title):
            return
        values = {**task.fields, **task.seeds}
        rules = {rule.key: rule for rule in self.rules.mapping.fields}
        fields = {
            field_ref(key): self._to_write(rules[key], value)
            for key, value in values.items()
            if value is not None
        }
        attached = {f"attach:{task.role}/{key}" for key in values}
        agreed: dict[tuple[Ref, str], Comparable] = {
            (task.ref, key): normal(value, rules[key].precision) for key, value in values.items()
        }
        for name, wanted in self._builtins(task).items():
            if name not in ("section", "parent"):  # only a read proves both homes
                agreed[task.ref, name] = wanted
        self._propose(
            CreateTask(
                ref=task.ref,
                name=task.name,
                notes=task.notes,
                role=task.role,
                section=task.section,
                parent=task.parent,
                due_on=task.due_on,
                fields=fields,
                after=frozenset(
                    {task.section, project_ref(task.role), *attached}
                    | ({task.parent} if task.parent else set())
                ),
                lane=f"tasks:{task.parent or task.section}",
            ),
            agreed,
        )
        self._decide(task.ref, "", Verdict.CREATE, None, task.name, None)

    def _builtins(self, task: DesiredTask) -> dict[str, Comparable]:
        values: dict[str, Comparable] = {
            "name": normal_text(task.name),
            "notes": normal_text(task.notes),
            "section": task.section,
        }
        if task.parent:
            values["parent"] = task.parent
            values["due_on"] = normal(task.due_on)
        return values

    def _present(self, task: DesiredTask) -> None:
        observed = self.observed.tasks[self.recognition.gids[task.ref]]
        if observed.gid in self.observed.moved:
            self._last_seen(task.ref)
        elif self.memory.baselines.get((task.ref, "last_seen")):
            self._agree(task.ref, "last_seen", None)
        builtins: dict[str, str | date | None] = {}
        agreed: dict[tuple[Ref, str], Comparable] = {}
        for name, wanted in self._builtins(task).items():
            seen = self._observed_builtin(observed, name, task.role)
            rule = self.rules.mapping.builtins.get(_GOVERNED_BY[name], _REPORTED)
            verdict = self._compare(task, name, wanted, seen, rule.owner, rule.on_drift)
            if verdict not in (Verdict.WRITE, Verdict.RESTORE):
                continue
            if name == "section":
                self._place(task)
            elif name == "parent" and task.parent:
                self._propose(
                    SetParent(ref=task.ref, parent=task.parent),
                    {(task.ref, "parent"): task.parent},
                )
            else:
                builtins[name] = {
                    "name": task.name,
                    "notes": task.notes,
                    "due_on": task.due_on,
                }[name]
                agreed[task.ref, name] = wanted
        fields: dict[Ref, FieldValue] = {}
        for field_rule, value in self._changed_fields(task, observed):
            key = field_rule.key
            fields[field_ref(key)] = self._to_write(field_rule, task.fields.get(key))
            agreed[task.ref, key] = value
        if builtins or fields:
            attached = {f"attach:{task.role}/{ref.split(':', 1)[1]}" for ref in fields}
            self._propose(
                UpdateTask(
                    ref=task.ref,
                    builtins=builtins,
                    fields=fields,
                    after=frozenset(attached & self.attaching),
                ),
                agreed,
            )
        elif task.assignee and (task.ref, "assignee") not in self.memory.baselines:
            self._assign_once(task, observed)

    def _assign_once(self, task: DesiredTask, observed: ObservedTask) -> None:
        """On its own and after all else: an unknown address must not keep a promise out."""
        if observed.assignee_gid is not None:
            self._agree(task.ref, "assignee", task.assignee)
            return
        self._propose(
            UpdateTask(ref=task.ref, builtins={"assignee": task.assignee}),
            {(task.ref, "assignee"): task.assignee},
        )

    def _observed_builtin(self, task: ObservedTask, name: str, role: ProjectRole) -> Comparable:
        if name == "section":
            project = self.recognition.gids.get(project_ref(role), "")
            section = task.homes.get(project)
            return self._ref_or_gid(section)
        if name == "parent":
            return self._ref_or_gid(task.parent_gid)
        if name == "due_on":
            return normal(task.due_on)
        return normal_text(task.name if name == "name" else task.notes)

    def _ref_or_gid(self, gid: str | None) -> Comparable:
        return None if gid is None else self.refs.get(gid, f"gid:{gid}")

    def _changed_fields(
        self, task: DesiredTask, observed: ObservedTask
    ) -> Iterator[tuple[FieldRule, Comparable]]:
        """Fields to write, with their comparable value; a task away from home has none."""
        if self.recognition.gids.get(project_ref(task.role)) not in observed.homes:
            return
        scope: Scope = "action" if task.role == "actions" else "indicator"
        for rule in self.rules.mapping.of(scope):
            gid = self.recognition.gids.get(field_ref(rule.key))
            readable = gid in observed.fields or f"attach:{task.role}/{rule.key}" in self.attaching
            if gid is None or not readable:
                continue
            seen = self._observed_field(rule, observed.fields.get(gid))
            wanted = normal(task.fields.get(rule.key), rule.precision)
            verdict = self._compare(task, rule.key, wanted, seen, rule.owner, rule.on_drift)
            if verdict in (Verdict.WRITE, Verdict.RESTORE):
                yield rule, wanted
        if task.role == "indicators":
            done = "oui" if observed.completed else None
            self._compare(task, "completed", None, done, "people", None)

    def _observed_field(self, rule: FieldRule, value: FieldValue) -> Comparable:
        if rule.kind == "enum" and isinstance(value, str):
            ref = self.refs.get(value)
            prefix = option_ref(rule.key, "")
            return ref.removeprefix(prefix) if ref else f"gid:{value}"
        return normal(value, rule.precision)

    def _to_write(self, rule: FieldRule, value: FieldValue) -> FieldValue:
        return option_ref(rule.key, str(value)) if rule.kind == "enum" else value

    def _place(self, task: DesiredTask) -> None:
        self._propose(
            PlaceTask(
                ref=task.ref,
                role=task.role,
                section=task.section,
                after=frozenset() if self._exists(task.section) else frozenset({task.section}),
                lane=f"place:{task.section}",
            ),
            {(task.ref, "section"): task.section},
        )

    def _propose(
        self, operation: AnyOperation, agreed: Mapping[tuple[Ref, str], Comparable]
    ) -> None:
        self.operations.append(operation)
        self.on_success[operation.key].update(agreed)

    # one field

    def _compare(
        self,
        task: DesiredTask,
        name: str,
        wanted: Comparable,
        seen: Comparable,
        owner: Owner,
        on_drift: OnDrift | None,
    ) -> Verdict:
        key = (task.ref, name)
        base = self.memory.baselines.get(key, UNSEEN)
        verdict = decide(wanted, seen, base, owner, on_drift)
        if verdict is Verdict.RESTORE and key in self.memory.restored:
            verdict = Verdict.HOLD
            self._find("field.restored_again", task, name, wanted, seen, base)
            self._decide(task.ref, name, verdict, base, wanted, seen)
            return verdict
        if verdict is Verdict.PULL and seen and seen.startswith("gid:"):
            return Verdict.KEEP  # an unknown option: the last known value is kept
        if verdict in (Verdict.AGREE, Verdict.PULL):
            self._agree(task.ref, name, seen)
        if code := _FINDING_OF.get(verdict):
            code = "task.moved" if name == "section" and seen is None else code
            code = "task.rehung" if name == "parent" else code
            self._find(code, task, name, wanted, seen, base)
        if verdict not in (Verdict.KEEP, Verdict.AGREE):
            self._decide(task.ref, name, verdict, base, wanted, seen)
        return verdict

    def _find(
        self, code: str, task: DesiredTask, name: str, wanted: object, seen: object, base: object
    ) -> None:
        facts: dict[str, str | int | None] = {"title": task.title}
        subject = task.ref
        if code.startswith("field."):
            subject = f"{task.ref}#{name}"
            facts["field"] = self._field_name(name)
            for fact, value in (("plan", wanted), ("asana", seen), ("base", base)):
                facts[fact] = self._shown(value)
        self.findings.append(Finding(code, subject, facts))

    def _field_name(self, name: str) -> str:
        for rule in self.rules.mapping.fields:
            if rule.key == name:
                return rule.name
        return {"name": "nom", "notes": "description", "due_on": "échéance", "order": "ordre"}.get(
            name, name
        )

    def _shown(self, value: object) -> str | None:
        """A value as a person reads it: a section by its title, long text shortened."""
        if value is UNSEEN:
            return "jamais convenu"
        if value is None:
            return None
        text = str(value)
        if text.startswith("section:"):
            titles = {section_ref(v.id): v.title for _, v in self.plan.volets()}
            titles |= {section_ref(c.id): c.title for c in self.rules.checkpoints}
            text = titles.get(text, text)
        elif text.startswith("gid:"):
            text = next(
                (s.name for s in self.observed.sections if f"gid:{s.gid}" == text), "ailleurs"
            )
        text = " ".join(text.split())
        return text if len(text) <= 160 else text[:159] + "…"

    def _agree(self, ref: Ref, name: str, value: Comparable) -> None:
        if self.memory.baselines.get((ref, name), UNSEEN) != value:
            self.agreed[ref, name] = value

    def _decide(
        self,
        ref: Ref,
        name: str,
        verdict: Verdict,
        base: Comparable | Unseen,
        wanted: Comparable,
        seen: Comparable,
    ) -> None:
        fr, en = _RULES[verdict]
        self.decisions.append(
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

    # order in a section

    def _orders(self) -> None:
        project = self.observed.projects.get("actions")
        if project is None or "actions" not in self.observed.order:
            return
        rank = {gid: n for n, gid in enumerate(self.observed.order["actions"])}
        for _, volet in self.plan.volets():
            ref = section_ref(volet.id)
            section = self.recognition.gids.get(ref)
            wanted = [action_ref(a.id) for a in volet.actions]
            placed = [r for r in wanted if self._in_section(r, project.gid, section, rank)]
            if len(placed) != len(wanted) or len(placed) < 2:
                continue
            seen = sorted(placed, key=lambda r: rank[self.recognition.gids[r]])
            self._order(ref, volet.title, wanted, seen)

    def _in_section(
        self, ref: Ref, project: str, section: str | None, rank: Mapping[str, int]
    ) -> bool:
        gid = self.recognition.gids.get(ref)
        task = self.observed.tasks.get(gid) if gid else None
        if task is None or section is None or gid not in rank:
            return False
        return task.homes.get(project) == section

    def _order(self, ref: Ref, title: str, wanted: list[Ref], seen: list[Ref]) -> None:
        plan, asana = " ".join(wanted), " ".join(seen)
        base = self.memory.baselines.get((ref, "order"), UNSEEN)
        if plan == asana:
            self._agree(ref, "order", plan)
            return
        if base not in (UNSEEN, asana):
            names = {action_ref(a.id): a.title for _, _, a in self.plan.actions()}
            facts: dict[str, str | int | None] = {
                "title": f"« {title} »",
                "field": "ordre",
                "plan": self._shown(" · ".join(names[r] for r in wanted)),
                "asana": self._shown(" · ".join(names[r] for r in seen)),
                "base": None,
            }
            self.findings.append(Finding("field.drifted", f"{ref}#order", facts))
            return
        self._decide(ref, "order", Verdict.WRITE, base, plan, asana)
        first_wrong = next(n for n, (a, b) in enumerate(zip(wanted, seen, strict=True)) if a != b)
        for n in range(first_wrong, len(wanted)):
            self.operations.append(
                PlaceTask(
                    ref=wanted[n],
                    role="actions",
                    section=ref,
                    insert_after=wanted[n - 1] if n else None,
                    lane=f"place:{ref}",
                )
            )
