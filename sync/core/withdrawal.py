"""
A published text is withdrawn: what the store keeps of the decision, and what goes out from then on.

Of a note or a proof Asana is the source: it must be gone there first. A reason of an
administrator's lies in the settlements, which nothing erases; so it is left out here instead.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sync.core.commitments import WITHDRAWN, only_withdraws, what_is, withdrawn_places
from sync.core.privacy import private_in, unfit_link
from sync.model.record import SnapshotRecord
from sync.model.snapshot import PublicAction, PublicStanding, PublicWithdrawal, Snapshot
from sync.wording import Text

WITHDRAWALS: Final = "withdrawals"
"""The fact that keeps every withdrawal, oldest first."""
_SHORTEST: Final = 10
"""Characters, two of them blanks: shorter texts are words that any sentence may hold."""
_WORD: Final = re.compile(r"[^\W_]+")
_LINK: Final = re.compile(r"https?://[^\s<>«»]+", re.IGNORECASE)


def unfit_reason(typed: str, withdrawn: Collection[str], never: Collection[str]) -> Text | None:
    """
    What in a withdrawal's reason may not be published, or None.

    It is looked at harder than any other text, for it can never be withdrawn: a link must be as
    fit as a proof, and the reason may not say again what it takes away.
    """
    if what := private_in(typed, never):
        return what
    for found in _LINK.finditer(typed):
        if what := unfit_link(found[0].rstrip(".,;:!?)"), never):
            return Text(f"un lien qui ne convient pas ({what.fr})", f"an unfit link ({what.en})")
    said = _words(typed)
    if any(words in said for words in map(_words, withdrawn) if len(words) > _SHORTEST):
        return Text("le texte même qu’il retire", "the very text that it withdraws")
    return None


def _words(text: str) -> str:
    """Whole words between single spaces, so that one is found in a text and not inside a word."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


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
    rid = snapshot.with_actions(lambda action: _action(action, withdrawals))
    return rid.model_copy(update={"retraits": tuple(withdrawals)})


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
