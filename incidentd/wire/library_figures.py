"""What the library can say in numbers: of reviews and what came of them, never of people."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.wire.base import Frozen, Instant


class Spread(Frozen, frozen=True):
    """Several values, in the order of their size; no mean."""

    least: float
    median: float
    most: float


class LibraryFigure(Frozen, frozen=True):
    """One figure with what it is of. `n` of `of`, where `of` is None for a plain count."""

    name: str
    definition: str
    n: int
    of: int | None = None
    parts: Mapping[str, int] = {}  # of n
    spread: Spread | None = None
    unit: str = ""  # of the spread


class LibraryFigures(Frozen, frozen=True):
    """Of reviews of incidents that began from `since` until before `until`; None: no bound."""

    since: Instant | None
    until: Instant | None
    figures: tuple[LibraryFigure, ...]
    hidden: int = 0  # reviews that are not counted, for they are kept from the caller for now
    why_hidden: str = ""
