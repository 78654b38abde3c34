"""
The published contract: the JSON Schema of a snapshot, described in French.

Shape and strictness come from the models themselves, so the schema cannot drift from what is
published; only the words are written here.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sync.model.snapshot import Snapshot
from sync.site.locales.definitions import BASIS_NAMES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "urn:jalon:schema:instantane:1"
_BASES = "; ".join(f"{code} – {words.fr}" for code, words in BASIS_NAMES.items())

DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "Snapshot": {
        "": "État public d’un plan à la fin d’un cycle : numéroté, immuable, sans donnée "
        "personnelle. Les octets publiés suivent la forme canonique RFC 8785.",
        "version": "Version de ce format.",
        "numero": "Numéro de l’instantané, à partir de 1, sans trou.",
        "etat_au": "Jour que les faits décrivent, dans le fuseau de la ville.",
        "genere_le": "Instant où l’instantané a été produit.",
        "demonstration": "Vrai quand une partie au moins des données est inventée.",
        "plan": "Le plan publié.",
        "jalons": "Les points de contrôle datés du plan.",
        "totaux": "Par jalon, nombre d’actions dans chaque état; jamais une moyenne.",
        "axes": "Les axes du plan, dans l’ordre publié.",
        "journal": "Où en était le journal de la ville; nul avant qu’il soit chaîné.",
        "fin": "Dernier jour du plan; nul tant que la ville ne l’a pas fixé.",
        "termine_le": "Jour du dernier état lu, quand le plan a pris fin; nul tant qu’il se "
        "poursuit. Ensuite, seuls une correction ou un retrait donnent un nouvel instantané.",
        "retraits": "Textes retirés d’instantanés passés, par décision.",
        "sels": "Sel de l’engagement de chaque texte saisi, par emplacement (RFC 6901).",
        "engagements": "Engagement de chaque texte retiré, par emplacement : SHA-256 du sel et du "
        "texte, qui ne sont plus.",
    },
    "PublicWithdrawal": {
        "": "Texte retiré d’instantanés passés, par une décision datée et motivée.",
        "instantanes": "Numéros des instantanés d’où le texte est retiré.",
        "action": "Identifiant de l’action.",
        "champ": "Note, preuve, motif d’une décision, ou motif d’une correction.",
        "jalon": "Jalon de ce motif; nul pour une note ou une preuve.",
        "le": "Jour de la décision.",
        "motif": "Motif public du retrait.",
    },
    "PublicLog": {
        "": "Tête du journal de la ville, que personne ne peut couper ou récrire sans la changer. "
        "Aucun mot du journal ne peut en être tiré.",
        "lignes": "Nombre de lignes du journal.",
        "tete": "Empreinte SHA-256 de la dernière, qui dépend de toutes celles d’avant.",
    },
    "PublicPlan": {
        "": "Le plan publié et sa révision en vigueur.",
        "id": "Identifiant stable du plan.",
        "titre": "Titre du plan.",
        "revision": "Numéro de la révision en vigueur, à partir de 1.",
        "adopte_le": "Jour où cette révision a été adoptée.",
    },
    "PublicCheckpoint": {
        "": "Point de contrôle daté du plan.",
        "id": "Identifiant stable du jalon.",
        "titre": "Titre du jalon.",
        "echeance": "Jour qui compte pour juger de l’atteinte.",
        "gel": "Dernier jour compté dans l’état fixé; l’état courant continue de suivre "
        "l’avancement.",
    },
    "PublicTotals": {
        "": "Nombre d’actions par état, à un jalon.",
        "etat": "Selon l’état actuel.",
        "fige": "Selon l’état figé au gel; vide avant le gel. Une correction n’y change rien.",
        "corrige": "Selon l’état au gel, corrections entendues; vide tant qu’il n’y en a pas.",
    },
    "PublicAxis": {
        "": "Axe du plan.",
        "numero": "Numéro de l’axe.",
        "titre": "Titre de l’axe, tel que publié.",
        "objectif": "Objectif de l’axe, tel que publié.",
        "volets": "Volets de l’axe, dans l’ordre publié.",
    },
    "PublicVolet": {
        "": "Volet d’un axe.",
        "id": "Identifiant stable du volet.",
        "titre": "Titre du volet, tel que publié.",
        "actions": "Actions du volet, dans l’ordre publié.",
    },
    "PublicAction": {
        "": "Action promise par le plan.",
        "id": "Identifiant stable, jamais réutilisé.",
        "titre": "Libellé de l’action, tel que publié.",
        "jalons": "Situation de l’action, par identifiant de jalon.",
        "direction": "Direction responsable.",
        "note": "Note publique de la ville, quand elle en publie une.",
        "preuve": "Adresse d’une preuve publique : https, sur un site que chacun peut lire.",
        "texte_retenu": "Vrai quand la note est retenue parce qu’elle semble privée.",
        "preuve_retenue": "Pourquoi l’adresse de la preuve est retenue : forme – ce n’est pas "
        "l’adresse https d’un site public; prive – elle semble contenir un renseignement privé.",
        "donnees_du": "Jour de la dernière lecture, quand la tâche n’est plus visible.",
    },
    "PublicStanding": {
        "": "Situation d’une action à un jalon.",
        "indicateurs": "Résultats attendus à ce jalon, dans l’ordre publié.",
        "faits": "Nombre d’indicateurs faits.",
        "attendus": "Nombre d’indicateurs attendus.",
        "declare": "État déclaré par la direction; nul quand rien n’est déclaré.",
        "etat": "État consolidé courant, qui suit l’avancement même après le gel, jusqu’à la "
        "fin du plan.",
        "selon": f"Ce sur quoi l’état repose : {_BASES}.",
        "confirme": "Faux tant que l’état reste à confirmer : la déclaration et les indicateurs "
        "diffèrent, ou les mots d’un résultat fait ont changé depuis.",
        "provisoire": "Vrai entre l’échéance et le gel.",
        "etat_fige": "État fixé au gel, qui ne change plus; nul avant le gel.",
        "fige_le": "Jour où l’état a été fixé.",
        "fige_apres_coup": "Vrai quand l’état n’a pu être fixé qu’après le jour prévu.",
        "corrections": "Corrections de l’état figé, de la plus ancienne à la plus récente, qui "
        "compte.",
        "regle_le": "Jour où l’administration a décidé de cet état; nul quand il suit les faits.",
        "motif": "Motif public de cette décision, s’il y en a un.",
    },
    "PublicCorrection": {
        "": "Correction d’un état figé : une inscription datée à côté de lui, qui reste tel quel.",
        "etat": "Ce que l’administration tient pour l’état à la date du gel.",
        "le": "Jour de la correction.",
        "motif": "Motif public de la correction.",
    },
    "PublicIndicator": {
        "": "Résultat attendu d’une action à un jalon.",
        "id": "Identifiant stable, jamais réutilisé.",
        "texte": "Mots du plan, tels que publiés.",
        "cible": "Ce que les mots attendent.",
        "fait": "Vrai quand le résultat est atteint.",
        "fait_le": "Jour où il l’a été.",
        "quantite": "Quantité constatée, de 0 à 999 999 : nombre entier, ou décimal écrit en "
        "texte; nulle quand rien de plausible n’est inscrit.",
    },
    "PublicGoal": {
        "": "Ce qu’un indicateur attend, reconnu dans les mots du plan.",
        "genre": "Livrable, quantité, état ou continuité.",
        "minimum": "Plus petite quantité attendue.",
        "maximum": "Plus grande quantité attendue.",
        "unite": "Ce qui est compté.",
    },
    "Status": {
        "": "État consolidé d’une action à un jalon; la page publique définit chacun.",
    },
}
"""By model and property; the empty key describes the model itself."""


@cache
def snapshot_schema() -> bytes:
    schema = Snapshot.model_json_schema()
    definitions = schema.pop("$defs")
    _describe("Snapshot", schema)
    for name, definition in definitions.items():
        _describe(name, definition)
    document = {"$schema": _DIALECT, "$id": _ID, "title": "Instantané"}
    document |= {**schema, "$defs": definitions}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _describe(name: str, definition: dict[str, Any]) -> None:
    """Put the French words in place of pydantic's generated titles and of the docstrings."""
    words = DESCRIPTIONS[name]
    definition.pop("title", None)
    definition["description"] = words[""]
    for key, node in definition.get("properties", {}).items():
        node.pop("title", None)
        node["description"] = words[key]
