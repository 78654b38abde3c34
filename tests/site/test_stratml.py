"""The StratML report, judged by the published schema where it is at hand."""

import io
import os
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from sync.model.progress import Status
from sync.model.snapshot import Snapshot
from sync.site.build import build_files
from sync.site.presentation import Presentation
from sync.wording import Language
from tests.site.snapshot_samples import (
    DAYS,
    action,
    becancour,
    indicator,
    record_of,
    small,
    standing,
    with_a_correction,
)

CITY = Presentation("Ville de Bécancour", "https://suivi.ville.ca/100-jours/")
S = {"s": "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"}
SCHEMA = Path(__file__).resolve().parents[3] / "shared/data/stratml/PerformancePlanOrReport.xsd"


@cache
def schema() -> etree.XMLSchema:
    if not SCHEMA.exists():
        said = f"the StratML schema is not at {SCHEMA.parent.relative_to(SCHEMA.parents[3])}"
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def report(*snapshots: Snapshot, city: Presentation = CITY) -> etree._Element:
    body = build_files([record_of(one) for one in snapshots], city)["plan.stratml.xml"]
    return etree.fromstring(body)


def texts(node: etree._Element, path: str) -> list[str]:
    return [str(one) for one in node.xpath(path, namespaces=S)]


def hard() -> Snapshot:
    lines = (
        indicator(
            "i1",
            "Tournée & « visites » <amorcée>",
            fait=True,
            fait_le=date(2026, 2, 1),
            quantite="3.5",
            cible={"genre": "quantite", "minimum": 3, "maximum": 4, "unite": "organismes"},
        ),
    )
    there = standing(Status.ACHIEVED, indicateurs=lines, motif="Vérifié.", confirme=False)
    return small(
        action(jalons={"mi-chemin": there}, note="a\u000bb\ufffe", preuve="https://v.ca/p"),
        action("A1-02", preuve_retenue="prive", texte_retenu=True, donnees_du=date(2026, 2, 9)),
        action("A 1/é", titre="", direction="Greffe"),
    )


@pytest.mark.parametrize(
    "snapshot",
    [*(becancour(1, day) for day in DAYS), with_a_correction(becancour(1, DAYS[-1])), hard()],
    ids=[*(day.isoformat() for day in DAYS), "corrected", "hard"],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_report_is_valid_against_the_published_schema(
    snapshot: Snapshot, language: Language
) -> None:
    schema().assertValid(report(snapshot, city=Presentation("Ville", None, language)))


@pytest.mark.parametrize(
    ("path", "spoil"),
    [
        pytest.param("//s:Identifier", lambda n: setattr(n, "text", "1-a"), id="no XML id"),
        pytest.param("//s:EndDate", lambda n: setattr(n, "text", "15 février"), id="no date"),
        pytest.param("//s:UnitOfMeasurement", lambda n: n.getparent().remove(n), id="no unit"),
        pytest.param("//s:NumberOfUnits", lambda n: setattr(n, "text", "3 à 4"), id="no number"),
    ],
)
def test_the_schema_catches_what_is_spoilt(path: str, spoil: object) -> None:
    """A judge that passes everything judges nothing."""
    root = report(becancour(1, DAYS[-1]))
    spoil(root.xpath(path, namespaces=S)[0])  # type: ignore[operator]
    judged = io.BytesIO(etree.tostring(root))
    assert not schema().validate(etree.parse(judged))


def test_the_plan_stands_whole_in_its_own_order() -> None:
    snapshot = becancour(1, DAYS[-1])
    root = report(snapshot)
    assert texts(root, "//s:Goal/s:Name/text()") == [axis.titre for axis in snapshot.axes]
    told = texts(root, "//s:Objective/s:SequenceIndicator/text()")
    assert told == [one.id for one in snapshot.actions()]
    volets = texts(root, "//s:Objective/s:Description/text()")
    assert len(set(volets)) == sum(len(axis.volets) for axis in snapshot.axes)


def test_each_status_is_named_now_and_at_the_gel() -> None:
    snapshot = with_a_correction(becancour(1, DAYS[-1]))
    root = report(snapshot)
    for name, wanted in (
        ("etat", [one.jalons[c.id].etat for one in snapshot.actions() for c in snapshot.jalons]),
        (
            "etat_fige",
            [
                fixed
                for one in snapshot.actions()
                for c in snapshot.jalons
                if (fixed := one.jalons[c.id].etat_fige)
            ],
        ),
        ("corrige_etat", [Status.ACHIEVED_LATE]),
    ):
        path = f"//s:Descriptor[s:DescriptorName='{name}']/s:DescriptorValue/text()"
        assert texts(root, path) == [status.value for status in wanted]


def test_a_quantity_stands_beside_its_goal() -> None:
    (line,) = report(hard()).xpath(
        "//s:PerformanceIndicator[s:SequenceIndicator='i1']", namespaces=S
    )
    assert line.get("PerformanceIndicatorType") == "Quantitative"
    assert texts(line, "s:UnitOfMeasurement/text()") == ["organismes"]
    assert texts(line, ".//s:TargetResult/s:NumberOfUnits/text()") == ["3"]
    assert texts(line, ".//s:TargetResult/s:Description/text()") == ["De 3 à 4"]
    assert texts(line, ".//s:ActualResult/s:NumberOfUnits/text()") == ["3.5"]
    assert texts(line, ".//s:ActualResult/s:EndDate/text()") == ["2026-02-01"]


def test_ids_are_kept_from_one_snapshot_to_the_next() -> None:
    """A reader that links two reports links them by these."""
    first, later = (report(becancour(n, day)) for n, day in ((1, DAYS[0]), (2, DAYS[-1])))
    path = "//s:StrategicPlanCore//s:Identifier/text()"
    assert texts(first, path) == texts(later, path)
    assert len(set(texts(first, path))) == len(texts(first, path))


def test_nobody_is_named_as_the_submitter() -> None:
    """StratML asks for a person's name, telephone and address there."""
    root = report(becancour(1, DAYS[-1]))
    assert not root.xpath("//s:Submitter | //s:GivenName | //s:EmailAddress", namespaces=S)


@pytest.mark.parametrize("invented", [True, False])
def test_the_report_says_whether_its_data_are_invented(invented: bool) -> None:
    root = report(small(action(), demonstration=invented))
    (name,) = texts(root, "/*/s:Name/text()")
    (what,) = texts(root, "/*/s:Description/text()")
    assert name.startswith("Démonstration – données inventées") is invented
    assert ("son avancement est inventé" in what) is invented
