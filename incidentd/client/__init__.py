"""The async client of the local socket API, as the terminal UI uses it.

One method a route, one module a topic; answers are the structs of `incidentd.wire`. Every call may raise `ApiError`
(the daemon said no), `Unreachable` (no daemon answered in time) or `VersionMismatch`. Reads are repeated across a
restart of the daemon; so are mutations, because each carries an idempotency key of its own. Times are in seconds.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator

from incidentd import wire
from incidentd.client.actions import ActionCalls
from incidentd.client.alerts import AlertCalls
from incidentd.client.backups import BackupCalls
from incidentd.client.calls import query_string
from incidentd.client.drafts import DraftCalls
from incidentd.client.duty import DutyCalls
from incidentd.client.experiments import ExperimentCalls
from incidentd.client.facts import FactCalls
from incidentd.client.handovers import HandoverCalls
from incidentd.client.incidents import IncidentCalls
from incidentd.client.insights import InsightCalls
from incidentd.client.keys import KeyCalls
from incidentd.client.letters import LetterCalls
from incidentd.client.library import LibraryCalls
from incidentd.client.life import LifeCalls
from incidentd.client.modes import ModeCalls
from incidentd.client.nodes import NodeCalls
from incidentd.client.pages import PageCalls
from incidentd.client.policies import PolicyCalls
from incidentd.client.process import ProcessCalls
from incidentd.client.quieting import QuietingCalls
from incidentd.client.rehearsal import RehearsalCalls
from incidentd.client.rehearsals import MatrixRehearsalCalls
from incidentd.client.reports import ReportCalls
from incidentd.client.retention import RetentionCalls
from incidentd.client.review_documents import ReviewDocumentCalls
from incidentd.client.review_records import RecordCalls
from incidentd.client.review_timeline import ReviewTimelineCalls
from incidentd.client.review_window import ReviewWindowCalls
from incidentd.client.reviews import ReviewCalls
from incidentd.client.roles import RoleCalls
from incidentd.client.room import RoomCalls
from incidentd.client.severity import SeverityCalls
from incidentd.client.shift_requests import RequestCalls
from incidentd.client.stores import StoreCalls
from incidentd.client.subscribers import SubscriberCalls
from incidentd.client.triage import TriageCalls
from incidentd.client.upkeep import UpkeepCalls
from incidentd.client.wording import WordingCalls
from incidentd.exchange import ApiError, ClientError, Exchange, OnState, Unreachable, VersionMismatch
from incidentd.unixsocket import default_socket_path

__all__ = ["ApiError", "Client", "ClientError", "Unreachable", "VersionMismatch"]


class Client(
    AlertCalls,
    QuietingCalls,
    PageCalls,
    IncidentCalls,
    RoomCalls,
    RoleCalls,
    FactCalls,
    LifeCalls,
    ReviewWindowCalls,
    MatrixRehearsalCalls,
    ProcessCalls,
    SeverityCalls,
    DutyCalls,
    PolicyCalls,
    ModeCalls,
    RehearsalCalls,
    DraftCalls,
    HandoverCalls,
    RequestCalls,
    ReportCalls,
    ReviewCalls,
    RecordCalls,
    ReviewTimelineCalls,
    ActionCalls,
    WordingCalls,
    LibraryCalls,
    InsightCalls,
    LetterCalls,
    NodeCalls,
    UpkeepCalls,
    ReviewDocumentCalls,
    SubscriberCalls,
    StoreCalls,
    KeyCalls,
    RetentionCalls,
    BackupCalls,
    TriageCalls,
    ExperimentCalls,
):
    """A connection pool to one daemon.

    `deadline` bounds how long a restart is waited for, `answer_timeout` how long one answer may take.
    """

    def __init__(
        self, socket_path: str | os.PathLike[str] | None = None, *, deadline: float = 5.0, answer_timeout: float = 30.0
    ) -> None:
        self.socket_path = os.fspath(socket_path) if socket_path is not None else default_socket_path()
        super().__init__(Exchange(self.socket_path, deadline=deadline, answer_timeout=answer_timeout))

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the idle connections; a running `events` ends when its task is cancelled."""
        self._exchange.close()

    async def info(self) -> wire.Info:
        return await self._get("/v1/info", wire.Info)

    async def health(self) -> wire.Health:
        return await self._get("/v1/health", wire.Health)

    async def reload(self) -> wire.Reloaded:
        return await self._send("POST", "/v1/reload", wire.Reloaded)

    async def event_page(self, after: int = 0, limit: int = 100) -> wire.EventPage:
        """Events with a seq greater than `after`, oldest first."""
        return await self._get(f"/v1/events{query_string(after=after, limit=limit)}", wire.EventPage)

    async def events(self, after: int, on_state: OnState | None = None) -> AsyncGenerator[wire.Event, None]:
        """Every event after seq `after`, once and in order, forever: across restarts it resumes where it was.

        `on_state` is told True when the stream is connected and False when it is lost (or could not be had at first).
        Raises `VersionMismatch`, and `ApiError` when the daemon refuses the stream for good (4xx).
        """
        async with contextlib.aclosing(self._exchange.follow(after, on_state)) as followed:
            async for event in followed:
                yield event
