"""`[retention]` of incidentd.toml: how long what piled up stays.

It stands beside the store and not in process.toml: it is about what a disk and the law allow, and a change of it is no
other way of responding, before and after which figures would be compared.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import pydantic

from incidentd.configuration.hours import WallClock
from incidentd.configuration.values import Table, Zone, parse_duration
from incidentd.domain.retention import LEAST, NAMES, Retention

FOREVER = "forever"


def _kept(value: Any) -> timedelta | None:
    if value is None or value == FOREVER:
        return None
    try:
        found = parse_duration(value)
    except ValueError as error:
        raise ValueError(f'{error}, such as "400d", or "{FOREVER}"') from None
    if found < LEAST:
        raise ValueError(f'is shorter than {LEAST.days} days — write at least "{LEAST.days}d", or "{FOREVER}"')
    return found


Kept = Annotated[timedelta | None, pydantic.BeforeValidator(_kept)]
_USUAL = Retention()


class RetentionTable(Table):
    """A class of `domain.retention` each, but for when and where the clock is looked at."""

    at: WallClock = _USUAL.at
    zone: Zone = _USUAL.zone
    alerts: Kept = _USUAL.keep["alerts"]
    messages: Kept = _USUAL.keep["messages"]
    notes: Kept = _USUAL.keep["notes"]
    drafts: Kept = _USUAL.keep["drafts"]
    drills: Kept = _USUAL.keep["drills"]
    rehearsals: Kept = _USUAL.keep["rehearsals"]
    attachments: Kept = _USUAL.keep["attachments"]
    conversations: Kept = _USUAL.keep["conversations"]
    customers: Kept = _USUAL.keep["customers"]


def retention(table: RetentionTable) -> Retention:
    """What the table says."""
    return Retention(at=table.at, zone=table.zone, keep={name: getattr(table, name) for name in NAMES})
