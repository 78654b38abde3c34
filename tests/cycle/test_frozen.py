"""The gel, on the whole road: fixed once, from the read before midnight; corrected only beside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync.adapters.asana import AsanaTarget
from sync.core.guard import guard_frozen
from sync.core.marks import indicator_ref
from sync.core.settling import Ask
from sync.errors import ConfigError, UnsafeChangeSet
from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from sync.ports import Reading
from sync.settlement import settle_finding
from sync.wording import Text
from tests.cycle.test_crashes import LEASE_GONE, run_until_killed
from tests.cycle.test_people import A1, A2, I2, action, page
from tests.road import Road
from tests.site.snapshot_samples import becancour, with_a_correction

CLOSING = datetime(2026, 2, 21, 4, 45, tzinfo=UTC)
"""23:45 on the day of the gel, in the city."""
MIDNIGHT = datetime(2026, 2, 21, 5, 1, tzinfo=UTC)
LINE_OF_A1 = [indicator_ref(f"A1-01-mi-chemin-{n}") for n in (1, 2)]
OTHERWISE = f"status.frozen_otherwise:{A2}#mi-chemin"
WHY = "Le procès-verbal du 12 février l’atteste."


def tick(road: Road, ref: str, day: str | None, *, done: bool = True) -> None:
    fields = {road.field_name("fait_le"): day}
    road.control.edit_task(road.gid(ref), "Greffière", completed=done, fields=fields)


def midway(road: Road, id_: str) -> dict[str, Any]:
    return dict(action(road, id_)["jalons"]["mi-chemin"])


def keys(road: Road) -> set[str]:
    return {one.finding.key for one in road.store.findings()}


def correct(road: Road, key: str = OTHERWISE, **more: Any) -> None:
    plan = road.store.revisions()[-1].plan
    ask = Ask("correct", "Mme la greffière", "vérifié au greffe", **{"public_reason": WHY} | more)
    settle_finding(road.store, plan, key, ask, road.clock.now(), zone=road.steering.zone)


def to_the_gel(road: Road) -> None:
    """Provisioned, read before midnight, frozen after it."""
    road.begin()
    road.go_to(CLOSING)
    road.cycle(full=True)
    road.go_to(MIDNIGHT)
    road.cycle()


def set_back(road: Road) -> None:
    """Five days after the gel somebody dates a result before the due date."""
    to_the_gel(road)
    road.go_to(MIDNIGHT + timedelta(days=5))
    tick(road, I2, "2026-02-12")
    road.cycle()


def falling_short(observe: Callable[..., Reading]) -> Callable[..., Reading]:
    def short(*args: Any, **more: Any) -> Reading:
        reading = observe(*args, **more)
        observed = replace(reading.observed, complete=False)
        return replace(reading, observed=observed, shortfall=Text("à moitié lu", "half read"))

    return short


def test_the_freeze_is_from_the_read_before_midnight_even_when_the_next_one_falls_short(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was ticked since, or cannot be read any more, changes nothing of that day."""
    road.begin()
    tick(road, LINE_OF_A1[0], "2026-02-10")
    road.go_to(CLOSING)
    road.cycle(full=True)
    assert road.store.frozen() == {}, "the day is not over"
    tick(road, I2, "2026-02-10")
    road.go_to(MIDNIGHT)
    monkeypatch.setattr(AsanaTarget, "observe", falling_short(AsanaTarget.observe))
    report = road.cycle(full=True)
    assert report.incomplete is not None
    frozen = road.store.frozen()
    assert {one.after_the_fact for one in frozen.values()} == {False}
    assert frozen["A1-01", "mi-chemin"].standing.done == 1
    assert frozen["A1-02", "mi-chemin"].standing.status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    "at", [16, 44, *(pytest.param(n, marks=pytest.mark.night) for n in (3, 30))]
)
def test_a_cycle_killed_while_it_freezes_changes_nothing_of_what_is_frozen(
    road: Road, at: int
) -> None:
    """Before or after it was remembered: the read before midnight is what counts, once."""
    road.begin()
    tick(road, LINE_OF_A1[0], "2026-02-10")
    road.go_to(CLOSING)
    road.cycle(full=True)
    tick(road, I2, "2026-02-10")
    road.go_to(MIDNIGHT)
    run_until_killed(road, at)
    road.reopen()
    road.wait(LEASE_GONE)
    road.cycle()
    frozen = road.store.frozen()
    assert {one.after_the_fact for one in frozen.values()} == {False}
    assert frozen["A1-01", "mi-chemin"].standing.done == 1
    assert frozen["A1-02", "mi-chemin"].standing.status is Status.NOT_ASSESSED
    assert len([row for row in road.store.log() if row.kind == "freeze"]) == len(frozen) == 4


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(CLOSING - timedelta(hours=14), id="only in the morning of the gel"),
        pytest.param(CLOSING - timedelta(days=2), id="not on the gel's day"),
    ],
)
def test_when_the_service_was_down_the_freeze_says_so_and_counts_what_was_dated_in_time(
    road: Road, last: datetime
) -> None:
    road.go_to(last)
    road.cycle(full=True)
    tick(road, I2, "2026-02-19")
    road.go_to(MIDNIGHT + timedelta(hours=9))
    road.cycle(full=True)
    frozen = midway(road, "A1-02")
    assert (frozen["etat_fige"], frozen["fige_apres_coup"]) == ("atteint_en_retard", True)


def test_a_date_set_back_is_told_and_a_correction_stands_beside_what_was_frozen(road: Road) -> None:
    """Never over it: in the store, in the data, on the page, in the counts, in « Suivi public »."""
    set_back(road)
    assert {OTHERWISE, f"indicator.backdated:{I2}"} <= keys(road)
    before = road.store.frozen()
    assert page(road)["totaux"]["mi-chemin"]["corrige"] == {}
    correct(road)
    assert road.cycle().outcome == "ok"
    standing = midway(road, "A1-02")
    assert (standing["etat"], standing["etat_fige"]) == ("atteint", "non_evalue")
    assert standing["corrections"] == [{"etat": "atteint", "le": "2026-02-26", "motif": WHY}]
    totals = page(road)["totaux"]["mi-chemin"]
    assert (totals["fige"], totals["corrige"]) == (
        {"non_evalue": 4},
        {"atteint": 1, "non_evalue": 3},
    )
    assert road.store.frozen() == before, "what is frozen is not touched"
    told = (road.public / f"actions/{A2.removeprefix('action:')}.html").read_text(encoding="utf-8")
    assert "Corrigé le 26 février 2026" in told.replace("\u00a0", " ")
    assert "vérifié au greffe" not in told
    followup = road.tasks()[road.gid(A2)]["fields"][road.field_name("suivi_public")]
    assert "figé « non évalué », corrigé le 26 février 2026 : « atteint »" in followup
    (row,) = [r for r in road.store.log(subject=A2) if r.kind == "settlement"]
    assert (row.actor, row.from_, row.to) == (
        "Mme la greffière",
        "non_evalue",
        "correct atteint",
    )
    told_still = {OTHERWISE, f"indicator.backdated:{I2}"} & keys(road)
    assert not told_still, "what stands for that day is what the data say of it"
    road.control.forget_requests()
    again = road.cycle()
    assert (road.writes(), again.snapshot_is_new) == (0, False)


def test_a_correction_is_itself_corrected_by_one_entry_more(road: Road) -> None:
    set_back(road)
    correct(road)
    road.cycle()
    tick(road, I2, None, done=False)
    road.wait(3600)
    road.cycle()
    regressed = f"status.regressed:{A2}#mi-chemin"
    assert regressed in keys(road)
    correct(road, regressed, public_reason="Le procès-verbal était d’une autre séance.")
    road.cycle()
    said = [one["etat"] for one in midway(road, "A1-02")["corrections"]]
    assert said == ["atteint", "non_evalue"]
    assert midway(road, "A1-02")["etat_fige"] == "non_evalue"
    assert regressed not in keys(road)


def test_what_was_frozen_while_retired_can_be_corrected_once_it_is_reinstated(road: Road) -> None:
    """The frozen « Retiré » stays; without a question nobody could ever say beside it what was."""
    road.begin()
    road.go_to(MIDNIGHT - timedelta(days=3))
    road.cycle()
    plan, who = road.store.revisions()[-1].plan, ("Mme la greffière", "décidé au comité")
    retire = Ask("retire", *who)
    settle_finding(
        road.store,
        plan,
        f"status.undeclared:{A2}#mi-chemin",
        retire,
        road.clock.now(),
        zone=road.steering.zone,
    )
    road.cycle()
    road.go_to(CLOSING)
    road.cycle(full=True)
    road.go_to(MIDNIGHT)
    road.cycle()
    assert midway(road, "A1-02")["etat_fige"] == "retire"
    assert OTHERWISE not in keys(road), "nothing is asked of a retired action"
    again = Ask("reinstate", *who)
    settle_finding(
        road.store, plan, f"action.retired:{A2}", again, road.clock.now(), zone=road.steering.zone
    )
    tick(road, I2, "2026-02-12")
    road.wait(90)
    road.cycle()
    correct(road)
    road.cycle()
    told = midway(road, "A1-02")
    assert (told["etat_fige"], told["corrections"][0]["etat"]) == ("retire", "atteint")
    assert OTHERWISE not in keys(road)


def test_what_was_done_after_the_gel_is_late_and_no_question_about_the_gel(road: Road) -> None:
    to_the_gel(road)
    road.go_to(MIDNIGHT + timedelta(days=5))
    tick(road, I2, "2026-02-24")
    road.cycle()
    standing = midway(road, "A1-02")
    assert (standing["etat"], standing["etat_fige"]) == ("atteint_en_retard", "non_evalue")
    assert not [key for key in keys(road) if key.startswith(("status.frozen", "indicator."))]


def test_a_date_moved_past_the_due_date_after_the_gel_is_told(road: Road) -> None:
    road.begin()
    tick(road, I2, "2026-02-12")
    road.go_to(CLOSING)
    road.cycle(full=True)
    road.go_to(MIDNIGHT + timedelta(days=3))
    road.cycle()
    assert midway(road, "A1-02")["etat_fige"] == "atteint"
    tick(road, I2, "2026-02-23")
    road.wait(3600)
    road.cycle()
    assert {OTHERWISE, f"indicator.postdated:{I2}"} <= keys(road)


def test_a_correction_says_why_in_public_and_to_what(road: Road) -> None:
    set_back(road)
    for more, words in (
        ({"public_reason": None}, "--public-reason est requis"),
        ({"public_reason": "Appeler le 819 555-0199"}, "téléphone"),
        ({"status": Status.UNDER_WAY}, "ne peut devenir"),
        ({"status": Status.NOT_ASSESSED}, "déjà l’état figé"),
    ):
        with pytest.raises(ConfigError) as refused:
            correct(road, **more)
        assert words in refused.value.in_("fr")
    assert road.store.settlements() == ()
    assert A1 not in {one.finding.subject for one in road.store.findings()}


def test_a_published_frozen_status_that_would_change_stops_the_publication() -> None:
    """Whatever comes to be wrong in the store or in the code; one correction more is none of it."""
    before = becancour(1, date(2026, 3, 21))
    told = with_a_correction(before)
    guard_frozen(before, told)
    guard_frozen(told, told)
    with pytest.raises(UnsafeChangeSet):
        guard_frozen(told, before)
    for wrong in (
        {"etat_fige": "non_evalue"},
        {"fige_apres_coup": True},
        {"fige_le": "2026-02-21"},
    ):
        other = told.model_dump(mode="json")
        places = [a for x in other["axes"] for v in x["volets"] for a in v["actions"]]
        standing = next(s for a in places for s in a["jalons"].values() if s["corrections"])
        assert standing | wrong != standing
        standing |= wrong
        with pytest.raises(UnsafeChangeSet):
            guard_frozen(told, Snapshot.model_validate(other))
