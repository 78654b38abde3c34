"""The package says what the tables hold, and its words are checked against the tables."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from sync.model.catalogue import Catalogue
from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.snapshot import Snapshot
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.snapshot_samples import (
    DAYS,
    action,
    becancour,
    four_records,
    indicator,
    record_of,
    small,
    standing,
    with_a_correction,
)

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")


def built(*records: SnapshotRecord, city: Presentation = CITY) -> dict[str, bytes]:
    return build_files(records or four_records(), city)


def package(*records: SnapshotRecord, city: Presentation = CITY) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(built(*records, city=city)["datapackage.json"])
    return found


def read(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline="")))


def faults(field: dict[str, Any], cell: str) -> list[str]:
    """What Table Schema says of one cell, worked out from the published schema alone."""
    rules = field.get("constraints", {})
    if cell == "":
        return ["required"] if rules.get("required") else []
    wanted = {
        "integer": r"\d+",
        "number": r"\d+(\.\d+)?",
        "date": r"\d{4}-\d{2}-\d{2}",
        "boolean": "|".join(field.get("trueValues", []) + field.get("falseValues", [])),
        "string": r"https://.+" if field.get("format") == "uri" else r"[\s\S]*",
    }[field["type"]]
    found = [] if re.fullmatch(wanted, cell) else ["type"]
    return found + (["enum"] if cell not in rules.get("enum", [cell]) else [])


def hard() -> Snapshot:
    """Every optional cell filled at least once."""
    lines = (
        indicator(
            "i1",
            "Tournée",
            fait=True,
            fait_le=date(2026, 2, 1),
            quantite="3.5",
            cible={"genre": "quantite", "minimum": 3, "maximum": 4, "unite": "organismes"},
        ),
    )
    settled = standing(
        Status.ACHIEVED, indicateurs=lines, regle_le=date(2026, 3, 1), motif="=1", declare="atteint"
    )
    return small(
        action(jalons={"mi-chemin": settled}, note="+1", preuve="https://ville.ca/preuve"),
        action("A1-02", preuve_retenue="prive", donnees_du=date(2026, 2, 9)),
    )


@pytest.mark.parametrize(
    "snapshot",
    [*(becancour(1, day) for day in DAYS), with_a_correction(becancour(1, DAYS[-1])), hard()],
    ids=[*(day.isoformat() for day in DAYS), "corrected", "filled"],
)
def test_every_cell_is_what_the_package_says_of_its_column(snapshot: Snapshot) -> None:
    files = built(record_of(snapshot))
    described = json.loads(files["datapackage.json"])
    for resource in described["resources"]:
        if resource["format"] != "csv":
            continue
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        table = read(files[resource["path"]])
        assert list(table[0]) == list(fields)
        wrong = [(n, c) for row in table for n, c in row.items() if faults(fields[n], c)]
        assert wrong == []
        keys = Counter(tuple(row[k] for k in resource["schema"]["primaryKey"]) for row in table)
        assert keys.most_common(1)[0][1] == 1
        for foreign in resource["schema"].get("foreignKeys", []):
            there = read(files[f"{foreign['reference']['resource']}.csv"])
            known = {tuple(row[f] for f in foreign["reference"]["fields"]) for row in there}
            assert {tuple(row[f] for f in foreign["fields"]) for row in table} <= known


def test_the_digest_and_the_size_of_each_file_are_the_files_own() -> None:
    files = built()
    told = {r["path"]: (r["hash"], r["bytes"]) for r in package()["resources"]}
    assert set(told) == {"actions.csv", "indicateurs.csv", "dictionnaire.csv", "dernier.json"}
    for path, (digest, size) in told.items():
        assert digest == f"sha256:{hashlib.sha256(files[path]).hexdigest()}"
        assert size == len(files[path])


def test_what_the_city_did_not_say_is_not_said() -> None:
    """A licence that nobody chose would be an invented right."""
    assert not {"licenses", "keywords"} & package().keys()
    said = Catalogue(licence="https://ville.ca/licence", keywords=("transparence",))
    there = package(city=Presentation("Ville", None, catalogue=said))
    assert there["licenses"] == [{"path": "https://ville.ca/licence"}]
    assert there["keywords"] == ["transparence"]
    assert "homepage" not in there


@pytest.mark.parametrize("invented", [True, False])
def test_the_package_says_whether_its_data_are_invented(invented: bool) -> None:
    told = package(record_of(small(action(), demonstration=invented)))
    assert told["demonstration"] is invented
    assert ("Démonstration" in told["title"]) is invented
    assert ("inventé" in told.get("description", "")) is invented


def test_any_plan_gives_a_name_that_a_package_may_have() -> None:
    plan = {"id": "Été 2026 / A", "titre": "É", "revision": 1, "adopte_le": DAYS[0]}
    named = package(record_of(small(action(), plan=plan)))["name"]
    assert re.fullmatch(r"[-a-z0-9._]+", named)
