"""
Our own YAML files, read strictly, with the line of every key.

YAML has traps that a city's file needs none of: aliases (a small file can stand for millions
of nodes), tags, several documents, keys given twice where the last one silently wins. All of
them are refused. Only plain values come out: text, integers, decimals, booleans, nothing,
tuples and dicts; a date stays the text that was written.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sync.settings.problems import Key, Problem, dotted, refusal
from sync.system import reason_of
from sync.wording import Text

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `lines` counts from 1 and is keyed by the path of each key and item."""

    name: str
    path: Path
    data: object
    lines: Mapping[Key, int]

    def line(self, key: Key) -> int:
        """Where a key stands; for one that is missing, where its parent does."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def problem(self, key: Key, text: Text) -> Problem:
        return Problem(text, file=self.name, line=self.line(key), key=dotted(key) or None)


def read_document(path: Path) -> Document:
    """Read one file or raise ConfigError with everything that is wrong in its form."""
    name = str(path)
    text = _read(path, name)
    problems = _traps(text, name)
    if problems:
        raise refusal(problems)
    try:
        root = _yaml().compose(text)
    except YAMLError as error:
        raise refusal([_not_yaml(error, name)]) from error
    lines: dict[Key, int] = {(): 1}
    data = _plain(root, (), lines, problems, name) if root is not None else {}
    if problems:
        raise refusal(problems)
    return Document(name, path, data, lines)


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _read(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = reason_of(error)
        raise refusal(
            [
                Problem(
                    Text(
                        fr=f"fichier illisible ({why.fr}). Vérifiez le chemin et les droits.",
                        en=f"cannot be read ({why.en}). Check the path and its permissions.",
                    ),
                    file=name,
                )
            ]
        ) from error
    if len(body) > MAX_BYTES:
        raise refusal(
            [
                Problem(
                    Text(
                        fr=f"fichier trop grand : {MAX_BYTES} octets au plus.",
                        en=f"file too large: {MAX_BYTES} bytes at most.",
                    ),
                    file=name,
                )
            ]
        )
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise refusal(
            [
                Problem(
                    Text(
                        fr="texte qui n'est pas en UTF-8. Enregistrez le fichier en UTF-8.",
                        en="text that is not UTF-8. Save the file as UTF-8.",
                    ),
                    file=name,
                    line=line,
                )
            ]
        ) from error


def _traps(text: str, name: str) -> list[Problem]:
    """Refuse from the flat stream of events, before anything nested is built."""
    problems: list[Problem] = []
    depth = documents = 0
    try:
        for event in _yaml().parse(text):
            said: Text | None = None
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents == 2:
                    said = Text(
                        fr="second document (« --- ») : un seul par fichier.",
                        en="second document (“---”): one per file.",
                    )
            elif isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
                said = Text(
                    fr=f"alias ou ancre « {event.anchor} » : récrivez la valeur au complet.",
                    en=f"alias or anchor “{event.anchor}”: write the value out in full.",
                )
            elif isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag:
                said = Text(
                    fr=f"étiquette « {event.tag} » : retirez-la.",
                    en=f"tag “{event.tag}”: remove it.",
                )
            if said is not None:
                problems.append(Problem(said, file=name, line=event.start_mark.line + 1))
            if isinstance(event, CollectionStartEvent):
                depth += 1
            elif isinstance(event, CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                deep = Text(
                    fr=f"plus de {MAX_DEPTH} niveaux imbriqués.",
                    en=f"nested more than {MAX_DEPTH} levels deep.",
                )
                return [*problems, Problem(deep, file=name, line=event.start_mark.line + 1)]
    except YAMLError as error:
        problems.append(_not_yaml(error, name))
    return problems


def _not_yaml(error: YAMLError, name: str) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    detail = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error)
    first = detail.strip().splitlines()[0] if detail.strip() else type(error).__name__
    return Problem(
        Text(
            fr=f"YAML mal formé ({first}). Vérifiez retraits, deux-points et guillemets.",
            en=f"malformed YAML ({first}). Check indentation, colons and quotes.",
        ),
        file=name,
        line=mark.line + 1 if mark is not None else None,
    )


def _plain(
    node: Node, key: Key, lines: dict[Key, int], problems: list[Problem], name: str
) -> object:
    if isinstance(node, MappingNode):
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                said = Text(
                    fr="clé qui n'est pas un simple mot.", en="a key that is not a plain word."
                )
                problems.append(Problem(said, file=name, line=line, key=dotted(key) or None))
                continue
            word = key_node.value
            here = (*key, word)
            if word in found:
                said = Text(
                    fr=f"clé donnée deux fois (déjà à la ligne {lines[here]}). Gardez-en une.",
                    en=f"key given twice (already on line {lines[here]}). Keep one.",
                )
                problems.append(Problem(said, file=name, line=line, key=dotted(here)))
                continue
            lines[here] = line
            found[word] = _plain(value_node, here, lines, problems, name)
        return found
    if isinstance(node, SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            here = (*key, index)
            lines[here] = item.start_mark.line + 1
            items.append(_plain(item, here, lines, problems, name))
        return tuple(items)
    return _scalar(node)


def _scalar(node: Node) -> object:
    kind = (node.tag or "").removeprefix(_TAG)
    written: str = node.value
    if kind == "null":
        return None
    if kind == "bool":
        return written.casefold() == "true"
    # `010` or `0x1F` are left as text: nobody who writes a city's file means octal
    if kind == "int" and re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", written):
        return int(written)
    if kind == "float":
        try:
            number = float(written)
        except ValueError:
            return written
        return number if math.isfinite(number) else written
    return written
