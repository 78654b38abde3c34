"""The published pages, read as a parser reads them."""

from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag

from sync.model.record import SnapshotRecord
from sync.model.snapshot import PublicAction, Snapshot
from sync.site.build import build_files
from sync.site.paths import action_page
from sync.site.presentation import Presentation
from sync.wording import Language
from tests.site.snapshot_samples import four_records, record_of, small

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")


def built(
    records: Sequence[SnapshotRecord] | None = None, city: Presentation = CITY
) -> dict[str, bytes]:
    return build_files(records or four_records(), city)


def html(*snapshots: Snapshot, language: Language = "fr", name: str = "index.html") -> str:
    """One page of the snapshots given, or of the demonstration's four."""
    records = [record_of(snapshot) for snapshot in snapshots] or four_records()
    return built(records, Presentation(CITY.city, CITY.page_url, language))[name].decode()


def page(
    *snapshots: Snapshot, language: Language = "fr", name: str = "index.html"
) -> BeautifulSoup:
    return BeautifulSoup(html(*snapshots, language=language, name=name), "lxml")


def article(one: PublicAction, **said: object) -> Tag:
    """The action's own page, in a plan of one action."""
    found = page(small(one, **said), name=action_page(one.id)).select_one("article.action")
    assert found is not None
    return found


def row(one: PublicAction, **said: object) -> Tag:
    """The action's row on the home page."""
    found = page(small(one, **said)).find(id=one.id)
    assert isinstance(found, Tag)
    return found


def words(node: Tag | BeautifulSoup | None) -> str:
    assert node is not None
    return " ".join(node.get_text(" ").split())
