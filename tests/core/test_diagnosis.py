"""What an examination means: each fact alone, judged by what a cycle would suffer from it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sync.core.diagnosis import Diagnosis, cost_line, diagnose, schema_lines
from sync.core.marks import field_line, field_ref, project_line, project_ref
from sync.model.cost import Cost
from sync.model.examination import Account, Examination, Refused
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.model.target import ObservedField, ObservedProject
from sync.wording import Text
from tests.core.paper_asana import rules_for, small_plan

PLAN = small_plan()
RULES = replace(rules_for(PLAN), project_name="Plan", companion_name="Plan – indicateurs")
AXE = next(rule for rule in RULES.mapping.fields if rule.key == "axe")
OURS = ObservedProject("1", "Plan", f"x\n{project_line(PLAN.id, 'actions')}")
LINKED: Mapping[Ref, str] = {
    project_ref("actions"): "1",
    **{field_ref(rule.key): f"9{n}" for n, rule in enumerate(RULES.mapping.fields)},
}
GOOD = Examination(
    account=Account("7", "Jalon (compte de service)", "jalon@ville.example"),
    workspace="Ville",
    seat="member",
    skew_seconds=0.4,
)


def judged(seen: Examination, links: Mapping[Ref, str] | None = None) -> tuple[Diagnosis, ...]:
    return diagnose(seen, RULES, links or {}, PLAN.id)


def levels(lines: tuple[Diagnosis, ...]) -> set[str]:
    return {line.level for line in lines}


def trouble(seen: Examination, links: Mapping[Ref, str] | None = None) -> tuple[str, str]:
    """The level and the words of the one line that is not good."""
    (line,) = [line for line in judged(seen, links) if line.level != "ok"]
    return line.level, line.found.fr


def test_a_new_city_with_everything_right_hears_only_good() -> None:
    assert levels(judged(GOOD)) == {"ok"}


def test_every_trouble_says_what_to_do() -> None:
    seen = replace(
        GOOD,
        account=Account("7", "Julie", "julie@ville.example"),
        skew_seconds=-7200.0,
        seat="guest",
        fields=(ObservedField("5", AXE.name.upper(), "text"),),
        projects={"actions": replace(OURS, archived=True)},
        namesakes=(ObservedProject("4", "Plan – indicateurs", ""),),
    )
    lines = [line for line in judged(seen) if line.level != "ok"]
    assert len(lines) == 6
    for line in lines:
        assert line.do is not None
        assert line.do.fr != line.do.en


@pytest.mark.parametrize(
    ("seconds", "level", "word"),
    [
        pytest.param(60.0, "ok", "", id="a minute is network and rounding"),
        pytest.param(61.0, "warning", "retarde de 61 s", id="behind"),
        pytest.param(-61.0, "warning", "avance de 61 s", id="ahead"),
        pytest.param(300.0, "warning", "retarde de 300 s", id="still let through by a cycle"),
        pytest.param(301.0, "error", "retarde de 301 s", id="refused by a cycle"),
    ],
)
def test_the_clock(seconds: float, level: str, word: str) -> None:
    seen = replace(GOOD, skew_seconds=seconds)
    clock = next(line for line in judged(seen) if line.about.en == "Clock")
    assert clock.level == level
    assert word in clock.found.fr


def test_a_guest_is_an_error_only_while_a_field_must_be_made() -> None:
    guest = replace(GOOD, seat="guest", projects={"actions": OURS}, access={"actions": "editor"})
    assert "error" in levels(judged(guest))
    level, words = trouble(guest, LINKED)
    assert (level, "invité" in words) == ("warning", True)
    assert trouble(replace(guest, seat="view_only"), LINKED)[0] == "error"


def test_a_right_that_nobody_told_of_is_a_doubt_and_not_a_good() -> None:
    refused = Refused(Text("refusé", "refused"), 5, 403)
    assert trouble(replace(GOOD, seat=None, refused={"seat": refused}))[0] == "warning"
    assert trouble(replace(GOOD, seat=None))[0] == "warning"


def test_a_name_is_taken_by_another_s_field_whatever_its_capitals() -> None:
    other = ObservedField("5", f" {AXE.name.upper()}", "text", "à nous")
    level, words = trouble(replace(GOOD, fields=(other,)))
    assert (level, "(5)" in words) == ("error", True)
    ours = replace(other, description=field_line(AXE.key))
    assert levels(judged(replace(GOOD, fields=(ours,)))) == {"ok"}
    linked = {field_ref(AXE.key): "6"}
    assert levels(judged(replace(GOOD, fields=(other,)), linked)) == {"ok"}, "made already"


@pytest.mark.parametrize(
    ("project", "level", "word"),
    [
        pytest.param(OURS, "ok", "", id="ours"),
        pytest.param(replace(OURS, archived=True), "error", "archivé", id="archived"),
        pytest.param(
            replace(OURS, notes=project_line("autre", "actions")),
            "error",
            "autre plan : autre",
            id="another plan's",
        ),
        pytest.param(replace(OURS, notes=""), "ok", "", id="its mark was erased: the link holds"),
    ],
)
def test_a_linked_project(project: ObservedProject, level: str, word: str) -> None:
    seen = replace(GOOD, projects={"actions": project}, access={"actions": "admin"})
    line = next(x for x in judged(seen, LINKED) if x.about.en == "Managers’ project")
    assert (line.level, word in line.found.fr) == (level, True)


@pytest.mark.parametrize(
    ("access", "level"),
    [("admin", "ok"), ("editor", "ok"), ("commenter", "error"), ("viewer", "error"), (None, "ok")],
)
def test_who_cannot_edit_cannot_write(access: str | None, level: str) -> None:
    """None is access through a team: Asana does not tell its level there."""
    seen = replace(GOOD, projects={"actions": OURS}, access={"actions": access})
    line = next(x for x in judged(seen, LINKED) if x.about.en == "Managers’ project")
    assert line.level == level


def test_a_marked_project_that_the_store_does_not_know_is_a_lost_store() -> None:
    level, words = trouble(replace(GOOD, projects={"actions": OURS}))
    assert level == "error"
    assert "la base ne le connaît pas" in words


def test_a_project_typed_by_hand_is_offered_for_adoption() -> None:
    seen = replace(GOOD, namesakes=(ObservedProject("3", "Plan ", "à la main"),))
    line = next(line for line in judged(seen) if line.level == "warning")
    assert line.do is not None
    assert "jalon adopt" in line.do.fr


def test_a_refused_token_ends_the_questions() -> None:
    refused = Refused(Text("jeton refusé", "token refused"), 5, 401)
    (line,) = judged(Examination(refused={"account": refused}))
    assert (line.level, line.found.fr) == ("error", "jeton refusé")


def test_only_the_schema_is_told_and_each_thing_once() -> None:
    renamed = Finding("schema.field_renamed", "field:axe", {"field": "Axe", "asana": "Axes"})
    other = Finding("task.foreign", "project:actions", {"count": 1})
    (line,) = schema_lines([renamed, other, renamed])
    assert "Axes" in line.found.fr


def test_a_cycle_that_would_outlive_the_event_tokens_is_a_doubt() -> None:
    assert cost_line(Cost({"GET /events": 1}), 1500).level == "ok"
    assert cost_line(Cost({"POST /tasks": 150 * 24 * 60}), 150).level == "warning"


def test_a_cost_tells_reads_from_writes_and_rounds_minutes_up() -> None:
    cost = Cost({"GET /tasks/{}": 100, "PUT /tasks/{}": 51})
    assert (cost.total, cost.reads, cost.writes) == (151, 100, 51)
    assert (cost.minutes(150), cost.minutes(1500)) == (2, 1)
