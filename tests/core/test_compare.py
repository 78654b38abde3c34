"""The three-way comparison: every triple over {empty, a, b, c} and an unseen baseline."""

from itertools import product

import pytest

from sync.core.compare import decide
from sync.core.values import UNSEEN, normal, normal_text
from sync.model.decision import Verdict

VALUES = (None, "a", "b", "c")


@pytest.mark.parametrize(
    ("desired", "observed", "baseline", "verdict"),
    [
        pytest.param("a", "a", "a", "keep", id="all agree"),
        pytest.param("b", "b", "a", "agree", id="both moved to the same value"),
        pytest.param("a", "a", UNSEEN, "agree", id="equal and never seen"),
        pytest.param("b", "a", "a", "write", id="only the plan moved"),
        pytest.param("a", None, UNSEEN, "write", id="an empty field nobody agreed on"),
        pytest.param("a", "b", UNSEEN, "hold", id="a value nobody agreed on"),
        pytest.param("a", "b", "a", "report", id="only Asana moved"),
        pytest.param("b", "c", "a", "conflict", id="both moved apart"),
        pytest.param("a", None, "a", "report", id="a person emptied it"),
    ],
)
def test_a_reported_field(desired: str, observed: str | None, baseline: str, verdict: str) -> None:
    assert decide(desired, observed, baseline, "plan", "report").value == verdict


@pytest.mark.parametrize(
    ("desired", "observed", "baseline", "verdict"),
    [
        pytest.param("a", "b", "a", "restore", id="only Asana moved"),
        pytest.param("b", "c", "a", "restore", id="both moved: the plan owns it"),
        pytest.param("a", None, "a", "restore", id="a person emptied it"),
        pytest.param("a", "b", UNSEEN, "hold", id="a value nobody agreed on"),
    ],
)
def test_a_restored_field(desired: str, observed: str | None, baseline: str, verdict: str) -> None:
    assert decide(desired, observed, baseline, "plan", "restore").value == verdict


def test_every_triple_keeps_the_promises() -> None:
    """A write overwrites only what was agreed on or what the plan restores; people's never."""
    seen = 0
    for desired, observed, baseline in product(VALUES, VALUES, (*VALUES, UNSEEN)):
        for owner, drift in (
            ("plan", "restore"),
            ("plan", "report"),
            ("shared", "report"),
            ("people", None),
        ):
            verdict = decide(desired, observed, baseline, owner, drift)
            seen += 1
            if owner == "people":
                assert verdict in (Verdict.KEEP, Verdict.PULL)
            if verdict is Verdict.WRITE:
                assert observed is None or observed == baseline
            if verdict is Verdict.RESTORE:
                assert (owner, drift) == ("plan", "restore")
                assert baseline is not UNSEEN
            if desired == observed and owner != "people":
                assert verdict in (Verdict.KEEP, Verdict.AGREE)
    assert seen == 4 * 4 * 5 * 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(" Le  plan ", "Le plan", id="spacing"),
        pytest.param("n° 3", "n°\u00a03", id="no-break space"),
        pytest.param("a\r\nb", "a\nb", id="line ends"),
        pytest.param("", None, id="empty is no value"),
    ],
)
def test_noise_in_text_is_not_drift(one: str, other: str | None) -> None:
    assert normal_text(one) == normal_text(other)


def test_numbers_compare_at_the_precision_of_their_field() -> None:
    assert normal(3, 0) == normal(3.0, 0) == normal(3.2, 0) == "3"
    assert normal(0.1 + 0.2, 2) == "0.3"
    assert normal(100, 0) == "100"
    assert normal(3.2, 1) != normal(3.3, 1)
