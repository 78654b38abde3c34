"""
A database kept as one file: a zip that holds it whole, with a manifest of what it is.

The copy is of one instant, whatever a cycle writes meanwhile. The file appears under its name
when it is whole and on the disk, or not at all. The manifest tells the SHA-256 of the copy and
how far each plan had come, so that a restore can say what it would bring back before it does.
"""

import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from sqlalchemy.engine import make_url

from sync.adapters.store.database import Database
from sync.adapters.store.dialect import connect_to, file_of
from sync.adapters.store.refusals import refused
from sync.adapters.store.schema import head
from sync.errors import ConfigError
from sync.system import reason_of
from sync.wording import Text

COPY: Final = "jalon.db"
MANIFEST: Final = "manifest.json"
_WORK: Final = ".jalon-sauvegarde-"
_CHUNK: Final = 1024 * 1024
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError,
    ValueError, KeyError, EOFError,
)  # fmt: skip
"""What the zip reader raises upon bytes that somebody changed."""


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptPlan(Model):
    """How far one plan had come: numbers of its last revision and snapshot, its log's head."""

    plan: str
    revision: int
    snapshot: int
    log_rows: int
    log_head: str


class Manifest(Model):
    """`schema_revision` is that of the tables; `plans` is empty where it was an older one."""

    format: Literal[1] = 1
    made_at: AwareDatetime
    schema_revision: str
    size: int
    sha256: str
    plans: tuple[KeptPlan, ...]


def back_up(url: str, to: Path, now: datetime, *, overwrite: bool) -> Manifest:
    """
    Copy the database behind an address into one new file; nothing of the database changes.

    Raises ConfigError where it cannot be one file, where it is not there, or where a file stands
    in the way and `overwrite` does not say that it may go.
    """
    file = only_sqlite(url)
    to = to.absolute()
    if to == file or (to.exists() and file.exists() and to.samefile(file)):
        raise _refused(to, "c’est la base elle-même", "this is the database itself")
    if to.exists() and not overwrite:
        raise _in_the_way(to)
    engine, place = connect_to(url)
    with _told(to):
        to.parent.mkdir(parents=True, exist_ok=True)
    with _told(to), _working_folder(to.parent) as work, Database(engine, place) as database:
        copy = work / COPY
        database.copy_into(copy)
        manifest = _described(copy, now)
        whole = work / "sauvegarde"
        _pack(whole, copy, manifest)
        _put(whole, to, overwrite=overwrite)
    return manifest


@contextmanager
def unpacked(file: Path, beside: Path) -> Iterator[tuple[Manifest, Path]]:
    """
    The manifest of a backup and its copy, checked byte for byte, in a folder that goes away.

    The folder lies in `beside`, so that the copy can be moved into place by a rename.
    """
    with _told(beside), _working_folder(beside) as work:
        copy = work / COPY
        manifest = _unpack(file, copy)
        yield manifest, copy


def kept_plans(database: Database) -> tuple[KeptPlan, ...]:
    """How far each plan of a database of this release has come."""
    return tuple(_kept(database, plan_id) for plan_id in database.plan_ids())


def _kept(database: Database, plan_id: str) -> KeptPlan:
    store = database.plan(plan_id)
    last, revisions, log = store.last_snapshot(), store.revisions(), store.log_head()
    return KeptPlan(
        plan=plan_id,
        revision=revisions[-1].number if revisions else 0,
        snapshot=last.number if last else 0,
        log_rows=log.rows,
        log_head=log.chain,
    )


def only_sqlite(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        bare = parsed.set(drivername="postgresql", password=None, query={})
        shown = bare.render_as_string()  # a query may hold a password too
        raise ConfigError(
            Text(
                "Une base PostgreSQL se sauvegarde et se restaure avec ses propres outils : "
                f"pg_dump --format=custom --file=jalon.dump '{shown}'; "
                f"pg_restore --clean --if-exists --dbname='{shown}' jalon.dump, "
                "puis jalon recover. Rien n’a été écrit.",
                "A PostgreSQL database is backed up and restored with its own tools: "
                f"pg_dump --format=custom --file=jalon.dump '{shown}'; "
                f"pg_restore --clean --if-exists --dbname='{shown}' jalon.dump, "
                "then jalon recover. Nothing was written.",
            )
        )
    file = file_of(parsed)
    if file is None:
        raise _refused(
            Path(":memory:"), "cette base n’est pas un fichier", "this database is no file"
        )
    return file


def _described(copy: Path, now: datetime) -> Manifest:
    """Told by the copy and not by the database, which may have gone on."""
    engine, place = connect_to(f"sqlite:///{copy}")
    with Database(engine, place) as database:
        revision = database.revision()
        if revision is None:
            raise refused("missing", place)
        plans = kept_plans(database) if revision == head() else ()
    digest, size = _digest(copy)
    return Manifest(made_at=now, schema_revision=revision, size=size, sha256=digest, plans=plans)


def _digest(file: Path) -> tuple[str, int]:
    found, size = sha256(), 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
            size += len(chunk)
    return found.hexdigest(), size


def _pack(whole: Path, copy: Path, manifest: Manifest) -> None:
    descriptor = os.open(whole, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.write(copy, COPY)
            packed.writestr(MANIFEST, manifest.model_dump_json(indent=1) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _put(whole: Path, to: Path, *, overwrite: bool) -> None:
    """Under its name at once; a file that came there meanwhile is not replaced without a word."""
    if overwrite:
        whole.replace(to)
    else:
        try:
            os.link(whole, to)
        except FileExistsError:
            raise _in_the_way(to) from None
        except OSError:  # a file system without hard links
            whole.rename(to)
    keep_names(to.parent)


def keep_names(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unpack(file: Path, copy: Path) -> Manifest:
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = Manifest.model_validate_json(packed.read(MANIFEST))
            names = {each.filename for each in packed.infolist()}
            if names != {COPY, MANIFEST} or packed.getinfo(COPY).file_size != manifest.size:
                raise _damaged(file)
            with packed.open(COPY) as inside, copy.open("xb") as out:
                shutil.copyfileobj(inside, out, _CHUNK)
                out.flush()
                os.fsync(out.fileno())
    except OSError as error:
        why = reason_of(error)
        raise _refused(file, why.fr, why.en) from error
    except (*_DAMAGE, ValidationError) as error:
        raise _damaged(file) from error
    if _digest(copy) != (manifest.sha256, manifest.size):
        raise _damaged(file)
    return manifest


@contextmanager
def _working_folder(beside: Path) -> Iterator[Path]:
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=beside))
    try:
        yield work
    finally:
        with suppress(OSError):
            shutil.rmtree(work)


@contextmanager
def _told(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = reason_of(error)
        raise _refused(Path(error.filename or where), why.fr, why.en) from error


def _in_the_way(to: Path) -> ConfigError:
    return _refused(
        to,
        "un fichier est déjà là; donnez un autre nom, ou --overwrite pour le remplacer",
        "a file is there already; give another name, or --overwrite to replace it",
    )


def _damaged(file: Path) -> ConfigError:
    return _refused(
        file,
        "ce n’est pas une sauvegarde de Jalon, ou elle est incomplète ou altérée. Prenez-en une "
        "autre",
        "this is no backup of Jalon, or it is cut or altered. Take another one",
    )


def _refused(file: Path, fr: str, en: str) -> ConfigError:
    return ConfigError(
        Text(f"{file} : {fr}. Rien n’a été écrit.", f"{file}: {en}. Nothing was written."),
        file=str(file),
    )
