"""
Publish into a folder that a static host serves, whole or not at all.

    instantanes/0004.json        written once, never changed
    .versions/0004-<digest>-a/   everything that changes with a publication, etat.json included
    courant -> .versions/…       the one name whose rename makes a publication public
    index.html -> courant/index.html, dernier.json -> courant/dernier.json, …

Numbered snapshots are written first: before the rename nobody points to the new one, and after
it nobody points to a missing one. A stop at any step leaves `courant` on the last good version;
the next publication clears what was left behind. The version before the current one is kept
for readers who were in the middle of it.
"""

import errno
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple, NoReturn

from sync.adapters.publish.disk import Disk
from sync.errors import PublicationFailed
from sync.model.snapshot import State
from sync.ports import Publication
from sync.wording import Text

VERSIONS = ".versions"
CURRENT = "courant"
SNAPSHOTS = "instantanes"
STATE = "etat.json"
UNFINISHED = ".nouveau-"

_VERSION = re.compile(r"\.versions/(?P<number>\d{4,})-(?P<digest>[0-9a-f]{64})-(?P<side>[ab])")

_REASONS: Mapping[int, Text] = {
    errno.ENOSPC: Text("le disque est plein", "the disk is full"),
    errno.EDQUOT: Text("le quota est atteint", "the quota is reached"),
    errno.EACCES: Text("l’écriture n’est pas permise", "writing is not permitted"),
    errno.EPERM: Text("l’opération n’est pas permise", "the operation is not permitted"),
    errno.EROFS: Text(
        "le système de fichiers est en lecture seule", "the file system is read-only"
    ),
    errno.ENOTDIR: Text(
        "un fichier occupe la place d’un dossier", "a file stands where a folder must"
    ),
    errno.EEXIST: Text("un fichier occupe déjà la place", "a file already stands there"),
    errno.EFBIG: Text("la taille permise est dépassée", "the size allowed is exceeded"),
}


class Version(NamedTuple):
    """The version that `courant` points to, as its own name tells it."""

    number: int
    digest: str
    side: str
    path: Path


class DirectoryPublisher:
    """One folder. `name` keys its delivery state and is safe to log."""

    def __init__(self, path: Path, name: str, disk: Disk | None = None) -> None:
        self.name = name
        self._root = path
        self._disk = disk or Disk()

    def publish(self, publication: Publication) -> None:
        """Raises PublicationFailed, with the last good publication standing."""
        _check(publication)
        with self._told():
            self._make_root()
            standing = self._standing()
            self._refuse_a_step_back(publication, standing)
            self._clear_leftovers(standing)
            self._write_immutable(publication.immutable)
            version = self._write_version(publication, standing)
            self._link_names(publication.files)
            self._switch_to(version)

    def confirm(self, state: State) -> None:
        """Replace `etat.json` alone; only for the snapshot that is standing there."""
        with self._told():
            standing = self._standing()
            if standing is None or standing.number != state.numero:
                found = standing.number if standing else 0
                raise PublicationFailed(
                    Text(
                        f"{self._root} : l’instantané {state.numero} devait y être confirmé, mais "
                        f"le dossier en est au numéro {found}. Relancez une publication complète.",
                        f"{self._root}: snapshot {state.numero} was to be confirmed there, but "
                        f"the folder stands at number {found}. Run a complete publication again.",
                    ),
                    path=str(self._root),
                    standing=found,
                )
            fresh = standing.path / f"{UNFINISHED}{STATE}"
            self._disk.write(fresh, _state_bytes(state))
            self._disk.rename(fresh, standing.path / STATE)
            self._disk.settle(standing.path)

    def _make_root(self) -> None:
        for folder in (self._root, self._root / VERSIONS, self._root / SNAPSHOTS):
            if folder != self._root and folder.is_symlink():
                self._refuse_foreign(folder)
            self._disk.make_folder(folder)

    def _standing(self) -> Version | None:
        current = self._root / CURRENT
        if not current.is_symlink():
            if current.exists():
                self._refuse_foreign(current)
            return None
        found = _VERSION.fullmatch(str(current.readlink()))
        if found is None:
            self._refuse_foreign(current)
        path = self._root / found[0]
        return Version(int(found["number"]), found["digest"], found["side"], path)

    def _refuse_a_step_back(self, publication: Publication, standing: Version | None) -> None:
        record = publication.record
        if standing is None or standing.number < record.number:
            return
        if (standing.number, standing.digest) == (record.number, record.digest):
            return
        raise PublicationFailed(
            Text(
                f"{self._root} : l’instantané {standing.number} y est déjà publié; le numéro "
                f"{record.number} ne peut pas le remplacer, ou son contenu diffère. Vérifiez que "
                "cette base de données est bien celle de ce dossier, ou publiez dans un autre.",
                f"{self._root}: snapshot {standing.number} is already published there; number "
                f"{record.number} cannot replace it, or its content differs. Check that this "
                "database is the one of this folder, or publish into another.",
            ),
            path=str(self._root),
            standing=standing.number,
            number=record.number,
        )

    def _clear_leftovers(self, standing: Version | None) -> None:
        """Remove what a stopped publication left, and versions that nobody reads any more."""
        kept = standing.path if standing else None
        for path in sorted((self._root / VERSIONS).iterdir()):
            if path != kept:
                self._disk.remove(path)
        for folder in (self._root, self._root / SNAPSHOTS, kept):
            for path in sorted(folder.glob(f"{UNFINISHED}*")) if folder else ():
                self._disk.remove(path)

    def _write_immutable(self, files: Mapping[str, bytes]) -> None:
        for name, body in files.items():
            path = self._root / name
            if path.is_symlink():
                self._refuse_foreign(path)
            if path.exists():
                if self._disk.read(path) != body:
                    raise PublicationFailed(
                        Text(
                            f"{path} : un instantané publié ne change jamais, mais ce fichier "
                            "contient autre chose. Il est laissé tel quel; retrouvez d’où il "
                            "vient avant de publier.",
                            f"{path}: a published snapshot never changes, but this file holds "
                            "something else. It is left as it is; find out where it comes from "
                            "before publishing.",
                        ),
                        path=str(path),
                    )
                continue
            fresh = path.with_name(f"{UNFINISHED}{path.name}")
            self._disk.write(fresh, body)
            self._verify(fresh, body)
            self._disk.rename(fresh, path)
        self._disk.settle(self._root / SNAPSHOTS)

    def _write_version(self, publication: Publication, standing: Version | None) -> Path:
        record = publication.record
        side = "b" if standing and standing.side == "a" else "a"
        target = self._root / VERSIONS / f"{record.number:04d}-{record.digest}-{side}"
        fresh = target.with_name(f"{UNFINISHED}{target.name}")
        files = {**publication.files, STATE: _state_bytes(publication.state)}
        folders = {fresh, *(fresh / parent for name in files for parent in _parents(name))}
        for folder in sorted(folders):
            self._disk.make_folder(folder)
        for name, body in files.items():
            self._disk.write(fresh / name, body)
        for name, body in files.items():
            self._verify(fresh / name, body)
        for folder in sorted(folders, reverse=True):
            self._disk.settle(folder)
        self._disk.rename(fresh, target)
        self._disk.settle(target.parent)
        return target

    def _verify(self, path: Path, body: bytes) -> None:
        if self._disk.read(path) != body:
            raise PublicationFailed(
                Text(
                    f"{path} : relu autrement qu’il n’a été écrit. Vérifiez le disque; la "
                    "dernière publication reste en place.",
                    f"{path}: read back other than it was written. Check the disk; the last "
                    "publication still stands.",
                ),
                path=str(path),
            )

    def _link_names(self, files: Mapping[str, bytes]) -> None:
        """Give each file or folder of a version its public name; until the switch it is unread."""
        for name in sorted({PurePosixPath(name).parts[0] for name in (*files, STATE)}):
            path, wanted = self._root / name, f"{CURRENT}/{name}"
            if path.is_symlink() and str(path.readlink()) == wanted:
                continue
            if path.is_symlink() or path.exists():
                self._refuse_foreign(path)
            self._disk.link(path, wanted)

    def _switch_to(self, version: Path) -> None:
        fresh = self._root / f"{UNFINISHED}{CURRENT}"
        self._disk.link(fresh, f"{VERSIONS}/{version.name}")
        self._disk.settle(self._root)
        self._disk.rename(fresh, self._root / CURRENT)
        self._disk.settle(self._root)

    def _refuse_foreign(self, path: Path) -> NoReturn:
        raise PublicationFailed(
            Text(
                f"{path} existe déjà et ne vient pas de Jalon. Rien n’a été remplacé : déplacez-le "
                "ou choisissez un autre dossier.",
                f"{path} already exists and is not Jalon’s. Nothing was replaced: move it away or "
                "choose another folder.",
            ),
            path=str(path),
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what the operating system refused, and where."""
        try:
            yield
        except OSError as refused:
            where = refused.filename or str(self._root)
            unknown = Text(refused.strerror or str(refused), refused.strerror or str(refused))
            why = _REASONS.get(refused.errno or 0, unknown)
            raise PublicationFailed(
                Text(
                    f"{where} : {why.fr}. La dernière publication reste en place; libérez la "
                    "place ou corrigez les droits, puis relancez.",
                    f"{where}: {why.en}. The last publication still stands; free the space or "
                    "correct the permissions, then run again.",
                ),
                path=str(where),
                errno=refused.errno,
            ) from refused


def _check(publication: Publication) -> None:
    """A publication that contradicts itself, or that leaves its folder, is never written."""
    record = publication.record
    latest = publication.files.get("dernier.json", b"")
    agreed = (
        hashlib.sha256(latest).hexdigest() == record.digest
        and publication.state.numero == record.number == publication.snapshot.numero
    )
    ours = {STATE, CURRENT, VERSIONS, SNAPSHOTS}
    inside = all(_inside(n) and PurePosixPath(n).parts[0] not in ours for n in publication.files)
    numbered = all(
        _inside(n) and PurePosixPath(n).parent == PurePosixPath(SNAPSHOTS)
        for n in publication.immutable
    )
    if not (agreed and inside and numbered):
        raise PublicationFailed(
            Text(
                f"La publication {record.number} se contredit (numéro, empreinte ou noms de "
                "fichiers) : rien n’a été écrit. C’est un défaut de Jalon; signalez-le.",
                f"Publication {record.number} contradicts itself (number, digest or file names): "
                "nothing was written. This is a defect of Jalon; report it.",
            ),
            number=record.number,
        )


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _parents(name: str) -> tuple[PurePosixPath, ...]:
    return tuple(parent for parent in PurePosixPath(name).parents if parent.parts)


def _state_bytes(state: State) -> bytes:
    return state.model_dump_json().encode("utf-8") + b"\n"
