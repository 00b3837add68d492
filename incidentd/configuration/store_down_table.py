"""`[store_down]` of incidentd.toml: whether people are told from memory while nothing can be stored."""

from __future__ import annotations

from incidentd.configuration.values import PositiveDuration, Table
from incidentd.domain.store_down import AFTER, StoreDown


class StoreDownTable(Table):
    page: bool = True
    after: PositiveDuration = AFTER


def store_down(table: StoreDownTable) -> StoreDown:
    """The settings as the daemon has them."""
    return StoreDown(page=table.page, after=table.after)
