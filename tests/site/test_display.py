"""Typography, dates and links: what the page does to words, and what it refuses to do."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.site.dates import say_date, say_instant
from sync.site.links import public_link
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


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://ville.ca/%0aalert(1)",
        "java\nscript:alert(1)",
        " https://ville.ca",
        "http://ville.ca",
        "//ville.ca/x",
        "data:text/html,x",
        "https://moi:secret@ville.ca/",
        "https://ville.ca:8443/",
        "https://localhost/",
        "https://app.asana.com/0/1/2",
        "https://ASANA.com/0/1",
        'https://ville.ca/"onmouseover="x',
        "https://ville.ca\\@mal.ca/",
        "https://[::1",
        "https://",
        "",
    ],
)
def test_an_unsafe_address_is_never_a_link(url: str) -> None:
    """Staff paste what they have; only a public https page may be followed from the page."""
    assert public_link(url) is None


def test_a_public_https_address_is_a_link_with_its_host() -> None:
    link = public_link("https://www.ville.ca/a?b=c#d")
    assert link is not None
    assert (link.url, link.host) == ("https://www.ville.ca/a?b=c#d", "ville.ca")
