"""
The tables of open data: a row per action and checkpoint, a row per indicator, and what each
column means.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sync.core.status import STATUS_NAMES
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicCheckpoint,
    PublicIndicator,
    PublicStanding,
    PublicVolet,
    Snapshot,
)
from sync.site.columns import (
    BASIS_CODES,
    KIND_NAMES,
    SHARED,
    STATUS_CODES,
    Cell,
    Column,
    Table,
    inert,
    known,
    written,
    yes,
)
from sync.site.locales.definitions import BASIS_NAMES

ACTIONS: Final = Table(
    "actions.csv",
    "Une ligne par action et par jalon",
    {
        **SHARED,
        "gel": Column(
            "dernier jour compté dans l’état fixé; l’état courant suit l’avancement jusqu’à la fin "
            "du plan",
            "date",
            required=True,
        ),
        "etat": Column("état consolidé courant (code)", required=True, codes=STATUS_CODES),
        "etat_libelle": Column("état consolidé courant (mots)", required=True),
        "selon": Column("ce sur quoi l’état repose (code)", required=True, codes=BASIS_CODES),
        "selon_libelle": Column("ce sur quoi l’état repose (mots)", required=True),
        "declare": Column(
            "état déclaré par la direction",
            codes=("a_venir", "en_cours", "atteint", "en_continu"),
        ),
        "confirme": Column("non tant que l’état reste à confirmer", "boolean", required=True),
        "provisoire": Column("oui entre l’échéance et le gel", "boolean", required=True),
        "indicateurs_faits": Column("nombre d’indicateurs faits", "integer", required=True),
        "indicateurs_attendus": Column("nombre d’indicateurs attendus", "integer", required=True),
        "etat_fige": Column("état fixé au gel (code)", codes=STATUS_CODES),
        "fige_le": Column("jour du gel de cet état", "date"),
        "fige_apres_coup": Column("oui quand l’état a été fixé après le jour prévu", "boolean"),
        "corrige_etat": Column(
            "état au gel tel que corrigé depuis (code); l’état fixé reste à côté",
            codes=STATUS_CODES,
        ),
        "corrige_le": Column("jour de la dernière correction", "date"),
        "corrige_motif": Column("motif public de la dernière correction"),
        "regle_le": Column("jour où l’administration a décidé de l’état courant", "date"),
        "motif": Column("motif public de cette décision"),
        "direction": Column("direction responsable"),
        "note": Column("note publique"),
        "preuve": Column("adresse de la preuve", "uri"),
        "texte_retenu": Column(
            "oui quand la note est retenue, parce qu’elle semble privée", "boolean", required=True
        ),
        "preuve_retenue": Column(
            "forme : pas l’adresse https d’un site public; prive : semble privée",
            codes=("forme", "prive"),
        ),
        "donnees_du": Column("dernière lecture quand la tâche n’est plus visible", "date"),
    },
    key=("action", "jalon"),
)

INDICATORS: Final = Table(
    "indicateurs.csv",
    "Une ligne par indicateur",
    {
        **SHARED,
        "indicateur": Column("identifiant de l’indicateur", required=True),
        "texte": Column("mots du plan, tels que publiés", required=True),
        "genre": Column(
            "ce que les mots attendent",
            required=True,
            codes=("livrable", "quantite", "etat", "continuite"),
        ),
        "cible_minimum": Column("plus petite quantité attendue", "integer"),
        "cible_maximum": Column("plus grande quantité attendue", "integer"),
        "cible_unite": Column("ce qui est compté"),
        "fait": Column("oui quand le résultat est atteint", "boolean", required=True),
        "fait_le": Column("jour où il l’a été", "date"),
        "quantite": Column("quantité constatée", "number"),
    },
    key=("indicateur",),
)

DICTIONARY: Final = Table(
    "dictionnaire.csv",
    "Ce que chaque colonne veut dire",
    {
        "fichier": Column("le fichier dont la colonne fait partie", required=True),
        "colonne": Column("nom de la colonne", required=True),
        "type": Column("ce qu’une cellule contient", required=True),
        "obligatoire": Column("oui quand la cellule n’est jamais vide", "boolean", required=True),
        "valeurs": Column("les seules valeurs possibles, séparées par un point-virgule"),
        "description": Column("ce que la colonne veut dire", required=True),
    },
    key=("fichier", "colonne"),
)

TABLES: Final = (ACTIONS, INDICATORS, DICTIONARY)


class Place(NamedTuple):
    """One action at one checkpoint, and where it stands in the plan."""

    axis: PublicAxis
    volet: PublicVolet
    action: PublicAction
    checkpoint: PublicCheckpoint
    standing: PublicStanding


def places(snapshot: Snapshot) -> Iterator[Place]:
    """In the order of the plan, and of its checkpoints, which canonical JSON lost."""
    for axis in snapshot.axes:
        for volet in axis.volets:
            for action in volet.actions:
                for checkpoint in snapshot.jalons:
                    standing = action.jalons.get(checkpoint.id)
                    if standing is not None:
                        yield Place(axis, volet, action, checkpoint, standing)


def tables(snapshot: Snapshot) -> dict[str, bytes]:
    return {
        ACTIONS.path: written(ACTIONS.columns, _action_rows(snapshot)),
        INDICATORS.path: written(INDICATORS.columns, _indicator_rows(snapshot)),
        DICTIONARY.path: written(DICTIONARY.columns, _dictionary_rows()),
    }


def _action_rows(snapshot: Snapshot) -> Iterator[dict[str, Cell]]:
    for place in places(snapshot):
        yield {
            **_shared_cells(snapshot, place),
            "gel": place.checkpoint.gel.isoformat(),
            **_action_cells(place.action),
            **_standing_cells(place.standing),
        }


def _indicator_rows(snapshot: Snapshot) -> Iterator[dict[str, Cell]]:
    for place in places(snapshot):
        shared = _shared_cells(snapshot, place)
        for line in place.standing.indicateurs:
            yield {**shared, **_indicator_cells(line)}


def _dictionary_rows() -> Iterator[dict[str, Cell]]:
    for table in TABLES:
        for name, column in table.columns.items():
            yield {
                "fichier": table.path,
                "colonne": name,
                "type": KIND_NAMES[column.kind],
                "obligatoire": yes(column.required),
                "valeurs": "; ".join(column.codes),
                "description": column.meaning,
            }


def _shared_cells(snapshot: Snapshot, place: Place) -> dict[str, Cell]:
    return {
        "demonstration": yes(snapshot.demonstration),
        "instantane": snapshot.numero,
        "etat_au": snapshot.etat_au.isoformat(),
        "termine_le": known(snapshot.termine_le),
        "plan": inert(snapshot.plan.id),
        "revision": snapshot.plan.revision,
        "axe": place.axis.numero,
        "axe_titre": inert(place.axis.titre),
        "volet": inert(place.volet.id),
        "volet_titre": inert(place.volet.titre),
        "action": inert(place.action.id),
        "action_titre": inert(place.action.titre),
        "jalon": inert(place.checkpoint.id),
        "jalon_titre": inert(place.checkpoint.titre),
        "echeance": place.checkpoint.echeance.isoformat(),
    }


def _action_cells(action: PublicAction) -> dict[str, Cell]:
    return {
        "direction": inert(action.direction),
        "note": inert(action.note),
        "preuve": inert(action.preuve),
        "texte_retenu": yes(action.texte_retenu),
        "preuve_retenue": action.preuve_retenue or "",
        "donnees_du": known(action.donnees_du),
    }


def _standing_cells(standing: PublicStanding) -> dict[str, Cell]:
    last = standing.corrections[-1] if standing.corrections else None
    return {
        "etat": standing.etat.value,
        "etat_libelle": STATUS_NAMES[standing.etat].fr,
        "selon": standing.selon,
        "selon_libelle": BASIS_NAMES[standing.selon].fr,
        "declare": standing.declare or "",
        "confirme": yes(standing.confirme),
        "provisoire": yes(standing.provisoire),
        "indicateurs_faits": standing.faits,
        "indicateurs_attendus": standing.attendus,
        "etat_fige": standing.etat_fige.value if standing.etat_fige else "",
        "fige_le": known(standing.fige_le),
        "fige_apres_coup": yes(standing.fige_apres_coup) if standing.etat_fige else "",
        "corrige_etat": last.etat.value if last else "",
        "corrige_le": known(last.le if last else None),
        "corrige_motif": inert(last.motif if last else None),
        "regle_le": known(standing.regle_le),
        "motif": inert(standing.motif),
    }


def _indicator_cells(line: PublicIndicator) -> dict[str, Cell]:
    return {
        "indicateur": inert(line.id),
        "texte": inert(line.texte),
        "genre": line.cible.genre,
        "cible_minimum": known(line.cible.minimum),
        "cible_maximum": known(line.cible.maximum),
        "cible_unite": inert(line.cible.unite),
        "fait": yes(line.fait),
        "fait_le": known(line.fait_le),
        "quantite": known(line.quantite),
    }
