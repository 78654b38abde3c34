"""The target against a sandbox, through the real SDK: what is read, written, learned, refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sync.errors import ConfigError, TargetDenied, TargetUnavailable, UnsafeChangeSet
from sync.model.operation import (
    CreateField,
    CreateOption,
    CreateSection,
    PlaceTask,
    SetParent,
    ShareProject,
    UpdateTask,
)
from sync.model.target import Observed, ObservedTask
from sync.sandbox.sandbox import Opening
from tests.adapters.asana.asana_desk import (
    AXIS,
    ID,
    MARKERS,
    PERSON,
    PLAN,
    RULES,
    Desk,
    action,
    indicator,
    provisioning,
)

TEAM = Opening().team
WORKSPACE = Opening().workspace


def same(one: Observed | None, other: Observed) -> bool:
    """Equal but for the moment of reading."""
    return one is not None and replace(one, read_at=other.read_at) == other


# provisioning


def test_provisioning_lays_down_the_plan_and_reads_back_the_same(desk: Desk) -> None:
    """Names, notes, no-break spaces, options, dates, both homes: as asked."""
    target = desk.provisioned(2)
    seen, links = desk.mirror, desk.links
    assert seen is not None

    task, subtask = seen.tasks[links["action:A-0"]], seen.tasks[links["indicator:I-0"]]
    assert (task.name, task.notes) == (action(0).name, action(0).notes)
    assert task.homes == {links["project:actions"]: links["section:v1"]}
    assert task.fields == {
        links["field:jalon_id"]: f"{PLAN}/A-0",
        links["field:axe"]: links["option:axe/1"],
    }
    assert subtask.parent_gid == task.gid
    assert subtask.due_on == date(2026, 2, 15)
    assert subtask.homes == {links["project:indicators"]: links["section:mi-chemin"]}
    assert subtask.fields[links["field:jalon_id"]] == f"{PLAN}/I-0"
    assert seen.order["actions"] == (links["action:A-0"], links["action:A-1"])
    assert seen.complete
    assert seen.sandbox
    assert target.learned() == {"indicator_form": "one_call"}


def test_fields_are_read_with_their_options_and_where_they_are_attached(desk: Desk) -> None:
    desk.provisioned(1)
    assert desk.mirror is not None
    fields = {field.name: field for field in desk.mirror.fields}
    both = {desk.links["project:actions"], desk.links["project:indicators"]}

    assert fields[ID.name].attached_to == both
    assert fields[AXIS.name].attached_to == {desk.links["project:actions"]}
    assert [(o.name, o.color) for o in fields[AXIS.name].options] == [
        ("Économie", "green"),
        ("Milieu de vie", "blue"),
    ]
    assert fields[AXIS.name].description == AXIS.description


def test_at_most_five_requests_are_in_flight(desk: Desk) -> None:
    """Asana refuses more than its share, and a refused request counts all the same."""
    desk.sandbox.control.set_latency(0.01)
    desk.provisioned(12)

    assert 2 <= desk.most_in_flight() <= 5


@pytest.mark.parametrize(
    "switch", [pytest.param("refuse_two_homes", id="400"), pytest.param("drop_home", id="dropped")]
)
def test_where_asana_refuses_the_one_call_form_the_two_step_form_is_learned(
    desk: Desk, switch: str
) -> None:
    """Only the first one is an experiment, and even that one ends up with both its homes."""
    desk.switch(switch, True)
    target = desk.provisioned(4)

    assert target.learned() == {"indicator_form": "two_steps"}
    for n in range(4):
        task = desk.full().tasks[desk.links[f"indicator:I-{n}"]]
        assert task.parent_gid == desk.links[f"action:A-{n}"]
        assert task.homes == {desk.links["project:indicators"]: desk.links["section:mi-chemin"]}
        assert task.fields[desk.links["field:jalon_id"]] == f"{PLAN}/I-{n}"
    posts = [path for method, path in desk.asked() if method == "POST"]
    assert posts.count("/tasks") == 4 + 4 + (switch == "refuse_two_homes")


def test_a_form_learned_before_is_not_proved_again(desk: Desk) -> None:
    desk.switch("refuse_two_homes", True)
    target = desk.target(learned={"indicator_form": "two_steps"})

    desk.apply(target, provisioning(1))

    assert [status for status in desk.statuses() if status == 400] == []


def test_a_lost_answer_is_unknown_and_its_dependents_wait(desk: Desk) -> None:
    """It may have happened: sending it again would make a second one."""
    target = desk.provisioned(1)
    desk.fault("drop_after", "POST", "/tasks")

    states = desk.apply(target, [action(7), indicator(7)])

    assert states == {"action:A-7": "unknown"}
    assert [t.name for t in desk.full().tasks.values()].count(action(7).name) == 1


def test_a_second_step_that_fails_leaves_a_known_task(desk: Desk) -> None:
    """The task exists: it must be linked, else the next cycle would look for it in vain."""
    target = desk.provisioned(1)
    two_steps = desk.target(learned={"indicator_form": "two_steps"})
    desk.fault("drop_before", "POST", "/tasks/*/setParent")

    assert desk.apply(two_steps, [replace(indicator(0), ref="indicator:I-9")]) == {
        "indicator:I-9": "done"
    }
    assert desk.told[-1].detail is not None
    assert desk.apply(target, [SetParent(ref="indicator:I-9", parent="action:A-0")])
    assert desk.full().tasks[desk.links["indicator:I-9"]].parent_gid == desk.links["action:A-0"]


def test_an_update_writes_only_what_is_listed(desk: Desk) -> None:
    """What a person wrote meanwhile in another property stays."""
    target = desk.provisioned(1)
    desk.person("PUT", desk.task("action:A-0"), {"notes": "mot d’une personne"})

    desk.apply(
        target,
        [
            UpdateTask(
                ref="action:A-0",
                builtins={"name": "Nouveau nom", "due_on": date(2026, 3, 15)},
                fields={"field:axe": "option:axe/2"},
            )
        ],
    )

    told = desk.told[-1].task
    assert told == desk.full().tasks[desk.links["action:A-0"]]
    assert told is not None
    assert (told.name, told.notes, told.due_on) == (
        "Nouveau nom",
        "mot d’une personne",
        date(2026, 3, 15),
    )
    assert told.fields[desk.links["field:axe"]] == desk.links["option:axe/2"]


def test_a_field_is_emptied_by_none(desk: Desk) -> None:
    """An empty field is a value."""
    target = desk.provisioned(1)

    desk.apply(target, [UpdateTask(ref="action:A-0", fields={"field:axe": None})])

    assert desk.full().tasks[desk.links["action:A-0"]].fields[desk.links["field:axe"]] is None


def test_a_task_is_placed_after_its_sibling_or_at_the_very_start(desk: Desk) -> None:
    target = desk.provisioned(4)
    places = [
        PlaceTask(ref="action:A-3", role="actions", section="section:v1"),
        PlaceTask(
            ref="action:A-0", role="actions", section="section:v1", insert_after="action:A-1"
        ),
        PlaceTask(ref="action:A-2", role="actions", section="section:v2"),
    ]
    desk.apply(target, [replace(place, lane="places") for place in places])
    reading = target.refresh(desk.known(), [desk.links["action:A-2"]])

    order = reading.observed.order["actions"]
    assert order == tuple(desk.links[f"action:A-{n}"] for n in (3, 1, 0, 2))
    assert same(reading.observed, desk.full())


def test_sharing_twice_is_a_success(desk: Desk) -> None:
    """By e-mail, by gid or by the team's name."""
    target = desk.provisioned(1)
    email = desk.person("GET", "/users/me?opt_fields=email")["email"]
    for member in (email, TEAM, TEAM):
        share = ShareProject(ref="share:actions/x", role="actions", member=member)
        assert desk.apply(target, [share]) == {"share:actions/x": "done"}

    nobody = ShareProject(ref="share:actions/y", role="actions", member="Équipe inconnue")
    assert desk.apply(target, [nobody]) == {"share:actions/y": "rejected"}


def test_a_new_option_is_linked(desk: Desk) -> None:
    target = desk.provisioned(1)
    option = CreateOption(ref="option:axe/3", field="field:axe", name="Territoire", color="red")

    desk.apply(target, [option])

    fields = {field.gid: field for field in desk.full().fields}
    options = fields[desk.links["field:axe"]].options
    assert (options[-1].gid, options[-1].name) == (desk.links["option:axe/3"], "Territoire")


def test_one_bad_task_is_rejected_and_the_rest_goes_on(desk: Desk) -> None:
    target = desk.provisioned(1)
    bad = replace(action(8), fields={"field:quantite": 3})  # not on that project

    assert desk.apply(target, [bad, action(9)]) == {
        "action:A-8": "rejected",
        "action:A-9": "done",
    }


def test_a_token_refused_midway_stops_the_sending(desk: Desk) -> None:
    target = desk.provisioned(1)
    desk.fault("status", "POST", "/tasks", nth=3, times=0, status=401)

    with pytest.raises(TargetDenied):
        desk.apply(target, [action(n) for n in range(10, 60)])

    assert len([path for method, path in desk.asked() if path == "/tasks"]) < 40


# a full read


def test_before_anything_exists_there_is_nothing_and_that_is_complete(desk: Desk) -> None:
    """The first of all cycles starts from here."""
    observed = desk.full()

    assert observed.complete
    assert observed.projects == {}
    assert observed.tasks == {}


def test_projects_are_found_again_by_their_mark(desk: Desk) -> None:
    """As after a create whose answer was lost: never by name."""
    desk.provisioned(1)
    links = {r: g for r, g in desk.links.items() if not r.startswith("project:")}

    found = desk.target().observe(desk.known(links=links), full=True).observed

    assert {role: p.gid for role, p in found.projects.items()} == {
        role: desk.links[f"project:{role}"] for role in MARKERS
    }


def test_two_projects_with_one_mark_are_held(desk: Desk) -> None:
    """Choosing one would write into a copy that somebody made."""
    desk.apply(desk.target(), provisioning(0)[:2])
    links, desk.links = desk.links, {}
    desk.apply(desk.target(), provisioning(0)[:1])

    with pytest.raises(UnsafeChangeSet):
        desk.target().observe(desk.known(links={}), full=True)
    assert links != desk.links


def test_a_linked_project_that_is_gone_is_held(desk: Desk) -> None:
    """Never made again by itself: everything people entered is in the other one."""
    desk.provisioned(1)
    desk.person("DELETE", f"/projects/{desk.links['project:indicators']}")

    with pytest.raises(UnsafeChangeSet):
        desk.target().observe(desk.known(), full=True)


@pytest.mark.parametrize(
    "path", ["/projects/*", "/projects/*/tasks", "/projects/*/sections", "/events", "/tasks/*"]
)
def test_a_read_that_fails_anywhere_is_no_read(desk: Desk, path: str) -> None:
    """From half a read, a cycle would conclude that the other half is gone."""
    desk.provisioned(1)
    desk.links["action:parti"] = "1299999999999999"
    desk.fault("status", "GET", path, times=0, status=503)

    with pytest.raises(TargetUnavailable):
        desk.target().observe(desk.known(), full=True)
    assert desk.fired() >= 3


def test_a_passing_failure_is_read_over(desk: Desk) -> None:
    desk.provisioned(1)
    for kind in ("html_200", "empty_200", "cut_body", "wrong_shape", "drop_before"):
        desk.fault(kind, "GET", "/projects/*/tasks")

    assert same(desk.mirror, desk.full())


def test_every_page_is_read(desk: Desk) -> None:
    """One request per 100 tasks of each project, plus a few that do not grow."""
    target = desk.provisioned(0)
    desk.apply(target, [operation for n in range(101) for operation in (action(n), indicator(n))])
    desk.forget_requests()

    observed = desk.full()

    assert len(observed.tasks) == 202
    assert observed.order["actions"] == tuple(desk.links[f"action:A-{n}"] for n in range(101))
    assert len([path for _, path in desk.asked() if path.endswith("/tasks")]) == 4
    assert len(desk.asked()) == 11


def test_a_missing_task_is_absent_only_once_it_was_looked_for(desk: Desk) -> None:
    """Trashed, taken out of the project, or merely late in the listing: three different things."""
    desk.provisioned(3)
    links = desk.links
    desk.person("DELETE", desk.task("action:A-0"))
    desk.person(
        "POST", f"{desk.task('action:A-1')}/removeProject", {"project": links["project:actions"]}
    )

    observed = desk.full()

    assert links["action:A-0"] in observed.absent
    assert links["indicator:I-0"] in observed.absent  # trashed with its parent
    assert observed.moved == {links["action:A-1"]}
    assert observed.tasks[links["action:A-1"]].name == action(1).name
    assert set(observed.order["actions"]) == {links["action:A-2"]}


def test_workspace_fields_are_listed_only_while_one_is_missing(desk: Desk) -> None:
    """A field whose creation's answer was lost must be found before it is made again."""
    target = desk.provisioned(1)
    desk.forget_requests()
    target.observe(desk.known(), full=True)
    assert not any("custom_fields" in path for _, path in desk.asked())

    links = {r: g for r, g in desk.links.items() if r != "field:axe"}
    found = target.observe(desk.known(links=links), full=True).observed

    assert any("custom_fields" in path for _, path in desk.asked())
    assert AXIS.name in [field.name for field in found.fields]


# reading by events


def test_a_quiet_read_costs_one_request(desk: Desk) -> None:
    target = desk.provisioned(3)
    desk.keep(target.observe(desk.known(), full=False))
    desk.forget_requests()

    reading = target.observe(desk.known(), full=False)

    assert not reading.full
    assert reading.requests == len(desk.asked()) == 1
    assert same(desk.mirror, reading.observed)


def _rename(desk: Desk) -> None:
    desk.person("PUT", desk.task("action:A-1"), {"name": "Renommée"})


def _complete(desk: Desk) -> None:
    desk.person("PUT", desk.task("indicator:I-1"), {"completed": True})


def _quantity(desk: Desk) -> None:
    values = {desk.links["field:quantite"]: 2.5}
    desk.person("PUT", desk.task("indicator:I-0"), {"custom_fields": values})


def _trash(desk: Desk) -> None:
    desk.person("DELETE", desk.task("indicator:I-0"))


def _trash_action(desk: Desk) -> None:
    desk.person("DELETE", desk.task("action:A-1"))


def _take_out(desk: Desk) -> None:
    home = {"project": desk.links["project:actions"]}
    desk.person("POST", f"{desk.task('action:A-1')}/removeProject", home)


def _move(desk: Desk) -> None:
    task = {"task": desk.links["action:A-0"]}
    desk.person("POST", f"/sections/{desk.links['section:v2']}/addTask", task)


def _foreign(desk: Desk) -> None:
    desk.person("POST", "/tasks", {"name": "À moi", "projects": [desk.links["project:actions"]]})


def _foreign_subtask(desk: Desk) -> None:
    desk.person("POST", f"{desk.task('action:A-0')}/subtasks", {"name": "À faire"})


def _many(desk: Desk) -> None:
    for n in range(3):
        for ref in (f"action:A-{n}", f"indicator:I-{n}"):
            desk.person("PUT", desk.task(ref), {"name": f"{ref} x"})


def _at_once(desk: Desk) -> None:
    for edit in (_rename, _complete, _quantity, _move, _foreign, _foreign_subtask, _take_out):
        edit(desk)


@pytest.mark.parametrize(
    ("edit", "most"),
    [
        (_rename, 2),
        (_complete, 2),
        (_quantity, 2),
        (_take_out, 3),
        (_move, 3),
        (_foreign, 3),
        (_foreign_subtask, 2),
        (_many, 3),
        (_at_once, 8),
    ],
)
def test_a_read_by_events_sees_what_a_full_read_sees(
    desk: Desk, edit: Callable[[Desk], None], most: int
) -> None:
    """The mirror with what moved read again is the same as everything read anew, and cheaper."""
    target = desk.provisioned(3)
    edit(desk)

    reading = target.observe(desk.known(), full=False)

    assert not reading.full
    assert reading.requests <= most
    assert same(reading.observed, desk.full())


@pytest.mark.parametrize("edit", [_trash, _trash_action])
def test_a_task_trashed_is_told_gone_after_a_complete_read_of_the_same_cycle(
    desk: Desk, edit: Callable[[Desk], None]
) -> None:
    """Events alone conclude no loss; nor is a loss already told of read for a second time."""
    target = desk.provisioned(3)
    edit(desk)

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert reading.full
    assert reading.observed.absent
    assert same(reading.observed, desk.full())
    touched = reading.observed.absent
    assert not target.observe(desk.known(touched=touched), full=False).full


@pytest.mark.parametrize("status", [403, 404])
def test_one_odd_answer_takes_no_task_away(desk: Desk, status: int) -> None:
    """A read by events that met a refusal looks at everything, in which the task is listed."""
    target = desk.provisioned(2)
    _rename(desk)
    desk.fault("status", "GET", desk.task("action:A-1"), status=status)

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert desk.fired() == 1
    assert reading.full
    assert same(reading.observed, desk.full())
    assert reading.observed.tasks[desk.links["action:A-1"]].name == "Renommée"
    assert target.observe(desk.known(), full=False).requests == 1  # the token was kept


def _make_private(desk: Desk, ref: str) -> str:
    """Out of our projects, and no longer to be read by its gid."""
    home = {"project": desk.links["project:actions"]}
    desk.person("POST", f"{desk.task(ref)}/removeProject", home)
    desk.fault("status", "GET", desk.task(ref), times=0, status=403)
    return desk.links[ref]


@pytest.mark.parametrize("full", [True, False])
def test_a_task_made_private_is_moved_with_its_last_known_body(desk: Desk, full: bool) -> None:
    """One unreadable task must not end the service, at the next full read or the one after."""
    target = desk.provisioned(2)
    assert desk.mirror is not None
    gid = _make_private(desk, "action:A-1")
    before = desk.mirror.tasks[gid]

    for _ in range(2):
        reading = desk.keep(target.observe(desk.known(), full=full))

        assert reading.observed.moved == {gid}
        assert gid not in reading.observed.absent
        assert reading.observed.tasks[gid] == replace(before, homes={})
        assert gid not in reading.observed.order["actions"]
    assert desk.links["action:A-0"] in reading.observed.order["actions"]
    assert not target.observe(desk.known(touched=frozenset({gid})), full=False).full


def test_a_task_never_read_that_is_private_is_moved_without_a_body(desk: Desk) -> None:
    """A store that lost its mirror still reads everything else."""
    desk.provisioned(2)
    gid = _make_private(desk, "action:A-1")

    observed = desk.full()

    assert observed.moved == {gid}
    assert observed.tasks[gid] == ObservedTask(gid, name="")
    assert len(observed.tasks) == 4


def test_a_project_that_may_not_be_read_is_no_private_task(desk: Desk) -> None:
    """Where the listings are refused too, every task would seem to have been made private."""
    target = desk.provisioned(1)
    desk.fault("status", "GET", "**", times=0, status=403)

    for full in (True, False):
        with pytest.raises(TargetDenied):
            target.observe(desk.known(), full=full)


def test_an_indicator_taken_from_its_action_is_still_heard(desk: Desk) -> None:
    """
    The managers' stream no longer carries it: what is done there would wait for a day.

    Nor is it missed before the companion's stream is followed, which begins with a full read.
    """
    target = desk.provisioned(3)
    desk.sandbox.control.act("convert_to_task", PERSON, task=desk.links["indicator:I-1"])
    desk.keep(target.observe(desk.known(), full=False))
    _complete(desk)

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert reading.full
    assert reading.observed.tasks[desk.links["indicator:I-1"]].completed
    assert same(reading.observed, desk.full())
    assert desk.keep(target.observe(desk.known(), full=False)).requests == 2
    desk.person("PUT", desk.task("indicator:I-1"), {"completed": False})
    reading = target.observe(desk.known(), full=False)
    assert not reading.full
    assert not reading.observed.tasks[desk.links["indicator:I-1"]].completed


def test_a_lapsed_token_of_either_stream_leads_to_a_full_read(desk: Desk) -> None:
    """And both streams go on from a token taken before it."""
    target = desk.provisioned(3)
    desk.sandbox.control.act("convert_to_task", PERSON, task=desk.links["indicator:I-1"])
    desk.keep(target.observe(desk.known(), full=False))
    desk.keep(target.observe(desk.known(), full=False))
    for stream in ("events", "events/indicators"):
        _complete(desk)
        _rename(desk)
        desk.cursors = {**desk.cursors, stream: "un-jeton-qui-ne-vaut-rien"}

        reading = desk.keep(target.observe(desk.known(), full=False))

        assert reading.full
        assert same(reading.observed, desk.full())
        assert target.observe(desk.known(), full=False).requests == 2


def test_a_stream_without_a_token_reads_everything_once(desk: Desk) -> None:
    """As after an upgrade: nothing tells since when."""
    target = desk.provisioned(1)
    desk.cursors = {}

    assert desk.keep(target.observe(desk.known(), full=False)).full
    assert not target.observe(desk.known(), full=False).full


def test_a_comment_costs_nothing(desk: Desk) -> None:
    """People discuss all day; nothing that we read changes but the moment of the last change."""
    target = desk.provisioned(1)
    desk.person("POST", f"{desk.task('action:A-0')}/stories", {"text": "Bravo"})
    desk.forget_requests()

    reading = target.observe(desk.known(), full=False)

    assert len(desk.asked()) == 1
    assert same(desk.mirror, reading.observed)


def test_definitions_that_people_change_are_seen_by_a_full_read(desk: Desk) -> None:
    """A disabled option and a field taken off a project are values like any other."""
    desk.provisioned(1)
    people = desk.sandbox.control
    people.disable_option(AXIS.name, "Milieu de vie", by=PERSON)
    people.detach_field("Quantité", by=PERSON, project=desk.links["project:indicators"])
    people.archive_project(desk.links["project:actions"], by=PERSON)

    observed = desk.full()

    fields = {field.name: field for field in observed.fields}
    assert [option.enabled for option in fields[AXIS.name].options] == [True, False]
    assert fields["Quantité"].attached_to == frozenset()  # told by the workspace's listing
    assert observed.projects["actions"].archived


def test_a_duplicate_made_by_a_person_stands_beside_the_original(desk: Desk) -> None:
    """Which one is ours is the core's question; here both are told, id field and all."""
    target = desk.provisioned(1)
    copy = desk.sandbox.control.duplicate_task(desk.links["action:A-0"], by=PERSON)

    for observed in (target.observe(desk.known(), full=False).observed, desk.full()):
        assert observed.tasks[copy].fields == observed.tasks[desk.links["action:A-0"]].fields
        assert copy in observed.order["actions"]


def test_an_expired_token_leads_to_a_full_read_with_a_fresh_one(desk: Desk) -> None:
    """A 412 means that changes may have been missed; the SDK's iterator would swallow it."""
    target = desk.provisioned(2)
    _rename(desk)
    desk.cursors = {"events": "un-jeton-qui-ne-vaut-rien"}

    reading = desk.keep(target.observe(desk.known(), full=False))

    assert reading.full
    assert same(reading.observed, desk.full())
    desk.forget_requests()
    assert target.observe(desk.known(), full=False).requests == 1


def test_changes_made_during_a_full_read_are_not_lost(desk: Desk) -> None:
    """The token is taken before the listings: what moves meanwhile is an event of the next read."""
    target = desk.provisioned(2)
    reading = desk.keep(target.observe(desk.known(), full=True))
    paths = [path for method, path in desk.asked()]
    last_token = len(paths) - 1 - paths[::-1].index("/events")
    listings = ("", "/sections", "/tasks")

    assert sorted(paths[last_token + 1 :]) == sorted(
        f"/projects/{desk.links[f'project:{role}']}{listing}"
        for role in MARKERS
        for listing in listings
    )
    assert reading.cursors.keys() == {"events"}


def test_what_was_touched_is_read_again_whatever_the_events_say(desk: Desk) -> None:
    """Events are delivered at most once."""
    target = desk.provisioned(2)
    desk.fault("lose_events", "PUT", "/tasks/*")
    _rename(desk)
    assert desk.fired() == 1
    stale = target.observe(desk.known(), full=False)
    assert same(desk.mirror, stale.observed)

    touched = frozenset({desk.links["action:A-1"]})
    reading = target.observe(desk.known(touched=touched), full=False)

    assert reading.observed.tasks[desk.links["action:A-1"]].name == "Renommée"


def test_a_mirror_of_another_project_is_not_built_upon(desk: Desk) -> None:
    """Nor is an incomplete one: only a full read may follow."""
    target = desk.provisioned(1)
    assert desk.mirror is not None
    elsewhere = {**desk.links, "project:indicators": desk.links["project:actions"]}

    assert target.observe(desk.known(links=elsewhere), full=False).full
    partial = replace(desk.mirror, complete=False)
    assert target.observe(desk.known(mirror=partial), full=False).full


def test_a_failed_read_by_events_raises_and_commits_no_token(desk: Desk) -> None:
    """A token without the reads that it caused would lose them for good."""
    target = desk.provisioned(1)
    _rename_first = desk.task("action:A-0")
    desk.person("PUT", _rename_first, {"name": "Renommée"})
    desk.fault("status", "GET", "/tasks/*", times=0, status=500)

    with pytest.raises(TargetUnavailable):
        target.observe(desk.known(), full=False)

    desk.clear_faults()
    reading = target.observe(desk.known(), full=False)
    assert same(reading.observed, desk.full())


# after a write


def test_after_a_write_only_what_was_touched_is_read(desk: Desk) -> None:
    target = desk.provisioned(3)
    desk.apply(target, [UpdateTask(ref="action:A-1", builtins={"name": "Neuf"})])
    desk.forget_requests()

    reading = target.refresh(desk.known(), [desk.links["action:A-1"]])

    assert reading.requests == len(desk.asked()) == 1
    assert same(reading.observed, desk.full())


def test_after_creates_the_order_is_read_from_the_listing(desk: Desk) -> None:
    target = desk.provisioned(2)
    new = [action(5), indicator(5)]
    section = CreateSection(ref="section:v3", role="actions", name="Volet 3")
    desk.apply(target, [*new, section])
    gids = [desk.links[operation.ref] for operation in (*new, section)]

    reading = target.refresh(desk.known(), gids)

    assert same(reading.observed, desk.full())
    assert reading.requests == 4  # two listings of tasks, two of sections


def test_after_provisioning_everything_is_read_and_the_next_read_is_quiet(desk: Desk) -> None:
    """The event token is taken after our own writes, so that they do not come back as news."""
    target = desk.target()
    desk.keep(target.observe(desk.known(), full=True))
    desk.apply(target, provisioning(3))

    reading = desk.keep(target.refresh(desk.known(), list(desk.links.values())))

    assert same(reading.observed, desk.full())
    assert target.observe(desk.known(), full=False).requests == 1


@pytest.mark.parametrize("status", [403, 404])
def test_after_a_write_a_task_not_shown_stays_as_it_was(desk: Desk, status: int) -> None:
    """Reads may lag, and an answer may be wrong; the next events tell what became of it."""
    target = desk.provisioned(2)
    desk.apply(target, [UpdateTask(ref="action:A-1", builtins={"name": "Neuf"})])
    desk.fault("status", "GET", desk.task("action:A-1"), status=status)

    reading = target.refresh(desk.known(), [desk.links["action:A-1"]])

    assert desk.fired() == 1
    assert not reading.full
    assert same(desk.mirror, reading.observed)
    desk.keep(reading)
    assert same(target.observe(desk.known(), full=False).observed, desk.full())


# preflight


def test_preflight_passes_where_everything_is_in_place(desk: Desk) -> None:
    """The service's own account and our own fields are no reason to warn."""
    target = desk.provisioned(1)

    assert target.preflight(RULES) == ()


def test_a_name_taken_by_a_field_that_is_not_ours_is_told_before_anything_is_written(
    desk: Desk,
) -> None:
    """Asana would refuse it halfway through provisioning."""
    foreign = replace(AXIS, description="À quelqu’un d’autre", name="AXE ")
    desk.apply(desk.target(), [CreateField(ref="field:autre", rule=foreign)])

    with pytest.raises(ConfigError) as caught:
        desk.target().preflight(RULES)

    assert caught.value.facts["fields"] == (AXIS.name,)


@pytest.mark.parametrize("workspace", ["Nulle part", "1299999999999999"])
def test_a_workspace_that_is_not_there_lists_those_that_are(desk: Desk, workspace: str) -> None:
    with pytest.raises(ConfigError) as caught:
        desk.target(workspace=workspace).preflight(RULES)

    assert WORKSPACE in str(caught.value)


def test_a_free_plan_is_told_before_anything_is_written(desk: Desk) -> None:
    """Custom fields are a paid feature, and Jalon needs them."""
    desk.switch("plan_tier", "free")

    with pytest.raises(TargetDenied, match="paid tier"):
        desk.target().preflight(RULES)


def test_a_person_s_token_is_warned_about(desk: Desk) -> None:
    """Colleagues would take Jalon's writes for hers."""
    warning = desk.as_person().preflight(RULES)

    assert PERSON in warning[0].fr
    assert PERSON in warning[0].en


def test_a_wrong_token_is_denied(desk: Desk) -> None:
    desk.token = "perime"

    with pytest.raises(TargetDenied):
        desk.target().preflight(RULES)


def test_building_a_target_sends_nothing(desk: Desk) -> None:
    target = desk.target()

    assert target.requests() == {}
    assert desk.asked() == []
