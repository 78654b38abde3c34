"""The words of the catalogue, and the frequencies that Données Québec knows."""

from collections.abc import Mapping
from typing import Final

from sync.model.catalogue import Frequency
from sync.wording import Text

CATALOGUE: Final[Mapping[str, Text]] = {
    "title": Text("{plan} – suivi public – {city}", "{plan} – public tracking – {city}"),
    "what": Text(
        "État de chaque action du plan à chacun de ses jalons, d’après ce que la ville déclare, "
        "les indicateurs faits et le calendrier. État au {day}, instantané numéro {number}.",
        "Status of each action of the plan at each of its checkpoints, from what the city "
        "declares, the indicators done and the calendar. As of {day}, snapshot no. {number}.",
    ),
    "how": Text(
        "Des nombres d’actions, jamais une moyenne.", "Numbers of actions, never an average."
    ),
}

FREQUENCIES: Final[Mapping[Frequency, str]] = {
    "horaire": "HOURLY",
    "quotidien": "DAILY",
    "hebdomadaire": "WEEKLY",
    "mensuel": "MONTHLY",
    "trimestriel": "QUARTERLY",
    "semestriel": "ANNUAL_2",
    "annuel": "ANNUAL",
    "biennal": "BIENNIAL",
    "triennal": "TRIENNIAL",
    "temps_reel": "UPDATE_CONT",
    "irregulier": "IRREG",
    "archives": "NEVER",
}
"""Données Québec's words, and the codes of the European authority table that DCAT names."""
