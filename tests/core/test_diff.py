"""
What one comparison makes of one action and one indicator: everything that it proposes, says,
remembers and will remember, case by case.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from sync.core.chosen import Chosen, exactly
from sync.core.desired import DesiredTask
from sync.core.diff import diff, settled_by_answer, told_as
from sync.core.draft import ChangeSet, Memory
from sync.core.recognise import Recognition
from sync.model.finding import Choice, Finding, Settlement
from sync.model.mapping import BuiltinRule, FieldMapping, FieldRule, Option
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    UpdateTask,
)
from sync.model.plan import Action, Axis, Checkpoint, Goal, Indicator, Plan, Volet
from sync.model.rules import Rules
from sync.model.target import Observed, ObservedField, ObservedOption, ObservedProject, ObservedTask

A, B, LINE, NEXT = "action:A1", "action:B1", "indicator:I1", "indicator:J1"
PLAN: Final = Plan(
    "essai",
    "Essai",
    (
        Axis(
            1,
            "Axe",
            "Mieux",
            (
                Volet(
                    "1.1",
                    "Gestion",
                    (
                        Action(
                            "A1",
                            "Bureau",
                            {"mi-chemin": (Indicator("I1", "Un guide", Goal("deliverable")),)},
                        ),
                    ),
                ),
                Volet("1.2", "Efficacité", (Action("B1", "Budget", {}),)),
            ),
        ),
    ),
)
DUE: Final = date(2026, 2, 15)
FIELDS: Final = (
    FieldRule("jalon_id", "jalon_id", "both", "Jalon id", "", "text", "plan", "restore"),
    FieldRule(
        "axe", "axis", "action", "Axe", "", "enum", "plan", "restore",
        options=(Option("axe-1", "1"), Option("axe-2", "2")),
    ),
    FieldRule("suivi", "public_followup", "action", "Suivi", "", "text", "plan", "restore"),
    FieldRule(
        "direction", "direction", "action", "Direction", "", "enum", "people",
        options=(Option("greffe", "Greffe"),),
    ),
    FieldRule("note", "note", "action", "Note", "", "text", "people"),
    FieldRule("fait_le", "done_on", "indicator", "Fait le", "", "date", "people"),
    FieldRule("quantite", "quantity", "indicator", "Quantité", "", "number", "people", precision=1),
)  # fmt: skip
RULES: Final = Rules(
    checkpoints=(Checkpoint("mi-chemin", "Mi-chemin", DUE, date(2026, 2, 20)),),
    zone=ZoneInfo("America/Toronto"),
    mapping=FieldMapping(
        FIELDS,
        {
            "name": BuiltinRule("plan", "report"),
            "notes": BuiltinRule("plan", "restore"),
            "section": BuiltinRule("plan", "report"),
            "due_on": BuiltinRule("plan", "report"),
        },
    ),
    project_name="Plan",
    companion_name="Plan – indicateurs",
)
GIDS: Final[Mapping[Ref, str]] = {
    "project:actions": "1",
    "project:indicators": "2",
    "section:1.1": "21",
    "section:1.2": "22",
    "section:mi-chemin": "31",
    **{f"field:{rule.key}": f"4{n}" for n, rule in enumerate(FIELDS)},
    "option:axe/axe-1": "51",
    "option:axe/axe-2": "52",
    "option:direction/greffe": "53",
    A: "71",
    B: "72",
    LINE: "81",
}
ROLES_OF: Final = {"action": ("actions",), "indicator": ("indicators",)}
HOMES: Final = {"action": {"1"}, "indicator": {"2"}, "both": {"1", "2"}}
ATTACHED: Final[Mapping[tuple[Ref, str], str | None]] = {
    (f"attach:{role}/{rule.key}", "attached"): "oui"
    for rule in FIELDS
    for role in ROLES_OF.get(rule.scope, ("actions", "indicators"))
}
WANTED: Final = {
    A: DesiredTask(
        ref=A,
        title="« Bureau »",
        role="actions",
        section="section:1.1",
        name="Bureau",
        notes="De l’action",
        fields={"jalon_id": "essai/A1", "axe": "axe-1", "suivi": "À venir"},
    ),
    LINE: DesiredTask(
        ref=LINE,
        title="« Un guide »",
        role="indicators",
        section="section:mi-chemin",
        name="Un guide",
        notes="De la ligne",
        parent=A,
        due_on=DUE,
        fields={"jalon_id": "essai/I1"},
    ),
}
NEW: Final = {
    "b": WANTED[A]._replace(
        ref=B,
        title="« Budget »",
        section="section:1.2",
        name="Budget",
        fields={"jalon_id": "essai/B1", "axe": "axe-2", "suivi": None},
    ),
    "j": WANTED[LINE]._replace(ref=NEXT, title="« Une page »", name="Une page",
                 fields={"jalon_id": "essai/J1"}),
}  # fmt: skip


def at(key: str) -> str:
    return GIDS[f"field:{key}"]


def definitions() -> tuple[ObservedField, ...]:
    return tuple(
        ObservedField(
            at(rule.key),
            rule.name,
            rule.kind,
            options=tuple(
                ObservedOption(GIDS[f"option:{rule.key}/{o.id}"], o.name) for o in rule.options
            ),
            attached_to=frozenset(HOMES[rule.scope]),
        )
        for rule in FIELDS
    )


def seen_action() -> ObservedTask:
    values = {"jalon_id": "essai/A1", "axe": "51", "suivi": "À venir"}
    return ObservedTask(
        "71",
        "Bureau",
        "De l’action",
        homes={"1": "21"},
        fields={at(r.key): values.get(r.key) for r in FIELDS if r.scope != "indicator"},
    )


def seen_indicator() -> ObservedTask:
    return ObservedTask(
        "81",
        "Un guide",
        "De la ligne",
        parent_gid="71",
        due_on=DUE,
        homes={"2": "31"},
        fields={
            at(r.key): "essai/I1" if r.key == "jalon_id" else None
            for r in FIELDS
            if r.scope != "action"
        },
    )


AGREED: Final[Mapping[tuple[Ref, str], str | None]] = {
    **ATTACHED,
    (A, "name"): "Bureau",
    (A, "notes"): "De l’action",
    (A, "section"): "section:1.1",
    (A, "jalon_id"): "essai/A1",
    (A, "axe"): "axe-1",
    (A, "suivi"): "À venir",
    (LINE, "name"): "Un guide",
    (LINE, "notes"): "De la ligne",
    (LINE, "section"): "section:mi-chemin",
    (LINE, "parent"): A,
    (LINE, "due_on"): "2026-02-15",
    (LINE, "jalon_id"): "essai/I1",
}


@dataclass
class Desk:
    """Both sides agree on everything, until a test moves something."""

    rules: Rules = RULES
    gids: dict[Ref, str] = field(default_factory=lambda: dict(GIDS))
    baselines: dict[tuple[Ref, str], str | None] = field(default_factory=lambda: dict(AGREED))
    tasks: dict[str, ObservedTask] = field(
        default_factory=lambda: {"71": seen_action(), "81": seen_indicator()}
    )
    fields: tuple[ObservedField, ...] = field(default_factory=definitions)
    moved: frozenset[str] = frozenset()
    projects: dict[Any, ObservedProject] = field(
        default_factory=lambda: {
            "actions": ObservedProject("1", "Plan", ""),
            "indicators": ObservedProject("2", "Plan – indicateurs", ""),
        }
    )
    recognised: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    def change(self, ref: Ref, **changes: Any) -> "Desk":
        gid = GIDS[ref]
        self.tasks[gid] = replace(self.tasks[gid], **changes)
        return self

    def enter(self, ref: Ref, key: str, value: Any) -> "Desk":
        task = self.tasks[GIDS[ref]]
        return self.change(ref, fields={**task.fields, at(key): value})

    def without(self, *refs: Ref) -> "Desk":
        for ref in refs:
            self.tasks.pop(self.gids.pop(ref), None)
        return self

    def detached(self, key: str) -> "Desk":
        """A person took the field off its projects."""
        self.fields = tuple(
            replace(one, attached_to=frozenset()) if one.gid == at(key) else one
            for one in self.fields
        )
        return self

    def compare(self, *desired: DesiredTask) -> ChangeSet:
        return diff(
            PLAN,
            self.rules,
            desired or tuple(WANTED.values()),
            Observed(
                complete=True,
                read_at=datetime(2026, 2, 1, tzinfo=UTC),
                projects=self.projects,
                fields=self.fields,
                tasks=self.tasks,
                moved=self.moved,
            ),
            Recognition(self.gids, **self.recognised),
            Memory(self.baselines, **self.memory),
        )


def decided(changes: ChangeSet) -> list[tuple[str, ...]]:
    return [
        (d.verdict.value, d.subject, d.field, d.base or "", d.plan or "", d.asana or "")
        for d in changes.decisions
    ]


def the(operations: Iterable[AnyOperation], kind: type) -> Any:
    (found,) = [one for one in operations if isinstance(one, kind)]
    return found


def told(changes: ChangeSet, code: str) -> Finding:
    (found,) = [one for one in changes.findings if one.code == code]
    return found


def test_where_both_sides_hold_what_was_agreed_nothing_is_proposed_said_or_remembered() -> None:
    assert Desk().compare() == ChangeSet()


def test_spacing_in_asana_s_words_is_no_drift() -> None:
    desk = Desk().change(A, name="Bureau ", notes=" De  l’action").enter(A, "suivi", "À  venir")
    assert desk.compare() == ChangeSet()


# what is not there yet


def test_an_action_is_created_with_all_that_the_plan_says_of_it() -> None:
    desk = Desk().without(B)
    changes = desk.compare(NEW["b"]._replace(seeds={"direction": "greffe"}))
    created = CreateTask(
        ref=B,
        name="Budget",
        notes="De l’action",
        role="actions",
        section="section:1.2",
        fields={
            "field:jalon_id": "essai/B1",
            "field:axe": "option:axe/axe-2",
            "field:direction": "option:direction/greffe",
        },
        after=frozenset(
            {
                "section:1.2",
                "project:actions",
                "attach:actions/jalon_id",
                "attach:actions/axe",
                "attach:actions/suivi",
                "attach:actions/direction",
            }
        ),
        lane="tasks:section:1.2",
    )
    assert changes.operations == (created,)
    assert changes.on_success == {
        created.key: {
            (B, "jalon_id"): "essai/B1",
            (B, "axe"): "axe-2",
            (B, "suivi"): None,
            (B, "direction"): "greffe",
            (B, "name"): "Budget",
            (B, "notes"): "De l’action",
        }
    }
    assert decided(changes) == [("create", B, "", "", "Budget", "")]
    assert (changes.findings, changes.agreed) == ((), {})


def test_an_indicator_is_created_under_its_action_with_its_day() -> None:
    changes = Desk().compare(NEW["j"])
    created = CreateTask(
        ref=NEXT,
        name="Une page",
        notes="De la ligne",
        role="indicators",
        section="section:mi-chemin",
        parent=A,
        due_on=DUE,
        fields={"field:jalon_id": "essai/J1"},
        after=frozenset(
            {"section:mi-chemin", "project:indicators", A, "attach:indicators/jalon_id"}
        ),
        lane=f"tasks:{A}",
    )
    assert changes.operations == (created,)
    assert changes.on_success == {
        created.key: {
            (NEXT, "jalon_id"): "essai/J1",
            (NEXT, "name"): "Une page",
            (NEXT, "notes"): "De la ligne",
            (NEXT, "due_on"): "2026-02-15",
        }
    }


def test_a_number_is_agreed_at_the_precision_of_its_field() -> None:
    changes = Desk().compare(NEW["j"]._replace(seeds={"quantite": 3.14}))
    created = the(changes.operations, CreateTask)
    assert created.fields["field:quantite"] == 3.14
    assert changes.on_success[created.key][NEXT, "quantite"] == "3.1"


def test_an_indicator_may_follow_the_action_that_is_made_in_the_same_round() -> None:
    changes = Desk().without(B).compare(NEW["b"], NEW["j"]._replace(parent=B))
    assert [(type(op), op.ref) for op in changes.operations] == [
        (CreateTask, B),
        (CreateTask, NEXT),
    ]
    assert B in changes.operations[1].after


@pytest.mark.parametrize("missing", ["section:mi-chemin", A])
def test_what_has_nothing_to_be_created_in_is_said_to_be_blocked(missing: Ref) -> None:
    desk = Desk()
    desk.recognised["gone"] = frozenset({missing})
    desk.recognised["findings"] = (Finding("schema.section_missing", missing),)
    changes = desk.compare(NEW["j"])
    assert changes.operations == ()
    assert told(changes, "task.blocked") == Finding("task.blocked", NEXT, {"title": "« Une page »"})


def test_what_waits_for_an_unanswered_section_is_not_called_blocked() -> None:
    desk = Desk().without("section:mi-chemin")
    desk.memory["awaited"] = {"section:mi-chemin": "12:00:00"}
    changes = desk.compare(NEW["j"])
    assert [one.code for one in changes.findings] == ["task.awaited"]
    assert changes.operations == ()


def test_an_unanswered_create_is_awaited() -> None:
    desk = Desk()
    desk.memory["awaited"] = {NEXT: "12:00:00"}
    changes = desk.compare(NEW["j"])
    facts = {"title": "« Une page »", "until": "12:00:00"}
    assert changes == ChangeSet(findings=(Finding("task.awaited", NEXT, facts),), awaited=(NEXT,))


@pytest.mark.parametrize("retired", ["A1", "J1"])
def test_of_a_retired_action_nothing_is_created(retired: str) -> None:
    desk, one = Desk(), settlement("task.missing", A, "retire")
    desk.memory["chosen"] = Chosen(retired={retired: one})
    created = [op.ref for op in desk.compare(NEW["j"]).operations]
    assert created == ([] if retired == "A1" else [NEXT])


def test_a_field_that_is_nowhere_or_was_taken_off_is_left_out_of_a_create() -> None:
    desk = Desk().without(B, "field:axe").detached("suivi")
    desk.recognised["findings"] = (Finding("schema.field_missing", "field:axe"),)
    created = the(desk.compare(NEW["b"]._replace(fields=WANTED[A].fields)).operations, CreateTask)
    assert created.fields == {"field:jalon_id": "essai/A1"}
    assert not {"attach:actions/axe", "attach:actions/suivi"} & created.after


def test_a_field_put_on_in_the_same_round_comes_before_the_create_that_fills_it() -> None:
    desk = Desk().without(B).detached("axe")
    del desk.baselines["attach:actions/axe", "attached"]
    changes = desk.compare(NEW["b"])
    assert [type(op) for op in changes.operations] == [AttachField, CreateTask]
    created = the(changes.operations, CreateTask)
    assert created.fields["field:axe"] == "option:axe/axe-2"
    assert "attach:actions/axe" in created.after


def test_a_field_of_one_project_says_nothing_of_the_other() -> None:
    desk = Desk().without(B)
    desk.fields = tuple(
        replace(one, attached_to=frozenset({"2"})) if one.gid == at("jalon_id") else one
        for one in desk.fields
    )
    created = the(desk.compare(NEW["b"]).operations, CreateTask)
    assert "field:jalon_id" not in created.fields


# anew: what people had entered comes along


def anew(desk: Desk, ref: Ref, gid: str, wanted: DesiredTask) -> Mapping[Ref, Any]:
    desk.recognised["anew"] = {ref: gid}
    created: CreateTask = the(desk.compare(wanted).operations, CreateTask)
    return created.fields


def test_an_action_made_anew_keeps_what_people_had_entered() -> None:
    desk = Desk().enter(A, "note", "Tout va bien").enter(A, "direction", "53")
    desk.enter(A, "suivi", "écrit par quelqu’un").change(
        A, completed=True, completed_at=datetime(2026, 2, 3, 12, tzinfo=UTC)
    )
    assert anew(desk, A, "71", WANTED[A]._replace(seeds={"note": "au départ"})) == {
        "field:jalon_id": "essai/A1",
        "field:axe": "option:axe/axe-1",
        "field:suivi": "À venir",
        "field:direction": "option:direction/greffe",
        "field:note": "Tout va bien",
    }


def test_an_option_that_nobody_knows_is_not_carried_over_and_hides_nothing_else() -> None:
    desk = Desk().enter(A, "note", "Tout va bien").enter(A, "direction", "999")
    fields = anew(desk, A, "71", WANTED[A])
    assert fields["field:note"] == "Tout va bien"
    assert "field:direction" not in fields


@pytest.mark.parametrize(
    ("changes", "entered", "day"),
    [
        pytest.param({}, None, None, id="open"),
        pytest.param(
            {"completed": True, "completed_at": datetime(2026, 2, 4, 3, tzinfo=UTC)},
            None,
            date(2026, 2, 3),
            id="ticked in the evening, of the city's day",
        ),
        pytest.param(
            {"completed": True, "completed_at": datetime(2026, 2, 4, 3, tzinfo=UTC)},
            date(2026, 1, 20),
            date(2026, 1, 20),
            id="what was entered counts before the tick",
        ),
        pytest.param({"completed": True}, None, None, id="ticked, nobody knows when"),
        pytest.param(
            {"completed": False, "completed_at": datetime(2026, 2, 4, 3, tzinfo=UTC)},
            None,
            None,
            id="the tick was taken back",
        ),
    ],
)
def test_an_indicator_made_anew_keeps_the_day_it_was_done(
    changes: Mapping[str, Any], entered: date | None, day: date | None
) -> None:
    desk = Desk().enter(LINE, "fait_le", entered).enter(LINE, "quantite", 3).change(LINE, **changes)
    fields = anew(desk, LINE, "81", WANTED[LINE])
    assert fields.get("field:fait_le") == day
    assert fields["field:quantite"] == 3


def test_of_a_task_that_was_never_seen_nothing_was_entered() -> None:
    assert anew(Desk(), LINE, "999", WANTED[LINE]) == {"field:jalon_id": "essai/I1"}


# gone, held, unread


@pytest.mark.parametrize(
    ("known", "read_on", "day"),
    [
        pytest.param("2026-01-05", date(2026, 1, 31), "2026-01-05", id="remembered"),
        pytest.param(None, date(2026, 1, 31), "2026-01-31", id="the last read before"),
        pytest.param(None, None, None, id="there was none"),
    ],
)
def test_a_missing_task_is_told_with_the_day_it_was_last_seen(
    known: str | None, read_on: date | None, day: str | None
) -> None:
    desk = Desk()
    if known:
        desk.baselines[A, "last_seen"] = known
    desk.recognised["gone"] = frozenset({A})
    desk.memory["previous_read_on"] = read_on
    facts = {"title": "« Bureau »", "last_seen": day, "gid": "71"}
    changes = desk.compare(WANTED[A])
    assert changes.findings == (Finding("task.missing", A, facts),)
    assert changes.agreed.get((A, "last_seen"), known) == day
    assert (changes.operations, changes.decisions) == ((), ())


def test_an_indicator_gone_with_its_action_is_not_told_beside_it() -> None:
    desk = Desk()
    desk.recognised["gone"] = frozenset({A, LINE})
    assert [one.subject for one in desk.compare().findings] == [A]
    desk.recognised["gone"] = frozenset({LINE})
    assert [one.subject for one in desk.compare().findings] == [LINE]


def test_a_task_held_for_its_identity_is_decided_once_and_not_compared() -> None:
    desk = Desk().change(A, name="Autre")
    desk.recognised["held"] = frozenset({A})
    changes = desk.compare()
    assert decided(changes) == [("hold", A, "identity", "", "", "")]
    assert changes.agreed == {(A, "identity~"): "="}
    desk.baselines |= changes.agreed
    assert desk.compare() == ChangeSet()


def test_a_linked_task_that_was_not_read_is_left_alone() -> None:
    desk = Desk()
    del desk.tasks["71"]
    assert desk.compare() == ChangeSet()


# away from home


def test_a_task_that_left_is_dated_and_only_its_place_is_compared() -> None:
    desk = Desk().change(A, name="", notes="", homes={}, fields={}, parent_gid="90")
    desk.moved, desk.memory["previous_read_on"] = frozenset({"71"}), date(2026, 1, 31)
    changes = desk.compare()
    base = "section:1.1"
    facts = {"title": "« Bureau »", "exact": exactly(base, None, base, None)}
    assert changes == ChangeSet(
        findings=(Finding("task.moved", A, facts),),
        decisions=changes.decisions,
        agreed={(A, "last_seen"): "2026-01-31", (A, "section~"): "="},
    )
    assert decided(changes) == [("report", A, "section", base, base, "")]


def test_an_indicator_that_left_is_told_of_what_it_hangs_under_too() -> None:
    desk = Desk().change(LINE, name="", homes={}, fields={}, parent_gid="90")
    desk.moved = frozenset({"81"})
    assert [one.key for one in desk.compare().findings] == [
        f"task.moved:{LINE}",
        f"task.rehung:{LINE}",
    ]


def test_the_day_it_was_last_seen_is_forgotten_when_it_is_back() -> None:
    desk = Desk()
    desk.baselines[A, "last_seen"] = "2026-01-31"
    assert desk.compare() == ChangeSet(agreed={(A, "last_seen"): None})


def test_an_action_hung_under_a_task_is_told() -> None:
    changes = Desk().change(A, parent_gid="90").compare()
    assert changes == ChangeSet(findings=(Finding("task.converted", A, {"title": "« Bureau »"}),))


def test_fields_are_not_compared_where_the_task_is_in_another_project_only() -> None:
    desk = Desk().change(A, homes={"2": "31"}).enter(A, "suivi", "autre")
    changes = desk.compare()
    assert changes.operations == ()
    assert [one.code for one in changes.findings] == ["task.moved"]


# what moved


def test_what_only_the_plan_moved_is_written_in_one_update() -> None:
    changed = WANTED[LINE]._replace(
        name="Deux guides",
        notes="Autrement",
        due_on=date(2026, 3, 1),
        fields={"jalon_id": "essai/I9"},
    )
    changes = Desk().compare(changed)
    update = UpdateTask(
        ref=LINE,
        builtins={"name": "Deux guides", "notes": "Autrement", "due_on": date(2026, 3, 1)},
        fields={"field:jalon_id": "essai/I9"},
    )
    assert changes.operations == (update,)
    assert changes.on_success == {
        update.key: {
            (LINE, "name"): "Deux guides",
            (LINE, "notes"): "Autrement",
            (LINE, "due_on"): "2026-03-01",
            (LINE, "jalon_id"): "essai/I9",
        }
    }
    assert decided(changes) == [
        ("write", LINE, "name", "Un guide", "Deux guides", "Un guide"),
        ("write", LINE, "notes", "De la ligne", "Autrement", "De la ligne"),
        ("write", LINE, "due_on", "2026-02-15", "2026-03-01", "2026-02-15"),
        ("write", LINE, "jalon_id", "essai/I1", "essai/I9", "essai/I1"),
    ]
    assert (changes.findings, changes.agreed) == ((), {})


def test_an_enum_is_written_by_its_option_and_agreed_by_its_id() -> None:
    changes = Desk().compare(WANTED[A]._replace(fields={**WANTED[A].fields, "axe": "axe-2"}))
    update = UpdateTask(ref=A, fields={"field:axe": "option:axe/axe-2"})
    assert changes.operations == (update,)
    assert changes.on_success == {update.key: {(A, "axe"): "axe-2"}}
    assert decided(changes) == [("write", A, "axe", "axe-1", "axe-2", "axe-1")]


def test_a_field_put_on_in_the_same_round_comes_before_the_update_that_fills_it() -> None:
    desk = Desk().detached("axe")
    desk.change(A, fields={k: v for k, v in desk.tasks["71"].fields.items() if k != at("axe")})
    del desk.baselines["attach:actions/axe", "attached"]
    del desk.baselines[A, "axe"]
    changes = desk.compare(WANTED[A]._replace(fields={**WANTED[A].fields, "suivi": "Fait"}))
    update = the(changes.operations, UpdateTask)
    assert update.fields == {"field:axe": "option:axe/axe-1", "field:suivi": "Fait"}
    assert update.after == {"attach:actions/axe"}


def test_a_field_that_the_task_does_not_carry_is_neither_compared_nor_in_the_way() -> None:
    desk = Desk().enter(A, "suivi", "autre")
    desk.change(A, fields={k: v for k, v in desk.tasks["71"].fields.items() if k != at("axe")})
    changes = desk.compare()
    assert [op.fields for op in changes.operations if isinstance(op, UpdateTask)] == [
        {"field:suivi": "À venir"}
    ]


def test_a_restored_field_is_written_told_and_logged_with_what_stood_there() -> None:
    changes = Desk().enter(A, "suivi", "à moi").compare()
    update = UpdateTask(ref=A, fields={"field:suivi": "À venir"})
    facts = {
        "title": "« Bureau »",
        "exact": exactly("À venir", "à moi", "À venir", None),
        "field": "Suivi",
        "plan": "À venir",
        "asana": "à moi",
        "base": "À venir",
    }
    assert changes == ChangeSet(
        operations=(update,),
        decisions=changes.decisions,
        findings=(Finding("field.restored", f"{A}#suivi", facts),),
        on_success={update.key: {(A, "suivi"): "À venir"}},
    )
    assert decided(changes) == [("restore", A, "suivi", "À venir", "À venir", "à moi")]


def test_a_field_restored_lately_is_left_and_told_so() -> None:
    desk = Desk().enter(A, "suivi", "à moi")
    desk.memory["restored"] = frozenset({(A, "suivi")})
    changes = desk.compare()
    assert changes.operations == ()
    assert [one.key for one in changes.findings] == [f"field.restored_again:{A}#suivi"]
    assert decided(changes) == [("hold", A, "suivi", "À venir", "À venir", "à moi")]
    assert changes.agreed == {(A, "suivi~"): "=à moi"}


@pytest.mark.parametrize(
    ("ref", "changes", "name", "words"),
    [
        pytest.param(A, {"name": "Autre"}, "name", "nom", id="name"),
        pytest.param(A, {"homes": {"1": "22"}}, "section", "section", id="section"),
        pytest.param(LINE, {"due_on": date(2026, 4, 1)}, "due_on", "échéance", id="due date"),
    ],
)
def test_a_drift_is_told_under_the_field_s_own_word(
    ref: Ref, changes: Mapping[str, Any], name: str, words: str
) -> None:
    found = told(Desk().change(ref, **changes).compare(), "field.drifted")
    assert (found.subject, found.facts["field"]) == (f"{ref}#{name}", words)


def test_a_restored_description_is_told_under_its_word() -> None:
    found = told(Desk().change(A, notes="autre").compare(), "field.restored")
    assert (found.subject, found.facts["field"]) == (f"{A}#notes", "description")


def test_a_drift_is_told_with_all_three_values() -> None:
    changes = Desk().change(A, homes={"1": "77"}).compare()
    facts = {
        "title": "« Bureau »",
        "exact": exactly("section:1.1", "gid:77", "section:1.1", None),
        "field": "section",
        "plan": "Gestion",
        "asana": "ailleurs",
        "base": "Gestion",
    }
    assert changes.findings == (Finding("field.drifted", f"{A}#section", facts),)
    assert decided(changes) == [("report", A, "section", *["section:1.1"] * 2, "gid:77")]
    assert changes.agreed == {(A, "section~"): "=gid:77"}


def test_what_nobody_agreed_on_is_held() -> None:
    desk = Desk().change(A, name="Autre")
    del desk.baselines[A, "name"]
    changes = desk.compare()
    found = told(changes, "field.unseen")
    assert (found.subject, found.facts["base"]) == (f"{A}#name", "jamais convenu")
    assert decided(changes) == [("hold", A, "name", "unseen", "Bureau", "Autre")]
    assert changes.operations == ()


def without_a_day(**fields: Any) -> DesiredTask:
    wanted = WANTED[LINE]
    return DesiredTask(
        ref=LINE,
        title=wanted.title,
        role="indicators",
        section=wanted.section,
        name=wanted.name,
        notes=wanted.notes,
        parent=A,
        fields={**wanted.fields, **fields},
    )


def test_a_day_that_only_the_plan_gave_is_written() -> None:
    desk = Desk().change(LINE, due_on=None)
    desk.baselines[LINE, "due_on"] = None
    assert the(desk.compare().operations, UpdateTask).builtins == {"due_on": DUE}


def test_a_day_that_only_a_person_gave_is_told() -> None:
    desk = Desk()
    desk.baselines[LINE, "due_on"] = None
    changes = desk.compare(without_a_day())
    assert changes.operations == ()
    assert told(changes, "field.drifted").subject == f"{LINE}#due_on"


def test_a_field_that_only_the_plan_filled_is_written() -> None:
    desk = Desk().enter(A, "suivi", None)
    desk.baselines[A, "suivi"] = None
    update = the(desk.compare().operations, UpdateTask)
    assert update.fields == {"field:suivi": "À venir"}


def test_what_is_empty_on_both_sides_and_was_never_agreed_is_agreed() -> None:
    """Else a value entered there would be nobody's: held, and not a drift."""
    desk = Desk().change(LINE, due_on=None)
    del desk.baselines[LINE, "due_on"]
    assert desk.compare(without_a_day()) == ChangeSet(agreed={(LINE, "due_on"): None})


def test_a_number_that_the_plan_owns_is_compared_at_its_precision() -> None:
    own = tuple(
        replace(rule, owner="plan", on_drift="restore") if rule.key == "quantite" else rule
        for rule in FIELDS
    )
    desk = Desk(rules=replace(RULES, mapping=replace(RULES.mapping, fields=own)))
    desk.enter(LINE, "quantite", 3.1).baselines[LINE, "quantite"] = "3.1"
    desk.change(LINE, due_on=None).baselines[LINE, "due_on"] = None
    assert desk.compare(without_a_day(quantite=3.14)) == ChangeSet()


@pytest.mark.parametrize("parent", ["72", "99", None])
def test_an_indicator_hung_elsewhere_is_told_of_the_indicator(parent: str | None) -> None:
    seen = {"72": B, "99": "gid:99", None: None}[parent]
    changes = Desk().change(LINE, parent_gid=parent).compare()
    facts = {"title": "« Un guide »", "exact": exactly(A, seen, A, None)}
    assert changes.findings == (Finding("task.rehung", LINE, facts),)
    assert changes.operations == ()


def test_an_indicator_that_lost_both_homes_gets_them_back() -> None:
    desk = Desk().change(LINE, parent_gid=None, homes={"1": None})
    for name in ("section", "parent"):
        del desk.baselines[LINE, name]
    changes = desk.compare()
    place = PlaceTask(
        ref=LINE,
        role="indicators",
        section="section:mi-chemin",
        lane="place:section:mi-chemin",
        arriving=True,
    )
    hang = SetParent(ref=LINE, parent=A)
    assert changes.operations == (place, hang)
    assert changes.on_success == {
        place.key: {(LINE, "section"): "section:mi-chemin"},
        hang.key: {(LINE, "parent"): A},
    }


def test_a_task_moved_by_the_plan_is_placed_there_and_is_not_arriving() -> None:
    changes = Desk().compare(WANTED[A]._replace(section="section:1.2"))
    assert changes.operations == (
        PlaceTask(ref=A, role="actions", section="section:1.2", lane="place:section:1.2"),
    )
    assert decided(changes) == [
        ("write", A, "section", "section:1.1", "section:1.2", "section:1.1")
    ]


def test_a_task_is_placed_after_the_section_that_is_made_for_it() -> None:
    desk = Desk()
    del desk.gids["section:1.2"]
    place = the(desk.compare(WANTED[A]._replace(section="section:1.2")).operations, PlaceTask)
    assert place.after == {"section:1.2"}


@pytest.mark.parametrize("ref", [A, LINE])
def test_a_builtin_that_the_mapping_does_not_name_is_reported(ref: Ref) -> None:
    desk = Desk(rules=replace(RULES, mapping=FieldMapping(FIELDS, {})))
    changes = desk.change(ref, notes="autre").compare()
    assert changes.operations == ()
    assert told(changes, "field.drifted").subject == f"{ref}#notes"


# people's own


@pytest.mark.parametrize(
    ("ref", "key", "value", "comparable"),
    [
        pytest.param(A, "note", " Tout  va ", "Tout va", id="text"),
        pytest.param(A, "direction", "53", "greffe", id="an option"),
        pytest.param(LINE, "fait_le", date(2026, 2, 3), "2026-02-03", id="a day"),
        pytest.param(LINE, "quantite", 3.14, "3.1", id="a number"),
    ],
)
def test_what_people_enter_is_remembered_and_logged(
    ref: Ref, key: str, value: Any, comparable: str
) -> None:
    changes = Desk().enter(ref, key, value).compare()
    assert changes == ChangeSet(decisions=changes.decisions, agreed={(ref, key): comparable})
    assert decided(changes) == [("pull", ref, key, "unseen", "", comparable)]


@pytest.mark.parametrize(
    ("held", "before", "pulled"),
    [
        pytest.param("53", {}, [], id="as we made it"),
        pytest.param("54", {}, ["travaux"], id="people chose another"),
        pytest.param("53", {(A, "direction"): None}, ["greffe"], id="people chose it again"),
    ],
)
def test_what_a_dead_cycle_put_into_its_new_task_is_not_told_as_people_s(
    held: str, before: dict[tuple[Ref, str], str | None], pulled: list[str]
) -> None:
    """It died between the request and keeping what was agreed by it."""
    desk = Desk().enter(A, "direction", held)
    desk.gids["option:direction/travaux"] = "54"
    desk.baselines |= before
    changes = desk.compare(WANTED[A]._replace(seeds={"direction": "greffe"}))
    assert changes.agreed == {(A, "direction"): pulled[0] if pulled else "greffe"}
    assert [one.asana for one in changes.decisions] == pulled


def test_the_fields_after_one_that_a_dead_cycle_filled_are_compared_as_ever() -> None:
    desk = Desk().enter(A, "direction", "53").enter(A, "note", "Tout va bien.")
    changes = desk.compare(WANTED[A]._replace(seeds={"direction": "greffe"}))
    assert changes.agreed == {(A, "direction"): "greffe", (A, "note"): "Tout va bien."}
    assert [one.field for one in changes.decisions] == ["note"]


def test_a_number_that_a_dead_cycle_put_there_is_known_again_as_its_field_holds_it() -> None:
    desk = Desk().enter(LINE, "quantite", 3.1)
    changes = desk.compare(WANTED[LINE]._replace(seeds={"quantite": 3.14}))
    assert changes.agreed == {(LINE, "quantite"): "3.1"}
    assert changes.decisions == ()


def test_an_unknown_option_keeps_the_last_known_one() -> None:
    desk = Desk().enter(A, "direction", "999")
    desk.baselines[A, "direction"] = "greffe"
    assert desk.compare() == ChangeSet()


def test_an_option_taken_away_is_remembered_as_none() -> None:
    desk = Desk()
    desk.baselines[A, "direction"] = "greffe"
    assert desk.compare().agreed == {(A, "direction"): None}


def test_a_tick_is_remembered_of_an_indicator_only() -> None:
    changes = Desk().change(LINE, completed=True).change(A, completed=True).compare()
    assert changes.agreed == {(LINE, "completed"): "oui"}
    assert decided(changes) == [("pull", LINE, "completed", "unseen", "", "oui")]


def test_a_day_that_people_own_and_emptied_is_remembered() -> None:
    builtins = {**RULES.mapping.builtins, "due_on": BuiltinRule("people")}
    desk = Desk(rules=replace(RULES, mapping=replace(RULES.mapping, builtins=builtins)))
    changes = desk.change(LINE, due_on=None).compare()
    assert changes.agreed == {(LINE, "due_on"): None}
    assert [d.verdict.value for d in changes.decisions] == ["pull"]


def test_a_tick_taken_back_is_remembered() -> None:
    desk = Desk()
    desk.baselines[LINE, "completed"] = "oui"
    changes = desk.compare()
    assert changes.agreed == {(LINE, "completed"): None}
    assert decided(changes) == [("pull", LINE, "completed", "oui", "", "")]


# the assignee


def test_a_responsible_is_assigned_once_and_on_its_own() -> None:
    task = WANTED[A]._replace(assignee="greffe@ville.example")
    changes = Desk().compare(task)
    update = UpdateTask(ref=A, builtins={"assignee": "greffe@ville.example"})
    assert changes == ChangeSet(
        operations=(update,),
        on_success={update.key: {(A, "assignee"): "greffe@ville.example"}},
    )


def test_who_is_assigned_already_stays() -> None:
    task = WANTED[A]._replace(assignee="greffe@ville.example")
    changes = Desk().change(A, assignee_gid="7").compare(task)
    assert changes == ChangeSet(agreed={(A, "assignee"): "greffe@ville.example"})


def test_an_assignee_set_once_is_not_set_again() -> None:
    desk = Desk()
    desk.baselines[A, "assignee"] = "autre@ville.example"
    assert desk.compare(WANTED[A]._replace(assignee="greffe@ville.example")) == ChangeSet()


def test_an_assignee_waits_for_what_else_is_written() -> None:
    task = WANTED[A]._replace(name="Bureaux", assignee="greffe@ville.example")
    assert the(Desk().compare(task).operations, UpdateTask).builtins == {"name": "Bureaux"}


# what lasts is told once


def reported(desk: Desk, name: str) -> ChangeSet:
    return desk.change(A, name=name).compare()


def test_a_lasting_drift_is_decided_when_it_begins_changes_and_ends() -> None:
    desk = Desk()
    first = reported(desk, "Un")
    assert decided(first) == [("report", A, "name", "Bureau", "Bureau", "Un")]
    assert first.agreed == {(A, "name~"): "=Un"}

    desk.baselines |= first.agreed
    same = reported(desk, "Un")
    assert (same.decisions, same.agreed) == ((), {})
    assert [one.code for one in same.findings] == ["field.drifted"], "it is still there"

    assert reported(desk, "Deux").agreed == {(A, "name~"): "=Deux"}

    back = reported(desk, "Bureau")
    assert back == ChangeSet(decisions=back.decisions, agreed={(A, "name~"): None})
    assert decided(back) == [("agree", A, "name", "Bureau", "Bureau", "Bureau")]


def test_a_drift_that_the_plan_takes_up_ends_in_agreement() -> None:
    desk = Desk()
    desk.baselines[A, "name~"] = "=Un"
    changes = desk.change(A, name="Un").compare(WANTED[A]._replace(name="Un"))
    assert changes.agreed == {(A, "name"): "Un", (A, "name~"): None}
    assert decided(changes) == [("agree", A, "name", "Bureau", "Un", "Un")]


def test_a_drift_that_ends_with_a_write_is_logged_as_the_write() -> None:
    desk = Desk()
    desk.baselines[A, "name~"] = "=Un"
    changes = desk.compare(WANTED[A]._replace(name="Bureaux"))
    assert decided(changes) == [("write", A, "name", "Bureau", "Bureaux", "Bureau")]
    assert changes.agreed == {(A, "name~"): None}


def test_both_alike_where_other_was_agreed_is_agreed_without_a_word() -> None:
    desk = Desk()
    desk.baselines[A, "name"] = "Ancien"
    assert desk.compare() == ChangeSet(agreed={(A, "name"): "Bureau"})


def test_an_empty_field_told_by_a_recovery_is_held_and_not_filled() -> None:
    """Nobody can say that it had not been emptied by a person."""
    desk = Desk().enter(A, "suivi", None)
    del desk.baselines[A, "suivi"]
    assert [op.key for op in desk.compare().operations] == [f"UpdateTask {A}"]
    desk.baselines[A, "suivi~"] = "="
    changes = desk.compare()
    assert (changes.operations, changes.decisions) == ((), ())
    assert told(changes, "field.unseen").subject == f"{A}#suivi"


def test_an_empty_field_that_was_agreed_to_be_so_is_filled_whatever_was_told() -> None:
    desk = Desk().enter(A, "suivi", None)
    desk.baselines[A, "suivi"], desk.baselines[A, "suivi~"] = None, "="
    assert [op.key for op in desk.compare().operations] == [f"UpdateTask {A}"]


@pytest.mark.parametrize(("seen", "note"), [("Un", "=Un"), (None, "="), ("", "=")])
def test_how_a_lasting_disagreement_is_remembered(seen: str | None, note: str) -> None:
    assert told_as(seen) == note


# what a person chose


def settlement(code: str, subject: str, choice: Choice, facts: Any = None) -> Settlement:
    return Settlement(
        id=7,
        at=datetime(2026, 2, 1, tzinfo=UTC),
        key=f"{code}:{subject}",
        choice=choice,
        by="Mme X",
        reason="convenu",
        facts=facts or {},
    )


def settled(desk: Desk, choice: Choice, *desired: DesiredTask) -> ChangeSet:
    """The comparison again, after a person answered its one finding."""
    (found,) = desk.compare(*desired).findings
    one = settlement(found.code, found.subject, choice, found.facts)
    desk.memory["chosen"] = Chosen(settled={found.key: one})
    return desk.compare(*desired)


def renamed() -> Desk:
    return Desk().change(A, name="Autre")


def moved_over() -> Desk:
    return Desk().change(A, homes={"1": "22"})


def hung_elsewhere() -> Desk:
    return Desk().change(LINE, parent_gid="72")


def held_suivi() -> Desk:
    desk = Desk().enter(A, "suivi", "à moi")
    desk.memory["restored"] = frozenset({(A, "suivi")})
    return desk


@pytest.mark.parametrize(
    ("stage", "operation", "key", "value"),
    [
        pytest.param(
            renamed,
            UpdateTask(ref=A, builtins={"name": "Bureau"}),
            (A, "name"),
            "Bureau",
            id="name",
        ),
        pytest.param(
            moved_over,
            PlaceTask(ref=A, role="actions", section="section:1.1", lane="place:section:1.1"),
            (A, "section"),
            "section:1.1",
            id="section",
        ),
        pytest.param(
            hung_elsewhere, SetParent(ref=LINE, parent=A), (LINE, "parent"), A, id="parent"
        ),
        pytest.param(
            held_suivi,
            UpdateTask(ref=A, fields={"field:suivi": "À venir"}),
            (A, "suivi"),
            "À venir",
            id="field",
        ),
    ],
)
def test_the_plan_s_value_is_written_once_when_a_person_chose_it(
    stage: Callable[[], Desk], operation: AnyOperation, key: tuple[Ref, str], value: str
) -> None:
    desk = stage()
    changes = settled(desk, "plan")
    assert changes.operations == (operation,)
    assert changes.on_success == {operation.key: {key: value, (key[0], f"{key[1]}!"): "7"}}
    (decision,) = changes.decisions
    assert (decision.verdict.value, decision.reason_en) == ("settle", "settled by Mme X: convenu")
    assert changes.agreed == {}

    desk.baselines[key[0], f"{key[1]}!"] = "7"
    assert desk.compare().operations == (), "the next time it is another question"


@pytest.mark.parametrize("choice", ["asana", "keep"])
def test_another_choice_writes_nothing(choice: Choice) -> None:
    changes = settled(Desk().change(A, name="Autre"), choice)
    assert changes.operations == ()
    assert [d.verdict.value for d in changes.decisions] == ["report"]


def test_what_is_restored_anyway_is_not_settled_by_the_plan() -> None:
    changes = settled(Desk().enter(A, "suivi", "à moi"), "plan")
    (decision,) = changes.decisions
    assert decision.verdict.value == "restore"
    assert decision.reason_en == "the plan owns this field"
    (agreed,) = changes.on_success.values()
    assert agreed == {(A, "suivi"): "À venir"}


# what the answer to a create shows


CREATED: Final = CreateTask(
    ref=NEXT, name="", notes="", role="indicators", section="section:mi-chemin", parent=A
)


@pytest.mark.parametrize(
    ("operation", "homes", "parent", "agreed"),
    [
        pytest.param(CREATED, {"2": "31"}, "71", {"section", "parent"}, id="both homes"),
        pytest.param(CREATED, {"2": "32"}, "71", {"parent"}, id="another section"),
        pytest.param(CREATED, {}, "71", {"parent"}, id="no project"),
        pytest.param(CREATED, {"2": "31"}, "72", {"section"}, id="another parent"),
        pytest.param(CREATED, {"2": "31"}, None, {"section"}, id="no parent"),
        pytest.param(
            replace(CREATED, parent=None), {"2": "31"}, None, {"section"}, id="an action has none"
        ),
        pytest.param(SetParent(ref=NEXT, parent=A), {"2": "31"}, "71", set(), id="no create"),
    ],
)
def test_what_the_answer_to_a_create_shows_is_agreed(
    operation: AnyOperation, homes: Mapping[str, str], parent: str | None, agreed: set[str]
) -> None:
    shown = ObservedTask("91", "", parent_gid=parent, homes=homes)
    values = {(NEXT, "section"): "section:mi-chemin", (NEXT, "parent"): A}
    assert settled_by_answer(operation, shown, GIDS) == {
        key: value for key, value in values.items() if key[1] in agreed
    }


def test_an_answer_that_shows_nothing_agrees_on_nothing() -> None:
    assert settled_by_answer(CREATED, None, GIDS) == {}
    assert settled_by_answer(CREATED, ObservedTask("91", ""), {}) == {}
