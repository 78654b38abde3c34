"""The sign of life: what the container's health check believes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.worker.health import FILE, Health, PlanHealth, read_health, write_health
from tests.cli.town import Town

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    health = Health(7, EARLIER, plans={"p": PlanHealth(LATER, NOW, "ok")})
    write_health(tmp_path / "var" / FILE, health)
    assert read_health(tmp_path / "var" / FILE) == health
    assert [entry.name for entry in (tmp_path / "var").iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("health", "code"),
    [
        pytest.param(Health(7, EARLIER, plans={"p": PlanHealth(LATER)}), 0, id="just started"),
        pytest.param(
            Health(7, EARLIER, plans={"p": PlanHealth(LATER, NOW, "ok")}), 0, id="cycles end"
        ),
        pytest.param(
            Health(7, EARLIER, plans={"p": PlanHealth(LATER, NOW, "failed")}),
            0,
            id="Asana is down: a restart would not help",
        ),
        pytest.param(
            Health(7, EARLIER, plans={"p": PlanHealth(EARLIER, EARLIER, "ok")}),
            1,
            id="no cycle ended in time",
        ),
        pytest.param(
            Health(
                7,
                EARLIER,
                plans={"p": PlanHealth(LATER, NOW, "ok"), "q": PlanHealth(EARLIER, EARLIER)},
            ),
            1,
            id="one of two plans hangs",
        ),
        pytest.param(
            Health(7, EARLIER, stopped=True, plans={"p": PlanHealth(LATER)}), 1, id="stopped"
        ),
        pytest.param(None, 1, id="never started"),
    ],
)
def test_health_is_an_exit_code(tmp_path: Path, health: Health | None, code: int) -> None:
    town = Town(tmp_path)
    town.settle()
    if health is not None:
        write_health(town.state / FILE, health)
    assert town.run("health").returncode == code


@pytest.mark.parametrize("body", ["", "{", "[]", json.dumps({"pid": "x"})])
def test_a_file_that_cannot_be_read_is_no_sign_of_life(tmp_path: Path, body: str) -> None:
    (tmp_path / FILE).write_text(body, encoding="utf-8")
    assert read_health(tmp_path / FILE) is None
