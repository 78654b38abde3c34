"""The page printed to PDF: read by poppler and qpdf, which others wrote."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.verdicts import Verdict, Verdicts
from tests.judges.conftest import Served
from tests.judges.sitting import PATIENCE, none_of, program, sit

INVENTED = "Démonstration – données inventées"

pytestmark = pytest.mark.judges


UNNAMED = "another title"
UNSPOKEN = "another language"
SILENT = "does not say that it is invented"
TAGS = {"Document", "H1", "H2", "L", "Link"}
SHEET = 100
"""Words on a sheet that is well used; a nearly blank one holds its margins and a line or two."""


def test_a_printed_page_can_be_read_aloud(
    served: Served, verdicts: Verdicts, tmp_path: Path
) -> None:
    """Tagged, with the page's title, language, headings, lists and links; invented data say so."""
    pages = served.pages("home", "action")
    bare = served.plant("nu.html", "<!doctype html><p>nu")
    flat = served.plant("plat.html", served.sample())
    told = sit("paper", served.root, [*pages, bare, flat], folder=str(tmp_path), untagged=[flat])
    assert faults(told.pop(flat)) >= {"untagged", "no H1"}
    seen = faults(told.pop(bare))
    assert seen == {UNNAMED, UNSPOKEN, SILENT, *(f"no {tag}" for tag in TAGS - {"Document"})}
    none_of({page: faults(said) for page, said in told.items()})
    verdicts.tell(Verdict("Poppler and qpdf", "prints", len(pages), planted=9, caught=9))


def test_a_long_table_leaves_no_sheet_nearly_blank(served: Served, tmp_path: Path) -> None:
    """A volet that no sheet can hold is divided, not pushed on for want of room."""
    pages = [page for page in served.states() if page.startswith("grand/")]
    torn = served.plant("dechire.html", "<p>Un mot</p><p style='break-before: page'>Le reste</p>")
    told = sit("paper", served.root, [*pages, torn], folder=str(tmp_path), untagged=[])
    assert list(blank_sheets(told.pop(torn)["path"])) == ["sheet 1 holds 2 words"]
    none_of({page: blank_sheets(said["path"]) for page, said in told.items()})


def blank_sheets(path: str) -> Iterator[str]:
    """The last sheet may hold what is left."""
    sheets = run("pdftotext", path, "-").split("\f")[:-2]
    for number, words in enumerate((len(sheet.split()) for sheet in sheets), 1):
        if words < SHEET:
            yield f"sheet {number} holds {words} words"


def faults(said: dict[str, str]) -> set[str]:
    """Of one print, whose page said what its title and language are."""
    lines = run("pdfinfo", said["path"]).splitlines()
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    structure = run("pdfinfo", "-struct", said["path"]).splitlines()
    tags = {line.split()[0] for line in structure if line.strip()}
    checks = {
        "untagged": facts["Tagged"] == "yes",
        UNNAMED: facts["Title"] == said["title"] != "",
        UNSPOKEN: language(said["path"]) == said["lang"] != "",
        SILENT: INVENTED in run("pdftotext", said["path"], "-"),
        **{f"no {tag}": tag in tags for tag in TAGS},
    }
    return {fault for fault, well in checks.items() if not well}


def run(name: str, *words: str) -> str:
    binary = program(name, "on Debian: apt-get install poppler-utils qpdf")
    return subprocess.run(
        [binary, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=PATIENCE,
    ).stdout


def language(path: str) -> str:
    """Of the whole document, as its catalogue says; qpdf fails on a file that is not sound."""
    _, objects = json.loads(run("qpdf", "--json=2", "--json-key=qpdf", path))["qpdf"]
    root: dict[str, Any] = objects[f"obj:{objects['trailer']['value']['/Root']}"]["value"]
    return str(root.get("/Lang", "")).removeprefix("u:")
