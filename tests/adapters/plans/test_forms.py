"""Every form in which a plan is published gives the same plan; every broken one is refused."""

import io
import zipfile

import pytest

from sync.adapters.plans.adopted import dump_plan
from sync.adapters.plans.read import Imported, read_plan
from sync.adapters.plans.source import LARGEST, Document
from sync.errors import PlanRefused
from sync.model.plan import Plan
from tests.adapters.plans import plan_samples


def read(body: str | bytes, name: str = plan_samples.NAME, **options: object) -> Imported:
    raw = body.encode() if isinstance(body, str) else body
    return read_plan(Document(name, raw), plan_id="ville", title="Plan", **options)  # type: ignore[arg-type]


def outline(plan: Plan) -> object:
    return [
        (
            *(axis.number, axis.title, axis.objective, volet.id, volet.title),
            *(action.id, action.title),
            *(line.text for _, line in action.all_indicators()),
        )
        for axis, volet, action in plan.actions()
    ]


RUE = (1, "La rue", "Des rues sûres")
EXPECTED = [
    (
        *RUE, "1.1", "Voirie", "A1-01", "Réparer les rues",
        "Appel d’offres publié.", "Budget adopté.", "3 à 4 rues réparées.",
    ),
    (*RUE, "1.1", "Voirie", "A1-02", "Déneiger tôt", "Contrat signé | avenant.", "En continu."),
    (*RUE, "1.2", "Éclairage", "A1-03", "Changer les ampoules", "Terminé."),
]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(plan_samples.HTML, id="HTML with spans, other tables around"),
        pytest.param(plan_samples.HTML.encode("cp1252"), id="HTML in Windows-1252"),
        pytest.param(plan_samples.MARKDOWN, id="Markdown"),
        pytest.param(plan_samples.BARE_MARKDOWN, id="Markdown without outer bars"),
        pytest.param(plan_samples.CSV, id="CSV with semicolons"),
        pytest.param(plan_samples.CSV.encode("cp1252"), id="CSV in Windows-1252"),
        pytest.param(plan_samples.CSV.encode("utf-8-sig"), id="CSV with a byte order mark"),
        pytest.param(plan_samples.CSV.encode("utf-16"), id="CSV in marked UTF-16"),
        pytest.param(plan_samples.CSV.replace("\n", "\r\n"), id="CSV with Windows line ends"),
        pytest.param(plan_samples.COMMAS, id="CSV with commas, an axis on a row of its own"),
        pytest.param(plan_samples.workbook(), id="XLSX with merged cells"),
    ],
)
def test_every_form_gives_the_same_plan(body: str | bytes) -> None:
    found = read(body)

    assert outline(found.plan) == EXPECTED
    assert [c.id for c in found.checkpoints] == ["mi-chemin", "finalite"]


def test_extracted_text_gives_the_same_plan_but_for_bars_in_cells() -> None:
    """It cannot escape a bar, so a bar is always the end of a cell."""
    found = read(plan_samples.TEXT.replace("\n", "\r\n"))

    assert outline(found.plan) == [
        *EXPECTED[:1],
        (*RUE, "1.1", "Voirie", "A1-02", "Déneiger tôt", "Contrat signé / avenant.", "En continu."),
        (*EXPECTED[2], "Vérifié."),
    ]


def test_english_headers_and_tabs_are_read_too() -> None:
    found = read(plan_samples.ENGLISH)

    assert [action.title for _, _, action in found.plan.actions()] == [
        "Réparer les rues",
        "Déneiger tôt",
        "Changer les ampoules",
    ]
    assert [c.id for c in found.checkpoints] == ["mid-way", "final"]


def test_a_column_that_is_not_the_plans_is_reported() -> None:
    found = read(plan_samples.COMMAS)

    assert [(r.code, r.subject) for r in found.remarks if r.code == "ignored_column"] == [
        ("ignored_column", "Note")
    ]


@pytest.mark.parametrize("form", ["table", "adopted"])
def test_what_looks_private_in_a_plan_is_kept_and_reported(form: str) -> None:
    """It is public already and is published as it is: whoever imports it should know."""
    text = plan_samples.ENGLISH.replace(
        "Déneiger tôt", "Déneiger : 819 555-0199, neige@ville.example"
    )
    found = read(text)
    if form == "adopted":
        found = read(dump_plan(found.plan))

    told = [(r.subject, r.text) for r in found.remarks if r.code == "private_words"]
    assert told == [("A1-02", "neige@ville.example"), ("A1-02", "819 555-0199")]


@pytest.mark.parametrize("text", [plan_samples.ENGLISH, plan_samples.COMMAS])
def test_an_ordinary_plan_holds_nothing_that_looks_private(text: str) -> None:
    assert not [r for r in read(text).remarks if r.code == "private_words"]


def test_a_cell_over_both_checkpoints_is_kept_and_reported() -> None:
    """Nothing tells which checkpoint it promises; dropping it would be worse."""
    page = plan_samples.HTML.replace(
        "<td>Terminé.</td><td>&nbsp;</td>", '<td colspan="2">Posé.</td>'
    )
    found = read(page)

    assert outline(found.plan)[2][-1] == "Posé."  # type: ignore[index]
    assert [(r.code, r.subject) for r in found.remarks] == [
        ("ambiguous_column", "A1-03"),
        ("action_without_indicator", "A1-03"),
    ]


def test_the_config_names_the_checkpoint_columns() -> None:
    body = plan_samples.CSV.replace("Indicateur à mi-chemin (mi-fév.)", "En février")
    found = read(body, columns={"fevrier": "en  Février"})

    assert [c.id for c in found.checkpoints] == ["fevrier", "finalite"]


def test_a_configured_column_that_is_missing_is_an_error() -> None:
    """Its promises would be missing from the page, and nobody would know."""
    with pytest.raises(PlanRefused, match=r"Columns found: .*Indicateur finalité"):
        read(plan_samples.CSV, columns={"mai": "Indicateur en mai"})


def test_the_checkpoint_takes_its_id_from_the_parenthesis_when_only_it_differs() -> None:
    body = plan_samples.CSV.replace("à mi-chemin (mi-fév.)", "(mi-fév. 2026)").replace(
        "finalité (mi-mars)", "(mi-mars 2026)"
    )

    assert [c.id for c in read(body).checkpoints] == ["mi-fev-2026", "mi-mars-2026"]


def test_one_row_per_indicator_is_one_action() -> None:
    body = "Axe;Volet;Action;Indicateur final\n1. A;V;X;Un.\n;;;Deux.\n1. A;V;X;Trois.\n"

    assert [line.text for _, _, line in read(body).plan.indicators()] == ["Un.", "Deux.", "Trois."]


def test_a_table_published_twice_counts_once() -> None:
    """Responsive pages often carry a copy of each table for small screens."""
    table = plan_samples.HTML[
        plan_samples.HTML.index("<div>") : plan_samples.HTML.index("</div>") + 6
    ]

    assert outline(read(plan_samples.HTML.replace(table, table + table)).plan) == EXPECTED


def test_the_id_and_title_come_from_the_name_when_nothing_else_says() -> None:
    found = read_plan(Document("https://ville.example/plan-2026.csv", plan_samples.CSV.encode()))

    assert (found.plan.id, found.plan.title) == ("plan-2026", "plan-2026")


# What must be refused

HEADER = "Axe;Volet;Action;Indicateur final\n"


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        pytest.param("", "plan-ville", "empty", id="empty"),
        pytest.param(" \n\t", "plan-ville", "empty", id="blank"),
        pytest.param("Bonjour\nà tous", "plan-ville:1", "no plan header", id="prose"),
        pytest.param("a;b;c\n1;2;3", "plan-ville:1", "Nearest row: a | b | c", id="no header"),
        pytest.param(b"%PDF-1.7 x", "plan-ville", r"binary file \(PDF\)", id="PDF"),
        pytest.param(b"PK\x03\x04rest", "plan-ville", "binary file", id="another ZIP"),
        pytest.param(b"\x7fELF\0\0\1", "plan-ville:1", "null bytes", id="binary"),
        pytest.param(
            plan_samples.CSV.encode("utf-16-le"),
            "plan-ville:1",
            "byte order mark",
            id="bare UTF-16",
        ),
        pytest.param(
            b"Volet;Action\n" + "é".encode("cp1252") + "é".encode(),
            "plan-ville:2",
            r"tried: utf-8, windows-1252; bytes c3 a9",
            id="two encodings in one file",
        ),
        pytest.param(
            plan_samples.CSV.encode("cp850", "replace"),
            "plan-ville:5",
            "unknown encoding",
            id="DOS",
        ),
        pytest.param(b"x" * (LARGEST + 1), "plan-ville", "over 20 MB", id="too large"),
        pytest.param(
            "<html><p>Bonjour</p></html>", "plan-ville", "no table", id="a page without a table"
        ),
        pytest.param(
            "<table><tr><td>Heures</td></tr></table>",
            "plan-ville:1",
            "no plan header",
            id="a page without a plan table",
        ),
        pytest.param(HEADER, "plan-ville:1", "no action follows", id="a header alone"),
        pytest.param(HEADER + "1. A;;;\n", "plan-ville:1", "no action", id="an axis alone"),
        pytest.param(
            HEADER + "1. A;V;X;Un.\n;W;;\n", "plan-ville:3", "“W” has no action", id="a volet alone"
        ),
        pytest.param(HEADER + "1. A;V;X\n", "plan-ville:2", "shape", id="a cell too few"),
        pytest.param(HEADER + "1. A;V;X;Un;deux\n", "plan-ville:2", "shape", id="a cell too many"),
        pytest.param(HEADER + ";V;X;Un\n", "plan-ville:2", "follows no axis", id="no axis"),
        pytest.param(HEADER + "1. A;;X;Un\n", "plan-ville:2", "shape", id="no volet"),
        pytest.param(HEADER + "1. A;V;;Un\n", "plan-ville:2", "shape", id="no action"),
        pytest.param(
            HEADER + "1. A;V;X;Un\n1. B;V;Y;Un\n",
            "plan-ville:3",
            "called “B” here but “A” at plan-ville:2",
            id="one number, two axes",
        ),
        pytest.param(
            HEADER + "1. A;V;X;Un\n;;Y;Un\n;;X;Deux\n",
            "plan-ville:4",
            "already in volet “V”, at plan-ville:2",
            id="one action twice",
        ),
        pytest.param(
            HEADER + "1. A;V;X;Un\nAxe;Volet;Action;Indicateur autre\n2. B;W;Y;Un\n",
            "plan-ville:3",
            "checkpoints",
            id="two tables with other checkpoints",
        ),
        pytest.param(
            plan_samples.HTML.replace(
                "</body>",
                plan_samples.HTML[
                    plan_samples.HTML.index('<table class="plan">') : plan_samples.HTML.index(
                        "</div>"
                    )
                ].replace("Contrat signé", "Contrat annulé")
                + "</body>",
            ),
            "plan-ville:21",
            "already in volet",
            id="two tables that contradict each other",
        ),
        pytest.param(
            "Axe;Objectif;Volet;Action;Indicateur\n1. A;But;V;X;Un\n1. A;Autre;V;Y;Un\n",
            "plan-ville:3",
            "another objective",
            id="two objectives",
        ),
        pytest.param(
            "Axe;Volet;Action;Indicateur;Indicateur\n1. A;V;X;Un;Deux\n",
            "plan-ville:1",
            "same name",
            id="two columns of one name",
        ),
        pytest.param(HEADER + "1. A;V;X;U\x07n\n", "plan-ville:2", r"U\+0007", id="a bell"),
        pytest.param(
            HEADER + "1. A;V;X;U\ufffdn\n", "plan-ville:2", r"U\+FFFD", id="a lost letter"
        ),
        pytest.param(HEADER + '1. A;V;X;"Un\n', "plan-ville:1", "quotes", id="an open quote"),
        pytest.param(
            plan_samples.MARKDOWN.replace("En continu. |", "En | continu. |"),
            "plan-ville:7",
            "shape",
            id="Markdown: a bar too many, which the format would drop",
        ),
        pytest.param(
            plan_samples.MARKDOWN.replace("| 3 à 4", "3 à 4"),
            "plan-ville:6",
            "shape",
            id="Markdown: a bar too few, which the format would pad",
        ),
        pytest.param(
            plan_samples.TEXT.replace("| En continu. | |||", "| En continu. | |||\nUn mot"),
            "plan-ville:11",
            "text separates it from its table",
            id="text inside the table",
        ),
    ],
)
def test_a_broken_document_is_refused_with_place_and_reason(
    body: str | bytes, place: str, reason: str
) -> None:
    with pytest.raises(PlanRefused, match=reason) as refusal:
        read(body)

    assert refusal.value.facts["place"] == place
    assert refusal.value.text.fr.startswith(f"{place} : ")
    assert refusal.value.text.fr != refusal.value.text.en


# XLSX, which is code that others wrote


def repacked(change: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plan_samples.workbook())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            content = source.read(part)
            assert part != change or old in content
            target.writestr(part, content.replace(old, new) if part == change else content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(plan_samples.workbook()[:3000], "binary file", id="cut"),
        pytest.param(
            repacked(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY e "e">]><worksheet'),
            "XML document type or entity",
            id="an entity",
        ),
        pytest.param(
            repacked(SHEET, b'ref="A5:A6"', b'ref="A5:XFD1048576"'),
            "too large",
            id="a merged range of 17 billion cells",
        ),
        pytest.param(
            repacked(SHEET, b'r="C7"', b'r="XFD1048576"'), "too large", id="a cell at the far end"
        ),
        pytest.param(
            repacked("xl/workbook.xml", b"</workbook>", b" " * 120_000_000 + b"</workbook>"),
            "once unpacked",
            id="a bomb",
        ),
        pytest.param(repacked(SHEET, b"</sheetData>", b""), "damaged", id="broken XML"),
        pytest.param(
            plan_samples.workbook(lambda sheet: sheet.__setitem__("D7", "=A1")),
            r"Plan!D7: this cell is a formula without",
            id="a formula nobody computed",
        ),
    ],
)
def test_a_hostile_or_damaged_workbook_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(PlanRefused, match=reason):
        read(body)
