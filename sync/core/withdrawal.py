"""
A published text is withdrawn: what the store keeps of the decision, and what goes out from then on.

Of a note or a proof Asana is the source: it must be gone there first. A reason of an
administrator's lies in the settlements, which nothing erases; so it is left out here instead.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sync.core.commitments import WITHDRAWN, only_withdraws, what_is, withdrawn_places
from sync.model.record import SnapshotRecord
from sync.model.snapshot import PublicAction, PublicStanding, PublicWithdrawal, Snapshot

WITHDRAWALS: Final = "withdrawals"
"""The fact that keeps every withdrawal, oldest first."""


def read_withdrawals(fact: str | None) -> tuple[PublicWithdrawal, ...]:
    return tuple(PublicWithdrawal.model_validate(one) for one in json.loads(fact or "[]"))


def write_withdrawals(withdrawals: Sequence[PublicWithdrawal]) -> str:
    return json.dumps([one.model_dump(mode="json") for one in withdrawals])


def decided(read: Sequence[Any], number: int, place: str) -> bool:
    """Whether a later snapshot tells of the decision to withdraw this text; `read` is them all."""
    wanted = what_is(read[number - 1], place)
    try:
        return wanted is not None and any(
            number in one["instantanes"] and (one["action"], one["champ"], one["jalon"]) == wanted
            for later in read[number:]
            for one in later.get("retraits", ())
        )
    except (LookupError, TypeError):
        return False


def withdrawn_since(
    ours: Sequence[SnapshotRecord], published: Sequence[SnapshotRecord]
) -> Mapping[int, bytes]:
    """
    By number, what was published of a snapshot of ours less a text, by a decision that a later
    one tells: a store from before the decision takes it over. A text gone without one is left out.
    """
    bare = {
        mine.number: theirs.body
        for mine, theirs in zip(ours, published, strict=False)
        if mine.body != theirs.body and only_withdraws(mine.body, theirs.body)
    }
    if not bare:
        return {}
    read = [json.loads(one.body) for one in published]
    had = {one.number: withdrawn_places(one.body) for one in ours}
    return {
        number: body
        for number, body in bare.items()
        if all(
            decided(read, number, place)
            for place in withdrawn_places(body).keys() - had[number].keys()
        )
    }


def with_withdrawals(snapshot: Snapshot, withdrawals: Sequence[PublicWithdrawal]) -> Snapshot:
    """The snapshot tells them, and holds no reason that one of them took away."""
    if not withdrawals:
        return snapshot
    axes = tuple(
        axis.model_copy(
            update={
                "volets": tuple(
                    volet.model_copy(
                        update={"actions": tuple(_action(a, withdrawals) for a in volet.actions)}
                    )
                    for volet in axis.volets
                )
            }
        )
        for axis in snapshot.axes
    )
    return snapshot.model_copy(update={"axes": axes, "retraits": tuple(withdrawals)})


def _action(action: PublicAction, withdrawals: Sequence[PublicWithdrawal]) -> PublicAction:
    mine = [one for one in withdrawals if one.action == action.id and one.jalon is not None]
    if not mine:
        return action
    standings = {key: _standing(one, key, mine) for key, one in action.jalons.items()}
    return action.model_copy(update={"jalons": standings})


def _standing(
    standing: PublicStanding, checkpoint: str, withdrawals: Sequence[PublicWithdrawal]
) -> PublicStanding:
    for one in withdrawals:
        if one.jalon != checkpoint:
            continue
        if one.champ == "motif" and standing.regle_le and standing.regle_le <= one.le:
            standing = standing.model_copy(update={"motif": None})
        if one.champ == "correction":
            kept = tuple(
                each.model_copy(update={"motif": WITHDRAWN}) if each.le <= one.le else each
                for each in standing.corrections
            )
            standing = standing.model_copy(update={"corrections": kept})
    return standing
