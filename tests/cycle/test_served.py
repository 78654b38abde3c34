"""What a target serves is read back at every cycle, told where it is another thing, and mended."""

import json

import pytest

from sync.core.sides import asana_link
from tests.adapters.publish.receiver import answer, receiving
from tests.road import Road

ALTERED = "publish.altered:target:public"


def told(road: Road) -> dict[str, str]:
    return {one.finding.key: one.state for one in road.store.findings(closed=True)}


@pytest.mark.parametrize("name", ["dernier.json", "index.html", "instantanes/0001.json"])
def test_other_bytes_than_published_are_told_and_replaced_in_the_same_cycle(
    road: Road, name: str
) -> None:
    """And the finding is closed by the next cycle that finds the target as it should be."""
    road.begin()
    published = (road.public / name).read_bytes()
    (road.public / name).unlink()
    (road.public / name).write_bytes(b"{}")
    report = road.cycle()
    assert (report.outcome, report.failed_targets) == ("ok", ())
    assert told(road)[ALTERED] == "open"
    assert (road.public / name).read_bytes() == published
    (row,) = [row for row in road.store.log() if row.rule == "publish.altered"]
    assert name in row.reason_fr
    road.cycle()
    assert told(road)[ALTERED] == "closed"


def test_a_receiver_that_serves_another_snapshot_gets_ours_again(road: Road) -> None:
    ours = [answer(201), answer(200, {"sert": "0" * 64}), answer(201)]
    with receiving(*ours) as receiver:
        road.targets = (receiver.url,)
        road.cycle()
        road.cycle()
        bodies = [json.loads(one.body) for one in receiver.received]
    assert [body.get("numero") for body in bodies] == [1, 1, 1]
    assert ["plan" in body for body in bodies] == [True, False, True]
    assert [key.partition(":")[0] for key in told(road) if "publish" in key] == ["publish.altered"]


def test_no_way_into_asana_reaches_the_public(road: Road) -> None:
    """Administrators get a link to the task; it stays with them, and so do Asana's own numbers."""
    road.begin()
    shown = {road.field_name("note_publique"): "Vu.", road.field_name("publier_note"): "Oui"}
    road.control.edit_task(road.gid("action:A1-01"), "Greffière", name="Autre", fields=shown)
    road.wait(90)
    assert road.cycle().snapshot_is_new
    drift = next(f.finding for f in road.store.findings() if f.finding.code == "field.drifted")
    link = asana_link(drift, road.store.links(), sandbox=False)
    assert link
    hidden = ["asana.com", *road.store.links().values()]
    bodies = [path.read_text("utf-8") for path in road.public.rglob("*") if path.is_file()]
    assert len(bodies) > 5
    assert not [word for word in hidden for body in bodies if word in body]
