"""`jalon findings`: what stands, what is seen, what is settled, and what is refused."""

import json
from typing import Any

import pytest

from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.test_cli_road import gid_of
from tests.cli.town import Town

KEY = "field.drifted:action:A1-01#name"
WHO = ("--by", "Mme X", "--reason", "voulu par le greffe")


@pytest.fixture
def renamed(jalon: Jalon, town: Town, sandbox: RunningSandbox) -> RunningSandbox:
    town.connect(sandbox)
    sandbox.control.add_person("Quelqu’un")
    jalon("sync")
    gid = gid_of(sandbox, "Ouvrir un guichet")
    sandbox.control.edit_task(gid, "Quelqu’un", name="Guichet!")
    jalon("sync")
    return sandbox


def told(jalon: Jalon, *words: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(jalon("findings", "--json", *words).out)
    return {one["key"]: one for one in found}


def test_a_finding_is_listed_with_its_key_its_state_and_its_choices(
    jalon: Jalon, renamed: RunningSandbox
) -> None:
    one = told(jalon)[KEY]
    assert (one["state"], one["choices"]) == ("open", ["plan", "asana", "keep"])
    assert one["settlement"] is None
    assert one["sides"] == [
        {"who": "plan", "says": "Ouvrir un guichet"},
        {"who": "Asana", "says": "Guichet!"},
    ]
    assert "mappings/" in one["rule"]
    assert one["asana"] is None, "the sandbox has no screen to lead to"
    line = next(line for line in jalon("findings").out.splitlines() if KEY in line)
    assert "ouvert" in line
    assert "plan, asana, keep" in line


def test_one_finding_is_shown_whole(jalon: Jalon, renamed: RunningSandbox) -> None:
    """Who says what, since when, by which rule, and what each choice would do."""
    shown = jalon("findings", "show", KEY)
    assert shown.code == 0
    for words in ("  plan : Ouvrir", "  Asana : Guichet!", "Depuis le", "Règle :", "  keep – "):
        assert words in shown.out
    assert json.loads(jalon("findings", "show", KEY, "--json").out) == told(jalon)[KEY]
    assert jalon("findings", "show", "field.drifted:rien").code == 2


def test_seen_then_settled_then_done_by_the_next_cycle(
    jalon: Jalon, renamed: RunningSandbox
) -> None:
    assert jalon("findings", "see", KEY, "--by", "Mme X").code == 0
    assert told(jalon)[KEY]["state"] == "seen"
    dry = jalon("findings", "settle", KEY, "--choice", "plan", *WHO, "--dry-run")
    assert (dry.code, told(jalon)[KEY]["state"]) == (0, "seen")
    assert "Serait réglé" in dry.out
    assert "Asana « Guichet! »" in dry.out, "what is settled is told as it stands now"
    done = jalon("findings", "settle", KEY, "--choice", "plan", *WHO)
    assert (done.code, done.err) == (0, "")
    assert KEY not in told(jalon), "what is settled is not told again"
    assert told(jalon, "--all")[KEY]["settlement"]["by"] == "Mme X"
    assert "Réglé par Mme X" in jalon("findings", "--all").out
    assert "Réglé par Mme X" in jalon("explain", "A1-01").out
    assert jalon("diff").code == 3
    assert jalon("sync").code == 0
    assert gid_of(renamed, "Ouvrir un guichet")
    assert told(jalon, "--all")[KEY]["state"] == "closed"
    rows = json.loads(jalon("log", "--json", "--action", "A1-01").out)
    who = [row["who"] for row in rows if row["kind"] == "settlement"]
    assert who == ["Mme X"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["settle", KEY, "--choice", "recreate", *WHO], "ne convient pas", id="choice"),
        pytest.param(["settle", f"{KEY}s", "--choice", "keep", *WHO], KEY, id="key"),
        pytest.param(["settle", KEY, "--choice", "keep", "--by", "X"], "--reason", id="reason"),
        pytest.param(["settle", KEY, "--choice", "rien", *WHO], "--choice", id="no such choice"),
        pytest.param(["see", KEY, "--by", " "], "--by", id="nobody"),
    ],
)
def test_what_does_not_fit_exits_2_and_writes_nothing(
    jalon: Jalon, renamed: RunningSandbox, words: list[str], said: str
) -> None:
    before = (told(jalon, "--all"), jalon("log", "--json").out)
    answer = jalon("findings", *words)
    assert answer.code == 2
    assert said in answer.err
    assert (told(jalon, "--all"), jalon("log", "--json").out) == before


def test_settling_before_any_cycle_is_refused_and_makes_no_database(
    jalon: Jalon, town: Town
) -> None:
    answer = jalon("findings", "settle", KEY, "--choice", "keep", *WHO)
    assert answer.code == 2
    assert not town.state.exists()
