"""Texts that somebody has not sent yet."""

from __future__ import annotations

from urllib.parse import quote

from incidentd.client.calls import Calls
from incidentd.wire import drafts as wire_drafts


class DraftCalls(Calls):
    """The caller's own drafts."""

    async def draft(self, key: str) -> wire_drafts.Draft:
        """The caller's own unsent text under `key` ("" when there is none)."""
        return await self._get(f"/v1/drafts/{quote(key, safe='')}", wire_drafts.Draft)

    async def save_draft(self, key: str, text: str) -> wire_drafts.Draft:
        return await self._send(
            "PUT", f"/v1/drafts/{quote(key, safe='')}", wire_drafts.Draft, wire_drafts.SaveDraft(text=text)
        )

    async def delete_draft(self, key: str) -> None:
        await self._send("DELETE", f"/v1/drafts/{quote(key, safe='')}", None)
