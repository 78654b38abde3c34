"""The official SDK's client, on our transport and without what it does to the whole process."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import asana

from sync import __version__
from sync.adapters.asana.exchange import Transport
from sync.errors import ConfigError
from sync.wording import Text


def make_client(token: str, url: str, transport: Transport) -> Any:
    """Raises ConfigError for a token that could not be a header."""
    with _loggers_left_alone():
        configuration: Any = asana.Configuration()
    configuration.host = url
    configuration.access_token = _checked(token)
    configuration.retry_strategy = False
    configuration.return_page_iterator = False
    client: Any = asana.ApiClient(configuration)
    client.pool.close()  # for async_req, which is never used
    client.pool.join()
    del client.pool
    client.rest_client = transport
    client.user_agent = f"Jalon/{__version__}"
    return client


def _checked(token: str) -> str:
    """A token is one printable word; anything else would end in a header, or in a TypeError."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            Text(
                "Jeton Asana absent ou mal formé : un seul mot, sans espace ni saut de ligne. "
                "Vérifier ASANA_ACCESS_TOKEN ou ASANA_ACCESS_TOKEN_FILE.",
                "Asana token missing or malformed: one word, without spaces or line breaks. "
                "Check ASANA_ACCESS_TOKEN or ASANA_ACCESS_TOKEN_FILE.",
            )
        )
    return token


@contextlib.contextmanager
def _loggers_left_alone() -> Iterator[None]:
    """The SDK's first configuration takes over two loggers of the whole process."""
    loggers = [logging.getLogger(name) for name in ("asana", "urllib3")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    try:
        yield
    finally:
        for logger, (level, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            for handler in set(logger.handlers) - set(handlers):
                logger.removeHandler(handler)
