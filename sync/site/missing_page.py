"""
`404.html`: what a host answers where nothing stands, as it tells its server to.

The host sends these very bytes for any address of the folder, however deep. A relative link would
lead from there to nowhere and the pages' own policy forbids a `<base>`: every link is absolute,
and where the folder's address is not known there is none. One file speaks every language that the
city asks for, the root's first, for a host names one file for all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sync.core.serving import MISSING
from sync.site.edition import Edition
from sync.site.locales.page import PAGE
from sync.site.paths import DATA, DEFINITIONS, HISTORY
from sync.site.presentation import Presentation
from sync.site.render import LOCALES, Page, drawn, marker
from sync.site.typography import display
from sync.wording import Language

_ELSEWHERE: Final = (
    (DEFINITIONS, "definitions"),
    (HISTORY, "history_whole"),
    (DATA, "open_data_title"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says in one language; `ways` are absolute addresses, each with its words."""

    locale: str
    heading: str
    why: str
    ways: tuple[tuple[str, str], ...]


def missing_page(edition: Edition) -> Mapping[str, bytes]:
    snapshot, presentation = edition.current.snapshot, edition.presentation
    title = PAGE["missing_title"].in_(presentation.language)
    page = Page(
        path=MISSING,
        template="missing.html.jinja",
        title=f"{title} – {snapshot.plan.titre}",
        demonstration=snapshot.demonstration,
        ended=snapshot.ended,
        styles=("missing",),
        facts={
            "plan_title": snapshot.plan.titre,
            "home": presentation.address(""),
            "said": tuple(_said(edition, language) for language in presentation.languages),
        },
        indexed=False,
    )
    # an answer of « nothing is here » has no address of its own, and no translation elsewhere
    bare = replace(presentation, page_url=None, others=())
    return drawn(page, bare, presentation.language)


def _said(edition: Edition, language: Language) -> Said:
    presentation = edition.presentation

    def say(key: str) -> str:
        return display(PAGE[key].in_(language), language)

    title = display(edition.current.snapshot.plan.titre, presentation.language)
    theirs = marker(language, presentation.language)(title)
    ways = tuple(_ways(presentation, language, theirs, say))
    return Said(LOCALES[language], say("missing"), say("missing_why" if ways else "no_way"), ways)


def _ways(
    presentation: Presentation, language: Language, title: str, say: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    root = presentation.root_of(language)
    if home := presentation.address(root):
        yield home, title
    for path, words in _ELSEWHERE:
        if address := presentation.address(root + path):
            yield address, say(words)
