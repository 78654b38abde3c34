"""Places to publish to: one in memory that stops where it is told, and two real servers."""

import asyncio
import hashlib
import json
import logging
import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
from moto.server import ThreadedMotoServer

from sync.adapters.publish.manifest import remote_manifest

PASSWORD = "mot-de-passe-canari-77"
S3_TOKEN = "AKIACANARI:secret-canari-88"


class Stopped(BaseException):
    """As sudden as a power cut: nothing may catch it."""


@dataclass
class MemoryShelf:
    """
    Each single write, switch and removal is a step, in an order of chance within one call.

    At the step `at` it stops: before it, or after it.
    """

    held: dict[str, bytes] = field(default_factory=dict)
    at: int = 0
    how: str = "before"
    error: Callable[[], BaseException] = Stopped
    after_each: Callable[[Mapping[str, bytes]], None] = lambda _: None
    steps: int = 0
    given: list[float | None] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - an order, no secret

    def read(self, names: Iterable[str]) -> dict[str, bytes | None]:
        return {name: self.held.get(name) for name in names}

    def write(self, bodies: Mapping[str, bytes], becoming: Mapping[str, str]) -> None:
        assert bodies.keys() <= becoming.keys()
        for name in self._shuffled(bodies):
            self._step(lambda name=name: self.held.update({name: bodies[name]}))

    def reveal(self, moves: Mapping[str, str]) -> None:
        for source in self._shuffled(moves):
            name = moves[source]
            self._step(lambda source=source, name=name: self._move(source, name))

    def names(self, folder: str) -> list[str]:
        return sorted(name for name in self.held if name.startswith(f"{folder}/"))

    def remove(self, names: Iterable[str]) -> None:
        for name in self._shuffled(names):
            self._step(lambda name=name: self.held.pop(name, None))

    @contextmanager
    def opened(self, seconds: float | None = None) -> Iterator["MemoryShelf"]:
        """How long each may take is kept in `given`."""
        self.given.append(seconds)
        yield self

    def _move(self, source: str, name: str) -> None:
        self.held[name] = self.held.pop(source)

    def _shuffled(self, names: Iterable[str]) -> list[str]:
        return self.chance.sample(sorted(names), len(list(names)))

    def _step(self, do: Callable[[], object]) -> None:
        self.steps += 1
        if self.steps == self.at and self.how == "before":
            raise self.error()
        do()
        self.after_each(self.held)
        if self.steps == self.at:
            raise self.error()


def told_truly(held: Mapping[str, bytes]) -> int:
    """
    The number that stands there, 0 for none, as a reader who checks finds it.

    Fails when a file is neither what the manifest says nor what it says was there before.
    """
    manifest = remote_manifest(held.get(".manifeste.json"))
    numbered = {name: body for name, body in held.items() if name.startswith("instantanes/")}
    for name, body in numbered.items():
        assert json.loads(body)["numero"] == int(name[-9:-5])
    if manifest is None:
        assert ".manifeste.json" not in held
        assert not {"index.html", "dernier.json", "etat.json"} & held.keys()
        return 0
    for name, digest in manifest.instantanes.items():
        assert hashlib.sha256(held[name]).hexdigest() == digest
    possible = manifest.possible()
    for name, digest in manifest.fichiers.items():
        if manifest.avant is None:
            assert hashlib.sha256(held[name]).hexdigest() == digest, name
        elif name in held:
            assert hashlib.sha256(held[name]).hexdigest() in possible[name], name
    if manifest.avant is None:
        state = json.loads(held["etat.json"])["numero"]
        assert state == json.loads(held["dernier.json"])["numero"] == manifest.numero
        public = {name for name in held if name[0] != "."} - numbered.keys()
        assert public == {*manifest.fichiers, "etat.json"}
        return manifest.numero
    # under way: who sees the two pointers agree, sees a whole number
    if held.keys() >= {"etat.json", "dernier.json"}:
        latest = json.loads(held["dernier.json"])["numero"]
        assert json.loads(held["etat.json"])["numero"] <= latest
        assert held[f"instantanes/{latest:04d}.json"] == held["dernier.json"]
    return -1


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3-compatible server on loopback, with one empty bucket `seau`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@dataclass(frozen=True)
class SshServer:
    port: int
    root: Path
    known_hosts: Path
    key: Path


class _Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("ville", PASSWORD)


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """An SSH server on loopback that serves SFTP below `folder/serveur`, and nothing else."""
    root = folder / "serveur"
    root.mkdir()
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key = asyncssh.generate_private_key("ssh-ed25519")
    key = folder / "cle"
    locked = user_key.export_private_key(passphrase=PASSWORD, rounds=1, ignore_few_rounds=True)
    key.write_bytes(locked)
    key.chmod(0o600)
    allowed = folder / "authorized_keys"
    allowed.write_bytes(user_key.export_public_key())
    loop = asyncio.new_event_loop()
    running = threading.Thread(target=loop.run_forever)
    running.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Door,
            server_host_keys=[host_key],
            authorized_client_keys=str(allowed),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root)),
            allow_scp=False,
        )

    try:
        server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
        port = server.sockets[0].getsockname()[1]
        known = folder / "known_hosts"
        public = host_key.export_public_key().decode().strip()
        known.write_text(f"[127.0.0.1]:{port} {public}\n")
        yield SshServer(port, root, known, key)

        async def close() -> None:
            server.close()
            await server.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        running.join(10)
        loop.close()
