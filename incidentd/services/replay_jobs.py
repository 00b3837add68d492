"""What the daemon and the process of a replay say to each other, each line one JSON document."""

from __future__ import annotations

from datetime import datetime

import msgspec

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.wire.replay import ReplayReport


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be replayed: the time, the configuration in force and the edited one."""

    database_url: str
    since: datetime
    until: datetime
    process: Process
    roster: Roster
    new_process: Process
    new_roster: Roster
    explain: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far it is; the last line has the report, or why there is none."""

    progress: float = 0.0
    report: ReplayReport | None = None
    failed: str = ""
