"""Which workspace is meant, by name or gid, asked of Asana once and only when needed."""

import threading
from collections.abc import Sequence

from sync.adapters.asana import reads
from sync.adapters.asana.reads import Named
from sync.adapters.asana.session import Session
from sync.errors import ConfigError
from sync.wording import Text


class Workspace:
    """The configured workspace; without a name, the only one that the token sees."""

    def __init__(self, session: Session, wanted: str | None) -> None:
        self._session = session
        self._wanted = wanted.strip() if wanted else None
        self._found: Named | None = None
        self._asking = threading.Lock()

    @property
    def known(self) -> bool:
        """Whether naming it costs no request any more."""
        return self._found is not None

    def gid(self) -> str:
        return self.named().gid

    def named(self) -> Named:
        with self._asking:
            if self._found is None:
                self._found = _choose(self._wanted, reads.workspaces(self._session))
            return self._found


def _choose(wanted: str | None, seen: Sequence[Named]) -> Named:
    matching = [each for each in seen if wanted in (None, each.gid, each.name.strip())]
    if len(matching) == 1:
        return matching[0]
    listed = ", ".join(f"{each.name} ({each.gid})" for each in (matching or seen)) or "∅"
    if not matching:
        raise ConfigError(
            Text(
                f"Espace de travail Asana « {wanted or ''} » introuvable avec ce jeton. Visibles : "
                f"{listed}. Corriger JALON_ASANA_WORKSPACE ou la configuration.",
                f"Asana workspace “{wanted or ''}” not found with this token. Visible: {listed}. "
                "Correct JALON_ASANA_WORKSPACE or the config.",
            )
        )
    raise ConfigError(
        Text(
            f"Plusieurs espaces de travail Asana conviennent : {listed}. Indiquer l’identifiant de "
            "l’un d’eux dans JALON_ASANA_WORKSPACE.",
            f"Several Asana workspaces fit: {listed}. Give the gid of one of them in "
            "JALON_ASANA_WORKSPACE.",
        )
    )
