"""Five programs that others wrote read a publication, and find in it what the snapshot says."""

import hashlib
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.model.catalogue import Catalogue
from sync.model.snapshot import Snapshot
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.contract.needs import data, environment
from tests.contract.verdicts import Verdict, Verdicts
from tests.site.snapshot_samples import four_records

pytestmark = pytest.mark.contract

LAUNCHER = Path(__file__).parent / "launchers" / "read_open_data.py"
LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.fr"
CITY = Presentation(
    "Ville de Bécancour", "https://suivi.example/", catalogue=Catalogue(licence=LICENCE)
)

SPOILT: tuple[tuple[str, bytes, bytes], ...] = (
    ("flux.atom", b"</entry>", b"</entree>"),
    ("actions.csv", b",non_atteint,", b",presque_atteint,"),
    ("jalons.ics", b"DTSTART;VALUE=DATE:20260215", b"DTSTART;VALUE=DATE:2026-02-15"),
    ("catalogue.jsonld", b'"@value"', b'"@value'),
    ("plan.stratml.xml", b"<UnitOfMeasurement>livrable</UnitOfMeasurement>", b""),
)
"""One fault in each file, for its reader to find."""


def read(folder: Path, files: dict[str, bytes]) -> dict[str, Any]:
    for name, body in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    python = environment("open-data") / "bin" / "python"
    schema = data("stratml/PerformancePlanOrReport.xsd")
    ended = subprocess.run(
        [python, LAUNCHER, folder, schema], capture_output=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr.decode()
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return build_files(four_records(), CITY)


@pytest.fixture(scope="module")
def told(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return read(tmp_path_factory.mktemp("published"), files)


@pytest.fixture(scope="module")
def snapshot(files: dict[str, bytes]) -> Snapshot:
    return Snapshot.model_validate_json(files["dernier.json"])


def test_feedparser_reads_in_atom_what_the_json_feed_says(
    told: dict[str, Any], files: dict[str, bytes]
) -> None:
    feed = json.loads(files["flux.json"])
    assert (told["atom"]["sound"], told["atom"]["version"]) == (True, "atom10")
    assert told["atom"]["title"] == feed["title"]
    assert [tuple(one[:3]) for one in told["atom"]["entries"]] == [
        (item["id"], item["title"], item["date_published"]) for item in feed["items"]
    ]


def test_icalendar_reads_each_checkpoint_as_two_whole_days(
    told: dict[str, Any], snapshot: Snapshot
) -> None:
    wanted = [
        (day.isoformat(), (day + timedelta(days=1)).isoformat())
        for one in snapshot.jalons
        for day in (one.echeance, one.gel)
    ]
    assert [tuple(one[3:]) for one in told["calendar"]] == wanted
    assert len({one[0] for one in told["calendar"]}) == len(wanted)
    assert all(one[1].startswith("Démonstration") for one in told["calendar"])


def test_frictionless_finds_every_row_and_every_cell_as_described(
    told: dict[str, Any], snapshot: Snapshot
) -> None:
    standings = [there for one in snapshot.actions() for there in one.jalons.values()]
    assert told["package"]["errors"] == []
    assert told["package"]["valid"]
    assert told["package"]["rows"]["actions"] == len(standings)
    assert told["package"]["rows"]["indicateurs"] == sum(len(s.indicateurs) for s in standings)


def test_rdflib_reads_the_record_with_the_digest_of_each_file(
    told: dict[str, Any], files: dict[str, bytes]
) -> None:
    record = told["catalogue"]
    assert record["title"].startswith("Démonstration")
    assert record["licence"] == LICENCE
    assert record["files"]["actions.csv"] == [
        str(len(files["actions.csv"])),
        hashlib.sha256(files["actions.csv"]).hexdigest(),
    ]
    assert {
        name: [str(len(files[name])), hashlib.sha256(files[name]).hexdigest()]
        for name in record["files"]
    } == record["files"]


def test_xmlschema_finds_the_stratml_report_valid(told: dict[str, Any]) -> None:
    assert told["stratml"] == []


def test_each_reader_finds_the_fault_planted_in_its_own_file(
    files: dict[str, bytes], tmp_path: Path, verdicts: Verdicts
) -> None:
    """A judge that passes everything judges nothing."""
    judge = "feedparser, icalendar, frictionless, rdflib, xmlschema"
    verdicts.tell(Verdict(judge, "files", judged=len(SPOILT), planted=len(SPOILT)))
    spoilt = dict(files)
    for name, sound, unsound in SPOILT:
        assert sound in files[name]
        spoilt[name] = files[name].replace(sound, unsound, 1)
    told = read(tmp_path, spoilt)
    found = [
        not told["atom"]["sound"],
        {"constraint-error", "hash-count", "byte-count"} <= set(told["package"]["errors"]),
        "refused" in told["calendar"],
        "refused" in told["catalogue"],
        bool(told["stratml"]),
    ]
    assert found == [True] * len(SPOILT)
    verdicts.tell(Verdict(judge, "files", caught=sum(found)))
