"""The services of reviews, wired together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.action_exports import ActionExports
from incidentd.services.action_reminders import ActionReminders
from incidentd.services.actions import Actions
from incidentd.services.escalation import Handler
from incidentd.services.issue_states import IssueStates
from incidentd.services.learnings import Learnings
from incidentd.services.library_desk import LibraryDesk
from incidentd.services.lints import Lints
from incidentd.services.review_accounts import Accounts
from incidentd.services.review_factors import Factors
from incidentd.services.review_ideas import Ideas
from incidentd.services.review_papers import ReviewPapers
from incidentd.services.review_publishing import ReviewPublishing
from incidentd.services.review_sections import ReviewSectionTexts
from incidentd.services.review_standstill import review_timers
from incidentd.services.review_timeline import ReviewTimelines
from incidentd.services.similar_answers import SimilarAnswers
from incidentd.services.similar_lists import Embedders, SimilarLists
from incidentd.services.themes import Themes
from incidentd.services.workshop_acts import WorkshopActs
from incidentd.services.workshop_contracts import ReviewCalls
from incidentd.services.workshops import Workshops
from incidentd.storage.store import Store


class ReviewDesk:
    """What people do together after they rested."""

    def __init__(
        self,
        store: Store,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        embedders: Embedders | None = None,
        issue_channels: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.accounts = Accounts(store)
        self.factors = Factors(store, roster)
        self.themes = Themes(store)
        self.learnings = Learnings(store)
        self.ideas = Ideas(store)
        self.similar_lists = SimilarLists(store, embedders)
        self.similar = SimilarAnswers(store, process, roster)
        self.workshops = Workshops(store, process, roster, self.similar_lists.compose)
        self.timelines = ReviewTimelines(store, process)
        self.acts = WorkshopActs(store, process, roster)
        self.lints = Lints(store, process, roster)
        self.actions = Actions(store, process, roster)
        self.exports = ActionExports(store, process, roster, issue_channels)
        self.issue_states = IssueStates(store, process)
        self._timers = review_timers(roster)
        self._action_reminders = ActionReminders(process, roster)
        self.library = LibraryDesk(store, process, roster)
        self.sections = ReviewSectionTexts(store, process, roster)
        self.papers = ReviewPapers(store, process, roster)
        self.publishing = ReviewPublishing(store, process, roster, self.library.reading.mark)

    def calls(self) -> ReviewCalls:
        """What the socket API can call."""
        return ReviewCalls(
            workshops=self.workshops,
            accounts=self.accounts,
            factors=self.factors,
            themes=self.themes,
            learnings=self.learnings,
            ideas=self.ideas,
            acts=self.acts,
            timelines=self.timelines,
            actions=self.actions,
            exports=self.exports,
            library=self.library.calls(),
            wording=self.lints,
            similar=self.similar,
            sections=self.sections,
            documents=self.papers,
            publishing=self.publishing,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """What each kind of timer of a review does."""
        return {
            **self._timers.handlers(),
            **self._action_reminders.handlers(),
            **self.library.handlers(),
        }
