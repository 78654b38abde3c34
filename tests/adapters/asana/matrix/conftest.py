"""The stage on which every pair is tried, and the count of them at the end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import trustme

from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.adapters.asana.matrix.stage import (
    Stage,
    door,
    no_such_name,
    nobody_listens,
    set_the_stage,
    untrusted,
)

Elsewhere = Callable[[str], AbstractContextManager[tuple[str, Callable[[], int]]]]


@pytest.fixture(scope="module")
def own_sandbox() -> Iterator[RunningSandbox]:
    with sandbox_process() as running:
        yield running


@pytest.fixture(scope="module")
def stage(own_sandbox: RunningSandbox) -> Iterator[Stage]:
    with door() as address:
        yield set_the_stage(own_sandbox, address)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nobody has a reason to trust."""
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    made = trustme.CA().issue_cert("127.0.0.1")
    made.private_key_and_cert_chain_pem.write_to_path(path)
    return path


@pytest.fixture
def elsewhere(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """An address for each of the faults that need no Asana."""

    def of(name: str) -> AbstractContextManager[tuple[str, Callable[[], int]]]:
        match name:
            case "refused":
                return nobody_listens()
            case "no_such_name":
                return no_such_name(monkeypatch)
            case _:
                return untrusted(certificate)

    return of
