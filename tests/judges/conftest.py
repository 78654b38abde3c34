"""Publications as a city's host serves them, on loopback, for judges that others wrote."""

import http.server
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from sync.adapters.publish.directory import DirectoryPublisher
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot, State
from sync.ports import Publication
from sync.site.build import build_files
from sync.site.counts import MANY
from sync.site.presentation import Presentation
from tests.bench.site import enlarged
from tests.contract.verdicts import KEPT, Verdicts
from tests.judges.kinds import longest_of_each, pages_of
from tests.site.publication_samples import sealed_by_ours
from tests.site.snapshot_samples import (
    becancour,
    ending,
    four_records,
    record_of,
    with_a_correction,
)

FAULTS = "fautes"
LISTENING = "ecoute"
EAR = """
window.heard = [];
for (const kind of ["error", "unhandledrejection", "securitypolicyviolation"])
  addEventListener(kind, (said) => heard.push([kind, said.message ?? said.violatedDirective ??
    said.reason ?? said.target?.outerHTML ?? ""].join(": ")), true);
"""
LARGE = ("home", "action", "volet", "table", "embed")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    told = config.stash.get(KEPT, None)
    if told is None or not told.said:
        return
    terminalreporter.section("outside judges of the pages")
    for verdict in told.said.values():
        terminalreporter.write_line(verdict.line())
    told.said.clear()


@pytest.fixture(scope="session")
def verdicts(pytestconfig: pytest.Config) -> Verdicts:
    """Where a judge's test tells what was judged, for the end of the run."""
    return pytestconfig.stash.setdefault(KEPT, Verdicts())


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """
    Asked for `x.html?ecoute`, it puts an ear in front of the page's policy.

    Not every engine tells its driver what the console says.
    """

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if query != LISTENING or self.headers.get("Sec-Fetch-Dest") == "empty":
            return super().do_GET()
        page = Path(self.translate_path(path)).read_text(encoding="utf-8")
        body = page.replace("<head>", f"<head><script>{EAR}</script>", 1).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Served:
    """
    Three publications beside each other, by their real publisher.

    `fige` is the demonstration after both freezes, in French and English, confirmed just now;
    `corrige` is one between freezes with a correction, in English, so long unconfirmed that the
    page says so. `grand` is a plan of a hundred actions, which has pages of its own, and has ended.
    """

    folder: Path
    root: str

    def pages(self, *kinds: str) -> list[str]:
        """The longest page of each kind, or of these alone, in the first publication."""
        found = longest_of_each(self.folder / "fige")
        wanted = kinds or tuple(found)
        return [f"fige/{found[kind]}" for kind in wanted if kind in found]

    def states(self) -> list[str]:
        """What is otherwise in the second one, and what only the third one has."""
        return [*self._longest("corrige", ("home", "action")), *self._longest("grand", LARGE)]

    def _longest(self, name: str, kinds: Sequence[str]) -> list[str]:
        found = longest_of_each(self.folder / name)
        return [f"{name}/{found[kind]}" for kind in kinds]

    def every_page(self) -> list[str]:
        """All of the first two; of the third, whose actions are the same again, one of a kind."""
        whole = [
            f"{name}/{page}"
            for name in ("fige", "corrige")
            for page in pages_of(self.folder / name)
        ]
        return [*whole, *self._longest("grand", LARGE)]

    def sample(self) -> str:
        """The shortest whole page, to plant faults in."""
        texts = ((self.folder / page).read_text(encoding="utf-8") for page in self.every_page())
        return min((text for text in texts if "<main" in text), key=len)

    def plant(self, name: str, body: str) -> str:
        """Serve this page too; its path."""
        (self.folder / FAULTS).mkdir(exist_ok=True)
        (self.folder / FAULTS / name).write_text(body, encoding="utf-8")
        return f"{FAULTS}/{name}"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    handler = partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        root = f"http://127.0.0.1:{server.server_port}/"
        now = datetime.now(UTC)
        corrected = [
            record_of(becancour(1, date(2026, 2, 10))),
            record_of(with_a_correction(becancour(2, date(2026, 3, 17)))),
        ]
        french = Presentation("Ville de Bécancour", f"{root}fige/", others=("en",))
        english = Presentation("Ville de Bécancour", f"{root}corrige/", language="en")
        large = enlarged(becancour(1, date(2026, 5, 1)), MANY)
        over = [record_of(ending(large, fin=date(2026, 4, 30), termine_le=date(2026, 5, 1)))]
        _publish(folder / "fige", four_records(), french, now)
        _publish(folder / "corrige", corrected, english, now - timedelta(days=40))
        grand = Presentation("Ville de Bécancour", f"{root}grand/")
        _publish(folder / "grand", over, grand, now)
        threading.Thread(target=server.serve_forever).start()
        yield Served(folder, root)
        server.shutdown()


def _publish(
    folder: Path, records: Sequence[SnapshotRecord], how: Presentation, verified: datetime
) -> None:
    last = records[-1]
    DirectoryPublisher(folder, folder.name).publish(
        Publication(
            snapshot=Snapshot.model_validate_json(last.body),
            record=last,
            state=State(numero=last.number, verifie_le=verified, demonstration=True),
            files=build_files(records, how, sealed_by_ours),
            immutable={f"instantanes/{each.number:04d}.json": each.body for each in records},
        )
    )
