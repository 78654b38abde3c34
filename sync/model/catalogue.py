"""What only the city can say of its data set. What it did not say is in no catalogue."""

from dataclasses import dataclass
from typing import Final, Literal

Frequency = Literal[
    "horaire",
    "quotidien",
    "hebdomadaire",
    "mensuel",
    "trimestriel",
    "semestriel",
    "annuel",
    "biennal",
    "triennal",
    "temps_reel",
    "irregulier",
    "archives",
]
"""The words of Données Québec."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`licence` is the licence's own address; `territory` a place in words."""

    licence: str | None = None
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    frequency: Frequency | None = None
    territory: str | None = None


UNSAID: Final = Catalogue()
