"""
What a failed exchange with Asana means for the caller: one table, used once.

Nothing of an answer's body is repeated, except what it says of a *place* (a parameter's path,
a gid) in one of a few known phrases: the rest may be people's text.
"""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from sync.adapters.asana.budget import LONGEST_REST
from sync.adapters.asana.exchange import Failure
from sync.core.dates import french
from sync.errors import (
    OutcomeUnknown,
    SyncError,
    TargetDenied,
    TargetRejected,
    TargetUnavailable,
)
from sync.wording import Text

_DENIED: Final = {
    401: Text(
        "Asana refuse le jeton (401). Vérifier ASANA_ACCESS_TOKEN ou en créer un nouveau.",
        "Asana refuses the token (401). Check ASANA_ACCESS_TOKEN or create a new one.",
    ),
    402: Text(
        "Asana exige un forfait payant (402) : les champs personnalisés n’existent pas dans le "
        "forfait gratuit. Changer de forfait ou d’espace de travail.",
        "Asana asks for a paid tier (402): custom fields do not exist on the free one. Change "
        "the tier or the workspace.",
    ),
    403: Text(
        "Asana refuse l’accès (403). Donner au compte du jeton le droit de modification, ou "
        "utiliser un autre compte.",
        "Asana refuses access (403). Give the token's account the right to edit, or use "
        "another account.",
    ),
    451: Text(
        "Asana bloque l’accès pour une raison légale (451). Rien ne sera tenté avant qu’une "
        "personne ait vérifié auprès d’Asana.",
        "Asana blocks access for a legal reason (451). Nothing will be tried until a person "
        "has asked Asana.",
    ),
}

_MISHAPS: Final = {
    "unsent": Text(
        "la connexion n’a pas pu être ouverte. Vérifier le réseau et JALON_ASANA_URL",
        "the connection could not be opened. Check the network and JALON_ASANA_URL",
    ),
    "untrusted": Text(
        "le certificat du serveur n’est pas valide. Vérifier JALON_ASANA_URL et le réseau",
        "the server's certificate is not valid. Check JALON_ASANA_URL and the network",
    ),
    "silence": Text("aucune réponse dans le délai", "no answer in time"),
    "cut": Text(
        "la ligne a été coupée avant la fin de la réponse",
        "the line was cut before the answer ended",
    ),
    "unreadable": Text(
        "la réponse n’est pas celle d’Asana. Vérifier JALON_ASANA_URL et ce qui se trouve entre "
        "Jalon et Asana",
        "the answer is not one of Asana's. Check JALON_ASANA_URL and what stands between Jalon "
        "and Asana",
    ),
}

_PLACE: Final = re.compile(
    r"^((?:(?:[a-z_]{1,40}|\[\d{1,4}\]): )*)"
    r"(Unknown object(?:: \d{1,25})?|Missing input|Not a recognized ID|"
    r"Cannot write this property|Your pagination token (?:is invalid|has expired)|"
    r"Custom field with ID \d{1,25} is not on given object)?"
)


def translate(failure: Failure, what: Text, *, writing: bool, broad: bool) -> SyncError:
    """
    Name a failure for what the caller does next; `what` says what was being done.

    `broad` is true when the request concerned no single object: a 403 then means that the
    token lacks a right, not that one task is private.
    """
    if failure.mishap == "status":
        return _of_status(failure, what, writing=writing, broad=broad)
    why = _MISHAPS[failure.mishap]
    if writing and failure.mishap not in ("unsent", "untrusted"):
        return _unknown(what, why, failure.status)
    return _unavailable(what, why, failure.status)


def doubtful(failure: Failure) -> bool:
    """Whether a write that ended so may have happened all the same."""
    if failure.mishap == "status":
        return failure.status >= 500
    return failure.mishap not in ("unsent", "untrusted")


def _of_status(failure: Failure, what: Text, *, writing: bool, broad: bool) -> SyncError:
    status = failure.status
    if status in (401, 402, 451) or (status == 403 and broad):
        why = _DENIED[status]
        return TargetDenied(
            Text(f"Asana : {what.fr}. {why.fr}", f"Asana: {what.en}. {why.en}"), status=status
        )
    if status >= 500:
        why = Text(f"Asana est en panne ({status})", f"Asana is failing ({status})")
        return _unknown(what, why, status) if writing else _unavailable(what, why, status)
    place = _place(failure.body)
    return TargetRejected(
        Text(
            f"Asana : {what.fr}. Demande refusée ({status}){place}. Elle ne sera pas répétée "
            "telle quelle; le prochain cycle relira puis décidera.",
            f"Asana: {what.en}. Request refused ({status}){place}. It will not be repeated as "
            "it is; the next cycle reads again and decides.",
        ),
        status=status,
    )


def _unavailable(what: Text, why: Text, status: int) -> TargetUnavailable:
    return TargetUnavailable(
        Text(
            f"Asana : {what.fr}. Échec : {why.fr}. Le prochain cycle reprendra.",
            f"Asana: {what.en}. Failed: {why.en}. The next cycle starts again.",
        ),
        status=status,
    )


def _unknown(what: Text, why: Text, status: int) -> OutcomeUnknown:
    return OutcomeUnknown(
        Text(
            f"Asana : {what.fr}. Issue inconnue : {why.fr}. Rien ne sera renvoyé avant relecture.",
            f"Asana: {what.en}. Outcome unknown: {why.en}. Nothing is sent again before reading.",
        ),
        status=status,
    )


def unknown_after_all(what: Text, error: TargetUnavailable) -> OutcomeUnknown:
    """The last attempt left nothing behind, but an earlier one may have."""
    unknown = _unknown(
        what,
        Text("un premier envoi est peut-être arrivé", "an earlier attempt may have arrived"),
        0,
    )
    unknown.retry_after = error.retry_after
    return unknown


def too_long(what: Text, seconds: float, now: datetime, *, asked: bool) -> TargetUnavailable:
    """A longer pause than a cycle should sleep: Asana asks for it, or the minute is spent."""
    whole = math.ceil(min(seconds, LONGEST_REST))
    until = (now + timedelta(seconds=whole)).astimezone(UTC)
    why = (
        Text(
            f"Limite atteinte : Asana demande {whole} s d’attente",
            f"Limit reached: Asana asks for {whole} s of pause",
        )
        if asked
        else Text(
            f"Le budget de requêtes du jeton est pris : il reste {whole} s d’attente",
            f"The token's budget of requests is taken: {whole} s of waiting are left",
        )
    )
    return TargetUnavailable(
        Text(
            f"Asana : {what.fr}. {why.fr}. Le cycle s’arrête ici; le suivant reprendra après "
            f"le {french(until.date())} à {until:%H:%M:%S} UTC.",
            f"Asana: {what.en}. {why.en}. The cycle stops here; the next one goes on after "
            f"{until:%Y-%m-%d %H:%M:%S} UTC.",
        ),
        retry_after=min(seconds, LONGEST_REST),
        status=429,
    )


def incomplete(what: Text, why: Text) -> TargetUnavailable:
    """A listing that did not end properly is no listing at all."""
    return TargetUnavailable(
        Text(
            f"Asana : {what.fr}. Liste incomplète : {why.fr}. Rien n’en sera conclu; le prochain "
            "cycle relira.",
            f"Asana: {what.en}. Incomplete listing: {why.en}. Nothing is concluded from it; the "
            "next cycle reads again.",
        )
    )


def _place(body: bytes) -> str:
    """« : custom_fields: [0]: Unknown object: 123 », when the body says so in known words."""
    try:
        message = json.loads(body)["errors"][0]["message"]
        match = _PLACE.match(message)
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    words = match.group(0).removesuffix(": ") if match else ""
    return f": {words}" if words else ""
