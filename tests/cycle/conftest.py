"""A sandbox process for the session, emptied before each test, and a road on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.core.paper_asana import small_plan
from tests.road import GREFFE, START, Road


@pytest.fixture(scope="session")
def process() -> Iterator[RunningSandbox]:
    with sandbox_process(now=START.isoformat(), frozen=True) as running:
        yield running


@pytest.fixture
def sandbox(process: RunningSandbox) -> RunningSandbox:
    process.control.reset()
    process.control.clear_faults()
    process.control.set_latency(0)
    process.control.set_clock(START, frozen=True)
    process.control.add_person("Greffière", GREFFE)
    return process


@pytest.fixture
def road(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Road]:
    with Road(small_plan(), tmp_path, sandbox) as opened:
        yield opened
