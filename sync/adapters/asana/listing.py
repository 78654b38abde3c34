"""A listing is complete or it is nothing."""

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

from sync.adapters.asana.errors import incomplete
from sync.adapters.asana.exchange import Failure
from sync.adapters.asana.session import Json, Session
from sync.errors import TargetRejected
from sync.wording import Text

PAGE_SIZE: Final = 100
_MOST_PAGES: Final = 2_000
_RESTARTS: Final = 1


class HasGid(Protocol):
    @property
    def gid(self) -> str: ...


Thing = TypeVar("Thing", bound=HasGid)


class _Lapsed(Exception):
    """Asana refused to go on from an offset that it had issued itself."""


def list_all(
    session: Session,
    what: Text,
    page: Callable[[Json], Any],
    read: Callable[[Any], Thing],
    *,
    fields: str,
    broad: bool = True,
) -> list[Thing]:
    """
    Every page, once each, in order; raises rather than return a part.

    It begins without an offset and ends with the page that says that none follows. `page` makes
    the SDK's call with the options given, which are fresh each time because the SDK changes
    them. An offset lives about a quarter of an hour: when one has lapsed the listing
    starts again from its first page, once. Asana also ends a result set that it truncated with a
    400 on the last page, which looks the same and is as little a complete listing. `broad` says
    that a refusal concerns more than one object (`Session.read`).
    """
    for _ in range(1 + _RESTARTS):
        try:
            return _one_pass(session, what, page, read, fields, broad=broad)
        except _Lapsed:
            continue
    raise incomplete(
        what,
        Text(
            "Asana a refusé deux fois de la poursuivre",
            "Asana refused twice to go on with it",
        ),
    )


def _one_pass(
    session: Session,
    what: Text,
    page: Callable[[Json], Any],
    read: Callable[[Any], Thing],
    fields: str,
    *,
    broad: bool,
) -> list[Thing]:
    found: dict[str, Thing] = {}
    offsets: set[str] = set()
    offset: str | None = None
    while True:

        def one_page(after: str | None = offset) -> tuple[list[Thing], str | None]:
            return _page(page(_options(fields, after)), read)

        try:
            things, offset = session.read(what, one_page, broad=broad)
        except TargetRejected as error:
            if error.status == 400 and offset is not None:
                raise _Lapsed from None
            raise
        nothing_new = bool(things) and all(thing.gid in found for thing in things)
        # edits under way may show a thing on two pages: the later reading is the fresher
        found.update((thing.gid, thing) for thing in things)
        if offset is None:
            return list(found.values())
        if offset in offsets or nothing_new or len(offsets) >= _MOST_PAGES:
            raise incomplete(what, Text("les pages se répètent", "the pages repeat themselves"))
        offsets.add(offset)


def _options(fields: str, offset: str | None) -> Json:
    """Fresh at each call: the SDK leaves its own words in what it is given."""
    options: Json = {"limit": PAGE_SIZE, "opt_fields": fields}
    return options if offset is None else {**options, "offset": offset}


def _page(document: Any, read: Callable[[Any], Thing]) -> tuple[list[Thing], str | None]:
    rows = document["data"]
    if not isinstance(rows, list):
        raise Failure("unreadable")
    things = [read(row) for row in rows]
    if "next_page" not in document:
        raise Failure("unreadable")  # a page that does not say whether it was the last
    following = document["next_page"]
    if following is None:
        return things, None
    offset = following.get("offset") if isinstance(following, dict) else None
    if not isinstance(offset, str) or not offset:
        raise Failure("unreadable")
    return things, offset
