"""
What lets anyone check a publication: the signed note, the key, and every file's digest.

The signing itself is done at the edge; here are only the bytes that come of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sync.core.signed_note import PublicKey

NOTE: Final = "note.txt"
KEY: Final = "cle.pub"
PEM: Final = "cle.pem"
KEYS: Final = "cles.json"
SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Proof:
    """
    The newest signed note, the key that signed it, and how one key passed on to the next.

    `rotations` are signed notes too, oldest first.
    """

    note: str
    key: PublicKey
    rotations: tuple[str, ...] = ()


def proof_files(proof: Proof) -> Mapping[str, bytes]:
    keys = {"courante": proof.key.text(), "relais": list(proof.rotations)}
    return {
        NOTE: proof.note.encode(),
        KEY: f"{proof.key.text()}\n".encode(),
        PEM: proof.key.pem().encode(),
        KEYS: (json.dumps(keys, ensure_ascii=False, indent=1) + "\n").encode(),
    }


def sums(files: Mapping[str, bytes]) -> bytes:
    """As `sha256sum -c` reads them."""
    lines = [f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return "".join(lines).encode()
