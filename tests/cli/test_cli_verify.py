"""`jalon verify --log`: what it compares, what it says, and how it ends."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.adapters.publish.portal_record import MANIFEST
from sync.adapters.store import PlanStore, open_database
from sync.model.record import Head, NewLogRow
from tests.adapters.publish.portal_stand_in import TOKEN, portal_stand_in
from tests.cli.conftest import Jalon
from tests.cli.hosting import serving
from tests.cli.town import CONFIG, PLAN, Town

NOW = datetime(2026, 2, 16, 9, 30, tzinfo=UTC)
ROWS = 12

Tamper = Callable[[str], None]


@pytest.fixture
def store(town: Town) -> Iterator[PlanStore]:
    with open_database(f"sqlite:///{town.state / 'jalon.db'}") as database:
        opened = database.plan("petit-plan")
        rows = [NewLogRow("pull", "action:A1-01", "note", to=f"mot {n}") for n in range(ROWS)]
        opened.append_log("c1", NOW, rows)
        yield opened


@pytest.fixture
def tamper(town: Town, store: PlanStore) -> Tamper:
    def with_a_tool(*statements: str) -> None:
        with sqlite3.connect(town.state / "jalon.db") as file:
            for verb in ("update", "delete"):
                file.execute(f"DROP TRIGGER IF EXISTS log_refuses_{verb}")
            for statement in statements:
                file.execute(statement)
        file.close()

    return with_a_tool


def keep(path: Path, head: Head) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"journal": {"lignes": head.rows, "tete": head.chain}}))


def rewrite(store: PlanStore, tamper: Tamper) -> None:
    """All of it again by the program itself, with other words and a chain that follows."""
    tamper("DELETE FROM log")
    rows = [NewLogRow("pull", "action:A1-01", "note", to=f"faux {n}") for n in range(ROWS)]
    store.append_log("c1", NOW, rows)


def test_a_log_that_holds_says_its_head_and_that_nothing_outside_was_compared(
    jalon: Jalon, store: PlanStore
) -> None:
    head = store.log_head()
    said = jalon("verify", "--log")
    assert said.code == 0
    assert f"{ROWS}:{head.chain}" in said.out
    assert "Aucune tête hors de la base" in said.out
    said = jalon("verify", "--log", "--head", f"{head.rows}:{head.chain.upper()}")
    assert said.code == 0
    assert "Le journal tient." in said.out


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE log SET after = 'autre' WHERE id = 5", 5),
        ("UPDATE log SET outcome = 'done' WHERE id = 6", 6),
        ("DELETE FROM log WHERE id = 7", 7),
    ],
)
def test_the_first_row_that_does_not_hold_is_named(
    jalon: Jalon, tamper: Tamper, statement: str, row: int
) -> None:
    tamper(statement)
    said = jalon("verify", "--log")
    assert said.code == 4
    assert f"Ligne {row} : " in said.out
    assert "Le journal tient." not in said.out
    (told,) = json.loads(jalon("verify", "--log", "--json").out)
    assert (told["holds"], [fault["row"] for fault in told["faults"]]) == (False, [row])


@pytest.mark.parametrize("where", ["etat.json", "dernier.json", "instantanes/0001.json"])
def test_a_cut_tail_is_told_by_what_was_published(
    jalon: Jalon, town: Town, store: PlanStore, tamper: Tamper, where: str
) -> None:
    keep(town.public / where, store.log_head())
    assert jalon("verify", "--log").code == 0
    tamper("DELETE FROM log WHERE id > 9")
    said = jalon("verify", "--log")
    assert said.code == 4
    assert "Ligne 10 : " in said.out
    assert str(town.public / where) in said.out


def test_a_cut_tail_is_told_by_a_portal_and_by_the_public_page_of_a_receiver(
    jalon: Jalon, town: Town, store: PlanStore, tamper: Tamper
) -> None:
    """Neither is a folder of this machine, where whoever cuts the log may reach them too."""
    head = store.log_head()
    with portal_stand_in() as portal, serving(town.folder / "page") as page:
        keep(town.folder / "page" / "etat.json", head)
        told = {"lignes": head.rows, "tete": head.chain}
        manifest = {"plan": "petit-plan", "numero": 1, "empreinte": "", "fichiers": {}}
        portal.datasets["1"] = {
            "id": "1",
            "name": "plan",
            "state": "active",
            "extras": [{"key": MANIFEST, "value": json.dumps({**manifest, "journal": told})}],
        }
        town.config.write_text(f"{CONFIG}public_url: {page}\n", encoding="utf-8")
        for target, where in (
            (f"{portal.url}/plan", f"{portal.url}/plan"),
            ("http://127.0.0.1:9/recepteur", f"{page}/etat.json"),
        ):
            town.environ |= {"JALON_PUBLISH": target, "JALON_PUBLISH_TOKEN": TOKEN}
            said = jalon("verify", "--log")
            assert (said.code, said.err) == (0, "")
            assert "1 hors de la base" in said.out
            tamper("CREATE TABLE cut AS SELECT * FROM log WHERE id > 9")
            tamper("DELETE FROM log WHERE id > 9")
            said = jalon("verify", "--log")
            tamper("INSERT INTO log SELECT * FROM cut", "DROP TABLE cut")
            assert said.code == 4
            assert where in said.out


def test_a_target_that_does_not_answer_is_said_and_compared_with_nothing(
    jalon: Jalon, town: Town, store: PlanStore
) -> None:
    place = "s3://seau/plan?endpoint=http://127.0.0.1:9"
    town.environ |= {"JALON_PUBLISH": place, "JALON_PUBLISH_TOKEN": "cle:secret"}
    said = jalon("verify", "--log")
    assert said.code == 0
    assert f"{place} : illisible" in said.err
    assert "Aucune tête hors de la base" in said.out


def test_a_rewritten_log_is_told_by_a_head_or_a_file_kept_elsewhere(
    jalon: Jalon, town: Town, store: PlanStore, tamper: Tamper
) -> None:
    head = store.log_head()
    keep(town.folder / "garde.json", head)
    lines = [
        {"event": "cycle.finished", "plan": "autre", "log_rows": 3, "log_head": "0" * 64},
        {"event": "cycle.started", "plan": "petit-plan"},
        {"event": "cycle.finished", "plan": "petit-plan", "log_rows": ROWS, "log_head": head.chain},
    ]
    (town.folder / "service.log").write_text("\n".join(map(json.dumps, lines)) + "\n")
    options = (
        ("--since", "garde.json"),
        ("--since", "service.log"),
        ("--head", f"{head.rows}:{head.chain}"),
    )
    for option in options:
        assert jalon("verify", "--log", *option).code == 0
    rewrite(store, tamper)
    assert jalon("verify", "--log").code == 0, "nothing inside of it can tell"
    for option in options:
        said = jalon("verify", "--log", *option)
        assert said.code == 4
        assert f"Une ligne, de 1 à {ROWS}" in said.out


def test_a_file_that_tells_nothing_is_refused_and_not_taken_for_a_check(
    jalon: Jalon, town: Town, store: PlanStore
) -> None:
    (town.folder / "vide.json").write_text("{}")
    (town.folder / "autre.txt").write_text("bonjour")
    for name in ("vide.json", "autre.txt", "absent.json"):
        said = jalon("verify", "--log", "--since", name)
        assert said.code == 2
        assert name in said.err
    assert jalon("verify", "--log", "--head", "12:abc").code == 2
    assert jalon("verify").code == 2


def test_a_published_file_that_is_unreadable_is_said(
    jalon: Jalon, town: Town, store: PlanStore
) -> None:
    town.public.mkdir()
    (town.public / "etat.json").write_text("{")
    said = jalon("verify", "--log")
    assert said.code == 0
    assert "etat.json" in said.err
    assert "Aucune tête hors de la base" in said.out


def test_with_several_plans_a_head_or_a_row_needs_its_plan_named(
    jalon: Jalon, town: Town, store: PlanStore, tamper: Tamper
) -> None:
    """A head of one plan proves nothing of another, and a row's number is not one row."""
    other = town.config.with_name("autre.yaml")
    other.write_text(CONFIG.replace("petit.yaml", "second.yaml").replace("../public", "../autre"))
    town.plan.with_name("second.yaml").write_text(PLAN.replace("petit-plan", "second-plan"))
    both = ("--config", str(town.config), "--config", str(other))
    head = store.log_head()
    given = ("--head", f"{head.rows}:{head.chain}")
    assert jalon(*both, "verify", "--log").code == 0
    assert jalon(*both, "verify", "--log", *given).code == 2
    assert jalon(*both, "verify", "--log", *given, "--plan", "petit-plan").code == 0
    assert jalon(*both, "verify", "--log", *given, "--plan", "second-plan").code == 4
    erase = ("log", "--erase", "2", "--yes", "--by", "x", "--reason", "y")
    assert jalon(*both, *erase).code == 2
    assert jalon(*both, *erase, "--plan", "petit-plan").code == 0
    tamper("UPDATE log SET field = 'autre' WHERE id = 1")
    (first, second) = json.loads(jalon(*both, "verify", "--log", "--json").out)
    assert (first["holds"], second["holds"]) == (False, True)


def test_links_are_verified_too_and_the_log_is_told_all_the_same(
    jalon: Jalon, store: PlanStore, tamper: Tamper
) -> None:
    store.link("action:A1-01", "11", NOW)
    store.link("action:A1-02", "12", NOW)
    said = jalon("verify", "--log")
    assert (said.code, "Liens vérifiés : 2." in said.out) == (0, True)
    tamper("UPDATE link SET gid = '13' WHERE gid = '12'")
    said = jalon("verify", "--log")
    assert said.code == 4
    assert "action:A1-02" in said.out
    assert "jalon restore" in said.out
    assert f"Lignes vérifiées : {ROWS}" in said.out
    (told,) = json.loads(jalon("verify", "--log", "--json").out)
    assert (told["holds"], told["links"], told["rows"]) == (False, None, ROWS)


def test_verifying_changes_nothing(jalon: Jalon, town: Town, store: PlanStore) -> None:
    before = sqlite3.connect(town.state / "jalon.db")
    dump = list(before.iterdump())
    jalon("verify", "--log")
    assert list(before.iterdump()) == dump
    before.close()
    assert not town.public.exists()
