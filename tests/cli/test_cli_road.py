"""The commands around cycles, against a sandbox process."""

import json
from typing import Any

import pytest

from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.town import CONFIG, PLAN, Town


@pytest.fixture
def joined(town: Town, sandbox: RunningSandbox) -> RunningSandbox:
    town.connect(sandbox)
    return sandbox


def gid_of(sandbox: RunningSandbox, name: str) -> str:
    tasks = sandbox.control.dump()["tasks"]
    return str(next(gid for gid, task in tasks.items() if task["name"] == name))


def as_json(text: str) -> Any:
    return json.loads(text)


def test_diff_shows_everything_and_leaves_no_trace(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    """It is the dry run: not even a database is made."""
    answer = jalon("diff")
    assert answer.code == 3
    assert "tâche à créer\taction:A1-01\t« Ouvrir un guichet »" in answer.out
    assert not town.state.exists()
    assert not joined.control.dump()["tasks"]


def test_after_a_sync_nothing_is_left_to_change(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    first = jalon("sync")
    assert first.code == 0, first.err
    assert "tâches créées\t5" in first.out
    assert "bac à sable et est inventé" in first.out
    assert jalon("diff").code == 0
    assert as_json(jalon("diff", "--json").out) == []
    (again,) = as_json(jalon("sync", "--json").out)
    assert again["operations"] == {}
    assert again["snapshot_is_new"] is False
    assert not again["full_read"]
    assert (town.public / "index.html").exists()


def test_a_person_s_rename_is_shown_by_diff_and_told_as_a_finding(
    jalon: Jalon, joined: RunningSandbox
) -> None:
    joined.control.add_person("Quelqu’un")
    jalon("sync")
    joined.control.edit_task(gid_of(joined, "Ouvrir un guichet"), "Quelqu’un", name="Guichet!")
    assert jalon("sync").code == 0
    told = as_json(jalon("findings", "--json").out)
    drifted = next(f for f in told if f["code"] == "field.drifted")
    assert drifted["severity"] == "warning"
    assert "Guichet!" in drifted["text"]
    assert drifted["do"]
    words = jalon("explain", "a1-01").out
    assert "Guichet!" in words


def test_as_of_lives_at_noon_of_that_day(jalon: Jalon, joined: RunningSandbox) -> None:
    """Months of calendar fit in a rehearsal: between échéance and gel, then after the gel."""
    joined.control.set_clock("2026-02-17T12:00:00Z")
    (report,) = as_json(jalon("sync", "--as-of", "2026-02-17", "--json").out)
    assert report["as_of"] == "2026-02-17"
    status = as_json(jalon("status", "--json").out)[0]
    assert status["id"] == "petit-plan"
    standing = status["axes"][0]["volets"][0]["actions"][0]["jalons"]["mi-chemin"]
    assert standing["provisoire"] is True
    joined.control.set_clock("2026-02-21T17:00:00Z")
    jalon("sync", "--as-of", "2026-02-21")
    said = jalon("explain", "A1-01").out
    assert "après le gel, rien de déclaré et rien de fait" in said
    assert "Figé au 20 février 2026, après coup : Non évalué" in said


def test_explain_tells_the_row_that_held_and_what_counted(
    jalon: Jalon, joined: RunningSandbox
) -> None:
    joined.control.add_person("Quelqu’un")
    joined.control.set_clock("2026-02-01T15:00:00Z")
    jalon("sync", "--as-of", "2026-02-01")
    joined.control.set_clock("2026-02-02T15:00:00Z")
    gid = gid_of(joined, "Guichet ouvert.")
    joined.control.edit_task(gid, "Quelqu’un", completed=True, fields={"Fait le": "2026-02-02"})
    joined.control.set_clock("2026-02-03T17:00:00Z")
    jalon("sync", "--as-of", "2026-02-03")
    said = jalon("explain", "A1-01").out
    assert "tous les indicateurs faits à temps, et déclaré « atteint » ou non déclaré" in said
    assert "fait le 2 février 2026 : Guichet ouvert." in said
    assert "Déclaré : rien. Indicateurs faits : 1 sur 1." in said
    assert "Déclarer l’état." in said
    log = as_json(jalon("log", "--json", "--action", "A1-01").out)
    read = next(row for row in log if row["field"] == "fait_le" and row["kind"] == "pull")
    assert (read["from"], read["to"]) == (None, "2026-02-02")
    assert read["why"]
    assert read["action"] == "A1-01", "also where the row is about an indicator"


def test_log_can_be_cut_to_a_cycle_and_a_number(jalon: Jalon, joined: RunningSandbox) -> None:
    (report,) = as_json(jalon("sync", "--json").out)
    rows = as_json(jalon("log", "--json", "--cycle", report["cycle"][:8]).out)
    assert rows
    assert {row["cycle"] for row in rows} == {report["cycle"]}
    assert as_json(jalon("log", "--json", "--limit", "2").out) == rows[-2:]
    assert as_json(jalon("log", "--json", "--cycle", "nul").out) == []


@pytest.mark.parametrize("words", [["explain", "A1-99"], ["log", "--action", "A1-99"]])
def test_an_unknown_action_is_answered_with_the_nearest(
    jalon: Jalon, joined: RunningSandbox, words: list[str]
) -> None:
    jalon("sync")
    answer = jalon(*words)
    assert answer.code == 2
    assert "A1-01" in answer.err


def test_a_wrong_token_exits_5_and_is_not_repeated(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    secret = "jeton-tres-secret-0123456789"
    town.environ["ASANA_ACCESS_TOKEN"] = secret
    answer = jalon("sync")
    assert answer.code == 5
    assert secret not in answer.out + answer.err
    assert "Traceback" not in answer.err


def test_a_write_that_asana_refuses_exits_5_and_is_counted(
    jalon: Jalon, joined: RunningSandbox
) -> None:
    joined.control.add_fault("status", method="POST", path="/tasks", status=400)
    answer = jalon("sync")
    assert answer.code == 5
    assert "écritures refusées\t1" in answer.out
    again = jalon("sync", "--json")
    assert again.code == 5, "refused for good: told, and not sent again"
    assert as_json(again.out)[0]["refused"] == 0
    assert jalon("sync", "--full").code == 0


def test_a_target_that_fails_exits_6(jalon: Jalon, town: Town, joined: RunningSandbox) -> None:
    """The cycle itself is good: Asana is in line, only the page is not."""
    town.public.write_text("pas un dossier", encoding="utf-8")
    answer = jalon("sync")
    assert answer.code == 6
    assert str(town.public) in answer.err
    assert "Traceback" not in answer.err
    assert jalon("diff").code == 0


def test_the_guard_exits_4(jalon: Jalon, joined: RunningSandbox) -> None:
    joined.control.add_person("Quelqu’un")
    jalon("sync")
    project = joined.control.dump()["projects"][0]["gid"]
    joined.control.archive_project(project, "Quelqu’un")
    answer = jalon("sync", "--full")
    assert answer.code == 4
    assert "archivé" in answer.err


def test_several_plans_each_have_their_cycle_and_the_worst_code_counts(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    """One city's trouble is not the other's."""
    credentials = "asana: {project: Petit plan, token_env: JETON_A}"
    town.config.write_text(
        CONFIG.replace("asana: {project: Petit plan}", credentials), encoding="utf-8"
    )
    other = town.folder / "config" / "autre.yaml"
    (town.folder / "config" / "plans" / "autre.yaml").write_text(
        PLAN.replace("petit-plan", "autre-plan"), encoding="utf-8"
    )
    other.write_text(
        CONFIG.replace("plans/petit", "plans/autre")
        .replace("../public", "../autre")
        .replace("asana: {project: Petit plan}", credentials.replace("JETON_A", "JETON_B")),
        encoding="utf-8",
    )
    right = town.environ["ASANA_ACCESS_TOKEN"]
    town.environ = {"JALON_ASANA_URL": town.environ["JALON_ASANA_URL"], "JALON_CONFIG": "config"}
    town.environ |= {"JETON_A": right, "JETON_B": "mauvais-jeton"}
    answer = jalon("sync", "--json")
    assert answer.code == 5
    outcomes = {r["plan"]: r.get("outcome") for r in as_json(answer.out)}
    assert outcomes == {"petit-plan": "ok", "autre-plan": None}
    one = jalon("sync", "--plan", "petit-plan")
    assert one.code == 0
    assert one.out.startswith("Petit plan (petit-plan), au ")
    assert jalon("log", "--plan", "petit-plan").out.startswith("Petit plan (petit-plan)\n")
    assert jalon("sync", "--plan", "nul").code == 2
