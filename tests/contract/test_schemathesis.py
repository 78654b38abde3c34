"""
schemathesis at the sandbox: thousands of calls that nobody thought of, right and wrong ones.

No call may be answered with a failure, and each answer must fit the official description. So
that this is no idle check, most calls are given things that exist, and every call of the sandbox
must have succeeded.
"""

import json
import os
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from sync.sandbox.process import RunningSandbox
from tests.contract import description
from tests.contract.description import Json
from tests.contract.needs import PUBLISHED, data, environment
from tests.contract.relay import Passed, relaying
from tests.contract.verdicts import Verdict, Verdicts

pytestmark = pytest.mark.contract

HERE: Final = Path(__file__).parent
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
PER_CALL: Final = 12
SECONDS: Final = 240
"""A run takes about a minute; this ends one that hangs."""


@dataclass(frozen=True, slots=True)
class Report:
    """How it ended, what it said, and the statuses that each call was answered with."""

    passed: bool
    said: str
    statuses: Mapping[str, Counter[int]]

    @property
    def judged(self) -> int:
        return sum(counts.total() for counts in self.statuses.values())

    def good(self, call: str) -> int:
        return sum(n for status, n in self.statuses[call].items() if 200 <= status <= 299)


@pytest.fixture(scope="module")
def restricted(described: Json) -> Json:
    """The calls that the sandbox answers, and the fields that each may be asked for."""
    calls = description.restrict(deepcopy(described))
    return description.name_fields(calls, description.read(data(PUBLISHED)))


@pytest.fixture
def judge(
    sandbox: RunningSandbox, restricted: Json, receiver: str, tmp_path: Path
) -> Callable[..., Report]:
    """Run schemathesis at this address, on its own, from its own environment."""
    program = environment("schemathesis") / "bin" / "schemathesis"
    document = description.write(restricted, tmp_path / "asana.json")
    record = tmp_path / "calls.jsonl"

    def run(url: str, *words: str) -> Report:
        stage = {
            "url": sandbox.url,
            "token": sandbox.token,
            "workspace": sandbox.workspace,
            "team": sandbox.team,
            "receiver": receiver,
            "record": str(record),
        }
        command = [
            *(str(program), "--no-color", "--config-file", str(HERE / "schemathesis.toml"), "run"),
            *(str(document), "--url", url, "--header", f"Authorization: Bearer {sandbox.token}"),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
            *("--generation-deterministic", "--no-shrink", "--warnings", "off", *words),
        ]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(HERE),
                "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                "JALON_STAGE": json.dumps(stage),
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS,
        )
        said = done.stdout + done.stderr
        assert done.returncode in (0, 1), said
        return Report(done.returncode == 0, said, _statuses(record))

    return run


def _statuses(record: Path) -> Mapping[str, Counter[int]]:
    statuses: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for line in record.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        statuses[told["call"]][told["status"]] += 1
    return statuses


def test_no_call_fails_and_no_answer_is_off_the_description(
    sandbox: RunningSandbox,
    restricted: Json,
    judge: Callable[..., Report],
    verdicts: Verdicts,
) -> None:
    report = judge(sandbox.url, "--max-examples", str(PER_CALL), "--continue-on-failure")
    assert report.passed, report.said
    calls = {name for name, _ in description.operations(restricted)}
    never = sorted(name for name in calls if report.good(name) < 3)
    how = "say in schemathesis_hooks.py how it succeeds"
    assert never == [], {name: (dict(report.statuses[name]), how) for name in never}
    good = sum(report.good(name) for name in calls)
    assert report.judged > 5000
    verdicts.tell(Verdict("schemathesis", judged=report.judged))
    verdicts.tell(Verdict("schemathesis", of="requests answered with a success", judged=good))


def _gid_as_a_number(passed: Passed) -> Passed:
    return replace(passed, body=re.sub(rb'"gid": "(\d+)"', rb'"gid": \1', passed.body))


LIES: Final = [
    pytest.param(_gid_as_a_number, "Response violates schema", id="schema"),
    pytest.param(lambda passed: replace(passed, status=500), "Server error", id="failure"),
    pytest.param(
        lambda passed: replace(passed, status=202), "Undocumented status code", id="status"
    ),
    pytest.param(
        lambda passed: replace(passed, headers={"Content-Type": "text/html"}),
        "Undocumented Content-Type",
        id="media type",
    ),
]


@pytest.mark.parametrize(("lie", "said"), LIES)
def test_a_lie_of_the_sandbox_is_seen(
    sandbox: RunningSandbox,
    judge: Callable[..., Report],
    verdicts: Verdicts,
    lie: Callable[[Passed], Passed],
    said: str,
) -> None:
    verdicts.tell(Verdict("schemathesis", planted=1))
    with relaying() as relay:
        relay.upstream = sandbox.url
        relay.alter = lie
        report = judge(
            relay.url, "--max-examples", "2", "--include-path", "/projects/{project_gid}"
        )
    assert not report.passed
    assert said in report.said
    verdicts.tell(Verdict("schemathesis", caught=1))
