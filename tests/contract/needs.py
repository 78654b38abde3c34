"""What a judge needs to sit. In CI a judge that cannot sit is a failure; elsewhere, a skip."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).resolve().parents[2]
JUDGES: Final = REPOSITORY / ".contract"
"""Where `make contract` puts the Python judges, each in an environment of its own."""
NODE_MODULES: Final = Path(__file__).parent / "node_modules"
DATA: Final = REPOSITORY.parent / "shared" / "data"
MENDED: Final = "asana_oas.prism.yaml"
"""Asana's official description, its known defects mended so that a validator validates."""
PUBLISHED: Final = "asana_oas.yaml"
"""The same as Asana publishes it."""


def needs(what: str, *, there: bool) -> None:
    """Go on when it is there; else say what is missing, as loudly as the place asks for."""
    if there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and in CI every judge sits")
    pytest.skip(f"{what} is missing")


def data(name: str) -> Path:
    place = DATA / name
    needs(f"the official description ({name})", there=place.exists())
    return place


def node(package: str) -> str:
    """The path of Node, once this package stands installed beside it."""
    found = shutil.which("node")
    needs("Node", there=found is not None)
    needs(f"the npm package {package} (make contract)", there=(NODE_MODULES / package).is_dir())
    return str(found)


def environment(name: str) -> Path:
    """The folder of a Python judge's own environment."""
    place = JUDGES / name
    needs(f"the environment of {name} (make contract)", there=(place / ".ready").exists())
    return place
