"""What of a publication does not hold is found: alone, and against a note that was kept."""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256

import pytest
import rfc8785

from sync.adapters.signing import Signer, new_key, verify
from sync.core.signed_note import Rotation
from sync.core.verification import Found, check, gather, listed
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
    assert breaches(proven(erase_in_silence(records, at))) == ["withdrawn"]


@pytest.mark.parametrize(
    ("name", "body", "breach"),
    [
        ("instantanes/0002.json", None, "missing"),
        ("instantanes/0002.json", b"{}\n", "snapshot"),
        ("dernier.json", b'{"numero":5}', "latest"),
        ("note.txt", None, "note"),
        ("note.txt", b"rien\n", "note"),
        ("cle.pub", None, "key"),
        ("cle.pub", b"rien\n", "key"),
        ("cle.pub", OTHER.public.text().encode(), "signature"),
        ("cles.json", b"[]", "rotation"),
        ("cles.json", b'{"relais":["x"]}', "rotation"),
        ("index.html", b"autre", "sum"),
        ("index.html", None, "sum"),
        ("SHA256SUMS", None, "sums_signature"),
        ("SHA256SUMS", b"", "sums_signature"),
        ("SHA256SUMS.sig", None, "sums_signature"),
        ("SHA256SUMS.sig", b"rien\n", "sums_signature"),
        ("SHA256SUMS.sig", b64encode(b"\x07" * 64) + b"\n", "sums_signature"),
    ],
)
def test_a_file_that_is_gone_or_another_is_found(
    honest: Files, name: str, body: bytes | None, breach: str
) -> None:
    files = {**honest}
    if body is None:
        del files[name]
    else:
        files[name] = body
    assert breach in breaches(files)


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


def test_two_snapshots_of_two_plans_are_not_one_history(records: list[SnapshotRecord]) -> None:
    said = json.loads(records[2].body)
    said["plan"]["id"] = "autre"
    body = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    files = proven(records) | {"instantanes/0003.json": body}
    assert "plan" in breaches(files)


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
    ["/etc/passwd", "../secret", "a/../b", "a//b", "https://ailleurs/x", "a\\b", "a?b", "\x1b[31m"],
)
def test_no_sum_leads_out_of_the_publication(name: str) -> None:
    assert listed(f"{'0' * 64}  {name}\n".encode()) == {}
