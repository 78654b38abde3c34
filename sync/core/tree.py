"""
The Merkle tree over every snapshot of a plan, as RFC 6962 section 2.1 defines it.

Its root binds all of them and their order: whoever kept the root of the first n can tell, from
the snapshots alone, whether one of these n was rewritten, dropped or moved since.
"""

from collections.abc import Sequence
from hashlib import sha256

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(_LEAF + leaf).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order; of none of them it is the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [
            sha256(_NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)
        ]
        level = paired + level[len(paired) * 2 :]  # an odd one goes up as it is
    return level[0]
