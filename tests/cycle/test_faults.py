"""
Whatever call is lost, repeated or refused, a later cycle converges with one of everything.

Promise 1. Each case asserts that its fault fired: a cell that never fires passes silently.
"""

import contextlib
import json
from collections import Counter
from dataclasses import replace

import pytest
import requests

from sync.adapters.asana import decode
from sync.errors import SyncError
from sync.model.plan import Action, Goal, Indicator, Plan
from tests.road import Road

CREATES = {
    "project": "/projects",
    "field": "/custom_fields",
    "attach": "/projects/*/addCustomFieldSetting",
    "section": "/projects/*/sections",
    "task": "/tasks",
}
LOST = ("drop_after", "status_after", "html_200", "empty_200", "cut_body", "truncate_json")
EVERY_LOSS = [(call, kind) for call in CREATES for kind in ("drop_after", "drop_before")]
EVERY_LOSS += [("task", kind) for kind in LOST if kind != "drop_after"]


def converge(road: Road, cycles: int = 4) -> int:
    """Clean cycles, a minute and more apart, until one has nothing to do."""
    road.control.clear_faults()
    for number in range(1, cycles + 1):
        road.wait(90)
        report = road.cycle(full=number == 1)
        if report.outcome == "ok" and not report.operations:
            return number
    raise AssertionError(f"not quiet after {cycles} clean cycles")


def assert_one_of_everything(road: Road) -> None:
    assert road.marks() == road.expected_marks()
    dump = road.control.dump()
    ours = [p for p in dump["projects"] if not p["trashed"] and "[jalon:" in p["notes"]]
    assert len(ours) == 2
    for project in ours:
        names = Counter(section["name"] for section in project["sections"])
        assert max(names.values()) == 1, names
    fields = Counter(one["name"] for one in dump["fields"])
    assert max(fields.values()) == 1, fields
    for task in road.tasks().values():
        assert task["memberships"], task["name"]


def break_once(road: Road, **fault: object) -> None:
    road.control.add_faults([fault])
    with contextlib.suppress(SyncError):
        road.cycle()
    (state,) = road.control.faults()
    assert state["fired"] >= 1, "the fault never fired: the case proves nothing"


@pytest.mark.parametrize(("call", "kind"), EVERY_LOSS)
def test_a_lost_answer_at_any_create_makes_no_second_one(road: Road, call: str, kind: str) -> None:
    break_once(road, kind=kind, method="POST", path=CREATES[call], nth=2)
    assert converge(road) <= 3
    assert_one_of_everything(road)


def with_one_more_action(plan: Plan) -> Plan:
    axis = plan.axes[-1]
    volet = axis.volets[-1]
    one = Action("A2-02", "Écoute", {"finalite": (Indicator("A2-02-f-1", "x", Goal("state")),)})
    volets = (*axis.volets[:-1], replace(volet, actions=(*volet.actions, one)))
    return replace(plan, axes=(*plan.axes[:-1], replace(axis, volets=volets)))


def test_a_task_whose_answer_was_lost_is_not_sent_again_within_the_minute(road: Road) -> None:
    """Reads may lag creates: until a minute has passed the cycle is partial and says so."""
    road.begin()
    road.wait(90)
    road.plan = with_one_more_action(road.plan)
    road.store.add_revision(road.plan, road.clock.now().date(), "une action de plus")
    road.control.set_visibility_delay(30)
    break_once(road, kind="drop_after", method="POST", path="/tasks", nth=1)
    road.control.clear_faults()
    road.control.forget_requests()
    report = road.cycle()
    assert report.outcome == "partial"
    assert road.writes() == 0, "neither the task nor what hangs under it"
    assert "task.awaited" in {f.finding.code for f in road.store.findings()}
    road.wait(31)
    assert road.cycle().outcome in ("ok", "partial")
    converge(road)
    assert_one_of_everything(road)
    outcomes = [r.outcome for r in road.store.log(subject="action:A2-02") if r.kind == "CreateTask"]
    assert outcomes == ["unknown", "resolved"], "an unknown outcome is closed later"


def hide_from_the_listing(road: Road, role: str, name: str) -> None:
    """The listing ends properly and lacks one row, as when rows change pages while it is read."""
    path = f"/projects/{road.gid(f'project:{role}')}/tasks"
    headers = {"Authorization": f"Bearer {road.sandbox.token}"}
    query = {"limit": "100", "opt_fields": decode.TASK}
    page = requests.get(f"{road.sandbox.url}{path}", query, headers=headers, timeout=5).json()
    shown = [row for row in page["data"] if row["name"] != name]
    assert len(shown) == len(page["data"]) - 1
    road.control.add_fault("status", "GET", path, times=0, status=200, body={**page, "data": shown})


def test_a_create_that_the_listing_hides_is_not_made_again(road: Road) -> None:
    """Its gid was never told, so only Asana's own count says that the listing is short."""
    road.begin()
    road.wait(90)
    road.plan = with_one_more_action(road.plan)
    road.store.add_revision(road.plan, road.clock.now().date(), "une action de plus")
    road.control.set_visibility_delay(30)
    break_once(road, kind="drop_after", method="POST", path="/tasks", nth=1)
    road.control.clear_faults()
    road.wait(90)
    hide_from_the_listing(road, "actions", "Écoute")
    road.control.forget_requests()

    report = road.cycle()

    assert report.outcome == "partial"
    assert report.incomplete is not None
    assert report.incomplete.fr == road.store.cycles(1)[0].reason
    assert road.writes() == 0
    assert "task.awaited" in {f.finding.code for f in road.store.findings()}
    state = json.loads((road.public / "etat.json").read_bytes())
    assert state["verifie_le"] < road.clock.now().isoformat(), "nothing was verified"
    assert converge(road) <= 3
    assert_one_of_everything(road)


def test_creates_that_reads_cannot_show_yet_are_neither_missing_nor_made_again(
    road: Road,
) -> None:
    road.wait(90)
    road.control.set_visibility_delay(30)
    for _ in range(2):
        with contextlib.suppress(SyncError):
            road.cycle()
    assert not {"task.missing", "guard.held"} & {f.finding.code for f in road.store.findings()}
    assert converge(road) <= 2
    assert_one_of_everything(road)


@pytest.mark.parametrize("switch", ["refuse_two_homes", "drop_home"])
def test_where_the_one_call_form_is_refused_two_steps_lead_to_the_same(
    road: Road, switch: str
) -> None:
    road.control.switch(**{switch: True})
    report = road.cycle()
    assert report.outcome == "ok"
    assert road.store.facts()["indicator_form"] == "two_steps"
    assert_one_of_everything(road)
    children = [t for t in road.tasks().values() if t["parent"]]
    assert len(children) == sum(1 for _ in road.plan.indicators())
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0


@pytest.mark.parametrize("nth", [1, 3])
def test_the_second_of_two_steps_lost_is_completed_not_repeated(road: Road, nth: int) -> None:
    road.control.switch(refuse_two_homes=True)
    break_once(road, kind="drop_before", method="POST", path="/tasks/*/setParent", nth=nth)
    converge(road)
    assert_one_of_everything(road)
    assert all(
        task["parent"]
        for task in road.tasks().values()
        if "/A" in (task["fields"].get(road.id_field) or "")
        and task["fields"][road.id_field].count("-") > 1
    )


READ_FAULTS = [
    ("status", {"status": 401}, "denied"),
    ("status", {"status": 403}, "denied"),
    ("status", {"status": 402}, "denied"),
    ("status", {"status": 500, "times": 0}, "unavailable"),
    ("status", {"status": 503, "html": True, "times": 0}, "unavailable"),
    ("status", {"status": 429, "headers": {"Retry-After": "3600"}}, "not for an hour"),
    ("status", {"status": 503, "headers": {"Retry-After": "3600"}}, "not for an hour"),
    ("status", {"status": 429, "times": 1}, "recovers"),
    ("status", {"status": 429, "headers": {"Retry-After": "1"}, "times": 1}, "recovers"),
    ("html_200", {"times": 0}, "unavailable"),
    ("empty_200", {"times": 0}, "unavailable"),
    ("truncate_json", {"times": 0}, "unavailable"),
    ("drop_before", {"times": 0}, "unavailable"),
    ("drop_before", {"times": 1}, "recovers"),
    ("cut_body", {"times": 0}, "unavailable"),
]


@pytest.mark.parametrize(("kind", "more", "expected"), READ_FAULTS)
def test_a_failed_read_is_an_error_and_the_last_good_page_stands(
    road: Road, kind: str, more: dict[str, object], expected: str
) -> None:
    """A failed read is never an empty read: nothing is written, nothing published, no loss."""
    road.begin()
    page = (road.public / "dernier.json").read_bytes()
    road.control.forget_requests()
    road.control.add_faults([{"kind": kind, "method": "GET", "path": "/projects/*/tasks", **more}])
    raised: SyncError | None = None
    try:
        road.cycle(full=True)
    except SyncError as error:
        raised = error
    assert road.control.faults()[0]["fired"] >= 1
    assert road.writes() == 0
    assert (road.public / "dernier.json").read_bytes() == page
    if expected == "recovers":
        assert raised is None
    else:
        assert raised is not None
        assert raised.exit_code == 5
        assert road.sandbox.token not in raised.in_("fr") + raised.in_("en")
        assert road.store.cycles(1)[0].outcome in ("partial", "failed")
    assert "task.missing" not in {f.finding.code for f in road.store.findings()}
    if expected == "not for an hour":
        road.wait(3600)
    assert converge(road) <= 2


def test_one_refused_task_hinders_no_other(road: Road) -> None:
    """A bad record is told and left; the rest proceeds, and a later cycle completes it."""
    break_once(road, kind="status", method="POST", path="/tasks", nth=1, status=400)
    assert "task.refused" in {f.finding.code for f in road.store.findings()}
    (refused,) = [f.finding for f in road.store.findings() if f.finding.code == "task.refused"]
    mark = f"{road.plan.id}/{refused.subject.split(':')[1]}"
    missing = set(road.expected_marks()) - set(road.marks())
    assert mark in missing
    assert all(one.startswith(mark) for one in missing), "the refused action and its own"
    converge(road)
    assert_one_of_everything(road)
    assert "task.refused" not in {f.finding.code for f in road.store.findings()}
