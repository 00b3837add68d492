"""How a team changes how it works, in memory: ideas."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from incidentd.wire import experiments as wire_experiments

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)


class FakeExperiments:
    """Mixed into the fake daemon."""

    def __init__(self) -> None:
        super().__init__()
        self.process_ideas_by_id: dict[int, wire_experiments.ProcessIdea] = {}

    async def keep_process_idea(self, body: wire_experiments.KeepIdea) -> wire_experiments.ProcessIdea:
        await self._turn()  # type: ignore[attr-defined]
        number = len(self.process_ideas_by_id) + 1
        kept = wire_experiments.ProcessIdea(
            id=number, at=NOW, by="" if body.anonymous else "lin", mine=not body.anonymous, text=body.text,
            about=body.about, state="open", retro_id=None, why="", votes=0, version=1,
        )  # fmt: skip
        self.process_ideas_by_id[number] = kept
        return kept

    async def drop_process_idea(
        self, idea_id: int, why: str, *, if_version: int | None = None
    ) -> wire_experiments.ProcessIdea:
        await self._turn()  # type: ignore[attr-defined]
        dropped = msgspec.structs.replace(self.process_ideas_by_id[idea_id], state="dropped", why=why)
        self.process_ideas_by_id[idea_id] = dropped
        return dropped
