"""The services of the learning library, wired together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.escalation import Handler
from incidentd.services.learning_digests import LearningDigests
from incidentd.services.library_contracts import LibraryCalls
from incidentd.services.library_figures import LibraryFigures
from incidentd.services.library_reading import LibraryReading
from incidentd.services.library_search import LibrarySearch
from incidentd.services.library_uses import LibraryUses
from incidentd.services.review_followups import Followups
from incidentd.services.review_imports import ReviewImports
from incidentd.storage.store import Store


class LibraryDesk:
    """What stays of reviews, and how it is found and used again."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self.imports = ReviewImports(store, process, roster)
        self.followups = Followups(store, roster)
        self.search = LibrarySearch(store)
        self.reading = LibraryReading(store, roster)
        self.uses = LibraryUses(store)
        self.figures = LibraryFigures(store)
        self.digests = LearningDigests(store, process, roster)

    def calls(self) -> LibraryCalls:
        """What the socket API can call."""
        return LibraryCalls(
            imports=self.imports,
            followups=self.followups,
            search=self.search,
            reading=self.reading,
            uses=self.uses,
            figures=self.figures,
            digests=self.digests,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """What each kind of timer of the library does."""
        return {**self.followups.handlers(), **self.digests.handlers()}
