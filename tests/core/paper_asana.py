"""
Asana on paper: the least model that operations can be applied to and observed again.

It lets the laws of the core be tested over thousands of cases without a wire. It has people in
it, who edit what they like. The real behaviour is tested against the sandbox process.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.core.draft import Memory
from sync.core.history import History
from sync.core.view import View, look
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
    UpdateTask,
)
from sync.model.plan import Action, Axis, Checkpoint, Goal, Indicator, Plan, Volet
from sync.model.progress import FrozenStanding
from sync.model.rules import Direction, GuardLimits, Rules
from sync.model.target import (
    FieldValue,
    Observed,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedSection,
    ObservedTask,
    ProjectRole,
)
from sync.settings import MappingFile, expand
from sync.settings.document import read_document
from sync.settings.problems import Problem
from sync.settings.strict import parse

MAPPINGS = Path(__file__).parents[2] / "mappings" / "asana.yaml"
READ_AT = datetime(2026, 2, 1, 17, tzinfo=UTC)
CHECKPOINTS = (
    Checkpoint("mi-chemin", "Mi-chemin", date(2026, 2, 15), date(2026, 2, 20)),
    Checkpoint("finalite", "Finalité", date(2026, 3, 15), date(2026, 3, 20)),
)


def small_plan() -> Plan:
    def action(id_: str, title: str, midway: int, final: int) -> Action:
        lines = {
            checkpoint: tuple(
                Indicator(f"{id_}-{checkpoint}-{n}", f"{title}, {n}", Goal("deliverable"))
                for n in range(1, count + 1)
            )
            for checkpoint, count in (("mi-chemin", midway), ("finalite", final))
            if count
        }
        return Action(id_, title, lines)

    return Plan(
        "essai",
        "Plan d’essai",
        (
            Axis(
                1,
                "Organisation",
                "Mieux faire",
                (
                    Volet(
                        "1.1",
                        "Gestion",
                        (action("A1-01", "Bureau", 2, 1), action("A1-02", "Budget", 1, 1)),
                    ),
                    Volet("1.2", "Efficacité", (action("A1-03", "Délais", 1, 0),)),
                ),
            ),
            Axis(
                2,
                "Communauté",
                "Mieux vivre",
                (Volet("2.1", "Tissu", (action("A2-01", "Tournée", 1, 1),)),),
            ),
        ),
    )


@cache
def _mapping_file() -> MappingFile:
    problems: list[Problem] = []
    file = parse(read_document(MAPPINGS), MappingFile, problems)
    assert file is not None, problems
    return file


def rules_for(plan: Plan, **changes: object) -> Rules:
    file = _mapping_file()
    directions = (Direction("greffe", "Greffe", "greffe@ville.example", ("A1-02",)),)
    chosen = changes.get("directions", directions)
    rules = Rules(
        checkpoints=CHECKPOINTS,
        zone=ZoneInfo("America/Toronto"),
        mapping=expand(file, CHECKPOINTS, plan, chosen),  # type: ignore[arg-type]
        directions=directions,
        limits=GuardLimits(),
        project_name="Plan d’essai",
        companion_name="Plan d’essai – indicateurs",
    )
    return replace(rules, **changes)  # type: ignore[arg-type]


@dataclass
class PaperAsana:
    """Applies operations as Asana would when nothing goes wrong, and remembers as a store."""

    plan: Plan
    rules: Rules
    links: dict[Ref, str] = field(default_factory=dict)
    baselines: dict[tuple[Ref, str], str | None] = field(default_factory=dict)
    frozen: dict[tuple[str, str], FrozenStanding] = field(default_factory=dict)
    projects: dict[ProjectRole, ObservedProject] = field(default_factory=dict)
    sections: list[ObservedSection] = field(default_factory=list)
    fields: dict[str, ObservedField] = field(default_factory=dict)
    tasks: dict[str, ObservedTask] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)
    count: int = 0
    written: list[AnyOperation] = field(default_factory=list)

    def gid(self) -> str:
        self.count += 1
        return str(1_000_000 + self.count)

    def observe(self, *, complete: bool = True) -> Observed:
        order: dict[ProjectRole, tuple[str, ...]] = {
            role: tuple(
                g for g in self.order if project.gid in self.tasks[g].homes and g not in self.absent
            )
            for role, project in self.projects.items()
        }
        home = {p.gid for p in self.projects.values()}
        moved = frozenset(
            g for g, t in self.tasks.items() if g not in self.absent and not home & set(t.homes)
        )
        return Observed(
            complete=complete,
            read_at=READ_AT,
            projects=dict(self.projects),
            sections=tuple(self.sections),
            fields=tuple(self.fields.values()),
            tasks=dict(self.tasks),
            order=order,
            absent=frozenset(self.absent),
            moved=moved,
            sandbox=True,
        )

    def look(
        self, today: date = date(2026, 2, 1), history: History | None = None, **memory: object
    ) -> View:
        return look(
            self.plan,
            self.rules,
            self.observe(),
            self.links,
            Memory(self.baselines, previous_read_on=READ_AT.date(), **memory),  # type: ignore[arg-type]
            self.frozen,
            today,
            history,
        )

    def cycle(self, today: date = date(2026, 2, 1), **memory: object) -> View:
        """One round: remember what was seen, write what was proposed."""
        view = self.look(today, **memory)
        for old in view.recognition.relinked:
            del self.links[old]
        self.links.update(view.recognition.new_links)
        self.baselines.update(view.changes.agreed)
        for operation in view.changes.operations:
            self.apply(operation)
            self.baselines.update(view.changes.on_success.get(operation.key, {}))
        return view

    def apply(self, operation: AnyOperation) -> None:
        self.written.append(operation)
        match operation:
            case CreateProject():
                gid = self.gid()
                self.projects[operation.role] = ObservedProject(
                    gid, operation.name, operation.notes
                )
                self.links[operation.ref] = gid
            case CreateSection():
                gid = self.gid()
                project = self.projects[operation.role].gid
                self.sections.append(ObservedSection(gid, operation.name, project))
                self.links[operation.ref] = gid
            case CreateField(rule=rule):
                options = tuple(ObservedOption(self.gid(), o.name) for o in rule.options)
                gid = self.gid()
                self.fields[gid] = ObservedField(
                    gid, rule.name, rule.kind, rule.description, options
                )
                self.links[operation.ref] = gid
                for wanted, made in zip(rule.options, options, strict=True):
                    self.links[f"option:{rule.key}/{wanted.id}"] = made.gid
            case CreateOption():
                definition = self.fields[self.links[operation.field]]
                made = ObservedOption(self.gid(), operation.name)
                self.fields[definition.gid] = replace(
                    definition, options=(*definition.options, made)
                )
                self.links[operation.ref] = made.gid
            case AttachField():
                definition = self.fields[self.links[operation.field]]
                project = self.projects[operation.role].gid
                self.fields[definition.gid] = replace(
                    definition, attached_to=definition.attached_to | {project}
                )
                for task in list(self.tasks.values()):
                    if project in task.homes:
                        self.edit(task.gid, **{definition.gid: task.fields.get(definition.gid)})
            case CreateTask():
                project = self.projects[operation.role].gid
                blank = {g: None for g, f in self.fields.items() if project in f.attached_to}
                gid = self.gid()
                self.tasks[gid] = ObservedTask(
                    gid=gid,
                    name=operation.name,
                    notes=operation.notes,
                    parent_gid=self.links[operation.parent] if operation.parent else None,
                    due_on=operation.due_on,
                    created_at=READ_AT,
                    homes={project: self.links[operation.section]},
                    fields=blank | self._values(operation.fields),
                )
                self.order.append(gid)
                self.links[operation.ref] = gid
            case UpdateTask():
                task = self.tasks[self.links[operation.ref]]
                values = dict(operation.builtins)
                if "assignee" in values:
                    values["assignee_gid"] = "1" if values.pop("assignee") else None
                changed = replace(
                    task,
                    fields={**task.fields, **self._values(operation.fields)},
                    **values,  # type: ignore[arg-type]
                )
                self.tasks[task.gid] = changed
            case PlaceTask():
                task = self.tasks[self.links[operation.ref]]
                project = self.projects[operation.role].gid
                homes = {**task.homes, project: self.links[operation.section]}
                self.tasks[task.gid] = replace(task, homes=homes)
                self.order.remove(task.gid)
                after = operation.insert_after
                at = self.order.index(self.links[after]) + 1 if after else 0
                self.order.insert(at, task.gid)
            case SetParent():
                task = self.tasks[self.links[operation.ref]]
                self.tasks[task.gid] = replace(task, parent_gid=self.links[operation.parent])
            case _:
                pass

    def _values(self, fields: Mapping[Ref, FieldValue]) -> dict[str, FieldValue]:
        return {
            self.links[ref]: self.links[value]
            if isinstance(value, str) and value.startswith("option:")
            else value
            for ref, value in fields.items()
        }

    # people

    def edit(self, gid: str, **fields: FieldValue) -> None:
        task = self.tasks[gid]
        self.tasks[gid] = replace(task, fields={**task.fields, **fields})

    def set_field(self, ref: Ref, key: str, value: FieldValue) -> None:
        if isinstance(value, str) and f"option:{key}/{value}" in self.links:
            value = self.links[f"option:{key}/{value}"]
        self.edit(self.links[ref], **{self.links[f"field:{key}"]: value})

    def change(self, ref: Ref, **changes: object) -> None:
        gid = self.links[ref]
        self.tasks[gid] = replace(self.tasks[gid], **changes)  # type: ignore[arg-type]


def kinds(operations: Iterable[AnyOperation]) -> list[str]:
    return [type(operation).__name__ for operation in operations]


def codes(view: View) -> set[str]:
    return {f.code for f in view.findings if not f.code.startswith("plan.")}


def provisioned(**changes: object) -> PaperAsana:
    plan = small_plan()
    paper = PaperAsana(plan, rules_for(plan, **changes))
    while paper.cycle().changes.operations:
        pass
    paper.written.clear()
    return paper
