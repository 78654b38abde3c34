"""
Whole cycles under clocks that are set, and over the nights and days that calendars make hard.

Time is an argument: nothing waits, and Asana is on paper (`paper_road`). What the scheduler makes
of the same nights stands in `tests/worker/test_schedule_nights.py`.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from sync.adapters.publish import make_publisher
from sync.core.chain import verify
from sync.errors import ConfigError, CycleBusy
from sync.model.plan import Checkpoint
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.cycle.paper_road import START, Begun, PaperRoad, begin

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAR = datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)
ACTIONS = 4


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    return begin(tmp_path_factory.mktemp("begun"))


@pytest.fixture
def road(begun: Begun, tmp_path: Path) -> Iterator[PaperRoad]:
    with begun.road(tmp_path) as opened:
        yield opened


def named(jump: timedelta) -> str:
    """`1 h back`, for a readable case."""
    size = abs(jump)
    told = f"{size.days} d" if size >= DAY else f"{size.seconds} s"
    return f"{told} {'back' if jump < timedelta(0) else 'on'}"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# the freeze falls on the city's own day

FREEZES = {
    # zone, gel: the last minute of that day, the first minute of the next, in UTC
    "Montréal, the spring night": (
        "America/Toronto", "2026-03-08", "2026-03-09T03:59", "2026-03-09T04:00"),
    "Montréal, the day before it": (
        "America/Toronto", "2026-03-07", "2026-03-08T04:59", "2026-03-08T05:00"),
    "Montréal, the autumn night": (
        "America/Toronto", "2026-11-01", "2026-11-02T04:59", "2026-11-02T05:00"),
    "Montréal, the day before autumn's": (
        "America/Toronto", "2026-10-31", "2026-11-01T03:59", "2026-11-01T04:00"),
    "Paris, the spring night": (
        "Europe/Paris", "2026-03-29", "2026-03-29T21:59", "2026-03-29T22:00"),
    "Paris, the autumn night": (
        "Europe/Paris", "2026-10-25", "2026-10-25T22:59", "2026-10-25T23:00"),
    "UTC": ("UTC", "2026-03-08", "2026-03-08T23:59", "2026-03-09T00:00"),
    "Santiago, into the day without a midnight": (
        "America/Santiago", "2026-09-05", "2026-09-06T03:59", "2026-09-06T04:00"),
    "Santiago, the day of 25 hours": (
        "America/Santiago", "2026-04-04", "2026-04-05T03:59", "2026-04-05T04:00"),
    "Lord Howe, the spring night": (
        "Australia/Lord_Howe", "2026-10-04", "2026-10-04T12:59", "2026-10-04T13:00"),
    "Lord Howe, the autumn night": (
        "Australia/Lord_Howe", "2026-04-05", "2026-04-05T13:29", "2026-04-05T13:30"),
    "29 February 2028": (
        "America/Toronto", "2028-02-29", "2028-03-01T04:59", "2028-03-01T05:00"),
    "28 February 2028": (
        "America/Toronto", "2028-02-28", "2028-02-29T04:59", "2028-02-29T05:00"),
    "the last day of 31 bits": (
        "America/Toronto", "2038-01-18", "2038-01-19T04:59", "2038-01-19T05:00"),
}  # fmt: skip


@pytest.mark.parametrize("day", FREEZES)
def test_a_freeze_comes_once_at_the_end_of_the_city_s_own_day(
    begun: Begun, tmp_path: Path, day: str
) -> None:
    zone, gel, last, first = FREEZES[day]
    on = date.fromisoformat(gel)
    with begun.road(tmp_path, zone=ZoneInfo(zone), checkpoints=frozen_on(on)) as road:
        road.cycle(utc(last))
        assert not road.store.frozen(), "the gel's day counts to its end"
        road.cycle(utc(first))
        frozen = road.store.frozen()
        assert len(frozen) == ACTIONS
        assert {one.frozen_on for one in frozen.values()} == {on}
        assert not any(one.after_the_fact for one in frozen.values())
        for later in (MINUTE, 366 * DAY):
            road.cycle(utc(first) + later)
        assert road.store.frozen() == frozen
        assert road.rows("freeze") == ACTIONS


def frozen_on(day: date) -> tuple[Checkpoint, ...]:
    return (
        Checkpoint("mi-chemin", "Mi-chemin", day, day),
        Checkpoint("finalite", "Finalité", date(2040, 3, 15), date(2040, 3, 20)),
    )


@pytest.mark.parametrize(
    ("back", "refused"),
    [
        pytest.param(timedelta(seconds=-1), False, id="a second"),
        pytest.param(timedelta(seconds=-61), True, id="to before midnight"),
        pytest.param(-HOUR, True, id="an hour"),
        pytest.param(-DAY, True, id="a day"),
        pytest.param(-20 * DAY, True, id="to before the due date"),
        pytest.param(utc("1970-01-01") - utc("2026-02-21T05:01"), True, id="to 1970"),
    ],
)
def test_a_clock_that_goes_back_unfreezes_nothing(
    road: PaperRoad, back: timedelta, refused: bool
) -> None:
    """Then what people do in the second « day before the freeze » changes nothing frozen."""
    road.cycle(utc("2026-02-21T04:45"))
    road.cycle(utc("2026-02-21T05:01"))
    frozen, shown = road.store.frozen(), len(road.page.snapshots)
    assert len(frozen) == ACTIONS
    road.paper.change("indicator:A1-01-mi-chemin-1", completed=True,
                      completed_at=utc("2026-02-10T12:00"))  # fmt: skip
    if refused:
        with pytest.raises(ConfigError):
            road.cycle(utc("2026-02-21T05:01") + back)
        assert len(road.page.snapshots) == shown
    else:
        road.cycle(utc("2026-02-21T05:01") + back)
    road.cycle(utc("2026-02-21T05:15"))
    assert road.store.frozen() == frozen
    assert road.rows("freeze") == ACTIONS
    assert_never_older(road)


# what a quiet cycle makes of a clock that was set

JUMPS = {
    "a second on": (timedelta(seconds=1), "runs"),
    "a second back": (timedelta(seconds=-1), "runs"),
    "an hour on": (HOUR, "runs"),
    "an hour back": (-HOUR, "runs"),
    "a day on": (DAY, "runs"),
    "a day back": (-DAY, "refused"),
    "to 1970": (utc("1970-01-01") - START, "never read"),
    "to 2000, as a new battery": (utc("2000-01-01") - START, "never read"),
    "past 2038": (FAR - START, "runs"),
}


@pytest.mark.parametrize("jump", JUMPS)
def test_a_cycle_after_a_jump(road: PaperRoad, jump: str) -> None:
    """The public date never goes back, a quiet cycle stays quiet, and the next one goes on."""
    by, outcome = JUMPS[jump]
    road.cycle(START + 2 * HOUR)
    cycles, asked = len(road.store.cycles(1000)), road.target.asked
    if outcome == "runs":
        report = road.cycle(START + 2 * HOUR + by)
        assert report is not None
        assert report.outcome == "ok"
    else:
        with pytest.raises(ConfigError) as refusal:
            road.cycle(START + 2 * HOUR + by)
        assert f"{START + 2 * HOUR + by:%Y-%m-%d}" in refusal.value.in_("en")
        assert road.target.asked == asked, "Asana is asked nothing"
        said = len(road.store.cycles(1000)) - cycles
        assert said == (outcome == "refused"), "a clock that was never set leaves no row either"
    if by < DAY:
        report = road.cycle(START + 3 * HOUR)
        assert report is not None
        assert not report.operations
    assert_never_older(road)


def assert_never_older(road: PaperRoad) -> None:
    states, snapshots = road.page.states, road.page.snapshots
    assert all(one.verifie_le <= later.verifie_le for one, later in pairwise(states))
    assert all(one.genere_le <= later.genere_le for one, later in pairwise(snapshots))
    assert all(one.etat_au <= later.etat_au for one, later in pairwise(snapshots))


def test_public_content_that_changes_after_an_hour_back_bears_no_older_date(
    road: PaperRoad,
) -> None:
    for at, done in ((START + 2 * HOUR, 1), (START + HOUR, 2)):
        road.paper.change(f"indicator:A1-01-mi-chemin-{done}", completed=True,
                          completed_at=START)  # fmt: skip
        road.cycle(at)
    assert len(road.page.snapshots) == 2
    assert_never_older(road)


def test_a_full_read_that_lies_ahead_is_made_anew(road: PaperRoad) -> None:
    """Else the page would rest for a day and an hour on events, which are only hints."""
    road.cycle(START + 5 * HOUR, full=True)
    road.target.fulls.clear()
    road.cycle(START + 4 * HOUR)
    assert road.target.fulls == [True]


@pytest.mark.parametrize(
    ("by", "refused"),
    [
        pytest.param(4 * MINUTE, False, id="four minutes fast"),
        pytest.param(-4 * MINUTE, False, id="four minutes slow"),
        pytest.param(HOUR, True, id="an hour fast"),
        pytest.param(-HOUR, True, id="an hour slow"),
        pytest.param(21 * DAY, True, id="past a gel"),
        pytest.param(FAR - START, True, id="past 2038"),
    ],
)
def test_a_clock_that_asana_contradicts(road: PaperRoad, by: timedelta, refused: bool) -> None:
    """Without this a wrong clock freezes for good, and blocks every cycle until its day comes."""
    before, cycles = len(road.page.states), len(road.store.cycles(1000))
    road.target.ahead = -by
    if refused:
        with pytest.raises(ConfigError, match="NTP"):
            road.cycle(START + HOUR + by)
        assert road.store.cycles(1)[0].outcome == "failed"
        assert len(road.page.states) == before
        assert not road.store.frozen()
        assert not road.paper.written or len(road.store.cycles(1000)) == cycles + 1
    else:
        road.cycle(START + HOUR + by)
    road.target.ahead = timedelta(0)
    report = road.cycle(START + 2 * HOUR)
    assert report is not None
    assert report.outcome == "ok", "and set right it goes on by itself"


# what expires, expires once

RESTORED = "action:A1-01"


def edited(road: PaperRoad, text: str, at: datetime) -> str:
    """A manager writes into a field of the plan's; what a cycle leaves in it."""
    road.paper.set_field(RESTORED, "suivi_public", text)
    road.cycle(at)
    gid = road.paper.links[RESTORED]
    return str(road.paper.tasks[gid].fields[road.paper.links["field:suivi_public"]])


@pytest.mark.parametrize(
    ("later", "held"),
    [
        pytest.param(HOUR, True, id="an hour on"),
        pytest.param(-HOUR, True, id="an hour back"),
        pytest.param(6 * DAY, True, id="six days on"),
        pytest.param(8 * DAY, False, id="eight days on"),
    ],
)
def test_a_restored_field_is_held_a_week_by_any_clock(
    road: PaperRoad, later: timedelta, held: bool
) -> None:
    at = START + 2 * HOUR
    assert edited(road, "à moi", at) != "à moi"
    assert (edited(road, "encore à moi", at + later) == "encore à moi") is held


def test_a_hold_that_has_expired_expires_once(road: PaperRoad) -> None:
    """Restored again after a week, then the clock goes back: that second restore holds too."""
    at = START + 2 * HOUR
    assert edited(road, "un", at) != "un"
    assert edited(road, "deux", at + 8 * DAY) != "deux"
    assert edited(road, "trois", at + 8 * DAY - HOUR) == "trois"
    assert edited(road, "trois", at + 8 * DAY + HOUR) == "trois"
    restores = [row for row in road.store.log() if row.rule == "restore"]
    assert [row.asana for row in restores] == ["un", "deux"], "each lost text is kept, once"


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY, 400 * DAY], ids=named)
def test_a_disagreement_does_not_expire_at_all(road: PaperRoad, jump: timedelta) -> None:
    road.paper.change(RESTORED, name="Un autre nom")
    at = START + 2 * HOUR
    road.cycle(at)
    road.cycle(at + jump)
    told = [row for row in road.store.log() if row.rule == "field.drifted"]
    assert [row.outcome for row in told] == ["open"]
    assert road.paper.tasks[road.paper.links[RESTORED]].name == "Un autre nom"


# the lease


@pytest.mark.parametrize("back", [timedelta(seconds=-1), -HOUR, -DAY, -3650 * DAY], ids=named)
def test_a_lease_is_not_taken_from_the_living_by_a_clock_that_goes_back(
    road: PaperRoad, back: timedelta
) -> None:
    held = road.database.plan(road.paper.plan.id)
    lease = held.take_lease("vivant", START, 300)
    for minutes in (0, 4, 8, 12, 16):
        now = START + back + minutes * MINUTE
        with pytest.raises(CycleBusy):
            road.lease(now)
        lease = held.renew_lease(lease, now, 300)  # as a cycle does before each write
    held.note_fact("forme", "une")


@pytest.mark.parametrize("back", [-HOUR, -DAY, -3650 * DAY], ids=named)
def test_a_lease_of_the_dead_ends_within_minutes_all_the_same(
    road: PaperRoad, back: timedelta
) -> None:
    """One that ends in ten years would keep every cycle out for ten years."""
    road.lease(START)
    now = START + back
    with pytest.raises(CycleBusy, match=f"{now + 10 * MINUTE:%Y-%m-%d %H:%M}"):
        road.lease(now)
    with pytest.raises(CycleBusy):
        road.lease(now + 9 * MINUTE)
    assert road.lease(now + 11 * MINUTE).token > 1


@pytest.mark.parametrize("on", [301 * timedelta(seconds=1), HOUR, DAY, FAR - START], ids=named)
def test_a_jump_past_a_lease_while_its_holder_writes_is_met_by_its_token(
    road: PaperRoad, on: timedelta
) -> None:
    """The holder's clock jumps in the middle of its writes and another takes over."""
    for number, ref in enumerate(("action:A1-01", "action:A1-02", "action:A1-03")):
        road.paper.set_field(ref, "suivi_public", f"à moi, {number}")
    writes: list[int] = []

    def meanwhile() -> None:
        writes.append(len(road.paper.written))
        if len(writes) == 2:
            road.clock.at += on
            road.lease(road.clock.at)

    road.target.meanwhile = meanwhile
    before = len(road.paper.written)
    with pytest.raises(CycleBusy) as lost:
        road.cycle(START + HOUR)
    assert lost.value.facts["problem"] == "lease_lost"
    assert len(road.paper.written) == before + 1, "nothing is sent after the token was stale"
    assert len(road.page.states) == 0


def test_a_holder_whose_clock_went_back_renews_before_it_writes(road: PaperRoad) -> None:
    """Whoever waits may date the lease anew; its holder must not sleep on an end far away."""
    for ref in ("action:A1-01", "action:A1-02", "action:A1-03"):
        road.paper.set_field(ref, "suivi_public", "à moi")
    turns: list[int] = []

    def meanwhile() -> None:
        turns.append(1)
        if len(turns) == 1:
            road.clock.at -= HOUR
        with suppress(CycleBusy):
            road.lease(road.clock.at)
            pytest.fail("taken from the living")
        road.clock.at += 6 * MINUTE

    road.target.meanwhile = meanwhile
    report = road.cycle(START + 3 * HOUR)
    assert report is not None
    assert len(turns) >= 3


@pytest.mark.parametrize("jump", [-HOUR, timedelta(0), -DAY], ids=named)
def test_a_slot_is_run_once_though_the_clock_passes_it_again(
    road: PaperRoad, jump: timedelta
) -> None:
    slot = "2026-02-01T18:15:00+00:00"
    assert road.cycle(START + 2 * HOUR, slot=slot) is not None
    with suppress(ConfigError):
        assert road.cycle(START + 2 * HOUR + jump, slot=slot) is None
    ran = [one for one in road.store.cycles(1000) if one.outcome == "ok"]
    assert len(ran) == 3


def test_the_row_of_a_cycle_tells_what_it_stands_for(road: PaperRoad) -> None:
    road.cycle(START + 9 * HOUR, slot="2026-02-02T02:00:00+00:00", missed=7)
    assert road.store.cycles(1)[0].totals["missed"] == 7
    road.cycle(START + 10 * HOUR)
    assert "missed" not in road.store.cycles(1)[0].totals


# after the last second of 31 bits

MOMENTS = {
    "the last second of 31 bits": FAR - timedelta(seconds=1),
    "the first after it": FAR,
    "a leap day after it": utc("2040-02-29T12:00"),
    "the first after 32 bits": utc("2106-02-07T06:28:16"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_overflows(road: PaperRoad, tmp_path: Path, moment: str) -> None:
    """Store, log chain, snapshot, feeds and calendar of a whole publication."""
    at = MOMENTS[moment]
    shown = Presentation("Ville d’essai", "https://ville.example/", "fr", "America/Toronto")
    road.render = lambda records: build_files(records, shown)
    folder = make_publisher(str(tmp_path / "public"), token=SecretStr("jeton"), name="public")
    road.publishers = (folder,)
    edited(road, "à moi", at)
    report = road.cycle(at + timedelta(minutes=15))
    assert report is not None
    assert report.outcome == "ok"
    assert report.as_of == (at + timedelta(minutes=15)).astimezone(road.rules.zone).date()
    assert road.store.cycles(1)[0].started_at == at + timedelta(minutes=15)
    mirror = road.store.mirror()
    assert mirror is not None
    assert mirror.read_at == at + timedelta(minutes=15)
    assert not verify(road.store.sealed_log(), ()).faults
    here = tmp_path / "public"
    latest = json.loads((here / "dernier.json").read_bytes())
    assert latest["genere_le"].startswith(f"{at:%Y-%m-%dT%H:%M}")
    assert json.loads((here / "etat.json").read_bytes())["verifie_le"].startswith(f"{at:%Y}")
    assert str(at.year) in (here / "index.html").read_text(encoding="utf-8")
