"""The words of the StratML report."""

from collections.abc import Mapping
from typing import Final

from sync.wording import Text

STRATML: Final[Mapping[str, Text]] = {
    "volet": Text("Volet : {title}", "Section: {title}"),
    "in_charge": Text("Direction responsable", "Department in charge"),
    "note": Text("Note publique de la ville : {note}", "Public note from the city: {note}"),
    "evidence": Text("Preuve publique : {url}", "Public evidence: {url}"),
    "last_read": Text(
        "Dernière lecture le {day} : la fiche de cette action n’est plus visible.",
        "Last read on {day}: this action’s record is no longer visible.",
    ),
    "status": Text("État de l’action – {title}", "Status of the action – {title}"),
    "status_unit": Text("indicateurs faits", "indicators done"),
    "expected": Text("Tous les indicateurs faits.", "All indicators done."),
    "now": Text("{name} (selon : {basis}).", "{name} (according to: {basis})."),
    "frozen": Text("État au gel : {name}.", "Status at the freeze: {name}."),
    "corrected": Text(
        "État au gel, corrigé : {name}. {reason}",
        "Status at the freeze, corrected: {name}. {reason}",
    ),
    "at_most": Text("De {low} à {high}", "From {low} to {high}"),
}

GOAL_UNITS: Final[Mapping[str, Text]] = {
    "livrable": Text("livrable", "deliverable"),
    "quantite": Text("unité", "unit"),
    "etat": Text("état", "state"),
    "continuite": Text("continuité", "continuity"),
}
"""StratML wants a unit for each indicator: the kind of goal, where the plan names none."""
