"""The judges of this folder were written by others; what is here brings them to the table."""

from collections.abc import Iterator

import pytest

from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.contract.prism import Prism, prism_process
from tests.contract.verdicts import KEPT, Verdicts


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    told = config.stash.get(KEPT, None)
    if told is None:
        return
    terminalreporter.section("outside judges")
    for verdict in told.said.values():
        terminalreporter.write_line(verdict.line())


@pytest.fixture(scope="session")
def verdicts(pytestconfig: pytest.Config) -> Verdicts:
    """Where a judge's test tells what was judged, for the end of the run."""
    return pytestconfig.stash.setdefault(KEPT, Verdicts())


@pytest.fixture(scope="session")
def prism() -> Iterator[Prism]:
    with prism_process() as prism:
        yield prism


@pytest.fixture(scope="session")
def standing() -> Iterator[RunningSandbox]:
    with sandbox_process() as running:
        yield running


@pytest.fixture
def sandbox(standing: RunningSandbox) -> RunningSandbox:
    """As if it had just been started."""
    standing.control.reset()
    return standing
