"""
Is a publication what it was? Recomputed from its snapshots, its note and an older note.

The published page `verifier.html` does the same in a browser, from the same files; both are held
against the same planted frauds.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Literal

from sync.core.commitments import NotCanonical, leaf_of, withdrawn_places
from sync.core.signed_note import (
    Checkpoint,
    NoNote,
    PublicKey,
    Rotation,
    SignedNote,
    Verify,
    read_note,
)
from sync.core.tree import leaf_hash, root_of
from sync.core.withdrawal import decided
from sync.model.snapshot import snapshot_path

Breach = Literal[
    "missing",
    "snapshot",
    "number",
    "plan",
    "latest",
    "note",
    "key",
    "rotation",
    "signature",
    "origin",
    "size",
    "root",
    "withdrawn",
    "sum",
    "sums_signature",
    "old_note",
    "old_signature",
    "old_origin",
    "shorter",
    "rewritten",
]
"""
What does not hold. `missing`, `snapshot` (not canonical), `number` and `plan` are of one snapshot;
`latest` of `dernier.json`; `withdrawn`: a text is gone and no later snapshot says by what decision;
`sum`: a file is not as `SHA256SUMS` says; `sums_signature`: nor is that list signed by the key that
signs now, or it is gone; `shorter` and `rewritten` are what an older note shows.
"""

NOTE: Final = "note.txt"
KEY: Final = "cle.pub"
KEYS: Final = "cles.json"
LATEST: Final = "dernier.json"
SUMS: Final = "SHA256SUMS"
SUMS_SIGNATURE: Final = "SHA256SUMS.sig"
"""The files of a publication that a check begins from."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`number` is the snapshot's, `name` the file's, where one can be named."""

    breach: Breach
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What is published, as bytes; None for what is not there.

    `snapshots` are those of the numbers from 1 on. `files` are those that `SHA256SUMS` names.
    `pinned` is a key that was told elsewhere.
    """

    snapshots: Sequence[bytes | None]
    latest: bytes | None
    note: bytes | None = None
    key: bytes | None = None
    keys: bytes | None = None
    sums: bytes | None = None
    sums_signature: bytes | None = None
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    old_note: bytes | None = None
    pinned: PublicKey | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`checkpoint` is what the snapshots are now; `old` what the older note says they were."""

    faults: tuple[Fault, ...]
    checkpoint: Checkpoint
    key: PublicKey | None
    signed: bool
    withdrawn: int
    files: int
    old: Checkpoint | None = None


def listed(sums: bytes | None) -> dict[str, str]:
    """Digest by name, of names that stay inside of the folder; others are passed over."""
    told: dict[str, str] = {}
    if sums is None:
        return told
    for line in sums.decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        parts = name.split("/")
        plain = all(part and part not in (".", "..") for part in parts)
        if plain and name.isprintable() and not any(odd in name for odd in "\\:?#%"):
            told[name] = digest
    return told


def check(evidence: Evidence, verify: Verify) -> Found:
    faults: list[Fault] = []
    leaves, withdrawn = _snapshots(evidence, faults)
    root = root_of(leaves)
    keys = _keys(evidence, faults, verify)
    key = keys[-1] if keys else None
    now = Checkpoint(key.name if key else "", len(leaves), root)
    signed = _note(evidence, now, key, faults, verify)
    old = _older(evidence, leaves, keys, faults, verify)
    if not _sums_signed(evidence, key, verify):
        faults.append(Fault("sums_signature", name=SUMS_SIGNATURE))
    for name, digest in listed(evidence.sums).items():
        body = evidence.files.get(name)
        if body is None or sha256(body).hexdigest() != digest:
            faults.append(Fault("sum", name=name))
    return Found(tuple(faults), now, key, signed, withdrawn, len(evidence.files), old)


_NO_LEAF: Final = leaf_hash(b"")
"""For a snapshot that is not there: those after it keep their places."""


def _snapshots(evidence: Evidence, faults: list[Fault]) -> tuple[list[bytes], int]:
    leaves: list[bytes] = []
    read: list[Any] = []
    gone: list[tuple[int, str]] = []
    plan: object = None
    for number, body in enumerate(evidence.snapshots, 1):
        leaves.append(_NO_LEAF)
        read.append({})
        if body is None:
            faults.append(Fault("missing", number))
            continue
        try:
            leaves[-1] = leaf_hash(leaf_of(body))
        except NotCanonical:
            faults.append(Fault("snapshot", number))
            continue
        said = read[-1] = json.loads(body)
        gone += ((number, place) for place in withdrawn_places(body))
        if said.get("numero") != number:
            faults.append(Fault("number", number))
        plan = plan or _plan(said)
        if _plan(said) != plan:
            faults.append(Fault("plan", number))
    if evidence.snapshots and evidence.latest != evidence.snapshots[-1]:
        faults.append(Fault("latest", len(evidence.snapshots)))
    for number, place in gone:
        if not decided(read, number, place):
            faults.append(Fault("withdrawn", number, place))
    return leaves, len(gone)


def _plan(said: Any) -> object:
    plan = said.get("plan")
    return plan.get("id") if isinstance(plan, dict) else None


def _keys(evidence: Evidence, faults: list[Fault], verify: Verify) -> list[PublicKey]:
    """Every key that signed, oldest first; the last one signs now."""
    if evidence.key is None:
        if evidence.note is not None or evidence.pinned is not None:
            faults.append(Fault("key"))
        return []
    try:
        current = PublicKey.read(evidence.key.decode())
    except (NoNote, UnicodeDecodeError):
        faults.append(Fault("key"))
        return []
    try:
        keys = list(_relayed(evidence.keys, verify)) or [current]
    except (NoNote, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        faults.append(Fault("rotation"))
        return [current]
    if keys[-1] != current:
        faults.append(Fault("rotation"))
        keys = [current]
    if evidence.pinned is not None and evidence.pinned not in keys:
        faults.append(Fault("key"))
    return keys


def _relayed(body: bytes | None, verify: Verify) -> Iterator[PublicKey]:
    last: PublicKey | None = None
    for text in [] if body is None else json.loads(body)["relais"]:
        note = read_note(text.encode())
        one = Rotation.read(note.text)
        if not note.signed_by(one.old, verify) or last not in (None, one.old):
            raise NoNote
        if last is None:
            yield one.old
        last = one.new
        yield last


def _note(
    evidence: Evidence,
    now: Checkpoint,
    key: PublicKey | None,
    faults: list[Fault],
    verify: Verify,
) -> bool:
    if evidence.note is None:
        if key is not None:
            faults.append(Fault("note"))
        return False
    try:
        note = read_note(evidence.note)
        said = note.checkpoint()
    except NoNote:
        faults.append(Fault("note"))
        return False
    if key is None:
        return False
    signed = note.signed_by(key, verify)
    if not signed:
        faults.append(Fault("signature"))
    for breach, differs in (
        ("origin", said.origin != key.name),
        ("size", said.size != now.size),
        ("root", said.root != now.root),
    ):
        if differs:
            faults.append(Fault(breach))  # type: ignore[arg-type]
    return signed


def _sums_signed(evidence: Evidence, key: PublicKey | None, verify: Verify) -> bool:
    """Whoever has OpenSSL alone keeps this list: it is signed wherever anything is."""
    if key is None:
        return evidence.sums_signature is None or evidence.key is not None
    if evidence.sums is None or evidence.sums_signature is None:
        return False
    try:
        signature = b64decode(evidence.sums_signature.removesuffix(b"\n"), validate=True)
    except ValueError:
        return False
    return verify(key.key, signature, evidence.sums)


def _older(
    evidence: Evidence,
    leaves: Sequence[bytes],
    keys: Sequence[PublicKey],
    faults: list[Fault],
    verify: Verify,
) -> Checkpoint | None:
    if evidence.old_note is None:
        return None
    try:
        note = read_note(evidence.old_note)
        said = note.checkpoint()
    except NoNote:
        faults.append(Fault("old_note"))
        return None
    if not _signed_by_any(note, keys, verify):
        faults.append(Fault("old_signature"))
    if keys and said.origin != keys[-1].name:
        faults.append(Fault("old_origin"))
    if said.size > len(leaves):
        faults.append(Fault("shorter", said.size))
    elif root_of(leaves[: said.size]) != said.root:
        faults.append(Fault("rewritten", said.size))
    return said


def _signed_by_any(note: SignedNote, keys: Sequence[PublicKey], verify: Verify) -> bool:
    return any(note.signed_by(key, verify) for key in keys)


Fetch = Callable[[str], bytes | None]
"""The bytes at a path of the publication, None where nothing is there."""


def gather(
    fetch: Fetch, old_note: bytes | None = None, pinned: PublicKey | None = None
) -> Evidence:
    """Everything that a check looks at. Nothing is opened but names inside of the publication."""
    note, latest = fetch(NOTE), fetch(LATEST)
    sums = fetch(SUMS)
    count = max(_count(note), _numbered(latest))
    return Evidence(
        snapshots=[fetch(snapshot_path(number)) for number in range(1, count + 1)],
        latest=latest,
        note=note,
        key=fetch(KEY),
        keys=fetch(KEYS),
        sums=sums,
        sums_signature=fetch(SUMS_SIGNATURE),
        files={name: fetch(name) for name in listed(sums)},
        old_note=old_note,
        pinned=pinned,
    )


_MOST: Final = 100_000
"""A publication that claims more is not followed: it would only cost time."""


def _count(note: bytes | None) -> int:
    if note is None:
        return 0
    try:
        return min(read_note(note).checkpoint().size, _MOST)
    except NoNote:
        return 0


def _numbered(latest: bytes | None) -> int:
    if latest is None:
        return 0
    try:
        said = json.loads(latest)["numero"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return 0
    return min(said, _MOST) if isinstance(said, int) else 0
