"""The active alerts, all at once, as dashboards read them: a hundred thousand of them must not take long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, Text, and_, case, or_, select, type_coerce

from incidentd.clock import from_micros
from incidentd.domain.matchers import Matcher, matches_all
from incidentd.storage.schema import alerts
from incidentd.storage.text_search import may_match

_texts = msgspec.json.Decoder(dict[str, str]).decode
_numbers = msgspec.json.Decoder(tuple[int, ...]).decode
_INSTANTS = {alerts.c.starts_at, alerts.c.ends_at, alerts.c.last_seen}
_JSON = {alerts.c.labels, alerts.c.annotations, alerts.c.changes}


class ActiveRow(msgspec.Struct, frozen=True, gc=False):
    """What a reader is shown of an alert; the fields are those of `alerts.AlertRow`."""

    id: int
    source: str
    key: str
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime | None
    last_seen: datetime
    generator_url: str
    service: str
    acknowledged_by: str
    group_id: int | None
    flapping: bool
    changes: str  # as stored: few readers need it

    @property
    def firing(self) -> bool:
        return self.status == "firing"

    @property
    def began_at(self) -> datetime:
        """When its present status began, as this daemon heard of it."""
        return from_micros(_numbers(self.changes)[-1])


def _as_kept(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the database has it, past the conversion of its type."""
    if column in _INSTANTS:
        return type_coerce(column, BigInteger)
    if column is alerts.c.acknowledged_by:  # an acknowledgement ends with its episode
        return case((alerts.c.acknowledged_episode == alerts.c.episode, column), else_="")
    return type_coerce(column, Text) if column in _JSON else column


_COLUMNS = [_as_kept(alerts.c[name]) for name in ActiveRow.__struct_fields__]


def active(conn: Connection, matchers: Sequence[Matcher], ended_since: datetime | None) -> list[ActiveRow]:
    """The firing alerts that fulfil every matcher, oldest first; with `ended_since` those that ended since then too."""
    wanted: ColumnElement[bool] = alerts.c.status == "firing"
    if ended_since is not None:
        wanted = or_(wanted, alerts.c.resolved_at >= ended_since)
    query = select(*_COLUMNS).where(and_(wanted, *may_match(alerts.c.labels, matchers))).order_by(alerts.c.id)
    found = []
    for row in conn.execute(query):
        labels = _texts(row[4])
        if not matchers or matches_all(matchers, labels):
            found.append(_row(row, labels))
    return found


def _row(row: Any, labels: Mapping[str, str]) -> ActiveRow:
    id_, source, key, status, _, annotations, starts_at, ends_at, last_seen, *rest = row
    ends = None if ends_at is None else from_micros(ends_at)
    times = (from_micros(starts_at), ends, from_micros(last_seen))
    return ActiveRow(id_, source, key, status, labels, _texts(annotations), *times, *rest)
