"""The mutable face of a publication: every file that is rewritten with each snapshot."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sync.model.record import SnapshotRecord
from sync.site.edition import Edition
from sync.site.feed import feed_json
from sync.site.open_data import actions_csv
from sync.site.page import index_html
from sync.site.presentation import Presentation
from sync.site.schema import snapshot_schema

Part = Callable[[Edition], Mapping[str, bytes]]
"""Some of the files, by relative path."""


def pages(edition: Edition) -> Mapping[str, bytes]:
    return {"index.html": index_html(edition)}


def data(edition: Edition) -> Mapping[str, bytes]:
    """
    `dernier.json` is the stored canonical body, never a new serialisation: its digest is what
    readers verify.
    """
    return {
        "dernier.json": edition.current.record.body,
        "actions.csv": actions_csv(edition.current.snapshot),
        "schema/instantane.schema.json": snapshot_schema(),
    }


def feeds(edition: Edition) -> Mapping[str, bytes]:
    return {"flux.json": feed_json(edition)}


PARTS: Final[tuple[Part, ...]] = (pages, data, feeds)


def build_files(records: Sequence[SnapshotRecord], presentation: Presentation) -> dict[str, bytes]:
    """
    The files by relative path, from records oldest first; the last one is current.

    Same records, same bytes.
    """
    edition = Edition.of(records, presentation)
    return {name: body for part in PARTS for name, body in part(edition).items()}
