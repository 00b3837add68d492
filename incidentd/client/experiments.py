"""Ideas about the process, process retros, and experiments."""

from __future__ import annotations

from incidentd.client.calls import Calls, query_string
from incidentd.wire import experiments as wire
from incidentd.wire import presence as wire_presence


class ExperimentCalls(Calls):
    """How a team changes how it works. Bodies are structs of `wire.experiments`."""

    async def process_ideas(
        self, *, state: str = "open", mine: bool = False, limit: int = 100, cursor: str = ""
    ) -> wire.ProcessIdeaPage:
        query = query_string(state=state, mine="true" if mine else "", limit=limit, cursor=cursor)
        return await self._get(f"/v1/process/ideas{query}", wire.ProcessIdeaPage)

    async def keep_process_idea(self, body: wire.KeepIdea) -> wire.ProcessIdea:
        return await self._send("POST", "/v1/process/ideas", wire.ProcessIdea, body)

    async def drop_process_idea(self, idea_id: int, why: str, *, if_version: int | None = None) -> wire.ProcessIdea:
        target = f"/v1/process/ideas/{idea_id}/drop"
        return await self._send("POST", target, wire.ProcessIdea, wire.DropProcessIdea(why=why), if_version=if_version)

    # ------------------------------------------------------------------ retros
    async def retros(self, *, state: str = "all", limit: int = 100, cursor: str = "") -> wire.RetroPage:
        query = query_string(state=state, limit=limit, cursor=cursor)
        return await self._get(f"/v1/process/retros{query}", wire.RetroPage)

    async def retro(self, retro_id: int) -> wire.RetroView:
        return await self._get(f"/v1/process/retros/{retro_id}", wire.RetroView)

    async def retro_presence(self, retro_id: int, *, after: int = 0, wait: int = 0) -> wire_presence.Presence:
        """Who is there; waits at most `wait` seconds (20) for another version than `after`."""
        path = f"/v1/process/retros/{retro_id}/presence{query_string(after=after, wait=wait)}"
        return await self._get(path, wire_presence.Presence)

    async def be_in_retro(self, retro_id: int, body: wire_presence.BePresent) -> wire_presence.Presence:
        path = f"/v1/process/retros/{retro_id}/presence"
        return await self._send("POST", path, wire_presence.Presence, body, once=False)

    async def start_retro(self, body: wire.StartRetro) -> wire.RetroView:
        return await self._send("POST", "/v1/process/retros", wire.RetroView, body)

    async def drive_retro(
        self, retro_id: int, body: wire.DriveRetro, *, if_version: int | None = None
    ) -> wire.RetroView:
        target = f"/v1/process/retros/{retro_id}/drive"
        return await self._send("POST", target, wire.RetroView, body, if_version=if_version)

    async def take_part(self, retro_id: int, act: str) -> wire.RetroView:
        """`act` is join, leave, done or not_done."""
        body = wire.TakePart(act=act)  # type: ignore[arg-type]  # the daemon says which there are
        return await self._send("POST", f"/v1/process/retros/{retro_id}/part", wire.RetroView, body)

    async def write_retro_idea(self, retro_id: int, body: wire.KeepIdea) -> wire.ProcessIdea:
        return await self._send("POST", f"/v1/process/retros/{retro_id}/ideas", wire.ProcessIdea, body)

    async def write_topic(self, retro_id: int, body: wire.WriteTopic) -> wire.RetroView:
        return await self._send("POST", f"/v1/process/retros/{retro_id}/topics", wire.RetroView, body)

    async def edit_topic(
        self, retro_id: int, topic_id: int, body: wire.EditTopic, *, if_version: int | None = None
    ) -> wire.RetroView:
        target = f"/v1/process/retros/{retro_id}/topics/{topic_id}"
        return await self._send("PATCH", target, wire.RetroView, body, if_version=if_version)

    async def vote(self, retro_id: int, topic_id: int, votes: int) -> wire.RetroView:
        target = f"/v1/process/retros/{retro_id}/topics/{topic_id}/votes"
        return await self._send("POST", target, wire.RetroView, wire.Vote(votes=votes))

    # ------------------------------------------------------------------ experiments
    async def experiments(self, *, state: str = "open", limit: int = 100, cursor: str = "") -> wire.ExperimentPage:
        query = query_string(state=state, limit=limit, cursor=cursor)
        return await self._get(f"/v1/experiments{query}", wire.ExperimentPage)

    async def experiment(self, experiment_id: int) -> wire.Experiment:
        return await self._get(f"/v1/experiments/{experiment_id}", wire.Experiment)

    async def experiment_evidence(self, experiment_id: int) -> wire.ExperimentEvidence:
        return await self._get(f"/v1/experiments/{experiment_id}/evidence", wire.ExperimentEvidence)

    async def start_experiment(self, body: wire.StartExperiment) -> wire.Experiment:
        return await self._send("POST", "/v1/experiments", wire.Experiment, body)

    async def edit_experiment(
        self, experiment_id: int, body: wire.EditExperiment, *, if_version: int | None = None
    ) -> wire.Experiment:
        return await self._send(
            "PATCH", f"/v1/experiments/{experiment_id}", wire.Experiment, body, if_version=if_version
        )

    async def end_experiment(
        self, experiment_id: int, body: wire.EndExperiment, *, if_version: int | None = None
    ) -> wire.Experiment:
        target = f"/v1/experiments/{experiment_id}/end"
        return await self._send("POST", target, wire.Experiment, body, if_version=if_version)
