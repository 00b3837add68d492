"""The team changes its process twice in the year: once with an effect, once without any."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.simulation.team import REASONS, TEAMS, process_text
from incidentd.simulation.world import World
from incidentd.wire import process_versions as wire_process
from incidentd.wire.replay import EditedFile

_TALKED_OVER = timedelta(hours=20)


class Changes:
    """Versions 2 and 3 of the process: somebody of one team proposes, somebody of the other adopts the next day."""

    def __init__(self, world: World) -> None:
        self._world = world
        (self._proposer, *_), (self._adopter, *_) = TEAMS.values()
        for version, day in enumerate(world.assumed.version_days, 2):
            world.after(timedelta(days=day) - _TALKED_OVER, partial(self._propose, version))

    async def _propose(self, version: int) -> None:
        reason, because = REASONS[version]
        file = EditedFile(name=PROCESS_FILE, text=process_text(version))
        body = wire_process.ProposeProcess(reason=reason, file=file, because=because)
        made = await self._world.core.evolution.versions.propose(body, self._proposer, admin=False)
        self._world.after(_TALKED_OVER, partial(self._adopt, version, made.id))

    async def _adopt(self, version: int, number: int) -> None:
        self._world.version = version
        body = wire_process.AdoptProcess(reason="talked over by both teams")
        await self._world.core.evolution.versions.adopt(number, body, self._adopter, None, admin=False)
