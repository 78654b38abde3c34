"""What a page needs to know that a snapshot does not say."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from sync.wording import Language


@dataclass(frozen=True, slots=True)
class Presentation:
    """
    How one city shows its plan.

    `city` is the publisher's full name (« Ville de Bécancour »). `page_url` is where the folder
    is read, when known: feeds need absolute addresses and go without them otherwise. `zone` is
    the city's time zone, an IANA name, in which instants are told.
    """

    city: str
    page_url: str | None
    language: Language = "fr"
    zone: str = "America/Toronto"

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def address(self, path: str) -> str | None:
        """The absolute address of one published file; `…/suivi` and `…/suivi/` are one folder."""
        if self.page_url is None:
            return None
        last = urlsplit(self.page_url).path.rpartition("/")[2]
        base = self.page_url if not last or "." in last else f"{self.page_url}/"
        return urljoin(base, path)
