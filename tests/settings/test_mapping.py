"""The mapping file: what it may say, and what it becomes for one plan."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync.core.marks import field_line
from sync.errors import ConfigError
from sync.model.mapping import TEXT_LIMIT, FieldMapping
from sync.model.plan import Checkpoint
from sync.model.rules import Direction
from sync.settings.document import read_document
from sync.settings.mapping import MAX_OPTIONS, MappingFile, expand
from sync.settings.problems import Problem
from sync.settings.strict import parse
from tests.settings.city_samples import REPOSITORY, a_plan, problems_of

REAL = REPOSITORY / "mappings" / "asana.yaml"
CHECKPOINTS = (
    Checkpoint("debut", "Début", date(2026, 2, 15), date(2026, 2, 20)),
    Checkpoint("fin", "Fin", date(2026, 3, 15), date(2026, 3, 20)),
)
DIRECTIONS = (Direction("greffe", "Greffe"), Direction("quai", "Quai"))


def the_file(path: Path = REAL) -> MappingFile:
    problems: list[Problem] = []
    file = parse(read_document(path), MappingFile, problems)
    assert file is not None, problems
    return file


@pytest.fixture
def mapping() -> FieldMapping:
    return expand(the_file(), CHECKPOINTS, a_plan(axes=2), DIRECTIONS)


def test_the_real_mapping_has_the_fields_of_the_design(mapping: FieldMapping) -> None:
    assert [(r.key, r.scope, r.kind, r.owner, r.on_drift, r.name) for r in mapping.fields] == [
        ("jalon_id", "both", "text", "plan", "restore", "Jalon id"),
        ("axe", "action", "enum", "plan", "restore", "Axe du plan"),
        ("declare/debut", "action", "enum", "people", None, "État déclaré – Début"),
        ("declare/fin", "action", "enum", "people", None, "État déclaré – Fin"),
        ("preuve", "both", "text", "people", None, "Preuve"),
        ("note_publique", "action", "text", "people", None, "Note publique"),
        ("publier_note", "action", "enum", "people", None, "Publier la note"),
        ("direction", "action", "enum", "people", None, "Direction responsable"),
        ("suivi_public", "action", "text", "plan", "restore", "Suivi public"),
        ("fait_le", "indicator", "date", "people", None, "Fait le"),
        ("quantite", "indicator", "number", "people", None, "Quantité"),
    ]


def test_an_indicator_carries_its_id_its_day_its_number_and_its_proof(
    mapping: FieldMapping,
) -> None:
    keys = [rule.key for rule in mapping.of("indicator")]
    assert keys == ["jalon_id", "preuve", "fait_le", "quantite"]


def test_options_come_from_the_mapping_the_plan_and_the_city(mapping: FieldMapping) -> None:
    options = {
        rule.key: [(o.id, o.name, o.color, o.means) for o in rule.options]
        for rule in mapping.fields
    }
    assert options["axe"] == [
        ("axe-1", "Axe 1 – Titre 1", "blue", None),
        ("axe-2", "Axe 2 – Titre 2", "blue-green", None),
    ]
    assert options["direction"] == [
        ("greffe", "Greffe", "indigo", None),
        ("quai", "Quai", "green", None),
    ]
    assert options["publier_note"] == [("oui", "Oui", "green", None)]
    assert [(id_, means) for id_, _, _, means in options["declare/fin"]] == [
        ("a_venir", "a_venir"),
        ("en_cours", "en_cours"),
        ("atteint", "atteint"),
        ("en_continu", "en_continu"),
    ]


def test_names_dates_order_belong_to_the_plan_and_are_reported(mapping: FieldMapping) -> None:
    assert {name: (rule.owner, rule.on_drift) for name, rule in mapping.builtins.items()} == {
        "name": ("plan", "report"),
        "notes": ("plan", "report"),
        "due_on": ("plan", "report"),
        "section": ("plan", "report"),
        "order": ("plan", "report"),
        "assignee": ("people", None),
    }


@given(st.integers(1, 13), st.integers(1, 30), st.integers(1, 30))
def test_any_plan_gets_distinct_fields_that_prove_themselves(
    checkpoints: int, axes: int, directions: int
) -> None:
    """A name is given once in a workspace, and a description ends with its own mark."""
    day = date(2026, 1, 1)
    made = expand(
        the_file_once(),
        [
            Checkpoint(f"c{n}", f"Jalon {n}", day + timedelta(days=n), day + timedelta(days=n))
            for n in range(checkpoints)
        ],
        a_plan(axes=axes),
        [Direction(f"d{n}", f"Direction {n}") for n in range(directions)],
    )
    for what in ("key", "name"):
        assert len({getattr(rule, what) for rule in made.fields}) == len(made.fields)
    for rule in made.fields:
        assert rule.description.endswith(field_line(rule.key))
        assert len(rule.description) < TEXT_LIMIT
        assert "{" not in rule.name + rule.description
        assert len({option.id for option in rule.options}) == len(rule.options)


_FILE: list[MappingFile] = []


def the_file_once() -> MappingFile:
    if not _FILE:
        _FILE.append(the_file())
    return _FILE[0]


@pytest.mark.parametrize(
    ("checkpoints", "directions", "words"),
    [
        pytest.param(14, 1, "21 champs", id="more fields than a project takes"),
        pytest.param(1, MAX_OPTIONS + 1, "501 choix", id="more options than a field takes"),
        pytest.param(1, 0, "0 choix", id="no option"),
    ],
)
def test_what_asana_would_refuse_is_refused_before(
    checkpoints: int, directions: int, words: str
) -> None:
    day = date(2026, 1, 1)
    with pytest.raises(ConfigError, match="Asana") as caught:
        expand(
            the_file_once(),
            [Checkpoint(f"c{n}", f"Jalon {n}", day, day) for n in range(checkpoints)],
            a_plan(),
            [Direction(f"d{n}", f"Direction {n}") for n in range(directions)],
        )
    assert words in caught.value.text.fr


def test_two_fields_cannot_end_up_with_one_name() -> None:
    twins = (CHECKPOINTS[0], replace(CHECKPOINTS[1], title="DÉBUT"))
    with pytest.raises(ConfigError, match="serves two fields"):
        expand(the_file_once(), twins, a_plan(), DIRECTIONS)


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        pytest.param(
            'on_drift: restore\n    name: "Jalon',
            'on_drft: restore\n    name: "Jalon',
            "fields[0].on_drft",
            "« on_drift »",
            id="misspelt",
        ),
        pytest.param(
            'on_drift: restore\n    name: "Jalon',
            'name: "Jalon',
            "fields[0].on_drift",
            "restore",
            id="drift without a meaning",
        ),
        pytest.param(
            'on_drift: restore\n    name: "Jalon',
            'on_drift: report\n    name: "Jalon',
            "fields[0].on_drift",
            "restore",
            id="an id that is not restored",
        ),
        pytest.param(
            '    owner: people\n    name: "Fait',
            '    owner: people\n    on_drift: report\n    name: "Fait',
            "fields[8].on_drift",
            "retirez",
            id="drift of a person's own field",
        ),
        pytest.param(
            'owner: people\n    name: "État',
            'owner: plan\n    on_drift: restore\n    name: "État',
            "fields[2].owner",
            "people",
            id="the plan would declare in people's name",
        ),
        pytest.param("key: axe", "key: jalon_id", "fields[0].key", "deux champs", id="key twice"),
        pytest.param('"Note publique"', "preuve", "fields[3].name", "deux champs", id="name twice"),
        pytest.param(
            "role: quantity", "role: quantty", "fields[9].role", "'quantity'", id="no such role"
        ),
        pytest.param(
            "kind: date", "kind: text", "fields[8].kind", "date", id="kind of another role"
        ),
        pytest.param("precision: 0", "precision: 7", "fields[9].precision", "6", id="precision"),
        pytest.param(
            "color: cool-gray",
            "color: grey",
            "fields[2].options[0].color",
            "'cool-gray'",
            id="color",
        ),
        pytest.param(
            "means: en_continu", "means: atteint", "fields[2].options", "un seul", id="two meanings"
        ),
        pytest.param(
            ", means: en_continu", "", "fields[2].options[3].means", "sens", id="no meaning"
        ),
        pytest.param(
            'name: "En continu"',
            "name: atteint",
            "fields[2].options[2].name",
            "deux fois",
            id="option twice",
        ),
        pytest.param(
            '– {checkpoint}"', '– {jalon}"', "fields[2].name", "{checkpoint}", id="no placeholder"
        ),
        pytest.param(
            "{number} – {title}", "{number}", "fields[1].option_name", "{title}", id="option name"
        ),
        pytest.param(
            '    owner: people\n    name: "Fait',
            '    owner: people\n    existing: true\n    name: "Fait',
            "fields[8].existing",
            "indicateurs",
            id="a field of people where they have none",
        ),
        pytest.param(
            "  assignee: {owner: people}\n", "", "builtins.assignee", "obligatoire", id="builtin"
        ),
        pytest.param(
            "due_on: {owner: plan, on_drift: report}",
            "due_on: {owner: plan}",
            "builtins.due_on.on_drift",
            "restore",
            id="builtin without drift",
        ),
    ],
)
def test_a_bad_mapping_is_refused_where_it_is_wrong(
    tmp_path: Path, old: str, new: str, key: str, words: str
) -> None:
    """Who owns a field decides whose words can be lost: the file is not taken half understood."""
    text = REAL.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path = tmp_path / "asana.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems: list[Problem] = []
    assert parse(read_document(path), MappingFile, problems) is None
    assert problems[0].key == key
    assert any(words in problem.text.fr for problem in problems)


def test_every_role_has_a_field() -> None:
    """The rest of the service finds fields by role and does not ask whether there is one."""
    fields = the_file_once().fields
    with pytest.raises(ValidationError) as caught:
        MappingFile(fields=fields[:-1], builtins=the_file_once().builtins)
    assert "quantity" in str(caught.value.errors()[0]["ctx"])


def test_a_description_that_asana_would_cut_is_refused() -> None:
    file = the_file_once()
    long = file.fields[0].model_copy(update={"description": "x" * TEXT_LIMIT})
    spoiled = file.model_copy(update={"fields": (long, *file.fields[1:])})
    with pytest.raises(ConfigError) as caught:
        expand(spoiled, CHECKPOINTS, a_plan(), DIRECTIONS)
    assert problems_of(caught.value)[0].key == "jalon_id"
