"""What the socket API asks of reviews; a part of `contracts`. Each raises `NotFound` for an incident without one."""

from __future__ import annotations

from typing import Protocol

import msgspec

from incidentd.services.action_contracts import ActionCalls, ActionExportCalls
from incidentd.services.document_contracts import DocumentCalls, PublishingCalls, SectionCalls
from incidentd.services.library_contracts import LibraryCalls
from incidentd.services.record_contracts import AccountCalls, FactorCalls, IdeaCalls, LearningCalls, ThemeCalls
from incidentd.services.wording_contracts import WordingCalls
from incidentd.wire import review_similar as wire_similar
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire import reviews as wire_reviews


class WorkshopCalls(Protocol):
    async def list(self, state: str, limit: int, cursor: str) -> wire_reviews.ReviewPage: ...
    async def get(self, incident_id: int, actor: str) -> wire_reviews.ReviewView: ...
    async def start(self, incident_id: int, body: wire_reviews.StartReview, actor: str) -> wire_reviews.ReviewView: ...


class ReviewTimelineCalls(Protocol):
    async def timeline(self, incident_id: int) -> wire_timeline.Walk: ...
    async def add(self, incident_id: int, body: wire_timeline.WriteEntry, actor: str) -> wire_timeline.CuratedEntry: ...
    async def edit(
        self, incident_id: int, entry_id: int, body: wire_timeline.EditEntry, actor: str, if_version: int | None
    ) -> wire_timeline.CuratedEntry: ...
    async def withdraw(self, incident_id: int, entry_id: int, actor: str) -> wire_timeline.CuratedEntry: ...
    async def group(self, incident_id: int, body: wire_timeline.GroupEntries, actor: str) -> wire_timeline.Walk: ...


class WorkshopActCalls(Protocol):
    async def drive(
        self, incident_id: int, body: wire_reviews.DriveReview, actor: str, if_version: int | None
    ) -> wire_reviews.ReviewView: ...
    async def participate(
        self, incident_id: int, body: wire_reviews.Participate, actor: str
    ) -> wire_reviews.ReviewView: ...
    async def talk(self, incident_id: int, body: wire_reviews.WriteTalk, actor: str) -> wire_reviews.ReviewView: ...
    async def answer(
        self, incident_id: int, body: wire_reviews.AnswerClosing, actor: str
    ) -> wire_reviews.ReviewView: ...


class SimilarCalls(Protocol):
    async def differs(
        self, incident_id: int, body: wire_similar.SayDiffers, actor: str
    ) -> wire_similar.SimilarIncidents: ...


class ReviewCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about reviews, by topic."""

    workshops: WorkshopCalls
    accounts: AccountCalls
    factors: FactorCalls
    themes: ThemeCalls
    learnings: LearningCalls
    ideas: IdeaCalls
    timelines: ReviewTimelineCalls
    actions: ActionCalls
    exports: ActionExportCalls
    wording: WordingCalls
    acts: WorkshopActCalls
    library: LibraryCalls
    similar: SimilarCalls
    sections: SectionCalls
    documents: DocumentCalls
    publishing: PublishingCalls
