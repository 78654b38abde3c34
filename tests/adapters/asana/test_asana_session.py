"""The transport, its limits and its one layer of retries, on real sockets."""

import contextlib
import io
import json
import logging
import socket
import threading
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asana
import pytest
import structlog

from sync.adapters.asana import AsanaTarget, Budget, Limits, Session, reads, rights
from sync.adapters.asana.writes import Writer
from sync.errors import (
    ConfigError,
    OutcomeUnknown,
    SyncError,
    TargetDenied,
    TargetRejected,
    TargetUnavailable,
)
from sync.model.operation import SetParent, UpdateTask
from sync.wording import Text
from tests.adapters.asana.asana_faults import GOOD, SPOILT, Faults, answer, fault_server, good

TOKEN = "2/1199000000000/canari-du-jeton"
NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
LIMITS = Limits(connect_seconds=1, read_seconds=0.15, call_seconds=0.3, body_bytes=60_000)
WHAT = Text("essayer", "try")


@pytest.fixture
def faults() -> Iterator[Faults]:
    with fault_server() as server:
        yield server


class Slept(list[float]):
    """Sleeps at once, and remembers for how long it would have; `ticks` goes with it."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)

    def ticks(self) -> float:
        return 1_000.0 + sum(self)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def session(faults: Faults, slept: Slept) -> Iterator[Session]:
    made = Session(
        TOKEN,
        url=faults.url,
        limits=LIMITS,
        sleep=slept,
        chance=lambda: 0.5,
        budget=Budget(ticks=slept.ticks),
        now=lambda: NOW,
    )
    yield made
    made.close()


def get(session: Session) -> object:
    return reads.task(session, "1")


def put(session: Session) -> object:
    operation = UpdateTask(ref="action:a", builtins={"name": "texte d’une personne"})
    return Writer(session, lambda: "9", None).send(operation, {"action:a": "1"})


def post(session: Session) -> object:
    operation = SetParent(ref="indicator:i", parent="action:a")
    return Writer(session, lambda: "9", None).send(operation, {"indicator:i": "1", "action:a": "5"})


VERBS = {"GET": get, "PUT": put, "POST": post}
KINDS = {"GET": "GET /tasks/{}", "PUT": "PUT /tasks/{}", "POST": "POST /tasks/{}/setParent"}
AMBIGUOUS = [
    "hang_up",
    "silence",
    "drip",
    "header_drip",
    "drip_after_the_end",
    *SPOILT,
    "500",
    "502",
    "503",
    "504",
]


def spell(fault: str) -> str | bytes:
    return answer(int(fault), b"<html>panne</html>") if fault.isdigit() else fault


@pytest.mark.parametrize("fault", AMBIGUOUS)
@pytest.mark.parametrize(
    ("verb", "attempts", "error"),
    [
        pytest.param("GET", 3, TargetUnavailable, id="a read is tried three times"),
        pytest.param("PUT", 3, OutcomeUnknown, id="so is an update"),
        pytest.param("POST", 1, OutcomeUnknown, id="a creation is sent once"),
    ],
)
def test_an_answer_that_says_nothing_is_an_error_and_never_a_value(
    faults: Faults, session: Session, fault: str, verb: str, attempts: int, error: type[SyncError]
) -> None:
    """Whatever the line does, the call ends, with the class that says what may have happened."""
    faults.script.extend([spell(fault)] * 5)

    with pytest.raises(error) as caught:
        VERBS[verb](session)

    assert type(caught.value) is error
    assert faults.fired == [spell(fault)] * attempts
    assert session.requests() == {KINDS[verb]: attempts}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, TargetRejected),
        (401, TargetDenied),
        (402, TargetDenied),
        (403, TargetRejected),
        (409, TargetRejected),
        (412, TargetRejected),
        (451, TargetDenied),
    ],
)
def test_a_refusal_is_final(
    faults: Faults, session: Session, verb: str, status: int, error: type[SyncError]
) -> None:
    """Asking again would only be refused again, and counts against the quota."""
    faults.script.append(answer(status, b'{"errors": [{"message": "non", "help": ""}]}'))

    with pytest.raises(error) as caught:
        VERBS[verb](session)

    assert type(caught.value) is error
    assert len(faults.heard) == 1


def listing(session: Session) -> object:
    return reads.tasks(session, "1")


OLD_TOKEN = {"errors": [{"message": "Sync token invalid or too old."}], "sync": "un-autre"}


@pytest.mark.parametrize("call", [*VERBS.values(), listing], ids=[*VERBS, "a listing"])
def test_a_412_with_a_token_is_an_answer_of_events_alone(
    faults: Faults, session: Session, call: Callable[[Session], object]
) -> None:
    """Elsewhere it holds nothing of what was asked, and is a refusal like any other."""
    faults.script.append(answer(412, json.dumps(OLD_TOKEN).encode()))

    with pytest.raises(TargetRejected) as caught:
        call(session)

    assert caught.value.status == 412
    assert len(faults.heard) == 1


@pytest.mark.parametrize("more", [{}, {"data": []}, {"data": [{"action": "changed"}]}], ids=str)
def test_a_412_of_events_tells_that_some_were_missed_whatever_else_it_holds(
    faults: Faults, session: Session, more: dict[str, Any]
) -> None:
    faults.script.append(answer(412, json.dumps({**OLD_TOKEN, **more}).encode()))

    page = reads.events(session, "1", "ancien")

    assert page == reads.EventPage((), "un-autre", lapsed=True)


LISTS = {
    "sharing": lambda session: rights.shares(session, "1", "2"),
    "events": lambda session: reads.events(session, "1", "jeton"),
    "a listing": listing,
}


@pytest.mark.parametrize("call", LISTS.values(), ids=LISTS)
def test_an_empty_record_is_no_empty_list(
    faults: Faults, session: Session, call: Callable[[Session], object]
) -> None:
    """Of which it would be concluded that nobody shares a project, or that nothing happened."""
    faults.script.extend([good({"data": {}, "sync": "suite", "next_page": None})] * 3)

    with pytest.raises(TargetUnavailable):
        call(session)


def test_a_403_on_no_single_object_is_a_missing_right(faults: Faults, session: Session) -> None:
    """One private task is one task; a workspace that may not be listed is everything."""
    faults.script.append(answer(403, b"{}"))

    with pytest.raises(TargetDenied):
        reads.workspaces(session)


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_never_sent_may_be_sent_again(slept: Slept, verb: str) -> None:
    """A connection that was refused carried nothing: even a creation may try again."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    session = Session(
        TOKEN, url=f"http://127.0.0.1:{port}", limits=LIMITS, sleep=slept, chance=lambda: 1.0
    )

    with pytest.raises(TargetUnavailable) as caught:
        VERBS[verb](session)

    assert type(caught.value) is TargetUnavailable
    assert session.requests() == {KINDS[verb]: 3}
    assert slept == [1.0, 2.0]


@pytest.mark.parametrize("verb", VERBS)
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(faults: Faults, verb: str) -> None:
    """Neither the token nor a word of the plan; and asking again would not make it trusted."""
    session = Session(TOKEN, url=faults.url.replace("http:", "https:"), limits=LIMITS)

    with pytest.raises(TargetUnavailable) as caught:
        VERBS[verb](session)

    assert type(caught.value) is TargetUnavailable
    assert session.requests() == {KINDS[verb]: 1}
    assert not any("bearer" in str(headers).lower() for _, _, headers, _ in faults.heard)


def test_a_doubt_is_not_lifted_by_a_later_clean_failure(faults: Faults, session: Session) -> None:
    """The first sending of the update may have arrived, whatever became of the others."""
    faults.script.extend(["hang_up", answer(429, b"{}", Retry_After="3600")])

    with pytest.raises(OutcomeUnknown) as caught:
        put(session)

    assert caught.value.retry_after == 3600


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("said", "pause"),
    [
        pytest.param({"Retry_After": "7"}, 7.0, id="in seconds"),
        pytest.param({"Retry_After": "Tue, 10 Feb 2026 12:00:09 GMT"}, 9.0, id="as a date"),
        pytest.param({}, 7.5, id="not said: a usual pause and some jitter"),
        pytest.param({"Retry_After": "-4"}, 7.5, id="negative"),
        pytest.param({"Retry_After": "bientôt"}, 7.5, id="nonsense"),
        pytest.param({"Retry_After": "inf"}, 7.5, id="infinite"),
        pytest.param({"Retry_After": "0"}, 7.5, id="none at all"),
        pytest.param({"Retry_After": "Tue, 10 Feb 2026 11:00:00 GMT"}, 7.5, id="a past date"),
        pytest.param({"Retry_After": "Tue, 10 Feb 2026"}, 7.5, id="half a date"),
    ],
)
def test_a_429_is_waited_for_and_then_sent_again_whatever_the_verb(
    faults: Faults,
    session: Session,
    slept: Slept,
    verb: str,
    said: dict[str, str],
    pause: float,
) -> None:
    """It was refused before it had any effect, so that even a creation may be repeated."""
    faults.script.append(answer(429, b"{}", **said))

    VERBS[verb](session)

    assert len(faults.heard) == 2
    assert slept == [pause]


def test_a_long_pause_ends_the_cycle_instead_of_being_slept_through(
    faults: Faults, session: Session, slept: Slept
) -> None:
    """The next request is not even sent: rejected ones count against the quota."""
    faults.script.append(answer(429, b"{}", Retry_After="100000"))

    for verb in (post, get):
        with pytest.raises(TargetUnavailable) as caught:
            verb(session)
        assert caught.value.retry_after == 86_400, "a day at most: then one request asks again"

    assert type(caught.value) is TargetUnavailable
    assert len(faults.heard) == 1
    assert slept == []


def test_all_repeats_together_have_a_budget(faults: Faults, session: Session) -> None:
    """Where most requests fail, sending them again only adds to what Asana is failing under."""
    faults.script.extend(["hang_up"] * 20)
    with structlog.testing.capture_logs() as logs:
        for _ in range(5):
            with pytest.raises(TargetUnavailable):
                get(session)

    assert len(faults.heard) == 3 + 3 + 3 + 1 + 1
    assert session.repeats == 6
    assert [entry["event"] for entry in logs] == ["repeats.spent"], "told once"


def test_of_many_requests_a_tenth_may_be_repeats(faults: Faults, session: Session) -> None:
    """What went well before counts: a long cycle may repeat more than a short one."""
    for _ in range(90):
        get(session)
    faults.script.extend(["hang_up"] * 100)
    for _ in range(20):
        with pytest.raises(TargetUnavailable):
            get(session)

    sent = sum(session.requests().values())
    assert sent == 90 + 20 + session.repeats
    assert 6 < session.repeats <= sent / 10


def test_an_outage_that_names_its_end_is_waited_for_by_everybody(
    faults: Faults, session: Session, slept: Slept
) -> None:
    """A 503 that says how long is no less clear than a 429."""
    faults.script.append(answer(503, b"{}", Retry_After="12"))

    get(session)

    assert slept == [12.0]


def test_a_creation_in_an_outage_is_not_sent_again_but_the_next_one_waits(
    faults: Faults, session: Session, slept: Slept
) -> None:
    faults.script.append(answer(503, b"{}", Retry_After="12"))
    with pytest.raises(OutcomeUnknown) as caught:
        post(session)
    assert caught.value.retry_after is None, "no reason to end the cycle"

    post(session)

    assert slept == [12.0]


def test_a_long_outage_ends_the_cycle(faults: Faults, session: Session) -> None:
    faults.script.append(answer(503, b"{}", Retry_After="7200"))
    with pytest.raises(OutcomeUnknown) as caught:
        post(session)

    assert caught.value.retry_after == 7_200
    assert session.resting() == 7_200


def test_a_date_is_read_against_the_answer_s_own(
    faults: Faults, session: Session, slept: Slept
) -> None:
    """Our clock may be an hour wrong, and then so would be the pause."""
    faults.script.append(
        answer(
            429,
            b"{}",
            Retry_After="Tue, 10 Feb 2026 15:00:20 GMT",
            Date="Tue, 10 Feb 2026 15:00:00 GMT",
        )
    )
    get(session)

    assert slept == [20.0]


def test_half_of_a_surrogate_pair_is_shown_as_what_it_is(faults: Faults, session: Session) -> None:
    """Text cut in Asana must not stop a publication, which is UTF-8."""
    faults.script.append(answer(200, b'{"data": {"gid": "1", "name": "a\\uD83D \\ud83c\\udf32"}}'))

    task = reads.task(session, "1")

    assert task is not None
    assert task.name == "a\ufffd \U0001f332"


def test_a_small_answer_that_unpacks_to_a_large_one_is_never_held(
    faults: Faults, session: Session
) -> None:
    """Forty megabytes from forty kilobytes; the limit is sixty thousand bytes."""
    faults.script.extend(["bomb"] * 3)
    tracemalloc.start()
    with pytest.raises(TargetUnavailable):
        get(session)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 4_000_000


def test_readings_and_writings_have_places_of_their_own(faults: Faults) -> None:
    """Fifty and fifteen at Asana; readings that hang must not keep a writing from leaving."""
    faults.script.extend(["silence"] * 2)
    limits = replace(LIMITS, read_seconds=2.0, call_seconds=2.0, reads_in_flight=2)
    session = Session(TOKEN, url=faults.url, limits=limits, sleep=lambda _: None)
    readers = [threading.Thread(target=lambda: suppressed(get, session)) for _ in range(2)]
    for reader in readers:
        reader.start()
    while len(faults.heard) < 2:
        assert any(reader.is_alive() for reader in readers)
    put(session)
    assert [method for method, *_ in faults.heard] == ["GET", "GET", "PUT"]
    faults.ended.set()
    for reader in readers:
        reader.join()
    session.close()


def suppressed(call: Callable[[Session], object], session: Session) -> None:
    with contextlib.suppress(SyncError):
        call(session)


def test_a_redirect_is_not_followed(faults: Faults, session: Session) -> None:
    """Asana does not redirect; whoever does is not Asana, and must not see the token."""
    with fault_server() as elsewhere:
        faults.script.append(answer(302, b"", Location=elsewhere.url))
        with pytest.raises(TargetUnavailable):
            get(session)
        assert elsewhere.heard == []
    assert len(faults.heard) == 1


def test_a_proxy_of_the_environment_is_not_used(
    faults: Faults, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would see the token."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert get(session) is not None


def test_a_no_break_space_survives(faults: Faults, session: Session) -> None:
    """Else every French text would look changed, and be written back without its spaces."""
    task = reads.task(session, "1")

    assert task is not None
    assert task.name == GOOD["data"]["name"]


def test_options_are_not_shared_between_calls(faults: Faults, session: Session) -> None:
    """The SDK writes the last page's offset into them: a second listing would start there."""
    pages = [
        {"data": [{"gid": "1", "name": "A"}], "next_page": {"offset": "zwei"}},
        {"data": [{"gid": "2", "name": "B"}], "next_page": None},
    ]
    faults.script.extend([good(page) for page in pages * 2])

    first, second = reads.workspaces(session), reads.workspaces(session)

    assert first == second
    assert len(first) == 2
    assert ["offset" in path for _, path, _, _ in faults.heard] == [False, True, False, True]


def test_the_token_and_peoples_words_reach_no_error_and_no_log(
    faults: Faults, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the answer echoes, and at the most talkative log level."""
    echo = f'{{"errors": [{{"message": "name: {TOKEN} Mme Tremblay"}}]}}'.encode()
    said = io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(said))
    seen = [repr(session), repr(session.client)]
    with caplog.at_level(logging.DEBUG):
        for status in (400, 401, 402, 403, 404, 418, 429, 451, 500, 503):
            for verb in (put, post):
                faults.script.clear()
                faults.script.extend([answer(status, echo)] * 3)
                with pytest.raises(SyncError) as caught:
                    verb(session)
                error = caught.value
                seen += [str(error), repr(error), error.in_("fr"), error.in_("en")]
                seen += [str(error.facts), "".join(traceback.format_exception(error))]
    structlog.reset_defaults()
    everything = "\n".join([*seen, caplog.text, said.getvalue()])

    assert faults.heard[0][2]["authorization"] == f"Bearer {TOKEN}"
    for canary in (TOKEN, "canari", "Tremblay", "texte d’une personne"):
        assert canary not in everything


def test_a_refusal_says_which_place_it_meant(faults: Faults, session: Session) -> None:
    """A path and a gid are not people's text, and without them nobody can find the cause."""
    words = "custom_fields: [0]: Unknown object: 1200000000000042 (Mme Tremblay)"
    faults.script.append(answer(400, f'{{"errors": [{{"message": "{words}"}}]}}'.encode()))

    with pytest.raises(TargetRejected) as caught:
        put(session)

    assert "custom_fields: [0]: Unknown object: 1200000000000042)" not in str(caught.value)
    assert "custom_fields: [0]: Unknown object: 1200000000000042." in str(caught.value)


@pytest.mark.parametrize("token", ["", " ", "deux mots", "ligne\r\nX-Autre: 1", "é"])
def test_a_token_that_could_not_be_a_header_is_refused_before_anything_is_sent(token: str) -> None:
    with pytest.raises(ConfigError):
        Session(token)


def test_the_sdk_leaves_the_process_as_it_found_it() -> None:
    """It starts threads and takes over two loggers; neither is asked for."""
    before = [(logging.getLogger(n).level, logging.getLogger(n).handlers[:]) for n in LOGGERS]
    asana.Configuration.set_default(None)
    session = Session(TOKEN)

    assert [(logging.getLogger(n).level, logging.getLogger(n).handlers) for n in LOGGERS] == before
    assert not hasattr(session.client, "pool")


LOGGERS = ("asana", "urllib3")


def test_the_product_says_its_name(faults: Faults, session: Session) -> None:
    get(session)

    assert faults.heard[0][2]["user-agent"].startswith("Jalon/")


def test_answers_of_the_sandbox_mark_the_session(faults: Faults, session: Session) -> None:
    """Any fact that came from it makes the publication a demonstration."""
    faults.script.append(good(Jalon_Sandbox="1"))
    assert not session.sandbox

    get(session)

    assert session.sandbox


@pytest.mark.parametrize("order", [("1", None), (None, "1")])
def test_a_session_that_hears_both_the_sandbox_and_asana_stops(
    faults: Faults, session: Session, order: tuple[str | None, str | None]
) -> None:
    """Rehearsal and reality in one publication would be a lie either way."""
    for mark in order:
        faults.script.append(good(**({"Jalon_Sandbox": mark} if mark else {})))
    get(session)

    with pytest.raises(TargetDenied):
        get(session)


def test_announced_changes_are_logged_once_per_name(faults: Faults, session: Session) -> None:
    change = "name=x;info=y;affected=true"
    faults.script.extend([good(Asana_Change=change)] * 2)
    with structlog.testing.capture_logs() as logs:
        get(session)
        get(session)

    assert [entry["event"] for entry in logs] == ["asana.change_announced"]


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        pytest.param({"Date": "Tue, 10 Feb 2026 12:00:00 GMT"}, timedelta(0), id="in step"),
        pytest.param({"Date": "Tue, 10 Feb 2026 13:00:00 GMT"}, timedelta(hours=1), id="ahead"),
        pytest.param({"Date": "Tue, 19 Jan 2038 03:14:08 GMT"}, timedelta(days=4360, seconds=54848),
                     id="past 2038"),
        pytest.param({}, None, id="not told"),
        pytest.param({"Date": "hier"}, None, id="no date"),
        pytest.param({"Date": "Tue, 10 Feb 2026 13:00:00 -0000"}, None, id="of no zone"),
        pytest.param({"Date": "Tue, 10 Feb 2026 13:00:00 GMT", "Jalon_Sandbox": "1"}, None,
                     id="of the sandbox, which is moved by hand"),
    ],
)  # fmt: skip
def test_how_far_asana_s_clock_is_from_ours(
    faults: Faults, session: Session, headers: dict[str, str], ahead: timedelta | None
) -> None:
    faults.script.append(good(**headers))
    target = AsanaTarget(session)
    assert target.skew() is None
    get(session)
    assert target.skew() == ahead


PAGE = [{"gid": str(n), "name": "x"} for n in range(100)]


@pytest.mark.parametrize(
    ("pages", "error", "asked"),
    [
        pytest.param(["page", *["500"] * 9], TargetUnavailable, 4, id="the second page fails"),
        pytest.param(["page", *["html_200"] * 9], TargetUnavailable, 4, id="or is unreadable"),
        pytest.param(["page", "400"] * 9, TargetUnavailable, 4, id="its offset lapsed twice"),
        pytest.param(["page"] * 9, TargetUnavailable, 2, id="the pages go round in a circle"),
        pytest.param(["unsaid"] * 9, TargetUnavailable, 3, id="a full page without next_page"),
        pytest.param(["odd"] * 9, TargetUnavailable, 3, id="an offset that is none"),
        pytest.param(["page", "401"], TargetDenied, 2, id="denied midway"),
    ],
)
def test_a_listing_that_did_not_end_is_never_a_short_one(
    faults: Faults, session: Session, pages: list[str], error: type[SyncError], asked: int
) -> None:
    """From a short listing, a cycle would conclude that the rest is gone."""
    spelt: dict[str, Any] = {
        "page": good({"data": PAGE, "next_page": {"offset": "suite"}}),
        "unsaid": good({"data": PAGE}),
        "odd": good({"data": PAGE, "next_page": {"offset": 3}}),
    }
    faults.script.extend([spelt.get(page) or spell(page) for page in pages])

    with pytest.raises(error):
        reads.workspaces(session)

    assert len(faults.heard) == asked


def test_a_listing_whose_offset_lapsed_starts_again_once(faults: Faults, session: Session) -> None:
    """Offsets live about a quarter of an hour; what was moved meanwhile is not listed twice."""
    first = good({"data": PAGE, "next_page": {"offset": "suite"}})
    last = good({"data": [PAGE[0], {"gid": "100", "name": "y"}], "next_page": None})
    faults.script.extend([first, answer(400, b"{}"), first, last])

    listed = reads.workspaces(session)

    assert [each.gid for each in listed] == [str(n) for n in range(101)]


def test_readings_side_by_side_end_at_the_first_failure(faults: Faults) -> None:
    """A part of what was asked for is not an answer."""
    faults.script.extend([answer(401, b"{}")] * 20)
    session = Session(TOKEN, url=faults.url, limits=LIMITS, sleep=lambda _: None)
    calls: list[Callable[[], object]] = [lambda: get(session)] * 20

    with pytest.raises(TargetDenied):
        session.side_by_side(calls)

    assert len(faults.heard) <= 20
    session.close()
