"""Find what a person names on the command line in the plan."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from sync.core.marks import action_ref, indicator_ref, ref_of
from sync.errors import ConfigError
from sync.model.plan import Action, Plan, Revision
from sync.settings import Settings
from sync.wording import Text


def action_in(plan: Plan, wanted: str) -> Action:
    """The action with this id, whatever its case."""
    by_id = {action.id.casefold(): action for _, _, action in plan.actions()}
    found = by_id.get(wanted.strip().casefold())
    if found is not None:
        return found
    near = [by_id[id_].id for id_ in get_close_matches(wanted.casefold(), by_id, n=3)]
    hint = ", ".join(near) or ", ".join(action.id for action in by_id.values())
    raise ConfigError(
        Text(
            f"Le plan « {plan.id} » n’a pas d’action « {wanted} ». Essayez : {hint}.",
            f"Plan “{plan.id}” has no action “{wanted}”. Try: {hint}.",
        )
    )


def action_of_any_revision(revisions: Sequence[Revision], plan: Plan, wanted: str) -> str:
    """The id of an action that is in the plan, or that a later revision has dropped."""
    for one in (plan, *(revision.plan for revision in revisions)):
        for _, _, action in one.actions():
            if action.id.casefold() == wanted.strip().casefold():
                return action.id
    return action_in(plan, wanted).id


def refs_of(
    revisions: Sequence[Revision], plan: Plan, action_id: str
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The refs of an action and its indicators, and how refs that concern a part of them begin."""
    plans = [*(revision.plan for revision in revisions), plan]
    refs = {action_ref(action_id)} | {
        indicator_ref(indicator.id)
        for one in plans
        for _, _, action in one.actions()
        if action.id == action_id
        for _, indicator in action.all_indicators()
    }
    return frozenset(refs), tuple(f"{ref}#" for ref in sorted(refs))


def parents_of(revisions: Sequence[Revision], plan: Plan) -> dict[str, str]:
    """Each indicator's ref → its action's id; the plan of record wins over what was before it."""
    return {
        indicator_ref(indicator.id): action.id
        for one in (*(revision.plan for revision in revisions), plan)
        for _, _, action in one.actions()
        for _, indicator in action.all_indicators()
    }


def action_of(subject: str, parents: Mapping[str, str]) -> str | None:
    """The action that a row concerns, by itself or through one of its indicators."""
    ref = ref_of(subject)
    kind, _, rest = ref.partition(":")
    return rest if kind == "action" else parents.get(ref)


def heading(plan: Plan, settings: Settings) -> str:
    """Titles may repeat from city to city; with several plans the id tells them apart."""
    return f"{plan.title} ({plan.id})" if len(settings.plans) > 1 else plan.title
