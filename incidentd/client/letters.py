"""Monthly letters."""

from __future__ import annotations

from urllib.parse import quote

from incidentd.client.calls import Calls
from incidentd.wire import letters as wire_letters


class LetterCalls(Calls):
    """What a month of responding and learning came to."""

    async def letters(self) -> wire_letters.Letters:
        return await self._get("/v1/letters", wire_letters.Letters)

    async def letter(self, month: str) -> wire_letters.Letter:
        """The letter about a month, such as 2026-03: as it was sent, else as it would be by now."""
        return await self._get(f"/v1/letters/{quote(month, safe='')}", wire_letters.Letter)
