"""Actions as callers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from incidentd.domain.actions import Action, warnings
from incidentd.domain.process import Process
from incidentd.domain.review_masks import told
from incidentd.services.action_reminders import today_of
from incidentd.services.incident_views import Seen
from incidentd.services.review_masks import masked_from
from incidentd.storage import actions, incidents
from incidentd.wire import review_records as wire_records

_COPIED = tuple(name for name in wire_records.Action.__struct_fields__ if name in Action.__struct_fields__)


def action_views(
    conn: Connection, rows: Sequence[Action], process: Process, now: datetime
) -> tuple[wire_records.Action, ...]:
    """Stored actions as the wire shows them; a fixed number of queries for any number of rows."""
    titles = {one.id: one.title for one in incidents.among(conn, sorted({row.incident_id for row in rows}))}
    return tuple(
        wire_records.Action(
            **{name: getattr(row, name) for name in _COPIED},
            late=row.late(today_of(process, row.owner_team, now)),
            title=titles[row.incident_id],
            warnings=tuple(warnings(row)),
        )
        for row in rows
    )


def actions_of(seen: Seen, incident_id: int) -> tuple[wire_records.Action, ...]:
    """Every action that came out of the review of an incident."""
    rows = actions.listed(seen.conn, actions.matching(incidents=[incident_id]))
    return action_views(seen.conn, rows, seen.process, seen.now)


def hidden_ones(conn: Connection, actor: str, incident: int | None) -> Mapping[int, int]:
    """The incidents (or the one asked for) whose actions `actor` may not see now, with the review that hides them."""
    masked = masked_from(conn, actor)
    return {one: by for one, by in masked.items() if incident in (None, one)}


def why_hidden(masked: Mapping[int, int]) -> str:
    """Why some are not shown, "" when none is hidden."""
    return told(max(masked.values())) if masked else ""
