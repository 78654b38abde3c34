"""The browsers that citizens have and that no judge drives: Firefox, and the engine of Safari."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from tests.contract.needs import needs
from tests.judges.sitting import HERE, NODE_MODULES, PATIENCE, program

Engine = Literal["firefox", "webkit"]
ENGINES: Final[tuple[Engine, ...]] = ("firefox", "webkit")
Scheme = Literal["light", "dark"]
MINI_BROWSER: Final = "*/webkit2gtk-4.?/MiniBrowser"


@dataclass(frozen=True, slots=True)
class Look:
    """
    Open a page this wide, give its fields these files, and run a script in it.

    The script is the body of an asynchronous function of the document `d` and the window `w`. With
    `shot`, a picture is left there.
    """

    page: str
    width: int = 1280
    script: str = "return null"
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shot: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The script's answer, what runs out of the page, what was asked elsewhere, what went wrong."""

    answer: Any
    misplaced: Sequence[str]
    outside: Sequence[str]
    complaints: Sequence[str]

    def faults(self) -> list[str]:
        told = (("asked outside", self.outside), ("complains", self.complaints))
        return [*self.misplaced, *(f"{what}: {one}" for what, all_ in told for one in all_)]


def drive(engine: Engine, scheme: Scheme, frame: str, looks: Sequence[Look]) -> list[Seen]:
    """
    What was seen at each look, in one start of the browser.

    `frame` is a page that shows the address in its query as wide as the number before it.
    """
    errand = {**_needed(engine), "scheme": scheme, "frame": frame}
    needs("what npm installs (make judges)", there=NODE_MODULES.is_dir())
    done = subprocess.run(
        [program("node", "Node 20 or newer"), str(HERE / "drive.mjs"), engine],
        input=json.dumps({**errand, "looks": [asdict(look) for look in looks]}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told = [Seen(**each) for each in json.loads(done.stdout)]
    assert len(told) == len(looks)
    return told


def _needed(engine: Engine) -> dict[str, str]:
    if engine == "firefox":
        return {"program": program("firefox-esr", "on Debian: apt-get install firefox-esr")}
    found = sorted(str(path) for path in Path("/usr/lib").glob(MINI_BROWSER))
    needs("MiniBrowser (on Debian: apt-get install libwebkit2gtk-4.1-0)", there=bool(found))
    return {
        "program": found[-1] if found else "",
        "driver": program("WebKitWebDriver", "on Debian: apt-get install webkit2gtk-driver"),
        "screen": program("Xvfb", "on Debian: apt-get install xvfb"),
    }
