"""The figures of how a team responds: one a row with what it is of, and one in full. None is about a person."""

from __future__ import annotations

from rich.style import Style

from incidentd.domain.pictures.quantities import quantity
from incidentd.wire.figures import Figure
from incidentd_tui import paint, phrases, theme
from incidentd_tui.gauges import gauge

_OF = 14  # cells of "  142 of 318  "
_VALUE = 12  # of "23 h 59 min "
_NAMED = 3 * _VALUE
_NARROW = 66  # in fewer cells only the median is shown


def _values(width: int) -> tuple[str, ...]:
    return ("median",) if width < _NARROW else ("least", "median", "most")


def header(width: int) -> paint.Line:
    names = "".join(f"{name.upper():>{_VALUE}}" for name in _values(width))
    return [(f" {paint.fit('FIGURE', _title(width))}{'N OF':>{_OF - 3}}   {names}", theme.faint)]


def _title(width: int) -> int:
    return max(width - _OF - _VALUE * len(_values(width)), 8)


def row(one: Figure, width: int) -> paint.Line:
    """One line, `width` cells without the gutter of one."""
    title = paint.fit(one.title, _title(width))
    if not one.of and not one.n:
        return [(title, theme.muted), (f"{'– none yet':>{_OF}}", theme.muted)]
    of = f"{one.n:>5}{'':9}" if one.kind == "count" else f"{one.n:>5} of {one.of:<5}"
    return [(title, theme.plain), (of, theme.bold), *_spread(one, width)]


def _spread(one: Figure, width: int) -> paint.Line:
    """Least, median and most; of a share a bar, since it has none of them."""
    names = _values(width)
    room = _VALUE * len(names)
    if one.kind == "share":
        return [(" " * 3 if len(names) > 1 else " ", theme.plain), (gauge(one.n, one.of, room - 4), theme.primary)]
    said = {"least": one.least, "median": one.median, "most": one.most}
    looks = {"median": theme.plain}
    return [(f"{_value(one, said[name]):>{_VALUE}}", looks.get(name, theme.muted)) for name in names]


def _value(one: Figure, value: float | None) -> str:
    """Counts are spread over weeks."""
    return "–" if value is None else f"{quantity(value, one.unit)}{' a week' if one.kind == 'count' else ''}"


# ------------------------------------------------------------------ one in full
def preview(one: Figure, width: int, picture: list[paint.Line]) -> list[paint.Line]:
    """What stands beside the list."""
    lines: list[paint.Line] = [[], *_wrapped(str(one.title), width, theme.bold), [(said(one), theme.primary)], []]
    return [*lines, *definition(one, width), *([[], *picture] if picture else [])]


def definition(one: Figure, width: int) -> list[paint.Line]:
    """What is counted, of what, what it does not say, and of which kinds its cases are."""
    lines = _wrapped(str(one.definition), width, theme.plain)
    if one.note:
        lines += [[], [("ITS LIMITS", theme.heading)], *_wrapped(str(one.note), width, theme.muted)]
    if one.parts:
        lines += [[], [("OF THEM", theme.heading)], *parts(one, width)]
    return lines


def in_full(one: Figure, width: int) -> list[paint.Line]:
    """The definition as it is read alone."""
    bounds = f"least {_value(one, one.least)} · most {_value(one, one.most)}" if one.median is not None else ""
    return [
        [(said(one), theme.primary)],
        *([[(bounds, theme.plain)]] if bounds else []),
        [],
        *definition(one, width),
        [],
        [(f"its name: {one.name}", theme.muted)],
    ]


def below(one: Figure, width: int) -> list[paint.Line]:
    """The same in the few lines below a list that has its title and its values already."""
    kinds = " · ".join(f"{name} {count}" for name, count in _by_count(one))
    return [
        [],
        *_wrapped(str(one.definition), width, theme.plain),
        *(_wrapped(str(one.note), width, theme.muted) if one.note else []),
        *(_wrapped(kinds, width, theme.primary) if kinds else []),
    ]


def said(one: Figure) -> str:
    """The figure itself on one line."""
    if one.kind == "count":
        beside = f" beside {phrases.count(one.of, 'incident')}" if one.of else ""
        return f"{one.n}{beside}{'' if one.median is None else f', median {_value(one, one.median)}'}"
    if one.kind == "share" or one.median is None:
        return f"{one.n} of {one.of}"
    return f"{one.n} of {one.of}, median {_value(one, one.median)}"


def parts(one: Figure, width: int) -> list[paint.Line]:
    """How many of its cases are of which kind, the most first."""
    most = max(one.parts.values(), default=0)
    bar = max(width - 28, 4)
    return [
        [(paint.fit(name, 20) + " ", theme.plain), (gauge(count, most, bar), theme.primary), (f" {count}", theme.bold)]
        for name, count in _by_count(one)
    ]


def _by_count(one: Figure) -> list[tuple[str, int]]:
    """(what it is called, how many) of each kind of case."""
    found = sorted(one.parts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(str(name).replace("_", " "), count) for name, count in found]


def _wrapped(text: str, width: int, style: Style) -> list[paint.Line]:
    return [[(line, style)] for line in paint.wrap(text, width, 12)]
