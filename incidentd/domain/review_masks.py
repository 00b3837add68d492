"""Whose eyes are kept from the conclusions of earlier incidents, until they have written factors of their own.

What was concluded last time is what everybody would write again. So whoever takes part in a review sees the facts of
the incidents that resemble it, and of what was concluded then nothing, until they have said that their factors are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's part in a review whose workshop is under way, and the incidents that it lists as similar."""

    incident_id: int
    present: bool
    factors_in: bool
    similar: tuple[int, ...]

    @property
    def masks(self) -> bool:
        """Whether this review keeps conclusions from who sits here."""
        return self.present and not self.factors_in


def masked(seats: Iterable[Seat]) -> Mapping[int, int]:
    """The incidents whose conclusions are hidden from somebody, each with the incident whose review hides them.

    Where two reviews hide the same, it is the one that comes last that is named. Nobody is kept from what they
    conclude themselves: a review that they take part in hides nothing of its own.
    """
    return {
        other: seat.incident_id
        for seat in sorted(seats, key=lambda seat: seat.incident_id)
        if seat.masks
        for other in seat.similar
        if other != seat.incident_id
    }


def told(masked_by: int) -> str:
    """Why conclusions are not shown, and what opens them."""
    return f"what was concluded is hidden until you have said that your factors for INC-{masked_by} are in"
