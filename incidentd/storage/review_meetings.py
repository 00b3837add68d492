"""The meetings in which reviews are held, and who is invited, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from incidentd.domain.meeting_times import Part
from incidentd.domain.review_meeting import Invitation, Meeting, MeetingState
from incidentd.storage.schema_review_window import review_invitations, review_meetings
from incidentd.storage.tx import Tx


def _meeting(row: Row[Any]) -> Meeting:
    values = {name: getattr(row, name) for name in Meeting.__struct_fields__}
    return Meeting(**values | {"state": MeetingState(row.state)})


def _invitation(row: Row[Any]) -> Invitation:
    values = {name: getattr(row, name) for name in Invitation.__struct_fields__}
    return Invitation(**values | {"part": Part(row.part)})


def get(conn: Connection, incident_id: int) -> Meeting | None:
    """The meeting of an incident, cancelled or not; None when there never was one."""
    row = conn.execute(select(review_meetings).where(review_meetings.c.incident_id == incident_id)).one_or_none()
    return None if row is None else _meeting(row)


def put(tx: Tx, meeting: Meeting) -> Meeting:
    """Store a meeting over its former self, one version on."""
    where = review_meetings.c.incident_id == meeting.incident_id
    changed = msgspec.structs.replace(meeting, version=meeting.version + 1)
    if tx.conn.execute(update(review_meetings).where(where).values(**msgspec.structs.asdict(changed))).rowcount:
        return changed
    tx.conn.execute(insert(review_meetings).values(**msgspec.structs.asdict(meeting)))
    return meeting


def invitations(conn: Connection, incident_id: int) -> list[Invitation]:
    """Who is invited, by handle."""
    query = select(review_invitations).where(review_invitations.c.incident_id == incident_id)
    return [_invitation(row) for row in conn.execute(query.order_by(review_invitations.c.person))]


def invite(tx: Tx, incident_id: int, invited: list[Invitation]) -> None:
    """Store who is invited, in place of those who were."""
    tx.conn.execute(delete(review_invitations).where(review_invitations.c.incident_id == incident_id))
    if invited:
        tx.conn.execute(insert(review_invitations), [msgspec.structs.asdict(one) for one in invited])


def answer(tx: Tx, invitation: Invitation) -> None:
    """Store an answer over the one before."""
    mine = (review_invitations.c.incident_id == invitation.incident_id) & (
        review_invitations.c.person == invitation.person
    )
    tx.conn.execute(update(review_invitations).where(mine).values(**msgspec.structs.asdict(invitation)))


def of_person(conn: Connection, person: str, start: datetime, end: datetime) -> list[Meeting]:
    """The meetings that somebody is invited to from `start` until before `end`, cancelled ones too, by time."""
    query = (
        select(review_meetings)
        .join(review_invitations, review_invitations.c.incident_id == review_meetings.c.incident_id)
        .where(review_invitations.c.person == person, review_invitations.c.answer != "no")
        .where(review_meetings.c.ends_at > start, review_meetings.c.starts_at < end)
    )
    return [_meeting(row) for row in conn.execute(query.order_by(review_meetings.c.starts_at))]
