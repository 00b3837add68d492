"""What the daemon says of its own house on the Health screen: store, disk, backups, retention, holds, log level.

These are facts, told whether or not they are a reason to look; what is wrong stands among the problems, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from incidentd import wire
from incidentd.domain.byte_sizes import readable
from incidentd.domain.store_growth import Room
from incidentd.wire.backups import BackupHealth
from incidentd.wire.retention import RetentionHealth
from incidentd.wire.store import StoreHealth
from incidentd.wire.upkeep import LogLevel
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import nodes

HEAD = "STORE, BACKUPS, RETENTION, LOG"
_LONG = 3650
"""Days from which on a disk simply lasts."""
_LABEL = 15


class Fact(NamedTuple):
    """`bad`: a reason to look. `page` names what Enter tells more of."""

    label: str
    value: str
    bad: bool = False
    page: str = ""


def facts(model: Model, health: wire.Health) -> list[Fact]:
    """All that the daemon tells; one of before tells less."""
    found: list[Fact] = []
    if health.store is not None:
        found += _store(health.store)
    if health.backup is not None:
        found += _backup(model, health.backup)
    if health.retention is not None:
        found += _retention(model, health.retention)
    if health.log is not None:
        found.append(_log(model, health.log))
    return found


def _room(store: StoreHealth) -> Room | None:
    if store.disk_free is None:
        return None
    return Room(used=store.bytes, free=store.disk_free + store.reusable, growth=store.growth_a_day)


def _store(store: StoreHealth) -> list[Fact]:
    grows = store.growth_a_day
    growth = "its growth is known after a day" if grows is None else f"grows {readable(grows)} a day"
    room = _room(store)
    whole = f" of {readable(store.disk_size)}" if store.disk_size is not None else ""
    disk = "on another host: not known" if room is None else f"{readable(store.disk_free or 0)}{whole} free"
    lasts = f": enough for {_lasts(room.days)}" if room is not None and room.days is not None else ""
    return [
        Fact("store", f"{store.engine}, {readable(store.bytes)} in use, {growth}", page="store"),
        Fact("disk", disk + lasts, room is not None and room.is_short, "store"),
    ]


def _lasts(days: float) -> str:
    return "more than 10 years" if days >= _LONG else phrases.count(round(days), "day")


def _backup(model: Model, backup: BackupHealth) -> list[Fact]:
    if backup.last_at is None:
        last = "none was made yet"
    else:
        tried = f", verified {_at(model, backup.verified_at)}" if backup.verified_at else ", not verified"
        size, kept = readable(backup.last_bytes), phrases.count(backup.count, "is", "are")
        last = f"made {_at(model, backup.last_at)}{tried}, {size}; {kept} kept"
    if backup.failed:
        last = f"the last one failed: {backup.failed}; {last}"
    following = "by hand only" if backup.next_at is None else _at(model, backup.next_at)
    return [
        Fact("last backup", last, bool(backup.failed), "backups"),
        Fact("next backup", following, page="backups"),
    ]


def _retention(model: Model, one: RetentionHealth) -> list[Fact]:
    rows = phrases.count(one.removed, "row")
    ran = {
        "": "did not run yet",
        "running": f"runs since {_at(model, one.last_at)}, {rows} removed so far",
        "failed": f"failed {_at(model, one.last_at)}, {rows} removed",
    }.get(one.state, f"ran {_at(model, one.last_at)}, {rows} removed")
    holds = f"{one.holds} in force" if one.holds else "none in force"
    return [
        Fact("retention", f"{ran}; next {_at(model, one.next_at)}", one.state == "failed", "retention"),
        Fact("legal holds", holds, page="holds"),
    ]


def _log(model: Model, log: LogLevel) -> Fact:
    for_now = [
        f"{one.logger or 'everything'} at {one.level} until {_at(model, one.until)}, by {one.by}"
        for one in log.changed
    ]  # fmt: skip
    debug = log.level == "debug" or any(one.level == "debug" for one in log.changed)
    return Fact("log level", "; ".join([str(log.level), *for_now]), debug)


def _at(model: Model, at: datetime | None) -> str:
    return phrases.day_hour(at, model.now(), model.zone) if at is not None else "—"


def row(fact: Fact) -> paint.Line:
    """The label, a mark where there is a reason to look, and the fact."""
    return [(f"{fact.label:<{_LABEL}}", theme.muted), ("▲ " if fact.bad else "", theme.warning),
            (fact.value, theme.plain)]  # fmt: skip


def lines(fact: Fact, width: int) -> list[paint.Line]:
    """One fact in full, beside the list."""
    said = [[(text, theme.plain)] for text in paint.wrap(fact.value, width)]
    more: list[paint.Line] = [[], [("enter", theme.key), (" tells more", theme.muted)]] if fact.page else []
    return [[], [(fact.label, theme.bold)], *said, *more]


def summary(model: Model, health: wire.Health, width: int) -> paint.Line:
    """All of it in one line at the top: what does not fit stands in the list."""
    good = health.status == "ok"
    line: paint.Line = [
        (f" ● {health.status}" if good else f" ▲ {health.status}", theme.success if good else theme.warning)
    ]
    for text, bad in _in_short(model, health):
        said = f"  ▲ {text}" if bad else f"  {text}"
        if paint.width_of(line) + len(said) <= width:
            line.append((said, theme.warning if bad else theme.muted))
    return line


def _in_short(model: Model, health: wire.Health) -> list[tuple[str, bool]]:
    """The same facts in a few words each, the most telling first."""
    told: list[tuple[str, bool]] = []
    if (backup := health.backup) is not None:
        last = f"backup {_at(model, backup.last_at)}" if backup.last_at is not None else "no backup yet"
        told.append((last, bool(backup.failed)))
    if (store := health.store) is not None:
        told.append((f"store {readable(store.bytes)}", False))
        room = _room(store)
        if room is not None:
            lasts = f"disk for {_lasts(room.days)}" if room.days is not None else f"disk {readable(room.free)} free"
            told.append((lasts, room.is_short))
    if (known := nodes.ordered(model)) and len(known) > 1:
        gone = sum(one.state in ("late", "gone") for one in known)
        told.append((f"{len(known)} nodes" + (f", {gone} late or gone" if gone else ""), bool(gone)))
    if model.info is not None:
        told.append((f"up {phrases.age(model.info.started_at, model.now())}", False))
    if health.log is not None:
        told.append((f"log {health.log.level}", health.log.level == "debug"))
    if health.retention is not None and health.retention.holds:
        told.append((phrases.count(health.retention.holds, "legal hold"), False))
    return told
