"""The judges of this folder were written by others; what is here brings them to the table."""

from collections.abc import Iterator

import pytest

from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.contract import description
from tests.contract.description import Json
from tests.contract.echo import echoing
from tests.contract.needs import MENDED, data
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
def described() -> Json:
    """The official description, mended; not to be changed."""
    return description.mend(description.read(data(MENDED)))


@pytest.fixture(scope="session")
def prism(described: Json, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prism]:
    document = description.write(described, tmp_path_factory.mktemp("prism") / "asana.json")
    with prism_process(document) as prism:
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


@pytest.fixture(scope="session")
def receiver() -> Iterator[str]:
    """The address of a webhook's receiver that answers every handshake."""
    with echoing() as address:
        yield address
