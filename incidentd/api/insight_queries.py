"""The query parameters of figures."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire
from incidentd.api.queries import Query
from incidentd.domain.severity import Severity

Name = Annotated[str, Meta(max_length=100)]
Version = Annotated[str, Meta(max_length=64, description="of the process: its hash, or V-3")]


class Scope(Query, frozen=True):
    team: Annotated[str, Meta(max_length=100, description="that owns the service")] = ""
    service: Name = ""
    severity: Annotated[Severity | None, Meta(description="the worst that the incident had")] = None
    process: Version = ""
    since: Annotated[wire.Instant | None, Meta(description="cases then or later, by their own time")] = None
    until: Annotated[wire.Instant | None, Meta(description="cases before")] = None


class Comparison(Scope, frozen=True):
    at: Annotated[str, Meta(max_length=40, description="before and after this instant, or day in UTC")] = ""
    before: Version = ""
    after: Version = ""
    experiment: Annotated[str, Meta(max_length=20, description="before and since an experiment, X-3")] = ""
    statistic: Annotated[Literal["median", "mean"], Meta(description="of durations and of counts by week")] = "median"
    seed: Annotated[int, Meta(ge=0, le=2**53, description="of the draws: the same gives the same")] = 0


class Rhythm(Scope, frozen=True):
    zone: Annotated[str, Meta(max_length=64, description="default: where most people of the team live")] = ""


class Load(Query, frozen=True):
    team: Annotated[str, Meta(min_length=1, max_length=100)]
    weeks: Annotated[int, Meta(ge=1, le=104, description="how many, this one among them")] = 13
