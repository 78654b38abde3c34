"""A page on paper: snapshots as a reader gets them, of a word or two."""

from typing import Any


def line(key: str, **said: Any) -> dict[str, Any]:
    goal = {"genre": "quantite", "minimum": 3, "maximum": 4, "unite": "organismes"}
    return {"id": key, "texte": "Guide distribué.", "cible": goal, "fait": False} | said


def standing(**said: Any) -> dict[str, Any]:
    return {
        "indicateurs": [line("A1-01-mi-1"), line("A1-01-mi-2", fait=True, fait_le="2026-02-01")],
        "faits": 1,
        "attendus": 2,
        "etat": "en_cours",
        "selon": "accord",
        "confirme": True,
        "provisoire": False,
    } | said


def action(key: str, **said: Any) -> dict[str, Any]:
    return {"id": key, "titre": f"Action {key}", "jalons": {"mi": standing()}} | said


def document(*actions: dict[str, Any], **said: Any) -> dict[str, Any]:
    volets = [{"id": "1.1", "titre": "Gouvernance", "actions": list(actions)}]
    return {
        "numero": 2,
        "etat_au": "2026-02-10",
        "genere_le": "2026-02-10T13:05:00Z",
        "demonstration": False,
        "plan": {"id": "p", "titre": "Plan", "revision": 1, "adopte_le": "2025-11-28"},
        "jalons": [
            {"id": "mi", "titre": "Mi-chemin", "echeance": "2026-02-15", "gel": "2026-02-20"}
        ],
        "totaux": {"mi": {"etat": {"en_cours": 1}, "fige": {}}},
        "axes": [{"numero": 1, "titre": "Axe", "objectif": "Mieux", "volets": volets}],
    } | said
