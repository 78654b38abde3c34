"""The adopted file: what a person may write in it, what comes back, and what is refused where."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.adapters.plans.adopted import dump_plan, load_plan, read_adopted
from sync.adapters.plans.read import read_plan
from sync.adapters.plans.source import LARGEST, Document
from sync.errors import PlanRefused
from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet

MINIMAL = """\
id: ville
title: Plan
axes:
  - number: 1
    title: La rue
    volets:
      - title: Voirie
        actions:
          - id: A1-01
            title: Réparer les rues
            indicators:
              mi-chemin:
                - id: A1-01-mi-chemin-1
                  text: 3 à 4 rues réparées.
                - {id: A1-01-mi-chemin-2, text: Fin, goal: continuity}
                - id: A1-01-mi-chemin-3
                  text: Rencontres
                  goal: {kind: quantity, at_least: 3, unit: rencontres}
"""


def test_ids_of_volets_and_goals_may_be_left_out() -> None:
    plan = load_plan(MINIMAL, "plan.yaml")

    assert [volet.id for _, volet in plan.volets()] == ["1.1"]
    assert [line.goal for _, _, line in plan.indicators()] == [
        Goal("quantity", at_least=3, at_most=4, unit="rues"),
        Goal("continuity"),
        Goal("quantity", at_least=3, at_most=3, unit="rencontres"),
    ]


LINE = MINIMAL.splitlines().index("            title: Réparer les rues") + 1


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        pytest.param("title: Plan", "titel: Plan", 2, r"titel: .*is it “title”\?", id="misspelt"),
        pytest.param("title: Plan\n", "", 1, "“title” is missing", id="a key missing"),
        pytest.param(
            "    title: La rue",
            "    title: a\n    title: b",
            6,
            "already given, line 5",
            id="twice",
        ),
        pytest.param("number: 1", "number: un", 4, r"axes\[0\].number.*whole number", id="a word"),
        pytest.param("number: 1", "number: .nan", 4, "whole number", id="not a number"),
        pytest.param("number: 1", "number: '1'", 4, "whole number", id="a number in quotes"),
        pytest.param("number: 1", "number: 0", 4, "at least 1", id="axis zero"),
        pytest.param("Réparer les rues", "2026", LINE, "straight quotes", id="a number as title"),
        pytest.param("Réparer les rues", "2026-02-15", LINE, "straight quotes", id="a date"),
        pytest.param("Réparer les rues", "No", LINE, "straight quotes", id="a word YAML reads"),
        pytest.param("Réparer les rues", "''", LINE, "empty", id="an empty title"),
        pytest.param("Réparer les rues", "", LINE, "straight quotes", id="no title"),
        pytest.param("Réparer les rues", "[a]", LINE, "one value", id="a list as title"),
        pytest.param("Réparer les rues", '"a\\nb"', LINE, "one line", id="two lines"),
        pytest.param("Réparer les rues", "&a x", LINE, "anchor", id="an anchor"),
        pytest.param("Réparer les rues", "*a", LINE, "alias|undefined", id="an alias"),
        pytest.param("Réparer les rues", "!!str x", LINE, "tag", id="a tag"),
        pytest.param("Réparer les rues", "a: b", LINE, "not valid YAML", id="a stray colon"),
        pytest.param("Réparer les rues", "'a", None, "not valid YAML", id="an open quote"),
        pytest.param("Réparer les rues", "a\x07", LINE, r"U\+0007", id="a control character"),
        pytest.param("Réparer les rues", "a\ud800", LINE, r"U\+D800", id="half a character"),
        pytest.param("Réparer les rues", "a\u202eb", LINE, r"U\+202E", id="text turned around"),
        pytest.param("A1-01\n", "A1 01\n", LINE - 1, "is not an id", id="a space in an id"),
        pytest.param("chemin-3", "chemin-1", 16, "already given, line 13", id="an id twice"),
        pytest.param("chemin-3", "CHEMIN-1", 16, "already given", id="an id twice but for case"),
        pytest.param("mi-chemin:", "Mi-chemin:", 12, "lower case", id="a checkpoint in capitals"),
        pytest.param("axes:", "retired_ids: [a1-01]\naxes:", 10, "retired", id="a retired id"),
        pytest.param("kind: quantity", "kind: count", 18, "must be one of", id="an unknown goal"),
        pytest.param("at_least: 3", "at_most: 3", 18, "at_least", id="a quantity without a number"),
        pytest.param(
            "at_least: 3", "at_least: 3, at_most: 2", 18, "at least 3", id="a range turned around"
        ),
        pytest.param(
            "goal: continuity", "goal: {kind: state, at_least: 1}", 15, "unknown", id="a goal mixed"
        ),
        pytest.param("goal: continuity", "goal: quantity", 15, "is written", id="a bare quantity"),
        pytest.param("axes:", "retired_ids: x\naxes:", 3, "list was expected", id="no list"),
        pytest.param(
            "id: ville", "--- \nid: a\n---\nid: ville", 3, "second doc", id="two documents"
        ),
        pytest.param("id: ville", "%YAML 1.1\n---\nid: ville", None, "directive", id="a directive"),
        pytest.param(MINIMAL, "x", 1, "keys were expected", id="a word alone"),
        pytest.param(MINIMAL, "a: " + "[" * 5000, 1, "nesting too deep", id="a deep nest"),
        pytest.param(
            MINIMAL, "id: a\ntitle: b\naxes: []\n", 3, "no action", id="a plan without actions"
        ),
        pytest.param(MINIMAL, "# nothing\n", None, "empty", id="comments alone"),
    ],
)
def test_nonsense_is_refused_with_file_line_and_key(
    old: str, new: str, line: int | None, reason: str
) -> None:
    assert old in MINIMAL
    with pytest.raises(PlanRefused, match=reason) as refusal:
        load_plan(MINIMAL.replace(old, new, 1), "plan.yaml")

    assert str(refusal.value).startswith("plan.yaml")
    if line:
        assert str(refusal.value).startswith(f"plan.yaml:{line}: ")


def test_more_than_20_mb_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(PlanRefused, match="over 20 MB"):
        load_plan("# " + "x" * LARGEST, "plan.yaml")


def test_a_thousand_actions_are_read_whole() -> None:
    actions = "".join(
        f"          - id: A1-{n:04d}\n            title: Action {n}\n            indicators:\n"
        f"              fin: [{{id: A1-{n:04d}-fin-1, text: Fait}}]\n"
        for n in range(1000)
    )
    text = MINIMAL[: MINIMAL.index("          - id: A1-01")] + actions

    assert sum(1 for _ in load_plan(text, "plan.yaml").indicators()) == 1000


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match=r"absent\.yaml: this file does not exist"):
        read_adopted(tmp_path / "absent.yaml")


# Against the plan of record


def imported(text: str, known: Plan) -> Plan:
    return read_plan(Document("plan.yaml", text.encode()), known=known).plan


def test_what_an_edited_file_leaves_out_is_retired() -> None:
    known = load_plan(MINIMAL, "plan.yaml")
    shorter = "\n".join(line for line in MINIMAL.splitlines() if "chemin-2" not in line)

    assert imported(shorter, known).retired_ids == ("A1-01-mi-chemin-2",)


def test_an_edited_file_cannot_revive_a_retired_id() -> None:
    """The record remembers, even if the file's own list was trimmed."""
    known = load_plan(MINIMAL.replace("axes:", "retired_ids: [A1-02]\naxes:"), "plan.yaml")

    with pytest.raises(PlanRefused, match="“A1-02” was retired"):
        imported(MINIMAL.replace("A1-01\n", "A1-02\n"), known)


def test_an_id_keeps_its_spelling() -> None:
    """On a disk that ignores case, both would be one page."""
    known = load_plan(MINIMAL, "plan.yaml")

    with pytest.raises(PlanRefused, match="“a1-01” was spelt “A1-01”"):
        imported(MINIMAL.replace("A1-01\n", "a1-01\n"), known)


@pytest.mark.parametrize(
    "given", ["..", "A/B", "_tableau", "-a", ".a", "é", "a b", "#a", "x" * 121], ids=ascii
)
def test_an_id_that_an_address_could_misread_is_refused_where_it_stands(given: str) -> None:
    with pytest.raises(
        PlanRefused, match=r"plan\.yaml:\d+: axes.*\.id: .* is not an id"
    ) as refused:
        load_plan(MINIMAL.replace("id: A1-01\n", f'id: "{given}"\n'), "plan.yaml")
    assert "n’est pas un identifiant" in refused.value.text.fr


def test_another_plans_file_is_refused() -> None:
    known = load_plan(MINIMAL, "plan.yaml")

    with pytest.raises(PlanRefused, match="is the plan “autre”, not “ville”"):
        imported(MINIMAL.replace("id: ville", "id: autre"), known)


# Laws

words = st.text(
    alphabet=st.characters(
        codec="utf-8",
        exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"],
        exclude_characters="\ufffd\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    min_size=1,
    max_size=30,
).filter(str.strip) | st.sampled_from(
    ["no", "null", "12", "1e3", "- a", "a: b", "# x", "'", '"', "\\", "~", "{", "« oui »", " a "]
)
goals = st.one_of(
    st.sampled_from([Goal("deliverable"), Goal("continuity"), Goal("state")]),
    st.builds(lambda word: Goal("state", word=word), words),
    st.builds(
        lambda low, more, unit: Goal("quantity", low, low + more, unit),
        st.integers(1, 10**6),
        st.integers(0, 10**6),
        st.none() | words,
    ),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    axes = []
    for a in range(1, draw(st.integers(1, 2)) + 1):
        actions = []
        for n in range(1, draw(st.integers(1, 3)) + 1):
            action_id = f"A{a}-{n:02d}"
            lines = {
                checkpoint: tuple(
                    Indicator(f"{action_id}-{checkpoint}-{i}", draw(words), draw(goals))
                    for i in range(1, draw(st.integers(1, 2)) + 1)
                )
                for checkpoint in draw(st.lists(st.sampled_from(["mi", "no", "2026"]), unique=True))
            }
            actions.append(Action(action_id, draw(words), lines))
        volets = (Volet(f"{a}.1", draw(words), tuple(actions)),)
        axes.append(Axis(a, draw(words), draw(st.just("") | words), volets))
    return Plan("ville-1", draw(words), tuple(axes), tuple(draw(st.sampled_from([[], ["A9-01"]]))))


@given(plans())
def test_whatever_the_words_the_file_reads_back_exactly(plan: Plan) -> None:
    assert load_plan(dump_plan(plan), "plan.yaml") == plan


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda b: b.decode("latin-1")))
def test_any_text_is_a_plan_or_refused(text: str) -> None:
    """No text, however strange, gets past as anything but a refusal with words in it."""
    with pytest.raises(PlanRefused) as refusal:
        load_plan(text, "plan.yaml")
    assert refusal.value.text.fr.startswith("plan.yaml")


@given(st.integers(0, len(MINIMAL)), st.text(alphabet='\n\t -:[]{}&*!|>"%#a1', max_size=3))
def test_any_slip_of_the_keyboard_is_a_plan_or_refused(at: int, slip: str) -> None:
    try:
        plan = load_plan(MINIMAL[:at] + slip + MINIMAL[at:], "plan.yaml")
    except PlanRefused:
        return
    assert load_plan(dump_plan(plan), "plan.yaml") == plan
