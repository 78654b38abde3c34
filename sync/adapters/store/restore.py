"""
A backup put in the place of the database: looked at first, and nothing is lost by it.

What is put back is an older truth: until `jalon recover` has held it against Asana and against
what was published since, no cycle goes on from it (the fact `RESTORED`). The database that stood
there is kept beside. A power cut leaves one of the two under the name, and never a mixture.
"""

import errno
import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sync.adapters.store.backup import (
    KeptPlan,
    Manifest,
    keep_names,
    kept_plans,
    only_sqlite,
    unpacked,
)
from sync.adapters.store.database import Database, open_database
from sync.adapters.store.dialect import connect_to
from sync.adapters.store.refusals import locked, refused
from sync.adapters.store.schema import head
from sync.core.chain import verify
from sync.core.guard import RESTORED
from sync.core.log_rows import restored_row
from sync.errors import ConfigError, StoreRefused
from sync.model.record import LEASE_SECONDS
from sync.wording import Text

_BETWEEN_CYCLES: Final = "restore"
_LOGS: Final = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restoration:
    """
    What a backup would bring back, or has brought back, and in place of what.

    `replaced` is empty where there is no database, and None where it cannot be read, being damaged
    (`unreadable` says how) or of another release. `kept_as` is where it was put aside.
    """

    manifest: Manifest
    restored: tuple[KeptPlan, ...]
    replaced: tuple[KeptPlan, ...] | None
    unreadable: Text | None = None
    kept_as: Path | None = None


def restore(
    url: str, backup: Path, plan_ids: Collection[str], now: datetime, holder: str, *, yes: bool
) -> Restoration:
    """
    Examine a backup and, with `yes`, put it in the place of the database behind an address.

    Raises ConfigError or StoreRefused for a backup that is damaged, of a newer release or of none
    of these plans, CycleBusy while a cycle runs. Without `yes` nothing changes.
    """
    live = only_sqlite(url)
    beside = live.parent if yes or live.parent.is_dir() else backup.absolute().parent
    if yes:
        beside.mkdir(parents=True, exist_ok=True)
    with unpacked(backup, beside) as (manifest, copy):
        restored = _made_ready(copy, manifest, plan_ids, now, holder)
        if not live.exists():
            if not yes:
                return Restoration(manifest, restored, ())
            left = _logs_aside(live, _aside(live, now))
            copy.replace(live)
            keep_names(live.parent)
            return Restoration(manifest, restored, (), kept_as=left)
        replaced, unreadable = _standing(url)
        if not yes:
            return Restoration(manifest, restored, replaced, unreadable)
        aside = _exchange(url, live, copy, now, holder, readable=unreadable is None)
        return Restoration(manifest, restored, replaced, unreadable, aside)


def _made_ready(
    copy: Path, manifest: Manifest, plan_ids: Collection[str], now: datetime, holder: str
) -> tuple[KeptPlan, ...]:
    """Look through the copy, bring it to this release, and mark it as an older truth."""
    with open_database(f"sqlite:///{copy}") as database:
        database.examine()
        plans = kept_plans(database)
        if not {each.plan for each in plans} & set(plan_ids):
            raise _of_other_plans([each.plan for each in plans])
        _require_whole(database, plans, manifest)
        for each in plans:
            store = database.plan(each.plan)
            # whoever held it when the copy was taken holds the database that is going
            late = max(now, manifest.made_at) + timedelta(days=1)
            lease = store.take_lease(holder, late, LEASE_SECONDS)
            with store.transaction():
                store.note_fact(RESTORED, manifest.made_at.astimezone(UTC).isoformat())
                store.append_log(_BETWEEN_CYCLES, now, [restored_row(manifest.made_at)])
            store.release_lease(lease)
    _without_write_ahead_log(copy)
    return plans


def _require_whole(database: Database, plans: Collection[KeptPlan], manifest: Manifest) -> None:
    told = {each.plan: (each.log_rows, each.log_head) for each in manifest.plans}
    for each in plans:
        database.plan(each.plan).links()  # refused where one is not as it was written
        verdict = verify(database.plan(each.plan).sealed_log(), ())
        head = (verdict.head.rows, verdict.head.chain)
        if verdict.faults or told.get(each.plan, head) != head:
            row = verdict.faults[0].row if verdict.faults else verdict.head.rows
            raise refused(
                "corrupt",
                database.place,
                Text(f"journal, ligne {row}", f"log, row {row}"),
            )


def _standing(url: str) -> tuple[tuple[KeptPlan, ...] | None, Text | None]:
    """How far the database that stands there has come, or why nobody can tell."""
    engine, place = connect_to(url)
    try:
        with Database(engine, place) as database:
            revision = database.revision()
            if revision == head():
                return kept_plans(database), None
    except StoreRefused as error:
        if error.facts["problem"] == "foreign":
            raise
        return None, None if error.facts["problem"] == "newer" else error.text
    return (() if revision is None else None), None


def _exchange(
    url: str, live: Path, copy: Path, now: datetime, holder: str, *, readable: bool
) -> Path:
    """The database that stood there, under its new name."""
    aside, held = _aside(live, now), live
    try:
        if readable:
            _take_leases(url, now, holder)  # from here on no cycle begins in it
            if _log_of(live).exists():
                raise locked(str(live))  # somebody has it open
        _like(copy, live.stat())
        try:
            os.link(live, aside)
        except OSError:  # a file system without hard links
            shutil.copy2(live, aside)
        _logs_aside(live, aside)  # of a file that could not be read, what belongs to it
        keep_names(live.parent)
        copy.replace(live)
        held = aside
        keep_names(live.parent)
    finally:
        if readable:
            _free(held, holder)
    return aside


def _aside(live: Path, now: datetime) -> Path:
    aside = live.with_name(f"{live.name}.{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise FileExistsError(errno.EEXIST, "", str(aside))
    return aside


def _logs_aside(live: Path, aside: Path) -> Path | None:
    """
    Take what SQLite wrote ahead away, also of a file that is gone; tell where it is kept.

    Whatever lies under such a name SQLite plays into the file beside it, and asks nothing.
    """
    kept = None
    for end in _LOGS:
        log = live.with_name(live.name + end)
        if log.exists():
            moved = log.rename(aside.with_name(aside.name + end))
            kept = kept or moved
    return kept


def _take_leases(url: str, now: datetime, holder: str) -> None:
    engine, place = connect_to(url)
    with Database(engine, place) as database:
        for plan_id in _plans_in(database):
            database.plan(plan_id).take_lease(holder, now, LEASE_SECONDS)
        database.tidy()


def _free(file: Path, holder: str) -> None:
    """Give our own leases back; a process that holds another one keeps it."""
    engine, place = connect_to(f"sqlite:///{file}")
    with Database(engine, place) as database:
        for plan_id in _plans_in(database):
            database.plan(plan_id).give_back(holder)


def _plans_in(database: Database) -> tuple[str, ...]:
    with suppress(StoreRefused):  # a newer one has the same leases
        if database.revision() is None:
            return ()
    return database.plan_ids()


def _like(copy: Path, was: os.stat_result) -> None:
    """Readable and writable for whom the database was."""
    copy.chmod(was.st_mode & 0o777)
    with suppress(PermissionError):
        os.chown(copy, was.st_uid, was.st_gid)


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _without_write_ahead_log(file: Path) -> None:
    for end in _LOGS:
        file.with_name(file.name + end).unlink(missing_ok=True)


def _of_other_plans(found: Collection[str]) -> ConfigError:
    listed = ", ".join(found) or "–"
    return ConfigError(
        Text(
            f"Cette sauvegarde n’est celle d’aucun plan configuré (elle contient : {listed}). "
            "Rien n’a été écrit.",
            f"This backup is of none of the configured plans (it holds: {listed}). Nothing was "
            "written.",
        )
    )
