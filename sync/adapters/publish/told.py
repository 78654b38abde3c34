"""What a place that we publish to tells of the log: a witness outside of the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from sync.adapters.publish.layout import LATEST, SNAPSHOTS, STATE
from sync.core.chain import Told
from sync.core.witness import heads_in


@dataclass(frozen=True, slots=True)
class Unread:
    """A witness that is there, as far as we know, and was not heard."""

    where: str


@runtime_checkable
class Witness(Protocol):
    """A target that can be read back."""

    def told(self, plan_id: str) -> Iterator[Told | Unread]:
        """
        The head in each file there that tells one, and where something cannot be read.

        A place where nothing is tells nothing. Raises PublicationFailed where it does not answer.
        """


def told_by(root: Path, plan_id: str) -> Iterator[Told | Unread]:
    """The same of a folder."""
    numbered = sorted((root / SNAPSHOTS).glob("[0-9]*.json"))
    for path in (root / STATE, root / LATEST, *numbered):
        try:
            body = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError:
            yield Unread(str(path))
            continue
        yield from told_in([(str(path), body)], plan_id)


def told_in(files: Iterable[tuple[str, bytes | None]], plan_id: str) -> Iterator[Told | Unread]:
    """The same of files that were read, each with where it was; None where nothing was there."""
    for where, body in files:
        if body is None:
            continue
        try:
            heads = heads_in(body, plan_id)
        except ValueError:
            yield Unread(where)
            continue
        for head in heads:
            yield Told(head, where)
