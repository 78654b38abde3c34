"""The heads of a log that documents outside of the database tell."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from sync.model.record import Head
from sync.model.snapshot import PublicLog


def heads_in(body: bytes, plan_id: str) -> tuple[Head, ...]:
    """
    What a snapshot, `etat.json`, or the worker's log (its lines `cycle.finished`) tells of this
    plan's log; nothing where it is older than the chain or tells of another plan.

    Raises ValueError where it is none of these.
    """
    return tuple(head for told in _documents(body) for head in _head(told, plan_id))


def _documents(body: bytes) -> list[dict[str, Any]]:
    text = body.decode("utf-8-sig")
    try:
        found = [json.loads(text)]
    except json.JSONDecodeError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    if not found or not all(isinstance(each, dict) for each in found):
        raise ValueError("neither an object nor lines of them")
    return found


def _head(told: dict[str, Any], plan_id: str) -> Iterator[Head]:
    plan = told.get("plan")
    if plan is not None and (plan.get("id") if isinstance(plan, dict) else plan) != plan_id:
        return
    said = told.get("journal")
    if "log_head" in told:
        said = {"lignes": told.get("log_rows"), "tete": told["log_head"]}
    if said is None:
        return
    try:
        journal = PublicLog.model_validate(said)
    except ValidationError as error:
        raise ValueError("a head that is none") from error
    yield Head(journal.lignes, journal.tete)
