"""What a full read rests on, and every way in which an absence could be concluded falsely."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from sync.adapters.asana import decode
from sync.errors import SyncError, TargetUnavailable
from sync.model.operation import AttachField, CreateTask
from tests.adapters.asana.asana_desk import AXIS, ID, PERSON, QUANTITY, Desk, action, indicator
from tests.adapters.asana.test_asana_target import same

PAGE = 2


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few tasks are a listing of several pages."""
    monkeypatch.setattr("sync.adapters.asana.listing.PAGE_SIZE", PAGE)


def listing(desk: Desk, role: str) -> dict[str, Any]:
    """A project's whole listing as Asana would answer it on one page."""
    answer = requests.get(
        f"{desk.url}/projects/{desk.links[f'project:{role}']}/tasks",
        params={"limit": 100, "opt_fields": decode.TASK},
        headers={"Authorization": f"Bearer {desk.token}"},
        timeout=5,
    )
    return dict(answer.json())


def hide(desk: Desk, role: str, gid: str, times: int = 0) -> None:
    """From now on the listing ends properly and lacks one row, as when rows change pages."""
    page = listing(desk, role)
    page["data"] = [row for row in page["data"] if row["gid"] != gid]
    path = f"/projects/{desk.links[f'project:{role}']}/tasks"
    desk.fault("status", "GET", path, status=200, body=page, times=times)


def counted(desk: Desk) -> int:
    return sum(path.endswith("/task_counts") for _, path in desk.asked())


LISTINGS = [
    "/projects/*/tasks",
    "/projects/*/sections",
    "/projects/*/custom_field_settings",
    "/workspaces/*/projects",
    "/workspaces/*/custom_fields",
]
FLAWS = [
    ("unavailable", {"nth": 2, "times": 0}),  # fails after its first page
    ("html_200", {"nth": 2, "times": 0}),
    ("truncated_set", {"query": "offset=", "times": 0}),  # a 400 on the last page
    ("expired_offset", {"times": 0}),
    ("offset_loop", {"times": 0}),
]


@pytest.mark.parametrize("path", LISTINGS)
@pytest.mark.parametrize(("flaw", "when"), FLAWS)
def test_from_a_listing_that_did_not_end_nothing_is_concluded(
    desk: Desk, path: str, flaw: str, when: dict[str, Any]
) -> None:
    """Whatever listing it is: a project, a section, a field or a task would be made again."""
    target = desk.provisioned(PAGE + 1)
    desk.apply(target, [AttachField(ref="attach:x", role="actions", field=f"field:{QUANTITY.key}")])
    desk.links = {r: g for r, g in desk.links.items() if r not in ("project:actions", "field:axe")}
    for name in ("Un", "Deux", "Trois"):
        people = {"name": name, "workspace": desk.sandbox.workspace, "notes": "à quelqu’un"}
        desk.person("POST", "/projects", people)
    desk.fault(flaw, "GET", path, **when)

    with pytest.raises(TargetUnavailable):
        desk.target().observe(desk.known(), full=True)
    assert desk.fired()


@pytest.mark.parametrize("flaw", ["page_overlap", "duplicate_rows"])
def test_rows_told_twice_are_told_once_and_hide_none(desk: Desk, flaw: str) -> None:
    """Edits under way shift rows between pages."""
    desk.provisioned(2 * PAGE + 1)
    desk.fault(flaw, "GET", "/projects/*/tasks", times=0)

    observed = desk.target().observe(desk.known(), full=True).observed

    assert desk.fired()
    assert same(desk.mirror, observed)
    assert len(set(observed.order["actions"])) == len(observed.order["actions"]) == 2 * PAGE + 1


def test_an_expired_offset_starts_the_listing_again_from_its_first_page(desk: Desk) -> None:
    desk.provisioned(PAGE + 1)
    desk.fault("expired_offset", "GET", "/projects/*/tasks")

    observed = desk.target().observe(desk.known(), full=True).observed

    assert desk.fired() == 1
    assert same(desk.mirror, observed)


@pytest.mark.parametrize("tasks", [PAGE, 2 * PAGE])
def test_a_listing_that_fills_its_pages_exactly_is_whole(desk: Desk, tasks: int) -> None:
    """Its last page is full and says that none follows."""
    desk.provisioned(tasks)

    assert len(desk.full().order["actions"]) == tasks


def test_a_second_listing_begins_at_its_first_page_again(desk: Desk) -> None:
    """The SDK leaves the last offset in the options that it was given; they are used once."""
    desk.provisioned(2 * PAGE + 1)
    target = desk.target()

    for _ in range(2):
        observed = target.observe(desk.known(), full=True).observed
        assert len(observed.order["actions"]) == 2 * PAGE + 1


# a row that a listing which ended properly lacks


def test_a_task_that_the_listing_hides_is_found_by_its_gid(desk: Desk) -> None:
    """What is at home here and not listed is neither gone nor moved."""
    desk.provisioned(3)
    gid = desk.links["action:A-1"]
    hide(desk, "actions", gid)

    observed = desk.target().observe(desk.known(), full=True).observed

    assert observed.tasks[gid].name == action(1).name
    assert not observed.absent
    assert not observed.moved
    assert counted(desk) == 0, "a task that was shown needs no proof"


@pytest.mark.parametrize("status", [403, 404])
def test_a_hidden_task_that_also_meets_an_odd_refusal_stands_as_before(
    desk: Desk, status: int
) -> None:
    """Asana's own count tells that the listing is short: the reading is not complete."""
    target = desk.provisioned(3)
    assert desk.mirror is not None
    gid = desk.links["action:A-1"]
    hide(desk, "actions", gid)
    desk.fault("status", "GET", f"/tasks/{gid}", times=0, status=status)

    reading = desk.keep(target.observe(desk.known(), full=True))

    assert reading.shortfall is not None
    assert "2/3" in reading.shortfall.fr
    assert not reading.observed.complete
    assert not reading.observed.absent | reading.observed.moved
    assert counted(desk) == 2, "held against the count, listed again, and held again"
    desk.clear_faults()
    healed = target.observe(desk.known(), full=False)
    assert healed.full
    assert same(healed.observed, desk.full())


def test_a_row_that_a_second_listing_has_is_no_shortfall(desk: Desk) -> None:
    """Somebody was at work meanwhile."""
    target = desk.provisioned(3)
    gid = desk.links["action:A-1"]
    hide(desk, "actions", gid, times=1)
    desk.fault("status", "GET", f"/tasks/{gid}", status=404)

    reading = target.observe(desk.known(), full=True)

    assert reading.observed.complete
    assert reading.shortfall is None
    assert same(desk.mirror, reading.observed)


def test_a_loss_is_proved_by_one_count_of_the_project_concerned_and_only_once(desk: Desk) -> None:
    """Counts are dear, and a loss already told stays told."""
    target = desk.provisioned(3)
    desk.person("DELETE", desk.task("indicator:I-0"))
    desk.forget_requests()

    reading = desk.keep(target.observe(desk.known(), full=True))

    assert reading.observed.complete
    assert reading.observed.absent == {desk.links["indicator:I-0"]}
    counts = [path for _, path in desk.asked() if path.endswith("/task_counts")]
    assert counts == [f"/projects/{desk.links['project:indicators']}/task_counts"]
    desk.forget_requests()
    desk.keep(target.observe(desk.known(), full=True))
    assert counted(desk) == 0


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 404}, {"status": 400}])
def test_without_a_count_no_loss_is_concluded(desk: Desk, fault: dict[str, int]) -> None:
    target = desk.provisioned(2)
    desk.person("DELETE", desk.task("indicator:I-0"))
    desk.fault("status", "GET", "/projects/*/task_counts", times=0, **fault)

    reading = target.observe(desk.known(), full=True)

    assert not reading.observed.complete
    assert not reading.observed.absent
    assert desk.links["indicator:I-0"] in reading.observed.tasks


def test_a_count_that_cannot_be_read_fails_the_reading(desk: Desk) -> None:
    target = desk.provisioned(2)
    desk.person("DELETE", desk.task("indicator:I-0"))
    desk.fault("wrong_shape", "GET", "/projects/*/task_counts", times=0)

    with pytest.raises(TargetUnavailable):
        target.observe(desk.known(), full=True)


def test_where_a_create_is_awaited_both_listings_are_held_against_their_counts(desk: Desk) -> None:
    """No gid is known that could be asked for: only a whole listing tells that it never was."""
    target = desk.provisioned(3)
    desk.forget_requests()
    assert target.observe(desk.known(awaiting=True), full=True).observed.complete
    assert counted(desk) == 2

    hide(desk, "indicators", desk.links["indicator:I-1"])
    assert not target.observe(desk.known(awaiting=True), full=True).observed.complete


# fields


def test_the_fields_are_told_by_the_projects_own_records(desk: Desk) -> None:
    """What is known is not asked for a second time."""
    target = desk.provisioned(1)
    desk.forget_requests()

    reading = target.observe(desk.known(), full=True)

    assert same(desk.mirror, reading.observed)
    assert not any("custom_field" in path for _, path in desk.asked())


def record_without(desk: Desk, role: str, lacks: Callable[[dict[str, Any]], bool]) -> None:
    gid = desk.links[f"project:{role}"]
    answer = requests.get(
        f"{desk.url}/projects/{gid}",
        params={"opt_fields": decode.RECORD},
        headers={"Authorization": f"Bearer {desk.token}"},
        timeout=5,
    )
    record = answer.json()
    settings = record["data"]["custom_field_settings"]
    record["data"]["custom_field_settings"] = [each for each in settings if not lacks(each)]
    desk.fault("status", "GET", f"/projects/{gid}", status=200, body=record, times=0)


@pytest.mark.parametrize("name", [ID.name, AXIS.name])
def test_a_field_that_a_record_lacks_is_looked_for_in_the_listing(desk: Desk, name: str) -> None:
    """A record has no pages: nothing in it says that it is whole."""
    target = desk.provisioned(1)
    record_without(desk, "actions", lambda each: each["custom_field"]["name"] == name)

    reading = target.observe(desk.known(), full=True)

    assert desk.fired()
    assert same(desk.mirror, reading.observed)


def test_an_option_that_a_record_lacks_is_looked_for_in_the_listing(desk: Desk) -> None:
    target = desk.provisioned(1)

    def shorten(setting: dict[str, Any]) -> bool:
        options = setting["custom_field"].get("enum_options")
        if options:
            del options[-1]
        return False

    record_without(desk, "actions", shorten)

    assert same(desk.mirror, target.observe(desk.known(), full=True).observed)


def test_a_record_that_tells_no_fields_is_not_one_that_has_none(desk: Desk) -> None:
    target = desk.provisioned(1)
    gid = desk.links["project:actions"]
    body = {"data": {"gid": gid, "name": "Plan (actions)", "notes": "", "archived": False}}
    desk.fault("status", "GET", f"/projects/{gid}", status=200, body=body, times=0)

    observed = target.observe(desk.known(), full=True).observed

    assert desk.mirror is not None
    assert observed.fields == desk.mirror.fields


def test_as_many_fields_as_a_project_may_carry_are_listed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that is full may have been cut."""
    target = desk.provisioned(1)
    monkeypatch.setattr("sync.adapters.asana.proof._MOST_IN_A_RECORD", 2)
    desk.forget_requests()

    assert same(desk.mirror, target.observe(desk.known(), full=True).observed)
    assert any(path.endswith("/custom_field_settings") for _, path in desk.asked())


def test_a_field_taken_off_by_a_person_is_told_by_the_listing(desk: Desk) -> None:
    target = desk.provisioned(1)
    desk.sandbox.control.detach_field(
        "Quantité", by=PERSON, project=desk.links["project:indicators"]
    )

    reading = desk.keep(target.observe(desk.known(), full=True))

    assert same(reading.observed, desk.full())
    told = {field.name: field.attached_to for field in reading.observed.fields}
    assert told["Quantité"] == frozenset()


# odd places


def test_a_task_in_both_projects_is_one_task(desk: Desk) -> None:
    """A person put an action into the companion too; taken out again, it is where it was."""
    target = desk.provisioned(2)
    both = {"project": desk.links["project:indicators"]}
    desk.person("POST", f"{desk.task('action:A-0')}/addProject", both)

    reading = desk.keep(target.observe(desk.known(), full=False))
    assert same(reading.observed, desk.full())
    assert len(reading.observed.tasks[desk.links["action:A-0"]].homes) == 2

    desk.person("POST", f"{desk.task('action:A-0')}/removeProject", both)
    assert same(target.observe(desk.known(), full=False).observed, desk.full())


def test_an_indicator_moved_out_of_the_companion_is_moved_and_not_gone(desk: Desk) -> None:
    target = desk.provisioned(2)
    home = {"project": desk.links["project:indicators"]}
    desk.person("POST", f"{desk.task('indicator:I-0')}/removeProject", home)

    for full in (False, True):
        reading = target.observe(desk.known(), full=full)
        assert reading.observed.moved == {desk.links["indicator:I-0"]}
        assert same(reading.observed, desk.full())


def test_more_than_a_page_of_tasks_may_be_touched_at_once(desk: Desk) -> None:
    """As many as make two pages of events: the whole listing is then the cheaper reading."""
    target = desk.provisioned(0)
    made: list[CreateTask] = [each for n in range(30) for each in (action(n), indicator(n))]
    desk.apply(target, made)
    desk.keep(target.observe(desk.known(), full=True))
    for n in range(30):
        for ref in (f"action:A-{n}", f"indicator:I-{n}"):
            desk.person("PUT", desk.task(ref), {"name": f"{ref} x", "notes": "y"})

    reading = target.observe(desk.known(), full=False)

    assert not reading.full
    assert same(reading.observed, desk.full())


def test_a_reading_that_raises_leaves_what_is_known_alone(desk: Desk) -> None:
    target = desk.provisioned(2)
    known = desk.known()
    before = replace(known)
    desk.fault("unavailable", "GET", "/projects/*/tasks", times=0)

    with pytest.raises(SyncError):
        target.observe(known, full=True)
    assert known == before
