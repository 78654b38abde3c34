"""Invented managers at work in the sandbox, as people and not through the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sync.core.marks import project_ref
from sync.demo.script import MANAGERS, Act, AddForeign, Duplicate, Edit, Trash
from sync.model.operation import Ref
from sync.model.rules import Rules
from sync.sandbox.client import ControlRefusedError, SandboxControl

AT_WORK = time(10)


@dataclass(slots=True)
class People:
    """Acts each day in turn, with the sandbox's clock moved along. Who acts does not matter."""

    control: SandboxControl
    rules: Rules
    _gone: set[str] = field(default_factory=set)
    _turn: int = 0

    def arrive(self) -> None:
        for name in MANAGERS:
            self.control.add_person(name)

    def work(self, acts: Sequence[Act], links: Mapping[Ref, str]) -> int:
        """Do these; the number done. What concerns a task that is gone is left."""
        done = 0
        today: date | None = None
        for act in acts:
            if act.on != today:
                today = act.on
                morning = datetime.combine(today, AT_WORK, self.rules.zone).astimezone(UTC)
                self.control.set_clock(morning)
            done += self._do(act, links)
        return done

    def _do(self, act: Act, links: Mapping[Ref, str]) -> bool:
        who = MANAGERS[self._turn % len(MANAGERS)]
        self._turn += 1
        if isinstance(act, AddForeign):
            self.control.add_task(act.name, who, project=links[project_ref("actions")])
            return True
        gid = links[act.ref]
        if gid in self._gone:
            return False
        match act:
            case Duplicate():
                self.control.duplicate_task(gid, who)
            case Trash():
                self.control.trash_task(gid, who)
                self._gone.add(gid)
            case Edit():
                return self._edit(act, gid, who)
        return True

    def _edit(self, act: Edit, gid: str, who: str) -> bool:
        names = {rule.key: rule.name for rule in self.rules.mapping.fields}
        changes: dict[str, Any] = {}
        if act.completed is not None:
            changes["completed"] = act.completed
        if act.name is not None:
            changes["name"] = act.name
        if act.fields:
            changes["fields"] = {names[key]: value for key, value in act.fields.items()}
        try:
            self.control.edit_task(gid, who, **changes)
        except ControlRefusedError:
            # An indicator goes to the trash with its action.
            self._gone.add(gid)
            return False
        return True
