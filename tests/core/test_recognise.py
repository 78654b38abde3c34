"""Which thing in Asana is which of the plan: what proves it, what does not, and what is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from sync.core.chosen import NOTHING_CHOSEN, Chosen
from sync.core.marks import field_line
from sync.core.recognise import Recognition, recognise
from sync.model.finding import Choice, Finding, Settlement
from sync.model.mapping import FieldMapping, FieldRule, Option
from sync.model.operation import Ref
from sync.model.plan import Axis, Plan, Volet
from sync.model.rules import Rules
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
from tests.core.paper_asana import CHECKPOINTS

NOW: Final = datetime(2026, 2, 1, 17, tzinfo=UTC)
OURS: Final[dict[ProjectRole, ObservedProject]] = {
    "actions": ObservedProject("1", "Plan", ""),
    "indicators": ObservedProject("2", "Indicateurs", ""),
}
PROJECTS: Final = {"project:actions": "1", "project:indicators": "2"}
A, B, LINE = "action:A", "action:B", "indicator:A-1"
TITLES: Final = {A: "« Bureau »", B: "« Budget »", LINE: "« Guide »"}
ID: Final = ObservedField("80", "Jalon id", "text", f"De Jalon. {field_line('jalon_id')}")
ID_RULE: Final = FieldRule("jalon_id", "jalon_id", "both", "Jalon id", "", "text", "plan")


def volets(*titles: str) -> Plan:
    held = tuple(Volet(f"1.{n}", title, ()) for n, title in enumerate(titles, 1))
    return Plan("p", "Plan", (Axis(1, "Axe", "Mieux", held),))


def seen(
    *tasks: ObservedTask,
    sections: tuple[ObservedSection, ...] = (),
    fields: tuple[ObservedField, ...] = (),
    **more: object,
) -> Observed:
    facts = {"complete": True, "projects": OURS} | more
    return Observed(
        read_at=NOW,
        sections=sections,
        fields=fields,
        tasks={task.gid: task for task in tasks},
        **facts,  # type: ignore[arg-type]
    )


def known(
    observed: Observed,
    links: Mapping[Ref, str] = {},
    titles: Mapping[Ref, str] = {},
    plan: Plan | None = None,
    fields: tuple[FieldRule, ...] = (),
    chosen: Chosen = NOTHING_CHOSEN,
    checkpoints: bool = False,
) -> Recognition:
    rules = Rules(
        CHECKPOINTS if checkpoints else (),
        ZoneInfo("America/Toronto"),
        FieldMapping(fields, {}),
    )
    return recognise(plan or volets(), rules, observed, links, titles, chosen)


def beside_projects(recognition: Recognition) -> dict[Ref, str]:
    return {ref: gid for ref, gid in recognition.gids.items() if ref not in PROJECTS}


# projects and sections


def test_projects_are_those_that_were_read() -> None:
    assert known(seen()).gids == PROJECTS
    one: dict[ProjectRole, ObservedProject] = {"indicators": OURS["indicators"]}
    assert known(seen(projects=one)) == Recognition(
        {"project:indicators": "2"}, new_links={"project:indicators": "2"}
    )


def test_what_is_linked_already_is_no_new_link() -> None:
    assert known(seen(), {"project:actions": "1", "project:indicators": "9"}).new_links == {
        "project:indicators": "2"
    }


def test_gids_are_read_both_ways() -> None:
    assert known(seen()).refs() == {"1": "project:actions", "2": "project:indicators"}


V1, V2 = "section:1.1", "section:1.2"


@pytest.mark.parametrize(
    ("sections", "links", "found"),
    [
        pytest.param([("31", "Gestion", "1")], {}, {V1: "31"}, id="by name where not linked"),
        pytest.param([("31", "Gestion", "2")], {}, {}, id="not in the other project"),
        pytest.param([("31", "Autre", "1")], {}, {}, id="not by another name"),
        pytest.param([("31", "Gestion", "1")], {"section:9": "31"}, {}, id="not another's"),
        pytest.param(
            [("31", "Gestion", "1"), ("32", "Gestion", "1")],
            {V1: "32"},
            {V1: "32"},
            id="the linked one, though another bears the name",
        ),
        pytest.param(
            [("32", "Tissu", "1")], {}, {V2: "32"}, id="one that is missing hides no other"
        ),
        pytest.param(
            [("41", "Mi-chemin", "2"), ("42", "Finalité", "2"), ("31", "Mi-chemin", "1")],
            {},
            {"section:mi-chemin": "41", "section:finalite": "42"},
            id="checkpoints in the companion",
        ),
    ],
)
def test_sections(
    sections: list[tuple[str, str, str]], links: dict[Ref, str], found: dict[Ref, str]
) -> None:
    observed = seen(sections=tuple(ObservedSection(*each) for each in sections))
    recognition = known(observed, links, plan=volets("Gestion", "Tissu"), checkpoints=True)
    assert beside_projects(recognition) == found
    assert recognition.findings == ()


def test_two_volets_of_one_name_take_a_section_each() -> None:
    sections = (ObservedSection("31", "Gestion", "1"), ObservedSection("32", "Gestion", "1"))
    recognition = known(seen(sections=sections), plan=volets("Gestion", "Gestion"))
    assert beside_projects(recognition) == {V1: "31", V2: "32"}


@pytest.mark.parametrize("complete", [True, False])
def test_a_linked_section_that_is_missing_is_told_once_everything_was_read(complete: bool) -> None:
    observed = seen(sections=(ObservedSection("32", "Autre", "1"),), complete=complete)
    recognition = known(observed, {V1: "31", V2: "32"}, plan=volets("Gestion", "Tissu"))
    assert beside_projects(recognition) == {V2: "32"}
    missing = Finding("schema.section_missing", V1, {"section": "Gestion"})
    renamed = Finding("schema.section_renamed", V2, {"section": "Tissu", "asana": "Autre"})
    assert recognition.findings == ((missing, renamed) if complete else (renamed,))


@pytest.mark.parametrize("complete", [True, False])
def test_a_section_made_anew_by_a_person_takes_the_place_of_the_deleted_one(complete: bool) -> None:
    """Asana gives no deleted section back: nothing else could ever end its finding."""
    sections = (ObservedSection("39", "Gestion", "1"), ObservedSection("32", "Tissu", "1"))
    observed = seen(sections=sections, complete=complete)
    recognition = known(observed, {V1: "31", V2: "32"}, plan=volets("Gestion", "Tissu"))
    assert beside_projects(recognition) == ({V1: "39", V2: "32"} if complete else {V2: "32"})
    assert recognition.new_links.get(V1) == ("39" if complete else None)
    assert recognition.findings == ()


def test_sections_of_a_project_that_was_not_read_are_left_alone() -> None:
    one: dict[ProjectRole, ObservedProject] = {"indicators": OURS["indicators"]}
    sections = (ObservedSection("31", "Gestion", "1"), ObservedSection("41", "Mi-chemin", "2"))
    recognition = known(
        seen(sections=sections, projects=one),
        {V1: "30"},
        plan=volets("Gestion"),
        checkpoints=True,
    )
    assert recognition.gids == {"project:indicators": "2", "section:mi-chemin": "41"}
    assert recognition.findings == ()


# fields


def rule(key: str, name: str, **more: object) -> FieldRule:
    facts = {"kind": "text", "owner": "plan"} | more
    return FieldRule(key, "evidence", "action", name, "", **facts)  # type: ignore[arg-type]


def field_(gid: str, name: str, description: str = "", **more: object) -> ObservedField:
    facts = {"kind": "text", "attached_to": frozenset({"1"})} | more
    return ObservedField(gid, name, description=description, **facts)  # type: ignore[arg-type]


PROOF = rule("preuve", "Preuve")
SERVICE = rule("service", "Service", existing=True)
OUR_LINE = f"De Jalon.\n{field_line('preuve')}"


@pytest.mark.parametrize(
    ("fields", "links", "found"),
    [
        pytest.param([field_("51", "Preuve", OUR_LINE)], {}, {"field:preuve": "51"}, id="our line"),
        pytest.param([field_("51", "Preuve")], {}, {}, id="ours never by its name"),
        pytest.param([field_("51", "Service")], {}, {"field:service": "51"}, id="people's by name"),
        pytest.param([field_("51", " Service ")], {}, {"field:service": "51"}, id="spaces aside"),
        pytest.param([field_("51", "Service", kind="enum")], {}, {}, id="of another kind"),
        pytest.param([field_("51", "Services")], {}, {}, id="of another name"),
        pytest.param(
            [field_("51", "Service", attached_to=frozenset({"2"}))], {}, {}, id="elsewhere"
        ),
        pytest.param([field_("51", "Service"), field_("52", "Service")], {}, {}, id="two of them"),
        pytest.param(
            [field_("51", "Service"), field_("52", "Service")],
            {"field:service": "52"},
            {"field:service": "52"},
            id="two of them, one linked",
        ),
    ],
)
def test_fields(fields: list[ObservedField], links: dict[Ref, str], found: dict[Ref, str]) -> None:
    observed = seen(fields=tuple(fields))
    recognition = known(observed, links, fields=(PROOF, SERVICE))
    assert beside_projects(recognition) == found
    told = [one for one in recognition.findings if one.code != "schema.field_renamed"]
    like = len(fields) if len(fields) > 1 else 0
    missing = Finding("schema.field_missing", "field:service", {"field": "Service", "like": like})
    assert told == ([] if "field:service" in found else [missing])


def test_a_field_by_name_that_has_spaces_in_the_mapping() -> None:
    spaced = rule("service", " Service", existing=True)
    recognition = known(seen(fields=(field_("51", "Service"),)), fields=(spaced,))
    assert recognition.gids["field:service"] == "51"


@pytest.mark.parametrize(
    "more", [{"complete": False}, {"projects": {"indicators": OURS["indicators"]}}]
)
def test_peoples_own_field_is_missed_only_where_all_of_their_project_was_read(
    more: Mapping[str, object],
) -> None:
    assert known(seen(**more), fields=(SERVICE,)).findings == ()


@pytest.mark.parametrize("complete", [True, False])
def test_a_linked_field_that_is_missing(complete: bool) -> None:
    observed = seen(fields=(field_("52", "Quoi", kind="date"),), complete=complete)
    links = {"field:preuve": "51", "field:autre": "52"}
    recognition = known(observed, links, fields=(PROOF, rule("autre", "Autre")))
    assert beside_projects(recognition) == {"field:autre": "52"}
    told = (
        Finding(
            "schema.field_missing", "field:preuve", {"field": "Preuve", "like": 0, "gid": "51"}
        ),
        Finding(
            "schema.field_retyped",
            "field:autre",
            {"field": "Autre", "asana": "date", "plan": "text"},
        ),
        Finding("schema.field_renamed", "field:autre", {"field": "Autre", "asana": "Quoi"}),
    )
    assert recognition.findings == (told if complete else told[1:])


@pytest.mark.parametrize(
    ("fields", "taken", "like"),
    [
        pytest.param([field_("59", "Preuve")], True, 1, id="by its name"),
        pytest.param([field_("59", " Preuve ")], True, 1, id="spaces aside"),
        pytest.param([field_("59", "Lien", OUR_LINE)], True, 1, id="by our line"),
        pytest.param(
            [field_("59", "Lien", OUR_LINE, attached_to=frozenset())], True, 1, id="alone"
        ),
        pytest.param([field_("59", "Preuve", attached_to=frozenset())], False, 0, id="elsewhere"),
        pytest.param([field_("59", "Preuve", attached_to=frozenset("2"))], False, 0, id="beside"),
        pytest.param([field_("59", "Preuve", kind="number")], False, 0, id="of another kind"),
        pytest.param([field_("59", "Preuves")], False, 0, id="of another name"),
        pytest.param([field_("52", "Preuve")], False, 0, id="another field of ours"),
        pytest.param(
            [field_("58", "Preuve"), field_("59", "Lien", OUR_LINE)], False, 2, id="two of them"
        ),
    ],
)
def test_a_field_made_again_takes_the_place_of_the_deleted_one(
    fields: list[ObservedField], taken: bool, like: int
) -> None:
    """Asana gives no deleted field back: nothing else could ever end its finding."""
    links = {"field:preuve": "51", "field:autre": "52"}
    recognition = known(seen(fields=tuple(fields)), links, fields=(PROOF,))
    facts = {"field": "Preuve", "like": like, "gid": "51"}
    told = [one for one in recognition.findings if one.code == "schema.field_missing"]
    assert recognition.gids.get("field:preuve") == ("59" if taken else None)
    assert recognition.remade == ({"field:preuve"} if taken else frozenset())
    assert told == ([] if taken else [Finding("schema.field_missing", "field:preuve", facts)])


def test_nothing_takes_the_place_of_a_field_that_was_not_looked_for_everywhere() -> None:
    observed = seen(fields=(field_("59", "Preuve"),), complete=False)
    recognition = known(observed, {"field:preuve": "51"}, fields=(PROOF,))
    assert "field:preuve" not in recognition.gids
    assert recognition.findings == ()


def test_people_s_own_field_is_taken_again_by_its_name_and_never_offered_to_be_made() -> None:
    one, two = field_("58", "Service"), field_("59", "Service")
    links = {"field:service": "51"}
    taken = known(seen(fields=(one,)), links, fields=(SERVICE,))
    assert (taken.gids["field:service"], taken.remade) == ("58", {"field:service"})
    lacking = known(seen(fields=(one, two)), links, fields=(SERVICE,))
    assert lacking.findings == (
        Finding("schema.field_missing", "field:service", {"field": "Service", "like": 2}),
    )


def test_a_field_that_is_not_there_yet_hides_none_after_it() -> None:
    recognition = known(
        seen(fields=(field_("51", "Preuve", OUR_LINE),)), fields=(rule("axe", "Axe"), PROOF)
    )
    assert beside_projects(recognition) == {"field:preuve": "51"}


STATE = rule("etat", "État", kind="enum", options=(Option("oui", "Oui"), Option("non", "Non")))
YES, NO = "option:etat/oui", "option:etat/non"


@pytest.mark.parametrize(
    ("options", "links", "found", "told"),
    [
        pytest.param([("61", "Oui"), ("62", "Non")], {}, {YES: "61", NO: "62"}, [], id="by name"),
        pytest.param([("62", "Non")], {}, {NO: "62"}, [], id="one is not there yet"),
        pytest.param(
            [("61", "Oui"), ("62", "Certes")],
            {YES: "62"},
            {YES: "62"},
            [
                Finding(
                    "schema.option_renamed",
                    YES,
                    {"option": "Oui", "field": "État", "asana": "Certes"},
                )
            ],
            id="the linked one, though another bears the name",
        ),
        pytest.param(
            [("61", "Non")],
            {YES: "61"},
            {YES: "61"},
            [
                Finding(
                    "schema.option_renamed", YES, {"option": "Oui", "field": "État", "asana": "Non"}
                )
            ],
            id="a name is not taken from another's link",
        ),
        pytest.param(
            [("61", "Oui")], {YES: "60"}, {YES: "61"}, [], id="by name where the linked one is gone"
        ),
    ],
)
def test_options(
    options: list[tuple[str, str]],
    links: dict[Ref, str],
    found: dict[Ref, str],
    told: list[Finding],
) -> None:
    made = tuple(ObservedOption(*each) for each in options)
    observed = seen(fields=(field_("51", "État", kind="enum", options=made),))
    recognition = known(observed, {"field:etat": "51"} | links, fields=(STATE,))
    assert beside_projects(recognition) == {"field:etat": "51"} | found
    assert recognition.findings == tuple(told)


def test_an_option_that_is_switched_off_is_still_itself() -> None:
    made = (ObservedOption("61", "Oui", enabled=False), ObservedOption("62", "Non"))
    observed = seen(fields=(field_("51", "État", kind="enum", options=made),))
    recognition = known(observed, {"field:etat": "51"}, fields=(STATE,))
    assert recognition.gids[YES] == "61"
    told = Finding("schema.option_disabled", YES, {"option": "Oui", "field": "État"})
    assert recognition.findings == (told,)


# tasks


def task(gid: str, says: FieldValue = None, notes: str = "", **more: object) -> ObservedTask:
    return ObservedTask(
        gid,
        f"Tâche {gid}",
        notes=notes,
        fields={"80": says},
        **more,  # type: ignore[arg-type]
    )


def tasks_known(
    observed: Observed, links: Mapping[Ref, str] = {}, chosen: Chosen = NOTHING_CHOSEN
) -> Recognition:
    with_id = replace(observed, fields=(ID,))
    return known(with_id, links, TITLES, fields=(ID_RULE,), chosen=chosen)


def tasks_of(recognition: Recognition) -> dict[Ref, str]:
    return {ref: gid for ref, gid in recognition.gids.items() if ref in TITLES}


MARK = "[jalon: p/A]"


@pytest.mark.parametrize(
    ("found", "one"),
    [
        pytest.param(True, task("7", "p/A"), id="by the id field"),
        pytest.param(True, task("7", None, MARK), id="by the note where the field is empty"),
        pytest.param(True, task("7", "", MARK), id="by the note where the field is blank"),
        pytest.param(True, ObservedTask("7", "x", notes=MARK), id="by the note without the field"),
        pytest.param(False, task("7", "q/A"), id="of another plan"),
        pytest.param(False, task("7", "moi", MARK), id="the field says something else"),
        pytest.param(False, task("7", 7), id="the field is a number"),
        pytest.param(False, task("7", None, "[jalon: q/A]"), id="another plan's note"),
        pytest.param(False, task("7"), id="nothing says so"),
    ],
)
def test_what_proves_a_task_ours(found: bool, one: ObservedTask) -> None:
    recognition = tasks_known(seen(one))
    assert tasks_of(recognition) == ({A: "7"} if found else {})
    stranger = Finding("task.foreign", "project:actions", {"count": 1})
    assert recognition.findings == (() if found else (stranger,))


def test_the_note_alone_where_there_is_no_id_field() -> None:
    recognition = known(seen(task("7", "p/B", MARK)), titles=TITLES)
    assert tasks_of(recognition) == {A: "7"}
    assert recognition.new_links[A] == "7"


def test_a_linked_task_is_itself_whether_it_was_read_or_not() -> None:
    for observed in (seen(), seen(task("7")), seen(task("7", "moi")), seen(task("7", "p/A"))):
        recognition = tasks_known(observed, {A: "7"})
        assert tasks_of(recognition) == {A: "7"}
        assert (recognition.findings, recognition.held, recognition.gone) == ((), set(), set())


def test_a_linked_task_that_says_to_be_another_is_held() -> None:
    observed = seen(task("7", "p/B"), task("8", "p/B"))
    recognition = tasks_known(observed, {A: "7", B: "8"})
    assert tasks_of(recognition) == {A: "7", B: "8"}
    assert recognition.held == {A}
    facts = {"title": "« Bureau »", "why": "« Jalon id » = p/B"}
    assert recognition.findings == (Finding("task.identity_doubt", A, facts),)
    assert tasks_of(tasks_known(seen(task("7", "p/B")), {A: "7"})) == {A: "7"}


def test_it_is_held_though_another_bears_its_mark() -> None:
    recognition = tasks_known(seen(task("7", "p/B"), task("9", "p/A")), {A: "7"})
    assert (tasks_of(recognition), recognition.held) == ({A: "7"}, {A})
    assert [one.code for one in recognition.findings] == ["task.duplicated", "task.identity_doubt"]


def test_what_is_proved_absent_is_gone_and_claims_nothing() -> None:
    observed = seen(task("7", "p/B"), task("8", "p/B"), absent=frozenset({"7"}))
    recognition = tasks_known(observed, {A: "7"})
    assert tasks_of(recognition) == {A: "7", B: "8"}
    assert (recognition.gone, recognition.held, recognition.anew) == ({A}, set(), {})
    assert recognition.findings == ()


def aged(gid: str, day: int | None, says: str = "p/A", **more: object) -> ObservedTask:
    at = None if day is None else datetime(2026, 1, day, tzinfo=UTC)
    return task(gid, says, created_at=at, **more)


@pytest.mark.parametrize(
    ("tasks", "links", "chosen", "copies"),
    [
        ([aged("9", 1), aged("8", 2)], {}, "9", "8"),
        ([aged("8", 2), aged("9", 1)], {}, "9", "8"),
        ([aged("8", 1), aged("7", 1), aged("9", 1)], {}, "7", "8 9"),
        ([aged("8", 1), aged("9", None)], {}, "9", "8"),
        ([aged("8", 1), aged("9", 2), aged("7", 3)], {A: "9"}, "9", "7 8"),
    ],
)
def test_of_several_the_linked_one_or_the_oldest_and_the_others_are_copies(
    tasks: list[ObservedTask], links: dict[Ref, str], chosen: str, copies: str
) -> None:
    recognition = tasks_known(seen(*tasks), links)
    assert tasks_of(recognition) == {A: chosen}
    facts = {"count": len(tasks) - 1, "title": "« Bureau »", "copies": copies}
    assert recognition.findings == (Finding("task.duplicated", A, facts),)


def test_the_lines_of_a_copied_action_are_not_told_beside_it() -> None:
    tasks = [
        *(aged("7", 1), aged("8", 2)),
        *(aged("70", 1, "p/A-1", parent_gid="7"), aged("80", 2, "p/A-1", parent_gid="8")),
    ]
    told = tasks_known(seen(*tasks)).findings
    assert [(one.subject, one.facts["copies"]) for one in told] == [(A, "8")]
    alone = tasks_known(seen(*tasks, aged("90", 3, "p/A-1", parent_gid="7"))).findings
    assert [(one.subject, one.facts["copies"]) for one in alone] == [(A, "8"), (LINE, "90")]


def settled(choice: Choice, value: str | None = None, **facts: str | int | None) -> Chosen:
    key = {"recreate": "task.missing", "duplicate": "task.duplicated"}[choice] + f":{A}"
    one = Settlement(
        id=1, at=NOW, key=key, choice=choice, by="Mme X", reason="", value=value, facts=facts
    )
    return Chosen(settled={key: one})


def test_a_declared_copy_is_never_taken_for_the_task() -> None:
    chosen = settled("duplicate", copies="7")
    assert tasks_of(tasks_known(seen(aged("7", 1), aged("8", 2)), chosen=chosen)) == {A: "8"}
    assert tasks_of(tasks_known(seen(aged("7", 1)), chosen=chosen)) == {}


def test_nor_is_a_line_that_hangs_under_one() -> None:
    chosen = settled("duplicate", copies="8")
    line = aged("80", 2, "p/A-1", parent_gid="8")
    assert tasks_of(tasks_known(seen(aged("7", 1), line), chosen=chosen)) == {A: "7"}
    both = Chosen(settled={**chosen.settled, **RECREATE.settled})
    lost = seen(aged("8", 2), line, absent=frozenset({"7", "70"}))
    recognition = tasks_known(lost, {A: "7", LINE: "70"}, both)
    assert recognition.anew == {A: "7", LINE: "70"}
    moved = replace(line, parent_gid="7")
    assert tasks_of(tasks_known(seen(aged("7", 1), moved), chosen=chosen)) == {A: "7", LINE: "80"}


RECREATE = settled("recreate", '{"action:A": "7", "indicator:A-1": "70"}', title="« Bureau »")
PENDING = Finding("task.missing", A, {"title": "« Bureau »"})


def test_a_lost_task_that_is_to_be_created_anew() -> None:
    gone = frozenset({"7", "70"})
    links = {A: "7", LINE: "70"}
    waiting = tasks_known(seen(absent=gone), links, RECREATE)
    assert waiting.anew == {A: "7", LINE: "70"}
    assert (tasks_of(waiting), waiting.gone) == (links, {A, LINE})
    assert waiting.findings == (PENDING,)

    begun = tasks_known(seen(task("8", "p/A"), absent=gone), links, RECREATE)
    assert (begun.anew, begun.gone) == ({LINE: "70"}, {LINE})
    assert tasks_of(begun) == {A: "8", LINE: "70"}
    assert begun.new_links[A] == "8"
    assert begun.findings == (PENDING,)

    over = tasks_known(seen(task("8", "p/A"), task("80", "p/A-1"), absent=gone), links, RECREATE)
    assert (over.anew, over.gone, over.findings) == ({}, set(), ())


@pytest.mark.parametrize(
    ("links", "absent"),
    [
        pytest.param({A: "7"}, set(), id="still there"),
        pytest.param({A: "6"}, {"6"}, id="another one that is gone since"),
        pytest.param({B: "7"}, {"7"}, id="another thing"),
    ],
)
def test_only_what_was_settled_is_created_anew(links: dict[Ref, str], absent: set[str]) -> None:
    observed = seen(task("9", "p/A"), absent=frozenset(absent))
    recognition = tasks_known(observed, links, RECREATE)
    assert recognition.anew == {}
    assert recognition.gids[A] == links.get(A, "9")


def test_another_choice_keeps_nothing_pending() -> None:
    kept = replace(RECREATE.settled[PENDING.key], choice="keep")
    both = Chosen(settled={"other": kept, PENDING.key: RECREATE.settled[PENDING.key]})
    recognition = tasks_known(seen(absent=frozenset({"7"})), {A: "7"}, both)
    assert recognition.findings == (PENDING,)


def test_what_the_plan_no_longer_holds() -> None:
    """Its lines go with it; what is gone in Asana as well needs no word."""
    old = {"action:Z": "3", "indicator:Z-1": "4", "action:Y": "5", "indicator:A-9": "6"}
    observed = seen(
        *(task("3"), task("4", parent_gid="3"), task("5"), task("6", parent_gid="7"), task("7")),
        absent=frozenset({"5"}),
    )
    recognition = tasks_known(observed, {**old, A: "7", "section:8": "9"})
    assert recognition.findings == (
        Finding("task.retired", "action:Z", {"title": "« Tâche 3 »"}),
        Finding("task.retired", "indicator:A-9", {"title": "« Tâche 6 »"}),
    )
    assert tasks_of(recognition) == {A: "7"}


def test_strangers_are_counted_and_nothing_else_is_a_stranger() -> None:
    observed = seen(
        *(task("3"), task("4"), task("5"), task("6"), task("7"), task("8", "p/B")),
        absent=frozenset({"5"}),
        moved=frozenset({"6"}),
    )
    recognition = tasks_known(observed, {A: "7", "section:9": "4"})
    assert recognition.findings == (Finding("task.foreign", "project:actions", {"count": 2}),)


def test_a_gid_goes_over_to_the_ref_that_its_task_claims() -> None:
    """The thing it was linked to is no longer in the plan."""
    recognition = tasks_known(seen(task("3", "p/A")), {"action:Z": "3"})
    assert tasks_of(recognition) == {A: "3"}
    assert recognition.relinked == {"action:Z": A}
    assert tasks_known(seen(task("3", "p/A")), {A: "3"}).relinked == {}
