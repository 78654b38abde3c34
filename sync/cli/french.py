"""
argparse in French.

argparse asks gettext for its words by their English form. The lookup is replaced while our
parser works, and put back after it, because the module belongs to everybody in the process.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sync.wording import Language

WORDS: Final = {
    "usage: ": "utilisation : ",
    "options": "options",
    "positional arguments": "arguments",
    "show this help message and exit": "affiche cette aide",
    "show program's version number and exit": "affiche la version",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "the following arguments are required: %s": "il manque : %s",
    "one of the arguments %s is required": "il faut l’un de : %s",
    "unrecognized arguments: %s": "arguments inconnus : %s",
    "not allowed with argument %s": "ne va pas avec %s",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "expected at most one argument": "une valeur au plus est attendue",
    "expected %s argument": "%s valeur est attendue",
    "expected %s arguments": "%s valeurs sont attendues",
    "ignored explicit argument %r": "%r est de trop",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "choix inconnu : %(value)r (au choix : %(choices)s)"
    ),
    "invalid choice: %(value)r, maybe you meant %(suggested)r? (choose from %(choices)s)": (
        "choix inconnu : %(value)r, peut-être %(suggested)r? (au choix : %(choices)s)"
    ),
    "invalid %(type)s value: %(value)r": "valeur refusée : %(value)r (%(type)s attendu)",
    "ambiguous option: %(option)s could match %(matches)s": (
        "option ambiguë : %(option)s peut être %(matches)s"
    ),
    "unknown parser %(parser_name)r (choices: %(choices)s)": (
        "commande inconnue : %(parser_name)r (au choix : %(choices)s)"
    ),
}


@contextmanager
def argparse_in(language: Language) -> Iterator[None]:
    """While inside, argparse speaks this language; a sentence it gains later stays English."""
    if language == "en":
        yield
        return
    module = vars(argparse)
    before: dict[str, object] = {name: module[name] for name in ("_", "ngettext")}
    module["_"] = _one
    module["ngettext"] = _some
    try:
        yield
    finally:
        module.update(before)


def _one(words: str) -> str:
    return WORDS.get(words, words)


def _some(singular: str, plural: str, count: int) -> str:
    return _one(singular if count in (0, 1) else plural)
