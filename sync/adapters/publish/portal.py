"""
What is asked of a CKAN portal through `ckanapi`, and what its answers mean.

Whatever only reads may be asked again; a write is sent once. Where its answer was lost, or says
that the portal itself is in trouble, `Unclear` is raised: look before anything is sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from ckanapi import RemoteCKAN
from ckanapi.errors import (
    CKANAPIError,
    NotAuthorized,
    NotFound,
    SearchError,
    SearchIndexError,
    SearchQueryError,
    ServerIncompatibleError,
    ValidationError,
)
from pydantic import SecretStr

from sync.adapters.publish.exchange import Answer, Line, Lost, Pace, passing, retry_after
from sync.adapters.publish.quoting import quoted
from sync.adapters.publish.reach import Unreachable
from sync.core.fill import fill
from sync.errors import PublicationFailed
from sync.wording import Text

LONGEST: Final = 8 * 1024 * 1024
"""Bytes of one answer: a data set with hundreds of resources is far below it."""

Files = Mapping[str, tuple[str, bytes, str]]
"""By the name of the form's part: file name, bytes, media type."""


class Missing(Exception):
    """The portal shows no such thing to this account."""


class Unclear(Exception):
    """A write may have happened."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class Invalid(Exception):
    """The portal refused what was written, field by field."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(", ".join(fields))
        self.fields = {key: value for key, value in fields.items() if key != "__type"}


@dataclass(frozen=True, slots=True)
class _Said:
    """As much of an answer as ckanapi looks at."""

    status_code: int
    text: str


class _Sending:
    """Stands in for a session of `requests`: every exchange of ckanapi goes through the guard."""

    def __init__(self, line: Line, pace: Pace, ends: float) -> None:
        self._line, self._pace, self._ends = line, pace, ends
        self.last: Answer | None = None

    def post(
        self,
        url: str,
        *,
        data: Any,
        headers: Mapping[str, str],
        files: Any = None,
        **_: object,  # how long, and that no redirect is followed, is said here
    ) -> _Said:
        def ask(session: requests.Session) -> requests.Response:
            return session.post(
                url,
                data=data,
                headers=dict(headers),
                files=files,
                timeout=(self._pace.connect, self._pace.read),
                allow_redirects=False,
                stream=True,
            )

        self.last = None
        left = self._ends - self._pace.monotonic()
        self.last = self._line.exchange(ask, left, LONGEST)
        return _Said(self.last.status, self.last.body.decode("utf-8", "replace"))

    def close(self) -> None:
        """Nothing is held open."""


class Portal:
    """One portal for the length of one delivery."""

    def __init__(self, site: str, where: str, token: SecretStr, line: Line, pace: Pace) -> None:
        self.site = site
        self._where = where
        self._token = token
        self._line = line
        self._pace = pace
        self._ends = pace.monotonic() + pace.deadline
        self._sending = _Sending(line, pace, self._ends)
        self._api = RemoteCKAN(
            site, apikey=token.get_secret_value(), user_agent="jalon", session=self._sending
        )

    def read(self, action: str, **said: Any) -> Any:
        """Raises Missing, and PublicationFailed."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._call(action, said)
            except Unclear as unclear:
                self.wait(attempt, unclear.why)
            except Invalid as invalid:
                raise self.refused(invalid) from None

    def write(self, action: str, said: Mapping[str, Any], files: Files | None = None) -> Any:
        """Once. Raises Invalid, Missing, Unclear and PublicationFailed."""
        return self._call(action, said, files)

    def downloaded(self, path: str, longest: int) -> bytes | None:
        """
        The bytes that the portal serves at a path of its own.

        None where it sends the reader on to another host, which nobody here has looked at.
        """
        url = f"{self.site}{path}"

        def ask(session: requests.Session) -> requests.Response:
            return session.get(
                url,
                headers={
                    "Authorization": self._token.get_secret_value(),
                    "User-Agent": "jalon",
                    "Cache-Control": "no-cache",
                },
                timeout=(self._pace.connect, self._pace.read),
                allow_redirects=False,
                stream=True,
            )

        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._line.exchange(ask, self._left(), longest)
            except Lost as lost:
                self.wait(attempt, lost.why)
                continue
            except Unreachable as unreachable:
                raise self._failed(unreachable.why) from None
            if passing(answer.status):
                self.wait(attempt, _status(answer.status), answer)
                continue
            if 300 <= answer.status < 400:
                return None
            return answer.body if answer.status == 200 else b""

    def wait(self, attempt: int, why: Text, answer: Answer | None = None) -> None:
        """Before the next attempt; raises PublicationFailed where there is to be none."""
        pace, seconds = self._pace, self._pace.wait(attempt)
        answer = answer or self._sending.last
        if answer is not None:
            asked = retry_after(answer.headers.get("Retry-After"), pace.now())
            seconds = seconds if asked is None else asked
        if attempt >= pace.attempts or pace.monotonic() + seconds >= self._ends:
            raise PublicationFailed(
                fill(_GIVEN_UP, {"where": self._where, "attempt": attempt, "why": why}),
                target=self._where,
                attempts=attempt,
                retry_after=seconds,
            )
        pace.sleep(seconds)

    def refused(self, invalid: Invalid) -> PublicationFailed:
        """The portal's own words, field by field: each portal has rules of its own."""
        words = "; ".join(f"{key} : {_words(value)}" for key, value in invalid.fields.items())
        said = quoted(words, [self._token.get_secret_value()])
        return self._failed(
            Text(
                f"le portail refuse ces champs – {said}. Un champ que ce portail exige se "
                "remplit à la main dans la fiche, et Jalon l’y laisse",
                f"the portal refuses these fields – {said}. A field that this portal requires is "
                "filled in by hand in the record, and Jalon leaves it there",
            ),
            status=409,
        )

    def _left(self) -> float:
        return self._ends - self._pace.monotonic()

    def _call(self, action: str, said: Mapping[str, Any], files: Files | None = None) -> Any:
        try:
            return self._api.call_action(action, dict(said), files=dict(files) if files else None)
        except Lost as lost:
            raise Unclear(lost.why) from None
        except Unreachable as unreachable:
            raise self._failed(unreachable.why) from None
        except ValidationError as invalid:
            found = invalid.error_dict
            raise Invalid(found if isinstance(found, dict) else {"?": found}) from None
        except NotFound:
            raise Missing(action) from None
        except NotAuthorized as denied:
            raise self._denied(denied) from None
        except (SearchIndexError, SearchError, SearchQueryError):
            raise Unclear(_INDEX) from None
        except (CKANAPIError, ServerIncompatibleError, RecursionError):
            raise self._unintelligible() from None

    def _denied(self, denied: Exception) -> PublicationFailed:
        found = denied.args[0] if denied.args else None
        message = found.get("message") if isinstance(found, dict) else None
        words = quoted(str(message or ""), [self._token.get_secret_value()])
        quote_fr = f" (« {words} »)" if words else ""
        quote_en = f" (“{words}”)" if words else ""
        return self._failed(
            Text(
                f"accès refusé{quote_fr}. Vérifiez que le jeton n’est pas expiré, et que son "
                "compte est éditeur de l’organisation à laquelle le jeu appartient (option "
                "organisation= pour en créer un)",
                f"access denied{quote_en}. Check that the token has not expired, and that its "
                "account is an editor of the organisation that the data set belongs to (option "
                "organisation= to create one)",
            ),
            status=403,
        )

    def _unintelligible(self) -> PublicationFailed | Unclear:
        answer = self._sending.last
        status = answer.status if answer else 0
        if passing(status):
            return Unclear(_status(status))
        if 300 <= status < 400:
            why = Text(
                f"réponse {status} : les redirections ne sont pas suivies. Donnez l’adresse "
                "finale du portail comme cible",
                f"answer {status}: redirects are not followed. Give the portal’s final address "
                "as the target",
            )
        elif status in (401, 403):
            why = Text(
                f"accès refusé, réponse {status} d’avant CKAN (un pare-feu, un mandataire). "
                "Vérifiez que cette machine peut appeler l’API du portail",
                f"access denied, answer {status} from before CKAN (a firewall, a proxy). Check "
                "that this machine may call the portal’s API",
            )
        elif status == 413:
            why = Text(
                "réponse 413 : un fichier est plus gros que le portail ne le permet. Demandez à "
                "ses responsables de relever la limite",
                "answer 413: a file is larger than the portal allows. Ask those in charge of it "
                "to raise the limit",
            )
        else:
            why = Text(
                f"réponse {status}, qui n’est pas celle de l’API d’un CKAN 2.9 ou plus récent. "
                "Vérifiez l’adresse : ce qui précède le nom du jeu est la racine du portail "
                "(https://www.donneesquebec.ca/recherche, par exemple)",
                f"answer {status}, which is not that of the API of CKAN 2.9 or newer. Check the "
                "address: what stands before the data set’s name is the portal’s root "
                "(https://www.donneesquebec.ca/recherche, for instance)",
            )
        return self._failed(why, status=status)

    def _failed(self, why: Text, **facts: object) -> PublicationFailed:
        return PublicationFailed(
            Text(
                f"{self._where} : {why.fr}. Ce que le portail montrait y reste.",
                f"{self._where}: {why.en}. What the portal showed still stands there.",
            ),
            target=self._where,
            **facts,
        )


_GIVEN_UP: Final = Text(
    "{where} n’a pas donné de réponse claire après {attempt:# essai|# essais} : {why}. Le prochain "
    "cycle reprendra, en regardant d’abord ce qui y est.",
    "{where} gave no clear answer after {attempt:# attempt|# attempts}: {why}. The next cycle will "
    "go on, looking first at what is there.",
)
_INDEX: Final = Text("l’index du portail est en panne", "the portal’s index is out of order")


def _status(status: int) -> Text:
    return Text(f"réponse {status}", f"answer {status}")


def _words(value: object) -> str:
    """What stands in the lists and tables of a refusal, on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} : {_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    return str(value)
