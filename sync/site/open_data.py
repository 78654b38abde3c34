"""
The table of open data: one row per action and checkpoint.

Comma, UTF-8 without a byte order mark, one line of headers, an empty cell for what is not
known: what Données Québec asks for. Every row says whether the data are invented, because a
row travels without its page.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping

from sync.core.status import STATUS_NAMES
from sync.model.snapshot import PublicAction, PublicStanding, Snapshot
from sync.site.locales.definitions import BASIS_NAMES

COLUMNS: Mapping[str, str] = {
    "demonstration": "oui quand les données sont inventées",
    "instantane": "numéro de l’instantané",
    "etat_au": "jour que les faits décrivent",
    "plan": "identifiant du plan",
    "revision": "révision du plan",
    "axe": "numéro de l’axe",
    "axe_titre": "titre de l’axe",
    "volet": "identifiant du volet",
    "volet_titre": "titre du volet",
    "action": "identifiant de l’action",
    "action_titre": "libellé publié de l’action",
    "jalon": "identifiant du jalon",
    "jalon_titre": "titre du jalon",
    "echeance": "échéance du jalon",
    "gel": "dernier jour compté dans l’état fixé; l’état courant suit encore l’avancement",
    "etat": "état consolidé courant (code)",
    "etat_libelle": "état consolidé courant (mots)",
    "selon": "ce sur quoi l’état repose (code)",
    "selon_libelle": "ce sur quoi l’état repose (mots)",
    "declare": "état déclaré par la direction",
    "confirme": "non tant que l’état reste à confirmer",
    "provisoire": "oui entre l’échéance et le gel",
    "indicateurs_faits": "nombre d’indicateurs faits",
    "indicateurs_attendus": "nombre d’indicateurs attendus",
    "etat_fige": "état fixé au gel (code)",
    "fige_le": "jour du gel de cet état",
    "fige_apres_coup": "oui quand l’état a été fixé après le jour prévu",
    "corrige_etat": "état au gel tel que corrigé depuis (code); l’état fixé reste à côté",
    "corrige_le": "jour de la dernière correction",
    "corrige_motif": "motif public de la dernière correction",
    "regle_le": "jour où l’administration a décidé de l’état courant",
    "motif": "motif public de cette décision",
    "direction": "direction responsable",
    "note": "note publique",
    "preuve": "adresse de la preuve",
    "texte_retenu": "oui quand la note est retenue, parce qu’elle semble privée",
    "preuve_retenue": "forme : pas l’adresse https d’un site public; prive : semble privée",
    "donnees_du": "dernière lecture quand la tâche n’est plus visible",
}
"""Each column with its meaning, in the order of the file."""

_FORMULA_SIGNS = ("=", "+", "-", "@")


def actions_csv(snapshot: Snapshot) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_rows(snapshot))
    return text.getvalue().encode("utf-8")


def inert(text: str | None) -> str:
    """
    The text as a cell that no spreadsheet takes for a formula.

    Spreadsheets skip leading blanks and read full-width signs as signs, so both are looked
    through. An apostrophe in front is what they show as plain text.
    """
    if text is None:
        return ""
    clean = text.replace("\x00", "")
    seen = unicodedata.normalize("NFKC", clean).lstrip()
    leading_control = clean[:1] in ("\t", "\r", "\n")
    return f"'{clean}" if leading_control or seen.startswith(_FORMULA_SIGNS) else clean


def _rows(snapshot: Snapshot) -> Iterator[dict[str, str | int]]:
    for axis in snapshot.axes:
        for volet in axis.volets:
            for action in volet.actions:
                for checkpoint in snapshot.jalons:  # canonical JSON lost their order inside
                    standing = action.jalons.get(checkpoint.id)
                    if standing is None:
                        continue
                    yield {
                        "demonstration": _yes(snapshot.demonstration),
                        "instantane": snapshot.numero,
                        "etat_au": snapshot.etat_au.isoformat(),
                        "plan": inert(snapshot.plan.id),
                        "revision": snapshot.plan.revision,
                        "axe": axis.numero,
                        "axe_titre": inert(axis.titre),
                        "volet": inert(volet.id),
                        "volet_titre": inert(volet.titre),
                        **_action_cells(action),
                        "jalon": inert(checkpoint.id),
                        "jalon_titre": inert(checkpoint.titre),
                        "echeance": checkpoint.echeance.isoformat(),
                        "gel": checkpoint.gel.isoformat(),
                        **_standing_cells(standing),
                    }


def _action_cells(action: PublicAction) -> dict[str, str | int]:
    return {
        "action": inert(action.id),
        "action_titre": inert(action.titre),
        "direction": inert(action.direction),
        "note": inert(action.note),
        "preuve": inert(action.preuve),
        "texte_retenu": _yes(action.texte_retenu),
        "preuve_retenue": action.preuve_retenue or "",
        "donnees_du": action.donnees_du.isoformat() if action.donnees_du else "",
    }


def _standing_cells(standing: PublicStanding) -> dict[str, str | int]:
    return {
        "etat": standing.etat.value,
        "etat_libelle": STATUS_NAMES[standing.etat].fr,
        "selon": standing.selon,
        "selon_libelle": BASIS_NAMES[standing.selon].fr,
        "declare": standing.declare or "",
        "confirme": _yes(standing.confirme),
        "provisoire": _yes(standing.provisoire),
        "indicateurs_faits": standing.faits,
        "indicateurs_attendus": standing.attendus,
        "etat_fige": standing.etat_fige.value if standing.etat_fige else "",
        "fige_le": standing.fige_le.isoformat() if standing.fige_le else "",
        "fige_apres_coup": _yes(standing.fige_apres_coup) if standing.etat_fige else "",
        **_correction_cells(standing),
        "regle_le": standing.regle_le.isoformat() if standing.regle_le else "",
        "motif": inert(standing.motif),
    }


def _correction_cells(standing: PublicStanding) -> dict[str, str | int]:
    last = standing.corrections[-1] if standing.corrections else None
    return {
        "corrige_etat": last.etat.value if last else "",
        "corrige_le": last.le.isoformat() if last else "",
        "corrige_motif": inert(last.motif if last else None),
    }


def _yes(value: bool) -> str:
    return "oui" if value else "non"
