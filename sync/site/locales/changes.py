"""A public change as one sentence."""

from collections.abc import Mapping
from datetime import date

from sync.core.changes import ChangeKind, PublicChange
from sync.core.status import STATUS_NAMES
from sync.model.progress import Status
from sync.site.dates import say_date
from sync.wording import Language, Text

_SENTENCES: Mapping[ChangeKind, Text] = {
    ChangeKind.FIRST: Text("Première publication du suivi.", "First publication."),
    ChangeKind.DEMONSTRATION: Text(
        "La nature des données a changé : démonstration ou données réelles.",
        "The nature of the data changed: demonstration or real data.",
    ),
    ChangeKind.PLAN: Text("Le plan a été révisé", "The plan was revised"),
    ChangeKind.SCHEDULE: Text("Calendrier du jalon modifié", "Checkpoint schedule changed"),
    ChangeKind.ADDED: Text("Action ajoutée au plan", "Action added to the plan"),
    ChangeKind.RETIRED: Text("Action retirée du plan", "Action withdrawn from the plan"),
    ChangeKind.MOVED: Text("Action déplacée dans le plan", "Action moved within the plan"),
    ChangeKind.WORDING: Text("Libellé modifié", "Wording changed"),
    ChangeKind.FROZEN: Text("État figé", "Status frozen"),
    ChangeKind.CORRECTED: Text(
        "État au gel corrigé par l’administration",
        "Status at the freeze corrected by the administration",
    ),
    ChangeKind.MARKS: Text(
        "Précision modifiée (déclaration, concordance ou caractère provisoire)",
        "Mark changed (declaration, agreement or provisional)",
    ),
    ChangeKind.DONE: Text("Indicateur fait", "Indicator done"),
    ChangeKind.UNDONE: Text("Indicateur qui n’est plus fait", "Indicator no longer done"),
    ChangeKind.DONE_ON: Text("Date de réalisation corrigée", "Date of completion corrected"),
    ChangeKind.QUANTITY: Text("Quantité constatée", "Quantity recorded"),
    ChangeKind.INDICATOR_ADDED: Text("Indicateur ajouté", "Indicator added"),
    ChangeKind.INDICATOR_REMOVED: Text("Indicateur retiré", "Indicator withdrawn"),
    ChangeKind.GOAL: Text("Cible révisée", "Goal revised"),
    ChangeKind.NOTE: Text("Note publique modifiée", "Public note changed"),
    ChangeKind.EVIDENCE: Text("Preuve publique modifiée", "Public evidence changed"),
    ChangeKind.DIRECTION: Text("Direction responsable", "Department in charge"),
    ChangeKind.WITHHELD: Text("Note retenue ou rétablie", "Note withheld or restored"),
    ChangeKind.EVIDENCE_WITHHELD: Text(
        "Preuve retenue ou rétablie", "Evidence withheld or restored"
    ),
    ChangeKind.VISIBILITY: Text(
        "Visibilité de la fiche de l’action", "Visibility of the action’s record"
    ),
}

_UNSAID_VALUES = frozenset(
    {
        ChangeKind.DEMONSTRATION,
        ChangeKind.MOVED,
        ChangeKind.EVIDENCE,
        ChangeKind.NOTE,
        ChangeKind.WITHHELD,
        ChangeKind.EVIDENCE_WITHHELD,
        ChangeKind.VISIBILITY,
    }
)
"""Kinds whose values add nothing to the sentence, or are free text that the page shows anyway."""


def say_change(change: PublicChange, checkpoints: Mapping[str, str], language: Language) -> str:
    """`checkpoints` gives a checkpoint's title by id."""
    colon = " : " if language == "fr" else ": "
    parts = [] if change.kind is ChangeKind.STATUS else [_SENTENCES[change.kind].in_(language)]
    if change.label and change.kind is not ChangeKind.WORDING:
        parts.append(_quoted(change.label, language))
    if change.kind not in _UNSAID_VALUES and (values := _values(change, language)):
        parts.append(values)
    sentence = colon.join(parts)
    if change.checkpoint_id is None:
        return sentence
    title = checkpoints.get(change.checkpoint_id, change.checkpoint_id)
    return f"{title[:1].upper()}{title[1:]} – {sentence}"


def _values(change: PublicChange, language: Language) -> str:
    before, after = (
        _value(value, change.kind, language) for value in (change.before, change.after)
    )
    if before and after:
        return f"{before} → {after}"
    if after:
        return after
    if before and change.kind is not ChangeKind.UNDONE:
        return f"{before} → {'aucun' if language == 'fr' else 'none'}"
    return ""


def _value(value: str | None, kind: ChangeKind, language: Language) -> str:
    if value is None:
        return ""
    if kind in (ChangeKind.STATUS, ChangeKind.FROZEN, ChangeKind.CORRECTED):
        return STATUS_NAMES[Status(value)].in_(language)
    if kind in (ChangeKind.DONE, ChangeKind.UNDONE, ChangeKind.DONE_ON, ChangeKind.SCHEDULE):
        return say_date(date.fromisoformat(value), language)
    if kind in (ChangeKind.WORDING, ChangeKind.PLAN):
        return _quoted(value, language)
    return value


def _quoted(words: str, language: Language) -> str:
    return f"« {words} »" if language == "fr" else f"“{words}”"
