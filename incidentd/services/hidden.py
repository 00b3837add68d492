"""Why an alert is hidden: as events tell it when that changes, and as everything that shows an alert tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain import hiding
from incidentd.domain.dependencies import DependencyRule, Held
from incidentd.domain.inhibition import Inhibited
from incidentd.domain.maintenance import Window
from incidentd.domain.silences import Silence
from incidentd.storage import alerts
from incidentd.storage.alerts import AlertRow
from incidentd.storage.tx import Tx


class Hidden(msgspec.Struct, frozen=True):
    """Why an alert is not told about now."""

    silences: tuple[Silence, ...] = ()
    windows: tuple[Window, ...] = ()
    inhibited: Inhibited | None = None
    held: Held | None = None

    @property
    def subjects(self) -> set[str]:
        """What hides it, as stored. One alert may both inhibit it and hold it."""
        found = {silence.subject for silence in self.silences} | {window.subject for window in self.windows}
        found |= set() if self.inhibited is None else {f"alert:{self.inhibited.by}"}
        return found | (set() if self.held is None else {f"upstream:{self.held.by}"})

    @property
    def looked_at(self) -> datetime | None:
        """When it has to be looked at again although nothing changes, None for never."""
        return None if self.held is None else self.held.until

    @property
    def sources(self) -> set[int]:
        """The alerts that hide it."""
        return {one.by for one in (self.inhibited, self.held) if one is not None}


NOT_HIDDEN = Hidden()


def as_source(alert_ids: Iterable[int]) -> list[str]:
    """What is stored of alerts that others hide behind: the subjects under which `alert_ids` hide them."""
    return [f"{way}:{one}" for one in alert_ids for way in ("alert", "upstream")]


def tell(tx: Tx, row: AlertRow, hidden: Hidden, was: set[str], rule: DependencyRule) -> None:
    """Leave an event for each way of hiding `row` that has changed from `was`, which are stored subjects."""
    subjects = hidden.subjects

    def changed(way: str) -> bool:
        return _of(way, subjects) != _of(way, was)

    names = _names(tx.conn, [hidden])
    if changed("silence:"):
        _tell_silenced(tx, row, hidden)
    if changed("maintenance:"):
        _tell_maintenance(tx, row, hidden)
    if changed("alert:"):
        _tell_inhibited(tx, row, hidden, names)
    if changed("upstream:"):
        _tell_held(tx, row, hidden, names, rule)


def _of(way: str, subjects: set[str]) -> set[str]:
    return {one for one in subjects if one.startswith(way)}


def _tell_silenced(tx: Tx, row: AlertRow, hidden: Hidden) -> None:
    if hidden.silences:
        tx.emit("alert.silenced", row.subject, {"name": row.name, **_silenced(hidden.silences)})
    else:
        tx.emit("alert.unsilenced", row.subject, {"name": row.name})


def _tell_maintenance(tx: Tx, row: AlertRow, hidden: Hidden) -> None:
    if hidden.windows:
        data = {"name": row.name, **_in_maintenance(hidden.windows, row.service)}
        tx.emit("alert.in_maintenance", row.subject, data)
    else:
        tx.emit("alert.out_of_maintenance", row.subject, {"name": row.name})


def _tell_inhibited(tx: Tx, row: AlertRow, hidden: Hidden, names: Mapping[int, str]) -> None:
    if hidden.inhibited is not None:
        tx.emit("alert.inhibited", row.subject, {"name": row.name, **_inhibited(hidden.inhibited, names)})
    else:
        tx.emit("alert.uninhibited", row.subject, {"name": row.name})


def _tell_held(tx: Tx, row: AlertRow, hidden: Hidden, names: Mapping[int, str], rule: DependencyRule) -> None:
    if hidden.held is not None:
        tx.emit("alert.held", row.subject, {"name": row.name, **_held(hidden.held, names, rule)})
    else:
        tx.emit("alert.released", row.subject, {"name": row.name})


def told(silence: Silence) -> Mapping[str, object]:
    """A silence as events carry it."""
    return {
        "id": silence.id,
        "name": silence.name,
        "by": silence.created_by,
        "comment": silence.comment,
        "until": silence.ends_at,
        "rule": _rule(silence.rule),
    }


def described(silence: Silence) -> dict[str, object]:
    """A silence as the events of its own carry it."""
    matchers = [str(matcher) for matcher in silence.matchers]
    return {**told(silence), "starts_at": silence.starts_at, "matchers": matchers}


def planned(window: Window) -> dict[str, object]:
    """A maintenance window as events carry it."""
    return {
        "id": window.id,
        "name": window.name,
        "by": window.created_by,
        "text": window.plan.text,
        "services": window.plan.services,
        "starts_at": window.starts_at,
        "until": window.ends_at,
        "rule": _rule(window.rule),
    }


def _rule(rule: int | None) -> str:
    return "" if rule is None else f"R-{rule}"


def _silenced(silences: Iterable[Silence]) -> dict[str, object]:
    return {"silences": [told(one) for one in silences]}


def _in_maintenance(windows: Iterable[Window], service: str) -> dict[str, object]:
    return {"service": service, "windows": [planned(one) for one in windows]}


def _inhibited(why: Inhibited, names: Mapping[int, str]) -> dict[str, object]:
    return {"by": why.by, "by_name": names.get(why.by, ""), "rule": str(why.rule)}


def _held(why: Held, names: Mapping[int, str], rule: DependencyRule) -> dict[str, object]:
    matchers = ", ".join(str(one) for one in rule.source)
    return {"by": why.by, "by_name": names.get(why.by, ""), "chain": why.chain, "until": why.until, "rule": matchers}


def _names(conn: Connection, found: Iterable[Hidden]) -> dict[int, str]:
    ids = {one for hidden in found for one in hidden.sources}
    return {row.id: row.name for row in alerts.get_many(conn, sorted(ids))}


def reasons(
    conn: Connection, found: Mapping[int, Hidden], services: Mapping[int, str], rule: DependencyRule
) -> dict[int, tuple[wire.HiddenBy, ...]]:
    """Everything that hides each alert, as the wire shows it."""
    names = _names(conn, found.values())
    return {alert: tuple(_reasons(hidden, services[alert], names, rule)) for alert, hidden in found.items()}


def _reasons(hidden: Hidden, service: str, names: Mapping[int, str], rule: DependencyRule) -> Iterable[wire.HiddenBy]:
    for one in hidden.silences:
        yield wire.HiddenBy(
            kind="silence",
            subject=one.subject,
            name=one.name,
            text=hiding.silenced(_silenced([one])),
            until=one.ends_at,
            rule=_rule(one.rule),
        )
    for window in hidden.windows:
        text = hiding.in_maintenance(_in_maintenance([window], service))
        yield wire.HiddenBy(
            kind="maintenance",
            subject=window.subject,
            name=window.name,
            text=text,
            until=window.ends_at,
            rule=_rule(window.rule),
        )
    if (inhibited := hidden.inhibited) is not None:
        text = hiding.inhibited(_inhibited(inhibited, names))
        by = inhibited.by
        yield wire.HiddenBy(kind="inhibition", subject=f"alert:{by}", name=f"A-{by}", text=text)
    if (held := hidden.held) is not None:
        text = hiding.held(_held(held, names, rule))
        by = held.by
        yield wire.HiddenBy(kind="dependency", subject=f"alert:{by}", name=f"A-{by}", text=text, until=held.until)
