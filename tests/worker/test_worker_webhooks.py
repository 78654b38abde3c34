"""
Real workers that are told of changes: the schedule is months away, so only a webhook wakes them.
"""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from sync.adapters.store import open_database
from sync.adapters.webhooks import recall
from sync.model.record import LEASE_SECONDS
from sync.sandbox.process import RunningSandbox, sandbox_process
from sync.worker.health import FILE, PlanHealth, read_health
from sync.worker.wakeups import REST_SECONDS
from tests.cli.town import CONFIG, Town
from tests.worker.test_worker_process import ended, finish, until, worker

JULIE = "Julie Gagnon"
JULIES_TOKEN = "julie"  # of the sandbox
FAR_AWAY = 'schedule: {cycle: "7 3 1 1 *", full_read: "7 4 1 1 *"}\n'


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with sandbox_process() as process:
        yield process


@pytest.fixture
def sandbox(running: RunningSandbox) -> RunningSandbox:
    running.control.reset()
    running.control.add_person(JULIE, token=JULIES_TOKEN)
    return running


@pytest.fixture
def town(tmp_path: Path, sandbox: RunningSandbox) -> Town:
    found = Town(tmp_path)
    found.settle(CONFIG + FAR_AWAY)
    found.connect(sandbox)
    port = free_port()
    found.environ |= {
        "JALON_WEBHOOK_URL": f"http://127.0.0.1:{port}/jalon",
        "JALON_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def told(town: Town) -> Iterator["subprocess.Popen[str]"]:
    """A worker whose webhook is made."""
    with worker(town) as process:
        until(lambda: recall(town.state, "petit-plan") != ())
        yield process


def settle(sandbox: RunningSandbox) -> None:
    """Until nothing was asked for longer than a plan rests."""
    asked, since = -1, 0.0
    while asked < 0 or time.monotonic() < since + REST_SECONDS + 1:
        now = sandbox.control.requests(last=1)["total"]
        if now != asked:
            asked, since = now, time.monotonic()
        time.sleep(0.05)


def say(sandbox: RunningSandbox, note: str) -> None:
    """Julie has a public note on an action."""
    fields = {"Note publique": note, "Publier la note": "Oui"}
    sandbox.control.edit_task(guide(sandbox), JULIE, fields=fields)


def say_unheard(sandbox: RunningSandbox, note: str) -> None:
    """The same through the API, where a fault loses the events of it."""
    with requests.Session() as julie:
        julie.trust_env = False
        julie.headers["Authorization"] = f"Bearer {JULIES_TOKEN}"
        task = f"{sandbox.url}/tasks/{guide(sandbox)}"
        fields = {
            field["name"]: field
            for field in julie.get(task, timeout=10).json()["data"]["custom_fields"]
        }
        values = {
            fields["Note publique"]["gid"]: note,
            fields["Publier la note"]["gid"]: fields["Publier la note"]["enum_options"][0]["gid"],
        }
        sandbox.control.add_fault("lose_events", "PUT", "/tasks/*")
        answer = julie.put(task, json={"data": {"custom_fields": values}}, timeout=10)
        assert answer.status_code == 200, answer.text


def guide(sandbox: RunningSandbox) -> str:
    tasks = sandbox.control.dump()["tasks"]
    return next(gid for gid, task in tasks.items() if task["name"] == "Publier un guide")


def published(town: Town, words: str) -> bool:
    pages = (town.public / "actions").glob("*.html")
    return any(words in page.read_text(encoding="utf-8") for page in pages)


def test_an_edit_reaches_the_page_without_the_schedule(town: Town, sandbox: RunningSandbox) -> None:
    """Our own writes are told to us too: after one more look, all is quiet."""
    with told(town) as process:
        settle(sandbox)
        assert read_health(town.state / FILE).plans["petit-plan"].webhook == "registered"  # type: ignore[union-attr]
        before = ended(town)
        say(sandbox, "Le guide est à l’imprimerie.")
        until(lambda: published(town, "Le guide est à l’imprimerie."))
        settle(sandbox)
        assert ended(town) <= before + 2
        lines = json.loads(town.run("doctor", "--json").stdout)
        assert [one["level"] for one in lines if one["about"] == "Webhooks"] == ["ok"]
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    (webhook,) = [line for line in log if line["event"] == "webhook.registered"]
    assert webhook["plan"] == "petit-plan"
    assert log[-1]["event"] == "worker.stopped"


def test_an_edit_that_is_told_while_another_process_has_the_plan_is_not_lost(
    town: Town, sandbox: RunningSandbox
) -> None:
    """As `jalon sync` by hand has it: its cycle read before the edit."""
    with told(town), open_database(f"sqlite:///{town.state / 'jalon.db'}") as database:
        settle(sandbox)
        store = database.plan("petit-plan")
        lease = store.take_lease("jalon-sync", datetime.now(UTC), LEASE_SECONDS)
        say(sandbox, "Le guide est relié.")
        until(lambda: health_of(town).outcome == "elsewhere")
        store.release_lease(lease)
        until(lambda: published(town, "Le guide est relié."))


def health_of(town: Town) -> PlanHealth:
    health = read_health(town.state / FILE)
    assert health is not None
    return health.plans["petit-plan"]


def test_a_thousand_replays_cause_no_cycle_of_their_own(
    town: Town, sandbox: RunningSandbox
) -> None:
    """What was heard before is no news; what nobody signed is none at all."""
    with told(town) as process:
        say(sandbox, "Une fois.")
        until(lambda: published(town, "Une fois."))
        settle(sandbox)
        before = ended(town)
        (webhook,) = sandbox.control.webhooks()
        stolen = next(each for each in webhook["attempts"] if each["events"])
        with requests.Session() as thief:
            thief.trust_env = False
            for number in range(1_000):
                signature = stolen["signature"] if number % 4 else "0" * 64
                answer = thief.post(
                    webhook["target"],
                    data=stolen["body"].encode(),
                    headers={"X-Hook-Signature": signature},
                    timeout=10,
                )
                assert answer.status_code == (200 if number % 4 else 401)
        settle(sandbox)
        assert ended(town) <= before + 1
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    assert [line["why"] for line in log if line["event"] == "webhook.refused"] == ["signature"]


def test_the_next_worker_goes_on_with_the_webhook_and_no_secret_is_told(
    town: Town, sandbox: RunningSandbox
) -> None:
    with told(town) as process:
        process.send_signal(signal.SIGTERM)
        _, first = finish(process)
    (before,) = sandbox.control.webhooks()
    (kept,) = recall(town.state, "petit-plan")
    with worker(town) as process:
        until(lambda: ended(town) >= 2)
        say(sandbox, "Après le redémarrage.")
        until(lambda: published(town, "Après le redémarrage."))
        process.send_signal(signal.SIGTERM)
        _, second = finish(process)
    assert [each["gid"] for each in sandbox.control.webhooks()] == [before["gid"]]
    written = json.dumps([first, second]) + (town.state / FILE).read_text(encoding="utf-8")
    database = b"".join(path.read_bytes() for path in town.state.glob("jalon.db*"))
    for secret in (kept.secret, kept.path, before["target"]):
        assert secret not in written
        assert secret.encode() not in database
    assert not any(line["event"] == "webhook.registered" for line in second)


def test_a_webhook_that_asana_dropped_is_made_again_and_its_gap_crawled(
    town: Town, sandbox: RunningSandbox
) -> None:
    """What happened meanwhile was told by no event either: only a full read finds it."""
    with told(town) as process:
        process.send_signal(signal.SIGTERM)
        finish(process)
    (before,) = sandbox.control.webhooks()
    sandbox.control.steer_webhook(before["gid"], delete=True)
    say_unheard(sandbox, "Personne ne l’a su.")
    with worker(town) as process:
        until(lambda: published(town, "Personne ne l’a su."))
        (after,) = sandbox.control.webhooks()
        assert after["target"] != before["target"]
        say(sandbox, "De nouveau à l’écoute.")
        until(lambda: published(town, "De nouveau à l’écoute."))
        process.send_signal(signal.SIGTERM)
        _, log = finish(process)
    told_of = [line["event"] for line in log if line["event"].startswith("webhook.")]
    assert told_of == ["webhook.lost", "webhook.registered"]


def test_slow_strangers_neither_keep_an_edit_from_the_page_nor_the_worker_from_its_end(
    town: Town, sandbox: RunningSandbox
) -> None:
    address = ("127.0.0.1", port_of(town))
    with told(town) as process, ExitStack() as strangers:
        for _ in range(80):
            line = strangers.enter_context(socket.create_connection(address, timeout=10))
            line.sendall(b"POST /jalon/x HTTP/1.1\r\nX: ")
        say(sandbox, "Malgré les curieux.")
        until(lambda: published(town, "Malgré les curieux."))
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    assert log[-1]["event"] == "worker.stopped"
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(address)


def test_a_port_that_is_taken_stops_the_start_and_says_so(
    town: Town, sandbox: RunningSandbox
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port_of(town)))
        taken.listen()
        done = town.run("worker")
    assert done.returncode == 2
    assert f"127.0.0.1:{port_of(town)}" in done.stderr
    assert "JALON_WEBHOOK_LISTEN" in done.stderr
    assert sandbox.control.requests()["total"] == 0
    assert read_health(town.state / FILE) is None


def test_without_the_right_to_make_webhooks_the_service_goes_on(
    town: Town, sandbox: RunningSandbox
) -> None:
    sandbox.control.add_fault("status", "POST", "/webhooks", status=403, times=0)
    with worker(town, "--every", "1") as process:
        until(lambda: ended(town) >= 2)
        say(sandbox, "À l’heure dite.")
        until(lambda: published(town, "À l’heure dite."))
        assert "missing" in town.run("health").stdout
        process.send_signal(signal.SIGTERM)
        code, log = finish(process)
    assert code == 0
    assert [line["event"] for line in log].count("webhook.failed") == 1


def port_of(town: Town) -> int:
    return int(town.environ["JALON_WEBHOOK_LISTEN"].rpartition(":")[2])
