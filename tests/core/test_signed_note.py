"""C2SP's signed note, held against the example of the Go package that defined it."""

import pytest

from sync.adapters.signing import Signer, new_key, verify
from sync.core.signed_note import (
    Checkpoint,
    NoNote,
    PrivateKey,
    PublicKey,
    Rotation,
    read_note,
    usable_name,
)

SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)


def test_the_published_example_is_made_and_verified_byte_for_byte() -> None:
    signer = Signer(SECRET)
    assert signer.public.text() == PUBLIC
    assert signer.note(read_note(NOTE.encode()).text) == NOTE
    assert read_note(NOTE.encode()).signed_by(PublicKey.read(PUBLIC), verify)


def test_a_text_that_was_changed_is_not_signed() -> None:
    changed = read_note(NOTE.replace("answer", "anger").encode())
    assert not changed.signed_by(PublicKey.read(PUBLIC), verify)


def test_another_key_of_the_same_name_signs_nothing_of_it() -> None:
    other = Signer(new_key("PeterNeumann", bytes))
    assert not read_note(NOTE.encode()).signed_by(other.public, verify)


def test_a_note_of_two_signatures_holds_by_either() -> None:
    other = Signer(new_key("temoin.example", bytes))
    text = read_note(NOTE.encode()).text
    both = read_note((NOTE + other.note(text).rpartition("\n\n")[2]).encode())
    assert both.signed_by(other.public, verify)
    assert both.signed_by(PublicKey.read(PUBLIC), verify)


def test_a_checkpoint_is_read_back() -> None:
    signer = Signer(SECRET)
    point = Checkpoint("PeterNeumann", 7, bytes(range(32)))
    assert read_note(signer.note(point.text()).encode()).checkpoint() == point


@pytest.mark.parametrize(
    "text",
    [
        "a\n-1\nAAAA\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n1\nAAAA\n",
        "a\n1\n",
        "\n1\n",
        "\n1\n" + "A" * 43 + "=\n",
        "a\n1\n****\n",
    ],
)
def test_what_is_no_checkpoint_is_told(text: str) -> None:
    with pytest.raises(NoNote):
        read_note(Signer(SECRET).note(text).encode()).checkpoint()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\n\n",
        b"text\n",
        NOTE.encode().removesuffix(b"\n"),
        NOTE.replace("—", "-").encode(),
        NOTE.replace("\n", "\r\n").encode(),
        NOTE.replace("answer", "ans\rwer").encode(),
        NOTE.replace("x08go", "*****").encode(),
    ],
)
def test_what_is_no_note_is_told(body: bytes) -> None:
    with pytest.raises(NoNote):
        read_note(body)


@pytest.mark.parametrize(
    "text",
    [
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("PeterNeumann", "PeterNewmann"),
        PUBLIC[:-2],
        "PeterNeumann",
        "",
    ],
)
def test_a_public_key_that_is_badly_copied_is_told(text: str) -> None:
    with pytest.raises(NoNote):
        PublicKey.read(text)


def test_a_private_key_that_is_badly_copied_is_told() -> None:
    with pytest.raises(NoNote):
        Signer(SECRET.replace("AYEKFALV", "AYEKFALW"))


def test_a_private_key_is_never_shown() -> None:
    key, _ = PrivateKey.read(SECRET)
    assert key.seed.hex() not in repr(key)
    assert repr(key.seed) not in repr(key)


def test_a_rotation_is_read_back_and_signed_by_the_old_key() -> None:
    old, new = Signer(SECRET), Signer(new_key("PeterNeumann", bytes))
    said = Rotation(old.public, new.public, 12)
    note = read_note(old.note(said.text()).encode())
    assert Rotation.read(note.text) == said
    assert note.signed_by(said.old, verify)
    with pytest.raises(NoNote):
        note.checkpoint()


ROTATION = f"jalon/relais/1\n{PUBLIC}\n{PUBLIC}\n12\n"


def test_a_rotation_is_written_in_four_lines() -> None:
    key = PublicKey.read(PUBLIC)
    assert Rotation(key, key, 12).text() == ROTATION


@pytest.mark.parametrize(
    "text",
    [
        "",
        ROTATION.replace("relais/1", "relais/2"),
        ROTATION.replace("jalon/", "Jalon/"),
        ROTATION.replace("\n12\n", "\n"),
        ROTATION.replace("\n12\n", ""),
        ROTATION.replace("\n12\n", "\n-12\n"),
        ROTATION.replace("\n12\n", "\n012\n"),
        f"{ROTATION}et plus\n",
        f"{ROTATION}et plus",
        ROTATION.replace("c74f20a3", "c74f20a4", 1),
        ROTATION.replace(f"{PUBLIC}\n12", "x\n12"),
    ],
)
def test_what_is_no_rotation_is_told(text: str) -> None:
    with pytest.raises(NoNote):
        Rotation.read(text)


def test_a_key_is_read_with_the_line_feed_of_its_file() -> None:
    assert PublicKey.read(f"{PUBLIC}\n") == PublicKey.read(PUBLIC)
    assert PublicKey.read(PUBLIC).pem().splitlines()[0] == "-----BEGIN PUBLIC KEY-----"


@pytest.mark.parametrize("text", ["", PUBLIC, SECRET[1:], SECRET[:-4], SECRET.lower()])
def test_what_is_no_private_key_is_told(text: str) -> None:
    with pytest.raises(NoNote):
        PrivateKey.read(text)


@pytest.mark.parametrize(
    "line",
    [
        "— PeterNeumann x08gow==",  # the key's id and no signature
        "— PeterNeumann",
        "— PeterNeumann x08go/ZJkuA= x",
        "—  PeterNeumann x08go/ZJkuA=",
        "— ",
        "",
        "— Peter+Neumann x08go/ZJkuA=",
        "—PeterNeumann x08go/ZJkuA=",
        "— PeterNeumann x08go/ZJkuB=",  # bits beyond the last byte
        "— PeterNeumann x08go/ZJkuA",
        "— PeterNeumann x08go/ZJ\tkuA=",
    ],
)
def test_a_line_that_is_no_signature_is_told(line: str) -> None:
    read_note("texte\n\n— PeterNeumann x08go/ZJkuA=\n".encode())
    with pytest.raises(NoNote):
        read_note(f"texte\n\n{line}\n".encode())


def test_only_what_stands_above_the_last_blank_line_is_signed() -> None:
    note = read_note("un\n\ndeux\n\n— a x08go/ZJkuA=\n— b x08go/ZJkuA=\n".encode())
    assert note.text == "un\n\ndeux\n"
    assert list(note.signatures) == [("a", b"\xc7O \xa3"), ("b", b"\xc7O \xa3")]
    assert set(note.signatures.values()) == {b"\xf6I\x92\xe0"}


def test_a_signature_of_another_kind_of_key_may_have_any_length() -> None:
    """Witnesses sign beside us, some by longer keys; what is not ours is passed over."""
    note = read_note("texte\n\n— a AAAAAAA=\n".encode())
    assert note.signatures == {("a", bytes(4)): bytes(1)}


def test_a_signature_by_no_key_asked_for_holds_nothing() -> None:
    note = read_note(NOTE.encode())
    asked: list[bytes] = []

    def always(key: bytes, signature: bytes, message: bytes) -> bool:
        asked.append(message)
        return True

    other = PublicKey("temoin.example", PublicKey.read(PUBLIC).key)
    assert not note.signed_by(other, always)
    assert asked == []
    assert note.signed_by(PublicKey.read(PUBLIC), always)
    assert asked == [note.text.encode()]


@pytest.mark.parametrize("name", ["ville.example/plan", "Bécancour".encode("idna").decode()])
def test_a_name_that_a_note_can_carry_is_usable(name: str) -> None:
    assert usable_name(name)


@pytest.mark.parametrize(
    "name", ["\x7f", "a\x00b", "Bécancour", "", "deux mots", "a+b", "é", "a\n"]
)
def test_a_name_that_no_note_can_carry_is_not_usable(name: str) -> None:
    assert not usable_name(name)
