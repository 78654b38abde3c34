"""A webhook's secret on disk: for this account only, and never half-written."""

import os
import stat
from pathlib import Path

import pytest

from sync.adapters.webhooks import Kept, keep, recall

ONE = Kept("1", "2", "https://ville.example/jalon/abc", "abc", "s3cret")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_kept_is_recalled(tmp_path: Path) -> None:
    assert recall(tmp_path, "plan") == ()
    keep(tmp_path, "plan", [ONE])
    keep(tmp_path, "other", [])
    assert recall(tmp_path, "plan") == (ONE,)
    assert recall(tmp_path, "other") == ()
    assert [path.name for path in (tmp_path / "webhooks").iterdir()].count("plan.json") == 1
    assert not list((tmp_path / "webhooks").glob(".*"))


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep(tmp_path, "plan", [ONE])
    finally:
        os.umask(before)
    assert mode(tmp_path / "webhooks") == 0o700
    assert mode(tmp_path / "webhooks" / "plan.json") == 0o600
    assert "s3cret" not in repr(ONE)


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o602])
def test_a_file_that_is_open_to_others_is_not_believed(tmp_path: Path, bits: int) -> None:
    keep(tmp_path, "plan", [ONE])
    (tmp_path / "webhooks" / "plan.json").chmod(bits)
    assert recall(tmp_path, "plan") == ()


@pytest.mark.parametrize("body", [b"", b"{", b"[{}]", b'{"webhook": "1"}', b"\xff"])
def test_a_spoilt_file_is_no_file(tmp_path: Path, body: bytes) -> None:
    keep(tmp_path, "plan", [ONE])
    (tmp_path / "webhooks" / "plan.json").write_bytes(body)
    assert recall(tmp_path, "plan") == ()


def test_a_link_left_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    folder = tmp_path / "webhooks"
    folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (folder / f".plan.{os.getpid()}").symlink_to(elsewhere)
    keep(tmp_path, "plan", [ONE])
    assert elsewhere.read_text() == "mine"
    assert recall(tmp_path, "plan") == (ONE,)
