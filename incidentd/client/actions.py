"""Similar incidents, and what is done after a review."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar


class ActionCalls(Calls):
    """What differs from similar incidents, and the actions of all reviews."""

    async def say_differs(self, incident_id: int, body: wire_similar.SayDiffers) -> wire_similar.SimilarIncidents:
        path = f"/v1/incidents/{incident_id}/review/similar"
        return await self._send("POST", path, wire_similar.SimilarIncidents, body)

    async def actions(
        self,
        *,
        state: str = "open",
        team: str = "",
        incident: int = 0,
        late: bool = False,
        mine: bool = False,
        limit: int = 100,
        cursor: str = "",
    ) -> wire_records.ActionPage:
        flags = {"late": "1" if late else "", "mine": "1" if mine else ""}
        query = query_string(state=state, team=team, incident=incident or "", **flags, limit=limit, cursor=cursor)
        return await self._get(f"/v1/actions{query}", wire_records.ActionPage)

    async def action(self, action_id: int) -> wire_records.Action:
        return await self._get(f"/v1/actions/{action_id}", wire_records.Action)

    async def write_action(self, incident_id: int, body: wire_records.WriteAction) -> wire_records.Action:
        return await self._send("POST", f"/v1/incidents/{incident_id}/review/actions", wire_records.Action, body)

    async def edit_action(
        self, action_id: int, body: wire_records.EditAction, *, if_version: int | None = None
    ) -> wire_records.Action:
        return await self._send("PATCH", f"/v1/actions/{action_id}", wire_records.Action, body, if_version=if_version)

    async def end_action(
        self, action_id: int, body: wire_records.EndAction, *, if_version: int | None = None
    ) -> wire_records.Action:
        return await self._send(
            "POST", f"/v1/actions/{action_id}/state", wire_records.Action, body, if_version=if_version
        )

    async def export_action(self, action_id: int, body: wire_exports.ExportActions) -> wire_records.Action:
        return await self._send("POST", f"/v1/actions/{action_id}/export", wire_records.Action, body)

    async def export_actions(self, incident_id: int, body: wire_exports.ExportActions) -> wire_exports.ExportedActions:
        path = f"/v1/incidents/{incident_id}/review/actions/export"
        return await self._send("POST", path, wire_exports.ExportedActions, body)
