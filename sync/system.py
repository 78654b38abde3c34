"""What the operating system refused, in words."""

import errno
from collections.abc import Mapping
from typing import Final

from sync.wording import Text

_REASONS: Final[Mapping[int, Text]] = {
    errno.ENOENT: Text("il n’existe pas", "it does not exist"),
    errno.EACCES: Text("l’accès n’est pas permis", "access is not permitted"),
    errno.EPERM: Text("l’opération n’est pas permise", "the operation is not permitted"),
    errno.EISDIR: Text("c’est un dossier", "it is a folder"),
    errno.ENOTDIR: Text(
        "un fichier occupe la place d’un dossier", "a file stands where a folder must"
    ),
    errno.EEXIST: Text("un fichier occupe déjà la place", "a file already stands there"),
    errno.EROFS: Text(
        "le système de fichiers est en lecture seule", "the file system is read-only"
    ),
    errno.ENOSPC: Text("le disque est plein", "the disk is full"),
    errno.EDQUOT: Text("le quota est atteint", "the quota is reached"),
    errno.EFBIG: Text("la taille permise est dépassée", "the size allowed is exceeded"),
    errno.EADDRINUSE: Text("un autre programme y écoute déjà", "another program listens there"),
    errno.EADDRNOTAVAIL: Text(
        "cette adresse n’est pas de cette machine", "that address is not of this machine"
    ),
}


def reason_of(error: OSError) -> Text:
    """Why, for a person; the system's own words where we have none."""
    own = error.strerror or type(error).__name__
    return _REASONS.get(error.errno or 0, Text(own, own))
