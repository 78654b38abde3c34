"""What the commands say of a plan that has ended, and that they write nothing into Asana."""

import json

from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.town import CONFIG, Town

ENDED = "Le plan a pris fin le 30 avril 2026"
NO_MORE = "le plan a pris fin le 30 avril 2026, rien n’est plus écrit dans Asana"
NOTE = "Le guichet est au rez-de-chaussée."


def on_the_last_day(jalon: Jalon, town: Town, sandbox: RunningSandbox) -> str:
    """A plan that is followed and ends today, with a note; the gid of the task that holds it."""
    town.connect(sandbox)
    town.settle(f"{CONFIG}ends: 2026-04-30\n")
    sandbox.control.add_person("Quelqu’un")
    sandbox.control.set_clock("2026-04-30T15:00:00Z")
    jalon("sync", "--as-of", "2026-04-30")
    tasks = sandbox.control.dump()["tasks"]
    gid = next(gid for gid, task in tasks.items() if task["name"] == "Ouvrir un guichet")
    fields = {"Note publique": NOTE, "Publier la note": "Oui"}
    sandbox.control.edit_task(gid, "Quelqu’un", fields=fields)
    return str(gid)


def test_every_command_says_that_the_plan_has_ended(
    jalon: Jalon, town: Town, sandbox: RunningSandbox
) -> None:
    gid = on_the_last_day(jalon, town, sandbox)
    sandbox.control.set_clock("2026-05-01T15:00:00Z")
    first = jalon("sync", "--as-of", "2026-05-01")
    assert first.code == 0
    assert ENDED in first.out + first.err
    sandbox.control.edit_task(gid, "Quelqu’un", fields={"Suivi public": "Tout va mal"})
    sandbox.control.set_clock("2026-05-02T15:00:00Z")
    sandbox.control.forget_requests()
    foreseen = jalon("diff", "--as-of", "2026-05-02")
    assert (foreseen.code, NO_MORE in foreseen.out) == (0, True)
    again = jalon("sync", "--as-of", "2026-05-02")
    assert again.code == 0
    assert ENDED in again.out + again.err
    assert set(sandbox.control.requests()["by_method"]) == {"GET"}
    for command in (["status"], ["explain", "A1-01"], ["explain", "A1-01", "--on", "2026-05-01"]):
        assert ENDED in jalon(*command).out, command
    sandbox.control.edit_task(gid, "Quelqu’un", fields={"État déclaré – Mi-chemin": "Atteint"})
    jalon("sync", "--as-of", "2026-05-02")
    told = json.loads(jalon("findings", "--json").out)
    key = next(one["key"] for one in told if one["key"].startswith("status.declared_without"))
    settled = jalon(
        "findings", "settle", key, "--choice", "confirm", "--by", "greffe", "--reason", "vu"
    )
    assert settled.code == 0, settled.err
    assert "rien n’en est écrit dans Asana, ni publié" in settled.out
    page = (town.folder / "public" / "index.html").read_text(encoding="utf-8")
    assert "a pris fin le 30 avril 2026" in page.replace("\u00a0", " ")
    state = json.loads((town.folder / "public" / "etat.json").read_bytes())
    assert state["termine"] is True


def test_a_note_is_withdrawn_from_the_last_state_though_asana_still_holds_it(
    jalon: Jalon, town: Town, sandbox: RunningSandbox
) -> None:
    on_the_last_day(jalon, town, sandbox)
    asked = ("withdraw", "A1-01", "--field", "note", "--by", "greffe", "--reason", "demande")
    sandbox.control.set_clock("2026-05-01T15:00:00Z")
    jalon("sync", "--as-of", "2026-05-01")
    done = jalon(*asked, "--yes")
    assert (done.code, "videz-y ce champ" in done.out) == (0, True)
    jalon("sync", "--as-of", "2026-05-01")
    held = b"".join(p.read_bytes() for p in (town.folder / "public").rglob("*") if p.is_file())
    assert NOTE.encode() not in held
    town.settle(f"{CONFIG}ends: 2026-12-31\n")
    jalon("sync", "--as-of", "2026-05-01")
    state = json.loads((town.folder / "public" / "etat.json").read_bytes())
    assert state["termine"] is False
    held = b"".join(p.read_bytes() for p in (town.folder / "public").rglob("*") if p.is_file())
    assert NOTE.encode() not in held
    assert "retirée par décision" in jalon("findings").out


def test_doctor_says_calmly_that_asana_is_needed_no_more(
    jalon: Jalon, town: Town, sandbox: RunningSandbox
) -> None:
    on_the_last_day(jalon, town, sandbox)
    sandbox.control.set_clock("2026-05-01T15:00:00Z")
    town.environ["ASANA_ACCESS_TOKEN"] = "sandbox/1/autre"
    waiting = jalon("doctor")
    assert (waiting.code, "Asana n’est plus nécessaire" in waiting.out) == (5, False)
    town.connect(sandbox)
    jalon("sync", "--as-of", "2026-05-01")
    town.environ["ASANA_ACCESS_TOKEN"] = "sandbox/1/autre"
    said = jalon("doctor", "--json")
    assert said.code == 0, said.out + said.err
    lines = json.loads(said.out)
    assert "error" not in {one["level"] for one in lines}
    assert "Asana n’est plus nécessaire" in said.out
    assert "sans Asana" in said.out


def test_status_says_that_the_last_state_waits(
    jalon: Jalon, town: Town, sandbox: RunningSandbox
) -> None:
    """Else a held or a partial closing cycle would leave a plan that seems to go on."""
    on_the_last_day(jalon, town, sandbox)
    waiting = jalon("status")
    assert "dernier état attend une lecture complète" in waiting.err
    sandbox.control.set_clock("2026-05-01T15:00:00Z")
    jalon("sync", "--as-of", "2026-05-01")
    assert "attend" not in jalon("status").err
