"""
Snapshots read one after the other, of which each holds again what the one before it held.

From one to the next a few actions change. What did not is checked once and is one value in all of
them: a history of a hundred takes the time and the memory of its changes, and whoever compares two
snapshots sees at once what is the same.
"""

import json
from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import Any, Final

from sync.core.memory import Memory
from sync.model.snapshot import PublicAction, Snapshot

_KNOWN: Final[Memory[PublicAction]] = Memory(20_000, lambda _: 1)
"""So many actions by the bytes of what they say, for the next publication to find them again."""


def snapshots(bodies: Iterable[bytes]) -> Iterator[Snapshot]:
    """As `Snapshot.model_validate_json` reads each of them; raises what it raises."""
    seen: dict[str, tuple[Any, PublicAction]] = {}
    for body in bodies:
        said = json.loads(body)
        try:
            _recognise(said, seen)
        except (LookupError, TypeError):
            yield Snapshot.model_validate_json(body)
        else:
            yield Snapshot.model_validate(said)


def _recognise(said: Any, seen: dict[str, tuple[Any, PublicAction]]) -> None:
    """Put the value that was checked before in the place of each action that says the same."""
    for axis in said["axes"]:
        for volet in axis["volets"]:
            for rank, action in enumerate(volet["actions"]):
                before, checked = seen.get(action["id"], (None, None))
                if checked is None or before != action:
                    whole = sha256(json.dumps(action, sort_keys=True).encode()).digest()
                    checked = _KNOWN.recall(whole, partial(PublicAction.model_validate, action))
                    seen[action["id"]] = action, checked
                volet["actions"][rank] = checked
