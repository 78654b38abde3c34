"""A push arrives once, or the operator learns why it did not."""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from sync.adapters.publish import make_publisher
from sync.adapters.publish.http import HttpPublisher, Pace
from sync.errors import ConfigError, PublicationFailed
from tests.adapters.publish.publications import publication
from tests.adapters.publish.receiver import answer, receiving

CANARY = "jeton-canari-4f1d9"
NOON = datetime(2026, 2, 10, 12, 0, 0, tzinfo=UTC)


@dataclass
class VirtualTime:
    """Waits cost nothing and are remembered."""

    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return sum(self.slept)


def pace(time: VirtualTime, **said: Any) -> Pace:
    base = Pace(
        connect=2,
        read=2,
        deadline=90,
        monotonic=time.monotonic,
        now=lambda: NOON,
        sleep=time.sleep,
        chance=lambda: 0.5,
    )
    return replace(base, **said)


def push(url: str, time: VirtualTime | None = None, **said: Any) -> HttpPublisher:
    return HttpPublisher(url, "push", SecretStr(CANARY), pace=pace(time or VirtualTime(), **said))


def test_the_snapshot_arrives_as_its_canonical_bytes() -> None:
    """Digest, key and token travel in headers; the body is what readers can verify."""
    sent = publication(1)
    with receiving() as receiver:
        push(receiver.url).publish(sent)
    got = receiver.received[0]
    digest = hashlib.sha256(sent.record.body).digest()
    assert got.body == sent.record.body
    assert got.headers["content-type"] == "application/json"
    assert got.headers["content-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert got.headers["idempotency-key"] == f'"{sent.record.digest}"'
    assert got.headers["authorization"] == f"Bearer {CANARY}"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("drop-before", id="dropped before the effect"),
        pytest.param("drop-after", id="dropped after the effect"),
        pytest.param(answer(500), id="500"),
        pytest.param(answer(503), id="503"),
        pytest.param(answer(429), id="429 without Retry-After"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", id="cut body"),
        pytest.param(b"garbage\r\n\r\n", id="not HTTP"),
    ],
)
def test_a_passing_fault_is_repeated_under_the_same_key(fault: bytes | str) -> None:
    """The receiver can tell a repetition from a new snapshot, so nothing arrives twice."""
    time = VirtualTime()
    with receiving(fault) as receiver:
        push(receiver.url, time).publish(publication(1))
    assert len(receiver.received) == 2
    assert len(receiver.stored) == 1
    assert time.slept == [1.0]  # half of the first span: full jitter


def test_three_attempts_and_no_more() -> None:
    """A receiver in trouble is not hammered; the next cycle tries again."""
    with (
        receiving(*[answer(500)] * 9) as receiver,
        pytest.raises(PublicationFailed, match="answer 500") as failure,
    ):
        push(receiver.url).publish(publication(1))
    assert len(receiver.received) == 3
    assert failure.value.facts["attempts"] == 3


@pytest.mark.parametrize(
    ("value", "waited"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("Tue, 10 Feb 2026 12:00:30 GMT", 30.0, id="a date"),
        pytest.param("-5", 1.0, id="negative is not understood"),
        pytest.param("bientôt".encode().decode("latin-1"), 1.0, id="words are not understood"),
    ],
)
def test_retry_after_is_honoured(value: str, waited: float) -> None:
    time = VirtualTime()
    with receiving(answer(429, Retry_After=value)) as receiver:
        push(receiver.url, time).publish(publication(1))
    assert time.slept == [waited]


def test_a_long_retry_after_ends_the_delivery_at_once() -> None:
    """Sleeping for a day would stop the cycle; the delay is told instead."""
    time = VirtualTime()
    with (
        receiving(answer(503, Retry_After="86400")) as receiver,
        pytest.raises(PublicationFailed) as failure,
    ):
        push(receiver.url, time).publish(publication(1))
    assert time.slept == []
    assert failure.value.facts["retry_after"] == 86400


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
def test_a_refusal_is_final_and_quoted(status: int) -> None:
    """RFC 9457: the receiver's own words help the operator most."""
    problem = {"title": "Numéro\ndéjà reçu", "status": status}
    with (
        receiving(answer(status, problem)) as receiver,
        pytest.raises(PublicationFailed, match="Numéro déjà reçu") as failure,
    ):
        push(receiver.url).publish(publication(1))
    assert len(receiver.received) == 1
    assert failure.value.facts["status"] == status


def test_a_redirect_is_not_followed() -> None:
    """The token goes to the configured address and nowhere else."""
    with (
        receiving() as elsewhere,
        receiving(answer(307, Location=elsewhere.url)) as receiver,
        pytest.raises(PublicationFailed, match="redirects are not followed"),
    ):
        push(receiver.url).publish(publication(1))
    assert elsewhere.received == []


def test_an_endless_answer_is_left_at_the_deadline() -> None:
    """Headers that drip keep every socket timeout quiet; only a whole deadline ends it."""
    with receiving("drip", "drip", "drip") as receiver, pytest.raises(PublicationFailed) as failure:
        push(receiver.url, deadline=0.3, attempts=1).publish(publication(1))
    assert "too slow" in failure.value.in_("en")


def test_a_receiver_that_says_another_digest_is_not_believed() -> None:
    """Something in between changed the bytes."""
    with (
        receiving(answer(201, {"sha256": "0" * 64})) as receiver,
        pytest.raises(PublicationFailed, match="digest"),
    ):
        push(receiver.url).publish(publication(1))


def test_a_receiver_that_says_the_right_digest_is_believed() -> None:
    sent = publication(1)
    with receiving(answer(201, {"sha256": sent.record.digest.upper()})) as receiver:
        push(receiver.url).publish(sent)


def test_a_confirmation_is_a_small_state_of_its_own_type() -> None:
    """A receiver can never take it for a snapshot."""
    with receiving() as receiver:
        push(receiver.url).confirm(publication(1).state)
    assert receiver.received[0].headers["content-type"] == "application/vnd.jalon.etat+json"
    assert b"verifie_le" in receiver.received[0].body


def test_a_receiver_may_decline_confirmations() -> None:
    with receiving(answer(415)) as receiver:
        push(receiver.url).confirm(publication(1).state)


@pytest.mark.parametrize(
    "fault",
    ["drop-before", "drip", answer(400, {"title": "non"}), answer(500), answer(302, Location="/")],
    ids=["drop", "drip", "400", "500", "302"],
)
def test_the_token_is_in_no_message(fault: bytes | str) -> None:
    """Promise 6, in every way this can fail."""
    with receiving(*[fault] * 3) as receiver:
        sender = push(f"{receiver.url}?cle={CANARY}", deadline=0.5)
        with pytest.raises(PublicationFailed) as failure:
            sender.publish(publication(1))
    seen = [failure.value.in_("fr"), failure.value.in_("en"), repr(failure.value.facts)]
    seen += [repr(sender), str(failure.value.__cause__), str(failure.value.__context__)]
    assert not any(CANARY in text for text in seen)


def test_no_one_listening_is_told_without_quoting_the_address_in_full() -> None:
    """The library's own message holds the query, which may be a secret."""
    with receiving() as receiver:
        url = f"{receiver.url}?cle={CANARY}"
    with pytest.raises(PublicationFailed, match="3 attempt") as failure:
        push(url).publish(publication(1))
    assert CANARY not in failure.value.in_("fr") + failure.value.in_("en")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://ville.ca/suivi", "https://ville.ca/suivi"),
        ("https://ville.ca:8443/x", "https://ville.ca:8443/x"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
        ("http://[::1]:9/x", "http://[::1]:9/x"),
        ("http://localhost:9/x", "http://localhost:9/x"),
        ("/srv/public", "dossier:/srv/public"),
        ("file:///srv/mes%20pages", "dossier:/srv/mes pages"),
    ],
)
def test_the_url_chooses_the_publisher(url: str, name: str) -> None:
    assert make_publisher(url).name == name


def test_a_secret_in_a_query_is_not_in_the_name() -> None:
    """The name goes to logs and to the store; two queries are still two targets."""
    names = {make_publisher(f"https://ville.ca/x?cle={key}").name for key in (CANARY, "b")}
    assert len(names) == 2
    assert not any(CANARY in name for name in names)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://ville.ca/x", id="another scheme"),
        pytest.param("s3://seau/x", id="not yet supported"),
        pytest.param("http://ville.ca/x", id="plain http"),
        pytest.param("http://127.0.0.1.ville.ca/x", id="looks like loopback"),
        pytest.param(f"https://moi:{CANARY}@ville.ca/x", id="credentials"),
        pytest.param("https:///x", id="no host"),
        pytest.param("https://ville.ca:port/x", id="bad port"),
        pytest.param("https://[::1/x", id="unreadable"),
        pytest.param("https://ville.ca/x#y", id="fragment"),
        pytest.param("file://ailleurs/x", id="remote file"),
        pytest.param("", id="empty"),
        pytest.param("  ", id="blank"),
    ],
)
def test_an_unusable_target_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ConfigError) as failure:
        make_publisher(url)
    assert CANARY not in failure.value.in_("fr") + failure.value.in_("en")


@pytest.mark.parametrize("token", ["", "deux mots", "é", "a\nb"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_quoted(token: str) -> None:
    with pytest.raises(ConfigError) as failure:
        make_publisher("https://ville.ca/x", token=SecretStr(token))
    assert token == "" or token not in str(failure.value)
