"""Names of versions over a picture, each at its line as long as there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incidentd.domain.columns import fit
from incidentd.domain.columns import width as width_of
from incidentd.domain.display import safe_line
from incidentd.domain.pictures.sheet import label
from incidentd.wire.figures import VersionBoundary

_LONGEST = 12
_LETTER = 7.4  # user units that a bold letter takes


def version_labels(places: Sequence[tuple[float, VersionBoundary]], y: float, right: float) -> Iterator[str]:
    """Names at `places`, from the left one on; one that would stand on another is left out (its line has a hint)."""
    free = 0.0
    for x, one in places:
        name = fit(safe_line(one.name), _LONGEST)
        start = min(x, right - _LETTER * width_of(name))
        if start >= free:
            yield label(start, y, name, "ink bold")
            free = start + _LETTER * (width_of(name) + 1)
