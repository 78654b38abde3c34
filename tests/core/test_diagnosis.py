"""What an examination means: each fact alone, judged by what a cycle would suffer from it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from sync.core.catalogue import entry, wording
from sync.core.diagnosis import (
    Diagnosis,
    cost_line,
    definitions,
    diagnose,
    end_line,
    forecast_words,
    is_reserved,
    project_name,
    refusal_line,
    schema_lines,
    signing_line,
    taken_names,
    webhook_line,
)
from sync.core.marks import field_line, field_ref, project_line, project_ref
from sync.model.cost import Cost
from sync.model.examination import Account, Examination, Refused, Seat
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.model.target import ObservedField, ObservedProject, ProjectRole
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


# in whole sentences, in both languages


def line(level: str, about: tuple[str, str], found: tuple[str, str], *do: str) -> Diagnosis:
    return Diagnosis(level, Text(*about), Text(*found), Text(*do) if do else None)  # type: ignore[arg-type]


def same(words: str) -> tuple[str, str]:
    return words, words


TOKEN: Final = ("Jeton", "Token")
CLOCK: Final = ("Horloge", "Clock")
WORKSPACE: Final = ("Espace de travail", "Workspace")
SEAT: Final = ("Droits du compte", "The account’s rights")
TIER: Final = ("Forfait et champs", "Tier and fields")
PROJECTS: Final = ("Projets", "Projects")
ACCESS: Final = ("Accès aux projets", "Access to the projects")
MANAGERS: Final = ("Projet des gestionnaires", "Managers’ project")
INDICATORS: Final = ("Projet des indicateurs", "Indicators’ project")
SET_THE_CLOCK: Final = ("La régler (NTP).", "Set it (NTP).")
MAKE_A_MEMBER: Final = (
    "Faire du compte un membre de l’espace de travail.",
    "Make the account a member of the workspace.",
)
NO: Final = Refused(Text("refusé", "refused"), 5, 403)
COUNT: Final = len(RULES.mapping.fields)
BOTH: Final[Mapping[ProjectRole, ObservedProject]] = {
    "actions": OURS,
    "indicators": ObservedProject("2", "Plan – indicateurs", project_line(PLAN.id, "indicators")),
}
SETTLED: Final = {**LINKED, project_ref("indicators"): "2"}


def about(
    seen: Examination, subject: tuple[str, str], links: Mapping[Ref, str] | None = None
) -> list[Diagnosis]:
    return [one for one in judged(seen, links) if one.about == Text(*subject)]


def test_a_good_examination_in_the_order_in_which_things_must_be_right() -> None:
    seen = replace(GOOD, projects=BOTH, access={"actions": "admin", "indicators": "editor"})
    seen = replace(
        seen,
        fields=tuple(
            ObservedField("5", r.name, r.kind, field_line(r.key)) for r in RULES.mapping.fields
        ),
    )
    assert judged(seen, SETTLED) == (
        line("ok", TOKEN, same("Jalon (compte de service)")),
        line("ok", CLOCK, ("À l’heure d’Asana.", "In step with Asana’s.")),
        line("ok", WORKSPACE, same("Ville")),
        line("ok", SEAT, ("Compte membre.", "The account is a member.")),
        line(
            "ok",
            TIER,
            (
                f"Champs personnalisés permis; {COUNT} des {COUNT} nôtres existent.",
                f"Custom fields allowed; {COUNT} of our {COUNT} exist.",
            ),
        ),
        line("ok", MANAGERS, same("Plan")),
        line("ok", INDICATORS, same("Plan – indicateurs")),
    )


@pytest.mark.parametrize(
    ("name", "email", "reserved"),
    [
        pytest.param("Compte JALON", "a@ville.example", True, id="by its name"),
        pytest.param("Service", "jalon@ville.example", True, id="by its address"),
        pytest.param("Julie Jalonneau", "julie@ville.example", False, id="part of a word"),
        pytest.param("Julie", "julie@ville.example", False, id="a person"),
    ],
)
def test_an_account_of_its_own(name: str, email: str, *, reserved: bool) -> None:
    assert is_reserved(Account("7", name, email)) is reserved


def test_a_person_s_account_and_the_sandbox_are_doubts() -> None:
    seen = replace(GOOD, account=Account("7", "Julie", "julie@ville.example"), sandbox=True)
    assert about(seen, TOKEN) == [
        line(
            "warning",
            TOKEN,
            (
                "Les écritures de Jalon porteront le nom de « Julie ».",
                "Jalon’s writes will carry the name “Julie”.",
            ),
            "Donner à Jalon un compte à lui, dont le nom contient « Jalon ».",
            "Give Jalon an account of its own, with “Jalon” in its name.",
        ),
        line(
            "warning",
            TOKEN,
            (
                "C’est le bac à sable qui répond : tout ce qui en vient est inventé.",
                "The sandbox is answering: whatever comes from it is invented.",
            ),
            "Pour le vrai Asana, retirer JALON_ASANA_URL et changer de base.",
            "For the real Asana, remove JALON_ASANA_URL and use another store.",
        ),
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(None, None, id="not told"),
        pytest.param(0.0, ("ok", "", ""), id="none"),
        pytest.param(60.4, ("ok", "", ""), id="rounded"),
        pytest.param(-60.0, ("ok", "", ""), id="ahead by a minute"),
        pytest.param(
            61.0,
            (
                "warning",
                (
                    "Cette machine retarde de 61 s sur Asana; échéances et gels suivent cette "
                    "horloge."
                ),
                "This machine is 61 s behind Asana; due dates and freezes follow this clock.",
            ),
            id="behind",
        ),
        pytest.param(
            -301.0,
            (
                "error",
                (
                    "Cette machine avance de 301 s sur Asana; échéances et gels suivent cette "
                    "horloge."
                ),
                "This machine is 301 s ahead of Asana; due dates and freezes follow this clock.",
            ),
            id="ahead",
        ),
    ],
)
def test_the_clock_in_words(seconds: float | None, expected: tuple[str, str, str] | None) -> None:
    found = about(replace(GOOD, skew_seconds=seconds), CLOCK)
    if expected is None:
        assert found == []
    elif expected[0] == "ok":
        assert found == [line("ok", CLOCK, ("À l’heure d’Asana.", "In step with Asana’s."))]
    else:
        level, *words = expected
        assert found == [line(level, CLOCK, (words[0], words[1]), *SET_THE_CLOCK)]


@pytest.mark.parametrize(
    ("seat", "linked", "expected"),
    [
        pytest.param(
            None,
            False,
            line(
                "warning",
                SEAT,
                (
                    "On ne sait pas si ce compte peut créer des champs : Asana ne le dit pas.",
                    "Whether this account may create fields is not known: Asana does not say.",
                ),
                "Vérifier dans Asana que le compte est membre, et non invité.",
                "Check in Asana that the account is a member and no guest.",
            ),
            id="not known",
        ),
        pytest.param(
            "guest",
            False,
            line(
                "error",
                SEAT,
                (
                    (
                        "Ce compte est invité dans l’espace de travail : il ne peut pas créer de "
                        f"champs ({COUNT} à créer)."
                    ),
                    (
                        "This account is a guest in the workspace: it may not create fields "
                        f"({COUNT} to create)."
                    ),
                ),
                *MAKE_A_MEMBER,
            ),
            id="a guest with all to make",
        ),
        pytest.param(
            "guest",
            True,
            line(
                "warning",
                SEAT,
                (
                    (
                        "Ce compte est invité dans l’espace de travail : il ne peut pas créer de "
                        "champs (0 à créer)."
                    ),
                    (
                        "This account is a guest in the workspace: it may not create fields "
                        "(0 to create)."
                    ),
                ),
                *MAKE_A_MEMBER,
            ),
            id="a guest with nothing to make",
        ),
        pytest.param(
            "view_only",
            True,
            line(
                "error",
                SEAT,
                (
                    (
                        "Ce compte est en lecture seule dans l’espace de travail : il ne peut pas "
                        "créer de champs (0 à créer)."
                    ),
                    (
                        "This account is view only in the workspace: it may not create fields "
                        "(0 to create)."
                    ),
                ),
                *MAKE_A_MEMBER,
            ),
            id="view only",
        ),
        pytest.param(
            "admin",
            False,
            line("ok", SEAT, ("Compte administrateur.", "The account is an administrator.")),
            id="an administrator",
        ),
    ],
)
def test_the_account_s_rights_in_words(
    seat: Seat | None, expected: Diagnosis, *, linked: bool
) -> None:
    assert about(replace(GOOD, seat=seat), SEAT, LINKED if linked else None) == [expected]


def test_a_taken_name_in_words() -> None:
    other = ObservedField("5", AXE.name, "text")
    assert about(replace(GOOD, fields=(other,)), TIER) == [
        line(
            "error",
            TIER,
            (
                (
                    f"Le nom « {AXE.name} » est déjà celui d’un champ qui n’est pas à Jalon (5); "
                    "Asana n’en accepte pas deux."
                ),
                (
                    f"The name “{AXE.name}” already belongs to a field that is not Jalon’s (5); "
                    "Asana takes no second one."
                ),
            ),
            "Renommer ce champ dans Asana, ou le nôtre dans mappings/.",
            "Rename that field in Asana, or ours in mappings/.",
        )
    ]


def test_of_our_fields_those_are_counted_that_carry_our_line() -> None:
    seen = replace(
        GOOD, fields=(ObservedField("5", "Autre nom", "text", f"x {field_line(AXE.key)}"),)
    )
    (found,) = about(seen, TIER)
    assert found.found == Text(
        f"Champs personnalisés permis; 1 des {COUNT} nôtres existent.",
        f"Custom fields allowed; 1 of our {COUNT} exist.",
    )


def test_a_name_that_people_have_given_their_own_field_is_meant_to_be_there() -> None:
    theirs = replace(AXE, existing=True)
    found = (ObservedField("5", AXE.name, "text"), ObservedField("6", "Autre", "text"))
    assert taken_names([theirs], found, {}) == []
    assert taken_names([replace(theirs, existing=False)], found, {}) == [
        (replace(theirs, existing=False), found[0])
    ]
    assert taken_names([replace(AXE, name="  Autre ")], found, {})[0][1] is found[1]


@pytest.mark.parametrize(
    ("changes", "subject", "level"),
    [
        pytest.param({"account": None, "refused": {"account": NO}}, TOKEN, "error", id="token"),
        pytest.param(
            {"workspace": None, "refused": {"workspace": NO}}, WORKSPACE, "error", id="workspace"
        ),
        pytest.param({"refused": {"fields": NO}}, TIER, "error", id="fields"),
        pytest.param({"refused": {"projects": NO}}, PROJECTS, "error", id="projects"),
        pytest.param({"refused": {"access": NO}}, ACCESS, "warning", id="access"),
    ],
)
def test_a_refused_question_is_told_in_asana_s_words(
    changes: Mapping[str, object], subject: tuple[str, str], level: str
) -> None:
    seen = replace(GOOD, **changes)  # type: ignore[arg-type]
    assert about(seen, subject) == [line(level, subject, ("refusé", "refused"))]


def test_without_a_workspace_nothing_in_it_is_judged() -> None:
    seen = replace(GOOD, workspace=None, projects=BOTH)
    assert [one.about.en for one in judged(seen)] == ["Token", "Clock"]


def test_where_the_projects_were_refused_none_is_said_to_be_made() -> None:
    seen = replace(GOOD, refused={"projects": NO})
    assert about(seen, MANAGERS) == about(seen, INDICATORS) == []


@pytest.mark.parametrize(
    ("role", "subject", "name"),
    [("actions", MANAGERS, "Plan"), ("indicators", INDICATORS, "Plan – indicateurs")],
)
def test_a_project_that_is_not_there_yet(
    role: ProjectRole, subject: tuple[str, str], name: str
) -> None:
    assert project_name(role, RULES) == name
    assert about(GOOD, subject) == [
        line("ok", subject, (f"« {name} » sera créé.", f"“{name}” will be created."))
    ]
    namesakes = (
        ObservedProject("3", f" {name} ", ""),
        ObservedProject("4", name, ""),
        ObservedProject("5", "Autre", ""),
    )
    assert about(replace(GOOD, namesakes=namesakes), subject) == [
        line(
            "warning",
            subject,
            (
                (
                    f"Un projet « {name} » existe déjà (3, 4) et n’est pas à Jalon, qui en "
                    "créerait un second du même nom."
                ),
                (
                    f"A project “{name}” already exists (3, 4) and is not Jalon’s, which would "
                    "make a second one of that name."
                ),
            ),
            "L’adopter (jalon adopt), le renommer, ou changer asana.project.",
            "Adopt it (jalon adopt), rename it, or change asana.project.",
        )
    ]


def test_a_name_with_spaces_around_it_in_the_config_has_namesakes_too() -> None:
    rules = replace(RULES, project_name=" Plan ")
    seen = replace(GOOD, namesakes=(ObservedProject("3", "Plan", ""),))
    found = [one for one in diagnose(seen, rules, {}, PLAN.id) if one.about == Text(*MANAGERS)]
    assert [one.level for one in found] == ["warning"]


OTHER_S: Final = f"{project_line('b', 'actions')}\n{project_line('a', 'actions')}"


@pytest.mark.parametrize(
    ("project", "links", "access", "expected"),
    [
        pytest.param(
            replace(OURS, notes=OTHER_S, archived=True),
            LINKED,
            "viewer",
            line(
                "error",
                MANAGERS,
                (
                    "« Plan » porte la marque d’un autre plan : a, b.",
                    "“Plan” carries another plan’s mark: a, b.",
                ),
                "Vérifier la base (JALON_DATABASE_URL) et la description du projet.",
                "Check the store (JALON_DATABASE_URL) and the project’s notes.",
            ),
            id="another plan's, before all else",
        ),
        pytest.param(
            replace(OURS, notes=f"{OTHER_S}\n{project_line(PLAN.id, 'indicators')}"),
            LINKED,
            "admin",
            line(
                "error",
                MANAGERS,
                (
                    "« Plan » porte la marque d’un autre plan : a, b.",
                    "“Plan” carries another plan’s mark: a, b.",
                ),
                "Vérifier la base (JALON_DATABASE_URL) et la description du projet.",
                "Check the store (JALON_DATABASE_URL) and the project’s notes.",
            ),
            id="ours only as the other project",
        ),
        pytest.param(
            replace(OURS, notes=f"{OTHER_S}\n{project_line(PLAN.id, 'actions')}"),
            LINKED,
            "admin",
            line("ok", MANAGERS, same("Plan")),
            id="ours, and copied marks beside it",
        ),
        pytest.param(
            replace(OURS, archived=True),
            {},
            "viewer",
            line(
                "error",
                MANAGERS,
                ("« Plan » est archivé.", "“Plan” is archived."),
                "Le désarchiver, ou retirer le plan de la configuration.",
                "Unarchive it, or remove the plan from the config.",
            ),
            id="archived, before the link",
        ),
        pytest.param(
            OURS,
            {},
            "viewer",
            line(
                "error",
                MANAGERS,
                (
                    "« Plan » existe déjà pour ce plan, mais la base ne le connaît pas.",
                    "“Plan” already exists for this plan, but the store does not know it.",
                ),
                "Remettre la base de sa sauvegarde.",
                "Restore the store from its backup.",
            ),
            id="not linked, before the access",
        ),
        pytest.param(
            OURS,
            LINKED,
            "viewer",
            line(
                "error",
                MANAGERS,
                (
                    "« Plan » : le compte y est « viewer » et ne peut pas y écrire.",
                    "“Plan”: the account is “viewer” there and cannot write.",
                ),
                "Lui donner le droit de modification.",
                "Give it the right to edit.",
            ),
            id="read only",
        ),
    ],
)
def test_a_project_in_words(
    project: ObservedProject, links: Mapping[Ref, str], access: str, expected: Diagnosis
) -> None:
    seen = replace(GOOD, projects={"actions": project}, access={"actions": access})
    assert about(seen, MANAGERS, links) == [expected]


def test_a_project_whose_access_was_not_asked_is_not_accused() -> None:
    assert about(replace(GOOD, projects={"actions": OURS}), MANAGERS, LINKED) == [
        line("ok", MANAGERS, same("Plan"))
    ]


# the workspace's own listing, and the next cycle

NOON: Final = datetime(2026, 2, 1, 17, tzinfo=UTC)


def defined(seen: Examination) -> list[tuple[str, str]]:
    links = {field_ref(AXE.key): "5"}
    found = definitions(seen, PLAN, RULES, links, NOON)
    return [(one.code, one.subject) for one in found]


def test_what_people_did_to_a_linked_field_is_found_by_the_listing() -> None:
    renamed = ObservedField("5", "Axes", AXE.kind)
    assert defined(replace(GOOD, fields=(renamed,))) == [("schema.field_renamed", "field:axe")]
    assert defined(GOOD) == [("schema.field_missing", "field:axe")]


def test_of_a_listing_that_was_refused_nothing_is_concluded() -> None:
    assert defined(replace(GOOD, refused={"fields": NO})) == []
    assert defined(replace(GOOD, workspace=None)) == []


def test_a_schema_finding_speaks_as_in_the_catalogue() -> None:
    gone = Finding("schema.field_missing", "field:axe", {"field": "Axe"})
    renamed = Finding("schema.field_renamed", "field:axe", {"field": "Axe", "asana": "Axes"})
    lines = list(schema_lines([gone, renamed]))
    schema = Text("Champs et sections", "Fields and sections")
    assert lines == [
        Diagnosis(level, schema, wording(one), entry(one).do)  # type: ignore[arg-type]
        for level, one in (("error", gone), ("warning", renamed))
    ]


NEXT_CYCLE: Final = ("Prochain cycle", "Next cycle")
SPREAD: Final = (
    "Répartir les plans entre plusieurs jetons.",
    "Spread the plans over several tokens.",
)


def test_what_the_next_cycle_costs_in_words() -> None:
    cost = Cost({"GET /tasks/{}": 160, "PUT /tasks/{}": 1500})
    words = (
        (
            "1660 requêtes : 160 en lecture, 1500 en écriture; 12 min au plus à 150 par minute, "
            "2 à 1\N{NARROW NO-BREAK SPACE}500."
        ),
        "1660 requests: 160 reads, 1500 writes; 12 min at most at 150 a minute, 2 at 1,500.",
    )
    assert forecast_words(cost) == Text(*words)
    assert cost_line(cost, 150) == line("ok", NEXT_CYCLE, words)


@pytest.mark.parametrize(("minutes", "level"), [(1439, "ok"), (1440, "warning")])
def test_a_cycle_must_be_through_before_the_event_tokens_die(minutes: int, level: str) -> None:
    cost = Cost({"POST /tasks": minutes * 10})
    words = forecast_words(cost)
    expected = SPREAD if level == "warning" else ()
    assert cost_line(cost, 10) == line(level, NEXT_CYCLE, (words.fr, words.en), *expected)


def test_why_the_next_cycle_would_stop() -> None:
    assert refusal_line(NO) == line("error", NEXT_CYCLE, ("refusé", "refused"))


# the end of the plan


LAST_GEL: Final = RULES.checkpoints[-1].freeze_on
THE_END: Final = Text("Fin du plan", "End of the plan")
ENDING: Final = replace(RULES, ends_on=date(2026, 4, 30))


def test_until_the_last_gel_nobody_is_asked_when_the_plan_ends() -> None:
    assert list(end_line(RULES, LAST_GEL)) == []


def test_after_the_last_gel_a_plan_without_an_end_is_asked_for_it() -> None:
    alone = replace(RULES, checkpoints=RULES.checkpoints[-1:])
    assert list(end_line(alone, LAST_GEL + timedelta(days=1))) == [
        Diagnosis(
            "warning",
            THE_END,
            Text(
                "aucune, et le dernier gel est passé (20 mars 2026) : le suivi continue.",
                "none, and the last freeze is past (2026-03-20): the tracking goes on.",
            ),
            Text(
                "Donner le dernier jour du plan dans la configuration (ends: AAAA-MM-JJ).",
                "Give the plan’s last day in the config (ends: YYYY-MM-DD).",
            ),
        )
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 4, 30), Text("le 30 avril 2026.", "2026-04-30.")),
        (
            date(2026, 5, 1),
            Text(
                "le 30 avril 2026; depuis, Asana n’est plus que lu.",
                "2026-04-30; since then Asana is only read.",
            ),
        ),
    ],
)
def test_the_last_day_and_what_has_become_of_it_are_told(day: date, words: Text) -> None:
    assert list(end_line(ENDING, day)) == [Diagnosis("ok", THE_END, words)]


def test_whether_publications_are_signed_and_by_which_key_is_told() -> None:
    about = Text("Signature", "Signature")
    assert signing_line("ville.example/plan") == Diagnosis(
        "ok", about, Text("par la clé ville.example/plan.", "by the key ville.example/plan.")
    )
    assert signing_line(None) == Diagnosis(
        "warning",
        about,
        Text(
            "aucune clé : personne ne peut vérifier que le passé publié n’a pas été récrit.",
            "no key: nobody can check that the published past was not rewritten.",
        ),
        Text(
            "Faire une clé (« jalon keys new ») et la donner par JALON_SIGNING_KEY_FILE.",
            "Make a key (`jalon keys new`) and give it by JALON_SIGNING_KEY_FILE.",
        ),
    )


LOST = Diagnosis(
    "warning",
    Text("Webhooks", "Webhooks"),
    Text(
        "Asana n’en a plus 1 sur 3 : l’adresse n’a sans doute pas répondu de la journée.",
        "Asana has lost 1 of 3: the address probably did not answer for a day.",
    ),
    Text(
        "Vérifier que JALON_WEBHOOK_URL répond de l’extérieur; le service le refait de lui-même.",
        "Check that JALON_WEBHOOK_URL answers from outside; the service makes it again.",
    ),
)
UNMADE = Diagnosis(
    "warning",
    Text("Webhooks", "Webhooks"),
    Text(
        "il en manque 2 sur 3 : seul l’horaire réveille le service.",
        "2 of 3 missing: only the schedule wakes the service.",
    ),
    Text(
        "Lancer « jalon worker » ici; il les fait après son premier cycle. Sinon, lire son "
        "journal (webhook.failed, webhook.unconfirmed).",
        "Run `jalon worker` here; it makes them after its first cycle. Else read its log "
        "(webhook.failed, webhook.unconfirmed).",
    ),
)
IN_PLACE = Diagnosis("ok", Text("Webhooks", "Webhooks"), Text("3 en place.", "3 in place."))


@pytest.mark.parametrize(
    ("unmade", "gone", "line"),
    [(0, 0, IN_PLACE), (2, 0, UNMADE), (0, 1, LOST), (2, 1, LOST)],
    ids=["in place", "not made", "lost", "lost weighs more"],
)
def test_webhooks_are_told_by_what_is_wrong_with_them(
    unmade: int, gone: int, line: Diagnosis
) -> None:
    assert webhook_line(3, unmade, gone) == line


def test_a_single_request_is_told_as_one() -> None:
    told = forecast_words(Cost({"GET /tasks/{}": 1}))
    assert told.fr.startswith("1 requête : 1 en lecture, 0 en écriture;")
    assert told.en.startswith("1 request: 1 read, 0 writes;")
    told = forecast_words(Cost({"POST /tasks": 1}))
    assert told.fr.startswith("1 requête : 0 en lecture, 1 en écriture;")
    assert told.en.startswith("1 request: 0 reads, 1 write;")


def test_where_nothing_is_written_any_more_an_archived_project_and_a_reader_s_access_do() -> None:
    seen = replace(
        GOOD,
        projects={"actions": replace(OURS, archived=True)},
        access={"actions": "viewer"},
    )
    assert levels(diagnose(seen, ENDING, LINKED, PLAN.id)) == {"ok", "error"}
    assert levels(diagnose(seen, ENDING, LINKED, PLAN.id, over=True)) == {"ok"}
