"""Who may be asked at an instant to lead the communications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from incidentd.domain.final_schedule import WEEK
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.role_pages import communicators
from incidentd.domain.roles import Role, holders
from incidentd.storage import duty_changes, team_turns
from incidentd.wire import RoleHolder


def may_communicate(
    conn: Connection, process: Process, roster: Roster, held: Sequence[RoleHolder], now: datetime
) -> tuple[str, ...]:
    """The list of the process as it stands at `now`, in order, without whoever leads the mitigation."""
    if not process.communicators.targets:
        return ()
    busy = {one.person for one in holders(held, Role.MITIGATION_LEAD, now)}
    changes, turns = duty_changes.between(conn, now, now + WEEK), team_turns.everybody(conn)
    return communicators(process.communicators, roster, now, changes, turns, busy)
