"""Trying the process: drills, replays, and the way of an alert through the routing tree."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.client.calls import Calls, query_string
from incidentd.wire import drills as wire_drills
from incidentd.wire import replay as wire_replay
from incidentd.wire import routes as wire_routes


class RehearsalCalls(Calls):
    """Before it happens."""

    async def drills(self) -> wire_drills.DrillList:
        return await self._get("/v1/drills", wire_drills.DrillList)

    async def drill(self, drill_id: int) -> wire_drills.Drill:
        return await self._get(f"/v1/drills/{drill_id}", wire_drills.Drill)

    async def start_drill(self, body: wire_drills.StartDrill) -> wire_drills.Drill:
        """Replay a scenario or an incident for those who take part."""
        return await self._send("POST", "/v1/drills", wire_drills.Drill, body)

    async def stop_drill(self, drill_id: int) -> wire_drills.Drill:
        """End it now; nothing more of it is fired."""
        return await self._send("POST", f"/v1/drills/{drill_id}/stop", wire_drills.Drill)

    async def resume_drill(self, drill_id: int) -> wire_drills.Drill:
        """Go on after a real page paused it."""
        return await self._send("POST", f"/v1/drills/{drill_id}/resume", wire_drills.Drill)

    async def start_replay(self, body: wire_replay.StartReplay) -> wire_replay.Replay:
        """Replay the recorded alerts under an edited configuration; nothing is sent."""
        return await self._send("POST", "/v1/replays", wire_replay.Replay, body)

    async def replay(self, replay_id: int) -> wire_replay.Replay:
        """How far a replay is, and its report."""
        return await self._get(f"/v1/replays/{replay_id}", wire_replay.Replay)

    async def cancel_replay(self, replay_id: int) -> wire_replay.Replay:
        """Stop it; it has no report then."""
        return await self._send("DELETE", f"/v1/replays/{replay_id}", wire_replay.Replay)

    async def test_route(self, labels: Mapping[str, str]) -> wire_routes.RouteTest:
        """The way of an alert with `labels` through the routing tree, without sending one."""
        query = query_string(label=[f"{name}={value}" for name, value in labels.items()])
        return await self._get(f"/v1/route{query}", wire_routes.RouteTest)
