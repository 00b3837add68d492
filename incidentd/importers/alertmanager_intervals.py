"""`time_intervals` of Alertmanager, and the `mute_time_intervals` beside them that they replaced, for process.toml."""

from __future__ import annotations

from typing import Any

import pydantic

from incidentd.configuration.problems import explain
from incidentd.configuration.time_intervals import PeriodTable
from incidentd.importers.naming import usable_name
from incidentd.importers.report import Outcome
from incidentd.importers.yaml_table import Table

KEYS = ("time_intervals", "mute_time_intervals")
_LISTS = ("weekdays", "days_of_month", "months", "years")


class IntervalReader:
    """Reads intervals. `tables` are those of process.toml by name; what could not be read is in none."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self._names: dict[str, str] = {}  # of Alertmanager, to those here

    def read(self, top: Table) -> IntervalReader:
        """Everything that the file says."""
        for table in (one for key in KEYS for one in top.tables(key)):
            name = table.text("name")
            if not name or name in self._names:
                why = "has no name" if not name else f"{name!r} is the name of two intervals"
                table.say(Outcome.LEFT, f"{why}: the routes that it mutes page", "name")
                continue
            self._interval(table, name)
        return self

    def _interval(self, table: Table, name: str) -> None:
        periods = [_period(one) for one in table.tables("time_intervals")]
        table.rest()
        good = [one for one in periods if one is not None]
        if len(good) < len(periods):
            table.say(Outcome.LEFT, f"{name!r} cannot be read: routes that name it are not muted")
            return
        if not good:
            table.say(Outcome.LEFT, f"{name!r} never holds, for it has no time_intervals")
            return
        self._names[name] = usable_name(name, self.tables)
        self.tables[self._names[name]] = good
        table.say(Outcome.CARRIED, f"is [[time_intervals.{self._names[name]}]]")

    def of_route(self, table: Table) -> dict[str, list[str]]:
        """The keys of a route. Where an interval was left out, it is rather a page too many than one too few."""
        found: dict[str, list[str]] = {}
        for key in ("mute_time_intervals", "active_time_intervals"):
            wanted = table.texts(key)
            known = [self._names[name] for name in wanted if name in self._names]
            if gone := [name for name in wanted if name not in self._names]:
                known = known if key == "mute_time_intervals" else []
                what = ", ".join(map(repr, gone))
                table.say(Outcome.LEFT, f"there is no interval {what} here: the route pages at those times too", key)
            if known:
                found[key] = known
        return found


def _period(table: Table) -> dict[str, Any] | None:
    """One item, None after the report has told what is wrong with it."""
    found: dict[str, Any] = {key: texts for key in _LISTS if (texts := table.texts(key))}
    times = [_times(one) for one in table.tables("times")]
    if times:
        found["times"] = times
    if location := table.text("location"):
        found["location"] = location
    table.rest()
    try:
        PeriodTable.model_validate(found)
    except pydantic.ValidationError as error:
        for fault in explain(error, PeriodTable, found):
            table.say(Outcome.LEFT, f"{fault.what} — {fault.remedy}", str(fault.path[0]) if fault.path else "")
        return None
    return found


def _times(table: Table) -> dict[str, str]:
    found = {key: text for key in ("start_time", "end_time") if (text := table.text(key)) is not None}
    table.rest()
    return found
