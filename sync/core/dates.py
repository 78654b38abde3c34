"""Calendar days in words, for notes and findings; the page has its own, fuller, typography."""

from datetime import date, datetime
from functools import lru_cache

_MONTHS_FR = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


@lru_cache(maxsize=256)
def french(day: date) -> str:
    """« 15 février 2026 », « 1er mars 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS_FR[day.month - 1]} {day.year}"


def french_moment(moment: datetime) -> str:
    """« 15 février 2026 à 14:05 », in the zone that it is given in."""
    return f"{french(moment.date())} à {moment:%H:%M}"
