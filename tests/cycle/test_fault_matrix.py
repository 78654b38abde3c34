"""
Whole cycles under faults: a plan grows by an axis, and one call of the cycle that follows fails.

The calls one by one stand in `tests/adapters/asana/matrix`; here is what a cycle makes of them.
Each case asserts that its fault fired. I1, I4, I5, I10, I11, I12, I16 and I17 are checked after it.
"""

import logging
import shutil
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sync.core.rest import LONGEST
from sync.errors import NotYet, SyncError
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet
from sync.model.rules import Direction
from sync.sandbox.process import RunningSandbox
from tests.adapters.asana.matrix.stage import TOKEN, canaries
from tests.core.paper_asana import rules_for, small_plan
from tests.road import GREFFE, START, Road

WRITES = {
    "enum option": ("POST", "/custom_fields/*/enum_options", 1),
    "section": ("POST", "/projects/*/sections", 1),
    "task": ("POST", "/tasks", 1),
    "subtask": ("POST", "/tasks", 2),
    "update": ("PUT", "/tasks/*", 1),
}
READS = {
    "project": ("GET", "/projects/*", 1),
    "sections": ("GET", "/projects/*/sections", 1),
    "field settings": ("GET", "/projects/*/custom_field_settings", 1),
    "tasks": ("GET", "/projects/*/tasks", 1),
    "indicators": ("GET", "/projects/*/tasks", 2),
    "events": ("GET", "/events", 1),
}
CALLS = {**WRITES, **READS}
Heard = Callable[[], str]
USUAL = ("drop_after", "empty_200", "too_many_huge")
OTHERS = (
    "drop_before", "reset_before", "reset_after", "reset_body", "cut_body", "short_length",
    "truncate_json", "html_200", "bad_utf8", "wrong_shape", "server_error", "server_error_after",
    "bad_gateway", "unavailable", "gateway_timeout", "gateway_timeout_after", "too_many",
    "too_many_bare", "too_many_negative", "too_many_date", "payment_required", "embargo",
    "bad_request", "conflict", "precondition", "redirect", "unauthorized", "forbidden", "missing",
)  # fmt: skip


@dataclass(frozen=True)
class Begun:
    """A world in which the small plan is in place, and the store that knows it."""

    sandbox: RunningSandbox
    store: Path


@pytest.fixture(scope="module")
def begun(process: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    folder = tmp_path_factory.mktemp("begun")
    process.control.reset()
    process.control.set_clock(START, frozen=True)
    process.control.add_person("Jalon", "jalon@ville.example", token=TOKEN)
    process.control.add_person("Greffière", GREFFE)
    ours = replace(process, token=TOKEN)
    with Road(small_plan(), folder, ours) as road:
        assert road.cycle().outcome == "ok"
        road.wait(90)
        assert road.cycle().outcome == "ok"
    process.control.save("begun")
    return Begun(ours, folder)


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Heard:
    """All that was printed and logged, at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    return lambda: "".join((*capsys.readouterr(), caplog.text))


@pytest.fixture
def grown(begun: Begun, tmp_path: Path) -> Iterator[Road]:
    """The same place again, and the plan one axis longer: five kinds of writing are due."""
    shutil.copytree(begun.store, tmp_path / "road", symlinks=True)
    begun.sandbox.control.restore("begun")
    plan = longer(small_plan())
    greffe = Direction("greffe", "Greffe", GREFFE, ("A1-02", "A3-01"))
    rules = rules_for(plan, directions=(greffe,))
    with Road(plan, tmp_path / "road", begun.sandbox, rules) as road:
        road.wait(600)
        road.store.add_revision(plan, road.clock.now().date(), "un axe de plus")
        yield road


def longer(plan: Plan) -> Plan:
    line = Indicator("A3-01-finalite-1", "Fait.", Goal("deliverable"))
    volet = Volet("3.1", "Bois", (Action("A3-01", "Forêt", {"finalite": (line,)}),))
    return replace(plan, axes=(*plan.axes, Axis(3, "Nature", "Mieux respirer", (volet,))))


def test_the_cycle_makes_each_of_the_writings(grown: Road) -> None:
    """Else a fault on one of them would never fire."""
    report = grown.cycle(full=True)
    assert report.outcome == "ok"
    assert {kind for kind, count in report.operations.items() if count} == {
        "CreateOption",
        "CreateSection",
        "CreateTask",
        "UpdateTask",
    }


@pytest.mark.parametrize("fault", USUAL)
@pytest.mark.parametrize("call", CALLS)
def test_a_cycle_under_a_fault(grown: Road, heard: Heard, call: str, fault: str) -> None:
    """« not_before not stored » and « empty 200 taken as an empty list », planted, go red here."""
    hold(grown, heard, call, fault, times=1)


@pytest.mark.night
@pytest.mark.parametrize("fault", OTHERS)
@pytest.mark.parametrize("call", CALLS)
def test_a_cycle_under_any_other_fault(grown: Road, heard: Heard, call: str, fault: str) -> None:
    hold(grown, heard, call, fault, times=1)


@pytest.mark.night
@pytest.mark.parametrize("times", [2, 0], ids=["twice", "for ever"])
@pytest.mark.parametrize("fault", [*USUAL, *OTHERS])
@pytest.mark.parametrize("call", CALLS)
def test_a_cycle_under_a_fault_that_lasts(
    grown: Road, heard: Heard, call: str, fault: str, times: int
) -> None:
    hold(grown, heard, call, fault, times=times)


def hold(road: Road, heard: Heard, call: str, fault: str, *, times: int) -> None:
    """One cycle under the fault, two clean ones, and a quiet one: what must hold, holds."""
    method, path, nth = CALLS[call]
    page = (road.public / "dernier.json").read_bytes()
    road.control.add_fault(fault, method, path, nth, times=times)
    said = ""
    try:
        road.cycle(full=call in READS and call != "events")
    except SyncError as error:
        said = error.in_("fr") + error.in_("en") + "".join(traceback.format_exception(error))
    (struck,) = road.control.faults()
    assert struck["fired"] >= 1, "the fault never fired: the case proves nothing"
    assert_ended_with_a_reason(road, raised=bool(said))
    assert "task.missing" not in {one.finding.code for one in road.store.findings()}, "I17"
    if method == "GET" and said:
        assert (road.public / "dernier.json").read_bytes() == page, "the last good page stands"
    if fault == "too_many_huge":
        assert_left_alone(road)
    road.control.clear_faults()
    road.wait(LONGEST.total_seconds() + 60)
    road.cycle(full=True)
    road.wait(90)
    road.cycle()
    forget_requests(road)
    road.wait(90)
    report = road.cycle(full=True)
    assert report.outcome == "ok", "I5: quiet after two clean cycles"
    assert not report.operations
    assert road.writes() == 0, "I4: a quiet cycle writes nothing"
    assert road.marks() == road.expected_marks(), "I1: one of each"
    for project in road.control.dump()["projects"]:
        names = [section["name"] for section in project["sections"]]
        assert len(names) == len(set(names)), "I1, for what carries no mark"
    assert_nothing_was_taken_away(road)
    assert_no_token(road, said + heard())


def assert_ended_with_a_reason(road: Road, *, raised: bool) -> None:
    """I16: each cycle has a named outcome; one that broke off says why."""
    row = road.store.cycles(1)[0]
    assert row.outcome in ("ok", "partial", "held", "failed")
    if raised:
        assert row.outcome != "ok"
        assert row.reason


def assert_left_alone(road: Road) -> None:
    """Whatever was being done: for as long as Asana asked, nothing is sent."""
    forget_requests(road)
    road.reopen()
    with pytest.raises(NotYet):
        road.cycle()
    assert road.control.requests()["requests"] == []


def forget_requests(road: Road) -> None:
    """Not before it is known that none of them asked for something to be deleted."""
    assert set(road.control.requests()["by_method"]) <= {"GET", "POST", "PUT"}, "I10"
    road.control.forget_requests()


def assert_nothing_was_taken_away(road: Road) -> None:
    """I10, by what Asana remembers as well: what was undone again is there too."""
    forget_requests(road)
    dump = road.control.dump()
    assert not [one for one in dump["history"] if one["field"] in ("deleted", "archived")]
    assert not any(task["trashed"] for task in dump["tasks"].values())
    assert not any(project["trashed"] or project["archived"] for project in dump["projects"])
    assert not any(field["deleted"] for field in dump["fields"])


def assert_no_token(road: Road, said: str) -> None:
    """I12: in no form, in nothing that was said and in no byte that was kept or published."""
    files = [path for path in sorted(road.folder.rglob("*")) if path.is_file()]
    assert {"jalon.db", "dernier.json"} <= {path.name for path in files}
    kept = {path: path.read_bytes() for path in files}
    for canary in canaries():
        assert canary not in said
        assert not [path for path, body in kept.items() if canary.encode() in body]
