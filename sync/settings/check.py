"""
`jalon check`: everything that can be known without network, said line by line.

Of the database nothing is said here: whoever opens it knows whether it is good.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from sync.errors import ConfigError
from sync.model.plan import Plan
from sync.settings.addresses import is_elsewhere, is_loopback
from sync.settings.agreement import disagreements, leftovers, looks_private
from sync.settings.load import (
    ASANA_URL,
    LoadPlan,
    PlanSettings,
    PublishTarget,
    Settings,
    same_plan_twice,
)
from sync.settings.problems import Problem
from sync.wording import Text

Level = Literal["ok", "warning", "error"]

PAGE: Final = "index.html"
OURS: Final = ("courant", ".versions")
"""What a publication leaves in a folder: with one of them there, the page is Jalon’s own."""


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
    if access := settings.webhook:
        place = f"{access.host}:{access.port}"
        lines.append(
            Checked(
                "ok",
                Text(
                    fr=f"Webhooks : {access.url}, écoutés sur {place}.",
                    en=f"Webhooks: {access.url}, listened for on {place}.",
                ),
            )
        )
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
    yield from _said("warning", looks_private(one.document, plan))
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
    host = urlsplit(one.asana.url).hostname or ""
    if host != urlsplit(ASANA_URL).hostname and not is_loopback(host):
        yield Checked(
            "warning",
            Text(
                fr=f"Le jeton Asana irait à {host}, qui n’est pas Asana. Est-ce voulu?",
                en=f"The Asana token would go to {host}, which is not Asana. Is that intended?",
            ),
        )
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
        problem = _folder_problem(target)
        name = target.name
        yield (
            Checked("error", problem)
            if problem
            else Checked("ok", Text(fr=f"Publication : {name}.", en=f"Publication: {name}."))
        )


def _folder_problem(target: PublishTarget) -> Text | None:
    """Why nothing could be published there, as far as looking can tell; nothing is tried."""
    if is_elsewhere(target.place):
        return None
    folder = Path(target.place)
    if folder.exists() and not folder.is_dir():
        return Text(
            fr=f"La cible {target.name} est un fichier : un dossier est attendu.",
            en=f"The target {target.name} is a file: a folder is expected.",
        )
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        return Text(
            fr=f"La cible {target.name} ne peut pas être écrite : {nearest} n’est pas un dossier "
            "où ce compte a le droit d’écrire. Corrigez les droits, ou choisissez un autre "
            "dossier.",
            en=f"The target {target.name} cannot be written: {nearest} is no folder that this "
            "account may write to. Correct the rights, or choose another folder.",
        )
    page = folder / PAGE
    if os.path.lexists(page) and not any(os.path.lexists(folder / mark) for mark in OURS):
        return Text(
            fr=f"{page} existe déjà et ne vient pas de Jalon : il ne sera pas remplacé. "
            "Déplacez-le, ou choisissez un autre dossier.",
            en=f"{page} already exists and is not Jalon’s: it will not be replaced. Move it away, "
            "or choose another folder.",
        )
    return None
