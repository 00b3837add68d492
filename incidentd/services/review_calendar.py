"""The meeting of a review as iCalendar (RFC 5545), as an invitation or a cancellation (RFC 5546), and in a feed.

The people have no addresses here that a calendar could answer to, so they stand under `.invalid` (RFC 2606) and no
answer is asked for: yes, no and maybe are said to the daemon.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from incidentd.domain.display import safe_line
from incidentd.domain.incidents import Incident
from incidentd.domain.meeting_times import Part
from incidentd.domain.review_meeting import Invitation, Meeting, MeetingState
from incidentd.storage import incidents, review_meetings

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

PRODUCT = "-//incidentd//review//EN"
_ANSWERS = {"": "NEEDS-ACTION", "yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE"}


def invitation(incident: Incident, meeting: Meeting, invited: Sequence[Invitation], name: str, at: datetime) -> str:
    """The document that goes along with a message: METHOD REQUEST, or CANCEL once it is cancelled."""
    from icalendar import Calendar  # its import takes longer than a start may

    document = Calendar()
    document.add("prodid", PRODUCT)
    document.add("version", "2.0")
    document.add("method", "CANCEL" if meeting.state is MeetingState.CANCELLED else "REQUEST")
    event = meeting_event(incident, meeting, name, at)
    event.add("organizer", _address(meeting.by), encode=False)
    for one in invited:
        attendee = _address(one.person)
        attendee.params["PARTSTAT"] = _ANSWERS[one.answer]
        attendee.params["ROLE"] = "CHAIR" if one.part is Part.FACILITATOR else "REQ-PARTICIPANT"
        attendee.params["RSVP"] = "FALSE"
        event.add("attendee", attendee, encode=False)
    document.add_component(event)
    text: str = document.to_ical().decode()
    return text


def meeting_event(incident: Incident, meeting: Meeting, name: str, at: datetime) -> Event:
    """The meeting alone; its UID stays the same however often it moves."""
    from icalendar import Event

    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", safe_line(f"{name}: INC-{incident.id} {incident.severity} {incident.title}"))
    if meeting.place:
        event.add("location", safe_line(meeting.place))
    event.add("description", f"Say whether you come: incidentctl review meeting answer INC-{incident.id} yes")
    event.add("status", "CANCELLED" if meeting.state is MeetingState.CANCELLED else "CONFIRMED")
    return event


def meeting_events(conn: Connection, person: str, name: str, start: datetime, end: datetime) -> list[Event]:
    """The meetings that somebody is invited to and has not said no to, for their feed."""
    found = [(incidents.get(conn, one.incident_id), one) for one in review_meetings.of_person(conn, person, start, end)]
    return [meeting_event(incident, one, name, one.at) for incident, one in found if incident is not None]


def _address(person: str) -> vCalAddress:
    from icalendar import vCalAddress, vText

    found = vCalAddress(f"mailto:{person}@incidentd.invalid")
    found.params["CN"] = vText(person)
    return found
