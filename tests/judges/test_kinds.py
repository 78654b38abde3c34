"""No page of a publication goes unjudged."""

from pathlib import Path

import pytest

from tests.judges.conftest import Served
from tests.judges.kinds import kind_of, longest_of_each, pages_of

pytestmark = pytest.mark.judges


def test_every_page_is_of_a_known_kind(served: Served) -> None:
    kinds = [kind_of(page) for page in pages_of(served.folder / "fige")]
    assert set(kinds) == set(longest_of_each(served.folder / "fige"))
    assert kinds.count("home") == len(("fr", "en"))


def test_a_page_of_no_known_kind_stops_the_judges(tmp_path: Path) -> None:
    (tmp_path / "carte").mkdir()
    (tmp_path / "carte" / "rues.html").write_text("<p>nouveau")
    with pytest.raises(LookupError, match=r"carte/rues\.html is of no kind"):
        longest_of_each(tmp_path)
