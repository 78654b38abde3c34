"""
Plants its bug under each test that is named for one, for the time of that test.

By hand: `pytest -p tests.planted.plugin TEST`.
"""

from collections.abc import Iterator

import pytest

from tests.planted.bugs import CAUGHT_BY

_BUG_OF = {test: plant for plant, test in CAUGHT_BY.items()}


@pytest.fixture(autouse=True)
def _planted_bug(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patches:
        bug = _BUG_OF[request.node.nodeid]
        bug(patches)
        patches.setenv("PLANTED_BUG", bug.__name__)  # for a cycle in another process
        yield
