"""
What holds on the stand-in holds on a real CKAN: `make portal`.

CKAN, PostgreSQL and the files of a portal are real; only its search index, which no data set is
read from while it finds nothing, is a stand-in.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.publish.portal_laws import Held, PortalLaws
from tests.postgres import binaries, running_server

ENVIRONMENT = Path(__file__).parents[2] / ".contract" / "ckan" / "bin"
SERVER = Path(__file__).with_name("serve_ckan.py")
pytestmark = pytest.mark.portal


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    programs = binaries()
    if programs is None or not (ENVIRONMENT / "ckan").exists():
        pytest.fail("PostgreSQL’s server and `make portal` are needed")
    folder = tmp_path_factory.mktemp("portal")
    config, storage, said = folder / "ckan.ini", folder / "storage", folder / "said"
    storage.mkdir()
    made = [ENVIRONMENT / "ckan", "generate", "config", config]
    subprocess.run(made, check=True, capture_output=True, timeout=120)
    with running_server(programs) as server, said.open("wb") as errors:
        words = [ENVIRONMENT / "python", SERVER, config, server.empty(), storage]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("CKAN")}
        ckan = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, cwd=folder, env=clean)
        try:
            assert ckan.stdout is not None
            line = ckan.stdout.readline()
            assert line, said.read_text()[-2000:]
            ready = json.loads(line)
            assert ready["version"].startswith("2.")
            yield Held(ready["site"], ready["token"], "ville", lambda: kept_in(storage))
        finally:
            ckan.kill()
            ckan.wait()
            if ckan.stdout is not None:
                ckan.stdout.close()
    shutil.rmtree(folder, ignore_errors=True)


def kept_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


class TestRealPortal(PortalLaws):
    """Every law of `tests/adapters/publish/portal_laws.py`."""
