"""
The kinds of page that a publication holds, found by listing its folder.

A page that fits no kind stops the judges: what is new is judged from its first day.
"""

import os
import re
from pathlib import Path
from typing import Final

KINDS: Final[dict[str, str]] = {
    "home": r"index\.html",
    "action": r"actions/[^/]+\.html",
    "status": r"etats/[a-z_]+\.html",
    "definitions": r"definitions\.html",
    "volet": r"volets/[^/]+\.html",
    "table": r"tableau\.html",
    "data": r"donnees\.html",
    "history": r"etats-passes/index\.html",
    "past": r"etats-passes/\d{4,}\.html",
    "since": r"depuis/\d{4,}\.html",
    "embed": r"integration\.html",
    "verifier": r"verifier\.html",
    "missing": r"404\.html",
}
"""From a kind to the names, beside the root of its language, that are of it."""


def pages_of(folder: Path) -> list[str]:
    """Every page of a published folder, through the links that a reader follows."""
    return sorted(
        (Path(place) / name).relative_to(folder).as_posix()
        for place, folders, names in os.walk(folder, followlinks=True)
        if _public(folders)
        for name in names
        if name.endswith(".html")
    )


def _public(folders: list[str]) -> bool:
    """Leave out what the publisher keeps for itself."""
    folders[:] = [each for each in folders if each != "courant" and not each.startswith(".")]
    return True


def kind_of(page: str) -> str:
    """Raises LookupError for a page of no kind."""
    for kind, names in KINDS.items():
        if re.fullmatch(f"(?:en/)?{names}", page):
            return kind
    raise LookupError(f"{page} is of no kind that tests/judges/kinds.py knows: say what it is")


def longest_of_each(folder: Path) -> dict[str, str]:
    """One page of each kind in the first language: the one with the most in it."""
    first = [page for page in pages_of(folder) if not page.startswith("en/")]
    by_size = sorted(first, key=lambda page: (folder / page).stat().st_size)
    return {kind_of(page): page for page in by_size}
