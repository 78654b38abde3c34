"""What the series of revisions says of each promise."""

from collections.abc import Mapping
from datetime import date

import pytest

from sync.core.history import History, history_of
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Revision, Volet

FIRST, SECOND, THIRD = date(2025, 11, 28), date(2026, 1, 15), date(2026, 2, 24)
Lines = Mapping[str, str]


def revision(number: int, day: date, actions: Mapping[str, Lines]) -> Revision:
    """`actions` holds, by action id, the words of each of its indicators."""
    made = tuple(
        Action(
            id_,
            f"Promesse {id_}",
            {"mi-chemin": tuple(Indicator(i, w, Goal("deliverable")) for i, w in lines.items())},
        )
        for id_, lines in actions.items()
    )
    axis = Axis(1, "Axe", "Mieux", (Volet("1.1", "Volet", made),))
    return Revision(number, day, "séance", Plan("essai", "Essai", (axis,)))


@pytest.mark.parametrize(
    ("said", "since", "reworded"),
    [
        pytest.param([], {}, {}, id="no revision"),
        pytest.param([{"A": {"a": "x"}}], {"A": FIRST}, {}, id="one revision rewords nothing"),
        pytest.param(
            [{"A": {"a": "x"}}, {"A": {"a": "x"}, "B": {"b": "y"}}],
            {"A": FIRST, "B": SECOND},
            {},
            id="an action stands since it was first adopted",
        ),
        pytest.param(
            [{"A": {"a": "x", "c": "z"}}, {"A": {"a": "y", "c": "z"}}, {"A": {"a": "y", "c": "z"}}],
            {"A": FIRST},
            {"a": SECOND},
            id="new words from the day that brought them, and only those",
        ),
        pytest.param(
            [{"A": {"a": "x"}}, {"A": {"a": "y"}}, {"A": {"a": "x"}}],
            {"A": FIRST},
            {"a": THIRD},
            id="words that came back are new words too",
        ),
        pytest.param(
            [{"A": {"a": "x"}}, {"A": {}}, {"A": {"a": "y"}}],
            {"A": FIRST},
            {"a": THIRD},
            id="a line that was away is held against its last words",
        ),
        pytest.param(
            [{"A": {"a": "x"}}, {}, {"A": {"a": "x"}}],
            {"A": FIRST},
            {},
            id="an action that was away stands since the first time",
        ),
    ],
)
def test_each_promise_has_its_days(
    said: list[Mapping[str, Lines]], since: Mapping[str, date], reworded: Mapping[str, date]
) -> None:
    revisions = [
        revision(n, day, actions)
        for n, (day, actions) in enumerate(zip((FIRST, SECOND, THIRD), said, strict=False), start=1)
    ]
    assert history_of(revisions) == History(since, reworded)
