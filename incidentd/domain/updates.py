"""Status updates: phases, when the next one is due, and repeats that say nothing."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from datetime import datetime

from incidentd.domain.incidents import Status
from incidentd.domain.process import Process
from incidentd.domain.severity import Severity
from incidentd.wire import Update


class Phase(enum.StrEnum):
    """How far the response is, as an update tells it."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


PHASE_OF_STATUS = {Status.ACTIVE: Phase.INVESTIGATING, Status.MITIGATED: Phase.MONITORING}
_NOT_WORDS = re.compile(r"\W+")
_SAYS_NOTHING = re.compile(
    r"(there (is|are) )?(no|nothing) (new )?(updates?|news|to report)( (yet|so far|at this time))?"
    r"|(we (are|re) )?still (investigating|working on (it|this|the (issue|problem|incident)))|same as before|as above"
)


def next_due(
    process: Process, severity: Severity, phase: Phase, now: datetime, *, long: bool = False
) -> datetime | None:
    """When the next update is due by the cadence, in a `long` incident by the slower one; None when none is owed."""
    wait = process.cadence.get(severity, {}).get(phase)
    if wait is None:
        return None
    return now + (max(wait, process.updates.long.every) if long else wait)


def next_due_for_status(
    process: Process, severity: Severity, status: Status, now: datetime, *, long: bool = False
) -> datetime | None:
    """When the first update in a status is due, before anybody wrote one."""
    phase = PHASE_OF_STATUS.get(status)
    return None if phase is None else next_due(process, severity, phase, now, long=long)


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", text.casefold()).strip()


def says_nothing_new(updates: Sequence[Update]) -> Update | None:
    """The last update when it only repeats the one before for its audience, or says that there is nothing to say."""
    if not updates:
        return None
    last = updates[-1]
    words = _words(last.text)
    before = next((one for one in reversed(updates[:-1]) if one.audience == last.audience), None)
    repeated = before is not None and _words(before.text) == words
    return last if repeated or (before is not None and _SAYS_NOTHING.fullmatch(words)) else None


def impact_confirmed(updates: Sequence[Update]) -> bool:
    """Whether people were told of more than an investigation."""
    return any(update.phase != Phase.INVESTIGATING for update in updates)
