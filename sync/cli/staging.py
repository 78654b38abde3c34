"""Write one file whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sync.errors import ConfigError
from sync.system import reason_of
from sync.wording import Text


@dataclass(frozen=True, slots=True)
class Staged:
    """The new content lies beside its place, on disk; `put` makes it the file at once."""

    _fresh: Path
    _place: Path

    def put(self) -> None:
        self._fresh.replace(self._place)


@contextmanager
def staged(place: Path, text: str) -> Iterator[Staged]:
    """Everything that can fail has happened when this yields; without `put` nothing remains."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except OSError as error:
        raise _refused(place, error) from error
    fresh = Path(name)
    try:
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.chmod(0o644)
        except OSError as error:
            raise _refused(place, error) from error
        yield Staged(fresh, place)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()


def _refused(place: Path, error: OSError) -> ConfigError:
    why = reason_of(error)
    return ConfigError(
        Text(
            f"{place} : écriture impossible ({why.fr}). Rien n’a été écrit.",
            f"{place}: cannot be written ({why.en}). Nothing was written.",
        )
    )
