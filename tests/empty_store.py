"""A store that was never used: migrated once, copied for whoever begins with one."""

import tempfile
from functools import cache
from pathlib import Path

from sync.adapters.store import open_database


@cache
def empty_store() -> bytes:
    """The SQLite file, at the latest revision."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "jalon.db"
        open_database(f"sqlite:///{file}").close()
        return file.read_bytes()
