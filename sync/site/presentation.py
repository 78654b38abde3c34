"""What a page needs to know that a snapshot does not say."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from sync.model.catalogue import UNSAID, Catalogue
from sync.wording import Language


@dataclass(frozen=True, slots=True)
class Presentation:
    """
    How one city shows its plan.

    `city` is the publisher's full name (« Ville de Bécancour »). `page_url` is where the folder
    is read, when known: feeds need absolute addresses and go without them otherwise. `zone` is
    the city's time zone, an IANA name, in which instants are told. `language` is that of the
    pages at the folder's root and of the data; `others` have the same pages under their own
    folder (`en/`).
    """

    city: str
    page_url: str | None
    language: Language = "fr"
    zone: str = "America/Toronto"
    others: tuple[Language, ...] = ()
    catalogue: Catalogue = UNSAID

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language that has pages, the root's first."""
        return (self.language, *(one for one in self.others if one != self.language))

    def root_of(self, language: Language) -> str:
        """The folder of that language's pages: nothing for the first, `en/` for another."""
        return "" if language == self.language else f"{language}/"

    def address(self, path: str) -> str | None:
        """The absolute address of one published file; `…/suivi` and `…/suivi/` are one folder."""
        if self.page_url is None:
            return None
        last = urlsplit(self.page_url).path.rpartition("/")[2]
        base = self.page_url if not last or "." in last else f"{self.page_url}/"
        return urljoin(base, path)
