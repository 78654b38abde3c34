"""
One page from its template.

What a template needs is worked out before, from the snapshots alone; the template only places
it. Everything is escaped, whoever wrote it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from sync.core.commitments import WITHDRAWN
from sync.core.memory import Memory
from sync.core.status import STATUS_NAMES
from sync.model.progress import Status
from sync.model.snapshot import PublicAction, PublicCheckpoint, PublicIndicator, snapshot_path
from sync.site import paths, standings, withdrawn
from sync.site.dates import say_date, say_day
from sync.site.links import host_of
from sync.site.locales.open_files import OPEN_FILES, TOLD_IN_HEAD
from sync.site.locales.page import PAGE
from sync.site.look import look
from sync.site.presentation import Presentation
from sync.site.typography import NBSP, display
from sync.wording import Language

ROWS: Final = 16_000_000
"""Characters of the rows that are kept: a plan of a thousand actions has them some ten times."""

LOCALES: Mapping[Language, str] = {"fr": "fr-CA", "en": "en-CA"}
_NAMES: Mapping[Language, str] = {"fr": "Français", "en": "English"}
LANG: Mapping[Language, Markup] = {"fr": Markup(" lang=fr"), "en": Markup(" lang=en")}
"""The attribute of an element whose words are in that language and the page's are not."""


@cache
def marker(language: Language, words: Language) -> Callable[[str], str]:
    """Marks the city's own words on a page in another language, as WCAG 3.1.2 asks."""
    if language == words:
        return str
    return Markup(f"<i{LANG[words]}>{{}}</i>").format  # noqa: S704  our own words


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page before it is drawn. `path` is relative to its language's root.

    `styles` and `scripts` are drawn inside it; `labels` are those of `look`. A page that is not
    `indexed` asks search engines to leave it out: the same facts have a better address. `ended`
    are the days of the snapshot that it shows, when the plan has ended (`Snapshot.ended`). Where
    `made_from` is given, two pages of one path and one `made_from` have the same bytes.
    """

    path: str
    template: str
    title: str
    demonstration: bool
    ended: tuple[date, date] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    indexed: bool = True
    description: str = ""
    made_from: bytes | None = None


_STANDING: Final[Memory[dict[str, bytes]]] = Memory(
    64_000_000, lambda files: sum(map(len, files.values()))
)
"""Bytes: the pages of a thousand actions, in two languages."""


def drawn(page: Page, presentation: Presentation, language: Language) -> dict[str, bytes]:
    """As `render`; a page that says what it is made from is drawn once while that is the same."""
    draw = partial(render, page, presentation, language)
    if page.made_from is None:
        return draw()
    said = (page.path, page.title, page.description, page.demonstration, page.ended)
    return _STANDING.recall((page.made_from, said, presentation, language), draw)


def render(page: Page, presentation: Presentation, language: Language) -> dict[str, bytes]:
    """The page under its path in the published folder."""
    own = presentation.root_of(language) + page.path
    look_ = look(
        ("base", *page.styles),
        page.scripts,
        language,
        page.labels,
        demonstration=page.demonstration,
    )
    text = (
        _environment(language, presentation.language)
        .get_template(page.template)
        .render(
            lang=LOCALES[language],
            page=page,
            demo=page.demonstration,
            ended=page.ended,
            presentation=presentation,
            canonical=presentation.address("" if own == paths.HOME else own),
            up=paths.way_up(page.path),
            root=paths.way_up(own),
            translations=translations(page.path, presentation, own),
            policy=Markup(look_.policy),  # noqa: S704  our own words and a digest
            css=Markup(look_.css),  # noqa: S704  our own file
            script=Markup(look_.script),  # noqa: S704  our own file
            **page.facts,
        )
    )
    return {own: text.lstrip().encode("utf-8")}


@dataclass(frozen=True, slots=True)
class Translation:
    """The same page in one language; `href` leads there from here, `address` from anywhere."""

    language: Language
    locale: str
    href: str
    address: str
    here: bool

    @property
    def name(self) -> str:
        """The language, in its own words."""
        return _NAMES[self.language]


def translations(path: str, presentation: Presentation, own: str) -> tuple[Translation, ...]:
    """Every language of the page, the root's first; nothing where there is only one."""
    if len(presentation.languages) == 1:
        return ()
    found = []
    for language in presentation.languages:
        there = presentation.root_of(language) + path
        href = paths.way_up(own) + there
        whole = presentation.address("" if there == paths.HOME else there)
        found.append(Translation(language, LOCALES[language], href, whole or href, there == own))
    return tuple(found)


class WithoutIndentation(Extension):
    """Templates are indented for who reads them; the page is not."""

    def preprocess(self, source: str, *_: object) -> str:
        return "\n".join(line.strip() for line in source.splitlines() if line.strip())


@cache
def _environment(language: Language, words: Language) -> Environment:
    """`words` is the language of the plan, whose words are shown as they are in any other."""
    environment = Environment(
        loader=PackageLoader("sync.site"),
        autoescape=True,
        extensions=(WithoutIndentation,),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @lru_cache(maxsize=8192, typed=True)  # markup never answers for a text of the same letters
    def typo(text: str) -> str:
        shown = display(text, words)
        return Markup(shown) if isinstance(text, Markup) else shown  # noqa: S704  it was markup

    mark = marker(language, words)

    def theirs(text: str) -> str:
        return mark(typo(text))

    @lru_cache(maxsize=8192)
    def say(key: str, **values: object) -> str:
        return display(PAGE[key].in_(language).format(**values), language)

    def say_count(key: str, n: int, **values: object) -> str:
        alone = n in (0, 1) if language == "fr" else n == 1
        return say(f"{'one' if alone else 'many'}_{key}", n=n, **values)

    def tell(key: str, **said: str) -> Markup:
        """As `say`, of values that are the city's own words."""
        text = Markup(display(PAGE[key].in_(language), language))  # noqa: S704  our own words
        return text.format(**{name: theirs(value) for name, value in said.items()})

    @cache
    def status_name(status: Status) -> str:
        return STATUS_NAMES[status].in_(language).replace(" ", NBSP)

    @lru_cache(maxsize=1024)
    def day(value: date) -> str:
        return say_date(value, language)

    @lru_cache(maxsize=64)
    def column(value: date) -> str:
        return say_day(value, language)

    def quantity(line: PublicIndicator) -> str | None:
        return standings.quantity(line, language)

    def capital(text: str) -> str:
        return text[:1].upper() + text[1:]

    rows: Memory[tuple[PublicAction, Markup]] = Memory(ROWS, lambda row: len(row[1]))

    def drawn_row(
        action: PublicAction, jalons: Iterable[PublicCheckpoint], up: str, anchored: bool
    ) -> Markup:
        """The same in every snapshot that shares the action, which is kept and so stays apart."""

        def draw() -> tuple[PublicAction, Markup]:
            parts: Any = environment.get_template("parts.html.jinja").module
            return action, parts.row(action, jalons, up, anchored)

        return rows.recall((id(action), tuple(one.id for one in jalons), up, anchored), draw)[1]

    environment.globals.update(
        drawn_row=drawn_row,
        say=say,
        say_count=say_count,
        tell=tell,
        their_lang=LANG[words] if words != language else "",
        status_name=status_name,
        quantity=quantity,
        marks=standings.marks,
        reservations=standings.reservations,
        moved_on=standings.moved_on,
        calendar=standings.calendar,
        what_went=lambda one: withdrawn.what_went(one, language),
        where_from=lambda one: withdrawn.where_from(one, language),
        WITHDRAWN=WITHDRAWN,
        corrected_to=standings.corrected_to,
        unseen_at_freeze=standings.unseen_at_freeze,
        action_page=lru_cache(maxsize=4096)(paths.action_page),
        row_anchor=paths.row_anchor,
        status_page=paths.status_page,
        past_page=paths.past_page,
        since_page=paths.since_page,
        snapshot_path=snapshot_path,
        open_files=OPEN_FILES,
        told_in_head=TOLD_IN_HEAD,
        volet_page=paths.volet_page,
        DEFINITIONS=paths.DEFINITIONS,
        DATA=paths.DATA,
        HISTORY=paths.HISTORY,
        HOME=paths.HOME,
        TABLE=paths.TABLE,
        STATUS_NAMES=STATUS_NAMES,
        Status=Status,
    )
    environment.filters.update(
        typo=typo,
        theirs=theirs,
        day=day,
        column=column,
        host=host_of,
        capital=capital,
        words=lambda text: typo(text.in_(language)),
    )
    return environment
