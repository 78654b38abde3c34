"""
Each rule of amount on one cycle written by hand: the whole alarm, and what it does not count.

`test_amounts` tries the same rules on what people do in Asana; here every figure is in sight.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.core.amounts import Change, amounts, not_accepted, published_amounts
from sync.core.chosen import Chosen
from sync.core.draft import ChangeSet
from sync.core.recognise import Recognition
from sync.core.view import View
from sync.model.decision import Decision, Verdict
from sync.model.finding import Finding, Settlement
from sync.model.guarding import Alarm
from sync.model.operation import (
    AnyOperation,
    CreateSection,
    CreateTask,
    PlaceTask,
    Ref,
    SetParent,
    UpdateTask,
)
from sync.model.plan import Plan
from sync.model.progress import Status
from sync.model.rules import GuardLimits
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicPlan,
    PublicStanding,
    PublicVolet,
    Snapshot,
)
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedTask,
)
from sync.wording import Text
from tests.core.crowd import crowd_plan
from tests.core.paper_asana import READ_AT, rules_for

PLAN = crowd_plan()
RULES = rules_for(PLAN)
ACTIONS = [f"action:{action.id}" for _, _, action in PLAN.actions()]
LINES = [f"indicator:{line.id}" for _, _, line in PLAN.indicators()]
TASKS = [*ACTIONS, *LINES]
"""Twenty actions of three indicators each, five actions an axis, axis after axis."""
GIDS = {ref: f"gid of {ref}" for ref in TASKS}
AXIS_ONE = [ref for ref in TASKS if ":A1-" in ref]
DECLARED = "declare/mi-chemin"
Key = tuple[Ref, str]
Values = Mapping[Key, str | None]


def listing(refs: Iterable[Ref]) -> Observed:
    """All tasks are there; of these the projects' listings tell."""
    told = [GIDS[ref] for ref in refs]
    return Observed(
        True,
        READ_AT,
        projects={
            "actions": ObservedProject("P", "Plan", ""),
            "indicators": ObservedProject("Q", "Indicateurs", ""),
        },
        tasks={gid: ObservedTask(gid, ref) for ref, gid in GIDS.items()},
        order={"actions": tuple(told[::2]), "indicators": tuple(told[1::2])},
    )


EVERYTHING = listing(TASKS)


def change(
    *,
    plan: Plan = PLAN,
    limits: Mapping[str, Any] | None = None,
    gids: Mapping[Ref, str] = GIDS,
    gone: Iterable[Ref] = (),
    findings: Sequence[Finding] = (),
    chosen: Chosen | None = None,
    operations: Sequence[AnyOperation] = (),
    decisions: Sequence[Decision] = (),
    agreed: Values | None = None,
    observed: Observed = EVERYTHING,
    mirror: Observed | None = EVERYTHING,
    links: Mapping[Ref, str] = GIDS,
    baselines: Values | None = None,
    asked: bool = False,
) -> Change:
    view = View(
        Recognition(gids, gone=frozenset(gone)),
        {},
        {},
        tuple(findings),
        ChangeSet(tuple(operations), tuple(decisions), agreed=agreed or {}),
        chosen=chosen or Chosen(),
    )
    rules = replace(RULES, limits=replace(GuardLimits(), **(limits or {})))
    return Change(plan, rules, view, observed, mirror, links, baselines or {}, asked)


def told(**changes: Any) -> tuple[Alarm, ...]:
    return amounts(change(**changes))


def alarm(
    rule: str, refs: Iterable[str], known: int, limit: float, where: Text | None = None
) -> Alarm:
    subjects = tuple(sorted(refs))
    return Alarm(rule, len(subjects), known, limit, subjects, where or Text("", ""))


def in_axis(axis: int, refs: Iterable[str], known: int, fr: str, en: str) -> Alarm:
    where = Text(f"axe {axis}, {fr}", f"axis {axis}, {en}")
    return alarm("too much in one axis", refs, known, 0.6, where)


def values(refs: Iterable[Ref], name: str, value: str | None) -> dict[Key, str | None]:
    return {(ref, name): value for ref in refs}


def subjects(refs: Iterable[Ref], name: str = DECLARED) -> list[str]:
    return [f"{ref}#{name}" for ref in refs]


def test_a_cycle_that_changes_nothing_trips_nothing() -> None:
    assert told() == ()
    assert told(links={}, gids={}, mirror=None) == ()
    assert told(links={}) == ()


# a side suddenly empty


def test_a_plan_without_an_action_is_held_by_the_actions_that_are_known() -> None:
    empty = replace(PLAN, axes=())
    assert told(plan=empty) == (alarm("plan empty", ACTIONS, 20, 0),)
    only_lines = {ref: GIDS[ref] for ref in LINES}
    assert told(plan=empty, links=only_lines) == ()
    few = {ref: GIDS[ref] for ref in ACTIONS[:2]}
    assert told(plan=empty, links=few) == (alarm("plan empty", ACTIONS[:2], 2, 0),)


def test_all_tasks_gone_is_told_once_and_one_that_is_there_is_enough() -> None:
    assert told(gone=TASKS) == (alarm("all tasks gone", TASKS, 80, 0),)
    assert told(gone=TASKS[1:]) == ()
    nowhere = listing([])
    assert told(gone=TASKS, observed=nowhere) == (
        alarm("all tasks gone", TASKS, 80, 0),
        alarm("listing shrunk", ACTIONS, 20, 0.2),
    )
    few = {**{ref: GIDS[ref] for ref in TASKS[:2]}, "section:1.1": "S"}
    assert told(gone=TASKS[:2], links=few) == (alarm("all tasks gone", TASKS[:2], 2, 0),)


def test_an_empty_listing_is_held_against_what_it_told_before() -> None:
    nowhere = listing([])
    shrunk = alarm("listing shrunk", ACTIONS, 20, 0.2)
    assert told(observed=nowhere) == (alarm("listing empty", TASKS, 80, 0), shrunk)
    before = listing(LINES[:3])
    of_lines = alarm("listing empty", LINES[:3], 3, 0)
    gids = {**GIDS, "section:1.1": GIDS[LINES[0]]}
    assert told(observed=nowhere, mirror=before, gids=gids) == (of_lines,)
    assert told(observed=listing(LINES[2:]), mirror=before) == ()
    assert told(observed=nowhere, mirror=None) == ()
    assert told(observed=replace(nowhere, complete=False)) == ()
    assert told(observed=nowhere, mirror=nowhere) == ()


NOTES = values(ACTIONS[:5], "note_publique", "Fait.")


def test_everything_that_people_entered_is_empty() -> None:
    emptied = values(ACTIONS[:5], "note_publique", None)
    told_so = alarm("people fields empty", subjects(ACTIONS[:5], "note_publique"), 5, 0)
    assert told(baselines=NOTES, agreed=emptied) == (told_so,)
    assert told(baselines=NOTES) == ()
    assert told(baselines=NOTES, agreed=values(ACTIONS[:4], "note_publique", None)) == ()
    assert told(baselines=values(ACTIONS[:4], "note_publique", "Fait."), agreed=emptied) == ()
    assert told(baselines=NOTES, agreed=emptied, limits={"minimum_values": 6}) == ()
    ticks = {(LINES[0], "completed"): "oui"}
    with_tick = {**values(ACTIONS[:4], "note_publique", "Fait."), **ticks}
    named = [*subjects(ACTIONS[:4], "note_publique"), f"{LINES[0]}#completed"]
    assert told(baselines=with_tick, agreed=dict.fromkeys(with_tick)) == (
        alarm("people fields empty", named, 5, 0),
    )


@pytest.mark.parametrize(
    ("more", "changes"),
    [
        ({(ACTIONS[6], "axe"): "axe-1"}, {}),
        ({(ACTIONS[6], "assignee"): "9"}, {}),
        ({(ACTIONS[6], "note_publique"): None}, {}),
        ({("action:of no task", "note_publique"): "Fait."}, {}),
        (
            {(ACTIONS[6], "note_publique"): "Fait."},
            {"observed": replace(EVERYTHING, absent=frozenset({GIDS[ACTIONS[6]]}))},
        ),
        (
            {(ACTIONS[6], "note_publique"): "Fait."},
            {"observed": replace(EVERYTHING, moved=frozenset({GIDS[ACTIONS[6]]}))},
        ),
        (
            {(ACTIONS[6], "note_publique"): "Fait."},
            {"gids": {ref: gid for ref, gid in GIDS.items() if ref != ACTIONS[6]}},
        ),
    ],
    ids=["the plan's", "assignee", "empty before", "unknown", "absent", "moved", "not recognised"],
)
def test_what_is_not_in_sight_or_not_people_s_own_says_nothing(
    more: Values, changes: dict[str, Any]
) -> None:
    emptied = values(ACTIONS[:5], "note_publique", None)
    (one,) = told(baselines={**NOTES, **more}, agreed=emptied, **changes)
    assert (one.rule, one.changed, one.known) == ("people fields empty", 5, 5)


# losses


def missing(refs: Iterable[Ref]) -> list[Finding]:
    return [Finding("task.missing", ref, {"task": ref}) for ref in refs]


EACH_AXIS = [ACTIONS[0], ACTIONS[5], ACTIONS[10], ACTIONS[15]]


def test_missing_tasks_are_counted_as_the_actions_of_the_plan() -> None:
    assert told(findings=missing(EACH_AXIS[:2])) == ()
    lost = alarm("too many missing", EACH_AXIS[:3], 20, 0.1)
    assert told(findings=missing(EACH_AXIS[:3])) == (lost,)
    others = [*missing(EACH_AXIS[:2]), Finding("task.moved", EACH_AXIS[2])]
    assert told(findings=others) == ()
    assert told(findings=missing(EACH_AXIS[:3]), asked=True) == (lost,)


def test_what_a_person_has_settled_is_not_lost_any_more() -> None:
    kept = missing(EACH_AXIS[:3])
    at = datetime(2026, 2, 1, tzinfo=UTC)
    settled = {
        one.key: Settlement(one.key, "keep", "Greffière", "Vu.", one.facts, id=1, at=at)
        for one in kept[:1]
    }
    assert told(findings=kept, chosen=Chosen(settled=settled)) == ()


def test_one_loss_of_a_small_plan_is_a_question() -> None:
    small = {ref: GIDS[ref] for ref in [*ACTIONS[:2], *LINES[:8]]}
    assert told(links=small, findings=missing(ACTIONS[:1])) == ()
    two = alarm("too many missing", ACTIONS[:2], 2, 0.75)
    assert told(links=small, findings=missing(ACTIONS[:2]))[0] == two
    only_lines = {ref: GIDS[ref] for ref in LINES}
    assert told(links=only_lines, findings=missing(LINES)) == ()
    most = [ref for ref in TASKS if ref not in ACTIONS[:2]]
    shrunk = told(links=small, observed=listing(most))
    assert shrunk == (alarm("listing shrunk", ACTIONS[:2], 2, 0.75),)


def test_a_listing_that_shrank_counts_an_action_with_its_indicators_once() -> None:
    gone = set(EACH_AXIS) | {ref for ref in LINES if "A1-11" in ref} | {LINES[-1]}
    rest = listing(ref for ref in TASKS if ref not in gone)
    roots = [*EACH_AXIS, LINES[-1]]
    assert told(observed=rest) == (alarm("listing shrunk", roots, 20, 0.2),)
    fewer = listing(ref for ref in TASKS if ref not in gone or ref == LINES[-1])
    assert told(observed=fewer) == ()


GENEROUS = {"max_missing_share": 1.0}
MISSING_IN = ("tâches disparues", "tasks missing")


def test_most_of_one_axis_is_told_by_axis() -> None:
    of_two = ACTIONS[5:9]
    expected = in_axis(2, of_two, 5, *MISSING_IN)
    assert told(findings=missing(of_two), limits=GENEROUS) == (expected,)
    assert told(findings=missing(of_two[:3]), limits=GENEROUS) == ()
    both = [*ACTIONS[15:19], *of_two]
    assert told(findings=missing(both), limits=GENEROUS) == (
        expected,
        in_axis(4, ACTIONS[15:19], 5, *MISSING_IN),
    )
    of_no_axis = [f"action:Z-{n}" for n in range(9)]
    assert told(findings=missing([*of_no_axis, *of_two]), limits=GENEROUS) == (expected,)
    with_lines = [*of_two[:3], "indicator:A2-11-1"]
    assert told(findings=missing(with_lines), limits=GENEROUS) == (
        in_axis(2, with_lines, 5, *MISSING_IN),
    )


@pytest.mark.parametrize(("least", "held"), [(19, True), (20, True), (21, False)])
def test_a_small_axis_is_left_to_the_whole_plan_s_shares(least: int, held: bool) -> None:
    """An axis has twenty tasks; a smaller one later does not hide a large one."""
    limits = {**GENEROUS, "minimum_population": least}
    assert bool(told(findings=missing(ACTIONS[:4]), limits=limits)) == held
    fewer = {ref: gid for ref, gid in GIDS.items() if ":A1-" not in ref or ref in ACTIONS}
    both = missing([*ACTIONS[:4], *ACTIONS[5:9]])
    axes = [one.where.en for one in told(links=fewer, findings=both, limits=limits)]
    assert axes == ["axis 2, tasks missing"] * held


# what people's side changed

ALL_DECLARED = values(ACTIONS, DECLARED, "en_cours")


def test_declarations_emptied_and_changed_have_each_their_share() -> None:
    six = values(ACTIONS[:6], DECLARED, None)
    assert told(baselines=ALL_DECLARED, agreed=six) == ()
    seven = values(ACTIONS[:7], DECLARED, None)
    emptied = alarm("declarations emptied", subjects(ACTIONS[:7]), 20, 0.3)
    assert told(baselines=ALL_DECLARED, agreed=seven) == (emptied,)
    assert told(baselines=ALL_DECLARED, agreed=seven, asked=True) == (emptied,)
    twelve = values(ACTIONS[:12], DECLARED, "atteint")
    assert told(baselines=ALL_DECLARED, agreed=twelve) == ()
    thirteen = values(ACTIONS[:13], DECLARED, "atteint")
    changed = alarm("declarations changed", subjects(ACTIONS[:13]), 20, 0.6)
    assert told(baselines=ALL_DECLARED, agreed=thirteen) == (changed,)
    assert told(baselines=ALL_DECLARED, agreed=ALL_DECLARED) == ()


def test_filling_in_is_work() -> None:
    filled = values(ACTIONS, DECLARED, "en_cours")
    assert told(agreed=filled) == ()
    assert told(baselines=values(ACTIONS, DECLARED, None), agreed=filled) == ()
    notes = values(ACTIONS, "note_publique", "Fait.")
    assert told(baselines=notes, agreed=values(ACTIONS, "note_publique", "Autre.")) == ()
    marks = values(LINES, "fait_le", "2026-01-10")
    assert told(agreed=marks) == ()


@pytest.mark.parametrize(("count", "held"), [(9, False), (10, True), (11, True)])
def test_few_declarations_or_marks_are_left_alone(count: int, held: bool) -> None:
    half = count // 2
    said = values(ACTIONS[-count:], DECLARED, "en_cours")
    emptied = values(ACTIONS[-half:], DECLARED, None)
    assert [one.rule for one in told(baselines=said, agreed=emptied)] == (
        ["declarations emptied"] if held else []
    )
    other = values(ACTIONS[-count:], DECLARED, "atteint")
    assert [one.rule for one in told(baselines=said, agreed=other)] == (
        ["declarations changed"] if held else []
    )
    spread = LINES[::6]
    done = values(spread[:count], "fait_le", "2026-01-10")
    undone = values(spread[:half], "fait_le", None)
    assert [one.rule for one in told(baselines=done, agreed=undone)] == (
        ["done marks undone"] if held and half > 3 else []
    )


def test_a_declaration_of_a_task_that_is_not_recognised_is_not_counted() -> None:
    gids = {ref: gid for ref, gid in GIDS.items() if ref not in ACTIONS[:7]}
    assert told(baselines=ALL_DECLARED, agreed=values(ACTIONS[:7], DECLARED, None), gids=gids) == ()
    assert (
        told(
            baselines=values(LINES[::3], "fait_le", "2026-01-10"),
            agreed=values(LINES[:60:6], "fait_le", None),
            gids={ref: gid for ref, gid in GIDS.items() if ref not in LINES[:60:6]},
        )
        == ()
    )


def test_most_of_an_axis_s_declarations_are_told_by_axis() -> None:
    """Ten are said in each axis, of two checkpoints."""
    final = "declare/finalite"
    said = {**ALL_DECLARED, **values(ACTIONS, final, "a_venir")}
    seven = {**values(ACTIONS[5:10], DECLARED, "atteint"), **values(ACTIONS[5:7], final, "atteint")}
    named = [*subjects(ACTIONS[5:10]), *subjects(ACTIONS[5:7], final)]
    expected = in_axis(2, named, 10, "états déclarés changés", "declared statuses changed")
    assert told(baselines=said, agreed=seven) == (expected,)
    six = dict(list(seven.items())[:6])
    assert told(baselines=said, agreed=six) == ()
    fewer = {key: value for key, value in said.items() if key != (ACTIONS[9], final)}
    assert told(baselines=fewer, agreed=seven) == ()


def test_marks_undone_are_counted_by_what_was_done() -> None:
    done = values(LINES[::3], "fait_le", "2026-01-10")
    spread = LINES[::9]
    assert len(spread) == 7
    undone = alarm("done marks undone", spread, 20, 0.3)
    assert told(baselines=done, agreed=values(spread, "fait_le", None)) == (undone,)
    assert told(baselines=done, agreed=values(spread[:6], "fait_le", None)) == ()
    ticked = values(LINES[::3], "completed", "oui")
    assert told(baselines=ticked, agreed=values(spread, "completed", None)) == (undone,)
    both = {**done, **ticked}
    assert told(baselines=both, agreed=values(spread, "fait_le", None)) == ()
    assert told(baselines=both, agreed=values(spread, "completed", None)) == ()
    neither = {**values(spread, "fait_le", None), **values(spread, "completed", None)}
    assert told(baselines=both, agreed=neither) == (undone,)
    unknown = {ref: gid for ref, gid in GIDS.items() if ref not in spread}
    assert told(baselines=done, agreed=values(spread, "fait_le", None), links=unknown) == ()


def test_most_of_an_axis_s_marks_are_told_by_axis() -> None:
    ten = [ref for ref in LINES if ":A3-" in ref][:10]
    done = {**values(ten, "fait_le", "2026-01-10"), **values(LINES[:9], "completed", "oui")}
    undone = values(ten[:7], "fait_le", None)
    loose = {"max_emptied_share": 1.0}
    expected = in_axis(3, ten[:7], 10, "indicateurs décochés", "indicators unticked")
    assert told(baselines=done, agreed=undone, limits=loose) == (expected,)
    assert told(baselines=done, agreed=values(ten[:6], "fait_le", None), limits=loose) == ()
    in_a_small_one = values(LINES[:9], "completed", None)
    assert told(baselines=done, agreed=in_a_small_one, limits=loose) == ()


# the schema

FIELDS = {
    rule.key: ObservedField(
        f"F {rule.key}",
        rule.name,
        rule.kind,
        options=tuple(ObservedOption(f"O {rule.key}/{one.id}", one.name) for one in rule.options),
        attached_to=frozenset({"P"}),
    )
    for rule in RULES.mapping.fields
}
SCHEMA_LINKS = {
    **GIDS,
    **{f"field:{key}": field.gid for key, field in FIELDS.items()},
    **{
        f"option:{rule.key}/{one.id}": f"O {rule.key}/{one.id}"
        for rule in RULES.mapping.fields
        for one in rule.options
    },
}
WHOLE = len(SCHEMA_LINKS) - len(GIDS)


def with_fields(*, without: Iterable[str] = (), **changed: ObservedField) -> Observed:
    fields = {**FIELDS, **changed}
    return replace(EVERYTHING, fields=tuple(f for key, f in fields.items() if key not in without))


BEFORE = with_fields()


def schema(observed: Observed, **changes: Any) -> tuple[Alarm, ...]:
    return told(**{"observed": observed, "mirror": BEFORE, "links": SCHEMA_LINKS, **changes})


def test_a_few_fields_may_go_and_one_more_is_told_with_their_names() -> None:
    assert schema(BEFORE) == ()
    assert schema(with_fields(without=["preuve", "axe"])) == ()
    broken = ["field:axe", "field:preuve", "field:fait_le"]
    names = "Axe du plan, Preuve, Fait le"
    expected = alarm("schema changed", broken, WHOLE, 2, Text(names, names))
    gone = with_fields(without=["preuve", "axe", "fait_le"])
    assert schema(gone) == (expected,)
    assert schema(gone, asked=True) == (expected,)
    assert schema(gone, limits={"max_schema_changes": 3}) == ()
    assert schema(gone, mirror=None) == ()
    assert schema(replace(gone, complete=False)) == ()
    assert schema(gone, mirror=gone) == ()


def test_what_was_lost_before_is_no_part_of_what_is_lost_now() -> None:
    """An option that was disabled already does not count, nor is it told again."""
    axis = FIELDS["axe"]
    disabled = replace(axis, options=(replace(axis.options[0], enabled=False), *axis.options[1:]))
    assert (
        schema(
            with_fields(without=["preuve", "fait_le"], axe=disabled),
            mirror=with_fields(axe=disabled),
        )
        == ()
    )
    gone = with_fields(without=["preuve", "fait_le", "quantite"], axe=disabled)
    (found,) = schema(gone, mirror=with_fields(axe=disabled))
    assert (found.changed, found.known) == (3, WHOLE - 1)


STRICT = {"max_schema_changes": 0}
AXIS = FIELDS["axe"]


@pytest.mark.parametrize(
    ("axis", "broken", "names"),
    [
        (replace(AXIS, kind="text"), ["field:axe"], "Axe du plan"),
        (replace(AXIS, attached_to=frozenset()), ["field:axe"], "Axe du plan"),
        (replace(AXIS, attached_to=frozenset({"X"})), ["field:axe"], "Axe du plan"),
        (replace(AXIS, gid="another"), ["field:axe"], "Axe du plan"),
        (replace(AXIS, name="Autrement"), [], ""),
        (replace(AXIS, attached_to=frozenset({"Q", "X"})), [], ""),
        (
            replace(AXIS, options=AXIS.options[1:]),
            ["option:axe/axe-1"],
            f"Axe du plan / {AXIS.options[0].name}",
        ),
        (
            replace(AXIS, options=(replace(AXIS.options[0], enabled=False), *AXIS.options[1:])),
            ["option:axe/axe-1"],
            f"Axe du plan / {AXIS.options[0].name}",
        ),
    ],
    ids=["kind", "on none", "on another's", "gone", "renamed", "moved", "no option", "disabled"],
)
def test_a_field_counts_while_it_can_be_used(
    axis: ObservedField, broken: list[str], names: str
) -> None:
    found = schema(with_fields(axe=axis), limits=STRICT)
    expected = alarm("schema changed", broken, WHOLE, 0, Text(names, names))
    assert found == ((expected,) if broken else ())


def test_what_we_never_linked_is_not_ours_to_lose() -> None:
    links = {ref: gid for ref, gid in SCHEMA_LINKS.items() if ref != "field:preuve"}
    gone = with_fields(without=["preuve", "fait_le", "quantite"])
    assert schema(gone, links=links) == ()
    (found,) = schema(gone, links=links, limits=STRICT)
    assert (found.changed, found.known) == (2, WHOLE - 1)


def test_five_names_are_told_and_the_rest_is_counted() -> None:
    keys = ["preuve", "note_publique", "suivi_public", "fait_le", "quantite"]
    names = ", ".join(FIELDS[key].name for key in keys)
    (five,) = schema(with_fields(without=keys))
    assert five.where == Text(names, names)
    (six,) = schema(with_fields(without=["jalon_id", *keys]))
    first = ", ".join(["Jalon id", *(FIELDS[key].name for key in keys[:4])])
    assert (six.changed, six.where) == (6, Text(f"{first}…", f"{first}…"))


# the plan's ids

TITLES = {(f"action:{a.id}", "name"): a.title for _, _, a in PLAN.actions()}


def renumbered(count: int, title: str = "") -> Plan:
    """The first actions under other ids, as they are titled or all alike."""
    left = iter(range(count))
    axes = [
        replace(
            axis,
            volets=tuple(
                replace(
                    volet,
                    actions=tuple(
                        replace(a, id=f"B{a.id}", title=title or a.title)
                        if next(left, None) is not None
                        else a
                        for a in volet.actions
                    ),
                )
                for volet in axis.volets
            ),
        )
        for axis in PLAN.axes
    ]
    return replace(PLAN, axes=tuple(axes))


def test_titles_known_under_another_id_are_counted() -> None:
    assert told(baselines=TITLES) == ()
    assert told(baselines=TITLES, plan=renumbered(10)) == ()
    refs = [ref.replace("action:", "action:B") for ref in ACTIONS[:11]]
    expected = alarm("actions renumbered", refs, 20, 0.5)
    assert told(baselines=TITLES, plan=renumbered(11)) == (expected,)
    assert told(baselines=TITLES, plan=renumbered(11), asked=True) == (expected,)
    assert told(plan=renumbered(11)) == (), "no title is known"
    assert told(baselines=TITLES, plan=renumbered(20, "Du neuf")) == ()
    spaced = {key: title.replace(" ", "  ") for key, title in TITLES.items()}
    assert told(baselines=spaced, plan=renumbered(11)) == ()


def test_a_title_known_under_its_own_id_too_is_no_renumbering() -> None:
    alike = dict.fromkeys(TITLES, "Promesse")
    plan = renumbered(20, "Promesse")
    assert told(baselines=alike, plan=plan)[0].changed == 20
    own = {(ref.replace("action:", "action:B"), "name"): "Promesse" for ref in ACTIONS}
    links = {**GIDS, **{ref: "new" for ref, _ in own}}
    assert told(baselines={**alike, **own}, plan=plan, links=links) == ()
    assert told(baselines=dict.fromkeys(TITLES), plan=renumbered(20, " ")) == ()


# what Jalon would write


def created(refs: Iterable[Ref]) -> list[AnyOperation]:
    return [CreateTask(ref=r, name="", notes="", role="actions", section="s") for r in refs]


def updated(refs: Iterable[Ref], name: str = "name") -> list[UpdateTask]:
    if name.startswith("field:"):
        return [UpdateTask(ref=ref, fields={name: "x"}) for ref in refs]
    return [UpdateTask(ref=ref, builtins={name: "x"}) for ref in refs]


def restored(refs: Iterable[Ref], verdict: Verdict = Verdict.RESTORE) -> list[Decision]:
    return [Decision(verdict, ref, "name", "restore", "", "") for ref in refs]


ACROSS = [ref for n in range(20) for ref in TASKS[n::20]]
"""Tasks of all axes by turns."""


def test_creations_are_limited_by_what_is_known() -> None:
    assert told(operations=created(ACROSS[:24])) == ()
    expected = alarm("too many creations", ACROSS[:25], 80, 0.3)
    assert told(operations=created(ACROSS[:25])) == (expected,)
    assert told(operations=created(ACROSS[:25]), asked=True) == ()
    sections: list[AnyOperation] = [
        CreateSection(ref=f"section:{n}", role="actions", name="") for n in range(9)
    ]
    assert told(operations=[*sections, *created(ACROSS[:24])]) == ()


def test_updates_count_each_task_once_whatever_changes_of_it() -> None:
    assert told(operations=updated(ACROSS[:24])) == ()
    expected = alarm("too many updates", ACROSS[:25], 80, 0.3)
    assert told(operations=updated(ACROSS[:25])) == (expected,)
    assert told(operations=updated(ACROSS[:25]), asked=True) == ()
    parts = [
        *updated(ACROSS[:9], "name"),
        *updated(ACROSS[:9], "due_on"),
        *updated(ACROSS[9:18], "field:jalon_id"),
        *(SetParent(ref=ref, parent="p") for ref in ACROSS[18:22]),
        *(PlaceTask(ref=ref, role="actions", section="s") for ref in ACROSS[21:25]),
    ]
    assert told(operations=parts) == (expected,)
    assert told(operations=parts[:-1]) == ()


@pytest.mark.parametrize("name", ["notes", "field:suivi_public"])
def test_what_follows_the_calendar_or_the_config_is_not_counted(name: str) -> None:
    assert told(operations=updated(TASKS, name)) == ()
    both = [
        replace(one, builtins={**one.builtins, "name": "x"}) for one in updated(ACROSS[:25], name)
    ]
    assert told(operations=both) == (alarm("too many updates", ACROSS[:25], 80, 0.3),)


LOOSE = {"max_updated_share": 1.0, "max_axis_share": 1.0}


@pytest.mark.parametrize(
    ("name", "refs", "known", "said"),
    [
        ("field:axe", ACTIONS, 20, Text("Axe du plan", "Axe du plan")),
        ("field:fait_le", LINES, 60, Text("Fait le", "Fait le")),
        ("field:jalon_id", TASKS, 80, Text("Jalon id", "Jalon id")),
        ("name", TASKS, 80, Text("nom", "name")),
        ("due_on", TASKS, 80, Text("échéance", "due date")),
        ("assignee", TASKS, 80, Text("responsable", "assignee")),
        ("completed", TASKS, 80, Text("completed", "completed")),
    ],
)
def test_one_field_is_held_against_the_tasks_that_carry_it(
    name: str, refs: list[Ref], known: int, said: Text
) -> None:
    half = known // 2
    assert told(operations=updated(refs[:half], name), limits=LOOSE) == ()
    expected = alarm("field rewritten", refs[: half + 1], known, 0.5, said)
    assert told(operations=updated(refs[: half + 1], name), limits=LOOSE) == (expected,)
    enough = {**LOOSE, "minimum_population": known}
    assert told(operations=updated(refs[: half + 1], name), limits=enough) == (expected,)
    too_few = {**LOOSE, "minimum_population": known + 1}
    assert told(operations=updated(refs[: half + 1], name), limits=too_few) == ()


def test_fields_are_told_in_the_order_of_their_names() -> None:
    operations = [
        *updated(TASKS, "name"),
        *updated(TASKS, "field:jalon_id"),
        *updated(TASKS, "due_on"),
    ]
    found = told(operations=operations, limits=LOOSE)
    assert [one.where.en for one in found] == ["due date", "Jalon id", "name"]


def test_moves_are_limited() -> None:
    def moves(count: int) -> list[AnyOperation]:
        placed = [PlaceTask(ref=r, role="actions", section="s") for r in ACROSS[: count // 2]]
        hung = [SetParent(ref=r, parent="p") for r in ACROSS[count // 2 : count]]
        return [*placed, *hung]

    assert told(operations=moves(20)) == ()
    expected = alarm("too many moves", ACROSS[:21], 80, 0.25)
    assert told(operations=moves(21)) == (expected,)


def test_restores_count_tasks_and_only_what_is_put_back() -> None:
    assert told(decisions=restored(ACROSS[:20])) == ()
    assert told(decisions=[*restored(ACROSS[:20]), *restored(ACROSS[:20])]) == ()
    expected = alarm("too many restores", ACROSS[:21], 80, 0.25)
    assert told(decisions=restored(ACROSS[:21])) == (expected,)
    assert told(decisions=restored(ACROSS[:40], Verdict.WRITE)) == ()


FREE = {f"max_{name}_share": 1.0 for name in ("created", "updated", "restored", "field", "moved")}


@pytest.mark.parametrize(
    ("written", "fr", "en"),
    [
        (lambda refs: {"operations": created(refs)}, "tâches à créer", "tasks to create"),
        (lambda refs: {"operations": updated(refs)}, "tâches à modifier", "tasks to update"),
        (lambda refs: {"decisions": restored(refs)}, "tâches à rétablir", "tasks to restore"),
    ],
)
def test_the_same_write_over_most_of_one_axis_is_told(written: Any, fr: str, en: str) -> None:
    assert told(**written(AXIS_ONE[:12]), limits=FREE) == ()
    expected = in_axis(1, AXIS_ONE[:13], 20, fr, en)
    assert told(**written(AXIS_ONE[:13]), limits=FREE) == (expected,)


def test_below_the_least_population_only_an_empty_side_is_told() -> None:
    lost, made = missing(EACH_AXIS[:3]), created(ACROSS[:25])
    all_known = {"minimum_population": 80}
    few = {"minimum_population": 81}
    assert [one.rule for one in told(findings=lost, operations=made, limits=all_known)] == [
        "too many missing",
        "too many creations",
    ]
    assert told(findings=lost, operations=made, limits=few) == ()
    gone = told(findings=lost, gone=TASKS, limits=few)
    assert gone == (alarm("all tasks gone", TASKS, 80, 0),)


def test_alarms_come_in_the_order_of_the_table() -> None:
    found = told(
        plan=renumbered(11),
        gone=TASKS,
        findings=missing(EACH_AXIS[:3]),
        baselines={**TITLES, **ALL_DECLARED},
        agreed=values(ACTIONS[::2], DECLARED, None),
        observed=with_fields(without=["preuve", "axe", "fait_le"]),
        mirror=BEFORE,
        links=SCHEMA_LINKS,
        operations=created(ACROSS[:25]),
    )
    assert [one.rule for one in found if "axis" not in one.rule] == [
        "all tasks gone",
        "too many missing",
        "declarations emptied",
        "schema changed",
        "actions renumbered",
        "too many creations",
    ]


# what the public would read


def page(actions: Mapping[str, Mapping[str, Status]], revision: int = 1) -> Snapshot:
    def standing(status: Status) -> PublicStanding:
        return PublicStanding(
            indicateurs=(),
            faits=0,
            attendus=0,
            etat=status,
            selon="accord",
            confirme=True,
            provisoire=False,
        )

    told = tuple(
        PublicAction(id=id_, titre=id_, jalons={at: standing(one) for at, one in of.items()})
        for id_, of in actions.items()
    )
    volet = PublicVolet(id="1.1", titre="Volet", actions=told)
    return Snapshot(
        numero=1,
        etat_au=date(2026, 2, 1),
        genere_le=datetime(2026, 2, 1, tzinfo=UTC),
        demonstration=True,
        plan=PublicPlan(id="foule", titre="Plan", revision=revision, adopte_le=date(2025, 11, 28)),
        jalons=(),
        totaux={},
        axes=(PublicAxis(numero=1, titre="Axe", objectif="Mieux", volets=(volet,)),),
    )


def achieved(count: int, status: Status = Status.ACHIEVED) -> dict[str, dict[str, Status]]:
    return {f"A{n}": {"mi-chemin": status, "finalite": Status.UPCOMING} for n in range(count)}


def public(
    before: Mapping[str, Mapping[str, Status]] | None,
    after: Mapping[str, Mapping[str, Status]],
    revision: int = 1,
    **limits: Any,
) -> tuple[Alarm, ...]:
    was = None if before is None else page(before)
    return published_amounts(was, page(after, revision), replace(GuardLimits(), **limits))


def test_an_action_leaves_the_page_only_by_a_revision() -> None:
    three = achieved(3)
    one = {"A1": three["A1"]}
    assert public(three, three) == ()
    assert public(one, three) == ()
    assert public(None, one) == ()
    lost = alarm("actions lost", ["action:A0", "action:A2"], 3, 0)
    assert public(three, one) == (lost,)
    assert public(three, one, revision=2) == ()


@pytest.mark.parametrize("was", [Status.ACHIEVED, Status.ACHIEVED_LATE, Status.CONTINUOUS])
@pytest.mark.parametrize("now", list(Status))
def test_what_was_good_and_is_so_no_more_has_turned_back(was: Status, now: Status) -> None:
    good = {Status.ACHIEVED, Status.ACHIEVED_LATE, Status.CONTINUOUS}
    decided = {Status.RETIRED, Status.NOT_APPLICABLE}
    found = public(achieved(1, was), achieved(1, now), max_turned_back=0)
    assert [one.rule for one in found] == ["statuses turned back"] * (now not in good | decided)


def test_what_was_never_good_does_not_turn_back() -> None:
    for was in (Status.UNDER_WAY, Status.RETIRED, Status.NOT_ASSESSED):
        before = achieved(1, was)
        assert public(before, achieved(1, Status.NOT_ACHIEVED), max_turned_back=0) == ()


def test_statuses_that_turn_back_are_told_by_their_names() -> None:
    before = {**achieved(2), "B": {"mi-chemin": Status.CONTINUOUS}}
    after = {
        **achieved(2, Status.UNDER_WAY),
        "B": {"mi-chemin": Status.NOT_ACHIEVED},
        "C": {"mi-chemin": Status.UNDER_WAY},
    }
    named = ["action:A0#mi-chemin", "action:A1#mi-chemin", "action:B#mi-chemin"]
    where = Text(
        "A0 (Atteint → En cours), A1 (Atteint → En cours), B (En continu → Non atteint)",
        "A0 (Achieved → Under way), A1 (Achieved → Under way), "
        "B (Ongoing by nature → Not achieved)",
    )
    expected = alarm("statuses turned back", named, 5, 2, where)
    assert public(before, after, max_turned_back=2) == (expected,)
    assert public(before, after, max_turned_back=3) == ()
    assert public(before, after, revision=2, max_turned_back=2) == (expected,)
    without = {**after, "B": {"finalite": Status.UPCOMING}}
    assert public(before, without, max_turned_back=2) == ()


def test_both_are_told_of_one_page_and_five_names_are_enough() -> None:
    before, after = achieved(7), achieved(6, Status.UNDER_WAY)
    lost, back = public(before, after)
    assert (lost.rule, back.rule, back.changed, back.known) == (
        "actions lost",
        "statuses turned back",
        6,
        14,
    )
    assert back.where.fr == ", ".join(f"A{n} (Atteint → En cours)" for n in range(5)) + "…"
    assert back.where.en == ", ".join(f"A{n} (Achieved → Under way)" for n in range(5)) + "…"


# a yes


def test_a_yes_to_several_alarms_of_one_rule_is_to_each_thing_that_they_showed() -> None:
    shown = [alarm("too many missing", ["a", "b"], 20, 0.1), alarm("too many missing", ["c"], 9, 0)]
    same = alarm("too many missing", ["a", "c"], 20, 0.1)
    more = alarm("too many missing", ["a", "d"], 20, 0.1)
    other = alarm("listing shrunk", ["a"], 20, 0.1)
    all_of_it = alarm("too many missing", ["a", "b", "c"], 20, 0.1)
    assert not_accepted(shown, [same, more, all_of_it, other]) == (more, other)
    assert not_accepted([], [same]) == (same,)
    assert not_accepted(shown, []) == ()
