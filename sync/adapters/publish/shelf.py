"""
What a remote place must be able to do for a publication, and how fsspec does it.

Names are relative to the target's root. A call takes many names at once and works on several at a
time; nothing says in which order. Every call ends within the time given when the shelf was opened.
"""

import asyncio
import posixpath
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from sync.errors import PublicationFailed
from sync.wording import Text

AT_ONCE: Final = 8
UNREACHABLE: Final = Text(
    "le serveur n’a pas répondu. Le prochain cycle reprendra",
    "the server did not answer. The next cycle will try again",
)
TOO_SLOW: Final = Text(
    "l’envoi n’a pas fini à temps. Ce qui est déjà arrivé est gardé; le prochain cycle reprendra",
    "the delivery did not end in time. What has arrived is kept; the next cycle will go on",
)

Found = TypeVar("Found")


class Shelf(Protocol):
    def read(self, names: Iterable[str]) -> dict[str, bytes | None]:
        """None for what is not there; whatever else prevents reading raises."""

    def write(self, bodies: Mapping[str, bytes], becoming: Mapping[str, str]) -> None:
        """Under names that nobody reads; `becoming` has the name that each is to get."""

    def reveal(self, moves: Mapping[str, str]) -> None:
        """
        Give each written name its final one, in place of what is there.

        A reader of one final name meets the old or the new content, never a mixture.
        """

    def names(self, folder: str) -> list[str]: ...
    def remove(self, names: Iterable[str]) -> None: ...


class FsspecShelf:
    """
    One open fsspec file system.

    `refusals` are the errors that this kind raises; `said` puts one in our words, or None where
    it only says that the server is away.
    """

    def __init__(
        self,
        fs: Any,
        root: str,
        where: str,
        *,
        refusals: tuple[type[BaseException], ...],
        said: Callable[[BaseException], Text | None],
        written_with: Callable[[str], dict[str, Any]] = lambda _: {},
        moves: Callable[[Any, str, str], Awaitable[object]],
        seconds: float,
    ) -> None:
        self._fs = fs
        self._root = root
        self._where = where
        self._refusals = refusals
        self._said = said
        self._written_with = written_with
        self._moves = moves
        self._ends = time.monotonic() + seconds

    def read(self, names: Iterable[str]) -> dict[str, bytes | None]:
        async def one(name: str) -> bytes | None:
            try:
                return bytes(await self._fs._cat_file(self._path(name)))
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

        return self._all(one, list(names))

    def write(self, bodies: Mapping[str, bytes], becoming: Mapping[str, str]) -> None:
        async def one(name: str) -> None:
            said = self._written_with(becoming[name])
            await self._fs._pipe_file(self._path(name), bodies[name], **said)

        self._all(one, list(bodies))

    def reveal(self, moves: Mapping[str, str]) -> None:
        async def one(source: str) -> None:
            await self._moves(self._fs, self._path(source), self._path(moves[source]))

        self._all(one, list(moves))

    def names(self, folder: str) -> list[str]:
        async def one(name: str) -> list[str]:
            try:
                return list(await self._fs._find(self._path(name)))
            except FileNotFoundError:
                return []

        inside = f"{self._path('').rstrip('/')}/"
        return [path.removeprefix(inside) for path in self._all(one, [folder])[folder]]

    def remove(self, names: Iterable[str]) -> None:
        async def one(name: str) -> None:
            try:
                await self._fs._rm_file(self._path(name))
            except FileNotFoundError:
                return

        self._all(one, list(names))

    def _path(self, name: str) -> str:
        return posixpath.join(self._root, name) if self._root else name

    def _all(
        self, one: Callable[[str], Awaitable[Found]], names: Sequence[str]
    ) -> dict[str, Found]:
        from fsspec.asyn import sync

        async def every() -> list[Found]:
            free = asyncio.Semaphore(AT_ONCE)

            async def within(name: str) -> Found:
                async with free:
                    return await one(name)

            working = [asyncio.ensure_future(within(name)) for name in names]
            try:
                left = max(self._ends - time.monotonic(), 0.001)
                return list(await asyncio.wait_for(asyncio.gather(*working), left))
            finally:
                for each in working:
                    each.cancel()
                await asyncio.gather(*working, return_exceptions=True)

        try:
            return dict(zip(names, sync(self._fs.loop, every), strict=True))
        except TimeoutError as error:
            raise failed(self._where, TOO_SLOW) from error
        except self._refusals as error:
            raise failed(self._where, self._said(error) or UNREACHABLE) from None


def failed(where: str, why: Text) -> PublicationFailed:
    """The libraries' own words are not quoted: they may repeat what they were given."""
    return PublicationFailed(
        Text(
            f"{where} : {why.fr}. La dernière publication y reste en place.",
            f"{where}: {why.en}. The last publication still stands there.",
        ),
        target=where,
    )
