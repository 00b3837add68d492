"""A review before people rested: one person asks for it with a reason, another one grants it, and it stays seen."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.people import Roster
from incidentd.domain.sleep_hours import NightWork, rested_at


class OpeningState(enum.StrEnum):
    """What became of a wish."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """`floor_at` is the floor that it is asked, or was granted, to move."""

    id: int = 0
    incident_id: int
    episode: int
    asked_by: str
    asked_at: datetime
    reason: str
    floor_at: datetime
    state: OpeningState = OpeningState.ASKED
    answered_by: str = ""
    answered_at: datetime | None = None
    answer: str = ""


def of_episode(openings: Iterable[Opening], episode: int) -> Opening | None:
    """The newest wish of an episode that was not withdrawn."""
    mine = [one for one in openings if one.episode == episode and one.state is not OpeningState.WITHDRAWN]
    return mine[-1] if mine else None


def opened_at(opening: Opening | None) -> datetime | None:
    """Since when a review may be held early; None where nobody granted that."""
    return opening.answered_at if opening is not None and opening.state is OpeningState.GRANTED else None


def not_rested(nights: Iterable[NightWork], roster: Roster, now: datetime) -> tuple[str, ...]:
    """Sentences about those who worked at night and had no whole night since; a warning, never a refusal."""
    return tuple(
        f"{one.text}, and has had no whole night since"
        for one in nights
        if (person := roster.people.get(one.person)) is not None
        and now < rested_at(one.last_at, person.zone, person.sleep)
    )


def early(opening: Opening) -> timedelta:
    """So long before its floor it was opened."""
    return opening.floor_at - (opening.answered_at or opening.floor_at)


def granted_text(hours_early: float, by: str, asked_by: str, reason: str) -> str:
    """The sentence that stays: "opened 14 h early by lin, asked by ada: the vendor leaves tomorrow"."""
    lead = f"{hours_early:.0f} h" if hours_early >= 1 else f"{hours_early * 60:.0f} min"
    return f"opened {lead} early by {by}, asked by {asked_by}: {reason}"


def text(opening: Opening) -> str:
    """What is said of a wish beside the window."""
    if opening.state is OpeningState.GRANTED:
        hours = early(opening) / timedelta(hours=1)
        return granted_text(hours, opening.answered_by, opening.asked_by, opening.reason)
    asked = f"{opening.asked_by} asks to open it early: {opening.reason}"
    if opening.state is OpeningState.ASKED:
        return asked
    why = f": {opening.answer}" if opening.answer else ""
    return f"{asked} ({opening.state} by {opening.answered_by}{why})"
