"""All that a cycle reads when it reads everything, and nothing of what it does with it."""

import os
import sys
from datetime import date
from pathlib import Path

from sync.core.marks import ROLES, project_line
from sync.ports import Known
from sync.settings import load_settings
from sync.wiring import clock_at_noon, connected, open_plans, process_name


def main(day: str, *read: str) -> int:
    """Of the plan configured in this folder. Prints the number of tasks; reads only if told to."""
    settings = load_settings([Path("config/ville.yaml")], os.environ)
    with open_plans(settings, writing=False) as (plan,):
        store = plan.store
        known = Known(
            links=store.links(),
            mirror=store.mirror(),
            cursors=store.cursors(),
            project_marker={role: project_line(store.plan_id, role) for role in ROLES},
        )
        clock = clock_at_noon(date.fromisoformat(day), plan.settings.city.zone(), lambda: 0.0)
        with connected(plan, clock, process_name()) as ports:
            if read:
                print(len(ports.target.observe(known, full=True).observed.tasks))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
