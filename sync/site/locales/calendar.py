"""The words of the calendar's events."""

from collections.abc import Mapping
from typing import Final

from sync.wording import Text

CALENDAR: Final[Mapping[str, Text]] = {
    "echeance": Text("Échéance : {checkpoint}", "Due: {checkpoint}"),
    "echeance_why": Text(
        "Le jour qui compte pour juger de l’atteinte.",
        "The day that counts when judging what was achieved.",
    ),
    "echeance_counts": Text(
        "Actions, état au {day} : {counts}.", "Actions, as of {day}: {counts}."
    ),
    "gel": Text("Gel : {checkpoint}", "Freeze: {checkpoint}"),
    "gel_why": Text(
        "Le dernier jour compté dans l’état fixé.",
        "The last day that counts for the fixed status.",
    ),
    "fin": Text("Fin du plan : {plan}", "End of the plan: {plan}"),
    "fin_why": Text(
        "Le dernier jour du plan. Son dernier état est lu ensuite et ne change plus.",
        "The plan’s last day. Its last state is read after it and no longer changes.",
    ),
    "gel_counts": Text("Actions, état au gel : {counts}.", "Actions, at the freeze: {counts}."),
}
