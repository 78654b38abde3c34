"""
Sentences filled from facts: days in words, and words that agree with their number.

`{name}` is the fact as it is, « vide » where it is empty. `{name:day}` is a stored day, in words
where the sentence is French and the fact is one. `{name:# tâche|# tâches}` is the form for that
number, `#` standing for it; of three forms the first is for none. What is stored stays a bare
date and a bare number.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sync.core.dates import french
from sync.wording import Language, Text

UNKNOWN: Final = "?"
"""What a fact reads that another release did not store yet."""
_DAY: Final = "day"


def fill(text: Text, facts: Mapping[str, object]) -> Text:
    return Text(
        text.fr.format_map(_Facts(facts, "fr")),
        text.en.format_map(_Facts(facts, "en")),
    )


def counted(number: int, one: Text, many: Text) -> Text:
    """The number with its noun: « 1 tâche », « 2 tâches »."""
    templates = Text(f"{{n:# {one.fr}|# {many.fr}}}", f"{{n:# {one.en}|# {many.en}}}")
    return fill(templates, {"n": number})


class _Facts(dict[str, object]):
    def __init__(self, facts: Mapping[str, object], language: Language) -> None:
        super().__init__({name: _Fact(value, language) for name, value in facts.items()})

    def __missing__(self, _key: str) -> "_Fact":
        return _Fact(UNKNOWN, "en")


class _Fact:
    def __init__(self, value: object, language: Language) -> None:
        self._value, self._language = value, language

    def __format__(self, wanted: str) -> str:
        if wanted == _DAY:
            return self._day()
        return self._agreeing(wanted.split("|")) if wanted else self._said()

    def _said(self) -> str:
        if self._value is None:
            return "vide" if self._language == "fr" else "empty"
        return (
            self._value.in_(self._language) if isinstance(self._value, Text) else f"{self._value}"
        )

    def _day(self) -> str:
        said = self._said()
        if self._language == "en":
            return said
        try:
            day = date.fromisoformat(said)
        except ValueError:
            return said
        return french(day) if day.isoformat() == said else said

    def _agreeing(self, forms: list[str]) -> str:
        """None is singular in French and plural in English; what is no number is plural in both."""
        alone = self._value in ((0, 1) if self._language == "fr" else (1,))
        none = self._value == 0 and len(forms) > 2
        return forms[0 if none else -2 if alone else -1].replace("#", self._said())
