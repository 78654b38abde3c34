"""
The public state of one plan at the end of a cycle.

Only what the models of `sync/model/snapshot.py` list can get in, and every word goes through
`presentable`. A snapshot gets a number only when its public content differs from the last one:
time alone changes nothing unless a status changed with it.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from pydantic_core import to_jsonable_python

from sync.core.presentable import presentable
from sync.core.privacy import WITHHELD, link_fault, private_in
from sync.core.progress import LARGEST_QUANTITY
from sync.core.reconcile import Frozen, Standings
from sync.core.status import STATUS_NAMES, is_done
from sync.core.values import normal
from sync.model.plan import Action, Goal, Indicator, Revision
from sync.model.progress import ActionProgress, IndicatorProgress, Rulings, Standing, Status
from sync.model.record import Head
from sync.model.rules import Rules
from sync.model.snapshot import (
    Counts,
    PublicAction,
    PublicAxis,
    PublicCheckpoint,
    PublicCorrection,
    PublicGoal,
    PublicIndicator,
    PublicLog,
    PublicPlan,
    PublicStanding,
    PublicTotals,
    PublicVolet,
    Snapshot,
)

_KINDS = {
    "deliverable": "livrable",
    "quantity": "quantite",
    "state": "etat",
    "continuity": "continuite",
}
VOLATILE = {"numero", "genere_le", "etat_au", "journal", "sels", "engagements"}
"""What is no content: the clock, the numbering, how far the log had come, and the salts."""


def build_snapshot(
    revision: Revision,
    rules: Rules,
    progress: Mapping[str, ActionProgress],
    standings: Standings,
    frozen: Frozen,
    *,
    number: int,
    as_of: date,
    generated_at: datetime,
    demonstration: bool,
    head: Head | None = None,
    rulings: Rulings | None = None,
) -> Snapshot:
    plan = revision.plan
    axes = tuple(
        PublicAxis(
            numero=axis.number,
            titre=presentable(axis.title),
            objectif=presentable(axis.objective),
            volets=tuple(
                PublicVolet(
                    id=volet.id,
                    titre=presentable(volet.title),
                    actions=tuple(
                        _action(
                            a, rules, progress[a.id], standings[a.id], frozen, as_of, rulings or {}
                        )
                        for a in volet.actions
                    ),
                )
                for volet in axis.volets
            ),
        )
        for axis in plan.axes
    )
    actions = [a for axis in axes for volet in axis.volets for a in volet.actions]
    return Snapshot(
        numero=number,
        etat_au=as_of,
        genere_le=generated_at,
        demonstration=demonstration,
        plan=PublicPlan(
            id=plan.id,
            titre=presentable(plan.title),
            revision=revision.number,
            adopte_le=revision.adopted_on,
        ),
        jalons=tuple(
            PublicCheckpoint(id=c.id, titre=presentable(c.title), echeance=c.due, gel=c.freeze_on)
            for c in rules.checkpoints
        ),
        totaux={c.id: totals_of(actions, c.id) for c in rules.checkpoints},
        axes=axes,
        journal=None if head is None else public_head(head),
        fin=rules.ends_on,
    )


def public_head(head: Head) -> PublicLog:
    return PublicLog(lignes=head.rows, tete=head.chain)


def _action(
    action: Action,
    rules: Rules,
    progress: ActionProgress,
    standings: Mapping[str, Standing],
    frozen: Frozen,
    as_of: date,
    rulings: Rulings,
) -> PublicAction:
    note = offered(progress.note, progress)
    proof = offered(progress.evidence, progress)
    withheld = note is not None and private_in(note, rules.never) is not None
    fault = None if proof is None else link_fault(proof, rules.never)
    return PublicAction(
        id=action.id,
        titre=presentable(action.title),
        jalons={
            c.id: _standing(
                action, c.id, progress, standings[c.id], frozen, as_of, rulings, rules.never
            )
            for c in rules.checkpoints
        },
        direction=_direction(rules, progress.direction),
        note=None if note is None or withheld else presentable(note).strip() or None,
        preuve=None if fault else proof,
        texte_retenu=withheld,
        preuve_retenue=fault[0] if fault else None,
        donnees_du=progress.read_on if not progress.visible else None,
    )


def _direction(rules: Rules, chosen: str | None) -> str | None:
    return next((presentable(d.name) for d in rules.directions if d.id == chosen), None)


def offered(typed: str | None, progress: ActionProgress) -> str | None:
    """What the manager typed, blanks around it aside, when it is meant for the public."""
    return (typed or "").strip() or None if progress.publish_note else None


def _standing(
    action: Action,
    checkpoint_id: str,
    progress: ActionProgress,
    standing: Standing,
    frozen: Frozen,
    as_of: date,
    rulings: Rulings,
    never: Collection[str],
) -> PublicStanding:
    fixed = frozen.get((action.id, checkpoint_id))
    ruling = rulings.get((action.id, checkpoint_id)) if standing.basis == "reglement" else None
    return PublicStanding(
        indicateurs=tuple(
            _indicator(i, progress.indicators[i.id], as_of)
            for i in action.indicators.get(checkpoint_id, ())
        ),
        faits=standing.done,
        attendus=standing.expected,
        declare=progress.declared.get(checkpoint_id),
        etat=standing.status,
        selon=standing.basis,
        confirme=standing.confirmed,
        provisoire=standing.provisional,
        etat_fige=fixed.standing.status if fixed else None,
        fige_le=fixed.frozen_on if fixed else None,
        fige_apres_coup=bool(fixed and fixed.after_the_fact),
        corrections=tuple(
            PublicCorrection(etat=one.status, le=one.on, motif=public_reason(one.reason, never))
            for one in (fixed.corrections if fixed else ())
        ),
        regle_le=ruling.on if ruling else None,
        motif=public_reason(ruling.reason, never) if ruling and ruling.reason else None,
    )


def public_reason(typed: str, never: Collection[str]) -> str:
    """What an administrator gave for the page; a rule may be younger than the reason."""
    return WITHHELD if private_in(typed, never) else presentable(typed)


def _indicator(indicator: Indicator, progress: IndicatorProgress, as_of: date) -> PublicIndicator:
    done = is_done(indicator, progress, as_of)
    return PublicIndicator(
        id=indicator.id,
        texte=presentable(indicator.text),
        cible=public_goal(indicator.goal),
        fait=done,
        fait_le=progress.done_on if done else None,
        quantite=_quantity(progress.quantity),
    )


@lru_cache(maxsize=1024)
def public_goal(goal: Goal) -> PublicGoal:
    return PublicGoal.model_validate(
        {
            "genre": _KINDS[goal.kind],
            "minimum": goal.at_least,
            "maximum": goal.at_most,
            "unite": None if goal.unit is None else presentable(goal.unit),
        }
    )


def _quantity(quantity: float | None) -> int | str | None:
    """
    A plausible figure, or None.

    Floats have no canonical JSON that every reader agrees on: a decimal goes out as text.
    """
    if quantity is None or not 0 <= quantity <= LARGEST_QUANTITY:  # NaN is outside too
        return None
    rounded = normal(quantity, 2)
    return int(rounded) if rounded is not None and rounded.isdecimal() else rounded


def totals_of(actions: Sequence[PublicAction], checkpoint_id: str) -> PublicTotals:
    standings = [action.jalons[checkpoint_id] for action in actions]
    frozen = [(one.etat_fige, one.corrections) for one in standings if one.etat_fige is not None]
    corrected = Counter(said[-1].etat if said else state for state, said in frozen)
    return PublicTotals(
        etat=_ordered(Counter(one.etat for one in standings)),
        fige=_ordered(Counter(state for state, _ in frozen)),
        corrige=_ordered(corrected) if any(said for _, said in frozen) else {},
    )


def _ordered(counts: Counter[Status]) -> Counts:
    return {status: counts[status] for status in STATUS_NAMES if counts[status]}


def canonical(snapshot: Snapshot) -> bytes:
    """RFC 8785 bytes: what is hashed, stored and published."""
    return b"".join(_written(snapshot))


def _written(said: object) -> Iterator[bytes]:
    """Piece by piece: of so much text only one volet at a time is held as plain values too."""
    if isinstance(said, Snapshot | PublicAxis):
        for at, key in enumerate(sorted(type(said).model_fields)):
            yield (b"," if at else b"{") + plainly_encoded(key) + b":"
            yield from _written(getattr(said, key))
        yield b"}"
    elif isinstance(said, tuple) and said:
        for at, each in enumerate(said):
            yield b"," if at else b"["
            yield from _written(each)
        yield b"]"
    else:
        yield plainly_encoded(to_jsonable_python(said))


def plainly_encoded(said: object) -> bytes:
    """
    RFC 8785 of what holds no fraction, no integer beyond 2**53 and no key beyond ASCII.

    There the standard library's encoder writes the same bytes as a library for RFC 8785, ten
    times as fast as one written in Python; a test holds the two together.
    """
    text = json.dumps(
        said, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def same_content(one: Snapshot, other: Snapshot) -> bool:
    """True when a reader of the page would see no difference but the date of the check."""
    content = Snapshot.model_fields.keys() - VOLATILE
    return all(getattr(one, key) == getattr(other, key) for key in content)
