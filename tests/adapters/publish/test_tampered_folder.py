"""A publication that was damaged, altered or lost is never confirmed, and is mended whole."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sync.adapters.publish.directory import DirectoryPublisher
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.snapshot import State
from tests.adapters.publish.publications import publication, standing_number
from tests.adapters.publish.test_directory import Crash, FailingDisk, publish, publisher

Tampering = Callable[[Path], object]


def later(number: int) -> State:
    state = publication(number).state
    return state.model_copy(update={"verifie_le": state.verifie_le + timedelta(days=1)})


def instead(path: Path, body: str = "pirate") -> None:
    path.unlink()
    path.write_text(body)


def emptied(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def copied_without_links(folder: Path) -> None:
    copy = folder.with_name("copie")
    shutil.copytree(folder, copy, symlinks=False)
    shutil.rmtree(folder)
    copy.rename(folder)


def previous_version_again(folder: Path) -> None:
    current = str((folder / "courant").readlink())
    older = next(p for p in (folder / ".versions").iterdir() if f".versions/{p.name}" != current)
    (folder / "courant").unlink()
    (folder / "courant").symlink_to(f".versions/{older.name}")


def moved_behind_a_link(path: Path) -> None:
    elsewhere = path.parents[1] / "ailleurs.html"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def forged_with_its_manifest(folder: Path) -> None:
    latest, manifest = folder / "courant/dernier.json", folder / "courant/.manifeste.json"
    honest = hashlib.sha256(latest.read_bytes()).hexdigest()
    latest.write_text("{}")
    forged = hashlib.sha256(b"{}").hexdigest()
    manifest.write_text(manifest.read_text().replace(honest, forged, 1))


TAMPERINGS: dict[str, Tampering] = {
    "index link deleted": lambda p: (p / "index.html").unlink(),
    "index emptied behind its link": lambda p: (p / "courant/index.html").write_text(""),
    "index deleted behind its link": lambda p: (p / "courant/index.html").unlink(),
    "index moved behind another link": lambda p: moved_behind_a_link(p / "courant/index.html"),
    "dernier.json edited": lambda p: (p / "courant/dernier.json").write_text("{}"),
    "dernier.json forged with the manifest": forged_with_its_manifest,
    "schema edited": lambda p: (p / "courant/schema/instantane.schema.json").write_text("[]"),
    "a page of an action edited": lambda p: (p / "courant/actions/a-01/index.html").write_text(""),
    "a folder of pages moved behind a link": lambda p: (
        (p / "courant/actions").rename(p.with_name("ailleurs")),
        (p / "courant/actions").symlink_to(p.with_name("ailleurs")),
    ),
    "a page added": lambda p: (p / "courant/ajout.html").write_text("pirate"),
    "etat.json deleted": lambda p: (p / "courant/etat.json").unlink(),
    "manifest deleted": lambda p: (p / "courant/.manifeste.json").unlink(),
    "manifest damaged": lambda p: (p / "courant/.manifeste.json").write_text("{"),
    "snapshot 1 deleted": lambda p: (p / "instantanes/0001.json").unlink(),
    "snapshot 1 edited": lambda p: (p / "instantanes/0001.json").write_text("{}"),
    "snapshot 1 a folder": lambda p: (
        (p / "instantanes/0001.json").unlink(),
        (p / "instantanes/0001.json").mkdir(),
    ),
    "snapshots deleted": lambda p: shutil.rmtree(p / "instantanes"),
    "versions deleted": lambda p: shutil.rmtree(p / ".versions"),
    "courant deleted": lambda p: (p / "courant").unlink(),
    "courant led elsewhere": lambda p: (
        (p / "courant").unlink(),
        (p / "courant").symlink_to("instantanes"),
    ),
    "courant turned back": previous_version_again,
    "index a plain file": lambda p: instead(p / "index.html"),
    "index a link elsewhere": lambda p: (
        (p / "index.html").unlink(),
        (p / "index.html").symlink_to("instantanes/0001.json"),
    ),
    "copied without links": copied_without_links,
    "everything inside deleted": emptied,
    "everything deleted": shutil.rmtree,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder at snapshot 2, with the version of snapshot 1 still beside it."""
    publish(tmp_path / "public", 1, 2)
    return tmp_path / "public"


def contents(folder: Path) -> dict[Path, object]:
    """Every name there, with where it leads or what it holds."""
    return {
        path: path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in folder.rglob("*")
    }


def whole(folder: Path, number: int) -> bool:
    """A reader finds every file, and a confirmation agrees."""
    publisher(folder).confirm(later(number), publication(number).record.digest)
    for one in range(1, number + 1):
        name = f"instantanes/{one:04d}.json"
        assert (folder / name).read_bytes() == publication(number).immutable[name]
    return standing_number(folder) == number


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
@pytest.mark.parametrize("next_number", [2, 3], ids=["the same again", "a new one"])
def test_what_no_longer_stands_whole_is_not_confirmed_and_is_mended(
    folder: Path, tampering: Tampering, next_number: int
) -> None:
    """A fresh `verifie_le` over a falsified page would vouch for it."""
    tampering(folder)
    tampered = contents(folder)
    with pytest.raises(PublicationMissing) as failure:
        publisher(folder).confirm(later(2), publication(2).record.digest)
    assert str(folder) in failure.value.in_("fr")
    assert str(folder) in failure.value.in_("en")
    assert contents(folder) == tampered

    publisher(folder).publish(publication(next_number))
    assert whole(folder, next_number)


def test_a_file_altered_in_both_its_versions_is_not_taken_over(folder: Path) -> None:
    """An unchanged file has one body under two names: whoever alters one alters the other."""
    page = folder / "courant/actions/a-01/index.html"
    version = page.resolve()
    older = next(v for v in (folder / ".versions").iterdir() if v != version.parents[2])
    page.write_text("pirate")
    assert (older / "actions/a-01/index.html").read_text() == "pirate"
    with pytest.raises(PublicationMissing, match="a-01"):
        publisher(folder).confirm(later(2), publication(2).record.digest)
    publisher(folder).publish(publication(3))
    assert whole(folder, 3)
    assert version.read_text() == "pirate"
    assert page.stat().st_ino != version.stat().st_ino


def test_a_file_behind_a_link_is_not_taken_over(folder: Path) -> None:
    """It would stay in the hands of whoever owns the place that the link leads to."""
    elsewhere = folder.with_name("ailleurs")
    (folder / "courant/actions").rename(elsewhere)
    (folder / "courant/actions").symlink_to(elsewhere)
    publisher(folder).publish(publication(3))
    assert whole(folder, 3)
    (elsewhere / "a-01/index.html").write_text("pirate")
    assert whole(folder, 3)


def test_an_untouched_publication_is_confirmed(folder: Path) -> None:
    assert whole(folder, 2)
    assert b"2026-02-11" in (folder / "etat.json").read_bytes()


def test_a_folder_that_was_never_published_to_is_not_confirmed(tmp_path: Path) -> None:
    with pytest.raises(PublicationMissing):
        publisher(tmp_path).confirm(later(1), publication(1).record.digest)
    assert list(tmp_path.iterdir()) == []


def test_what_was_altered_is_kept_beside_and_has_no_public_name(folder: Path) -> None:
    """A repair loses nothing: who wrote there, and what, can still be looked into."""
    instead(folder / "index.html", "une page de maintenance")
    (folder / "instantanes/0001.json").write_text("{}")
    publisher(folder).publish(publication(2))
    assert (folder / ".altere-index.html-1").read_text() == "une page de maintenance"
    assert (folder / "instantanes/.altere-0001-1").read_text() == "{}"
    shown = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    files = {"index.html", "dernier.json", "etat.json"}
    assert shown == {*files, "actions", "courant", "instantanes", "schema"}
    visible = [p.name for p in (folder / "instantanes").iterdir() if not p.name.startswith(".")]
    assert sorted(visible) == ["0001.json", "0002.json"]
    assert whole(folder, 2)


def test_each_other_content_is_kept_and_the_same_only_once(folder: Path) -> None:
    """A job that puts its own page back every hour must not fill the disk."""
    for body in ("a", "a", "b", "a"):
        (folder / "instantanes/0001.json").write_text(body)
        publisher(folder).publish(publication(2))
    kept = sorted((folder / "instantanes").glob(".altere-*"))
    assert [(path.name, path.read_text()) for path in kept] == [
        (".altere-0001-1", "a"),
        (".altere-0001-2", "b"),
    ]


def test_a_repair_that_is_stopped_at_any_step_loses_nothing(tmp_path: Path) -> None:
    """What was altered is on the disk under one name or the other, until the end and after."""
    stops = 0
    while True:
        folder = tmp_path / f"{stops}"
        publish(folder, 1, 2)
        instead(folder / "index.html")
        (folder / "instantanes/0001.json").write_text("altéré")
        try:
            DirectoryPublisher(folder, "dossier", FailingDisk(stops + 1, "middle")).publish(
                publication(2)
            )
        except Crash:
            stops += 1
        else:
            break
        publisher(folder).publish(publication(2))
        assert whole(folder, 2)
        held = sorted(path.read_text() for path in folder.rglob(".altere-*"))
        assert held == ["altéré", "pirate"]
    assert stops > 15


def test_an_altered_snapshot_is_never_missing_while_it_is_restored(folder: Path) -> None:
    """People cite it by its address."""
    cited = folder / "instantanes/0001.json"
    cited.write_text("{}")
    step = 0
    while cited.read_text() == "{}":
        step += 1
        with pytest.raises(Crash):
            publisher(folder, FailingDisk(step, "before")).publish(publication(2))
        assert cited.is_file()
    assert cited.read_bytes() == publication(2).immutable["instantanes/0001.json"]


@pytest.mark.parametrize("number", [2, 5])
def test_another_history_repairs_nothing(folder: Path, number: int) -> None:
    """Another city's database would take every published snapshot for an altered one."""
    before = contents(folder)
    with pytest.raises(PublicationFailed, match="this database"):
        publisher(folder).publish(publication(number, words="autre ville"))
    assert contents(folder) == before


def test_a_lost_link_does_not_open_the_folder_to_an_older_history(folder: Path) -> None:
    """Whoever deletes `courant` deletes no history: the versions still tell it."""
    (folder / "courant").unlink()
    with pytest.raises(PublicationFailed, match="snapshot 2"):
        publisher(folder).publish(publication(1))


@pytest.mark.parametrize("name", ["index.html", "courant", "schema", "instantanes/0001.json"])
def test_a_name_like_ours_does_not_make_a_foreign_folder_ours(tmp_path: Path, name: str) -> None:
    """Only a version whose content has the digest in its name shows it; names can be copied."""
    version = tmp_path / ".versions" / f"0001-{publication(1).record.digest}-a"
    version.mkdir(parents=True)
    (version / "dernier.json").write_text("{}")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("à moi")
    with pytest.raises(PublicationFailed):
        publisher(tmp_path).publish(publication(1))
    assert (tmp_path / name).read_text() == "à moi"
    assert not list(tmp_path.rglob(".altere-*"))


def test_a_publication_without_its_whole_history_is_refused(tmp_path: Path) -> None:
    """A gap could never be confirmed, nor mended."""
    good = publication(3)
    gap = {name: body for name, body in good.immutable.items() if "0002" not in name}
    with pytest.raises(PublicationFailed, match="contradicts itself"):
        publisher(tmp_path).publish(
            type(good)(good.snapshot, good.record, good.state, good.files, gap)
        )
    assert list(tmp_path.iterdir()) == []
