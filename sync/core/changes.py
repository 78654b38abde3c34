"""
What changed for the public between two snapshots.

The feed and the page tell the same changes from the same values, so a reader who follows one
never learns something that the other hides. Two snapshots whose content differs always yield
at least one change: nothing on the page moves in silence. `numero`, `etat_au` and `genere_le`
are not content, and counts and totals are not content of their own; they follow from the rest.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sync.core.commitments import WITHDRAWN
from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicIndicator, PublicStanding, Snapshot


class ChangeKind(StrEnum):
    """The value is what the feed's extension says: French without accents, as in the snapshot."""

    FIRST = "premiere_publication"
    DEMONSTRATION = "demonstration"
    PLAN = "plan"  # the plan's own data: title, revision, headings, objectives
    SCHEDULE = "calendrier"  # a checkpoint was added, dropped, renamed or dated otherwise
    ENDING = "fin"  # the plan's last day was given, moved or taken away
    ENDED = "plan_termine"  # this is the plan's last state
    RESUMED = "plan_repris"  # it goes on after all
    ADDED = "action_ajoutee"
    RETIRED = "action_retiree"
    MOVED = "action_deplacee"
    WORDING = "libelle"
    STATUS = "etat"
    FROZEN = "etat_fige"
    CORRECTED = "etat_fige_corrige"  # a dated entry beside the frozen status, which stays
    MARKS = "precision"  # same status, other account or other reservation
    DONE = "indicateur_fait"
    UNDONE = "indicateur_defait"
    DONE_ON = "date_corrigee"
    QUANTITY = "quantite"
    INDICATOR_ADDED = "indicateur_ajoute"
    INDICATOR_REMOVED = "indicateur_retire"
    GOAL = "cible"
    NOTE = "note"
    EVIDENCE = "preuve"
    DIRECTION = "direction"
    WITHHELD = "texte_retenu"
    EVIDENCE_WITHHELD = "preuve_retenue"
    VISIBILITY = "visibilite"  # the task is no longer visible, or is again
    WITHDRAWN = "texte_retire"  # a text of past snapshots, by decision; its reason is `after`


@dataclass(frozen=True, slots=True)
class PublicChange:
    """
    One change. `title` is the action's, as published after the change.

    `before` and `after` are published values as text: a status, a date in ISO form, words.
    `label` names the thing inside the action that moved: an indicator's words. `part` is the key
    that moved, where the kind alone does not say which: of the plan's own data, of what goes with
    a status, of a withdrawn text.
    """

    kind: ChangeKind
    action_id: str | None = None
    title: str | None = None
    checkpoint_id: str | None = None
    indicator_id: str | None = None
    label: str | None = None
    before: str | None = None
    after: str | None = None
    part: str | None = None


def changes(before: Snapshot | None, after: Snapshot) -> tuple[PublicChange, ...]:
    """Every public change, in the order of the plan; without a `before`, the first publication."""
    if before is None:
        return (PublicChange(ChangeKind.FIRST),)
    return (*_plan(before, after), *_actions(before, after), *_withdrawn(before, after))


def _plan(before: Snapshot, after: Snapshot) -> Iterator[PublicChange]:
    if before.demonstration != after.demonstration:
        yield PublicChange(
            ChangeKind.DEMONSTRATION,
            before=_text(before.demonstration),
            after=_text(after.demonstration),
        )
    then_said, now_said = _headings(before), _headings(after)
    for place in dict.fromkeys([*now_said, *then_said]):
        was, is_ = then_said.get(place), now_said.get(place)
        if was != is_:
            yield PublicChange(ChangeKind.PLAN, before=was, after=is_, part=_part(place))
    if then_said == now_said and tuple(then_said) != tuple(now_said):
        yield PublicChange(ChangeKind.PLAN)
    olds = {c.id: c for c in before.jalons}
    news = {c.id: c for c in after.jalons}
    for key in dict.fromkeys([*news, *olds]):
        then, now = olds.get(key), news.get(key)
        if then != now:
            yield PublicChange(
                ChangeKind.SCHEDULE,
                checkpoint_id=key,
                before=then.echeance.isoformat() if then else None,
                after=now.echeance.isoformat() if now else None,
            )
    if tuple(olds) != tuple(news) and olds == news:
        yield PublicChange(ChangeKind.SCHEDULE)
    if before.fin != after.fin:
        yield PublicChange(ChangeKind.ENDING, before=_text(before.fin), after=_text(after.fin))
    if before.termine_le != after.termine_le:
        kind = ChangeKind.ENDED if after.termine_le else ChangeKind.RESUMED
        yield PublicChange(kind, before=_text(before.termine_le), after=_text(after.termine_le))


def _withdrawn(before: Snapshot, after: Snapshot) -> Iterator[PublicChange]:
    """Each later snapshot lists every withdrawal again; a new one is told once."""
    titles = {action.id: action.titre for action in (*before.actions(), *after.actions())}
    for one in after.retraits:
        if one not in before.retraits:
            yield PublicChange(
                ChangeKind.WITHDRAWN,
                one.action,
                titles.get(one.action, one.action),
                one.jalon,
                after=one.motif,
                part=one.champ,
            )


def _part(place: tuple[object, ...]) -> str:
    """The key that a heading stands under in the snapshot."""
    first, *rest = place
    if rest:
        return str(rest[0])
    return first if isinstance(first, str) else "axe"


def _headings(snapshot: Snapshot) -> dict[tuple[object, ...], str]:
    """What the plan says outside its actions, each line under the place that it has."""
    said: dict[tuple[object, ...], str] = {(name,): str(value) for name, value in snapshot.plan}
    for axis in snapshot.axes:
        said[axis.numero,] = axis.titre
        said[axis.numero, "objectif"] = axis.objectif
        said |= {(axis.numero, "volet", volet.id): volet.titre for volet in axis.volets}
    return said


def _actions(before: Snapshot, after: Snapshot) -> Iterator[PublicChange]:
    olds, news = _placed(before), _placed(after)
    erased_then, erased_now = _erased(before), _erased(after)
    kept_before = [key for key in olds if key in news]
    kept_after = [key for key in news if key in olds]
    for key, (place, action) in news.items():
        if key not in olds:
            yield PublicChange(ChangeKind.ADDED, key, action.titre)
            continue
        old_place, old = olds[key]
        if old_place != place:
            yield PublicChange(ChangeKind.MOVED, key, action.titre, before=old_place, after=place)
        gone = tuple(erased.get(key, frozenset()) for erased in (erased_then, erased_now))
        if old is not action or gone[0] != gone[1]:  # one value in both says the same
            order = [checkpoint.id for checkpoint in after.jalons]
            yield from _action(_as_was(old, gone[0]), _as_was(action, gone[1]), order)
    for key, (_, action) in olds.items():
        if key not in news:
            yield PublicChange(ChangeKind.RETIRED, key, action.titre)
    if kept_before != kept_after and all(olds[k][0] == news[k][0] for k in kept_after):
        yield PublicChange(ChangeKind.PLAN)


def _placed(snapshot: Snapshot) -> dict[str, tuple[str, PublicAction]]:
    return {
        action.id: (f"{axis.numero}/{volet.id}", action)
        for axis in snapshot.axes
        for volet in axis.volets
        for action in volet.actions
    }


_OF_ACTION: Final = re.compile(r"/axes/(\d+)/volets/(\d+)/actions/(\d+)/(note|preuve)")


def _erased(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The fields of each action whose text was withdrawn later: they held one all the same."""
    found: dict[str, frozenset[str]] = {}
    for place in snapshot.engagements:
        if match := _OF_ACTION.fullmatch(place):
            axis, volet, action = map(int, match.group(1, 2, 3))
            key = snapshot.axes[axis].volets[volet].actions[action].id
            found[key] = found.get(key, frozenset()) | {match[4]}
    return found


def _as_was(action: PublicAction, erased: frozenset[str]) -> PublicAction:
    """With words in the place of each text that is gone, so that its coming and going is told."""
    return action.model_copy(update=dict.fromkeys(erased, WITHDRAWN)) if erased else action


def _action(
    old: PublicAction, new: PublicAction, checkpoints: Sequence[str]
) -> Iterator[PublicChange]:
    """`checkpoints` in the plan's order, which canonical JSON does not keep inside an action."""

    def change(kind: ChangeKind, before: object = None, after: object = None) -> PublicChange:
        return PublicChange(kind, new.id, new.titre, before=_text(before), after=_text(after))

    if old.titre != new.titre:
        yield change(ChangeKind.WORDING, old.titre, new.titre)
    retired = _is_retired(new) and not _is_retired(old)
    if retired:
        yield change(ChangeKind.RETIRED)
    there = new.jalons.keys() | old.jalons.keys()
    for key in (*(c for c in checkpoints if c in there), *sorted(there - {*checkpoints})):
        yield from _standing(new, key, old.jalons.get(key), new.jalons.get(key), retired=retired)
    for kind, then, now in (
        (ChangeKind.NOTE, old.note, new.note),
        (ChangeKind.EVIDENCE, old.preuve, new.preuve),
        (ChangeKind.DIRECTION, old.direction, new.direction),
        (ChangeKind.WITHHELD, old.texte_retenu, new.texte_retenu),
        (ChangeKind.EVIDENCE_WITHHELD, old.preuve_retenue, new.preuve_retenue),
        (ChangeKind.VISIBILITY, old.donnees_du, new.donnees_du),
    ):
        if then != now:
            yield change(kind, then, now)


def _is_retired(action: PublicAction) -> bool:
    return bool(action.jalons) and all(
        standing.etat is Status.RETIRED for standing in action.jalons.values()
    )


def _standing(
    action: PublicAction,
    checkpoint_id: str,
    old: PublicStanding | None,
    new: PublicStanding | None,
    *,
    retired: bool,
) -> Iterator[PublicChange]:
    def change(kind: ChangeKind, before: object = None, after: object = None) -> PublicChange:
        return PublicChange(
            kind, action.id, action.titre, checkpoint_id, before=_text(before), after=_text(after)
        )

    if old is None or new is None:
        yield change(ChangeKind.STATUS, old and old.etat, new and new.etat)
        return
    if old.etat is not new.etat:
        if not retired:
            yield change(ChangeKind.STATUS, old.etat, new.etat)
    else:
        for part, then, now in _moved_marks(old, new):
            yield replace(change(ChangeKind.MARKS, then, now), part=part)
    if _frozen(old) != _frozen(new):
        yield change(ChangeKind.FROZEN, old.etat_fige, new.etat_fige)
    if old.corrections != new.corrections:
        yield change(ChangeKind.CORRECTED, _for_the_gel(old), _for_the_gel(new))
    yield from _indicators(action, checkpoint_id, old, new)


_MARKS: Final = ("declare", "confirme", "provisoire", "regle_le", "motif")
"""What a reader is told of by name; what a status rests on follows from these, save by itself."""


def _moved_marks(old: PublicStanding, new: PublicStanding) -> Iterator[tuple[str, object, object]]:
    moved = False
    for key in (*_MARKS, "selon"):
        then, now = getattr(old, key), getattr(new, key)
        if then != now and not (moved and key == "selon"):
            moved = True
            yield key, then, now


def _frozen(standing: PublicStanding) -> tuple[object, ...]:
    return (standing.etat_fige, standing.fige_le, standing.fige_apres_coup)


def _for_the_gel(standing: PublicStanding) -> Status | None:
    return standing.corrections[-1].etat if standing.corrections else standing.etat_fige


def _indicators(
    action: PublicAction, checkpoint_id: str, old: PublicStanding, new: PublicStanding
) -> Iterator[PublicChange]:
    def change(
        kind: ChangeKind, line: PublicIndicator, before: object = None, after: object = None
    ) -> PublicChange:
        return PublicChange(
            kind,
            action.id,
            action.titre,
            checkpoint_id,
            line.id,
            line.texte,
            _text(before),
            _text(after),
        )

    olds: Mapping[str, PublicIndicator] = {line.id: line for line in old.indicateurs}
    news: Mapping[str, PublicIndicator] = {line.id: line for line in new.indicateurs}
    for key, now in news.items():
        then = olds.get(key)
        if then is None:
            yield change(ChangeKind.INDICATOR_ADDED, now)
            continue
        if then.texte != now.texte:
            yield change(ChangeKind.WORDING, now, then.texte, now.texte)
        if then.cible != now.cible:
            yield change(ChangeKind.GOAL, now)
        if then.fait != now.fait:
            kind = ChangeKind.DONE if now.fait else ChangeKind.UNDONE
            yield change(kind, now, then.fait_le, now.fait_le)
        elif then.fait_le != now.fait_le:
            yield change(ChangeKind.DONE_ON, now, then.fait_le, now.fait_le)
        if then.quantite != now.quantite:
            yield change(ChangeKind.QUANTITY, now, then.quantite, now.quantite)
    for key, then in olds.items():
        if key not in news:
            yield change(ChangeKind.INDICATOR_REMOVED, then)
    kept = [key for key in news if key in olds]
    if kept != [key for key in olds if key in news]:
        yield PublicChange(ChangeKind.PLAN, action.id, action.titre, checkpoint_id)


def _text(value: object) -> str | None:
    """The value as the snapshot writes it; a date in ISO form, a boolean as `oui` or nothing."""
    if value is None or value is False:
        return None
    return "oui" if value is True else str(value)
