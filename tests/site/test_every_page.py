"""What holds for every kind of page, in every language."""

import base64
import hashlib
import itertools
import posixpath
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup

from sync.site import counts
from sync.site.presentation import Presentation
from tests.site.pages import CITY, built, words
from tests.site.snapshot_samples import four_records

BOTH = Presentation(CITY.city, CITY.page_url, others=("en",))
KINDS = {
    "home": "index.html",
    "action": "actions/A1-02.html",
    "first action": "actions/A1-01.html",
    "status": "etats/atteint_en_retard.html",
    "empty status": "etats/retire.html",
    "definitions": "definitions.html",
    "data": "donnees.html",
    "past": "etats-passes/0002.html",
    "history": "etats-passes/index.html",
    "embed": "integration.html",
    "English embed": "en/integration.html",
    "since": "depuis/0001.html",
    "volet": "volets/1.2.html",
    "table": "tableau.html",
    "English volet": "en/volets/3.3.html",
    "English table": "en/tableau.html",
    "English home": "en/index.html",
    "English action": "en/actions/A1-02.html",
    "English past": "en/etats-passes/0002.html",
    "missing": "404.html",
}


@cache
def files() -> dict[str, bytes]:
    """The pages of the plan, and those that it would have besides if it were a large one."""
    with pytest.MonkeyPatch.context() as plant:
        plant.setattr(counts, "MANY", 20)
        large = built(four_records(), BOTH)
    return large | built(four_records(), BOTH)


@cache
def soups() -> dict[str, BeautifulSoup]:
    pages = {name: body for name, body in files().items() if name.endswith(".html")}
    return {name: BeautifulSoup(body.decode(), "lxml") for name, body in pages.items()}


each_kind = pytest.mark.parametrize("name", KINDS.values(), ids=KINDS)


def test_there_is_no_other_kind_of_page() -> None:
    """A new kind must be added above, where everything else is asked of it."""

    def kind(name: str) -> str:
        return re.sub(r"[^/]+\.html$", "*", name.removeprefix("en/")) if "/" in name else name

    known = {kind(name) for name in KINDS.values()}
    assert {kind(name) for name in soups()} == known


@each_kind
def test_the_ear_is_told_the_letters_that_are_written(name: str) -> None:
    """Capitals that a style makes reach the screen reader, which may spell them out."""
    assert "text-transform" not in str(soups()[name].style)


def test_every_link_inside_the_folder_leads_to_something_that_is_there() -> None:
    """To the file, and to the place in it; numbered snapshots and the state stand beside."""
    beside = {f"instantanes/{n:04d}.json" for n in range(1, 5)} | {"etat.json"}
    there = {*files(), *beside}
    ids = {name: {node["id"] for node in soup.select("[id]")} for name, soup in soups().items()}
    broken = []
    for name, soup in soups().items():
        for link in soup.select("a[href], link[href]"):
            href = str(link["href"])
            if re.match("[a-z]+:", href):
                continue
            path, _, place = href.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path or name))
            target = name if not path else target
            if target not in there or (place and place not in ids[target]):
                broken.append(f"{name}: {href}")
    assert not broken


@each_kind
def test_ids_are_unique_and_labels_are_there(name: str) -> None:
    soup = soups()[name]
    ids = [node["id"] for node in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {node["aria-labelledby"] for node in soup.select("[aria-labelledby]")} <= set(ids)
    assert {str(use["href"])[1:] for use in soup.select("use")} <= set(ids)


class Nesting(HTMLParser):
    """Collects end tags that close something else than what was opened last."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.crossed.append(f"{tag}, line {self.getpos()[0]}")

    def handle_startendtag(self, tag: str, attrs: object) -> None: ...


@each_kind
def test_every_element_is_closed_by_its_own_tag(name: str) -> None:
    """Parsers mend a crossed tag in silence, and the page falls apart far from it."""
    nesting = Nesting()
    nesting.feed(files()[name].decode())
    assert (nesting.crossed[:1], nesting.open) == ([], [])


@each_kind
def test_headings_go_down_one_level_at_a_time(name: str) -> None:
    levels = [int(node.name[1]) for node in soups()[name].find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@each_kind
def test_a_page_runs_what_its_policy_names_and_asks_nothing_of_anyone(name: str) -> None:
    """One style and at most one script, inside the page and named by their digests."""
    soup = soups()[name]
    assert not soup.find_all(["img", "iframe", "object", "embed", "base"])
    assert not soup.select("[style], [src], form[action]")
    assert not [a for n in soup.find_all(True) for a in n.attrs if a.startswith("on")]
    policy, (style,), scripts = (
        soup.select_one("meta[http-equiv]"),
        soup.find_all("style"),
        soup.find_all("script", type="module"),
    )
    assert policy is not None
    runs = [f"script-src '{digest(str(one.string))}'" for one in scripts]
    assert str(policy["content"]).split("; ") == [
        "default-src 'none'",
        f"style-src '{digest(str(style.string))}'",
        *(runs and [*runs, "connect-src 'self'"]),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert "url(" not in str(style.string).replace("url(#", "")
    assert {one.get("type") for one in soup.find_all("script")} <= {"module", "application/ld+json"}


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@each_kind
def test_the_first_paint_waits_for_no_script(name: str) -> None:
    """What runs stands last, and as a module it is run when everything is there."""
    scripts = soups()[name].find_all("script", type="module")
    assert all(not words_after(script) for script in scripts)


@each_kind
def test_no_older_telephone_throws_a_script_away_as_a_whole(name: str) -> None:
    """Safari before 16.4 reads no lookbehind, and then nothing of the script: no alarm either."""
    for script in soups()[name].find_all("script"):
        assert not re.search(r"\(\?<[=!]", script.text)


def words_after(node: object) -> list[str]:
    return [text for text in _after(node) if text.strip()]


def _after(node: object) -> Iterator[str]:
    for one in getattr(node, "find_next_siblings", list)():
        yield one.get_text()


@each_kind
def test_a_demonstration_says_so_wherever_a_page_can_be_cut(name: str) -> None:
    """In the browser's tab, at the top, at the end, in every caption, on every printed sheet."""
    soup = soups()[name]
    said = ("Démonstration – données inventées", "Demonstration – invented data")[
        name.startswith("en/")
    ]
    assert words(soup.title).startswith(said)
    assert said in words(soup.select_one("aside.demo"))
    assert said in words(soup.select_one("footer.pied"))
    assert f'@top-center{{content:"{said}"' in str(soup.find("style"))
    quoted = soup.select("blockquote, .carte caption, .instantanes caption")
    assert all(said in words(one) for one in quoted)
    described = soup.select_one("meta[name=description]")
    assert described is None or str(described["content"]).startswith(said)


@pytest.mark.parametrize("name", [one for one in KINDS.values() if one != "404.html"])
def test_each_page_has_one_address_and_names_its_translation(name: str) -> None:
    soup = soups()[name]
    canonical = soup.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"{CITY.page_url}{'' if name == 'index.html' else name}"
    bare = name.removeprefix("en/")
    told = {str(one["hreflang"]): one["href"] for one in soup.select("link[hreflang]")}
    assert told == {
        "fr-CA": f"{CITY.page_url}{'' if bare == 'index.html' else bare}",
        "en-CA": f"{CITY.page_url}en/{bare}",
    }
    assert soup.html is not None
    assert soup.html["lang"] == ("en-CA" if name.startswith("en/") else "fr-CA")
    assert len(soup.select(".langues a")) == 1


def test_what_has_a_better_address_is_left_out_of_search() -> None:
    """A past state found in a search would be taken for today's."""
    hidden = {name for name, soup in soups().items() if soup.select("meta[name=robots]")}
    expected = [
        n
        for n in soups()
        if re.fullmatch(r"(en/)?(etats-passes/\d+|depuis/\d+|integration|404)\.html", n)
    ]
    assert hidden == set(expected)


def test_a_single_language_names_no_translation() -> None:
    soup = BeautifulSoup(built()["index.html"].decode(), "lxml")
    assert not soup.select("[hreflang]")
    assert not [name for name in built() if name.startswith("en/")]


@each_kind
def test_landmarks_are_there_for_who_listens(name: str) -> None:
    soup = soups()[name]
    assert len(soup.find_all("main")) == 1
    skip = soup.select_one("a.saut")
    assert skip is not None
    assert soup.select_one(f"main{skip['href']}") is not None
    assert soup.select_one("body > header") is not None
    assert soup.select_one("body > footer") is not None
    labels = [nav.get("aria-label") for nav in soup.find_all("nav")]
    assert None not in labels
    assert len(labels) == len(set(labels))


def test_the_home_page_of_27_actions_is_light() -> None:
    """Before compression, both languages: a telephone on a weak network opens it at once."""
    assert len(files()["index.html"]) < 60_000
    assert len(files()["en/index.html"]) < 60_000


def test_the_english_pages_have_no_french_left_in_their_own_words() -> None:
    """Only the plan, which is published in French, stays in French."""
    for name in (n for n in KINDS.values() if n.startswith("en/")):
        shown = words(soups()[name])
        for french in ("Échéance", "À surveiller", "Données ouvertes", "Pas encore", "inventées"):
            assert french not in shown
