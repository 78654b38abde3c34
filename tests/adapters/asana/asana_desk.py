"""A small plan in a sandbox of its own, with people who work in it beside Jalon."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import requests

from sync.adapters.asana import AsanaTarget, Limits, Session
from sync.core.marks import field_line, project_line
from sync.model.mapping import FieldRule, Option
from sync.model.operation import (
    AnyOperation,
    AttachField,
    CreateField,
    CreateProject,
    CreateSection,
    CreateTask,
    Ref,
)
from sync.model.target import Observed
from sync.ports import Applied, Known, Reading
from sync.sandbox.process import RunningSandbox

PLAN = "plan-d-essai"
PERSON = "Aline Roy"
MARKERS = {role: project_line(PLAN, role) for role in ("actions", "indicators")}
ID = FieldRule(
    key="jalon_id",
    role="jalon_id",
    scope="both",
    name="Jalon",
    description=f"Ce qui relie la tâche au plan.\n{field_line('jalon_id')}",
    kind="text",
    owner="plan",
)
AXIS = FieldRule(
    key="axe",
    role="axis",
    scope="action",
    name="Axe",
    description=f"L’axe du plan.\n{field_line('axe')}",
    kind="enum",
    owner="plan",
    options=(Option("1", "Économie", "green"), Option("2", "Milieu de vie", "blue")),
)
QUANTITY = FieldRule(
    key="quantite",
    role="quantity",
    scope="indicator",
    name="Quantité",
    description=f"Combien.\n{field_line('quantite')}",
    kind="number",
    owner="people",
    precision=1,
)
RULES = (ID, AXIS, QUANTITY)
KEYS = tuple(rule.key for rule in RULES)


def provisioning(actions: int) -> list[AnyOperation]:
    """Two projects, two volets, one checkpoint; an indicator per action."""
    operations: list[AnyOperation] = [
        CreateProject(
            ref=f"project:{role}", role=role, name=f"Plan ({role})", notes=f"…\n{MARKERS[role]}"
        )
        for role in ("actions", "indicators")
    ]
    for ref, role, name in (
        ("section:v1", "actions", "Volet 1"),
        ("section:v2", "actions", "Volet 2"),
        ("section:mi-chemin", "indicators", "Mi-chemin"),
    ):
        operations.append(CreateSection(ref=ref, role=role, name=name, lane=f"sections/{role}"))
    for rule, roles in (
        (ID, ("actions", "indicators")),
        (AXIS, ("actions",)),
        (QUANTITY, ("indicators",)),
    ):
        operations.append(CreateField(ref=f"field:{rule.key}", rule=rule))
        operations += [
            AttachField(ref=f"attach:{role}/{rule.key}", role=role, field=f"field:{rule.key}")
            for role in roles
        ]
    for n in range(actions):
        operations += [action(n), indicator(n)]
    return operations


def action(n: int) -> CreateTask:
    return CreateTask(
        ref=f"action:A-{n}",
        name=f"Tâche {n}\u00a0: « essai »",
        notes="Ce qui est attendu.\n\nLigne 2",
        role="actions",
        section="section:v1",
        lane="section:v1",
        fields={"field:jalon_id": f"{PLAN}/A-{n}", "field:axe": "option:axe/1"},
    )


def indicator(n: int) -> CreateTask:
    return CreateTask(
        ref=f"indicator:I-{n}",
        name=f"Indicateur {n}",
        notes="",
        role="indicators",
        section="section:mi-chemin",
        parent=f"action:A-{n}",
        due_on=date(2026, 2, 15),
        lane="section:mi-chemin",
        fields={"field:jalon_id": f"{PLAN}/I-{n}"},
    )


@dataclass
class Desk:
    """Does what a cycle would: keeps links, mirror and cursors, and asks the target."""

    url: str
    token: str
    sandbox: RunningSandbox
    person_token: str
    links: dict[Ref, str] = field(default_factory=dict)
    mirror: Observed | None = None
    cursors: Mapping[str, str] = field(default_factory=dict)
    told: list[Applied] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    _sessions: list[Session] = field(default_factory=list)

    def target(self, **options: Any) -> AsanaTarget:
        session = Session(
            self.token,
            url=self.url,
            limits=Limits(call_seconds=5),
            sleep=self.slept.append,
            chance=lambda: 0.0,
        )
        self._sessions.append(session)
        return AsanaTarget(session, **{"field_keys": KEYS, **options})

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def known(self, **changes: Any) -> Known:
        return replace(Known(self.links, self.mirror, self.cursors, MARKERS), **changes)

    def apply(
        self,
        target: AsanaTarget,
        operations: Sequence[AnyOperation],
        before: Callable[[AnyOperation], None] = lambda _: None,
    ) -> dict[Ref, str]:
        """Send, and keep the links as a cycle would; returns the state of each ref."""
        states: dict[Ref, str] = {}

        def after(applied: Applied) -> None:
            self.told.append(applied)
            states[applied.operation.ref] = applied.state
            if applied.created:
                self.links[applied.operation.ref] = applied.created
            self.links.update(applied.also)

        target.apply(operations, self.links, before=before, after=after)
        return states

    def keep(self, reading: Reading) -> Reading:
        self.mirror, self.cursors = reading.observed, reading.cursors
        return reading

    def provisioned(self, actions: int = 3) -> AsanaTarget:
        """A plan in place, read whole once."""
        target = self.target()
        states = self.apply(target, provisioning(actions))
        assert set(states.values()) == {"done"}
        self.keep(target.observe(self.known(), full=True))
        return target

    def full(self) -> Observed:
        """What a fresh target, without any memory, sees."""
        return self.target().observe(self.known(mirror=None, cursors={}), full=True).observed

    # what people do, through the API but with a hand of their own
    def person(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Any:
        answer = requests.request(
            method,
            f"{self.url}{path}",
            json={"data": data or {}} if method != "GET" else None,
            headers={"Authorization": f"Bearer {self.person_token}"},
            timeout=5,
        )
        assert answer.ok, answer.text
        return answer.json()["data"]

    def task(self, ref: Ref) -> str:
        return f"/tasks/{self.links[ref]}"

    # what the sandbox is told and tells, outside Asana's API
    def fault(self, kind: str, method: str, path: str, **details: Any) -> None:
        self.sandbox.control.add_fault(kind, method, path, **details)

    def clear_faults(self) -> None:
        self.sandbox.control.clear_faults()

    def fired(self) -> int:
        return sum(fault["fired"] for fault in self.sandbox.control.faults())

    def switch(self, name: str, value: Any) -> None:
        self.sandbox.control.switch(**{name: value})

    def asked(self) -> list[tuple[str, str]]:
        heard = self.sandbox.control.requests()["requests"]
        return [(each["method"], each["path"]) for each in heard]

    def statuses(self) -> list[int | None]:
        return [each["status"] for each in self.sandbox.control.requests()["requests"]]

    def most_in_flight(self) -> int:
        heard = self.sandbox.control.requests()
        return max(int(heard["max_reads_in_flight"]), int(heard["max_writes_in_flight"]))

    def forget_requests(self) -> None:
        self.sandbox.control.forget_requests()

    def as_person(self) -> AsanaTarget:
        self.token = self.person_token
        return self.target()


@contextmanager
def open_desk(sandbox: RunningSandbox) -> Iterator[Desk]:
    sandbox.control.reset()
    aline = sandbox.control.add_person(PERSON)
    desk = Desk(sandbox.url, sandbox.token, sandbox, aline["token"])
    try:
        yield desk
    finally:
        desk.close()
