"""A text withdrawn by decision leaves a target whole; nothing else may change its past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.adapters.publish import DirectoryPublisher
from sync.adapters.publish.disk import Disk
from sync.adapters.publish.remote import RemotePublisher
from sync.errors import PublicationFailed
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot, State
from sync.ports import Publication
from sync.site.build import build_files
from tests.adapters.publish.shelves import MemoryShelf, Stopped
from tests.site.publication_samples import (
    CITY,
    FRAUDS,
    SIZE,
    erase_in_silence,
    history,
    sealed_by_ours,
    withdrawn,
)

GONE = b"Note 2,"


def publication(records: Sequence[SnapshotRecord]) -> Publication:
    last = records[-1]
    return Publication(
        snapshot=Snapshot.model_validate_json(last.body),
        record=last,
        state=State(
            numero=last.number, verifie_le=datetime(2026, 2, 9, tzinfo=UTC), demonstration=False
        ),
        files=build_files(records, CITY, sealed_by_ours),
        immutable={f"instantanes/{one.number:04d}.json": one.body for one in records},
    )


@pytest.fixture
def folder(tmp_path: Path) -> DirectoryPublisher:
    target = DirectoryPublisher(tmp_path / "public", "public")
    target.publish(publication(history()))
    return target


def everything_in(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def test_the_text_is_nowhere_in_the_folder_any_more(folder: DirectoryPublisher) -> None:
    """Nor in copies that were set aside, nor in the version kept for readers."""
    (folder.root / "instantanes" / ".altere-0002-1").write_bytes(GONE)
    (folder.root / ".altere-index.html-1").write_bytes(GONE)
    assert GONE in everything_in(folder.root)
    after = publication(withdrawn(history(), 2))
    folder.publish(after)
    assert GONE not in everything_in(folder.root)
    folder.confirm(after.state, after.record.digest)


def test_a_withdrawal_from_the_snapshot_that_stands_is_the_same_history(
    folder: DirectoryPublisher,
) -> None:
    records = withdrawn(history(), SIZE)
    folder.publish(publication(records))
    assert (folder.root / "instantanes" / f"{SIZE:04d}.json").read_bytes() == (
        records[SIZE - 1].body
    )


def test_a_text_that_was_withdrawn_is_never_put_back(folder: DirectoryPublisher) -> None:
    """A database that was restored from before the withdrawal still has it."""
    folder.publish(publication(erase_in_silence(history(), 2)))
    with pytest.raises(PublicationFailed, match="by decision"):
        folder.publish(publication(history(SIZE + 1)))
    assert GONE not in (folder.root / "instantanes" / "0002.json").read_bytes()


@pytest.mark.parametrize("fraud", FRAUDS)
def test_another_past_of_the_snapshot_that_stands_is_refused(
    folder: DirectoryPublisher, fraud: object
) -> None:
    with pytest.raises(PublicationFailed):
        folder.publish(publication(fraud(history(), SIZE)))  # type: ignore[operator]


@pytest.fixture
def shelf() -> MemoryShelf:
    found = MemoryShelf()
    RemotePublisher("s3://seau/x", found.opened).publish(publication(history()))
    return found


@pytest.mark.parametrize("at", [2, SIZE])
def test_the_text_is_nowhere_at_a_remote_target_any_more(shelf: MemoryShelf, at: int) -> None:
    shelf.held[".altere/0123-0002.json"] = GONE
    after = publication(withdrawn(history(), at))
    target = RemotePublisher("s3://seau/x", shelf.opened)
    target.publish(after)
    assert shelf.held[f"instantanes/{at:04d}.json"] == after.immutable[f"instantanes/{at:04d}.json"]
    if at == 2:
        assert not [name for name, body in shelf.held.items() if GONE in body]
    assert not [name for name in shelf.held if name.startswith(".altere")]
    target.confirm(after.state, after.record.digest)


def test_a_remote_target_never_gets_a_withdrawn_text_back(shelf: MemoryShelf) -> None:
    target = RemotePublisher("s3://seau/x", shelf.opened)
    target.publish(publication(erase_in_silence(history(), 2)))
    with pytest.raises(PublicationFailed, match="by decision"):
        target.publish(publication(history(SIZE + 1)))
    assert GONE not in shelf.held["instantanes/0002.json"]


class StoppingDisk(Disk):
    """Stops before its nth change; `steps` counts them."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.steps = at, 0

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Stopped

    def write(self, path: Path, body: bytes) -> None:
        self._step()
        super().write(path, body)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)


FEW = ("index.html", "dernier.json", "etat.json")


def few(records: Sequence[SnapshotRecord]) -> Publication:
    """With a few pages, one of which tells the whole past: each stop costs a publication."""
    whole = publication(records)
    past = b"".join(whole.immutable.values())
    files = {name: body for name, body in whole.files.items() if name in FEW}
    return replace(whole, files={**files, "historique.html": past})


def test_a_withdrawal_that_is_stopped_anywhere_is_ended_by_the_next_publication(
    tmp_path: Path,
) -> None:
    """The text must be gone from copies and kept versions however the work was cut in two."""
    before, after = few(history()), few(withdrawn(history(), 2))

    def begun(at: int) -> tuple[Path, StoppingDisk]:
        folder = tmp_path / f"{at}"
        DirectoryPublisher(folder, "public").publish(before)
        (folder / "instantanes" / ".altere-0002-1").write_bytes(GONE)
        (folder / ".altere-index.html-1").write_bytes(GONE)
        return folder, StoppingDisk(at)

    folder, counting = begun(0)
    DirectoryPublisher(folder, "public", counting).publish(after)
    left = []
    for at in range(1, counting.steps + 1):
        folder, disk = begun(at)
        with pytest.raises(Stopped):
            DirectoryPublisher(folder, "public", disk).publish(after)
        DirectoryPublisher(folder, "public").publish(after)
        left += [at] if GONE in everything_in(folder) else []
    assert left == []


def test_a_withdrawal_at_a_remote_target_is_ended_likewise() -> None:
    before, after = few(history()), few(withdrawn(history(), 2))

    def begun(at: int) -> MemoryShelf:
        found = MemoryShelf()
        RemotePublisher("s3://seau/x", found.opened).publish(before)
        found.held[".altere/0123-0002.json"] = GONE
        found.at, found.steps = at, 0
        return found

    counting = begun(0)
    RemotePublisher("s3://seau/x", counting.opened).publish(after)
    left = []
    for at in range(1, counting.steps + 1):
        shelf = begun(at)
        with pytest.raises(Stopped):
            RemotePublisher("s3://seau/x", shelf.opened).publish(after)
        shelf.at = 0
        RemotePublisher("s3://seau/x", shelf.opened).publish(after)
        left += [at] if any(GONE in body for body in shelf.held.values()) else []
    assert left == []
