"""The status table of the design, row by row and then by laws."""

from dataclasses import replace
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
from sync.model.progress import FrozenStanding, IndicatorProgress, Standing, Status

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
            {"declared": "en_continu", "continuity": True, "done": 2, "last_done_on": ON_TIME},
            "en_continu",
            "declaration",
            True,
            id="what lasts is not over when all of it is in place",
        ),
        pytest.param(
            {"declared": "atteint", "continuity": True, "done": 1},
            "en_cours",
            "desaccord",
            False,
            id="a continuity goal declared achieved is judged as any other",
        ),
        pytest.param(
            {"declared": "en_cours", "done": 2, "last_done_on": ON_TIME},
            "en_cours",
            "desaccord",
            False,
            id="all done, declared under way: the weaker",
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
            {"declared": "a_venir", "done": 1},
            "a_venir",
            "desaccord",
            False,
            id="part done, declared upcoming: the weaker",
        ),
        pytest.param(
            {"done": 2, "last_done_on": LATE, "today": BETWEEN, "doubtful": True},
            "atteint_en_retard",
            "indicateurs",
            False,
            id="late, and its words are not those that were ticked",
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


_RANK = (
    {Status.UPCOMING, Status.NOT_ASSESSED, Status.NOT_ACHIEVED},
    {Status.UNDER_WAY},
    {Status.ACHIEVED_LATE},
    {Status.ACHIEVED},
)


@given(accounts)
def test_doing_more_never_reads_worse(one: Account) -> None:
    """Else a manager would do well to leave a line unticked."""
    if one.continuity or one.done == one.expected:
        return
    before, after = (
        next((at for at, kind in enumerate(_RANK) if stand(each).status in kind), None)
        for each in (one, one._replace(done=one.done + 1))
    )
    assert before is not None
    assert after is not None
    assert after >= before


@given(accounts, st.sampled_from(Status), st.booleans())
def test_what_a_person_settled_stands_whatever_is_said_or_done(
    one: Account, settled: Status, doubtful: bool
) -> None:
    """But where the action is retired, or nothing is expected of it."""
    said = one._replace(settled=settled, doubtful=doubtful)
    standing = stand(said)
    if one.expected:
        assert (standing.status, standing.basis) == (settled, "reglement")
        assert standing.confirmed
    gone = stand(said._replace(retired=True))
    assert (gone.status, gone.confirmed) == (Status.RETIRED, True)


@given(accounts)
def test_what_was_ticked_under_other_words_is_never_said_to_be_confirmed(one: Account) -> None:
    standing = stand(one._replace(doubtful=True))
    if standing.status in (Status.ACHIEVED, Status.ACHIEVED_LATE):
        assert not standing.confirmed


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


REPORT = Indicator("r", "Bilan", Goal("deliverable"))
VISITS = Indicator("v", "Deux visites", Goal("quantity", 2, 2, "visites"))
ONGOING = Indicator("o", "En continu.", Goal("continuity"))
OPEN, TICKED = IndicatorProgress(), IndicatorProgress(done=True)


def done(day: date, quantity: float | None = None) -> IndicatorProgress:
    return IndicatorProgress(done=True, done_on=day, stated=True, quantity=quantity)


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        pytest.param([], {}, id="nothing expected"),
        pytest.param([(REPORT, OPEN)], {"expected": 1}, id="open"),
        pytest.param([(REPORT, TICKED)], {"expected": 1, "done": 1}, id="done on no known day"),
        pytest.param(
            [(REPORT, done(LATE)), (REPORT, done(ON_TIME)), (REPORT, TICKED), (REPORT, OPEN)],
            {"expected": 4, "done": 3, "last_done_on": LATE},
            id="the last day of what is done",
        ),
        pytest.param(
            [(REPORT, done(ON_TIME)), (VISITS, done(LATE, 1))],
            {"expected": 2, "done": 1, "last_done_on": ON_TIME, "started": True},
            id="a tick short of its quantity is begun, and its day does not count",
        ),
        pytest.param(
            [(VISITS, IndicatorProgress(quantity=0.5))],
            {"expected": 1, "started": True},
            id="a figure without a tick is begun",
        ),
        pytest.param(
            [(VISITS, IndicatorProgress(quantity=0)), (REPORT, OPEN)],
            {"expected": 2},
            id="a figure of nothing is not",
        ),
        pytest.param(
            [(VISITS, OPEN), (REPORT, IndicatorProgress(quantity=3))],
            {"expected": 2},
            id="a figure where none is asked for says nothing",
        ),
        pytest.param(
            [(VISITS, done(ON_TIME, 2))],
            {"expected": 1, "done": 1, "started": True, "last_done_on": ON_TIME},
            id="a quantity met",
        ),
        pytest.param([(ONGOING, OPEN)], {"expected": 1, "continuity": True}, id="a continuity"),
        pytest.param(
            [(REPORT, OPEN), (ONGOING, TICKED)],
            {"expected": 2, "done": 1},
            id="a continuity beside something open",
        ),
        pytest.param(
            [(REPORT, done(AFTER)), (ONGOING, OPEN)],
            {"expected": 2},
            id="a continuity beside something that is done later only",
        ),
    ],
)
def test_what_one_account_gathers(
    lines: list[tuple[Indicator, IndicatorProgress]], facts: dict[str, object]
) -> None:
    nothing = {"expected": 0, "done": 0, "today": BETWEEN}
    indicators, progress = [i for i, _ in lines], [p for _, p in lines]
    gathered = account_for(indicators, progress, None, CHECKPOINT, BETWEEN)
    assert gathered == account(**nothing | facts)


def test_an_account_keeps_what_was_declared_and_whether_it_is_in_doubt() -> None:
    gathered = account_for([REPORT], [OPEN], "en_cours", CHECKPOINT, BEFORE, doubtful=True)
    assert gathered == account(expected=1, declared="en_cours", doubtful=True)
    assert gathered.settled is None
    assert not gathered.retired


def test_what_counts_at_the_gel_is_judged_as_of_the_gel_on_the_day_it_is_judged() -> None:
    lines = [done(FREEZE), done(AFTER)]
    gathered = account_for(
        [REPORT, REPORT], lines, None, CHECKPOINT, date(2026, 3, 1), known_by=FREEZE
    )
    assert gathered == account(done=1, last_done_on=FREEZE, today=date(2026, 3, 1))


def test_progress_that_is_not_of_these_indicators_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        account_for([REPORT, VISITS], [OPEN], None, CHECKPOINT, BEFORE)


@pytest.mark.parametrize("late", [False, True])
def test_a_frozen_standing_says_what_when_and_how_it_was_known(late: bool) -> None:
    one = account(done=1, today=date(2026, 3, 1))
    known = {"r": ON_TIME, "v": None}
    assert freeze(one, known, after_the_fact=late) == FrozenStanding(
        standing=Standing(Status.NOT_ACHIEVED, 1, 2, "calendrier"),
        frozen_on=FREEZE,
        after_the_fact=late,
        done=known,
    )


@pytest.mark.parametrize(
    ("facts", "provisional"),
    [
        ({"retired": True}, True),
        ({"settled": Status.ACHIEVED}, True),
        ({"expected": 0}, False),
    ],
    ids=["retired", "settled", "nothing expected"],
)
def test_only_what_expects_something_is_provisional(
    facts: dict[str, object], provisional: bool
) -> None:
    assert stand(account(today=BETWEEN, **facts)).provisional is provisional


@pytest.mark.parametrize(
    "facts",
    [
        {"retired": True, "declared": "atteint"},
        {"settled": Status.UNDER_WAY, "declared": "atteint", "doubtful": True},
        {"expected": 0, "declared": "en_cours"},
        {"done": 1, "doubtful": True},
        {"declared": "en_continu", "continuity": True, "doubtful": True},
    ],
    ids=["retired", "settled", "nothing expected", "not all done", "continuous"],
)
def test_what_is_decided_or_not_claimed_needs_no_confirmation(facts: dict[str, object]) -> None:
    assert stand(account(**facts)).confirmed


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (OPEN, "open"),
        (done(AFTER), "future"),
        (done(BETWEEN), "no_quantity"),
        (TICKED, "no_quantity"),
    ],
)
def test_a_line_without_a_quantity_is_done_by_its_tick_alone(
    line: IndicatorProgress, row: str
) -> None:
    """Whatever figure somebody typed beside it, and whatever the goal's own numbers are."""
    for goal in (Goal("deliverable"), Goal("state", word="Fait"), Goal("deliverable", at_least=9)):
        indicator = Indicator("i", "x", goal)
        assert indicator_row(indicator, replace(line, quantity=3), BETWEEN).id == row
