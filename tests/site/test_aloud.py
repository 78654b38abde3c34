"""
The first page and an action's, as they are heard: a transcript that a change cannot escape.

`python -m tests.site.test_aloud` writes the transcripts anew; whoever reviews them reads them
aloud, once.
"""

from datetime import date
from pathlib import Path

import pytest

from sync.model.progress import Status
from sync.site.build import build_files
from sync.site.presentation import Presentation
from tests.site.aloud.reader import aloud
from tests.site.snapshot_samples import END, MID, action, indicator, record_of, small, standing

FOLDER = Path(__file__).parent / "aloud"
PAGES = {
    "accueil.txt": "index.html",
    "action.txt": "actions/A1-01.html",
    "home.txt": "en/index.html",
}
CITY = Presentation("Ville d’essai", "https://suivi.ville.ca/", others=("en",))


def told() -> dict[str, bytes]:
    guide = indicator("A1-01-mi-chemin-1", "Guide distribué : 1re partie.")
    done = guide.model_copy(update={"fait": True, "fait_le": date(2026, 2, 18)})
    ended = indicator("A1-01-finalite-1", "« Terminé. »")
    frozen = {"etat_fige": Status.NOT_ACHIEVED, "fige_le": MID.gel}
    late = standing(Status.ACHIEVED_LATE, indicateurs=(done,), declare="atteint", **frozen)
    upcoming = standing(indicateurs=(ended,), selon="aucun")
    before = action(jalons={MID.id: standing(indicateurs=(guide,)), END.id: upcoming})
    after = action(
        jalons={MID.id: late, END.id: upcoming}, direction="Greffe", note="Remis à tous les élus."
    )
    other = action("A1-02", titre="Revoir les comités", jalons={MID.id: standing()})
    records = [
        record_of(small(before, other)),
        record_of(small(after, other, numero=2, etat_au=date(2026, 3, 1), demonstration=True)),
    ]
    return build_files(records, CITY)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return told()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_heard_as_it_was_read_in_review(files: dict[str, bytes], name: str) -> None:
    kept = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert aloud(files[PAGES[name]]) == kept


if __name__ == "__main__":
    made = told()
    for name, page in PAGES.items():
        text = "\n".join(aloud(made[page])) + "\n"
        (FOLDER / name).write_text(text, encoding="utf-8")
