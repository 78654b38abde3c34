"""What is kept between two publications: never what another state says."""

from datetime import date

from sync.model.record import SnapshotRecord
from sync.site.edition import Edition
from tests.site.pages import CITY, built
from tests.site.snapshot_samples import action, becancour, record_of, small


def test_two_states_with_the_same_number_and_claimed_digest_are_never_mixed() -> None:
    """A restored store may hold another snapshot 2: its pages and changes are its own."""

    def with_title(title: str) -> SnapshotRecord:
        record = record_of(small(action(titre=title), numero=2))
        return SnapshotRecord(2, record.as_of, record.generated_at, "0" * 64, record.body)

    first = record_of(small(action(titre="Avant")))
    for title in ("Un", "Deux"):
        files = built([first, with_title(title)])
        assert f">{title}</a>" in files["etats-passes/0002.html"].decode()
        told = list(Edition.of([first, with_title(title)], CITY).told())[1][1]
        assert [change.after for change in told] == [title]


def test_remembered_pages_are_the_bytes_that_a_fresh_process_would_draw() -> None:
    records = [record_of(becancour(n, date(2026, 2, n))) for n in range(1, 4)]
    once = built(records)
    assert built(records) == once
    longer = [*records, record_of(becancour(4, date(2026, 3, 21)))]
    kept = [f"etats-passes/000{n}.html" for n in (1, 2, 3)]
    assert [built(longer)[name] for name in kept] == [once[name] for name in kept]
