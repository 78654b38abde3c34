"""`jalon health`: what a container's health check gets to see."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.worker.health import FILE, Health, PlanHealth, write_health
from tests.cli.conftest import Jalon
from tests.cli.town import Town

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


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
def test_health_is_an_exit_code(jalon: Jalon, town: Town, health: Health | None, code: int) -> None:
    if health is not None:
        write_health(town.state / FILE, health)
    assert jalon("health").code == code
