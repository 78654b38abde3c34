"""How far the plans of a database have come, for a person who is about to replace it."""

from collections.abc import Sequence

from sync.adapters.store import KeptPlan
from sync.cli.output import Output
from sync.wording import Text

_HEADERS = (
    Text("plan", "plan"),
    Text("révision", "revision"),
    Text("instantané", "snapshot"),
    Text("lignes du journal", "rows of the log"),
    Text("tête du journal", "head of the log"),
)


def show_kept(output: Output, plans: Sequence[KeptPlan], *, title: Text | None = None) -> None:
    rows = [
        (each.plan, each.revision, each.snapshot, each.log_rows, each.log_head) for each in plans
    ]
    output.table(_HEADERS, rows, title=title, head=(0,))
