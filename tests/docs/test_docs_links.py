"""Links inside the documents lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.tables import REPOSITORY, documents

LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
RECORD_PARTS = ["Context", "Decision", "Alternatives", "Consequences"]
RECORDS = sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md"))


def headings(path: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")]


def anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_a_link_leads_to_a_file_or_a_heading(document: Path) -> None:
    broken = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, place = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        there = target.exists() and target.is_relative_to(REPOSITORY)
        if not there or (place and place not in map(anchor, headings(target))):
            broken.append(link)
    assert broken == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    """What nobody links to nobody reads."""
    start = REPOSITORY / "README.md"
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for link in LINK.findall(here.read_text(encoding="utf-8")):
            target = (here.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert reached == set(documents())


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name[:4])
def test_a_decision_says_why_and_what_else_there_was(record: Path) -> None:
    title, *parts = headings(record)
    assert title.startswith(record.name[:4])
    assert parts == RECORD_PARTS


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in RECORDS] == [f"{n:04d}" for n in range(1, len(RECORDS) + 1)]
