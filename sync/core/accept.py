"""
What the guard holds, as a person is told of it, and a person's yes as the log keeps it.

A yes names one change set by its digest; see `sync/core/change_digest.py`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sync.core.alarms import in_words
from sync.errors import SyncError, UnsafeChangeSet
from sync.model.finding import Finding
from sync.model.guarding import Acceptance, Alarm
from sync.model.record import NewLogRow
from sync.wording import Text

ACCEPTED: Final = "accepted"
"""The fact that counts the change sets which were accepted; kind and rule of their log rows."""
HELD: Final = "held"
"""The fact that says that the last cycle was held: what it read was not kept."""
_CYCLE: Final = "cycle"
_OF_NO_AMOUNT: Final = Text("refusé, quelle qu’en soit la quantité", "refused, whatever its amount")


def held(alarms: Sequence[Alarm], digest: str | None) -> UnsafeChangeSet:
    """Without a digest: met after writing had begun, so that the next cycle must tell it whole."""
    why, first = in_words(alarms), alarms[0]
    if digest is None:
        done = Text(
            "Rien n’a été publié; le prochain cycle dira l’empreinte à accepter.",
            "Nothing was published; the next cycle tells the digest to accept.",
        )
    else:
        done = Text(
            "Rien n’a été écrit ni publié. Voir « jalon diff »; corriger la cause, ou, si c’est "
            f"voulu : jalon sync --accept {digest} --by NOM --reason MOTIF",
            "Nothing was written or published. See `jalon diff`; mend the cause or, if it is "
            f"intended: jalon sync --accept {digest} --by NAME --reason TEXT",
        )
    return UnsafeChangeSet(
        Text(f"{why.fr}. {done.fr}", f"{why.en}. {done.en}"),
        rule=first.rule,
        rules=", ".join(dict.fromkeys(alarm.rule for alarm in alarms)),
        changed=first.changed,
        known=first.known,
        limit=first.limit,
        digest=digest,
        figures=why,
    )


def other_change_set(
    asked: Acceptance, digest: str | None, alarms: Sequence[Alarm]
) -> UnsafeChangeSet:
    """What is there now is not what was accepted."""
    if digest is None:
        now = Text(
            "Il n’y a plus rien à changer, donc rien à accepter.",
            "There is nothing left to change, so nothing to accept.",
        )
    else:
        why = in_words(alarms)
        also = Text(f" ({why.fr})", f" ({why.en})") if alarms else Text("", "")
        now = Text(
            f"Il est maintenant {digest}{also.fr}. Lire « jalon diff » avant d’accepter celui-là.",
            f"It is now {digest}{also.en}. Read `jalon diff` before accepting that one.",
        )
    return UnsafeChangeSet(
        Text(
            f"Le changement n’est pas celui qui a été accepté ({asked.digest}). Rien n’a été "
            f"écrit ni publié. {now.fr}",
            f"The change set is not the one that was accepted ({asked.digest}). Nothing was "
            f"written or published. {now.en}",
        ),
        rule="other change set",
        digest=digest,
    )


def fits_nothing(error: UnsafeChangeSet) -> bool:
    """Whether it is an answer to a yes, and not what the guard holds."""
    return error.facts.get("rule") == "other change set"


def not_lifted(error: SyncError) -> None:
    """Have a refusal say that a yes does not lift it."""
    error.text = Text(
        f"{error.text.fr} Ce refus n’est pas une question de quantité : --accept ne le lève pas.",
        f"{error.text.en} This refusal is not a matter of amount: --accept does not lift it.",
    )


def held_finding(error: UnsafeChangeSet) -> Finding:
    """One finding for the held cycle, with the rules, the figures and the digest."""
    facts: dict[str, str | int | None] = {"why": error.text.fr, "why_en": error.text.en}
    figures = error.facts.get("figures")
    told = figures if isinstance(figures, Text) else _OF_NO_AMOUNT
    facts |= {"figures": told.fr, "figures_en": told.en}
    for name in ("changed", "known"):
        if isinstance(number := error.facts.get(name), int):
            facts[name] = number
    for name, value in (
        ("rule", error.facts.get("rules", error.facts.get("rule"))),
        ("limit", error.facts.get("limit")),
        ("digest", error.facts.get("digest")),
    ):
        if value is not None:
            facts[name] = str(value)
    return Finding("guard.held", _CYCLE, facts)


def acceptance_rows(accepted: Acceptance, alarms: Sequence[Alarm]) -> Iterator[NewLogRow]:
    """One row for the yes, and one on each thing that it let through, for `jalon explain`."""

    def row(subject: str, field: str, rule: str) -> NewLogRow:
        return NewLogRow(
            kind=ACCEPTED,
            subject=subject,
            field=field,
            to=accepted.digest,
            rule=rule,
            reason_fr=accepted.reason,
            reason_en=accepted.reason,
            outcome="done",
            actor=accepted.by,
        )

    named: dict[str, dict[str, None]] = {_CYCLE: dict.fromkeys(alarm.rule for alarm in alarms)}
    for alarm in alarms:
        for subject in alarm.subjects:
            named.setdefault(subject, {})[alarm.rule] = None
    for subject, rules in named.items():
        ref, _, field = subject.partition("#")
        yield row(ref, field, ", ".join(rules) or ACCEPTED)
