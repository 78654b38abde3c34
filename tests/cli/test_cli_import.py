"""`jalon import`: nothing is written on an error, nothing changes without --yes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.adapters.store import open_database
from tests.cli.conftest import Jalon
from tests.cli.town import PLAN, TABLE, Town

REVISED = PLAN.replace("Guichet ouvert.", "Guichet ouvert au public.")


def revisions(town: Town) -> list[tuple[int, str]]:
    with open_database(f"sqlite:///{town.state / 'jalon.db'}", migrate=False) as database:
        return [(r.number, r.reason) for r in database.plan("petit-plan").revisions()]


@pytest.fixture
def revised(town: Town) -> Path:
    path = town.folder / "revise.yaml"
    path.write_text(REVISED, encoding="utf-8")
    return path


@pytest.fixture
def published(town: Town) -> Path:
    path = town.folder / "autre-ville.md"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_an_unknown_plan_is_summed_up_and_nothing_is_written(
    jalon: Jalon, town: Town, published: Path
) -> None:
    before = sorted(town.folder.rglob("*"))
    answer = jalon("import", "autre-ville.md", "--id", "autre")
    assert answer.code == 0
    assert "en tout\t1\t2\t2\t2" in answer.out
    assert "quantité\t1" in answer.out
    assert sorted(town.folder.rglob("*")) == before


def test_the_adopted_file_is_what_the_same_command_reads_again(
    jalon: Jalon, town: Town, published: Path
) -> None:
    """And a second import of the same document changes not a byte."""
    jalon("import", "autre-ville.md", "--id", "autre", "-o", "adopte.yaml")
    first = (town.folder / "adopte.yaml").read_bytes()
    assert jalon("import", "adopte.yaml").code == 0
    again = jalon("import", "autre-ville.md", "--id", "autre", "-o", "adopte.yaml")
    assert again.code == 0
    assert (town.folder / "adopte.yaml").read_bytes() == first


def test_standard_input_is_a_source(town: Town) -> None:
    finished = town.run("import", "-", "--id", "autre", given=TABLE)
    assert finished.returncode == 0
    assert "(autre)" in finished.stdout


def test_another_file_is_not_overwritten_without_yes(
    jalon: Jalon, town: Town, published: Path
) -> None:
    adopted = town.folder / "adopte.yaml"
    adopted.write_text(PLAN, encoding="utf-8")
    refused = jalon("import", "autre-ville.md", "--id", "autre", "-o", "adopte.yaml")
    assert refused.code == 2
    assert adopted.read_text(encoding="utf-8") == PLAN
    assert (
        jalon("import", "autre-ville.md", "--id", "autre", "-o", "adopte.yaml", "--yes").code == 0
    )
    assert adopted.read_text(encoding="utf-8") != PLAN


@pytest.mark.parametrize(
    "more", [[], ["--yes"], ["--yes", "--reason", "essai"]], ids=["bare", "yes", "reason"]
)
@pytest.mark.parametrize("source", ["autre-ville.md", "revise.yaml"])
def test_the_source_is_never_overwritten(
    jalon: Jalon, town: Town, published: Path, revised: Path, source: str, more: list[str]
) -> None:
    """Neither by its own name nor through a link: it is what the city published."""
    before = (town.folder / source).read_bytes()
    (town.folder / "lien.yaml").symlink_to(source)
    for name in (source, f"./config/../{source}", "lien.yaml"):
        answer = jalon("import", source, "-o", name, *more)
        assert answer.code == 2
        assert "source" in answer.err
    assert (town.folder / source).read_bytes() == before
    assert not town.state.exists()


@pytest.mark.parametrize("source", ["autre-ville.md", "revise.yaml"])
def test_even_with_yes_only_an_adopted_plan_is_replaced(
    jalon: Jalon, town: Town, published: Path, revised: Path, source: str
) -> None:
    """A slip of the shell's completion must not cost a table, a config or somebody's notes."""
    precious = town.folder / "notes.yaml"
    precious.write_text("précieux", encoding="utf-8")
    answer = jalon("import", source, "-o", "notes.yaml", "--yes", "--reason", "essai")
    assert answer.code == 2
    assert "notes.yaml" in answer.err
    assert precious.read_text(encoding="utf-8") == "précieux"
    assert not town.state.exists()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"%PDF-1.7", id="binary"),
        pytest.param(b"bonjour\n", id="no table"),
        pytest.param(b"<html><p>rien</p></html>", id="no table in a page"),
    ],
)
def test_a_broken_document_is_refused_and_leaves_nothing(
    jalon: Jalon, town: Town, body: bytes
) -> None:
    source = town.folder / "source.txt"
    source.write_bytes(body)
    before = sorted(town.folder.rglob("*"))
    answer = jalon("import", "source.txt", "-o", "adopte.yaml")
    assert answer.code == 2
    assert "source.txt" in answer.err
    assert "Traceback" not in answer.err
    assert sorted(town.folder.rglob("*")) == before


def test_a_folder_that_is_not_there_is_told_and_leaves_nothing(
    jalon: Jalon, town: Town, published: Path
) -> None:
    answer = jalon("import", "autre-ville.md", "-o", "absent/adopte.yaml")
    assert answer.code == 2
    assert "absent/adopte.yaml" in answer.err


def test_a_revised_document_is_shown_and_changes_nothing(
    jalon: Jalon, town: Town, revised: Path
) -> None:
    before = town.plan.read_bytes()
    answer = jalon("import", "revise.yaml", "-o", str(town.plan))
    assert answer.code == 0
    assert (
        "reformulé\tindicateur\tA1-01-mi-chemin-1\tGuichet ouvert.\tGuichet ouvert au" in answer.out
    )
    assert "Rien n’a été changé" in answer.out
    assert town.plan.read_bytes() == before
    assert not town.state.exists()


def test_a_revision_needs_its_reason(jalon: Jalon, town: Town, revised: Path) -> None:
    """It is kept with the revision; nobody can ask for it later."""
    answer = jalon("import", "revise.yaml", "--yes")
    assert answer.code == 2
    assert "--reason" in answer.err
    assert not town.state.exists()


def test_an_adopted_revision_keeps_the_original_wording(
    jalon: Jalon, town: Town, revised: Path
) -> None:
    """The record begins with what was first adopted, then the revision with its reason."""
    answer = jalon(
        "import", "revise.yaml", "--yes", "--reason", "Précision du conseil", "-o", str(town.plan)
    )
    assert answer.code == 0
    assert revisions(town) == [(1, "première adoption"), (2, "Précision du conseil")]
    assert "Guichet ouvert au public." in town.plan.read_text(encoding="utf-8")
    rows = jalon("log", "--json").out
    assert "Précision du conseil" in rows
    assert jalon("import", str(town.plan)).out.endswith("plan en vigueur.\n")


def test_a_table_against_the_plan_of_record_keeps_its_ids(jalon: Jalon, town: Town) -> None:
    """A published table has no ids: they come from the record."""
    (town.folder / "page.md").write_text(TABLE, encoding="utf-8")
    answer = jalon("--config", str(town.config), "import", "page.md")
    assert answer.code == 0
    assert "ajouté\tindicateur\tA1-02-finalite-1\t\tGuide distribué." in answer.out
    assert "retiré" not in answer.out


def test_what_the_config_cannot_steer_is_not_adopted(jalon: Jalon, town: Town) -> None:
    """A checkpoint that the config does not date would stop the next cycle."""
    strange = town.folder / "etrange.yaml"
    strange.write_text(REVISED.replace("finalite:", "jamais:"), encoding="utf-8")
    answer = jalon("import", "etrange.yaml", "--yes", "--reason", "essai")
    assert answer.code == 2
    assert not town.state.exists()


@pytest.mark.parametrize("both", [False, True], ids=["stdout gone", "stdout and stderr gone"])
@pytest.mark.parametrize("more", [(), ("-o", "adopte.yaml")], ids=["record", "record and file"])
def test_a_revision_that_was_adopted_is_a_success_though_nobody_reads_on(
    town: Town, revised: Path, more: tuple[str, ...], both: bool
) -> None:
    """A script would otherwise take it for a failure and adopt it again."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        finished = subprocess.run(
            [
                sys.executable,
                "-m",
                "sync",
                "import",
                "revise.yaml",
                "--yes",
                "--reason",
                "r",
                *more,
            ],
            cwd=town.folder,
            env=town.process_environment(),
            stdout=closed,
            stderr=closed if both else subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert finished.returncode == 0
    assert "Traceback" not in (finished.stderr or "")
    assert (town.folder / "adopte.yaml").exists() is bool(more)
    assert [number for number, _ in revisions(town)] == [1, 2]
