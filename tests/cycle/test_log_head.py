"""The head of the log is told where whoever rewrites the database does not reach."""

import json

from structlog.testing import capture_logs

from sync.core.chain import Told, verify
from sync.model.record import Head, NewLogRow
from tests.road import Road


def published(road: Road, name: str) -> Head:
    told = json.loads((road.public / name).read_bytes())["journal"]
    return Head(told["lignes"], told["tete"])


def test_each_cycle_tells_the_head_of_its_log_in_three_places(road: Road) -> None:
    with capture_logs() as logs:
        road.cycle()
    (finished,) = [each for each in logs if each["event"] == "cycle.finished"]
    last = Head(finished["log_rows"], finished["log_head"])
    assert last == road.store.log_head()
    heads = [published(road, name) for name in ("dernier.json", "instantanes/0001.json")]
    heads += [published(road, "etat.json"), last]
    assert all(head.rows > 0 for head in heads)
    assert verify(road.store.sealed_log(), [Told(head, "ailleurs") for head in heads]).faults == ()


def test_the_log_going_on_is_no_new_number_and_the_state_tells_it(road: Road) -> None:
    """Else every cycle would be a publication; `etat.json` is what is refreshed by each."""
    road.begin()
    road.store.append_log("import", road.clock.now(), [NewLogRow("revision", "plan")])
    head = road.store.log_head()
    report = road.cycle()
    assert (report.snapshot_number, report.snapshot_is_new) == (1, False)
    assert published(road, "dernier.json").rows < head.rows
    assert published(road, "etat.json") == head
