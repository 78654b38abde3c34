"""
The mirror: every object as last read, and where each event stream stands.

Objects are kept one to a row and compared as text, so that a cycle in which little moved writes
little; what says how they stand together (orders, absences) is kept apart from them.
"""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar, get_args

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from sync.adapters.store.columns import encoded
from sync.adapters.store.dialect import upsert_into
from sync.adapters.store.objects import (
    field_body,
    field_of,
    project_body,
    project_of,
    section_body,
    section_of,
    task_body,
    task_of,
)
from sync.adapters.store.refusals import decoding
from sync.adapters.store.tables import cursor, mirror, mirror_list, mirror_object
from sync.adapters.store.transactions import PlanTransactions
from sync.model.target import Observed, ProjectRole

T = TypeVar("T")
_ROLES: dict[str, ProjectRole] = {role: role for role in get_args(ProjectRole)}


class Mirror(PlanTransactions):
    def mirror(self) -> Observed | None:
        """Exactly what `remember` was last given."""
        with self._reading() as connection:
            whole = connection.execute(select(mirror).where(self._mine(mirror))).one_or_none()
            if whole is None:
                return None
            lists = {
                row.name: json.loads(row.body)
                for row in connection.execute(
                    select(mirror_list.c.name, mirror_list.c.body).where(self._mine(mirror_list))
                )
            }
            bodies = self._bodies(connection)
        with decoding(self._database.place, f"mirror of {self.plan_id}"):

            def restored(kind: str, read: Callable[[str], T]) -> dict[str, T]:
                return {key: read(bodies[kind, key]) for key in lists[kind]}

            projects = restored("project", project_of)
            return Observed(
                complete=whole.complete,
                read_at=whole.read_at,
                projects={_ROLES[name]: project for name, project in projects.items()},
                sections=tuple(restored("section", section_of).values()),
                fields=tuple(restored("field", field_of).values()),
                tasks=restored("task", task_of),
                order={_ROLES[name]: tuple(lists[f"order:{name}"]) for name in lists["order"]},
                absent=frozenset(lists["absent"]),
                moved=frozenset(lists["moved"]),
                sandbox=whole.sandbox,
            )

    def remember(self, observed: Observed, cursors: Mapping[str, str], cycle_id: str) -> None:
        objects = _objects(observed)
        lists = _lists(observed)
        with self._writing() as connection:
            connection.execute(
                upsert_into(
                    connection, mirror, changed=("complete", "read_at", "sandbox", "cycle_id")
                ),
                {
                    "plan_id": self.plan_id,
                    "complete": observed.complete,
                    "read_at": observed.read_at,
                    "sandbox": observed.sandbox,
                    "cycle_id": cycle_id,
                },
            )
            self._replace(connection, mirror_object, ("kind", "key"), objects, cycle_id)
            self._replace(connection, mirror_list, ("name",), lists, cycle_id)
            connection.execute(delete(cursor).where(self._mine(cursor)))
            if cursors:
                connection.execute(
                    insert(cursor),
                    [
                        {"plan_id": self.plan_id, "key": key, "token": token}
                        for key, token in cursors.items()
                    ],
                )

    def cursors(self) -> dict[str, str]:
        with self._reading() as connection:
            rows = connection.execute(
                select(cursor.c.key, cursor.c.token)
                .where(self._mine(cursor))
                .order_by(cursor.c.key)
            ).all()
        return {row.key: row.token for row in rows}

    def _bodies(self, connection: Connection) -> dict[tuple[str, str], str]:
        rows = connection.execute(
            select(mirror_object.c.kind, mirror_object.c.key, mirror_object.c.body).where(
                self._mine(mirror_object)
            )
        )
        return {(kind, key): body for kind, key, body in rows}

    def _replace(
        self,
        connection: Connection,
        table: Table,
        key: tuple[str, ...],
        wanted: Mapping[tuple[str, ...], str],
        cycle_id: str,
    ) -> None:
        """Make the rows of this plan be `wanted`, and touch only those that differ."""
        columns = [table.c[name] for name in key]
        rows = connection.execute(select(*columns, table.c.body).where(self._mine(table)))
        known = {tuple(row[:-1]): row[-1] for row in rows}
        gone = [dict(zip(key, each, strict=True)) for each in known if each not in wanted]
        moved = [
            {
                "plan_id": self.plan_id,
                **dict(zip(key, each, strict=True)),
                "body": body,
                "cycle_id": cycle_id,
            }
            for each, body in wanted.items()
            if known.get(each) != body
        ]
        if gone:
            same = [table.c[name] == bindparam(f"old_{name}") for name in key]
            connection.execute(
                delete(table).where(self._mine(table), *same),
                [{f"old_{name}": value for name, value in row.items()} for row in gone],
            )
        if moved:
            connection.execute(upsert_into(connection, table, changed=("body", "cycle_id")), moved)


def _objects(observed: Observed) -> dict[tuple[str, ...], str]:
    """By kind and key: a project by its role, everything else by its gid."""
    return {
        **{("project", role): project_body(each) for role, each in observed.projects.items()},
        **{("section", each.gid): section_body(each) for each in observed.sections},
        **{("field", each.gid): field_body(each) for each in observed.fields},
        **{("task", gid): task_body(each) for gid, each in observed.tasks.items()},
    }


def _lists(observed: Observed) -> dict[tuple[str, ...], str]:
    lists: dict[str, list[str]] = {
        "project": list(observed.projects),
        "section": [each.gid for each in observed.sections],
        "field": [each.gid for each in observed.fields],
        "task": list(observed.tasks),
        "order": list(observed.order),
        **{f"order:{role}": list(gids) for role, gids in observed.order.items()},
        "absent": sorted(observed.absent),
        "moved": sorted(observed.moved),
    }
    return {(name,): encoded(gids) for name, gids in lists.items()}
