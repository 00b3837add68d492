"""What comes of reviews later: who reads them, what is used again, and what people say has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from incidentd.services.errors import Conflict, NotFound, Refused
from incidentd.simulation.draws import Draws
from incidentd.simulation.team import TEAMS
from incidentd.simulation.working_time import at_a_desk
from incidentd.simulation.world import Act, Told, World, data, number
from incidentd.wire import followups as wire_followups
from incidentd.wire import library as wire_library

_PLACES: tuple[tuple[wire_library.UseKind, str], ...] = (
    ("runbook", "How to roll back"),
    ("design", "The next storage"),
    ("onboarding", "The first week on call"),
)
_CHANGED: tuple[wire_followups.Changed, ...] = ("yes", "partly", "no")
_DAY = timedelta(days=1)


class Uses:
    """The ledger of what was learned, and of what was seen before."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("uses")
        self._took_part: dict[int, Sequence[str]] = {}
        self._seen: dict[str, list[tuple[int, int]]] = {}
        world.hear["review.followup_asked"] = self._asked

    def learned(self, learning: int, person: str, draws: Draws) -> None:
        """Somebody may come back to a learning."""
        if draws.yes(self._world.assumed.learning_used):
            kind, place = draws.one_of(_PLACES)
            body = wire_library.RecordUse(subject=f"learning:{learning}", kind=kind, place=place)
            act = partial(self._world.core.reviews.library.calls().uses.record, body, person)
            self._some_day(partial(self.when_shown, act), draws, 10, 120)

    def earlier(self, text: str, incident: int) -> int | None:
        """The factor that said so in the review of an earlier incident."""
        found = [factor for number, factor in self._seen.get(text, ()) if number < incident]
        return found[-1] if found else None

    def held(self, incident: int, people: Sequence[str], factors: Sequence[tuple[str, int]]) -> None:
        """A workshop is over: its people will be asked what changed, and its factors may be seen again."""
        self._took_part[incident] = people
        for text, factor in factors:
            self._seen.setdefault(text, []).append((incident, factor))

    def published(self, incident: int, draws: Draws) -> None:
        """Others read it."""
        everybody = [one for team in TEAMS.values() for one in team]
        mark = self._world.core.reviews.library.calls().reading.mark
        for person in draws.several(everybody, round(draws.between(0, self._world.assumed.readers))):
            self._some_day(partial(mark, incident, person), draws, 0, 20)

    def _some_day(self, act: Act, draws: Draws, least: float, most: float) -> None:
        self._world.at(at_a_desk(self._world.now + _DAY * draws.between(least, most), draws), act)

    def _asked(self, event: Told) -> None:
        incident, days = number(event), data(event)["days"]
        answer = self._world.core.reviews.library.calls().followups.answer
        for person in self._took_part.get(incident, ()):
            if self._draws.yes(self._world.assumed.followup_answered):
                changed = self._draws.one_of(_CHANGED)
                body = wire_followups.AnswerFollowup(days=30 if days == 30 else 90, changed=changed)
                self._some_day(partial(answer, incident, body, person), self._draws, 0, 5)

    async def when_shown(self, act: Act) -> None:
        """Do it, a day later when the conclusions of that incident are hidden from who does it for now."""
        try:
            await act()
        except (NotFound, Refused, Conflict):
            self._world.after(_DAY, partial(self.when_shown, act))
