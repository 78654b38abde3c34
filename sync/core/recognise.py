"""
Which object in Asana is which thing of the plan.

By stored gid first, then by the id field, then by the mark in the notes; where they disagree
the thing is held. Never by title. Sections and fields, which carry no id of ours, go by stored
gid and then by name inside what is already proved ours; so does a section or a field that stands in
the place of one that was deleted, for Asana gives none back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sync.core.chosen import NOTHING_CHOSEN, Chosen, covers
from sync.core.marks import (
    ROLES,
    field_line,
    field_ref,
    is_task,
    mark_in_notes,
    option_ref,
    project_ref,
    section_ref,
    task_mark,
)
from sync.model.finding import Finding
from sync.model.mapping import FieldMapping, FieldRule, Scope
from sync.model.operation import Ref
from sync.model.plan import Plan
from sync.model.rules import Rules
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedTask,
    ProjectRole,
)

_CONFUSED = "schema.option_confused"
_SCOPES: Final[Mapping[ProjectRole, Scope]] = {"actions": "action", "indicators": "indicator"}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recognition:
    """
    `gids` is every ref that exists, `held` the tasks whose identity is in doubt, `gone` the
    refs that were linked and are proved absent. `anew` are those of them that a person had
    created anew, with the gid that is gone. `new_links` are gids to remember. `confused` are
    options of people's fields that bear the name of another: what they choose means neither.
    `remade` are fields that take, from now on, the place of a deleted one.
    """

    gids: Mapping[Ref, str]
    held: frozenset[Ref] = frozenset()
    gone: frozenset[Ref] = frozenset()
    anew: Mapping[Ref, str] = field(default_factory=dict)
    new_links: Mapping[Ref, str] = field(default_factory=dict)
    relinked: Mapping[Ref, Ref] = field(default_factory=dict)  # a ref that gave its gid to another
    findings: tuple[Finding, ...] = ()
    confused: frozenset[Ref] = frozenset()
    remade: frozenset[Ref] = frozenset()

    def refs(self) -> dict[str, Ref]:
        """gid → ref."""
        return {gid: ref for ref, gid in self.gids.items()}


def recognise(
    plan: Plan,
    rules: Rules,
    observed: Observed,
    links: Mapping[Ref, str],
    titles: Mapping[Ref, str],
    chosen: Chosen = NOTHING_CHOSEN,
) -> Recognition:
    """`titles` names every task of the plan, for the findings, and is the list of task refs."""
    gids: dict[Ref, str] = {}
    owner = {gid: ref for ref, gid in links.items()}
    findings: list[Finding] = []
    for role in ROLES:
        if role in observed.projects:
            gids[project_ref(role)] = observed.projects[role].gid
    findings += _sections(plan, rules, observed, links, gids)
    findings += _fields(rules.mapping, observed, links, gids)
    tasks = _Tasks(plan.id, observed, links, titles, gids.get(field_ref("jalon_id")), chosen)
    tasks.run()
    gids.update(tasks.gids)
    return Recognition(
        gids=gids,
        held=frozenset(tasks.held),
        gone=frozenset(tasks.gone),
        anew=tasks.anew,
        new_links={ref: gid for ref, gid in gids.items() if links.get(ref) != gid},
        relinked={owner[gid]: ref for ref, gid in gids.items() if owner.get(gid, ref) != ref},
        findings=(*findings, *tasks.findings),
        confused=frozenset(one.subject for one in findings if one.code == _CONFUSED),
        remade=frozenset(
            ref
            for ref, gid in gids.items()
            if ref.startswith(field_ref("")) and links.get(ref, gid) != gid
        ),
    )


def _sections(
    plan: Plan,
    rules: Rules,
    observed: Observed,
    links: Mapping[Ref, str],
    gids: dict[Ref, str],
) -> Iterable[Finding]:
    wanted: list[tuple[ProjectRole, Ref, str]] = [
        ("actions", section_ref(volet.id), volet.title) for _, volet in plan.volets()
    ]
    wanted += [("indicators", section_ref(c.id), c.title) for c in rules.checkpoints]
    by_gid = {section.gid: section for section in observed.sections}
    linked = set(links.values())
    for role, ref, title in wanted:
        project = observed.projects.get(role)
        if project is None:
            continue
        gid = links.get(ref)
        if gid is None or (gid not in by_gid and observed.complete):
            fit = next(
                (
                    s.gid
                    for s in observed.sections
                    if s.project_gid == project.gid
                    and s.name == title
                    and s.gid not in linked
                    and s.gid not in gids.values()
                ),
                None,
            )
            if fit is None and gid is not None:
                yield Finding("schema.section_missing", ref, {"section": title})
            gid = fit
        if gid is None or gid not in by_gid:
            continue
        gids[ref] = gid
        if by_gid[gid].name != title:
            facts = {"section": title, "asana": by_gid[gid].name}
            yield Finding("schema.section_renamed", ref, facts)


def _fields(
    mapping: FieldMapping, observed: Observed, links: Mapping[Ref, str], gids: dict[Ref, str]
) -> Iterable[Finding]:
    by_gid = {f.gid: f for f in observed.fields}
    for rule in mapping.fields:
        ref = field_ref(rule.key)
        gid = links.get(ref)
        if gid is None:
            found = _unlinked(rule, observed)
            if found is None:
                if rule.existing and "actions" in observed.projects and observed.complete:
                    like = len(_peoples_own(rule, observed))
                    yield Finding("schema.field_missing", ref, {"field": rule.name, "like": like})
                continue
            gid = found.gid
        elif gid not in by_gid and observed.complete:
            fits = _in_its_place(rule, observed, {*links.values(), *gids.values()})
            if len(fits) != 1:
                yield Finding("schema.field_missing", ref, _lacking(rule, gid, len(fits)))
                continue
            gid = fits[0].gid
        if gid not in by_gid:
            continue
        definition = by_gid[gid]
        gids[ref] = gid
        if definition.kind != rule.kind:
            facts = {"field": rule.name, "asana": definition.kind, "plan": rule.kind}
            yield Finding("schema.field_retyped", ref, facts)
        if definition.name != rule.name:
            facts = {"field": rule.name, "asana": definition.name}
            yield Finding("schema.field_renamed", ref, facts)
        yield from _options(rule, definition, links, gids)


def _unlinked(rule: FieldRule, observed: Observed) -> ObservedField | None:
    """
    Ours by our line in its description; people's own by its name, where the mapping says so.

    Of two fields of one name and kind neither is taken: nobody said which one is meant.
    """
    if not rule.existing:
        line = field_line(rule.key)
        return next((f for f in observed.fields if line in f.description), None)
    named = _peoples_own(rule, observed)
    return named[0] if len(named) == 1 else None


def _peoples_own(rule: FieldRule, observed: Observed) -> list[ObservedField]:
    home = observed.projects.get("actions")
    return [] if home is None else [f for f in observed.fields if _called(rule, f, {home.gid})]


def _called(rule: FieldRule, one: ObservedField, homes: Collection[str]) -> bool:
    """On one of these projects, under the name and of the kind that the mapping says."""
    same = one.kind == rule.kind and one.name.strip() == rule.name.strip()
    return same and not one.attached_to.isdisjoint(homes)


def _in_its_place(
    rule: FieldRule, observed: Observed, taken: Collection[str]
) -> list[ObservedField]:
    """
    What may stand for a field of ours that was deleted: only one alone is taken.

    Our own line tells it, as after an answer that was lost; what a person made, its name and kind
    on a project that is to carry it.
    """
    line = None if rule.existing else field_line(rule.key)
    homes = {
        project.gid
        for role, project in observed.projects.items()
        if rule.scope in (_SCOPES[role], "both")
    }
    return [
        each
        for each in observed.fields
        if each.gid not in taken
        and each.kind == rule.kind
        and (_called(rule, each, homes) or (line is not None and line in each.description))
    ]


def _lacking(rule: FieldRule, gid: str, like: int) -> dict[str, str | int | None]:
    """The gid of one that Jalon made: a yes to make it anew is about that one and no other."""
    told: dict[str, str | int | None] = {"field": rule.name, "like": like}
    return told if rule.existing else told | {"gid": gid}


def _options(
    rule: FieldRule,
    definition: ObservedField,
    links: Mapping[Ref, str],
    gids: dict[Ref, str],
) -> Iterable[Finding]:
    by_gid = {o.gid: o for o in definition.options}
    taken = {links.get(option_ref(rule.key, option.id)) for option in rule.options}
    for wanted in rule.options:
        ref = option_ref(rule.key, wanted.id)
        linked = by_gid.get(links.get(ref, ""))
        option = linked or next(
            (o for o in definition.options if o.name == wanted.name and o.gid not in taken), None
        )
        if option is None:
            continue
        gids[ref] = option.gid
        if option.name != wanted.name:
            facts = {"option": wanted.name, "field": rule.name, "asana": option.name}
            others = rule.owner == "people" and any(option.name == o.name for o in rule.options)
            yield Finding(_CONFUSED if others else "schema.option_renamed", ref, facts)
        if not option.enabled:
            facts = {"option": wanted.name, "field": rule.name}
            yield Finding("schema.option_disabled", ref, facts)


class _Tasks:
    """One pass over the tasks; the fields are its results."""

    def __init__(
        self,
        plan_id: str,
        observed: Observed,
        links: Mapping[Ref, str],
        titles: Mapping[Ref, str],
        id_field: str | None,
        chosen: Chosen,
    ) -> None:
        self.observed = observed
        self.links = links
        self.titles = titles
        self.id_field = id_field
        self.ref_of_mark = {task_mark(plan_id, ref): ref for ref in titles}
        self.gids: dict[Ref, str] = {}
        self.held: set[Ref] = set()
        self.copies: set[str] = set()  # a copied action brings copies of its indicators along
        self.gone: set[Ref] = set()
        self.chosen = chosen
        self.wanted_anew = chosen.anew()
        self.declared_copies = chosen.copies()
        self.anew: dict[Ref, str] = {}
        self.findings: list[Finding] = []

    def run(self) -> None:
        claims = self._claims()
        linked: dict[str, Ref] = {}
        former: dict[str, Ref] = {}
        for ref, gid in self.links.items():
            if ref in self.titles:
                linked[gid] = ref
            elif is_task(ref):
                former[gid] = ref
        foreign = 0
        for gid, task in self.observed.tasks.items():
            if gid in former and gid not in self.observed.absent:
                if task.parent_gid not in former:
                    facts: dict[str, str | int | None] = {"title": f"« {task.name} »"}
                    self.findings.append(Finding("task.retired", former[gid], facts))
                continue
            if gid in linked or gid in self.observed.absent or gid in self.observed.moved:
                continue
            foreign += self._ref_by_mark(task) is None
        for ref in self.titles:
            self._one(ref, claims.get(ref, []), linked)
        self._pending()
        if foreign:
            self.findings.append(Finding("task.foreign", "project:actions", {"count": foreign}))

    def _pending(self) -> None:
        """A loss whose tasks are not all created anew yet stays settled, in the same words."""
        for one in self.chosen.settled.values():
            if one.choice == "recreate" and self.anew.keys() & covers(one).keys():
                self.findings.append(Finding("task.missing", one.subject, one.facts))

    def _ref_by_field(self, task: ObservedTask) -> Ref | None:
        value = task.fields.get(self.id_field) if self.id_field else None
        return self.ref_of_mark.get(value) if isinstance(value, str) else None

    def _ref_by_mark(self, task: ObservedTask) -> Ref | None:
        """By the id field; by the note only where the field says nothing at all."""
        if self.id_field and task.fields.get(self.id_field):
            return self._ref_by_field(task)
        mark = mark_in_notes(task.notes)
        return self.ref_of_mark.get(mark) if mark else None

    def _claims(self) -> dict[Ref, list[ObservedTask]]:
        """Tasks by the ref they claim, oldest first."""
        claims: dict[Ref, list[ObservedTask]] = defaultdict(list)
        for task in self.observed.tasks.values():
            if task.gid in self.observed.absent:
                continue
            ref = self._ref_by_mark(task)
            if ref is not None:
                claims[ref].append(task)
        for tasks in claims.values():
            if len(tasks) > 1:
                tasks.sort(key=lambda t: (t.created_at or _LONG_AGO, t.gid))
        return claims

    def _one(self, ref: Ref, claimants: list[ObservedTask], linked: Mapping[str, Ref]) -> None:
        gid = self.links.get(ref)
        if gid is not None and [t.gid for t in claimants] == [gid]:
            self.gids[ref] = gid  # its own task, and no other: nothing to tell apart
            return
        # A gid already linked to another thing is that thing, whatever its id field says now.
        copies = [t for t in claimants if linked.get(t.gid, ref) == ref]
        anew = gid is not None and gid in self.observed.absent and self.wanted_anew.get(ref) == gid
        if gid is None or anew:
            declared = self.declared_copies
            fit = next((t.gid for t in copies if not declared & {t.gid, t.parent_gid}), None)
            if fit is None and gid is not None:
                self.anew[ref] = gid
            gid = fit or gid
        if gid is None:
            return
        self.gids[ref] = gid
        extra = [t for t in copies if t.gid != gid and t.parent_gid not in self.copies]
        self.copies.update(t.gid for t in copies if t.gid != gid)
        if extra:
            facts: dict[str, str | int | None] = {
                "count": len(extra),
                "title": self.titles[ref],
                "copies": " ".join(sorted(t.gid for t in extra)),
            }
            self.findings.append(Finding("task.duplicated", ref, facts))
        if gid in self.observed.absent:
            self.gone.add(ref)
            return
        task = self.observed.tasks.get(gid)
        if task is None or any(claimant is task for claimant in claimants):
            return
        said = self._ref_by_field(task)
        if said is not None and said != ref:
            self.held.add(ref)
            facts = {
                "title": self.titles[ref],
                "why": f"« Jalon id » = {task.fields.get(self.id_field or '')}",
            }
            self.findings.append(Finding("task.identity_doubt", ref, facts))
