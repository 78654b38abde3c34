"""Before the first write of all: whose token, which workspace, which tier, which names."""

from collections.abc import Sequence

from sync.adapters.asana import reads
from sync.adapters.asana.session import Session
from sync.adapters.asana.workspace import Workspace
from sync.core.diagnosis import is_reserved, taken_names
from sync.errors import ConfigError
from sync.model.mapping import FieldRule
from sync.model.target import ObservedField
from sync.wording import Text


def preflight(
    session: Session, workspace: Workspace, wanted: Sequence[FieldRule]
) -> tuple[Text, ...]:
    """Four readings; the listing of fields is also what a free plan refuses (402)."""
    account = reads.me(session)
    _refuse_taken_names(wanted, reads.fields(session, workspace.gid()))
    if is_reserved(account):
        return ()
    name = account.name
    return (
        Text(
            f"Les écritures de Jalon porteront le nom de « {name} ». Un compte réservé à Jalon "
            "évite qu’on les prenne pour celles de cette personne.",
            f"Jalon's writes will carry the name “{name}”. An account of its own keeps them from "
            "being taken for that person's.",
        ),
    )


def _refuse_taken_names(wanted: Sequence[FieldRule], existing: Sequence[ObservedField]) -> None:
    taken = [(rule.name, other.gid) for rule, other in taken_names(wanted, existing, {})]
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
