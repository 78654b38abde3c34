"""The scan of the bytes finds a planted value in every form, and tells the place, not the value."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.leaks import leaks, private_values
from sync.model.rules import Direction
from sync.model.target import (
    Observed,
    ObservedField,
    ObservedOption,
    ObservedProject,
    ObservedSection,
    ObservedTask,
)
from tests.core.paper_asana import READ_AT, rules_for, small_plan

GID = "1209876543210123"
EMAIL = "hélène.côté@ville.example"
TOKEN = '2/1200/34:ab"c&d<e>\\f/é'
KINDS = {GID: "gid", EMAIL: "e-mail", TOKEN: "secret"}
FORMS = {
    "as it stands": lambda v: v,
    "capitals": str.upper,
    "JSON": lambda v: json.dumps(v, ensure_ascii=False),
    "JSON in ASCII": json.dumps,
    "JSON, every sign a code": lambda v: "".join(f"\\u{ord(c):04X}" for c in v),
    "JSON, slashes escaped": lambda v: json.dumps(v).replace("/", "\\/"),
    "HTML": html.escape,
    "HTML, every sign a number": lambda v: "".join(f"&#{ord(c)};" for c in v),
    "HTML, in hexadecimal": lambda v: "".join(f"&#x{ord(c):x};" for c in v),
    "URL": lambda v: quote(v, safe=""),
    "URL, small letters": lambda v: quote(v, safe="").replace("%C3", "%c3"),
    "URL of a form": quote_plus,
    "URL inside HTML": lambda v: html.escape(f"https://x.example/?u={quote(v)}&a=1"),
    "CSS": lambda v: "".join(c if c.isalnum() else f"\\{ord(c):x} " for c in v),
    "HTML inside JSON": lambda v: json.dumps(html.escape(v)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("canary", KINDS, ids=KINDS.values())
def test_a_planted_value_is_found_in_every_form(canary: str, form: str) -> None:
    body = f"<p>avant {FORMS[form](canary)} après</p>".encode()
    found = leaks({"index.html": body, "sain.json": b"{}"}, [GID, EMAIL, TOKEN])
    assert found == (f"index.html: {KINDS[canary]}",)


@pytest.mark.parametrize("at", range(1, 8))
@pytest.mark.parametrize("canary", [GID, "Mairie; bureau, 2e étage"])
def test_a_value_is_found_where_a_calendar_breaks_its_line(canary: str, at: int) -> None:
    """Seventy-five bytes a line, wherever a word happens to stand."""
    said = canary.replace(",", "\\,").replace(";", "\\;")
    body = f"SUMMARY:{said[:at]}\r\n {said[at:]}\r\n".encode()
    assert leaks({"jalons.ics": body}, [canary])
    assert leaks({"jalons.ics": b"UID:1\r\n 2\r\n"}, [canary]) == ()


def test_only_a_calendar_breaks_a_line_within_a_word() -> None:
    """Elsewhere two lines are two words: neither a name is hidden so nor a number made up."""
    body = f"Roy\n et {GID[:9]}\n {GID[9:]}".encode()
    assert leaks({"index.html": body}, [GID], ("Roy",)) == ("index.html: name",)


def test_what_css_has_no_letter_for_stands_as_it_is() -> None:
    """A code beyond the last letter of Unicode ends no scan, hides nothing and makes up nothing."""
    assert leaks({"a": f"\\110000 \\ffffff {GID}".encode()}, [GID]) == ("a: gid",)
    assert leaks({"a": b"\\110000 abcd"}, ["110000abcd"]) == ()
    last = "motdepasse\U0010ffff"
    assert leaks({"a": b"motdepasse\\10ffff "}, [last]) == ("a: secret",)


def test_a_name_is_found_across_lines_and_in_any_language_of_a_file() -> None:
    files = {
        "a.json": json.dumps({"note": "Jean\nTremblay"}).encode(),
        "b.json": json.dumps({"note": "JÉAN-TREMBLAY"}).encode(),
        "c.html": b"<p>J&eacute;an&nbsp;Tremblay</p>",
        "d.csv": b'1,"jean ""tremblay"""\r\n',
        "e.ics": b"SUMMARY:Jean Trem\r\n blay\r\n",
        "f.html": b"<p>jeans tremblayes</p>",
    }
    found = leaks(files, (), ("Jéan Tremblay",))
    assert found == tuple(f"{name}: name" for name in list(files)[:5])


@pytest.mark.parametrize(
    "address", ["https://app.asana.com/0", "ASANA.COM", "app%2Easana%2Ecom", "asana&#46;com"]
)
def test_an_address_of_asana_is_found_without_being_named(address: str) -> None:
    assert leaks({"flux.json": address.encode()}, []) == ("flux.json: asana.com",)


def test_several_leaks_are_told_by_file_and_kind_and_never_by_value() -> None:
    """The message goes to a log: it must not become the leak."""
    files = {"b": f"{GID} {EMAIL} {GID}".encode(), "a": GID.encode()}
    assert leaks(files, [GID, EMAIL]) == ("a: gid", "b: e-mail", "b: gid")


def test_short_values_and_clean_files_stop_nothing() -> None:
    """« Le maire » is a member's name and also half of the page."""
    body = b"Champs de suivi dans ASANA municipal. 2026-02-15 &amp; 100 % %zz \\u12"
    assert leaks({"a": body, "b": bytes(range(256)), "c": b""}, ["municip", "2026", "", GID]) == ()


@pytest.mark.parametrize("other", ["12098765", "120987654321", GID[:-1] + "9"])
def test_values_that_start_alike_are_told_apart(other: str) -> None:
    assert leaks({"a": GID.encode()}, [other]) == (("a: gid",) if GID.startswith(other) else ())


@given(st.binary(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_any_bytes_and_any_values_can_be_scanned(body: bytes, values: list[str]) -> None:
    leaks({"a": body}, values)


@given(
    st.text(alphabet=st.characters(codec="utf-8"), min_size=8, max_size=20),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=20),
)
def test_whatever_the_value_it_is_found_as_it_stands(value: str, around: str) -> None:
    """Nothing in a value, a bracket or a percent sign, may hide it from the scan."""
    assert leaks({"a": f"{around} {value} {around}".encode()}, [value])


def test_a_value_in_base_64_is_not_promised() -> None:
    """Said here so that nobody counts on it: only the forms that our own files use are undone."""
    assert leaks({"a": base64.b64encode(GID.encode())}, [GID]) == ()


def test_every_gid_and_every_person_that_is_known_may_not_be_published() -> None:
    rules = rules_for(
        small_plan(),
        directions=(
            Direction("greffe", "Greffe", "greffe@ville.example"),
            Direction("loisirs", "Loisirs"),
        ),
        members=("maire@ville.example", "1111"),
    )
    observed = Observed(
        True,
        READ_AT,
        projects={"actions": ObservedProject("p1", "Plan", "")},
        sections=(ObservedSection("s1", "Gestion", "p1"),),
        fields=(ObservedField("f1", "Axe", "enum", options=(ObservedOption("o1", "Axe 1"),)),),
        tasks={"t1": ObservedTask("t1", "Bureau", assignee_gid="u1"), "t2": ObservedTask("t2", "")},
    )
    assert private_values(rules, observed) == {
        *("p1", "s1", "f1", "o1", "t1", "t2", "u1"),
        *("greffe@ville.example", "maire@ville.example", "1111"),
    }


def test_bytes_that_were_clean_are_looked_at_again_for_another_value() -> None:
    """What was seen is remembered with what was sought: a new value is sought everywhere."""
    files = {"index.html": b"<p>Jeanne Untel, marie@exemple.invalid</p>"}
    assert leaks(files, {"paul@exemple.invalid"}) == ()
    assert leaks(files, {"marie@exemple.invalid"}) == ("index.html: e-mail",)
    assert leaks(files, {"paul@exemple.invalid"}, {"Jeanne Untel"}) == ("index.html: name",)
    assert leaks(files, {"paul@exemple.invalid"}) == ()


def test_the_same_bytes_are_read_as_a_calendar_only_under_its_name() -> None:
    body = b"DESCRIPTION:marie@exem\r\n ple.invalid"
    assert leaks({"x.txt": body}, {"marie@exemple.invalid"}) == ()
    assert leaks({"x.ics": body}, {"marie@exemple.invalid"}) == ("x.ics: e-mail",)
