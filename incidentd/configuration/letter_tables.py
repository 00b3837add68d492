"""`[letter]` of process.toml: the monthly letter, and who gets it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated

import pydantic

from incidentd.configuration.hours import WallClock
from incidentd.configuration.learning_tables import broken_readers, reader_problems
from incidentd.configuration.schedules import Broken
from incidentd.configuration.values import Table, Zone
from incidentd.domain.letter import LAST_DAY, LetterSettings
from incidentd.domain.people import Roster


class LetterTable(Table):
    """`day` is one that every month has."""

    day: Annotated[int, pydantic.Field(ge=1, le=LAST_DAY)]
    at: WallClock
    zone: Zone = "UTC"
    to: Annotated[tuple[str, ...], pydantic.Field(min_length=1, max_length=50)]


def letter(table: LetterTable | None) -> LetterSettings | None:
    """What the table says."""
    return None if table is None else LetterSettings(day=table.day, at=table.at, zone=table.zone, to=table.to)


def broken_letter(table: LetterTable | None, audiences: Collection[str]) -> Iterable[Broken]:
    """Audiences that are named in vain."""
    return broken_readers(("letter", "to"), table.to if table else (), audiences)


def letter_problems(settings: LetterSettings | None, roster: Roster) -> Iterable[str]:
    """Teams that the roster does not have: they would get nothing."""
    return reader_problems("letter", settings.to if settings else (), roster)
