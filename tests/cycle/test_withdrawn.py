"""A text withdrawn by decision, on the whole road: told once, and quiet after."""

import re
from dataclasses import replace

import pytest

from sync.adapters.publish import from_folder
from sync.adapters.signing import verify
from sync.core.commitments import places_of, without
from sync.core.held_back import HELD_BACK, write_held_back
from sync.core.past_names import LOOKED_FOR
from sync.core.verification import check, gather
from sync.core.withdrawal import WITHDRAWALS, write_withdrawals
from sync.errors import UnsafeChangeSet
from sync.model.record import NewLogRow
from sync.model.snapshot import PublicWithdrawal, Snapshot
from tests.cycle.test_people import A1
from tests.road import Road

TEXT = "Madame Untel a demandé ce service."


def type_note(road: Road, text: str | None) -> None:
    fields = {
        road.field_name("note_publique"): text,
        road.field_name("publier_note"): "Oui" if text else None,
    }
    road.control.edit_task(road.gid(A1), "Greffière", fields=fields)
    road.wait(90)
    road.cycle()


def withdraw(road: Road) -> tuple[int, ...]:
    wanted = (A1.removeprefix("action:"), "note", None)
    bodies = {
        record.number: without(record.body, places)
        for record in road.store.snapshots()
        if (places := places_of(record.body, wanted))
    }
    made = PublicWithdrawal(
        instantanes=tuple(bodies),
        action=wanted[0],
        champ="note",
        le=road.clock.now().date(),
        motif="À la demande de la personne.",
    )
    row = NewLogRow("withdrawn", "", rule="withdrawn", reason_fr="demande", actor="greffe")
    road.store.withdraw(bodies, row, road.clock.now(), (WITHDRAWALS, write_withdrawals([made])))
    return tuple(bodies)


def test_the_publication_after_it_tells_the_decision_and_holds_the_text_nowhere(
    road: Road,
) -> None:
    road.begin()
    type_note(road, TEXT)
    type_note(road, None)
    folder = road.folder / road.targets[0]
    assert TEXT.encode() in (folder / "instantanes" / "0002.json").read_bytes()
    before = check(gather(from_folder(folder)), verify).checkpoint

    numbers = withdraw(road)
    road.wait(90)
    report = road.cycle()

    assert numbers
    assert report.snapshot_is_new
    last = Snapshot.model_validate_json(road.store.snapshots()[-1].body)
    assert [one.instantanes for one in last.retraits] == [numbers]
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert TEXT.encode() not in held
    found = check(gather(from_folder(folder)), verify)
    assert found.faults == ()
    assert found.withdrawn == len(numbers)
    assert before.size < found.checkpoint.size
    road.wait(90)
    assert not road.cycle().snapshot_is_new


def held_bytes(road: Road) -> bytes:
    folder = road.folder / road.targets[0]
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_name_that_becomes_private_stops_publication_until_the_past_is_rid_of_it(
    road: Road,
) -> None:
    """It stands in snapshot 2 alone, which no page shows and which is never made anew."""
    road.cycle()
    type_note(road, TEXT)
    type_note(road, None)
    road.steering = replace(road.steering, never=("Untel",))

    for _ in range(2):  # it lasts
        with pytest.raises(UnsafeChangeSet, match="stands in what is published already") as refused:
            road.cycle()
        road.wait(90)
    (command,) = re.findall(r"`(jalon withdraw [^`]+)`", refused.value.text.en)
    action = A1.removeprefix("action:")
    plan = road.plan.id
    assert command == f"jalon withdraw {action} --field note --from 2 --to 2 --plan {plan}"
    (finding,) = [one for one in road.store.findings() if one.finding.code == "guard.held"]
    assert command in str(finding.finding.facts["why"])

    assert withdraw(road) == (2,)
    road.wait(90)
    assert road.cycle().outcome == "ok"
    assert b"Untel" not in held_bytes(road)
    assert not [one for one in road.store.findings() if one.finding.code == "guard.held"]


def test_a_name_that_asana_still_says_is_withheld_first_and_withdrawn_after(road: Road) -> None:
    """The held cycle numbers the snapshot without it, so that the withdrawal is possible."""
    road.cycle()
    type_note(road, TEXT)
    road.steering = replace(road.steering, never=("Untel",))
    with pytest.raises(UnsafeChangeSet, match="stands in what is published already"):
        road.cycle()
    assert TEXT.encode() not in road.store.snapshots()[-1].body

    assert withdraw(road) == (2,)
    road.wait(90)
    road.cycle()
    assert b"Untel" not in held_bytes(road)


def test_the_past_is_read_again_only_when_the_list_has_changed(road: Road) -> None:
    road.cycle()
    road.steering = replace(road.steering, never=("Untel",))
    road.wait(90)
    road.cycle()
    first = road.store.facts()[LOOKED_FOR]
    road.steering = replace(road.steering, never=("Untel", "Unetelle"))
    road.wait(90)
    road.cycle()
    assert first
    assert road.store.facts()[LOOKED_FOR] not in ("", first)


def test_a_text_that_a_lost_task_held_is_withdrawn_for_good(
    road: Road,
) -> None:
    """Nobody can empty its field; the action goes on as last known, without the text."""
    road.begin()
    type_note(road, TEXT)
    road.control.trash_task(road.gid(A1), "Greffière")
    road.wait(90)
    road.cycle(full=True)
    assert TEXT.encode() in road.store.snapshots()[-1].body

    withdraw(road)
    road.store.note_fact(
        HELD_BACK, write_held_back(frozenset({(A1.removeprefix("action:"), "note")}))
    )
    for _ in range(2):
        road.wait(90)
        road.cycle(full=True)
        assert TEXT.encode() not in held_bytes(road)
        assert TEXT.encode() not in road.store.snapshots()[-1].body
