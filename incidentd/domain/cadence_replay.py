"""Past promises of updates under another cadence: which would have been kept, and which late.

A promise counts whose wait was the one that the former cadence asks for, in a severity and phase whose cadence the edit
changes. Its time is moved, and what people wrote stays when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.event_times import instant
from incidentd.domain.incidents import Status
from incidentd.domain.process import Process
from incidentd.domain.promises import promises
from incidentd.domain.severity import Severity
from incidentd.domain.updates import PHASE_OF_STATUS
from incidentd.wire import Event

KINDS = ("incident.declared", "incident.status", "incident.severity", "incident.update")
"""The events that this is read from."""
LIMIT = (
    "people wrote when they had promised to: with another time promised they might have written at another time;"
    " times set by hand stay as they are"
)
_SETTLED = ("kept", "missed")
_Cadence = Mapping[Severity, Mapping[str, timedelta]]


class MovedPromise(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that the edit would have turned: kept before and missed after, or the other way."""

    incident_id: int
    made_at: datetime
    promised_before: datetime
    promised_after: datetime
    told_at: datetime | None
    missed: bool  # under the edit


class ReplayedPromises(msgspec.Struct, frozen=True, kw_only=True):
    """`n` are the promises compared, `by_hand` those in the same severities and phases that had another wait."""

    n: int
    by_hand: int
    kept_before: int
    kept_after: int
    moved: tuple[MovedPromise, ...]


def replay(
    histories: Iterable[tuple[int, Sequence[Event]]], before: Process, after: Process, as_of: datetime
) -> ReplayedPromises:
    """Each history is that of an incident by its number, oldest event first."""
    changed = changed_waits(before.cadence, after.cadence)
    n = by_hand = kept_before = kept_after = 0
    moved: list[MovedPromise] = []
    for incident_id, events in histories:
        edited, touched, other = _edited(events, before.cadence, changed)
        by_hand += other
        if not touched:
            continue
        was, now = ({one.made_at: one for one in promises(version, as_of)} for version in (events, edited))
        for made_at in touched:
            old, new = was.get(made_at), now.get(made_at)
            if old is None or new is None or old.outcome not in _SETTLED or new.outcome not in _SETTLED:
                continue
            n, kept_before = n + 1, kept_before + (old.outcome == "kept")
            kept_after += new.outcome == "kept"
            if old.outcome != new.outcome:
                moved.append(
                    MovedPromise(
                        incident_id=incident_id, made_at=made_at, promised_before=old.promised_at,
                        promised_after=new.promised_at, told_at=new.told_at or old.told_at,
                        missed=new.outcome == "missed",
                    )
                )  # fmt: skip
    return ReplayedPromises(n=n, by_hand=by_hand, kept_before=kept_before, kept_after=kept_after, moved=tuple(moved))


def changed_waits(before: _Cadence, after: _Cadence) -> dict[tuple[Severity, str], timedelta]:
    """The new wait of each severity and phase in which both ask for updates, and not alike."""
    return {
        (severity, phase): wait
        for severity, waits in after.items()
        for phase, wait in waits.items()
        if before.get(severity, {}).get(phase, wait) != wait
    }


def _edited(
    events: Sequence[Event], cadence: _Cadence, changed: Mapping[tuple[Severity, str], timedelta]
) -> tuple[list[Event], list[datetime], int]:
    """The events with other times promised, when the promises that were moved had been made, and how many others."""
    found: list[Event] = []
    touched: list[datetime] = []
    other, severity, phase = 0, Severity.SEV3, ""
    for event in events:
        severity, phase = _stands(event, severity, phase)
        key = "next_update_at" if event.kind == "incident.declared" else "next_at"
        promised = instant(event.data.get(key))
        wait = changed.get((severity, phase))
        if promised is None or wait is None:
            found.append(event)
        elif promised - event.at == cadence[severity][phase]:
            touched.append(event.at)
            found.append(msgspec.structs.replace(event, data={**event.data, key: event.at + wait}))
        else:
            other += 1
            found.append(event)
    return found, touched, other


def _stands(event: Event, severity: Severity, phase: str) -> tuple[Severity, str]:
    """The severity and the phase that an event leaves."""
    data: Any = event.data
    if event.kind == "incident.declared":
        return Severity(data["severity"]), PHASE_OF_STATUS.get(Status(data["status"]), "")
    if event.kind == "incident.severity":
        return Severity(data["to"]), phase
    return severity, data["phase"] if event.kind == "incident.update" else phase
