"""
Push each snapshot to a receiver over HTTP(S).

`publish` sends one POST to the configured URL: the canonical bytes as `application/json`, with
`Content-Digest` and `Repr-Digest` (RFC 9530), `Idempotency-Key` (the digest) and, when a token is
set, `Authorization: Bearer`; a token that begins with `hmac:` is a key instead, which signs the
time and the body in `Jalon-Signature`. Because the idempotency key says which snapshot it is,
sending the same one again after a lost answer is safe, and is done. Any 2xx is a delivery. A
receiver may answer with JSON that holds `sha256`; when it does, it must be the digest that was
sent.

`confirm` POSTs the small state (`etat.json`) to the same URL as
`application/vnd.jalon.etat+json`, so that the receiver's page can tell how fresh it is. A
receiver that does not want it, or has never heard of it, answers 404, 405, 415 or 501, which is
taken as a plain « no, thank you ». One that takes it may answer with JSON that holds `sert`, the
digest of the snapshot that it serves: where that is another, the snapshot is sent again.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr

from sync.adapters.publish.exchange import Answer, Line, Lost, Pace, passing, retry_after
from sync.adapters.publish.layout import sha256
from sync.adapters.publish.quoting import quoted, secrets_of_query
from sync.adapters.publish.reach import Resolve, Unreachable, resolve
from sync.core.fill import fill
from sync.errors import PublicationFailed, PublicationMissing
from sync.model.snapshot import State, snapshot_path
from sync.ports import Publication
from sync.wording import Text

SNAPSHOT_TYPE = "application/json"
STATE_TYPE = "application/vnd.jalon.etat+json"
SIGNATURE = "Jalon-Signature"
SIGNING = "hmac:"
"""What a token begins with that is a key to sign by, and is never sent."""
NO_THANKS = frozenset({404, 405, 415, 501})
"""To a confirmation: the receiver takes snapshots and has no use for their state."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


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
        internal: bool = False,
        look_up: Resolve = resolve,
    ) -> None:
        self.name = name
        self._url = url
        self._where = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}{urlsplit(url).path}"
        self._token = token
        self._pace = pace or Pace()
        self._line = Line(
            url, self._pace, internal=internal, look_up=look_up, open_session=open_session
        )

    def __repr__(self) -> str:
        return f"HttpPublisher({self._where!r})"

    def publish(self, publication: Publication) -> None:
        """What the target missed goes first, in order; a failure tells how far it has come."""
        ends = self._ends()
        reached = None
        try:
            for number in _missed(publication):
                self._give(number, publication.immutable[snapshot_path(number)], ends)
                reached = number
            self._give(publication.record.number, publication.record.body, ends)
        except PublicationFailed as error:
            if reached is not None:
                error.facts["reached"] = reached
            raise

    def _give(self, number: int, body: bytes, ends: float) -> None:
        answer = self._deliver(body, SNAPSHOT_TYPE, ends)
        if not _accepted(answer.status):
            raise self._refusal(answer)
        said = _document(answer).get("sha256")
        digest = sha256(body)
        if said is not None and said != digest:
            raise self._another_digest(said, number, digest)

    def standing(self, _plan_id: str) -> None:
        """A receiver is only spoken to: what it shows, nobody here can see."""

    def confirm(self, state: State, digest: str) -> None:
        answer = self._deliver(state.model_dump_json().encode("utf-8"), STATE_TYPE, self._ends())
        if not _accepted(answer.status):
            if answer.status not in NO_THANKS:
                raise self._refusal(answer)
            return
        served = _document(answer).get("sert")
        if served is not None and served != digest:
            raise PublicationMissing(
                Text(
                    f"{self._where} dit ne pas servir l’instantané {state.numero} tel que publié. "
                    "Rien n’y a été confirmé : une publication complète doit suivre.",
                    f"{self._where} says that it does not serve snapshot {state.numero} as "
                    "published. Nothing was confirmed there: a complete publication must follow.",
                ),
                target=self.name,
            )

    def _ends(self) -> float:
        return self._pace.monotonic() + self._pace.deadline

    def _deliver(self, body: bytes, media_type: str, ends: float) -> Answer:
        """Send until there is a clear answer, at most `attempts` times and within the deadline."""
        pace = self._pace
        headers = self._headers(body, media_type)
        for attempt in range(1, pace.attempts + 1):
            wait = pace.wait(attempt)
            try:
                answer = self._send(body, headers, ends - pace.monotonic())
            except Lost as lost:
                why = lost.why
            else:
                if not passing(answer.status):
                    return answer
                why = Text(f"réponse {answer.status}", f"answer {answer.status}")
                asked = retry_after(answer.headers.get("Retry-After"), pace.now())
                wait = wait if asked is None else asked
            out_of_time = pace.monotonic() + wait >= ends
            if attempt == pace.attempts or out_of_time:
                raise PublicationFailed(
                    fill(
                        Text(
                            "{where} n’a pas confirmé la réception après "
                            "{attempt:# essai|# essais} : {why}. Le prochain cycle reprendra.",
                            "{where} did not confirm after {attempt:# attempt|# attempts}: {why}. "
                            "The next cycle will try again.",
                        ),
                        {"where": self._where, "attempt": attempt, "why": why},
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
            "Repr-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:",
            "Idempotency-Key": f'"{digest.hexdigest()}"',
            "User-Agent": "jalon",
        }
        if self._key is not None:
            moment = str(int(self._pace.now().timestamp()))
            signed = hmac.digest(self._key, moment.encode() + b"." + body, "sha256")
            headers[SIGNATURE] = f"t={moment},v1={signed.hex()}"
        elif self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return headers

    @property
    def _key(self) -> bytes | None:
        """The shared key that signs, where the token is one."""
        said = self._token.get_secret_value() if self._token else ""
        return said.removeprefix(SIGNING).encode() if said.startswith(SIGNING) else None

    def _send(self, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        def ask(session: requests.Session) -> requests.Response:
            return session.post(
                self._url,
                data=body,
                headers=dict(headers),
                timeout=(self._pace.connect, self._pace.read),
                allow_redirects=False,
                stream=True,
            )

        try:
            return self._line.exchange(ask, seconds)
        except Unreachable as unreachable:
            raise self._failure(unreachable.why) from None

    def _failure(self, why: Text) -> PublicationFailed:
        return PublicationFailed(
            Text(
                f"{self._where} : {why.fr}. Rien n’a été envoyé.",
                f"{self._where}: {why.en}. Nothing was sent.",
            ),
            target=self.name,
        )

    def _refusal(self, answer: Answer) -> PublicationFailed:
        problem = _document(answer)
        said = [self._quoted(problem.get(member)) for member in ("title", "detail")]
        title = " – ".join(dict.fromkeys(filter(None, said)))
        quoted_fr = f" : « {title} »" if title else ""
        quoted_en = f": “{title}”" if title else ""
        advice = _advice(answer.status)
        return PublicationFailed(
            Text(
                f"{self._where} a refusé l’envoi, réponse {answer.status}{quoted_fr}. {advice.fr}",
                f"{self._where} refused the delivery, answer {answer.status}{quoted_en}. "
                f"{advice.en}",
            ),
            target=self.name,
            status=answer.status,
        )

    def _another_digest(self, said: object, number: int, digest: str) -> PublicationFailed:
        is_digest = isinstance(said, str) and _DIGEST.fullmatch(said)
        shown = self._quoted(said) if is_digest else ""
        what = Text(
            f"l’empreinte {shown}" if shown else "une empreinte qui n’en est pas une",
            f"digest {shown}" if shown else "a digest that is none",
        )
        return PublicationFailed(
            Text(
                f"{self._where} dit avoir reçu {what.fr}, mais l’instantané {number} porte "
                f"{digest}. Cherchez entre les deux ce qui change les octets (mandataire, "
                "pare-feu), ou corrigez le récepteur : `sha256` est celui du corps reçu, en 64 "
                "chiffres hexadécimaux minuscules.",
                f"{self._where} says that it received {what.en}, but snapshot {number} has "
                f"{digest}. Look in between for what changes the bytes (proxy, firewall), "
                "or correct the receiver: `sha256` is that of the body received, in 64 lowercase "
                "hexadecimal digits.",
            ),
            target=self.name,
            number=number,
        )

    def _quoted(self, words: object) -> str:
        if not isinstance(words, str):
            return ""
        token = [self._token.get_secret_value()] if self._token else []
        token += [one.removeprefix(SIGNING) for one in token]
        return quoted(words, [*token, *secrets_of_query(urlsplit(self._url).query)])


def _missed(publication: Publication) -> range:
    """The numbers between the last one that the target took and the current one."""
    current = publication.record.number
    since = current - 1 if publication.since is None else publication.since
    return range(min(since, current - 1) + 1, current)


def _accepted(status: int) -> bool:
    return 200 <= status < 300


_ADDRESS = Text("Vérifiez l’adresse de la cible.", "Check the target’s address.")
_TOKEN = Text(
    "Vérifiez le jeton et ce qu’il a le droit d’écrire.",
    "Check the token and what it may write.",
)
_ADVICE: Mapping[int, Text] = {
    401: _TOKEN,
    403: _TOKEN,
    404: _ADDRESS,
    405: _ADDRESS,
    409: Text(
        "Le récepteur a déjà un autre contenu sous ce numéro : vérifiez que cette base de données "
        "est bien la sienne, ou retirez-y ce contenu.",
        "The receiver already has another content under that number: check that this database is "
        "the one it was fed from, or remove that content there.",
    ),
    410: _ADDRESS,
    413: Text(
        "Relevez la taille que le récepteur permet.", "Raise the size that the receiver allows."
    ),
}
_REDIRECTED = Text(
    "Les redirections ne sont pas suivies : donnez l’adresse finale comme cible.",
    "Redirects are not followed: give the final address as the target.",
)
_OTHERWISE = Text(
    "Vérifiez l’adresse et le jeton, et ce qu’en dit le récepteur.",
    "Check the address and the token, and what the receiver says of it.",
)


def _advice(status: int) -> Text:
    return _REDIRECTED if 300 <= status < 400 else _ADVICE.get(status, _OTHERWISE)


def _document(answer: Answer) -> dict[str, object]:
    if "json" not in answer.headers.get("Content-Type", ""):
        return {}
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
