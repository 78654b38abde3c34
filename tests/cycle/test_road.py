"""The road of the tests itself, where its own memory could mislead them."""

from pathlib import Path

from sync.sandbox.process import sandbox_process
from tests.core.paper_asana import small_plan
from tests.road import GREFFE, START, Road


def test_a_later_sandbox_at_the_same_address_is_another_one(tmp_path: Path) -> None:
    """The system gives a free port again, and what the earlier process kept is gone with it."""
    with sandbox_process(now=START.isoformat(), frozen=True) as earlier:
        port = int(earlier.url.split(":")[2].split("/")[0])
        earlier.control.add_person("Greffière", GREFFE)
        with Road(small_plan(), tmp_path / "earlier", earlier) as road:
            road.begin()
    with sandbox_process(port=port, now=START.isoformat(), frozen=True) as later:
        assert later.url == earlier.url
        later.control.add_person("Greffière", GREFFE)
        with Road(small_plan(), tmp_path / "later", later) as road:
            road.begin()
            assert road.marks() == road.expected_marks()
