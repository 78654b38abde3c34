"""
The service: cycles on the city's schedule, one after the other, until it is told to stop.

`wakeups` says when, `loop` runs what is due, `health` tells others that it is alive.
"""

from sync.worker.health import Health, PlanHealth, read_health
from sync.worker.loop import GRACE_SECONDS, Worker
from sync.worker.wakeups import Wake

__all__ = ["GRACE_SECONDS", "Health", "PlanHealth", "Wake", "Worker", "read_health"]
