"""Before the first write of all: whose token, which workspace, which tier, which names."""

import re
from collections.abc import Sequence

from sync.adapters.asana import reads
from sync.adapters.asana.session import Session
from sync.adapters.asana.workspace import Workspace
from sync.core.marks import field_line
from sync.errors import ConfigError
from sync.model.mapping import FieldRule
from sync.model.target import ObservedField
from sync.wording import Text

_OURS = re.compile(r"\bjalon\b", re.IGNORECASE)


def preflight(
    session: Session, workspace: Workspace, wanted: Sequence[FieldRule]
) -> tuple[Text, ...]:
    """Four readings; the listing of fields is also what a free plan refuses (402)."""
    name, email = reads.me(session)
    _refuse_taken_names(wanted, reads.fields(session, workspace.gid()))
    if _OURS.search(name) or _OURS.search(email):
        return ()
    return (
        Text(
            f"Les écritures de Jalon porteront le nom de « {name} ». Un compte réservé à Jalon "
            "évite qu’on les prenne pour celles de cette personne.",
            f"Jalon's writes will carry the name “{name}”. An account of its own keeps them from "
            "being taken for that person's.",
        ),
    )


def _refuse_taken_names(wanted: Sequence[FieldRule], existing: Sequence[ObservedField]) -> None:
    """A name can be given once in a workspace, and capitals make no other name of it."""
    by_name = {found.name.strip().casefold(): found for found in existing}
    taken = [
        (rule.name, by_name[key].gid)
        for rule in wanted
        if (key := rule.name.strip().casefold()) in by_name
        and field_line(rule.key) not in by_name[key].description
    ]
    if not taken:
        return
    listed = ", ".join(f"{name} ({gid})" for name, gid in taken)
    raise ConfigError(
        Text(
            f"Noms de champs déjà pris dans l’espace de travail par des champs qui ne sont pas à "
            f"Jalon : {listed}. Renommer ces champs dans Asana, ou les nôtres dans mappings/.",
            f"Field names already taken in the workspace by fields that are not Jalon's: "
            f"{listed}. Rename those fields in Asana, or ours in mappings/.",
        ),
        fields=tuple(name for name, _ in taken),
    )
