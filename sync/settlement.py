"""
What a person makes of a finding between two cycles: seen, or settled.

The choice, the new state and the log row are one transaction. What a choice does is for the next
cycle: nothing here writes to Asana, to the plan or to the page.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo

from sync.core.life import follow
from sync.core.log_rows import choice_row, seen_row
from sync.core.settling import Ask, Memory, settle
from sync.errors import ConfigError
from sync.model.finding import NewSettlement, StoredFinding
from sync.model.plan import Plan
from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from sync.ports import Store
from sync.wording import Text

BETWEEN_CYCLES: Final = "findings"
"""Where the log has the id of a cycle."""


def see_finding(store: Store, key: str, by: str, at: datetime) -> None:
    """It is told as before, as seen; raise ConfigError where there is nothing to see."""
    if not by.strip():
        raise ConfigError(
            Text(
                "--by ne peut être vide : le journal dit qui l’a vu. Rien n’a été écrit.",
                "--by may not be empty: the log says who saw it. Nothing was written.",
            )
        )
    with store.transaction():
        found = stored_finding(store, key)
        if follow(found.state, "read") is None:
            raise ConfigError(
                Text(
                    f"{key} est déjà réglé ou fermé. Rien n’a été écrit.",
                    f"{key} is settled or closed already. Nothing was written.",
                )
            )
        store.mark_seen(key)
        store.append_log(BETWEEN_CYCLES, at, [seen_row(found.finding, by.strip())])


def settle_finding(
    store: Store,
    plan: Plan,
    key: str,
    ask: Ask,
    at: datetime,
    *,
    zone: ZoneInfo,
    never: Collection[str] = (),
    dry: bool = False,
) -> NewSettlement:
    """
    Raise ConfigError for what does not fit; `dry` tells what would be kept and keeps nothing.

    `zone` is the city's, and `never` are names that what is chosen may not bring onto the page.
    """
    if dry:
        return _chosen(store, plan, key, ask, zone, never)
    with store.transaction():
        chosen = _chosen(store, plan, key, ask, zone, never)
        store.add_settlement(chosen, at)
        store.append_log(BETWEEN_CYCLES, at, [choice_row(chosen)])
    return chosen


def _chosen(
    store: Store, plan: Plan, key: str, ask: Ask, zone: ZoneInfo, never: Collection[str]
) -> NewSettlement:
    found = stored_finding(store, key)
    last = {one.key: one for one in store.settlements()}
    memory = Memory(
        plan, store.links(), store.baselines(), store.mirror(), _published(store), zone, never
    )
    return settle(ask, found, last.get(key), memory)


def stored_finding(store: Store, key: str) -> StoredFinding:
    """Closed ones too; raise ConfigError, with keys that are near, where there is none."""
    known = {one.finding.key: one for one in store.findings(closed=True)}
    if key in known:
        return known[key]
    near = ", ".join(get_close_matches(key, known, n=3)) or "jalon findings --all"
    raise ConfigError(
        Text(
            f"Aucun constat n’a la clé « {key} ». Essayez : {near}. Rien n’a été écrit.",
            f"No finding has the key “{key}”. Try: {near}. Nothing was written.",
        )
    )


def _published(store: Store) -> Mapping[tuple[str, str], Status]:
    last = store.last_snapshot()
    if last is None:
        return {}
    return {
        (action.id, checkpoint): standing.etat
        for action in Snapshot.model_validate_json(last.body).actions()
        for checkpoint, standing in action.jalons.items()
    }
