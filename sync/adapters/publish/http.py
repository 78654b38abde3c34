"""
Push each snapshot to a receiver over HTTP(S).

`publish` sends one POST to the configured URL: the canonical bytes as `application/json`, with
`Content-Digest` (RFC 9530), `Idempotency-Key` (the digest) and, when a token is set,
`Authorization: Bearer`. Because the key says which snapshot it is, sending the same one again
after a lost answer is safe, and is done. Any 2xx is a delivery. A receiver may answer with JSON
that holds `sha256`; when it does, it must be the digest that was sent.

`confirm` POSTs the small state (`numero`, `verifie_le`, `demonstration`) to the same URL as
`application/vnd.jalon.etat+json`, so that the receiver's page can tell how fresh it is. A
receiver that does not want it answers 415, which is taken as a plain « no, thank you ».
"""

import base64
import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from sync.errors import PublicationFailed
from sync.model.snapshot import State
from sync.ports import Publication
from sync.wording import Text

SNAPSHOT_TYPE = "application/json"
STATE_TYPE = "application/vnd.jalon.etat+json"
LONGEST_ANSWER = 64 * 1024


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How long and how often, with every source of time and chance in one place.

    `deadline` bounds a whole delivery, waits included: socket timeouts alone do not bound an
    answer that drips. A Retry-After beyond `longest_wait` ends the attempt; the next cycle
    takes it up again.
    """

    connect: float = 5.0
    read: float = 15.0
    deadline: float = 90.0
    attempts: int = 3
    first_wait: float = 1.0
    longest_wait: float = 60.0
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.random)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class _Lost(Exception):
    """No clear answer: the exchange may be repeated."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class HttpPublisher:
    """One receiver. `name` keys its delivery state and is safe to log."""

    def __init__(
        self,
        url: str,
        name: str,
        token: SecretStr | None = None,
        *,
        open_session: Callable[[], requests.Session] = requests.Session,
        pace: Pace | None = None,
    ) -> None:
        self.name = name
        self._url = url
        self._where = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}{urlsplit(url).path}"
        self._token = token
        self._open_session = open_session
        self._pace = pace or Pace()

    def __repr__(self) -> str:
        return f"HttpPublisher({self._where!r})"

    def publish(self, publication: Publication) -> None:
        record = publication.record
        answer = self._deliver(record.body, SNAPSHOT_TYPE)
        if not _accepted(answer.status):
            raise self._refusal(answer)
        said = _said_digest(answer)
        if said is not None and said.lower() != record.digest:
            raise PublicationFailed(
                Text(
                    f"{self._where} dit avoir reçu l’empreinte {said[:64]}, mais l’instantané "
                    f"{record.number} porte {record.digest}. Vérifiez ce qui se tient entre les "
                    "deux.",
                    f"{self._where} says that it received digest {said[:64]}, but snapshot "
                    f"{record.number} has {record.digest}. Check what stands in between.",
                ),
                target=self.name,
            )

    def confirm(self, state: State) -> None:
        answer = self._deliver(state.model_dump_json().encode("utf-8"), STATE_TYPE)
        unwanted = answer.status == requests.codes.unsupported_media_type
        if not _accepted(answer.status) and not unwanted:
            raise self._refusal(answer)

    def _deliver(self, body: bytes, media_type: str) -> _Answer:
        """Send until there is a clear answer, at most `attempts` times and within the deadline."""
        pace = self._pace
        ends = pace.monotonic() + pace.deadline
        headers = self._headers(body, media_type)
        for attempt in range(1, pace.attempts + 1):
            wait = pace.chance() * min(pace.longest_wait, pace.first_wait * 2**attempt)
            try:
                answer = self._send(body, headers, ends - pace.monotonic())
            except _Lost as lost:
                why = lost.why
            else:
                if not _worth_repeating(answer.status):
                    return answer
                why = Text(f"réponse {answer.status}", f"answer {answer.status}")
                asked = _retry_after(answer.headers.get("Retry-After"), pace.now())
                wait = wait if asked is None else asked
            out_of_time = pace.monotonic() + wait >= ends
            if attempt == pace.attempts or wait > pace.longest_wait or out_of_time:
                raise PublicationFailed(
                    Text(
                        f"{self._where} n’a pas confirmé la réception après {attempt} essai(s) : "
                        f"{why.fr}. Le prochain cycle reprendra.",
                        f"{self._where} did not confirm after {attempt} attempt(s): {why.en}. "
                        "The next cycle will try again.",
                    ),
                    target=self.name,
                    attempts=attempt,
                    retry_after=wait,
                )
            pace.sleep(wait)
        raise AssertionError  # the loop returns or raises

    def _headers(self, body: bytes, media_type: str) -> dict[str, str]:
        digest = hashlib.sha256(body)
        headers = {
            "Content-Type": media_type,
            "Accept": "application/json, application/problem+json",
            "Content-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:",
            "Idempotency-Key": f'"{digest.hexdigest()}"',
            "User-Agent": "jalon",
        }
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return headers

    def _send(self, body: bytes, headers: Mapping[str, str], seconds: float) -> _Answer:
        """
        One exchange, bounded as a whole.

        It runs in a thread of its own because no socket timeout bounds a receiver that sends
        its headers one byte at a time; past the deadline the thread is left to its own end.
        """
        outcome: SimpleQueue[_Answer | _Lost] = SimpleQueue()
        thread = threading.Thread(
            target=lambda: outcome.put(self._exchange(body, headers, seconds)), daemon=True
        )
        thread.start()
        try:
            found = outcome.get(timeout=max(seconds, 0.001))
        except Empty:
            raise _Lost(_TOO_SLOW) from None
        if isinstance(found, _Lost):
            raise found
        return found

    def _exchange(self, body: bytes, headers: Mapping[str, str], seconds: float) -> _Answer | _Lost:
        pace = self._pace
        ends = pace.monotonic() + seconds
        try:
            with self._open_session() as session:
                session.trust_env = False  # no proxy and no netrc behind the operator's back
                response = session.post(
                    self._url,
                    data=body,
                    headers=dict(headers),
                    timeout=(pace.connect, pace.read),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    received = b""
                    for chunk in response.iter_content(8192):
                        received += chunk
                        if pace.monotonic() > ends:
                            return _Lost(_TOO_SLOW)
                        if len(received) > LONGEST_ANSWER:
                            break
                    return _Answer(response.status_code, response.headers, received)
        except requests.Timeout:
            return _Lost(Text("aucune réponse à temps", "no answer in time"))
        except (requests.RequestException, HTTPError, OSError, ValueError) as broken:
            kind = type(broken).__name__  # the message may quote headers; the class cannot
            return _Lost(Text(f"connexion rompue ({kind})", f"connection broken ({kind})"))

    def _refusal(self, answer: _Answer) -> PublicationFailed:
        title = _problem_title(answer)
        redirected = 300 <= answer.status < 400
        fr = " (les redirections ne sont pas suivies)" if redirected else ""
        en = " (redirects are not followed)" if redirected else ""
        quoted_fr = f" : « {title} »" if title else ""
        quoted_en = f": “{title}”" if title else ""
        return PublicationFailed(
            Text(
                f"{self._where} a refusé l’envoi, réponse {answer.status}{quoted_fr}{fr}. "
                "Vérifiez l’adresse et le jeton.",
                f"{self._where} refused the delivery, answer {answer.status}{quoted_en}{en}. "
                "Check the address and the token.",
            ),
            target=self.name,
            status=answer.status,
        )


_TOO_SLOW = Text("réponse trop lente", "the answer is too slow")


def _accepted(status: int) -> bool:
    return 200 <= status < 300


def _worth_repeating(status: int) -> bool:
    return status == requests.codes.too_many_requests or status >= 500


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a number or an HTTP date; None when absent, negative or not understood."""
    if value is None:
        return None
    try:
        seconds = float(int(value))
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return seconds if seconds >= 0 else None


def _document(answer: _Answer) -> dict[str, object]:
    if "json" not in answer.headers.get("Content-Type", ""):
        return {}
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _said_digest(answer: _Answer) -> str | None:
    said = _document(answer).get("sha256")
    return said if isinstance(said, str) else None


def _problem_title(answer: _Answer) -> str:
    """The title of problem details (RFC 9457): short, on one line, as the receiver wrote it."""
    title = _document(answer).get("title")
    return " ".join(title.split())[:200] if isinstance(title, str) else ""
