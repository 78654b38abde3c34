"""What each status and each mark means, in words that a citizen can hold the city to."""

from collections.abc import Mapping

from sync.model.progress import Basis, Status
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
        "Le travail est commencé, et le gel n’est pas passé.",
        "Work has begun, and the freeze is not past.",
    ),
    Status.UPCOMING: Text(
        "Rien n’est encore fait, ou la direction ne le déclare pas encore commencé; quand la "
        "déclaration et les indicateurs diffèrent, l’état reste à confirmer. Le gel n’est pas "
        "passé.",
        "Nothing is done yet, or the department does not declare it begun yet; where the "
        "declaration and the indicators differ, the status remains to be confirmed. The "
        "freeze is not past.",
    ),
    Status.NOT_ACHIEVED: Text(
        "Le gel est passé et il manque au moins un indicateur, ou la déclaration et les "
        "indicateurs ne concordent pas.",
        "The freeze is past and at least one indicator is missing, or the declaration and "
        "the indicators disagree.",
    ),
    Status.NOT_ASSESSED: Text(
        "Le gel est passé sans que rien n’ait été déclaré ni fait : on ne sait pas.",
        "The freeze is past and nothing was declared or done: it is not known.",
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
            "L’échéance est passée, le gel ne l’est pas : l’état au gel n’est pas encore fixé.",
            "Past the due date and before the freeze: the status at the freeze is not fixed yet.",
        ),
    ),
    (
        Text(
            "À confirmer : la déclaration et les indicateurs diffèrent",
            "To be confirmed: the declaration and the indicators differ",
        ),
        Text(
            "La direction et les indicateurs ne disent pas la même chose. Jusqu’au gel, le plus "
            "prudent des deux est publié; ensuite, l’action n’est pas tenue pour atteinte.",
            "The department and the indicators disagree. Until the freeze the more cautious one "
            "is published; from then on the action is not taken as achieved.",
        ),
    ),
    (
        Text("À confirmer", "To be confirmed"),
        Text(
            "Un résultat compté comme fait doit être revu, parce que les mots du plan ont changé "
            "depuis.",
            "A result counted as done must be looked at again, because the plan’s words have "
            "changed since.",
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
            "L’état repose sur ce que la direction déclare; les indicateurs ne la contredisent "
            "pas, et ne suffisent pas à l’établir.",
            "The status rests on what the department declares; the indicators do not contradict "
            "it and are not enough to establish it.",
        ),
    ),
    (
        Text("Selon le calendrier", "According to the calendar"),
        Text(
            "Le gel est passé et il manque au moins un indicateur : c’est ce qui donne l’état, "
            "quoi que la direction déclare.",
            "The freeze is past and at least one indicator is missing: that gives the status, "
            "whatever the department declares.",
        ),
    ),
    (
        Text("Réglé par l’administration", "Settled by the administration"),
        Text(
            "L’administration a tranché; le jour et le motif, s’il est publié, se lisent à côté.",
            "The administration decided; the day and the reason, where it is published, are read "
            "beside it.",
        ),
    ),
    (
        Text("État au gel", "Status at the freeze"),
        Text(
            "L’état tel qu’il était le jour du gel : il ne change plus. L’état affiché à côté "
            "continue de suivre l’avancement.",
            "The status as it was on the day of the freeze: it no longer changes. The one shown "
            "beside it goes on following progress.",
        ),
    ),
    (
        Text("Corrigé", "Corrected"),
        Text(
            "Après le gel, l’administration a corrigé l’état fixé : la correction se lit à côté, "
            "avec sa date et son motif, et ne le remplace pas.",
            "After the freeze the administration corrected the fixed status: the correction is "
            "read beside it, with its date and reason, and does not replace it.",
        ),
    ),
)

WORD_DEFINITIONS: tuple[tuple[Text, Text], ...] = (
    (
        Text("Jalon", "Checkpoint"),
        Text(
            "Un moment que le plan fixe pour faire le point, avec une échéance.",
            "A moment that the plan sets for taking stock, with a due date.",
        ),
    ),
    (
        Text("Indicateur", "Indicator"),
        Text(
            "Un résultat que le plan annonce pour une action à un jalon; il est fait ou ne l’est "
            "pas encore.",
            "A result that the plan announces for an action at a checkpoint; it is done, or not "
            "done yet.",
        ),
    ),
    (
        Text("Gel", "Freeze"),
        Text(
            "Le jour où l’état est fixé, quelques jours ouvrables après l’échéance, pour que ce "
            "qui a été fait à temps puisse encore être inscrit.",
            "The day on which the status is fixed, a few working days after the due date, so that "
            "what was done in time can still be recorded.",
        ),
    ),
    (
        Text("Instantané", "Snapshot"),
        Text(
            "L’état de toutes les actions, tel qu’il a été publié un jour donné. Les instantanés "
            "sont numérotés et se lisent tous.",
            "The state of all the actions as it was published on a given day. Snapshots are "
            "numbered, and all of them can be read.",
        ),
    ),
    (
        Text("Révision du plan", "Plan revision"),
        Text(
            "Une version du plan que la ville a adoptée; ce qu’elle change se lit dans ce qui a "
            "changé.",
            "A version of the plan that the city adopted; what it changes is told among the "
            "changes.",
        ),
    ),
    (
        Text("Retenu", "Withheld"),
        Text(
            "Un texte de la ville qui n’est pas publié, parce qu’il semble contenir un "
            "renseignement privé.",
            "A text of the city that is not published, because it seems to hold private "
            "information.",
        ),
    ),
    (
        Text("Texte retiré", "Text withdrawn"),
        Text(
            "Un texte qui a été publié, puis retiré des instantanés par une décision; le jour et "
            "le motif sont publiés.",
            "A text that was published, then withdrawn from the snapshots by a decision; the day "
            "and the reason are published.",
        ),
    ),
    (
        Text("Empreinte", "Digest"),
        Text(
            "Une suite de chiffres et de lettres calculée sur un fichier : si un seul caractère "
            "du fichier change, elle change.",
            "A run of digits and letters worked out from a file: if a single character of the "
            "file changes, so does it.",
        ),
    ),
    (
        Text("Note signée", "Signed note"),
        Text(
            "Quelques lignes, signées par la ville, qui engagent tous les instantanés publiés. "
            "Qui en garde une copie peut montrer plus tard si le passé a été récrit.",
            "A few lines, signed by the city, that bind all the snapshots published. Whoever "
            "keeps a copy can show later whether the past was rewritten.",
        ),
    ),
)
"""Words of these pages that are not a status, a mark or a question."""

BASIS_NAMES: Mapping[Basis, Text] = {
    "accord": Text(
        "la déclaration et les indicateurs concordent",
        "the declaration and the indicators agree",
    ),
    "indicateurs": Text(
        "les indicateurs seuls; rien n’est déclaré", "the indicators alone; nothing is declared"
    ),
    "declaration": Text("la déclaration de la direction", "the department’s declaration"),
    "desaccord": Text(
        "la déclaration et les indicateurs diffèrent", "the declaration and the indicators differ"
    ),
    "calendrier": Text(
        "le calendrier, car le gel est passé et tout n’était pas fait",
        "the calendar, for the freeze is past and not all was done",
    ),
    "reglement": Text("une décision de l’administration", "a decision of the administration"),
    "aucun": Text("rien n’est déclaré ni fait", "nothing is declared or done"),
}
"""What a status rests on, by the code in the open data."""
