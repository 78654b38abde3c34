"""The end of a plan, over whole cycles: one last number, then nothing written and nothing moved."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.core.commitments import places_of, without
from sync.core.held_back import HELD_BACK, write_held_back
from sync.core.marks import action_ref, indicator_ref
from sync.core.settling import Ask
from sync.core.withdrawal import WITHDRAWALS, write_withdrawals
from sync.cycle import CycleReport
from sync.errors import (
    ConfigError,
    PublicationFailed,
    SyncError,
    TargetDenied,
    TargetUnavailable,
    UnsafeChangeSet,
)
from sync.model.finding import Choice
from sync.model.guarding import Acceptance
from sync.model.record import NewLogRow
from sync.model.snapshot import PublicAction, PublicWithdrawal, Snapshot
from sync.proposal import GONE
from sync.settlement import settle_finding
from sync.wording import Text
from tests.core.paper_asana import PaperAsana, rules_for, small_plan
from tests.cycle.paper_road import Begun, Page, PaperRoad, PaperTarget, begin
from tests.empty_store import empty_store

LAST_DAY = date(2026, 4, 30)
STILL = datetime(2026, 5, 1, 3, 59, tzinfo=UTC)
OVER = datetime(2026, 5, 1, 4, 1, tzinfo=UTC)
"""The last minute of that day in the city, and the first one after it."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A1, A2 = action_ref("A1-01"), action_ref("A1-02")
I2 = indicator_ref("A1-02-mi-chemin-1")
NOTE = "Le centre ouvre au printemps."


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """Provisioned, then frozen twice; one note is published."""
    begun = begin(tmp_path_factory.mktemp("begun"))
    folder = tmp_path_factory.mktemp("frozen")
    with begun.road(folder) as road:
        road.paper.set_field(A1, "note_publique", NOTE)
        road.paper.set_field(A1, "publier_note", "oui")
        road.cycle(datetime(2026, 2, 21, 17, tzinfo=UTC))
        road.cycle(datetime(2026, 3, 21, 17, tzinfo=UTC))
        return Begun(folder / "jalon.db", road.paper)


@pytest.fixture
def road(begun: Begun, tmp_path: Path) -> Iterator[PaperRoad]:
    with begun.road(tmp_path, ends_on=LAST_DAY) as opened:
        yield opened


def said(road: PaperRoad) -> Snapshot:
    last = road.store.last_snapshot()
    assert last is not None
    return Snapshot.model_validate_json(last.body)


def said_of(road: PaperRoad, id_: str = "A1-01") -> PublicAction:
    return next(one for one in said(road).actions() if one.id == id_)


def cycle(road: PaperRoad, at: datetime | None = None, **wishes: Any) -> CycleReport:
    road.paper.written.clear()
    report = road.cycle(at, **wishes)
    assert report is not None
    return report


def declare(road: PaperRoad, ref: str = A1, word: str = "en_cours") -> None:
    road.paper.set_field(ref, "declare/finalite", word)


def settle(road: PaperRoad, key: str, choice: Choice, **more: Any) -> None:
    ask = Ask(choice, "Mme la greffière", "vérifié au greffe", **more)
    settle_finding(road.store, road.paper.plan, key, ask, road.clock.at, zone=road.rules.zone)


def ended(road: PaperRoad, at: datetime = OVER) -> Snapshot:
    cycle(road, at - 2 * DAY)
    cycle(road, at)
    found = said(road)
    assert found.ended == (LAST_DAY, date(2026, 5, 1))
    return found


def withdraw_note(road: PaperRoad) -> None:
    """From every snapshot that holds it, as a person asked for; Asana is not asked."""
    bodies = {
        one.number: without(one.body, places)
        for one in road.store.snapshots()
        if (places := places_of(one.body, ("A1-01", "note", None)))
    }
    assert road.store.snapshots()[-1].number in bodies
    made = PublicWithdrawal(
        instantanes=tuple(bodies),
        action="A1-01",
        champ="note",
        le=date(2026, 5, 2),
        motif="À la demande de la personne.",
    )
    row = NewLogRow("withdrawn", "", rule="withdrawn", reason_fr="demande", actor="greffe")
    road.store.withdraw(
        bodies,
        row,
        OVER + HOUR,
        (WITHDRAWALS, write_withdrawals([made])),
        (HELD_BACK, write_held_back(frozenset({("A1-01", "note")}))),
    )


WHY = Text("le projet n’existe plus", "the project is gone")
NO_ASANA = [
    pytest.param(UnsafeChangeSet(WHY, rule=GONE), id="deleted"),
    pytest.param(TargetDenied(WHY), id="revoked"),
    pytest.param(TargetUnavailable(WHY), id="down"),
]


def refusing(patched: pytest.MonkeyPatch, error: SyncError) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    patched.setattr(PaperTarget, "observe", refuse)


def falling_short(observe: Callable[..., Any]) -> Callable[..., Any]:
    def short(*args: Any, **more: Any) -> Any:
        reading = observe(*args, **more)
        observed = replace(reading.observed, complete=False)
        return replace(reading, observed=observed, shortfall=Text("à moitié lu", "half read"))

    return short


# the last number


def test_the_day_counts_to_its_end_in_the_city_and_then_one_last_number_says_so(
    road: PaperRoad,
) -> None:
    """By the calendar alone: nothing else has changed."""
    assert cycle(road, STILL).snapshot_is_new, "the day itself is news, once"
    before = said(road)
    assert (before.fin, before.ended) == (LAST_DAY, None)
    assert not road.page.states[-1].termine
    report = cycle(road, OVER)
    after = said(road)
    assert (report.outcome, report.snapshot_is_new, report.full_read) == ("ok", True, True)
    assert after.ended == (LAST_DAY, date(2026, 5, 1))
    assert after.axes == before.axes
    assert road.page.states[-1].termine
    assert any("pris fin le 30 avril 2026" in one.fr for one in report.warnings)
    assert road.rows("ended") == 1
    for later in (HOUR, 400 * DAY):
        assert not cycle(road, OVER + later).snapshot_is_new
    assert road.rows("ended") == 1


def test_what_people_left_behind_on_the_last_day_is_in_the_last_state(road: PaperRoad) -> None:
    cycle(road, STILL)
    declare(road)
    cycle(road, OVER)
    assert said_of(road).jalons["finalite"].declare == "en_cours"


def test_a_service_that_was_down_ends_the_plan_later_and_tells_both_days(road: PaperRoad) -> None:
    cycle(road, STILL - 9 * DAY)
    cycle(road, OVER + 9 * DAY)
    assert said(road).ended == (LAST_DAY, date(2026, 5, 10))


def test_a_reading_that_falls_short_does_not_end_it(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits, says so, and reads everything each time; nothing is written while it waits."""
    cycle(road, STILL)
    road.paper.set_field(A1, "axe", None)
    with monkeypatch.context() as patched:
        patched.setattr(PaperTarget, "observe", falling_short(PaperTarget.observe))
        for hours in (0, 1):
            report = cycle(road, OVER + hours * HOUR)
            assert (report.outcome, report.full_read) == ("partial", True)
            assert report.incomplete is not None
            assert "attend une lecture complète" in report.incomplete.fr
            assert said(road).ended is None
            assert (road.paper.written, road.rows("ended")) == ([], 0)
    (row,) = [one for one in road.store.cycles(1) if one.reason]
    assert "attend une lecture complète" in (row.reason or "")
    cycle(road, OVER + 2 * HOUR)
    assert said(road).ended is not None


def test_a_held_cycle_does_not_end_it(road: PaperRoad) -> None:
    """What the guard counts it counts on the last day too; a person lets the last state through."""
    cycle(road, STILL)
    limits = replace(road.rules.limits, minimum_population=1)
    road.rules = replace(road.rules, limits=limits)
    for gid in road.paper.tasks:
        road.paper.absent.add(gid)
    with pytest.raises(UnsafeChangeSet) as held:
        cycle(road, OVER)
    assert said(road).ended is None
    assert "attend une lecture complète" in (road.store.cycles(1)[0].reason or "")
    yes = Acceptance(str(held.value.facts["digest"]), "Directrice générale", "vérifié")
    cycle(road, OVER + HOUR, accept=yes)
    assert said(road).ended is not None


def test_a_cycle_that_began_before_midnight_does_not_end_it(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may go on past midnight: what it read, it read while the plan went on."""
    road.rules = replace(road.rules, page_url="https://ville.example/suivi/")
    cycle(road, STILL - DAY)
    road.rules = replace(road.rules, page_url="https://ville.example/autre/")

    def past_midnight() -> None:
        road.clock.at = OVER

    monkeypatch.setattr(road.target, "meanwhile", past_midnight)
    assert cycle(road, STILL).outcome == "ok"
    assert road.paper.written, "what had begun is finished"
    assert said(road).ended is None
    cycle(road, OVER + HOUR)
    assert said(road).ended is not None


def test_a_plan_that_was_never_followed_does_not_end(tmp_path: Path) -> None:
    """Nothing would be told of it but that nothing is known."""
    file = tmp_path / "neuf.db"
    file.write_bytes(empty_store())
    plan = small_plan()
    blank = Begun(file, PaperAsana(plan, rules_for(plan)))
    with blank.road(tmp_path, ends_on=LAST_DAY) as road:
        with pytest.raises(ConfigError) as refused:
            cycle(road, OVER)
        assert "corrigez « ends »" in refused.value.in_("fr")
        assert road.paper.written == []
        assert road.store.last_snapshot() is None


# afterwards


def test_afterwards_asana_is_only_read(road: PaperRoad) -> None:
    """Nothing is put back, made or told there, whatever people do; what was written stays."""
    ended(road)
    road.paper.set_field(A1, "axe", None)
    road.paper.set_field(A2, "suivi_public", "Tout va mal")
    road.paper.change(A2, name="Autre nom")
    road.rules = replace(road.rules, page_url="https://ville.example/suivi/")
    declare(road)
    report = cycle(road, OVER + DAY)
    assert (road.paper.written, dict(report.operations), report.outcome) == ([], {}, "ok")
    keys = {one.finding.key for one in road.store.findings()}
    assert f"field.drifted:{A1}#axe" in keys, "told, and not put back"
    assert not [key for key in keys if key.startswith("field.restored")]


def test_afterwards_the_page_keeps_what_it_says(road: PaperRoad) -> None:
    last = ended(road)
    declare(road)
    road.paper.set_field(A1, "publier_note", None)
    road.paper.change(I2, completed=True)
    road.paper.absent.add(road.paper.links[A2])
    report = cycle(road, OVER + DAY)
    assert (report.snapshot_is_new, report.outcome) == (False, "ok")
    assert said(road) == last
    assert road.page.states[-1].verifie_le > OVER, "a good cycle still says that all is in place"


def test_afterwards_the_projects_may_be_emptied_or_put_away(road: PaperRoad) -> None:
    """A city that tidies up is no alarm: nothing is written, and the page does not follow."""
    ended(road)
    for role, project in road.paper.projects.items():
        road.paper.projects[role] = replace(project, archived=True)
    for gid in road.paper.tasks:
        road.paper.absent.add(gid)
    assert cycle(road, OVER + DAY).outcome == "ok"


def test_afterwards_a_correction_is_one_number_more_and_nothing_else_comes_with_it(
    road: PaperRoad,
) -> None:
    last = ended(road)
    road.paper.set_field(I2, "fait_le", date(2026, 2, 12))
    road.paper.change(I2, completed=True)
    declare(road)
    assert not cycle(road, OVER + DAY).snapshot_is_new
    why = "Le procès-verbal l’atteste."
    settle(road, f"status.frozen_otherwise:{A2}#mi-chemin", "correct", public_reason=why)
    assert cycle(road, OVER + 2 * DAY).snapshot_is_new
    assert road.paper.written == [], "« Suivi public » neither"
    after = said(road)
    standing = said_of(road, "A1-02").jalons["mi-chemin"]
    assert [(one.etat.value, one.motif) for one in standing.corrections] == [("atteint", why)]
    assert after.totaux["mi-chemin"].corrige["atteint"] == 1  # type: ignore[index]
    assert (after.ended, after.etat_au) == (last.ended, last.etat_au)
    assert said_of(road) == next(one for one in last.actions() if one.id == "A1-01")
    assert standing.etat is not standing.corrections[0].etat, "what Asana says since is not told"
    assert not cycle(road, OVER + 3 * DAY).snapshot_is_new


def test_afterwards_a_status_that_a_person_decides_is_kept_and_not_published(
    road: PaperRoad,
) -> None:
    last = ended(road)
    declare(road, word="atteint")
    cycle(road, OVER + DAY)
    keys = [one.finding.key for one in road.store.findings() if A1 in one.finding.subject]
    settle(road, next(key for key in keys if key.startswith("status.")), "confirm")
    assert not cycle(road, OVER + 2 * DAY).snapshot_is_new
    assert said(road) == last
    assert road.rows("settlement") == 1


def test_afterwards_a_text_is_withdrawn_from_the_last_state_too(road: PaperRoad) -> None:
    """Asana is no longer its source: the field there may keep it."""
    ended(road)
    assert said_of(road).note == NOTE
    withdraw_note(road)
    assert cycle(road, OVER + DAY).snapshot_is_new
    after = said(road)
    assert (said_of(road).note, after.engagements) == (None, {})
    assert [one.action for one in after.retraits] == ["A1-01"]
    assert not cycle(road, OVER + 2 * DAY).snapshot_is_new


def test_afterwards_a_name_put_on_the_list_is_withheld(road: PaperRoad) -> None:
    """As it would be of a plan that goes on; the past is held until it is withdrawn there too."""
    ended(road)
    road.rules = replace(road.rules, never=("printemps",))
    with pytest.raises(UnsafeChangeSet, match="withdraw"):
        cycle(road, OVER + DAY)
    assert (said_of(road).note, said_of(road).texte_retenu) == (None, True)


# Asana is gone


@pytest.mark.parametrize("error", NO_ASANA)
def test_a_withdrawal_is_published_though_asana_is_gone(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch, error: SyncError
) -> None:
    """A year later no project, no account and no answer is owed: the law still is."""
    ended(road)
    verified = road.page.states[-1].verifie_le
    withdraw_note(road)
    refusing(monkeypatch, error)
    report = cycle(road, OVER + 365 * DAY)
    assert (report.snapshot_is_new, report.outcome, report.full_read) == (True, "partial", False)
    assert report.incomplete is not None
    assert "Asana n’a pas pu être lu" in report.incomplete.fr
    assert WHY.fr in report.incomplete.fr
    assert said_of(road).note is None
    assert road.page.snapshots[-1] == said(road)
    assert road.page.states[-1].verifie_le <= verified, "nothing was verified"
    assert not cycle(road, OVER + 366 * DAY).snapshot_is_new
    assert road.page.states[-1].verifie_le <= verified


def test_a_correction_is_published_though_asana_is_gone(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = ended(road)
    road.paper.set_field(I2, "fait_le", date(2026, 2, 12))
    road.paper.change(I2, completed=True)
    cycle(road, OVER + DAY)
    why = "Le procès-verbal l’atteste."
    settle(road, f"status.frozen_otherwise:{A2}#mi-chemin", "correct", public_reason=why)
    refusing(monkeypatch, TargetDenied(WHY))
    assert cycle(road, OVER + 2 * DAY).snapshot_is_new
    standing = said_of(road, "A1-02").jalons["mi-chemin"]
    assert [(one.etat.value, one.motif) for one in standing.corrections] == [("atteint", why)]
    assert said_of(road) == next(one for one in last.actions() if one.id == "A1-01")


def test_what_was_not_read_neither_opens_nor_closes_a_finding_and_is_not_remembered(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day goes on and the last body of a task stays: neither says anything of Asana."""
    road.paper.set_field(A2, "axe", None)
    ended(road)
    before = road.store.findings(closed=True)
    assert before
    mirror, full_read = road.store.mirror(), road.store.last_full_read()
    with monkeypatch.context() as patched:
        refusing(patched, UnsafeChangeSet(WHY, rule=GONE))
        cycle(road, OVER + 30 * DAY)
    after = road.store.findings(closed=True)
    assert [(one.finding, one.state) for one in after] == [
        (one.finding, one.state) for one in before
    ]
    assert (road.store.mirror(), road.store.last_full_read()) == (mirror, full_read)
    road.paper.set_field(A2, "axe", "1")
    declare(road, A1, "atteint")
    cycle(road, OVER + 31 * DAY)
    assert {one.finding.key for one in road.store.findings()} != {
        one.finding.key for one in before
    }, "the next reading tells what changed meanwhile"


def test_a_target_that_failed_and_took_it_is_told_though_asana_is_gone(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That needs no reading: its finding opens, and closes once it has the publication."""
    ended(road)
    withdraw_note(road)
    refusing(monkeypatch, TargetDenied(WHY))

    def full(*_: object) -> None:
        raise PublicationFailed(Text("disque plein", "disk full"))

    with monkeypatch.context() as patched:
        patched.setattr(Page, "publish", full)
        assert cycle(road, OVER + DAY).failed_targets
    assert "publish.failed:target:page" in {one.finding.key for one in road.store.findings()}
    assert not cycle(road, OVER + 2 * DAY).failed_targets
    assert "publish.failed:target:page" not in {one.finding.key for one in road.store.findings()}


@pytest.mark.parametrize("error", NO_ASANA)
def test_without_a_last_state_asana_is_not_done_without(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch, error: SyncError
) -> None:
    cycle(road, STILL)
    refusing(monkeypatch, error)
    with pytest.raises(type(error)):
        cycle(road, OVER)
    assert said(road).ended is None


def test_what_a_reading_showed_to_be_unsafe_holds_after_the_end_too(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(road)
    refusing(monkeypatch, UnsafeChangeSet(WHY, rule="two projects"))
    with pytest.raises(UnsafeChangeSet):
        cycle(road, OVER + DAY)


# the day moves


@pytest.mark.parametrize(
    "new", [pytest.param(date(2026, 6, 30), id="later"), pytest.param(None, id="taken away")]
)
def test_a_plan_that_goes_on_after_all_says_so_and_follows_asana_again(
    road: PaperRoad, new: date | None
) -> None:
    """However much there is to put back: a person asked for it, so the guard lets it."""
    ended(road)
    limits = replace(road.rules.limits, minimum_population=1)
    for _, _, one in road.paper.plan.actions():
        road.paper.set_field(action_ref(one.id), "axe", None)
    declare(road)
    cycle(road, OVER + DAY)
    road.rules = replace(road.rules, ends_on=new, limits=limits)
    report = cycle(road, OVER + 2 * DAY)
    after = said(road)
    assert (report.outcome, report.snapshot_is_new) == ("ok", True)
    assert (after.fin, after.ended) == (new, None)
    assert said_of(road).jalons["finalite"].declare == "en_cours"
    assert road.paper.written, "what drifted meanwhile is put back"
    assert not road.page.states[-1].termine
    assert (road.rows("ended"), road.rows("resumed")) == (1, 1)


def withdrawn_text_findings(road: PaperRoad) -> list[str]:
    found = (one.finding for one in road.store.findings())
    return [one.subject for one in found if one.code == "public.text_withdrawn"]


def test_a_text_withdrawn_after_the_end_does_not_come_back_with_the_plan(road: PaperRoad) -> None:
    """Asana holds it still: neither the calendar nor a line of the config undoes a decision."""
    ended(road)
    withdraw_note(road)
    cycle(road, OVER + DAY)
    assert withdrawn_text_findings(road) == [], "of an ended plan nothing is asked"
    road.rules = replace(road.rules, ends_on=None)
    for days in (2, 3):  # it lasts
        assert cycle(road, OVER + days * DAY).outcome == "ok"
        assert said(road).ended is None
        assert said_of(road).note is None
        assert withdrawn_text_findings(road) == [f"{A1}#note_publique"]
    assert NOTE.encode() not in b"".join(one.body for one in road.store.snapshots())

    road.paper.set_field(A1, "note_publique", None)
    cycle(road, OVER + 4 * DAY)
    assert withdrawn_text_findings(road) == []
    road.paper.set_field(A1, "note_publique", "Le centre est ouvert.")
    cycle(road, OVER + 5 * DAY)
    assert said_of(road).note == "Le centre est ouvert.", "a person typed it since"


def test_a_text_withdrawn_after_the_end_is_not_in_another_last_state(road: PaperRoad) -> None:
    ended(road)
    withdraw_note(road)
    cycle(road, OVER + DAY)
    road.rules = replace(road.rules, ends_on=date(2026, 5, 20))
    cycle(road, OVER + 30 * DAY)
    assert said(road).ended == (date(2026, 5, 20), date(2026, 5, 31))
    assert said_of(road).note is None


def test_a_reading_that_falls_short_lets_nothing_withdrawn_go(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(road)
    withdraw_note(road)
    road.rules = replace(road.rules, ends_on=None)
    road.paper.set_field(A1, "note_publique", None)
    with monkeypatch.context() as patched:
        patched.setattr(PaperTarget, "observe", falling_short(PaperTarget.observe))
        cycle(road, OVER + DAY)
    road.paper.set_field(A1, "note_publique", NOTE)
    cycle(road, OVER + 2 * DAY)
    assert said_of(road).note is None


def test_what_a_person_took_out_after_the_end_is_free_when_the_plan_goes_on(
    road: PaperRoad,
) -> None:
    ended(road)
    withdraw_note(road)
    road.paper.set_field(A1, "note_publique", None)
    cycle(road, OVER + DAY)
    road.paper.set_field(A1, "note_publique", "Le centre est ouvert.")
    road.rules = replace(road.rules, ends_on=None)
    cycle(road, OVER + 2 * DAY)
    assert said_of(road).note == "Le centre est ouvert."


def test_a_plan_that_goes_on_is_still_guarded(road: PaperRoad) -> None:
    """What was lost while it rested is a question: the page would lose it now."""
    ended(road)
    for gid in road.paper.tasks:
        road.paper.absent.add(gid)
    cycle(road, OVER + DAY)
    limits = replace(road.rules.limits, minimum_population=1)
    road.rules = replace(road.rules, ends_on=None, limits=limits)
    with pytest.raises(UnsafeChangeSet):
        cycle(road, OVER + 2 * DAY)
    assert said(road).ended is not None


def test_a_day_moved_into_the_past_ends_it_at_the_next_cycle(road: PaperRoad) -> None:
    road.rules = replace(road.rules, ends_on=None)
    cycle(road, STILL)
    road.rules = replace(road.rules, ends_on=date(2026, 4, 15))
    assert cycle(road, STILL + timedelta(minutes=1)).snapshot_is_new
    assert said(road).ended == (date(2026, 4, 15), date(2026, 5, 1))


def test_an_end_that_is_corrected_once_over_is_told_and_changes_nothing_else(
    road: PaperRoad,
) -> None:
    last = ended(road)
    declare(road)
    road.rules = replace(road.rules, ends_on=date(2026, 4, 29))
    assert cycle(road, OVER + DAY).snapshot_is_new
    after = said(road)
    assert after.ended == (date(2026, 4, 29), date(2026, 5, 1))
    assert after.axes == last.axes


def test_a_later_day_that_is_past_already_makes_another_last_state(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before that day cannot be its last state: the two days would contradict."""
    ended(road)
    declare(road)
    later = date(2026, 5, 20)
    road.rules = replace(road.rules, ends_on=later)
    with monkeypatch.context() as patched:
        patched.setattr(PaperTarget, "observe", falling_short(PaperTarget.observe))
        report = cycle(road, OVER + 30 * DAY)
        assert report.incomplete is not None
        assert "attend une lecture complète" in report.incomplete.fr
        assert said(road).ended is None
    with monkeypatch.context() as patched:
        refusing(patched, TargetUnavailable(WHY))
        with pytest.raises(TargetUnavailable):
            cycle(road, OVER + 31 * DAY)
        assert "attend une lecture complète" in (road.store.cycles(1)[0].reason or "")
    assert cycle(road, OVER + 32 * DAY).snapshot_is_new
    assert said(road).ended == (later, date(2026, 6, 2))
    assert said_of(road).jalons["finalite"].declare == "en_cours"
    assert road.paper.written == []
    assert not cycle(road, OVER + 33 * DAY).snapshot_is_new
    assert (road.rows("ended"), road.rows("resumed")) == (2, 0)


def test_while_the_other_last_state_waits_it_is_said_of_the_one_that_was(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where nothing could be read since the day moved, and the page still says the old one."""
    ended(road)
    road.rules = replace(road.rules, ends_on=date(2026, 5, 20))
    refusing(monkeypatch, TargetUnavailable(WHY))
    with pytest.raises(TargetUnavailable):
        cycle(road, OVER + 30 * DAY)
    assert "attend une lecture complète" in (road.store.cycles(1)[0].reason or "")


def test_the_log_does_not_say_that_it_goes_on_where_the_closing_cycle_was_killed(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row was committed, its number was not; the next cycle falls short, the one after not."""
    cycle(road, STILL)

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("sync.cycle.number", killed)
        with pytest.raises(Killed):
            cycle(road, OVER)
    assert (road.rows("ended"), said(road).ended) == (1, None)
    with monkeypatch.context() as patched:
        patched.setattr(PaperTarget, "observe", falling_short(PaperTarget.observe))
        cycle(road, OVER + HOUR)
    assert said(road).ended is None
    cycle(road, OVER + 2 * HOUR)
    assert said(road).ended == (LAST_DAY, date(2026, 5, 1))
    assert (road.rows("ended"), road.rows("resumed")) == (1, 0)


def test_the_log_tells_the_day_of_the_last_state_that_was_numbered(
    road: PaperRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed closing cycle told another day: the log must not end on it."""
    cycle(road, STILL)
    with monkeypatch.context() as patched:
        patched.setattr("sync.cycle.number", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            cycle(road, OVER)
    cycle(road, OVER + DAY)
    told = [row.reason_fr for row in road.store.log() if row.kind == "ended"]
    assert told[-1] is not None
    assert told[-1].endswith("2 mai 2026")
