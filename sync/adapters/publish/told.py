"""What a folder that we publish into tells of the log: a witness outside of the database."""

from collections.abc import Iterator
from pathlib import Path

from sync.adapters.publish.layout import LATEST, SNAPSHOTS, STATE
from sync.core.chain import Told
from sync.core.witness import heads_in


def told_by(root: Path, plan_id: str) -> Iterator[Told | Path]:
    """
    The head in each file that tells one, and the path of each that cannot be read.

    A folder that is not there tells nothing.
    """
    numbered = sorted((root / SNAPSHOTS).glob("[0-9]*.json"))
    for path in (root / STATE, root / LATEST, *numbered):
        try:
            heads = heads_in(path.read_bytes(), plan_id)
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            yield path
            continue
        for head in heads:
            yield Told(head, str(path))
