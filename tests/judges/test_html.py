"""The Nu HTML checker (the W3C's) on every page of a publication."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.contract.needs import needs
from tests.contract.verdicts import Verdict, Verdicts
from tests.judges.conftest import Served
from tests.judges.faults import planted
from tests.judges.sitting import PATIENCE, VNU, none_of, program

pytestmark = pytest.mark.judges

FAULT = '<p><div id="_debut"></p><style>p { colour: red }</style><img>'
PASSED = {
    "Attribute “webkitdirectory” not allowed": (
        "<input",
        "every browser has it, and the verifier opens a whole folder by it",
    ),
    "Inline script violates Content Security Policy": (
        'type="application/',
        "what is not a script is not run, so no policy bars it",
    ),
}
"""What the checker says, what must stand in the line then, and why we let it pass."""
SEEN = ("No “p” element in scope", "Duplicate ID", "colour", "“img” is missing")


def test_the_nu_checker_finds_neither_error_nor_warning(served: Served, verdicts: Verdicts) -> None:
    java = program("java", "Java 17 or newer; on Debian: apt-get install default-jre-headless")
    needs("the Nu checker (make judges)", there=VNU.exists())
    pages = served.every_page()
    faulty = served.plant("nu.html", planted(served.sample(), FAULT))
    done = subprocess.run(
        [java, "-jar", str(VNU), "--format", "json", *pages, faulty],
        cwd=served.folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    said: dict[str, list[str]] = {page: [] for page in (*pages, faulty)}
    for message in json.loads(done.stderr)["messages"]:
        page = next(each for each in said if message["url"].endswith(f"/{each}"))
        if not passed(served.folder / page, message):
            said[page].append(f"{message['lastLine']}: {message['type']}: {message['message']}")
    found = " ".join(said.pop(faulty))
    assert [words for words in SEEN if words not in found] == []
    none_of(said)
    verdicts.tell(
        Verdict("Nu HTML checker", "pages", len(pages), planted=len(SEEN), caught=len(SEEN))
    )


def passed(page: Path, message: dict[str, Any]) -> bool:
    line = page.read_text(encoding="utf-8").splitlines()[message["lastLine"] - 1]
    return any(
        message["message"].startswith(words) and there in line
        for words, (there, _) in PASSED.items()
    )
