"""The language lint, and what people say of its findings."""

from __future__ import annotations

from incidentd.client.calls import Calls
from incidentd.wire import wording as wire_wording

_PATH = "/v1/lint/dismissals"


class WordingCalls(Calls):
    """Wording in texts that others will learn from."""

    async def wording(self) -> wire_wording.Wording:
        return await self._get("/v1/lint", wire_wording.Wording)

    async def lint_text(self, body: wire_wording.LintText) -> wire_wording.Linted:
        return await self._send("POST", "/v1/lint", wire_wording.Linted, body, once=False)

    async def dismissals(self) -> wire_wording.Dismissals:
        return await self._get(_PATH, wire_wording.Dismissals)

    async def judge_wording(self, body: wire_wording.JudgeWording) -> wire_wording.Dismissals:
        return await self._send("POST", _PATH, wire_wording.Dismissals, body)

    async def undo_dismissal(self, verdict_id: int) -> wire_wording.Dismissals:
        return await self._send("DELETE", f"{_PATH}/{verdict_id}", wire_wording.Dismissals)
