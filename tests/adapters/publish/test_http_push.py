"""A push arrives once, or the operator learns why it did not."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from sync.adapters.publish import make_publisher
from sync.adapters.publish.exchange import Pace
from sync.adapters.publish.http import HttpPublisher
from sync.adapters.publish.quoting import quoted
from sync.errors import ConfigError, PublicationFailed, PublicationMissing
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


def refused() -> AbstractContextManager[pytest.ExceptionInfo[PublicationFailed]]:
    return pytest.raises(PublicationFailed)


def everything(failure: PublicationFailed) -> str:
    """All that a failure carries to logs, store and terminal."""
    return f"{failure.in_('fr')} {failure.in_('en')} {failure} {failure.facts!r}"


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
        pytest.raises(PublicationFailed, match="final address") as failure,
    ):
        push(receiver.url).publish(publication(1))
    assert "l’adresse finale" in failure.value.in_("fr")
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
    with receiving(answer(201, {"sha256": sent.record.digest})) as receiver:
        push(receiver.url).publish(sent)


@pytest.mark.parametrize(
    "said", ["00", "A" * 64, f"{'0' * 63}é", f"{'0' * 64}\n", CANARY, 12, ["0" * 64], {}]
)
def test_a_digest_that_is_none_is_refused_and_not_quoted(said: object) -> None:
    """Free text has no place where a digest is expected."""
    with receiving(answer(201, {"sha256": said})) as receiver, refused() as failure:
        push(receiver.url).publish(publication(1))
    assert "digest that is none" in failure.value.in_("en")
    assert "64 chiffres" in failure.value.in_("fr")
    assert CANARY not in everything(failure.value)


def test_a_token_that_looks_like_a_digest_is_not_quoted_as_one() -> None:
    """A token may be 64 hexadecimal digits too."""
    token = "c0ffee42" * 8
    with receiving(answer(201, {"sha256": token})) as receiver, refused() as failure:
        HttpPublisher(receiver.url, "push", SecretStr(token)).publish(publication(1))
    assert token not in everything(failure.value)


def test_what_a_target_missed_comes_first_and_how_far_it_came_is_told() -> None:
    """What fails in the middle leaves no gap: the next delivery goes on from there."""
    late = replace(publication(3), since=0)
    bodies = list(late.immutable.values())
    with receiving(answer(201), answer(400)) as receiver, refused() as failure:
        push(receiver.url).publish(late)
    assert [one.body for one in receiver.received] == bodies[:2]
    assert failure.value.facts["reached"] == 1
    with receiving(answer(400)) as receiver, refused() as failure:
        push(receiver.url).publish(late)
    assert "reached" not in failure.value.facts
    with receiving() as receiver:
        push(receiver.url).publish(late)
    assert [one.body for one in receiver.received] == bodies


@pytest.mark.parametrize("since", [None, 2, 3, 9])
def test_a_target_that_missed_nothing_gets_the_one_that_stands(since: int | None) -> None:
    """Also one that has it already, or that says it is further: the receiver tells the rest."""
    with receiving() as receiver:
        push(receiver.url).publish(replace(publication(3), since=since))
    assert [one.body for one in receiver.received] == [publication(3).record.body]


def test_a_confirmation_is_a_small_state_of_its_own_type() -> None:
    """A receiver can never take it for a snapshot."""
    with receiving() as receiver:
        push(receiver.url).confirm(publication(1).state, publication(1).record.digest)
    assert receiver.received[0].headers["content-type"] == "application/vnd.jalon.etat+json"
    assert b"verifie_le" in receiver.received[0].body


def test_a_receiver_that_says_it_serves_another_snapshot_is_not_confirmed() -> None:
    """What was published is sent again at once; one that does not say is believed."""
    one = publication(1)
    with receiving(answer(200, {"sert": "0" * 64})) as receiver, pytest.raises(PublicationMissing):
        push(receiver.url).confirm(one.state, one.record.digest)
    for said in ({"sert": one.record.digest}, {}):
        with receiving(answer(200, said)) as receiver:
            push(receiver.url).confirm(one.state, one.record.digest)


@pytest.mark.parametrize("status", [404, 405, 415, 501])
def test_a_receiver_may_decline_confirmations(status: int) -> None:
    """It took the snapshot; that it has no use for the state is no failure, nor repeated."""
    with receiving(answer(status)) as receiver:
        push(receiver.url).confirm(publication(1).state, publication(1).record.digest)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "fault",
    ["drop-before", answer(500), answer(503), answer(400), answer(401), answer(409), answer(302)],
    ids=["drop", "500", "503", "400", "401", "409", "302"],
)
def test_any_other_failure_of_a_confirmation_is_told(fault: bytes | str) -> None:
    """The receiver's page would silently look older and older."""
    with receiving(*[fault] * 3) as receiver, refused():
        push(receiver.url).confirm(publication(1).state, publication(1).record.digest)


@pytest.mark.parametrize("status", [404, 405, 415, 501])
def test_a_snapshot_cannot_be_declined(status: int) -> None:
    with receiving(answer(status)) as receiver, refused() as failure:
        push(receiver.url).publish(publication(1))
    assert failure.value.facts["status"] == status


@pytest.mark.parametrize(
    ("status", "fr", "en"),
    [
        pytest.param(401, "le jeton", "the token", id="no token"),
        pytest.param(403, "le jeton", "the token", id="not its right"),
        pytest.param(404, "l’adresse de la cible", "the target’s address", id="no such place"),
        pytest.param(
            409, "un autre contenu sous ce numéro", "another content under that number", id="taken"
        ),
        pytest.param(301, "l’adresse finale", "the final address", id="moved for good"),
        pytest.param(302, "l’adresse finale", "the final address", id="moved for now"),
        pytest.param(413, "la taille", "the size", id="too large"),
        pytest.param(
            422, "ce qu’en dit le récepteur", "what the receiver says", id="anything else"
        ),
    ],
)
def test_a_refusal_tells_what_to_do_about_it(status: int, fr: str, en: str) -> None:
    """« Vérifiez l’adresse et le jeton » sends people the wrong way when neither is wrong."""
    with receiving(answer(status)) as receiver, refused() as failure:
        push(receiver.url).publish(publication(1))
    assert fr in failure.value.in_("fr")
    assert en in failure.value.in_("en")


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([answer(503)] * 3, id="backing off"),
        pytest.param([answer(503, Retry_After="14")] * 3, id="waits that just fit"),
        pytest.param([answer(503, Retry_After="16")] * 3, id="a second wait that does not"),
        pytest.param([answer(429, Retry_After="31")] * 3, id="a wait that never fits"),
    ],
)
def test_a_delivery_ends_within_half_a_minute(faults: list[bytes]) -> None:
    """The cycle holds its lease meanwhile, and other targets wait their turn."""
    time = VirtualTime()
    kept = Pace(monotonic=time.monotonic, sleep=time.sleep, now=lambda: NOON, chance=lambda: 1.0)
    with receiving(*faults) as receiver, refused():
        HttpPublisher(receiver.url, "push", pace=kept).publish(publication(1))
    assert time.monotonic() <= 30


WORDY_TOKEN = "k3y+/=~%Wz9-Qp?&"  # all that some encoding changes


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param(lambda t: t, id="raw"),
        pytest.param(str.upper, id="in capitals"),
        pytest.param(lambda t: quote(t, safe=""), id="URL-encoded"),
        pytest.param(lambda t: quote(t, safe="").lower(), id="URL-encoded, small letters"),
        pytest.param(lambda t: base64.b64encode(t.encode()).decode(), id="base64"),
        pytest.param(lambda t: base64.b64encode(t.encode()).decode().rstrip("="), id="no padding"),
        pytest.param(lambda t: base64.urlsafe_b64encode(t.encode()).decode(), id="base64url"),
        pytest.param(lambda t: base64.b64encode(f"x:{t}".encode()).decode(), id="as a password"),
        pytest.param(lambda t: base64.b64encode(f"{t}:".encode()).decode(), id="as a user"),
        pytest.param("\u200b".join, id="with invisible letters in between"),
        pytest.param("\x07".join, id="with control letters in between"),
        pytest.param(lambda t: f"{'x' * 160}{t}", id="across the cut"),
    ],
)
@pytest.mark.parametrize("token", [CANARY, WORDY_TOKEN, "c0ffee42" * 8], ids=["a", "b", "c"])
def test_a_receiver_that_repeats_the_token_is_not_quoted_with_it(
    echo: Callable[[str], str], token: str
) -> None:
    """The text goes to the store, to findings and to terminals."""
    title = f"unknown credentials: Bearer {echo(token)}"
    with receiving(answer(401, {"title": title})) as receiver, refused() as failure:
        HttpPublisher(receiver.url, "push", SecretStr(token)).publish(publication(1))
    told = everything(failure.value)
    assert "unknown credentials" in told
    for start in range(len(token) - 6):  # not even a good part of it
        part = token[start : start + 7]
        assert part.casefold() not in told.casefold()
        assert quote(part, safe="").casefold() not in told.casefold()
    for word in re.findall(r"[A-Za-z0-9+/_-]{8,}", told):
        for skip in range(4):
            whole = word[skip : skip + (len(word) - skip) // 4 * 4]
            assert token[2:8].encode() not in base64.b64decode(whole, altchars=b"-_")


def test_a_key_in_the_address_is_not_quoted_either() -> None:
    with (
        receiving(answer(404, {"title": f"no /suivi?cle={CANARY}, nor {CANARY}"})) as receiver,
        refused() as failure,
    ):
        push(f"{receiver.url}?cle={CANARY}").publish(publication(1))
    assert CANARY not in everything(failure.value)


@given(st.text(), st.text(min_size=1))
def test_a_quotation_is_one_short_visible_line_without_the_secret(words: str, secret: str) -> None:
    told = quoted(f"{words}{secret}{words}", [secret])
    assert len(told) <= 200
    assert not any(unicodedata.category(letter)[0] == "C" for letter in told)
    assert len(told.splitlines()) <= 1
    if secret.isprintable() and secret != "…" and " " not in secret:
        assert secret not in told


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\u202e", "\u2066", "\ufeff", "\ud800", "\x85"])
def test_letters_that_nobody_sees_are_not_quoted(letter: str) -> None:
    """They turn lines around in a terminal, or cannot be stored at all."""
    with receiving(answer(400, {"title": f"refus{letter}é"})) as receiver, refused() as failure:
        push(receiver.url).publish(publication(1))
    assert letter not in everything(failure.value)
    assert "é »" in failure.value.in_("fr")


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
        ("s3://seau/x?region=ca-central-1", "s3://seau/x?region=ca-central-1"),
        ("sftp://moi@ville.ca:2222/srv/x", "sftp://moi@ville.ca:2222/srv/x"),
    ],
)
def test_the_url_chooses_the_publisher(url: str, name: str) -> None:
    assert make_publisher(url, token=SecretStr("cle:secret")).name == name


def test_a_secret_in_a_query_is_not_in_the_name() -> None:
    """The name goes to logs and to the store; two queries are still two targets."""
    names = {make_publisher(f"https://ville.ca/x?cle={key}").name for key in (CANARY, "b")}
    assert len(names) == 2
    assert not any(CANARY in name for name in names)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://ville.ca/x", id="another scheme"),
        pytest.param("s3://seau/x", id="a bucket without its key"),
        pytest.param("s3://cle:secret@seau/x", id="a key in the address"),
        pytest.param("s3://seau/../x", id="a path that climbs"),
        pytest.param("s3://seau/x?endpoint=http://ville.ca", id="an endpoint over plain http"),
        pytest.param("s3://seau/x?verify=false", id="an unknown option"),
        pytest.param("sftp://ville.ca/x", id="no account"),
        pytest.param(f"sftp://moi:{CANARY}@ville.ca/x", id="a password in the address"),
        pytest.param("sftp://moi@ville.ca", id="no path"),
        pytest.param("sftp://moi@ville.ca/x?known_hosts=", id="an empty option"),
        pytest.param("ckan+https://ville.ca/jeu", id="a portal, not yet supported"),
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
