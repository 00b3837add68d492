"""What those who are invited to a review are written: a note each, with the appointment for their calendar."""

from __future__ import annotations

from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.incidents import Incident
from incidentd.domain.people import Person, Roster
from incidentd.domain.review_meeting import A_DAY_BEFORE, AN_HOUR_BEFORE, Invitation, Meeting, MeetingState, own_time
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.services.review_calendar import invitation
from incidentd.storage import review_meetings, timers
from incidentd.storage.tx import Tx

REMINDERS = {"review.meeting_tomorrow": A_DAY_BEFORE, "review.meeting_soon": AN_HOUR_BEFORE}
_HEADS = {"scheduled": "invitation", "moved": "moved", "cancelled": "cancelled"}


def tell(tx: Tx, incident: Incident, meeting: Meeting, what: str, name: str, roster: Roster, why: str) -> None:
    """The invitation, the move, or the cancellation."""
    invited = review_meetings.invitations(tx.conn, incident.id)
    document = invitation(incident, meeting, invited, name, tx.now)
    for one in invited:
        if (person := roster.people.get(one.person)) is not None:
            head = f"{name} of INC-{incident.id}, {_HEADS[what]}: {own_time(meeting, person.zone)}"
            _write(tx, incident, person, head, _body(incident, meeting, one, why), name, document)


def remind(tx: Tx, incident: Incident, meeting: Meeting, name: str, roster: Roster) -> None:
    """It is soon, for everybody who has not said no."""
    for one in review_meetings.invitations(tx.conn, incident.id):
        person = roster.people.get(one.person)
        if person is not None and one.answer != "no":
            head = f"{name} of INC-{incident.id}: {own_time(meeting, person.zone)}"
            _write(tx, incident, person, head, _body(incident, meeting, one, ""), name, "")


def _body(incident: Incident, meeting: Meeting, one: Invitation, why: str) -> str:
    lines = [safe_line(incident.title, LONGEST_LINE)]
    lines += [safe_text(why)] if why else []
    lines += [f"Where: {safe_line(meeting.place)}"] if meeting.place else []
    if meeting.state is MeetingState.SCHEDULED:
        lines += ["You facilitate it."] if one.part == "facilitator" else []
        lines += (
            [] if one.answer else [f"Do you come? incidentctl review meeting answer INC-{incident.id} yes|no|maybe"]
        )
        lines.append(f"Write down what you remember, for yourself: incidentctl review notes INC-{incident.id} --edit")
        lines.append(f"For your calendar: incidentctl review calendar INC-{incident.id}")
    return "\n".join(lines)


def _write(tx: Tx, incident: Incident, person: Person, head: str, body: str, name: str, document: str) -> None:
    why = f"you are invited to its {name}"
    write_to(tx, person, head, body, why, can_wait=bool(document), calendar=document, drill_id=incident.drill_id)


def arm(tx: Tx, incident: Incident, meeting: Meeting) -> None:
    """Set the reminders of a meeting, or take them back with it."""
    for kind, before in REMINDERS.items():
        at = meeting.starts_at - before
        if meeting.state is MeetingState.SCHEDULED and at > tx.now:
            timers.arm(tx, kind, incident.subject, at)
        else:
            timers.cancel(tx, kind, incident.subject)
