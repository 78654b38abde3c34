"""
How a thing of the plan is named and recognised: refs inside Jalon, marks inside Asana.

A mark carries the plan's id, because custom fields and tasks can be shared between the plans of
one workspace.
"""

import re
from collections.abc import Iterator
from typing import Final

from sync.model.operation import Ref
from sync.model.plan import Action
from sync.model.target import ProjectRole

ROLES: tuple[ProjectRole, ...] = ("actions", "indicators")
LINKABLE: Final = ("project:", "section:", "field:", "option:", "action:", "indicator:")
"""How a ref begins that stands for one object in Asana."""
_MARK = re.compile(r"^\[jalon: ([^\]/]+)/([^\]]+)\]\s*$", re.MULTILINE)


def project_ref(role: ProjectRole) -> Ref:
    return f"project:{role}"


def section_ref(id_: str) -> Ref:
    """`id_` is a volet's id in the managers' project, a checkpoint's in the companion."""
    return f"section:{id_}"


def field_ref(key: str) -> Ref:
    return f"field:{key}"


def option_ref(field_key: str, option_id: str) -> Ref:
    return f"option:{field_key}/{option_id}"


def action_ref(action_id: str) -> Ref:
    return f"action:{action_id}"


def indicator_ref(indicator_id: str) -> Ref:
    return f"indicator:{indicator_id}"


def refs_in(action: Action) -> Iterator[Ref]:
    """The action's own ref, then those of its indicators."""
    yield action_ref(action.id)
    for _, indicator in action.all_indicators():
        yield indicator_ref(indicator.id)


def log_ref(number: int) -> Ref:
    """A row of the log, as the row that tells of its erasure names it."""
    return f"log:{number}"


def is_task(ref: Ref) -> bool:
    return ref.startswith(("action:", "indicator:"))


def plain_id(ref: Ref) -> str:
    return ref.split(":", 1)[1]


def task_mark(plan_id: str, ref: Ref) -> str:
    """The value of the id field: `<plan id>/<action or indicator id>`."""
    return f"{plan_id}/{plain_id(ref)}"


def note_line(plan_id: str, ref: Ref) -> str:
    """The second mark, the last line of a task's notes, for when the field is not readable."""
    return f"[jalon: {task_mark(plan_id, ref)}]"


def project_line(plan_id: str, role: ProjectRole) -> str:
    return f"[jalon: {plan_id}/projet-{role}]"


def project_lines(plan_id: str) -> dict[ProjectRole, str]:
    """The marks of a plan's two projects, in their notes."""
    return {role: project_line(plan_id, role) for role in ROLES}


def field_line(key: str) -> str:
    return f"[jalon: field/{key}]"


def marked_plans(notes: str) -> set[str]:
    """Whose projects the notes say that this is: one plan, unless people copied something."""
    return {plan for plan, rest in _MARK.findall(notes) if rest.startswith("projet-")}


def mark_in_notes(notes: str) -> str | None:
    """The mark a task's notes carry, if exactly one."""
    found = _MARK.findall(notes)
    return f"{found[0][0]}/{found[0][1]}" if len(found) == 1 else None


def ref_of(subject: str) -> Ref:
    """The thing that a finding is about, whichever field or checkpoint of it is meant."""
    return subject.partition("#")[0]


def place_of(subject: str) -> tuple[str, str]:
    """The action and the checkpoint that a finding about a status is about."""
    ref, _, checkpoint_id = subject.partition("#")
    return ref.removeprefix(action_ref("")), checkpoint_id
