"""The two sides of an experiment: the time before it began, and the time since, in its place."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from incidentd.domain.experiments import Experiment
from incidentd.services.figure_scopes import Sides
from incidentd.wire.figures import FigureScope


def sides(row: Experiment, zone: str, now: datetime) -> Sides:
    """As long before as was written beforehand, and since it began until it was over, or now."""
    begins = max(row.begins_at(zone), row.at)  # written at noon, it does not begin in the morning
    over = min(row.stopped_at or row.ends_at(zone), now)
    where = FigureScope(team=row.team, service=row.service, severity=row.severity)
    before = replace(where, since=begins - timedelta(days=row.before_days), until=begins)
    return Sides(
        (f"{row.before_days} days before {row.name}", before),
        (f"during {row.name}", replace(where, since=begins, until=max(over, begins))),
    )
