"""
What people do in Asana, kind by kind, and what must become of it.

Twenty-six kinds, in one order: of tasks 1 to 11, of the id field 12, of custom fields 13 to 18, of
options 19 to 23, of projects, access and sections 24 to 26; where a kind can fall on several
things, each is a variant (6a, 6b, …). « + » and « ++ » stand beside them. The operators' table is
made from this one (`tests/docs`), so that what they are told is what is tested.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.errors import SyncError, TargetDenied, UnsafeChangeSet
from sync.wording import Text

Act = Mapping[str, Any]
Statuses = Mapping[tuple[str, str], str]
PERSON = "Greffière"
SERVICE = "Jalon (compte de service)"
MIDWAY, FINAL = "mi-chemin", "finalite"
_REFS = ("task", "parent", "into", "project", "section")


@dataclass(frozen=True)
class Kind:
    """
    `acts` name objects by ref (`@action:A1-01`), which the stage turns into gids.

    `before` are acts that an earlier cycle has already digested. `findings` is what stands open
    at the end, `by_events` what stands before the next full read where that tells more, and
    `raced` what stands instead where Jalon was about to write the same thing; `early` where it
    had not yet made all that hangs on it.
    `statuses` are the published statuses that differ from those of the stage. A kind that
    `stops` the cycle with an error is undone by `undo`, after which all must be as before.
    """

    number: str
    name: Text
    outcome: Text
    acts: Sequence[Act]
    findings: frozenset[str] = frozenset()
    by_events: frozenset[str] | None = None
    before: Sequence[Act] = ()
    statuses: Statuses = field(default_factory=dict)
    stops: type[SyncError] | None = None
    undo: Sequence[Act] = ()
    raced: tuple[frozenset[str], ...] = ()
    early: tuple[frozenset[str], ...] = ()


def _edit(task: str, **changes: Any) -> Act:
    return {"verb": "edit_task", "task": f"@{task}", **changes}


def _do(verb: str, **arguments: Any) -> Act:
    return {"verb": verb, **arguments}


A1, A2, A3, A4 = "action:A1-01", "action:A1-02", "action:A1-03", "action:A2-01"
I1, I2, I3 = ("indicator:A1-01-mi-chemin-1", "indicator:A1-02-mi-chemin-1",
              "indicator:A1-03-mi-chemin-1")  # fmt: skip
OURS, THEIRS = "@project:actions", "@project:others"
_FOLLOWED = Text("Rien à craindre : Jalon suit la tâche.", "Nothing to fear: Jalon follows it.")
_MOVED = Text(
    "Constat « a quitté le projet »; la page garde le dernier état connu, daté.",
    "Finding “has left the project”; the page keeps the last known state, dated.",
)
_LOST = Text(
    "Constat « n’existe plus »; rien n’est recréé; la page garde le dernier état connu, daté.",
    "Finding “is gone”; nothing is made again; the page keeps the last known state, dated.",
)
_COPY = Text(
    "La copie porte le même identifiant : constat, et Jalon n’y écrit jamais.",
    "The copy carries the same id: a finding, and Jalon never writes to it.",
)
_TOLD = Text(
    "L’écart est signalé; ce que vous avez mis reste dans Asana, la page garde les mots du plan.",
    "The difference is reported; what you put stays in Asana, the page keeps the plan’s words.",
)
_BACK = Text(
    "La valeur du plan est remise une fois; le texte remplacé est au journal.",
    "The plan’s value is put back once; the replaced text is in the log.",
)
_NO_FIELD = Text(
    "Constat « n’existe plus »; rien n’est recréé sans vous; la dernière valeur lue est gardée.",
    "Finding “no longer exists”; nothing is made again without you; the last value read is kept.",
)
_HELD = Text(
    "Tout s’arrête sans rien écrire, et le dit; la page reste telle quelle.",
    "Everything stops without writing, and says so; the page stays as it is.",
)
_RACED = (frozenset({"field.conflict"}), frozenset({"field.overwritten"}))
_NO_ROOM = frozenset({"schema.section_missing", "task.blocked"})
_NOTHING = Text("Aucun effet.", "No effect.")

KINDS: tuple[Kind, ...] = (
    Kind(
        "1",
        Text("Tâche renommée", "Task renamed"),
        _TOLD,
        [_edit(A1, name="Mon bureau")],
        frozenset({"field.drifted"}),
        raced=_RACED,
    ),
    Kind(
        "2a",
        Text("Action terminée", "Action completed"),
        Text(
            "Constat s’il reste des indicateurs ouverts; l’état publié n’en dépend pas.",
            "A finding if indicators are still open; the published status does not hang on it.",
        ),
        [_edit(A1, completed=True)],
        frozenset({"task.completed_with_open_indicators"}),
    ),
    Kind(
        "2b",
        Text("Indicateur terminé", "Indicator completed"),
        Text(
            "Compté comme fait, au jour où il est coché.",
            "Counted as done, on the day it is ticked.",
        ),
        [_edit(I1, completed=True)],
        statuses={("A1-01", MIDWAY): "en_cours"},
    ),
    Kind(
        "3",
        Text("Indicateur rouvert", "Indicator reopened"),
        Text("N’est plus compté comme fait.", "No longer counted as done."),
        [_edit(I3, completed=False)],
        before=[_edit(I3, completed=True)],
    ),
    Kind(
        "4a",
        Text("Action supprimée", "Action deleted"),
        _LOST,
        [_do("trash_task", task=f"@{A3}")],
        frozenset({"task.missing"}),
        early=(
            frozenset({"task.missing", "task.blocked"}),
            frozenset({"task.missing", "task.refused"}),
        ),
    ),
    Kind(
        "4b",
        Text("Indicateur supprimé", "Indicator deleted"),
        _LOST,
        [_do("trash_task", task=f"@{I1}")],
        frozenset({"task.missing"}),
    ),
    Kind(
        "5",
        Text("Tâche tirée de la corbeille", "Task taken out of the trash"),
        Text("Reconnue; le constat se ferme.", "Recognised; the finding closes."),
        [_do("restore_task", task=f"@{A3}")],
        before=[_do("trash_task", task=f"@{A3}")],
    ),
    Kind(
        "6a",
        Text("Tâche déplacée dans une autre section", "Task moved to another section"),
        _TOLD,
        [_do("move_task", task=f"@{A1}", project=OURS, section="@section:1.2")],
        frozenset({"field.drifted"}),
    ),
    Kind(
        "6b",
        Text("Indicateur mis sous l’autre jalon", "Indicator put under the other checkpoint"),
        _TOLD,
        [
            _do(
                "move_task",
                task=f"@{I1}",
                project="@project:indicators",
                section="@section:finalite",
            )
        ],
        frozenset({"field.drifted"}),
        early=(frozenset({"field.unseen"}),),
    ),
    Kind(
        "6c",
        Text("Tâche ajoutée aussi à un autre projet", "Task added to another project too"),
        _FOLLOWED,
        [_do("move_task", task=f"@{A1}", project=THEIRS, section="À faire")],
    ),
    Kind(
        "6d",
        Text("Tâche déplacée dans un autre projet", "Task moved into another project"),
        _MOVED,
        [
            _do("move_task", task=f"@{A3}", project=THEIRS, section="À faire"),
            _do("remove_task", task=f"@{A3}", project=OURS),
        ],
        frozenset({"task.moved"}),
    ),
    Kind(
        "6e",
        Text("Tâche retirée du projet", "Task taken out of the project"),
        _MOVED,
        [_do("remove_task", task=f"@{A3}", project=OURS)],
        frozenset({"task.moved"}),
    ),
    Kind(
        "7a",
        Text("Action dupliquée", "Action duplicated"),
        _COPY,
        [_do("duplicate_task", task=f"@{A1}")],
        frozenset({"task.duplicated"}),
    ),
    Kind(
        "7b",
        Text("Indicateur dupliqué", "Indicator duplicated"),
        _COPY,
        [_do("duplicate_task", task=f"@{I1}", name="Copie")],
        frozenset({"task.duplicated"}),
    ),
    Kind(
        "8a",
        Text("Action fusionnée dans une autre", "Action merged into another"),
        Text(
            "Asana la termine : comme « Action terminée ».",
            "Asana completes it: as “Action completed”.",
        ),
        [_do("merge_task", task=f"@{A1}", into=f"@{A2}")],
        frozenset({"task.completed_with_open_indicators"}),
    ),
    Kind(
        "8b",
        Text("Indicateur fusionné dans un autre", "Indicator merged into another"),
        Text(
            "Asana le termine : il est compté comme fait. Rouvrez-le si ce n’est pas le cas.",
            "Asana completes it: it counts as done. Reopen it if it is not.",
        ),
        [_do("merge_task", task=f"@{I1}", into=f"@{I2}")],
        statuses={("A1-01", MIDWAY): "en_cours"},
    ),
    Kind(
        "9a",
        Text(
            "Action mise sous une autre, hors du projet",
            "Action put under another, out of the project",
        ),
        _MOVED,
        [_do("convert_to_subtask", task=f"@{A3}", parent=f"@{A1}")],
        frozenset({"task.moved"}),
    ),
    Kind(
        "9b",
        Text(
            "Action mise sous une autre, encore au projet",
            "Action put under another, still in the project",
        ),
        Text(
            "Constat; elle est encore lue et publiée.",
            "A finding; it is still read and published.",
        ),
        [_do("convert_to_subtask", task=f"@{A3}", parent=f"@{A1}", keep_projects=True)],
        frozenset({"task.converted"}),
    ),
    Kind(
        "9c",
        Text("Indicateur décroché de son action", "Indicator taken from its action"),
        Text("Constat; il est encore lu et publié.", "A finding; it is still read and published."),
        [_do("convert_to_task", task=f"@{I1}")],
        frozenset({"task.rehung"}),
        early=(frozenset(),),  # in the one request that proves the form: hung again
    ),
    Kind(
        "10a",
        Text("Action rendue privée", "Action made private"),
        _MOVED,
        [_do("make_task_private", task=f"@{A3}")],
        frozenset({"task.moved"}),
        early=(frozenset({"task.moved", "task.refused"}),),
    ),
    Kind(
        "10b",
        Text("Indicateur rendu privé", "Indicator made private"),
        _MOVED,
        [_do("make_task_private", task=f"@{I1}")],
        frozenset({"task.moved"}),
    ),
    Kind(
        "11a",
        Text("Responsable désigné", "Assignee set"),
        Text(
            "Respecté; Jalon n’en propose un qu’une fois, à une tâche qui n’en a pas.",
            "Respected; Jalon proposes one only once, for a task that has none.",
        ),
        [_edit(A2, assignee="directeur@ville.example")],
        early=(frozenset({"field.overwritten"}),),
    ),
    Kind(
        "11b",
        Text("Échéance d’un indicateur changée", "Due date of an indicator changed"),
        _TOLD,
        [_edit("indicator:A1-01-finalite-1", due_on="2026-03-01")],
        frozenset({"field.drifted"}),
        raced=_RACED,
    ),
    Kind(
        "11c",
        Text("Échéance d’une action fixée", "Due date of an action set"),
        _NOTHING,
        [_edit(A1, due_on="2026-03-01")],
    ),
    Kind(
        "12a",
        Text("« Jalon id » vidé", "“Jalon id” emptied"),
        _BACK,
        [_edit(A1, fields={"Jalon id": None})],
        frozenset({"field.restored"}),
    ),
    Kind(
        "12b",
        Text("« Jalon id » réécrit", "“Jalon id” rewritten"),
        _BACK,
        [_edit(A1, fields={"Jalon id": "A1-01 (bureau)"})],
        frozenset({"field.restored"}),
    ),
    Kind(
        "12c",
        Text("« Jalon id » échangés entre deux tâches", "“Jalon id” swapped between two tasks"),
        Text(
            "Les deux tâches sont en doute : constat, et rien n’y est écrit.",
            "Both tasks are in doubt: a finding, and nothing is written to them.",
        ),
        [
            _edit(A1, fields={"Jalon id": "essai/A1-03"}),
            _edit(A3, fields={"Jalon id": "essai/A1-01"}),
        ],
        frozenset({"task.identity_doubt"}),
    ),
    Kind(
        "12d",
        Text(
            "« Jalon id » d’une action mis sur une autre", "“Jalon id” of one action put on another"
        ),
        Text(
            "Celle qui porte l’identifiant d’une autre est en doute : rien n’y est écrit.",
            "The one that carries another’s id is in doubt: nothing is written to it.",
        ),
        [_edit(A3, fields={"Jalon id": "essai/A1-01"})],
        frozenset({"task.identity_doubt"}),
    ),
    Kind(
        "13",
        Text("Champ renommé", "Field renamed"),
        _FOLLOWED,
        [_do("rename_field", field="Note publique", name="Mot public")],
        frozenset({"schema.field_renamed"}),
        by_events=frozenset(),
    ),
    Kind(
        "14a",
        Text("Champ des gens supprimé", "People’s field deleted"),
        _NO_FIELD,
        [_do("delete_field", field="État déclaré – Mi-chemin")],
        frozenset({"schema.field_missing"}),
        by_events=frozenset(),
    ),
    Kind(
        "14b",
        Text("« Jalon id » supprimé", "“Jalon id” deleted"),
        _NO_FIELD,
        [_do("delete_field", field="Jalon id")],
        frozenset({"schema.field_missing"}),
        by_events=frozenset(),
    ),
    Kind(
        "14c",
        Text("« Suivi public » supprimé", "“Suivi public” deleted"),
        _NO_FIELD,
        [_do("delete_field", field="Suivi public")],
        frozenset({"schema.field_missing"}),
        by_events=frozenset(),
    ),
    Kind(
        "15",
        Text("Champ refait sous un autre type", "Field made anew with another type"),
        _NO_FIELD,
        [_do("replace_field", field="Quantité", kind="text", described=True)],
        frozenset({"schema.field_missing"}),
        by_events=frozenset(),
    ),
    Kind(
        "16a",
        Text("Champ des gens retiré du projet", "People’s field removed from the project"),
        Text(
            "Constat; la dernière valeur lue est gardée.",
            "A finding; the last value read is kept.",
        ),
        [_do("detach_field", field="État déclaré – Mi-chemin", project=OURS)],
        frozenset({"schema.field_detached"}),
        by_events=frozenset(),
    ),
    Kind(
        "16b",
        Text("« Jalon id » retiré du projet", "“Jalon id” removed from the project"),
        Text("Constat; les tâches restent reconnues.", "A finding; tasks are still recognised."),
        [_do("detach_field", field="Jalon id", project=OURS)],
        frozenset({"schema.field_detached"}),
        by_events=frozenset(),
    ),
    Kind(
        "17",
        Text("Champ refait sous le même nom", "Field made anew with the same name"),
        Text(
            "Jalon le prend; la dernière réponse lue est gardée et demandée de nouveau.",
            "Jalon takes it; the last answer read is kept, and asked for again.",
        ),
        [_do("replace_field", field="État déclaré – Mi-chemin")],
        frozenset({"field.answer_kept"}),
        by_events=frozenset(),
        early=(frozenset(), frozenset({"schema.field_missing"})),  # made again on no project
    ),
    Kind(
        "18",
        Text("Précision d’un nombre changée", "Precision of a number changed"),
        _NOTHING,
        [_do("set_precision", field="Quantité", precision=2)],
    ),
    Kind(
        "19",
        Text("Option renommée", "Option renamed"),
        _FOLLOWED,
        [
            _do(
                "rename_option",
                field="État déclaré – Mi-chemin",
                option="En cours",
                name="Ça avance",
            )
        ],
        frozenset({"schema.option_renamed"}),
        by_events=frozenset(),
    ),
    Kind(
        "20",
        Text("Option désactivée", "Option disabled"),
        Text("Constat; ce qui la porte la garde.", "A finding; what holds it keeps it."),
        [_do("disable_option", field="État déclaré – Mi-chemin", option="En cours")],
        frozenset({"schema.option_disabled"}),
        by_events=frozenset(),
    ),
    Kind(
        "21",
        Text("Option supprimée", "Option deleted"),
        Text("Asana ne fait que la désactiver : de même.", "Asana only disables it: likewise."),
        [_do("delete_option", field="Publier la note", option="Oui")],
        frozenset({"schema.option_disabled"}),
        by_events=frozenset(),
        before=[_do("add_option", field="Publier la note", name="Peut-être")],
    ),
    Kind(
        "22",
        Text("Option dupliquée, puis choisie", "Option duplicated, then chosen"),
        Text(
            "Option inconnue : constat, et la dernière valeur connue est gardée.",
            "An unknown option: a finding, and the last known value is kept.",
        ),
        [
            _do(
                "duplicate_option",
                field="État déclaré – Mi-chemin",
                option="Atteint",
                name="Atteint (copie)",
            ),
            _edit(A2, fields={"État déclaré – Mi-chemin": "Atteint (copie)"}),
        ],
        frozenset({"schema.option_unknown"}),
    ),
    Kind(
        "23",
        Text("Options réordonnées", "Options re-ordered"),
        _NOTHING,
        [_do("move_option", field="État déclaré – Mi-chemin", option="Atteint", before="À venir")],
    ),
    Kind(
        "24a",
        Text("Projet archivé", "Project archived"),
        _HELD,
        [_do("archive_project", project=OURS)],
        stops=UnsafeChangeSet,
        undo=[_do("edit_project", project=OURS, archived=False)],
    ),
    Kind(
        "24b",
        Text("Projet supprimé", "Project deleted"),
        _HELD,
        [_do("trash_project", project=OURS)],
        stops=UnsafeChangeSet,
        undo=[_do("restore_project", project=OURS)],
    ),
    Kind(
        "24c",
        Text("Projet des indicateurs supprimé", "Indicators’ project deleted"),
        _HELD,
        [_do("trash_project", project="@project:indicators")],
        stops=UnsafeChangeSet,
        undo=[_do("restore_project", project="@project:indicators")],
    ),
    Kind(
        "25a",
        Text("Accès retiré au compte de Jalon", "Jalon’s account loses its access"),
        _HELD,
        [_do("make_private", project=OURS), _do("unshare_project", project=OURS, member=SERVICE)],
        stops=TargetDenied,
        undo=[_do("share_project", project=OURS, member=SERVICE)],
    ),
    Kind(
        "25b",
        Text("Accès retiré à quelqu’un d’autre", "Someone else loses their access"),
        Text("Respecté : Jalon ne partage qu’une fois.", "Respected: Jalon shares only once."),
        [_do("unshare_project", project=OURS, member="Directeur")],
    ),
    Kind(
        "26a",
        Text("Section supprimée, tâches gardées", "Section deleted, its tasks kept"),
        Text(
            "Constats; les tâches sont suivies où elles sont.",
            "Findings; the tasks are followed where they are.",
        ),
        [_do("delete_section", section="@section:1.2", tasks="keep")],
        frozenset({"schema.section_missing", "field.drifted"}),
        by_events=frozenset({"field.drifted"}),
        early=(_NO_ROOM,),
    ),
    Kind(
        "26b",
        Text("Section supprimée avec ses tâches", "Section deleted with its tasks"),
        _LOST,
        [_do("delete_section", section="@section:1.2", tasks="trash")],
        frozenset({"schema.section_missing", "task.missing"}),
        early=(
            _NO_ROOM,
            _NO_ROOM | {"task.missing"},
            frozenset({"schema.section_missing", "task.missing", "task.refused"}),
        ),
    ),
    Kind(
        "++",
        Text("Tâche du même titre, tapée à la main", "Task of the same title, typed by hand"),
        Text(
            "Étrangère au plan : un titre ne dit rien, et rien n’y est écrit.",
            "Foreign to the plan: a title tells nothing, and nothing is written to it.",
        ),
        [_do("add_task", name="Délais", project=OURS)],
        frozenset({"task.foreign"}),
    ),
    Kind(
        "+",
        Text("« Suivi public » réécrit", "“Suivi public” rewritten"),
        _BACK,
        [_edit(A4, fields={"Suivi public": "Tout va mal"})],
        frozenset({"field.restored"}),
        raced=(frozenset({"field.overwritten"}), frozenset({"field.restored_again"})),
    ),
)
