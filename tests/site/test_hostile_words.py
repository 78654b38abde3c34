"""
Whatever staff or a plan say, they say words: no output takes them for its own language.

Two histories are published that differ in their words alone, hostile ones and plain ones. Every
file of the one must have the shape of the other: the same elements with the same attributes, the
same scripts and styles, the same rows, the same properties. A new output is held to it as soon as
`build_files` makes it; one of a kind that nobody can judge here is refused.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from lxml import etree

from sync.core.memory import Memory
from sync.core.presentable import presentable
from sync.site import entries
from sync.site.build import build_files
from tests.site.hostile import (
    LINKS,
    OUTSIDE,
    RUN,
    TEXTS,
    VECTORS,
    hostile,
    plain,
    presentation,
    records,
)

Shape = list[Any]
ADDRESSES: Final = frozenset(
    {
        "href",
        "src",
        "action",
        "formaction",
        "data",
        "poster",
        "xlink:href",
        "srcset",
        "cite",
        "ping",
    }
)
OWN_SITE: Final = "www.ville.example"


STRING: Final = re.compile(r'"(?:[\w ]|\\[0-9a-f]{1,6} )*"')
"""A string of a style sheet in which everything but letters and digits is a number."""


class Skeleton(HTMLParser):
    """Elements, their attributes' names, and what stands in scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: Shape = []
        self.addresses: list[str] = []
        self._raw: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert not [name for name in names if name.startswith("on")], tag
        styles = [value for name, value in attrs if name in ("style", "type", "rel", "http-equiv")]
        self.shape.append((tag, names, styles))
        self.addresses += [value or "" for name, value in attrs if name in ADDRESSES]
        self._raw = None
        if tag in ("script", "style"):
            self._raw = "json" if ("type", "application/ld+json") in attrs else "own"

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"/{tag}")
        self._raw = None

    def handle_data(self, data: str) -> None:
        if self._raw == "own":
            self.shape.append(STRING.sub('""', data))
        elif self._raw == "json":
            self.shape.append(json_shape(json.loads(data)))

    def handle_comment(self, data: str) -> None:
        self.shape.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.shape.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.shape.append(("declaration", data))

    def handle_pi(self, data: str) -> None:
        self.shape.append(("instruction", data))


def html_shape(text: str) -> Shape:
    """Also looks where every address of it leads."""
    read = Skeleton()
    read.feed(text)
    read.close()
    for address in read.addresses:
        check_address(address)
    return read.shape


def check_address(address: str) -> None:
    parts = urlsplit(address)
    fit = (
        address == "data:,"
        or address.startswith("urn:jalon:")
        or (not parts.scheme and not parts.netloc and not address.startswith(("\\", "//")))
        or (parts.scheme == "https" and parts.hostname in (OWN_SITE, "exemple.org", *STANDARDS))
    )
    assert fit, address


STANDARDS: Final = ("schema.org", "creativecommons.org", "www.donneesquebec.ca", "c2sp.org")


def json_shape(value: Any) -> Any:
    """Keys, kinds and lengths; where a text is HTML, its shape too."""
    if isinstance(value, dict):
        return {
            key: html_shape(one) if key == "content_html" else json_shape(one)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [json_shape(one) for one in value]
    return type(value).__name__


def xml_shape(text: bytes) -> Shape:
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    tree = etree.fromstring(text, safe)
    shape: Shape = [tree.getroottree().docinfo.doctype]
    for node in tree.iter():
        if not isinstance(node.tag, str):
            shape.append(("node", str(node)))
            continue
        shape.append((node.tag, sorted(map(str, node.attrib))))
        for name, value in node.attrib.items():
            assert not str(name).startswith("on"), name
            if str(name).rpartition("}")[2] in ADDRESSES:
                check_address(str(value))
        if node.get("type") in ("html", "text/html"):
            shape.append(html_shape(node.text or ""))
    return shape


def csv_shape(text: str) -> Shape:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    for row in rows:
        for cell in row:
            seen = unicodedata.normalize("NFKC", cell).lstrip()
            assert not seen.startswith(("=", "+", "-", "@")), cell
            assert not cell.startswith(("\t", "\r", "\n")), cell
    return [len(row) for row in rows]


def calendar_shape(text: str) -> Shape:
    """Names of properties in order, their lines put together again."""
    assert "\n" not in text.replace("\r\n", "")
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")
    names = [re.split(r"[:;]", line)[0] for line in lines if line]
    assert all(re.fullmatch(r"[A-Z-]+", name) for name in names), names
    return names


def text_shape(text: str) -> Shape:
    """Plain text is shown and not read; only its lines are counted."""
    return [len(text.splitlines())]


JUDGES: Final[dict[str, Callable[[bytes], Any]]] = {
    "html": lambda body: html_shape(body.decode()),
    "json": lambda body: json_shape(json.loads(body)),
    "jsonld": lambda body: json_shape(json.loads(body)),
    "xml": xml_shape,
    "atom": xml_shape,
    "svg": xml_shape,
    "csv": lambda body: csv_shape(body.decode()),
    "ics": lambda body: calendar_shape(body.decode()),
    "txt": lambda body: text_shape(body.decode()),
    "": lambda body: text_shape(body.decode()),
}


def shape_of(name: str, body: bytes) -> Any:
    last = name.rpartition("/")[2]
    kind = last.rpartition(".")[2] if "." in last else ""
    assert kind in JUDGES, f"{name}: say in JUDGES how hostile words would show in this kind"
    return JUDGES[kind](body)


@cache
def published(how: str) -> dict[str, bytes]:
    """A change weighs the same whatever its words, so that both feeds are divided alike."""
    say = {"hostile": hostile, "plain": plain}[how]
    with pytest.MonkeyPatch.context() as plant:
        plant.setattr(entries, "_weight_of", lambda _: 400)
        plant.setattr(entries.Entry, "weight", property(lambda entry: 1_200 * len(entry.told)))
        plant.setattr(entries, "_ENTRIES", Memory(0, lambda _: 1))
        return build_files(records(say), presentation(say))


def test_the_corpus_is_large_and_its_words_are_all_different() -> None:
    assert len(VECTORS) >= 60
    assert len(set(VECTORS)) == len(VECTORS)
    together = " ".join(TEXTS)
    assert all(presentable(one) in together for one in VECTORS)
    assert all(one.startswith("https://") for one in LINKS)


def test_every_file_has_the_shape_that_plain_words_give_it() -> None:
    calm, loud = published("plain"), published("hostile")
    assert loud.keys() == calm.keys()
    assert "flux/0001.json" in calm
    other = {}
    for name in calm:
        expected, found = shape_of(name, calm[name]), shape_of(name, loud[name])
        if expected != found:
            other[name] = _first_difference(expected, found)
    assert other == {}


def _first_difference(expected: Any, found: Any) -> Any:
    if isinstance(expected, list) and isinstance(found, list):
        for at, (one, two) in enumerate(zip(expected, found, strict=False)):
            if one != two:
                return at, _first_difference(one, two)
        return len(expected), len(found)
    return expected, found


def test_every_word_is_there_as_it_was_written() -> None:
    """
    Escaped, and not taken away: a filter that drops what it does not like would pass above.

    In the table apostrophes stand before what a spreadsheet would take for a formula.
    """
    loud = published("hostile")
    snapshot = json.loads(loud["dernier.json"])
    actions = [a for x in snapshot["axes"] for v in x["volets"] for a in v["actions"]]
    notes = {action["note"] for action in actions}
    assert notes == {hostile(n, "note enfin") for n in range(len(TEXTS))}
    rows = list(csv.DictReader(io.StringIO(loud["actions.csv"].decode(), newline="")))
    cells = {row["note"].replace("'", "") for row in rows}
    assert cells == {note.replace("'", "") for note in notes}


PLANTED: Final = {
    "an element": ("index.html", b"<main", b"<b>x</b><main"),
    "an attribute": ("index.html", b"<main", b"<main title=x"),
    "a handler": ("index.html", b"<main", b"<main onclick=x"),
    "code in an address": ("index.html", b"<main", b"<a href=javascript:x></a><main"),
    "another site": ("index.html", b"<main", f"<img src=//{OUTSIDE}/x><main".encode()),
    "words in a script": ("index.html", b"</script>", RUN.encode() + b"</script>"),
    "words in a style": ("index.html", b"</style>", b"*{}</style>"),
    "a comment": ("index.html", b"<main", b"<!-- x --><main"),
    "HTML in a feed": ("flux.json", b"<h3>", b"<h3><i>x</i>"),
    "a handler in a feed": ("flux.json", b"<h3>", b"<h3 onclick=x>"),
    "a key": ("dernier.json", b'"axes"', b'"x":1,"axes"'),
    "a row": ("actions.csv", b"\r\n", b"\r\nx\r\n"),
    "a formula": ("actions.csv", b"\r\n", b"\r\n=1+1,"),
}
SAMPLES: Final = {
    "xml": (b"<a href='x'/>", b"<a href='x'><b/></a>", b"<a href='javascript:x'/>"),
    "svg": (b"<a/>", b"<a onload='x'/>", b"<a><?x?></a>"),
    "atom": (b"<a type='html'>x</a>", b"<a type='html'>&lt;img&gt;</a>", b"<!DOCTYPE a><a/>"),
    "ics": (b"A:1\r\nB:2\r\n", b"A:1\r\nATTACH:x\r\nB:2\r\n", b"A:1\nB:2\r\n"),
    "jsonld": (b'{"a":"x"}', b'{"a":["x"]}', b'{"a":"x","b":1}'),
    "txt": (b"a\n", b"a\nb\n"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_gets_through_is_seen(kind: str) -> None:
    """The judges are judged: each kind of breach, planted in what plain words give."""
    name, before, after = PLANTED[kind]
    body = published("plain")[name]
    planted = body.replace(before, after, 1)
    assert planted != body
    assert differs(name, body, planted)


@pytest.mark.parametrize(
    ("kind", "planted"), [(kind, bad) for kind, (_, *all_) in SAMPLES.items() for bad in all_]
)
def test_what_gets_through_is_seen_in_kinds_that_are_not_made_yet(
    kind: str, planted: bytes
) -> None:
    assert differs(f"x.{kind}", SAMPLES[kind][0], planted)


def differs(name: str, body: bytes, planted: bytes) -> bool:
    expected = shape_of(name, body)
    try:
        return bool(shape_of(name, planted) != expected)
    except (AssertionError, ValueError, etree.XMLSyntaxError):
        return True
