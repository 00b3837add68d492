"""`[learning]` of process.toml: the learning of the week, and who gets it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated

import pydantic

from incidentd.configuration.hours import WallClock
from incidentd.configuration.schedules import Broken, Weekday
from incidentd.configuration.values import Table, Zone, unknown
from incidentd.domain.learning_digest import DigestSettings, team_of
from incidentd.domain.people import Roster
from incidentd.domain.toml_lines import Path


class DigestTable(Table):
    weekday: Weekday
    at: WallClock
    zone: Zone = "UTC"
    to: Annotated[tuple[str, ...], pydantic.Field(min_length=1, max_length=50)]


class LearningTable(Table):
    """Without `digest` none is sent."""

    digest: DigestTable | None = None


def digest(table: LearningTable) -> DigestSettings | None:
    """What the table says."""
    one = table.digest
    return None if one is None else DigestSettings(weekday=one.weekday, at=one.at, zone=one.zone, to=one.to)


def broken_learning(table: LearningTable, audiences: Collection[str]) -> Iterable[Broken]:
    """Audiences that are named in vain."""
    yield from broken_readers(("learning", "digest", "to"), table.digest.to if table.digest else (), audiences)


def broken_readers(path: Path, to: Sequence[str], audiences: Collection[str]) -> Iterable[Broken]:
    """Audiences that the list at `path` names in vain."""
    for index, name in enumerate(to):
        if not team_of(name) and name not in audiences:
            otherwise = f'add [audiences.{name}], or name a team as "team:NAME"'
            yield (*path, index), unknown("audience", name, audiences, otherwise=otherwise)


def learning_problems(settings: DigestSettings | None, roster: Roster) -> Iterable[str]:
    """Teams that the roster does not have: they would get nothing."""
    yield from reader_problems("learning.digest", settings.to if settings else (), roster)


def reader_problems(key: str, to: Sequence[str], roster: Roster) -> Iterable[str]:
    """Teams that `key` names and the roster does not have."""
    for name in to if roster.people else ():
        if (team := team_of(name)) and team not in roster.teams:
            yield f"{key} names team {team}, which the roster does not have"
