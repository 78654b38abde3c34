"""The small city, written to disk."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.settings.city_samples import CITY, REPOSITORY

WriteCity = Callable[..., Path]


@pytest.fixture
def write_city(tmp_path: Path) -> WriteCity:
    """Write a city in a folder of its own; `old` is replaced by `new` in its config."""

    def write(old: str = "", new: str = "", *, name: str = "ville", text: str = CITY) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        assert old in text
        (folder / "plan.yaml").write_text("id: essai\n", encoding="utf-8")
        shutil.copy(REPOSITORY / "mappings" / "asana.yaml", folder / "asana.yaml")
        config = folder / f"{name}.yaml"
        config.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return config

    return write


@pytest.fixture
def city(write_city: WriteCity) -> Path:
    return write_city()
