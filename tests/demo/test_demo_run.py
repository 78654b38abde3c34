"""One whole demo on the shipped city, looked at from the outside."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sync.cli.commands.demo import show_cost, show_guarded
from sync.cli.output import Output
from sync.core.status import STATUS_NAMES
from sync.demo import DemoReport, run_demo
from sync.demo.guarded import BY
from sync.demo.script import MANAGERS
from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from sync.site.build import build_files
from sync.site.presentation import Presentation
from sync.wording import Text
from tests.cli.town import Town
from tests.site.accounts import READERS, disagreements
from tests.site.snapshot_samples import record_of
from tests.site.test_sizes import HOME

REPOSITORY = Path(__file__).resolve().parents[2]
DAYS = ["2025-12-01", "2026-02-10", "2026-02-20", "2026-02-21", "2026-03-21"]


@dataclass(frozen=True, slots=True)
class Played:
    report: DemoReport
    out: Path
    steps: list[str]
    snapshots: list[Snapshot]
    explained: list[str]

    def json(self, name: str) -> Any:
        return json.loads((self.out / name).read_bytes())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Onto the page of an earlier demo, whose numbers began at 1 as well."""
    out = tmp_path_factory.mktemp("demo") / "public"
    (out / "instantanes").mkdir(parents=True)
    (out / "instantanes" / "0001.json").write_text("{}")
    (out / "dernier.json").write_text('{"demonstration": true}')
    steps: list[str] = []

    @contextmanager
    def progress(text: Text) -> Iterator[None]:
        steps.append(text.fr)
        yield

    explained: list[str] = []
    report = run_demo(
        out,
        config=None,
        root=REPOSITORY,
        progress=progress,
        explain=lambda _opened, _snapshot, action: explained.append(action),
    )
    bodies = [path.read_bytes() for path in sorted((out / "instantanes").iterdir())]
    snapshots = [Snapshot.model_validate_json(body) for body in bodies]
    return Played(report, out, steps, snapshots, explained)


def test_each_cycle_has_a_snapshot_of_its_day(played: Played) -> None:
    assert [str(s.etat_au) for s in played.snapshots] == DAYS
    assert [s.numero for s in played.snapshots] == [1, 2, 3, 4, 5]
    assert [str(leg.day) for leg in played.report.legs] == DAYS
    assert {leg.report.outcome for leg in played.report.legs} == {"ok"}


def test_a_slip_is_held_and_let_through_by_its_digest_alone(played: Played) -> None:
    """In the open: the refusal, the digest, whose yes, and what the log keeps of it."""
    scene = played.report.guarded
    assert scene is not None
    assert scene.emptied == 27
    assert scene.digest in scene.refused.fr
    assert scene.accepted.outcome == "ok"
    assert scene.accepted.operations == {"UpdateTask": 27}
    assert not scene.accepted.snapshot_is_new, "the page never showed the slip"
    told = [(row.kind, row.actor, row.subject) for row in scene.rows]
    mended = ("UpdateTask", "jalon", f"action:{scene.action_id}")
    assert told.index(("accepted", BY, "cycle")) < told.index(mended)
    assert ("accepted", BY, f"action:{scene.action_id}") in told
    said = io.StringIO()
    show_guarded(Output(said, said, "fr", {}), scene, played.report.zone)
    assert scene.digest in said.getvalue()
    assert "inventé" in said.getvalue()


def test_every_status_shows_at_least_once(played: Played) -> None:
    """So that a visitor meets each word; one action is retired by an invented decision."""
    shown = {
        standing.etat
        for snapshot in played.snapshots
        for action in snapshot.actions()
        for standing in action.jalons.values()
    }
    assert shown == set(STATUS_NAMES)


def test_the_last_page_shows_what_needs_explaining(played: Played) -> None:
    """Frozen beside current, to be confirmed, a note, a withheld one, a task that is gone."""
    last = played.snapshots[-1]
    standings = [s for action in last.actions() for s in action.jalons.values()]
    assert any(s.etat_fige not in (None, s.etat) for s in standings)
    assert any(not s.confirme for s in standings)
    assert any(action.note for action in last.actions())
    assert any(action.texte_retenu for action in last.actions())
    assert any(action.donnees_du for action in last.actions())
    assert any(i.quantite is not None for s in standings for i in s.indicateurs)
    assert played.snapshots[1].totaux["mi-chemin"].fige == {}
    assert sum(last.totaux["mi-chemin"].fige.values()) == 27


def test_every_mishap_is_found(played: Played) -> None:
    codes = {one.finding.code for one in played.report.findings}
    assert {
        "task.duplicated",
        "task.foreign",
        "task.missing",
        "field.drifted",
        "indicator.late_undated",
        "public.text_withheld",
        "status.declared_without_evidence",
        "status.undeclared",
    } <= codes


def test_a_quiet_cycle_costs_two_requests_at_most_and_publishes_nothing(played: Played) -> None:
    quiet = played.report.quiet
    assert sum(quiet.requests.values()) <= 2
    assert not quiet.operations or not any(quiet.operations.values())
    assert not quiet.snapshot_is_new


def test_everything_invented_says_so(played: Played) -> None:
    """Above all on the page: somebody will show it without its context."""
    assert all(snapshot.demonstration for snapshot in played.snapshots)
    assert played.json("dernier.json")["demonstration"] is True
    assert played.json("etat.json")["demonstration"] is True
    assert "émonstration" in played.json("flux.json")["title"]
    page = (played.out / "index.html").read_text(encoding="utf-8")
    assert "émonstration" in page
    assert "invent" in page
    header, *rows = (played.out / "actions.csv").read_text(encoding="utf-8").splitlines()
    assert "demonstration" in header
    assert len(rows) == 54


def test_every_file_of_the_demo_says_what_its_last_snapshot_says(played: Played) -> None:
    """On data with corrections, retired actions and withheld notes, as a city will have them."""
    whole = (played.out / "courant").resolve()
    files = {
        path.relative_to(whole).as_posix(): path.read_bytes()
        for path in whole.rglob("*")
        if path.is_file()
    }
    absolute = {"oembed.json"}
    assert disagreements(files, READERS.keys() - absolute) == []


def test_the_demo_s_home_page_is_as_light_as_promised_in_both_languages(played: Played) -> None:
    """With every mark, correction and mishap that the samples of the other tests lack."""
    city = Presentation("Ville de Bécancour", "https://www.exemple.ca/suivi/", others=("en",))
    files = build_files([record_of(one) for one in played.snapshots], city)
    homes = {name: len(files[name]) for name in ("index.html", "en/index.html")}
    assert max(homes.values()) < HOME, homes


def test_nobody_and_nothing_private_reaches_the_folder(played: Played) -> None:
    """Not even an invented manager; the withheld note stays withheld in every file."""
    hidden = [*MANAGERS, BY, "exemple.invalid", "819 555", "Réserver la salle"]
    for path in played.out.rglob("*"):
        if path.is_file():
            body = path.read_text(encoding="utf-8")
            assert not [word for word in hidden if word in body], path.name


def test_progress_is_told_step_by_step(played: Played) -> None:
    assert len(played.steps) >= 1 + len(DAYS)


def test_a_refused_folder_is_told_before_anything_starts(tmp_path: Path) -> None:
    """And the terminal, too, says first and last that all of it is invented."""
    town = Town(tmp_path)
    town.settle()
    town.public.mkdir()
    (town.public / "budget.xlsx").write_text("précieux")
    finished = town.run("demo")
    assert finished.returncode == 2
    assert "budget.xlsx" in finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[0] == lines[-1]
    assert "inventé" in lines[0]


def test_another_city_plays_too(tmp_path: Path) -> None:
    """The script follows the shape of any plan; here three actions and no second city's name."""
    town = Town(tmp_path)
    town.settle()
    finished = town.run("demo", "--out", "page")
    assert finished.returncode == 0, finished.stderr
    assert "Petit plan" in finished.stdout
    assert (tmp_path / "page" / "index.html").exists()


def test_the_cost_tells_reads_from_writes_and_the_last_cycle_wrote_nothing(played: Played) -> None:
    said = io.StringIO()
    show_cost(Output(said, said, "fr", {}), played.report)
    rows = [line.split("\t") for line in said.getvalue().splitlines()[2:]]
    costs = [tuple(map(int, row[2:5])) for row in rows]
    assert all(requests == reads + writes for requests, reads, writes in costs)
    assert costs[0][2] > costs[0][1] > 0, "a provisioning reads, and writes more"
    quiet = played.report.quiet.requests
    assert costs[-1] == (sum(quiet.values()), sum(quiet.values()), 0)


def test_what_was_held_or_lost_is_settled_and_acted_on(played: Played) -> None:
    """A conflict, a lost task and an action retired; no invented word is left in the plan."""
    _, second, third, fourth, _ = played.report.legs
    assert {one.key.partition(":")[0]: one.choice for one in second.settled} == {
        "field.conflict": "plan",
        "task.missing": "recreate",
    }
    assert second.report.operations.get("CreateTask", 0) == 0
    (lost,) = [one for one in second.settled if one.choice == "recreate"]
    assert third.report.operations["CreateTask"] == len(json.loads(lost.value or "{}")) > 1
    (retired,) = [one for one in fourth.settled if one.choice == "retire"]
    last = {action.id: action for action in played.snapshots[-1].actions()}
    standing = last[retired.subject.partition("#")[0].partition(":")[2]].jalons["mi-chemin"]
    assert standing.etat is Status.RETIRED
    assert standing.etat_fige not in (None, Status.RETIRED), "what was frozen stays"
    assert "émonstration" in (standing.motif or "")
    published = {action.titre for action in played.snapshots[-1].actions()}
    plan = {action.title for _, _, action in played.report.plan.actions()}
    assert len(published) == len(plan)
    assert not [title for title in published if "émonstration" in title]


def test_a_frozen_status_is_taken_at_its_hour_and_corrected_beside(played: Played) -> None:
    """From the read before midnight, so no mark; what was dated back since is one entry more."""
    before, after, last = played.snapshots[2], played.snapshots[3], played.snapshots[-1]
    assert before.totaux["mi-chemin"].fige == {}
    frozen = [a.jalons["mi-chemin"] for a in after.actions()]
    assert not any(one.fige_apres_coup for one in frozen)
    final = [a.jalons["finalite"] for a in last.actions()]
    assert all(one.fige_apres_coup for one in final if one.etat_fige), "nobody read it in time"
    (said,) = [one for one in played.report.legs[3].settled if one.choice == "correct"]
    action_id = said.subject.partition("#")[0].partition(":")[2]
    standing = {a.id: a for a in last.actions()}[action_id].jalons["mi-chemin"]
    (correction,) = standing.corrections
    assert (standing.etat_fige, correction.etat) == (Status.NOT_ASSESSED, Status.ACHIEVED)
    assert "émonstration" in correction.motif
    assert last.totaux["mi-chemin"].fige == after.totaux["mi-chemin"].fige
    assert last.totaux["mi-chemin"].corrige != last.totaux["mi-chemin"].fige


def test_it_explains_whatever_was_settled_and_what_came_late(played: Played) -> None:
    """A conflict, a task made anew, a correction, a retired action; then a late one."""
    told = {action.id: action for action in played.snapshots[-1].actions()}
    chosen = [one.subject for leg in played.report.legs for one in leg.settled]
    *settled, late = played.explained
    assert [f"action:{id_}" for id_ in settled] == [ref.partition("#")[0] for ref in chosen]
    assert len(settled) == 4
    assert any(one.corrections for one in told[settled[2]].jalons.values())
    assert {one.etat for one in told[settled[3]].jalons.values()} == {Status.RETIRED}
    assert Status.ACHIEVED_LATE in {one.etat for one in told[late].jalons.values()}
