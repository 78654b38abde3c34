"""Where a city's config and its plan must agree, checked as soon as both are known."""

from collections.abc import Iterator

from sync.core.names import names_in
from sync.core.plan_words import plan_words, private_words
from sync.model.plan import Plan
from sync.settings.config import CityConfig
from sync.settings.document import Document
from sync.settings.problems import Problem, suggestion
from sync.wording import Text


def disagreements(document: Document, city: CityConfig, plan: Plan) -> Iterator[Problem]:
    """What must be fixed before a cycle can run."""
    yield from _checkpoints(document, city, plan)
    yield from _names_in_sight(document, city, plan)
    known = [action.id for _, _, action in plan.actions()]
    for number, direction in enumerate(city.directions):
        for place, action_id in enumerate(direction.actions):
            if action_id not in known and action_id not in plan.retired_ids:
                hint = suggestion(action_id, known)
                yield document.problem(
                    ("directions", number, "actions", place),
                    Text(
                        fr=f"le plan n'a pas d'action « {action_id} ». {hint.fr}",
                        en=f"the plan has no action “{action_id}”. {hint.en}",
                    ),
                )


def _names_in_sight(document: Document, city: CityConfig, plan: Plan) -> Iterator[Problem]:
    """A name that is never to be published and that the plan or the config itself publishes."""
    words = [("city", city.city), *((f"directions: {d.id}", d.name) for d in city.directions)]
    words += [(f"checkpoints: {c.id}", c.title) for c in city.checkpoints]
    words += plan_words(plan)
    for number, name in enumerate(city.never_publish):
        place = next((at for at, text in words if any(names_in(text, (name,)))), None)
        if place is not None:
            yield document.problem(
                ("never_publish", number),
                Text(
                    fr=f"« {name} » se lit dans ce qui est publié ({place}). Changez ces mots, ou "
                    "retirez le nom de la liste.",
                    en=f"“{name}” stands in what is published ({place}). Change those words, or "
                    "take the name off the list.",
                ),
            )


def looks_private(document: Document, plan: Plan) -> Iterator[Problem]:
    """What the plan publishes and a note may not: to tell, not to stop for, as it is public."""
    for place, part in private_words(plan):
        yield document.problem(
            ("plan",),
            Text(
                fr=f"le plan semble contenir {part.what.fr} ({place} : {part.words}). Il est "
                "publié tel quel; seule une révision du plan l'enlève.",
                en=f"the plan seems to hold {part.what.en} ({place}: {part.words}). It is "
                "published as it is; only a revision of the plan takes it out.",
            ),
        )


def leftovers(document: Document, city: CityConfig, plan: Plan) -> Iterator[Problem]:
    """What has become useless, such as a retired action: to tell, not to stop for."""
    for number, direction in enumerate(city.directions):
        for place, action_id in enumerate(direction.actions):
            if action_id in plan.retired_ids:
                yield document.problem(
                    ("directions", number, "actions", place),
                    Text(
                        fr=f"l'action « {action_id} » est retirée du plan : la ligne peut partir.",
                        en=f"action “{action_id}” was retired from the plan; the line can go.",
                    ),
                )


def _checkpoints(document: Document, city: CityConfig, plan: Plan) -> Iterator[Problem]:
    decided = [checkpoint.id for checkpoint in city.checkpoints]
    used = list(dict.fromkeys(checkpoint for _, checkpoint, _ in plan.indicators()))
    for checkpoint_id in used:
        if checkpoint_id not in decided:
            hint = suggestion(checkpoint_id, decided)
            yield document.problem(
                ("checkpoints",),
                Text(
                    fr=f"le plan a des indicateurs au jalon « {checkpoint_id} », sans date ici. "
                    f"{hint.fr}",
                    en=f"the plan has indicators at checkpoint “{checkpoint_id}”, undated here. "
                    f"{hint.en}",
                ),
            )
    for number, checkpoint_id in enumerate(decided):
        if checkpoint_id not in used:
            hint = suggestion(checkpoint_id, used)
            yield document.problem(
                ("checkpoints", number, "id"),
                Text(
                    fr=f"aucun indicateur du plan n'est au jalon « {checkpoint_id} ». {hint.fr}",
                    en=f"no indicator of the plan is at checkpoint “{checkpoint_id}”. {hint.en}",
                ),
            )
