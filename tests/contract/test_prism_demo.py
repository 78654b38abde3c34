"""The whole demonstration with Prism between: nothing to object to, and nothing passed by it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
import requests

from sync.demo import DemoReport, run_demo
from sync.errors import SyncError
from sync.sandbox.process import RunningSandbox, sandbox_process
from tests.cli.town import Town
from tests.contract.lies import lies_believed, one_of_each
from tests.contract.needs import REPOSITORY
from tests.contract.prism import Hearing, Prism
from tests.contract.relay import Passed
from tests.contract.verdicts import Verdict, Verdicts

pytestmark = pytest.mark.contract


@dataclass(slots=True)
class Account:
    """What was asked, as each side counts it: the service, Prism, the sandbox."""

    heard: Hearing | None = None
    reached: int = 0
    sent: int = 0

    def wrong(self) -> list[str]:
        """Everything that Prism objects to, and any request that only some have seen."""
        assert self.heard is not None
        found = [*self.heard.objections, *self.heard.complaints]
        counts = {
            "sent": self.sent,
            "received": self.heard.received,
            "handed on": self.heard.handed_on,
            "reached": self.reached,
        }
        if len(set(counts.values())) != 1:
            found.append(f"not everything passed by Prism: {counts}")
        return found


@contextmanager
def judged(prism: Prism, account: Account, now: str) -> Iterator[RunningSandbox]:
    """A sandbox that is reached through Prism; its control interface is not."""
    with sandbox_process(now=now) as sandbox, prism.before(sandbox.url):
        try:
            yield replace(sandbox, url=prism.url)
        finally:
            account.heard = prism.hearing()
            account.reached = sandbox.control.requests(last=1)["total"]


def play(prism: Prism, out: Path, account: Account) -> DemoReport:
    report = run_demo(
        out,
        config=None,
        root=REPOSITORY,
        progress=lambda _step: nullcontext(),
        open_sandbox=lambda now: judged(prism, account, now),
    )
    account.sent = sum(report.asked.values())
    return report


@dataclass(frozen=True, slots=True)
class Played:
    report: DemoReport
    account: Account


@pytest.fixture(scope="module")
def played(prism: Prism, tmp_path_factory: pytest.TempPathFactory) -> Played:
    account = Account()
    report = play(prism, tmp_path_factory.mktemp("demo") / "public", account)
    return Played(report, account)


def test_the_whole_demonstration_is_without_a_violation(played: Played, verdicts: Verdicts) -> None:
    """Not one request and not one answer, and every one of them was seen by all three."""
    heard = played.account.heard
    assert heard is not None
    assert played.account.wrong() == []
    assert heard.received > 150
    assert {passed.method for passed in heard.exchanges} >= {"GET", "POST", "PUT"}
    assert {leg.report.outcome for leg in played.report.legs} == {"ok"}
    verdicts.tell(Verdict("Prism, the whole demonstration", judged=heard.received))


def test_the_city_publishes_the_same_with_and_without_prism(played: Played, tmp_path: Path) -> None:
    """The same code on both roads, and the judge leaves no trace in what citizens read."""
    direct = run_demo(
        tmp_path / "public", config=None, root=REPOSITORY, progress=lambda _step: nullcontext()
    )
    through = played.report.snapshot
    same = {
        name: getattr(through, name) for name in ("genere_le", "journal", "sels")
    }  # instants and salts
    assert direct.snapshot.model_copy(update=same) == through
    assert direct.snapshot.journal.lignes == through.journal.lignes
    assert [leg.report.requests for leg in direct.legs] == [
        leg.report.requests for leg in played.report.legs
    ]


def _a_listing_lies(passed: Passed) -> Passed:
    told = json.loads(passed.body)
    if not isinstance(told.get("data"), list) or not told["data"]:
        return passed
    told["data"][0]["gid"] = 1
    return replace(passed, body=json.dumps(told).encode())


def _every_creation_lies(passed: Passed) -> Passed:
    return replace(passed, status=202) if passed.status == 201 else passed


@pytest.mark.parametrize("lie", [_a_listing_lies, _every_creation_lies])
def test_a_violation_in_the_demonstration_is_caught_by_the_same_account(
    prism: Prism, tmp_path: Path, verdicts: Verdicts, lie: Callable[[Passed], Passed]
) -> None:
    judge = "Prism, lies told to the demonstration"
    verdicts.tell(Verdict(judge, of="demonstrations", planted=1))
    account = Account()

    @contextmanager
    def lying(now: str) -> Iterator[RunningSandbox]:
        with judged(prism, account, now) as sandbox:
            prism.hand.alter = lie
            yield sandbox

    with suppress(SyncError, AssertionError):
        run_demo(
            tmp_path / "public",
            config=None,
            root=REPOSITORY,
            progress=lambda _step: nullcontext(),
            open_sandbox=lying,
        )
    assert any("VIOLATIONS" in each for each in account.wrong())
    verdicts.tell(Verdict(judge, of="demonstrations", judged=1, caught=1))


def test_a_service_that_goes_past_prism_is_caught_by_the_same_account(
    prism: Prism, tmp_path: Path, verdicts: Verdicts
) -> None:
    """A judge that saw nothing has nothing to object to: so the counts are held together."""
    judge = "Prism, passed by"
    verdicts.tell(Verdict(judge, of="demonstrations", planted=1))
    account = Account()

    @contextmanager
    def around(now: str) -> Iterator[RunningSandbox]:
        with judged(prism, account, now) as sandbox:
            yield replace(sandbox, url=prism.hand.upstream)

    run_demo(
        tmp_path / "public",
        config=None,
        root=REPOSITORY,
        progress=lambda _step: nullcontext(),
        open_sandbox=around,
    )
    assert any("not everything passed by Prism" in each for each in account.wrong())
    verdicts.tell(Verdict(judge, of="demonstrations", judged=1, caught=1))


def test_each_call_of_the_demonstration_is_really_validated(
    prism: Prism, played: Played, verdicts: Verdicts
) -> None:
    """A lie in each request and in each answer is seen, whichever call it is."""
    assert played.account.heard is not None
    calls = one_of_each(played.account.heard.exchanges)
    assert len(calls) >= 15
    assert lies_believed(prism, calls, verdicts) == []


COMMANDS: Final = (
    (0, "doctor"),
    (3, "diff", "--cost"),
    (0, "sync"),
    (0, "doctor"),
    (0, "sync", "--full"),
    (0, "diff"),
)
"""Each with its exit code: 3 says that a cycle would change something."""


def test_the_command_runs_through_prism_by_its_address_alone(
    prism: Prism, sandbox: RunningSandbox, tmp_path: Path, verdicts: Verdicts
) -> None:
    """JALON_ASANA_URL and nothing else leads `jalon` by the judge; a second cycle is quiet."""
    town = Town(tmp_path)
    town.settle()
    with prism.before(sandbox.url):
        town.connect(replace(sandbox, url=prism.url))
        for code, *words in COMMANDS:
            finished = town.run(*words)
            assert finished.returncode == code, (words, finished.stdout, finished.stderr)
        account = Account(prism.hearing(), sandbox.control.requests(last=1)["total"])
        account.sent = account.reached
        assert account.wrong() == []
        assert account.reached > 20
    verdicts.tell(Verdict("Prism, jalon doctor, diff and sync", judged=account.reached))


def test_adopting_a_project_typed_by_hand_is_without_a_violation(
    prism: Prism, sandbox: RunningSandbox, tmp_path: Path, verdicts: Verdicts
) -> None:
    """Its subtasks are listed and brought home, which no other command does."""
    town = Town(tmp_path)
    town.settle()
    person = sandbox.control.add_person("Aline Roy")
    with prism.before(sandbox.url), requests.Session() as hand:
        hand.trust_env = False
        hand.headers["Authorization"] = f"Bearer {sandbox.token}"

        def typed(path: str, **data: object) -> str:
            answer = hand.post(f"{prism.url}{path}", json={"data": data}, timeout=30)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["data"]["gid"])

        project = typed("/projects", workspace=sandbox.workspace, name="Mon plan")
        task = typed("/tasks", name="Ouvrir un guichet", projects=[project], assignee=person["gid"])
        typed(f"/tasks/{task}/subtasks", name="Guichet ouvert.")
        town.connect(replace(sandbox, url=prism.url))
        for words in (["adopt", "--project", "Mon plan", "--yes"], ["sync"], ["sync", "--full"]):
            finished = town.run(*words)
            assert finished.returncode == 0, (words, finished.stdout, finished.stderr)
        heard = prism.hearing()
        account = Account(heard, sandbox.control.requests(last=1)["total"])
        account.sent = account.reached
        assert account.wrong() == []
        calls = one_of_each(heard.exchanges)
        assert {"GET /tasks/<task_gid>/subtasks", "POST /tasks/<task_gid>/addProject"} <= set(calls)
    verdicts.tell(Verdict("Prism, jalon adopt", judged=account.reached))
    assert lies_believed(prism, calls, verdicts) == []
