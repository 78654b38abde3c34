"""
The process that forks: it builds each scene once, and plays cases in copies of its world.

It has one thread whenever it forks. A cycle that is to be killed runs in a child. What follows
runs here, where everything is warm and no page of memory is to be copied: it opens the store and
the line to the sandbox anew, as another worker would.

    python -m tests.crash.forge      reads a case on each line and answers on one, in JSON
"""

import gc
import importlib
import json
import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
import structlog

from sync.errors import SyncError
from sync.sandbox.client import SandboxControl
from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.crash.points import Points, watch
from tests.crash.scenes import LATER, LEASE_GONE, PERSON, PLAN, SCENES, Scene, WarmRoad, rules
from tests.crash.verdict import account, check, folder_stands
from tests.road import GREFFE, START

MOST: Final = 2
"""Clean cycles until all is quiet."""
SECONDS: Final = 120
KILLED: Final = -signal.SIGKILL


class CaseFailed(Exception):
    """What did not hold, in words."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A child's last words, and how it ended: 0, or minus the signal."""

    said: bytes
    code: int


def child(work: Callable[[int], object]) -> Ended:
    """Do the work in a child, which tells its result, or its end, through a pipe."""
    assert threading.active_count() == 1, "a fork takes one thread along"
    hear, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(hear)
            gc.disable()
            signal.alarm(SECONDS)
            os.write(tell, json.dumps(work(tell)).encode())
            code = 0
        except BaseException:  # noqa: BLE001 - it is told, and the child ends
            os.write(tell, traceback.format_exc().encode())
        finally:
            os._exit(code)
    os.close(tell)
    with os.fdopen(hear, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return Ended(said, os.waitstatus_to_exitcode(status))


def result(ended: Ended) -> Any:
    if ended.code:
        raise CaseFailed(f"exit {ended.code}\n{ended.said.decode()}")
    return json.loads(ended.said)


class World:
    """One scene's world as it is before the cycle, and how it ends when nothing is killed."""

    def __init__(self, scene: Scene, sandbox: RunningSandbox, folder: Path) -> None:
        self.scene = scene
        self.sandbox = sandbox
        self.folder = folder
        self.played = folder / "played"
        sandbox.control.reset()
        sandbox.control.set_clock(START, frozen=True)
        sandbox.control.add_person(PERSON, GREFFE)
        self.road = WarmRoad(PLAN, self.played, sandbox, rules=rules(), in_flight=1)
        self.road.__enter__()
        scene.prepare(self.road)
        self.standing = folder_stands(self.road, self._standing_now())
        self.began = self.road.clock.at
        self._alone_again()
        self.keep("before")
        self.people = {one["gid"]: one["name"] for one in sandbox.control.state()["people"]}
        self.bug: str | None = None
        self._killed: tuple[int, str | None] | None = None
        self.reference = self._never_killed()  # here, so that children find everything warm
        self._alone_again()
        self.restore("before")
        self.names: list[str] = result(child(lambda _: self._counted(self.scene.act)))

    def _alone_again(self) -> None:
        """As before any fork: no thread but this one, and no connection that a child inherits."""
        self.road.opened.close()
        for thread in threading.enumerate():
            if thread is not threading.main_thread():
                thread.join(SECONDS)

    def _standing_now(self) -> str | None:
        return "some" if (self.road.public / "courant").exists() else None

    def keep(self, name: str) -> None:
        self.sandbox.control.save(name)
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.played, self.folder / name, symlinks=True)

    def restore(self, name: str) -> None:
        self.sandbox.control.restore(name)
        shutil.rmtree(self.played)
        shutil.copytree(self.folder / name, self.played, symlinks=True)
        self.road.clock.at = self.began

    # in a child

    def _open(self, changed: pytest.MonkeyPatch | None = None) -> WarmRoad:
        road = self.road
        road.store = road.opened.plan(road.plan.id)
        if self.bug:
            plant = importlib.import_module("tests.planted.bugs")
            getattr(plant, self.bug)(changed or pytest.MonkeyPatch())
        return road

    def _open_in_a_child(self) -> WarmRoad:
        control = SandboxControl(self.sandbox.control.base_url)
        self.road.sandbox = replace(self.sandbox, control=control)
        self.road.control = control
        return self._open()

    def _never_killed(self) -> dict[str, Any]:
        self.road.store = self.road.opened.plan(PLAN.id)
        self.scene.act(self.road)
        self._settle(self.road)
        told = account(self.road, self.road.control.dump(), self.people)
        check(self.road, told, self.people)
        self.scene.after(self.road)
        return told

    def _watch(self, points: Points) -> WarmRoad:
        road = self._open_in_a_child()
        watch(points, api=self.sandbox.url, folder=road.public)
        return road

    def _counted(self, act: Callable[[WarmRoad], object]) -> list[str]:
        points = Points()
        act(self._watch(points))
        return points.names

    def _to_be_killed(self, act: Callable[[WarmRoad], object], at: int, tell: int) -> str:
        act(self._watch(Points(at, tell)))
        return f"the cycle ended before point {at}"

    # in the forge

    def kill(self, act: Callable[[WarmRoad], object], at: int) -> str:
        """Kill a cycle at a point; the folder then stands whole. The name of the point."""
        ended = child(lambda tell: self._to_be_killed(act, at, tell))
        if ended.code != KILLED:
            raise CaseFailed(f"not killed but {ended.code}: {ended.said.decode()}")
        folder_stands(self.road, self.standing)
        return ended.said.decode()

    def kill_first(self, at: int, *, keep: bool = True) -> None:
        """To where a cycle was killed at that point; what is kept of it is come back to."""
        if self._killed == (at, self.bug):
            self.restore("killed")
            return
        self.restore("before")
        name = self.kill(self.scene.act, at)
        if name != self.names[at - 1] and not self.bug:  # a bug may have points of its own
            raise CaseFailed(f"point {at} is now {name!r}, and was {self.names[at - 1]!r}")
        if keep:
            self.keep("killed")
            self._killed = (at, self.bug)

    def following(self, at: int) -> list[str]:
        """The points of the cycle that follows the one killed at `at`."""
        self.kill_first(at)
        self.road.wait(LEASE_GONE)
        names: list[str] = result(child(lambda _: self._counted(WarmRoad.again)))
        return names

    def play(self, kills: list[int], fault: Mapping[str, Any] | None) -> int:
        """Kill the cycle, and the one after it; how many clean cycles it then took."""
        first, *later = kills
        self.kill_first(first, keep=bool(later or fault))
        for at in later:
            self.road.wait(LEASE_GONE)
            self.kill(WarmRoad.again, at)
        return self._recovered(fault)

    def _settle(self, road: WarmRoad, *, full: bool = False) -> int:
        """Clean cycles until one does nothing, the first one a full one if asked; how many did."""
        for number in range(MOST + 1):
            road.wait(LATER if number else LEASE_GONE)
            rows = road.store.log_head().rows
            report = road.again(full=full and not number)
            methods = {kind.partition(" ")[0] for kind in report.requests}
            assert methods <= {"GET", "POST", "PUT"}, f"sent {methods}"
            quiet = methods == {"GET"} and road.store.log_head().rows == rows
            if report.outcome == "ok" and quiet and not report.snapshot_is_new:
                return number
        raise AssertionError(f"not quiet after {MOST} clean cycles: {report}")

    def _recovered(self, fault: Mapping[str, Any] | None) -> int:
        """Run what follows, judge it, and be alone again; how many clean cycles did something."""
        signal.alarm(SECONDS)
        try:
            with pytest.MonkeyPatch.context() as changed:
                return self._followed(self._open(changed), fault)
        finally:
            self._alone_again()
            signal.alarm(0)

    def _followed(self, road: WarmRoad, fault: Mapping[str, Any] | None) -> int:
        if fault:
            self._under(road, fault)
        number = self._settle(road, full=bool(fault))  # what was refused waits for one
        check(road, self.reference, self.people, refused=bool(fault))
        self.scene.after(road)
        return number

    def _under(self, road: WarmRoad, fault: Mapping[str, Any]) -> None:
        road.wait(LEASE_GONE)
        road.control.add_faults([fault])
        try:
            road.again()
        except SyncError as error:
            if error.exit_code not in (4, 5):
                raise
        (told,) = road.control.faults()
        assert told["fired"], f"the fault never fired: {told}"
        road.control.clear_faults()


class Forge:
    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder = folder
        self._opened = opened
        self._worlds: dict[str, World] = {}

    def world(self, name: str) -> World:
        """Each in a sandbox of its own, so that what is kept of one is not lost with another."""
        if name not in self._worlds:
            sandbox = self._opened.enter_context(
                sandbox_process(now=START.isoformat(), frozen=True)
            )
            self._worlds[name] = World(SCENES[name], sandbox, self._folder / name)
            gc.collect()
            gc.freeze()
        return self._worlds[name]

    def answer(self, case: Mapping[str, Any]) -> dict[str, Any]:
        began, spent = time.monotonic(), _cpu()
        try:
            told = self._answer(case)
        except CaseFailed as failed:
            return {"failed": str(failed)}
        except Exception:  # noqa: BLE001 - it is told to the test that asked
            return {"failed": traceback.format_exc()}
        return {"told": told, "seconds": time.monotonic() - began, "cpu": _cpu() - spent}

    def _answer(self, case: Mapping[str, Any]) -> Any:
        world = self.world(case["scene"])
        world.bug = case.get("bug")
        match case["ask"]:
            case "names":
                return world.names
            case "following":
                return world.following(case["at"])
            case _:
                return world.play(case["kills"], case.get("fault"))


def _cpu() -> float:
    """Seconds of this process and of the children that ended; the sandbox is not in it."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    answers = os.dup(1)
    os.dup2(2, 1)
    memory = Path("/dev/shm")  # noqa: S108 - what is killed here needs no disk
    place = memory if os.access(memory, os.W_OK) else None
    with ExitStack() as opened, tempfile.TemporaryDirectory(dir=place) as folder:
        forge = Forge(Path(folder), opened)
        for line in sys.stdin:
            said = json.dumps(forge.answer(json.loads(line)), ensure_ascii=False)
            os.write(answers, f"{said}\n".encode())


if __name__ == "__main__":
    main()
