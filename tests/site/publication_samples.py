"""
A signed publication of a few small snapshots, and what a city could do to its past.

Each fraud gives back a publication that agrees with itself and is signed by the city's own key:
nothing but an older note can show it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Final

import rfc8785

from sync.adapters.signing import Signer, new_key
from sync.core.commitments import leaf_hash_of, salted
from sync.core.signed_note import Checkpoint
from sync.core.tree import root_of
from sync.core.verification import LATEST
from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot, snapshot_path
from sync.site.build import build_files
from sync.site.edition import Seal
from sync.site.presentation import Presentation
from sync.site.proof import Proof, proof_files, sums_files
from tests.site.snapshot_samples import MID, action, record_of, small, standing

CITY: Final = Presentation("Ville d’essai", None)
SIGNER: Final = Signer(new_key("ville.example/plan", lambda size: b"\x07" * size))
SIZE: Final = 5

Files = Mapping[str, bytes]


def sealed_by(signer: Signer, rotations: tuple[str, ...] = ()) -> Seal:
    def seal(records: Sequence[SnapshotRecord]) -> Proof:
        root = root_of([leaf_hash_of(one.body) for one in records])
        said = Checkpoint(signer.public.name, len(records), root).text()
        return Proof(signer.note(said), signer.public, signer.sign, rotations)

    return seal


def sealed_by_ours(records: Sequence[SnapshotRecord]) -> Proof:
    return sealed_by(SIGNER)(records)


def history(size: int = SIZE) -> list[SnapshotRecord]:
    counted = count(1)
    return [
        record_of(
            salted(
                small(
                    action(
                        "A1-01",
                        jalons={MID.id: standing(Status.UNDER_WAY, motif=f"Motif {n}.")},
                        note=f"Note {n}, « d’ici » à 😀.",
                        preuve=f"https://exemple.ca/{n}",
                    ),
                    numero=n,
                    etat_au=date(2026, 2, n),
                ),
                lambda: next(counted).to_bytes(16),
            )
        )
        for n in range(1, size + 1)
    ]


def published(
    records: Sequence[SnapshotRecord], seal: Seal | None = sealed_by_ours
) -> dict[str, bytes]:
    """The folder as files by relative path."""
    numbered = {snapshot_path(n): one.body for n, one in enumerate(records, 1)}
    return {**build_files(records, CITY, seal), **numbered}


def proven(
    records: Sequence[SnapshotRecord], seal: Seal | None = sealed_by_ours
) -> dict[str, bytes]:
    """What a check of the publication opens, and one page: a tenth of a second less than all."""
    proof = seal(records) if seal else None
    numbered = {snapshot_path(n): one.body for n, one in enumerate(records, 1)}
    files = {
        LATEST: records[-1].body,
        "index.html": b"<!doctype html>\n",
        **(proof_files(proof) if proof else {}),
        **numbered,
    }
    return {**files, **sums_files(files, proof)}


def rewrite(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    """Another status in one snapshot of the past."""
    return _changed(records, at, lambda text: text.replace('"en_cours"', '"atteint"'))


def reword(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    """Another note, under the same salt."""
    return _changed(records, at, lambda text: text.replace('"Note ', '"Mot '))


def salt_anew(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    return _changed(records, at, lambda text: text.replace('"000000', '"f00000'))


def drop(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    """One snapshot is gone, and those after it are numbered anew."""
    return _numbered([*records[: at - 1], *records[at:]])


def swap(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    """One changes places with the next, or the last with the one before."""
    moved = list(records)
    other = at if at < len(moved) else at - 2
    moved[at - 1], moved[other] = moved[other], moved[at - 1]
    return _numbered(moved)


def insert(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    """One more than there was, before one that was there."""
    return _numbered([*records[: at - 1], rewrite(records, at)[at - 1], *records[at - 1 :]])


def erase_in_silence(records: Sequence[SnapshotRecord], at: int) -> list[SnapshotRecord]:
    """A text withdrawn as by decision, which no later snapshot tells."""
    return withdrawn(records, at, told=False)


FRAUDS: Final = (rewrite, reword, salt_anew, drop, swap, insert)


def withdrawn(
    records: Sequence[SnapshotRecord], at: int, *, told: bool = True
) -> list[SnapshotRecord]:
    """The note of one snapshot is withdrawn, and where `told` one more snapshot says why."""
    place = "/axes/0/volets/0/actions/0/note"
    said = json.loads(records[at - 1].body)
    holder = said["axes"][0]["volets"][0]["actions"][0]
    salt = said["sels"].pop(place)
    said["engagements"][place] = sha256((salt + holder["note"]).encode()).hexdigest()
    holder["note"] = None
    found = [*records[: at - 1], _record(said), *records[at:]]
    if not told:
        return found
    last = json.loads(records[-1].body)
    last["numero"] += 1
    last["retraits"] = [
        {
            "instantanes": [at],
            "action": "A1-01",
            "champ": "note",
            "jalon": None,
            "le": "2026-02-09",
            "motif": "Renseignement personnel.",
        }
    ]
    last["sels"]["/retraits/0/motif"] = "a" * 32
    return [*found, _record(last)]


def _changed(
    records: Sequence[SnapshotRecord], at: int, change: Callable[[str], str]
) -> list[SnapshotRecord]:
    before = records[at - 1].body.decode()
    after = change(before)
    assert after != before
    return [*records[: at - 1], _record(json.loads(after)), *records[at:]]


def _numbered(records: Sequence[SnapshotRecord]) -> list[SnapshotRecord]:
    return [_record({**json.loads(one.body), "numero": n}) for n, one in enumerate(records, 1)]


def _record(said: object) -> SnapshotRecord:
    return record_of(Snapshot.model_validate_json(rfc8785.dumps(said)))
