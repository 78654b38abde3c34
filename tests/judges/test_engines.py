"""
Every kind of page in Firefox and in WebKit, the engine of Safari, and the verifier saved to disk.

Each engine starts twice, light and dark; what all tests of this module ask of it is asked then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.scripts import FILTER, FRESH, NO_CRYPTO, NO_ED25519, ONE_UNREAD, check, said
from tests.contract.verdicts import Verdict, Verdicts
from tests.judges.conftest import LISTENING, Served
from tests.judges.engines import ENGINES, Engine, Look, Scheme, Seen, drive
from tests.judges.faults import planted
from tests.judges.sitting import none_of
from tests.judges.test_reading import REFLOW_FAULTS
from tests.site.publication_samples import (
    history,
    proven,
    published,
    rewrite,
    sealed_by_ours,
)
from tests.site.snapshot_samples import four_records

pytestmark = pytest.mark.judges

NAMES: Final[Mapping[Engine, str]] = {"firefox": "Firefox", "webkit": "WebKit"}
GROUND: Final = "return getComputedStyle(d.body).backgroundColor"
GROUNDS: Final[Mapping[Scheme, str]] = {"light": "rgb(251, 250, 246)", "dark": "rgb(16, 24, 31)"}
VIEWS: Final[tuple[tuple[Scheme, int], ...]] = (
    ("light", 1280),
    ("dark", 320),
    ("light", 320),
    ("dark", 1280),
)
WHOLE: Final = VIEWS[:2]
"""Each kind of page is seen so; the home page and an action in all four."""

FRAME: Final = """<!doctype html><meta charset="utf-8"><title>cadre</title>
<iframe style="height:880px;border:0"></iframe><script>
const [width, page] = location.search.slice(1).split("&").map(decodeURIComponent);
const frame = document.querySelector("iframe");
frame.style.width = `${width}px`;
frame.src = page;
</script>"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One look, and what must be answered; None where only the page's own faults count."""

    look: Look
    answer: Any


def pages(served: Served, scheme: Scheme) -> dict[str, Asked]:
    """Every kind and state, as the page of the engine's scheme and width."""
    wide = [*served.pages(), *served.states()]
    few = {*served.pages("home", "action")}
    return {
        f"page: {page} {width} px {scheme}": Asked(
            Look(f"{served.root}{page}?{LISTENING}", width, GROUND), GROUNDS[scheme]
        )
        for view, width in VIEWS
        if view == scheme
        for page in wide
        if (view, width) in WHOLE or page in few
    }


def faults(served: Served) -> dict[str, Asked]:
    """A page for each fault that an engine is to see, by what it says of it."""
    sample = served.sample()
    planted_in = {
        **{told: planted(sample, words) for told, words in REFLOW_FAULTS.items()},
        "asked outside": planted(sample, '<img src="http://ailleurs.invalid/x.png">'),
        "complains: error": planted(sample, "<script>absent()</script>"),
        "complains: securitypolicyviolation": sample.replace(
            "</main>", "<script>1</script></main>"
        ),
    }
    return {
        told: Asked(
            Look(f"{served.root}{served.plant(f'moteur-{n}.html', page)}?{LISTENING}", 320), None
        )
        for n, (told, page) in enumerate(planted_in.items())
    }


def scripts(served: Served) -> dict[str, Asked]:
    """What the small scripts do: the filter, and the alarm of a page that nobody confirmed."""
    late = ["A1-02", "A1-13", "A3-06"]
    rows = [False, 27, [], ["A2-02"], "1 action affichée sur 27", late, [], 27, "_tableau"]
    ages = {"fige": ["_verifie"], "corrige": ["_perime"], "grand": []}
    return {
        "the filter": Asked(Look(f"{served.root}fige/index.html", script=FILTER), rows),
        **{
            f"the age of {name}": Asked(
                Look(f"{served.root}{name}/index.html?{LISTENING}", script=FRESH), age
            )
            for name, age in ages.items()
        },
    }


def verifier(served: Served, disk: Path) -> dict[str, Asked]:
    """
    On the site, and saved to the disk beside a copy, honest or with a past written anew.

    What was not checked is never said to hold: not where a browser knows no Ed25519, nor where it
    computes nothing at all.
    """
    site = f"{served.root}fige/verifier.html"
    note = sealed_by_ours(four_records()[:2]).note
    kept = proven(history()[:3])["note.txt"].decode()
    copies = {"honest": history(), "rewritten": rewrite(history(), 2)}
    files = {name: _copied(disk / name, published(records)) for name, records in copies.items()}

    def saved(name: str, note: str, more: str = "") -> Look:
        page = (disk / name / "verifier.html").as_uri()
        return Look(page, 1280, more + check(note), {"#fichiers": files[name]})

    return {
        "on the site": Asked(Look(site, script=check("")), said("plain", "agrees")),
        "on the site, an older note": Asked(
            Look(site, script=check(note)), said("good", "holds", 2)
        ),
        "on the site, one file not to be had": Asked(
            Look(site, script=ONE_UNREAD + check(note)), said("bad", "unread")
        ),
        "saved": Asked(saved("honest", ""), said("plain", "agrees")),
        "saved, an older note": Asked(saved("honest", kept), said("good", "holds", 3)),
        "saved, rewritten": Asked(saved("rewritten", kept), said("bad", "fails")),
        "saved, rewritten, no note": Asked(saved("rewritten", ""), said("plain", "agrees")),
        "no Ed25519": Asked(saved("honest", "", NO_ED25519), said("plain", "unsigned")),
        "no Ed25519, an older note": Asked(
            saved("honest", kept, NO_ED25519), said("plain", "holds_unsigned", 3)
        ),
        "no Ed25519, rewritten": Asked(saved("rewritten", kept, NO_ED25519), said("bad", "fails")),
        "no computations": Asked(saved("honest", kept, NO_CRYPTO), said("bad", "unable")),
    }


def _copied(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """The files that a person picks one by one: those beside the page, and the snapshots."""
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return [
        str(folder / name) for name in files if "/" not in name or name.startswith("instantanes/0")
    ]


@dataclass(frozen=True, slots=True)
class Visit:
    """What an engine was asked, and what it saw, by name."""

    engine: Engine
    asked: Mapping[str, Asked]
    seen: Mapping[str, Seen]

    def named(self, kind: str) -> list[str]:
        return [name for name in self.asked if name.startswith(f"{kind}: ")]

    def faults(self, kind: str) -> dict[str, list[str]]:
        found = {}
        for name in self.named(kind):
            seen, wanted = self.seen[name], self.asked[name].answer
            odd = [] if seen.answer == wanted else [f"says {seen.answer}, not {wanted}"]
            found[f"{self.engine}, {name}"] = [*odd, *seen.faults()]
        return found


@pytest.fixture(scope="module", params=ENGINES)
def visit(
    request: pytest.FixtureRequest, served: Served, tmp_path_factory: pytest.TempPathFactory
) -> Visit:
    engine: Engine = request.param
    frame = f"{served.root}{served.plant('cadre.html', FRAME)}"
    disk = tmp_path_factory.mktemp("disque")
    by_kind = {
        "fault": faults(served),
        "script": scripts(served),
        "verifier": verifier(served, disk),
    }
    light = {f"{kind}: {name}": one for kind, all_ in by_kind.items() for name, one in all_.items()}
    asked: dict[Scheme, dict[str, Asked]] = {
        "light": {**pages(served, "light"), **light},
        "dark": pages(served, "dark"),
    }
    seen: dict[str, Seen] = {}
    for scheme, all_asked in asked.items():
        told = drive(engine, scheme, frame, [each.look for each in all_asked.values()])
        seen |= dict(zip(all_asked, told, strict=True))
    return Visit(engine, {**asked["light"], **asked["dark"]}, seen)


def test_every_kind_of_page_is_whole_in_every_engine(visit: Visit, verdicts: Verdicts) -> None:
    """In its scheme, nothing out of place, nothing asked outside, nothing complained of."""
    none_of(visit.faults("page"))
    wanted = visit.named("fault")
    caught = [
        name
        for name in wanted
        if any(name.removeprefix("fault: ") in fault for fault in visit.seen[name].faults())
    ]
    assert caught == wanted
    looks = len(visit.named("page"))
    verdicts.tell(
        Verdict(NAMES[visit.engine], "looks", looks, planted=len(wanted), caught=len(caught))
    )


def test_the_small_scripts_work_in_every_engine(visit: Visit) -> None:
    none_of(visit.faults("script"))


def test_the_verifier_checks_in_every_engine_and_from_the_disk(visit: Visit) -> None:
    none_of(visit.faults("verifier"))
