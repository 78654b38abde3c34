"""`jalon doctor` and `jalon diff --cost`: they look, and write nothing anywhere."""

import json
from typing import Any

import pytest
import requests

from sync.adapters.webhooks import Kept, keep
from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Answer, Jalon
from tests.cli.town import Town


@pytest.fixture
def joined(town: Town, sandbox: RunningSandbox) -> RunningSandbox:
    town.connect(sandbox)
    return sandbox


def told(text: str) -> dict[str, list[dict[str, Any]]]:
    """Lines by level."""
    found: dict[str, list[dict[str, Any]]] = {"ok": [], "warning": [], "error": []}
    for line in json.loads(text):
        found[line["level"]].append(line)
    return found


def test_a_new_city_is_told_what_a_first_cycle_would_cost_and_nothing_is_written(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    joined.control.forget_requests()
    answer = jalon("doctor")
    assert answer.code == 0, answer.out
    assert "0 erreur," in answer.out
    assert set(joined.control.requests()["by_method"]) == {"GET"}
    assert not town.state.exists()
    cost = jalon("diff", "--cost")
    assert cost.code == 3
    assert not town.state.exists()
    (one,) = json.loads(jalon("diff", "--cost", "--json").out)
    joined.control.forget_requests()
    jalon("sync")
    assert joined.control.requests()["total"] == one["reads"] + one["writes"]
    assert one["requests"]["POST /tasks"] == 5
    assert f"{one['reads'] + one['writes']} requêtes" in cost.out
    assert jalon("diff", "--cost").code == 0, "as without --cost: nothing is left to change"


def test_each_trouble_is_its_own_line_and_the_others_are_still_asked(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    jalon("sync")
    joined.control.add_person("Quelqu’un")
    joined.control.disable_option("État déclaré – Mi-chemin", "En cours", "Quelqu’un")
    joined.control.rename_field("Suivi public", "Quelqu’un", "Suivi")
    project = joined.control.dump()["projects"][0]["gid"]
    joined.control.archive_project(project, "Quelqu’un")
    joined.control.forget_requests()
    answer = jalon("doctor", "--json")
    found = told(answer.out)
    assert answer.code == 2
    assert any("archivé" in line["found"] for line in found["error"])
    words = " ".join(line["found"] for line in (*found["warning"], *found["error"]))
    assert "« En cours »" in words
    assert "« Suivi »" in words
    assert all(line["do"] for line in found["warning"])
    assert set(joined.control.requests()["by_method"]) == {"GET"}


def test_whether_publications_are_signed_and_by_which_key(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    (line,) = [x for x in told(jalon("doctor", "--json").out)["warning"] if "clé" in x["found"]]
    assert "jalon keys new" in line["do"]
    assert jalon("keys", "new", "--to", "cle", "--name", "petiteville.example/plan").code == 0
    town.environ["JALON_SIGNING_KEY_FILE"] = str(town.folder / "cle")
    answer = jalon("doctor", "--json")
    (line,) = [x for x in told(answer.out)["ok"] if x["about"] == "Signature"]
    assert line["found"] == "par la clé petiteville.example/plan."
    assert "PRIVATE" not in answer.out


def webhooks_of(answer: Answer) -> list[dict[str, Any]]:
    assert answer.out, answer.err
    return [one for one in json.loads(answer.out) if one["about"] == "Webhooks"]


def test_a_webhook_that_is_missing_or_lost_is_told(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    """Only where one is wanted: without an address the schedule is all there is."""
    assert jalon("sync").code == 0
    assert webhooks_of(jalon("doctor", "--json")) == []
    town.environ["JALON_WEBHOOK_URL"] = "http://127.0.0.1:9/jalon"
    (line,) = webhooks_of(jalon("doctor", "--json"))
    assert (line["level"], "il en manque" in line["found"]) == ("warning", True)
    assert "jalon worker" in line["do"]

    projects = [one["gid"] for one in joined.control.dump()["projects"]]
    address = "http://127.0.0.1:9/jalon/porte"
    keep(
        town.state, "petit-plan", [Kept("12", gid, address, "porte", "secret") for gid in projects]
    )
    answer = jalon("doctor", "--json")
    (line,) = webhooks_of(answer)
    assert (line["level"], "Asana n’en a plus" in line["found"]) == ("warning", True)
    assert "secret" not in answer.out
    town.environ["JALON_WEBHOOK_URL"] = "http://127.0.0.1:9/autre"
    (line,) = webhooks_of(jalon("doctor", "--json"))
    assert "il en manque" in line["found"], "made for another address"


def test_a_free_plan_is_named_as_such(jalon: Jalon, joined: RunningSandbox) -> None:
    joined.control.switch(plan_tier="free")
    answer = jalon("doctor", "--json")
    assert answer.code == 5
    assert any("forfait payant" in line["found"] for line in told(answer.out)["error"])


def test_a_guest_s_token_and_a_person_s_are_told_apart_from_a_good_one(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    guest = joined.control.add_person("Invitée", seat="guest")["token"]
    town.environ["ASANA_ACCESS_TOKEN"] = guest
    answer = jalon("doctor", "--json")
    found = told(answer.out)
    assert answer.code == 2
    assert any("invité" in line["found"] for line in found["error"])
    assert any("« Invitée »" in line["found"] for line in found["warning"])


def test_a_wrong_token_is_one_line_and_one_request(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    town.environ["ASANA_ACCESS_TOKEN"] = "jeton-refuse"
    joined.control.forget_requests()
    answer = jalon("doctor", "--json")
    assert answer.code == 5
    assert len(json.loads(answer.out)) == 1
    assert joined.control.requests()["total"] == 1
    assert "jeton-refuse" not in answer.out + answer.err


def test_a_project_of_that_name_made_by_people_is_offered_for_adoption(
    jalon: Jalon, joined: RunningSandbox
) -> None:
    made = requests.post(
        f"{joined.url}/projects",
        json={"data": {"workspace": joined.workspace, "name": "Petit plan"}},
        headers={"Authorization": f"Bearer {joined.token}"},
        timeout=10,
    )
    assert made.status_code == 201
    answer = jalon("doctor", "--json")
    (line,) = [x for x in told(answer.out)["warning"] if "existe déjà" in x["found"]]
    assert answer.code == 0
    assert "jalon adopt" in line["do"]


def test_one_question_that_fails_hides_no_other(jalon: Jalon, joined: RunningSandbox) -> None:
    joined.control.add_fault(
        "status", "GET", "/workspaces/*/workspace_memberships", times=0, status=403
    )
    answer = jalon("doctor", "--json")
    found = told(answer.out)
    assert answer.code == 0
    assert any("ne le dit pas" in line["found"] for line in found["warning"])
    assert any(line["about"] == "Prochain cycle" for line in found["ok"])


def test_a_seat_that_no_membership_tells_is_not_known(jalon: Jalon, joined: RunningSandbox) -> None:
    """An empty listing is an answer too: it makes nobody a member."""
    joined.control.add_fault(
        "status", "GET", "/workspaces/*/workspace_memberships", times=0, status=200,
        body={"data": [], "next_page": None},
    )  # fmt: skip
    found = told(jalon("doctor", "--json").out)
    assert joined.control.faults()[0]["fired"] == 1
    (line,) = [x for lines in found.values() for x in lines if x["about"] == "Droits du compte"]
    assert line in found["warning"]
    assert "ne le dit pas" in line["found"]
