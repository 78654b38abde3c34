"""
The guard's rules of amount in words: the messages, the operator's table and the config key.

An amount can be accepted by a person who looked at it. What is wrong whatever its size (a lost
store, a wrong sandbox, a private value) stands in `sync/core/guard.py` and cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sync.core.fill import fill
from sync.model.guarding import Alarm
from sync.wording import Text

_PUT_BACK = Text(
    "Voir qui l’a fait; remettre dans Asana, ou accepter.",
    "See who did it; put it back in Asana, or accept.",
)
_READ_LOG = Text(
    "Lire `jalon diff`; si c’est voulu, accepter.", "Read `jalon diff`; if intended, accept."
)


@dataclass(frozen=True, slots=True)
class Amount:
    """
    One rule: its name, what happened, its figures, what to do, and the key of its limit.

    The English name is the rule's own, which is what is stored; the key stands in `guard:`.
    `measure` says how the limit reads: a share, a number, or none, where no amount is plausible.
    """

    name_fr: str
    happened: Text
    figures: Text
    do: Text
    key: str | None
    measure: Literal["share", "number", "none"] = "share"


AMOUNTS: Final[Mapping[str, Amount]] = {
    "plan empty": Amount(
        "plan vide",
        Text("Le plan en vigueur n’a plus d’action.", "The plan of record has no action left."),
        Text(
            "0 action au plan, {known:# connue|# connues}", "0 actions in the plan, {known} known"
        ),
        Text(
            "Corriger le document et l’importer de nouveau.",
            "Correct the document and import it again.",
        ),
        None,
        "none",
    ),
    "all tasks gone": Amount(
        "toutes les tâches disparues",
        Text("Toutes les tâches connues ont disparu.", "All known tasks are gone."),
        Text(
            "{changed:# tâche disparue|# tâches disparues} sur {known:# connue|# connues}",
            "{changed:# task|# tasks} gone of {known} known",
        ),
        Text(
            "Restaurer dans Asana, ou redonner l’accès au compte de Jalon.",
            "Restore them in Asana, or give Jalon’s account access again.",
        ),
        None,
        "none",
    ),
    "listing empty": Amount(
        "liste vide",
        Text(
            "Plus aucune tâche connue n’est dans nos projets.",
            "None of the known tasks is in our projects any more.",
        ),
        Text(
            "{changed:# tâche absente|# tâches absentes} de la liste sur {known} qui y "
            "{known:était|étaient}",
            "{changed:# task|# tasks} missing from the listing of {known} that {known:was|were} "
            "there",
        ),
        Text("Les ramener dans le projet.", "Bring them back into the project."),
        None,
        "none",
    ),
    "listing shrunk": Amount(
        "liste rétrécie",
        Text(
            "La liste du projet a rétréci : disparues ou sorties du projet.",
            "The project’s listing shrank: gone, or moved out of the project.",
        ),
        Text(
            "{changed:# tâche absente|# tâches absentes} de la liste, pour "
            "{known:# action connue|# actions connues}",
            "{changed:# task|# tasks} missing from the listing, for "
            "{known:# known action|# known actions}",
        ),
        Text("Les ramener dans le projet, ou accepter.", "Bring them back, or accept."),
        "max_shrunk_share",
    ),
    "too many missing": Amount(
        "trop de tâches disparues",
        Text("Trop de tâches ont disparu à la fois.", "Too many tasks are missing at once."),
        Text(
            "{changed:# tâche disparue|# tâches disparues} pour "
            "{known:# action connue|# actions connues}",
            "{changed:# task|# tasks} missing for {known:# known action|# known actions}",
        ),
        Text(
            "Les restaurer (corbeille d’Asana, 30 jours), ou accepter.",
            "Restore them (Asana’s trash, 30 days), or accept.",
        ),
        "max_missing_share",
    ),
    "people fields empty": Amount(
        "saisies toutes vidées",
        Text(
            "Tout ce que les gens avaient saisi est vide.",
            "Everything that people had entered is empty.",
        ),
        Text(
            "{changed:# valeur saisie effacée|# valeurs saisies effacées} sur {known}",
            "{changed:# entered value|# entered values} emptied of {known}",
        ),
        _PUT_BACK,
        "minimum_values",
        "none",
    ),
    "declarations emptied": Amount(
        "états déclarés vidés",
        Text("Trop d’états déclarés ont été vidés.", "Too many declared statuses were emptied."),
        Text(
            "{changed:# état déclaré vidé|# états déclarés vidés} sur {known}",
            "{changed:# declared status|# declared statuses} emptied of {known}",
        ),
        _PUT_BACK,
        "max_emptied_share",
    ),
    "done marks undone": Amount(
        "indicateurs décochés",
        Text("Trop d’indicateurs ont été décochés.", "Too many indicators were unticked."),
        Text(
            "{changed:# indicateur décoché|# indicateurs décochés} sur {known:# fait|# faits}",
            "{changed:# indicator|# indicators} unticked of {known} done",
        ),
        _PUT_BACK,
        "max_emptied_share",
    ),
    "declarations changed": Amount(
        "états déclarés changés",
        Text(
            "Trop d’états déclarés ont changé à la fois.",
            "Too many declared statuses changed at once.",
        ),
        Text(
            "{changed:# état déclaré changé|# états déclarés changés} sur {known}",
            "{changed:# declared status|# declared statuses} changed of {known}",
        ),
        _PUT_BACK,
        "max_declared_share",
    ),
    "schema changed": Amount(
        "champs ou options changés",
        Text(
            "Plusieurs de nos champs ou options ont disparu, changé de type ou été désactivés.",
            "Several of our fields or options are gone, retyped or disabled.",
        ),
        Text(
            "{changed:# champ ou option|# champs ou options} sur {known} : {where}",
            "{changed:# field or option|# fields or options} of {known}: {where}",
        ),
        Text(
            "Les remettre dans Asana, ou accepter de vivre sans.",
            "Put them back in Asana, or accept to live without.",
        ),
        "max_schema_changes",
        "number",
    ),
    "actions renumbered": Amount(
        "actions renumérotées",
        Text(
            "Le plan donne d’autres identifiants à des actions connues.",
            "The plan gives other ids to known actions.",
        ),
        Text(
            "{changed:# action|# actions} sous un autre identifiant, sur "
            "{known:# connue|# connues}",
            "{changed:# action|# actions} under another id, of {known} known",
        ),
        Text(
            "Remettre les identifiants dans le plan : un autre identifiant est une autre tâche.",
            "Put the ids back into the plan: another id is another task.",
        ),
        "max_renumbered_share",
    ),
    "too many creations": Amount(
        "trop de créations",
        Text("Trop de tâches seraient créées.", "Too many tasks would be created."),
        Text(
            "{changed:# tâche|# tâches} à créer pour {known:# connue|# connues}",
            "{changed:# task|# tasks} to create for {known} known",
        ),
        _READ_LOG,
        "max_created_share",
    ),
    "too many updates": Amount(
        "trop de mises à jour",
        Text("Trop de tâches seraient modifiées.", "Too many tasks would be changed."),
        Text(
            "{changed:# tâche|# tâches} à modifier sur {known:# connue|# connues}",
            "{changed:# task|# tasks} to update of {known} known",
        ),
        _READ_LOG,
        "max_updated_share",
    ),
    "field rewritten": Amount(
        "champ réécrit",
        Text(
            "Un même champ serait réécrit sur trop de tâches.",
            "One field would be rewritten on too many tasks.",
        ),
        Text(
            "« {where} » réécrit sur {changed:# tâche|# tâches}, de {known} qui {known:l’a|l’ont}",
            "“{where}” rewritten on {changed:# task|# tasks}, of {known} that {known:has|have} it",
        ),
        _READ_LOG,
        "max_field_share",
    ),
    "too many moves": Amount(
        "trop de déplacements",
        Text("Trop de tâches seraient déplacées.", "Too many tasks would be moved."),
        Text(
            "{changed:# tâche|# tâches} à déplacer sur {known:# connue|# connues}",
            "{changed:# task|# tasks} to move of {known} known",
        ),
        _READ_LOG,
        "max_moved_share",
    ),
    "too many restores": Amount(
        "trop de rétablissements",
        Text(
            "Trop de tâches seraient remises comme le plan les dit.",
            "Too many tasks would be put back to what the plan says.",
        ),
        Text(
            "{changed:# tâche|# tâches} à rétablir sur {known:# connue|# connues}",
            "{changed:# task|# tasks} to restore of {known} known",
        ),
        Text(
            "Voir qui a changé ces champs; si l’erreur est dans Asana, accepter les rétablit.",
            "See who changed these fields; if the slip is in Asana, accepting restores them.",
        ),
        "max_restored_share",
    ),
    "too much in one axis": Amount(
        "trop dans un seul axe",
        Text(
            "Presque tout un axe changerait de la même manière.",
            "Almost a whole axis would change in the same way.",
        ),
        Text("{where} : {changed} sur {known}", "{where}: {changed} of {known}"),
        _READ_LOG,
        "max_axis_share",
    ),
    "creations after a recovery": Amount(
        "créations après une reprise",
        Text(
            "Après une reprise de la base, un cycle créerait quelque chose dans Asana.",
            "After a recovery of the store, a cycle would create something in Asana.",
        ),
        Text(
            "{changed:# chose|# choses} à créer ({where}) après une reprise de la base",
            "{changed:# thing|# things} to create ({where}) after a recovery of the store",
        ),
        Text(
            "Ce qui manque a-t-il été supprimé? Le restaurer dans Asana (corbeille, 30 jours), "
            "ou accepter qu’il soit créé.",
            "Was what is missing removed? Restore it in Asana (trash, 30 days), or accept that "
            "it is created.",
        ),
        None,
        "none",
    ),
    "page after a recovery": Amount(
        "page après une reprise",
        Text(
            "Après une reprise de la base, la page perdrait ou contredirait ce qu’elle disait.",
            "After a recovery of the store, the page would lose or contradict what it said.",
        ),
        Text(
            "{changed:# chose publiée reculerait|# choses publiées reculeraient} après une reprise "
            "de la base : {where}",
            "{changed:# published thing|# published things} would turn back after a recovery of "
            "the store: {where}",
        ),
        Text(
            "Lire `jalon diff`; remettre dans Asana ou dans le plan, ou accepter.",
            "Read `jalon diff`; put it back in Asana or in the plan, or accept.",
        ),
        None,
        "none",
    ),
    "actions lost": Amount(
        "actions perdues",
        Text(
            "La publication perdrait une action sans révision du plan.",
            "The publication would lose an action without a plan revision.",
        ),
        Text(
            "{changed:# action|# actions} de moins sur la page, de {known}",
            "{changed:# action|# actions} fewer on the page, of {known}",
        ),
        Text("Signaler : cela ne doit pas arriver.", "Report it: this should not happen."),
        None,
        "none",
    ),
    "statuses turned back": Amount(
        "états publiés qui reculent",
        Text(
            "Trop d’états publiés reculeraient à la fois.",
            "Too many published statuses would turn back at once.",
        ),
        Text(
            "{changed:# état publié reculerait|# états publiés reculeraient} : {where}",
            "{changed:# published status|# published statuses} would turn back: {where}",
        ),
        Text(
            "Voir ce qui a été décoché; si c’est voulu, accepter.",
            "See what was unticked; if intended, accept.",
        ),
        "max_turned_back",
        "number",
    ),
}


def in_words(alarms: Sequence[Alarm]) -> Text:
    """Every rule tripped, each with its figures and its limit."""
    said = [_figures(alarm) for alarm in alarms]
    return Text("; ".join(one.fr for one in said), "; ".join(one.en for one in said))


def names_of(rules: str) -> Text:
    """The rules of a row of the log, as stored with commas between, by their names."""
    named = [AMOUNTS[rule].name_fr if rule in AMOUNTS else rule for rule in rules.split(", ")]
    return Text(", ".join(named), rules)


def _figures(alarm: Alarm) -> Text:
    amount = AMOUNTS[alarm.rule]
    facts = {"changed": alarm.changed, "known": alarm.known, "where": alarm.where}
    said, limit = fill(amount.figures, facts), _limit(alarm, amount)
    return Text(said.fr + limit.fr, said.en + limit.en)


def _limit(alarm: Alarm, amount: Amount) -> Text:
    if amount.measure == "share":
        share = f"{alarm.limit * 100:.0f}"
        return Text(f" (limite : {share} %)", f" (limit: {share}%)")
    if amount.measure == "number":
        return Text(f" (limite : {alarm.limit:.0f})", f" (limit: {alarm.limit:.0f})")
    return Text("", "")
