"""The services by which a team changes how it works, wired together: ideas, process retros, experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.escalation import Handler
from incidentd.services.process_ideas import ProcessIdeas
from incidentd.services.retro_acts import RetroActs
from incidentd.services.retro_contracts import RetroCalls
from incidentd.services.retro_due import DueRetros, retro_timers
from incidentd.services.retro_topics import RetroTopics
from incidentd.services.retros import Retros
from incidentd.storage.store import Store


class RetroDesk:
    """What a team does about its own process."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self.ideas = ProcessIdeas(store)
        self.retros = Retros(store, process, roster)
        self.acts = RetroActs(store, process, roster)
        self.topics = RetroTopics(store, process)
        self.due = DueRetros(process, roster)
        self._timers = retro_timers(roster)

    def calls(self) -> RetroCalls:
        """What the socket API can call."""
        return RetroCalls(ideas=self.ideas, retros=self.retros, acts=self.acts, topics=self.topics)

    def handlers(self) -> Mapping[str, Handler]:
        """What each kind of timer does."""
        return {**self._timers.handlers(), **self.due.handlers()}
