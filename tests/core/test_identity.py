"""Which promise is which: ids are given once, follow their words, and never serve again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.identity import DraftAction, DraftAxis, DraftVolet, identify
from sync.model.plan import Goal, Plan

MI = "mi-chemin"
FIN = "finalite"

ROADS = DraftAction(
    "Réparer les rues du vieux quartier",
    {MI: ("Appel d’offres publié.",), FIN: ("3 à 4 rues réparées.", "Terminé.")},
)
LIBRARY = DraftAction(
    "Ouvrir la bibliothèque le dimanche",
    {MI: ("Horaire adopté par le conseil.",), FIN: ("Terminé.",)},
)
TREES = DraftAction("Planter des arbres près des écoles", {FIN: ("Arbres choisis et commandés.",)})


def axis(number: int, *volets: tuple[str, tuple[DraftAction, ...]]) -> DraftAxis:
    return DraftAxis(
        number, f"Axe {number}", "", tuple(DraftVolet(title, actions) for title, actions in volets)
    )


def read(*axes: DraftAxis, known: Plan | None = None) -> Plan:
    return identify(axes, plan_id="ville", title="Plan", known=known)


def ids(plan: Plan) -> dict[str, str]:
    """Action ids by title."""
    return {action.title: action.id for _, _, action in plan.actions()}


def lines(plan: Plan) -> dict[str, str]:
    return {line.id: line.text for _, _, line in plan.indicators()}


FIRST = read(axis(1, ("Rues", (ROADS, LIBRARY))), axis(2, ("Nature", (TREES,))))


def test_the_first_ids_follow_the_order_of_the_document() -> None:
    assert [volet.id for _, volet in FIRST.volets()] == ["1.1", "2.1"]
    assert list(ids(FIRST).values()) == ["A1-01", "A1-02", "A2-01"]
    assert list(lines(FIRST)) == [
        "A1-01-mi-chemin-1",
        "A1-01-finalite-1",
        "A1-01-finalite-2",
        "A1-02-mi-chemin-1",
        "A1-02-finalite-1",
        "A2-01-finalite-1",
    ]


def test_a_reworded_action_keeps_its_id() -> None:
    title = "Réparer les rues et trottoirs du vieux quartier"
    second = read(
        axis(1, ("Rues", (replace(ROADS, title=title), LIBRARY))),
        axis(2, ("Nature", (TREES,))),
        known=FIRST,
    )

    assert ids(second)[title] == "A1-01"
    assert lines(second) == lines(FIRST)


def test_an_action_moved_to_another_axis_keeps_its_id() -> None:
    second = read(axis(1, ("Rues", (ROADS,))), axis(2, ("Nature", (TREES, LIBRARY))), known=FIRST)

    assert ids(second) == ids(FIRST)
    assert second.retired_ids == ()


def test_a_different_promise_in_the_same_place_gets_a_new_id() -> None:
    """Had it taken the old id, it would have inherited the old promise's ticks."""
    other = DraftAction("Déneiger les trottoirs avant midi", {FIN: ("Contrat signé.",)})
    second = read(axis(1, ("Rues", (other, LIBRARY))), axis(2, ("Nature", (TREES,))), known=FIRST)

    assert ids(second)[other.title] == "A1-03"
    assert "A1-01" in second.retired_ids


def test_a_retired_id_never_serves_again() -> None:
    without = read(axis(1, ("Rues", (ROADS,))), axis(2, ("Nature", (TREES,))), known=FIRST)
    again = read(axis(1, ("Rues", (ROADS, LIBRARY))), axis(2, ("Nature", (TREES,))), known=without)

    assert without.retired_ids == ("A1-02", "A1-02-mi-chemin-1", "A1-02-finalite-1")
    assert ids(again)[LIBRARY.title] == "A1-03"
    assert again.retired_ids == without.retired_ids


def test_a_line_added_above_the_others_takes_the_next_number() -> None:
    """Numbers are names, not ranks: the lines that stayed keep theirs."""
    longer = replace(ROADS, lines={**ROADS.lines, FIN: ("Bilan déposé.", *ROADS.lines[FIN])})
    second = read(axis(1, ("Rues", (longer, LIBRARY))), axis(2, ("Nature", (TREES,))), known=FIRST)

    assert lines(second) == {**lines(FIRST), "A1-01-finalite-3": "Bilan déposé."}


def test_a_reworded_line_keeps_its_id_and_its_goal_is_read_anew() -> None:
    reworded = replace(ROADS, lines={**ROADS.lines, FIN: ("5 à 6 rues réparées.", "Terminé.")})
    second = read(
        axis(1, ("Rues", (reworded, LIBRARY))), axis(2, ("Nature", (TREES,))), known=FIRST
    )
    line = next(line for _, _, line in second.indicators() if line.id == "A1-01-finalite-1")

    assert line.text == "5 à 6 rues réparées."
    assert line.goal == Goal("quantity", at_least=5, at_most=6, unit="rues")


def test_a_line_moved_to_the_other_checkpoint_keeps_its_id() -> None:
    moved = replace(ROADS, lines={FIN: (*ROADS.lines[MI], *ROADS.lines[FIN])})
    second = read(axis(1, ("Rues", (moved, LIBRARY))), axis(2, ("Nature", (TREES,))), known=FIRST)

    assert lines(second) == lines(FIRST)


def test_a_result_moved_to_another_action_keeps_its_id() -> None:
    roads = replace(ROADS, lines={FIN: ROADS.lines[FIN]})
    library = replace(LIBRARY, lines={**LIBRARY.lines, MI: ("Appel d’offres publié.",)})
    second = read(axis(1, ("Rues", (roads, library))), axis(2, ("Nature", (TREES,))), known=FIRST)

    assert lines(second)["A1-01-mi-chemin-1"] == "Appel d’offres publié."


def test_a_state_word_never_moves_between_actions() -> None:
    """« Terminé. » ends whatever stands beside it; its tick must not follow the word elsewhere."""
    library = replace(LIBRARY, lines={MI: LIBRARY.lines[MI]})
    trees = replace(TREES, lines={FIN: (*TREES.lines[FIN], "Terminé.")})
    second = read(axis(1, ("Rues", (ROADS, library))), axis(2, ("Nature", (trees,))), known=FIRST)

    assert "A1-02-finalite-1" in second.retired_ids
    assert lines(second)["A2-01-finalite-2"] == "Terminé."


def test_a_counted_result_moves_with_its_words() -> None:
    to_trees = replace(TREES, lines={FIN: (*TREES.lines[FIN], "3 à 4 rues réparées.")})
    fewer = replace(ROADS, lines={MI: ROADS.lines[MI], FIN: ("Terminé.",)})
    second = read(
        axis(1, ("Rues", (fewer, LIBRARY))), axis(2, ("Nature", (to_trees,))), known=FIRST
    )
    moved = [
        (action.id, line.id) for action, _, line in second.indicators() if "3 à 4" in line.text
    ]
    assert moved == [("A2-01", "A1-01-finalite-1")]


def titled(*titles: str) -> tuple[DraftAction, ...]:
    return tuple(DraftAction(title, {}) for title in titles)


def reread(old: tuple[DraftAxis, ...], *new: DraftAxis) -> list[str]:
    """The ids of the actions at the second reading, in the order of the document."""
    plan = read(*new, known=read(*old))
    return [action.id for _, _, action in plan.actions()]


LONG = "Réparer les rues, les ponts et les trottoirs du vieux quartier; " * 4


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        pytest.param("abcdefghij", "abcdefgxyz", True, id="seven letters of ten"),
        pytest.param("abcdefghij", "abcdefwxyz", False, id="six of ten"),
        pytest.param("abcdefg", "abcdefgtuvwxy", True, id="six added to seven"),
        pytest.param("Étaler l’été", "ETALER L'ETE !", True, id="as typed by others"),
        pytest.param("a b c d e f", "g h i j k l", False, id="the same rhythm, other words"),
        pytest.param(LONG, LONG.replace("vieux", "nouveau"), True, id="long, and hardly changed"),
    ],
)
def test_how_much_of_a_title_may_change(before: str, after: str, same: bool) -> None:
    ids = reread((axis(1, ("V", titled(before))),), axis(1, ("V", titled(after))))
    assert ids == ["A1-01" if same else "A1-02"]


def test_the_nearest_of_two_titles_is_the_one_reworded() -> None:
    old = (axis(1, ("V", titled("abcdefgxyz", "abcdefghij"))),)
    assert reread(old, axis(1, ("V", titled("abcdefghiz")))) == ["A1-02"]


def test_of_two_equally_near_the_first_in_the_plan_is_the_one_reworded() -> None:
    first = read(axis(1, ("V", titled("abcdefghij", "abcdefghik"))))
    turned = read(axis(1, ("V", titled("abcdefghik", "abcdefghij"))), known=first)
    third = read(axis(1, ("V", titled("abcdefghix"))), known=turned)
    assert [action.id for _, _, action in third.actions()] == ["A1-02"]


def test_a_reworded_title_is_sought_in_its_own_axis_before_the_others() -> None:
    """Each is nearer to the words of the other axis."""
    old = (axis(1, ("V", titled("abcdefghij"))), axis(2, ("W", titled("abcdefghik"))))
    new = (axis(1, ("V", titled("abcdefghikl"))), axis(2, ("W", titled("abcdefghijl"))))
    assert reread(old, *new) == ["A1-01", "A2-01"]


def test_a_volet_added_later_takes_the_next_number_of_its_axis() -> None:
    second = read(
        axis(1, ("Rues", (ROADS, LIBRARY))),
        axis(2, ("Zones calmes", ()), ("Nature", (TREES,))),
        known=FIRST,
    )
    assert [volet.id for _, volet in second.volets()] == ["1.1", "2.2", "2.1"]
    assert (second.id, second.title, second.retired_ids) == ("ville", "Plan", ())


def test_a_goal_that_a_person_corrected_stays_while_the_words_do() -> None:
    corrected = replace(
        FIRST,
        axes=tuple(
            replace(
                a,
                volets=tuple(
                    replace(
                        v,
                        actions=tuple(
                            replace(
                                action,
                                indicators={
                                    checkpoint: tuple(
                                        replace(line, goal=Goal("continuity")) for line in found
                                    )
                                    for checkpoint, found in action.indicators.items()
                                },
                            )
                            for action in v.actions
                        ),
                    )
                    for v in a.volets
                ),
            )
            for a in FIRST.axes
        ),
    )
    again = read(
        axis(1, ("Rues", (ROADS, LIBRARY))), axis(2, ("Nature", (TREES,))), known=corrected
    )

    assert again == corrected


# Laws

texts = st.sampled_from(
    [
        "Rencontre avec les citoyens.",
        "Rencontre avec les citoyennes.",
        "Rencontre tenue",
        "Terminé.",
        "En continu.",
        "2 à 3 visites",
        "Budget adopté par le conseil",
        "Budget adopté",
        "…",
    ]
)
titles = st.text(alphabet="abcé ’-", min_size=1, max_size=12).filter(str.strip)
cells = st.lists(texts, max_size=3).map(tuple)
drafts = st.builds(DraftAction, titles, st.fixed_dictionaries({MI: cells, FIN: cells}))
draft_volets = st.builds(DraftVolet, titles, st.lists(drafts, max_size=4).map(tuple))
documents = st.lists(st.lists(draft_volets, max_size=3), min_size=1, max_size=3).map(
    lambda axes: tuple(
        DraftAxis(n, f"Axe {n}", "", tuple(volets)) for n, volets in enumerate(axes, start=1)
    )
)


def all_ids(plan: Plan) -> list[str]:
    volets = [volet.id for _, volet in plan.volets()]
    actions = [action.id for _, _, action in plan.actions()]
    return volets + actions + [line.id for _, _, line in plan.indicators()]


@given(documents)
def test_the_same_document_gives_the_same_plan(document: tuple[DraftAxis, ...]) -> None:
    first = read(*document)

    assert read(*document) == first
    assert read(*document, known=first) == first


@given(st.lists(documents, min_size=2, max_size=4))
def test_no_id_is_ever_given_twice(history: list[tuple[DraftAxis, ...]]) -> None:
    """Through any series of revisions: unique now, and what left stays retired for good."""
    plan = read(*history[0])
    for document in history[1:]:
        revised = read(*document, known=plan)
        held = all_ids(revised)

        assert len(set(held)) == len(held)
        assert set(held).isdisjoint(revised.retired_ids)
        assert set(all_ids(plan)) | set(plan.retired_ids) <= set(held) | set(revised.retired_ids)
        assert set(held).isdisjoint(plan.retired_ids)
        plan = revised


@given(st.lists(drafts, min_size=1, max_size=6, unique_by=lambda d: d.title.strip()), st.data())
def test_any_order_of_the_actions_keeps_every_id(
    actions: list[DraftAction], data: st.DataObject
) -> None:
    first = read(axis(1, ("Volet", tuple(actions))))
    shuffled = data.draw(st.permutations(actions))
    second = read(axis(1, ("Volet", tuple(shuffled))), known=first)

    assert ids(second) == ids(first)
    assert sorted(lines(second).items()) == sorted(lines(first).items())
    assert second.retired_ids == ()


@given(st.lists(drafts, min_size=2, max_size=6, unique_by=lambda d: d.title.strip()), st.data())
def test_any_removal_leaves_the_other_ids_alone(
    actions: list[DraftAction], data: st.DataObject
) -> None:
    first = read(axis(1, ("Volet", tuple(actions))))
    kept = data.draw(st.lists(st.sampled_from(actions), unique_by=lambda d: d.title))
    second = read(axis(1, ("Volet", tuple(kept))), known=first)

    assert ids(second).items() <= ids(first).items()
    assert lines(second).items() <= lines(first).items()
