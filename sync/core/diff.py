"""
Work out what must change in Asana for it to match the plan.

Three states are compared, not two: the baseline tells a change made by the plan from one made
by a person. What is held, missing or awaited is left alone and said. Same inputs, same
operations, same order.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sync.core.chosen import carried_out, exactly
from sync.core.compare import decide
from sync.core.desired import DesiredTask
from sync.core.draft import ChangeSet, Draft, Memory
from sync.core.lost_answers import lost_with
from sync.core.marks import ROLES, action_ref, field_ref, option_ref, plain_id, project_ref
from sync.core.order import propose_order
from sync.core.recognise import Recognition
from sync.core.structure import attachment, propose_structure
from sync.core.values import UNSEEN, Comparable, Unseen, normal, normal_text
from sync.model.decision import Verdict
from sync.model.finding import Finding, Settlement
from sync.model.mapping import Builtin, BuiltinRule, FieldRule, OnDrift, Owner, Scope
from sync.model.operation import AnyOperation, CreateTask, PlaceTask, Ref, SetParent, UpdateTask
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import FieldValue, Observed, ObservedTask, ProjectRole

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
_TEXTS = ("name", "notes")
_WRITTEN = (Verdict.WRITE, Verdict.RESTORE, Verdict.SETTLE)
_LASTING = (Verdict.REPORT, Verdict.CONFLICT, Verdict.HOLD)
_REPORTED = BuiltinRule("plan", "report")


def diff(
    plan: Plan,
    rules: Rules,
    desired: Iterable[DesiredTask],
    observed: Observed,
    recognition: Recognition,
    memory: Memory,
) -> ChangeSet:
    """Compare everything once; see the module's promise."""
    draft = Draft(plan, rules, observed, recognition, memory)
    propose_structure(draft)
    tasks = _Tasks(draft)
    for task in desired:
        tasks.compare(task)
    propose_order(draft)
    return draft.done()


def settled_by_answer(
    operation: AnyOperation, task: ObservedTask | None, gids: Mapping[Ref, str]
) -> dict[tuple[Ref, str], Comparable]:
    """
    The places that the answer to a create shows its task in: agreed on from then on.

    Otherwise a person who moves it away before the next reading would be taken for a home that
    Asana dropped, and the task put back.
    """
    if not isinstance(operation, CreateTask) or task is None:
        return {}
    agreed: dict[tuple[Ref, str], Comparable] = {}
    project = gids.get(project_ref(operation.role), "")
    if task.homes.get(project) == gids.get(operation.section, ""):
        agreed[operation.ref, "section"] = operation.section
    if operation.parent and task.parent_gid == gids.get(operation.parent, ""):
        agreed[operation.ref, "parent"] = operation.parent
    return agreed


def told_as(seen: Comparable) -> str:
    """How a lasting disagreement is remembered, under the field's name and `~`."""
    return f"={seen or ''}"


class _Tasks:
    """Compares one task after the other; the draft gathers what follows."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.baselines = draft.memory.baselines
        self.rules = {rule.key: rule for rule in draft.rules.mapping.fields}
        self.builtins = {
            name: draft.rules.mapping.builtins.get(governing, _REPORTED)
            for name, governing in _GOVERNED_BY.items()
        }
        self.settling: dict[tuple[Ref, str], Settlement] = {}
        self.carried = {role: tuple(self._carried(role)) for role in ROLES}
        self.told = {(ref, name[:-1]) for ref, name in self.baselines if name[-1:] == "~"}
        self.retired = set(map(action_ref, draft.memory.chosen.retired))
        self.home_gids = {role: draft.gid(project_ref(role)) for role in ROLES}

    def _carried(self, role: ProjectRole) -> Iterator[tuple[FieldRule, str, bool]]:
        """The fields of a role's tasks: rule, gid, and whether it is about to arrive there."""
        scope: Scope = "action" if role == "actions" else "indicator"
        for rule in self.draft.rules.mapping.of(scope):
            arriving = attachment(role, rule.key) in self.draft.making
            yield rule, self.draft.gid(field_ref(rule.key)), arriving

    def compare(self, task: DesiredTask) -> None:
        recognition = self.draft.recognition
        if task.ref in recognition.anew:
            self._create(task)
        elif task.ref in recognition.gone:
            if task.parent not in recognition.gone:
                self._missing(task)
        elif task.ref in recognition.held:
            self._tell_once(task.ref, "identity", Verdict.HOLD, None, None, None)
        elif (gid := recognition.gids.get(task.ref)) is None:
            if not self.retired & {task.ref, task.parent}:
                self._create(task)
        elif (observed := self.draft.observed.tasks.get(gid)) is not None:
            self._present(task, observed)

    def _last_seen(self, ref: Ref) -> Comparable:
        """The day of the last read that still showed it at home; remembered at first absence."""
        day = self.draft.memory.baselines.get((ref, "last_seen"))
        if day is None and self.draft.memory.previous_read_on is not None:
            day = self.draft.memory.previous_read_on.isoformat()
        self.draft.agree(ref, "last_seen", day)
        return day

    def _missing(self, task: DesiredTask) -> None:
        facts = {
            "title": task.title,
            "last_seen": self._last_seen(task.ref),
            "gid": self.draft.gid(task.ref),
        }
        self.draft.findings.append(Finding("task.missing", task.ref, facts))

    def _create(self, task: DesiredTask) -> None:
        needs = {task.section, project_ref(task.role)} | ({task.parent} if task.parent else set())
        if self.draft.awaits(task.ref, task.title):
            return
        if not all(map(self.draft.will_exist, needs)):
            if not needs & set(self.draft.memory.awaited):
                facts: dict[str, str | int | None] = {"title": task.title}
                self.draft.findings.append(Finding("task.blocked", task.ref, facts))
            return
        values = {
            key: value
            for key, value in {**task.fields, **task.seeds, **self._entered(task)}.items()
            if self.draft.will_exist(field_ref(key)) and self._on_project(key, task.role)
        }
        fields = {
            field_ref(key): self._to_write(self.rules[key], value)
            for key, value in values.items()
            if value is not None
        }
        attached = {attachment(task.role, key) for key in values}
        agreed: dict[tuple[Ref, str], Comparable] = {
            (task.ref, key): normal(value, self.rules[key].precision)
            for key, value in values.items()
        }
        for name in (*_TEXTS, "due_on") if task.parent else _TEXTS:  # a read proves both homes
            agreed[task.ref, name] = normal(getattr(task, name))
        self.draft.make(
            CreateTask(
                ref=task.ref,
                name=task.name,
                notes=task.notes,
                role=task.role,
                section=task.section,
                parent=task.parent,
                due_on=task.due_on,
                fields=fields,
                after=frozenset(needs | attached),
                lane=f"tasks:{task.parent or task.section}",
            ),
            agreed,
        )
        self.draft.decide(task.ref, "", Verdict.CREATE, None, task.name, None)

    def _entered(self, task: DesiredTask) -> dict[str, FieldValue]:
        """What people had entered in the task that this one stands for, as last seen."""
        before = self.draft.observed.tasks.get(self.draft.recognition.anew.get(task.ref, ""))
        if before is None:
            return {}
        scope: Scope = "action" if task.role == "actions" else "indicator"
        entered: dict[str, FieldValue] = {}
        for rule in self.draft.rules.mapping.of(scope):
            value = before.fields.get(self.draft.gid(field_ref(rule.key)))
            if rule.owner != "people" or value is None:
                continue
            if rule.kind == "enum":
                option = self.draft.refs.get(str(value))
                if option is None:
                    continue
                value = option.removeprefix(option_ref(rule.key, ""))
            entered[rule.key] = value
        done_on = self.draft.rules.mapping.role("done_on").key
        if task.role == "indicators" and before.completed and before.completed_at:
            day = before.completed_at.astimezone(self.draft.rules.zone).date()
            entered.setdefault(done_on, day)
        return entered

    def _on_project(self, key: str, role: ProjectRole) -> bool:
        if attachment(role, key) in self.draft.making:
            return True
        project, gid = self.draft.gid(project_ref(role)), self.draft.gid(field_ref(key))
        return any(f.gid == gid and project in f.attached_to for f in self.draft.observed.fields)

    def _at_rest(
        self, ref: Ref, name: str, wanted: FieldValue, seen: FieldValue, owner: Owner
    ) -> bool:
        """Each side that counts holds to the letter what was agreed, as nearly always."""
        key = (ref, name)
        if owner == "people":
            agreed = seen == self.baselines.get(key)
        else:
            agreed = wanted == seen == self.baselines.get(key, UNSEEN)
        return agreed and key not in self.told and key not in self.draft.lost

    def _present(self, task: DesiredTask, observed: ObservedTask) -> None:
        away = observed.gid in self.draft.observed.moved
        if away:
            self._last_seen(task.ref)
        elif self.baselines.get((task.ref, "last_seen")):
            self.draft.agree(task.ref, "last_seen", None)
        builtins: dict[str, str | date | None] = {}
        if task.parent is None and observed.parent_gid is not None and not away:
            self.draft.findings.append(Finding("task.converted", task.ref, {"title": task.title}))
        agreed: dict[tuple[Ref, str], Comparable] = {}
        for name, ours, theirs in self._builtins(task, observed):
            if away and name not in ("section", "parent"):
                continue  # what is out of sight is not compared, and never written
            rule = self.builtins[name]
            if self._at_rest(task.ref, name, ours, theirs, rule.owner):
                continue
            given = name not in _TEXTS
            wanted = ours if given else normal_text(ours)
            seen = theirs if given else normal_text(theirs)
            verdict = self._compare(task, name, wanted, seen, rule.owner, rule.on_drift)
            if verdict not in _WRITTEN:
                continue
            spent = self._spent(task.ref, name)
            if name == "section":
                self._place(task, observed, spent)
            elif name == "parent" and task.parent:
                self.draft.propose(
                    SetParent(ref=task.ref, parent=task.parent),
                    {(task.ref, "parent"): task.parent, **spent},
                )
            else:
                builtins[name] = {
                    "name": task.name,
                    "notes": task.notes,
                    "due_on": task.due_on,
                }[name]
                agreed |= {(task.ref, name): wanted, **spent}
        fields: dict[Ref, FieldValue] = {}
        for field_rule, value in self._changed_fields(task, observed):
            key = field_rule.key
            fields[field_ref(key)] = self._to_write(field_rule, task.fields.get(key))
            agreed |= {(task.ref, key): value, **self._spent(task.ref, key)}
            if (task.ref, key) in self.draft.lost:
                agreed[task.ref, lost_with(key)] = None
        if builtins or fields:
            attached = {attachment(task.role, plain_id(ref)) for ref in fields}
            self.draft.propose(
                UpdateTask(
                    ref=task.ref,
                    builtins=builtins,
                    fields=fields,
                    after=frozenset(attached & self.draft.making),
                ),
                agreed,
            )
        elif task.assignee and (task.ref, "assignee") not in self.draft.memory.baselines:
            self._assign_once(task, observed)

    def _assign_once(self, task: DesiredTask, observed: ObservedTask) -> None:
        """On its own and after all else: an unknown address must not keep a promise out."""
        if observed.assignee_gid is not None:
            self.draft.agree(task.ref, "assignee", task.assignee)
            return
        self.draft.propose(
            UpdateTask(ref=task.ref, builtins={"assignee": task.assignee}),
            {(task.ref, "assignee"): task.assignee},
        )

    def _builtins(
        self, task: DesiredTask, observed: ObservedTask
    ) -> Iterator[tuple[str, Comparable, Comparable]]:
        """Each as the plan wants it and as Asana holds it; texts to the letter."""
        yield "name", task.name, observed.name
        yield "notes", task.notes, observed.notes
        home = observed.homes.get(self.home_gids[task.role])
        yield "section", task.section, self._ref_or_gid(home)
        if task.parent:
            yield "parent", task.parent, self._ref_or_gid(observed.parent_gid)
            due = normal(task.due_on)
            same = task.due_on == observed.due_on
            yield "due_on", due, due if same else normal(observed.due_on)

    def _ref_or_gid(self, gid: str | None) -> Comparable:
        return None if gid is None else self.draft.refs.get(gid) or f"gid:{gid}"

    def _changed_fields(
        self, task: DesiredTask, observed: ObservedTask
    ) -> Iterator[tuple[FieldRule, Comparable]]:
        """Fields to write, with their comparable value; a task away from home has none."""
        if self.home_gids[task.role] not in observed.homes:
            return
        for rule, gid, arriving in self.carried[task.role]:
            if gid not in observed.fields and not arriving:
                continue
            raw, value = task.fields.get(rule.key), observed.fields.get(gid)
            plain = value is None or rule.kind == "text"
            held = value if plain else self._observed_field(rule, value)
            if self._at_rest(task.ref, rule.key, raw, held, rule.owner):
                continue
            wanted, seen = normal(raw, rule.precision), self._observed_field(rule, value)
            if self._is_our_seed(task, rule, seen):
                self.draft.agree(task.ref, rule.key, seen)
                continue
            verdict = self._compare(task, rule.key, wanted, seen, rule.owner, rule.on_drift)
            if verdict in _WRITTEN:
                yield rule, wanted
        if task.role == "indicators":
            done = "oui" if observed.completed else None
            if not self._at_rest(task.ref, "completed", None, done, "people"):
                self._compare(task, "completed", None, done, "people", None)

    def _is_our_seed(self, task: DesiredTask, rule: FieldRule, seen: Comparable) -> bool:
        """Whether people said nothing yet: a cycle that made the task died before it kept that."""
        return (
            rule.key in task.seeds
            and (task.ref, rule.key) not in self.baselines
            and seen == normal(task.seeds[rule.key], rule.precision)
        )

    def _observed_field(self, rule: FieldRule, value: FieldValue) -> Comparable:
        if rule.kind == "enum" and isinstance(value, str):
            ref = self.draft.refs.get(value)
            if ref is None or ref in self.draft.recognition.confused:
                return f"gid:{value}"
            return ref.removeprefix(option_ref(rule.key, ""))
        return normal(value, rule.precision)

    def _to_write(self, rule: FieldRule, value: FieldValue) -> FieldValue:
        return option_ref(rule.key, str(value)) if rule.kind == "enum" else value

    def _spent(self, ref: Ref, name: str) -> dict[tuple[Ref, str], Comparable]:
        """What is settled is carried out once: the next disagreement is another question."""
        by = self.settling.get((ref, name))
        return {} if by is None else {(ref, carried_out(name)): str(by.id)}

    def _place(
        self,
        task: DesiredTask,
        observed: ObservedTask,
        spent: Mapping[tuple[Ref, str], Comparable],
    ) -> None:
        self.draft.propose(
            PlaceTask(
                ref=task.ref,
                role=task.role,
                section=task.section,
                after=frozenset() if self.draft.exists(task.section) else frozenset({task.section}),
                lane=f"place:{task.section}",
                arriving=self.draft.gid(project_ref(task.role)) not in observed.homes,
            ),
            {(task.ref, "section"): task.section, **spent},
        )

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
        base = self.baselines.get(key, UNSEEN)
        lost = key in self.draft.lost
        if lost and seen is None:  # it went with its field: nobody emptied it
            if owner == "people":
                return Verdict.KEEP
            base = UNSEEN
        verdict = decide(wanted, seen, base, owner, on_drift)
        if lost and (seen is not None or verdict is Verdict.AGREE):
            self.draft.agree(task.ref, lost_with(name), None)
        emptied = base is UNSEEN and not lost and self._found_empty(task.ref, name)
        if verdict is Verdict.WRITE and emptied:
            verdict = Verdict.HOLD
        nowhere = name == "section" and not self.draft.will_exist(task.section)
        if (verdict is Verdict.KEEP and key not in self.told) or (nowhere and verdict in _WRITTEN):
            return Verdict.KEEP  # with no section to go to, its own finding says so
        code = _FINDING_OF.get(verdict)
        if verdict is Verdict.RESTORE and key in self.draft.memory.restored:
            verdict, code = Verdict.HOLD, "field.restored_again"
        elif code is not None:
            code = "task.moved" if name == "section" and seen is None else code
            code = "task.rehung" if name == "parent" else code
        if verdict is Verdict.PULL and self._is_enum(name) and seen and seen.startswith("gid:"):
            return Verdict.KEEP  # an option unknown or confused: the last known value is kept
        if verdict in (Verdict.AGREE, Verdict.PULL):
            self.draft.agree(task.ref, name, seen)
        by = self._find(code, task, name, wanted, seen, base) if code else None
        if by is not None and by.choice == "plan" and verdict in _LASTING and not nowhere:
            self.settling[key], verdict = by, Verdict.SETTLE
        self._tell_once(task.ref, name, verdict, base, wanted, seen, by)
        return verdict

    def _found_empty(self, ref: Ref, name: str) -> bool:
        """Told as empty by a recovery: nobody can say that it had not been emptied by a person."""
        return self.draft.memory.baselines.get((ref, f"{name}~")) == told_as(None)

    def _tell_once(
        self,
        ref: Ref,
        name: str,
        verdict: Verdict,
        base: Comparable | Unseen,
        wanted: Comparable,
        seen: Comparable,
        by: Settlement | None = None,
    ) -> None:
        """
        Decide; but a lasting disagreement only when it begins, changes or ends.

        What was told last is remembered beside the baseline, under the field's name and `~`.
        """
        told, note = self.draft.memory.baselines.get((ref, f"{name}~")), told_as(seen)
        if verdict in _LASTING:
            if told != note:
                self.draft.decide(ref, name, verdict, base, wanted, seen)
                self.draft.agree(ref, f"{name}~", note)
            return
        if told is not None:
            self.draft.agree(ref, f"{name}~", None)
            if verdict in (Verdict.KEEP, Verdict.AGREE):
                self.draft.decide(ref, name, Verdict.AGREE, base, wanted, seen)
        if verdict not in (Verdict.KEEP, Verdict.AGREE):
            settled = by if verdict is Verdict.SETTLE else None
            self.draft.decide(ref, name, verdict, base, wanted, seen, settled)

    def _find(
        self,
        code: str,
        task: DesiredTask,
        name: str,
        wanted: Comparable,
        seen: Comparable,
        base: Comparable | Unseen,
    ) -> Settlement | None:
        """Tell it; what a person chose for exactly this is returned."""
        before = self.draft.memory.baselines.get((task.ref, carried_out(name)))
        facts: dict[str, str | int | None] = {
            "title": task.title,
            "exact": exactly(wanted, seen, base, before),
        }
        subject = task.ref
        if code.startswith("field."):
            subject = f"{task.ref}#{name}"
            facts["field"] = self._field_name(name)
            for fact, value in (("plan", wanted), ("asana", seen), ("base", base)):
                facts[fact] = self._shown(name, value)
        found = Finding(code, subject, facts)
        self.draft.findings.append(found)
        return self.draft.memory.chosen.of(found)

    def _is_enum(self, name: str) -> bool:
        return name in self.rules and self.rules[name].kind == "enum"

    def _shown(self, name: str, value: Comparable | Unseen) -> str | None:
        if name in ("section", "parent"):
            return self.draft.placed(value)
        if self._is_enum(name):
            return self.draft.chosen(self.rules[name], value)
        return self.draft.shown(value)

    def _field_name(self, name: str) -> str:
        if name in self.rules:
            return self.rules[name].name
        return {"name": "nom", "notes": "description", "due_on": "échéance"}.get(name, name)
