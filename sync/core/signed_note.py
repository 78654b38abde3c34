"""
The signed note of a publication: C2SP signed-note around a C2SP tlog-checkpoint.

Three lines say whose tree it is, how many snapshots it holds and its root; an Ed25519 signature
over just these lines follows. Some two hundred bytes that a citizen keeps are enough to catch
whatever is rewritten later. Keys have the text form of C2SP signed-note; the signature itself is
made and checked at the edge.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

ED25519: Final = b"\x01"
KEY_BYTES: Final = 32
ROOT_BYTES: Final = 32
_PRIVATE: Final = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+]+")
_COUNT = re.compile(r"0|[1-9][0-9]{0,14}")
_ROTATION = "jalon/relais/1"
_DASH = "\u2014"
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410)."""

ROTATIONS: Final = "signing_rotations"
"""The fact that keeps how one key passed on to the next: signed notes, oldest first."""

Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether, by a public key, a signature is that of a message: `(key, signature, message)`."""


class NoNote(ValueError):
    """These bytes are no signed note of a checkpoint, or no key of that form."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`name` is also the origin of every note that it signs."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell which key a signature wants."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def text(self) -> str:
        """One line, as C2SP signed-note writes a verifier key."""
        return f"{self.name}+{self.id.hex()}+{_b64(ED25519 + self.key)}"

    def pem(self) -> str:
        """As OpenSSL reads it."""
        return f"-----BEGIN PUBLIC KEY-----\n{_b64(_SPKI + self.key)}\n-----END PUBLIC KEY-----\n"

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        name, id_, key = _parts(text.strip())
        found = cls(name, key)
        if found.id.hex() != id_:
            raise NoNote
        return found


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A name and the 32 secret bytes of RFC 8032. Never shown."""

    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"PrivateKey({self.name!r})"

    def text(self, public: bytes) -> str:
        """One word without blanks, as the signers of C2SP's own tools keep it."""
        id_ = PublicKey(self.name, public).id.hex()
        return f"{_PRIVATE}{self.name}+{id_}+{_b64(ED25519 + self.seed)}"

    @classmethod
    def read(cls, text: str) -> tuple["PrivateKey", str]:
        """The key, and the id in hex that its public half must have."""
        if not text.startswith(_PRIVATE):
            raise NoNote
        name, id_, seed = _parts(text.removeprefix(_PRIVATE))
        return cls(name, seed), id_


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` snapshots of what `origin` publishes, bound by their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Rotation:
    """One key passes on to another, after `size` snapshots; the old one signs this."""

    old: PublicKey
    new: PublicKey
    size: int

    def text(self) -> str:
        return f"{_ROTATION}\n{self.old.text()}\n{self.new.text()}\n{self.size}\n"

    @classmethod
    def read(cls, text: str) -> "Rotation":
        try:
            kind, old, new, size, end = text.split("\n")
        except ValueError as error:
            raise NoNote from error
        if kind != _ROTATION or end or not _COUNT.fullmatch(size):
            raise NoNote
        return cls(PublicKey.read(old), PublicKey.read(new), int(size))


@dataclass(frozen=True, slots=True)
class SignedNote:
    """`text` is what is signed, its last line feed included; signatures by key id and name."""

    text: str
    signatures: Mapping[tuple[str, bytes], bytes]

    def signed_by(self, key: PublicKey, verify: Verify) -> bool:
        signature = self.signatures.get((key.name, key.id))
        return signature is not None and verify(key.key, signature, self.text.encode())

    def checkpoint(self) -> Checkpoint:
        lines = self.text.split("\n")  # the last one is empty
        if not lines[0] or not _COUNT.fullmatch(lines[1]):
            raise NoNote
        root = _unb64(lines[2])
        if len(root) != ROOT_BYTES:
            raise NoNote
        return Checkpoint(lines[0], int(lines[1]), root)


def signed(text: str, key: PublicKey, signature: bytes) -> str:
    """The note: a text that ends with a line feed, and one signature under it."""
    return f"{text}\n{_DASH} {key.name} {_b64(key.id + signature)}\n"


def read_note(body: bytes) -> SignedNote:
    try:
        whole = body.decode()
    except UnicodeDecodeError as error:
        raise NoNote from error
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n") or "\r" in whole:
        raise NoNote
    signatures = {}
    for line in below.removesuffix("\n").split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != _DASH or not _NAME.fullmatch(words[1]):
            raise NoNote
        raw = _unb64(words[2])
        if len(raw) < 5:
            raise NoNote
        signatures[words[1], raw[:4]] = raw[4:]
    return SignedNote(text + "\n", signatures)


def usable_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name.isascii() and name.isprintable()


def _parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    id_, _, value = rest.partition("+")
    raw = _unb64(value)
    if not _NAME.fullmatch(name) or len(raw) != 1 + KEY_BYTES or raw[:1] != ED25519:
        raise NoNote
    return name, id_, raw[1:]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unb64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text)
    except ValueError as error:
        raise NoNote from error
    if _b64(raw) != text:
        raise NoNote
    return raw
