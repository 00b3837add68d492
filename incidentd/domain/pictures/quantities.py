"""Values of figures in words, and the steps that people count them in."""

from __future__ import annotations

from incidentd.wire.figures import Figure

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "days": 86_400.0}
"""Seconds of a unit of a figure; a unit that is not here is a number of something."""
_SPANS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_EXACT = 1e15  # greater numbers are shown by their power of ten


def quantity(value: float | None, unit: str) -> str:
    """A value as people say it, by its two greatest units: 42 s, 2 min 17 s, 3 d 4 h, 12; "-" for none."""
    if value is None:
        return "-"
    if unit not in SECONDS:
        return _number(value)
    seconds = value * SECONDS[unit]
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    if seconds < 10:
        return f"{sign}{_number(round(seconds, 1 if seconds >= 1 else 3))} s"
    return sign + _span(seconds)


def _span(seconds: float) -> str:
    at = next(at for at, (size, _) in enumerate(_SPANS) if seconds >= size)
    size, name = _SPANS[at]
    smaller, below = _SPANS[min(at + 1, len(_SPANS) - 1)]
    whole = round(seconds / smaller) * smaller
    if at and whole >= _SPANS[at - 1][0]:  # 59 min 40 s is 1 h
        return _span(whole)
    many, rest = divmod(whole, size)
    return f"{many} {name} {rest // smaller} {below}" if rest else f"{many} {name}"


def _number(value: float) -> str:
    if value == int(value) and abs(value) < _EXACT:
        return f"{value:.0f}"
    return f"{value:.3g}"


def summary(figure: Figure) -> str:
    """What a figure is of and how its values lie, on one line: 47 of 50 cases: least 2 min, median 34 min, most 2 d."""
    if figure.kind == "count":
        said = f"{figure.n} beside {figure.of} incidents" if figure.of not in (0, figure.n) else f"{figure.n} in all"
    else:
        said = f"{figure.n} of {figure.of} cases"
    if figure.median is None:
        return said
    least, median, most = (quantity(value, figure.unit) for value in (figure.least, figure.median, figure.most))
    by = " a week" if figure.kind == "count" else ""
    return f"{said}: least{by} {least}, median {median}, most {most}"
