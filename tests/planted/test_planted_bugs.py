"""
The tests of the tests: each planted bug turns its named test red, which is green without it.

All named tests run twice at the same time, in a process with the bugs and in one without. In CI,
where `make test` has just run most of them without, only the others are run so again.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.planted.bugs import CAUGHT_BY

ROOT = Path(__file__).parents[2]
TESTS = sorted(CAUGHT_BY.values())

LONGEST = 1_200
"""Seconds. A minute is usual; a slow machine is no reason to fail."""
NOT_IN_MAKE_TEST = (
    "browser or postgresql or night or whole or contract or judges or machine or crash or portal"
)

pytestmark = pytest.mark.planted


@dataclass(frozen=True, slots=True)
class Run:
    code: int
    verdicts: Mapping[str, str]
    said: str


def start(*options: str) -> "subprocess.Popen[str]":
    words = ["-rA", "--tb=line", "--show-capture=no", "-p", "no:cacheprovider", *options, *TESTS]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> Run:
    said, _ = process.communicate(timeout=LONGEST)
    verdicts: dict[str, str] = {}
    for line in said.splitlines():
        verdict, _, rest = line.partition(" ")
        test = rest.partition(" - ")[0]
        if test not in TESTS:
            continue
        if "FAILED" in (verdict, verdicts.get(test)):  # whatever a neighbour's thread left as well
            verdicts[test] = "FAILED"
        else:
            verdicts[test] = "ERROR" if test in verdicts else verdict
    return Run(process.returncode, verdicts, said)


@pytest.fixture(scope="module")
def runs() -> tuple[Run, Run]:
    """Without the bugs, and with them."""
    others = ("-m", NOT_IN_MAKE_TEST) if os.environ.get("CI") == "true" else ()
    without, planted = start(*others), start("-p", "tests.planted.plugin")
    return ended(without), ended(planted)


def test_each_bug_has_a_test_of_its_own() -> None:
    assert len(set(TESTS)) == len(CAUGHT_BY)


def test_without_the_bugs_every_named_test_is_green(runs: tuple[Run, Run]) -> None:
    without, _ = runs

    tried = without.verdicts if os.environ.get("CI") == "true" else TESTS
    assert tried, without.said
    assert without.verdicts == dict.fromkeys(tried, "PASSED"), without.said
    assert without.code == 0, without.said


@pytest.mark.parametrize("bug", [bug.__name__ for bug in CAUGHT_BY])
def test_the_bug_turns_its_test_red(runs: tuple[Run, Run], bug: str) -> None:
    _, planted = runs
    (test,) = (test for plant, test in CAUGHT_BY.items() if plant.__name__ == bug)

    assert planted.verdicts[test] == "FAILED", planted.said
