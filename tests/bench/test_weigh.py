"""The scale under the comparison with others: what it tells of a command is that command's."""

import sys
from pathlib import Path
from typing import Final

from tests.contract.peers import weigh

MIB: Final = 1024**2


def test_a_peak_is_the_commands_own(tmp_path: Path) -> None:
    """Linux starts a child's count at the size of the one that started it."""
    ballast = b"x" * (200 * MIB)
    small = weigh([sys.executable, "-S", "-c", "pass"], tmp_path, {})
    large = weigh([sys.executable, "-S", "-c", f"b'x' * {100 * MIB}"], tmp_path, {})
    assert len(ballast) > 200 * MIB - 1
    assert small.peak_mib < 100
    assert small.peak_mib + 90 < large.peak_mib < small.peak_mib + 110


def test_what_a_command_says_and_how_it_ends_are_told(tmp_path: Path) -> None:
    script = (
        "import os, sys; print(os.environ['WORD']); print('oups', file=sys.stderr); sys.exit(7)"
    )
    run = weigh([sys.executable, "-c", script], tmp_path, {"WORD": '{"mot": 1}'})
    assert run.code == 7
    assert list(run.lines()) == [{"mot": 1}]
    assert run.said == "oups\n"


def test_a_command_without_end_is_killed(tmp_path: Path) -> None:
    run = weigh([sys.executable, "-c", "while True: pass"], tmp_path, {}, seconds=0.5)
    assert run.code == -9
    assert run.processor > 0
