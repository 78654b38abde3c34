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
    commitment,
    leaf_hash_of,
    leaf_of,
    only_withdraws,
    places_of,
    salted,
    same_but_withdrawn,
    typed_texts,
    what_is,
    withdrawn_places,
    without,
)
from sync.core.snapshot import canonical
from sync.model.progress import Status
from sync.model.snapshot import PublicCorrection, PublicWithdrawal, Snapshot
from tests.site.snapshot_samples import (
    MID,
    action,
    becancour,
    four_records,
    small,
    standing,
    with_a_correction,
)

DAY = date(2026, 3, 21)


NOTE = "/axes/0/volets/0/actions/0/note"
PROOF = "/axes/0/volets/0/actions/0/preuve"


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
        lambda said: said["sels"].update({NOTE: "0" * 31}),
        lambda said: said["sels"].update({NOTE: "G" * 32}),
        lambda said: said["sels"].update({NOTE: 0}),
        lambda said: said["engagements"].update({NOTE: said["sels"].pop(NOTE)}),
        lambda said: said["sels"].update({"sels": "0" * 32}),
        lambda said: said["sels"].update({"x/axes/0/titre": "0" * 32}),
        lambda said: said["sels"].update(
            {"/retraits/0": said["retraits"].append("mot") or "0" * 32}
        ),
        lambda said: said["engagements"].update({"/absent": "0" * 64}),
        lambda said: said["engagements"].update(dict.fromkeys(said["sels"], "0" * 64)),
        lambda said: said.update(sels=["/axes"]),
        lambda said: said.update(sels=None),
        lambda said: said.update(sels=[]),
        lambda said: said.update(engagements=0),
        lambda said: said.update(engagements=None),
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
        lambda body: body.replace(b'"numero":1,', b'"numero":1.0,', 1),
        lambda body: body.replace(b'"numero":1,', b'"numero":1e+16,', 1),
        lambda body: body.replace(b'"numero":1,', b'"numero":9007199254740992,', 1),
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


def test_the_beginning_of_a_text_cannot_be_called_its_salt(body: bytes) -> None:
    """« Pas livré. » would become « livré. », and no note would tell."""
    said = json.loads(body)
    action = said["axes"][0]["volets"][0]["actions"][0]
    action["note"], said["sels"][NOTE] = action["note"][3:], said["sels"][NOTE] + action["note"][:3]
    assert said["sels"].keys() == json.loads(body)["sels"].keys()
    with pytest.raises(NotCanonical):
        leaf_of(rfc8785.dumps(said))


def test_a_commitment_cannot_stand_in_the_place_of_its_text(body: bytes) -> None:
    """The text would be gone, and nobody told that it was withdrawn."""
    said = json.loads(body)
    action = said["axes"][0]["volets"][0]["actions"][0]
    action["note"] = {"engagement": commitment(said["sels"].pop(NOTE), action["note"])}
    with pytest.raises(NotCanonical):
        leaf_of(rfc8785.dumps(said))


def test_a_checkpoint_may_be_called_as_a_commitment_is() -> None:
    body = canonical(small(action("A1", jalons={"engagement": standing()}), etat_au=DAY))
    assert b'"engagement":{' in leaf_of(body)


def test_a_text_is_withdrawn_as_the_format_says_it(body: bytes) -> None:
    for place in json.loads(body)["sels"]:
        assert without(body, [place]) == erased(body, place)
        assert withdrawn_places(without(body, [place])).keys() == {place}
    both = without(body, [NOTE, PROOF])
    assert both == erased(erased(body, NOTE), PROOF)
    assert leaf_of(both) == leaf_of(body)
    assert both == without(without(body, [NOTE]), [PROOF])


def test_the_leaf_is_what_the_format_says_of_it() -> None:
    """Made by hand, for a reader writes a check of her own from `docs/verify.md`."""
    told = small(action("A1", jalons={}, note="Un mot.", preuve="https://exemple.ca/a"))
    body = canonical(salted(told, numbered()))
    by_hand = json.loads(body)
    assert by_hand.pop("sels") == {NOTE: f"{1:032x}", PROOF: f"{2:032x}"}
    assert by_hand.pop("engagements") == {}
    held = by_hand["axes"][0]["volets"][0]["actions"][0]
    for key, salt in (("note", f"{1:032x}"), ("preuve", f"{2:032x}")):
        held[key] = {"engagement": sha256(f"{salt}{held[key]}".encode()).hexdigest()}
    assert leaf_of(body) == rfc8785.dumps(by_hand)
    assert leaf_hash_of(body) == sha256(b"\x00" + rfc8785.dumps(by_hand)).digest()


def test_the_largest_number_that_every_reader_keeps_is_canonical() -> None:
    assert leaf_of(b'{"numero":9007199254740991}') == b'{"numero":9007199254740991}'


def test_a_withdrawn_text_cannot_be_guessed_from_what_is_left(body: bytes) -> None:
    """Whoever has the text but not its salt does not find the commitment."""
    salt = json.loads(body)["sels"][NOTE]
    left = withdrawn_places(without(body, [NOTE]))[NOTE]
    text = places_of(body, ("A1-01", "note", None))[NOTE]
    assert left == commitment(salt, text) == sha256(f"{salt}{text}".encode()).hexdigest()
    assert salt not in without(body, [NOTE]).decode()
    assert left != commitment("0" * 32, text)


def test_a_withdrawal_takes_texts_and_gives_none_back(body: bytes) -> None:
    one, both = without(body, [NOTE]), without(body, [NOTE, PROOF])
    assert only_withdraws(body, one)
    assert only_withdraws(body, both)
    assert only_withdraws(one, both)
    assert not only_withdraws(one, body)
    assert not only_withdraws(both, one)
    assert not only_withdraws(body, body)
    assert not only_withdraws(one, without(body, [PROOF]))
    assert not only_withdraws(body, one.replace(b'"numero":1,', b'"numero":2,'))
    assert not only_withdraws(body, b"{")
    assert not same_but_withdrawn(b"{", b"{")


def test_each_text_is_found_by_its_action_field_and_checkpoint(body: bytes) -> None:
    """What the command asks for, and what a withdrawal tells, are the same three words."""
    told = Snapshot.model_validate_json(body)
    salts = json.loads(body)["sels"]
    found: dict[str, str] = {}
    for one in told.actions():
        wanted: list[tuple[str, str | None]] = [("note", None), ("preuve", None)]
        wanted += [(field, key) for key in one.jalons for field in ("motif", "correction")]
        for field, checkpoint in wanted:
            places = places_of(body, (one.id, field, checkpoint))
            standing = one.jalons.get(checkpoint or "")
            expected = {
                "note": [one.note],
                "preuve": [one.preuve],
                "motif": [standing and standing.motif],
                "correction": [each.motif for each in standing.corrections] if standing else [],
            }[field]
            assert list(places.values()) == [text for text in expected if text]
            found.update(places)
    assert found.keys() == salts.keys()
    assert places_of(body, ("A1-01", "note", "mi-chemin")) == {}
    assert places_of(body, ("A9-99", "note", None)) == {}


def test_a_checkpoint_whose_id_holds_the_signs_of_a_pointer_is_found() -> None:
    said = small(action("A1", jalons={"a/b~1": standing(motif="Un motif.")}), etat_au=DAY)
    body = canonical(salted(said, numbered()))
    assert json.loads(body)["sels"].keys() == {"/axes/0/volets/0/actions/0/jalons/a~1b~01/motif"}
    ((place, text),) = places_of(body, ("A1", "motif", "a/b~1")).items()
    assert text == "Un motif."
    assert leaf_of(without(body, [place])) == leaf_of(body)


def test_a_snapshot_of_before_salts_holds_no_text_that_can_be_withdrawn() -> None:
    old = rfc8785.dumps({"axes": []})
    assert places_of(old, ("A1-01", "note", None)) == {}
    assert withdrawn_places(old) == {}


def test_the_reason_of_a_withdrawal_is_salted_and_what_was_withdrawn_is_not() -> None:
    made = PublicWithdrawal(
        instantanes=(1,), action="A1", champ="note", le=DAY, motif="À sa demande."
    )
    gone = standing(
        corrections=(PublicCorrection(etat=Status.UPCOMING, le=DAY, motif=WITHDRAWN),), motif=""
    )
    said = small(action("A1", jalons={MID.id: gone}), etat_au=DAY, retraits=(made, made))
    assert dict(typed_texts(said)) == {
        "/retraits/0/motif": "À sa demande.",
        "/retraits/1/motif": "À sa demande.",
    }


@pytest.mark.parametrize(
    "place",
    [
        "/axes",
        "/axes/0/volets/0/actions/0",
        "/axes/0/volets/0/actions/1/note",
        "/axes/0/volets/0/actions/0/jalons",
        "/axes/0/volets/0/actions/x/note",
        "/axes/0/volets/0/actions/0/direction",
        "/axes/0/volets/0/actions/0/note/x",
        "/axes/-1/volets/0/actions/0/note",
        "/axes/0/volets/0/actions/0/jalons/mi-chemin/corrections/motif",
        "/retraits/0/motif",
        "",
    ],
)
def test_a_place_of_no_action_s_text_is_nobody_s(place: str) -> None:
    said = {"axes": [{"volets": [{"actions": [{"id": "A1", "note": None}]}]}]}
    assert what_is(said, place) is None


def test_an_action_without_an_id_has_no_text() -> None:
    assert what_is({"axes": [{"volets": [{"actions": [{"note": None}]}]}]}, NOTE) is None
    assert what_is({"axes": [{"volets": [{"actions": [None]}]}]}, NOTE) is None
