"""The demo's folder: what may be replaced, and what never."""

import json
from pathlib import Path

import pytest

from sync.demo.folder import stage
from sync.errors import ConfigError


def leave(folder: Path, *, demonstration: object = True) -> None:
    folder.mkdir()
    (folder / "dernier.json").write_text(json.dumps({"demonstration": demonstration}))
    (folder / "index.html").write_text("avant")


def make(place: Path, body: str = "après") -> None:
    with stage(place) as staged:
        (staged.folder / "index.html").write_text(body)
        staged.reveal()


def test_a_new_place_gets_the_publication_and_nothing_else(tmp_path: Path) -> None:
    make(tmp_path / "a" / "public")
    assert (tmp_path / "a" / "public" / "index.html").read_text() == "après"
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["public"]


def test_an_earlier_demonstration_is_replaced_whole(tmp_path: Path) -> None:
    """Its numbering began at 1 too: mixing the two would be refused by the publisher."""
    leave(tmp_path / "public")
    make(tmp_path / "public")
    assert [entry.name for entry in (tmp_path / "public").iterdir()] == ["index.html"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["public"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    make(tmp_path / "public")
    assert (tmp_path / "public" / "index.html").exists()


def test_a_demo_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    leave(tmp_path / "public")
    with pytest.raises(RuntimeError), stage(tmp_path / "public"):
        raise RuntimeError
    assert (tmp_path / "public" / "index.html").read_text() == "avant"
    assert [entry.name for entry in tmp_path.iterdir()] == ["public"]


@pytest.mark.parametrize("demonstration", [False, None, "true", 1])
def test_a_publication_that_is_no_demonstration_is_never_touched(
    tmp_path: Path, demonstration: object
) -> None:
    """The city's real page may live in a folder of the same name."""
    leave(tmp_path / "public", demonstration=demonstration)
    with pytest.raises(ConfigError):
        make(tmp_path / "public")
    assert (tmp_path / "public" / "index.html").read_text() == "avant"


def test_a_folder_with_anything_else_in_it_is_never_touched(tmp_path: Path) -> None:
    leave(tmp_path / "public")
    (tmp_path / "public" / "budget.xlsx").write_text("précieux")
    with pytest.raises(ConfigError) as refused:
        make(tmp_path / "public")
    assert "budget.xlsx" in refused.value.in_("fr")
    assert (tmp_path / "public" / "budget.xlsx").read_text() == "précieux"


def test_what_appears_during_the_demo_is_not_touched_either(tmp_path: Path) -> None:
    place = tmp_path / "public"
    with stage(place) as staged:
        place.mkdir()
        (place / "budget.xlsx").write_text("précieux")
        with pytest.raises(ConfigError):
            staged.reveal()
    assert (place / "budget.xlsx").exists()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_or_a_link_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "public"
    if kind == "file":
        place.write_text("fichier")
    else:
        leave(tmp_path / "ailleurs")
        place.symlink_to(tmp_path / "ailleurs")
    with pytest.raises(ConfigError):
        make(place)
