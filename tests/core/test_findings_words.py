"""What a finding says to a person, filled in."""

import pytest

from sync.core.catalogue import CATALOGUE, advice, entry, wording
from sync.model.finding import Finding
from sync.wording import Text


@pytest.mark.parametrize(
    ("text", "fr", "en"),
    [
        (
            "en cours",
            "L’indicateur A-1 publie un état (« en cours ») en guise de cible.",
            "Indicator A-1 publishes a state (“en cours”) as its goal.",
        ),
        (
            None,
            "L’indicateur A-1 publie un état (« vide ») en guise de cible.",
            "Indicator A-1 publishes a state (“empty”) as its goal.",
        ),
        (
            0,
            "L’indicateur A-1 publie un état (« 0 ») en guise de cible.",
            "Indicator A-1 publishes a state (“0”) as its goal.",
        ),
    ],
)
def test_a_finding_is_said_in_both_languages_and_an_empty_fact_too(
    text: str | int | None, fr: str, en: str
) -> None:
    finding = Finding("plan.state_word", "indicator:A-1", {"indicator": "A-1", "text": text})
    assert wording(finding) == Text(fr, en)
    assert entry(finding) is CATALOGUE["plan.state_word"]


@pytest.mark.parametrize(
    ("subject", "code", "begins"),
    [
        ("action:A-1#mi", "status.undeclared", "L’état est figé et ne change plus."),
        ("action:A-1#fin", "status.undeclared", "Déclarer l’état avant le gel"),
        ("action:A-2#mi", "status.undeclared", "Déclarer l’état avant le gel"),
        ("action:A-1#mi", "status.apart", "Accorder l’un avec l’autre."),
    ],
)
def test_what_can_be_done_is_another_thing_once_the_status_is_frozen(
    subject: str, code: str, begins: str
) -> None:
    assert advice(Finding(code, subject), {("A-1", "mi")}).fr.startswith(begins)


def test_for_a_code_of_another_release_no_advice_is_known() -> None:
    assert advice(Finding("autre.code", "action:A-1#mi"), ()) == Text("", "")
