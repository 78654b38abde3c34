"""What the guard holds, from the terminal: seen, accepted by its digest, and told afterwards."""

import json
import re

import pytest

from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.town import CONFIG, Town

NARROW = CONFIG + "guard: {minimum_population: 1, max_restored_share: 0.2, max_updated_share: 1}\n"
BY = ("--by", "Directrice générale", "--reason", "fausse manœuvre vérifiée")


@pytest.fixture
def joined(town: Town, sandbox: RunningSandbox) -> RunningSandbox:
    town.settle(NARROW)
    town.connect(sandbox)
    sandbox.control.add_person("Quelqu’un")
    return sandbox


def erase_axes(sandbox: RunningSandbox) -> None:
    for gid, task in sandbox.control.dump()["tasks"].items():
        if task["fields"].get("Axe du plan"):
            sandbox.control.edit_task(gid, "Quelqu’un", fields={"Axe du plan": None})


def test_a_held_change_set_is_seen_accepted_and_told(jalon: Jalon, joined: RunningSandbox) -> None:
    assert jalon("sync").code == 0
    erase_axes(joined)
    seen = jalon("diff")
    assert seen.code == 4
    (digest,) = re.findall(r"Empreinte du changement : ([0-9a-f]{32})", seen.out)
    assert seen.out.count("tâche à mettre à jour") == 2
    assert f"--accept {digest}" in seen.err

    refused = jalon("sync")
    assert refused.code == 4
    assert digest in refused.err
    (held,) = [f for f in json.loads(jalon("findings", "--json").out) if f["code"] == "guard.held"]
    assert (held["facts"]["digest"], held["facts"]["changed"]) == (digest, 2)

    wrong = jalon("sync", "--accept", digest[::-1], *BY)
    assert wrong.code == 4
    assert digest in wrong.err
    assert "jalon diff" in wrong.err
    assert jalon("diff").code == 4, "nothing was let through"

    assert jalon("sync", "--accept", digest.upper(), *BY).code == 0
    assert jalon("diff").code == 0
    (row,) = [
        r
        for r in json.loads(jalon("log", "--json").out)
        if (r["kind"], r["subject"]) == ("accepted", "cycle")
    ]
    assert (row["who"], row["to"], row["why"]) == (BY[1], digest, BY[3])
    for words in (jalon("log").out, jalon("explain", "A1-01").out):
        assert BY[1] in words
        assert "changement accepté" in words
        assert row["rule"] not in words
    again = jalon("sync", "--accept", digest, *BY)
    assert again.code == 4
    assert "rien à accepter" in again.err


def test_the_digest_is_there_for_programs(jalon: Jalon, joined: RunningSandbox) -> None:
    jalon("sync")
    erase_axes(joined)
    *lines, whole = json.loads(jalon("diff", "--json").out)
    assert {line["kind"] for line in lines} == {"UpdateTask"}
    assert whole["kind"] == "change_set"
    assert whole["held"]
    assert whole["public"] == []
    answer = jalon("--lang", "en", "diff")
    assert f"Change set digest: {whole['digest']}" in answer.out
    assert "The guard holds" in answer.err


def test_a_change_on_the_page_alone_is_shown_too(jalon: Jalon, joined: RunningSandbox) -> None:
    jalon("sync")
    tasks = joined.control.dump()["tasks"]
    gid = next(gid for gid, task in tasks.items() if task["name"] == "Guide publié.")
    joined.control.edit_task(gid, "Quelqu’un", completed=True)
    answer = jalon("diff")
    assert "A1-02\t" in answer.out
    assert "Indicateur fait" in answer.out
    assert "Empreinte du changement" in answer.out


def test_doctor_tells_that_the_next_cycle_would_be_held(
    jalon: Jalon, joined: RunningSandbox
) -> None:
    jalon("sync")
    erase_axes(joined)
    answer = jalon("doctor")
    assert answer.code != 0
    assert "à rétablir" in answer.out
    assert "--accept" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        ("--accept", "0" * 32),
        ("--accept", "0" * 32, "--by", "Moi"),
        ("--accept", "0" * 32, "--by", " ", "--reason", "x"),
        ("--accept", "", "--by", "Moi", "--reason", "x"),
        ("--by", "Moi", "--reason", "x"),
    ],
    ids=["nobody", "no reason", "a blank name", "no digest", "nothing to accept"],
)
def test_a_yes_needs_a_digest_a_name_and_a_reason(
    jalon: Jalon, joined: RunningSandbox, words: tuple[str, ...]
) -> None:
    answer = jalon("sync", *words)
    assert answer.code == 2
    assert "il manque" in answer.err
    assert not joined.control.dump()["tasks"]


def test_with_several_plans_a_yes_names_one(
    jalon: Jalon, town: Town, joined: RunningSandbox
) -> None:
    other = town.config.with_name("autre.yaml")
    plan = town.plan.with_name("autre.yaml")
    plan.write_text(town.plan.read_text(encoding="utf-8").replace("petit-plan", "autre-plan"))
    text = NARROW.replace("plans/petit", "plans/autre").replace("../public", "../autre")
    other.write_text(text.replace("Petit plan}", "Autre plan, token_env: JETON_B}"))
    town.config.write_text(NARROW.replace("Petit plan}", "Petit plan, token_env: JETON_A}"))
    token = town.environ.pop("ASANA_ACCESS_TOKEN")
    town.environ.pop("JALON_ASANA_WORKSPACE")
    town.environ |= {"JETON_A": token, "JETON_B": token, "JALON_CONFIG": "config"}
    answer = jalon("sync", "--accept", "0" * 32, *BY)
    assert answer.code == 2
    assert "--plan" in answer.err
    assert not joined.control.dump()["tasks"]
