"""The services by which a team changes how it works, wired together: ideas, process retros, experiments."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.escalation import Handler
from incidentd.services.experiment_evidence import Evidences
from incidentd.services.experiment_figures import FigureComparing, known_figures
from incidentd.services.experiment_timers import ExperimentTimers
from incidentd.services.experiments import Experiments
from incidentd.services.figures import Figures
from incidentd.services.process_ideas import ProcessIdeas
from incidentd.services.retro_acts import RetroActs
from incidentd.services.retro_contracts import RetroCalls
from incidentd.services.retro_due import DueRetros, retro_timers
from incidentd.services.retro_topics import RetroTopics
from incidentd.services.retros import Retros
from incidentd.storage.store import Store


class RetroDesk:
    """What a team does about its own process."""

    def __init__(
        self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster], figures: Figures
    ) -> None:
        self.ideas = ProcessIdeas(store)
        self.retros = Retros(store, process, roster)
        self.acts = RetroActs(store, process, roster)
        self.topics = RetroTopics(store, process)
        self.due = DueRetros(process, roster)
        evidences = Evidences(store, process, FigureComparing(figures))
        self.experiments = Experiments(store, process, roster, known_figures, evidences)
        self._timers = retro_timers(roster)
        self._experiment_timers = ExperimentTimers(process, roster)

    def calls(self) -> RetroCalls:
        """What the socket API can call."""
        return RetroCalls(
            ideas=self.ideas,
            retros=self.retros,
            acts=self.acts,
            topics=self.topics,
            experiments=self.experiments,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """What each kind of timer does."""
        return {**self._timers.handlers(), **self.due.handlers(), **self._experiment_timers.handlers()}
