"""
Object storage and SFTP, opened through fsspec: who we are there, and whom we trust.

Nothing is taken from the environment or from files that nobody named: no credentials of another
tool, no agent, no `~/.ssh/config`, no proxy.
"""

import importlib.util
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from sync.adapters.publish.shelf import FsspecShelf, Shelf, failed
from sync.core.places import S3Place, SftpPlace
from sync.core.serving import content_type, headers_for
from sync.errors import ConfigError
from sync.wording import Text

SECONDS: Final = 120.0
"""One delivery, or one confirmation; what has arrived by then is kept."""
CONNECT: Final = 10
READ: Final = 20


def needed(module: str, extra: str, where: str) -> None:
    """Raises ConfigError where a library that this kind of target needs is not installed."""
    if importlib.util.find_spec(module) is None:
        raise ConfigError(
            Text(
                f"Cible de publication {where} : il y faut une bibliothèque qui n’est pas "
                f"installée. Ajoutez-la : pip install 'jalon[{extra}]'.",
                f"Publication target {where}: it needs a library that is not installed. Add it: "
                f"pip install 'jalon[{extra}]'.",
            ),
            target=where,
            missing=module,
        )


def s3_shelf(
    place: S3Place, where: str, token: SecretStr, *, seconds: float = SECONDS
) -> Callable[[], Any]:
    """Opens a bucket. The token is the key's id and its secret, with a colon in between."""
    key, _, secret = token.get_secret_value().partition(":")

    @cache  # no connection is held open by it, and its making is slow
    def files() -> Any:
        import s3fs

        return s3fs.S3FileSystem(
            key=key,
            secret=secret,
            endpoint_url=place.endpoint,
            client_kwargs={"region_name": place.region or "us-east-1"},
            config_kwargs={
                "connect_timeout": CONNECT,
                "read_timeout": READ,
                "retries": {"max_attempts": 2},
                "proxies": {},
            },
            use_listings_cache=False,
            max_concurrency=1,  # one GET for each file, and never pieces of two versions
            skip_instance_cache=True,
        )

    @contextmanager
    def opened(seconds: float = seconds) -> Iterator[Shelf]:
        import aiohttp
        from botocore.exceptions import BotoCoreError, ClientError

        yield FsspecShelf(
            files(),
            f"{place.bucket}/{place.prefix}".rstrip("/"),
            where,
            refusals=(OSError, BotoCoreError, ClientError, aiohttp.ClientError),
            said=_s3_said,
            written_with=_s3_headers,
            moves=_copied,
            seconds=seconds,
        )

    return opened


def _s3_headers(name: str) -> dict[str, str]:
    """As a host of the folder should send them, and as far as a bucket keeps them."""
    caching = headers_for(f"/{name}").get("Cache-Control")
    return {"ContentType": content_type(name), **({"CacheControl": caching} if caching else {})}


async def _copied(fs: Any, source: str, target: str) -> None:
    """A copy is whole or not at all there, and carries its media type with it."""
    from_bucket, from_key, _ = fs.split_path(source)
    bucket, key, _ = fs.split_path(target)
    origin = {"Bucket": from_bucket, "Key": from_key}
    await fs._call_s3("copy_object", Bucket=bucket, Key=key, CopySource=origin)
    await fs._rm_file(source)


def _s3_said(error: BaseException) -> Text | None:
    if isinstance(error, PermissionError):
        return Text(
            "accès refusé. Vérifiez la clé, son secret et ce qu’ils ont le droit de lire, "
            "d’écrire et d’effacer",
            "access denied. Check the key, its secret and what they may read, write and delete",
        )
    if isinstance(error, FileNotFoundError):
        return Text("le seau n’existe pas", "the bucket does not exist")
    return None


def sftp_shelf(
    place: SftpPlace, where: str, token: SecretStr | None, *, seconds: float = SECONDS
) -> Callable[[], Any]:
    """
    Opens an SSH server whose host key stands in `known_hosts`, and no other.

    The token is the account's password, or the passphrase of the key file where one is named.
    """
    secret = token.get_secret_value() if token else None

    @contextmanager
    def opened(seconds: float = seconds) -> Iterator[Shelf]:
        import asyncssh
        from sshfs import SSHFileSystem

        known = Path(place.known_hosts or "~/.ssh/known_hosts").expanduser()
        if not known.is_file():
            raise failed(
                where,
                Text(
                    f"{known} n’existe pas. Mettez-y la clé d’hôte du serveur (ssh-keyscan, puis "
                    "comparez l’empreinte avec celle que donne l’hébergeur)",
                    f"{known} does not exist. Put the server’s host key into it (ssh-keyscan, "
                    "then compare the fingerprint with the one that the host gives)",
                ),
            )
        began = time.monotonic()
        try:
            fs = SSHFileSystem(
                place.host,
                port=place.port,
                username=place.user,
                password=None if place.key else secret,
                client_keys=[str(Path(place.key).expanduser())] if place.key else None,
                passphrase=secret if place.key else None,
                known_hosts=str(known),
                config=None,
                agent_path=None,
                gss_host=None,
                connect_timeout=CONNECT,
                login_timeout=CONNECT,
                keepalive_interval=5,
                skip_instance_cache=True,
            )
        except PermissionError:
            raise failed(where, _NO_LOGIN) from None
        except (OSError, asyncssh.Error, asyncssh.KeyImportError) as error:
            raise failed(where, _sftp_said(error) or _NO_SSH) from None
        try:
            yield FsspecShelf(
                fs,
                place.path,
                where,
                refusals=(OSError, asyncssh.Error),
                said=_sftp_said,
                moves=_renamed,
                seconds=seconds - (time.monotonic() - began),
            )
        finally:
            fs.client.close()

    return opened


_NO_SSH = Text(
    "le serveur SSH n’a pas répondu. Le prochain cycle reprendra",
    "the SSH server did not answer. The next cycle will try again",
)


_NO_LOGIN = Text(
    "connexion refusée. Vérifiez le compte, le mot de passe ou la clé",
    "login refused. Check the account, the password or the key",
)


async def _renamed(fs: Any, source: str, target: str) -> None:
    await fs._makedirs(fs._parent(target), exist_ok=True)
    await fs._mv(source, target)


def _sftp_said(error: BaseException) -> Text | None:
    import asyncssh

    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return Text(
            "la clé d’hôte présentée n’est pas celle de known_hosts. Rien n’a été envoyé : "
            "demandez à l’hébergeur si sa clé a changé avant d’y toucher",
            "the host key shown is not the one in known_hosts. Nothing was sent: ask the host "
            "whether its key has changed before you touch it",
        )
    if isinstance(error, (asyncssh.PermissionDenied, asyncssh.KeyImportError)):
        return _NO_LOGIN
    if isinstance(error, (PermissionError, asyncssh.SFTPPermissionDenied)):
        return Text(
            "écriture refusée. Vérifiez les droits du compte sur ce dossier",
            "writing refused. Check the account’s rights on that folder",
        )
    if isinstance(error, asyncssh.SFTPError):
        return Text(
            f"le serveur a refusé ({type(error).__name__}). Vérifiez la place et les droits",
            f"the server refused ({type(error).__name__}). Check its space and the rights",
        )
    return None
