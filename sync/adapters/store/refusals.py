"""
Why a database cannot be used, said once and in both languages.

Whatever the driver raises becomes one of these here; nothing above the store knows a driver.
Each refusal carries `problem`, a word that a program can test, and `place`, the database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.exc import DBAPIError, OperationalError

from sync.core.dates import french
from sync.errors import CycleBusy, StoreRefused
from sync.wording import Text

Problem = Literal[
    "url",
    "driver",
    "missing",
    "moved",
    "log_left",
    "folder",
    "newer",
    "older",
    "foreign",
    "not_a_database",
    "read_only",
    "full",
    "cannot_open",
    "disk",
    "corrupt",
    "damaged",
    "unreachable",
    "order",
]

_WORDS: Final[dict[Problem, Text]] = {
    "url": Text(
        fr="L’adresse de la base de données n’est pas utilisable ({detail}). Attendu : "
        "« sqlite:///chemin/jalon.db » ou « postgresql://utilisateur@hôte/base ». "
        "Corrigez JALON_DATABASE_URL ou la configuration.",
        en="The database address cannot be used ({detail}). Expected: "
        "“sqlite:///path/jalon.db” or “postgresql://user@host/database”. "
        "Correct JALON_DATABASE_URL or the configuration.",
    ),
    "driver": Text(
        fr="Le pilote de la base de données {place} n’est pas installé ({detail}). "
        "Installez-le (« pip install psycopg »), ou utilisez un fichier SQLite.",
        en="The driver for the database {place} is not installed ({detail}). "
        "Install it (“pip install 'psycopg[binary]'”), or use an SQLite file.",
    ),
    "missing": Text(
        fr="La base de données {place} n’existe pas encore. La première synchronisation la "
        "crée; vérifiez l’adresse si elle devrait déjà exister.",
        en="The database {place} does not exist yet. The first synchronisation creates it; "
        "check the address if it should exist already.",
    ),
    "moved": Text(
        fr="Le fichier de la base de données {place} a été enlevé ou remplacé pendant que Jalon "
        "s’en servait. Rien n’a été écrit. Le prochain cycle prendra celui qui s’y trouve; s’il "
        "n’y en a plus, remettez la dernière sauvegarde : « jalon restore ».",
        en="The file of the database {place} was removed or replaced while Jalon was using it. "
        "Nothing was written. The next cycle takes the one that stands there; if there is none, "
        "put back the last backup: “jalon restore”.",
    ),
    "log_left": Text(
        fr="Le fichier de la base de données {place} n’est plus là, et son journal d’écritures y "
        "est resté ({detail}). Il peut contenir les dernières écritures, et une base neuve "
        "l’effacerait. Rien n’a été écrit. Remettez le fichier à côté de lui, ou la dernière "
        "sauvegarde : « jalon restore », qui le garde à part.",
        en="The file of the database {place} is gone, and its write-ahead log is still there "
        "({detail}). It may hold the last writes, and a new database would erase it. Nothing was "
        "written. Put the file back beside it, or the last backup: “jalon restore”, which keeps "
        "it aside.",
    ),
    "folder": Text(
        fr="Le dossier de la base de données {place} ne peut pas être utilisé : {detail}. "
        "Rien n’a été écrit. Créez un dossier où Jalon peut écrire, ou changez l’adresse.",
        en="The folder of the database {place} cannot be used: {detail}. Nothing was written. "
        "Create a folder that Jalon may write to, or change the address.",
    ),
    "newer": Text(
        fr="La base de données {place} vient d’une version plus récente de Jalon (révision "
        "« {detail} », inconnue ici). Rien n’a été écrit. Installez cette version plus "
        "récente, ou restaurez une sauvegarde d’avant la mise à jour.",
        en="The database {place} comes from a newer version of Jalon (revision “{detail}”, "
        "unknown here). Nothing was written. Install that newer version, or restore a backup "
        "from before the upgrade.",
    ),
    "older": Text(
        fr="La base de données {place} est d’une version antérieure (révision « {detail} ») "
        "et cette commande ne fait que lire. Lancez une synchronisation : elle la met à jour.",
        en="The database {place} is of an earlier version (revision “{detail}”) and this "
        "command only reads. Run a synchronisation: it upgrades the database.",
    ),
    "foreign": Text(
        fr="La base de données {place} appartient à un autre logiciel (table « {detail} »). "
        "Rien n’a été écrit. Donnez à Jalon une base à lui.",
        en="The database {place} belongs to other software (table “{detail}”). Nothing was "
        "written. Give Jalon a database of its own.",
    ),
    "not_a_database": Text(
        fr="Le fichier {place} n’est pas une base de données SQLite. Rien n’a été écrit. "
        "Corrigez l’adresse, ou restaurez la base depuis une sauvegarde.",
        en="The file {place} is not an SQLite database. Nothing was written. Correct the "
        "address, or restore the database from a backup.",
    ),
    "read_only": Text(
        fr="La base de données {place} est en lecture seule ({detail}). Rien n’a été écrit. "
        "Donnez à Jalon le droit d’écrire dans le fichier et dans son dossier.",
        en="The database {place} is read-only ({detail}). Nothing was written. Give Jalon the "
        "right to write to the file and to its folder.",
    ),
    "full": Text(
        fr="Plus de place pour la base de données {place} ({detail}). La transaction a été "
        "annulée en entier. Libérez de l’espace disque, puis relancez.",
        en="There is no room left for the database {place} ({detail}). The whole transaction "
        "was undone. Free some disk space, then run again.",
    ),
    "cannot_open": Text(
        fr="Le fichier de la base de données {place} ne peut pas être ouvert ({detail}). "
        "Vérifiez que c’est un fichier et que Jalon peut le lire et écrire dans son dossier.",
        en="The database file {place} cannot be opened ({detail}). Check that it is a file and "
        "that Jalon may read it and write to its folder.",
    ),
    "disk": Text(
        fr="Le disque a refusé une lecture ou une écriture de la base de données {place} "
        "({detail}). La transaction a été annulée. Vérifiez le disque et son espace, puis "
        "relancez.",
        en="The disk refused a read or a write of the database {place} ({detail}). The "
        "transaction was undone. Check the disk and its free space, then run again.",
    ),
    "corrupt": Text(
        fr="La base de données {place} est endommagée ({detail}). Jalon n’y écrit plus. "
        "Gardez-en une copie, puis remettez la dernière bonne sauvegarde : « jalon restore ».",
        en="The database {place} is damaged ({detail}). Jalon writes nothing more to it. Keep "
        "a copy, then put back the last good backup: “jalon restore”.",
    ),
    "damaged": Text(
        fr="Une ligne de la base de données {place} n’est plus celle que Jalon a écrite "
        "({detail}). Jalon n’y écrit plus. Gardez-en une copie, puis remettez la dernière bonne "
        "sauvegarde : « jalon restore ».",
        en="A row of the database {place} is not the one that Jalon wrote ({detail}). Jalon "
        "writes nothing more to it. Keep a copy, then put back the last good backup: "
        "“jalon restore”.",
    ),
    "unreachable": Text(
        fr="La base de données {place} ne répond pas ({detail}). La transaction en cours a été "
        "annulée. Vérifiez le serveur et l’adresse; le prochain cycle recommencera.",
        en="The database {place} does not answer ({detail}). The current transaction was "
        "undone. Check the server and the address; the next cycle starts again.",
    ),
    "order": Text(
        fr="Refusé par la base de données {place} : {detail} Rien n’a été écrit.",
        en="Refused by the database {place}: {detail} Nothing was written.",
    ),
}

_BY_SQLITE_CODE: Final[dict[int, Problem]] = {
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_IOERR: "disk",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "not_a_database",
}
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

# By code or by class, the first two characters; only PostgreSQL's driver gives one.
_BY_SQLSTATE: Final[dict[str, Problem]] = {
    "25006": "read_only",  # read only transaction: a standby, or the whole server
    "42501": "read_only",  # insufficient privilege
    "53100": "full",  # disk full
    "58": "disk",  # system error of the server
    "XX001": "corrupt",
    "XX002": "corrupt",
    "42P01": "corrupt",  # a table that every revision has is not there
    "42703": "corrupt",  # nor a column
}
_LOCKED_SQLSTATES: Final = (
    "40001",  # serialization failure
    "40P01",  # deadlock
    "55P03",  # lock timeout
    "57014",  # statement timeout, or cancelled by a person
)


def refused(problem: Problem, place: str, detail: str | Text = "", **facts: object) -> StoreRefused:
    """`detail` is the driver's own words, or a sentence of ours in both languages."""
    words = _WORDS[problem]
    both = detail if isinstance(detail, Text) else Text(fr=detail, en=detail)
    return StoreRefused(
        Text(
            fr=words.fr.format(place=place, detail=both.fr),
            en=words.en.format(place=place, detail=both.en),
        ),
        problem=problem,
        place=place,
        **facts,
    )


def locked(place: str) -> CycleBusy:
    """Waiting is all there is to do, so this is not a fault of the database."""
    return CycleBusy(
        Text(
            fr=f"La base de données {place} est restée verrouillée trop longtemps par un autre "
            "programme (sauvegarde, autre cycle). Rien n’a été écrit. Réessayez quand il aura "
            "fini.",
            en=f"The database {place} stayed locked too long by another program (a backup, "
            "another cycle). Nothing was written. Try again once it has finished.",
        ),
        problem="locked",
        place=place,
    )


def lease_lost(place: str, plan_id: str, token: int) -> CycleBusy:
    return CycleBusy(
        Text(
            fr=f"Un autre processus a repris le bail du plan « {plan_id} » dans {place} "
            f"(notre jeton {token} est périmé). Rien n’a été écrit. Arrêtez ce cycle; le "
            "prochain repartira de ce qui est enregistré.",
            en=f"Another process has taken over the lease of plan “{plan_id}” in {place} (our "
            f"token {token} is stale). Nothing was written. Stop this cycle; the next one "
            "starts from what is recorded.",
        ),
        problem="lease_lost",
        plan=plan_id,
        token=token,
    )


def lease_held(place: str, plan_id: str, holder: str, ends: datetime) -> CycleBusy:
    return CycleBusy(
        Text(
            fr=f"Un cycle du plan « {plan_id} » est déjà en cours : « {holder} » tient le bail "
            f"dans {place} jusqu’au {french(ends.date())} à {ends:%H:%M:%S} UTC. Rien n’a été "
            "fait. Attendez qu’il finisse; si ce processus est mort, le bail se libère de "
            "lui-même à cette heure.",
            en=f"A cycle of plan “{plan_id}” is already running: “{holder}” holds the lease in "
            f"{place} until {ends:%Y-%m-%d %H:%M:%S} UTC. Nothing was done. Wait for it to "
            "finish; if that process is dead, the lease frees itself at that time.",
        ),
        problem="lease_held",
        plan=plan_id,
        holder=holder,
    )


@contextmanager
def translated(place: str) -> Iterator[None]:
    """
    Turn what the driver says about the database into words for a person.

    A broken constraint or a wrong statement is a bug of ours and passes as it is.
    """
    try:
        yield
    except DBAPIError as error:
        translation = _translation(error, place)
        if translation is None:
            raise
        raise translation from error


def _translation(error: DBAPIError, place: str) -> StoreRefused | CycleBusy | None:
    detail = str(error.orig).strip()
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        primary = code & 0xFF
        if primary in _LOCKED:
            return locked(place)
        problem = _BY_SQLITE_CODE.get(primary)
        if problem is None and detail.startswith("no such "):  # a table that every revision has
            problem = "corrupt"
        return None if problem is None else refused(problem, place, detail)
    if isinstance(error.orig, sqlite3.Error):
        # Python raises this one itself, without a code.
        return refused("corrupt", place, detail) if "decode" in detail else None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in _LOCKED_SQLSTATES:
        return locked(place)
    known = _BY_SQLSTATE.get(state) or _BY_SQLSTATE.get(state[:2])
    if known is not None:
        return refused(known, place, detail)
    if error.connection_invalidated or isinstance(error, OperationalError):
        return refused("unreachable", place, detail)
    return None


@contextmanager
def decoding(place: str, row: str, *, also: type[Exception] = ValueError) -> Iterator[None]:
    """What we wrote ourselves can always be read; if not, the file was changed under us."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, also) as error:
        raise refused("corrupt", place, f"{row}: {type(error).__name__}") from error
