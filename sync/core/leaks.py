"""
The last look of all, at the bytes about to be published.

Everything before this keeps private values out by construction; this finds the one that came in
by a way nobody thought of. A hit stops the publication.
"""

import html
import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

from sync.core.memory import Memory
from sync.core.names import names_in
from sync.model.rules import Rules
from sync.model.target import Observed

SHORTEST = 8
"""Shorter values are ordinary words and numbers too often to prove anything."""

_HEAD = SHORTEST
_ASANA = "asana.com"
_JSON_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/,;])|([bfnrtN]))')
"""Also a calendar’s, which escapes its own commas and semicolons."""
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{2,6}) ")
_FOLD = re.compile(r"\r?\n[ \t]")
"""How a calendar breaks its lines, in the middle of a word if need be."""


def leaks(
    files: Mapping[str, bytes], forbidden: Collection[str], names: Collection[str] = ()
) -> tuple[str, ...]:
    """
    “file: kind” for each file that holds a forbidden value, a name or an address of Asana.

    The value itself is never told. It is found as it stands, in any case, escaped for JSON, HTML,
    CSS or a URL, even several times over, and folded by a calendar: the bytes are read as those
    who receive them would. Names are found as whole words, whatever their length. One pass over
    the bytes, whatever the number of values; and none over bytes that were looked at before for
    the very same values.
    """
    needles = _by_head(forbidden)
    heads = re.compile(_anywhere(needles))
    sought = sha256(json.dumps([sorted(forbidden), sorted(names)]).encode()).digest()

    def kinds(path: str, body: bytes) -> tuple[str, ...]:
        return tuple(sorted(set(_found(_text(path, body), heads, needles, names))))

    return tuple(
        f"{path}: {kind}"
        for path, body in sorted(files.items())
        for kind in _LOOKED_AT.recall(
            (sought, _folds(path), sha256(body).digest()), partial(kinds, path, body)
        )
    )


_LOOKED_AT: Final[Memory[tuple[str, ...]]] = Memory(50_000, lambda _: 1)
"""The kinds that were found in so many bodies, by what was sought and by the bytes themselves."""


Needles = dict[str, list[tuple[str, str]]]
"""Values with their kind, by their first characters."""


def _by_head(forbidden: Collection[str]) -> Needles:
    needles: Needles = {_ASANA[:_HEAD]: [(_ASANA, _ASANA)]}
    for value in sorted(forbidden):
        for form in {value.casefold(), _unescaped(value).casefold()}:
            if len(form) >= SHORTEST:
                needles.setdefault(form[:_HEAD], []).append((form, _kind(value)))
    return needles


def _kind(value: str) -> str:
    if value.isdecimal():
        return "gid"
    return "e-mail" if "@" in value else "secret"


def _anywhere(heads: Collection[str]) -> str:
    """
    Finds where any of the heads begins, those inside of one another too: one letter is taken.

    With the first letters in front, not behind a look ahead, the rest of the text is skipped
    several times faster.
    """
    by_first: dict[str, set[str]] = {}
    for head in heads:
        by_first.setdefault(head[0], set()).add(head[1:])
    return "|".join(
        f"{re.escape(first)}(?={_either(frozenset(rest))})"
        for first, rest in sorted(by_first.items())
    )


def _either(heads: frozenset[str]) -> str:
    """An expression for any of the heads, all of one length, that tries no letter twice."""
    by_first: dict[str, set[str]] = {}
    for head in heads:
        by_first.setdefault(head[0], set()).add(head[1:])
    return "|".join(
        re.escape(first) + (f"(?:{_either(frozenset(rest))})" if rest != {""} else "")
        for first, rest in sorted(by_first.items())
    )


def _text(path: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return _FOLD.sub("", text) if _folds(path) else text


def _folds(path: str) -> bool:
    return path.endswith(".ics")


def _found(
    text: str, heads: re.Pattern[str], needles: Needles, names: Collection[str]
) -> Iterator[str]:
    for form in dict.fromkeys((text, _unescaped(text))):
        folded = form.casefold()
        for match in heads.finditer(folded):
            at = match.start()
            for value, kind in needles[folded[at : at + _HEAD]]:
                if folded.startswith(value, at):
                    yield kind
        if any(names_in(form, names)):
            yield "name"


def _unescaped(text: str) -> str:
    """CSS, JSON, then HTML, then a URL's escapes undone, until nothing is left to undo."""
    for _ in range(3):
        plain = text
        if "\\" in plain:
            plain = _JSON_ESCAPE.sub(_one_escape, _CSS_ESCAPE.sub(_one_code, plain))
        plain = unquote(html.unescape(plain))
        if plain == text:
            break
        text = plain
    return text


def _one_escape(match: re.Match[str]) -> str:
    if match[3]:
        return " "
    return chr(int(match[1], 16)) if match[1] else match[2]


def _one_code(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code <= sys.maxunicode else match[0]


def identifiers(observed: Observed) -> frozenset[str]:
    """Every gid that an observation holds."""
    gids = {project.gid for project in observed.projects.values()}
    gids |= {section.gid for section in observed.sections}
    gids |= {each.gid for each in observed.fields}
    gids |= {option.gid for each in observed.fields for option in each.options}
    gids |= {task.assignee_gid for task in observed.tasks.values() if task.assignee_gid}
    return frozenset(gids | observed.tasks.keys())


def private_values(rules: Rules, observed: Observed) -> frozenset[str]:
    """Values of Asana and of the config that no published byte may hold."""
    people = {d.responsible for d in rules.directions if d.responsible}
    return identifiers(observed) | people | set(rules.members)
