"""
Strict YAML, with the line of everything.

Built from ruamel's events rather than its loaders: a person edits this file, so every refusal names
a line and a key path, and nothing of YAML that surprises is let in: no anchors and aliases, no
tags, no duplicate keys, no second document, and no plain word that other tools would read as a
number, a date or a yes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from sync.adapters.plans.refusal import refuse
from sync.wording import Text

_DEEPEST = 16
_NOT_A_TEXT = re.compile(
    r"~?|null|true|false|yes|no|on|off|y|n"
    r"|[-+]?(?:\.inf|\.nan)"
    r"|[-+]?(?:0[xob])?[\d.][\d_.,:e+-]*"
    r"|\d{4}-\d\d?-\d\d?.*",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"0|-?[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of the document, where it stands and the keys that lead to it."""

    value: "Scalar | dict[str, Entry] | list[Entry]"
    document: str
    line: int
    path: str

    def keys(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, "Entry"]:
        """An object with these keys and no other."""
        entries = self.mapping()
        for key, entry in entries.items():
            if key not in required + optional:
                raise self._unknown(key, entry, required + optional)
        for key in required:
            if key not in entries:
                raise self.refused(
                    f"la clé « {key} » manque", f"the key “{key}” is missing", missing=key
                )
        return entries

    def mapping(self) -> dict[str, "Entry"]:
        if not isinstance(self.value, dict):
            raise self.refused(
                "des clés étaient attendues (« clé: valeur »)", "keys were expected (“key: value”)"
            )
        return self.value

    def items(self) -> "list[Entry]":
        if not isinstance(self.value, list):
            raise self.refused("une liste était attendue (« - … »)", "a list was expected (“- …”)")
        return self.value

    def text(self) -> str:
        scalar = self._scalar()
        if scalar.plain and _NOT_A_TEXT.fullmatch(scalar.text):
            raise self.refused(
                f"un texte était attendu; mettez « {scalar.text} » entre guillemets droits",
                f"a text was expected; put “{scalar.text}” in straight quotes",
            )
        if not scalar.text.strip():
            raise self.refused("le texte est vide", "the text is empty")
        if len(scalar.text.splitlines()) > 1 or scalar.text.endswith("\n"):
            raise self.refused(
                "le texte doit tenir sur une ligne", "the text must hold on one line"
            )
        return scalar.text

    def whole(self, least: int) -> int:
        scalar = self._scalar()
        if not scalar.plain or not _WHOLE.fullmatch(scalar.text) or int(scalar.text) < least:
            raise self.refused(
                f"un nombre entier d’au moins {least} était attendu, et non « {scalar.text} »",
                f"a whole number of at least {least} was expected, not “{scalar.text}”",
            )
        return int(scalar.text)

    def is_scalar(self) -> bool:
        return isinstance(self.value, Scalar)

    def refused(self, fr: str, en: str, **facts: object) -> Exception:
        where = f"{self.document}:{self.line}"
        if self.path:
            fr, en = f"{self.path} : {fr}", f"{self.path}: {en}"
        return refuse(where, f"{fr}.", f"{en}.", line=self.line, path=self.path, **facts)

    def _scalar(self) -> Scalar:
        if not isinstance(self.value, Scalar):
            raise self.refused(
                "une seule valeur était attendue, et non des clés ou une liste",
                "one value was expected, not keys or a list",
            )
        return self.value

    def _unknown(self, key: str, entry: "Entry", known: tuple[str, ...]) -> Exception:
        near = get_close_matches(key, known, n=1, cutoff=0.5)
        names = ", ".join(known)
        hint = Text(f"est-ce « {near[0]} » ? ", f"is it “{near[0]}”? ") if near else Text("", "")
        return entry.refused(
            f"clé inconnue; {hint.fr}Clés possibles : {names}",
            f"unknown key; {hint.en}Possible keys: {names}",
            key=key,
            nearest=near[0] if near else None,
        )


def parse(text: str, document: str) -> Entry:
    """The one document in `text`; whatever is not plain data is refused at its line."""
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text), document).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = error.problem or error.context
        raise refuse(
            f"{document}:{line}",
            f"ce n’est pas du YAML valide ({problem}). Vérifiez l’alignement et les guillemets.",
            f"not valid YAML ({problem}). Check the indentation and the quotes.",
            line=line,
        ) from error
    except YAMLError as error:
        raise refuse(
            document,
            "ce n’est pas du YAML lisible. Enregistrez le fichier en UTF-8.",
            "not readable YAML. Save the file as UTF-8.",
        ) from error


class _Builder:
    def __init__(self, events: Iterator[Event], document: str) -> None:
        self.events = events
        self.name = document

    def document(self) -> Entry:
        event = next(self.events)
        while isinstance(event, StreamStartEvent):
            event = next(self.events)
        if not isinstance(event, DocumentStartEvent):
            raise refuse(self.name, "le fichier est vide.", "the file is empty.")
        if event.version or event.tags:
            raise self._surprise(event, "%", "directive", "directive")
        entry = self._entry(next(self.events), "", 0)
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                raise self._surprise(event, "", "second document (« --- »)", "second document")
        return entry

    def _entry(self, event: Event, path: str, depth: int) -> Entry:
        if not isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            raise self._surprise(event, path, "alias (« * »)", "alias (“*”)")
        if event.anchor:
            raise self._surprise(event, path, "ancre (« & »)", "anchor (“&”)")
        if event.tag and event.tag != "!":
            raise self._surprise(event, path, "étiquette (« ! »)", "tag (“!”)")
        if depth > _DEEPEST:
            raise self._surprise(event, path[:80], "imbrication trop profonde", "nesting too deep")
        line = event.start_mark.line + 1
        if isinstance(event, ScalarEvent):
            plain = event.style is None and bool(event.implicit[0])
            return Entry(Scalar(event.value, plain), self.name, line, path)
        if isinstance(event, MappingStartEvent):
            return Entry(self._mapping(path, depth), self.name, line, path)
        return Entry(self._sequence(path, depth), self.name, line, path)

    def _mapping(self, path: str, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key_entry = self._entry(event, path, depth + 1)
            if not isinstance(key_entry.value, Scalar):
                raise self._surprise(event, path, "clé composée", "compound key")
            key = key_entry.value.text
            where = f"{path}.{key}" if path else key
            if key in entries:
                raise refuse(
                    f"{self.name}:{key_entry.line}",
                    f"{where} : cette clé est déjà donnée, ligne {entries[key].line}. "
                    "Gardez-en une seule.",
                    f"{where}: this key is already given, line {entries[key].line}. Keep one.",
                    line=key_entry.line,
                    path=where,
                )
            value = self._entry(next(self.events), where, depth + 1)
            entries[key] = Entry(value.value, self.name, key_entry.line, where)
        return entries

    def _sequence(self, path: str, depth: int) -> list[Entry]:
        entries: list[Entry] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            entries.append(self._entry(event, f"{path}[{len(entries)}]", depth + 1))
        return entries

    def _surprise(self, event: Event, path: str, fr: str, en: str) -> Exception:
        line = event.start_mark.line + 1 if event.start_mark else 1
        return refuse(
            f"{self.name}:{line}",
            f"{path or '—'} : {fr} : ce n’est pas permis dans un plan. Écrivez les valeurs en "
            "toutes lettres.",
            f"{path or '—'}: {en}: not allowed in a plan. Write the values out.",
            line=line,
            path=path,
        )
