"""What an indicator's words promise: a table of decisions, and what must hold for any words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.goals import recognise
from sync.model.plan import Goal


def quantity(low: int, high: int, unit: str | None = None) -> Goal:
    return Goal("quantity", at_least=low, at_most=high, unit=unit)


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        (
            "Tournée amorcée (3 à 4 organismes) et rencontres statutaires au conseil municipal.",
            quantity(3, 4, "organismes"),
        ),
        ("Premières visites réalisées (2 à 3).", quantity(2, 3)),
        ("2 textes publiés sur la vitrine.", quantity(2, 2, "textes")),
        ("1 texte publié", quantity(1, 1, "texte")),
        ("Entre 3 et 5 rencontres tenues", quantity(3, 5, "rencontres")),
        ("ENTRE 3 ET 5 RENCONTRES TENUES", quantity(3, 5, "RENCONTRES")),
        ("NOUS AVONS TENU 3 RENCONTRES", quantity(3, 3, "RENCONTRES")),
        ("TENIR ENTRE 3 ET 5 RENCONTRES", quantity(3, 5, "RENCONTRES")),
        ("Deux nouvelles rencontres", quantity(2, 2, "rencontres")),
        ("trois à quatre organismes rencontrés", quantity(3, 4, "organismes")),
        ("2-3 visites", quantity(2, 3, "visites")),
        ("2 – 3 visites", quantity(2, 3, "visites")),
        ("1\u202f000 arbres plantés", quantity(1000, 1000, "arbres")),
        ("3 km aménagés", quantity(3, 3, "km")),
        ("3 to 4 organizations met", quantity(3, 4, "organizations")),
        ("between two and three visits", quantity(2, 3, "visits")),
        ("Rencontrer 12 organismes, février 2026", quantity(12, 12, "organismes")),
        ("Visites amorcées : 2 à 3", quantity(2, 3)),
        ("2 à 3, selon les besoins", quantity(2, 3)),
        ("2 à 3; le reste suivra", quantity(2, 3)),
        ("DOUZE textes publiés", quantity(12, 12, "textes")),
        ("1 gala tenu", quantity(1, 1, "gala")),
        ("2 bals tenus", quantity(2, 2, "bals")),
        ("2 tableaux remis", quantity(2, 2, "tableaux")),
        ("2 premières rencontres tenues", quantity(2, 2, "rencontres")),
        ("12 people met", quantity(12, 12, "people")),
        ("1899 arbres plantés", quantity(1899, 1899, "arbres")),
        ("2200 arbres plantés", quantity(2200, 2200, "arbres")),
        ("20000 arbres plantés", quantity(20000, 20000, "arbres")),
        ("21 arbres plantés", quantity(21, 21, "arbres")),
        ("12 345 arbres plantés", quantity(12345, 12345, "arbres")),
        ("PROJETS 4 textes publiés", quantity(4, 4, "textes")),
        ("Volet A 4 textes publiés", quantity(4, 4, "textes")),
    ],
)
def test_a_count_of_things_is_a_quantity(text: str, goal: Goal) -> None:
    assert recognise(text) == goal


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Terminé.", "Terminé"),
        ("Terminé", "Terminé"),
        ("TERMINÉE !", "TERMINÉE"),
        ("Fait.Champs de suivi dans ASANA municipal.", "Fait"),
        ("Fait. Deux textes publiés", "Fait"),
        ("En cours.", "En cours"),
        ("Done.", "Done"),
        ("Completed", "Completed"),
    ],
)
def test_a_word_closed_by_a_full_stop_is_a_state(text: str, word: str) -> None:
    """It says where the city thought it stood; publishing it as a result would mislead."""
    assert recognise(text) == Goal("state", word=word)


@pytest.mark.parametrize(
    "text",
    [
        "En continu.",
        "Tournée en continu.",
        "Terminé et alimentation en continu.",
        "En continu, selon les besoins",
        "Ongoing.",
        "Tour ongoing",
    ],
)
def test_what_lasts_is_a_continuity(text: str) -> None:
    assert recognise(text) == Goal("continuity")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Tenue de la 1re activité de team building", id="an ordinal names one thing"),
        pytest.param("Adoption de la 2e partie", id="an ordinal"),
        pytest.param("Rapport déposé. Février 2026.", id="a month and a year"),
        pytest.param("Bilan 2026 publié", id="a year"),
        pytest.param("Dossiers 2026 réglés", id="a year before a plural"),
        pytest.param("Saisons 2025-2026 analysées", id="two years"),
        pytest.param("Séance du 15 février", id="a date"),
        pytest.param("Du 3 au 5 mars", id="two dates"),
        pytest.param("Séance du 2026-02-15", id="a date in digits"),
        pytest.param("Chronique sur les ondes de VIA 90,5 FM.", id="a frequency"),
        pytest.param("Enjeux (ex.: A55, A30, etc.)", id="roads"),
        pytest.param("Les 4 textes", id="a known set that the line opens with"),
        pytest.param("Étape 3 ateliers tenus", id="a label with an accent"),
        pytest.param("2100 arbres plantés", id="a count that could be a year"),
        pytest.param("1999 arbres plantés", id="a count that could be a year gone by"),
        pytest.param("2025 à 9999 textes", id="a range from a year"),
        pytest.param("3 à 2026 textes", id="a range up to a year"),
        pytest.param("3 à 3 visites", id="a range of one number"),
        pytest.param("Rencontres tenues (3 et 5)", id="two numbers"),
        pytest.param("3 et 5 rencontres tenues", id="two numbers before a plural"),
        pytest.param("Entre 3 à 5 rencontres tenues", id="two ways of a range at once"),
        pytest.param("TENIR 3 ET 5 RENCONTRES", id="two numbers in capitals"),
        pytest.param("AU TERME DE LA PHASE 2 TEXTES", id="a label in capitals"),
        pytest.param("2 nouveaux.", id="a qualifier of nothing"),
        pytest.param("3 phases tenues", id="a label counted"),
        pytest.param("2 os", id="too short to tell a plural"),
        pytest.param("1 bal tenu", id="too short to be told from a word of grammar"),
        pytest.param("2 texte", id="a singular after two"),
        pytest.param("Diffusion à CIMT 4 émissions", id="a name in capitals"),
        pytest.param("Diffusion à TV 4 émissions", id="a name of two capitals"),
        pytest.param("Formation en cours et phase 2 en planification.", id="a phase"),
        pytest.param("Phase 2 textes approuvés", id="a phase before a plural"),
        pytest.param("Tableau de suivi, plan des 100 jours", id="a duration"),
        pytest.param("Échéancier de 2 à 3 mois", id="a range of months"),
        pytest.param("De 8 à 10 heures", id="hours"),
        pytest.param("Appeler le 819 294-6500", id="a telephone number"),
        pytest.param("Poste 819-294-6500 ouvert", id="a telephone number with hyphens"),
        pytest.param("Bureau au 1295 avenue des Bouleaux", id="an address"),
        pytest.param("Réduction de 10 à 15 %", id="a percentage"),
        pytest.param("Budget de 10 000 $ adopté", id="an amount"),
        pytest.param("Consultation des 3 axes", id="a known set"),
        pytest.param("Accord entre les deux parties", id="a known set in words"),
        pytest.param("2 textes et 3 vidéos", id="two counts that one number cannot answer"),
        pytest.param("Une rencontre tenue", id="an article"),
        pytest.param("Rencontre 4 à 2 élus", id="a range turned around"),
        pytest.param("0 plaintes", id="nothing to reach"),
        pytest.param("Fait la promotion de la page", id="a verb"),
        pytest.param("Information continue aux élus", id="an adjective"),
        pytest.param("Terminer le plan", id="an infinitive"),
        pytest.param("", id="nothing"),
    ],
)
def test_everything_else_is_a_deliverable(text: str) -> None:
    """A goal that the words do not state would be held against the city without reason."""
    assert recognise(text) == Goal("deliverable")


words = st.text(alphabet="aàbeéèilnorstu ’«»-.,()0123456789\u00a0\u202f", max_size=60)


@given(words | st.text(max_size=60))
def test_any_words_have_one_goal_and_a_quantity_is_a_real_range(text: str) -> None:
    goal = recognise(text)

    assert goal == recognise(f"  {text}\n")
    if goal.kind == "quantity":
        assert goal.at_least is not None
        assert goal.at_most is not None
        assert 1 <= goal.at_least <= goal.at_most
        assert goal.unit is None or goal.unit in text


@given(
    low=st.integers(1, 500),
    more=st.integers(1, 500),
    joint=st.sampled_from([" à ", "-", " – ", " ou "]),
    unit=st.sampled_from(["organismes", "visites", "textes", "rencontres"]),
)
def test_a_range_is_read_as_written(low: int, more: int, joint: str, unit: str) -> None:
    """A number that the words do not hold never becomes a public goal."""
    goal = recognise(f"Premiers pas ({low}{joint}{low + more} {unit}). Février 2026.")

    assert goal == quantity(low, low + more, unit)
