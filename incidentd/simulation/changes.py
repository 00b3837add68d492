"""Changes of the process: one with an effect, one without any, and two proposals that come to nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial

import tomli_w

from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.simulation.team import REASONS, TEAMS, process_data, process_text
from incidentd.simulation.world import World
from incidentd.wire import process_versions as wire_process
from incidentd.wire.replay import EditedFile

_TALKED_OVER = timedelta(hours=20)
_End = Callable[[int, wire_process.DecideProcess, str, int | None], Awaitable[object]]


class Changes:
    """Versions 2 and 3 of the process: somebody of one team proposes, somebody of the other adopts the next day.

    Later two more are proposed, of which one is declined, and the other taken back by its author.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        (self._proposer, *_), (self._adopter, *_) = TEAMS.values()
        for version, day in enumerate(world.assumed.version_days, 2):
            world.after(timedelta(days=day) - _TALKED_OVER, partial(self._change, version))
        versions = world.core.evolution.versions
        for day, remind, end, by in (
            (world.assumed.declined_day, "15m", versions.decline, self._adopter),
            (world.assumed.withdrawn_day, "12m", versions.withdraw, self._proposer),
        ):
            world.after(timedelta(days=day), partial(self._in_vain, remind, end, by))

    async def _change(self, version: int) -> None:
        reason, because = REASONS[version]
        number = await self._propose(process_text(version), reason, because)
        self._world.after(_TALKED_OVER, partial(self._adopt, version, number))

    async def _in_vain(self, remind: str, end: _End, by: str) -> None:
        data = process_data(self._world.version)
        text = tomli_w.dumps(data | {"updates": data["updates"] | {"remind": remind}})
        because = {"updates.remind": "whoever leads is at a keyboard rarely"}
        number = await self._propose(text, f"remind of updates {remind} ahead", because)
        body = wire_process.DecideProcess(reason="so early there is nothing to say yet")
        self._world.after(_TALKED_OVER, partial(end, number, body, by, None))

    async def _propose(self, text: str, reason: str, because: Mapping[str, str]) -> int:
        body = wire_process.ProposeProcess(
            reason=reason, file=EditedFile(name=PROCESS_FILE, text=text), because=because
        )
        return (await self._world.core.evolution.versions.propose(body, self._proposer, admin=False)).id

    async def _adopt(self, version: int, number: int) -> None:
        self._world.version = version
        body = wire_process.AdoptProcess(reason="talked over by both teams")
        await self._world.core.evolution.versions.adopt(number, body, self._adopter, None, admin=False)
