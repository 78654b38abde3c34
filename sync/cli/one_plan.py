"""The plan that a command for one plan is about, where several may be configured."""

from collections.abc import Sequence

from sync.errors import ConfigError
from sync.wiring import OpenedPlan
from sync.wording import Text


def the_one(plans: Sequence[OpenedPlan]) -> OpenedPlan:
    if len(plans) == 1:
        return plans[0]
    listed = ", ".join(opened.plan.id for opened in plans)
    raise ConfigError(
        Text(
            f"Plusieurs plans sont configurés : dites lequel avec --plan ({listed}).",
            f"Several plans are configured: say which one with --plan ({listed}).",
        )
    )
