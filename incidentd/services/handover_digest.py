"""What the next one has to know, gathered from what is stored: the digest of a handover."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from incidentd.domain.escalation import policy_of_service
from incidentd.domain.handover import Handover, Item, Section
from incidentd.domain.incidents import OPEN, UPDATES_OWED, Incident
from incidentd.domain.interruptions import told
from incidentd.domain.maintenance import WindowStatus
from incidentd.domain.people import HandoverForm, Roster
from incidentd.domain.reports import OWED, Report
from incidentd.services.roster import policies_of_schedule
from incidentd.storage import alerts, handovers, incidents, interruptions, maintenance, pages, reports, silences
from incidentd.storage.alerts import AlertRow
from incidentd.storage.reports import Wanted
from incidentd.storage.schema import alerts as alerts_table
from incidentd.storage.schema import incidents as incidents_table
from incidentd.storage.schema import pages as pages_table

_SHOWN = 20  # of one kind; the others are counted
_MOST = 500  # rows of one kind that are looked at
_SOON = timedelta(hours=24)  # maintenance that begins within this is told
_TITLES = {
    "incidents": "Open incidents",
    "pages": "Open pages",
    "promised": "Updates promised",
    "contacts": "Words promised to customers",
    "reports": "Open reports",
    "carried": "Written before, and taken over by nobody",
    "flapping": "Flapping alerts",
    "new": "New alerts that fire",
    "seen": "New alerts that are over",
    "interrupted": "Project work that was interrupted",
    "silences": "Silences in force",
    "maintenance": "Maintenance",
}
_SHORT = ("incidents", "pages", "promised", "contacts", "reports", "carried")


class Digest:
    """Sections for one handover at one instant. What no policy of the schedule is for is somebody else's."""

    def __init__(self, conn: Connection, roster: Roster, handover: Handover, now: datetime) -> None:
        self._conn = conn
        self._roster = roster
        self._handover = handover
        self._now = now
        self._policies = policies_of_schedule(roster, handover.schedule)

    def sections(self) -> tuple[Section, ...]:
        """Those of its form that hold anything."""
        wanted = _SHORT if self._handover.form is HandoverForm.SHORT else tuple(_TITLES)
        items = self._items()
        return tuple(
            Section(kind=kind, title=_TITLES[kind], items=found[:_SHOWN], more=max(len(found) - _SHOWN, 0))
            for kind in wanted
            if (found := tuple(items[kind]()))
        )

    def _items(self) -> dict[str, Callable[[], Iterable[Item]]]:
        return {
            "incidents": self._incidents,
            "pages": self._pages,
            "promised": self._promised,
            "contacts": self._contacts,
            "reports": self._reports,
            "carried": self._carried,
            "flapping": self._flapping,
            "new": lambda: self._new(firing=True),
            "seen": lambda: self._new(firing=False),
            "interrupted": self._interrupted,
            "silences": self._silences,
            "maintenance": self._maintenance,
        }

    def _ours(self, service: str) -> bool:
        """Whether the schedule is paged for a service; one that no policy names hears of everything."""
        return not self._policies or policy_of_service(self._roster, service) in self._policies

    def _open_incidents(self) -> list[Incident]:
        real = incidents_table.c.drill_id.is_(None)
        found = incidents.listed(self._conn, real & incidents_table.c.status.in_(tuple(OPEN)), None, _MOST)
        return [one for one in found if self._ours(one.service)]

    def _incidents(self) -> Iterable[Item]:
        for one in self._open_incidents():
            text = f"INC-{one.id} {one.severity} {one.status.value.replace('_', ' ')}: {one.title}"
            yield Item(subject=one.subject, text=text, at=one.declared_at)

    def _promised(self) -> Iterable[Item]:
        owed = [one for one in self._open_incidents() if one.status in UPDATES_OWED and one.next_update_at is not None]
        for one in sorted(owed, key=lambda one: one.next_update_at or self._now):
            late = ", overdue" if one.next_update_at is not None and one.next_update_at <= self._now else ""
            text = f"an update of INC-{one.id} by {one.next_update_at:%Y-%m-%d %H:%M} UTC{late}: {one.title}"
            yield Item(subject=one.subject, text=text, at=one.next_update_at)

    def _owed(self) -> list[Report]:
        """Reports whose reporters have not heard how it ended: of our services, and those of none yet."""
        found = reports.listed(self._conn, reports.matching(Wanted(states=sorted(OWED))), None, _MOST)
        return [one for one in found if not one.service or self._ours(one.service)]

    def _contacts(self) -> Iterable[Item]:
        due = [(at, one) for one in self._owed() if (at := one.due_at) is not None]
        for at, one in sorted(due, key=lambda pair: pair[0]):
            late = ", overdue" if one.is_late(self._now) else ""
            what = "the next word" if one.first_responded_at else "a first response"
            text = f"{what} to {one.recipient} about {one.reference} by {at:%Y-%m-%d %H:%M} UTC{late}: {one.subject}"
            yield Item(subject=one.about, text=text, at=at)

    def _reports(self) -> Iterable[Item]:
        for one in self._owed():
            whose = f" ({one.owner})" if one.owner else ""
            state = one.state.value.replace("_", " ")
            yield Item(subject=one.about, text=f"{one.reference} {state}{whose}: {one.subject}", at=one.created_at)

    def _interrupted(self) -> Iterable[Item]:
        """During the block, for services that this schedule is paged for and those of none."""
        for one in interruptions.between(self._conn, self._handover.starts_at, self._now):
            if not one.withdrawn and (not one.service or self._ours(one.service)):
                yield Item(subject=one.subject or f"interruption:{one.id}", text=told(one), at=one.at)

    def _pages(self) -> Iterable[Item]:
        real = pages_table.c.drill_id.is_(None) & pages_table.c.state.in_(pages.ACTIVE)
        query = select(pages_table).where(real).order_by(pages_table.c.id.desc()).limit(_MOST)
        for one in pages.listed(self._conn, query):
            if self._policies and one.policy not in self._policies:
                continue
            by = f" by {one.acknowledged_by}" if one.acknowledged_by else ""
            yield Item(subject=one.subject, text=f"P-{one.id} {one.state}{by}: {one.title}", at=one.started_at)

    def _alerts(self, *conditions: object) -> list[AlertRow]:
        real = alerts_table.c.source.notlike("drill:%")
        query = select(alerts_table).where(real, *conditions)  # type: ignore[arg-type]
        found = alerts.listed(self._conn, query.order_by(alerts_table.c.id.desc()).limit(_MOST))
        return [one for one in found if self._ours(one.service)]

    def _new(self, *, firing: bool) -> Iterable[Item]:
        status = alerts_table.c.status == ("firing" if firing else "resolved")
        for one in self._alerts(alerts_table.c.first_seen >= self._handover.starts_at, status):
            again = f", {one.episode} times" if one.episode > 1 else ""
            yield Item(subject=one.subject, text=f"A-{one.id} {_named(one)}{again}", at=one.first_seen)

    def _flapping(self) -> Iterable[Item]:
        for one in self._alerts(alerts_table.c.flapping.is_(True)):
            yield Item(subject=one.subject, text=f"A-{one.id} {_named(one)}", at=one.began_at)

    def _silences(self) -> Iterable[Item]:
        for one in silences.active(self._conn, self._now):
            text = f"{one.name} until {one.ends_at:%Y-%m-%d %H:%M} UTC, by {one.created_by}: {one.comment}"
            yield Item(subject=one.subject, text=text, at=one.ends_at)

    def _maintenance(self) -> Iterable[Item]:
        for one in maintenance.listed(self._conn, self._now):
            ours = any(map(self._ours, one.plan.services))
            if not ours or one.starts_at > self._now + _SOON:
                continue
            word = "until" if one.status(self._now) is WindowStatus.ACTIVE else "from"
            at = one.ends_at if word == "until" else one.starts_at
            what = f"{one.name} {word} {at:%Y-%m-%d %H:%M} UTC on {', '.join(one.plan.services)}: {one.plan.text}"
            yield Item(subject=one.subject, text=what, at=at)

    def _carried(self) -> Iterable[Item]:
        for one in handovers.lapsed_before(self._conn, self._handover):
            if one.surprises:
                yield Item(subject=one.subject, text=f"{one.person}: {one.surprises}", at=one.ends_at)


def _named(alert: AlertRow) -> str:
    return f"{alert.name}: {alert.summary}" if alert.summary and alert.summary != alert.name else alert.name
