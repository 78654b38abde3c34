"""
Where each page stands in the published folder.

An address is a promise: it depends on what the page is about and on nothing else, so a link
made today leads to the same thing after the next publication. Paths are relative to a
language's own root: the first language stands at the folder's root, another one under `en/`.
"""

import hashlib
import re
from typing import Final

from sync.model.progress import Status

HOME: Final = "index.html"
DEFINITIONS: Final = "definitions.html"
EMBED: Final = "integration.html"
DATA: Final = "donnees.html"
TABLE: Final = "tableau.html"
HISTORY: Final = "etats-passes/index.html"

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]|^[._-]")
_TAKEN = re.compile(r"index|(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""What a host serves for a folder, and what Windows takes for a device."""
_LONGEST = 120
"""Characters of a name; file systems stop at 255 bytes, `.html` and a temporary prefix included."""


def action_page(action_id: str) -> str:
    return f"actions/{file_stem(action_id)}.html"


def volet_page(volet_id: str) -> str:
    return f"volets/{file_stem(volet_id)}.html"


def status_page(status: Status) -> str:
    return f"etats/{status.value}.html"


def past_page(number: int) -> str:
    """The state that a snapshot published, as it was."""
    return f"etats-passes/{number:04d}.html"


def feed_archive(number: int, form: str) -> str:
    """`form` is the ending: `json` or `atom`."""
    return f"flux/{number:04d}.{form}"


def since_page(number: int) -> str:
    """What changed from that snapshot to the current one."""
    return f"depuis/{number:04d}.html"


def row_anchor(action_id: str) -> str:
    """
    Where the action's row stands on the home page: at its id, as links made long ago say.

    Every place of the page's own begins with `_`, which no id does, so no plan can name one.
    """
    return _UNSAFE.sub(_escaped, action_id)


def file_stem(key: str) -> str:
    """
    The id as a file name that no file system or host takes for something else.

    An id of an adopted plan is kept as it is; anything else is written so that two ids never
    share a name.
    """
    if len(key) > _LONGEST:
        return f"~{hashlib.sha256(key.encode()).hexdigest()}"
    if _TAKEN.fullmatch(key):
        return f"~{key}"
    return _UNSAFE.sub(_escaped, key)


def _escaped(found: re.Match[str]) -> str:
    return f"~{found[0].encode().hex()}~"


def way_up(path: str) -> str:
    """From a page to the root that its path is relative to: `../` as often as it takes."""
    return "../" * path.count("/")
