"""Where a config meets its plan, and what `jalon check` tells of it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from sync.errors import ConfigError, PlanRefused
from sync.model.plan import Plan
from sync.settings import check, load_settings
from sync.wording import Text
from tests.settings.city_samples import CITY, a_plan, problems_of
from tests.settings.conftest import WriteCity


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        pytest.param(
            a_plan(checkpoints=("debut", "fin", "suite")),
            [(5, "checkpoints", "« suite »")],
            id="a checkpoint of the plan has no date",
        ),
        pytest.param(
            a_plan(checkpoints=("debut", "finn")),
            [(5, "checkpoints", "« fin »"), (9, "checkpoints[1].id", "« finn »")],
            id="a checkpoint is misspelt",
        ),
        pytest.param(
            a_plan(actions=("A1-10",)),
            [(17, "directions[0].actions[0]", "« A1-10 »")],
            id="a direction's action is not in the plan",
        ),
    ],
)
def test_plan_and_config_agree_or_nothing_starts(
    city: Path, plan: Plan, told: list[tuple[int, str, str]]
) -> None:
    settings = load_settings([city], {})
    with pytest.raises(ConfigError) as caught:
        settings.plans[0].rules(plan)
    found = problems_of(caught.value)
    assert [(p.line, p.key) for p in found] == [(line, key) for line, key, _ in told]
    assert all(word in p.text.fr for p, (_, _, word) in zip(found, told, strict=True))
    assert not check(settings, lambda path: plan).ok


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Greffe", "« Greffe » se lit dans ce qui est publié (directions: greffe)"),
        ("essai ville", None),
        ("action a1 02", "(A1-02)"),
        ("Debut", "(checkpoints: debut)"),
        ("Volet", "(1.1)"),
        ("Jean Tremblay", None),
    ],
)
def test_a_name_that_the_plan_itself_publishes_is_told_before_the_first_cycle(
    write_city: WriteCity, name: str, told: str | None
) -> None:
    """Else every publication would be stopped, by a name that nobody could find."""
    settings = load_settings([write_city(text=CITY + f"never_publish:\n  - {name}\n")], {})
    if told is None:
        assert settings.plans[0].rules(a_plan()).never == (name,)
        return
    with pytest.raises(ConfigError) as caught:
        settings.plans[0].rules(a_plan())
    (problem,) = problems_of(caught.value)
    assert problem.key == "never_publish[0]"
    assert told in problem.text.fr


def test_what_looks_private_in_the_plan_is_told_and_does_not_stop(city: Path) -> None:
    """The city published it itself: only a revision of the plan takes it out."""
    plan = replace(a_plan(), title="Plan : écrire à marie@ville.example")
    settings = load_settings([city], {})
    report = check(settings, lambda path: plan)
    assert report.ok
    (line,) = (one for one in report.lines if "semble contenir" in one.text.fr)
    assert line.level == "warning"
    assert "une adresse courriel (essai : marie@ville.example)" in line.text.fr
    assert "an e-mail address" in line.text.en
    assert all("semble" not in one.text.fr for one in check(settings, lambda _: a_plan()).lines)


def test_two_letters_are_no_name(write_city: WriteCity) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings([write_city(text=CITY + "never_publish: [Li]\n")], {})
    (problem,) = problems_of(caught.value)
    assert (problem.key, "au moins 3 lettres" in problem.text.fr) == ("never_publish[0]", True)


def test_an_action_that_the_plan_retired_is_told_and_does_not_stop(city: Path) -> None:
    """Retiring an action is a decision about the plan; it must not stop the service."""
    plan = a_plan(actions=("A1-02",), retired=("A1-01",))
    settings = load_settings([city], {})
    assert settings.plans[0].rules(plan).checkpoints
    report = check(settings, lambda path: plan)
    assert report.ok
    assert any("A1-01" in line.text.fr for line in report.lines if line.level == "warning")


def test_the_rules_hold_what_the_city_decided(write_city: WriteCity) -> None:
    config = write_city(
        "publish:",
        "public_url: https://ville.example/plan\n"
        "guard: {max_turned_back: 2, max_created_share: 0.5}\npublish:",
    )
    rules = load_settings([config], {}).plans[0].rules(a_plan())
    assert (rules.project_name, rules.companion_name) == (
        "Plan d'essai",
        "Plan d'essai – indicateurs",
    )
    assert (rules.limits.max_turned_back, rules.limits.max_created_share) == (2, 0.5)
    assert rules.limits.max_missing_share == 0.1
    assert (str(rules.zone), rules.page_url) == ("America/Toronto", "https://ville.example/plan")
    assert [(d.id, d.action_ids) for d in rules.directions] == [("greffe", ("A1-01",))]
    assert rules.mapping.role("declared", "fin").name == "État déclaré – Fin"


def test_a_sound_city_is_told_so_with_what_is_still_missing(city: Path) -> None:
    report = check(load_settings([city], {}), lambda path: a_plan())
    assert report.ok
    told = [(line.level, line.text.fr.split(" : ")[-1]) for line in report.lines]
    assert told[1:] == [
        ("ok", "Début 2026-02-15 → 2026-02-20, Fin 2026-03-15 → 2026-03-20."),
        ("ok", "11 champs Asana."),
        ("warning", "on peut lire, pas synchroniser."),
        ("ok", f"{city.parent.resolve() / 'public'}."),
    ]


def test_a_plan_that_cannot_be_read_is_one_line_of_the_report(city: Path) -> None:
    def broken(path: Path) -> Plan:
        raise PlanRefused(Text(fr=f"{path.name} : illisible", en=f"{path.name}: unreadable"))

    report = check(load_settings([city], {}), broken)
    assert not report.ok
    assert [line.text.fr for line in report.lines if line.level == "error"] == [
        "plan.yaml : illisible"
    ]


def test_a_target_that_is_a_file_is_an_error(city: Path) -> None:
    (city.parent / "public").write_text("", encoding="utf-8")
    assert not check(load_settings([city], {}), lambda path: a_plan()).ok


def told_of(city: Path, level: str, environ: dict[str, str] | None = None) -> list[str]:
    report = check(load_settings([city], environ or {}), lambda path: a_plan())
    return [line.text.fr for line in report.lines if line.level == level]


def test_a_target_that_could_never_be_made_is_an_error(city: Path) -> None:
    """Here the folder would have to be made inside a file."""
    (city.parent / "public").write_text("", encoding="utf-8")
    place = str(city.parent / "public" / "page")
    (said,) = told_of(city, "error", {"JALON_PUBLISH": place})
    assert "ne peut pas être écrite" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_an_error(city: Path) -> None:
    (city.parent / "public").mkdir(mode=0o555)
    (said,) = told_of(city, "error")
    assert "le droit d’écrire" in said


def test_somebody_else_s_page_is_an_error_and_our_own_is_not(city: Path) -> None:
    """A cycle would write to Asana, then refuse to publish over it."""
    folder = city.parent / "public"
    folder.mkdir()
    (folder / "index.html").write_text("une autre page", encoding="utf-8")
    (said,) = told_of(city, "error")
    assert "ne vient pas de Jalon" in said
    (folder / ".versions").mkdir()
    assert told_of(city, "error") == []


@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("https://app.asana.com/api/1.0", False),
        ("http://127.0.0.1:8080/api/1.0", False),
        ("http://localhost:8080/api/1.0", False),
        ("https://asana.example.com/api/1.0", True),
        ("https://app.asana.com.example.net/api/1.0", True),
    ],
)
def test_a_token_that_would_go_elsewhere_is_pointed_out(
    city: Path, url: str, is_told: bool
) -> None:
    """A relay may be wanted, so it is no error; a slip of the pen would leak the token."""
    said = told_of(city, "warning", {"JALON_ASANA_URL": url})
    assert any("n’est pas Asana" in text for text in said) is is_told
