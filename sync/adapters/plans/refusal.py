"""How a document is refused: the place first, then what was expected and what to do."""

from sync.errors import PlanRefused
from sync.wording import Text


def refuse(place: str, fr: str, en: str, **facts: object) -> PlanRefused:
    """`place` is `name:line`, `name:sheet!cell` or a key path after them; the same in French."""
    return PlanRefused(Text(f"{place} : {fr}", f"{place}: {en}"), place=place, **facts)
