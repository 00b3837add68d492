"""The process as a team works on it: its figures, its versions, and how a node takes up the one in force."""

from __future__ import annotations

from collections.abc import Callable

from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import Roster
from incidentd.domain.process_versions import Source
from incidentd.services.figures import Figures
from incidentd.services.insight_contracts import InsightCalls
from incidentd.services.letter_facts import LetterFacts
from incidentd.services.letters import Letters
from incidentd.services.page_rhythm import PageRhythm
from incidentd.services.process_comparison import ProcessComparisons
from incidentd.services.process_following import Configured, ProcessFollowing
from incidentd.services.process_in_force import InForce
from incidentd.services.process_keeping import ProcessKeeping
from incidentd.services.process_versions import ProcessVersions
from incidentd.services.workers import Loop
from incidentd.storage.store import Store


class ProcessDesk:
    """Composes them. `in_force` is what every service asks for the process, these included."""

    def __init__(
        self, store: Store, in_force: InForce, roster: Callable[[], Roster], source: Callable[[], Source | None]
    ) -> None:
        self.following = ProcessFollowing(store, in_force, source)
        self.keeping = ProcessKeeping()
        self.following.keep = self.keeping.keep
        self.versions = ProcessVersions(store, self.following, roster)
        self.comparisons = ProcessComparisons(store, self.following, roster)
        self.figures = Figures(store, in_force, roster)
        self.rhythm = PageRhythm(self.figures, roster)
        self.letters = Letters(store, in_force, roster, LetterFacts(store, in_force, roster, self.figures))
        self.loop = Loop("process", self.following.look)
        """Takes up what another node adopts, within a second: to look at each of its commits would cost more."""

    def problems(self, configured: Configured) -> list[OwnAlarm]:
        """What is odd about the configuration, with the process that is in force."""
        not_kept = alarms("process-not-kept", [self.keeping.problem])
        return [*configured.stood_in, *self.following.all_problems(configured), *not_kept]

    def insights(self) -> InsightCalls:
        """What the socket API can call about figures."""
        return InsightCalls(figures=self.figures, rhythm=self.rhythm, processes=self.comparisons)
