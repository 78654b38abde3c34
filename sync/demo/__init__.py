"""
The whole road in a few seconds, on an invented progress: `jalon demo`.

`script` invents what managers do and `choices` what administrators choose, `people` does it in the
sandbox, `folder` keeps the demo away from anything real, `guarded` is a scene of its own, and `run`
leads through it all. Nothing here knows one city: the script follows the shape of whatever plan the
configuration names.
"""

from sync.demo.guarded import GuardScene
from sync.demo.run import DemoReport, Explain, Leg, Progress, run_demo

__all__ = ["DemoReport", "Explain", "GuardScene", "Leg", "Progress", "run_demo"]
