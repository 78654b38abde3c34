"""Arguments that several commands share."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import Final

from sync.sandbox.switches import SwitchError
from sync.sandbox.switches import parse as parse_switch
from sync.wording import Language, Text

HIGHEST_PORT: Final = 65_535
KINDS: Final = {
    "bool": Text("true ou false", "true or false"),
    "int": Text("un nombre entier", "a whole number"),
    "float": Text("un nombre", "a number"),
    "str": Text("un texte", "a text"),
}


def add_plan(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "--plan",
        metavar="ID",
        help=Text("un seul des plans configurés", "one of the configured plans only").in_(language),
    )


def add_json(parser: argparse._ActionsContainer, language: Language) -> None:
    """Always one array; each item names its plan."""
    parser.add_argument(
        "--json",
        action="store_true",
        help=Text("pour un programme", "for a program").in_(language),
    )


def add_as_of(parser: argparse.ArgumentParser, language: Language) -> None:
    """For what depends on the day; `Invocation.clock` goes by it."""
    parser.add_argument(
        "--as-of",
        type=day(language),
        metavar=Text("AAAA-MM-JJ", "YYYY-MM-DD").in_(language),
        help=Text(
            "comme à midi de ce jour, dans le fuseau de la ville; bac à sable seulement",
            "as at noon of that day in the city’s zone; sandbox only",
        ).in_(language),
    )


def day(language: Language) -> Callable[[str], date]:
    """A day written AAAA-MM-JJ."""

    def parse(text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            said = Text(
                f"{text!r} n’est pas une date : écrivez AAAA-MM-JJ, comme 2026-02-21",
                f"{text!r} is no date: write YYYY-MM-DD, such as 2026-02-21",
            )
            raise argparse.ArgumentTypeError(said.in_(language)) from None

    return parse


def count(language: Language) -> Callable[[str], int]:
    """A whole number above zero."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdecimal() and int(text) > 0:
            return int(text)
        said = Text(
            f"{text!r} : un nombre entier positif est attendu",
            f"{text!r}: a whole number above zero is expected",
        )
        raise argparse.ArgumentTypeError(said.in_(language))

    return parse


def port(language: Language) -> Callable[[str], int]:
    """A TCP port, or 0 for any free one."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdecimal() and int(text) <= HIGHEST_PORT:
            return int(text)
        said = Text(
            f"{text!r} : un port de 0 à {HIGHEST_PORT} est attendu",
            f"{text!r}: a port from 0 to {HIGHEST_PORT} is expected",
        )
        raise argparse.ArgumentTypeError(said.in_(language))

    return parse


def switch(language: Language) -> Callable[[str], str]:
    """A switch of the sandbox and its value, as written."""

    def parse(text: str) -> str:
        try:
            parse_switch(text)
        except SwitchError as error:
            wants = KINDS.get(error.wants or "", Text(f"{error.wants}", f"{error.wants}"))
            said = Text(f"{text!r} : {wants.fr} est attendu", f"{text!r}: {wants.en} is expected")
            if error.wants is None:
                said = Text(
                    f"{text!r} : aucun interrupteur n’a ce nom; docs/sandbox.md les nomme",
                    f"{text!r}: no switch has this name; docs/sandbox.md names them",
                )
            raise argparse.ArgumentTypeError(said.in_(language)) from None
        return text

    return parse
