"""What concerns the whole run: where its files lie, and how many cases each matrix tried."""

import os
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest

COUNTED: Final = {
    "adapters/asana/matrix/test_matrix_calls.py": "pairs of a call and a fault",
    "cycle/test_fault_matrix.py": "cycles under a fault",
}
"""A test file whose cases are counted, and what one of them is."""

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - only where pytest puts its own folders
ROOM: Final = 2 * 1024**3


def in_memory() -> bool:
    """Whether files may lie in memory: no test is about the disk, and most wait for it."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _free(MEMORY) > ROOM


def _free(folder: Path) -> int:
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize


if in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_addoption(parser: pytest.Parser) -> None:
    people = parser.getgroup("people", "what people do in Asana during a cycle (tests/people)")
    people.addoption("--people-sample", type=int, default=24, help="cases to draw (24)")
    people.addoption("--people-seed", default="jalon", help="what they are drawn by")
    people.addoption("--people-case", action="append", default=[], help="one more: 1:change:3")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    tried = Counter(
        said
        for report in terminalreporter.stats.get("passed", ())
        for file, said in COUNTED.items()
        if report.when == "call" and f"{file}::" in report.nodeid and "[" in report.nodeid
    )
    seconds = Counter[str]()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        for file, said in COUNTED.items():
            if f"{file}::" in getattr(report, "nodeid", ""):
                seconds[said] += getattr(report, "duration", 0)
    for said, count in tried.items():
        terminalreporter.write_line(f"{count} {said}: passed, in {seconds[said]:.0f} s")
    several: Counter[str] = Counter()  # of a test that is many cases, told by record_property
    for report in terminalreporter.stats.get("passed", ()):
        if report.when == "call":
            for name, value in report.user_properties:
                if name.startswith("cases: "):
                    several[name.removeprefix("cases: ")] += value
    for said, count in several.items():
        terminalreporter.write_line(f"{count} {said}: passed")
