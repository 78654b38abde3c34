"""The sign of life: what the container's health check believes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.worker.health import FILE, Health, PlanHealth, read_health, write_health

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    health = Health(7, EARLIER, plans={"p": PlanHealth(LATER, NOW, "ok")})
    write_health(tmp_path / "var" / FILE, health)
    assert read_health(tmp_path / "var" / FILE) == health
    assert [entry.name for entry in (tmp_path / "var").iterdir()] == [FILE]


@pytest.mark.parametrize("body", ["", "{", "[]", json.dumps({"pid": "x"})])
def test_a_file_that_cannot_be_read_is_no_sign_of_life(tmp_path: Path, body: str) -> None:
    (tmp_path / FILE).write_text(body, encoding="utf-8")
    assert read_health(tmp_path / FILE) is None
