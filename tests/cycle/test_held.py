"""What the guard holds, and a person's yes: exactly what was shown, once, and on the record."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sync.core.marks import action_ref, indicator_ref
from sync.errors import SyncError, UnsafeChangeSet
from sync.model.finding import Finding
from sync.model.guarding import Acceptance
from sync.model.record import LogRow
from sync.proposal import digest_of
from tests.road import Road, with_limits

ACTIONS = [action_ref(f"A{n}") for n in ("1-01", "1-02", "1-03", "2-01")]
A1, A2, A3, A4 = ACTIONS
I3 = indicator_ref("A1-03-mi-chemin-1")
DAY = 24 * 3600.0
PERSON, REASON = "Directrice générale", "une fausse manœuvre, vérifiée"


def erase_axes(road: Road) -> None:
    """Someone empties a field that the plan owns on every action: more restores than a few."""
    for ref in ACTIONS:
        road.edit(ref, axe=None)


def axes(road: Road) -> set[str | None]:
    tasks, name = road.tasks(), road.field_name("axe")
    return {tasks[road.gid(ref)]["fields"].get(name) for ref in ACTIONS}


def held(road: Road, **wishes: Any) -> UnsafeChangeSet:
    """The refusal; nothing was written on either side."""
    page = (road.public / "index.html").read_bytes()
    numbers = len(road.store.snapshots())
    road.control.forget_requests()
    with pytest.raises(UnsafeChangeSet) as refused:
        road.cycle(**wishes)
    assert refused.value.exit_code == 4
    assert road.writes() == 0
    assert (road.public / "index.html").read_bytes() == page
    assert len(road.store.snapshots()) == numbers
    assert road.store.cycles(1)[0].outcome == "held"
    return refused.value


def digest(road: Road) -> str:
    found = str(held(road).facts["digest"])
    assert len(found) == 32
    return found


def yes(digest: str) -> Acceptance:
    return Acceptance(digest, PERSON, REASON)


def accepted(road: Road) -> list[LogRow]:
    return [row for row in road.store.log() if row.kind == "accepted"]


def guard_findings(road: Road) -> list[Finding]:
    return [f.finding for f in road.store.findings() if f.finding.code == "guard.held"]


def finding(road: Road) -> dict[str, Any]:
    (one,) = guard_findings(road)
    return dict(one.facts)


def test_what_is_held_is_told_with_its_figures_and_its_digest(road: Road) -> None:
    road.begin()
    erase_axes(road)
    refused = held(road)
    facts = finding(road)
    assert facts["rule"] == "too many updates, too many restores"
    assert (facts["changed"], facts["known"], facts["limit"]) == (4, 12, "0.3")
    assert facts["digest"] == refused.facts["digest"]
    for words in (refused.in_("fr"), facts["why"]):
        assert str(facts["digest"]) in words
        assert "jalon diff" in words
        assert "30 %" in words
    assert axes(road) == {None}
    assert not accepted(road)


def test_the_digest_stands_while_nothing_changes_and_the_dry_run_tells_the_same(
    road: Road,
) -> None:
    """Whatever the hour, the day, the way of reading and the process."""
    road.begin()
    erase_axes(road)
    first = digest(road)
    for seconds, full in ((600, False), (3 * DAY, False), (60, True)):
        road.wait(seconds)
        road.reopen()
        assert held(road, full=full).facts["digest"] == first
        assert digest_of(road.store, road.propose(full=full)) == first


def test_a_yes_lets_exactly_that_through_once_and_says_who_and_why(road: Road) -> None:
    road.begin()
    erase_axes(road)
    shown = digest(road)
    road.wait(600)
    report = road.cycle(accept=yes(shown))
    assert (report.outcome, report.operations) == ("ok", {"UpdateTask": 4})
    assert None not in axes(road)
    whole, *each = accepted(road)
    assert (whole.subject, whole.actor, whole.to) == ("cycle", PERSON, shown)
    assert (whole.reason_fr, whole.outcome, whole.cycle_id) == (REASON, "done", report.cycle_id)
    assert {row.subject for row in each} == set(ACTIONS)
    assert {row.actor for row in each} == {PERSON}
    assert "guard.held" not in {f.finding.code for f in road.store.findings()}
    road.control.forget_requests()
    assert road.cycle().operations == {}
    assert road.writes() == 0


def test_a_yes_counts_once_even_when_the_same_change_comes_back(road: Road) -> None:
    road.begin()
    erase_axes(road)
    shown = digest(road)
    road.cycle(accept=yes(shown))
    road.wait(8 * DAY)
    road.cycle()
    erase_axes(road)
    refused = held(road, accept=yes(shown))
    assert refused.facts["digest"] not in (None, shown)
    assert axes(road) == {None}
    assert {row.to for row in accepted(road)} == {shown}


@pytest.mark.parametrize(
    "since",
    [
        pytest.param(lambda road: road.edit(A1, axe="Axe 2 – Communauté"), id="another value"),
        pytest.param(lambda road: road.edit(I3, jalon_id=None), id="one more"),
        pytest.param(lambda road: road.edit(A1, axe="Axe 1 – Organisation"), id="one less"),
        pytest.param(
            lambda road: road.edit(A1, **{"declare__mi-chemin": "En cours"}), id="a declaration"
        ),
    ],
)
def test_what_changed_since_is_not_let_through(road: Road, since: Callable[[Road], None]) -> None:
    """The change set is made again when the yes is used, and held against what was shown."""
    road.begin()
    erase_axes(road)
    shown = digest(road)
    since(road)
    road.wait(60)
    now = digest_of(road.store, road.propose())
    assert now not in (None, shown)
    refused = held(road, accept=yes(shown))
    assert refused.facts["digest"] == now
    assert shown in refused.in_("fr")
    assert str(now) in refused.in_("fr")
    assert "jalon diff" in refused.in_("fr")
    assert not accepted(road)


def test_the_finding_tells_what_is_held_whatever_was_said_yes_to(road: Road) -> None:
    road.begin()
    erase_axes(road)
    shown = digest(road)
    held(road, accept=yes(shown[::-1]))
    told = finding(road)
    assert (told["digest"], told["changed"], told["known"]) == (shown, 4, 12)
    assert "30 %" in told["why"]


def test_a_yes_to_what_is_no_longer_there_says_so(road: Road) -> None:
    """Mended by the person who did it; there is nothing to accept, and nothing is let through."""
    road.begin()
    road.edit(A1, axe=None)
    road.cycle()
    refused = held(road, accept=yes("0" * 32))
    assert refused.facts["digest"] is None
    assert "rien à accepter" in refused.in_("fr")
    assert not guard_findings(road), "an answer to who said yes, and nothing for a clerk to settle"
    assert road.cycle().outcome == "ok"
    assert not guard_findings(road)


def test_a_change_set_that_nothing_holds_may_be_accepted_as_shown(road: Road) -> None:
    road.begin()
    road.edit(A1, axe=None)
    shown = digest_of(road.store, road.propose())
    assert shown
    assert road.cycle(accept=yes(shown)).operations == {"UpdateTask": 1}
    assert [row.rule for row in accepted(road)] == ["accepted"]


def test_who_and_why_are_kept_with_what_they_let_through_or_not_at_all(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: killed in it, the yes was not used; killed after it, it is on the record."""
    road.begin()
    erase_axes(road)
    shown = digest(road)
    honest = type(road.store).remember

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(road.store), "remember", killed)
    with pytest.raises(KeyboardInterrupt):
        road.cycle(accept=yes(shown))
    monkeypatch.setattr(type(road.store), "remember", honest)
    assert not accepted(road)
    assert axes(road) == {None}
    assert road.cycle(accept=yes(shown)).outcome == "ok"
    assert accepted(road)[0].to == shown


def done(road: Road, ref: str, *, completed: bool) -> None:
    road.control.edit_task(road.gid(ref), road.someone(), completed=completed)


def test_a_publication_that_turns_back_is_held_before_anything_is_written(road: Road) -> None:
    """What waits to be written waits too: a side that looks wrong is not half followed."""
    road.steering = with_limits(road.steering, max_turned_back=0)
    road.cycle()
    done(road, I3, completed=True)
    road.cycle()
    done(road, I3, completed=False)
    road.edit(A1, axe=None)
    shown = digest(road)
    assert finding(road)["rule"] == "statuses turned back"
    report = road.cycle(accept=yes(shown))
    assert report.snapshot_is_new
    assert report.operations["UpdateTask"] >= 1
    assert {row.subject for row in accepted(road)} == {"cycle", A3}
    latest = json.loads((road.public / "dernier.json").read_bytes())
    assert latest["numero"] == report.snapshot_number


def test_what_turns_back_while_the_cycle_writes_is_not_published_and_told_next(
    road: Road,
) -> None:
    """The guard looks again at what it publishes, for Asana did not stand still."""
    road.steering = with_limits(road.steering, max_turned_back=0)
    road.cycle()
    done(road, I3, completed=True)
    road.cycle()
    numbers = len(road.store.snapshots())
    road.edit(I3, jalon_id=None)
    edit = {"verb": "edit_task", "task": road.gid(I3), "completed": False}
    road.control.interlude(road.someone(), [edit], method="PUT", path=f"/tasks/{road.gid(I3)}")
    road.wait(90)
    with pytest.raises(UnsafeChangeSet) as refused:
        road.cycle()
    assert refused.value.facts["rule"] == "statuses turned back"
    assert refused.value.facts["digest"] is None
    assert len(road.store.snapshots()) == numbers
    road.wait(90)
    assert road.cycle(accept=yes(digest(road))).snapshot_is_new


def test_a_whole_side_that_vanished_is_held_and_comes_back_by_itself(road: Road) -> None:
    """Nothing of the empty reading is remembered: when the side is back, so is everything."""
    road.begin()
    for ref in ACTIONS:
        road.control.trash_task(road.gid(ref), road.someone())
    road.wait(600)
    assert "all tasks gone" in str(held(road, full=True).facts["rules"])


@pytest.mark.parametrize("case", ["archived", "store lost", "wrong sandbox", "private"])
def test_what_is_wrong_whatever_its_size_cannot_be_accepted(road: Road, case: str) -> None:
    road.begin()
    if case == "archived":
        road.control.archive_project(road.gid("project:actions"), road.someone())
    elif case == "wrong sandbox":
        road.store.note_fact("sandbox_seen", "non")
    elif case == "store lost":
        for name in ("jalon.db", "jalon.db-wal", "jalon.db-shm"):
            (road.folder / name).unlink(missing_ok=True)
        road.reopen()
    else:
        axis = replace(road.plan.axes[0], objective=f"Voir la tâche {road.gid(A1)}")
        road.plan = replace(road.plan, axes=(axis, *road.plan.axes[1:]))
        road.store.add_revision(road.plan, road.clock.now().date(), "une étourderie")
    road.control.forget_requests()
    with pytest.raises(SyncError):
        road.cycle(full=True)
    with pytest.raises(SyncError) as refused:
        road.cycle(full=True, accept=yes("0" * 32))
    assert "--accept ne le lève pas" in refused.value.in_("fr")
    assert road.writes() == 0
    assert not accepted(road)
