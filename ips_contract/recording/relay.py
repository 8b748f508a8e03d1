"""The body of a request on its way: taken from the client as it comes, given to the service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ips_contract.http.messages import Flowing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ips_contract.http.messages import Receiver, Response

_MOST = 256 * 1024  # Bytes that wait for the service; then the client waits.
_FEW = 64 * 1024


class Relay(Flowing):
    """Pieces in the order in which they came. All of it runs in one event loop.

    Args:
        keep: bytes that are kept for the log.
        reader: is shown each piece instead; then none is kept.

    Attributes:
        kept: the body, as far as it is kept.
        size: bytes that came.
        ended: it is complete.
        broken: the body will never be complete.
        task: what sends it; ended with it if the body breaks off.
    """

    def __init__(self, keep: int, reader: Receiver | None = None) -> None:
        self.kept = bytearray()
        self.size = 0
        self.reader = reader
        self.broken = False
        self.task: asyncio.Task[Response] | None = None
        self._keep = keep
        self.ended = False
        self._waiting: list[bytes] = []
        self._held = 0
        self._news = asyncio.Event()

    @property
    def whole(self) -> bool:
        """Whether ``kept`` is all that came."""
        return len(self.kept) == self.size

    def feed(self, data: bytes) -> bool:
        """Takes a piece; whether more is wanted: not once there is an answer."""
        self.size += len(data)
        if self.reader is not None:
            self.reader.feed(data)
        elif len(self.kept) < self._keep:
            self.kept += data[: self._keep - len(self.kept)]
        if self.task is not None and self.task.done():
            return False
        self._waiting.append(data)
        self._held += len(data)
        self.full = self._held > _MOST
        self._news.set()
        return True

    def close(self) -> None:
        """The body has ended."""
        if self.reader is not None:
            self.reader.close()
        self.ended = True
        self._news.set()

    def abort(self) -> None:
        """The body will never be complete: the service must not take it for that."""
        self.broken = True
        if self.task is not None:
            # Not at once: one that has not begun would end without a word.
            asyncio.get_running_loop().call_soon(self.task.cancel)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """What has come, until the end."""
        while True:
            await self._news.wait()
            self._news.clear()
            pieces, self._waiting, held = self._waiting, [], self._held
            for piece in pieces:
                yield piece
            self._held -= held
            if self.full and self._held <= _FEW:
                self.full = False
                if self.when_free is not None:
                    self.when_free()
            if self.ended and not self._waiting:
                return
