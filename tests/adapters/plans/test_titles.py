# ruff: noqa: E501 (documents are not wrapped to please a line length)
"""An axis named above its table, the way most pages, documents and sheets name it."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from sync.adapters.plans.read import read_plan
from sync.adapters.plans.source import Document
from sync.errors import PlanRefused

HEADER = ["Volet", "Actions", "Indicateur à mi-chemin", "Indicateur final"]
FIRST = [
    ["Accueil", "Ouvrir un guichet", "Local trouvé.", "Ouvert."],
    ["", "Former l’équipe", "2 séances.", "4 séances."],
]
SECOND = [["Parcs", "Planter des arbres", "Sites choisis.", "100 arbres."]]

TWO_AXES = [
    (1, "Organisation", "Mieux servir", "Accueil", "Ouvrir un guichet"),
    (1, "Organisation", "Mieux servir", "Accueil", "Former l’équipe"),
    (2, "Milieu de vie", "Verdir", "Parcs", "Planter des arbres"),
]


def html_table(rows: list[list[str]], caption: str = "") -> str:
    head = "".join(f"<th>{cell}</th>" for cell in HEADER)
    body = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for row in (
            [["Accueil", *row[1:]] if row[0] == "" else row for row in rows]  # no row span here
        )
    )
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def markdown_table(rows: list[list[str]]) -> str:
    lines = [HEADER, ["---"] * len(HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def csv(*rows: list[str]) -> str:
    return "".join(";".join(row) + "\n" for row in rows)


def page(*parts: str) -> str:
    return f"<!DOCTYPE html><html><body>{chr(10).join(parts)}</body></html>"


def workbook(*sheets: list[list[str]], merged: bool = True) -> bytes:
    """A row of one cell is a title, merged over the table's width."""
    book: Any = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for n, row in enumerate(rows, start=1):
            sheet.append([cell or None for cell in row])
            if merged and len(row) == 1:
                sheet.merge_cells(start_row=n, end_row=n, start_column=1, end_column=4)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def outline(body: str | bytes) -> list[tuple[object, ...]]:
    raw = body.encode() if isinstance(body, str) else body
    found = read_plan(Document("plan-ville", raw), plan_id="ville", title="Plan")
    return [
        (axis.number, axis.title, axis.objective, volet.title, action.title)
        for axis, volet, action in found.plan.actions()
    ]


AXIS_1, GOAL_1 = ["AXE 1 – Organisation"], ["Objectif : Mieux servir"]
AXIS_2, GOAL_2 = ["AXE 2 – Milieu de vie"], ["Objectif : Verdir"]
H2_1 = "<h2>AXE 1 – Organisation</h2><p><strong>Objectif :</strong> Mieux servir</p>"
H2_2 = "<h2>AXE 2 – Milieu de vie</h2><p>Objectif : Verdir</p>"
TITLED_SHEET = [AXIS_1, GOAL_1, HEADER, *FIRST]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            page("<h1>Plan</h1>", H2_1, html_table(FIRST), H2_2, html_table(SECOND)),
            id="HTML headings and paragraphs",
        ),
        pytest.param(
            H2_1 + html_table(FIRST) + H2_2 + html_table(SECOND), id="HTML without a page around it"
        ),
        pytest.param(
            page(
                "<h3>Axe 1 : Organisation<br>Objectif : Mieux servir</h3>",
                html_table(FIRST),
                "<h3>Axe 2 : Milieu de vie<br>Objectif : Verdir</h3>",
                html_table(SECOND),
            ),
            id="HTML, both in one heading",
        ),
        pytest.param(
            page(
                html_table(FIRST, "<caption>AXE 1. Organisation<br>Objectif : Mieux servir</caption>"),
                html_table(SECOND, "<caption>AXE 2. Milieu de vie<br>Objectif : Verdir</caption>"),
            ),
            id="HTML captions",
        ),
        pytest.param(
            page(
                f"<table><tr><td>{H2_1}{html_table(FIRST)}{H2_2}{html_table(SECOND)}</td></tr></table>"
            ),
            id="HTML in a table of layout",
        ),
        pytest.param(
            page(
                H2_1,
                "<table><tr><th>Actions</th><td>2</td></tr></table>",
                "<h3>Les actions</h3><p>Axe 1 comprend deux actions.</p>",
                html_table(FIRST),
                H2_2,
                html_table(SECOND),
                "<h2>Axe 3 – Nous joindre</h2>",
            ),
            id="HTML with other tables, headings and prose between",
        ),
        pytest.param(
            page(
                "<ul><li><p>Axe 1 – Organisation</p></li><li><p>Axe 2 – Milieu de vie</p></li></ul>",
                *(H2_1, html_table(FIRST), H2_2, html_table(SECOND)),
            ),
            id="HTML with a table of contents",
        ),
        pytest.param(
            page(
                *(H2_1, html_table(FIRST), html_table(FIRST), H2_2, html_table(SECOND)),
                *(H2_1, html_table(FIRST), H2_2, html_table(SECOND)),
            ),
            id="HTML with copies for small screens",
        ),
        pytest.param(
            "# Plan\n\n"
            "# AXE 1 – Organisation\n\nObjectif : Mieux servir\n\n"
            + markdown_table(FIRST)
            + "\n# AXE 2 – Milieu de vie\n\n**Objectif :** Verdir\n\n"
            + markdown_table(SECOND),
            id="Markdown headings",
        ),
        pytest.param(
            "**AXE 1 – Organisation**\nObjectif : Mieux servir\n\n"
            + markdown_table(FIRST)
            + "\nAXE 2 – Milieu de vie\n---\n\n> Objectif : Verdir\n\n"
            + markdown_table(SECOND),
            id="Markdown paragraphs, underlined headings, quotes",
        ),
        pytest.param(
            workbook([*TITLED_SHEET, [], AXIS_2, GOAL_2, HEADER, *SECOND]),
            id="XLSX, merged titles in one sheet",
        ),
        pytest.param(
            workbook([["Plan de la ville"], [], *TITLED_SHEET], [AXIS_2, GOAL_2, HEADER, *SECOND]),
            id="XLSX, a sheet per axis",
        ),
        pytest.param(
            workbook(
                TITLED_SHEET,
                [["Plan de la ville\nAXE 2 – Milieu de vie", "", "Mise à jour"], GOAL_2, HEADER, *SECOND],
                merged=False,
            ),
            id="XLSX, unmerged, other words beside the title",
        ),
        pytest.param(
            csv(["Plan"], AXIS_1, GOAL_1, HEADER, *FIRST, AXIS_2, GOAL_2, HEADER, *SECOND), id="CSV"
        ),
        pytest.param(
            csv(
                *(["AXE 1 – Organisation", "Objectif : Mieux servir", "", ""], HEADER, *FIRST),
                *(["AXE 2 – Milieu de vie", "Objectif : Verdir", "", ""], *SECOND),
            ),
            id="CSV, one title above and one inside",
        ),
    ],
)  # fmt: skip
def test_several_tables_each_under_its_title_are_one_plan(body: str | bytes) -> None:
    assert outline(body) == TWO_AXES


def test_the_same_table_under_two_axes_is_not_a_copy() -> None:
    """Two axes may well promise the same thing; dropping one promise would be silent."""
    body = page(H2_1, html_table(SECOND), H2_2, html_table(SECOND))

    assert [(row[0], row[4]) for row in outline(body)] == [
        (1, "Planter des arbres"),
        (2, "Planter des arbres"),
    ]


def test_a_table_without_a_title_goes_on_with_the_axis_above() -> None:
    body = page(H2_1, html_table(FIRST), "<p>Suite</p>", html_table(SECOND))

    assert [row[0] for row in outline(body)] == [1, 1, 1]


def test_the_tables_own_axis_wins_over_the_title_above() -> None:
    """A page's titles may be a menu or a summary; what the table says of itself is the plan."""
    rows = [["AXE 1 – Organisation interne", "", "", ""], *FIRST]
    body = page("<h2>AXE 7 – Autre chose</h2><p>Objectif : Rien</p>", html_table(rows))

    assert {row[:3] for row in outline(body)} == {(1, "Organisation interne", "")}


def test_the_tables_own_objective_wins_over_the_one_above() -> None:
    rows = [["AXE 1 – Organisation<br>Objectif : Mieux servir", "", "", ""], *FIRST]
    body = page("<h2>AXE 1</h2><p>Objectif : servir mieux (résumé)</p>", html_table(rows))

    assert outline(body) == TWO_AXES[:2]


def test_an_objective_above_reaches_an_axis_named_in_a_column() -> None:
    body = csv(AXIS_1, GOAL_1, ["Axe", *HEADER], ["1. Organisation", *FIRST[0]])

    assert outline(body) == TWO_AXES[:1]


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        pytest.param(
            page(
                "<p>Axe 1 – Organisation</p>", "<p>Axe 2 – Milieu de vie</p>", html_table(FIRST)
            ),
            "plan-ville:3",
            r"nothing tells the axis.*“Organisation” \(plan-ville:1\)",
            id="a list of axes, and none just above the table",
        ),
        pytest.param(
            page("<h2>Organisation</h2>", html_table(FIRST)),
            "plan-ville:2",
            "follows no axis",
            id="a heading that is no axis",
        ),
        pytest.param(
            page("<p>Axe 1 comprend deux actions.</p>", html_table(FIRST)),
            "plan-ville:2",
            "follows no axis",
            id="a sentence about an axis",
        ),
        pytest.param(
            page(H2_1, html_table(FIRST), "<h2>AXE 1 – Milieu de vie</h2>", html_table(SECOND)),
            "plan-ville:3",
            "called “Milieu de vie” here but “Organisation”",
            id="one number, two titles",
        ),
        pytest.param(
            page(H2_1, "<p>Objectif : Autre</p>", html_table(FIRST)),
            "plan-ville:2",
            "another objective",
            id="two objectives",
        ),
        pytest.param(
            "# AXE 1 – Organi\ufffdation\n\n" + markdown_table(FIRST),
            "plan-ville:1",
            r"U\+FFFD",
            id="a lost letter in the title",
        ),
    ],
)  # fmt: skip
def test_a_title_that_leaves_doubt_is_refused(body: str, place: str, reason: str) -> None:
    """A promise under the wrong axis is worse than a refusal."""
    with pytest.raises(PlanRefused, match=reason) as refusal:
        outline(body)

    assert refusal.value.facts["place"] == place
