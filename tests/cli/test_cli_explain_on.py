"""`jalon explain ACTION --on DAY`: what the page said then, from what was stored then."""

from datetime import UTC, datetime

from sync.adapters.store import open_database
from sync.core.log_rows import restored_row
from sync.model.record import NewLogRow
from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.town import Town


def test_a_past_day_is_told_as_it_was_stored(
    jalon: Jalon, town: Town, sandbox: RunningSandbox
) -> None:
    town.connect(sandbox)
    sandbox.control.add_person("Quelqu’un")
    sandbox.control.set_clock("2026-02-02T15:00:00Z")
    jalon("sync", "--as-of", "2026-02-02")
    tasks = sandbox.control.dump()["tasks"]
    gid = next(gid for gid, task in tasks.items() if task["name"] == "Guichet ouvert.")
    sandbox.control.edit_task(gid, "Quelqu’un", completed=True, fields={"Fait le": "2026-02-02"})
    sandbox.control.set_clock("2026-02-04T15:00:00Z")
    jalon("sync", "--as-of", "2026-02-04")
    sandbox.control.set_clock("2026-02-21T15:00:00Z")
    jalon("sync", "--as-of", "2026-02-21")

    before = jalon("explain", "A1-01", "--on", "2026-02-01")
    assert before.code == 0
    assert "Aucun instantané n’existait encore" in before.out
    assert "Aucun constat ouvert ce jour-là." in before.out
    assert "Derniers changements" not in before.out

    third = jalon("explain", "A1-01", "--on", "2026-02-03").out
    assert "L’instantané 1 était en vigueur, depuis le 2 février 2026" in third
    assert "et jusqu’au 4 février 2026" in third
    assert "Déclaré : rien. Indicateurs faits : 0 sur 1." in third
    assert "Pas encore figé ce jour-là." in third
    assert "Déclarer l’état" not in third
    assert "2026-02-04" not in third

    fifth = jalon("explain", "a1-01", "--on", "2026-02-05").out
    assert "L’instantané 2 était en vigueur" in fifth
    assert "tous les indicateurs faits à temps, et déclaré « atteint » ou non déclaré" in fifth
    assert "fait le 2 février 2026 : Guichet ouvert." in fifth
    assert "Constats ouverts ce jour-là :" in fifth
    assert "(depuis le 4 février 2026)" in fifth
    assert "Pas encore figé ce jour-là." in fifth
    assert "2026-02-21" not in fifth

    last = jalon("explain", "A1-01", "--on", "2026-02-21").out
    assert "L’instantané 3 était en vigueur" in last
    assert "Figé au 20 février 2026" in last

    assert jalon("explain", "A1-01", "--on", "2999-01-01").code == 2
    assert jalon("explain", "A1-99", "--on", "2026-02-05").code == 2


def test_what_is_lost_or_may_not_have_arrived_is_said(
    jalon: Jalon, town: Town, sandbox: RunningSandbox
) -> None:
    """A log that has no rows of a day does not say that nothing was amiss on it."""
    town.connect(sandbox)
    sandbox.control.set_clock("2026-02-02T15:00:00Z")
    jalon("sync", "--as-of", "2026-02-02")
    away = NewLogRow("finding", "target:portail", rule="publish.failed", outcome="open")
    with open_database(f"sqlite:///{town.state / 'jalon.db'}") as database:
        store = database.plan("petit-plan")
        store.append_log("c2", datetime(2026, 2, 3, 15, tzinfo=UTC), [away])
        back = restored_row(datetime(2026, 2, 5, 15, tzinfo=UTC))
        store.append_log("restore", datetime(2026, 2, 9, 15, tzinfo=UTC), [back])

    before = jalon("explain", "A1-01", "--on", "2026-02-02").out
    assert "ne prenait plus" not in before
    assert "Aucun constat ouvert ce jour-là." in before
    fourth = jalon("explain", "A1-01", "--on", "2026-02-04").out
    assert "La cible « portail » ne prenait plus les publications depuis le 3 février" in fourth
    lost = jalon("explain", "A1-01", "--on", "2026-02-07").out
    assert "perdu avec une base de données, remplacée le 9 février 2026" in lost
    assert "Aucun constat" not in lost
    assert "Aucun constat" in jalon("explain", "A1-01", "--on", "2026-02-09").out
