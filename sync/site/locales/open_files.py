"""What each published file is, for whoever chooses one: on the page and in the guides."""

from collections.abc import Mapping
from typing import Final

from sync.wording import Text

OPEN_FILES: Final[Mapping[str, Text]] = {
    "dernier.json": Text(
        "L’état complet, lisible par machine", "The whole state, machine-readable"
    ),
    "actions.csv": Text("Une ligne par action et par jalon", "One row per action and checkpoint"),
    "indicateurs.csv": Text("Une ligne par indicateur", "One row per indicator"),
    "dictionnaire.csv": Text(
        "Ce que chaque colonne des tables veut dire", "What each column of the tables means"
    ),
    "datapackage.json": Text(
        "Les tables décrites pour les programmes, avec l’empreinte de chaque fichier",
        "The tables described for programs, with the digest of each file",
    ),
    "flux.json": Text("Le fil des changements, JSON Feed", "The feed of changes, JSON Feed"),
    "flux.atom": Text("Le fil des changements, Atom", "The feed of changes, Atom"),
    "jalons.ics": Text(
        "Les échéances et les gels, pour un agenda", "The due days and freezes, for a calendar"
    ),
    "plan.stratml.xml": Text(
        "Le plan et son avancement, StratML", "The plan and its progress, StratML"
    ),
    "catalogue.jsonld": Text(
        "La fiche du jeu de données, DCAT, pour un catalogue comme Données Québec",
        "The record of the data set, DCAT, for a catalogue such as Données Québec",
    ),
    "integration.html": Text(
        "Les nombres, à placer dans une autre page", "The counts, to be placed in another page"
    ),
    "schema/instantane.schema.json": Text("Le schéma de l’instantané", "The schema of a snapshot"),
    "etat.json": Text(
        "La dernière vérification : cette page peut rester la même sans être périmée",
        "The last check: this page may stay the same without being stale",
    ),
}
"""By path, in the order in which the page lists them."""

TOLD_IN_HEAD: Final = (
    ("application/feed+json", "flux.json"),
    ("application/atom+xml", "flux.atom"),
    ("text/calendar", "jalons.ics"),
    ("application/json", "dernier.json"),
)
"""What the home page's head offers to programs, by media type."""
