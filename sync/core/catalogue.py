"""
The catalogue of findings: for each code its severity, rule, choices and wording.

The table in `docs/findings.md` is tested against this one. Wording is filled from a finding's
facts; every fact a template names is required.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sync.core.fill import fill
from sync.core.marks import place_of
from sync.model.finding import Choice, Finding, Severity
from sync.wording import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """
    `says` is filled with the finding's facts; `do` tells the person what can be done.

    `choices` are what a person may settle it with; without any, it ends only at its cause. Once
    the status that it is about is frozen, `do_frozen` goes before `do`.
    """

    severity: Severity
    says: Text
    do: Text
    asks_manager: bool = False
    choices: tuple[Choice, ...] = ("keep",)
    do_frozen: Text | None = None


CATALOGUE: Final[dict[str, Entry]] = {
    "plan.no_indicator": Entry(
        "info",
        Text(
            "L’action {action} n’a aucun indicateur au jalon « {checkpoint} ».",
            "Action {action} has no indicator at checkpoint “{checkpoint}”.",
        ),
        Text(
            "Compléter le plan, ou laisser « sans objet ».",
            "Complete the plan, or leave it “not applicable”.",
        ),
    ),
    "plan.state_word": Entry(
        "info",
        Text(
            "L’indicateur {indicator} publie un état (« {text} ») en guise de cible.",
            "Indicator {indicator} publishes a state (“{text}”) as its goal.",
        ),
        Text(
            "Préciser le livrable attendu; un mot d’état n’est jamais publié comme un résultat.",
            "Name the expected deliverable; a state word is never published as a result.",
        ),
    ),
    "plan.file_differs": Entry(
        "warning",
        Text(
            "Le fichier du plan diffère du plan en vigueur (révision {revision}) : "
            "{count:# changement|# changements}.",
            "The plan file differs from the plan of record (revision {revision}): "
            "{count:# change|# changes}.",
        ),
        Text(
            "Examiner avec « jalon import », puis adopter avec --yes, ou rétablir le fichier.",
            "Review with `jalon import`, then adopt with --yes, or restore the file.",
        ),
    ),
    "plan.reworded": Entry(
        "warning",
        Text(
            "Le fichier du plan donne d’autres mots à {id} : « {file} », au lieu de « {record} » "
            "au plan en vigueur.",
            "The plan file gives other words to {id}: “{file}” instead of “{record}” in the plan "
            "of record.",
        ),
        Text(
            "Adopter la révision avec « jalon import --yes », ou rétablir le fichier; jusque-là, "
            "les mots en vigueur restent publiés.",
            "Adopt the revision with `jalon import --yes`, or restore the file; until then the "
            "words of record stay published.",
        ),
    ),
    "task.missing": Entry(
        "error",
        Text(
            "La tâche de {title} n’existe plus dans Asana; la page garde son dernier état connu, "
            "du {last_seen:day}.",
            "The task of {title} is gone from Asana; the page keeps its last known state, "
            "of {last_seen}.",
        ),
        Text(
            "La restaurer dans Asana, ou choisir de la recréer; une action peut aussi être "
            "retirée.",
            "Restore it in Asana, or choose to create it anew; an action can also be retired.",
        ),
        choices=("recreate", "retire", "keep"),
    ),
    "task.moved": Entry(
        "error",
        Text(
            "La tâche de {title} a quitté le projet du plan.",
            "The task of {title} has left the plan’s project.",
        ),
        Text(
            "La remettre dans le projet, ou régler : elle a été déplacée à dessein.",
            "Put it back into the project, or settle it: it was moved on purpose.",
        ),
        asks_manager=True,
        choices=("plan", "retire", "keep"),
    ),
    "task.rehung": Entry(
        "warning",
        Text(
            "L’indicateur {title} n’est plus accroché à son action.",
            "Indicator {title} no longer hangs under its action.",
        ),
        Text("Le raccrocher à sa tâche.", "Hang it under its task again."),
        asks_manager=True,
        choices=("plan", "keep"),
    ),
    "task.duplicated": Entry(
        "error",
        Text(
            "{count:# tâche porte|# tâches portent} l’identifiant de {title} en plus de la bonne; "
            "Jalon n’y touche pas.",
            "{count:# task carries|# tasks carry} the id of {title} beside the right one; "
            "Jalon leaves {count:it|them} alone.",
        ),
        Text(
            "Supprimer la copie, ou en ôter l’identifiant (champ « Jalon id » et dernière ligne).",
            "Delete the copy, or remove the id from it (“Jalon id” field and last line).",
        ),
        asks_manager=True,
        choices=("duplicate", "keep"),
    ),
    "task.foreign": Entry(
        "info",
        Text(
            "{count:# tâche du projet n’appartient|# tâches du projet n’appartiennent} pas au "
            "plan; {count:elle n’est ni modifiée ni publiée|elles ne sont ni modifiées ni "
            "publiées}.",
            "{count:# task in the project does|# tasks in the project do} not belong to the plan; "
            "{count:it is|they are} neither changed nor published.",
        ),
        Text("Rien à faire si c’est voulu.", "Nothing to do if that is intended."),
    ),
    "task.identity_doubt": Entry(
        "error",
        Text(
            "L’identité de {title} est en doute : {why}. Rien n’y est écrit.",
            "The identity of {title} is in doubt: {why}. Nothing is written to it.",
        ),
        Text(
            "Vider le champ « Jalon id » de cette tâche : Jalon y remet le bon identifiant.",
            "Clear the “Jalon id” field of this task: Jalon puts the right id back.",
        ),
        asks_manager=True,
    ),
    "task.awaited": Entry(
        "warning",
        Text(
            "La création de {title} est restée sans réponse; elle sera tranchée par une lecture "
            "complète après {until}.",
            "The creation of {title} got no answer; a complete read after {until} will tell.",
        ),
        Text("Attendre le prochain cycle.", "Wait for the next cycle."),
        choices=(),
    ),
    "task.blocked": Entry(
        "error",
        Text(
            "La tâche de {title} ne peut pas être créée : ce qui doit la porter manque dans Asana.",
            "The task of {title} cannot be created: what must hold it is missing in Asana.",
        ),
        Text(
            "Régler d’abord le constat sur la section, le champ ou la tâche en cause.",
            "First settle the finding about the section, the field or the task concerned.",
        ),
        choices=(),
    ),
    "task.retired": Entry(
        "info",
        Text(
            "{title} n’est plus au plan; sa tâche reste dans Asana, sans effet sur la page.",
            "{title} is no longer in the plan; its task stays in Asana, with no effect on the "
            "page.",
        ),
        Text(
            "La fermer ou la supprimer dans Asana, si elle n’y sert plus.",
            "Close or delete it in Asana, if it serves no more.",
        ),
    ),
    "task.refused": Entry(
        "error",
        Text(
            "Asana refuse l’écriture « {operation} » de {title} : {detail}",
            "Asana refuses the write “{operation}” of {title}: {detail}",
        ),
        Text(
            "Lire le motif et corriger; l’essai suivant se fait à la prochaine lecture complète "
            "(jalon sync --full).",
            "Read the reason and correct it; the next try is at the next full read "
            "(jalon sync --full).",
        ),
        choices=(),
    ),
    "field.restored": Entry(
        "warning",
        Text(
            "Le champ « {field} » de {title} avait été changé dans Asana (« {asana:day} »); "
            "la valeur du plan a été remise.",
            "Field “{field}” of {title} had been changed in Asana (“{asana}”); "
            "the plan’s value was restored.",
        ),
        Text(
            "Rien à faire; le texte remplacé est gardé au journal.",
            "Nothing to do; the replaced text is kept in the log.",
        ),
    ),
    "field.restored_again": Entry(
        "warning",
        Text(
            "Le champ « {field} » de {title} a été changé de nouveau moins de sept jours après "
            "avoir été remis; il est laissé tel quel (« {asana:day} »).",
            "Field “{field}” of {title} was changed again within seven days of being restored; "
            "it is left as it is (“{asana}”).",
        ),
        Text("S’entendre avec la personne qui le change.", "Talk with the person who changes it."),
        choices=("plan", "keep"),
    ),
    "field.drifted": Entry(
        "warning",
        Text(
            "« {field} » de {title} diffère du plan : plan « {plan:day} », Asana « {asana:day} ».",
            "“{field}” of {title} differs from the plan: plan “{plan}”, Asana “{asana}”.",
        ),
        Text(
            "Remettre la valeur du plan dans Asana, ou réviser le plan.",
            "Put the plan’s value back in Asana, or revise the plan.",
        ),
        choices=("plan", "asana", "keep"),
    ),
    "field.conflict": Entry(
        "error",
        Text(
            "« {field} » de {title} a changé des deux côtés : plan « {plan:day} », Asana "
            "« {asana:day} », dernier accord « {base:day} ». Rien n’est écrit.",
            "“{field}” of {title} changed on both sides: plan “{plan}”, Asana “{asana}”, "
            "last agreed “{base}”. Nothing is written.",
        ),
        Text("Choisir une des deux valeurs.", "Choose one of the two values."),
        choices=("plan", "asana", "keep"),
    ),
    "field.unseen": Entry(
        "warning",
        Text(
            "« {field} » de {title} porte dans Asana une valeur que personne n’a convenue "
            "(« {asana:day} », plan « {plan:day} »); elle est laissée telle quelle.",
            "“{field}” of {title} holds in Asana a value nobody agreed on "
            "(“{asana}”, plan “{plan}”); it is left as it is.",
        ),
        Text(
            "Choisir une des deux valeurs, ou vider le champ.",
            "Choose one of the two values, or clear the field.",
        ),
        choices=("plan", "asana", "keep"),
    ),
    "task.history_unread": Entry(
        "warning",
        Text(
            "Quelqu’un a écrit à {title} en même temps que Jalon, et Asana n’en donne plus "
            "l’historique (tâche supprimée, privée ou refusée) : un changement y est peut-être "
            "remplacé.",
            "Somebody wrote to {title} at the same time as Jalon, and Asana gives its history no "
            "more (task deleted, private or refused): a change to it may have been replaced.",
        ),
        Text(
            "Demander à qui tient cette tâche si son texte est encore le sien.",
            "Ask whoever keeps that task whether its text still is theirs.",
        ),
    ),
    "field.answer_kept": Entry(
        "warning",
        Text(
            "{title} : le champ « {field} » a été refait, vide; la page garde la réponse d’avant "
            "({was}).",
            "{title}: field “{field}” was made anew, empty; the page keeps the answer from before "
            "({was}).",
        ),
        Text(
            "L’inscrire de nouveau dans Asana, ou inscrire celle qui vaut maintenant.",
            "Enter it in Asana again, or enter the one that holds now.",
        ),
        asks_manager=True,
    ),
    "field.overwritten": Entry(
        "warning",
        Text(
            "« {field} » de {title} a été changé dans Asana au moment même où Jalon y écrivait; "
            "ce changement est remplacé. Asana le raconte ainsi : « {said} ».",
            "“{field}” of {title} was changed in Asana at the very moment Jalon wrote to it; that "
            "change is replaced. Asana tells it so: “{said}”.",
        ),
        Text(
            "Refaire le changement s’il doit tenir; il est gardé au journal.",
            "Make the change again if it is to stand; it is kept in the log.",
        ),
    ),
    "task.converted": Entry(
        "warning",
        Text(
            "La tâche de {title} est maintenant la sous-tâche d’une autre; elle est encore lue.",
            "The task of {title} is now a subtask of another; it is still read.",
        ),
        Text("En refaire une tâche du projet.", "Make it a task of the project again."),
        asks_manager=True,
    ),
    "schema.field_missing": Entry(
        "error",
        Text(
            "Le champ personnalisé « {field} » n’existe plus dans Asana.",
            "Custom field “{field}” no longer exists in Asana.",
        ),
        Text(
            "Asana ne rend pas un champ supprimé : en refaire un de ce nom et de ce type dans le "
            "projet, que Jalon prendra s’il est seul à convenir, ou choisir de le recréer. "
            "D’ici là et jusqu’à de nouvelles réponses, les dernières connues sont gardées.",
            "Asana gives no deleted field back: make one of that name and type in the project, "
            "which Jalon takes if it alone fits, or choose to create it anew. Until then and until "
            "there are new answers, the last known ones are kept.",
        ),
        choices=("recreate", "keep"),
    ),
    "schema.field_renamed": Entry(
        "info",
        Text(
            "Le champ « {field} » s’appelle « {asana} » dans Asana.",
            "Field “{field}” is called “{asana}” in Asana.",
        ),
        Text("Rien à faire, ou accorder mappings/.", "Nothing to do, or amend mappings/."),
    ),
    "schema.field_detached": Entry(
        "error",
        Text(
            "Le champ « {field} » a été retiré du projet « {project} ».",
            "Field “{field}” was removed from project “{project}”.",
        ),
        Text("Le remettre au projet.", "Add it to the project again."),
    ),
    "schema.field_retyped": Entry(
        "error",
        Text(
            "Le champ « {field} » est de type « {asana} » dans Asana; « {plan} » est attendu.",
            "Field “{field}” is of type “{asana}” in Asana; “{plan}” is expected.",
        ),
        Text("Corriger le champ ou mappings/.", "Correct the field or mappings/."),
    ),
    "schema.option_renamed": Entry(
        "info",
        Text(
            "L’option « {option} » du champ « {field} » s’appelle « {asana} » dans Asana.",
            "Option “{option}” of field “{field}” is called “{asana}” in Asana.",
        ),
        Text("Rien à faire, ou accorder mappings/.", "Nothing to do, or amend mappings/."),
    ),
    "schema.option_confused": Entry(
        "error",
        Text(
            "L’option « {option} » du champ « {field} » porte dans Asana le nom d’une autre, "
            "« {asana} » : ce qui y est choisi n’est plus lu; la dernière valeur connue est "
            "gardée.",
            "Option “{option}” of field “{field}” bears the name of another in Asana, “{asana}”: "
            "what is chosen there is read no more; the last known value is kept.",
        ),
        Text(
            "Rendre à chaque option son nom, puis vérifier ce qui fut choisi entre-temps.",
            "Give each option its name again, then check what was chosen meanwhile.",
        ),
    ),
    "schema.option_disabled": Entry(
        "error",
        Text(
            "L’option « {option} » du champ « {field} » est désactivée dans Asana.",
            "Option “{option}” of field “{field}” is disabled in Asana.",
        ),
        Text("La réactiver.", "Enable it again."),
    ),
    "schema.option_unknown": Entry(
        "error",
        Text(
            "{title} porte dans « {field} » une option que Jalon ne connaît pas (« {asana} »); "
            "la dernière valeur connue est gardée.",
            "{title} holds in “{field}” an option that Jalon does not know (“{asana}”); "
            "the last known value is kept.",
        ),
        Text("Choisir une option connue.", "Choose a known option."),
        asks_manager=True,
    ),
    "schema.section_missing": Entry(
        "warning",
        Text(
            "La section « {section} » n’existe plus dans Asana.",
            "Section “{section}” no longer exists in Asana.",
        ),
        Text(
            "En refaire une de ce nom dans le projet : Jalon la reconnaît à son nom. D’ici là, "
            "aucune tâche ne peut y être créée ni remise.",
            "Make one of that name in the project again: Jalon knows it by its name. Until then no "
            "task can be created there or put back.",
        ),
    ),
    "schema.section_renamed": Entry(
        "info",
        Text(
            "La section « {section} » s’appelle « {asana} » dans Asana.",
            "Section “{section}” is called “{asana}” in Asana.",
        ),
        Text("Rien à faire si c’est voulu.", "Nothing to do if that is intended."),
    ),
    "status.declared_without_evidence": Entry(
        "error",
        Text(
            "{action}, « {checkpoint} » : déclaré atteint, mais "
            "{done:aucun indicateur|# indicateur|# indicateurs} sur {expected} "
            "{done:n’est fait|est fait|sont faits}.",
            "{action}, “{checkpoint}”: declared achieved, but {done:none|#|#} of "
            "{expected:# indicator|# indicators} {done:is|is|are} done.",
        ),
        Text(
            "Cocher et dater les indicateurs faits, ou corriger l’état déclaré.",
            "Tick and date the indicators that are done, or correct the declared status.",
        ),
        asks_manager=True,
        choices=("confirm", "keep"),
    ),
    "status.evidence_without_declaration": Entry(
        "info",
        Text(
            "{action}, « {checkpoint} » : tout est fait ({expected} sur {expected}), mais aucun "
            "état n’est déclaré.",
            "{action}, “{checkpoint}”: all is done ({expected} of {expected}), but no status is "
            "declared.",
        ),
        Text("Déclarer l’état.", "Declare the status."),
        asks_manager=True,
        choices=("confirm", "keep"),
    ),
    "status.apart": Entry(
        "warning",
        Text(
            "{action}, « {checkpoint} » : déclaré « {declared} », alors "
            "{done:qu’aucun indicateur|que # indicateur|que # indicateurs} sur {expected} "
            "{done:n’est fait|est fait|sont faits}.",
            "{action}, “{checkpoint}”: declared “{declared_en}”, while {done:none|#|#} of "
            "{expected:# indicator|# indicators} {done:is|is|are} done.",
        ),
        Text("Accorder l’un avec l’autre.", "Bring the two in line."),
        asks_manager=True,
        choices=("confirm", "keep"),
    ),
    "status.continuity_misused": Entry(
        "warning",
        Text(
            "{action}, « {checkpoint} » : déclaré « en continu », mais ce qui n’y est pas continu "
            "n’est pas fait; compté « en cours ».",
            "{action}, “{checkpoint}”: declared “en continu”, but what is not a continuity there "
            "is not done; counted as under way.",
        ),
        Text("Choisir un autre état.", "Choose another status."),
        asks_manager=True,
        choices=("confirm", "keep"),
    ),
    "status.continuity_idle": Entry(
        "info",
        Text(
            "{action}, « {checkpoint} » : déclaré « en continu », mais rien ne montre d’activité "
            "(ni coche, ni date, ni preuve).",
            "{action}, “{checkpoint}”: declared “en continu”, but nothing shows any activity "
            "(no tick, no date, no proof).",
        ),
        Text(
            "Cocher et dater l’indicateur quand l’activité est en place, ou donner une preuve.",
            "Tick and date the indicator once the activity is in place, or give a proof.",
        ),
        asks_manager=True,
        choices=("confirm", "keep"),
    ),
    "status.achieved_late": Entry(
        "info",
        Text(
            "{action}, « {checkpoint} » : atteint en retard, le {done_on:day} pour une échéance "
            "le {due:day}.",
            "{action}, “{checkpoint}”: achieved late, on {done_on} when due on {due}.",
        ),
        Text(
            "Rien à faire si la date est juste; la page le dit ainsi.",
            "Nothing to do if the date is right; the page says so.",
        ),
    ),
    "status.undeclared": Entry(
        "warning",
        Text(
            "{action}, « {checkpoint} » : l’échéance est passée et rien n’est déclaré ni fait.",
            "{action}, “{checkpoint}”: the due date has passed and nothing is declared or done.",
        ),
        Text(
            "Déclarer l’état avant le gel; l’état figé, lui, ne changera plus.",
            "Declare the status before the freeze; the frozen status will change no more.",
        ),
        asks_manager=True,
        choices=("confirm", "retire", "keep"),
        do_frozen=Text(
            "L’état est figé et ne change plus. Si c’est fait, cocher et dater les indicateurs, ou "
            "déclarer l’état : la page le dira à côté de l’état figé.",
            "The status is frozen and changes no more. If it is done, tick and date the "
            "indicators, or declare the status: the page will say so beside the frozen status.",
        ),
    ),
    "status.final_before_midway": Entry(
        "warning",
        Text(
            "{action} : « {later} » est atteint alors que « {earlier} » ne l’est pas.",
            "{action}: “{later}” is achieved while “{earlier}” is not.",
        ),
        Text("Vérifier les deux jalons.", "Check both checkpoints."),
        asks_manager=True,
        choices=("confirm", "keep"),
    ),
    "status.regressed": Entry(
        "warning",
        Text(
            "{action}, « {checkpoint} » : figé « {frozen} », mais les données disent maintenant "
            "« {current} ».",
            "{action}, “{checkpoint}”: frozen as “{frozen_en}”, but the data now say "
            "“{current_en}”.",
        ),
        Text(
            "Rétablir ce qui a été décoché, ou expliquer; si c’est le plan qui a changé depuis le "
            "gel, le noter et laisser tel quel.",
            "Restore what was unticked, or explain; where the plan itself changed since the "
            "freeze, note it and leave it as it is.",
        ),
        asks_manager=True,
        choices=("confirm", "correct", "keep"),
    ),
    "status.frozen_otherwise": Entry(
        "warning",
        Text(
            "{action}, « {checkpoint} » : figé « {frozen} » au {frozen_on:day}, mais les données "
            "disent maintenant « {current} » de ce jour-là.",
            "{action}, “{checkpoint}”: frozen as “{frozen_en}” on {frozen_on}, but the data now "
            "say “{current_en}” of that day.",
        ),
        Text(
            "Vérifier la preuve; corriger l’état figé avec un motif public, ou laisser tel quel.",
            "Check the proof; correct the frozen status with a public reason, or leave it as it "
            "is.",
        ),
        choices=("correct", "keep"),
    ),
    "indicator.late_undated": Entry(
        "warning",
        Text(
            "{indicator} : coché après l’échéance sans date « Fait le »; compté au {done_on:day}.",
            "{indicator}: ticked after the due date without a “Fait le”; counted on {done_on}.",
        ),
        Text("Inscrire la date « Fait le ».", "Enter the “Fait le” date."),
        asks_manager=True,
    ),
    "indicator.backdated": Entry(
        "warning",
        Text(
            "{indicator} : la date « Fait le » ({done_on:day}) précède l’échéance, mais "
            "l’indicateur n’était pas fait au gel.",
            "{indicator}: its “Fait le” ({done_on}) is before the due date, but the indicator was "
            "not done at the freeze.",
        ),
        Text("Confirmer la date avec une preuve.", "Confirm the date with a proof."),
        asks_manager=True,
    ),
    "indicator.postdated": Entry(
        "warning",
        Text(
            "{indicator} : fait le {before:day} selon ce qui fut figé, mais daté maintenant du "
            "{done_on:day}, après l’échéance.",
            "{indicator}: done on {before} by what was frozen, but now dated {done_on}, after "
            "the due date.",
        ),
        Text(
            "Rétablir la date, ou corriger l’état figé avec un motif public.",
            "Restore the date, or correct the frozen status with a public reason.",
        ),
        asks_manager=True,
    ),
    "indicator.done_in_future": Entry(
        "warning",
        Text(
            "{indicator} : la date « Fait le » ({done_on:day}) est dans l’avenir; pas encore "
            "compté.",
            "{indicator}: its “Fait le” ({done_on}) is in the future; not counted yet.",
        ),
        Text("Corriger la date.", "Correct the date."),
        asks_manager=True,
    ),
    "indicator.ticked_in_future": Entry(
        "warning",
        Text(
            "{indicator} : coché dans Asana le {done_on:day}, un jour à venir, sans date "
            "« Fait le »; pas encore compté.",
            "{indicator}: ticked in Asana on {done_on}, a day to come, without a “Fait le”; not "
            "counted yet.",
        ),
        Text(
            "Si c’est déjà fait, inscrire « Fait le »; sinon, attendre ce jour ou décocher.",
            "If it is done already, enter “Fait le”; else wait for that day, or untick.",
        ),
        asks_manager=True,
    ),
    "indicator.quantity_short": Entry(
        "warning",
        Text(
            "{indicator} : coché, mais la quantité ({quantity}) est sous la cible ({goal}); "
            "pas compté comme fait.",
            "{indicator}: ticked, but its quantity ({quantity}) is below the goal ({goal}); "
            "not counted as done.",
        ),
        Text("Corriger la quantité ou décocher.", "Correct the quantity or untick."),
        asks_manager=True,
    ),
    "indicator.quantity_unfit": Entry(
        "warning",
        Text(
            "{indicator} : la quantité « {quantity} » n’est pas un nombre plausible; elle n’est "
            "ni comptée ni publiée.",
            "{indicator}: the quantity “{quantity}” is not a plausible number; it is neither "
            "counted nor published.",
        ),
        Text("Corriger la quantité.", "Correct the quantity."),
        asks_manager=True,
    ),
    "indicator.reworded_after_done": Entry(
        "warning",
        Text(
            "{indicator} : fait avant que le plan ne lui donne ces mots-ci; à confirmer.",
            "{indicator}: done before the plan gave it these words; to be confirmed.",
        ),
        Text(
            "Vérifier que ce qui a été fait répond au nouveau texte, puis inscrire « Fait le ».",
            "Check that what was done answers the new text, then enter “Fait le”.",
        ),
        asks_manager=True,
    ),
    "indicator.quantity_missing": Entry(
        "warning",
        Text(
            "{indicator} : coché sans quantité; pas compté comme fait, la cible est {goal}.",
            "{indicator}: ticked without a quantity; not counted as done, the goal is {goal}.",
        ),
        Text("Inscrire la quantité.", "Enter the quantity."),
        asks_manager=True,
    ),
    "indicator.quantity_undeclared": Entry(
        "warning",
        Text(
            "{indicator} : la quantité ({quantity}) atteint la cible ({goal}), mais rien n’est "
            "coché ni daté; pas compté comme fait.",
            "{indicator}: the quantity ({quantity}) meets the goal ({goal}), but nothing is ticked "
            "or dated; not counted as done.",
        ),
        Text(
            "Cocher et inscrire « Fait le », si c’est fait.",
            "Tick it and enter “Fait le”, if it is done.",
        ),
        asks_manager=True,
    ),
    "task.completed_with_open_indicators": Entry(
        "warning",
        Text(
            "{action} : la tâche est terminée, mais "
            "{open:# indicateur reste ouvert|# indicateurs restent ouverts}.",
            "{action}: the task is completed, but {open:# indicator is|# indicators are} still "
            "open.",
        ),
        Text(
            "Cocher ce qui est fait, ou rouvrir la tâche.", "Tick what is done, or reopen the task."
        ),
        asks_manager=True,
    ),
    "public.text_withheld": Entry(
        "warning",
        Text(
            "{action} : la note publique est retenue, car elle paraît contenir {what}.",
            "{action}: the public note is withheld, for it seems to contain {what_en}.",
        ),
        Text("Reformuler la note sans donnée privée.", "Reword the note without private data."),
        asks_manager=True,
    ),
    "public.link_withheld": Entry(
        "warning",
        Text(
            "{action} : le lien de preuve est retenu ({what}).",
            "{action}: the proof link is withheld ({what_en}).",
        ),
        Text("Donner une adresse https publique.", "Give a public https address."),
        asks_manager=True,
    ),
    "public.reason_withheld": Entry(
        "warning",
        Text(
            "{action} : le motif donné pour la page est retenu, car il paraît contenir {what}.",
            "{action}: the reason given for the page is withheld, for it seems to contain "
            "{what_en}.",
        ),
        Text(
            "Régler de nouveau, avec un motif sans donnée privée; ou corriger never_publish.",
            "Settle again, with a reason without private data; or mend never_publish.",
        ),
    ),
    "public.text_withdrawn": Entry(
        "warning",
        Text(
            "{action} : {what} a été retirée par décision. Le champ n’a pas été vidé depuis dans "
            "Asana : rien n’en est publié.",
            "{action}: {what_en} was withdrawn by decision. The field was not emptied in Asana "
            "since: nothing of it is published.",
        ),
        Text(
            "Vider ce champ dans Asana, ou « Publier la note », jusqu’au prochain cycle; ce qui y "
            "est mis après est publié.",
            "Empty that field in Asana, or « Publier la note », until the next cycle; what is put "
            "there after it is published.",
        ),
        asks_manager=True,
    ),
    "action.retired": Entry(
        "info",
        Text(
            "{action} : retirée par décision de {by}, le {on:day}; publiée « Retiré », et plus "
            "rien n’en est demandé.",
            "{action}: retired by decision of {by}, on {on}; published as “Retiré”, and nothing "
            "is asked of it any more.",
        ),
        Text("Rien à faire, ou la rétablir.", "Nothing to do, or reinstate it."),
        choices=("reinstate", "keep"),
    ),
    "action.stale": Entry(
        "info",
        Text(
            "{action} : dite en cours, mais personne n’y a rien changé dans Asana depuis le "
            "{since:day}.",
            "{action}: said to be under way, but nobody has changed anything of it in Asana since "
            "{since}.",
        ),
        Text(
            "Demander où elle en est à qui en répond.",
            "Ask whoever answers for it where it stands.",
        ),
    ),
    "guard.held": Entry(
        "error",
        Text("Le cycle est retenu : {why}", "The cycle is held: {why_en}"),
        Text(
            "Lire « jalon diff »; corriger la cause, ou, si c’est voulu, accepter ce changement "
            "par son empreinte.",
            "Read `jalon diff`; mend the cause or, if it is intended, accept this change set by "
            "its digest.",
        ),
        choices=(),
    ),
    "publish.altered": Entry(
        "warning",
        Text(
            "La cible « {target} » ne servait plus ce qui y avait été publié : {detail} La "
            "publication {number} y a été remise.",
            "Target “{target}” no longer served what had been published there: {detail_en} "
            "Publication {number} was put back.",
        ),
        Text(
            "Chercher qui ou quoi y écrit; dans un dossier, l’altéré est gardé à côté (.altere-…).",
            "Find out who or what writes there; in a folder, what was altered is kept beside it "
            "(.altere-…).",
        ),
    ),
    "publish.failed": Entry(
        "error",
        Text(
            "La cible « {target} » n’a pas pris la publication {number} : {detail}",
            "Target “{target}” did not take publication {number}: {detail}",
        ),
        Text(
            "La dernière bonne publication y reste; le prochain cycle réessaie.",
            "The last good publication stands there; the next cycle tries again.",
        ),
        choices=(),
    ),
}


def entry(finding: Finding) -> Entry:
    return CATALOGUE[finding.code]


def advice(finding: Finding, frozen: Collection[tuple[str, str]]) -> Text:
    """What can be done, where these actions at these checkpoints are frozen."""
    known = CATALOGUE.get(finding.code)
    if known is None:
        return Text("", "")
    return (place_of(finding.subject) in frozen and known.do_frozen) or known.do


def wording(finding: Finding) -> Text:
    """The finding's statement, filled in; an empty fact reads « vide »."""
    return fill(entry(finding).says, finding.facts)
