"""What the socket API asks of figures and of changing how a team works; a part of `contracts`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from incidentd.domain.severity import Severity
from incidentd.services.process_contracts import ProcessComparisonCalls
from incidentd.wire import figures as wire_figures


class ScopeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted; what is left out bounds nothing. `process` is a version: its hash, or V-3."""

    team: str = ""
    service: str = ""
    severity: Severity | None = None
    process: str = ""
    since: datetime | None = None
    until: datetime | None = None


class CompareQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: before and after `at` (an instant, or a day in UTC), two versions, or an experiment (X-3)."""

    at: str = ""
    before: str = ""
    after: str = ""
    experiment: str = ""
    statistic: wire_figures.Statistic = "median"
    seed: int = 0


class FigureCalls(Protocol):
    """The caller is asked for because of conclusions that are hidden from them while they review something alike."""

    async def list(self, scope: ScopeQuery, actor: str) -> wire_figures.Figures: ...
    async def get(self, name: str, scope: ScopeQuery, actor: str) -> wire_figures.FigureDetail: ...
    async def compare(self, name: str, scope: ScopeQuery, query: CompareQuery, actor: str) -> wire_figures.Compared: ...


class RhythmCalls(Protocol):
    async def rhythm(self, scope: ScopeQuery, zone: str) -> wire_figures.Rhythm: ...
    async def load(self, team: str, weeks: int) -> wire_figures.Load: ...


class InsightCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about figures and the process, by topic."""

    figures: FigureCalls
    rhythm: RhythmCalls
    processes: ProcessComparisonCalls
