"""
The log's hash chain: what makes an edit, a removal, a swap or a cut of it visible.

A row's texts enter only as a commitment salted with 32 random bytes, and its other facts as they
are. So a text can be erased by decision, its salt with it, and the chain still verifies, while
nobody can guess the text from what is left. The chain shows what was done between its rows; that
rows were cut from its end, or that all of it was written anew, only a head kept elsewhere shows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Literal

import rfc8785

from sync.core.marks import log_ref
from sync.model.record import ERASED, RECOVERED, Head, Seal, SealedRow

DOMAIN: Final = b"jalon/journal/1/"
"""Whatever is hashed begins with it: no hash made for one purpose passes for another's."""

SALT_BYTES: Final = 32
FACTS: Final = (
    "plan_id", "id", "at", "cycle_id", "kind", "subject", "field", "rule", "outcome",
)  # fmt: skip
TEXTS: Final = (
    "actor", "base", "plan", "asana", "before", "after", "reason_fr", "reason_en",
)  # fmt: skip

START: Final = Head(0, "0" * 64)
"""The head of an empty log."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

Facts = Mapping[str, str | int | datetime]
Texts = Mapping[str, str | None]


def seal(previous: Head, facts: Facts, texts: Texts, salt: bytes) -> Seal:
    """Hang a row on the chain."""
    commitment = commit(salt.hex(), texts)
    return Seal(salt.hex(), commitment, link(previous.chain, facts, commitment))


def commit(salt: str, texts: Texts) -> str:
    """Salt and text of a fixed form: neither can take anything from the other."""
    body = rfc8785.dumps({name: texts[name] for name in TEXTS})
    return sha256(DOMAIN + b"textes\n" + bytes.fromhex(salt) + body).hexdigest()


def link(previous: str, facts: Facts, commitment: str) -> str:
    body = rfc8785.dumps({name: _plain(facts[name]) for name in FACTS})
    before, bound = bytes.fromhex(previous), bytes.fromhex(commitment)
    return sha256(DOMAIN + b"ligne\n" + before + body + bound).hexdigest()


def _plain(value: str | int | datetime) -> str | int:
    """An instant is one text, whatever zone the database gives it back in."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


Breach = Literal["missing", "texts", "half_erased", "erased_undecided", "facts", "cut", "head"]
"""
`missing`: a row is not there. `texts`: a text or the salt is not the one that was committed to.
`half_erased`: the salt is gone and texts are not. `erased_undecided`: no row says who erased it.
`facts`: the row does not follow from the one before it. `cut`: a head tells of rows that are not
there. `head`: a head told elsewhere is not the one that stands at that row.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A head, and where it was told."""

    head: Head
    where: str


@dataclass(frozen=True, slots=True)
class Fault:
    """
    The first row that does not hold, and what does not; `told` where a head says otherwise.

    With `head` the row that was changed lies after the row `vouched`, the last one of which
    another head told the same.
    """

    row: int
    breach: Breach
    told: Told | None = None
    vouched: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    `head` is that of the rows that hold; `faults` come in the order of their rows. `given_up` are
    the heads that tell of rows lost with a database, which a row of kind `RECOVERED` names.
    """

    head: Head
    erased: int
    faults: tuple[Fault, ...]
    given_up: tuple[Told, ...] = ()


def verify(rows: Iterable[SealedRow], told: Iterable[Told]) -> Verdict:
    """
    Recompute the whole chain and hold it against the heads told elsewhere.

    The rows come oldest first. What comes after a row that does not hold proves nothing: it is
    not looked at, and of the heads only those before that row are compared.
    """
    wanted: dict[int, list[Told]] = {}
    for one in told:
        wanted.setdefault(one.head.rows, []).append(one)
    head, vouched = START, 0
    faults = list(_contradicted(START, wanted, vouched))
    erased: list[int] = []
    decided: dict[str, int] = {}
    lost: set[str] = set()
    for row in rows:
        breach = _breach(head, row)
        if breach is not None:
            return Verdict(head, len(erased), (*faults, Fault(head.rows + 1, breach)))
        if row.seal.salt is None:
            erased.append(row.number)
        if row.facts["kind"] == ERASED:
            decided[str(row.facts["subject"])] = row.number
        if row.facts["kind"] == RECOVERED and row.texts["before"] is not None:
            lost.add(row.texts["before"])
        head = Head(row.number, row.seal.chain)
        against = list(_contradicted(head, wanted, vouched))
        faults += against
        if head.rows in wanted and not against:
            vouched = head.rows
    faults += (
        Fault(number, "erased_undecided")
        for number in erased
        if decided.get(log_ref(number), 0) <= number
    )
    faults += (
        Fault(head.rows + 1, "cut", one)
        for rows_told in sorted(wanted)
        if rows_told > head.rows
        for one in wanted[rows_told]
    )
    given_up = tuple(f.told for f in faults if f.told and in_words(f.told.head) in lost)
    left = [fault for fault in faults if fault.told not in given_up or fault.told is None]
    return Verdict(head, len(erased), tuple(sorted(left, key=lambda fault: fault.row)), given_up)


def in_words(head: Head) -> str:
    """As people note it: the count of rows, a colon, the last row's hash."""
    return f"{head.rows}:{head.chain}"


def _contradicted(
    head: Head, wanted: Mapping[int, Sequence[Told]], vouched: int
) -> Iterator[Fault]:
    for one in wanted.get(head.rows, ()):
        if one.head.chain != head.chain:
            yield Fault(head.rows, "head", one, vouched)


def _breach(before: Head, row: SealedRow) -> Breach | None:
    return "missing" if row.number != before.rows + 1 else broken(before.chain, row)


def broken(before: str, row: SealedRow) -> Breach | None:
    """What of one row does not hold, given the link of the row before it."""
    salt, commitment, chain = row.seal.salt, row.seal.commitment, row.seal.chain
    try:
        if salt is None:
            if any(text is not None for text in row.texts.values()):
                return "half_erased"
        elif not _DIGEST.fullmatch(salt) or commit(salt, row.texts) != commitment:
            return "texts"
        if not _DIGEST.fullmatch(commitment) or link(before, row.facts, commitment) != chain:
            return "facts"
    except (TypeError, ValueError):  # a value that no log of ours ever held
        return "facts"
    return None
