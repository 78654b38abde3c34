"""The commands of a first day, on a PostgreSQL database that is empty at first."""

import json

import pytest

from sync.sandbox.process import RunningSandbox
from tests.cli.conftest import Jalon
from tests.cli.town import Town

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_the_commands_of_a_first_day(
    jalon: Jalon, town: Town, sandbox: RunningSandbox, empty_url: str
) -> None:
    town.connect(sandbox)
    town.environ["JALON_DATABASE_URL"] = empty_url.replace("jalon@", "jalon:secret@")
    said = [jalon("check"), jalon("doctor"), jalon("diff")]
    assert [each.code for each in said] == [0, 0, 3], said
    assert "action:A1-01" in said[-1].out
    assert not sandbox.control.dump()["tasks"], "a dry run, on an empty database too"
    said.append(jalon("status"))
    assert said[-1].code == 2
    assert "n’existe pas encore" in said[-1].err

    said.append(jalon("sync"))
    assert said[-1].code == 0, said[-1].err
    assert (town.public / "index.html").exists()
    for words in (
        ("diff",),
        ("status",),
        ("findings",),
        ("log",),
        ("explain", "A1-01"),
        ("verify", "--log"),
        ("sync",),
    ):
        said.append(jalon(*words))
        assert said[-1].code == 0, (words, said[-1])
    (told,) = json.loads(jalon("verify", "--log", "--json").out)
    assert (told["holds"], told["links"] > 5, told["rows"] > 5) == (True, True, True)
    assert not any("secret" in each.out + each.err for each in said)
