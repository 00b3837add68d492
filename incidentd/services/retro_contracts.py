"""What the socket API asks of ideas, process retros and experiments; a part of `contracts`."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.wire import experiments as wire


class ProcessIdeaCalls(Protocol):
    async def list(
        self, state: str, limit: int, cursor: str, actor: str, *, mine: bool = False
    ) -> wire.ProcessIdeaPage: ...
    async def keep(self, body: wire.KeepIdea, actor: str) -> wire.ProcessIdea: ...
    async def drop(
        self, idea_id: int, body: wire.DropProcessIdea, actor: str, if_version: int | None
    ) -> wire.ProcessIdea: ...


class RetroBookCalls(Protocol):
    async def list(self, state: str, limit: int, cursor: str) -> wire.RetroPage: ...
    async def get(self, retro_id: int, actor: str) -> wire.RetroView: ...
    async def start(self, body: wire.StartRetro, actor: str) -> wire.RetroView: ...


class RetroActCalls(Protocol):
    async def drive(
        self, retro_id: int, body: wire.DriveRetro, actor: str, if_version: int | None
    ) -> wire.RetroView: ...
    async def take_part(self, retro_id: int, body: wire.TakePart, actor: str) -> wire.RetroView: ...


class RetroTopicCalls(Protocol):
    async def keep(self, retro_id: int, body: wire.KeepIdea, actor: str) -> wire.ProcessIdea: ...
    async def write(self, retro_id: int, body: wire.WriteTopic, actor: str) -> wire.RetroView: ...
    async def edit(
        self, retro_id: int, topic_id: int, body: wire.EditTopic, actor: str, if_version: int | None
    ) -> wire.RetroView: ...
    async def vote(self, retro_id: int, topic_id: int, body: wire.Vote, actor: str) -> wire.RetroView: ...


class ExperimentCalls(Protocol):
    async def list(self, state: str, limit: int, cursor: str) -> wire.ExperimentPage: ...
    async def get(self, experiment_id: int) -> wire.Experiment: ...
    async def evidence(self, experiment_id: int, actor: str) -> wire.ExperimentEvidence: ...
    async def start(self, body: wire.StartExperiment, actor: str) -> wire.Experiment: ...
    async def edit(
        self, experiment_id: int, body: wire.EditExperiment, actor: str, if_version: int | None
    ) -> wire.Experiment: ...
    async def end(
        self, experiment_id: int, body: wire.EndExperiment, actor: str, if_version: int | None
    ) -> wire.Experiment: ...


class RetroCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about changing how a team works, by topic."""

    ideas: ProcessIdeaCalls
    retros: RetroBookCalls
    acts: RetroActCalls
    topics: RetroTopicCalls
    experiments: ExperimentCalls
