"""Projects, sections, fields and options: made once, and never a second time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from sync.core.draft import ChangeSet, Memory
from sync.core.notes import project_notes
from sync.core.structure import propose_structure
from sync.model.finding import Finding
from sync.model.mapping import FieldMapping, FieldRule
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateOption,
    CreateProject,
    CreateSection,
    Ref,
    ShareProject,
)
from sync.model.target import ProjectRole
from tests.core.paper_draft import (
    DONE_ON,
    EVERYTHING,
    FOLLOWUP,
    PLAN,
    PROOF,
    RULES,
    STATE,
    drafted,
)

SHARED = replace(RULES, members=("a@ville.example", "b@ville.example"), team="Greffe")
MEMBERS = ("a@ville.example", "b@ville.example", "Greffe")
ATTACHED: Mapping[str, tuple[ProjectRole, ...]] = {
    "suivi": ("actions",),
    "etat": ("actions",),
    "preuve": ("actions", "indicators"),
    "fait_le": ("indicators",),
}
AGREED = {
    (f"attach:{role}/{key}", "attached"): "oui" for key, roles in ATTACHED.items() for role in roles
}


def project(role: ProjectRole, name: str) -> CreateProject:
    notes = project_notes(PLAN, SHARED, role)
    return CreateProject(ref=f"project:{role}", role=role, name=name, notes=notes)


def share(role: ProjectRole, member: str) -> ShareProject:
    after = frozenset({f"project:{role}"})
    return ShareProject(ref=f"share:{role}/{member}", role=role, member=member, after=after)


def section(role: ProjectRole, id_: str, name: str) -> CreateSection:
    return CreateSection(
        ref=f"section:{id_}",
        role=role,
        name=name,
        after=frozenset({f"project:{role}"}),
        lane=f"sections:{role}",
    )


def field(rule: FieldRule) -> CreateField:
    return CreateField(ref=f"field:{rule.key}", rule=rule)


def attach(role: ProjectRole, key: str) -> AttachField:
    return AttachField(
        ref=f"attach:{role}/{key}",
        role=role,
        field=f"field:{key}",
        after=frozenset({f"project:{role}", f"field:{key}"}),
    )


def option(id_: str, name: str, color: str) -> CreateOption:
    return CreateOption(
        ref=f"option:etat/{id_}", field="field:etat", name=name, color=color, lane="options:etat"
    )


ACTIONS = project("actions", "Plan d’essai")
INDICATORS = project("indicators", "Plan d’essai – indicateurs")
VOLET = section("actions", "1.1", "Gestion")
MI, FIN = section("indicators", "mi", "Mi-chemin"), section("indicators", "fin", "Finalité")
WHOLE: list[AnyOperation] = [
    ACTIONS,
    *(share("actions", member) for member in MEMBERS),
    INDICATORS,
    *(share("indicators", member) for member in MEMBERS),
    VOLET,
    MI,
    FIN,
    field(FOLLOWUP),
    attach("actions", "suivi"),
    field(STATE),
    attach("actions", "etat"),
    field(PROOF),
    attach("actions", "preuve"),
    attach("indicators", "preuve"),
    field(DONE_ON),
    attach("indicators", "fait_le"),
]


def test_in_an_empty_workspace_everything_is_made_in_order_and_agreed_once_it_stands() -> None:
    """A field that people already have is not made; neither is it attached."""
    draft = drafted(rules=SHARED)
    propose_structure(draft)
    changes = draft.done()
    assert list(changes.operations) == WHOLE
    assert changes.agreed == {}
    hoped = {f"ShareProject {one.ref}": (one.ref, "shared") for one in WHOLE if "share" in one.ref}
    hoped |= {
        f"AttachField {one.ref}": (one.ref, "attached") for one in WHOLE if "attach" in one.ref
    }
    told = {key: dict(values) for key, values in changes.on_success.items() if values}
    assert told == {key: {baseline: "oui"} for key, baseline in hoped.items()}


def test_of_no_team_and_no_member_nobody_is_shared_with() -> None:
    draft = drafted()
    propose_structure(draft)
    assert not [one for one in draft.done().operations if isinstance(one, ShareProject)]


def proposed(
    lacking: Iterable[Ref] = (),
    detached: Iterable[str] = (),
    agreed: Mapping[tuple[Ref, str], str] = AGREED,
    awaited: Iterable[Ref] = (),
    gone: Mapping[Ref, str] | None = None,
) -> ChangeSet:
    """Of a structure that stands, all but this; `gone` has the code of the finding that says so."""
    there = [ref for ref in EVERYTHING if ref not in lacking]
    attached = {
        key: [role for role in roles if f"{role}/{key}" not in detached]
        for key, roles in ATTACHED.items()
    }
    draft = drafted(
        there,
        attached=attached,
        memory=Memory(agreed, awaited=dict.fromkeys(awaited, "14 h 05")),
        gone=gone or {},
        findings=tuple(Finding(code, ref) for ref, code in (gone or {}).items()),
    )
    propose_structure(draft)
    return draft.done()


def test_a_structure_that_stands_is_left_alone() -> None:
    assert proposed() == ChangeSet()


def test_what_is_attached_already_is_agreed() -> None:
    changes = proposed(agreed={})
    assert (changes.operations, changes.agreed) == ((), AGREED)


def test_whom_a_project_was_shared_with_is_remembered_by_project() -> None:
    shared = {(f"share:actions/{member}", "shared"): "oui" for member in MEMBERS[:2]}
    draft = drafted(EVERYTHING, rules=SHARED, attached=ATTACHED, memory=Memory(shared))
    propose_structure(draft)
    assert list(draft.done().operations) == [
        share("actions", "Greffe"),
        *(share("indicators", member) for member in MEMBERS),
    ]


@pytest.mark.parametrize(
    ("lacking", "made"),
    [
        (
            ("project:indicators",),
            [replace(INDICATORS, notes=project_notes(PLAN, RULES, "indicators"))],
        ),
        (("section:1.1",), [VOLET]),
        (("section:mi",), [MI]),
        (("section:fin",), [FIN]),
        (("option:etat/a",), [option("a", "À venir", "cool-gray")]),
        (("option:etat/b",), [option("b", "En cours", "yellow")]),
        (
            ("option:etat/a", "option:etat/b"),
            [option("a", "À venir", "cool-gray"), option("b", "En cours", "yellow")],
        ),
    ],
)
def test_what_lacks_is_made(lacking: tuple[Ref, ...], made: list[AnyOperation]) -> None:
    assert list(proposed(lacking).operations) == made


@pytest.mark.parametrize(
    ("ref", "title", "also_lacking", "made"),
    [
        ("project:actions", "« Plan d’essai »", ("section:1.1", "section:fin"), [FIN]),
        ("section:1.1", "« Gestion »", ("section:fin",), [FIN]),
        ("section:mi", "« Mi-chemin »", ("section:fin",), [FIN]),
        ("field:suivi", "« Suivi »", ("section:fin",), [FIN]),
        (
            "option:etat/a",
            "« À venir »",
            ("option:etat/b",),
            [option("b", "En cours", "yellow")],
        ),
    ],
)
def test_what_got_no_answer_is_awaited_and_does_not_stop_the_rest(
    ref: Ref, title: str, also_lacking: tuple[Ref, ...], made: list[AnyOperation]
) -> None:
    """Nor is anything put into a project that is awaited."""
    changes = proposed((ref, *also_lacking), agreed={}, awaited=[ref])
    assert list(changes.operations) == made
    assert changes.awaited == (ref,)
    facts = {"title": title, "until": "14 h 05"}
    assert changes.findings == (Finding("task.awaited", ref, facts),)


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("section:1.1", "schema.section_missing"),
        ("section:mi", "schema.section_missing"),
        ("field:suivi", "schema.field_missing"),
        ("field:etat", "schema.field_missing"),
    ],
)
def test_what_people_removed_is_not_made_a_second_time(ref: Ref, code: str) -> None:
    """Whether or not its gid is still remembered, and the rest is looked at all the same."""
    gone = {ref: code}
    rest = ("section:fin", "option:etat/b")
    expected = [FIN] if ref == "field:etat" else [FIN, option("b", "En cours", "yellow")]
    for lacking in (rest, (ref, *rest)):
        changes = proposed(lacking, gone=gone)
        assert list(changes.operations) == expected
        assert changes.findings == (Finding(code, ref),)


def test_a_field_that_people_took_off_a_project_is_told_and_left_off() -> None:
    changes = proposed(detached=["actions/preuve", "indicators/preuve", "actions/suivi"])
    assert changes.operations == ()
    assert changes.findings == tuple(
        Finding("schema.field_detached", f"attach:{role}/{key}", {"field": name, "project": where})
        for role, key, name, where in (
            ("actions", "suivi", "Suivi", "Plan d’essai"),
            ("actions", "preuve", "Preuve", "Plan d’essai"),
            ("indicators", "preuve", "Preuve", "Plan d’essai – indicateurs"),
        )
    )


def test_a_field_that_was_never_attached_is_attached() -> None:
    agreed = {key: value for key, value in AGREED.items() if key[0] != "attach:indicators/preuve"}
    changes = proposed(detached=["indicators/preuve"], agreed=agreed)
    assert list(changes.operations) == [attach("indicators", "preuve")]


def test_a_field_is_not_attached_to_a_project_that_is_not_there() -> None:
    changes = proposed(
        ["project:indicators"],
        detached=["indicators/preuve"],
        agreed={},
        awaited=["project:indicators"],
    )
    assert changes.operations == ()
    assert ("attach:actions/preuve", "attached") in changes.agreed


def test_a_field_that_is_being_made_brings_its_options_with_it() -> None:
    """None is asked for beside it."""
    rules = replace(RULES, mapping=FieldMapping((STATE, FOLLOWUP), {}))
    draft = drafted(["project:actions", "project:indicators", "field:suivi"], rules=rules)
    propose_structure(draft)
    fields = [one for one in draft.done().operations if not isinstance(one, CreateSection)]
    assert fields == [field(STATE), attach("actions", "etat"), attach("actions", "suivi")]
