"""
Publish to a place that has no symbolic links: object storage, or a server reached by SFTP.

    instantanes/0004.json   written once, never changed
    index.html, …           each replaced whole, one name after the other
    etat.json
    .manifeste.json         what stands here, or what is on its way to stand here
    .nouveau/…              what was sent and has no public name yet
    .altere/…               what somebody else had put in our place

No rename makes many names public at once here. So all that is new is sent and read back under
names that nobody reads; the snapshot gets its number; the manifest says what is about to be
replaced by what; then names are switched, `index.html` and `dernier.json` after the rest and
`etat.json` last; all is read again, and the manifest says that it stands. Whoever looks in between,
or after a stop, finds in the manifest the two digests that each file may have, and in
`etat.json` another number than in `dernier.json` as long as that one is not switched with it.
The next publication goes on from what has arrived.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, NoReturn

from sync.adapters.publish.checked import check
from sync.adapters.publish.exchange import GLANCE
from sync.adapters.publish.layout import (
    ASIDE,
    LATEST,
    MANIFEST,
    SNAPSHOTS,
    STAGED,
    STATE,
    sha256,
    snapshot_names,
)
from sync.adapters.publish.manifest import RemoteManifest, remote_manifest, state_bytes
from sync.adapters.publish.read_back import Fetch, standing_of
from sync.adapters.publish.shelf import Shelf, failed
from sync.adapters.publish.told import Unread, told_in
from sync.core.chain import Told
from sync.core.commitments import only_withdraws
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.publication import Standing
from sync.model.snapshot import State, snapshot_path
from sync.ports import Publication
from sync.wording import Text

INDEX: Final = "index.html"

OpenShelf = Callable[..., AbstractContextManager[Shelf]]
"""Opens the place; seconds may be given, for a shorter look than a delivery is."""


@dataclass(frozen=True, slots=True)
class _There:
    """What was found: how far it has come, and what of it may be ours."""

    number: int = 0
    digest: str = ""
    possible: Mapping[str, frozenset[str]] | None = None


class RemotePublisher:
    """One place. `name` keys its delivery state and is safe to log."""

    def __init__(self, name: str, open_shelf: OpenShelf) -> None:
        self.name = name
        self._open = open_shelf

    def __repr__(self) -> str:
        return f"RemotePublisher({self.name!r})"

    def publish(self, publication: Publication) -> None:
        """Raises PublicationFailed; the manifest there then tells what stands."""
        check(publication)
        with self._open() as shelf:
            _Delivery(self.name, shelf, publication).carry_out()

    def confirm(self, state: State, digest: str) -> None:
        """Replace `etat.json` alone, once every byte was read again and found as published."""
        with self._open() as shelf:
            manifest = remote_manifest(shelf.read([MANIFEST])[MANIFEST])
            if manifest is None:
                self._missing(MANIFEST, _GONE)
            if manifest.numero != state.numero:
                said = Text(
                    f"l’instantané {state.numero} devait y être confirmé, mais la cible en est au "
                    f"numéro {manifest.numero}",
                    f"snapshot {state.numero} was to be confirmed there, but the target stands at "
                    f"number {manifest.numero}",
                )
                self._missing(MANIFEST, said)
            if manifest.avant is not None:
                self._missing(MANIFEST, _UNFINISHED)
            if digest != manifest.empreinte or digest != manifest.fichiers.get(LATEST):
                self._missing(LATEST, _ANOTHER)
            numbered = {
                name: manifest.instantanes.get(name, "") for name in snapshot_names(state.numero)
            }
            wanted = {**manifest.fichiers, **numbered}
            found = shelf.read([*wanted, STATE])
            for name in sorted(wanted):
                if _digest(found[name]) != wanted[name]:
                    self._missing(name, _GONE)
            if found[STATE] is None:
                self._missing(STATE, _GONE)
            _put(self.name, shelf, {STATE: state_bytes(state)})

    def standing(self, plan_id: str) -> Standing | None:
        try:
            with self._open(GLANCE) as shelf:
                found = shelf.read([MANIFEST, LATEST, STATE])
        except PublicationFailed:
            return None
        manifest = remote_manifest(found[MANIFEST])
        if manifest is None:
            return None
        return standing_of(manifest.numero, found[LATEST], found[STATE], plan_id)

    def told(self, plan_id: str) -> Iterator[Told | Unread]:
        """What each snapshot there and `etat.json` tell of the log. Raises PublicationFailed."""
        with self._open() as shelf:
            numbered = sorted(n for n in shelf.names(SNAPSHOTS) if n == snapshot_path(_number(n)))
            found = shelf.read([STATE, LATEST, *numbered])
        yield from told_in(
            ((f"{self.name}/{name}", found[name]) for name in (STATE, LATEST, *numbered)), plan_id
        )

    def fetching(self) -> AbstractContextManager[Fetch]:
        """What is published here, to be read back."""
        stack = ExitStack()
        shelf = stack.enter_context(self._open())
        return _Reading(stack, shelf)

    def _missing(self, name: str, why: Text) -> NoReturn:
        raise PublicationMissing(
            Text(
                f"{self.name}, {name} : {why.fr}. Rien n’y a été confirmé : une publication "
                "complète doit suivre.",
                f"{self.name}, {name}: {why.en}. Nothing was confirmed there: a complete "
                "publication must follow.",
            ),
            path=name,
            target=self.name,
        )


_GONE = Text("ce n’est plus ce qui y a été publié", "this is no longer what was published there")
_ANOTHER = Text("un autre instantané y est servi", "another snapshot is served there")
_UNFINISHED = Text("une publication y fut interrompue", "a publication was interrupted there")


class _Reading(AbstractContextManager[Fetch]):
    def __init__(self, stack: ExitStack, shelf: Shelf) -> None:
        self._stack, self._shelf = stack, shelf

    def __enter__(self) -> Fetch:
        return lambda name: self._shelf.read([name])[name]

    def __exit__(self, *_: object) -> None:
        self._stack.close()


class _Delivery:
    """One publication on its way to one place."""

    def __init__(self, name: str, shelf: Shelf, publication: Publication) -> None:
        self._name = name
        self._shelf = shelf
        self._publication = publication
        self._files = publication.files
        self._immutable = publication.immutable

    def carry_out(self) -> None:
        there = self._there()
        self._refuse_another_history(there)
        ours = dict(there.possible or {})
        found = self._shelf.read({*self._files, *self._immutable, *ours, STATE})
        self._refuse_foreign(there, found)
        missing = _differing(self._immutable, found)
        changed = _differing(self._files, found)
        gone = [n for n in ours if n not in self._files and found[n] is not None]
        aside = dict(self._aside(ours, found, missing, [*changed, *gone]))
        if any(only_withdraws(found[name] or b"", body) for name, body in missing.items()):
            # Before the text itself goes: a stop in between finds all of this to do again.
            self._shelf.remove(self._shelf.names(ASIDE))
            aside.clear()

        manifest = self._manifest()
        whole = _dumped(manifest)
        possible = {
            name: sorted(digests - {manifest.fichiers.get(name)}) for name, digests in ours.items()
        }
        under_way = _dumped(manifest.model_copy(update={"avant": possible}))
        state = state_bytes(self._publication.state)
        sent = [*missing.items(), *changed.items(), *aside.items()]
        _stage(self._name, self._shelf, sent, arrived=self._shelf.names(STAGED))
        _reveal(self._shelf, {**aside, **missing})
        if changed or gone or there.possible is None or there.digest != manifest.empreinte:
            _put(self._name, self._shelf, {MANIFEST: under_way})
        last = {name: changed.pop(name) for name in (INDEX, LATEST) if name in changed}
        _reveal(self._shelf, changed)
        for name, body in last.items():
            _reveal(self._shelf, {name: body})
        _put(self._name, self._shelf, {STATE: state})
        if gone:
            self._shelf.remove(gone)
        self._read_again(manifest)
        _put(self._name, self._shelf, {MANIFEST: whole})
        left = self._shelf.names(STAGED)
        if left:
            self._shelf.remove(left)

    def _manifest(self) -> RemoteManifest:
        record = self._publication.record
        return RemoteManifest(
            numero=record.number,
            empreinte=record.digest,
            fichiers={name: sha256(body) for name, body in self._files.items()},
            instantanes={name: sha256(body) for name, body in self._immutable.items()},
        )

    def _there(self) -> _There:
        """
        How far the history there has come.

        Where the manifest was lost or damaged, the snapshots tell it, if they are of our history.
        """
        manifest = remote_manifest(self._shelf.read([MANIFEST])[MANIFEST])
        if manifest is not None:
            return _There(manifest.numero, manifest.empreinte, manifest.possible())
        there = self._shelf.read(
            name
            for name in self._shelf.names(SNAPSHOTS)
            if name == snapshot_path(_number(name)) and _number(name)
        )
        if not there:
            return _There()
        sound = [name for name, body in there.items() if body == self._immutable.get(name)]
        if not sound:
            self._refuse(min(there), _FOREIGN)
        last = max(there)
        if last not in self._immutable:  # of ours, and further on than we are
            return _There(_number(last), "", {})
        newest = max(sound)
        return _There(_number(newest), sha256(self._immutable[newest]), {})

    def _refuse_another_history(self, there: _There) -> None:
        """Our history must hold the very snapshot that stands there; else it is no successor."""
        if there.number == 0:
            return
        record = self._publication.record
        ours = self._immutable.get(snapshot_path(there.number), b"")
        name = snapshot_path(there.number)
        if there.number <= record.number and (
            sha256(ours) == there.digest
            or only_withdraws(self._shelf.read([name])[name] or b"", ours)
        ):
            return
        raise PublicationFailed(
            Text(
                f"{self._name} : l’instantané {there.number} y est déjà publié; le numéro "
                f"{record.number} ne peut pas le remplacer, ou son contenu diffère. Vérifiez que "
                "cette base de données est bien celle de cette cible, ou publiez ailleurs.",
                f"{self._name}: snapshot {there.number} is already published there; number "
                f"{record.number} cannot replace it, or its content differs. Check that this "
                "database is the one of this target, or publish elsewhere.",
            ),
            target=self._name,
            standing=there.number,
            number=record.number,
        )

    def _refuse_foreign(self, there: _There, found: Mapping[str, bytes | None]) -> None:
        """What is there before the first publication of ours is somebody else's."""
        ours = set(snapshot_names(there.number))
        for name, body in sorted(self._immutable.items()):
            if only_withdraws(body, found[name] or b""):
                self._refuse(name, _WITHDRAWN)
            if found[name] is not None and found[name] != body and name not in ours:
                self._refuse(name, _CITED if there.number else _FOREIGN)
        if there.possible is not None:
            return
        for name in sorted((*self._files, STATE)):
            if found[name] is not None:
                self._refuse(name, _FOREIGN)

    def _aside(
        self,
        ours: Mapping[str, frozenset[str]],
        found: Mapping[str, bytes | None],
        missing: Mapping[str, bytes],
        replaced: Iterable[str],
    ) -> Iterator[tuple[str, bytes]]:
        """What somebody else put in our place is kept, once for each content."""
        for name in (*missing, *replaced):
            body = found[name]
            if only_withdraws(body or b"", self._immutable.get(name, b"")):
                continue  # it was ours, and what it holds more must go
            if body is not None and sha256(body) not in ours.get(name, ()):
                yield f"{ASIDE}/{sha256(body)[:16]}-{PurePosixPath(name).name}", body

    def _read_again(self, manifest: RemoteManifest) -> None:
        wanted = {**manifest.fichiers, **manifest.instantanes}
        found = self._shelf.read(wanted)
        for name in sorted(wanted):
            if _digest(found[name]) != wanted[name]:
                raise _other(self._name, name)

    def _refuse(self, name: str, why: Text) -> NoReturn:
        raise PublicationFailed(
            Text(f"{self._name}, {name} : {why.fr}", f"{self._name}, {name}: {why.en}"),
            target=self._name,
            path=name,
        )


_FOREIGN = Text(
    "existe déjà et ne vient pas de Jalon. Rien n’a été remplacé : déplacez-le ou choisissez une "
    "autre cible.",
    "already exists and is not Jalon’s. Nothing was replaced: move it away or choose another "
    "target.",
)
_WITHDRAWN = Text(
    "un texte y a été retiré par décision, que cette base de données a encore. Rien n’a été "
    "remplacé : refaites ce retrait ici (« jalon withdraw »).",
    "a text was withdrawn there by decision, which this database still has. Nothing was replaced: "
    "make that withdrawal here again (`jalon withdraw`).",
)
_CITED = Text(
    "un instantané publié ne change jamais, mais ce fichier contient autre chose. Il est laissé "
    "tel quel; retrouvez d’où il vient avant de publier.",
    "a published snapshot never changes, but this file holds something else. It is left as it "
    "is; find out where it comes from before publishing.",
)


def _number(name: str) -> int:
    """The number that a snapshot's name tells, 0 for any other name."""
    stem = PurePosixPath(name).stem
    return int(stem) if stem.isascii() and stem.isdecimal() else 0


def _put(where: str, shelf: Shelf, bodies: Mapping[str, bytes]) -> None:
    """Send, read back, switch."""
    _stage(where, shelf, bodies.items())
    _reveal(shelf, bodies)


def _stage(
    where: str, shelf: Shelf, files: Iterable[tuple[str, bytes]], arrived: Iterable[str] = ()
) -> None:
    """Send what has not arrived yet, and read all of it back."""
    bodies = {_staged(name, body): body for name, body in files}
    if not bodies:
        return
    becoming = {_staged(name, body): name for name, body in files}
    there = shelf.read(bodies.keys() & set(arrived))
    shelf.write({n: b for n, b in bodies.items() if there.get(n) != b}, becoming)
    for name, body in sorted(shelf.read(bodies).items()):
        if body != bodies[name]:
            raise _other(where, name)


def _reveal(shelf: Shelf, bodies: Mapping[str, bytes]) -> None:
    shelf.reveal({_staged(name, body): name for name, body in bodies.items()})


def _staged(name: str, body: bytes) -> str:
    return f"{STAGED}/{sha256(body)}-{sha256(name.encode())[:16]}"


def _differing(wanted: Mapping[str, bytes], found: Mapping[str, bytes | None]) -> dict[str, bytes]:
    return {name: body for name, body in wanted.items() if found[name] != body}


def _other(where: str, name: str) -> PublicationFailed:
    return failed(
        where,
        Text(
            f"{name} fut relu autrement qu’il n’a été envoyé",
            f"{name} was read back other than it was sent",
        ),
    )


def _digest(body: bytes | None) -> str | None:
    return None if body is None else sha256(body)


def _dumped(manifest: RemoteManifest) -> bytes:
    return manifest.model_dump_json(indent=1, exclude_none=True).encode("utf-8") + b"\n"
