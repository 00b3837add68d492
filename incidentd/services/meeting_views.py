"""The meeting of a review as callers see it, and the times that are proposed for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidentd.domain.facilitation import candidates, facilitator_faults
from incidentd.domain.incidents import Incident
from incidentd.domain.meeting_times import NOTICE, Fault, Part, faults, proposals, why
from incidentd.domain.review_meeting import Invitation, Meeting
from incidentd.domain.review_people import owner
from incidentd.services.errors import Invalid
from incidentd.services.incident_views import Seen
from incidentd.services.involved import involved
from incidentd.services.meeting_facts import busy, invitees
from incidentd.storage import incidents, review_meetings
from incidentd.wire import review_meeting as wire_meeting

_WHEN_LATE = timedelta(days=7)
"""How far ahead times are proposed for a review whose window is over."""
_MOST_CANDIDATES = 10


def parts_of(seen: Seen, incident: Incident, people: tuple[str, ...], facilitator: str) -> dict[str, Part]:
    """Who is to be invited as what: `people`, or those who had to do with it; and the owner and the facilitator."""
    held = incidents.roles(seen.conn, [incident.id])[incident.id]
    named = [one.person for one in held if one.role == Part.FACILITATOR and one.ends_at is None]
    found = dict.fromkeys(people or involved(seen.conn, incident, seen.roster), Part.TOOK_PART)
    found |= {owner(held, incident.declared_by): Part.OWNER}
    found |= dict.fromkeys([facilitator] if facilitator else named, Part.FACILITATOR)
    return {handle: part for handle, part in found.items() if handle in seen.roster.people}


def proposed(seen: Seen, incident: Incident, minutes: int, people: tuple[str, ...]) -> wire_meeting.MeetingProposals:
    """Three times inside the window. Raises `Invalid` where there is no window."""
    opens, due = incident.review_opens_at, incident.review_due_at
    if opens is None or due is None:
        remedy = f"see incidentctl review window INC-{incident.id}"
        raise Invalid(f"INC-{incident.id} has no window to meet in", field="id", remedy=remedy)
    parts = parts_of(seen, incident, people, "")
    begin = max(opens, seen.now + NOTICE)
    until = due if due - begin > timedelta(hours=8) else begin + _WHEN_LATE
    wanted = invitees(seen.roster, parts, begin, until)
    taken = busy(seen.conn, seen.roster, list(parts), begin, until)
    found = proposals(wanted, taken, opens_at=begin, until=until, length=timedelta(minutes=minutes))
    took_part = [handle for handle, part in parts.items() if part is not Part.FACILITATOR]
    return wire_meeting.MeetingProposals(
        incident_id=incident.id,
        review_name=seen.process.review_name,
        opens_at=opens,
        due_at=due,
        invited=tuple(
            wire_meeting.Invited(person=one.person.handle, part=one.part, zone=one.person.zone) for one in wanted
        ),
        times=tuple(
            wire_meeting.MeetingTime(
                starts_at=one.starts_at, ends_at=one.ends_at, why=why(one, parts), unsuited=unsuited(one.faults)
            )
            for one in found
        ),
        facilitators=tuple(
            wire_meeting.Candidate(person=one.person, listed=one.listed, faults=one.faults)
            for one in candidates(seen.process.facilitators, took_part, seen.roster)[:_MOST_CANDIDATES]
        ),
    )


def unsuited(found: tuple[Fault, ...]) -> tuple[wire_meeting.Unsuited, ...]:
    """Faults as the wire has them."""
    return tuple(wire_meeting.Unsuited(person=one.person, against=one.against, text=one.text) for one in found)


def meeting_view(seen: Seen, incident: Incident, meeting: Meeting) -> wire_meeting.Meeting:
    """The meeting, who comes, and what speaks against its time as things are now."""
    invited = review_meetings.invitations(seen.conn, incident.id)
    opens = incident.review_opens_at
    return wire_meeting.Meeting(
        incident_id=incident.id,
        review_name=seen.process.review_name,
        state=meeting.state,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        by=meeting.by,
        at=meeting.at,
        uid=meeting.uid,
        sequence=meeting.sequence,
        invited=tuple(_invited(seen, one) for one in invited),
        unsuited=_unsuited(seen, invited, meeting.starts_at, meeting.ends_at),
        facilitator_faults=_exceptions(seen, incident, invited),
        before_floor=opens is not None and meeting.starts_at < opens,
        version=meeting.version,
    )


def _invited(seen: Seen, one: Invitation) -> wire_meeting.Invited:
    person = seen.roster.people.get(one.person)
    return wire_meeting.Invited(
        person=one.person, part=one.part, zone=person.zone if person else "UTC", answer=one.answer,
        answered_at=one.answered_at, comment=one.comment,
    )  # fmt: skip


def _unsuited(
    seen: Seen, invited: list[Invitation], start: datetime, end: datetime
) -> tuple[wire_meeting.Unsuited, ...]:
    parts = {one.person: one.part for one in invited}
    wanted = invitees(seen.roster, parts, start, end)
    return unsuited(faults(wanted, busy(seen.conn, seen.roster, list(parts), start, end), start, end))


def _exceptions(seen: Seen, incident: Incident, invited: list[Invitation]) -> tuple[str, ...]:
    took_part = involved(seen.conn, incident, seen.roster)
    return tuple(
        fault
        for one in invited
        if one.part is Part.FACILITATOR
        for fault in facilitator_faults(one.person, took_part, seen.roster)
    )
