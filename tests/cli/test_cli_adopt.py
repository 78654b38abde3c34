"""`jalon adopt`: a project typed by hand becomes the plan's own, and nothing else moves."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sync import adoption
from sync.model.adoption import Adoption
from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.town import Town
from tests.hands import Hands

STATUT = """\
  - key: statut
    role: declared
    checkpoint: mi-chemin
    scope: action
    kind: enum
    owner: people
    existing: true
    name: "Statut"
    description: "Le champ que les gens utilisent déjà."
    options:
      - {id: pas, name: "Pas commencé", means: a_venir}
      - {id: cours, name: "En cours", means: en_cours}
      - {id: bloque, name: "Bloqué", means: en_cours}
      - {id: fini, name: "Fini", means: atteint}

"""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: gids by a word of ours."""

    project: str
    gids: dict[str, str]


@pytest.fixture
def joined(town: Town, sandbox: RunningSandbox) -> RunningSandbox:
    town.connect(sandbox)
    return sandbox


@pytest.fixture
def typed(joined: RunningSandbox) -> Typed:
    """Two actions in reverse, one indicator as a subtask, one missing, strangers, « Statut »."""
    hands = Hands(joined)
    project = hands.post("/projects", workspace=joined.workspace, name="Mon plan", notes="À nous.")
    section = hands.post(f"/projects/{project}/sections", name="accueil")
    field = hands.post(
        "/custom_fields",
        workspace=joined.workspace,
        name="Statut",
        resource_subtype="enum",
        enum_options=[{"name": n} for n in ("Pas commencé", "En cours", "Bloqué", "Fini", "?")],
    )
    hands.post(f"/projects/{project}/addCustomFieldSetting", custom_field=field)
    home = [{"project": project, "section": section}]
    gids = {
        "guide": hands.post("/tasks", name="1.2 – Publier un GUIDE", memberships=home, notes="Vu."),
        "guichet": hands.post("/tasks", name="Ouvrir un guichett", memberships=home),
        "café": hands.post("/tasks", name="Acheter du café", memberships=home),
        "section": section,
        "statut": field,
    }
    gids["ouvert"] = hands.post(f"/tasks/{gids['guichet']}/subtasks", name="Guichet ouvert")
    gids["appel"] = hands.post(f"/tasks/{gids['guichet']}/subtasks", name="Appeler Paul")
    return Typed(project, gids)


def held(sandbox: RunningSandbox) -> dict[str, Any]:
    """Everything but the time of day."""
    return {name: what for name, what in sandbox.control.dump().items() if name != "now"}


def live(sandbox: RunningSandbox) -> dict[str, dict[str, Any]]:
    return {g: t for g, t in sandbox.control.dump()["tasks"].items() if not t["trashed"]}


def test_a_proposal_reads_and_writes_nothing_anywhere(
    jalon: Jalon, town: Town, joined: RunningSandbox, typed: Typed
) -> None:
    before = held(joined)
    joined.control.forget_requests()
    answer = jalon("adopt", "--project", "Mon plan")
    assert answer.code == 0, answer.err
    assert "Rien n’a été écrit" in answer.out
    assert (
        f"proche\taction:A1-01\tOuvrir un guichet\tOuvrir un guichett\t{typed.gids['guichet']}"
        in (answer.out)
    )
    assert "mêmes mots\taction:A1-02" in answer.out
    assert "2 tâches ou sous-tâches du projet restent telles quelles." in answer.out
    assert set(joined.control.requests()["by_method"]) == {"GET"}
    assert held(joined) == before
    assert not town.state.exists()


def test_after_adoption_a_cycle_makes_only_what_is_missing_and_the_next_one_nothing(
    jalon: Jalon, town: Town, joined: RunningSandbox, typed: Typed
) -> None:
    strangers = {gid: live(joined)[gid] for gid in (typed.gids["café"], typed.gids["appel"])}
    answer = jalon("adopt", "--project", typed.project, "--yes")
    assert answer.code == 0, answer.err
    (project,) = [p for p in joined.control.dump()["projects"] if p["gid"] == typed.project]
    assert project["notes"].startswith("À nous.\n\n[jalon: petit-plan/projet-actions]")
    (report,) = json.loads(jalon("sync", "--json").out)
    assert report["outcome"] == "ok"
    made = report["operations"]
    assert made["CreateTask"] == 2, "the two indicators that nobody had typed"
    assert made["CreateProject"] == 1, "the companion only"
    assert "action" not in str([t["name"] for t in live(joined).values()])
    tasks = live(joined)
    assert len(tasks) == 5 + 2
    guichet, guide = tasks[typed.gids["guichet"]], tasks[typed.gids["guide"]]
    assert guichet["fields"]["Jalon id"] == "petit-plan/A1-01"
    assert guichet["name"] == "Ouvrir un guichett", "people's words are told, not corrected"
    assert guide["notes"] == "Vu."
    ouvert = tasks[typed.gids["ouvert"]]
    assert ouvert["fields"]["Jalon id"] == "petit-plan/A1-01-mi-chemin-1"
    assert ouvert["parent"] == typed.gids["guichet"]
    assert {gid: live(joined)[gid] for gid in strangers} == strangers
    (again,) = json.loads(jalon("sync", "--full", "--json").out)
    assert (again["operations"], again["outcome"]) == ({}, "ok")
    codes = {f["code"] for f in json.loads(jalon("findings", "--json").out)}
    assert "field.unseen" in codes
    assert "task.foreign" in codes
    assert not codes & {"task.duplicated", "task.missing", "guard.held"}


def test_a_field_that_people_use_is_read_by_its_option_s_name_and_never_written(
    jalon: Jalon, town: Town, joined: RunningSandbox, typed: Typed
) -> None:
    map_statut(town)
    assert jalon("check").code == 0
    joined.control.add_person("Julie")
    gid = typed.gids["guichet"]
    joined.control.edit_task(gid, "Julie", fields={"Statut": "Bloqué"})
    said = jalon("adopt", "--project", "Mon plan", "--yes")
    assert said.code == 0, said.err
    assert "Statut : Bloqué" in said.out
    before = joined.control.dump()["fields"]
    assert jalon("sync").code == 0
    names = {field["name"] for field in joined.control.dump()["fields"]}
    assert "État déclaré – Mi-chemin" not in names, "their own field serves that checkpoint"
    assert "État déclaré – Finalité" in names
    (theirs,) = [f for f in joined.control.dump()["fields"] if f["name"] == "Statut"]
    assert [f for f in before if f["name"] == "Statut"] == [theirs]
    assert live(joined)[gid]["fields"]["Statut"] == "Bloqué"
    (status,) = json.loads(jalon("status", "--json").out)
    (axis,) = status["axes"]
    found = {a["id"]: a["jalons"] for volet in axis["volets"] for a in volet["actions"]}
    assert found["A1-01"]["mi-chemin"]["declare"] == "en_cours"
    joined.control.edit_task(gid, "Julie", fields={"Statut": "?"})
    assert jalon("sync").code == 0
    codes = {f["code"] for f in json.loads(jalon("findings", "--json").out)}
    assert "schema.option_unknown" in codes
    assert live(joined)[gid]["fields"]["Statut"] == "?"


def map_statut(town: Town, text: str = STATUT) -> Path:
    mapping = town.folder / "mappings" / "asana.yaml"
    before = mapping.read_text(encoding="utf-8")
    mapping.write_text(before.replace("fields:\n", f"fields:\n{text}", 1), encoding="utf-8")
    return mapping


def test_a_field_and_an_option_with_slips_are_followed_by_gid_and_only_told(
    jalon: Jalon, town: Town, joined: RunningSandbox, typed: Typed
) -> None:
    map_statut(town, STATUT.replace('"Statut"', '"Le statut"').replace('"En cours"', '"En cour"'))
    said = jalon("adopt", "--project", "Mon plan", "--yes")
    assert said.code == 4, "« Le statut » is half like « Statut »: a person must say"
    assert "field:statut/mi-chemin" in said.err
    answers = town.folder / "reponses.yaml"
    answers.write_text(
        f"answers: {{'field:statut/mi-chemin': {typed.gids['statut']}}}", encoding="utf-8"
    )
    said = jalon("adopt", "--project", "Mon plan", "--yes", "--answers", str(answers))
    assert said.code == 0, said.err
    assert "selon vous\tfield:statut/mi-chemin\tLe statut\tStatut" in said.out
    assert "proche\toption:statut/mi-chemin/cours\tLe statut : En cour\tEn cours" in said.out
    joined.control.add_person("Julie")
    gid = typed.gids["guichet"]
    joined.control.edit_task(gid, "Julie", fields={"Statut": "En cours"})
    before = [f for f in joined.control.dump()["fields"] if f["name"] == "Statut"]
    assert jalon("sync").code == 0
    assert jalon("sync").code == 0
    assert [f for f in joined.control.dump()["fields"] if f["name"] == "Statut"] == before
    found = {f["code"]: f for f in json.loads(jalon("findings", "--json").out)}
    assert {"schema.field_renamed", "schema.option_renamed"} <= found.keys()
    assert not found.keys() & {"schema.option_unknown", "schema.field_missing"}
    (status,) = json.loads(jalon("status", "--json").out)
    (axis,) = status["axes"]
    told = {a["id"]: a["jalons"] for volet in axis["volets"] for a in volet["actions"]}
    assert told["A1-01"]["mi-chemin"]["declare"] == "en_cours"


def test_a_field_that_no_rule_names_is_told_with_what_to_write_and_that_is_enough(
    jalon: Jalon, town: Town, joined: RunningSandbox, typed: Typed
) -> None:
    """The lines as printed, with what only a person knows, are a mapping that reads the field."""
    hands = Hands(joined)
    options = ("À venir", "En cours", "Atteint", "En attente")
    field = hands.post(
        "/custom_fields",
        workspace=joined.workspace,
        name="Avancement",
        resource_subtype="enum",
        enum_options=[{"name": n} for n in options],
    )
    hands.post(f"/projects/{typed.project}/addCustomFieldSetting", custom_field=field)
    told = jalon("adopt", "--project", "Mon plan")
    assert told.code == 0
    assert "Champ « Avancement » (enum) : il n’est pas lu." in told.out
    assert f"field:{field}" not in told.out
    assert told.out.count("Pour le faire lire, dans mappings/, avant les autres champs :") == 2
    rest = told.out.partition("Champ « Avancement »")[2]
    lines = [line for line in rest.splitlines()[1:] if line.startswith("  ")]
    entry = "".join(f"{line}\n" for line in lines)
    mapping = map_statut(town, entry)
    unfinished = jalon("check")
    assert (unfinished.code, "a_venir" in unfinished.err) == (2, True), "a meaning is to be said"
    text = mapping.read_text(encoding="utf-8").replace("a_completer", "en_cours")
    mapping.write_text(text, encoding="utf-8")
    assert jalon("check").code == 0
    rows = json.loads(jalon("adopt", "--project", "Mon plan", "--json").out)
    by_ref = {row["ref"]: row for row in rows if row["ref"]}
    assert by_ref["field:avancement/mi-chemin"]["gid"] == field
    assert len([ref for ref in by_ref if ref.startswith("option:avancement/")]) == len(options)
    assert [row["title"] for row in rows if row["verdict"] == "unread"] == ["Statut"]


@pytest.fixture
def twins(joined: RunningSandbox) -> Typed:
    """One action typed twice."""
    hands = Hands(joined)
    project = hands.post("/projects", workspace=joined.workspace, name="Mon plan")
    gids = {
        name: hands.post("/tasks", name=f"Ouvrir un guichet {name}", projects=[project])
        for name in ("A", "B")
    }
    return Typed(project, gids)


def test_a_doubt_is_never_taken_silently(
    jalon: Jalon, town: Town, joined: RunningSandbox, twins: Typed
) -> None:
    joined.control.forget_requests()
    refused = jalon("adopt", "--project", "Mon plan", "--yes")
    assert refused.code == 4
    assert "action:A1-01" in refused.err
    assert set(joined.control.requests()["by_method"]) == {"GET"}
    answers = town.folder / "reponses.yaml"
    given = f"answers:\n  action:A1-01: {twins.gids['B']}\n  action:A1-02: none\n"
    answers.write_text(given, encoding="utf-8")
    assert jalon("adopt", "--project", "Mon plan", "--yes", "--answers", str(answers)).code == 0
    assert jalon("sync").code == 0
    assert live(joined)[twins.gids["B"]]["fields"]["Jalon id"] == "petit-plan/A1-01"
    assert not live(joined)[twins.gids["A"]]["fields"].get("Jalon id")


def test_what_cannot_be_found_does_not_hide_what_is_asked(jalon: Jalon, twins: Typed) -> None:
    """Indicators of actions that have no task are counted, not listed; a program gets them all."""
    told = jalon("adopt", "--project", "Mon plan")
    assert "indicator:" not in told.out
    assert "3 indicateurs d’actions sans tâche" in told.out
    assert "douteux\taction:A1-01" in told.out
    rows = json.loads(jalon("adopt", "--project", "Mon plan", "--json").out)
    assert sum(row["ref"].startswith("indicator:") for row in rows) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("answers: {action:A9-99: '1'}", "action:A9-99", id="no such action"),
        pytest.param("answers: {action:A1-01: '99'}", "99", id="no such task"),
        pytest.param("answers: {action:A1-01: peut-être}", "peut-être", id="no gid"),
        pytest.param("answer: {}", "answers", id="a misspelt key"),
    ],
)
def test_an_answer_that_does_not_fit_is_named_and_nothing_is_written(
    jalon: Jalon, town: Town, twins: Typed, text: str, words: str
) -> None:
    answers = town.folder / "reponses.yaml"
    answers.write_text(text, encoding="utf-8")
    answer = jalon("adopt", "--project", "Mon plan", "--yes", "--answers", str(answers))
    assert answer.code == 2
    assert words in answer.err


class _Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def says(words: str) -> None:
        stream = io.TextIOWrapper(_Terminal(words.encode()), encoding="utf-8")
        monkeypatch.setattr("sys.stdin", stream)

    return says


def test_at_a_terminal_each_doubt_is_asked(
    jalon: Jalon, joined: RunningSandbox, twins: Typed, at_a_terminal: Callable[[str], None]
) -> None:
    at_a_terminal("sept\n9\n2\n0\n")
    answer = jalon("adopt", "--project", "Mon plan", "--yes")
    assert answer.code == 0, answer.err
    assert "qu’est-ce dans Asana" in answer.out
    assert (
        f"selon vous\taction:A1-01\tOuvrir un guichet\tOuvrir un guichet B\t{twins.gids['B']}"
        in (answer.out)
    )


def test_at_a_terminal_a_field_in_doubt_is_asked_and_then_its_option(
    jalon: Jalon,
    town: Town,
    joined: RunningSandbox,
    typed: Typed,
    at_a_terminal: Callable[[str], None],
) -> None:
    option = '{id: cours, name: "Encours", means: en_cours}'
    text = STATUT.replace('name: "Statut"', 'name: "Le statut"')
    map_statut(
        town,
        text.replace('{id: bloque, name: "Bloqué", means: en_cours}', option).replace(
            '{id: cours, name: "En cours", means: en_cours}',
            '{id: b, name: "Bloc", means: en_cours}',
        ),
    )
    at_a_terminal("1\n0\n")
    answer = jalon("adopt", "--project", "Mon plan", "--yes")
    assert answer.code == 0, answer.err
    assert "field:statut/mi-chemin « Le statut »" in answer.out
    assert "selon vous\tfield:statut/mi-chemin\tLe statut\tStatut" in answer.out
    assert "option:statut/mi-chemin/b « Le statut : Bloc » : qu’est-ce dans Asana" in answer.out
    assert "rien\toption:statut/mi-chemin/b" in answer.out


def test_quitting_writes_nothing(
    jalon: Jalon, joined: RunningSandbox, twins: Typed, at_a_terminal: Callable[[str], None]
) -> None:
    at_a_terminal("q\n")
    joined.control.forget_requests()
    assert jalon("adopt", "--project", "Mon plan", "--yes").code == 130
    assert set(joined.control.requests()["by_method"]) == {"GET"}
    at_a_terminal("")
    assert jalon("adopt", "--project", "Mon plan", "--yes").code == 130


def test_what_may_not_be_adopted_is_refused_before_a_write(
    jalon: Jalon, joined: RunningSandbox, typed: Typed
) -> None:
    assert jalon("adopt", "--project", "Nul", "--yes").code == 2
    Hands(joined).post("/projects", workspace=joined.workspace, name="Mon plan")
    several = jalon("adopt", "--project", "Mon plan", "--yes")
    assert several.code == 2
    assert typed.project in several.err
    joined.control.add_person("Julie")
    joined.control.archive_project(typed.project, "Julie")
    archived = jalon("adopt", "--project", typed.project, "--yes")
    assert (archived.code, "archivé" in archived.err) == (4, True)


def test_a_plan_that_has_its_project_adopts_no_other(
    jalon: Jalon, joined: RunningSandbox, typed: Typed
) -> None:
    jalon("sync")
    answer = jalon("adopt", "--project", "Mon plan", "--yes")
    assert (answer.code, "déjà son projet" in answer.err) == (2, True)


def test_a_plan_that_got_its_project_while_a_person_answered_adopts_no_other(
    jalon: Jalon, joined: RunningSandbox, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = adoption.propose

    def slowly(*args: Any) -> Adoption:
        assert jalon("sync").code == 0
        return honest(*args)

    monkeypatch.setattr(adoption, "propose", slowly)
    answer = jalon("adopt", "--project", "Mon plan", "--yes")
    assert (answer.code, "déjà son projet" in answer.err) == (2, True)
    (project,) = [p for p in joined.control.dump()["projects"] if p["gid"] == typed.project]
    assert "[jalon: " not in project["notes"]


def test_a_project_that_jalon_kept_is_a_lost_store_and_no_adoption(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    jalon("sync")
    for file in town.state.glob("jalon.db*"):
        file.unlink()
    answer = jalon("adopt", "--project", "Petit plan", "--yes")
    assert (answer.code, "sauvegarde" in answer.err) == (4, True)


@pytest.mark.parametrize("fault", ["status_after", "status", "drop_after"])
def test_an_adoption_cut_short_is_simply_done_again(
    jalon: Jalon, joined: RunningSandbox, typed: Typed, fault: str
) -> None:
    """The mark may stand or not; without links in the store a cycle writes nothing."""
    joined.control.add_fault(fault, "PUT", "/projects/*", times=0, status=500)
    assert jalon("adopt", "--project", typed.project, "--yes").code == 5
    assert joined.control.faults()[0]["fired"] >= 1
    joined.control.clear_faults()
    assert jalon("adopt", "--project", typed.project, "--yes").code == 0
    assert jalon("sync").code == 0
    (project,) = [p for p in joined.control.dump()["projects"] if p["gid"] == typed.project]
    assert project["notes"].count("[jalon: ") == 1


def test_a_page_that_fails_gives_no_proposal(
    jalon: Jalon, joined: RunningSandbox, typed: Typed
) -> None:
    for path in ("/projects/*/tasks", "/tasks/*/subtasks", "/projects/*/sections"):
        joined.control.add_fault("status", "GET", path, times=0, status=503)
        answer = jalon("adopt", "--project", typed.project)
        assert (answer.code, answer.out) == (5, "")
        joined.control.clear_faults()


def test_the_answers_file_is_a_path_and_nothing_else(jalon: Jalon, twins: Typed) -> None:
    answer = jalon("adopt", "--project", "Mon plan", "--answers", str(Path("absent.yaml")))
    assert answer.code == 2
    assert "absent.yaml" in answer.err
