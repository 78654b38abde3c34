"""What each status and each mark means, in words that a citizen can hold the city to."""

from collections.abc import Mapping

from sync.model.progress import Status
from sync.wording import Text

STATUS_DEFINITIONS: Mapping[Status, Text] = {
    Status.ACHIEVED: Text(
        "Tous les indicateurs du jalon sont faits, et le dernier l’a été au plus tard à "
        "l’échéance.",
        "All the checkpoint’s indicators are done, the last of them by the due date.",
    ),
    Status.ACHIEVED_LATE: Text(
        "Tous les indicateurs sont faits, mais le dernier l’a été après l’échéance.",
        "All indicators are done, but the last of them after the due date.",
    ),
    Status.CONTINUOUS: Text(
        "Le plan annonce un travail sans fin fixée, et la direction déclare qu’il se fait. "
        "Compté à part : ce n’est ni atteint ni en retard.",
        "The plan announces work with no set end, and the department declares that it is being "
        "done. Counted apart: neither achieved nor late.",
    ),
    Status.UNDER_WAY: Text(
        "Le travail est commencé, et le jalon n’est pas encore figé.",
        "Work has begun, and the checkpoint is not frozen yet.",
    ),
    Status.UPCOMING: Text(
        "Rien n’est encore déclaré ni fait, et le jalon n’est pas encore figé.",
        "Nothing is declared or done yet, and the checkpoint is not frozen yet.",
    ),
    Status.NOT_ACHIEVED: Text(
        "Le jalon est figé et il manque au moins un indicateur, ou la déclaration et les "
        "indicateurs ne concordent pas.",
        "The checkpoint is frozen and at least one indicator is missing, or the declaration and "
        "the indicators disagree.",
    ),
    Status.NOT_ASSESSED: Text(
        "Le jalon est figé sans que rien n’ait été déclaré ni fait : on ne sait pas.",
        "The checkpoint is frozen and nothing was declared or done: it is not known.",
    ),
    Status.NOT_APPLICABLE: Text(
        "Le plan n’annonce aucun indicateur à ce jalon pour cette action.",
        "The plan announces no indicator at this checkpoint for this action.",
    ),
    Status.RETIRED: Text(
        "L’action a été retirée du plan par une décision; elle reste sur la page.",
        "The action was withdrawn from the plan by a decision; it stays on the page.",
    ),
}

MARK_DEFINITIONS: tuple[tuple[Text, Text], ...] = (
    (
        Text("Provisoire", "Provisional"),
        Text(
            "L’échéance est passée, le gel ne l’est pas : l’état peut encore bouger.",
            "Past the due date and before the freeze: the status may still move.",
        ),
    ),
    (
        Text("À confirmer", "To be confirmed"),
        Text(
            "La direction et les indicateurs ne disent pas la même chose; le plus prudent des "
            "deux est publié.",
            "The department and the indicators disagree; the more cautious one is published.",
        ),
    ),
    (
        Text("Selon les indicateurs", "According to the indicators"),
        Text(
            "La direction n’a rien déclaré; l’état repose sur les indicateurs faits.",
            "The department declared nothing; the status rests on the indicators done.",
        ),
    ),
    (
        Text("Selon la déclaration", "According to the declaration"),
        Text(
            "Aucun indicateur n’est encore fait; l’état repose sur ce que la direction déclare.",
            "No indicator is done yet; the status rests on what the department declares.",
        ),
    ),
    (
        Text("Réglé par l’administration", "Settled by the administration"),
        Text(
            "Une personne autorisée a tranché, et sa raison est au journal.",
            "An authorised person decided, and the reason is in the log.",
        ),
    ),
    (
        Text("Figé", "Frozen"),
        Text(
            "L’état tel qu’il était au gel. Ce qui arrive ensuite s’affiche à côté, sans le "
            "récrire.",
            "The status as it was at the freeze. What happens later shows beside it and never "
            "rewrites it.",
        ),
    ),
)
