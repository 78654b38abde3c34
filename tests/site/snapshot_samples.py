# ruff: noqa: E501  the plan's lines stay whole
"""
Snapshots for the tests of the public side: the real plan's words, an invented progress.

`becancour(n, day)` shows all 27 actions on a given day; `small(...)` and `action(...)` build
the few that a rule needs.
"""

import hashlib
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import rfc8785

from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicCheckpoint,
    PublicGoal,
    PublicIndicator,
    PublicPlan,
    PublicStanding,
    PublicTotals,
    PublicVolet,
    Snapshot,
)

MID = PublicCheckpoint(
    id="mi-chemin", titre="mi-chemin", echeance=date(2026, 2, 15), gel=date(2026, 2, 20)
)
END = PublicCheckpoint(
    id="finalite", titre="finalité", echeance=date(2026, 3, 15), gel=date(2026, 3, 20)
)

# `# axe | objectif`, `## volet`, `- [mi-chemin finalité] action`, `1 ligne`, `2 ligne`.
# o on time, l late, n not achieved, q not assessed, c continuous, x no indicator.
PLAN = """
# Organisation municipale | Moderniser et optimiser la gestion municipale
## Modernisation et optimisation
- [oo] Mettre en place une structure de gestion de projets
1 Formation par l’UQTR donnée sur la gestion de projet à tous les gestionnaires de la Ville. Février 2026.
1 Présentation de la structure de la gestion de projets aux élus et directions.
2 Projets municipaux en cours d’être suivis selon la nouvelle structure et processus.
- [ln] Centraliser l’approvisionnement
1 Aménagement d’un nouveau centre d’approvisionnement.
1 Mise en plan du centre d’approvisionnement.
2 Standardisation des processus de demandes d’acquisition.
- [oo] Élaborer un plan de gestion des actifs municipaux
1 Établir le comité de gestion des actifs et tenir une première rencontre.
1 Réception de l’audit de bâtiments municipaux. Version préliminaire.
2 Poursuite des rencontres du comité de gestion des actifs dans le but de concevoir le plan.
2 Présentation de l’audit des bâtiments préliminaire aux élus.
- [oq] Entamer la révision de l’entente promoteur
1 Analyse des différente ententes promoteurs – veille provinciale.
2 Présentation des options aux élus et directions concernées.
## Efficacité
- [nl] Réduire les délais de traitement des dossiers
1 Intégration du volet « géomatique » au programme d’intelligence artificielle BEN à l’interne.
1 Identifier les bons porteurs de dossiers.
1 Analyse de la méthodologie de travail des employés de la paie.
2 Fait.Champs de suivi dans ASANA municipal.
2 Début de l’intégration de AURORA aux Travaux publics – équipes : opérations et CTE et au Service sécurité incendie.
- [oo] Appliquer les recommandations de l’audit en urbanisme
1 Recevoir les recommandations de l’audit.
2 Amorce de l’application de l’audit et prioriser les recommandations.
- [oo] Amorcer la promotion du Bureau citoyen auprès de la population
1 Élaborer un plan de communication et approbation de ce dernier.
2 Mise en place des actions de communication : EX. : soumission pour pancartes géantes sectorielles, campagne numérique débutée
## Finances et gestion
- [oo] Adopter un budget et un PTI responsable
1 PTI adopté et budget adopté.
2 Terminé.
- [on] Assurer le suivi des grands projets
1 Mise en place des projets du PTI dans ASANA et production des tableaux de bord.
1 Programmation de présentations trimestrielles aux élus.
2 Première présentation des tableaux de bord aux élus.
2 Début de l’intégration des indicateurs de Power BI dans différents départements.
## Gouvernance
- [oo] Créer un lien de confiance avec les équipes administratives et l’harmonie au conseil
1 Débuter les présentations des départements individuellement aux élus durant les comités de travail.
1 Amorcer les visites des bâtiments municipaux par les élus.
2 Tenue de la 1re activité de team building entre les élus et les directeurs.
- [oo] Clarifier les rôles et responsabilités au sein du conseil et des équipes administratives
1 Document Guide des élus distribué.
2 Formation des nouveaux élus sur le code d’éthique. Parcours complet de l’UMQ.
- [oo] Revoir la composition et le fonctionnement des comités
1 Uniformisation de la structure et fonctionnement des comités.
1 Nouvelle structure de comités en place et nomination des élus sur ces derniers.
2 Terminé.
- [lo] Engager une direction générale
1 Processus de recrutement lancé.
2 Nouvelle direction générale sélectionnée et date d’arrivée en poste connue.
# Communication et transparence | Favoriser la transparence, la proximité et l’accès à l’information pour tous
## Accès à l’information
- [oc] Déployer la page web « Ville accessible » (tableau de suivi, données ouvertes, plan des 100 jours)
1 Page web en ligne, premiers contenus publiés.
2 Terminé et alimentation en continu.
- [on] Créer une vitrine web pour les élus
1 Vitrine conçue et validée.
2 Promotion de la vitrine sur outils municipaux.
2 2 textes publiés sur la vitrine.
- [oo] Fournir aux élus une information continue et pertinente de la part de l’administration municipale
1 Présentation des tableaux de bord ASANA.
1 Amorcer une politique de communication (élus et organisationnel).
2 Terminé.
2 Présentation préliminaire de la politique aux élus pour future adoption.
## Outils communicationnels
- [oo] Mettre en place de nouveaux outils de communication (chronique radio, vidéos Facebook)
1 Publication de vidéo à la suite des conseil municipaux.
1 Programmer une chronique du maire sur les ondes de VIA 90,5 FM.
2 Chroniques en ondes.
## Proximité et service à la clientèle
- [nl] Améliorer le service à la clientèle par la formation de la première ligne
1 Formation par l’UQTR donnée sur le service à la clientèle aux adjointes et resp. du Bureau citoyen. Février – mars 2026.
2 Formation en cours et phase 2 en planification.
- [oc] Assurer un suivi personnalisé auprès des citoyens concernés par des projets spécifiques
1 Envoyer une communication de suivi sur des dossiers le nécessitant. EX. : Programme pour la lutte aux changements climatiques.
2 En continu.
## Participation citoyenne
- [no] S’assurer que des sujets importants feront l’objet de consultations et/ou rencontres citoyennes
1 Faire connaître la Politique de participation citoyenne aux élus.
1 Déterminer les sujets aptes à consultation avec les élus et administration- élaboration du calendrier annuel.
2 Invitation lancée aux citoyens pour une première action de participation citoyenne pour MADA et pistes cyclables.
# Développement de la communauté bécancouroise | Renforcer le développement, l’engagement, la solidarité et la reconnaissance au sein de la communauté
## Développement économique
- [on] Élaborer et mettre en œuvre une stratégie commerciale municipale
1 Présentation de la stratégie aux élus et sélection des priorités.
2 Mise en place des premières actions de la stratégie.
- [qx] Collaborer avec la SPIPB au codéveloppement du parc LaPrade
1 Planifier une première rencontre de travail sur le sujet.
- [oo] Assurer le suivi de la couverture cellulaire sur le territoire et poser des actions
1 Démarche présentée aux élus.
1 Rencontre avec député réalisée.
1 Rencontre MRC à ce sujet et voir la stratégie.
2 Premières rencontres amorcées avec la MRC.
## Conseil de proximité
- [oo] Assurer une écoute continue des besoins des organismes communautaires, sociaux, sportifs et culturels
1 Élaboration de la Politique de reconnaissance de la Ville de Bécancour et présentation aux élus.
2 Adoption de la 1re partie de la Politique de reconnaissance des organismes de la Ville de Bécancour.
## Tissu social et engagement
- [oc] Entreprendre une tournée des organismes communautaires
1 Tournée amorcée (3 à 4 organismes) et rencontres statutaires au conseil municipal.
2 Tournée en continu.
- [lc] Effectuer des visites ciblées d’usines pour renforcer les liens avec le milieu
1 Premières visites réalisées (2 à 3).
2 Tournée en continu.
## Mobilité et qualité de vie
- [oc] Assurer le suivi des enjeux de mobilité (ex.: A55, A30, etc.)
1 Poursuivre les représentations auprès du gouvernement du Québec et poursuivre l’implication au comité multipartenaires.
1 Clarifier le rôle de la Ville et le rôle du gouvernement– rôle et pouvoir.
2 En continu.
2 Par des outils de communication, mieux informer les citoyens sur les rôles.
"""

QUANTITIES = {"3 à 4": (3, 4, "organismes", 4), "(2 à 3)": (2, 3, None, 2)}
DIRECTIONS = ("Direction générale", "Service des communications", "Service de l’urbanisme")


def indicator(key: str, text: str, **said: Any) -> PublicIndicator:
    said.setdefault("fait", False)
    said.setdefault("cible", PublicGoal(genre="livrable"))
    return PublicIndicator(id=key, texte=text, **said)


def standing(etat: Status = Status.UPCOMING, **said: Any) -> PublicStanding:
    lines = said.pop("indicateurs", (indicator("A1-01-mi-chemin-1", "Guide distribué."),))
    said.setdefault("faits", sum(line.fait for line in lines))
    said.setdefault("attendus", len(lines))
    said.setdefault("selon", "accord")
    said.setdefault("confirme", True)
    said.setdefault("provisoire", False)
    return PublicStanding(indicateurs=tuple(lines), etat=etat, **said)


def action(key: str = "A1-01", **said: Any) -> PublicAction:
    said.setdefault("titre", "Clarifier les rôles")
    said.setdefault("jalons", {MID.id: standing()})
    return PublicAction(id=key, **said)


def small(*actions: PublicAction, numero: int = 1, **said: Any) -> Snapshot:
    """One axis, one volet, the actions given; every other fact can be named."""
    said.setdefault("etat_au", date(2026, 2, 10))
    said.setdefault("genere_le", datetime(2026, 2, 10, 13, 5, tzinfo=UTC))
    said.setdefault("demonstration", False)
    said.setdefault(
        "plan",
        PublicPlan(id="demo-100", titre="Plan d’essai", revision=1, adopte_le=date(2025, 11, 28)),
    )
    said.setdefault("jalons", (MID, END))
    said.setdefault(
        "axes",
        (
            PublicAxis(
                numero=1,
                titre="Organisation",
                objectif="Mieux faire",
                volets=(PublicVolet(id="1.1", titre="Gouvernance", actions=actions),),
            ),
        ),
    )
    said.setdefault("totaux", totals(said["axes"], said["jalons"]))
    return Snapshot(numero=numero, **said)


def totals(
    axes: tuple[PublicAxis, ...], checkpoints: tuple[PublicCheckpoint, ...]
) -> dict[str, PublicTotals]:
    standings = [
        (key, there)
        for axis in axes
        for volet in axis.volets
        for one in volet.actions
        for key, there in one.jalons.items()
    ]
    return {
        c.id: PublicTotals(
            etat=Counter(there.etat for key, there in standings if key == c.id),
            fige=Counter(
                there.etat_fige for key, there in standings if key == c.id and there.etat_fige
            ),
        )
        for c in checkpoints
    }


def record_of(snapshot: Snapshot) -> SnapshotRecord:
    body = rfc8785.dumps(snapshot.model_dump(mode="json"))
    return SnapshotRecord(
        number=snapshot.numero,
        as_of=snapshot.etat_au,
        generated_at=snapshot.genere_le,
        digest=hashlib.sha256(body).hexdigest(),
        body=body,
    )


def with_a_correction(snapshot: Snapshot) -> Snapshot:
    """The first frozen status is corrected, with a reason that does not fit on a line."""
    told = snapshot.model_dump(mode="json")
    places = [a for x in told["axes"] for v in x["volets"] for a in v["actions"]]
    frozen = next(s for a in places for s in a["jalons"].values() if s["etat_fige"])
    why = "Procès-verbal inventé, retrouvé après le gel ; la date y est dite sans équivoque."
    frozen["corrections"] = [{"etat": "atteint_en_retard", "le": "2026-03-02", "motif": why}]
    for totals in told["totaux"].values():
        totals["corrige"] = {**totals["fige"], "atteint_en_retard": 9}
    return Snapshot.model_validate(told)


def becancour(numero: int, day: date) -> Snapshot:
    """The whole plan on that day, with an invented progress that says so."""
    axes: list[dict[str, Any]] = []
    for line in PLAN.strip().splitlines():
        if line.startswith("# "):
            title, objective = line[2:].split(" | ")
            axes.append({"titre": title, "objectif": objective, "volets": [], "n": 0})
        elif line.startswith("## "):
            axes[-1]["volets"].append({"titre": line[3:], "actions": []})
        elif found := re.match(r"- \[(\w)(\w)] (.+)", line):
            axes[-1]["n"] += 1
            key = f"A{len(axes)}-{axes[-1]['n']:02}"
            axes[-1]["volets"][-1]["actions"].append(
                {"id": key, "titre": found[3], "sort": found[1] + found[2], "1": [], "2": []}
            )
        else:
            axes[-1]["volets"][-1]["actions"][-1][line[0]].append(line[2:])
    built = tuple(
        PublicAxis(
            numero=n,
            titre=axis["titre"],
            objectif=axis["objectif"],
            volets=tuple(
                PublicVolet(
                    id=f"{n}.{m}",
                    titre=volet["titre"],
                    actions=tuple(_action(facts, day) for facts in volet["actions"]),
                )
                for m, volet in enumerate(axis["volets"], 1)
            ),
        )
        for n, axis in enumerate(axes, 1)
    )
    return small(
        numero=numero,
        etat_au=day,
        genere_le=datetime(day.year, day.month, day.day, 13, 5, tzinfo=UTC),
        demonstration=True,
        plan=PublicPlan(
            id="becancour-100-jours",
            titre="Plan des 100 jours",
            revision=1,
            adopte_le=date(2025, 11, 28),
        ),
        axes=built,
    )


def _action(facts: dict[str, Any], day: date) -> PublicAction:
    key = facts["id"]
    extra: dict[str, Any] = {"direction": DIRECTIONS[int(key[-2:]) % 3]}
    if key == "A1-05":
        extra["note"] = (
            "Le premier porteur de dossiers est nommé; les deux autres le seront en avril : "
            "la formation a été déplacée à la demande des équipes."
        )
    if key in ("A1-08", "A2-01"):
        extra["preuve"] = "https://www.becancour.net/plan-des-100-jours/preuves"
    if key == "A3-03":
        extra |= {"texte_retenu": True, "preuve_retenue": "prive"}
    if key == "A1-10":
        extra["preuve_retenue"] = "forme"
    if key == "A3-02":
        extra["donnees_du"] = date(2026, 2, 9)
    return PublicAction(
        id=key,
        titre=facts["titre"],
        jalons={
            MID.id: _standing(key, MID, facts["sort"][0], facts["1"], day),
            END.id: _standing(key, END, facts["sort"][1], facts["2"], day),
        },
        **extra,
    )


def _standing(
    key: str, at: PublicCheckpoint, fate: str, lines: list[str], day: date
) -> PublicStanding:
    started = (at.echeance - day).days < 60 and fate != "q"
    due_done = {"o": at.echeance - timedelta(days=6), "l": at.gel + timedelta(days=4)}.get(fate)
    done_on = due_done if due_done and due_done <= day else None
    built = []
    for n, text in enumerate(lines, 1):
        said: dict[str, Any] = {"fait": done_on is not None, "fait_le": done_on}
        if not done_on and fate in "nl" and started and n < len(lines):
            said = {"fait": True, "fait_le": min(day, at.echeance - timedelta(days=20))}
        for words, (low, high, unit, counted) in QUANTITIES.items():
            if words in text:
                said["cible"] = PublicGoal(genre="quantite", minimum=low, maximum=high, unite=unit)
                said["quantite"] = counted if said["fait"] else 1
        built.append(indicator(f"{key}-{at.id}-{n}", text, **said))
    frozen = day > at.gel
    status, at_freeze = _status(fate, started=started, frozen=frozen, done=done_on is not None)
    basis = "aucun" if status in _SILENT else "declaration" if fate == "c" else "accord"
    apart = key in ("A1-09", "A2-02") and status not in (*_SILENT, Status.ACHIEVED)
    if apart:
        basis = "desaccord"
    elif status is Status.NOT_ACHIEVED:
        basis = "calendrier"
    return standing(
        status,
        indicateurs=built,
        selon="indicateurs" if key == "A2-04" and basis == "accord" else basis,
        declare=None if basis == "aucun" else "atteint" if apart else "en_cours",
        confirme=not apart,
        provisoire=at.echeance < day <= at.gel and bool(lines),
        etat_fige=at_freeze,
        fige_le=at.gel if at_freeze else None,
        fige_apres_coup=key == "A2-05" and at_freeze is not None,
    )


_SILENT = (Status.UPCOMING, Status.NOT_ASSESSED, Status.NOT_APPLICABLE)


def _status(fate: str, *, started: bool, frozen: bool, done: bool) -> tuple[Status, Status | None]:
    if fate == "x":
        return Status.NOT_APPLICABLE, None
    if fate == "q":
        now, then = (Status.NOT_ASSESSED if frozen else Status.UPCOMING), Status.NOT_ASSESSED
    elif fate == "c":
        now, then = (Status.CONTINUOUS if started else Status.UPCOMING), Status.CONTINUOUS
    elif done:
        now = Status.ACHIEVED if fate == "o" else Status.ACHIEVED_LATE
        then = Status.ACHIEVED if fate == "o" else Status.NOT_ACHIEVED
    elif frozen:
        now, then = Status.NOT_ACHIEVED, Status.NOT_ACHIEVED
    else:
        now, then = (Status.UNDER_WAY if started else Status.UPCOMING), Status.UPCOMING
    return now, then if frozen else None


DAYS = (date(2025, 12, 1), date(2026, 2, 10), date(2026, 2, 21), date(2026, 3, 21))


def four_records() -> list[SnapshotRecord]:
    """The four publications of the demonstration."""
    return [record_of(becancour(n, day)) for n, day in enumerate(DAYS, 1)]


LAST_DAY = date(2026, 4, 30)


def ending(snapshot: Snapshot, **said: date) -> Snapshot:
    """The plan's last day is known."""
    return snapshot.model_copy(update={"fin": LAST_DAY, **said})


def ended_records() -> list[SnapshotRecord]:
    """The four, then the last day as news, then the last state, read the day after it."""
    return [
        *four_records(),
        record_of(ending(becancour(5, date(2026, 4, 2)))),
        record_of(ending(becancour(6, date(2026, 5, 1)), termine_le=date(2026, 5, 1))),
    ]
