"""
What we published somewhere, read back: the witness from which a lost store is rebuilt.

It is read from a folder or from the public address. All of it must be there and belong together:
the numbered snapshots from 1 on, the last of them in `dernier.json`, and their digests where the
folder's manifest tells them.
"""

import json
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from sync.adapters.publish.layout import (
    CURRENT,
    LATEST,
    MANIFEST,
    STATE,
    current_version,
    sha256,
)
from sync.adapters.publish.manifest import Manifest, remote_manifest
from sync.core.witness import heads_in
from sync.errors import ConfigError, UnsafeChangeSet
from sync.model.publication import Published, Standing
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot, State, snapshot_path
from sync.wording import Text

Fetch = Callable[[str], bytes | None]
"""The bytes at a path of the publication, None where nothing is there."""


def standing_in(root: Path, plan_id: str) -> Standing | None:
    """
    How far this plan's publication in a folder has come; None where none can be seen.

    Whatever cannot be read is left to the publication itself, which tells it.
    """
    try:
        version = current_version(root)
        if version is None:
            return None
        latest = (version.path / LATEST).read_bytes()
        state = (version.path / STATE).read_bytes()
    except OSError:
        return None
    return standing_of(version.number, latest, state, plan_id)


def standing_of(
    number: int, latest: bytes | None, state: bytes | None, plan_id: str
) -> Standing | None:
    """The same from `dernier.json` and `etat.json`, as they were read there."""
    try:
        if json.loads(latest or b"")["plan"]["id"] != plan_id:
            return None
        heads = heads_in(state or b"", plan_id)
    except (ValueError, KeyError, TypeError):
        return None
    return Standing(number, heads[0] if heads else None)


def from_folder(root: Path) -> Fetch:
    def fetch(name: str) -> bytes | None:
        try:
            return (root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return fetch


def read_back(fetch: Fetch, where: str, plan_id: str) -> Published | None:
    """
    The whole publication, or None where there is none.

    Raises UnsafeChangeSet for another plan's, ConfigError for one that is not whole.
    """
    latest = fetch(LATEST)
    if latest is None:
        return None
    last = _snapshot(latest, where, LATEST)
    if last.plan.id != plan_id:
        raise UnsafeChangeSet(
            Text(
                f"{where} : cette publication est celle du plan « {last.plan.id} », et non de "
                f"« {plan_id} ». Rien n’a été écrit.",
                f"{where}: this publication is of plan “{last.plan.id}”, not of “{plan_id}”. "
                "Nothing was written.",
            ),
            rule="publication of another plan",
        )
    told = _manifest(fetch)
    records, snapshots = [], []
    for number in range(1, last.numero + 1):
        name = snapshot_path(number)
        body = fetch(name)
        if body is None:
            raise _not_whole(where, name, "il manque", "it is missing")
        snapshot = _snapshot(body, where, name)
        digest = sha256(body)
        fits = snapshot.numero == number and snapshot.plan.id == plan_id
        if not fits or told.get(name, digest) != digest:
            raise _not_whole(where, name, "il a été altéré", "it was altered")
        records.append(SnapshotRecord(number, snapshot.etat_au, snapshot.genere_le, digest, body))
        snapshots.append(snapshot)
    if records[-1].body != latest:
        name = records[-1].digest[:16]
        raise _not_whole(
            where,
            LATEST,
            f"il n’est pas l’instantané {last.numero} ({name})",
            f"it is not snapshot {last.numero} ({name})",
        )
    return Published(
        tuple(records), tuple(snapshots), _state(fetch, where, last), where, _rotations(fetch)
    )


def _snapshot(body: bytes, where: str, name: str) -> Snapshot:
    try:
        return Snapshot.model_validate_json(body)
    except ValidationError as error:
        raise _not_whole(where, name, "ce n’est pas un instantané", "it is no snapshot") from error


def _manifest(fetch: Fetch) -> dict[str, str]:
    """A host that serves no hidden file tells none."""
    elsewhere = remote_manifest(fetch(MANIFEST))
    if elsewhere is not None:
        return dict(elsewhere.instantanes)
    try:
        body = fetch(f"{CURRENT}/{MANIFEST}")
        return {} if body is None else dict(Manifest.model_validate_json(body).instantanes)
    except ValidationError:
        return {}


def _rotations(fetch: Fetch) -> tuple[str, ...]:
    """How one signing key passed on to the next; what cannot be read proves nothing anyway."""
    try:
        return tuple(str(one) for one in json.loads(fetch("cles.json") or b"{}").get("relais", ()))
    except (ValueError, AttributeError, TypeError):
        return ()


def _state(fetch: Fetch, where: str, last: Snapshot) -> State:
    """Without `etat.json` the snapshot itself says when all was last read."""
    body = fetch(STATE)
    if body is None:
        return State(
            numero=last.numero,
            verifie_le=last.genere_le,
            demonstration=last.demonstration,
            journal=last.journal,
        )
    try:
        state = State.model_validate_json(body)
    except ValidationError as error:
        raise _not_whole(where, STATE, "il est illisible", "it is unreadable") from error
    if state.numero != last.numero:
        raise _not_whole(
            where,
            STATE,
            "une publication est en cours; réessayez",
            "a publication is under way; try again",
        )
    return state


def _not_whole(where: str, name: str, fr: str, en: str) -> ConfigError:
    return ConfigError(
        Text(
            f"{where}, {name} : {fr}. Une reprise demande la publication entière; donnez-en une "
            "autre copie par --from. Rien n’a été écrit.",
            f"{where}, {name}: {en}. A recovery needs the whole publication; give another copy of "
            "it by --from. Nothing was written.",
        ),
        where=where,
        path=name,
    )
