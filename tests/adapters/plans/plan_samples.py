# ruff: noqa: E501 (documents are not wrapped to please a line length)
"""One small invented plan, in each of the forms in which a city might publish it."""

import io
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

NAME = "plan-ville"

HTML = """<!DOCTYPE html>
<html><head><title>Plan</title><meta charset="utf-8"></head><body>
<table><tr><td>Accueil</td><td>Nous joindre</td></tr></table>
<div><table class="plan">
<thead><tr><th>Axe/Volet</th><th>Actions spécifiques</th>
<th>Indicateur à mi-chemin<br>(mi-fév.)</th><th>Indicateur finalité (mi-mars)</th></tr></thead>
<tbody>
<tr><td colspan="4"><strong>AXE 1 La rue</strong><br>Objectif : Des rues   sûres</td></tr>
<tr><td rowspan="2">Voirie</td><td>Réparer les <em>rues</em></td>
<td><ul><li>Appel d’offres publié.</li><li>Budget adopté.</li></ul></td>
<td>3 à 4 rues réparées.</td></tr>
<tr><td>Déneiger tôt</td><td>Contrat signé | avenant.</td><td>En continu.</td></tr>
<tr><td>Éclairage</td><td>Changer les ampoules</td><td>Terminé.</td><td>&nbsp;</td></tr>
</tbody></table></div>
<table><tr><th>Heures</th><th>Lundi</th></tr><tr><td>Bureau</td><td>8 h</td></tr></table>
<p>Format : PDF | Taille : 1 Mo</p></body></html>"""

MARKDOWN = r"""# Plan

| Axe/Volet | Actions spécifiques | Indicateur à mi-chemin (mi-fév.) | Indicateur finalité (mi-mars) |
|---|:--|---|---|
| **AXE 1 La rue**<br>Objectif : Des rues sûres | | | |
| Voirie | Réparer les *rues* | Appel d’offres publié.<br>Budget adopté. | 3 à 4 rues réparées. |
| | Déneiger tôt | Contrat signé \| avenant. | En continu. |
| Éclairage | Changer les ampoules | Terminé. | |

Heures | Lundi
---|---
Bureau | 8 h
"""

BARE_MARKDOWN = r"""
Axe/Volet | Actions spécifiques | Indicateur à mi-chemin (mi-fév.) | Indicateur finalité (mi-mars)
--- | --- | --- | ---
AXE 1 La rue<br/>Objectif : Des rues sûres | | |
Voirie | Réparer les rues | Appel d’offres publié.<br>Budget adopté. | 3 à 4 rues réparées.
Voirie | Déneiger tôt | Contrat signé \| avenant. | En continu.
Éclairage | Changer les ampoules | Terminé. | -
"""

CSV = """Axe;Objectif;Volet;Action;Indicateur à mi-chemin (mi-fév.);Indicateur finalité (mi-mars)
Axe 1 – La rue;Des rues sûres;Voirie;Réparer les rues;"Appel d’offres publié.
Budget adopté.";3 à 4 rues réparées.
Axe 1 – La rue;Des rues sûres;Voirie;Déneiger tôt;Contrat signé | avenant.;En continu.
Axe 1 – La rue;Des rues sûres;Éclairage;Changer les ampoules;Terminé.;
"""

COMMAS = """Plan de la ville,,,,
Volet,Action,Indicateur à mi-chemin (mi-fév.),Indicateur finalité (mi-mars),Note
AXE 1 La rue,,,,
Objectif : Des rues sûres,,,,
Voirie,Réparer les rues,"Appel d’offres publié.
Budget adopté.",3 à 4 rues réparées.,"a, b"
,Déneiger tôt,Contrat signé | avenant.,En continu.,
Éclairage,Changer les ampoules,Terminé.,,
"""

TEXT = """Accueil
| Axe/Volet | Actions spécifiques | Indicateur à mi-chemin (mi-fév.) | Indicateur finalité (mi-mars) |
||
| AXE 1 La rue |
Objectif : Des rues sûres | ||||
| Voirie | Réparer les rues | Appel d’offres publié.
Budget adopté. |
3 à 4 rues réparées. | ||
| Déneiger tôt | Contrat signé / avenant. | En continu. | |||
| Éclairage | Changer les ampoules | Terminé. | Vérifié. | ||
- Format : PDF | Taille : 1 Mo
"""

ENGLISH = """Axis\tArea\tAction\tMid-way indicator\tFinal indicator
1. La rue\tVoirie\tRéparer les rues\t"Appel d’offres publié.
Budget adopté."\t3 à 4 rues réparées.
\t\tDéneiger tôt\tContrat signé | avenant.\tEn continu.
\tÉclairage\tChanger les ampoules\tTerminé.\t
"""


def workbook(change: Callable[[Any], None] | None = None) -> bytes:
    """The plan with merged cells, below a title row, beside a hidden draft sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan"
    for row in (
        ["Plan de la ville"],
        [],
        [
            "Axe/Volet",
            "Actions spécifiques",
            "Indicateur à mi-chemin (mi-fév.)",
            "Indicateur finalité (mi-mars)",
        ],
        ["AXE 1 La rue\nObjectif : Des rues sûres"],
        [
            "Voirie",
            "Réparer les rues",
            "Appel d’offres publié.\nBudget adopté.",
            "3 à 4 rues réparées.",
        ],
        [None, "Déneiger tôt", "Contrat signé | avenant.", "En continu."],
        ["Éclairage", "Changer les ampoules", "Terminé."],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A4:D4")
    sheet.merge_cells("A5:A6")
    draft = book.create_sheet("Brouillon")
    draft.append(["Axe/Volet", "Action", "Indicateur 2030"])
    draft.sheet_state = "hidden"
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
