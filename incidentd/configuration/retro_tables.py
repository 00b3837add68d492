"""`[retro]` of process.toml: when a process retro is due by itself, who hears of it, and how it is held."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

import pydantic

from incidentd.configuration.learning_tables import broken_readers, reader_problems
from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import PositiveDuration, Table
from incidentd.domain.people import Roster
from incidentd.domain.retro_steps import RetroSettings, Step


class RetroTable(Table):
    """Without `every` and `incidents` none is due by itself."""

    every: PositiveDuration | None = None
    incidents: Annotated[int, pydantic.Field(ge=1, le=10_000)] | None = None
    votes: Annotated[int, pydantic.Field(ge=1, le=10)] = 3
    to: Annotated[tuple[str, ...], pydantic.Field(max_length=50)] = ()
    minutes: dict[Step, Annotated[float, pydantic.Field(gt=0, le=240)]] = pydantic.Field(default={})


def retro_settings(table: RetroTable) -> RetroSettings:
    """What the table says."""
    return RetroSettings(**dict(table))


def broken_retro(table: RetroTable, audiences: Collection[str]) -> Iterable[Broken]:
    """Audiences that are named in vain."""
    yield from broken_readers(("retro", "to"), table.to, audiences)


def retro_problems(settings: RetroSettings, roster: Roster) -> Iterable[str]:
    """Teams that the roster does not have: they would hear nothing."""
    yield from reader_problems("retro.to", settings.to, roster)
