"""Putting a vendor's turns into the roster as schedules, one for each lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from incidentd.importers.naming import usable_name
from incidentd.importers.report import Outcome
from incidentd.importers.roster_parts import RosterParts
from incidentd.importers.shift_layers import MOST_LAYERS, Turns, lanes, layer
from incidentd.importers.yaml_table import Table


def is_over(turns: Turns, now: datetime) -> bool:
    """Whether the turns ended before `now`, or before they begin."""
    if turns.until is None:
        return False
    return turns.until <= turns.start or turns.until.replace(tzinfo=ZoneInfo(turns.zone)) <= now.astimezone(UTC)


def is_new(parts: RosterParts, table: Table, key: str) -> bool:
    """Whether the schedule has an id that was not there before; False after a word in the report."""
    if key and key not in parts.lanes:
        return True
    table.say(Outcome.LEFT, f"the schedule {key!r} stands twice: the first one counts" if key else "has no id")
    return False


def add_schedule(parts: RosterParts, table: Table, key: str, turns: Sequence[Turns], now: datetime) -> None:
    """Add the schedule `key`, which `table` is about, unless nobody is ever in it; what is over is left out."""
    called = table.text("name") or key
    left = [one for one in turns if not is_over(one, now)]
    if len(left) < len(turns):
        parts.gather(Outcome.LEFT, table, f"layers and overrides that are over: {len(turns) - len(left)}")
    found = lanes([_beside(one, left, table, parts) for one in left])
    if not found:
        parts.lanes[key] = ()
        table.say(Outcome.LEFT, f"schedule {called!r} has nobody on call now or later")
        return
    names = []
    for number, lane in enumerate(found):
        name = parts.schedules.named(f"{key}#{number}", called if number == 0 else f"{called}-{number + 1}")
        parts.schedules.tables[name] = {"layers": _layers(table, lane)}
        names.append(name)
    parts.lanes[key] = tuple(names)
    if len(names) == 1:
        table.say(Outcome.CARRIED, f"schedule {called!r} is [[schedules.{names[0]}.layers]]")
    else:
        what = f"schedule {called!r} has several people on call at once: it is the schedules {', '.join(names)}"
        table.say(Outcome.CHANGED, f"{what}, which are paged together")


def _beside(turns: Turns, others: Sequence[Turns], table: Table, parts: RosterParts) -> Turns:
    """Turns some of which are nobody's cannot lie above others, whose time they would leave free: beside them."""
    lowest = min(one.level for one in others)
    if turns.level == lowest or (parts.free,) not in turns.groups:
        return turns
    table.say(Outcome.CHANGED, f"{turns.name!r} is free at times: who lies below it is paged together with it")
    return msgspec.structs.replace(turns, beside=True)


def _layers(table: Table, lane: Sequence[tuple[Turns, int]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for turns, which in lane[-MOST_LAYERS:]:
        name = usable_name(turns.name, found, "layer")
        found[name] = layer(turns, which, name)
    if len(lane) > MOST_LAYERS:
        what = f"{len(lane) - MOST_LAYERS} layers, the lowest: a schedule has {MOST_LAYERS} at most"
        table.say(Outcome.LEFT, what)
    return list(found.values())


def schedule_targets(parts: RosterParts, key: str, table: Table, where: str = "") -> list[str]:
    """The targets of a policy that pages the schedule `key`; none after a word in the report."""
    if key not in parts.lanes:
        table.say(Outcome.LEFT, f"the schedule {key!r} is not in the export", where)
        return []
    if not parts.lanes[key]:
        table.say(Outcome.LEFT, "pages a schedule that has nobody, and was left out", where)
    return [f"schedule:{name}" for name in parts.lanes[key]]
