"""
What a person may choose for a finding, in words.

A choice with an effect acts at the next cycle, by the ordinary road: proposal, guard, journal.
One that is only noted changes nothing but the finding: it is not told again while its facts last.
"""

from dataclasses import dataclass
from typing import Final

from sync.model.finding import Choice
from sync.wording import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """`does` is what the next cycle does because of it."""

    name: Text
    does: Text
    noted: bool = False


CHOICES: Final[dict[Choice, Offer]] = {
    "plan": Offer(
        Text("remettre selon le plan", "restore from the plan"),
        Text(
            "La valeur du plan est écrite une fois dans Asana, si Asana porte encore la valeur "
            "que le constat disait; ce qui est remplacé reste au journal.",
            "The plan’s value is written to Asana once, if Asana still holds the value that the "
            "finding told of; what is replaced stays in the log.",
        ),
    ),
    "asana": Offer(
        Text("accepter ce que dit Asana", "accept what Asana says"),
        Text(
            "Le plan reçoit une révision datée, avec le motif; les mots d’avant restent dans la "
            "révision d’avant. Pour un nom, un volet ou l’ordre : le reste ne vient pas du plan.",
            "The plan gets a dated revision, with the reason; the words before stay in the "
            "revision before. For a name, a volet or the order: the rest is not the plan’s.",
        ),
    ),
    "keep": Offer(
        Text("laisser tel quel", "leave as it is"),
        Text(
            "Noté : rien n’est écrit, le constat n’est plus redit tant que ses faits durent.",
            "Noted: nothing is written, the finding is not told again while its facts last.",
        ),
        noted=True,
    ),
    "recreate": Offer(
        Text("recréer", "create anew"),
        Text(
            "Une tâche neuve est créée, une seule, avec ce que les gens avaient inscrit; celles "
            "de ses indicateurs, disparues avec elle, aussi. Un champ est refait, un seul, et mis "
            "à ses projets; Jalon y remet ce que le plan dit, les gens ce qu’ils y avaient "
            "inscrit : d’ici là la page garde les dernières réponses connues.",
            "One new task is created, with what people had entered; so are those of its "
            "indicators that went with it. One field is made anew and put on its projects; Jalon "
            "puts back what the plan says, people what they had entered: until then the page "
            "keeps the last known answers.",
        ),
    ),
    "retire": Offer(
        Text("retirer l’action", "retire the action"),
        Text(
            "L’action est publiée « Retiré », avec le motif public s’il y en a un; ses états "
            "figés restent. `action.retired` permet de la rétablir.",
            "The action is published as “Retiré”, with the public reason if there is one; its "
            "frozen statuses stay. `action.retired` lets it be reinstated.",
        ),
    ),
    "reinstate": Offer(
        Text("rétablir l’action", "reinstate the action"),
        Text(
            "L’action n’est plus retirée; son état se lit de nouveau dans les faits.",
            "The action is no longer retired; its status is read from the facts again.",
        ),
    ),
    "confirm": Offer(
        Text("confirmer un état", "confirm a status"),
        Text(
            "L’état publié, ou celui de --status, est publié « par règlement », avec sa date, "
            "jusqu’à ce que les faits changent.",
            "The published status, or that of --status, is published “as settled”, with its "
            "date, until the facts change.",
        ),
    ),
    "correct": Offer(
        Text("corriger l’état figé", "correct the frozen status"),
        Text(
            "L’état que disent les données, ou celui de --status, est publié à côté de l’état "
            "figé, avec sa date et le motif public, qui est requis; l’état figé reste tel quel.",
            "The status that the data say, or that of --status, is published beside the frozen "
            "one, with its date and the public reason, which is required; the frozen status stays "
            "as it is.",
        ),
    ),
    "duplicate": Offer(
        Text("déclarer la copie", "declare the copy"),
        Text(
            "Ces copies ne seront jamais prises pour la tâche, même si elle disparaît; une autre "
            "copie rouvre le constat.",
            "These copies are never taken for the task, even if it goes; another copy reopens "
            "the finding.",
        ),
    ),
}
