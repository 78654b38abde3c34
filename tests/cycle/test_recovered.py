"""A store that is gone in the middle of a plan's life: the page goes on as if it had not been."""

import json
from datetime import timedelta

from sync import recovery
from sync.adapters.publish import from_folder, read_back
from sync.recovery import Recovery
from tests.cycle.test_frozen import MIDNIGHT, OTHERWISE, correct, set_back
from tests.cycle.test_people import A1, A3, action, page
from tests.cycle.test_settled import LOST, settle
from tests.road import Road

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


def test_a_retired_action_stays_retired_and_its_trashed_task_is_not_made_anew(road: Road) -> None:
    road.cycle()
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
    road.cycle()
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
    road.cycle()
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
    road.cycle()
    lose(road)
    road.go_to(MIDNIGHT + timedelta(days=5))
    recovered(road)
    road.cycle()
    assert {one.after_the_fact for one in road.store.frozen().values()} == {True}
