"""Small numbered publications and what a reader of a folder checks."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from snapshot_samples import action, record_of, small

from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot, State
from sync.ports import Publication

START = datetime(2026, 2, 10, 13, 5, tzinfo=UTC)


def publication(number: int, *, words: str = "") -> Publication:
    """Publication `number` of a history; every file of its face says the number."""
    snapshot, record = numbered(number, words)
    earlier = [numbered(one, words)[1] for one in range(1, number)]
    return Publication(
        snapshot=snapshot,
        record=record,
        state=State(numero=number, verifie_le=START + timedelta(hours=number), demonstration=False),
        files={
            "index.html": f"<p>{record.digest}</p>".encode(),
            "dernier.json": record.body,
            "schema/instantane.schema.json": b"{}",
            "actions/a-01/index.html": b"<p>la meme</p>",
            "actions/a-02/index.html": f"<p>{number}</p>".encode(),
        },
        immutable={f"instantanes/{one.number:04d}.json": one.body for one in (*earlier, record)},
    )


@cache
def numbered(number: int, words: str) -> tuple[Snapshot, SnapshotRecord]:
    snapshot = small(action(titre=f"Action {number} {words}"), numero=number)
    return snapshot, record_of(snapshot)


def standing_number(folder: Path) -> int:
    """
    The number that a reader finds, 0 when nothing is published yet.

    Fails when what stands there is not one whole publication.
    """
    if not (folder / "index.html").exists():
        assert not (folder / "dernier.json").exists()
        assert not (folder / "etat.json").exists()
        return 0
    body = (folder / "dernier.json").read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    number = int(json.loads(body)["numero"])
    assert (folder / "index.html").read_text() == f"<p>{digest}</p>"
    assert json.loads((folder / "etat.json").read_bytes())["numero"] == number
    assert (folder / f"instantanes/{number:04d}.json").read_bytes() == body
    assert (folder / "schema/instantane.schema.json").read_bytes() == b"{}"
    assert (folder / "actions/a-01/index.html").read_bytes() == b"<p>la meme</p>"
    assert (folder / "actions/a-02/index.html").read_bytes() == f"<p>{number}</p>".encode()
    return number
