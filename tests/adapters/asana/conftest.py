from collections.abc import Iterator

import pytest

from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.adapters.asana.asana_desk import Desk, open_desk


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """One process for all tests; each begins with a reset."""
    with sandbox_process() as running:
        yield running


@pytest.fixture
def desk(sandbox: RunningSandbox) -> Iterator[Desk]:
    with open_desk(sandbox) as opened:
        yield opened
