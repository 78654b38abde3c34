"""`jalon keys`: where the secret goes, and where it never goes."""

import json
import stat
from pathlib import Path

import pytest

from sync.adapters.signing import Signer, verify
from sync.adapters.store import open_database
from sync.core.signed_note import ROTATIONS, Rotation, read_note
from tests.cli.conftest import Jalon
from tests.cli.town import Town

DATABASE = "sqlite:///var/jalon.db"


@pytest.fixture
def first(jalon: Jalon, town: Town) -> Path:
    made = jalon("keys", "new", "--to", "cle.secrete", "--name", "petiteville.example/plan")
    assert made.code == 0, made.err
    return town.folder / "cle.secrete"


def test_a_new_key_is_readable_by_this_account_alone(first: Path) -> None:
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert Signer(first.read_text().strip()).public.name == "petiteville.example/plan"


def test_the_secret_is_never_said(jalon: Jalon, town: Town) -> None:
    said = jalon("keys", "new", "--to", "cle.secrete")
    secret = (town.folder / "cle.secrete").read_text().strip()
    assert Signer(secret).public.text() in said.out
    assert secret.rpartition("+")[2] not in said.out + said.err
    assert Signer(secret).public.name == "petit-plan"


def test_a_key_is_never_written_over_anything(jalon: Jalon, first: Path) -> None:
    before = first.read_bytes()
    refused = jalon("keys", "new", "--to", str(first))
    assert refused.code == 2
    assert "existe déjà" in refused.err
    assert first.read_bytes() == before


def test_a_link_is_not_followed_to_where_it_leads(jalon: Jalon, town: Town) -> None:
    (town.folder / "lien").symlink_to(town.folder / "ailleurs")
    assert jalon("keys", "new", "--to", "lien").code == 2
    assert not (town.folder / "ailleurs").exists()


def test_a_key_never_goes_into_the_published_folder(jalon: Jalon, town: Town) -> None:
    refused = jalon("keys", "new", "--to", "public/cle")
    assert refused.code == 2
    assert "dossier publié" in refused.err
    assert not (town.folder / "public").exists()


def test_a_plan_that_has_a_key_is_given_no_second_one(
    jalon: Jalon, town: Town, first: Path
) -> None:
    town.environ["JALON_SIGNING_KEY_FILE"] = str(first)
    refused = jalon("keys", "new", "--to", "autre")
    assert refused.code == 2
    assert "rotate" in refused.err
    assert not (town.folder / "autre").exists()


def test_a_rotation_is_signed_by_the_old_key_and_kept(
    jalon: Jalon, town: Town, first: Path
) -> None:
    town.environ["JALON_SIGNING_KEY_FILE"] = str(first)
    assert jalon("keys", "rotate", "--to", "autre").code == 0
    old = Signer(first.read_text().strip())
    new = Signer((town.folder / "autre").read_text().strip())
    with open_database(f"sqlite:///{town.state / 'jalon.db'}") as database:
        (kept,) = json.loads(database.plan("petit-plan").facts()[ROTATIONS])
    note = read_note(kept.encode())
    assert Rotation.read(note.text) == Rotation(old.public, new.public, 0)
    assert note.signed_by(old.public, verify)


def test_nothing_is_rotated_without_the_key_in_use(jalon: Jalon, town: Town) -> None:
    refused = jalon("keys", "rotate", "--to", "autre")
    assert refused.code == 2
    assert "JALON_SIGNING_KEY_FILE" in refused.err
    assert not (town.folder / "autre").exists()


@pytest.mark.parametrize("name", ["deux mots", "a+b", "é"])
def test_a_name_that_no_note_can_carry_is_refused(jalon: Jalon, town: Town, name: str) -> None:
    assert jalon("keys", "new", "--to", "cle", "--name", name).code == 2
    assert not (town.folder / "cle").exists()


def test_what_is_no_key_is_refused_and_not_quoted(jalon: Jalon, town: Town) -> None:
    town.environ["JALON_SIGNING_KEY"] = "PRIVATE+KEY+presque"
    refused = jalon("check")
    assert refused.code == 2
    assert "JALON_SIGNING_KEY" in refused.err
    assert "presque" not in refused.out + refused.err
