"""Real hosts on loopback, each with the configuration that the webmaster's guide shows."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.contract.needs import REPOSITORY, needs
from tests.docs.hosts import FOLDER, UPSTREAM

GUIDE: Final = REPOSITORY / "docs" / "webmestre.md"
MODULES: Final = Path("/usr/lib/apache2/modules")
PATIENCE: Final = 20
LOADED: Final = (
    *("mpm_event", "authz_core", "alias", "dir", "mime", "headers", "proxy", "proxy_http"),
    "autoindex",
)
"""With the module that lists folders, which the guide's configuration must keep from doing so."""


def shown(name: str) -> str:
    """A block of the guide, as a webmaster would copy it."""
    text = GUIDE.read_text(encoding="utf-8")
    block = re.search(
        rf"<!-- table: {name}-fr -->\s*```\w+\n(.*?)```\s*<!-- end -->", text, re.DOTALL
    )
    assert block is not None, name
    return block[1]


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    needs(f"{name} (on Debian: apt-get install nginx-light apache2)", there=found is not None)
    return str(found)


@contextlib.contextmanager
def nginx(work: Path, public: Path) -> Iterator[tuple[str, str]]:
    """The address that serves the folder, and that of a site which is a proxy before it."""
    own, before = free_port(), free_port()
    site = shown("nginx-site").replace(FOLDER, str(public))
    proxy = shown("nginx-proxy").replace(UPSTREAM, f"http://127.0.0.1:{own}")
    config = work / "nginx.conf"
    temporary = "\n".join(
        f"{kind}_temp_path {work}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"pid {work}/nginx.pid;\nerror_log {work}/nginx.log;\nevents {{}}\nhttp {{\n"
        f"access_log off;\n{temporary}\n{shown('nginx-maps')}\n"
        f"server {{ listen 127.0.0.1:{own};\n{site}\n}}\n"
        f"server {{ listen 127.0.0.1:{before};\n{proxy}\n}}\n}}\n",
        encoding="utf-8",
    )
    words = [program("nginx"), "-c", str(config), "-p", str(work), "-g", "daemon off;"]
    with running(words, (own, before)):
        yield f"http://127.0.0.1:{own}/suivi", f"http://127.0.0.1:{before}/suivi"


@contextlib.contextmanager
def apache(work: Path, public: Path) -> Iterator[tuple[str, str]]:
    own, before = free_port(), free_port()
    site = shown("apache-site").replace(FOLDER, str(public))
    proxy = shown("apache-proxy").replace(UPSTREAM, f"http://127.0.0.1:{own}")
    config = work / "apache.conf"
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    config.write_text(
        "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in LOADED)
        + f"{user}ServerRoot {work}\nServerName 127.0.0.1\nPidFile {work}/apache.pid\n"
        f"ErrorLog {work}/apache.log\nDefaultRuntimeDir {work}\nTypesConfig /dev/null\n"
        f"DocumentRoot {work}\nListen 127.0.0.1:{own}\nListen 127.0.0.1:{before}\n"
        f"<VirtualHost 127.0.0.1:{own}>\n{site}\n</VirtualHost>\n"
        f"<VirtualHost 127.0.0.1:{before}>\n{proxy}\n</VirtualHost>\n",
        encoding="utf-8",
    )
    with running([program("apache2"), "-f", str(config), "-DFOREGROUND"], (own, before)):
        yield f"http://127.0.0.1:{own}/suivi", f"http://127.0.0.1:{before}/suivi"


@contextlib.contextmanager
def running(words: Sequence[str], ports: Sequence[int]) -> Iterator[None]:
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for port in ports:
            _wait_for(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _wait_for(port: int, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(process.communicate()[0])
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"{process.args} does not listen on {port}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])
