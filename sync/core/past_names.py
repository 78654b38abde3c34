"""
Names that became private after they were published.

A city may add a name to `never_publish` on any day, and a numbered snapshot that holds it is never
made anew. So nothing more goes out until somebody withdraws the text by decision, or mends the
list; the error says where each name stands and what to run, and never the name.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sync.core.commitments import what_is
from sync.core.leaks import leaks
from sync.core.names import names_in
from sync.core.runs import runs
from sync.errors import UnsafeChangeSet
from sync.model.record import SnapshotRecord
from sync.wording import Text

LOOKED_FOR: Final = "names_looked_for"
"""The fact that keeps, in short, the names that no published snapshot was found to hold."""

_TOLD_AT_ONCE: Final = 5
_THEN: Final = Text(
    " Lancez chaque commande, avec --by, --reason et --yes, puis « jalon sync ».",
    " Run each command, with --by, --reason and --yes, then `jalon sync`.",
)


@dataclass(frozen=True, slots=True)
class PastName:
    """
    A place of a published snapshot, as a JSON Pointer, that holds a name.

    `text` is what `jalon withdraw` calls it: action, field, checkpoint. None for what no
    withdrawal takes away: the plan's own words and those of the config.
    """

    number: int
    place: str
    text: tuple[str, str, str | None] | None


def names_digest(never: Collection[str]) -> str:
    """The list in short, to be kept beside the data: it tells no name."""
    return sha256("\n".join(sorted(never)).encode()).hexdigest() if never else ""


def past_names(record: SnapshotRecord, never: Collection[str]) -> tuple[PastName, ...]:
    """Where a snapshot that was published holds one of the names, in the order of its places."""
    if not leaks({"": record.body}, (), never):
        return ()
    said = json.loads(record.body)
    typed = said.pop("sels", {})
    return tuple(
        PastName(record.number, place, what_is(said, place) if place in typed else None)
        for place, text in _texts(said, "")
        if any(names_in(text, never))
    )


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, f"{place}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _texts(one, f"{place}/{n}")


def guard_past(found: Sequence[PastName], plan_id: str) -> None:
    """Raise UnsafeChangeSet with each place and the command that takes the name out of it."""
    if not found:
        return
    texts = {one.text for one in found if one.text}
    told = [
        _withdrawal(text, run, plan_id)
        for text in sorted(texts, key=str)
        for run in runs({one.number for one in found if one.text == text})
    ]
    kept = sorted({(one.number, one.place) for one in found if one.text is None})
    told += [_for_good(number, place) for number, place in kept]
    more = f" (+ {len(told) - _TOLD_AT_ONCE})" if len(told) > _TOLD_AT_ONCE else ""
    shown, then = told[:_TOLD_AT_ONCE], _THEN if texts else Text("", "")
    raise UnsafeChangeSet(
        Text(
            "Un nom de never_publish se lit dans ce qui est déjà publié : "
            f"{'; '.join(one.fr for one in shown)}{more}. Rien de plus n’a été publié.{then.fr}",
            "A name of never_publish stands in what is published already: "
            f"{'; '.join(one.en for one in shown)}{more}. Nothing more was published.{then.en}",
        ),
        rule="private name in published snapshot",
        changed=len(found),
        places=[(one.number, one.place) for one in found],
    )


def _withdrawal(text: tuple[str, str, str | None], run: tuple[int, int], plan_id: str) -> Text:
    action, name, checkpoint = text
    first, last = run
    command = f"jalon withdraw {action} --field {name}"
    if checkpoint:
        command += f" --checkpoint {checkpoint}"
    command += f" --from {first} --to {last} --plan {plan_id}"
    here = f"{first}" if first == last else f"{first}-{last}"
    return Text(
        f"{here}, {action}, {name} (« {command} »)", f"{here}, {action}, {name} (`{command}`)"
    )


def _for_good(number: int, place: str) -> Text:
    return Text(
        f"{number}, {place} (mots du plan, de la configuration ou d’un retrait, que rien "
        "n’enlève : ôtez le nom de la liste ou écrivez-le plus au long)",
        f"{number}, {place} (words of the plan, the config or a withdrawal, which nothing takes "
        "away: take the name off the list or write it out longer)",
    )
