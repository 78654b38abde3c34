"""A lost or restored database, through the real commands: `backup`, `restore`, `recover`."""

import json
import re
import shutil
import threading
import zipfile
from base64 import b64encode
from binascii import hexlify
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sync.adapters.asana import session
from sync.adapters.store import PlanStore, back_up
from sync.adapters.webhooks.kept import Kept, keep
from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Answer, Jalon
from tests.cli.hosting import serving
from tests.cli.town import PLAN, Town

GUICHET, GUIDE = "petit-plan/A1-01", "petit-plan/A1-02"
COPIES = 3


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the town is kept that every test begins in, once it has lived."""
    return tmp_path_factory.mktemp("kept") / "town"


@pytest.fixture
def lived(town: Town, jalon: Jalon, sandbox: RunningSandbox, kept: Path) -> Town:
    """
    A town two snapshots old: provisioned, then one result done.

    Backups were taken in the middle of the first cycle, each right before an answer of Asana was
    recorded: `copie-1` to `copie-3`.
    """
    town.connect(sandbox)
    if not kept.exists():
        with pytest.MonkeyPatch.context() as patched:
            copies_meanwhile(patched, town)
            assert jalon("sync").code == 0
        done(sandbox, f"{GUICHET}-mi-chemin-1")
        assert jalon("sync").code == 0
        shutil.copytree(town.folder, kept, symlinks=True)
        sandbox.control.save("lived")
        return town
    sandbox.control.restore("lived")
    shutil.copytree(kept, town.folder, symlinks=True, dirs_exist_ok=True)
    return town


def copies_meanwhile(patched: pytest.MonkeyPatch, town: Town) -> None:
    """From another thread, as `jalon backup` would from another process."""
    honest, asked = PlanStore.settle, list(range(1, 60))

    def settle(self: PlanStore, *entry: Any, **more: Any) -> None:
        at = asked.pop(0)
        if at % 10 == 0 and at // 10 <= COPIES:
            url = f"sqlite:///{town.state / 'jalon.db'}"
            to = town.folder / f"copie-{at // 10}"
            thread = threading.Thread(
                target=back_up, args=(url, to, datetime.now(UTC)), kwargs={"overwrite": False}
            )
            thread.start()
            thread.join()
        honest(self, *entry, **more)

    patched.setattr(PlanStore, "settle", settle)


def tasks(sandbox: RunningSandbox) -> dict[str, dict[str, Any]]:
    """Live tasks by the id that they carry; a duplicate would hide another, so it is refused."""
    live = [t for t in sandbox.control.dump()["tasks"].values() if not t["trashed"]]
    marks = [t["fields"].get("Jalon id") for t in live]
    assert len(marks) == len(set(marks)), marks
    return dict(zip(marks, live, strict=True))


def done(sandbox: RunningSandbox, mark: str) -> None:
    edit(sandbox, mark, completed=True)


def edit(sandbox: RunningSandbox, mark: str, **changes: Any) -> None:
    sandbox.control.edit_task(tasks(sandbox)[mark]["gid"], someone(sandbox), **changes)


def page(town: Town) -> bytes:
    return (town.public / "dernier.json").read_bytes()


def someone(sandbox: RunningSandbox) -> str:
    return str(sandbox.control.state()["people"][-1]["name"])


def writes(sandbox: RunningSandbox) -> int:
    counts = sandbox.control.requests()["by_method"]
    return sum(n for method, n in counts.items() if method != "GET")


def number(town: Town) -> int:
    return int(json.loads((town.public / "etat.json").read_bytes())["numero"])


def lose(town: Town) -> None:
    for file in town.state.glob("jalon.db*"):
        file.unlink()


def recovered(jalon: Jalon) -> Answer:
    shown = jalon("recover")
    assert shown.code == 0, shown.err
    said = jalon("recover", "--yes", "--by", "TI")
    assert said.code == 0, said.err
    return said


def test_a_lost_database_is_rebuilt_and_nothing_is_made_twice(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    before, shown = tasks(sandbox), page(lived)
    lose(lived)
    so_far = writes(sandbox)
    refused = jalon("sync")
    assert refused.code == 4
    assert "jalon recover" in refused.err
    recovered(jalon)
    assert writes(sandbox) == so_far

    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert tasks(sandbox).keys() == before.keys()
    assert page(lived) == shown
    assert jalon("verify", "--log").code == 0
    done(sandbox, f"{GUIDE}-mi-chemin-1")
    assert jalon("sync").code == 0
    assert number(lived) == 3
    assert jalon("verify", "--log").code == 0


@pytest.mark.parametrize("copy", range(1, COPIES + 1))
def test_the_drill_a_backup_of_the_middle_of_a_cycle_is_restored(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox, copy: int
) -> None:
    """The cycle went on, made the rest and published twice; the store knows none of it."""
    before, shown, so_far = tasks(sandbox), page(lived), writes(sandbox)
    file = f"copie-{copy}"
    assert "Rien n’a été écrit" in jalon("restore", file).out
    assert jalon("restore", file, "--yes").code == 0
    for command in (("sync",), ("diff",)):
        refused = jalon(*command)
        assert refused.code == 4
        assert "jalon recover" in refused.err
    behind = jalon("verify", "--log")
    assert behind.code == 4, "the rows since the backup are gone"
    assert ("jalon recover" in behind.out, "jalon restore" in behind.out) == (True, False)
    recovered(jalon)
    said = jalon("verify", "--log", "--json")
    assert said.code == 0
    (told,) = json.loads(said.out)
    assert told["given_up"] > 0
    assert told["compared_outside"] == 0, "what was published tells of lost rows only"

    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert tasks(sandbox).keys() == before.keys()
    assert page(lived) == shown
    assert jalon("verify", "--log").code == 0
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert number(lived) == 2


WORDS = "Madame Untel a fait ce travail."


def type_note(sandbox: RunningSandbox, text: str | None) -> None:
    edit(
        sandbox,
        GUICHET,
        fields={"Note publique": text, "Publier la note": "Oui" if text else None},
    )


def withdraw(jalon: Jalon) -> None:
    decided = ("--by", "greffe", "--reason", "Demande reçue.", "--yes")
    said = jalon("withdraw", "A1-01", "--field", "note", *decided)
    assert said.code == 0, said.err


def holds(folder: Path) -> list[str]:
    """The files that still have the words, whatever they are."""
    files = (each for each in folder.rglob("*") if each.is_file())
    return [str(each) for each in files if WORDS.encode() in each.read_bytes()]


def test_a_text_that_was_withdrawn_since_the_backup_does_not_come_back(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """The backup’s last snapshot shows it, so that nobody could withdraw it again in there."""
    type_note(sandbox, WORDS)
    assert jalon("sync").code == 0
    assert jalon("backup", "--to", "avant").code == 0
    type_note(sandbox, None)
    assert jalon("sync").code == 0
    withdraw(jalon)
    assert jalon("sync").code == 0
    assert (number(lived), holds(lived.public)) == (5, [])

    assert jalon("restore", "avant", "--yes").code == 0
    assert jalon("sync").code == 4
    said = recovered(jalon)
    assert "instantanés dont un texte fut retiré depuis" in said.out
    assert jalon("sync").code == 0
    assert holds(lived.public) == []
    done(sandbox, f"{GUIDE}-mi-chemin-1")
    assert jalon("sync").code == 0
    assert (number(lived), holds(lived.public)) == (6, [])
    last = json.loads(page(lived))
    assert [one["instantanes"] for one in last["retraits"]] == [[3]]
    assert jalon("verify", str(lived.public)).code == 0
    assert jalon("verify", "--log").code == 0
    rows = json.loads(jalon("log", "--json").out)
    assert [row["subject"] for row in rows if row["kind"] == "withdrawn"] == ["snapshot:3"]


def test_a_withdrawal_that_was_not_published_yet_outlives_a_restore(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """Made before the backup: the page still shows the text, and the store knows better."""
    type_note(sandbox, WORDS)
    assert jalon("sync").code == 0
    type_note(sandbox, None)
    assert jalon("sync").code == 0
    withdraw(jalon)
    assert jalon("backup", "--to", "avant").code == 0
    assert jalon("restore", "avant", "--yes").code == 0
    recovered(jalon)
    assert holds(lived.public) != []
    assert jalon("sync").code == 0
    assert holds(lived.public) == []
    assert [one["instantanes"] for one in json.loads(page(lived))["retraits"]] == [[3]]


def test_a_copy_put_back_by_hand_is_known_for_an_older_one(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """Even where no snapshot came in between: the page has seen more rows of the log."""
    database = lived.state / "jalon.db"
    shutil.copy(database, lived.folder / "a-la-main.db")
    edit(sandbox, GUICHET, fields={"Note publique": "À suivre."})
    assert jalon("sync").code == 0
    assert number(lived) == 2
    lose(lived)
    shutil.copy(lived.folder / "a-la-main.db", database)
    so_far = writes(sandbox)
    refused = jalon("sync")
    assert refused.code == 4
    assert "jalon recover" in refused.err
    recovered(jalon)
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert jalon("verify", "--log").code == 0
    again = jalon("recover", "--yes", "--by", "TI")
    assert again.code == 2
    assert "Rien à reprendre" in again.err


def test_a_backup_found_after_the_store_was_rebuilt_can_still_be_restored(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """The page has seen the rebuilt store’s log, the shorter one, which is lost in its turn."""
    assert jalon("backup", "--to", "avant").code == 0
    rows = len(json.loads(jalon("log", "--json").out))
    lose(lived)
    recovered(jalon)
    assert jalon("sync").code == 0
    assert len(json.loads(jalon("log", "--json").out)) < rows
    so_far = writes(sandbox)
    assert jalon("restore", "avant", "--yes").code == 0
    recovered(jalon)
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert jalon("verify", "--log").code == 0


def test_another_log_of_the_same_length_is_not_recovered_from(lived: Town, jalon: Jalon) -> None:
    """Somebody wrote the log anew: a recovery must not make it the true one."""
    state = lived.public / "etat.json"
    told = json.loads(state.read_text(encoding="utf-8"))
    told["journal"] |= {"lignes": 1, "tete": "0" * 64}
    target = state.resolve()
    target.chmod(0o644)
    target.write_text(json.dumps(told), encoding="utf-8")
    assert jalon("sync").code == 4
    refused = jalon("recover", "--yes", "--by", "TI")
    assert refused.code == 4
    assert "jalon verify --log" in refused.err
    assert jalon("sync").code == 4


def test_an_older_plan_does_not_come_back_with_an_older_backup(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """A revision adopted since, its new task and its new words are taken over, and not undone."""
    assert jalon("backup", "--to", "avant").code == 0
    lived.plan.write_text(
        PLAN.replace("Publier un guide", "Publier un guide illustré")
        + "          - id: A1-03\n            title: Ouvrir le soir\n            indicators:\n"
        "              finalite: [{id: A1-03-finalite-1, text: Ouvert le mardi soir.}]\n",
        encoding="utf-8",
    )
    adopted = ("import", str(lived.plan), "--yes", "--reason", "Conseil du 3 février")
    assert jalon(*adopted).code == 0
    assert jalon("sync").code == 0
    before, shown, so_far = tasks(sandbox), page(lived), writes(sandbox)
    assert "petit-plan/A1-03" in before
    assert jalon("restore", "avant", "--yes").code == 0
    recovered(jalon)
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert tasks(sandbox) == before
    assert page(lived) == shown
    assert not re.search("plan.file_differs", jalon("findings").out)


@pytest.mark.parametrize("what", ["lost", "restored"])
def test_what_nobody_can_say_to_have_been_agreed_is_held(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox, what: str
) -> None:
    """A field of the plan that differs, or is empty, is not put right; people's work is read."""
    if what == "lost":
        lose(lived)
    else:
        assert jalon("backup", "--to", "avant").code == 0
        assert jalon("restore", "avant", "--yes").code == 0
    edit(sandbox, GUIDE, name="Publier un dépliant", fields={"Axe du plan": None})
    done(sandbox, f"{GUIDE}-mi-chemin-1")
    so_far = writes(sandbox)
    assert "Publier un dépliant" in recovered(jalon).out
    assert jalon("sync").code == 0
    found = {one["key"] for one in json.loads(jalon("findings", "--json").out)}
    ref = "action:A1-02"
    assert {f"field.unseen:{ref}#name", f"field.unseen:{ref}#axe"} <= found
    task = tasks(sandbox)[GUIDE]
    assert (task["name"], task["fields"].get("Axe du plan")) == ("Publier un dépliant", None)
    assert jalon("sync", "--full").code == 0
    assert tasks(sandbox)[GUIDE]["fields"].get("Axe du plan") is None
    assert number(lived) == 3
    assert "Publier un guide" in page(lived).decode()
    assert writes(sandbox) - so_far <= 1, "« Suivi public » alone may follow"


def test_a_task_that_is_gone_is_not_made_anew_without_a_yes(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    gid = tasks(sandbox)[GUIDE]["gid"]
    sandbox.control.trash_task(gid, someone(sandbox))
    lose(lived)
    so_far = writes(sandbox)
    assert "Absent d’Asana : action:A1-02" in recovered(jalon).out
    held = jalon("sync")
    assert held.code == 4
    assert "action:A1-02" in held.err
    assert writes(sandbox) == so_far
    sandbox.control.restore_task(gid, someone(sandbox))
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far


def test_a_recovery_that_is_killed_leaves_nothing(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = page(lived)
    lose(lived)

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(PlanStore, "append_log", kill)
        assert jalon("recover", "--yes", "--by", "TI").code == 130
    assert jalon("sync").code == 4
    recovered(jalon)
    assert jalon("sync").code == 0
    assert page(lived) == shown


def test_asana_empty_and_a_publication_of_another_plan(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    lose(lived)
    other = tmp_path / "autre"
    shutil.copytree(lived.public, other, symlinks=True)
    latest = other / "courant" / "dernier.json"
    latest.write_text(latest.read_text("utf-8").replace('"petit-plan"', '"grand-plan"'), "utf-8")
    refused = jalon("recover", "--from", str(other))
    assert refused.code == 4
    assert "grand-plan" in refused.err
    cut = tmp_path / "coupee"
    shutil.copytree(lived.public, cut, symlinks=True)
    (cut / "instantanes" / "0001.json").unlink()
    assert jalon("recover", "--from", str(cut)).code == 2

    sandbox.control.reset()
    shown = jalon("recover", "--yes", "--by", "TI")
    assert shown.code == 0
    assert "aucun projet de ce plan" in shown.err
    held = jalon("sync")
    assert held.code == 4
    assert writes(sandbox) == 0
    digest = re.search("--accept ([0-9a-f]+)", held.err)
    assert digest is not None
    yes = ("--accept", digest[1], "--by", "DG", "--reason", "Asana vidé")
    assert jalon("sync", *yes).code == 0
    assert len(tasks(sandbox)) == len(set(tasks(sandbox)))
    assert number(lived) == 3


def test_the_public_address_will_do_where_no_folder_is_left(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """From a host that serves no hidden file; an address that serves nothing is no publication."""
    shown, so_far = page(lived), writes(sandbox)
    lose(lived)
    served = lived.public.rename(lived.folder / "ailleurs")
    (served / "courant" / ".manifeste.json").unlink()
    with serving(served) as address:
        assert "aucune publication" in jalon("recover", "--from", f"{address}/rien").out
        said = jalon("recover", "--from", address, "--yes", "--by", "TI")
        assert said.code == 0, said.err
        assert address in said.out
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert page(lived) == shown
    assert "TI" in jalon("log", "--code", "recovered").out


def test_no_byte_of_a_backup_is_a_secret(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """Neither of the zip nor of what it holds, in whatever form a secret could be written."""
    hook = Kept("12", "34", "https://x.example/CHEMIN-canari", "CHEMIN-canari", "SECRET-canari")
    keep(lived.state, "petit-plan", [hook])
    lived.environ["JALON_PUBLISH_TOKEN"] = "JETON-canari"
    lived.environ["JALON_PUBLISH"] = f"{lived.public},https://127.0.0.1:9/recu"
    assert jalon("sync").code == 6
    assert jalon("backup", "--to", "copie").code == 0
    body = (lived.folder / "copie").read_bytes()
    with zipfile.ZipFile(BytesIO(body)) as packed:
        inside = [packed.read(name) for name in packed.namelist()]
    for secret in (sandbox.token, "CHEMIN-canari", "SECRET-canari", "JETON-canari"):
        raw = secret.encode()
        forms = {raw, quote(secret, safe="").encode(), secret.encode("utf-16-le")}
        forms |= {b64encode(raw)[:-4], hexlify(raw), raw[: len(raw) // 2 + 3]}
        for form in forms:
            assert not any(form in each for each in (body, *inside)), form


def test_nothing_to_recover_is_said(
    lived: Town, jalon: Jalon, sandbox: RunningSandbox, town: Town
) -> None:
    assert jalon("recover").code == 2
    assert jalon("recover", "--yes").code == 2
    lose(lived)
    shutil.rmtree(lived.public)
    assert "aucune publication" in recovered(jalon).out
    so_far = writes(sandbox)
    assert jalon("sync").code == 0
    assert writes(sandbox) == so_far
    assert number(lived) == 1


def test_a_rehearsal_is_recovered_as_of_its_own_day(
    town: Town, jalon: Jalon, sandbox: RunningSandbox
) -> None:
    """Words in doubt, what would be frozen and the log are of that day, not of this machine's."""
    town.connect(sandbox)
    for day in ("2026-02-10", "2026-02-21"):
        sandbox.control.set_clock(f"{day}T17:00:00Z")
        assert jalon("sync", "--as-of", day).code == 0
    sandbox.control.set_clock("2026-02-22T17:00:00Z")
    edit(sandbox, GUICHET, fields={"Suivi public": "À voir"})
    lose(town)
    early = jalon("recover", "--as-of", "2026-02-11", "--yes", "--by", "TI")
    assert early.code == 2
    assert "21 février 2026" in early.err
    before, after = (jalon("recover", *at).out for at in (("--as-of", "2026-02-22"), ()))
    assert ("Finalité : à venir" in before, "Finalité : à venir" in after) == (True, False)
    assert jalon("recover", "--as-of", "2026-02-22", "--yes", "--by", "TI").code == 0
    (row, *_) = json.loads(jalon("log", "--code", "recovered", "--json").out)
    assert row["time"].startswith("2026-02-22")
    so_far = writes(sandbox)
    then, later = (jalon("diff", "--as-of", day).out for day in ("2026-02-22", "2026-03-22"))
    assert ("État fixé au gel" in then, "Finalité – État fixé au gel" in later) == (False, True)
    assert jalon("sync", "--as-of", "2026-02-22").code == 0
    assert writes(sandbox) == so_far


@pytest.mark.parametrize("command", ["sync", "diff", "recover"])
def test_another_day_is_for_the_sandbox_only(
    lived: Town, jalon: Jalon, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    if command == "recover":
        lose(lived)
    monkeypatch.setattr(session, "_SANDBOX_HEADER", "what real Asana does not send")
    refused = jalon(command, "--as-of", "2030-01-01")
    assert refused.code == 2
    assert "bac à sable" in refused.err
