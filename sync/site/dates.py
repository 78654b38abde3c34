"""
Dates and times in words.

Babel's fr_CA writes « 1 février » and breakable spaces; Québec writes « 1er février », and a
date must not break across lines.
"""

from datetime import date, datetime, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_datetime

from sync.site.typography import NBSP
from sync.wording import Language


@lru_cache(maxsize=4096)
def say_date(day: date, language: Language) -> str:
    if language == "en":
        return format_date(day, "MMMM d, y", locale="en_CA").replace(" ", NBSP)
    month_and_year = format_date(day, "MMMM y", locale="fr_CA")
    return f"{'1er' if day.day == 1 else day.day} {month_and_year}".replace(" ", NBSP)


def say_day(day: date, language: Language) -> str:
    """The day without its year, for the head of a column: « 21 mars »."""
    return say_date(day, language).rpartition("," if language == "en" else NBSP)[0]


def say_instant(instant: datetime, zone: tzinfo, language: Language) -> str:
    """The instant in the city's own time: « 21 mars 2026 à 8 h 05 », « … à 12 h » on the hour."""
    local = instant.astimezone(zone)
    day = say_date(local.date(), language)
    if language == "en":
        clock = format_datetime(local, "h:mm a", locale="en_CA")
        return f"{day} at {clock}".replace("\u202f", NBSP)
    minutes = f"{NBSP}{local.minute:02}" if local.minute else ""
    return f"{day} à {local.hour}{NBSP}h{minutes}"
