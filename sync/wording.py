"""
Words for people, in both languages at once.

French (Québec) comes first and English second everywhere in Jalon. Keeping the two side by
side, where the facts are known, means that neither can be forgotten.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One statement for a person, in French and in English."""

    fr: str
    en: str

    def in_(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en
