"""
What each side of a finding holds, and the rule that makes it one, for those who must decide.

Beside the catalogue: that one says what is wrong, this one why, and who says what. Templates are
filled from the finding's facts, as the catalogue's are.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sync.core.fill import fill
from sync.core.marks import is_task, ref_of
from sync.core.privacy import WITHHELD
from sync.model.finding import Finding
from sync.model.operation import Ref
from sync.wording import Text


class Side(NamedTuple):
    who: Text
    says: Text


class Grounds(NamedTuple):
    """`sides` are those that differ; of a thing that is alone in what it says there is one."""

    rule: Text
    sides: tuple[Side, ...]


def _says(template: str) -> Text:
    return Text(template, template)


def _day(fact: str) -> Text:
    """A fact that is a day, or may be: of a field both sides have one."""
    return _says(f"{{{fact}:day}}")


_PLAN, _ASANA = Text("plan", "plan"), Text("Asana", "Asana")
_DECLARED, _EVIDENCE = Text("déclaré", "declared"), Text("indicateurs", "indicators")
_CALENDAR, _FROZEN = Text("calendrier", "calendar"), Text("état figé", "frozen status")
_TODAY, _FILE = Text("données du jour", "today’s data"), Text("fichier", "file")
_RECORD, _GOAL = Text("plan en vigueur", "plan of record"), Text("cible", "goal")
_PUBLISHED, _TARGET = Text("publié", "published"), Text("cible de publication", "target")
_GIVEN = Text("motif donné", "reason given")
_NOTHING, _ACHIEVED = Text("rien", "nothing"), Text("atteint", "achieved")
_DONE_OF = Text("{done} sur {expected} {done:fait|faits}", "{done} of {expected} done")
_PLAN_ASANA = (Side(_PLAN, _day("plan")), Side(_ASANA, _day("asana")))


def _named(fact: str) -> tuple[Side, ...]:
    return (Side(_PLAN, _says(f"{{{fact}}}")), Side(_ASANA, _says("{asana}")))


def _there(fr: str, en: str, fact: str = "title") -> tuple[Side, ...]:
    """The plan has the thing; Asana's side in words."""
    return (Side(_PLAN, _says(f"{{{fact}}}")), Side(_ASANA, Text(fr, en)))


_UNIDENTIFIED = Text(
    "une tâche est reconnue par ce que Jalon y a inscrit, jamais par son titre",
    "a task is recognised by what Jalon wrote on it, never by its title",
)
_NOT_DELETED = Text(
    "une disparition est une question : rien n’est recréé ni retiré sans une personne",
    "an absence is a question: nothing is created anew or retired without a person",
)
_HOMES = Text(
    "chaque tâche du plan est dans son projet, et chaque indicateur sous son action",
    "each task of the plan is in its project, and each indicator under its action",
)
_OURS = Text(
    "les champs et les options sont retrouvés par leur identifiant, jamais recréés sous un autre "
    "nom",
    "fields and options are found by their id and never made again under another name",
)
_NAMES = Text(
    "un nom changé dans Asana est suivi et dit; mappings/ garde le sien",
    "a name changed in Asana is followed and told; mappings/ keeps its own",
)
_WEAKER = Text(
    "la déclaration et les indicateurs restent distincts; le plus faible est publié",
    "the declaration and the indicators stay apart; the weaker one is published",
)
_QUANTITIES = Text(
    "une quantité compte quand elle est cochée ou datée, chiffrée, et atteint sa cible",
    "a quantity counts once it is ticked or dated, has its figure, and meets its goal",
)
_DATES = Text(
    "« Fait le » dit quand; à défaut, le jour où la tâche fut cochée",
    "“Fait le” says when; without it, the day on which the task was ticked",
)
_BESIDE = Text(
    "un état figé ne change plus : une correction s’inscrit à côté, datée et motivée",
    "a frozen status changes no more: a correction stands beside it, dated and with a reason",
)
_ONE_WRITE = Text(
    "une écriture est envoyée une fois, et suivie jusqu’à ce que son issue soit connue",
    "a write is sent once, and followed until its outcome is known",
)
_PRIVATE = Text(
    "rien de privé n’est publié : ce qui y ressemble est retenu, le reste paraît",
    "nothing private is published: what looks so is withheld, the rest goes out",
)
_PLAN_OWNS = Text(
    "mappings/ : le plan possède ce champ, et le remet",
    "mappings/: the plan owns this field, and restores it",
)
_LOST_EDIT = Text(
    "Asana n’a pas d’écriture conditionnelle : ce qui fut remplacé est cherché après coup",
    "Asana has no conditional write: what was replaced is looked for afterwards",
)
_SERVED = Text(
    "chaque cible sert les octets de l’instantané en vigueur, relus à chaque cycle",
    "each target serves the bytes of the current snapshot, read back at every cycle",
)

GROUNDS: Final[Mapping[str, Grounds]] = {
    "plan.no_indicator": Grounds(
        Text(
            "chaque action promet au moins un résultat à chaque jalon",
            "each action promises at least one result at each checkpoint",
        ),
        (Side(_PLAN, _NOTHING),),
    ),
    "plan.state_word": Grounds(
        Text(
            "un indicateur nomme un résultat; un état n’en est pas un",
            "an indicator names a result; a state is none",
        ),
        (Side(_PLAN, _says("{text}")),),
    ),
    "plan.file_differs": Grounds(
        Text(
            "le plan en vigueur ne change que par une révision datée",
            "the plan of record changes only by a dated revision",
        ),
        (
            Side(_RECORD, Text("révision {revision}", "revision {revision}")),
            Side(_FILE, Text("{count:# changement|# changements}", "{count:# change|# changes}")),
        ),
    ),
    "plan.reworded": Grounds(
        Text(
            "le plan en vigueur ne change que par une révision datée",
            "the plan of record changes only by a dated revision",
        ),
        (Side(_RECORD, _says("{record}")), Side(_FILE, _says("{file}"))),
    ),
    "task.missing": Grounds(
        _NOT_DELETED,
        _there("disparue, vue le {last_seen:day}", "gone, last seen {last_seen}"),
    ),
    "task.moved": Grounds(_HOMES, _there("dans aucun de nos projets", "in none of our projects")),
    "task.rehung": Grounds(_HOMES, _there("sous une autre tâche", "under another task")),
    "task.converted": Grounds(_HOMES, _there("sous-tâche d’une autre", "subtask of another")),
    "task.duplicated": Grounds(_UNIDENTIFIED, _there("{count} de trop", "{count} too many")),
    "task.foreign": Grounds(
        Text(
            "ce qui n’est pas au plan n’est ni modifié ni publié",
            "what is not in the plan is neither changed nor published",
        ),
        (
            Side(_PLAN, _NOTHING),
            Side(_ASANA, Text("{count:# tâche|# tâches}", "{count:# task|# tasks}")),
        ),
    ),
    "task.identity_doubt": Grounds(_UNIDENTIFIED, _there("{why}", "{why}")),
    "task.awaited": Grounds(
        _ONE_WRITE, _there("sans réponse; relire après {until}", "no answer; read after {until}")
    ),
    "task.blocked": Grounds(_ONE_WRITE, _there("rien où la créer", "nothing to create it in")),
    "task.retired": Grounds(
        Text(
            "une action qui sort du plan garde sa tâche; Jalon ne supprime rien",
            "an action that leaves the plan keeps its task; Jalon deletes nothing",
        ),
        (Side(_PLAN, _NOTHING), Side(_ASANA, _says("{title}"))),
    ),
    "task.refused": Grounds(_ONE_WRITE, _there("{detail}", "{detail}")),
    "task.history_unread": Grounds(_LOST_EDIT, _there("historique refusé", "history refused")),
    "task.completed_with_open_indicators": Grounds(
        _WEAKER,
        (
            Side(_DECLARED, Text("tâche terminée", "task completed")),
            Side(_EVIDENCE, Text("{open:# ouvert|# ouverts}", "{open} open")),
        ),
    ),
    "field.restored": Grounds(
        _PLAN_OWNS,
        (
            Side(_PLAN, Text("remis", "restored")),
            Side(_ASANA, Text("avait : {asana:day}", "held: {asana}")),
        ),
    ),
    "field.restored_again": Grounds(
        Text(
            "ce qui est changé de nouveau dans les sept jours est laissé, et non combattu",
            "what is changed again within seven days is left, and not fought",
        ),
        _PLAN_ASANA,
    ),
    "field.drifted": Grounds(
        Text(
            "mappings/ : le plan possède ce champ; un écart est signalé, pas corrigé",
            "mappings/: the plan owns this field; a drift is reported, not corrected",
        ),
        _PLAN_ASANA,
    ),
    "field.conflict": Grounds(
        Text(
            "les deux côtés ont changé depuis le dernier accord : Jalon ne tranche pas",
            "both sides changed since they last agreed: Jalon does not take sides",
        ),
        (*_PLAN_ASANA, Side(Text("dernier accord", "last agreed"), _day("base"))),
    ),
    "field.unseen": Grounds(
        Text(
            "une valeur que personne n’a convenue n’est jamais remplacée",
            "a value that nobody agreed on is never replaced",
        ),
        _PLAN_ASANA,
    ),
    "field.overwritten": Grounds(
        _LOST_EDIT,
        (Side(_ASANA, _says("{said}")),),
    ),
    "field.answer_kept": Grounds(
        Text(
            "ce qui part avec un champ supprimé n’a été vidé par personne",
            "what goes with a deleted field was emptied by nobody",
        ),
        (Side(_ASANA, _NOTHING), Side(Text("avant", "before"), _day("was"))),
    ),
    "schema.field_missing": Grounds(
        Text(
            "un champ supprimé l’est pour de bon; de plusieurs qui lui ressemblent, aucun n’est "
            "pris",
            "a deleted field is gone for good; of several that are like it none is taken",
        ),
        _there(
            "{like:absent|absent|absent; # champs lui ressemblent}",
            "{like:gone|gone|gone; # fields are like it}",
            "field",
        ),
    ),
    "schema.field_renamed": Grounds(_NAMES, _named("field")),
    "schema.field_detached": Grounds(
        _OURS, _there("retiré de « {project} »", "removed from “{project}”", "field")
    ),
    "schema.field_retyped": Grounds(_OURS, _PLAN_ASANA),
    "schema.option_renamed": Grounds(_NAMES, _named("option")),
    "schema.option_confused": Grounds(
        Text(
            "de deux sens possibles aucun n’est deviné; le dernier connu est gardé",
            "of two possible meanings neither is guessed; the last known one is kept",
        ),
        _named("option"),
    ),
    "schema.option_disabled": Grounds(_OURS, _there("désactivée", "disabled", "option")),
    "schema.option_unknown": Grounds(
        Text(
            "une option inconnue n’est jamais interprétée; la dernière connue est gardée",
            "an unknown option is never interpreted; the last known one is kept",
        ),
        (
            Side(_PLAN, Text("options de mappings/", "options of mappings/")),
            Side(_ASANA, _says("{asana}")),
        ),
    ),
    "schema.section_missing": Grounds(_OURS, _there("absente", "gone", "section")),
    "schema.section_renamed": Grounds(_NAMES, _named("section")),
    "status.declared_without_evidence": Grounds(
        _WEAKER, (Side(_DECLARED, _ACHIEVED), Side(_EVIDENCE, _DONE_OF))
    ),
    "status.evidence_without_declaration": Grounds(
        Text(
            "les indicateurs seuls portent l’état tant que rien n’est déclaré",
            "the indicators alone carry the status while nothing is declared",
        ),
        (
            Side(_DECLARED, _NOTHING),
            Side(
                _EVIDENCE,
                Text("{expected} sur {expected} {expected:fait|faits}", "{expected} of {expected}"),
            ),
        ),
    ),
    "status.apart": Grounds(
        _WEAKER, (Side(_DECLARED, Text("{declared}", "{declared_en}")), Side(_EVIDENCE, _DONE_OF))
    ),
    "status.continuity_misused": Grounds(
        Text(
            "« en continu » ne vaut que pour une cible de continuité, le reste étant fait",
            "“en continu” holds only for a continuity goal, all else being done",
        ),
        (
            Side(_DECLARED, _says("en continu")),
            Side(_EVIDENCE, Text("pas tous faits", "not all done")),
        ),
    ),
    "status.continuity_idle": Grounds(
        Text(
            "« en continu » se publie sur la seule déclaration; une activité se montre",
            "“en continu” is published on the declaration alone; an activity can be shown",
        ),
        (Side(_DECLARED, _says("en continu")), Side(_EVIDENCE, _NOTHING)),
    ),
    "status.achieved_late": Grounds(
        Text(
            "le dernier indicateur fait après l’échéance rend l’action en retard",
            "the last indicator done after the due date makes the action late",
        ),
        (Side(_EVIDENCE, _day("done_on")), Side(_CALENDAR, _day("due"))),
    ),
    "status.undeclared": Grounds(
        Text(
            "à l’échéance, chaque action rend compte; sinon, « non évalué » au gel",
            "at the due date each action gives an account; else “not assessed” at the freeze",
        ),
        (
            Side(_DECLARED, _NOTHING),
            Side(_EVIDENCE, _NOTHING),
            Side(_CALENDAR, Text("échéance passée", "due date past")),
        ),
    ),
    "status.final_before_midway": Grounds(
        Text(
            "un jalon n’est pas atteint avant celui qui le précède",
            "a checkpoint is not achieved before the one that comes before it",
        ),
        (
            Side(_says("{earlier}"), Text("pas atteint", "not achieved")),
            Side(_says("{later}"), _ACHIEVED),
        ),
    ),
    "status.regressed": Grounds(
        _BESIDE,
        (
            Side(_FROZEN, Text("{frozen}", "{frozen_en}")),
            Side(_TODAY, Text("{current}", "{current_en}")),
        ),
    ),
    "status.frozen_otherwise": Grounds(
        _BESIDE,
        (
            Side(_FROZEN, Text("{frozen}", "{frozen_en}")),
            Side(_TODAY, Text("{current}, à ce jour-là", "{current_en}, of that day")),
        ),
    ),
    "indicator.late_undated": Grounds(
        _DATES,
        (
            Side(_EVIDENCE, Text("coché le {done_on:day}", "ticked on {done_on}")),
            Side(_CALENDAR, Text("échéance passée", "due date past")),
        ),
    ),
    "indicator.backdated": Grounds(
        _BESIDE,
        (
            Side(_FROZEN, Text("pas fait", "not done")),
            Side(_TODAY, Text("fait le {done_on:day}", "done on {done_on}")),
        ),
    ),
    "indicator.postdated": Grounds(
        _BESIDE,
        (
            Side(_FROZEN, Text("fait le {before:day}", "done on {before}")),
            Side(_TODAY, Text("fait le {done_on:day}", "done on {done_on}")),
        ),
    ),
    "indicator.done_in_future": Grounds(
        _DATES, (Side(_EVIDENCE, _day("done_on")), Side(_CALENDAR, Text("avenir", "future")))
    ),
    "indicator.ticked_in_future": Grounds(
        _DATES,
        (
            Side(_EVIDENCE, Text("coché le {done_on:day}", "ticked on {done_on}")),
            Side(_CALENDAR, Text("avenir", "future")),
        ),
    ),
    "indicator.quantity_short": Grounds(
        _QUANTITIES, (Side(_GOAL, _says("{goal}")), Side(_EVIDENCE, _says("{quantity}")))
    ),
    "indicator.quantity_missing": Grounds(
        _QUANTITIES, (Side(_GOAL, _says("{goal}")), Side(_EVIDENCE, _NOTHING))
    ),
    "indicator.quantity_undeclared": Grounds(
        _QUANTITIES,
        (
            Side(_GOAL, _says("{goal}")),
            Side(_EVIDENCE, Text("{quantity}, sans coche", "{quantity}, not ticked")),
        ),
    ),
    "indicator.quantity_unfit": Grounds(_QUANTITIES, (Side(_EVIDENCE, _says("{quantity}")),)),
    "indicator.reworded_after_done": Grounds(
        Text(
            "une coche ne passe pas en silence à d’autres mots",
            "a tick does not carry over in silence to other words",
        ),
        (Side(_PLAN, _says("{indicator}")), Side(_EVIDENCE, Text("fait avant", "done before"))),
    ),
    "public.text_withheld": Grounds(
        _PRIVATE,
        (
            Side(_PUBLISHED, _NOTHING),
            Side(_ASANA, Text("{what} : « {words} »", "{what_en}: “{words}”")),
        ),
    ),
    "public.link_withheld": Grounds(
        _PRIVATE,
        (
            Side(_PUBLISHED, _NOTHING),
            Side(_ASANA, Text("{what} : « {words} »", "{what_en}: “{words}”")),
        ),
    ),
    "public.reason_withheld": Grounds(
        _PRIVATE,
        (
            Side(_PUBLISHED, Text(WITHHELD, WITHHELD)),
            Side(_GIVEN, Text("{what} : « {words} »", "{what_en}: “{words}”")),
        ),
    ),
    "public.text_withdrawn": Grounds(
        Text(
            "un texte retiré ne revient pas tant que personne ne l’a ôté d’Asana",
            "a withdrawn text does not come back while nobody has taken it out of Asana",
        ),
        (
            Side(_PUBLISHED, _NOTHING),
            Side(_ASANA, Text("{what}, pas vidée", "{what_en}, not emptied")),
        ),
    ),
    "action.retired": Grounds(
        Text(
            "une action retirée le reste jusqu’à ce qu’on la rétablisse",
            "a retired action stays so until it is reinstated",
        ),
        (Side(_PUBLISHED, Text("Retiré, par {by}", "Retired, by {by}")),),
    ),
    "action.stale": Grounds(
        Text(
            "un travail en cours laisse une trace au moins une fois en trente jours",
            "work under way leaves a trace at least once in thirty days",
        ),
        (
            Side(_PUBLISHED, Text("en cours ou en continu", "under way or ongoing")),
            Side(_ASANA, Text("rien depuis le {since:day}", "nothing since {since}")),
        ),
    ),
    "guard.held": Grounds(
        Text(
            "un changement invraisemblable attend une personne",
            "an implausible change waits for a person",
        ),
        (Side(_PUBLISHED, _NOTHING), Side(_ASANA, Text("{figures}", "{figures_en}"))),
    ),
    "publish.altered": Grounds(
        _SERVED,
        (
            Side(_PUBLISHED, _says("nº {number}")),
            Side(_TARGET, Text("{detail}", "{detail_en}")),
        ),
    ),
    "publish.failed": Grounds(
        _SERVED,
        (
            Side(_PUBLISHED, _says("nº {number}")),
            Side(_TARGET, Text("{detail}", "{detail_en}")),
        ),
    ),
}


def sides(finding: Finding) -> tuple[tuple[Text, Text], ...]:
    """Who says what, filled in; an empty fact reads « vide ». Of an unknown code, nothing."""
    known = GROUNDS.get(finding.code)
    return (
        tuple((fill(s.who, finding.facts), fill(s.says, finding.facts)) for s in known.sides)
        if known
        else ()
    )


def rule_of(finding: Finding) -> Text | None:
    known = GROUNDS.get(finding.code)
    return known.rule if known else None


def asana_link(finding: Finding, links: Mapping[Ref, str], *, sandbox: bool) -> str | None:
    """
    Where the thing is in Asana, for those who have access; never for the public.

    In the form that Asana keeps working whatever its addresses become. The sandbox has no screen.
    """
    ref = ref_of(finding.subject)
    gid = links.get(ref)
    if gid is None or sandbox:
        return None
    if is_task(ref):
        return f"https://app.asana.com/0/0/{gid}"
    return f"https://app.asana.com/0/{gid}" if ref.startswith("project:") else None
