"""`[own_alarms]` of incidentd.toml: whether somebody is paged for what is wrong with incidentd itself."""

from __future__ import annotations

from typing import Annotated

import pydantic

from incidentd.configuration.problems import suggestion
from incidentd.configuration.values import PositiveDuration, Table
from incidentd.domain.alarm_kinds import KINDS
from incidentd.domain.own_paging import AFTER, OwnPaging


def _code(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"is no alarm — {suggestion(value, KINDS, otherwise='incidentctl runbook lists them all')}")
    return value


class OwnAlarmsTable(Table):
    page: bool = True
    after: PositiveDuration = AFTER
    quiet: tuple[Annotated[str, pydantic.AfterValidator(_code)], ...] = ()


def own_paging(table: OwnAlarmsTable) -> OwnPaging:
    """The settings as the daemon has them."""
    return OwnPaging(page=table.page, after=table.after, quiet=frozenset(table.quiet))
