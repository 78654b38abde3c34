"""The mutable face of a publication: every file that is rewritten with each snapshot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from sync.model.record import SnapshotRecord
from sync.model.snapshot import snapshot_path
from sync.site import catalogue, data_package
from sync.site.action_pages import action_pages
from sync.site.calendar import calendar
from sync.site.data_page import data_page
from sync.site.definition_page import definition_page
from sync.site.edition import Edition, Seal
from sync.site.embed import embed_page, oembed
from sync.site.feed_pages import feeds
from sync.site.home import home_page
from sync.site.missing_page import missing_page
from sync.site.open_data import tables
from sync.site.past import history_page, past_pages
from sync.site.presentation import Presentation
from sync.site.proof import proof_files, sums_files
from sync.site.render import Page, drawn
from sync.site.schema import snapshot_schema
from sync.site.since import since_pages
from sync.site.sitemap import sitemap
from sync.site.status_pages import status_pages
from sync.site.stratml import stratml
from sync.site.verifier import verifier_pages
from sync.site.volet_pages import volet_pages
from sync.wording import Language

Part = Callable[[Edition], Mapping[str, bytes]]
"""Some of the files, by relative path."""


def pages(edition: Edition) -> Mapping[str, bytes]:
    """Every page, in every language that the city asks for."""
    presentation = edition.presentation
    built = {**missing_page(edition)}
    for language in presentation.languages:
        for page in _pages(edition, language):
            built |= drawn(page, presentation, language)
        for files in past_pages(edition, language):
            built |= files
    return built


def _pages(edition: Edition, language: Language) -> Iterator[Page]:
    yield home_page(edition, language)
    yield definition_page(edition, language)
    yield data_page(edition, language)
    yield history_page(edition, language)
    yield embed_page(edition, language)
    yield from status_pages(edition, language)
    yield from action_pages(edition, language)
    yield from volet_pages(edition, language)
    yield from since_pages(edition, language)


def open_files(edition: Edition) -> Mapping[str, bytes]:
    """
    What programs read. What tells the digest of another file is made after it.

    `dernier.json` is the stored canonical body, never a new serialisation: its digest is what
    readers verify.
    """
    files = {
        "dernier.json": edition.current.record.body,
        "schema/instantane.schema.json": snapshot_schema(),
        **tables(edition.current.snapshot),
        **feeds(edition),
        "jalons.ics": calendar(edition),
        "plan.stratml.xml": stratml(edition),
        **oembed(edition),
    }
    files[data_package.PATH] = data_package.data_package(edition, files)
    files[catalogue.PATH] = catalogue.catalogue(edition, files)
    return files


def proof(edition: Edition) -> Mapping[str, bytes]:
    if edition.proof is None:
        return {}
    return {**proof_files(edition.proof), **verifier_pages(edition)}


PARTS: Final[tuple[Part, ...]] = (pages, open_files, proof)


def build_files(
    records: Sequence[SnapshotRecord], presentation: Presentation, seal: Seal | None = None
) -> dict[str, bytes]:
    """
    The files by relative path, from records oldest first; the last one is current.

    Same records and same key, same bytes. The sums tell of every other file but `etat.json`, which
    changes between publications, and of the numbered snapshots.
    """
    edition = Edition.of(records, presentation, seal)
    files = {name: body for part in PARTS for name, body in part(edition).items()}
    files |= sitemap(edition, files)
    numbered = {snapshot_path(one.number): one.body for one in records}
    return {**files, **sums_files({**files, **numbered}, edition.proof)}
