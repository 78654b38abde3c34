"""
What the tree holds of a snapshot: every word of it, but of what staff typed only a commitment.

A snapshot's `sels` names each such text by its place (a JSON Pointer, RFC 6901) and gives it a
random salt. The leaf is the snapshot without `sels`, each text replaced by
`{"engagement": SHA-256 of salt and text}`, as RFC 8785 bytes. A withdrawal takes text and salt
away and leaves the commitment in `engagements`: the leaf stays what it was, every note that was
signed over it still verifies, and nobody can guess the text from what is left.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from sync.core.snapshot import plainly_encoded
from sync.core.tree import leaf_hash
from sync.model.snapshot import Snapshot

SALT_BYTES: Final = 16
WITHDRAWN: Final = "[texte retiré]"
"""What stands where a text was withdrawn that may not be absent."""
_SALTS, _COMMITMENTS = "sels", "engagements"
_REQUIRED = re.compile(r"/corrections/\d+/motif$|^/retraits/")
_POSITION = re.compile(r"0|[1-9][0-9]{0,8}")
_OF_AN_ACTION = re.compile(
    r"/axes/([0-9]{1,9})/volets/([0-9]{1,9})/actions/([0-9]{1,9})"
    r"/(?:(note|preuve)|jalons/([^/]+)/(corrections/[0-9]{1,9}/)?motif)"
)
_SALT = re.compile(r"[0-9a-f]{32}")
"""Of this length and no other: else the first words of a text could be said to be its salt."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BARE: Final = b'"engagement":"'
"""A commitment in the place of a text itself: a text that is gone, and not told to be."""
_BEYOND_WHOLE: Final = 2**53

Salt = Callable[[], bytes]
"""A fresh salt at each call."""


def commitment(salt: str, text: str) -> str:
    """Of a salt of fixed length in hex, and of the text: neither can take from the other."""
    return sha256((salt + text).encode()).hexdigest()


def salted(snapshot: Snapshot, salt: Salt) -> Snapshot:
    """With a salt for each text that staff typed, in the order of their places."""
    salts = {place: salt().hex() for place, _ in typed_texts(snapshot)}
    return snapshot.model_copy(update={_SALTS: salts})


def typed_texts(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Each text that staff typed, with its place in the snapshot."""
    for a, axis in enumerate(snapshot.axes):
        for v, volet in enumerate(axis.volets):
            for n, action in enumerate(volet.actions):
                here = f"/axes/{a}/volets/{v}/actions/{n}"
                yield from _said(f"{here}/note", action.note)
                yield from _said(f"{here}/preuve", action.preuve)
                for checkpoint, standing in action.jalons.items():
                    there = f"{here}/jalons/{_escaped(checkpoint)}"
                    yield from _said(f"{there}/motif", standing.motif)
                    for c, one in enumerate(standing.corrections):
                        yield from _said(f"{there}/corrections/{c}/motif", one.motif)
    for r, withdrawal in enumerate(snapshot.retraits):
        yield from _said(f"/retraits/{r}/motif", withdrawal.motif)


def _said(place: str, text: str | None) -> Iterator[tuple[str, str]]:
    if text and text != WITHDRAWN:
        yield place, text


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _unescaped(written: str) -> str:
    return written.replace("~1", "/").replace("~0", "~")


class NotCanonical(ValueError):
    """These bytes are no snapshot in the one form that is hashed."""


def leaf_of(body: bytes) -> bytes:
    """
    The bytes that the tree holds of a snapshot's bytes.

    Raises NotCanonical for what is no canonical JSON object of whole numbers, or whose `sels` and
    `engagements` have another form or name a place where no text is: no two snapshots of
    different words, or of different withdrawals, have one leaf.
    """
    try:
        said = json.loads(body, parse_int=_whole, parse_float=_whole)
        if not isinstance(said, dict) or plainly_encoded(said) != body or _BARE in body:
            raise NotCanonical
        salts, kept = said.pop(_SALTS, {}), said.pop(_COMMITMENTS, {})
        for told, form in ((salts, _SALT), (kept, _DIGEST)):
            if not isinstance(told, dict) or not all(map(form.fullmatch, told.values())):
                raise NotCanonical
        if salts.keys() & kept.keys():
            raise NotCanonical
        bound = {place: commitment(salt, _at(said, place)) for place, salt in salts.items()}
        for place in kept:
            holder, key = _holder(said, place)
            if holder[key] not in (None, WITHDRAWN):  # no other words under an old commitment
                raise NotCanonical
        for place, value in {**bound, **kept}.items():
            holder, key = _holder(said, place)
            holder[key] = {"engagement": value}
        return plainly_encoded(said)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise NotCanonical from error


def _whole(written: str) -> int:
    """A fraction, or what a browser's numbers round, has not the same bytes for every reader."""
    number = int(written)
    if abs(number) >= _BEYOND_WHOLE:
        raise NotCanonical
    return number


def leaf_hash_of(body: bytes) -> bytes:
    return leaf_hash(leaf_of(body))


def same_but_withdrawn(one: bytes, other: bytes) -> bool:
    """Whether two bodies are one snapshot, of which a text was withdrawn in one of them."""
    try:
        return leaf_of(one) == leaf_of(other)
    except NotCanonical:
        return False


def only_withdraws(before: bytes, after: bytes) -> bool:
    """Whether `after` is the same snapshot as `before`, less at least one text."""
    if not same_but_withdrawn(before, after):
        return False
    then, now = withdrawn_places(before), withdrawn_places(after)
    return then.keys() < now.keys()


def without(body: bytes, places: Collection[str]) -> bytes:
    """The same snapshot, these texts and their salts gone, with the leaf that it had."""
    said = json.loads(body)
    for place in places:
        holder, key = _holder(said, place)
        kept = commitment(said[_SALTS].pop(place), _at(said, place))
        said[_COMMITMENTS][place] = kept
        holder[key] = WITHDRAWN if _REQUIRED.search(place) else None
    return plainly_encoded(said)


def what_is(said: Any, place: str) -> tuple[str, str, str | None] | None:
    """The action, the field and the checkpoint that a place of a snapshot is of."""
    found = _OF_AN_ACTION.fullmatch(place)
    if found is None:
        return None
    axis, volet, action, field, checkpoint, correction = found.groups()
    try:
        key = said["axes"][int(axis)]["volets"][int(volet)]["actions"][int(action)]["id"]
    except (LookupError, TypeError):
        return None
    if field:
        return key, field, None
    return key, "correction" if correction else "motif", _unescaped(checkpoint)


def places_of(body: bytes, wanted: tuple[str, str, str | None]) -> Mapping[str, str]:
    """By place, the texts that stand in a snapshot for an action, a field and a checkpoint."""
    said = json.loads(body)
    salts = said.get(_SALTS, {})
    return {place: _at(said, place) for place in salts if what_is(said, place) == wanted}


def withdrawn_places(body: bytes) -> Mapping[str, str]:
    """The places whose text was withdrawn, each with its commitment."""
    return dict(json.loads(body).get(_COMMITMENTS, {}))


def _at(said: Any, place: str) -> str:
    holder, key = _holder(said, place)
    text = holder[key]
    if not isinstance(text, str):
        raise NotCanonical
    return text


def _holder(said: Any, place: str) -> tuple[Any, str]:
    first, *keys, last = place.split("/")
    if first:
        raise NotCanonical
    for key in keys:
        said = said[_key(said, key)]
    return said, _unescaped(last)


def _key(holder: Any, written: str) -> str | int:
    if not isinstance(holder, list):
        return _unescaped(written)
    if not _POSITION.fullmatch(written):
        raise NotCanonical
    return int(written)
