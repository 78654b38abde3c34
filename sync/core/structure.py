"""
What holds the tasks: projects and whom they are shared with, sections, fields, options.

Everything is made once. A thing that was there and is gone, renamed or detached is a finding:
Jalon does not make it a second time, but for a field that a person wants made anew.
"""

from sync.core.draft import Draft
from sync.core.lost_answers import answers_in, lost_with
from sync.core.marks import ROLES, field_ref, option_ref, plain_id, project_ref, section_ref
from sync.core.notes import project_notes
from sync.core.values import Comparable
from sync.model.finding import Finding
from sync.model.mapping import FieldRule, Scope
from sync.model.operation import (
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    Ref,
    ShareProject,
)
from sync.model.target import ProjectRole


def propose_structure(draft: Draft) -> None:
    _projects(draft)
    _sections(draft)
    _fields(draft)


def attachment(role: ProjectRole, field_key: str) -> Ref:
    """The ref of a field being on a project."""
    return f"attach:{role}/{field_key}"


def _project_name(draft: Draft, role: ProjectRole) -> str:
    return draft.rules.project_name if role == "actions" else draft.rules.companion_name


def _projects(draft: Draft) -> None:
    team = (draft.rules.team,) if draft.rules.team else ()
    for role in ROLES:
        ref, name = project_ref(role), _project_name(draft, role)
        if not draft.exists(ref) and not draft.awaits(ref, f"« {name} »"):
            notes = project_notes(draft.plan, draft.rules, role)
            draft.make(CreateProject(ref=ref, role=role, name=name, notes=notes))
        for member in (*draft.rules.members, *team):
            share = f"share:{role}/{member}"
            if (share, "shared") not in draft.memory.baselines and draft.will_exist(ref):
                draft.propose(
                    ShareProject(ref=share, role=role, member=member, after=frozenset({ref})),
                    {(share, "shared"): "oui"},
                )


def _gone(draft: Draft, code: str) -> set[Ref]:
    return {finding.subject for finding in draft.findings if finding.code == code}


def _sections(draft: Draft) -> None:
    wanted: list[tuple[ProjectRole, str, str]] = [
        ("actions", volet.id, volet.title) for _, volet in draft.plan.volets()
    ]
    wanted += [("indicators", c.id, c.title) for c in draft.rules.checkpoints]
    gone = _gone(draft, "schema.section_missing")
    for role, id_, title in wanted:
        ref, project = section_ref(id_), project_ref(role)
        if draft.exists(ref) or ref in gone or not draft.will_exist(project):
            continue
        if not draft.awaits(ref, f"« {title} »"):
            after, lane = frozenset({project}), f"sections:{role}"
            draft.make(CreateSection(ref=ref, role=role, name=title, after=after, lane=lane))


def _fields(draft: Draft) -> None:
    gone = _gone(draft, "schema.field_missing")
    attached_to = {one.gid: one.attached_to for one in draft.observed.fields}
    for name in {plain_id(ref) for ref in draft.recognition.remade}:
        for ref, _ in answers_in(name, draft.memory.baselines):
            draft.agree(ref, lost_with(name), "oui")
    for rule in draft.rules.mapping.fields:
        if rule.existing:
            continue
        ref = field_ref(rule.key)
        if draft.exists(ref):
            _options(draft, rule)
        elif (ref in gone and not _wanted_anew(draft, ref)) or draft.awaits(
            ref, f"« {rule.name} »"
        ):
            continue
        else:
            draft.make(CreateField(ref=ref, rule=rule), _anew(draft, rule) if ref in gone else {})
        for role in _roles(draft, rule):
            _attach(draft, rule, role, attached_to.get(draft.gid(ref), frozenset()))


def _wanted_anew(draft: Draft, ref: Ref) -> bool:
    """A person chose so for just this loss: with another gid it is another."""
    chosen = (
        draft.memory.chosen.of(finding)
        for finding in draft.findings
        if (finding.code, finding.subject) == ("schema.field_missing", ref)
    )
    return any(one is not None and one.choice == "recreate" for one in chosen)


def _anew(draft: Draft, rule: FieldRule) -> dict[tuple[Ref, str], Comparable]:
    """What holds as soon as it is made: it is empty, though nobody emptied it, and nowhere yet."""
    lost = set(answers_in(rule.key, draft.memory.baselines))
    draft.lost |= lost
    draft.remade.add(field_ref(rule.key))
    told: dict[tuple[Ref, str], Comparable] = {(ref, lost_with(name)): "oui" for ref, name in lost}
    return told | {(attachment(role, rule.key), "attached"): None for role in _roles(draft, rule)}


def _options(draft: Draft, rule: FieldRule) -> None:
    for option in rule.options:
        ref = option_ref(rule.key, option.id)
        if draft.exists(ref) or draft.awaits(ref, f"« {option.name} »"):
            continue
        draft.make(
            CreateOption(
                ref=ref,
                field=field_ref(rule.key),
                name=option.name,
                color=option.color,
                lane=f"options:{rule.key}",
            )
        )


def _roles(draft: Draft, rule: FieldRule) -> tuple[ProjectRole, ...]:
    scopes: tuple[tuple[ProjectRole, Scope], ...] = (
        ("actions", "action"),
        ("indicators", "indicator"),
    )
    return tuple(role for role, scope in scopes if rule in draft.rules.mapping.of(scope))


def _attach(draft: Draft, rule: FieldRule, role: ProjectRole, attached_to: frozenset[str]) -> None:
    ref, project = attachment(role, rule.key), project_ref(role)
    if draft.gid(project) in attached_to:
        draft.agree(ref, "attached", "oui")
    elif draft.memory.baselines.get((ref, "attached")) and field_ref(rule.key) not in draft.remade:
        facts = {"field": rule.name, "project": _project_name(draft, role)}
        draft.findings.append(Finding("schema.field_detached", ref, facts))
    elif draft.will_exist(project):
        field = field_ref(rule.key)
        if field in draft.recognition.remade:
            draft.agree(ref, "attached", None)
        draft.make(
            AttachField(ref=ref, role=role, field=field, after=frozenset({project, field})),
            {(ref, "attached"): "oui"},
        )
