"""What of a snapshot enters the tree, and what stays of it once a text is withdrawn."""

import json
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
import rfc8785

from sync.core.commitments import (
    WITHDRAWN,
    NotCanonical,
    leaf_of,
    salted,
    same_but_withdrawn,
    typed_texts,
)
from sync.core.snapshot import canonical
from sync.model.snapshot import Snapshot
from tests.site.snapshot_samples import becancour, four_records, with_a_correction


def numbered() -> Any:
    counted = count(1)
    return lambda: next(counted).to_bytes(16)


@pytest.fixture(scope="module")
def body() -> bytes:
    told = with_a_correction(becancour(1, date(2026, 3, 21)))
    axis = told.axes[0]
    volet = axis.volets[0]
    action = volet.actions[0].model_copy(
        update={"note": "Un mot “d’ici”.", "preuve": "https://exemple.ca/a"}
    )
    volet = volet.model_copy(update={"actions": (action, *volet.actions[1:])})
    axis = axis.model_copy(update={"volets": (volet, *axis.volets[1:])})
    told = told.model_copy(update={"axes": (axis, *told.axes[1:])})
    return canonical(salted(told, numbered()))


def erased(body: bytes, place: str) -> bytes:
    """By hand, as the format says it."""
    said = json.loads(body)
    salt = said["sels"].pop(place)
    *path, last = place.split("/")[1:]
    holder = said
    for key in path:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    text = holder[last]
    holder[last] = WITHDRAWN if "/corrections/" in place else None
    said["engagements"][place] = sha256((salt + text).encode()).hexdigest()
    return rfc8785.dumps(said)


def test_every_typed_text_has_a_salt_of_its_own(body: bytes) -> None:
    told = Snapshot.model_validate_json(body)
    places = {place for place, _ in typed_texts(told)}
    kinds = {place.rsplit("/", 1)[1] for place in places}
    assert {"note", "preuve", "motif"} <= kinds
    assert any("/corrections/" in place for place in places)
    assert told.sels.keys() == places
    assert len(set(told.sels.values())) == len(places)


def test_no_typed_text_stands_in_the_leaf(body: bytes) -> None:
    leaf = leaf_of(body).decode()
    for _, text in typed_texts(Snapshot.model_validate_json(body)):
        assert json.dumps(text, ensure_ascii=False) not in leaf
    assert '"sels"' not in leaf


def test_the_leaf_stays_the_same_whichever_text_is_withdrawn(body: bytes) -> None:
    for place in json.loads(body)["sels"]:
        after = erased(body, place)
        assert Snapshot.model_validate_json(after).engagements.keys() == {place}
        assert leaf_of(after) == leaf_of(body)
        assert same_but_withdrawn(after, body)


def test_another_text_or_salt_makes_another_leaf(body: bytes) -> None:
    said = json.loads(body)
    changed = json.loads(body)
    changed["axes"][0]["volets"][0]["actions"][0]["note"] += "!"
    assert not same_but_withdrawn(rfc8785.dumps(changed), body)
    place = next(iter(said["sels"]))
    said["sels"][place] = "f" * 32
    assert not same_but_withdrawn(rfc8785.dumps(said), body)


def test_a_snapshot_from_before_salts_is_its_own_leaf() -> None:
    said = json.loads(four_records()[0].body)
    for key in ("sels", "engagements"):
        said.pop(key, None)
    old = rfc8785.dumps(said)
    assert leaf_of(old) == old


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said["sels"].update({"/axes/0/titre/x": "0" * 32}),
        lambda said: said["sels"].update({"/axes/-1/titre": "0" * 32}),
        lambda said: said["sels"].update({"/axes/00/titre": "0" * 32}),
        lambda said: said["sels"].update({"/numero": "0" * 32}),
        lambda said: said["sels"].update({"": "0" * 32}),
        lambda said: said["sels"].update({"sels": "0" * 32}),
        lambda said: said["engagements"].update({"/absent": "0" * 64}),
        lambda said: said["engagements"].update(dict.fromkeys(said["sels"], "0" * 64)),
        lambda said: said.update(sels=["/axes"]),
    ],
)
def test_salts_that_name_no_text_are_refused(body: bytes, change: Any) -> None:
    said = json.loads(body)
    change(said)
    with pytest.raises(NotCanonical):
        leaf_of(rfc8785.dumps(said))


@pytest.mark.parametrize(
    "broken",
    [
        lambda body: body + b"\n",
        lambda body: body.replace(b",", b", ", 1),
        lambda body: body.replace(b'"numero":1,', b'"numero":2,"numero":1,', 1),
        lambda body: b"[]",
        lambda body: b"{",
        lambda body: b"\xff",
        lambda body: b"[" * 100_000,
    ],
)
def test_other_bytes_of_the_same_words_are_no_snapshot(body: bytes, broken: Any) -> None:
    """One key twice would show a reader other words than those that are hashed."""
    changed = broken(body)
    assert changed != body
    with pytest.raises(NotCanonical):
        leaf_of(changed)


@pytest.mark.parametrize("words", ["Un mensonge.", "", 0, ["a"]])
def test_no_other_words_stand_under_the_commitment_of_a_withdrawn_text(
    body: bytes, words: object
) -> None:
    """The leaf alone would not tell them apart: a city could show anything there."""
    said = json.loads(erased(body, "/axes/0/volets/0/actions/0/note"))
    said["axes"][0]["volets"][0]["actions"][0]["note"] = words
    with pytest.raises(NotCanonical):
        leaf_of(rfc8785.dumps(said))
