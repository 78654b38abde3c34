"""`jalon check`: everything that can be known without network, said line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from sync.errors import ConfigError
from sync.model.plan import Plan
from sync.settings.agreement import disagreements, leftovers
from sync.settings.load import LoadPlan, PlanSettings, Settings, same_plan_twice
from sync.settings.problems import Problem
from sync.wording import Text

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Checked:
    level: Level
    text: Text


@dataclass(frozen=True, slots=True)
class Report:
    lines: tuple[Checked, ...]

    @property
    def ok(self) -> bool:
        return all(line.level != "error" for line in self.lines)


def check(settings: Settings, load_plan: LoadPlan) -> Report:
    """Settings that loaded are already sound by themselves; here they meet the plans."""
    lines = [Checked("warning", text) for text in settings.warnings]
    opened: list[tuple[PlanSettings, Plan]] = []
    for one in settings.plans:
        try:
            plan = load_plan(one.plan_path)
        except ConfigError as error:
            lines.append(Checked("error", error.text))
        else:
            opened.append((one, plan))
            lines.extend(_plan(one, plan))
        lines.extend(_access(one))
    lines.extend(_said("error", same_plan_twice(opened)))
    shown = settings.database_shown()
    lines.append(Checked("ok", Text(fr=f"Base de données : {shown}.", en=f"Database: {shown}.")))
    return Report(tuple(lines))


def _said(level: Level, problems: Sequence[Problem] | Iterator[Problem]) -> Iterator[Checked]:
    for problem in problems:
        yield Checked(level, problem.located())


def _plan(one: PlanSettings, plan: Plan) -> Iterator[Checked]:
    actions = sum(1 for _ in plan.actions())
    indicators = sum(1 for _ in plan.indicators())
    yield Checked(
        "ok",
        Text(
            fr=f"{one.document.name} : plan « {plan.title} » ({plan.id}), {actions} actions, "
            f"{indicators} indicateurs.",
            en=f"{one.document.name}: plan “{plan.title}” ({plan.id}), {actions} actions, "
            f"{indicators} indicators.",
        ),
    )
    problems = list(disagreements(one.document, one.city, plan))
    yield from _said("error", problems)
    yield from _said("warning", leftovers(one.document, one.city, plan))
    if problems:
        return
    try:
        rules = one.rules(plan)
    except ConfigError as error:
        yield Checked("error", error.text)
        return
    dates = ", ".join(f"{c.title} {c.due} → {c.freeze_on}" for c in rules.checkpoints)
    yield Checked("ok", Text(fr=f"Jalons (gel) : {dates}.", en=f"Checkpoints (freeze): {dates}."))
    count = len(rules.mapping.fields)
    yield Checked(
        "ok",
        Text(
            fr=f"{one.mapping_document.name} : {count} champs Asana.",
            en=f"{one.mapping_document.name}: {count} Asana fields.",
        ),
    )


def _access(one: PlanSettings) -> Iterator[Checked]:
    if one.asana.token is None:
        yield Checked(
            "warning",
            Text(
                fr=f"Aucun jeton Asana dans {one.asana.variable} : on peut lire, pas synchroniser.",
                en=f"No Asana token in {one.asana.variable}: reading works, syncing does not.",
            ),
        )
    if not one.targets:
        yield Checked(
            "warning",
            Text(
                fr=f"{one.document.name} : aucune cible, rien ne sera publié.",
                en=f"{one.document.name}: no target, nothing will be published.",
            ),
        )
    for target in one.targets:
        is_web = urlsplit(target.place).scheme in {"http", "https"}
        if not is_web and Path(target.place).exists() and not Path(target.place).is_dir():
            yield Checked(
                "error",
                Text(
                    fr=f"La cible {target.name} est un fichier : un dossier est attendu.",
                    en=f"The target {target.name} is a file: a folder is expected.",
                ),
            )
        else:
            yield Checked(
                "ok", Text(fr=f"Publication : {target.name}.", en=f"Publication: {target.name}.")
            )
