"""A way to the PostgreSQL of a test that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import parse_qs, urlsplit


class Cut:
    """A way to the server of `database_url`, which listens on a Unix socket. `silence` swallows all that is said, as a
    network does that drops packets; `refuse` resets every connection.
    """

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._server = parse_qs(parts.query)["host"][0]
        self._database = parts.path
        self._pairs: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = asyncio.Event()
        self._heard.set()
        self.refusing = False
        self.port = 0
        self.url = ""

    async def start(self) -> None:
        self._listening = await asyncio.start_server(self._come, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}{self._database}"

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        there, back = await asyncio.open_unix_connection(f"{self._server}/.s.PGSQL.5432")
        self._pairs |= {writer, back}
        for source, target in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pass_on(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self._heard.wait()
                target.write(data)
                await target.drain()
        target.transport.abort()

    def silence(self) -> None:
        self._heard.clear()

    def refuse(self) -> None:
        self.refusing = True
        for writer in self._pairs:
            writer.transport.abort()

    def mend(self) -> None:
        self.refusing = False
        self._heard.set()

    async def close(self) -> None:
        self.refuse()
        self.mend()
        self._listening.close()
        await asyncio.gather(*self._tasks)
