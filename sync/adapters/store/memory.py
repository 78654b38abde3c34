"""What both sides last agreed on, which ref is which Asana object, and small facts."""

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, String, bindparam, delete, select, type_coerce, update

from sync.adapters.store.dialect import upsert_into
from sync.adapters.store.refusals import refused
from sync.adapters.store.tables import baseline, fact, link, plan
from sync.adapters.store.transactions import PlanTransactions, here
from sync.core.row_hash import NOTHING, row_hash, sum_with
from sync.errors import StoreRefused
from sync.model.operation import Ref
from sync.wording import Text

_LINK_OF: Final = select(link).where(here(link), link.c.ref == bindparam("ours"))
_OTHER_OF: Final = select(link.c.ref).where(
    here(link), link.c.gid == bindparam("its"), link.c.ref != bindparam("ours")
)
_SUM: Final = select(plan.c.link_sum).where(here(plan))
_COUNT: Final = update(plan).where(here(plan)).values(link_sum=bindparam("total"))
_FACTS: Final = select(fact.c.key, fact.c.value).where(here(fact)).order_by(fact.c.key)


class Memory(PlanTransactions):
    def links(self) -> dict[Ref, str]:
        """Refused when any link is not as it was written, or is one too many or missing."""
        return {row.ref: row.gid for row in self._intact_links()}

    def link(self, ref: Ref, gid: str, linked_at: datetime) -> None:
        """
        Remember that `ref` is this object, in place of any other; one object stands for one ref.

        Linking the same pair again keeps the first moment: `linked_since` is about how long ago
        the object came to be known, not how often it was confirmed.
        """
        with self._writing() as connection:
            other = connection.scalar(_OTHER_OF, {**self._here, "its": gid, "ours": ref})
            if other is not None:
                raise refused(
                    "order",
                    self._database.place,
                    Text(
                        fr=f"l’objet Asana {gid} est déjà lié à « {other} » et ne peut pas "
                        f"l’être aussi à « {ref} » (plan « {self.plan_id} »). Réglez l’identité "
                        "de la tâche dans Asana.",
                        en=f"Asana object {gid} is already linked to “{other}” and cannot be "
                        f"linked to “{ref}” too (plan “{self.plan_id}”). Settle the identity of "
                        "the task in Asana.",
                    ),
                    gid=gid,
                    ref=ref,
                    other=other,
                )
            known = self._link_of(connection, ref)
            if known is not None and known.gid == gid:
                return
            made = row_hash("link", self.plan_id, ref, gid, linked_at)
            connection.execute(
                upsert_into(connection, link, changed=("gid", "linked_at", "row_hash")),
                {
                    "plan_id": self.plan_id,
                    "ref": ref,
                    "gid": gid,
                    "linked_at": linked_at,
                    "row_hash": made,
                },
            )
            self._count(connection, made, known)

    def relink(self, ref: Ref, new_ref: Ref) -> None:
        """Give the object of `ref` to `new_ref`, which must have none of its own."""
        with self._writing() as connection:
            known = self._link_of(connection, ref)
            if known is None:
                return
            made = row_hash("link", self.plan_id, new_ref, known.gid, known.linked_at)
            connection.execute(
                update(link)
                .where(self._mine(link), link.c.ref == ref)
                .values(ref=new_ref, row_hash=made)
            )
            self._count(connection, made, known)

    def _intact_links(self) -> Sequence[Row[Any]]:
        with self._reading() as connection:
            rows = connection.execute(
                select(link).where(self._mine(link)).order_by(link.c.ref)
            ).all()
            said = connection.scalar(_SUM, self._here)
        self._require_intact_links(rows)
        if sum_with(NOTHING, added=(row.row_hash for row in rows)) != (said or NOTHING):
            raise self._damaged(
                Text("un lien manque ou est de trop", "a link is missing or one too many")
            )
        return rows

    def _link_of(self, connection: Connection, ref: Ref) -> Row[Any] | None:
        rows = connection.execute(_LINK_OF, {**self._here, "ours": ref}).all()
        self._require_intact_links(rows)
        return rows[0] if rows else None

    def _count(self, connection: Connection, made: str, known: Row[Any] | None) -> None:
        """The plan's row is locked by this transaction: nobody else counts meanwhile."""
        said = connection.scalar(_SUM, self._here)
        total = sum_with(
            said or NOTHING, added=[made], removed=[] if known is None else [known.row_hash]
        )
        connection.execute(_COUNT, {**self._here, "total": total})

    def _require_intact_links(self, rows: Sequence[Row[Any]]) -> None:
        for row in rows:
            if row.row_hash != row_hash("link", row.plan_id, row.ref, row.gid, row.linked_at):
                raise self._damaged(Text(f"lien « {row.ref} »", f"link “{row.ref}”"))

    def _damaged(self, what: Text) -> StoreRefused:
        return refused("damaged", self._database.place, what, plan=self.plan_id)

    def linked_since(self, moment: datetime) -> frozenset[str]:
        """From whole rows: what an index says of them may be damaged where they are not."""
        return frozenset(row.gid for row in self._intact_links() if row.linked_at >= moment)

    def baselines(self) -> dict[tuple[Ref, str], str | None]:
        """A dozen for each task: so they are decoded by the thousand, and a name is kept once."""
        found: dict[tuple[Ref, str], str | None] = {}
        with self._reading() as connection:
            rows = connection.execute(
                select(baseline.c.ref, baseline.c.field, type_coerce(baseline.c.value, String))
                .where(self._mine(baseline))
                .order_by(baseline.c.ref, baseline.c.field)
            )
            for some in rows.partitions(5_000):
                values = json.loads(f"[{','.join(value for _, _, value in some)}]")
                for (ref, name, _), value in zip(some, values, strict=True):
                    found[sys.intern(ref), sys.intern(name)] = value
        return found

    def agree(self, values: Mapping[tuple[Ref, str], str | None]) -> None:
        """Set these baselines and leave the others; None is an agreed empty field."""
        rows = [
            {"plan_id": self.plan_id, "ref": ref, "field": field, "value": value}
            for (ref, field), value in values.items()
        ]
        with self._writing() as connection:
            if rows:
                connection.execute(upsert_into(connection, baseline, changed=("value",)), rows)

    def forget(self, keys: Collection[tuple[Ref, str]]) -> None:
        with self._writing() as connection:
            for ref, field in keys:
                connection.execute(
                    delete(baseline).where(
                        self._mine(baseline), baseline.c.ref == ref, baseline.c.field == field
                    )
                )

    def facts(self) -> dict[str, str]:
        with self._reading() as connection:
            rows = connection.execute(_FACTS, self._here).all()
        return {row.key: row.value for row in rows}

    def note_fact(self, key: str, value: str) -> None:
        with self._writing() as connection:
            connection.execute(
                upsert_into(connection, fact, changed=("value",)),
                {"plan_id": self.plan_id, "key": key, "value": value},
            )

    def last_full_read(self) -> datetime | None:
        with self._reading() as connection:
            return connection.scalar(select(plan.c.last_full_read).where(self._mine(plan)))

    def note_full_read(self, at: datetime) -> None:
        with self._writing() as connection:
            connection.execute(update(plan).where(self._mine(plan)).values(last_full_read=at))
