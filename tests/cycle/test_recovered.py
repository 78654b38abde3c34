"""A store that is gone in the middle of a plan's life: the page goes on as if it had not been."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync import recovery
from sync.adapters.asana.target import AsanaTarget
from sync.adapters.publish import from_folder, read_back
from sync.core.commitments import places_of, without
from sync.core.guard import RESTORED
from sync.core.held_back import HELD_BACK, write_held_back
from sync.core.withdrawal import WITHDRAWALS, write_withdrawals
from sync.errors import TargetDenied, TargetUnavailable, UnsafeChangeSet
from sync.model.record import NewLogRow
from sync.model.snapshot import PublicWithdrawal
from sync.recovery import Recovery
from sync.wording import Text
from tests.cycle.test_frozen import MIDNIGHT, OTHERWISE, correct, set_back
from tests.cycle.test_people import A1, A2, A3, action, page
from tests.cycle.test_settled import LOST, RENAMED, assert_quiet, rename, settle, state
from tests.road import Road

NOTE = "Madame Untel a demandé ce service."
DECLARED = f"status.declared_without_evidence:{A1}#finalite"


def lose(road: Road) -> None:
    road._open.close()
    for file in road.folder.glob("jalon.db*"):
        file.unlink()
    road.reopen()


def recovered(road: Road) -> Recovery:
    with road.ports() as ports:
        published = read_back(from_folder(road.public), str(road.public), road.plan.id)
        found = recovery.examine(ports, lambda _plan: road.steering, road.plan, published)
        recovery.recover(ports, found, "TI")
    return found


def test_what_was_frozen_corrected_and_confirmed_stays_on_the_page(road: Road) -> None:
    set_back(road)
    road.edit(A1, **{"declare/finalite": "Atteint"})
    road.cycle()
    correct(road)
    settle(road, DECLARED, "confirm", public_reason="Vu par le comité.", status=None)
    road.cycle()
    shown, frozen = page(road), road.store.frozen()
    assert "Vu par le comité." in json.dumps(shown, ensure_ascii=False)
    lose(road)
    road.wait(60)
    found = recovered(road)
    assert len(found.settled) == 2
    again = road.store.frozen()
    assert {k: (v.standing.status, v.frozen_on, v.done) for k, v in again.items()} == {
        k: (v.standing.status, v.frozen_on, v.done) for k, v in frozen.items()
    }
    road.control.forget_requests()
    report = road.cycle()
    assert (report.snapshot_is_new, road.writes()) == (False, 0)
    assert page(road) == shown
    assert not road.cycle().operations
    assert OTHERWISE in {one.finding.key for one in road.store.findings(closed=True)}


def test_a_plan_that_has_ended_stays_ended_and_as_it_was(road: Road) -> None:
    """Nothing but the publication says so: it is found there, whatever Asana says since."""
    set_back(road)
    road.steering = replace(road.steering, ends_on=date(2026, 3, 31))
    road.go_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert road.cycle().outcome == "ok"
    shown = page(road)
    assert shown["termine_le"] == "2026-04-01"
    road.edit(A1, **{"declare/finalite": "Atteint", "suivi_public": "Tout va bien"})
    road.wait(60)
    assert not road.cycle().snapshot_is_new
    lose(road)
    road.wait(60)
    recovered(road)
    road.control.forget_requests()
    report = road.cycle()
    assert (report.outcome, report.snapshot_is_new, road.writes()) == ("ok", False, 0)
    assert page(road) == shown
    correct(road)
    assert road.cycle().snapshot_is_new
    assert page(road)["termine_le"] == "2026-04-01"


def type_note(road: Road) -> None:
    name = road.field_name
    fields = {name("note_publique"): NOTE, name("publier_note"): "Oui"}
    road.control.edit_task(road.gid(A1), "Greffière", fields=fields)


def withdrawn_after_the_end(road: Road) -> None:
    road.begin()
    type_note(road)
    road.steering = replace(road.steering, ends_on=date(2026, 3, 31))
    road.go_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    road.cycle()
    assert NOTE in json.dumps(page(road), ensure_ascii=False)
    wanted = (A1.removeprefix("action:"), "note", None)
    bodies = {
        one.number: without(one.body, places)
        for one in road.store.snapshots()
        if (places := places_of(one.body, wanted))
    }
    made = PublicWithdrawal(
        instantanes=tuple(bodies),
        action=wanted[0],
        champ="note",
        le=date(2026, 4, 1),
        motif="À la demande de la personne.",
    )
    row = NewLogRow("withdrawn", "", rule="withdrawn", reason_fr="demande", actor="greffe")
    road.store.withdraw(
        bodies,
        row,
        road.clock.now(),
        (WITHDRAWALS, write_withdrawals([made])),
        (HELD_BACK, write_held_back(frozenset({wanted[:2]}))),
    )


def test_a_text_withdrawn_after_the_end_stays_so_though_store_and_end_are_gone(
    road: Road,
) -> None:
    """Only the publication tells the decision then, and Asana still holds the text."""
    withdrawn_after_the_end(road)
    road.wait(60)
    road.cycle()
    lose(road)
    road.wait(60)
    recovered(road)
    road.steering = replace(road.steering, ends_on=None)
    road.cycle()
    assert page(road)["termine_le"] is None
    assert NOTE not in json.dumps(page(road), ensure_ascii=False)


def test_a_withdrawal_of_after_the_end_that_was_not_published_yet_outlives_a_recovery(
    road: Road,
) -> None:
    """The page still shows the text: the store knows better than it."""
    withdrawn_after_the_end(road)
    road.store.note_fact(RESTORED, road.clock.now().isoformat())
    recovered(road)
    road.steering = replace(road.steering, ends_on=None)
    road.wait(60)
    road.cycle()
    assert page(road)["termine_le"] is None
    assert NOTE not in json.dumps(page(road), ensure_ascii=False)


def without_asana(patched: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TargetDenied(Text("jeton révoqué", "token revoked"))

    patched.setattr(AsanaTarget, "observe", refuse)


def test_a_restored_store_of_an_ended_plan_is_recovered_though_asana_is_gone(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its backup would be of no use: a withdrawal is owed a year later too."""
    withdrawn_after_the_end(road)
    road.wait(60)
    road.store.note_fact(RESTORED, road.clock.now().isoformat())
    without_asana(monkeypatch)
    with pytest.raises(UnsafeChangeSet, match="recover"):
        road.cycle()
    recovered(road)
    road.wait(60)
    assert road.cycle().snapshot_is_new
    assert page(road)["termine_le"] == "2026-04-01"
    assert NOTE not in json.dumps(page(road), ensure_ascii=False)


def test_an_empty_store_of_an_ended_plan_is_told_what_to_do_when_asana_is_gone(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawn_after_the_end(road)
    lose(road)
    without_asana(monkeypatch)
    with pytest.raises(TargetUnavailable) as refused:
        recovered(road)
    assert "jeton révoqué" in refused.value.text.fr
    assert "jalon restore" in refused.value.text.fr
    assert road.store.last_snapshot() is None


def test_a_retired_action_stays_retired_and_its_trashed_task_is_not_made_anew(road: Road) -> None:
    road.begin()
    road.control.trash_task(road.gid(A3), "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    settle(road, LOST, "retire", public_reason="Fusionnée.")
    road.cycle()
    shown = action(road, "A1-03")["jalons"]
    lose(road)
    road.wait(60)
    recovered(road)
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0
    assert action(road, "A1-03")["jalons"] == shown


def test_renamed_sections_and_options_are_not_made_twice(road: Road) -> None:
    road.begin()
    (section, *_) = [ref for ref in road.store.links() if ref.startswith("section:1.")]
    road.control.act("rename_section", "Greffière", section=road.gid(section), name="À nous")
    lose(road)
    road.wait(60)
    found = recovered(road)
    assert section in found.links
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0


def test_a_mass_of_emptied_fields_is_seen_across_a_recovery(road: Road) -> None:
    """What people had entered is known from the page: emptied meanwhile, it is not just gone."""
    road.begin()
    road.edit(A1, **{"declare/mi-chemin": "Atteint"})
    road.cycle()
    lose(road)
    road.control.edit_task(
        next(
            g
            for g, t in road.tasks().items()
            if t["fields"].get(road.id_field, "").endswith("/A1-01")
        ),
        "Greffière",
        fields={road.field_name("declare/mi-chemin"): None},
    )
    road.wait(60)
    found = recovered(road)
    assert found.agreed[A1, "declare/mi-chemin"] == "atteint"
    road.cycle()
    (row,) = [r for r in road.store.log(subject=A1) if r.field == "declare/mi-chemin"]
    assert (row.kind, row.base, row.to) == ("pull", "atteint", None)


def test_a_gel_that_passed_while_the_store_was_gone_is_after_the_fact(road: Road) -> None:
    road.begin()
    lose(road)
    road.go_to(MIDNIGHT + timedelta(days=5))
    recovered(road)
    road.cycle()
    assert {one.after_the_fact for one in road.store.frozen().values()} == {True}


def decide(road: Road, *, trashed: bool) -> None:
    """One action is retired, one confirmed, one corrected, and all of it published."""
    set_back(road)
    road.edit(A1, **{"declare/finalite": "Atteint"})
    road.control.trash_task(road.gid(A3), "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    correct(road)
    settle(road, DECLARED, "confirm", public_reason="Vu par le comité.", status=None)
    settle(road, LOST, "retire", public_reason="Fusionnée.")
    if not trashed:
        road.control.restore_task(road.gid(A3), "Greffière")
        road.wait(60)
    road.cycle()


def held(road: Road) -> dict[tuple[str, str], str | None]:
    """What a cycle left as it was, with what the plan says there."""
    return {(row.subject, row.field): row.plan for row in road.store.log() if row.kind == "hold"}


def foretold(found: Recovery) -> dict[tuple[str, str], str | None]:
    return {(one.subject, one.field): one.plan for one in found.held}


@pytest.mark.parametrize("trashed", [True, False])
def test_the_preview_tells_what_the_next_cycle_does_of_what_people_had_decided(
    road: Road, trashed: bool
) -> None:
    """Whoever touches a task afterwards: what Jalon had written there still agrees."""
    decide(road, trashed=trashed)
    gids = [road.gid(ref) for ref in (A1, A2, *(() if trashed else (A3,)))]
    lose(road)
    road.wait(60)
    for gid in gids:
        road.control.edit_task(gid, "Greffière", fields={road.field_name("direction"): None})
    found = recovered(road)
    assert len(found.settled) == 3
    assert (foretold(found), found.missing) == ({}, ())
    road.control.forget_requests()
    road.cycle()
    assert (held(road), road.writes()) == ({}, 0)
    assert state(road, f"action.retired:{A3}") == "reopened", "it stays in sight"


def test_a_field_in_doubt_is_told_with_the_words_that_the_next_cycle_would_write(
    road: Road,
) -> None:
    """Somebody wrote into « Suivi public »; the gel of the second checkpoint went by meanwhile."""
    decide(road, trashed=False)
    gids = {ref: road.gid(ref) for ref in (A1, A2, A3)}
    lose(road)
    road.go_to(road.clock.at + timedelta(days=300))
    for gid in gids.values():
        fields = {road.field_name("suivi_public"): "À voir"}
        road.control.edit_task(gid, "Greffière", fields=fields)
    found = recovered(road)
    assert foretold(found).keys() == {(ref, "suivi_public") for ref in gids}
    road.cycle()
    assert held(road) == foretold(found)


def test_words_accepted_with_something_invisible_in_them_are_told_apart_by_nobody(
    road: Road,
) -> None:
    """Neither by the next cycle nor by a recovery, which knows them from the page."""
    road.begin()
    rename(road, A1, "\u202eBureau\u200b des projets\ufeff")
    road.wait(90)
    road.cycle()
    settle(road, RENAMED, "asana")
    road.cycle()
    plan = road.store.revisions()[-1].plan
    assert next(a.title for _, _, a in plan.actions()) == "Bureau des projets"
    notes = road.tasks()[road.gid(A1)]["notes"]
    assert not {"\u202e", "\u200b", "\ufeff"} & set(notes)
    assert_quiet(road)
    rename(road, A1, "Bureau des\u00ad projets")
    road.wait(90)
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0
    assert RENAMED not in {one.finding.key for one in road.store.findings()}
    lose(road)
    road.wait(60)
    assert foretold(recovered(road)) == {}
    road.control.forget_requests()
    road.cycle()
    assert (held(road), road.writes()) == ({}, 0)
