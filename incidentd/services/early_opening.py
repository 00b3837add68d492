"""Opening a review before people rested: asked by one, granted by another; everything here happens inside a command."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from incidentd.domain.incidents import AWAITING_REVIEW, Incident, Status
from incidentd.domain.review_opening import Opening, OpeningState, early, not_rested, of_episode, text
from incidentd.domain.review_people import owner
from incidentd.services import review_reminders
from incidentd.services.errors import Conflict, Invalid, Refused
from incidentd.services.incident_status import StatusChanges
from incidentd.services.incident_views import Seen
from incidentd.services.review_windows import basis_of
from incidentd.storage import incidents, review_openings
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_window as wire_review

_KINDS = {
    OpeningState.GRANTED: "incident.review_opened_early",
    OpeningState.DECLINED: "incident.review_opening_declined",
    OpeningState.WITHDRAWN: "incident.review_opening_withdrawn",
}


class EarlyOpenings:
    """What `ReviewWindows` does about them."""

    def __init__(self, status: StatusChanges) -> None:
        self._status = status

    def ask(self, tx: Tx, incident: Incident, reason: str, actor: str, seen: Seen) -> None:
        """Ask for it. Raises `Conflict` while somebody asks already, `Invalid` where nothing is to be opened."""
        floor = _floor(incident, seen)
        newest = of_episode(review_openings.of_incident(tx.conn, incident.id), incident.episode)
        if newest is not None and newest.state is OpeningState.ASKED:
            remedy = f"let it be granted or declined first, or {newest.asked_by} withdraws it"
            raise Conflict(f"{newest.asked_by} asks for that already", field="reason", remedy=remedy)
        asked = Opening(
            incident_id=incident.id, episode=incident.episode, asked_by=actor, asked_at=tx.now, reason=reason,
            floor_at=floor,
        )  # fmt: skip
        review_openings.add(tx, asked)
        told = {"reason": reason, "floor_at": floor, "review_name": seen.process.review_name}
        tx.emit("incident.review_opening_asked", incident.subject, told, actor=actor)
        to = owner(incidents.roles(tx.conn, [incident.id])[incident.id], incident.declared_by)
        if to != actor:
            review_reminders.opening_asked(tx, incident, asked, seen.process, seen.roster.people.get(to))

    def answer(self, tx: Tx, incident: Incident, body: wire_review.AnswerOpening, actor: str, seen: Seen) -> None:
        """Grant it, decline it, or take it back. Raises `Invalid`, `Refused`."""
        newest = of_episode(review_openings.of_incident(tx.conn, incident.id), incident.episode)
        if newest is None or newest.state is not OpeningState.ASKED:
            remedy = f"incidentctl review open-early ask INC-{incident.id} --reason ..."
            raise Invalid("nobody asks to open it early", field="answer", remedy=remedy)
        state = OpeningState(body.answer)
        _check_who(newest, state, actor)
        floor = _floor(incident, seen) if state is OpeningState.GRANTED else newest.floor_at
        answered = replace(newest, state=state, answered_by=actor, answered_at=tx.now, answer=body.why, floor_at=floor)
        review_openings.replace(tx, answered)
        tx.emit(_KINDS[state], incident.subject, _facts(answered, incident, seen), actor=actor)
        review_reminders.opening_answered(tx, incident, answered, seen)
        if state is OpeningState.GRANTED:
            self._open(tx, incident, actor)

    def _open(self, tx: Tx, incident: Incident, actor: str) -> None:
        """The floor moves to now, and the status goes on."""
        incident = self._status.settle(tx, incident)
        for status in (Status.COOLING, Status.REVIEW_READY):
            if incident.status in (Status.RESOLVED, Status.COOLING) and incident.status is not status:
                incident = self._status.change(tx, incident, wire_incidents.ChangeStatus(to=status), actor)


def _floor(incident: Incident, seen: Seen) -> datetime:
    """The floor that is to be moved. Raises `Invalid` where there is none, or it is over."""
    name, opens = seen.process.review_name, incident.review_opens_at
    if incident.status not in AWAITING_REVIEW or opens is None:
        remedy = f"see incidentctl review window INC-{incident.id}"
        raise Invalid(f"INC-{incident.id} has no {name} that waits", field="id", remedy=remedy)
    if opens <= seen.now:
        raise Invalid(f"the {name} of INC-{incident.id} may be held already", field="id", remedy="begin it")
    return opens


def _check_who(newest: Opening, state: OpeningState, actor: str) -> None:
    mine = actor == newest.asked_by
    if state is OpeningState.WITHDRAWN and not mine:
        raise Refused(f"only {newest.asked_by} can withdraw it", field="answer", remedy="decline it")
    if state is not OpeningState.WITHDRAWN and mine:
        remedy = "ask somebody else, or withdraw it"
        raise Refused("a second person grants or declines it: you asked for it", field="answer", remedy=remedy)


def _facts(answered: Opening, incident: Incident, seen: Seen) -> dict[str, object]:
    nights = basis_of(seen, incident, incident.resolved_at or seen.now).nights
    facts = {
        "asked_by": answered.asked_by, "reason": answered.reason, "why": answered.answer,
        "floor_at": answered.floor_at, "review_name": seen.process.review_name,
    }  # fmt: skip
    if answered.state is OpeningState.GRANTED:
        facts |= {
            "hours_early": early(answered) / timedelta(hours=1), "text": text(answered),
            "not_rested": list(not_rested(nights, seen.roster, seen.now)),
        }  # fmt: skip
    return facts
