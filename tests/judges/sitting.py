"""How a judge is called, and what it needs to sit; absent, a skip, and in CI a failure."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.contract.needs import needs

HERE: Final = Path(__file__).parent
NODE_MODULES: Final = HERE / "node_modules"
VNU: Final = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
PATIENCE: Final = 300


def program(name: str, of: str) -> str:
    found = shutil.which(name)
    needs(f"{name} ({of})", there=found is not None)
    return str(found)


def sit(judge: str, root: str, pages: Sequence[str], **errand: Any) -> dict[str, Any]:
    """
    What `judge` (a module beside this one) says of each page, in one browser.

    `root` is the address that the pages stand under.
    """
    node = program("node", "Node 20 or newer")
    chromium = program("chromium", "Chromium")
    needs("what npm installs (make judges)", there=NODE_MODULES.is_dir())
    done = subprocess.run(
        [node, str(HERE / "judge.mjs"), judge],
        input=json.dumps({"chromium": chromium, "root": root, "pages": list(pages), **errand}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout)
    assert set(told) == set(pages)
    return told


def none_of(faults: Mapping[str, Iterable[object]]) -> None:
    """Fail with every fault of every page, each on a line."""
    said = [f"{page}: {fault}" for page, found in faults.items() for fault in found]
    assert not said, f"{len(said)} faults\n" + "\n".join(said)
