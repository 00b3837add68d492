"""Drills on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from incidentd import wire


class StartDrill(wire.Request, frozen=True):
    """Replay a scenario's text or a stored incident, one of the two, for `people`: nobody else is written to."""

    people: Annotated[tuple[wire.Handle, ...], Meta(min_length=1, max_length=50)]  # they consented
    scenario: Annotated[str, Meta(max_length=200_000)] = ""  # the text of a scenario file, TOML
    incident_id: wire.RowId | None = None
    speed: Annotated[float, Meta(ge=0.1, le=1000)] = 1.0  # how many times faster than it was
    service: Annotated[str, Meta(max_length=100)] = ""  # in place of the service of its alerts
    review: bool = False  # its incident is resolved and goes to review, instead of being closed


class Acknowledged(wire.Frozen, frozen=True):
    """Who took a page of a drill on, and how long after its beginning."""

    page_id: int
    person: str
    at: wire.Instant
    after: float  # seconds


class Summary(wire.Frozen, frozen=True):
    """What came of a drill."""

    alerts: int
    pages: int
    first_acknowledgement: float | None  # seconds from the first page to its being taken on; None: nobody did
    acknowledged: tuple[Acknowledged, ...]
    unacknowledged: tuple[int, ...]  # pages that nobody took on
    reached: tuple[str, ...]  # who was written to
    verdicts: Mapping[str, str]  # what the trace of each alert says, by "A-12 name"; the first fifty
    incident_ids: tuple[int, ...]


class DrillStep(wire.Frozen, frozen=True):
    """Something that happens `after` seconds since the step before. `kind` is fire, resolve, or that of a note."""

    after: float
    kind: str
    text: str


class Drill(wire.Frozen, frozen=True):
    id: int
    title: str
    origin: str  # what is replayed, in words
    state: str  # running | paused | ended | stopped
    why: str  # it is paused, or was stopped
    people: tuple[str, ...]
    steps: tuple[DrillStep, ...]
    position: int  # steps that have happened
    review: bool
    started_at: wire.Instant
    started_by: str
    next_at: wire.Instant | None
    ended_at: wire.Instant | None
    alert_ids: tuple[int, ...]
    page_ids: tuple[int, ...]
    incident_ids: tuple[int, ...]
    summary: Summary | None  # once it is over
    version: int


class DrillList(wire.Frozen, frozen=True):
    drills: tuple[Drill, ...]  # the newest hundred, newest first
