"""Ed25519 (RFC 8032): the only place that imports `cryptography`."""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.core.signed_note import NoNote, PrivateKey, PublicKey, signed


class Signer:
    """
    Signs texts with one key. The secret stays inside.

    Raises NoNote for a key that is badly copied: the id in it is that of another.
    """

    def __init__(self, text: str) -> None:
        kept, id_ = PrivateKey.read(text)
        self._key = Ed25519PrivateKey.from_private_bytes(kept.seed)
        self.public = PublicKey(kept.name, self._key.public_key().public_bytes_raw())
        if self.public.id.hex() != id_:
            raise NoNote

    def sign(self, body: bytes) -> bytes:
        return self._key.sign(body)

    def note(self, text: str) -> str:
        return signed(text, self.public, self.sign(text.encode()))


def new_key(name: str, randomness: Callable[[int], bytes]) -> str:
    """A private key in its text form."""
    seed = randomness(32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return PrivateKey(name, seed).text(public)


def verify(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
