"""What a publication must be before a byte of it is written anywhere."""

from pathlib import PurePosixPath
from typing import Final

from sync.adapters.publish.layout import (
    ASIDE,
    CURRENT,
    LATEST,
    MANIFEST,
    SNAPSHOTS,
    STAGED,
    STATE,
    VERSIONS,
    sha256,
    snapshot_names,
)
from sync.errors import PublicationFailed
from sync.model.snapshot import snapshot_path
from sync.ports import Publication
from sync.wording import Text

_OURS: Final = frozenset({STATE, CURRENT, VERSIONS, SNAPSHOTS, MANIFEST, STAGED, ASIDE})
"""Names at the root that the targets keep for themselves."""


def check(publication: Publication) -> None:
    """A publication that contradicts itself, or that leaves its folder, is never written."""
    record = publication.record
    history = set(snapshot_names(record.number))
    agreed = (
        sha256(publication.files.get(LATEST, b"")) == record.digest
        and publication.immutable.keys() == history
        and sha256(publication.immutable[snapshot_path(record.number)]) == record.digest
        and publication.state.numero == record.number == publication.snapshot.numero
    )
    inside = all(_inside(n) and PurePosixPath(n).parts[0] not in _OURS for n in publication.files)
    if not (agreed and inside):
        raise PublicationFailed(
            Text(
                f"La publication {record.number} se contredit (numéro, empreinte ou noms de "
                "fichiers) : rien n’a été écrit. C’est un défaut de Jalon; signalez-le.",
                f"Publication {record.number} contradicts itself (number, digest or file names): "
                "nothing was written. This is a defect of Jalon; report it.",
            ),
            number=record.number,
        )


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts
