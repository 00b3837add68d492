"""What a responder does by a button in the chat: one command with the person as actor and the chat as the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain.chat import person_of_account, unknown_account
from incidentd.domain.people import Roster
from incidentd.domain.severity import Severity
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.chat import Done, KeptMessage, Verb
from incidentd.services.chat_announcements import alerts_of_page, incident_of_page
from incidentd.services.chat_keeping import ChatKeeping
from incidentd.services.errors import NotFound, ServiceError
from incidentd.services.escalation import Escalation, lock_page
from incidentd.services.incidents import Incidents
from incidentd.services.report_changes import ReportChanges
from incidentd.services.report_incidents import ReportIncidents
from incidentd.services.report_views import existing as existing_report
from incidentd.storage import incidents, pages
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports

_TITLE = 250


class _Press(NamedTuple):
    """Who pressed for what, by which channel instance."""

    number: int
    person: str
    via: str
    severity: str


class ChatActs:
    """Each act locks what it is about, so that of two presses the second finds what the first did."""

    def __init__(
        self,
        store: Store,
        roster: Callable[[], Roster],
        escalation: Escalation,
        changes: ReportChanges,
        coordination: Incidents,
        declaring: ReportIncidents,
    ) -> None:
        self._store = store
        self._roster = roster
        self._escalation = escalation
        self._changes = changes
        self._incidents = coordination
        self._declaring = declaring

    async def act(self, instance: str, verb: Verb, about: str, user: str, severity: str) -> Done:
        """Do it, or say why not. Raises `StoreUnavailable`."""
        person = person_of_account(self._roster(), instance, user)
        if person is None:
            return Done(text=unknown_account(instance, user), done=False)
        kind, _, number = about.partition(":")
        acts: Mapping[tuple[Verb, str], Callable[[Tx, _Press], str]] = {
            (Verb.ACKNOWLEDGE, "report"): self._acknowledge_report,
            (Verb.ACKNOWLEDGE, "page"): self._acknowledge_page,
            (Verb.DECLARE, "report"): self._declare_report,
            (Verb.DECLARE, "page"): self._declare_page,
        }
        chosen = acts.get((verb, kind))
        if chosen is None or not number.isascii() or not number.isdecimal() or len(number) > 18:
            return Done(text="This button is not known here any more.", done=False)
        if verb is Verb.DECLARE and severity not in list(Severity):
            return Done(text=f"Choose a severity: {', '.join(Severity)}.", done=False)
        try:
            press = _Press(int(number), person.handle, instance, severity)
            return Done(text=await self._store.write(lambda tx: chosen(tx, press)), done=True)
        except ServiceError as error:
            remedy = f" ({error.remedy})" if error.remedy else ""
            return Done(text=f"{error.message}{remedy}.", done=False)
        except (SQLAlchemyError, StoreClosed, OSError) as error:
            raise StoreUnavailable("it could not be stored; press again") from error

    # ------------------------------------------------------------------ reports
    def _acknowledge_report(self, tx: Tx, press: _Press) -> str:
        report = existing_report(tx.conn, press.number, lock=True)
        if report.owner == press.person and report.first_responded_at is not None:
            return f"You have {report.reference} already."
        self._changes.acknowledge(tx, report, "", press.person, via=press.via)
        return f"You have {report.reference} now; its first response is still to be written."

    def _declare_report(self, tx: Tx, press: _Press) -> str:
        report = existing_report(tx.conn, press.number, lock=True)
        if report.incident_id is not None:
            return _known(tx, report.incident_id)
        body = wire_reports.DeclareFromReports(report_ids=(press.number,), severity=Severity(press.severity))
        incident = self._declaring.declare_in(tx, body, press.person, via=press.via)
        return f"You declared INC-{incident.id}, {press.severity}."

    # ------------------------------------------------------------------ pages
    def _acknowledge_page(self, tx: Tx, press: _Press) -> str:
        page = self._escalation.acknowledge(tx, press.number, press.person, via=press.via)
        if page.state != "acknowledged":
            missing = page.acks_needed - len(page.acks)
            return f"Your acknowledgement of P-{page.id} counts; it wants {missing} more."
        return f"You have P-{page.id}; the escalation has stopped."

    def _declare_page(self, tx: Tx, press: _Press) -> str:
        page = lock_page(tx, press.number)
        if (known := incident_of_page(tx.conn, page)) is not None:
            return _known(tx, known)
        body = wire_incidents.DeclareIncident(
            title=page.title[:_TITLE],
            severity=Severity(press.severity),
            service=page.service,
            alert_ids=tuple(alerts_of_page(tx.conn, page)),
        )
        incident = self._incidents.declare_in(tx, body, press.person, via=press.via)
        pages.change(tx, page, incident_id=incident.id)
        tx.emit("page.declared", page.subject, {"incident": incident.id, "via": press.via}, actor=press.person)
        return f"You declared INC-{incident.id}, {press.severity}."


def _known(tx: Tx, incident_id: int) -> str:
    found = incidents.get(tx.conn, incident_id)
    if found is None:
        raise NotFound(f"there is no incident INC-{incident_id}")
    return f"INC-{found.id} is declared already, by {found.declared_by}: {found.severity}, {found.status}."


class LentChat:
    """The chat of one channel instance; implements `plugin.ChatBook`."""

    def __init__(self, acts: Callable[[], ChatActs], keeping: Callable[[], ChatKeeping], instance: str) -> None:
        self._acts = acts
        self._keeping = keeping
        self._instance = instance

    async def act(self, verb: Verb, about: str, user: str, *, severity: str = "") -> Done:
        """Do what a button says. Raises `StoreUnavailable`."""
        return await self._acts().act(self._instance, verb, about, user, severity)

    async def rooms(self) -> Sequence[str]:
        """The rooms of this instance that are open. Raises `StoreUnavailable`."""
        return await self._keeping().rooms(self._instance)

    async def keep(self, message: KeptMessage) -> bool:
        """Put a message into the timeline of its incident. Raises `StoreUnavailable`."""
        return await self._keeping().keep(self._instance, message)
