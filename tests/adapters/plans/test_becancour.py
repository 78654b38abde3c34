# ruff: noqa: E501 (published words are not wrapped to please a line length)
"""
The published plan of Bécancour, read whole.

The expected structure below was typed from the published page, not produced by the importer: it is
the one witness that does not share the importer's mistakes.
"""

from pathlib import Path

import pytest

from sync.adapters.plans.adopted import dump_plan, load_plan, read_adopted
from sync.adapters.plans.read import Imported, read_plan
from sync.adapters.plans.source import Document
from sync.errors import PlanRefused
from sync.model.plan import Goal, Plan

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "config" / "plans" / "becancour-100-jours.txt"
ADOPTED = ROOT / "config" / "plans" / "becancour-100-jours.yaml"
SHARED = ROOT / ".." / "shared" / "data" / "plan-100-jours-becancour.txt"

MI = "mi-chemin"
FIN = "finalite"

# (axis number, title, objective) → volet → action → lines at mi-chemin, lines at finalite
EXPECTED = {
    (
        1,
        "Organisation municipale",
        "Moderniser et optimiser la gestion municipale",
    ): {
        "Modernisation et optimisation": {
            "Mettre en place une structure de gestion de projets": (
                [
                    (
                        "Formation par l’UQTR donnée sur la gestion de projet à tous les gestionnaires "
                        "de la Ville. Février 2026."
                    ),
                    "Présentation de la structure de la gestion de projets aux élus et directions.",
                ],
                [
                    (
                        "Projets municipaux en cours d’être suivis selon la nouvelle structure et "
                        "processus."
                    ),
                ],
            ),
            "Centraliser l’approvisionnement": (
                [
                    "Aménagement d’un nouveau centre d’approvisionnement.",
                    "Mise en plan du centre d’approvisionnement.",
                ],
                ["Standardisation des processus de demandes d’acquisition."],
            ),
            "Élaborer un plan de gestion des actifs municipaux": (
                [
                    "Établir le comité de gestion des actifs et tenir une première rencontre.",
                    "Réception de l’audit de bâtiments municipaux. Version préliminaire.",
                ],
                [
                    (
                        "Poursuite des rencontres du comité de gestion des actifs dans le but de "
                        "concevoir le plan."
                    ),
                    "Présentation de l’audit des bâtiments préliminaire aux élus.",
                ],
            ),
            "Entamer la révision de l’entente promoteur": (
                ["Analyse des différente ententes promoteurs – veille provinciale."],
                ["Présentation des options aux élus et directions concernées."],
            ),
        },
        "Efficacité": {
            "Réduire les délais de traitement des dossiers": (
                [
                    (
                        "Intégration du volet « géomatique » au programme d’intelligence artificielle "
                        "BEN à l’interne."
                    ),
                    (
                        "Identifier les bons porteurs de dossiers. Analyse de la méthodologie de "
                        "travail des employés de la paie."
                    ),
                ],
                [
                    "Fait.Champs de suivi dans ASANA municipal.",
                    (
                        "Début de l’intégration de AURORA aux Travaux publics – équipes : opérations "
                        "et CTE et au Service sécurité incendie."
                    ),
                ],
            ),
            "Appliquer les recommandations de l’audit en urbanisme": (
                ["Recevoir les recommandations de l’audit."],
                ["Amorce de l’application de l’audit et prioriser les recommandations."],
            ),
            "Amorcer la promotion du Bureau citoyen auprès de la population": (
                ["Élaborer un plan de communication et approbation de ce dernier."],
                [
                    (
                        "Mise en place des actions de communication : EX. : soumission pour pancartes "
                        "géantes sectorielles, campagne numérique débutée"
                    ),
                ],
            ),
        },
        "Finances et gestion": {
            "Adopter un budget et un PTI responsable": (
                ["PTI adopté et budget adopté."],
                ["Terminé."],
            ),
            "Assurer le suivi des grands projets": (
                [
                    (
                        "Mise en place des projets du PTI dans ASANA et production des tableaux de "
                        "bord."
                    ),
                    "Programmation de présentations trimestrielles aux élus.",
                ],
                [
                    "Première présentation des tableaux de bord aux élus.",
                    (
                        "Début de l’intégration des indicateurs de Power BI dans différents "
                        "départements."
                    ),
                ],
            ),
        },
        "Gouvernance": {
            "Créer un lien de confiance avec les équipes administratives et l’harmonie au "
            "conseil": (
                [
                    (
                        "Débuter les présentations des départements individuellement aux élus durant "
                        "les comités de travail."
                    ),
                    "Amorcer les visites des bâtiments municipaux par les élus.",
                ],
                ["Tenue de la 1re activité de team building entre les élus et les directeurs."],
            ),
            "Clarifier les rôles et responsabilités au sein du conseil et des équipes "
            "administratives": (
                ["Document Guide des élus distribué."],
                ["Formation des nouveaux élus sur le code d’éthique. Parcours complet de l’UMQ."],
            ),
            "Revoir la composition et le fonctionnement des comités": (
                [
                    "Uniformisation de la structure et fonctionnement des comités.",
                    (
                        "Nouvelle structure de comités en place et nomination des élus sur ces "
                        "derniers."
                    ),
                ],
                ["Terminé."],
            ),
            "Engager une direction générale": (
                ["Processus de recrutement lancé."],
                [
                    "Nouvelle direction générale sélectionnée et date d’arrivée en poste connue.",
                ],
            ),
        },
    },
    (
        2,
        "Communication et transparence",
        "Favoriser la transparence, la proximité et l’accès à l’information pour tous",
    ): {
        "Accès à l’information": {
            "Déployer la page web « Ville accessible » (tableau de suivi, données ouvertes, plan "
            "des 100 jours)": (
                ["Page web en ligne, premiers contenus publiés."],
                ["Terminé et alimentation en continu."],
            ),
            "Créer une vitrine web pour les élus": (
                ["Vitrine conçue et validée."],
                [
                    "Promotion de la vitrine sur outils municipaux.",
                    "2 textes publiés sur la vitrine.",
                ],
            ),
            "Fournir aux élus une information continue et pertinente de la part de "
            "l’administration municipale": (
                [
                    "Présentation des tableaux de bord ASANA.",
                    "Amorcer une politique de communication (élus et organisationnel).",
                ],
                [
                    "Terminé.",
                    "Présentation préliminaire de la politique aux élus pour future adoption.",
                ],
            ),
        },
        "Outils communicationnels": {
            "Mettre en place de nouveaux outils de communication (chronique radio, vidéos "
            "Facebook)": (
                [
                    "Publication de vidéo à la suite des conseil municipaux.",
                    "Programmer une chronique du maire sur les ondes de VIA 90,5 FM.",
                ],
                ["Chroniques en ondes."],
            ),
        },
        "Proximité et service à la clientèle": {
            "Améliorer le service à la clientèle par la formation de la première ligne": (
                [
                    (
                        "Formation par l’UQTR donnée sur le service à la clientèle aux adjointes et "
                        "resp. du Bureau citoyen. Février – mars 2026."
                    ),
                ],
                ["Formation en cours et phase 2 en planification."],
            ),
            "Assurer un suivi personnalisé auprès des citoyens concernés par des projets "
            "spécifiques": (
                [
                    (
                        "Envoyer une communication de suivi sur des dossiers le nécessitant. EX. : "
                        "Programme pour la lutte aux changements climatiques."
                    ),
                ],
                ["En continu."],
            ),
        },
        "Participation citoyenne": {
            "S’assurer que des sujets importants feront l’objet de consultations et/ou rencontres "
            "citoyennes": (
                [
                    "Faire connaître la Politique de participation citoyenne aux élus.",
                    (
                        "Déterminer les sujets aptes à consultation avec les élus et administration- "
                        "élaboration du calendrier annuel."
                    ),
                ],
                [
                    (
                        "Invitation lancée aux citoyens pour une première action de participation "
                        "citoyenne pour MADA et pistes cyclables."
                    ),
                ],
            ),
        },
    },
    (
        3,
        "Développement de la communauté bécancouroise",
        (
            "Renforcer le développement, l’engagement, la solidarité et la reconnaissance au sein de "
            "la communauté"
        ),
    ): {
        "Développement économique": {
            "Élaborer et mettre en œuvre une stratégie commerciale municipale": (
                ["Présentation de la stratégie aux élus et sélection des priorités."],
                ["Mise en place des premières actions de la stratégie."],
            ),
            "Collaborer avec la SPIPB au codéveloppement du parc LaPrade": (
                ["Planifier une première rencontre de travail sur le sujet."],
                [],
            ),
            "Assurer le suivi de la couverture cellulaire sur le territoire et poser des actions": (
                [
                    "Démarche présentée aux élus.",
                    (
                        "Rencontre avec député réalisée. Rencontre MRC à ce sujet et voir la "
                        "stratégie."
                    ),
                ],
                ["Premières rencontres amorcées avec la MRC."],
            ),
        },
        "Conseil de proximité": {
            "Assurer une écoute continue des besoins des organismes communautaires, sociaux, "
            "sportifs et culturels": (
                [
                    (
                        "Élaboration de la Politique de reconnaissance de la Ville de Bécancour et "
                        "présentation aux élus."
                    ),
                ],
                [
                    (
                        "Adoption de la 1re partie de la Politique de reconnaissance des organismes de "
                        "la Ville de Bécancour."
                    ),
                ],
            ),
        },
        "Tissu social et engagement": {
            "Entreprendre une tournée des organismes communautaires": (
                [
                    (
                        "Tournée amorcée (3 à 4 organismes) et rencontres statutaires au conseil "
                        "municipal."
                    ),
                ],
                ["Tournée en continu."],
            ),
            "Effectuer des visites ciblées d’usines pour renforcer les liens avec le milieu": (
                ["Premières visites réalisées (2 à 3)."],
                ["Tournée en continu."],
            ),
        },
        "Mobilité et qualité de vie": {
            "Assurer le suivi des enjeux de mobilité (ex.: A55, A30, etc.)": (
                [
                    (
                        "Poursuivre les représentations auprès du gouvernement du Québec et poursuivre "
                        "l’implication au comité multipartenaires."
                    ),
                    "Clarifier le rôle de la Ville et le rôle du gouvernement– rôle et pouvoir.",
                ],
                [
                    "En continu.",
                    "Par des outils de communication, mieux informer les citoyens sur les rôles.",
                ],
            ),
        },
    },
}


def outline(plan: Plan) -> object:
    """The plan without ids and goals, as lists, so that order counts too."""
    return [
        (
            (axis.number, axis.title, axis.objective),
            [
                (
                    volet.title,
                    [
                        (
                            action.title,
                            [line.text for line in action.indicators.get(MI, ())],
                            [line.text for line in action.indicators.get(FIN, ())],
                        )
                        for action in volet.actions
                    ],
                )
                for volet in axis.volets
            ],
        )
        for axis in plan.axes
    ]


def expected_outline() -> object:
    return [
        (
            axis,
            [
                (volet, [(title, *lines) for title, lines in actions.items()])
                for volet, actions in volets.items()
            ],
        )
        for axis, volets in EXPECTED.items()
    ]


def read(text: str, known: Plan | None = None) -> Imported:
    document = Document("plan.txt", text.encode())
    return read_plan(
        document, plan_id="becancour-100-jours", title="Plan des 100 jours", known=known
    )


@pytest.fixture(scope="module")
def text() -> str:
    return PUBLISHED.read_text("utf-8")


@pytest.fixture(scope="module")
def imported(text: str) -> Imported:
    return read(text)


def test_the_published_page_is_read_word_for_word(imported: Imported) -> None:
    """Every axis, volet, action and line, in order, flaws included; nothing of the page around."""
    assert outline(imported.plan) == expected_outline()


def test_the_counts_are_those_of_the_page(imported: Imported) -> None:
    """Counted by hand as well: a slip in the long literal above would show here."""
    plan = imported.plan
    at = [checkpoint_id for _, checkpoint_id, _ in plan.indicators()]

    assert [len(axis.volets) for axis in plan.axes] == [4, 4, 4]
    assert [sum(len(v.actions) for v in axis.volets) for axis in plan.axes] == [13, 7, 7]
    assert (at.count(MI), at.count(FIN)) == (39, 32)


def test_the_checkpoints_are_named_by_their_headers(imported: Imported) -> None:
    assert [(c.id, c.heading) for c in imported.checkpoints] == [
        ("mi-chemin", "Indicateur à mi-chemin (mi-fév. 2026)"),
        ("finalite", "Indicateur finalité (mi-mars 2026)"),
    ]


def test_what_a_person_should_know_is_reported(imported: Imported) -> None:
    """One action has one line in a column that nothing tells; four lines are states."""
    assert [(r.code, r.subject, r.place) for r in imported.remarks] == [
        ("state_word", "A1-05-finalite-1", "plan.txt:17"),
        ("state_word", "A1-08-finalite-1", "plan.txt:25"),
        ("state_word", "A1-12-finalite-1", "plan.txt:35"),
        ("state_word", "A2-03-finalite-1", "plan.txt:47"),
        ("ambiguous_column", "A3-02", "plan.txt:65"),
        ("action_without_indicator", "A3-02", "plan.txt:65"),
    ]


def test_only_these_lines_have_a_goal_of_their_own(imported: Imported) -> None:
    """Three quantities, four states, five continuities; all the rest is yes or no."""
    goals = {
        line.id: line.goal
        for _, _, line in imported.plan.indicators()
        if line.goal.kind != "deliverable"
    }

    assert goals == {
        "A1-05-finalite-1": Goal("state", word="Fait"),
        "A1-08-finalite-1": Goal("state", word="Terminé"),
        "A1-12-finalite-1": Goal("state", word="Terminé"),
        "A2-01-finalite-1": Goal("continuity"),
        "A2-02-finalite-2": Goal("quantity", at_least=2, at_most=2, unit="textes"),
        "A2-03-finalite-1": Goal("state", word="Terminé"),
        "A2-06-finalite-1": Goal("continuity"),
        "A3-05-mi-chemin-1": Goal("quantity", at_least=3, at_most=4, unit="organismes"),
        "A3-05-finalite-1": Goal("continuity"),
        "A3-06-mi-chemin-1": Goal("quantity", at_least=2, at_most=3),
        "A3-06-finalite-1": Goal("continuity"),
        "A3-07-finalite-1": Goal("continuity"),
    }


def test_ids_follow_the_order_of_the_page(imported: Imported) -> None:
    plan = imported.plan

    assert [volet.id for _, volet in plan.volets()][:5] == ["1.1", "1.2", "1.3", "1.4", "2.1"]
    assert [a.id for _, _, a in plan.actions()][11:15] == ["A1-12", "A1-13", "A2-01", "A2-02"]
    assert plan.retired_ids == ()


def test_importing_twice_changes_nothing(text: str, imported: Imported) -> None:
    assert read(text, known=imported.plan).plan == imported.plan


def test_the_adopted_file_is_the_import_of_the_published_page(imported: Imported) -> None:
    """Until somebody edits it with a reason, the two must not drift apart."""
    assert read_adopted(ADOPTED) == imported.plan
    assert ADOPTED.read_text("utf-8") == dump_plan(imported.plan)


def test_the_adopted_file_reads_back_exactly(imported: Imported) -> None:
    assert load_plan(dump_plan(imported.plan), "plan.yaml") == imported.plan


def test_the_published_copy_is_the_page_as_received() -> None:
    if not SHARED.exists():
        pytest.skip("the page as received is not beside this checkout")
    assert PUBLISHED.read_bytes() == SHARED.read_bytes()


def test_any_bar_lost_or_doubled_in_the_table_is_refused(text: str) -> None:
    """
    A bar is all that separates one promise from the next: with one too few or too many, a line
    would change column, action or disappear, and the plan would still look whole.
    """
    table_end = text.index("Document complémentaire")
    bars = [at for at in range(table_end) if text[at] == "|"]
    accepted = []
    for at in bars:
        for damaged in (text[:at] + text[at + 1 :], text[:at] + "|" + text[at:]):
            try:
                read(damaged)
            except PlanRefused:
                continue
            accepted.append(text.count("\n", 0, at) + 1)

    assert len(bars) == 231
    assert accepted == []


def test_a_table_cut_anywhere_is_refused_or_ends_with_a_whole_row(text: str) -> None:
    """A page that came half may hold fewer actions, but never half of one."""
    whole = [
        (a.title, {c: [i.text for i in lines] for c, lines in a.indicators.items()})
        for _, _, a in read(text).plan.actions()
    ]
    for at in range(0, text.index("Document complémentaire") - 3, 37):
        try:
            plan = read(text[:at]).plan
        except PlanRefused:
            continue
        actions = [
            (a.title, {c: [i.text for i in lines] for c, lines in a.indicators.items()})
            for _, _, a in plan.actions()
        ]
        assert actions == whole[: len(actions)]
