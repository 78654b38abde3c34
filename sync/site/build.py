"""The mutable face of a publication: every file that is rewritten with each snapshot."""

from collections.abc import Sequence

from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.feed import feed_json
from sync.site.open_data import actions_csv
from sync.site.page import index_html
from sync.site.presentation import Presentation
from sync.site.schema import snapshot_schema


def build_files(records: Sequence[SnapshotRecord], presentation: Presentation) -> dict[str, bytes]:
    """
    The files by relative path, from records oldest first; the last one is current.

    Same records, same bytes. `dernier.json` is the stored canonical body, never a new
    serialisation: its digest is what readers verify.
    """
    issues = [(record, Snapshot.model_validate_json(record.body)) for record in records]
    current, snapshot = issues[-1]
    return {
        "index.html": index_html(issues, presentation),
        "dernier.json": current.body,
        "actions.csv": actions_csv(snapshot),
        "flux.json": feed_json(issues, presentation),
        "schema/instantane.schema.json": snapshot_schema(),
    }
