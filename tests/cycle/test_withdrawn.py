"""A text withdrawn by decision, on the whole road: told once, and quiet after."""

from sync.adapters.publish import from_folder
from sync.adapters.signing import verify
from sync.core.commitments import places_of, without
from sync.core.verification import check, gather
from sync.core.withdrawal import WITHDRAWALS, write_withdrawals
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
    road.cycle()
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
