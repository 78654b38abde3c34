"""How a published folder is laid out, and which version of it is the one that stands."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from sync.adapters.publish.disk import Disk
from sync.model.snapshot import snapshot_path

VERSIONS: Final = ".versions"
CURRENT: Final = "courant"
SNAPSHOTS: Final = "instantanes"
STATE: Final = "etat.json"
LATEST: Final = "dernier.json"
MANIFEST: Final = ".manifeste.json"
UNFINISHED: Final = ".nouveau-"
ALTERED: Final = ".altere-"
STAGED: Final = ".nouveau"
ASIDE: Final = ".altere"

_VERSION = re.compile(r"\.versions/(?P<number>\d{4,})-(?P<digest>[0-9a-f]{64})-(?P<side>[ab])")


class Version(NamedTuple):
    """A version of ours, as its own name tells it."""

    number: int
    digest: str
    side: str
    path: Path


def current_version(root: Path) -> Version | None:
    """The version that `courant` leads to, whether or not it is still there."""
    current = root / CURRENT
    return _version(root, str(current.readlink())) if current.is_symlink() else None


def last_sound_version(root: Path, disk: Disk) -> Version | None:
    """The newest version whose snapshot still has the digest in its name."""
    names = [f"{VERSIONS}/{path.name}" for path in (root / VERSIONS).iterdir()]
    found = [version for name in names if (version := _version(root, name))]
    sound = [one for one in found if holds(one.path / LATEST, one.digest, disk)]
    return max(sound, default=None)


def _version(root: Path, name: str) -> Version | None:
    found = _VERSION.fullmatch(name)
    if found is None:
        return None
    return Version(int(found["number"]), found["digest"], found["side"], root / name)


def snapshot_names(until: int) -> list[str]:
    return [snapshot_path(number) for number in range(1, until + 1)]


def public_names(names: Iterable[str]) -> list[str]:
    """What the root of the folder must hold for those files to be reached."""
    return sorted({PurePosixPath(name).parts[0] for name in names})


def leads_to(path: Path, wanted: str) -> bool:
    return path.is_symlink() and str(path.readlink()) == wanted


def holds(path: Path, digest: str, disk: Disk) -> bool:
    """Whether a plain file with exactly those bytes stands there."""
    return path.is_file() and not path.is_symlink() and sha256(disk.read(path)) == digest


def plain_files(version: Path) -> frozenset[str]:
    """The files below it, by relative path; behind a symbolic link nothing is looked at."""
    return frozenset(
        path.relative_to(version).as_posix()
        for folder, _, names in os.walk(version)
        for name in names
        if not (path := Path(folder, name)).is_symlink()
    )


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
