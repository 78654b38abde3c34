"""Plans of any size, with the proportions of a real one: 26 indicators to ten actions."""

from sync.model.plan import Action, Axis, Goal, Indicator, Plan, Volet

ACTIONS_PER_VOLET = 10
AXES = 4
WITH_TWO_MIDWAY = 6  # of ten actions; the others have one midway indicator, and all one final


def synthetic_plan(size: int) -> Plan:
    """`size` actions over four axes; Bécancour's 27 have 71 indicators, a thousand here 2,600."""
    volets: list[list[Volet]] = [[] for _ in range(AXES)]
    for n, start in enumerate(range(0, size, ACTIONS_PER_VOLET)):
        axis = n % AXES
        actions = tuple(
            _action(axis + 1, number)
            for number in range(start, min(start + ACTIONS_PER_VOLET, size))
        )
        id_ = f"{axis + 1}.{len(volets[axis]) + 1}"
        volets[axis].append(Volet(id_, f"Volet {id_}", actions))
    axes = tuple(
        Axis(n + 1, f"Axe d’essai {n + 1}", "Mesurer", tuple(own))
        for n, own in enumerate(volets)
        if own
    )
    return Plan(f"banc-{size}", f"Banc d’essai de {size} actions", axes)


def _action(axis: int, number: int) -> Action:
    id_ = f"A{axis}-{number:05d}"
    counts = (("mi-chemin", 2 if number % 10 < WITH_TWO_MIDWAY else 1), ("finalite", 1))
    return Action(
        id_,
        f"Action d’essai numéro {number}, avec un titre de longueur courante",
        {
            checkpoint: tuple(
                Indicator(
                    f"{id_}-{checkpoint}-{n}",
                    f"Livrable {n} de l’action {number} au jalon {checkpoint}.",
                    Goal("deliverable"),
                )
                for n in range(1, count + 1)
            )
            for checkpoint, count in counts
        },
    )
