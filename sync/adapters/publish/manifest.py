"""
What a version says of itself, so that a confirmation can see whether it still stands whole.

The manifest lies inside the version, beside the files that it tells of. It catches damage, stray
hands and careless copies; whoever forges the manifest too is only undone by the next publication.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sync.adapters.publish.disk import Disk
from sync.adapters.publish.layout import (
    CURRENT,
    LATEST,
    MANIFEST,
    SNAPSHOTS,
    STATE,
    UNFINISHED,
    VERSIONS,
    Version,
    holds,
    leads_to,
    public_names,
    sha256,
    snapshot_names,
)
from sync.model.snapshot import State
from sync.ports import Publication

_ON_THEIR_OWN = frozenset({MANIFEST, STATE, f"{UNFINISHED}{STATE}"})


class Manifest(BaseModel):
    """SHA-256 by path: the version's own files, then the numbered snapshots outside of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    fichiers: dict[str, str]
    instantanes: dict[str, str]


class RemoteManifest(BaseModel):
    """
    SHA-256 by path of what stands at a place where names are switched one after the other.

    `avant` is None once all of it stands. Until then it holds by path the other digests that a
    file may still have: those of the publications that were there before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    numero: int
    empreinte: str
    fichiers: dict[str, str]
    instantanes: dict[str, str]
    avant: dict[str, list[str]] | None = None

    def possible(self) -> dict[str, frozenset[str]]:
        """By path, each digest that we may have left there."""
        found = {name: set(digests) for name, digests in (self.avant or {}).items()}
        for name, digest in self.fichiers.items():
            found.setdefault(name, set()).add(digest)
        return {name: frozenset(digests) for name, digests in found.items()}


def remote_manifest(body: bytes | None) -> RemoteManifest | None:
    """None when it is missing or damaged."""
    try:
        return RemoteManifest.model_validate_json(body or b"")
    except ValidationError:
        return None


def manifest_bytes(publication: Publication) -> bytes:
    manifest = Manifest(
        fichiers={name: sha256(body) for name, body in publication.files.items()},
        instantanes={name: sha256(body) for name, body in publication.immutable.items()},
    )
    return manifest.model_dump_json(indent=1).encode("utf-8") + b"\n"


def snapshots_with(version: Version, disk: Disk) -> dict[str, str]:
    """SHA-256 by path of the numbered snapshots that it was published with, where it says so."""
    manifest = _read(version.path / MANIFEST, disk)
    return {} if manifest is None else manifest.instantanes


def state_bytes(state: State) -> bytes:
    return state.model_dump_json().encode("utf-8") + b"\n"


def first_difference(root: Path, standing: Version, disk: Disk) -> Path | None:
    """The first path of the folder that is not as it was published; None when it stands whole."""
    for folder in (root / VERSIONS, root / SNAPSHOTS, standing.path):
        if folder.is_symlink() or not folder.is_dir():
            return folder
    manifest = _read(standing.path / MANIFEST, disk)
    if manifest is None:
        return standing.path / MANIFEST
    if manifest.fichiers.get(LATEST) != standing.digest:
        return standing.path / LATEST
    if (standing.path / STATE).is_symlink() or not (standing.path / STATE).is_file():
        return standing.path / STATE
    altered = _first_altered(standing.path, manifest, disk)
    if altered is not None:
        return altered
    for name in public_names((*manifest.fichiers, STATE)):
        if not leads_to(root / name, f"{CURRENT}/{name}"):
            return root / name
    for name in snapshot_names(standing.number):
        if not holds(root / name, manifest.instantanes.get(name, ""), disk):
            return root / name
    return None


def _first_altered(version: Path, manifest: Manifest, disk: Disk) -> Path | None:
    """
    A file that is missing, altered or one too many.

    Only names found on the disk are opened, so that no manifest can lead out of the folder.
    """
    found = {
        path.relative_to(version).as_posix()
        for path in version.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    for name in sorted((found | manifest.fichiers.keys()) - _ON_THEIR_OWN):
        digest = manifest.fichiers.get(name, "")
        if name not in found or not holds(version / name, digest, disk):
            return version / name
    return None


def _read(path: Path, disk: Disk) -> Manifest | None:
    """None when it is missing, damaged, or the version is older than manifests."""
    try:
        return Manifest.model_validate_json(disk.read(path))
    except (OSError, ValidationError):
        return None
