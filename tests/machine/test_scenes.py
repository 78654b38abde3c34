"""Short scenes of the town, each narrow enough to be the test that one planted bug turns red."""

from dataclasses import replace

from sync.model.plan import Plan
from tests.machine.machine import MOMENTS
from tests.machine.town import LATER, Country, Town, each_action, with_one_more

A1, A2 = "action:A1-01", "action:A1-02"


def revise(town: Town, title: str) -> None:
    adopt(town, each_action(town.plan, lambda a: replace(a, title=title) if a.id == "A1-01" else a))


def adopt(town: Town, plan: Plan) -> None:
    town.road.plan = plan
    town.road.store.add_revision(plan, town.road.clock.now().date(), "essai")
    town.road.wait(LATER)


def test_a_creation_whose_answer_is_lost_is_not_made_twice(country: Country) -> None:
    with country.town("settled") as town:
        adopt(town, with_one_more(town.plan, 1))
        town.road.control.add_fault("drop_after", "POST", "/tasks")
        town.cycle()
        assert town.exercised["fault: drop_after"] == 1
        town.calm()


def test_a_title_whose_writing_fails_is_written_later(country: Country) -> None:
    with country.town("settled") as town:
        revise(town, "Bureau central")
        town.road.control.add_fault("drop_before", "PUT", "/tasks/*", times=0)
        town.cycle()
        assert town.exercised["fault: drop_before"] == 1
        town.calm()


def test_what_is_frozen_stays_and_what_comes_later_stands_beside(country: Country) -> None:
    with country.town("settled") as town:
        gid = town.links()[A1]
        town.types(gid, **{"declare__mi-chemin": "En cours"})
        town.cycle()
        town.road.go_to(MOMENTS[2])
        town.cycle()
        town.after_step()
        assert town.shown_frozen
        for ref in ("indicator:A1-02-mi-chemin-1", "indicator:A1-03-mi-chemin-1"):
            town.types(town.links()[ref], fait_le="2026-02-10")
            town.person("edit_task", task=town.links()[ref], completed=True)
        town.road.wait(LATER)
        town.cycle()
        town.after_step()
        assert town.exercised["a correction stands beside"]
        town.calm()


def test_a_text_replaced_by_a_cycle_that_dies_is_kept_and_told(country: Country) -> None:
    """Killed between its request and the row that would have told of it."""
    with country.town("settled") as town:
        gid = town.links()[A2]
        town.person("edit_task", task=gid, fields={"Suivi public": "Brouillon"})
        town.road.wait(LATER)
        assert town.killed_after("PUT ")
        town.after_step()
        town.calm()
        (row,) = [r for r in town.road.store.log(subject=A2) if r.rule == "restore"]
        assert (row.asana, row.outcome, row.field) == ("Brouillon", "resolved", "suivi_public")
        (found,) = [
            f.finding for f in town.road.store.findings() if f.finding.code == "field.restored"
        ]
        assert found.facts["asana"] == "Brouillon"


def test_a_restoring_that_never_left_is_not_told_as_done(country: Country) -> None:
    """Killed before its request: the text still stands, and is put back by the next cycle."""
    with country.town("settled") as town:
        gid = town.links()[A2]
        town.person("edit_task", task=gid, fields={"Suivi public": "Brouillon"})
        town.road.wait(LATER)
        assert town.killed_before("PUT ")
        town.calm()
        rows = [r.outcome for r in town.road.store.log(subject=A2) if r.rule == "restore"]
        assert rows == ["void", "done"]


def test_a_write_that_never_left_is_void_though_its_action_is_retired_meanwhile(
    country: Country,
) -> None:
    with country.town("settled") as town:
        retired = town.plan
        revise(town, "Bureau central")
        assert town.killed_before("PUT ")
        adopt(town, each_action(retired, lambda a: None if a.id == "A1-01" else a))
        town.calm()
        rows = [r.outcome for r in town.road.store.log(subject=A1) if r.kind == "UpdateTask"]
        assert rows == ["void"]


def test_nothing_is_sent_after_a_wait_that_outlasts_the_lease(country: Country) -> None:
    """Nobody else came: the cycle ends and says so, and the next one does the rest."""
    with country.town("settled") as town:
        revise(town, "Bureau central")
        town.stands_still_before_writing()
        ran = town.cycle()
        assert (ran.ended, ran.writes) == ("TargetUnavailable", 0)
        assert "bail" in str(town.road.store.cycles(1)[0].reason)
        town.road.point = lambda _name: None
        town.calm()


def test_what_is_entered_in_a_task_that_left_is_not_published_until_it_is_back(
    country: Country,
) -> None:
    """The page says of which day its facts are; they may not be newer than that."""
    with country.town("settled") as town:
        links = town.road.store.links()
        gid, line = links["action:A1-03"], links["indicator:A1-03-mi-chemin-1"]
        town.types(gid, **{"declare__mi-chemin": "En cours"})
        town.road.wait(LATER)
        town.cycle()
        town.types(gid, **{"declare__mi-chemin": "Atteint"})
        town.person("remove_task", task=gid, project=links["project:actions"])
        town.person("remove_task", task=line, project=links["project:indicators"])
        town.person("edit_task", task=line, completed=True)
        town.road.wait(LATER)
        town.cycle(full=True)
        town.calm()
        standing = town.shown("A1-03", "mi-chemin")
        assert (standing.declare, standing.faits) == ("en_cours", 0)
        town.person(
            "move_task", task=gid, project=links["project:actions"], section=links["section:1.2"]
        )
        town.calm()
        assert town.shown("A1-03", "mi-chemin").declare == "atteint"
