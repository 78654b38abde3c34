"""The status table of the design, row by row and then by laws."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.status import (
    STATUS_TABLE,
    Account,
    account_for,
    freeze,
    indicator_row,
    is_done,
    row_for,
    stand,
)
from sync.model.plan import Checkpoint, Goal, Indicator
from sync.model.progress import IndicatorProgress, Status

DUE, FREEZE = date(2026, 2, 15), date(2026, 2, 20)
BEFORE, BETWEEN, AFTER = date(2026, 2, 1), date(2026, 2, 18), date(2026, 2, 21)
CHECKPOINT = Checkpoint("mi-chemin", "Mi-chemin", DUE, FREEZE)


def account(**changes: object) -> Account:
    facts: dict[str, object] = {
        "expected": 2,
        "done": 0,
        "started": False,
        "last_done_on": None,
        "declared": None,
        "continuity": False,
        "checkpoint": CHECKPOINT,
        "today": BEFORE,
    }
    return Account(**(facts | changes))  # type: ignore[arg-type]


ON_TIME, LATE = date(2026, 2, 12), date(2026, 2, 17)


@pytest.mark.parametrize(
    ("facts", "status", "basis", "confirmed"),
    [
        pytest.param({"retired": True, "done": 2}, "retire", "reglement", True, id="retired"),
        pytest.param({"expected": 0}, "sans_objet", "aucun", True, id="no indicator"),
        pytest.param(
            {"settled": Status.ACHIEVED, "declared": "a_venir", "today": AFTER},
            "atteint",
            "reglement",
            True,
            id="settled by an administrator beats every account",
        ),
        pytest.param(
            {"declared": "en_continu", "continuity": True},
            "en_continu",
            "declaration",
            True,
            id="continuity declared on a continuity goal",
        ),
        pytest.param(
            {"declared": "en_continu", "done": 1},
            "en_cours",
            "accord",
            True,
            id="continuity declared elsewhere counts as under way",
        ),
        pytest.param(
            {"done": 2, "last_done_on": ON_TIME, "declared": "atteint"},
            "atteint",
            "accord",
            True,
            id="all done and declared",
        ),
        pytest.param(
            {"done": 2, "last_done_on": ON_TIME},
            "atteint",
            "indicateurs",
            True,
            id="all done, nothing declared",
        ),
        pytest.param(
            {"done": 2, "last_done_on": LATE, "declared": "atteint", "today": BETWEEN},
            "atteint_en_retard",
            "accord",
            True,
            id="the last one after the due date is late, never on time",
        ),
        pytest.param(
            {"done": 2, "last_done_on": DUE, "today": AFTER},
            "atteint",
            "indicateurs",
            True,
            id="done on the due date itself is on time",
        ),
        pytest.param({}, "a_venir", "aucun", True, id="silent before the freeze"),
        pytest.param({"done": 1}, "en_cours", "indicateurs", True, id="evidence stands alone"),
        pytest.param(
            {"declared": "en_cours"},
            "en_cours",
            "declaration",
            True,
            id="declared stands alone: nothing done does not gainsay work under way",
        ),
        pytest.param(
            {"declared": "atteint", "done": 1},
            "en_cours",
            "desaccord",
            False,
            id="declared achieved, part done: the weaker, to be confirmed",
        ),
        pytest.param(
            {"declared": "atteint"},
            "a_venir",
            "desaccord",
            False,
            id="declared achieved, nothing done: never published as achieved",
        ),
        pytest.param(
            {"declared": "a_venir", "done": 2, "last_done_on": ON_TIME},
            "a_venir",
            "desaccord",
            False,
            id="all done, declared upcoming: the weaker",
        ),
        pytest.param(
            {"started": True}, "en_cours", "indicateurs", True, id="a quantity begun is under way"
        ),
        pytest.param(
            {"today": FREEZE}, "a_venir", "aucun", True, id="the freeze's own day is still before"
        ),
        pytest.param({"today": AFTER}, "non_evalue", "aucun", True, id="silent after the freeze"),
        pytest.param(
            {"today": AFTER, "done": 1},
            "non_atteint",
            "calendrier",
            True,
            id="part done after the freeze",
        ),
        pytest.param(
            {"today": AFTER, "declared": "en_cours"},
            "non_atteint",
            "calendrier",
            True,
            id="only declared under way, after the freeze",
        ),
        pytest.param(
            {"today": AFTER, "declared": "atteint", "done": 1},
            "non_atteint",
            "desaccord",
            False,
            id="declared achieved without evidence is not achieved after the freeze",
        ),
    ],
)
def test_the_table(facts: dict[str, object], status: str, basis: str, confirmed: bool) -> None:
    standing = stand(account(**facts))
    assert (standing.status.value, standing.basis, standing.confirmed) == (
        status,
        basis,
        confirmed,
    )


@pytest.mark.parametrize(
    ("today", "provisional"),
    [(DUE, False), (DUE + timedelta(days=1), True), (FREEZE, True), (AFTER, False)],
)
def test_provisional_only_between_due_date_and_freeze(today: date, provisional: bool) -> None:
    """Monday's tick for Friday's work must not be public lateness, nor a final word."""
    assert stand(account(today=today, done=1)).provisional is provisional


def test_quantities_short_met_and_exceeded() -> None:
    """« 3 à 4 organismes »: 2 is short, 3 meets, 5 exceeds; a tick needs its figure."""
    indicator = Indicator("i", "3 à 4 organismes", Goal("quantity", 3, 4, "organismes"))
    for quantity, done in ((2.0, False), (3.0, True), (5.0, True), (None, False)):
        progress = IndicatorProgress(done=True, done_on=ON_TIME, quantity=quantity)
        assert is_done(indicator, progress, BETWEEN) is done
    rows = [
        indicator_row(indicator, IndicatorProgress(done=True, quantity=figure), BETWEEN).id
        for figure in (2.0, 3.0, 4.0, 5.0, None)
    ]
    short, met, beyond, missing = (
        "quantity_short",
        "quantity_met",
        "quantity_exceeded",
        "quantity_missing",
    )
    assert rows == [short, met, met, beyond, missing]
    untouched = IndicatorProgress(done=False, quantity=5.0)
    assert not is_done(indicator, untouched, BETWEEN), "a figure alone is not a tick"


def test_a_date_in_the_future_is_not_done_yet() -> None:
    indicator = Indicator("i", "Livrable", Goal("deliverable"))
    progress = IndicatorProgress(done=True, done_on=AFTER, stated=True)
    assert not is_done(indicator, progress, BETWEEN)
    assert is_done(indicator, progress, AFTER)


def test_the_freeze_counts_only_what_was_dated_by_the_gel() -> None:
    """Work of the day after the gel shows beside the frozen status, never inside it."""
    indicators = [Indicator(str(n), "x", Goal("deliverable")) for n in range(2)]
    progress = [
        IndicatorProgress(done=True, done_on=ON_TIME),
        IndicatorProgress(done=True, done_on=AFTER),
    ]
    at_freeze = account_for(
        indicators, progress, None, CHECKPOINT, AFTER, known_by=CHECKPOINT.freeze_on
    )
    frozen = freeze(at_freeze, {"0": ON_TIME}, after_the_fact=False)
    assert (frozen.standing.status, frozen.standing.done) == (Status.NOT_ACHIEVED, 1)
    now = stand(account_for(indicators, progress, None, CHECKPOINT, AFTER))
    assert now.status is Status.ACHIEVED_LATE


accounts = st.builds(
    lambda expected, done, **rest: account(expected=expected, done=min(done, expected), **rest),
    st.integers(0, 4),
    st.integers(0, 4),
    started=st.booleans(),
    last_done_on=st.sampled_from([None, ON_TIME, LATE]),
    declared=st.sampled_from([None, "a_venir", "en_cours", "atteint", "en_continu"]),
    continuity=st.booleans(),
    today=st.sampled_from([BEFORE, DUE, BETWEEN, FREEZE, AFTER]),
)


@given(accounts)
def test_achieved_is_never_published_with_an_indicator_open(one: Account) -> None:
    """The sentence a front page would be about."""
    standing = stand(one)
    if standing.status in (Status.ACHIEVED, Status.ACHIEVED_LATE):
        assert standing.done == standing.expected > 0
    if standing.status is Status.ACHIEVED:
        assert one.last_done_on is None or one.last_done_on <= DUE


@given(accounts)
def test_every_account_has_a_row_and_the_row_tells_its_own_statuses(one: Account) -> None:
    row = row_for(one)
    assert not row.gives or row.answer(one) in row.gives


@given(accounts)
def test_after_the_freeze_nothing_is_upcoming_or_under_way(one: Account) -> None:
    if one.today > FREEZE:
        assert stand(one).status not in (Status.UPCOMING, Status.UNDER_WAY)


def test_every_row_can_be_reached() -> None:
    """A row that an earlier one always hides would be a lie in the published table."""
    samples = [
        account(retired=True),
        account(expected=0),
        account(settled=Status.ACHIEVED),
        account(declared="en_continu", continuity=True),
        account(done=2, last_done_on=LATE),
        account(done=2),
        account(),
        account(done=1),
        account(declared="en_cours"),
        account(today=AFTER),
        account(today=AFTER, done=1),
    ]
    assert [row_for(sample).id for sample in samples] == [row.id for row in STATUS_TABLE]


@given(accounts)
def test_an_agreement_is_never_said_where_the_two_accounts_differ(one: Account) -> None:
    standing = stand(one)
    if standing.basis == "accord":
        assert standing.confirmed
    if not standing.confirmed and not one.doubtful:
        assert standing.basis == "desaccord"


def test_continuity_needs_everything_else_done() -> None:
    """« En continu » may not cover a deliverable of the same cell that nobody delivered."""
    ongoing = Indicator("1", "En continu.", Goal("continuity"))
    deliverable = Indicator("2", "Guide remis", Goal("deliverable"))
    open_, done = IndicatorProgress(), IndicatorProgress(done=True, done_on=ON_TIME)
    for other, status in ((open_, Status.UNDER_WAY), (done, Status.CONTINUOUS)):
        account_ = account_for(
            [ongoing, deliverable], [open_, other], "en_continu", CHECKPOINT, BETWEEN
        )
        assert stand(account_).status is status


def test_a_tick_older_than_the_words_is_not_confirmed() -> None:
    indicator = Indicator("1", "Autres mots", Goal("deliverable"))
    done = IndicatorProgress(done=True, done_on=ON_TIME)
    account_ = account_for([indicator], [done], None, CHECKPOINT, BETWEEN, doubtful=True)
    standing = stand(account_)
    assert (standing.status, standing.confirmed) == (Status.ACHIEVED, False)
