"""Names that a city never publishes are found however they are written, and in no other word."""

import pytest

from sync.core.names import names_in

NEVER = ("Marie-Ève Côté", "Roy", "D'Amours")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Demandé par Marie-Ève Côté.", "Marie-Ève Côté"),
        ("MARIE EVE COTE", "Marie-Ève Côté"),
        ("marie\u2011e\u0300ve_co\u0302te\u0301", "Marie-Ève Côté"),
        ("Marie-Ève\u202fCôté", "Marie-Ève Côté"),
        ("Ｍarie Ève Côté", "Marie-Ève Côté"),
        ("Roy", "Roy"),
        ("(Roy)", "Roy"),
        ("M. ROY, directeur", "Roy"),
        ("roy@ville.example", "Roy"),
        ("https://exemple.ca/equipe/roy.html", "Roy"),
        ("Josée d\u2019Amours", "D'Amours"),
        ("Mme\u2800Roy", "Roy"),
        ("R\u200do\ufe0fy\U000e0100", "Roy"),
        ("R\u20deo\u0332y", "Roy"),
    ],
)
def test_a_name_is_found_however_it_is_written_and_told_as_the_city_wrote_it(
    text: str, name: str
) -> None:
    assert list(names_in(text, NEVER)) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "La royauté et le roi.",
        "Corroyer, Leroy, Royer",
        "Marie-Ève et M. Côté",
        "Côté Marie-Ève",
        "Les amours",
    ],
)
def test_a_part_of_another_word_or_of_a_name_is_none(text: str) -> None:
    assert list(names_in(text, NEVER)) == []


def test_every_name_that_stands_there_is_told() -> None:
    assert list(names_in("Roy, Tremblay et D’Amours", NEVER)) == ["Roy", "D'Amours"]


@pytest.mark.parametrize("nothing", ["", " ", "--", "\u0301"])
def test_a_name_without_a_letter_is_found_nowhere(nothing: str) -> None:
    """It would be found on every page, and no page would go out."""
    assert list(names_in(f"Un texte {nothing} ordinaire", [nothing])) == []
    assert list(names_in("", [nothing])) == []


def test_where_no_name_is_kept_back_none_is_found() -> None:
    assert list(names_in("Roy", ())) == []
