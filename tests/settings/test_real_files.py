"""The files that ship: the first city, the mapping, and an invented second city."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from sync.adapters.plans.adopted import load_plan
from sync.adapters.plans.read import read_plan as import_plan
from sync.adapters.plans.source import Document
from sync.model.plan import Plan
from sync.settings import PlanSettings, check, load_settings
from tests.settings.city_samples import REPOSITORY

BECANCOUR = REPOSITORY / "config" / "becancour.yaml"
SECOND = REPOSITORY / "tests" / "second_city" / "config.yaml"


def read_plan(path: Path) -> Plan:
    return load_plan(path.read_text(encoding="utf-8"), str(path))


def opened(config: Path) -> tuple[PlanSettings, Plan]:
    return load_settings([config], {}).with_plans(read_plan)[0]


@pytest.mark.parametrize("config", [BECANCOUR, SECOND], ids=["Bécancour", "second city"])
def test_a_shipped_city_passes_its_check(config: Path) -> None:
    report = check(load_settings([config], {"ASANA_ACCESS_TOKEN": "x-token"}), read_plan)
    assert [line.text.fr for line in report.lines if line.level != "ok"] == []


def test_the_only_config_is_found_from_the_repository() -> None:
    """`jalon` run in a fresh clone needs no option."""
    assert load_settings([], {}, root=REPOSITORY).plans[0].document.path == BECANCOUR


def test_becancour_is_as_published() -> None:
    one, plan = opened(BECANCOUR)
    rules = one.rules(plan)
    assert [(c.id, c.title, c.due, c.freeze_on) for c in rules.checkpoints] == [
        ("mi-chemin", "Mi-chemin", date(2026, 2, 15), date(2026, 2, 20)),
        ("finalite", "Finalité", date(2026, 3, 15), date(2026, 3, 20)),
    ]
    assert [option.name for option in rules.mapping.role("axis").options] == [
        "Axe 1 – Organisation municipale",
        "Axe 2 – Communication et transparence",
        "Axe 3 – Développement de la communauté bécancouroise",
    ]
    assert (str(rules.zone), rules.companion_name) == (
        "America/Toronto",
        "Plan des 100 jours – indicateurs",
    )


def test_becancour_names_no_person_and_assigns_nothing_the_plan_does_not() -> None:
    one, _ = opened(BECANCOUR)
    assert {(d.responsible, d.action_ids) for d in one.directions()} == {(None, ())}
    written = BECANCOUR.read_text(encoding="utf-8")
    assert all(found.endswith(".example") for found in re.findall(r"\S+@[\w.]+", written))


def test_both_cities_share_one_store_and_one_process() -> None:
    """A second city is a second file; the reference to the token stands in each."""
    settings = load_settings([BECANCOUR, SECOND], {"ASANA_ACCESS_TOKEN": "x-token"})
    both = settings.with_plans(read_plan)
    assert [plan.id for _, plan in both] == ["becancour-100-jours", "port-aux-brumes-cap-2027"]
    assert all(one.rules(plan).mapping.fields for one, plan in both)
    assert {one.asana.needed_token().get_secret_value() for one, _ in both} == {"x-token"}


def test_the_second_city_differs_in_shape_zone_and_checkpoints() -> None:
    one, plan = opened(SECOND)
    rules = one.rules(plan)
    assert (str(rules.zone), len(plan.axes), sum(1 for _ in plan.actions())) == (
        "America/Halifax",
        2,
        10,
    )
    assert [(c.id, c.due, c.freeze_on) for c in rules.checkpoints] == [
        ("depart", date(2027, 1, 29), date(2027, 2, 5)),
        ("mi-parcours", date(2027, 5, 31), date(2027, 6, 11)),
        ("bilan", date(2027, 9, 30), date(2027, 10, 7)),
    ]
    counted = {at for _, at, indicator in plan.indicators() if indicator.goal.kind == "quantity"}
    assert counted == {"mi-parcours", "bilan"}


def test_the_second_city_adopted_what_it_published() -> None:
    """Compared cell by cell with the CSV, read here without the importer."""
    one, plan = opened(SECOND)
    assert one.source_path is not None
    with one.source_path.open(encoding="cp1252", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    assert list(one.columns().values()) == header[4:]
    adopted = [
        [
            f"Axe {axis.number} – {axis.title}",
            axis.objective,
            volet.title,
            action.title,
            *("\n".join(i.text for i in action.indicators.get(c, ())) for c in one.columns()),
        ]
        for axis, volet, action in plan.actions()
    ]
    assert adopted == rows


def test_the_importer_reads_the_second_city_without_knowing_it() -> None:
    """Another document shape is no change in the code."""
    one, plan = opened(SECOND)
    assert one.source_path is not None
    document = Document("plan.csv", one.source_path.read_bytes())
    read = import_plan(document, plan_id=plan.id, title=plan.title, columns=one.columns())
    assert read.plan == plan
