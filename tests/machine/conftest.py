"""One country for all towns of a module; where it lies nobody waits for a disk."""

import pytest

from tests.machine.town import Country


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return Country(tmp_path_factory.mktemp("country"))
