"""Typography, dates and links: what the page does to words, and what it refuses to do."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.site.dates import say_date, say_instant
from sync.site.links import host_of
from sync.site.typography import NARROW, NBSP, display


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        pytest.param("EX. : suite", f"EX.{NBSP}: suite", id="colon"),
        pytest.param("« ville »", f"«{NBSP}ville{NBSP}»", id="guillemets"),
        pytest.param("«ville»", f"«{NBSP}ville{NBSP}»", id="guillemets without spaces"),
        pytest.param("Quoi ? Oui !", f"Quoi{NARROW}? Oui{NARROW}!", id="high punctuation"),
        pytest.param("Quoi? (ex.: A55)", "Quoi? (ex.: A55)", id="no space is invented"),
        pytest.param("10 % et 3 $", f"10{NBSP}% et 3{NBSP}$", id="percent and dollar"),
        pytest.param("à 12:30, https://x.ca/a:b", "à 12:30, https://x.ca/a:b", id="no damage"),
        pytest.param("Fait.Champs de suivi", "Fait.Champs de suivi", id="flaws are kept"),
        pytest.param("note\u202e!txet", "note!txet", id="direction override"),
        pytest.param("a\x00b\x1bc\nd", "abc\nd", id="controls"),
        pytest.param("e" + "\u0301" * 300, "e" + "\u0301" * 3, id="accents piled over the page"),
        pytest.param("ệ ȱ̦", "ệ ȱ̦", id="two or three accents stay"),
    ],
)
def test_spacing_follows_quebec_usage(published: str, shown: str) -> None:
    assert display(published) == shown


@given(st.text(alphabet=st.sampled_from(f"ab1:;!?«»%$ {NBSP}{NARROW}\n")))
def test_only_spacing_is_touched_and_only_once(text: str) -> None:
    """The words of the plan are the city's; showing them twice changes nothing more."""
    shown = display(text)
    assert "".join(shown.split()) == "".join(text.split())
    assert display(shown) == shown


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2026, 2, 1), "1er février 2026", "February 1, 2026"),
        (date(2026, 3, 21), "21 mars 2026", "March 21, 2026"),
        (date(2026, 8, 11), "11 août 2026", "August 11, 2026"),
    ],
)
def test_dates_are_said_as_in_quebec_and_do_not_break(day: date, french: str, english: str) -> None:
    assert say_date(day, "fr") == french.replace(" ", NBSP)
    assert say_date(day, "en") == english.replace(" ", NBSP)


def test_an_instant_is_told_in_the_citys_time() -> None:
    """Midnight in UTC is still yesterday evening in Bécancour."""
    moment = datetime(2026, 3, 21, 1, 5, tzinfo=UTC)
    told = say_instant(moment, ZoneInfo("America/Toronto"), "fr")
    assert told.replace(NBSP, " ") == "20 mars 2026 à 21 h 05"


def test_a_link_is_shown_by_the_site_it_leads_to() -> None:
    """A reader judges the host before following; « www » tells nothing."""
    assert host_of("https://www.ville.ca/a?b=c#d") == "ville.ca"
