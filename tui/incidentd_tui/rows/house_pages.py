"""What Enter tells of the store, of backups, of retention and of holds: tables that read line by line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from incidentd.client import Client
from incidentd.domain.byte_sizes import readable
from incidentd.wire.backups import StoreBackups
from incidentd.wire.retention import HoldList, RetentionPolicy
from incidentd.wire.store import StoreSize
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

_MOST_RUNS = 5


def store(model: Model, found: StoreSize, width: int) -> list[paint.Line]:
    """The tables that have rows, the largest first."""
    made: list[paint.Line] = [[(f"{'TABLE':<32}{'SIZE':>10}{'ROWS':>11}  OLDEST", theme.heading)]]
    for one in found.tables:
        if one.rows:
            size = readable(one.bytes) if one.bytes is not None else "—"
            oldest = f"{one.oldest.astimezone(model.zone):%d %b %Y}" if one.oldest is not None else "—"
            made.append([(paint.fit(one.name, 31) + " ", theme.plain), (f"{size:>10}{one.rows:>11}", theme.plain),
                         (f"  {oldest}", theme.muted)])  # fmt: skip
    at = phrases.day_hour(found.measured_at, model.now(), model.zone)
    reusable = f"{readable(found.whole.reusable)} within its file are free again"
    return [*made, [], *_wrapped(f"measured {at}; {reusable}", width)]


def backups(model: Model, found: StoreBackups, width: int) -> list[paint.Line]:
    """Each backup, the newest first, with what was doubtful in it; where they lie."""
    made: list[paint.Line] = [[(f"{'MADE':<18}{'VERIFIED':<18}{'SIZE':>9}{'TOOK':>9}  VERSION", theme.heading)]]
    for one in found.backups:
        verified = _at(model, one.verified_at) if one.verified_at is not None else "▲ no"
        took = f"{one.seconds:.1f} s"
        style = theme.warning if one.doubts or one.verified_at is None else theme.plain
        made.append(
            [(f"{_at(model, one.made_at):<18}{verified:<18}{readable(one.bytes):>9}{took:>9}  {one.version}", style)]
        )
        made += [line for doubt in one.doubts for line in _wrapped(f"▲ {doubt}", width)]
    if not found.backups:
        made.append([("none was made yet", theme.muted)])
    free = f", {readable(found.disk_free)} free there" if found.disk_free is not None else ""
    by_hand = "" if found.scheduled else " None is made by itself: incidentctl backup now makes one."
    return [*made, [], *_wrapped(f"They lie in {found.directory}{free}.{by_hand}", width)]


def retention(model: Model, found: RetentionPolicy, width: int) -> list[paint.Line]:
    """How long each sort is kept, and what the latest runs removed."""
    made: list[paint.Line] = [[(f"{'KEPT':<12}WHAT", theme.heading)]]
    for one in found.classes:
        kept = "for ever" if one.days is None else f"{one.days:g} days"
        texts = paint.wrap(f"{one.name}: {one.what}", width - 12)
        made += [[(f"{'' if at else kept:<12}", theme.muted), (text, theme.plain)] for at, text in enumerate(texts)]
    made += [[], [(f"{'RAN':<18}{'STATE':<10}{'BY':<14}REMOVED", theme.heading)]]
    for run in found.runs[:_MOST_RUNS]:
        rows = sum(one.rows for one in run.removed.values())
        removed = f"{phrases.count(rows, 'row')}, {readable(sum(one.bytes for one in run.removed.values()))}"
        style = theme.warning if run.state == "failed" else theme.plain
        made.append([(f"{_at(model, run.started_at):<18}{run.state:<10}{paint.fit(run.by, 13)} {removed}", style)])
        made += _wrapped(run.error, width) if run.error else []
    if not found.runs:
        made.append([("it did not run yet", theme.muted)])
    whole = "from its beginning" if found.whole_from == 1 else f"from seq {found.whole_from} on"
    return [*made, [], *_wrapped(f"every day at {found.at} {found.zone}; the log is whole {whole}", width)]


def holds(model: Model, found: HoldList, width: int) -> list[paint.Line]:
    """What is held, by whom and why, the newest first."""
    made: list[paint.Line] = []
    for one in found.holds:
        made.append([(f"hold {one.id}  {one.subject}", theme.bold),
                     (f"  {_at(model, one.at)} by {one.by}", theme.muted)])  # fmt: skip
        made += _wrapped(one.reason, width)
    return made or [[("none in force: incidentctl hold add sets one", theme.muted)]]


def _at(model: Model, at: datetime) -> str:
    return f"{at.astimezone(model.zone):%d %b %Y %H:%M}"


def _wrapped(text: str, width: int) -> list[paint.Line]:
    return [[(part, theme.muted)] for part in paint.wrap(text, width, 12)]


PAGES: Mapping[str, tuple[Callable[[Client], Awaitable[Any]], Callable[[Model, Any, int], list[paint.Line]]]] = {
    "store": (lambda client: client.store(), store),
    "backups": (lambda client: client.backups(), backups),
    "retention": (lambda client: client.retention(), retention),
    "holds": (lambda client: client.holds(), holds),
}
"""What is asked for each, and how the answer reads."""
