"""
Where the demo leaves its page, without ever touching a folder that holds anything real.

The publication is made beside its place and put there at the end, so that a demo that fails
leaves what was there.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sync.errors import ConfigError
from sync.system import reason_of
from sync.wording import Text

OURS: Final = frozenset(
    {
        ".versions",
        "404.html",
        "SHA256SUMS",
        "SHA256SUMS.sig",
        "actions",
        "actions.csv",
        "catalogue.jsonld",
        "cle.pem",
        "cle.pub",
        "cles.json",
        "courant",
        "datapackage.json",
        "definitions.html",
        "depuis",
        "dernier.json",
        "dictionnaire.csv",
        "donnees.html",
        "en",
        "etat.json",
        "etats",
        "etats-passes",
        "flux",
        "flux.atom",
        "flux.json",
        "index.html",
        "indicateurs.csv",
        "instantanes",
        "integration.html",
        "jalons.ics",
        "note.txt",
        "oembed.json",
        "plan.stratml.xml",
        "schema",
        "sitemap.xml",
        "tableau.html",
        "verifier.html",
        "volets",
    }
)
"""What a publication consists of; anything else in the folder is somebody's."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`folder` takes the publication; `reveal` puts it where it was asked for."""

    folder: Path
    _place: Path

    def reveal(self) -> None:
        """Put the publication in its place; what stands there is put aside, or stays."""
        aside = self.folder.with_name("aside")
        standing = self._place.exists()
        if standing:
            refuse_foreign(self._place)
        try:
            if standing:
                self._place.rename(aside)
            self.folder.rename(self._place)
        except OSError as error:
            if aside.exists():
                aside.rename(self._place)
            raise _unwritable(self._place, error) from error


@contextmanager
def stage(place: Path) -> Iterator[Stage]:
    """A fresh folder beside `place`; whatever is not revealed vanishes."""
    place = place.absolute()
    refuse_foreign(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise _unwritable(place, error) from error
    try:
        fresh = beside / "publication"
        fresh.mkdir()
        yield Stage(fresh, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def refuse_foreign(place: Path) -> None:
    """Only nothing, an empty folder, or what an earlier demo left may be replaced."""
    if not place.exists() and not place.is_symlink():
        return
    if place.is_symlink() or not place.is_dir():
        raise _refused(place, "ce n’est pas un dossier", "it is not a folder")
    inside = {entry.name for entry in place.iterdir()}
    if not inside:
        return
    foreign = sorted(inside - OURS)
    if foreign:
        raise _refused(
            place,
            f"on y trouve autre chose ({foreign[0]})",
            f"it holds something else ({foreign[0]})",
        )
    if not _demonstration(place / "dernier.json"):
        raise _refused(
            place,
            "la publication qui s’y trouve n’est pas une démonstration",
            "the publication in it is no demonstration",
        )


def _demonstration(latest: Path) -> bool:
    try:
        told = json.loads(latest.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("demonstration") is True


def _refused(place: Path, fr: str, en: str) -> ConfigError:
    return ConfigError(
        Text(
            f"--out {place} : {fr}. Rien n’a été touché; donnez un dossier vide ou nouveau.",
            f"--out {place}: {en}. Nothing was touched; give an empty or new folder.",
        )
    )


def _unwritable(place: Path, error: OSError) -> ConfigError:
    why = reason_of(error)
    return ConfigError(
        Text(
            f"--out {place} : impossible d’y écrire ({why.fr}).",
            f"--out {place}: cannot be written ({why.en}).",
        )
    )
