"""The meeting of a review: proposed, scheduled, moved, cancelled, answered; each change writes to those invited."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection

from incidentd.domain.incidents import AWAITING_REVIEW, Incident, Status
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_meeting import Invitation, Meeting, MeetingState
from incidentd.services import meeting_notes
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.escalation import Handler
from incidentd.services.incident_roles import known_person
from incidentd.services.incident_views import Seen, existing
from incidentd.services.meeting_views import meeting_view, parts_of, proposed
from incidentd.services.review_calendar import invitation
from incidentd.storage import incidents, review_meetings
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import review_meeting as wire_meeting

_MAY_MEET = (*AWAITING_REVIEW, Status.IN_REVIEW)


class ReviewMeetings:
    """Implements `review_contracts.MeetingCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return dict.fromkeys(meeting_notes.REMINDERS, self._on_reminder)

    # ------------------------------------------------------------------ reading
    def _seen(self, conn: Connection, now: datetime) -> Seen:
        return Seen(conn=conn, now=now, process=self._process(), roster=self._roster())

    async def propose(self, incident_id: int, minutes: int, people: tuple[str, ...]) -> wire_meeting.MeetingProposals:
        """Times that suit most, and who may facilitate. Raises `NotFound`, `Invalid`."""
        now = self._store.clock.now()
        return await self._store.read(
            lambda conn: proposed(self._seen(conn, now), existing(conn, incident_id), minutes, people)
        )

    async def get(self, incident_id: int) -> wire_meeting.Meeting:
        """The meeting, cancelled or not. Raises `NotFound`."""
        now = self._store.clock.now()
        return await self._store.read(
            lambda conn: meeting_view(self._seen(conn, now), existing(conn, incident_id), _meeting(conn, incident_id))
        )

    async def calendar(self, incident_id: int) -> str:
        """The same as an iCalendar document. Raises `NotFound`."""
        name = self._process().review_name

        def read(conn: Connection) -> str:
            incident, meeting = existing(conn, incident_id), _meeting(conn, incident_id)
            return invitation(incident, meeting, review_meetings.invitations(conn, incident_id), name, meeting.at)

        return await self._store.read(read)

    # ------------------------------------------------------------------ changing
    async def schedule(self, incident_id: int, body: wire_meeting.ScheduleMeeting, actor: str) -> wire_meeting.Meeting:
        """Invite to a meeting. Raises `NotFound`, `Invalid`, `Conflict`, and `Refused` before people rested."""
        roster = self._roster()

        def action(tx: Tx, incident: Incident) -> Meeting:
            before = review_meetings.get(tx.conn, incident_id)
            if before is not None and before.state is MeetingState.SCHEDULED:
                current = meeting_view(self._seen(tx.conn, tx.now), incident, before)
                raise Conflict(
                    f"INC-{incident_id} has a meeting already", current=current, remedy="move it, or cancel it"
                )
            self._check(incident, body.starts_at, tx.now)
            people = tuple(known_person(roster, one, actor) for one in body.people)
            facilitator = known_person(roster, body.facilitator, actor) if body.facilitator else ""
            parts = parts_of(self._seen(tx.conn, tx.now), incident, people, facilitator)
            meeting = Meeting(
                incident_id=incident_id,
                uid=before.uid if before is not None else f"review-{incident_id}-{uuid.uuid4().hex}@incidentd",
                sequence=before.sequence + 1 if before is not None else 0,
                starts_at=body.starts_at,
                ends_at=body.starts_at + timedelta(minutes=body.minutes),
                place=body.place.strip(),
                by=actor,
                at=tx.now,
                version=before.version if before is not None else 1,
            )
            stored = review_meetings.put(tx, meeting)
            invited = [Invitation(incident_id=incident_id, person=one, part=part) for one, part in parts.items()]
            review_meetings.invite(tx, incident_id, invited)
            return self._told(tx, incident, stored, "scheduled", actor, people=sorted(parts))

        return await self._change(incident_id, action)

    async def move(
        self, incident_id: int, body: wire_meeting.MoveMeeting, actor: str, if_version: int | None
    ) -> wire_meeting.Meeting:
        """To another time or place; what was answered is asked again. Raises as `schedule`."""

        def action(tx: Tx, incident: Incident) -> Meeting:
            before = self._scheduled(tx, incident, if_version)
            length = before.ends_at - before.starts_at if body.minutes is None else timedelta(minutes=body.minutes)
            starts_at = body.starts_at or before.starts_at
            place = before.place if body.place is None else body.place.strip()
            if (starts_at, starts_at + length, place) == (before.starts_at, before.ends_at, before.place):
                raise Invalid("it is then and there already", field="starts_at", remedy="give another time or place")
            self._check(incident, starts_at, tx.now)
            moved = replace(
                before, starts_at=starts_at, ends_at=starts_at + length, place=place, sequence=before.sequence + 1,
                by=actor, at=tx.now,
            )  # fmt: skip
            if starts_at != before.starts_at:
                invited = review_meetings.invitations(tx.conn, incident_id)
                asked = [replace(one, answer="", answered_at=None, comment="") for one in invited]
                review_meetings.invite(tx, incident_id, asked)
            stored = review_meetings.put(tx, moved)
            return self._told(tx, incident, stored, "moved", actor, before=before.starts_at)

        return await self._change(incident_id, action)

    async def cancel(
        self, incident_id: int, body: wire_meeting.CancelMeeting, actor: str, if_version: int | None
    ) -> wire_meeting.Meeting:
        """Call it off. Raises `NotFound`, `Conflict`."""

        def action(tx: Tx, incident: Incident) -> Meeting:
            before = self._scheduled(tx, incident, if_version)
            off = replace(before, state=MeetingState.CANCELLED, sequence=before.sequence + 1, by=actor, at=tx.now)
            return self._told(tx, incident, review_meetings.put(tx, off), "cancelled", actor, why=body.why)

        return await self._change(incident_id, action)

    async def answer(self, incident_id: int, body: wire_meeting.AnswerMeeting, actor: str) -> wire_meeting.Meeting:
        """Say whether the caller comes. Raises `NotFound`, and `Invalid` for somebody who is not invited."""

        def action(tx: Tx, incident: Incident) -> Meeting:
            meeting = self._scheduled(tx, incident, None)
            invited = review_meetings.invitations(tx.conn, incident_id)
            mine = next((one for one in invited if one.person == actor), None)
            if mine is None:
                raise Invalid(f"{actor} is not invited", field="answer", remedy=f"ask {meeting.by} to invite you")
            answered = replace(mine, answer=body.answer, answered_at=tx.now, comment=body.comment)
            review_meetings.answer(tx, answered)
            tx.emit("review.meeting_answered", incident.subject, {"answer": body.answer}, actor=actor)
            return meeting

        return await self._change(incident_id, action)

    # ------------------------------------------------------------------ inside a command
    async def _change(self, incident_id: int, action: Callable[[Tx, Incident], Meeting]) -> wire_meeting.Meeting:
        def command(tx: Tx) -> wire_meeting.Meeting:
            incident = existing(tx.conn, incident_id, lock=True)
            return meeting_view(self._seen(tx.conn, tx.now), incident, action(tx, incident))

        return await self._store.write(command)

    def _check(self, incident: Incident, starts_at: datetime, now: datetime) -> None:
        name, opens = self._process().review_name, incident.review_opens_at
        if incident.status not in _MAY_MEET or opens is None:
            raise Invalid(f"INC-{incident.id} has no {name} to meet for", field="id",
                          remedy=f"see incidentctl review window INC-{incident.id}")  # fmt: skip
        if starts_at < now:
            raise Invalid("this time is over", field="starts_at", remedy="give one that lies ahead")
        if starts_at < opens:
            raise Refused(
                f"people rest first: it may be held from {opens.isoformat(timespec='minutes')} on",
                field="starts_at",
                remedy=f"take a later time, or incidentctl review open-early ask INC-{incident.id} --reason ...",
            )

    def _scheduled(self, tx: Tx, incident: Incident, if_version: int | None) -> Meeting:
        meeting = _meeting(tx.conn, incident.id)
        if meeting.state is not MeetingState.SCHEDULED or if_version not in (None, meeting.version):
            current = meeting_view(self._seen(tx.conn, tx.now), incident, meeting)
            raise Conflict(f"the meeting of INC-{incident.id} is {meeting.state}, or has changed meanwhile",
                           current=current, remedy="look at it again")  # fmt: skip
        return meeting

    def _told(self, tx: Tx, incident: Incident, meeting: Meeting, what: str, actor: str, **more: object) -> Meeting:
        """Leave the event, write to those invited, and bring the reminders in line."""
        name = self._process().review_name
        facts = {"what": what, "starts_at": meeting.starts_at, "ends_at": meeting.ends_at, "place": meeting.place}
        tx.emit("incident.review_meeting", incident.subject, {**facts, "review_name": name, **more}, actor=actor)
        meeting_notes.tell(tx, incident, meeting, what, name, self._roster(), str(more.get("why", "")))
        meeting_notes.arm(tx, incident, meeting)
        return meeting

    def _on_reminder(self, tx: Tx, timer: Timer) -> None:
        incident = incidents.get(tx.conn, timer.subject_id, lock=True)
        meeting = review_meetings.get(tx.conn, timer.subject_id)
        if incident is None or meeting is None or meeting.state is not MeetingState.SCHEDULED:
            return
        if incident.status in _MAY_MEET and meeting.starts_at > tx.now:
            meeting_notes.remind(tx, incident, meeting, self._process().review_name, self._roster())


def _meeting(conn: Connection, incident_id: int) -> Meeting:
    found = review_meetings.get(conn, incident_id)
    if found is None:
        remedy = f"incidentctl review meeting propose INC-{incident_id}"
        raise NotFound(f"no meeting is scheduled for INC-{incident_id}", field="id", remedy=remedy)
    return found
