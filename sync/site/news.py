"""What changed between two snapshots, as sentences under the action that they concern."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sync.core.changes import PublicChange, changes
from sync.model.snapshot import Snapshot
from sync.site.locales.changes import say_change
from sync.site.render import marker
from sync.wording import Language


@dataclass(frozen=True, slots=True)
class News:
    """What changed on one action, or on the plan itself when `action_id` is None."""

    action_id: str | None
    title: str | None
    sentences: tuple[str, ...]


def news_between(
    before: Snapshot | None, after: Snapshot, language: Language, words: Language
) -> tuple[News, ...]:
    """In the plan's order, which is written in `words`; what concerns the whole of it is first."""
    titles = tuple((checkpoint.id, checkpoint.titre) for checkpoint in after.jalons)
    groups: dict[str | None, list[PublicChange]] = {}
    for change in changes(before, after):
        groups.setdefault(change.action_id, []).append(change)
    return tuple(
        News(action_id, group[0].title, sentences(group, titles, language, words))
        for action_id, group in groups.items()
    )


def sentences(
    told: Sequence[PublicChange],
    titles: tuple[tuple[str, str], ...],
    language: Language,
    words: Language,
) -> tuple[str, ...]:
    """`titles` gives each checkpoint's title beside its id."""
    return tuple(_sentence(change, titles, language, words) for change in told)


@lru_cache(maxsize=16_384)
def _sentence(
    change: PublicChange,
    titles: tuple[tuple[str, str], ...],
    language: Language,
    words: Language,
) -> str:
    """Told again on the page of each snapshot before the change, so it is worked out once."""
    return say_change(change, dict(titles), language, marker(language, words))
