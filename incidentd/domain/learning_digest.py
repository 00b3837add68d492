"""The learning of the week: when it is sent, which one it is, and how it reads.

What is old is forgotten, and what is new is what everybody thinks of anyway: the oldest and the newest take turns. None
comes again before all of them were sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

import msgspec

from incidentd.domain.audiences import Audience
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.wall_clock import instant, wall

_TEAM = "team:"
_MOST_PLACES = 5


class DigestSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`weekday` is 1 for Monday; `to` names audiences, or a team as team:NAME."""

    weekday: int
    at: time
    zone: str
    to: tuple[str, ...]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A learning that may be sent. `began` is when its incident did, `sent` how often it was sent before."""

    id: int
    incident_id: int
    began: datetime
    sent: int


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What a digest says of the learning that was chosen. `places` are where it was used, the newest first."""

    learning_id: int
    incident_id: int
    title: str
    began: datetime
    text: str
    places: tuple[str, ...] = ()


def next_at(settings: DigestSettings, now: datetime) -> datetime:
    """The next time after `now` at which it is due, by the clocks of its zone."""
    local = wall(now, settings.zone)
    ahead = (settings.weekday - local.isoweekday()) % 7
    due = instant(datetime.combine(local.date() + timedelta(days=ahead), settings.at), settings.zone)
    if due > now:
        return due
    return instant(datetime.combine(local.date() + timedelta(days=ahead + 7), settings.at), settings.zone)


def chosen(candidates: Sequence[Candidate], sent_before: int) -> Candidate | None:
    """The one whose turn it is: among those that were sent least, the oldest and the newest in turn."""
    if not candidates:
        return None
    least = min(one.sent for one in candidates)
    waiting = sorted((one for one in candidates if one.sent == least), key=lambda one: (one.began, one.id))
    return waiting[0] if sent_before % 2 == 0 else waiting[-1]


def with_teams(to: Sequence[str], audiences: Mapping[str, Audience]) -> Mapping[str, Audience]:
    """`audiences`, and one for each team that is named as such."""
    teams = [name.removeprefix(_TEAM) for name in to if name.startswith(_TEAM)]
    return {**audiences, **{f"{_TEAM}{name}": Audience(name=f"{_TEAM}{name}", teams=(name,)) for name in teams}}


def team_of(name: str) -> str:
    """The team that team:NAME names; "" for an audience."""
    return name.removeprefix(_TEAM) if name.startswith(_TEAM) else ""


def message(piece: Piece) -> tuple[str, str]:
    """(title, body) of the note; safe to show."""
    used = f"Used in {', '.join(map(safe_line, piece.places[:_MOST_PLACES]))}.\n" if piece.places else ""
    body = (
        f"{safe_text(piece.text)}\n\nFrom INC-{piece.incident_id}, {piece.began:%Y-%m-%d}: {safe_line(piece.title)}\n"
        f"{used}incidentctl learn show INC-{piece.incident_id}"
    )
    return f"Learning of the week: {safe_line(piece.text, 120)}", body
