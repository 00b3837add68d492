"""What comes of reviews later: learnings that are used again, and answers when people are asked what changed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from incidentd.services.errors import Conflict, NotFound, Refused
from incidentd.simulation.draws import Draws
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import Act, World
from incidentd.wire import library as wire_library

_PLACES: tuple[tuple[wire_library.UseKind, str], ...] = (
    ("runbook", "How to roll back"),
    ("design", "The next storage"),
    ("onboarding", "The first week on call"),
)
_DAY = timedelta(days=1)


class Uses:
    """The ledger of what was learned."""

    def __init__(self, world: World) -> None:
        self._world = world

    def learned(self, learning: int, person: str, draws: Draws) -> None:
        """Somebody may come back to a learning."""
        world = self._world
        if draws.yes(world.assumed.learning_used):
            kind, place = draws.one_of(_PLACES)
            body = wire_library.RecordUse(subject=f"learning:{learning}", kind=kind, place=place)
            act = partial(self._world.core.reviews.library.calls().uses.record, body, person)
            world.at(at_a_desk(world.now + _DAY * draws.between(10, 120)), partial(self.when_shown, act))

    async def when_shown(self, act: Act) -> None:
        """Do it, a day later when the conclusions of that incident are hidden from who does it for now."""
        try:
            await act()
        except (NotFound, Refused, Conflict):
            self._world.at(at_a_desk(self._world.now + _DAY), partial(self.when_shown, act))
