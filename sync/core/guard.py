"""
Refuse what is wrong whatever its size: nobody can accept it, its cause must be mended.

What is only too much stands in `sync/core/amounts.py`; there a person may say yes.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from sync.core.chain import in_words
from sync.core.commitments import WITHDRAWN
from sync.core.dates import french, french_moment
from sync.core.leaks import leaks
from sync.core.privacy import WITHHELD
from sync.errors import ConfigError, UnsafeChangeSet
from sync.model.publication import Standing
from sync.model.record import SnapshotRecord
from sync.model.rules import Rules
from sync.model.snapshot import PublicCorrection, Snapshot
from sync.model.target import Observed
from sync.wording import Text

CLOCKS_BEGIN: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""No plan is followed before: a clock that says so has lost its battery, or was never set."""
CLOCKS_APART: Final = timedelta(minutes=5)
"""How far Asana's clock and ours may be apart for what each dates to be one history."""
SANDBOX_SEEN = "sandbox_seen"
"""The fact that holds what a store's first reading came from (`sandbox_word`)."""
RESTORED = "restored"
"""The fact that tells, until it was compared with the world, of when the restored backup is."""
RECOVERED = "recovered"
"""The fact that tells, until a cycle went on from it, when the store was recovered."""
GIVEN_UP = "given_up_heads"
"""The fact that holds the heads, told by targets, of a log that was lost and recovered from."""


def guard_truth(before: Snapshot | None, after: Snapshot) -> None:
    """Raise UnsafeChangeSet when invented and real data would follow each other."""
    if before is None or before.demonstration == after.demonstration:
        return
    raise UnsafeChangeSet(
        Text(
            "Cette base mêlerait des données inventées et de vraies données. Rien n’a été publié; "
            "utilisez une base par usage.",
            "This store would mix invented and real data. Nothing was published; use one store "
            "for each.",
        ),
        rule="demonstration mixed",
    )


def guard_frozen(before: Snapshot | None, after: Snapshot) -> None:
    """
    Raise UnsafeChangeSet when a published frozen status, or a correction of one, would change.

    Nothing that people do can ask for it: a correction is one entry more, beside what is frozen.
    """
    then = {} if before is None else {action.id: action.jalons for action in before.actions()}
    for action in after.actions():
        for checkpoint, now in action.jalons.items():
            was = then.get(action.id, {}).get(checkpoint)
            if was is None or was.etat_fige is None:
                continue
            fixed = (was.etat_fige, was.fige_le, was.fige_apres_coup)
            kept = _as_published(now.corrections, was.corrections)
            if fixed != (now.etat_fige, now.fige_le, now.fige_apres_coup) or (
                kept != was.corrections
            ):
                raise UnsafeChangeSet(
                    Text(
                        f"{action.id}, « {checkpoint} » : l’état figé déjà publié changerait. Rien "
                        "n’a été publié; rétablissez la base d’une sauvegarde.",
                        f"{action.id}, “{checkpoint}”: the frozen status already published would "
                        "change. Nothing was published; restore the store from a backup.",
                    ),
                    rule="frozen rewritten",
                )


def _as_published(
    now: tuple[PublicCorrection, ...], was: tuple[PublicCorrection, ...]
) -> tuple[PublicCorrection, ...]:
    """As many of the corrections as were published; a reason that is withheld since is no other."""
    return tuple(
        old
        if new.motif in (WITHHELD, WITHDRAWN) and (new.etat, new.le) == (old.etat, old.le)
        else new
        for new, old in zip(now, was, strict=False)
    )


def guard_sandbox(seen: str | None, observed: Observed, *, sandbox_only: bool) -> None:
    """
    Raise ConfigError when a store that saw the sandbox meets real Asana, or the reverse.

    `seen` is what `sandbox_word` told of the store's first reading, None for a new store.
    """
    if sandbox_only and not observed.sandbox:
        raise ConfigError(
            Text(
                "--as-of ne s’emploie qu’avec le bac à sable : ailleurs, le passé se lit dans "
                "l’historique, il ne se recalcule pas.",
                "--as-of works only against the sandbox: elsewhere the past is read from "
                "history, never recomputed.",
            )
        )
    if seen is None or seen == sandbox_word(observed):
        return
    raise ConfigError(
        Text(
            "Cette base a servi "
            + ("au bac à sable" if seen == "oui" else "au vrai Asana")
            + " et l’adresse actuelle est l’autre. Choisissez une autre base "
            "(JALON_DATABASE_URL); rien n’a été écrit.",
            "This store was used with "
            + ("the sandbox" if seen == "oui" else "the real Asana")
            + " and the current address is the other. Choose another store "
            "(JALON_DATABASE_URL); nothing was written.",
        )
    )


def sandbox_word(observed: Observed) -> str:
    return "oui" if observed.sandbox else "non"


def guard_projects(observed: Observed, *, store_is_empty: bool, over: bool = False) -> None:
    """
    Raise UnsafeChangeSet for an archived project, or an empty store beside a project in use.

    A lost database is not a new one: its numbering and frozen statuses are gone. When the plan is
    `over`, a project that is put away is in its place: nothing is written there any more.
    """
    archived = [p.name for p in observed.projects.values() if p.archived]
    if archived and not over:
        raise UnsafeChangeSet(
            Text(
                f"Le projet « {archived[0]} » est archivé dans Asana. Rien n’a été écrit; "
                "désarchivez-le, ou retirez le plan de la configuration.",
                f"Project “{archived[0]}” is archived in Asana. Nothing was written; unarchive "
                "it, or remove the plan from the config.",
            ),
            rule="project archived",
        )
    if not store_is_empty or not observed.projects:
        return
    name = next(iter(observed.projects.values())).name
    raise _lost(
        Text(
            f"le projet « {name} » de ce plan existe déjà dans Asana",
            f"project “{name}” of this plan already exists in Asana",
        )
    )


def guard_store(
    standing: Standing | None,
    last: SnapshotRecord | None,
    *,
    store_is_empty: bool,
    facts: Mapping[str, str],
    went_through: bool,
) -> None:
    """
    Raise UnsafeChangeSet for a store that knows less than what was published from it.

    `standing` is how far a target has come, None where that cannot be seen. Of the `facts` those
    that a restore and a recovery leave are looked at. `went_through` says whether the
    store's log has that head: an older copy's has not, however many rows it got since.
    """
    if standing is not None and store_is_empty:
        raise _lost(
            Text(
                f"l’instantané {standing.number} de ce plan est déjà publié",
                f"snapshot {standing.number} of this plan is published already",
            )
        )
    if restored := facts.get(RESTORED):
        made = datetime.fromisoformat(restored)
        raise _behind(
            Text(
                f"La base vient d’une sauvegarde, du {french_moment(made)} (UTC)",
                f"The store comes from a backup ({restored})",
            )
        )
    if standing is None:
        return
    number = last.number if last else 0
    if standing.number > number:
        raise _behind(
            Text(
                f"La base en est à l’instantané {number}, et l’instantané {standing.number} est "
                "publié",
                f"The store stands at snapshot {number}, and snapshot {standing.number} is "
                "published",
            )
        )
    seen = standing.head
    if seen is None or in_words(seen) in facts.get(GIVEN_UP, "").split() or went_through:
        return
    raise _behind(
        Text(
            f"La publication a vu {seen.rows} lignes du journal, et celui de la base n’est pas "
            "le même jusque-là",
            f"The publication saw {seen.rows} rows of the log, and the store's is not the same "
            "up to there",
        )
    )


def _lost(why: Text) -> UnsafeChangeSet:
    return UnsafeChangeSet(
        Text(
            f"La base est vide, mais {why.fr}. Rien n’a été écrit ni publié : restaurez une "
            "sauvegarde (« jalon restore »), ou lancez « jalon recover », qui montre d’abord ce "
            "qu’il rebâtirait.",
            f"The store is empty, but {why.en}. Nothing was written or published: restore a "
            "backup (`jalon restore`), or run `jalon recover`, which first shows what it would "
            "rebuild.",
        ),
        rule="store lost",
    )


def _behind(why: Text) -> UnsafeChangeSet:
    return UnsafeChangeSet(
        Text(
            f"{why.fr}. Rien n’a été écrit ni publié : lancez « jalon recover », qui reprend ce "
            "qui s’est passé depuis et montre d’abord ce qu’il ferait.",
            f"{why.en}. Nothing was written or published: run `jalon recover`, which takes up "
            "what has happened since and first shows what it would do.",
        ),
        rule="store behind",
    )


def intent(revision_number: int, rules: Rules) -> str:
    """What people asked for, in short: it changes with a revision, a date, a name, a mapping."""
    told = repr((rules.checkpoints, rules.mapping, rules.project_name, rules.page_url))
    told += f" {rules.ends_on}" if rules.ends_on else ""
    return f"{revision_number}:{sha256(told.encode()).hexdigest()[:16]}"


def guard_clock(now: datetime) -> None:
    """Raise ConfigError for a clock that was never set: before anything is read or written."""
    told = now.astimezone(UTC)
    if told >= CLOCKS_BEGIN:
        return
    raise ConfigError(
        Text(
            f"L’horloge de cette machine dit {french_moment(told)} (UTC) : elle n’est pas réglée. "
            "Rien n’a été demandé à Asana ni écrit; mettez-la à l’heure (NTP), puis relancez. Un "
            "service que son superviseur relance reprendra de lui-même.",
            f"This machine’s clock says {told:%Y-%m-%d %H:%M} (UTC): it is not set. Nothing was "
            "asked of Asana or written; set it (NTP), then run again. A service that its "
            "supervisor starts again goes on by itself.",
        )
    )


def guard_skew(skew: timedelta | None) -> None:
    """
    Raise ConfigError when Asana's clock and ours are too far apart to freeze or date anything.

    `skew` is how far Asana's is ahead; None when nothing tells, as against the sandbox.
    """
    if skew is None or abs(skew) <= CLOCKS_APART:
        return
    minutes = round(abs(skew) / timedelta(minutes=1))
    late = skew > timedelta(0)
    raise ConfigError(
        Text(
            f"L’horloge de cette machine {'retarde' if late else 'avance'} de {minutes} min sur "
            "celle d’Asana. Un gel et des dates publiques en dépendent : rien n’a été écrit ni "
            "publié. Mettez-la à l’heure (NTP); le prochain cycle reprendra de lui-même.",
            f"This machine’s clock is {minutes} min {'behind' if late else 'ahead of'} Asana’s. A "
            "freeze and public dates depend on it: nothing was written or published. Set it "
            "(NTP); the next cycle goes on by itself.",
        )
    )


def guard_time(last: SnapshotRecord | None, read_on: date | None, today: date) -> None:
    """
    Raise ConfigError when the day lies before the last public one: the past is not remade.

    `read_on` is the day of the last reading, to which the page was verified.
    """
    known = [day for day in (last.as_of if last else None, read_on) if day]
    if not known or today >= max(known):
        return
    raise ConfigError(
        Text(
            f"Le jour demandé, le {french(today)}, précède le dernier jour connu, le "
            f"{french(max(known))}, celui d’une lecture ou du dernier instantané. Rien n’a été "
            "écrit; vérifiez --as-of ou l’horloge.",
            f"The day asked for ({today}) is before the last known day ({max(known)}), that of a "
            "reading or of the last snapshot. Nothing was written; check --as-of or the clock.",
        )
    )


def guard_bytes(
    files: Mapping[str, bytes], private: Collection[str], never: Collection[str]
) -> None:
    """
    Raise UnsafeChangeSet when a byte about to be published holds a private value, or one of the
    names that are `never` published.
    """
    found = leaks(files, private, never)
    if found:
        raise UnsafeChangeSet(
            Text(
                f"Une valeur privée serait publiée ({', '.join(found[:5])}). Rien n’a été publié; "
                "trouvez-la dans les notes publiques, les preuves, le plan ou la configuration; "
                "« jalon withdraw » la retire de ce qui est déjà publié.",
                f"A private value would be published ({', '.join(found[:5])}). Nothing was "
                "published; find it in the public notes, the proofs, the plan or the config; "
                "`jalon withdraw` takes it out of what is published already.",
            ),
            rule="private value in publication",
            changed=len(found),
        )
