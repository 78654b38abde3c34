"""What mirrors the code in the documents is made from the code."""

import argparse
import re
from itertools import product
from pathlib import Path

import pytest

from sync.cli.commands import COMMANDS
from sync.cli.main import parser
from sync.core.compare import decide
from sync.core.values import UNSEEN
from sync.settings.load import VARIABLES
from sync.wording import Language
from tests.docs import words
from tests.docs.tables import (
    EVENT,
    GUARD_RULE,
    OWNERS,
    PLACE,
    REPOSITORY,
    SITUATIONS,
    TABLES,
    config_keys,
    documents,
    exit_codes_of_the_code,
    filled,
    found_in_source,
    layers_of_the_contract,
    situation,
)

GUIDES = {"fr": REPOSITORY / "docs/exploitation.md", "en": REPOSITORY / "docs/operator.md"}
READMES = {"fr": REPOSITORY / "LISEZMOI.md", "en": REPOSITORY / "README.md"}


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_a_table_in_a_document_is_what_the_code_says(document: Path) -> None:
    """When this fails, run `python -m tests.docs.tables`."""
    text = document.read_text(encoding="utf-8")
    assert filled(text) == text


def test_every_table_stands_in_a_document() -> None:
    texts = [document.read_text(encoding="utf-8") for document in documents()]
    used = {found[2] for text in texts for found in PLACE.finditer(text)}
    assert used == set(TABLES)
    assert sum(text.count("<!-- table:") for text in texts) == sum(
        len(PLACE.findall(text)) for text in texts
    ), "a table that is never closed would never be filled"


@pytest.mark.parametrize(
    ("said", "there"),
    [
        pytest.param(words.VARIABLES, VARIABLES, id="environment variables"),
        pytest.param(words.EXIT_CODES, exit_codes_of_the_code(), id="exit codes"),
        pytest.param(words.GUARD_RULES, found_in_source(GUARD_RULE), id="guard rules"),
        pytest.param(words.LOG_EVENTS, found_in_source(EVENT), id="log events"),
        pytest.param(words.CONFIG, config_keys(), id="config keys"),
        pytest.param(words.LAYERS, sum(layers_of_the_contract(), ()), id="layers"),
    ],
)
def test_what_the_code_names_has_words_and_nothing_else_does(
    said: dict[object, object], there: object
) -> None:
    """A guide that tells of a variable which is gone is as wrong as one that forgets one."""
    assert set(said) == set(there)  # type: ignore[call-overload]


def test_each_triple_falls_under_the_row_that_tells_its_verdict() -> None:
    """The table of the life of an action speaks of A, B and C; it must hold for every value."""
    values = (None, "a", "b", "c")
    for case in product(values, values, (*values, UNSEEN)):
        _, told = SITUATIONS[situation(case)]
        for owner, on_drift, _ in OWNERS:
            if owner == "people" and case[1] is None and case[2] is UNSEEN:
                continue  # nothing there and nothing known: there is nothing to pull
            assert decide(*case, owner, on_drift) is decide(*told, owner, on_drift)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.NAME)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_command_and_its_arguments_have_help(command: object, language: Language) -> None:
    name = command.NAME  # type: ignore[attr-defined]
    top = parser(language)
    groups = [a for a in top._actions if isinstance(a, argparse._SubParsersAction)]
    below = groups[0].choices[name]
    assert command.HELP.fr != command.HELP.en  # type: ignore[attr-defined]
    assert below.description
    assert [a.dest for a in below._actions if not a.help] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_readme_and_the_guide_name_every_command(language: Language) -> None:
    for document in (READMES[language], GUIDES[language]):
        text = document.read_text(encoding="utf-8")
        assert {command.NAME for command in COMMANDS} <= _commands_in(text), document.name


def test_both_readmes_and_both_guides_name_the_same_commands() -> None:
    for pair in (READMES, GUIDES):
        said = [_commands_in(path.read_text(encoding="utf-8")) for path in pair.values()]
        assert said[0] == said[1]


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_a_document_names_no_command_that_does_not_exist(document: Path) -> None:
    """What comes later is told in words, never as a command that one could type."""
    text = document.read_text(encoding="utf-8")
    assert _commands_in(text) <= {command.NAME for command in COMMANDS}


def _commands_in(text: str) -> set[str]:
    """After `jalon`, options aside, in code; a capital or a figure is no command."""
    code = re.findall(r"`[^`\n]+`|^ *(?:\$ )?jalon .*$", text, re.MULTILINE)
    found = (re.search(r"\bjalon((?: --lang \w+)?) ([a-z]+)\b", one) for one in code)
    return {one[2] for one in found if one}


@pytest.mark.parametrize("pair", [READMES, GUIDES], ids=["readmes", "guides"])
def test_the_two_languages_have_the_same_shape(pair: dict[str, Path]) -> None:
    """Headings level by level, tables and code blocks: a part added in one is missed here."""
    shapes = []
    for path in pair.values():
        lines = path.read_text(encoding="utf-8").splitlines()
        marks = [re.match(r"#+ |```\w*|<!-- table: [a-z-]+(?=-(?:fr|en))|- |\| ", x) for x in lines]
        shapes.append([mark[0] for mark in marks if mark])
    assert shapes[0] == shapes[1]
