"""Bécancour and an invented second city, in one store, one workspace and one command."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sync.cli import main
from sync.sandbox.process import RunningSandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def both(sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with both configs, as an operator with two plans would have it."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    shutil.copytree(ROOT / "tests" / "second_city", tmp_path / "villes" / "port-aux-brumes")
    second = tmp_path / "villes" / "port-aux-brumes" / "config.yaml"
    monkeypatch.chdir(tmp_path)
    for name in ("JALON_PUBLISH", "JALON_ASANA_WORKSPACE", "JALON_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JALON_CONFIG", f"{tmp_path / 'config' / 'becancour.yaml'}:{second}")
    monkeypatch.setenv("JALON_ASANA_URL", sandbox.url)
    monkeypatch.setenv("ASANA_ACCESS_TOKEN", sandbox.token)
    monkeypatch.setenv("JALON_DATABASE_URL", f"sqlite:///{tmp_path / 'jalon.db'}")
    return tmp_path


def latest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "dernier.json").read_bytes())
    return found


def test_two_cities_share_a_store_and_nothing_else(
    both: Path, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert main(["sync", "--json"]) == 0
    one, other = latest(both / "public"), latest(both / "public-port-aux-brumes")
    assert [j["id"] for j in one["jalons"]] == ["mi-chemin", "finalite"]
    assert [j["id"] for j in other["jalons"]] == ["depart", "mi-parcours", "bilan"]
    actions = [sum(len(v["actions"]) for a in p["axes"] for v in a["volets"]) for p in (one, other)]
    assert actions == [27, 10]
    capsys.readouterr()
    sandbox.control.forget_requests()
    assert main(["sync", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert [(r["outcome"], r["operations"], r["snapshot"]) for r in again] == [("ok", {}, 1)] * 2
    assert set(sandbox.control.requests()["by_method"]) == {"GET"}

    tasks = [t for t in sandbox.control.dump()["tasks"].values() if not t["trashed"]]
    marks = [m for t in tasks if (m := t["fields"].get("Jalon id"))]
    assert len(marks) == len(set(marks)) == len(tasks) == 27 + 71 + 10 + 31
    assert {mark.split("/")[0] for mark in marks} == {one["plan"]["id"], other["plan"]["id"]}


def test_progress_of_one_city_never_shows_on_the_other_s_page(
    both: Path, sandbox: RunningSandbox
) -> None:
    assert main(["sync", "--json"]) == 0
    before = (both / "public" / "dernier.json").read_bytes()
    (task,) = [
        gid
        for gid, t in sandbox.control.dump()["tasks"].items()
        if (t["fields"].get("Jalon id") or "").endswith("/A1-01")
        and not t["fields"]["Jalon id"].startswith("becancour")
    ]
    sandbox.control.edit_task(task, "Greffière", fields={"État déclaré – Départ": "En cours"})
    assert main(["sync", "--json"]) == 0
    assert (both / "public" / "dernier.json").read_bytes() == before
    other = latest(both / "public-port-aux-brumes")
    (action,) = [
        a for x in other["axes"] for v in x["volets"] for a in v["actions"] if a["id"] == "A1-01"
    ]
    assert action["jalons"]["depart"]["etat"] == "en_cours"
