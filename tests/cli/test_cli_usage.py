"""What a person meets first: help, mistakes, languages, and failures without a trace."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync import __version__
from sync.cli.commands import COMMANDS, status
from sync.cli.main import parser
from tests.cli.conftest import Jalon
from tests.cli.town import Town

ENGLISH = ("usage:", "positional arguments", "show this help", "error:", "expected one", "choose")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param([], "il manque : COMMANDE", id="no command"),
        pytest.param(["plop"], "choix inconnu : 'plop'", id="unknown command"),
        pytest.param(["sync", "--plop"], "arguments inconnus : --plop", id="unknown option"),
        pytest.param(["sync", "--plan"], "une valeur est attendue", id="value missing"),
        pytest.param(["sync", "--as-of", "hier"], "AAAA-MM-JJ", id="no date"),
        pytest.param(["log", "--limit", "0"], "nombre entier positif", id="no number"),
        pytest.param(["sandbox", "--port", "80000"], "un port de 0 à 65535", id="port too high"),
        pytest.param(["sandbox", "--port", "-1"], "un port de 0 à 65535", id="port below zero"),
        pytest.param(["sandbox", "--port", "x"], "un port de 0 à 65535", id="no port"),
        pytest.param(
            ["sandbox", "--switch", "plan_teir=free"], "aucun interrupteur", id="no switch"
        ),
        pytest.param(
            ["sandbox", "--switch", "plan_tier=cheap"], "paid, free est attendu", id="no choice"
        ),
        pytest.param(
            ["sandbox", "--switch", "events_delay=late"], "un nombre est attendu", id="no seconds"
        ),
        pytest.param(["sandbox", "--switch", "plan_tier"], "paid, free", id="no value"),
        pytest.param(["import"], "il manque : SOURCE", id="argument missing"),
    ],
)
def test_a_usage_error_is_said_in_french_and_exits_2(
    jalon: Jalon, words: list[str], said: str
) -> None:
    """argparse's own sentences too: half a sentence in each language helps nobody."""
    answer = jalon(*words)
    assert answer.code == 2
    assert said in answer.err
    assert not [word for word in ENGLISH if word in answer.err]


@pytest.mark.parametrize("name", [None, *(command.NAME for command in COMMANDS)])
def test_every_help_is_french_by_default(jalon: Jalon, name: str | None) -> None:
    """A city's clerk reads it."""
    answer = jalon(*([name] if name else []), "--help")
    assert answer.code == 0
    assert answer.out.startswith("utilisation : jalon")
    assert not [word for word in ENGLISH if word in answer.out]


@pytest.mark.parametrize("words", [["--lang", "en", "sync"], ["sync", "--lang", "en"]])
def test_the_language_may_be_chosen_before_or_after_the_command(
    jalon: Jalon, words: list[str]
) -> None:
    answer = jalon(*words, "--plop")
    assert "unrecognized arguments: --plop" in answer.err


def test_jalon_lang_speaks_and_the_option_wins(jalon: Jalon, town: Town) -> None:
    town.environ["JALON_LANG"] = "en"
    assert "unrecognized" in jalon("sync", "--plop").err
    assert "inconnus" in jalon("--lang", "fr", "sync", "--plop").err


def test_argparse_speaks_english_again_afterwards(jalon: Jalon) -> None:
    """It belongs to everybody in the process."""
    jalon("--help")
    assert argparse.ArgumentParser(prog="x").format_usage() == "usage: x [-h]\n"


def test_no_option_may_be_shortened() -> None:
    """`--as` would change its meaning the day another option begins so."""
    with pytest.raises(SystemExit):
        parser("fr").parse_args(["sync", "--as", "2026-02-10"])


def test_the_version_is_the_package_s(jalon: Jalon) -> None:
    assert jalon("--version").out == f"jalon {__version__}\n"


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Aucun jeton Asana"), ("en", "No Asana token")]
)
def test_an_error_is_one_message_in_the_chosen_language(
    jalon: Jalon, language: str, said: str
) -> None:
    answer = jalon("--lang", language, "diff")
    assert answer.code == 2
    assert answer.err.startswith(said)
    assert "Traceback" not in answer.err


def test_what_nobody_foresaw_is_a_short_message_and_a_file(
    jalon: Jalon, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file holds the trace, and no token even where the error quotes one."""
    token = "2/1200000000000001/1200000000000002:0123456789abcdef0123456789abcdef"

    def fail(_call: object) -> int:
        raise RuntimeError(f"imprévu avec {token}")

    monkeypatch.setattr(status, "run", fail)
    answer = jalon("status")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) == 1
    (told,) = (town.state / "incidents").iterdir()
    assert str(told.relative_to(town.folder)) in answer.err
    body = told.read_text(encoding="utf-8")
    assert "Traceback" in body
    assert "imprévu avec" in body
    assert token not in body + answer.err


def test_an_interruption_exits_130(jalon: Jalon, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_call: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(status, "run", interrupted)
    assert jalon("status").code == 130


def test_a_reader_that_goes_away_is_no_error(town: Town) -> None:
    """`jalon import … | head -1` must not end in a trace."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        finished = subprocess.run(
            [sys.executable, "-m", "sync", "import", str(town.plan)],
            cwd=town.folder,
            env=town.process_environment(),
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert finished.returncode == 141
    assert finished.stderr == ""


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"JALON_CONFIG": "nul.yaml"}, "nul.yaml : fichier illisible (il n’existe pas)"),
        ({"ASANA_ACCESS_TOKEN_FILE": "nul"}, "fichier illisible (il n’existe pas). Vérifiez"),
        ({"ASANA_ACCESS_TOKEN_FILE": "config"}, "fichier illisible (c’est un dossier). Vérifiez"),
        ({"JALON_DATABASE_URL": "sqlite:////dev/null/x/jalon.db"}, "la place d’un dossier"),
    ],
)
def test_what_the_operating_system_refuses_is_said_in_french(
    jalon: Jalon, town: Town, environ: dict[str, str], said: str
) -> None:
    town.environ.update(environ)
    answer = jalon("sync")
    assert answer.code == 2
    assert said in answer.err
    town.environ["JALON_LANG"] = "en"
    english = jalon("sync")
    assert "fichier" not in english.err
    assert english.err != answer.err


def test_check_tells_a_misspelt_key_with_its_line_and_exits_2(jalon: Jalon, town: Town) -> None:
    text = town.config.read_text(encoding="utf-8").replace("mapping:", "maping:")
    town.config.write_text(text, encoding="utf-8")
    answer = jalon("check")
    assert answer.code == 2
    assert "ligne 4" in answer.err
    assert "mapping" in answer.err


def test_check_needs_no_network_and_leaves_nothing_behind(jalon: Jalon, town: Town) -> None:
    before = sorted(town.folder.rglob("*"))
    answer = jalon("check")
    assert answer.code == 0
    assert "petit-plan" in answer.out
    assert sorted(town.folder.rglob("*")) == before


@pytest.mark.parametrize("name", ["status", "findings", "log"])
def test_reading_without_a_store_says_so_and_makes_none(
    jalon: Jalon, town: Town, name: str
) -> None:
    answer = jalon(name)
    assert answer.code == 2
    assert not Path(town.state).exists()


def store_lines(told: str) -> list[str]:
    return [line for line in told.splitlines() if "ase de données" in line]


def test_check_calls_a_store_good_only_after_trying_it(jalon: Jalon, town: Town) -> None:
    """Never both « bon » and « erreur » of one thing."""
    assert [line.split("\t")[0] for line in store_lines(jalon("check").out)] == ["bon"]
    town.state.mkdir()
    (town.state / "jalon.db").write_text("pas une base", encoding="utf-8")
    answer = jalon("check")
    assert answer.code == 2
    assert "SQLite" in answer.out
    assert not [line for line in answer.out.splitlines() if "jalon.db" in line and "bon" in line]


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"]
)
@pytest.mark.parametrize("name", ["check", "sync"])
def test_a_store_that_forgets_is_refused(jalon: Jalon, town: Town, url: str, name: str) -> None:
    """Each cycle would be the first one."""
    town.environ["JALON_DATABASE_URL"] = url
    answer = jalon(name)
    assert answer.code == 2
    assert "mémoire" in answer.err


@pytest.mark.parametrize(
    "url", ["postgresql+nul://hote/base", "sqlite+nul:///jalon.db", "postgresql+pygresql://h/b"]
)
def test_a_store_whose_driver_is_not_there_is_an_error(jalon: Jalon, town: Town, url: str) -> None:
    town.environ["JALON_DATABASE_URL"] = url
    answer = jalon("check")
    assert answer.code == 2
    (line,) = store_lines(answer.out)
    assert line.startswith("erreur\t")
    assert "n’est pas installé" in line
