"""One act on many alerts in one transaction, with an outcome for each; what one alert refuses stops no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain.process import Process
from incidentd.services import incident_links
from incidentd.services.alerts import end_by_hand
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.escalation import Escalation
from incidentd.services.hand_back import hand_back
from incidentd.services.incident_views import existing, in_command, view
from incidentd.services.pages import check_until
from incidentd.services.pages import views as page_views
from incidentd.storage import alerts, incidents, pages
from incidentd.storage.alerts import AlertRow
from incidentd.storage.pages import PageRow
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import bulk as wire_bulk
from incidentd.wire.bulk import BulkItem

AlertViews = Callable[[Connection, Sequence[AlertRow]], tuple[wire.Alert, ...]]
_OF_INCIDENTS = ("link", "unlink")


class _Done(msgspec.Struct):
    """What an act leaves: an outcome for each alert, the pages it touched, and the incident."""

    items: dict[int, BulkItem] = {}
    page_ids: list[int] = []
    incident: wire.Incident | None = None

    def say(self, alert_id: int, outcome: str, detail: str = "") -> None:
        self.items[alert_id] = BulkItem(alert_id=alert_id, outcome=outcome, detail=detail)


class Bulk:
    """Implements `contracts.BulkCalls`."""

    def __init__(
        self, store: Store, *, escalation: Escalation, process: Callable[[], Process], alert_views: AlertViews
    ) -> None:
        self._store = store
        self._escalation = escalation
        self._process = process
        self._alert_views = alert_views

    async def alerts(self, body: wire_bulk.BulkAlerts, actor: str) -> wire_bulk.BulkOutcome:
        """Act on many alerts. Raises `Invalid`, and `NotFound` when there is no such incident."""
        if (body.incident_id is None) is (body.act in _OF_INCIDENTS):
            wanted = "name the incident" if body.incident_id is None else f"{body.act} is about no incident"
            raise Invalid(wanted, field="incident_id")
        if body.until is not None and body.act != "acknowledge":
            raise Invalid(f"{body.act} has no end", field="until", remedy="leave it out")
        ids = tuple(dict.fromkeys(body.alert_ids))

        def command(tx: Tx) -> wire_bulk.BulkOutcome:
            done = _Done()
            found = {one.id: one for one in alerts.get_many(tx.conn, ids)}
            for number in ids:
                if number not in found:
                    done.say(number, "refused", f"there is no alert A-{number}")
            if body.incident_id is not None:
                self._join(tx, body.act, body.incident_id, list(found), actor, done)
            elif body.act == "resolve":
                _resolve(tx, list(found), actor, done)
            else:
                self._pages(tx, body, list(found), actor, done)
            return self._told(tx, ids, done, actor)

        return await self._store.write(command)

    def _told(self, tx: Tx, ids: Sequence[int], done: _Done, actor: str) -> wire_bulk.BulkOutcome:
        touched = [page for number in done.page_ids if (page := pages.get(tx.conn, number)) is not None]
        return wire_bulk.BulkOutcome(
            items=tuple(done.items[number] for number in ids),
            alerts=self._alert_views(tx.conn, alerts.get_many(tx.conn, ids)),
            pages=page_views(tx.conn, touched, actor),
            incident=done.incident,
        )

    # ------------------------------------------------------------------ pages
    def _pages(self, tx: Tx, body: wire_bulk.BulkAlerts, ids: Sequence[int], actor: str, done: _Done) -> None:
        about = pages.active_of_alerts(tx.conn, ids)
        check_until(body.until, tx.now)
        act = self._acknowledge if body.act == "acknowledge" else _hand_back
        outcomes: dict[int, tuple[str, str]] = {}
        for page in sorted({one.id: one for some in about.values() for one in some}.values(), key=lambda one: one.id):
            outcomes[page.id] = act(tx, page, actor, body)
            done.page_ids.append(page.id)
        for number in ids:
            done.say(number, *_worst([outcomes[page.id] for page in about.get(number, ())]))

    def _acknowledge(self, tx: Tx, page: PageRow, actor: str, body: wire_bulk.BulkAlerts) -> tuple[str, str]:
        mine = page.state == "acknowledged" and page.acknowledged_by == actor
        if mine and page.acknowledged_until == body.until:
            return "already", f"P-{page.id} is yours"
        try:
            self._escalation.acknowledge(tx, page.id, actor, via="api", note=body.note, until=body.until)
        except Conflict as conflict:
            return "refused", conflict.message
        return "done", ""

    # ------------------------------------------------------------------ incidents
    def _join(self, tx: Tx, act: str, incident_id: int, ids: Sequence[int], actor: str, done: _Done) -> None:
        incident = existing(tx.conn, incident_id, lock=True)
        linked = set(incidents.alert_ids_of(tx.conn, [incident.id])[incident.id])
        links = act == "link"
        wanted = [number for number in ids if (number in linked) is not links]
        for number in ids:
            stands = f"it is {'' if links else 'not '}linked to INC-{incident.id}"
            done.say(number, *(("done",) if number in wanted else ("already", stands)))
        if wanted:
            change = incident_links.link if links else incident_links.unlink
            incident = change(tx, incident, wanted, actor)
        done.incident = view(in_command(tx, self._process()), incident)


def _hand_back(tx: Tx, page: PageRow, actor: str, body: wire_bulk.BulkAlerts) -> tuple[str, str]:
    try:
        hand_back(tx, page.id, actor, body.note)
    except Conflict as conflict:
        return "already", conflict.message
    return "done", ""


def _resolve(tx: Tx, ids: Sequence[int], actor: str, done: _Done) -> None:
    for number in ids:
        alert = alerts.get(tx.conn, number, lock=True)
        if alert is None or not alert.firing:
            done.say(number, "already", "it has ended")
            continue
        end_by_hand(tx, alert, actor)
        done.say(number, "done")


_ORDER: Mapping[str, int] = {"refused": 0, "done": 1, "already": 2}


def _worst(outcomes: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What to say of an alert that several pages are about: what was refused first."""
    if not outcomes:
        return "refused", "no page about it is open"
    return min(outcomes, key=lambda one: _ORDER[one[0]])
