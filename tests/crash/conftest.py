"""A process that forks for each worker, and how a case is asked of it and counted."""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.crash.golden import ask, lit

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def forge() -> Iterator["subprocess.Popen[str]"]:
    with lit() as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def told(forge: "subprocess.Popen[str]", record_property: Callable[..., None]) -> Ask:
    """The answer to one case; what did not hold is told with the line that plays it again."""

    def asked(counted: str = "", **case: Any) -> Any:
        answer = ask(forge, **case, bug=os.environ.get("PLANTED_BUG"))
        if "failed" in answer:
            words = " ".join(f"{key}={value!r}" for key, value in case.items() if key != "ask")
            pytest.fail(f"replay: {words}\n{answer['failed']}", pytrace=False)
        if counted:
            record_property(f"cases: {counted}", 1)
            record_property(f"seconds: {counted}", answer["seconds"])
        return answer["told"]

    return asked
