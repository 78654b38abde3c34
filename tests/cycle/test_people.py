"""What managers do in Asana, and what becomes of it: the store, the page, the log."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.core.marks import action_ref, indicator_ref
from sync.errors import (
    ConfigError,
    CycleBusy,
    TargetDenied,
    TargetUnavailable,
    UnsafeChangeSet,
)
from sync.model.plan import Action, Volet
from sync.model.progress import Status
from sync.sandbox.process import RunningSandbox
from tests.bench.synthetic import synthetic_plan
from tests.road import START, Road

A1, A2, A3 = action_ref("A1-01"), action_ref("A1-02"), action_ref("A1-03")
I2 = indicator_ref("A1-02-mi-chemin-1")
AFTER_GEL = START.replace(month=2, day=21)


def page(road: Road) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((road.public / "dernier.json").read_bytes())
    return found


def action(road: Road, id_: str) -> dict[str, Any]:
    for axis in page(road)["axes"]:
        for volet in axis["volets"]:
            for one in volet["actions"]:
                if one["id"] == id_:
                    return dict(one)
    raise KeyError(id_)


def codes(road: Road) -> set[str]:
    return {f.finding.code for f in road.store.findings() if not f.finding.code.startswith("plan")}


def test_progress_reaches_the_page_and_the_manager_reads_what_the_public_reads(road: Road) -> None:
    road.begin()
    road.control.edit_task(
        road.gid(A2),
        "Greffière",
        fields={road.field_name("declare/mi-chemin"): "Atteint"},
    )
    road.control.edit_task(
        road.gid(I2),
        "Greffière",
        completed=True,
        fields={road.field_name("fait_le"): "2026-01-30"},
    )
    road.wait(60)
    report = road.cycle()
    assert (report.outcome, report.full_read, report.snapshot_number) == ("ok", False, 2)
    standing = action(road, "A1-02")["jalons"]["mi-chemin"]
    assert (standing["etat"], standing["declare"], standing["confirme"]) == (
        "atteint",
        "atteint",
        True,
    )
    (indicator,) = standing["indicateurs"]
    assert (indicator["fait"], indicator["fait_le"]) == (True, "2026-01-30")
    followup = road.tasks()[road.gid(A2)]["fields"][road.field_name("suivi_public")]
    assert "Mi-chemin : atteint (1 sur 1)" in followup
    rows = [(r.kind, r.field, r.to) for r in road.store.log(subject=A2)]
    assert ("pull", "declare/mi-chemin", "atteint") in rows


def test_a_wrong_declaration_is_not_published_and_the_question_is_put(road: Road) -> None:
    road.begin()
    road.control.edit_task(
        road.gid(A1), "Greffière", fields={road.field_name("declare/mi-chemin"): "Atteint"}
    )
    road.cycle()
    standing = action(road, "A1-01")["jalons"]["mi-chemin"]
    assert standing["etat"] != "atteint"
    assert standing["confirme"] is False
    assert "status.declared_without_evidence" in codes(road)
    followup = road.tasks()[road.gid(A1)]["fields"][road.field_name("suivi_public")]
    assert "À voir" in followup


def test_a_duplicate_a_rename_and_a_stranger_are_told_and_left(road: Road) -> None:
    road.begin()
    copy = road.control.duplicate_task(road.gid(A1), "Greffière", "Copie")
    road.control.edit_task(road.gid(A2), "Greffière", name="Mon budget")
    road.control.add_task("Acheter du café", "Greffière", project=road.gid("project:actions"))
    before = road.tasks()[copy]
    road.cycle()
    assert {"task.duplicated", "field.drifted", "task.foreign"} <= codes(road)
    after = road.tasks()
    assert after[copy] == before
    assert after[road.gid(A2)]["name"] == "Mon budget"
    assert action(road, "A1-02")["titre"] == "Budget", "the page keeps the published words"
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0


def test_a_deleted_task_is_a_question_and_the_page_keeps_its_last_known_state(road: Road) -> None:
    road.begin()
    road.control.edit_task(
        road.gid(A3), "Greffière", fields={road.field_name("declare/mi-chemin"): "En cours"}
    )
    road.cycle()
    road.control.trash_task(road.gid(A3), "Greffière")
    road.wait(3600)
    road.cycle(full=True)
    gone = action(road, "A1-03")
    assert gone["jalons"]["mi-chemin"]["etat"] == "en_cours"
    assert gone["donnees_du"] == "2026-02-01"
    assert "task.missing" in codes(road)
    road.control.forget_requests()
    road.cycle(full=True)
    assert road.writes() == 0
    road.control.restore_task(road.gid(A3), "Greffière")
    road.cycle(full=True)
    assert "task.missing" not in codes(road)
    assert action(road, "A1-03")["donnees_du"] is None


def test_a_restored_field_is_restored_once_a_week(road: Road) -> None:
    road.begin()
    followup = road.field_name("suivi_public")
    wanted = road.tasks()[road.gid(A1)]["fields"][followup]
    road.control.edit_task(road.gid(A1), "Greffière", fields={followup: "Tout va mal"})
    road.cycle()
    assert road.tasks()[road.gid(A1)]["fields"][followup] == wanted
    assert "field.restored" in codes(road)
    lost = [r for r in road.store.log(subject=A1) if r.rule == "restore"]
    assert [r.from_ for r in lost] == ["Tout va mal"], "the lost text is kept"
    road.control.edit_task(road.gid(A1), "Greffière", fields={followup: "Encore"})
    road.cycle()
    assert road.tasks()[road.gid(A1)]["fields"][followup] == "Encore"
    assert "field.restored_again" in codes(road)


def test_the_freeze_happens_once_and_what_follows_shows_beside_it(road: Road) -> None:
    road.begin()
    road.go_to(AFTER_GEL)
    road.cycle(full=True)
    frozen = action(road, "A1-02")["jalons"]["mi-chemin"]
    assert (frozen["etat"], frozen["etat_fige"], frozen["fige_le"]) == (
        "non_evalue",
        "non_evalue",
        "2026-02-20",
    )
    road.control.edit_task(
        road.gid(I2),
        "Greffière",
        completed=True,
        fields={road.field_name("fait_le"): "2026-02-24"},
    )
    road.go_to(AFTER_GEL + timedelta(days=5))
    road.cycle(full=True)
    later = action(road, "A1-02")["jalons"]["mi-chemin"]
    assert (later["etat"], later["etat_fige"]) == ("atteint_en_retard", "non_evalue")
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0
    assert set(road.store.frozen()) == {
        (a.id, "mi-chemin") for _, _, a in road.plan.actions() if "mi-chemin" in a.indicators
    }
    assert road.store.frozen()["A1-02", "mi-chemin"].standing.status is Status.NOT_ASSESSED


def test_a_number_is_given_only_when_the_public_would_see_a_difference(road: Road) -> None:
    road.begin()
    checked = json.loads((road.public / "etat.json").read_bytes())
    road.wait(3600)
    road.control.edit_task(
        road.gid(A1), "Greffière", fields={road.field_name("note_publique"): "x"}
    )
    report = road.cycle()
    assert (report.snapshot_number, report.snapshot_is_new) == (1, False)
    again = json.loads((road.public / "etat.json").read_bytes())
    assert again["numero"] == 1
    assert again["verifie_le"] > checked["verifie_le"]


def test_many_losses_at_once_are_held_before_anything_is_written(road: Road) -> None:
    road.begin()
    before = page(road)
    for ref in (A1, A2, A3):
        road.control.trash_task(road.gid(ref), "Greffière")
    road.wait(3600)
    road.control.forget_requests()
    with pytest.raises(UnsafeChangeSet) as held:
        road.cycle(full=True)
    assert held.value.exit_code == 4
    assert road.writes() == 0
    assert page(road) == before
    assert "guard.held" in codes(road)
    assert road.store.cycles(1)[0].outcome == "held"


def test_a_first_provisioning_cut_short_is_completed_not_held(
    road: Road, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    """With more tasks than the guard's minimum population: most are still to be made."""
    plan = synthetic_plan(12)
    with Road(plan, tmp_path / "grand", sandbox, clock=road.clock) as large:
        sandbox.control.add_fault(
            "status", "POST", "/tasks", nth=15, status=429, headers={"Retry-After": "300"}
        )
        with pytest.raises(TargetUnavailable):
            large.cycle()
        assert 10 <= len(large.marks()) < len(large.expected_marks())
        sandbox.control.clear_faults()
        large.wait(400)
        assert large.cycle().outcome == "ok"
        assert large.marks() == large.expected_marks()


def test_what_the_plan_gains_later_is_made_once_and_known_at_once(road: Road) -> None:
    """A new volet, read by events: its own new section is not taken for a missing one."""
    road.begin()
    road.wait(600)
    axis = road.plan.axes[1]
    new = Volet("2.2", "Mobilité", (Action("A2-05", "Navette", {}), Action("A2-06", "Vélo", {})))
    road.plan = replace(
        road.plan, axes=(road.plan.axes[0], replace(axis, volets=(*axis.volets, new)))
    )
    road.store.add_revision(road.plan, road.clock.now().date(), "un volet de plus")
    report = road.cycle()
    assert (report.outcome, report.full_read) == ("ok", False)
    assert report.operations == {"CreateSection": 1, "CreateTask": 2}
    road.wait(600)
    assert road.cycle().operations == {}
    assert not {"schema.section_missing", "field.unseen"} & codes(road)


def test_a_change_of_the_config_is_asked_for_and_not_held(road: Road) -> None:
    """A public address, or other dates, touch every task at once: a person decided so."""
    road.begin()
    later = tuple(replace(c, due=c.due + timedelta(days=1)) for c in road.steering.checkpoints)
    road.steering = replace(road.steering, page_url="https://ville.example/plan", checkpoints=later)
    road.wait(600)
    assert road.cycle().operations["UpdateTask"] == 12
    assert road.cycle().operations == {}


def test_a_write_refused_for_good_is_told_and_not_sent_again_before_a_full_read(
    road: Road,
) -> None:
    road.steering = replace(
        road.steering, directions=(replace(road.steering.directions[0], responsible="x@y.invalid"),)
    )
    assert road.cycle().outcome == "partial"
    for full, writes in ((False, 0), (False, 0), (True, 1)):
        road.wait(600)
        road.control.forget_requests()
        assert road.cycle(full=full).outcome == "partial"
        assert road.writes() == writes
        assert "task.refused" in codes(road)


def test_a_write_that_succeeds_after_a_refusal_is_free_to_be_needed_again(road: Road) -> None:
    """The same restore, refused once and done later, must not be held when it is due anew."""
    road.begin()
    axis = road.field_name("axe")

    def erase() -> None:
        road.control.edit_task(road.gid(A1), "Greffière", fields={axis: None})

    erase()
    road.control.add_fault("status", "PUT", "/tasks/*", status=400)
    assert road.cycle().refused == 1
    assert road.cycle(full=True).outcome == "ok"
    road.wait(8 * 24 * 3600)
    road.cycle()
    erase()
    assert road.cycle().operations == {"UpdateTask": 1}
    assert road.tasks()[road.gid(A1)]["fields"][axis]


def test_the_past_is_not_remade(road: Road) -> None:
    road.begin()
    road.clock.at = START - timedelta(days=3)
    with pytest.raises(ConfigError):
        road.cycle()


def test_a_finding_s_beginning_and_end_are_in_the_log(road: Road) -> None:
    road.begin()
    section = road.gid("section:2.1")
    road.control.act("rename_section", "Greffière", section=section, name="Autre")
    road.cycle(full=True)
    road.control.act("rename_section", "Greffière", section=section, name="Tissu")
    road.cycle(full=True)
    rows = [
        (r.rule, r.outcome) for r in road.store.log(subject="section:2.1") if r.kind == "finding"
    ]
    assert rows == [("schema.section_renamed", "open"), ("schema.section_renamed", "closed")]


def test_a_private_value_in_the_bytes_stops_the_publication(road: Road) -> None:
    """The last look of all: an id that came in by a way nobody thought of."""
    road.begin()
    before = page(road)
    gid = road.gid(A1)
    plan = road.plan
    axis = replace(plan.axes[0], objective=f"Voir la tâche {gid}")
    road.plan = replace(plan, axes=(axis, *plan.axes[1:]))
    road.store.add_revision(road.plan, road.clock.now().date(), "une étourderie")
    with pytest.raises(UnsafeChangeSet) as held:
        road.cycle()
    assert held.value.facts["rule"] == "private value in publication"
    assert gid not in held.value.in_("fr")
    assert page(road) == before
    assert len(road.store.snapshots()) == 1, "no number is given to what may not be shown"


def test_an_empty_store_beside_a_project_in_use_writes_and_publishes_nothing(road: Road) -> None:
    road.begin()
    for name in ("jalon.db", "jalon.db-wal", "jalon.db-shm"):
        (road.folder / name).unlink(missing_ok=True)
    road.reopen()
    road.control.forget_requests()
    with pytest.raises(UnsafeChangeSet):
        road.cycle()
    assert road.writes() == 0


def test_a_store_that_served_real_asana_refuses_the_sandbox(road: Road) -> None:
    road.store.note_fact("sandbox_seen", "non")
    with pytest.raises(ConfigError):
        road.cycle()
    assert road.writes() == 0


def test_two_cycles_at_once_on_one_plan_are_refused(road: Road) -> None:
    lease = road.store.take_lease("ailleurs", road.clock.now(), 300)
    with Road(
        road.plan, road.folder, road.sandbox, clock=road.clock, database=road.database
    ) as other:
        with pytest.raises(CycleBusy):
            other.cycle()
        assert road.writes() == 0
        road.store.release_lease(lease)
        assert other.cycle().outcome == "ok"


def test_a_project_archived_in_asana_holds_the_cycle(road: Road) -> None:
    road.begin()
    road.control.archive_project(road.gid("project:actions"), "Greffière")
    with pytest.raises(UnsafeChangeSet):
        road.cycle(full=True)


def test_a_free_plan_without_custom_fields_is_said_before_the_first_write(road: Road) -> None:
    road.control.switch(plan_tier="free")
    with pytest.raises(TargetDenied) as denied:
        road.cycle()
    assert road.writes() == 0
    assert "payant" in denied.value.in_("fr")


def test_a_platform_that_puts_new_tasks_on_top_still_shows_the_plan_s_order(road: Road) -> None:
    """Where a create lands in its section is not documented: the order is read, then mended."""
    road.control.switch(create_position="top")
    assert road.cycle().outcome == "ok"
    names = {t["gid"]: t["name"] for t in road.tasks().values()}
    ours = [p for p in road.control.dump()["projects"] if p["gid"] == road.gid("project:actions")]
    listed = [[names[g] for g in s["tasks"]] for s in ours[0]["sections"] if s["tasks"]]
    assert listed == [[a.title for a in volet.actions] for _, volet in road.plan.volets()]
    road.control.forget_requests()
    road.cycle()
    assert road.writes() == 0


def test_one_failing_target_hinders_no_other_and_catches_up(road: Road) -> None:
    (road.folder / "occupe").write_text("a file where a folder is expected")
    road.targets = ("occupe", "public")
    report = road.cycle()
    assert [name for name, _ in report.failed_targets] == ["occupe"]
    assert page(road)["numero"] == 1
    assert "publish.failed" in codes(road)
    (road.folder / "occupe").unlink()
    report = road.cycle()
    assert report.failed_targets == ()
    assert json.loads((road.folder / "occupe" / "dernier.json").read_bytes())["numero"] == 1
    assert "publish.failed" not in codes(road)
    assert date.fromisoformat(page(road)["etat_au"]) == date(2026, 2, 1)
