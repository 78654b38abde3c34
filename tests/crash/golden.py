"""
The names of the points of each scene, one a line, as they are known: a new one shows in review.

    python -m tests.crash.golden      writes them again
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.crash.scenes import SCENES

KNOWN: Final = Path(__file__).parent / "points"


def known(scene: str) -> list[str]:
    return (KNOWN / f"{scene}.txt").read_text(encoding="utf-8").splitlines()


def ask(forge: "subprocess.Popen[str]", **case: Any) -> Any:
    """What the process that forks says to a case: the answer, or why it failed."""
    assert forge.stdin is not None
    assert forge.stdout is not None
    forge.stdin.write(json.dumps(case) + "\n")
    forge.stdin.flush()
    said = forge.stdout.readline()
    assert said, "the process that forks has ended"
    return json.loads(said)


def lit() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.forge"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def main() -> None:
    KNOWN.mkdir(exist_ok=True)
    with lit() as forge:
        for scene in SCENES:
            names = ask(forge, ask="names", scene=scene)["told"]
            text = "".join(f"{name}\n" for name in names)
            (KNOWN / f"{scene}.txt").write_text(text, encoding="utf-8")
        assert forge.stdin is not None
        forge.stdin.close()


if __name__ == "__main__":
    main()
