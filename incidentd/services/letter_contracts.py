"""What the socket API asks of monthly letters; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

from incidentd.wire import letters as wire_letters


class LetterCalls(Protocol):
    async def list(self) -> wire_letters.Letters: ...
    async def get(self, month: str) -> wire_letters.Letter: ...
