"""What of a publication does not hold is found: alone, and against a note that was kept."""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
import rfc8785

from sync.adapters.signing import Signer, new_key, verify
from sync.core import verification
from sync.core.signed_note import Checkpoint, Rotation, read_note
from sync.core.verification import Fault, Found, check, gather, listed
from sync.model.record import SnapshotRecord
from tests.site.publication_samples import (
    FRAUDS,
    SIGNER,
    SIZE,
    Files,
    erase_in_silence,
    history,
    proven,
    published,
    rewrite,
    sealed_by,
    withdrawn,
)

NOTE = "/axes/0/volets/0/actions/0/note"
Fraud = Callable[[Sequence[SnapshotRecord], int], list[SnapshotRecord]]
OTHER = Signer(new_key(SIGNER.public.name, lambda size: b"\x08" * size))


def note_of(records: Sequence[SnapshotRecord], signer: Signer = SIGNER) -> bytes:
    return proven(records, sealed_by(signer))["note.txt"]


def found_in(files: Files, old: bytes | None = None) -> Found:
    return check(gather(files.get, old), verify)


def breaches(files: Files, old: bytes | None = None) -> list[str]:
    return [fault.breach for fault in found_in(files, old).faults]


@pytest.fixture(scope="module")
def records() -> list[SnapshotRecord]:
    return history()


@pytest.fixture(scope="module")
def honest(records: list[SnapshotRecord]) -> dict[str, bytes]:
    return proven(records)


def test_an_honest_publication_holds_against_the_note_of_every_day(
    records: list[SnapshotRecord],
) -> None:
    """All of it, as the city's own builder makes it."""
    whole = published(records)
    for size in range(1, SIZE + 1):
        found = found_in(whole, note_of(records[:size]))
        assert found.faults == ()
        assert found.signed
        assert found.old is not None
        assert found.old.size == size


@pytest.mark.parametrize("fraud", FRAUDS)
def test_a_past_signed_anew_is_found_by_every_note_that_knew_it(
    records: list[SnapshotRecord], fraud: Fraud
) -> None:
    """At every position; by itself the forged publication shows nothing."""
    for at in range(1, SIZE + 1):
        forged = proven(fraud(records, at))
        assert breaches(forged) == [], at
        seen = [bool(breaches(forged, note_of(records[:n]))) for n in range(1, SIZE + 1)]
        first = min(at, SIZE - 1) if fraud.__name__ == "swap" else at
        assert seen == [n >= first for n in range(1, SIZE + 1)], at


@pytest.mark.parametrize("size", range(SIZE))
def test_a_publication_that_lost_its_end_is_found(records: list[SnapshotRecord], size: int) -> None:
    if size:
        assert breaches(proven(records[:size]), note_of(records)) == ["shorter"]


@pytest.mark.parametrize("fraud", FRAUDS)
def test_a_past_changed_without_the_key_is_found_alone(
    records: list[SnapshotRecord], honest: Files, fraud: Fraud
) -> None:
    for at in range(1, SIZE + 1):
        forged = proven(fraud(records, at)) | {"note.txt": honest["note.txt"]}
        assert {"root", "size"} & set(breaches(forged)), at


def test_another_key_s_signature_over_everything_is_found_by_an_old_note(
    records: list[SnapshotRecord],
) -> None:
    forged = proven(records, sealed_by(OTHER))
    assert breaches(forged) == []
    assert breaches(forged, note_of(records[:2])) == ["old_signature"]


def test_a_key_told_elsewhere_is_asked_for(records: list[SnapshotRecord], honest: Files) -> None:
    assert check(gather(honest.get, None, SIGNER.public), verify).faults == ()
    told = check(gather(honest.get, None, OTHER.public), verify)
    assert [fault.breach for fault in told.faults] == ["key"]


def test_who_asks_for_a_key_is_told_where_nothing_is_signed(
    records: list[SnapshotRecord],
) -> None:
    """A city that takes its note and key away does not pass for the one that was asked for."""
    unsigned = proven(rewrite(records, 1), None)
    told = check(gather(unsigned.get, None, SIGNER.public), verify)
    assert [fault.breach for fault in told.faults] == ["key"]


def test_a_key_that_took_over_is_attested_by_the_old_one(records: list[SnapshotRecord]) -> None:
    said = SIGNER.note(Rotation(SIGNER.public, OTHER.public, 2).text())
    files = proven(records, sealed_by(OTHER, (said,)))
    assert breaches(files, note_of(records[:2])) == []
    stolen = OTHER.note(Rotation(SIGNER.public, OTHER.public, 2).text())
    forged = proven(records, sealed_by(OTHER, (stolen,)))
    assert "rotation" in breaches(forged)
    assert "old_signature" in breaches(forged, note_of(records[:2]))


def test_a_chain_of_keys_has_no_gap_and_ends_at_the_key_that_signs(
    records: list[SnapshotRecord],
) -> None:
    third, fourth = (
        Signer(new_key(SIGNER.public.name, lambda size, n=n: bytes([n]) * size)) for n in (9, 10)
    )

    def relay(old: Signer, new: Signer) -> str:
        return old.note(Rotation(old.public, new.public, 2).text())

    for signer, chain, faults in (
        (third, (relay(SIGNER, OTHER), relay(OTHER, third)), []),
        (fourth, (relay(SIGNER, OTHER), relay(third, fourth)), [("rotation", None)]),
        (SIGNER, (relay(SIGNER, OTHER),), [("rotation", None)]),
    ):
        files = proven(records, sealed_by(signer, chain))
        assert told(files) == faults
        vouched = told(files, note_of(records[:2], signer))
        assert vouched == faults
        if not faults:
            assert told(files, note_of(records[:2], OTHER)) == []
            assert found_in(files).key == third.public


@pytest.mark.parametrize("at", range(1, SIZE + 1))
def test_a_text_withdrawn_by_decision_leaves_every_note_valid(
    records: list[SnapshotRecord], at: int
) -> None:
    files = proven(withdrawn(records, at))
    assert f"Note {at}".encode() not in files[f"instantanes/{at:04d}.json"]
    for size in range(1, SIZE + 1):
        found = found_in(files, note_of(records[:size]))
        assert found.faults == ()
        assert found.withdrawn == 1


@pytest.mark.parametrize("at", range(1, SIZE + 1))
def test_a_text_erased_without_a_word_is_found(records: list[SnapshotRecord], at: int) -> None:
    found = found_in(proven(erase_in_silence(records, at)))
    assert found.faults == (Fault("withdrawn", at, NOTE),)


@pytest.mark.parametrize(
    "said",
    [
        {"instantanes": [3]},
        {"action": "A1-02"},
        {"champ": "preuve"},
        {"jalon": "mi-chemin"},
        {"instantanes": 2},
        {"instantanes": None},
    ],
    ids=str,
)
def test_a_decision_about_another_text_does_not_excuse_a_gap(
    records: list[SnapshotRecord], said: dict[str, object]
) -> None:
    files = proven(withdrawn(records, 2))
    last = f"instantanes/{SIZE + 1:04d}.json"
    body = json.loads(files[last])
    body["retraits"][0] |= said
    found = found_in({**files, last: rfc8785.dumps(body)})
    assert Fault("withdrawn", 2, NOTE) in found.faults


@pytest.mark.parametrize("gone", [1, 3])
def test_a_decision_is_heard_across_a_snapshot_that_is_missing(
    records: list[SnapshotRecord], gone: int
) -> None:
    files = proven(withdrawn(records, 2))
    del files[f"instantanes/{gone:04d}.json"]
    told = breaches(files)
    assert "missing" in told
    assert "withdrawn" not in told


def told(files: Files, old: bytes | None = None) -> list[tuple[str, int | str | None]]:
    """Each fault with the snapshot or the file that it is of."""
    return [(one.breach, one.number or one.name or None) for one in found_in(files, old).faults]


@pytest.mark.parametrize(
    ("name", "body", "faults"),
    [
        ("instantanes/0002.json", None, [("missing", 2), ("root", None)]),
        ("instantanes/0001.json", None, [("missing", 1), ("root", None)]),
        ("instantanes/0002.json", b"{}\n", [("snapshot", 2), ("root", None)]),
        ("instantanes/0001.json", b"[]", [("snapshot", 1), ("root", None)]),
        ("instantanes/0003.json", b"{}", [("number", 3), ("plan", 3), ("root", None)]),
        ("dernier.json", b'{"numero":5}', [("latest", 5)]),
        ("dernier.json", None, [("latest", 5)]),
        ("note.txt", None, [("note", None)]),
        ("note.txt", b"rien\n", [("note", None)]),
        ("cle.pub", None, [("key", None), ("sums_signature", "SHA256SUMS.sig")]),
        ("cle.pub", b"rien\n", [("key", None)]),
        ("cle.pub", b"\xff", [("key", None)]),
        ("cles.json", None, []),
        ("cles.json", b"[]", [("rotation", None)]),
        ("cles.json", b'{"relais":["x"]}', [("rotation", None)]),
        ("index.html", b"autre", []),
        ("index.html", None, []),
        ("SHA256SUMS", None, [("sums_signature", "SHA256SUMS.sig")]),
        ("SHA256SUMS", b"", [("sums_signature", "SHA256SUMS.sig")]),
        ("SHA256SUMS.sig", None, [("sums_signature", "SHA256SUMS.sig")]),
        ("SHA256SUMS.sig", b"rien", [("sums_signature", "SHA256SUMS.sig")]),
        ("SHA256SUMS.sig", b"r", [("sums_signature", "SHA256SUMS.sig")]),
    ],
)
def test_a_file_that_is_gone_or_another_is_found_and_named(
    honest: Files, name: str, body: bytes | None, faults: list[tuple[str, int | str | None]]
) -> None:
    files = {**honest}
    if body is None:
        del files[name]
    else:
        files[name] = body
    sum_of_it = [("sum", name)] if not name.startswith("SHA256SUMS") else []
    assert told(files) == [*faults, *sum_of_it]


def test_each_of_several_faults_is_told(honest: Files) -> None:
    """One gap does not hide the next, and those after it keep their places."""
    gaps = {f"instantanes/{n:04d}.json": b"{" if n < 3 else b"" for n in (1, 2, 4)}
    files = {name: body for name, body in honest.items() if name not in gaps} | gaps
    del files["instantanes/0004.json"]
    assert [one for one in told(files) if one[0] != "sum"] == [
        *(("snapshot", 1), ("snapshot", 2), ("missing", 4), ("root", None)),
    ]


def test_a_key_that_is_not_the_one_that_signed_is_found(honest: Files) -> None:
    files = {**honest, "cle.pub": OTHER.public.text().encode()}
    assert told(files) == [
        ("signature", None),
        ("sums_signature", "SHA256SUMS.sig"),
        ("sum", "cle.pub"),
    ]


def test_pages_changed_with_their_sums_by_who_has_no_key_are_found(honest: Files) -> None:
    """The note vouches for the snapshots; the signed sums alone vouch for what people read."""
    files = {**honest, "index.html": b"<p>Tout va bien.</p>"}
    digest = sha256(files["index.html"]).hexdigest()
    lines = honest["SHA256SUMS"].decode().splitlines()
    mended = [f"{digest}  index.html" if one.endswith("  index.html") else one for one in lines]
    files["SHA256SUMS"] = ("\n".join(mended) + "\n").encode()
    assert told(files) == [("sums_signature", "SHA256SUMS.sig")]


@pytest.mark.parametrize(
    ("name", "body"), [("note.txt", b"rien\n"), ("cle.pub", b"rien\n"), ("note.txt", b"")]
)
def test_what_cannot_be_read_signs_nothing(honest: Files, name: str, body: bytes) -> None:
    assert found_in(honest).signed
    assert not found_in({**honest, name: body}).signed


def test_a_signature_with_a_sign_too_many_is_none(honest: Files) -> None:
    """The page refuses it as well: the two say the same of the same bytes."""
    sealed = honest["SHA256SUMS.sig"]
    for odd in (b"!" + sealed, sealed.rstrip(b"\n") + b" \n", sealed + b"\n"):
        assert told({**honest, "SHA256SUMS.sig": odd}) == [("sums_signature", "SHA256SUMS.sig")]


def test_where_nothing_is_signed_nothing_is_asked_of_the_sums(
    records: list[SnapshotRecord],
) -> None:
    assert told(proven(records, None)) == []


def test_what_was_found_is_told_with_the_verdict(
    records: list[SnapshotRecord], honest: Files
) -> None:
    old = note_of(records[:2])
    found = found_in(honest, old)
    assert found.checkpoint == read_note(honest["note.txt"]).checkpoint()
    assert found.old == read_note(old).checkpoint()
    assert found.key == SIGNER.public
    assert (found.signed, found.withdrawn) == (True, 0)
    assert found.files == len(honest["SHA256SUMS"].splitlines()) == SIZE + 6
    unsigned = found_in(proven(records, None))
    assert unsigned.checkpoint == Checkpoint("", SIZE, found.checkpoint.root)
    assert (unsigned.key, unsigned.signed, unsigned.old) == (None, False, None)


def test_a_note_of_another_origin_size_or_root_is_found(honest: Files) -> None:
    right = read_note(honest["note.txt"]).checkpoint()
    for breach, said in (
        ("origin", replace(right, origin="autre.example")),
        ("size", replace(right, size=SIZE - 1)),
        ("root", replace(right, root=bytes(32))),
    ):
        note = SIGNER.note(said.text()).encode()
        assert told({**honest, "note.txt": note})[0] == (breach, None)
        kept = {"origin": "old_origin", "size": "rewritten", "root": "rewritten"}[breach]
        assert told(honest, note) == [(kept, None if breach == "origin" else said.size)]
    longer = SIGNER.note(replace(right, size=SIZE + 1).text()).encode()
    assert told(honest, longer) == [("shorter", SIZE + 1)]


@pytest.mark.parametrize("name", ["note.txt", "dernier.json"])
def test_a_publication_that_claims_endless_snapshots_costs_no_endless_search(
    honest: Files, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_MOST", 9)
    right = read_note(honest["note.txt"]).checkpoint()
    claims = {
        "note.txt": SIGNER.note(replace(right, size=10**14).text()).encode(),
        "dernier.json": b'{"numero":100000000000000}',
    }
    assert len(gather({name: claims[name]}.get).snapshots) == 9
    assert len(gather({**honest, name: claims[name]}.get).snapshots) == 9
    assert len(gather({**honest, name: b""}.get).snapshots) == SIZE


def test_a_list_of_digests_that_fits_other_files_is_found(records: list[SnapshotRecord]) -> None:
    """Whoever changes a page and the list with it has no key to sign the list anew."""
    files = proven(records)
    page = b"<!doctype html>autre\n"
    was, now = (sha256(body).hexdigest().encode() for body in (files["index.html"], page))
    assert was in files["SHA256SUMS"]
    sums = files["SHA256SUMS"].replace(was, now)
    assert breaches({**files, "index.html": page, "SHA256SUMS": sums}) == ["sums_signature"]


def test_the_key_that_signs_now_signs_the_list(records: list[SnapshotRecord]) -> None:
    """After a rotation the old key’s signature is one of the past."""
    said = SIGNER.note(Rotation(SIGNER.public, OTHER.public, 2).text())
    files = proven(records, sealed_by(OTHER, (said,)))
    assert breaches(files) == []
    older = b64encode(SIGNER.sign(files["SHA256SUMS"])) + b"\n"
    assert breaches({**files, "SHA256SUMS.sig": older}) == ["sums_signature"]


def test_a_signature_that_no_key_is_given_for_is_told(records: list[SnapshotRecord]) -> None:
    files = proven(records, None) | {"SHA256SUMS.sig": b"AA==\n"}
    assert breaches(files) == ["sums_signature"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"note.txt": b"rien"},
        {"dernier.json": b"rien"},
        {"dernier.json": b"{}"},
        {"dernier.json": b'{"numero":"5"}'},
    ],
    ids=str,
)
def test_where_nothing_tells_of_a_snapshot_none_is_looked_for(files: Files) -> None:
    """The command then says that there is no publication here."""
    assert gather(files.get).snapshots == []


def test_two_snapshots_of_two_plans_are_not_one_history(records: list[SnapshotRecord]) -> None:
    said = json.loads(records[2].body)
    said["plan"]["id"] = "autre"
    body = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    files = proven(records) | {"instantanes/0003.json": body}
    assert ("plan", 3) in told(files)


def test_what_is_kept_and_is_no_note_is_told(honest: Files) -> None:
    assert breaches(honest, b"rien") == ["old_note"]


def test_an_unsigned_publication_holds_against_a_note_too(
    records: list[SnapshotRecord],
) -> None:
    """A city that stops signing does not get rid of what it has signed."""
    unsigned = proven(rewrite(records, 1), None)
    assert breaches(unsigned) == []
    assert not found_in(unsigned).signed
    assert "rewritten" in breaches(unsigned, note_of(records))


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"null", b"0", b'"x"', b"[]", b"{}", b"{", b"[" * 100_000, b"\n\n\n"]
)
@pytest.mark.parametrize(
    "name", ["instantanes/0002.json", "dernier.json", "note.txt", "cle.pub", "cles.json"]
)
def test_whatever_a_file_holds_the_check_comes_to_an_end(
    honest: Files, name: str, body: bytes
) -> None:
    """What is verified is another's, who may want that nobody can."""
    assert breaches({**honest, name: body})
    assert isinstance(breaches(honest, body), list)


def test_words_moved_into_their_salt_are_found_although_all_is_signed_anew(
    records: list[SnapshotRecord],
) -> None:
    """Salt and text are hashed together: without a fixed length they could be parted elsewhere."""
    said = json.loads(records[1].body)
    action = said["axes"][0]["volets"][0]["actions"][0]
    action["note"] = action["note"].removeprefix("Note")
    said["sels"]["/axes/0/volets/0/actions/0/note"] += "Note"
    files = proven(records) | {"instantanes/0002.json": rfc8785.dumps(said)}
    assert "snapshot" in breaches(files, note_of(records))


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "../secret", "a/../b", "a/./b", "a//b", "https://ailleurs/x", "a\\b"),
        *("a?b", "a#b", "a%2fb", "\x1b[31m", ""),
    ],
)
def test_no_sum_leads_out_of_the_publication(name: str) -> None:
    assert listed(f"{'0' * 64}  {name}\n".encode()) == {}


def test_the_sums_name_each_file_once_whatever_stands_beside() -> None:
    digest = "0" * 64
    sums = f"{digest}  eXtra  noms.csv\n\n{digest}  a/b.json\n".encode() + b"\xff  c\xe9\n"
    assert listed(sums) == {"eXtra  noms.csv": digest, "a/b.json": digest, "c\ufffd": "\ufffd"}
    assert listed(None) == {}
