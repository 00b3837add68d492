"""What other incidents are to one, read from its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from incidentd.domain.incidents import Status
from incidentd.wire import Event

RESEMBLES, RESEMBLES_NO_MORE = "incident.resembles", "incident.resembles_no_more"
SPLIT, SPLIT_FROM = "incident.split", "incident.split_from"
KINDS = (RESEMBLES, RESEMBLES_NO_MORE, SPLIT, SPLIT_FROM)
"""The events that this is read from."""
BEYOND_REOPENING = (Status.IN_REVIEW, Status.LEARNING, Status.CLOSED)
"""What recurs after these is a new incident, which may resemble the old one; earlier it is reopened."""
_NAMES: Mapping[str, str] = {RESEMBLES: "resembles", SPLIT: "split_into", SPLIT_FROM: "split_from"}


class Relation(msgspec.Struct, frozen=True):
    """One relation, as it was said last."""

    incident_id: int
    kind: str
    why: str
    by: str
    at: datetime


def relations(own: Iterable[Event]) -> tuple[Relation, ...]:
    """What holds in the end, in the order in which it was said."""
    found: dict[tuple[int, str], Relation] = {}
    for event in own:
        other = event.data.get("incident_id")
        if event.kind not in KINDS or not isinstance(other, int):
            continue
        if event.kind == RESEMBLES_NO_MORE:
            found.pop((other, _NAMES[RESEMBLES]), None)
            continue
        name = _NAMES[event.kind]
        why = str(event.data.get("why") or event.data.get("reason") or "")
        found[other, name] = Relation(other, name, why, event.actor, event.at)
    return tuple(found.values())
