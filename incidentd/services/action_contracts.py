"""What the socket API asks of actions; a part of `workshop_contracts`."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records


class ActionQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which actions. "" and None sort out nothing; `mine`: those of the caller."""

    state: str = "open"  # open | done | wont_do | all
    team: str = ""
    incident: int | None = None
    late: bool = False
    mine: bool = False
    limit: int = 100
    cursor: str = ""


class ActionCalls(Protocol):
    async def list(self, query: ActionQuery, actor: str) -> wire_records.ActionPage: ...
    async def get(self, action_id: int, actor: str) -> wire_records.Action: ...
    async def write(self, incident_id: int, body: wire_records.WriteAction, actor: str) -> wire_records.Action: ...
    async def edit(
        self, action_id: int, body: wire_records.EditAction, actor: str, if_version: int | None
    ) -> wire_records.Action: ...
    async def end(
        self, action_id: int, body: wire_records.EndAction, actor: str, if_version: int | None
    ) -> wire_records.Action: ...


class ActionExportCalls(Protocol):
    async def export(self, action_id: int, body: wire_exports.ExportActions, actor: str) -> wire_records.Action: ...
    async def export_all(
        self, incident_id: int, body: wire_exports.ExportActions, actor: str
    ) -> wire_exports.ExportedActions: ...
