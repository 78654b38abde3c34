"""
What lets anyone check a publication: the signed note, the key, and every file's digest.

The signing itself is done at the edge; here are only the bytes that come of it.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sync.core.signed_note import PublicKey
from sync.core.verification import KEY, KEYS, NOTE, SUMS, SUMS_SIGNATURE

PEM: Final = "cle.pem"


@dataclass(frozen=True, slots=True)
class Proof:
    """
    The newest signed note, the key that signed it, and how one key passed on to the next.

    `rotations` are signed notes too, oldest first. `sign` signs other bytes by the same key.
    """

    note: str
    key: PublicKey
    sign: Callable[[bytes], bytes]
    rotations: tuple[str, ...] = ()


def proof_files(proof: Proof) -> Mapping[str, bytes]:
    keys = {"courante": proof.key.text(), "relais": list(proof.rotations)}
    return {
        NOTE: proof.note.encode(),
        KEY: f"{proof.key.text()}\n".encode(),
        PEM: proof.key.pem().encode(),
        KEYS: (json.dumps(keys, ensure_ascii=False, indent=1) + "\n").encode(),
    }


def sums_files(files: Mapping[str, bytes], proof: Proof | None) -> Mapping[str, bytes]:
    """
    Every file's digest as `sha256sum -c` reads it, and where there is a key the signature of that
    list, in base64: whoever has nothing but OpenSSL keeps these two.
    """
    lines = [f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    listed = "".join(lines).encode()
    if proof is None:
        return {SUMS: listed}
    return {SUMS: listed, SUMS_SIGNATURE: b64encode(proof.sign(listed)) + b"\n"}
