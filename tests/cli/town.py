"""A town small enough to sync in a second: its files on disk, and the commands run in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sync.sandbox.process import RunningSandbox

REPOSITORY = Path(__file__).resolve().parents[2]

CONFIG = """\
city: Petiteville
time_zone: America/Toronto
plan: plans/petit.yaml
mapping: ../mappings/asana.yaml
checkpoints:
  - {id: mi-chemin, title: Mi-chemin, echeance: 2026-02-15}
  - {id: finalite, title: Finalité, echeance: 2026-03-15}
asana: {project: Petit plan}
directions:
  - {id: greffe, name: Greffe}
publish:
  - url: ../public
"""

PLAN = """\
id: petit-plan
title: Petit plan
axes:
  - number: 1
    title: Services
    objective: Mieux servir
    volets:
      - title: Accueil
        actions:
          - id: A1-01
            title: Ouvrir un guichet
            indicators:
              mi-chemin: [{id: A1-01-mi-chemin-1, text: Guichet ouvert.}]
              finalite: [{id: A1-01-finalite-1, text: 3 à 4 organismes rencontrés.}]
          - id: A1-02
            title: Publier un guide
            indicators:
              mi-chemin: [{id: A1-02-mi-chemin-1, text: Guide publié.}]
"""

TABLE = """\
| Axe/Volet | Actions | Indicateur à mi-chemin | Indicateur finalité |
| --- | --- | --- | --- |
| AXE 1 Services | | | |
| Objectif : Mieux servir | | | |
| Accueil | Ouvrir un guichet | Guichet ouvert. | 3 à 4 organismes rencontrés. |
| | Publier un guide | Guide publié. | Guide distribué. |
"""

Finished = subprocess.CompletedProcess[str]


@dataclass(slots=True)
class Town:
    """`folder` is where commands run; `environ` is all that they know of the outside."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def settle(self, config: str = CONFIG, plan: str = PLAN) -> None:
        for name in ("config/plans", "mappings"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.config.write_text(config, encoding="utf-8")
        self.plan.write_text(plan, encoding="utf-8")
        shutil.copy(REPOSITORY / "mappings" / "asana.yaml", self.folder / "mappings")

    @property
    def config(self) -> Path:
        return self.folder / "config" / "ville.yaml"

    @property
    def plan(self) -> Path:
        return self.folder / "config" / "plans" / "petit.yaml"

    def connect(self, sandbox: RunningSandbox) -> None:
        self.environ |= {
            "ASANA_ACCESS_TOKEN": sandbox.token,
            "JALON_ASANA_URL": sandbox.url,
            "JALON_ASANA_WORKSPACE": sandbox.workspace,
        }

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def state(self) -> Path:
        return self.folder / "var"

    def process_environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
        return {**path, "PYTHONUTF8": "1", **self.environ, **(more or {})}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """`jalon` as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "sync", *words],
            cwd=self.folder,
            env=self.process_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *words: str, given: str | None = None) -> Finished:
        return subprocess.run(
            [sys.executable, "-m", "sync", *words],
            cwd=self.folder,
            env=self.process_environment(),
            input=given or "",
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
