"""A public change as one sentence."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from markupsafe import Markup

from sync.core.changes import ChangeKind, PublicChange
from sync.core.status import STATUS_NAMES
from sync.model.progress import Basis, Status
from sync.site.dates import say_date
from sync.site.locales.definitions import BASIS_NAMES
from sync.wording import Language, Text

Mark = Callable[[str], str]
"""Sets the city's own words apart from ours: on a page, by the language that they are in."""

_SENTENCES: Final[Mapping[ChangeKind, Text]] = {
    ChangeKind.FIRST: Text("Première publication du suivi.", "First publication."),
    ChangeKind.PLAN: Text("Le plan a été révisé", "The plan was revised"),
    ChangeKind.SCHEDULE: Text("Calendrier du jalon modifié", "Checkpoint schedule changed"),
    ChangeKind.ENDING: Text("Fin du plan", "End of the plan"),
    ChangeKind.ENDED: Text(
        "Le plan a pris fin; voici son dernier état, lu",
        "The plan has ended; this is its last state, read",
    ),
    ChangeKind.RESUMED: Text("Le suivi du plan reprend", "The tracking of the plan goes on"),
    ChangeKind.ADDED: Text("Action ajoutée au plan", "Action added to the plan"),
    ChangeKind.RETIRED: Text("Action retirée du plan", "Action withdrawn from the plan"),
    ChangeKind.MOVED: Text("Action déplacée dans le plan", "Action moved within the plan"),
    ChangeKind.WORDING: Text("Libellé modifié", "Wording changed"),
    ChangeKind.STATUS: Text("État", "Status"),
    ChangeKind.FROZEN: Text("État fixé au gel", "Status fixed at the freeze"),
    ChangeKind.CORRECTED: Text(
        "État au gel corrigé par l’administration",
        "Status at the freeze corrected by the administration",
    ),
    ChangeKind.DONE: Text("Indicateur fait", "Indicator done"),
    ChangeKind.UNDONE: Text("Indicateur qui n’est plus fait", "Indicator no longer done"),
    ChangeKind.DONE_ON: Text("Date de réalisation corrigée", "Date of completion corrected"),
    ChangeKind.QUANTITY: Text("Quantité constatée", "Quantity recorded"),
    ChangeKind.INDICATOR_ADDED: Text("Indicateur ajouté", "Indicator added"),
    ChangeKind.INDICATOR_REMOVED: Text("Indicateur retiré", "Indicator withdrawn"),
    ChangeKind.GOAL: Text("Cible révisée", "Goal revised"),
    ChangeKind.DIRECTION: Text("Direction responsable", "Department in charge"),
}

_PLAN: Final[Mapping[str, Text]] = {
    "id": Text("Identifiant du plan", "Plan identifier"),
    "titre": Text("Titre du plan", "Plan title"),
    "revision": Text("Révision du plan", "Plan revision"),
    "adopte_le": Text("Date d’adoption de la révision", "Date of adoption of the revision"),
    "axe": Text("Titre d’un axe", "Title of an axis"),
    "objectif": Text("Objectif d’un axe", "Objective of an axis"),
    "volet": Text("Titre d’un volet", "Title of a section"),
}
"""What moved in the plan's own data, by its part."""

_MARKS: Final[Mapping[str, Text]] = {
    "declare": Text("Déclaration de la direction", "Declared by the department"),
    "regle_le": Text("Décision de l’administration", "Decision of the administration"),
    "selon": Text("Ce qui établit l’état", "What the status rests on"),
}

_TURNS: Final[Mapping[tuple[ChangeKind, str | None], tuple[Text, Text, Text]]] = {
    (ChangeKind.DEMONSTRATION, None): (
        Text("Les données sont inventées : c’est une démonstration", "The data are invented"),
        Text("Les données ne sont plus inventées", "The data are no longer invented"),
        Text("La nature des données a changé", "The nature of the data changed"),
    ),
    (ChangeKind.NOTE, None): (
        Text("Note de la ville ajoutée", "Note from the city added"),
        Text("Note de la ville enlevée", "Note from the city taken off"),
        Text("Note de la ville modifiée", "Note from the city changed"),
    ),
    (ChangeKind.EVIDENCE, None): (
        Text("Preuve publique ajoutée", "Public evidence added"),
        Text("Preuve publique enlevée", "Public evidence taken off"),
        Text("Preuve publique modifiée", "Public evidence changed"),
    ),
    (ChangeKind.WITHHELD, None): (
        Text("Note de la ville retenue", "Note from the city withheld"),
        Text("Note de la ville qui n’est plus retenue", "Note from the city no longer withheld"),
        Text("Retenue de la note modifiée", "Withholding of the note changed"),
    ),
    (ChangeKind.EVIDENCE_WITHHELD, None): (
        Text("Preuve retenue", "Evidence withheld"),
        Text("Preuve qui n’est plus retenue", "Evidence no longer withheld"),
        Text("Preuve retenue pour un autre motif", "Evidence withheld for another reason"),
    ),
    (ChangeKind.VISIBILITY, None): (
        Text(
            "La fiche de l’action n’est plus visible : le dernier état connu reste affiché",
            "The action’s record is no longer visible: its last known state stays shown",
        ),
        Text("La fiche de l’action est de nouveau visible", "The action’s record is visible again"),
        Text("Date de la dernière lecture modifiée", "Date of the last reading changed"),
    ),
    (ChangeKind.MARKS, "confirme"): (
        Text("L’état n’est plus à confirmer", "The status is no longer to be confirmed"),
        Text("L’état reste à confirmer", "The status remains to be confirmed"),
        Text("L’état est à revoir", "The status is to be looked at"),
    ),
    (ChangeKind.MARKS, "provisoire"): (
        Text("L’état devient provisoire", "The status becomes provisional"),
        Text("L’état n’est plus provisoire", "The status is no longer provisional"),
        Text("L’état est à revoir", "The status is to be looked at"),
    ),
    (ChangeKind.MARKS, "motif"): (
        Text("Motif de la décision publié", "Reason of the decision published"),
        Text("Motif de la décision enlevé", "Reason of the decision taken off"),
        Text("Motif de la décision modifié", "Reason of the decision changed"),
    ),
}
"""What came, what went, and what is another now: for values that the sentence does not repeat."""

_TEXTS: Final[Mapping[str, Text]] = {
    "note": Text("Texte retiré : note de la ville", "Text withdrawn: note from the city"),
    "preuve": Text("Texte retiré : preuve publique", "Text withdrawn: public evidence"),
    "motif": Text("Texte retiré : motif d’une décision", "Text withdrawn: reason of a decision"),
    "correction": Text(
        "Texte retiré : motif d’une correction", "Text withdrawn: reason of a correction"
    ),
}
"""Texts that were published once and were taken out of past snapshots, by field."""

_DATED: Final = frozenset({ChangeKind.DONE, ChangeKind.UNDONE, ChangeKind.ENDED})
"""Their value is the day on which the thing was done, or read."""


def say_change(
    change: PublicChange, checkpoints: Mapping[str, str], language: Language, mark: Mark = str
) -> str:
    """`checkpoints` gives a checkpoint's title by id; `mark` sets apart what is the city's."""
    sentence = _sentence(change, language, mark)
    if change.checkpoint_id is None:
        return sentence
    title = checkpoints.get(change.checkpoint_id, change.checkpoint_id)
    return _joined(" – ", (mark(f"{title[:1].upper()}{title[1:]}"), sentence))


def say_field(field: str, language: Language) -> str:
    """« Texte retiré : note de la ville », for the field of a withdrawn text."""
    return _TEXTS[field].in_(language)


def _sentence(change: PublicChange, language: Language, mark: Mark) -> str:
    colon = " : " if language == "fr" else ": "
    turn = _TURNS.get((change.kind, change.part))
    if turn is not None:
        came, went, other = turn
        return (went if change.after is None else came if change.before is None else other).in_(
            language
        )
    if change.kind is ChangeKind.WITHDRAWN:
        said = say_field(change.part or "note", language)
        reason = Text("motif", "reason").in_(language)
        return _joined("", (f"{said} ({reason}{colon}", mark(change.after or ""), ")"))
    said = _name(change).in_(language)
    values = _values(change, language, mark)
    if change.kind in _DATED and change.after:
        said, values = f"{said} {'le' if language == 'fr' else 'on'} {values}", ""
    elif change.kind in (ChangeKind.UNDONE, ChangeKind.RESUMED):
        values = ""
    if change.label is None or change.kind is ChangeKind.WORDING:
        return _joined(colon, (said, values)) if values else said
    if values:
        said = _joined("", (f"{said} (", values, ")"))
    return _joined(colon, (said, _quoted(change.label, language, mark)))


def _name(change: PublicChange) -> Text:
    """What moved, as the sentence begins."""
    if change.kind is ChangeKind.PLAN and change.part:
        return _PLAN[change.part]
    if change.kind is ChangeKind.MARKS:
        return _MARKS[change.part or "selon"]
    return _SENTENCES[change.kind]


def _values(change: PublicChange, language: Language, mark: Mark) -> str:
    if change.before == change.after or change.kind is ChangeKind.MOVED:
        return ""
    before, after = (
        _value(value, change, language, mark) for value in (change.before, change.after)
    )
    if before and after:
        return _joined("", (before, Text(" devient ", " becomes ").in_(language), after))
    if after:
        return after
    gone = Text("plus rien (auparavant ", "nothing any more (before: ").in_(language)
    return _joined("", (gone, before, ")"))


def _value(value: str | None, change: PublicChange, language: Language, mark: Mark) -> str:
    if value is None:
        return ""
    match change.kind, change.part:
        case (ChangeKind.STATUS | ChangeKind.FROZEN | ChangeKind.CORRECTED, _):
            return STATUS_NAMES[Status(value)].in_(language)
        case (ChangeKind.MARKS, "declare"):
            return STATUS_NAMES[Status(value)].in_(language)
        case (ChangeKind.MARKS, "selon"):
            basis: Basis = value  # type: ignore[assignment]
            return BASIS_NAMES[basis].in_(language)
        case (
            (ChangeKind.DONE | ChangeKind.UNDONE | ChangeKind.DONE_ON | ChangeKind.SCHEDULE, _)
            | (ChangeKind.ENDING | ChangeKind.ENDED | ChangeKind.RESUMED, _)
            | (ChangeKind.PLAN, "adopte_le")
            | (ChangeKind.MARKS, "regle_le")
        ):
            return say_date(date.fromisoformat(value), language)
        case (ChangeKind.PLAN, "revision"):
            return value
        case (ChangeKind.WORDING | ChangeKind.PLAN, _):
            return _quoted(value, language, mark)
    return mark(value)


def _quoted(words: str, language: Language, mark: Mark) -> str:
    opening, closing = ("« ", " »") if language == "fr" else ("“", "”")
    return _joined("", (opening, mark(words), closing))


def _joined(between: str, parts: tuple[str, ...]) -> str:
    """Escapes our own words where one of the parts is markup already."""
    if any(isinstance(part, Markup) for part in parts):
        return Markup(between).join(parts)  # noqa: S704  our own words
    return between.join(parts)
