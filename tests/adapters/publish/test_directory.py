"""A folder is published whole or not at all, and what stood there stays."""

import errno
import http.server
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from sync.adapters.publish.directory import DirectoryPublisher
from sync.adapters.publish.disk import Disk
from sync.errors import PublicationFailed, PublicationMissing
from sync.ports import Publication
from tests.adapters.publish.publications import publication, standing_number


class Crash(BaseException):
    """As sudden as a power cut: nothing may catch it."""


class FailingDisk(Disk):
    """Stops at the nth step: before it, after it, or in the middle of what it writes."""

    def __init__(self, at: int, how: str, error: Callable[[], BaseException] = Crash) -> None:
        self.at, self.how, self.error = at, how, error
        self.steps = 0

    def _step(self, do: Callable[[], None], half: Callable[[], None] | None = None) -> None:
        self.steps += 1
        if self.steps != self.at:
            do()
            return
        if self.how == "after":
            do()
        if self.how == "middle" and half is not None:
            half()
        raise self.error()

    def make_folder(self, path: Path) -> None:
        self._step(lambda: Disk.make_folder(self, path))

    def write(self, path: Path, body: bytes) -> None:
        self._step(
            lambda: Disk.write(self, path, body),
            lambda: Disk.write(self, path, body[: len(body) // 2]),
        )

    def rename(self, source: Path, target: Path) -> None:
        self._step(lambda: Disk.rename(self, source, target))

    def link(self, path: Path, to: str) -> None:
        self._step(lambda: Disk.link(self, path, to))

    def share(self, source: Path, target: Path) -> None:
        self._step(lambda: Disk.share(self, source, target))

    def settle(self, folder: Path) -> None:
        self._step(lambda: Disk.settle(self, folder))

    def remove(self, path: Path) -> None:
        self._step(lambda: Disk.remove(self, path))


def publisher(folder: Path, disk: Disk | None = None) -> DirectoryPublisher:
    return DirectoryPublisher(folder, "dossier", disk)


def publish(folder: Path, *numbers: int) -> None:
    for number in numbers:
        publisher(folder).publish(publication(number))


@pytest.mark.parametrize("how", ["before", "middle", "after"])
@pytest.mark.parametrize("already", [0, 1, 2], ids=["empty folder", "one before", "two before"])
def test_a_stop_at_any_step_leaves_one_good_publication(
    tmp_path: Path, how: str, already: int
) -> None:
    """Promise 4: old or new, never mixed; and the next publication succeeds over the remains."""
    stops = 0
    while True:
        folder = tmp_path / f"{stops}"
        publish(folder, *range(1, already + 1))
        disk = FailingDisk(stops + 1, how)
        try:
            publisher(folder, disk).publish(publication(already + 1))
        except Crash:
            stops += 1
        else:
            break
        found = standing_number(folder) if folder.exists() else 0
        assert found in (already, already + 1)
        publish(folder, already + 1, already + 2)
        assert standing_number(folder) == already + 2
        assert not list(folder.rglob(".nouveau-*"))
    assert stops > 15  # the loop really stopped it step by step


def test_a_stop_at_any_step_of_a_confirmation_keeps_a_whole_state(tmp_path: Path) -> None:
    """`etat.json` is replaced under readers' eyes."""
    publish(tmp_path, 1)
    state = publication(1).state
    later = state.model_copy(update={"verifie_le": state.verifie_le + timedelta(hours=3)})
    for step in (1, 2, 3):
        for how in ("before", "middle", "after"):
            with pytest.raises(Crash):
                publisher(tmp_path, FailingDisk(step, how)).confirm(
                    later, publication(1).record.digest
                )
            assert standing_number(tmp_path) == 1
    publisher(tmp_path).confirm(later, publication(1).record.digest)
    assert json.loads((tmp_path / "etat.json").read_bytes())["verifie_le"] == "2026-02-10T17:05:00Z"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_refusal_of_the_disk_at_any_step_is_told_with_its_place(
    tmp_path: Path, code: int
) -> None:
    """The operator reads what and where; the public keeps the last good publication."""
    step, reached = 0, True
    while reached:
        step += 1
        folder = tmp_path / f"{step}"
        publish(folder, 1)
        refusal = partial(OSError, code, os.strerror(code), str(folder / "x"))
        told = False
        disk = FailingDisk(step, "middle", refusal)
        try:
            publisher(folder, disk).publish(publication(2))
        except PublicationFailed as failure:
            told = str(folder) in failure.in_("fr") and failure.facts["errno"] == code
        assert standing_number(folder) == 2 or told
        reached = disk.steps >= step
    assert step > 15


CHILD = """
import sys
from pathlib import Path
for place in sys.argv[2:]:
    sys.path.insert(0, place)
from tests.adapters.publish.publications import publication
from sync.adapters.publish.directory import DirectoryPublisher
number = int(sys.argv[1].rpartition("@")[2])
folder = DirectoryPublisher(Path(sys.argv[1].rpartition("@")[0]), "dossier")
print("ready", flush=True)
while True:
    number += 1
    folder.publish(publication(number))
"""


def test_a_killed_publisher_leaves_one_good_publication(tmp_path: Path) -> None:
    """The same promise with a real kill -9, at moments of its own choosing."""
    here = Path(__file__)
    places = [here.parent, here.parents[2] / "site", here.parents[3]]
    chance = random.Random(20260215)  # noqa: S311  moments to kill at, not a secret
    number = 0
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, f"{tmp_path}@{number}", *map(str, places)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        with child.stdout:
            child.stdout.readline()
            time.sleep(0.05 + chance.random() / 10)
            child.send_signal(signal.SIGKILL)
            child.wait()
        found = standing_number(tmp_path)
        assert found >= number
        number = found
    assert number > 0
    publish(tmp_path, number + 1)
    assert standing_number(tmp_path) == number + 1


def test_a_reader_never_meets_half_a_file(tmp_path: Path) -> None:
    """Citizens read while the service writes."""
    publish(tmp_path, 1)
    stop = threading.Event()
    bad: list[bytes] = []

    def read() -> None:
        while not stop.is_set():
            body = (tmp_path / "dernier.json").read_bytes()
            try:
                json.loads(body)
            except ValueError:
                bad.append(body)

    reader = threading.Thread(target=read)
    reader.start()
    publish(tmp_path, *range(2, 30))
    stop.set()
    reader.join()
    assert bad == []


def test_a_static_host_serves_every_name(tmp_path: Path) -> None:
    """The folder works as it is behind any static host that follows links."""
    publish(tmp_path, 1, 2)
    handler = partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        root = f"http://127.0.0.1:{server.server_port}"
        names = ["", "dernier.json", "etat.json", "schema/instantane.schema.json"]
        for name in [*names, "instantanes/0001.json", "instantanes/0002.json"]:
            with urllib.request.urlopen(f"{root}/{name}") as answer:
                assert answer.status == 200
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_old_versions_do_not_pile_up(tmp_path: Path) -> None:
    """A publication an hour must not fill a disk; numbered snapshots all stay."""
    publish(tmp_path, *range(1, 8))
    assert len(list((tmp_path / ".versions").iterdir())) == 2
    assert len(list((tmp_path / "instantanes").iterdir())) == 7


def test_the_same_snapshot_can_be_published_again_with_another_page(tmp_path: Path) -> None:
    """A new release may draw the same facts better."""
    publish(tmp_path, 1)
    first = publication(1)
    files = {**first.files, "plus.html": b"nouveau"}
    for _ in range(2):
        publisher(tmp_path).publish(
            Publication(first.snapshot, first.record, first.state, files, first.immutable)
        )
    assert (tmp_path / "plus.html").read_bytes() == b"nouveau"
    assert standing_number(tmp_path) == 1


class WatchedDisk(Disk):
    """Remembers what is written; may be one that knows no hard links."""

    def __init__(self, *, links: bool = True) -> None:
        self.links = links
        self.written: list[str] = []

    def write(self, path: Path, body: bytes) -> None:
        self.written.append(path.name)
        super().write(path, body)

    def share(self, source: Path, target: Path) -> None:
        if not self.links:
            raise OSError(errno.EPERM, "Operation not permitted", str(source))
        super().share(source, target)


class CuttableDisk(Disk):
    """Knows whose names a power cut would take: those of folders that were changed since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unsettled: set[Path] = set()
        self.at_the_switch: list[set[Path]] = []

    def make_folder(self, path: Path) -> None:
        if not path.is_dir():
            self.unsettled.add(path.parent)
        super().make_folder(path)

    def write(self, path: Path, body: bytes) -> None:
        super().write(path, body)
        self.unsettled.add(path.parent)

    def rename(self, source: Path, target: Path) -> None:
        if target == self.folder / "courant":
            self.at_the_switch.append(set(self.unsettled))
        assert not {one for one in self.unsettled if one.is_relative_to(source)}
        super().rename(source, target)
        self.unsettled.add(target.parent)

    def link(self, path: Path, to: str) -> None:
        super().link(path, to)
        self.unsettled.add(path.parent)

    def share(self, source: Path, target: Path) -> None:
        super().share(source, target)
        self.unsettled.add(target.parent)

    def settle(self, folder: Path) -> None:
        super().settle(folder)
        self.unsettled.discard(folder)


def test_a_power_cut_after_the_switch_finds_every_name_that_it_leads_to(tmp_path: Path) -> None:
    """And one after a publication, or a confirmation, undoes nothing of it."""
    folder = tmp_path / "public"
    for number in (1, 2, 3):
        disk = CuttableDisk(folder)
        publisher(folder, disk).publish(publication(number))
        assert disk.at_the_switch, "once, or again where it is mended"
        assert set.union(*disk.at_the_switch) <= {folder, tmp_path}
        assert disk.unsettled <= {tmp_path}, "the folder itself is the city's to make"
    disk = CuttableDisk(folder)
    publisher(folder, disk).confirm(publication(3).state, publication(3).record.digest)
    assert disk.unsettled == set()


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    """Many hosts have their sites behind one; it is what lies in it that must be ours."""
    (tmp_path / "disque").mkdir()
    (tmp_path / "public").symlink_to("disque")
    publish(tmp_path / "public", 1, 2)
    assert standing_number(tmp_path / "disque") == 2


def with_pages(number: int, changed: int) -> Publication:
    """One page for each of forty actions, of which one says what changed."""
    good = publication(number)
    pages = {f"actions/{one}/page.html": f"{one}".encode() for one in range(40)}
    pages[f"actions/{changed}/page.html"] = f"change {number}".encode()
    return replace(good, files={**good.files, **pages})


@pytest.mark.parametrize("links", [True, False])
def test_only_what_changed_is_written_again(tmp_path: Path, links: bool) -> None:
    """A thousand pages of which one changed must not cost a thousand writes to the disk."""
    publisher(tmp_path).publish(with_pages(1, changed=7))
    disk = WatchedDisk(links=links)
    publisher(tmp_path, disk).publish(with_pages(2, changed=7))
    assert disk.written.count("page.html") == (1 if links else 40)
    assert standing_number(tmp_path) == 2
    page = tmp_path / "actions/8/page.html"
    assert page.stat().st_nlink == (2 if links else 1)
    assert (tmp_path / "actions/7/page.html").read_bytes() == b"change 2"


def test_a_new_file_never_goes_into_one_that_another_version_holds(tmp_path: Path) -> None:
    """What a stop left under a temporary name may be a hard link."""
    kept, left = tmp_path / "gardé", tmp_path / ".nouveau-x"
    kept.write_bytes(b"ancien")
    left.hardlink_to(kept)
    Disk().write(left, b"nouveau")
    assert (kept.read_bytes(), left.read_bytes()) == (b"ancien", b"nouveau")


@pytest.mark.parametrize(
    ("number", "words"),
    [pytest.param(2, "", id="lower number"), pytest.param(3, "autre", id="same number, other")],
)
def test_history_is_never_stepped_back_or_rewritten(
    tmp_path: Path, number: int, words: str
) -> None:
    """A restored or foreign database must not overwrite what citizens already read."""
    publish(tmp_path, 1, 2, 3)
    with pytest.raises(PublicationFailed, match="published"):
        publisher(tmp_path).publish(publication(number, words=words))
    assert standing_number(tmp_path) == 3


def test_a_numbered_snapshot_is_never_overwritten(tmp_path: Path) -> None:
    """`instantanes/NNNN.json` is what people cite and verify."""
    publish(tmp_path, 1)
    foreign = tmp_path / "instantanes/0002.json"
    foreign.write_text("{}")
    with pytest.raises(PublicationFailed, match=r"0002\.json") as failure:
        publisher(tmp_path).publish(publication(2))
    assert "ne change jamais" in failure.value.in_("fr")
    assert foreign.read_text() == "{}"
    assert standing_number(tmp_path) == 1


@pytest.mark.parametrize("name", ["index.html", "courant", ".versions", "instantanes", "schema"])
def test_what_someone_else_put_there_is_left_alone(tmp_path: Path, name: str) -> None:
    """A wrong path in a setting must not eat a website."""
    (tmp_path / name).write_text("à moi")
    with pytest.raises(PublicationFailed) as failure:
        publisher(tmp_path).publish(publication(1))
    assert name in failure.value.in_("en")
    assert (tmp_path / name).read_text() == "à moi"


@pytest.mark.parametrize("name", ["instantanes", ".versions", "courant", "index.html"])
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, name: str) -> None:
    """Writing through someone's link would write somewhere else."""
    elsewhere, folder = tmp_path / "ailleurs", tmp_path / "public"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(PublicationFailed):
        publisher(folder).publish(publication(1))
    assert list(elsewhere.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    place = tmp_path / "public"
    place.write_text("un fichier")
    with pytest.raises(PublicationFailed, match="public"):
        publisher(place).publish(publication(1))


@pytest.mark.parametrize("garbled", ["instantanes/0002.json", "index.html", "dernier.json"])
def test_what_a_disk_garbled_is_never_switched_to(tmp_path: Path, garbled: str) -> None:
    """A failing disk takes a write without a word; read back, it is another."""
    name = Path(garbled).name

    class Garbling(Disk):
        def write(self, path: Path, body: bytes) -> None:
            super().write(path, body + b" " if path.name.endswith(name) else body)

    publish(tmp_path, 1)
    served = {path: path.read_bytes() for path in tmp_path.glob("*.html")}
    with pytest.raises(PublicationFailed, match="read back other than it was written"):
        publisher(tmp_path, Garbling()).publish(publication(2))
    assert standing_number(tmp_path) == 1
    assert {path: path.read_bytes() for path in tmp_path.glob("*.html")} == served
    publish(tmp_path, 2)
    assert standing_number(tmp_path) == 2


def test_a_full_disk_is_told_and_the_last_publication_stands(tmp_path: Path) -> None:
    """The kernel's own refusal, by a limit on the size of files."""
    publish(tmp_path, 1)
    large = publication(2)
    files = {**large.files, "actions.csv": b"x" * 200_000}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(PublicationFailed) as failure:
            publisher(tmp_path).publish(
                Publication(large.snapshot, large.record, large.state, files, large.immutable)
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert failure.value.facts["errno"] == errno.EFBIG
    assert standing_number(tmp_path) == 1


@pytest.mark.parametrize(
    "name", ["../ailleurs.html", "/etc/x", "a/../../b", "etat.json", "courant/x", ".versions/x"]
)
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Names are ours, and checked all the same before the first write."""
    good = publication(1)
    files = {**good.files, name: b"x"}
    with pytest.raises(PublicationFailed):
        publisher(tmp_path / "public").publish(
            Publication(good.snapshot, good.record, good.state, files, good.immutable)
        )
    assert not (tmp_path / "public").exists()


def test_only_the_snapshot_that_stands_can_be_confirmed(tmp_path: Path) -> None:
    """A fresh date beside an old number would be a lie."""
    publish(tmp_path, 1)
    with pytest.raises(PublicationFailed, match="number 1"):
        publisher(tmp_path).confirm(publication(2).state, publication(2).record.digest)
    assert standing_number(tmp_path) == 1


def test_another_snapshot_of_the_same_number_is_not_confirmed(tmp_path: Path) -> None:
    """A whole folder of somebody else's, manifest and all, in place of ours."""
    publish(tmp_path, 1)
    with pytest.raises(PublicationMissing, match="another snapshot 1"):
        publisher(tmp_path).confirm(publication(1).state, "0" * 64)
