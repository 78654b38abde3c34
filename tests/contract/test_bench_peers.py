"""The comparison with others, small: that it runs, and reads nothing less than everything."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.bench.peers import (
    LATENCIES,
    Content,
    NotReadWholeError,
    measure,
    one_project,
    table,
    whole_plan,
)

pytestmark = pytest.mark.contract

SIZE: Final = 3
Stage = Callable[[int, Path], AbstractContextManager[Content]]


@pytest.mark.parametrize("stage", [one_project, pytest.param(whole_plan, marks=pytest.mark.whole)])
def test_every_reader_has_its_figures(stage: Stage, tmp_path: Path) -> None:
    with stage(SIZE, tmp_path) as content:
        found = measure(content, runs=1)
        printed = "\n".join(table(content, found))
        for reader in content.readers:
            assert len(found[reader.name].runs) == len(LATENCIES)
            assert all(count > 0 for count in found[reader.name].requests)
            assert f"| {reader.name} |" in printed


def test_a_reader_that_read_less_has_no_figures(tmp_path: Path) -> None:
    with one_project(SIZE, tmp_path) as content:
        for reader in content.readers:
            alone = replace(content, readers=(reader,), tasks=SIZE + 1)
            with pytest.raises(NotReadWholeError, match=f"{SIZE} tasks of {SIZE + 1}"):
                measure(alone, runs=1)
