"""How a team's project work is protected: a week in a row, one in full, and islands. Figures of nobody."""

from __future__ import annotations

from datetime import timedelta

from incidentd.wire.protection import ProtectedWeek, Protection
from incidentd_tui import paint, phrases, theme
from incidentd_tui.gauges import dots, gauge
from incidentd_tui.model import Model

WEEK = timedelta(days=7)
_FIGURES = 14  # cells of "100 % of 125"
_FIXED = 8 + 2 * _FIGURES + 15  # all cells of a row but those of its three bars
_FEW = 40  # so many days have a dot each
_COLUMN = 50  # a wider preview stands below the list and has few lines


def _bar(width: int) -> int:
    """Cells of one bar."""
    return min(max((width - _FIXED) // 3, 4), 24)


def header(width: int) -> paint.Line:
    bar = _bar(width)
    first, second = (paint.fit(text, bar + _FIGURES) for text in ("LEFT ALONE", "HANDLED IN SUPPORT"))
    return [(f" {'WEEK OF':<8}{first}{second}{paint.fit('HOURS', bar + 5)}{'OFF':>4}{'SLEEP':>6}", theme.faint)]


def row(found: Protection, one: ProtectedWeek, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one. The hours of a week are drawn of those of the worst week."""
    bar, whole = _bar(width), one is found.whole
    most = one.hours if whole else max(week.hours for week in found.weeks)
    name = "all" if whole else f"{one.day:%d %b}{'…' if runs(one) else ''}"
    hours = "" if whole else gauge(one.hours, most, bar)
    return [
        (paint.fit(name, 8), theme.bold),
        *_share(one.project_days - one.leaks, one.project_days, bar, "no project day"),
        *_share(one.absorbed, one.work, bar, "nothing came"),
        (f"{hours:<{bar}}", theme.warning),
        (f"{one.hours:>4} ", theme.plain),
        (f"{one.off_hours:>4}{one.sleep_hours:>6}", theme.muted),
    ]


def _share(part: int, of: int, bar: int, none: str) -> paint.Line:
    if not of:
        return [(paint.fit(f"– {none}", bar + _FIGURES), theme.muted)]
    return [
        (gauge(part, of, bar), theme.primary),
        (paint.fit(f" {percent(part, of)} of {of}", _FIGURES), theme.plain),
    ]


def percent(part: int, of: int) -> str:
    """83 %; 100 and 0 are said of the whole and of nothing only."""
    value = min(max(round(100 * part / of), 1), 99) if 0 < part < of else 100 * part // of
    return f"{value} %"


def runs(one: ProtectedWeek) -> bool:
    """Whether its figures are those until now. A week with a change of the clocks has an hour more or less."""
    return one.ends_at - one.starts_at < WEEK - timedelta(hours=2)


def lines(model: Model, found: Protection, one: ProtectedWeek, width: int) -> list[paint.Line]:
    """One week, or the whole time, in words and dots."""
    begin, end = (f"{at.astimezone(model.zone):%a %d %b}" for at in (one.starts_at, one.ends_at))
    title = "THE WHOLE TIME" if one is found.whole else "SO FAR" if runs(one) else "WEEK"
    told: list[paint.Line] = [[], [(f"{title}  ", theme.heading), (f"{begin} – {end}", theme.bold)]]
    told += _days(one, width)
    handled = f"handled in support: {one.absorbed} of {one.work}" if one.work else "nothing came that was reactive"
    told += [[(text, theme.plain)] for text in paint.wrap(handled, width, 2)]
    told.append([(f"interrupted hours: {one.hours}, off {one.off_hours}, sleep {one.sleep_hours}", theme.plain)])
    return [*told, *_reasons(one, width)]


def _days(one: ProtectedWeek, width: int) -> list[paint.Line]:
    """The project days: a full dot for each that was left alone, a hollow one for each with an interruption."""
    if not one.project_days:
        return [[(text, theme.muted)] for text in paint.wrap("nobody was on project work on a working day", width, 2)]
    alone = one.project_days - one.leaks
    told = f"left alone: {alone} of {phrases.count(one.project_days, 'project day')}"
    drawn = dots(alone, one.project_days) if one.project_days <= min(_FEW, width) else ""
    return [
        *([(text, theme.plain)] for text in paint.wrap(told, width, 2)),
        *([[(drawn, theme.primary)]] if drawn else []),
    ]


def _reasons(one: ProtectedWeek, width: int) -> list[paint.Line]:
    """How many interruptions had which reason: drawn in a narrow column, in one line where there are few lines."""
    if not one.reasons:
        return [[("no interruption", theme.muted)]]
    told: list[paint.Line] = [[(f"{phrases.count(one.interruptions, 'INTERRUPTION')}, WHY".upper(), theme.heading)]]
    named = {name.replace("_", " "): count for name, count in one.reasons.items()}
    if width > _COLUMN:
        text = " · ".join(f"{name} {count}" for name, count in named.items())
        return [*told, *([(part, theme.plain)] for part in paint.wrap(text, width, 2))]
    bar, most = max(width - 26, 4), max(named.values())
    return told + [
        [(paint.fit(name, 16) + " ", theme.plain), (gauge(count, most, bar), theme.warning), (f" {count}", theme.plain)]
        for name, count in named.items()
    ]


def definitions(found: Protection, width: int) -> list[str]:
    """What each figure is, in lines of `width` cells."""
    return [
        line
        for name, text in found.definitions.items()
        for line in paint.wrap(f"{name.replace('_', ' ')}: {text}", width, 8)
    ]
