"""
Publish into a folder that a static host serves, whole or not at all.

    instantanes/0004.json        written once, never changed
    .versions/0004-<digest>-a/   everything that changes with a publication, etat.json included
    courant -> .versions/…       the one name whose rename makes a publication public
    index.html -> courant/index.html, dernier.json -> courant/dernier.json, …

Numbered snapshots are written first: before the rename nobody points to the new one, and after
it nobody points to a missing one. A stop at any step leaves `courant` on the last good version;
the next publication clears what was left behind. The version before the current one is kept
for readers who were in the middle of it. A file that did not change is written once, and has a name
(a hard link) in both.

A confirmation first looks whether all of this still stands, and a publication mends what does not.
What someone else wrote in our place is kept beside it, as `.altere-<name>-<n>`: a repair loses
nothing. In a folder that cannot be shown to be ours, nothing is replaced at all.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os.path import lexists
from pathlib import Path, PurePosixPath
from typing import NoReturn

from sync.adapters.publish.checked import check
from sync.adapters.publish.disk import Disk
from sync.adapters.publish.layout import (
    ALTERED,
    CURRENT,
    LATEST,
    MANIFEST,
    SNAPSHOTS,
    STATE,
    UNFINISHED,
    VERSIONS,
    Version,
    current_version,
    holds,
    last_sound_version,
    leads_to,
    plain_files,
    public_names,
    sha256,
    snapshot_names,
)
from sync.adapters.publish.manifest import (
    first_difference,
    manifest_bytes,
    snapshots_with,
    state_bytes,
)
from sync.adapters.publish.read_back import standing_in
from sync.adapters.publish.told import Unread, told_by
from sync.core.chain import Told
from sync.core.commitments import only_withdraws, withdrawn_places
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.publication import Standing
from sync.model.snapshot import State, snapshot_path
from sync.ports import Publication
from sync.system import reason_of
from sync.wording import Text


class DirectoryPublisher:
    """One folder. `name` keys its delivery state and is safe to log."""

    def __init__(self, path: Path, name: str, disk: Disk | None = None) -> None:
        self.name = name
        self._root = path
        self._disk = disk or Disk()

    @property
    def root(self) -> Path:
        return self._root

    def told(self, plan_id: str) -> Iterator[Told | Unread]:
        """What the files there tell of the log."""
        return told_by(self.root, plan_id)

    def standing(self, plan_id: str) -> Standing | None:
        return standing_in(self._root, plan_id)

    def publish(self, publication: Publication) -> None:
        """Raises PublicationFailed, with the last good publication standing."""
        check(publication)
        with self._told():
            self._make_root()
            standing = self._standing()
            self._refuse_another_history(publication, standing)
            self._clear_leftovers(standing)
            withdrawing = self._withdraws(publication, standing)
            self._write_immutable(publication.immutable, standing)
            if withdrawing:
                self._forget_copies()
            version = self._write_version(publication, standing)
            self._link_names(publication.files, standing)
            self._switch_to(version)
            if withdrawing and standing is not None:
                self._disk.remove(standing.path)

    def confirm(self, state: State, digest: str) -> None:
        """
        Replace `etat.json` alone, once the publication was seen to stand there whole.

        Raises PublicationMissing otherwise: a fresh date over a broken page would be a lie.
        """
        standing = self._seen_whole(state.numero, digest)
        with self._told():
            fresh = standing.path / f"{UNFINISHED}{STATE}"
            self._disk.write(fresh, state_bytes(state))
            self._disk.rename(fresh, standing.path / STATE)
            self._disk.settle(standing.path)

    def _seen_whole(self, number: int, digest: str) -> Version:
        """The version of that number, or PublicationMissing with the first path that differs."""
        try:
            standing = current_version(self._root)
            if standing is None or standing.number != number:
                found = standing.number if standing else 0
                said = Text(
                    f"l’instantané {number} devait y être confirmé, mais le dossier en est au "
                    f"numéro {found}",
                    f"snapshot {number} was to be confirmed there, but the folder stands at "
                    f"number {found}",
                )
                raise self._missing(self._root, said)
            if standing.digest != digest:
                said = Text(
                    f"un autre instantané {number} y est servi",
                    f"another snapshot {number} is served there",
                )
                raise self._missing(standing.path, said)
            differs = first_difference(self._root, standing, self._disk)
        except OSError as unreadable:  # what cannot be read cannot be confirmed either
            where = Path(str(unreadable.filename or self._root))
            said = Text("illisible", "unreadable")
            raise self._missing(where, said) from unreadable
        if differs is not None:
            said = Text(
                "ce n’est plus ce qui y a été publié", "this is no longer what was published there"
            )
            raise self._missing(differs, said)
        return standing

    def _missing(self, path: Path, why: Text) -> PublicationMissing:
        return PublicationMissing(
            Text(
                f"{path} : {why.fr}. Rien n’y a été confirmé : une publication complète doit "
                "suivre.",
                f"{path}: {why.en}. Nothing was confirmed there: a complete publication must "
                "follow.",
            ),
            path=str(path),
        )

    def _make_root(self) -> None:
        for folder in (self._root, self._root / VERSIONS, self._root / SNAPSHOTS):
            if folder != self._root and folder.is_symlink():
                self._refuse_foreign(folder)
            self._disk.make_folder(folder)

    def _standing(self) -> Version | None:
        """
        The version that shows the folder to be ours and says how far its history has come.

        When `courant` was lost or replaced, by a copy that resolved the links for instance, the
        last version that is still sound says it instead.
        """
        standing = current_version(self._root) or last_sound_version(self._root, self._disk)
        current = self._root / CURRENT
        if standing is None and lexists(current):
            self._refuse_foreign(current)
        return standing

    def _refuse_another_history(self, publication: Publication, standing: Version | None) -> None:
        """
        Our history must hold the very snapshot that stands there; else it is not its successor.

        This is also what allows a repair: up to that number, every snapshot is known to be ours.
        """
        if standing is None:
            return
        record = publication.record
        ours = publication.immutable.get(snapshot_path(standing.number), b"")
        theirs = standing.path / LATEST
        if standing.number <= record.number and (
            sha256(ours) == standing.digest
            or (
                holds(theirs, standing.digest, self._disk)
                and only_withdraws(self._disk.read(theirs), ours)
            )
        ):
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

    def _write_immutable(self, files: Mapping[str, bytes], standing: Version | None) -> None:
        """Write what is missing and restore what was altered, as far as it is known to be ours."""
        ours = frozenset(snapshot_names(standing.number if standing else 0))
        for name, body in files.items():
            path = self._root / name
            if holds(path, sha256(body), self._disk):
                continue
            altered = lexists(path)
            if altered and path.is_file() and not path.is_symlink():
                there = self._disk.read(path)
                if only_withdraws(body, there):
                    self._refuse_withdrawn(path)
                if only_withdraws(there, body):
                    altered = False  # it was ours, and what it holds more must go
            if altered and name not in ours:
                self._refuse_altered(path)
            fresh = path.with_name(f"{UNFINISHED}{path.name}")
            self._disk.write(fresh, body)
            self._verify(fresh, body)
            if altered:
                self._set_aside(path, path.stem)
            self._disk.rename(fresh, path)
        self._disk.settle(self._root / SNAPSHOTS)

    def _withdraws(self, publication: Publication, standing: Version | None) -> bool:
        """
        Whether a text that stands here is to go: then no copy of what held it may stay.

        Where a stop came between, the snapshot has lost it, and the version was made with it still.
        """
        if standing is None:
            return False
        made_with = snapshots_with(standing, self._disk)
        for name in snapshot_names(standing.number):
            path, body = self._root / name, publication.immutable.get(name, b"")
            if made_with.get(name) not in (None, sha256(body)) and withdrawn_places(body):
                return True
            if (
                path.is_file()
                and not holds(path, sha256(body), self._disk)
                and only_withdraws(self._disk.read(path), body)
            ):
                return True
        return False

    def _forget_copies(self) -> None:
        for folder in (self._root, self._root / SNAPSHOTS):
            for path in sorted(folder.glob(f"{ALTERED}*")):
                self._disk.remove(path)

    def _refuse_withdrawn(self, path: Path) -> NoReturn:
        raise PublicationFailed(
            Text(
                f"{path} : un texte y a été retiré par décision, que cette base de données a "
                "encore. Rien n’a été remplacé : refaites ce retrait ici (« jalon withdraw »).",
                f"{path}: a text was withdrawn there by decision, which this database still has. "
                "Nothing was replaced: make that withdrawal here again (`jalon withdraw`).",
            ),
            path=str(path),
        )

    def _refuse_altered(self, path: Path) -> NoReturn:
        raise PublicationFailed(
            Text(
                f"{path} : un instantané publié ne change jamais, mais ce fichier contient autre "
                "chose. Il est laissé tel quel; retrouvez d’où il vient avant de publier.",
                f"{path}: a published snapshot never changes, but this file holds something else. "
                "It is left as it is; find out where it comes from before publishing.",
            ),
            path=str(path),
        )

    def _set_aside(self, path: Path, label: str) -> None:
        """
        Keep beside it what stands in our place; the same content is kept once.

        A plain file is copied, so that its name can then be replaced without a gap.
        """
        kept = sorted(path.parent.glob(f"{ALTERED}{label}-*"))
        number = 1
        while (beside := path.with_name(f"{ALTERED}{label}-{number}")) in kept:
            number += 1
        if path.is_symlink() or not path.is_file():
            self._disk.rename(path, beside)
            return
        body = self._disk.read(path)
        if not any(holds(one, sha256(body), self._disk) for one in kept):
            fresh = path.with_name(f"{UNFINISHED}{beside.name}")
            self._disk.write(fresh, body)
            self._disk.rename(fresh, beside)

    def _write_version(self, publication: Publication, standing: Version | None) -> Path:
        record = publication.record
        side = "b" if standing and standing.side == "a" else "a"
        target = self._root / VERSIONS / f"{record.number:04d}-{record.digest}-{side}"
        fresh = target.with_name(f"{UNFINISHED}{target.name}")
        files = {
            **publication.files,
            STATE: state_bytes(publication.state),
            MANIFEST: manifest_bytes(publication),
        }
        folders = {fresh, *(fresh / parent for name in files for parent in _parents(name))}
        for folder in sorted(folders):
            self._disk.make_folder(folder)
        before = plain_files(standing.path) if standing else frozenset()
        for name, body in files.items():
            if (
                standing is None
                or name not in before
                or not self._share(standing, fresh, name, body)
            ):
                self._disk.write(fresh / name, body)
        for name, body in files.items():
            self._verify(fresh / name, body)
        for folder in sorted(folders, reverse=True):
            self._disk.settle(folder)
        self._disk.rename(fresh, target)
        self._disk.settle(target.parent)
        return target

    def _share(self, standing: Version, fresh: Path, name: str, body: bytes) -> bool:
        """
        Take over an unchanged file of the standing version, where the file system lets us.

        Whoever alters it later alters both versions: a confirmation reads it all again, and what
        is altered is not taken over.
        """
        if name == STATE or not holds(standing.path / name, sha256(body), self._disk):
            return False
        try:
            self._disk.share(standing.path / name, fresh / name)
        except OSError:  # another owner's file, too many names, no hard links there
            return False
        return True

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

    def _link_names(self, files: Mapping[str, bytes], standing: Version | None) -> None:
        """Give each file or folder of a version its public name; until the switch it is unread."""
        for name in public_names((*files, STATE)):
            path, wanted = self._root / name, f"{CURRENT}/{name}"
            if leads_to(path, wanted):
                continue
            altered = lexists(path)
            if altered and standing is None:
                self._refuse_foreign(path)
            self._link(path, wanted, instead_of_altered=altered)
        self._disk.settle(self._root)

    def _switch_to(self, version: Path) -> None:
        current = self._root / CURRENT
        altered = current_version(self._root) is None and lexists(current)
        self._link(current, f"{VERSIONS}/{version.name}", instead_of_altered=altered)
        self._disk.settle(self._root)

    def _link(self, path: Path, to: str, *, instead_of_altered: bool) -> None:
        fresh = path.with_name(f"{UNFINISHED}{path.name}")
        self._disk.link(fresh, to)
        if instead_of_altered:
            self._set_aside(path, path.name)
        self._disk.rename(fresh, path)

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
            why = reason_of(refused)
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


def _parents(name: str) -> tuple[PurePosixPath, ...]:
    return tuple(parent for parent in PurePosixPath(name).parents if parent.parts)
