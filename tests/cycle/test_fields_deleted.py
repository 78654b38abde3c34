"""A custom field deleted in Asana: nothing that was typed there is taken for emptied, and it can be
got out of, by a field that a person makes or by one that Jalon is asked to make."""

from typing import Any

import pytest

from tests.cycle.test_crashes import LEASE_GONE, count_points, run_until_killed
from tests.cycle.test_faults import break_once
from tests.cycle.test_people import A1, A2, A3, action, codes
from tests.cycle.test_settled import assert_quiet, settle, state
from tests.road import Road

I1 = "indicator:A1-01-mi-chemin-1"
DECLARED, FOLLOWUP = "declare/mi-chemin", "suivi_public"
KEYS = ("jalon_id", "axe", DECLARED, FOLLOWUP, "preuve", "quantite", "fait_le")


def missing(key: str) -> str:
    return f"schema.field_missing:field:{key}"


def kept(ref: str, key: str) -> str:
    return f"field.answer_kept:{ref}#{key}"


def answered(road: Road) -> None:
    """A plan whose managers have answered in each of their fields that is asked for here."""
    road.begin()
    for ref, said in (
        (A1, {DECLARED: "En cours", "preuve": "https://ville.example/a"}),
        (A3, {DECLARED: "Atteint"}),
        (I1, {"fait_le": "2026-01-30", "quantite": 3}),
    ):
        fields = {road.field_name(key): value for key, value in said.items()}
        road.control.edit_task(road.gid(ref), "Greffière", fields=fields)
    road.wait(90)
    road.cycle()


def delete(road: Road, key: str) -> str:
    """Its gid, which Asana never gives again."""
    gid = road.gid(f"field:{key}")
    road.control.act("delete_field", "Greffière", field=gid)
    road.wait(3600)
    road.cycle(full=True)
    return gid


def held(road: Road, ref: str, key: str) -> Any:
    return road.tasks()[road.gid(ref)]["fields"].get(road.field_name(key))


def shown(road: Road) -> list[tuple[Any, ...]]:
    told = [
        (id_, checkpoint, standing["etat"], standing["declare"], standing["faits"])
        for id_ in ("A1-01", "A1-02", "A1-03", "A2-01")
        for checkpoint, standing in action(road, id_)["jalons"].items()
    ]
    lines = action(road, "A1-01")["jalons"]["mi-chemin"]["indicateurs"]
    return [*told, *((one["fait_le"], one["quantite"]) for one in lines)]


@pytest.mark.parametrize("key", KEYS)
def test_a_deleted_field_is_told_and_empties_nothing(road: Road, key: str) -> None:
    answered(road)
    before = shown(road)
    delete(road, key)
    assert state(road, missing(key)) == "open"
    assert shown(road) == before
    assert_quiet(road)


@pytest.mark.parametrize("key", KEYS)
def test_a_field_is_made_anew_once_by_choice(road: Road, key: str) -> None:
    """What the plan says is put back, what people said is on the page until they say it again."""
    answered(road)
    before = shown(road)
    plans = {ref: held(road, ref, key) for ref in (A1, A2, A3, I1)}
    old = delete(road, key)
    settle(road, missing(key), "recreate")
    assert road.cycle().outcome == "ok"
    assert road.gid(f"field:{key}") != old
    assert state(road, missing(key)) == "closed"
    assert shown(road) == before
    if key in ("jalon_id", "axe", FOLLOWUP):
        assert {ref: held(road, ref, key) for ref in plans} == plans
    assert "field.restored" not in codes(road)
    assert "schema.field_detached" not in codes(road)
    road.cycle(full=True)
    assert_quiet(road)
    assert shown(road) == before
    names = [one["name"] for one in road.control.dump()["fields"]]
    assert names.count(road.field_name(key)) == 2, "the deleted one and one more"


def test_what_people_had_answered_stands_until_they_answer_again(road: Road) -> None:
    answered(road)
    delete(road, DECLARED)
    settle(road, missing(DECLARED), "recreate")
    road.cycle()
    assert held(road, A1, DECLARED) is None, "Jalon never writes to a field of theirs"
    assert {state(road, kept(ref, DECLARED)) for ref in (A1, A3)} == {"open"}
    assert "réponse d’avant (« En cours »)" in held(road, A1, FOLLOWUP)
    name = road.field_name(DECLARED)
    road.control.edit_task(road.gid(A1), "Greffière", fields={name: "Atteint"})
    road.control.edit_task(road.gid(A3), "Greffière", fields={name: "Atteint"})
    road.wait(90)
    road.cycle()
    assert {state(road, kept(ref, DECLARED)) for ref in (A1, A3)} == {"closed"}
    assert action(road, "A1-01")["jalons"]["mi-chemin"]["declare"] == "atteint"
    road.control.edit_task(road.gid(A1), "Greffière", fields={name: None})
    road.wait(90)
    road.cycle()
    assert action(road, "A1-01")["jalons"]["mi-chemin"]["declare"] is None, "now it is emptied"
    assert_quiet(road)


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("key", KEYS)
def test_a_field_made_again_by_a_person_is_taken(road: Road, key: str, described: bool) -> None:
    answered(road)
    before = shown(road)
    old = road.gid(f"field:{key}")
    new = road.control.act("replace_field", "Greffière", field=old, described=described)["gid"]
    road.wait(3600)
    road.cycle(full=True)
    assert road.gid(f"field:{key}") == new
    assert not {"schema.field_missing", "schema.option_unknown", "field.restored"} & codes(road)
    assert shown(road) == before
    road.cycle(full=True)
    assert_quiet(road)
    assert shown(road) == before


def test_a_field_that_was_told_as_gone_is_taken_when_it_is_made(road: Road) -> None:
    """On the one project where a person put it; Jalon puts it on the other."""
    answered(road)
    delete(road, "preuve")
    made = road.control.act(
        "add_field", "Greffière", name="Preuve", kind="text", project=road.gid("project:actions")
    )["gid"]
    road.wait(90)
    road.cycle(full=True)
    assert road.gid("field:preuve") == made
    assert state(road, missing("preuve")) == "closed"
    assert "schema.field_detached" not in codes(road)
    homes = {p["gid"] for p in road.control.dump()["projects"] if "Preuve" in p["fields"]}
    assert homes == {road.gid("project:actions"), road.gid("project:indicators")}
    assert_quiet(road)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_field_made_anew_whose_answer_was_lost_is_made_once(road: Road, kind: str) -> None:
    answered(road)
    before = shown(road)
    delete(road, DECLARED)
    settle(road, missing(DECLARED), "recreate")
    break_once(road, kind=kind, method="POST", path="/custom_fields", nth=1)
    road.control.clear_faults()
    for _ in range(3):
        road.cycle()
        road.wait(90)
    assert shown(road) == before
    assert state(road, missing(DECLARED)) == "closed"
    assert not road.store.unsettled()
    assert {state(road, kept(ref, DECLARED)) for ref in (A1, A3)} == {"open"}
    assert_quiet(road)


def test_a_field_made_anew_and_deleted_again_is_asked_again(road: Road) -> None:
    answered(road)
    before = shown(road)
    delete(road, DECLARED)
    settle(road, missing(DECLARED), "recreate")
    road.cycle()
    road.wait(90)
    delete(road, DECLARED)
    assert state(road, missing(DECLARED)) == "reopened"
    assert shown(road) == before
    assert_quiet(road)


POINTS = 166
"""How many points the cycle that makes it anew has; held by the test below."""
AT_NIGHT = [pytest.param(part, marks=pytest.mark.night) for part in (0.2, 0.4, 0.6, 0.8, 0.95)]


def test_the_points_are_known(road: Road) -> None:
    answered(road)
    delete(road, "jalon_id")
    settle(road, missing("jalon_id"), "recreate")
    assert count_points(road) == POINTS


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, *AT_NIGHT])
def test_a_field_made_anew_survives_a_cycle_killed_on_the_way(road: Road, part: float) -> None:
    """Its values are written, and it is put on both projects, by the cycles after."""
    answered(road)
    before = shown(road)
    delete(road, "jalon_id")
    settle(road, missing("jalon_id"), "recreate")
    run_until_killed(road, round(part * POINTS))
    road.reopen()
    road.wait(LEASE_GONE)
    for _ in range(3):
        road.cycle()
        road.wait(90)
    assert road.marks() == road.expected_marks()
    assert shown(road) == before
    assert state(road, missing("jalon_id")) == "closed"
    assert not {"field.restored", "schema.field_detached"} & codes(road)
    assert not road.store.unsettled()
    assert_quiet(road)
