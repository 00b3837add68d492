"""Alerts as callers see them: lists, one alert, its trace, and what a person does to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Text, and_, or_, select, type_coerce

from incidentd import wire
from incidentd.domain import drills
from incidentd.domain.alerts import ended
from incidentd.domain.matchers import Matcher, matches_all
from incidentd.domain.signals import Signal, SignalKind, label_fingerprint
from incidentd.domain.trace import step, verdict
from incidentd.services import cursors
from incidentd.services.contracts import AlertQuery
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.hidden import NOT_HIDDEN, Hidden
from incidentd.services.intake import Intake
from incidentd.services.muting import Mutes
from incidentd.services.pages import Pages
from incidentd.services.suppression import Suppression
from incidentd.storage import alerts, event_log, pages
from incidentd.storage.alerts import AlertRow, Links
from incidentd.storage.schema import alerts as table
from incidentd.storage.schema import group_alerts
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.store import Store
from incidentd.storage.text_search import contains, may_match
from incidentd.storage.tx import Tx, Wake

LOCAL_SOURCE = "local"
_STATUSES = ("firing", "resolved", "all")
_MAX_LABELS = 64
_labels = msgspec.json.Decoder(dict[str, str]).decode


def _wire(alert: AlertRow, links: Links, hidden: Hidden, reasons: tuple[wire.HiddenBy, ...]) -> wire.Alert:
    values = {name: getattr(alert, name) for name in wire.Alert.__struct_fields__ if hasattr(alert, name)}
    return wire.Alert(
        **values,
        page_id=links.page_id,
        page_state=links.page_state,
        incident_ids=links.incident_ids,
        drill=drills.name(drills.of_source(alert.source)),
        silenced_by=tuple(silence.id for silence in hidden.silences),
        inhibited=hidden.inhibited is not None,
        hidden_by=reasons,
    )


def _conditions(query: AlertQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.status != "all":
        found.append(table.c.status == query.status)
    if query.service:
        found.append(table.c.service == query.service)
    for word in query.text.split():
        hits: list[ColumnElement[bool]] = []
        for spelt in _spellings(word):
            columns = (table.c.name, table.c.summary, table.c.service)
            hits += [contains(column, spelt) for column in columns]
            # The labels are JSON text, where a quote or a backslash is escaped.
            escaped = msgspec.json.encode(spelt).decode()[1:-1]
            hits.append(contains(table.c.labels.cast(Text()), escaped))
        found.append(or_(*hits))
    return found


def _spellings(word: str) -> list[str]:
    """The databases fold the case of ASCII only, so other words are looked for in each usual case."""
    return [word] if word.isascii() else list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())))


def _matching(conn: Connection, conditions: Sequence[ColumnElement[bool]], matchers: Sequence[Matcher]) -> list[int]:
    """The ids of the alerts that fulfil everything, oldest first, read without the rest of each row.

    Label matchers are regular expressions of RE2, so the last word on them is had here and not in the database.
    """
    wanted = and_(True, *conditions, *may_match(table.c.labels, matchers))
    query = select(table.c.id, type_coerce(table.c.labels, Text)).where(wanted).order_by(table.c.id)
    return [found for found, labels in conn.execute(query) if matches_all(matchers, _labels(labels))]


def existing_alert(conn: Connection, alert_id: int, *, lock: bool = False) -> AlertRow:
    """The alert. Raises `NotFound`."""
    alert = alerts.get(conn, alert_id, lock=lock)
    if alert is None:
        raise NotFound(f"there is no alert A-{alert_id}")
    return alert


def end_by_hand(tx: Tx, alert: AlertRow, actor: str) -> None:
    """End a firing alert that its sender has not ended."""
    # "Expired": the sender did not say so, and when it still sends the alert, the alert fires again.
    alerts.set_state(tx, alert, ended(alert.state(), None, tx.now, expired=True))
    tx.emit("alert.resolved_by_hand", alert.subject, actor=actor)
    tx.wake(Wake.ROUTER)


class Alerts:
    """Implements `contracts.AlertCalls`."""

    def __init__(
        self, store: Store, intake: Intake, pages_service: Pages, suppression: Suppression, mutes: Mutes
    ) -> None:
        self._store = store
        self._mutes = mutes
        self._suppression = suppression
        self._intake = intake
        self._pages = pages_service

    def views(self, conn: Connection, rows: Sequence[AlertRow]) -> tuple[wire.Alert, ...]:
        """Stored alerts as the wire shows them, with what hides them at this instant."""
        links = alerts.links(conn, [row.id for row in rows])
        hidden = self._suppression.of(conn, rows, self._store.clock.now())
        reasons = self._suppression.reasons(conn, rows, hidden)
        muted = self._mutes.reasons(conn, rows, self._store.clock.now())
        return tuple(
            _wire(
                row,
                links.get(row.id, Links()),
                hidden.get(row.id, NOT_HIDDEN),
                (*reasons.get(row.id, ()), *muted.get(row.id, ())),
            )
            for row in rows
        )

    async def list(self, query: AlertQuery) -> wire.AlertPage:
        """Alerts that fit `query`. Raises `Invalid`."""
        if query.status not in _STATUSES:
            raise Invalid(f"status is one of {', '.join(_STATUSES)}", field="status")
        if query.order not in ("newest", "oldest"):
            raise Invalid("order is newest or oldest", field="order")
        return await self._store.read(lambda conn: self._list(conn, query))

    async def get(self, alert_id: int) -> wire.Alert:
        """One alert. Raises `NotFound`."""
        return await self._store.read(lambda conn: self.views(conn, [existing_alert(conn, alert_id)])[0])

    async def trace(self, alert_id: int) -> wire.Trace:
        """Every decision about one alert. Raises `NotFound`."""
        return await self._store.read(lambda conn: self.traced(conn, alert_id))

    async def raise_alert(self, body: wire.RaiseAlert, actor: str) -> wire.Raised:
        """Take an alert that a person or a script raises. Raises `Invalid`."""
        if len(body.labels) > _MAX_LABELS:
            raise Invalid(f"at most {_MAX_LABELS} labels", field="labels")
        labels = {"alertname": body.name, **({"severity": body.severity} if body.severity else {}), **body.labels}
        labels = {name: value for name, value in labels.items() if value}
        texts = {"summary": body.summary, "description": body.description, "raised_by": actor}
        signal = Signal(
            key=label_fingerprint(labels),
            kind=SignalKind.RESOLVED if body.resolved else SignalKind.FIRING,
            labels=labels,
            annotations={name: value for name, value in texts.items() if value},
        )
        await self._intake.submit(LOCAL_SOURCE, [signal])
        return wire.Raised(key=signal.key)

    async def acknowledge(self, alert_id: int, actor: str, note: str, until: datetime | None = None) -> wire.Page:
        """Acknowledge every open page about the alert, for good or `until` then.

        Raises `NotFound`, `Invalid`, and `Conflict` when there is none.
        """

        def command(tx: Tx) -> wire.Page:
            active = pages.active_of_alert(tx.conn, existing_alert(tx.conn, alert_id).id)
            if not active:
                raise Conflict(
                    f"no page about A-{alert_id} is open, so there is nothing to acknowledge",
                    remedy=f"incidentctl alert trace A-{alert_id} says why",
                )
            return self._pages.acknowledge_all(tx, active, actor, note, until)

        return await self._store.write(command)

    async def resolve(self, alert_id: int, actor: str, if_version: int | None) -> wire.Alert:
        """End an alert by hand. Raises `NotFound`, and `Conflict` when it moved on."""

        def command(tx: Tx) -> wire.Alert:
            alert = existing_alert(tx.conn, alert_id, lock=True)
            if if_version is not None and if_version != alert.version:
                raise Conflict(f"A-{alert_id} has changed meanwhile", current=self.views(tx.conn, [alert])[0])
            if alert.firing:
                end_by_hand(tx, alert, actor)
            return self.views(tx.conn, [existing_alert(tx.conn, alert_id)])[0]

        return await self._store.write(command)

    def _list(self, conn: Connection, query: AlertQuery) -> wire.AlertPage:
        """Newest or oldest first by id."""
        newest = query.order == "newest"
        conditions = _conditions(query)
        last = cursors.decode(query.cursor)
        if query.matchers:
            found = _matching(conn, conditions, query.matchers)
            total = len(found)
            beyond = [one for one in found if last is None or (one < last if newest else one > last)]
            conditions = [table.c.id.in_(beyond[-query.limit - 1 :] if newest else beyond[: query.limit + 1])]
        else:
            total = alerts.count_where(conn, *conditions)
            if last is not None:
                conditions.append(table.c.id < last if newest else table.c.id > last)
        order = table.c.id.desc() if newest else table.c.id
        rows = alerts.listed(conn, select(table).where(and_(True, *conditions)).order_by(order).limit(query.limit + 1))
        shown = rows[: query.limit]
        more = len(rows) > query.limit
        return wire.AlertPage(
            alerts=self.views(conn, shown), next_cursor=cursors.encode(shown[-1].id if more else None), total=total
        )

    def traced(self, conn: Connection, alert_id: int) -> wire.Trace:
        """`trace` within a read. Raises `NotFound`."""
        alert = existing_alert(conn, alert_id)
        member = select(group_alerts.c.group_id).where(group_alerts.c.alert_id == alert_id)
        group_ids = list(conn.execute(member).scalars())
        page_ids = list(conn.execute(select(pages_table.c.id).where(pages_table.c.group_id.in_(group_ids))).scalars())
        subjects = [alert.subject, *(f"group:{g}" for g in group_ids), *(f"page:{p}" for p in page_ids)]
        events = event_log.of_subjects(conn, subjects)
        (shown,) = self.views(conn, [alert])
        return wire.Trace(
            alert=shown, verdict=verdict(events, alert.firing), steps=tuple(step(event) for event in events)
        )
