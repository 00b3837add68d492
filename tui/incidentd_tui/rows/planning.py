"""A plan of who of a team is in support in which week: a picture of the weeks, the reasons, and the balance."""

from __future__ import annotations

from rich.style import Style

from incidentd.wire.modes import ModePlan, PlannedWeek, PlanShare, SupportLoad
from incidentd_tui import paint, phrases, theme
from incidentd_tui.gauges import gauge
from incidentd_tui.model import Model
from incidentd_tui.rows import calendar as days

NEW, STANDS, PROJECT, AS_IT_IS = "●", "○", "◇", "·"
LEGEND = "● support by plan  ○ support already  ◇ project by plan  · as it is"
_STYLES = {NEW: theme.success, STANDS: theme.success, PROJECT: theme.primary}
_WHEN = 18  # cells of "Mon 30 Nov 09:00"
_NAME = 5  # a column has room for so much of a name at least


def people(found: ModePlan) -> list[str]:
    """The team in the order of the roster."""
    return [str(one.person) for one in found.shares]


def _column(found: ModePlan, width: int) -> int:
    """Cells of a column a person; 0 when there is no room for columns, and names stand in the row."""
    count = len(found.shares)
    room = (width - _WHEN - 12) // count if count else 0
    return min(room, 12) if room > _NAME else 0


def header(model: Model, found: ModePlan | None, width: int) -> paint.Line:
    if found is None:
        return []
    column = _column(found, width)
    names = "".join(paint.fit(days.shown_name(model, one), column - 1) + " " for one in people(found)) if column else ""
    return [(f" {'WEEK FROM':<{_WHEN}}{names or 'IN SUPPORT'}", theme.faint)]


def row(model: Model, found: ModePlan, week: PlannedWeek, width: int) -> paint.Line:
    """One week: who is in support and who on project work by the plan, and who was to be in support before it."""
    marks = {str(one.person): PROJECT for one in found.blocks if one.starts_at <= week.starts_at < one.ends_at}
    made = chosen(found, week)
    marks |= {str(one): NEW if one in made else STANDS for one in week.support}
    line: paint.Line = [(paint.fit(f"{week.starts_at.astimezone(model.zone):%a %d %b %H:%M}", _WHEN), theme.bold)]
    if column := _column(found, width):
        for one in people(found):
            mark = marks.get(one, AS_IT_IS)
            line.append((paint.fit(mark, column), _STYLES.get(mark, theme.muted)))
    else:
        line.append((", ".join(f"{marks[one]} {one}" for one in week.support) or "nobody", theme.plain))
    if len(week.support) < found.wanted:
        line.append((f"▲ {len(week.support)} of {found.wanted}", theme.warning))
    return line


def chosen(found: ModePlan, week: PlannedWeek) -> set[str]:
    """Those whom the plan put into support in this week."""
    return {one.person for one in found.choices if one.starts_at == week.starts_at}


def week_lines(model: Model, found: ModePlan, week: PlannedWeek, width: int) -> list[paint.Line]:
    """Why these people, and why not others."""
    begin, end = (f"{at.astimezone(model.zone):%a %d %b %H:%M}" for at in (week.starts_at, week.ends_at))
    told: list[paint.Line] = [[], [(f"{begin} – {end}", theme.bold)]]
    for one in found.choices:
        if one.starts_at == week.starts_at:
            told += _lines(f"{NEW} {one.person}: {one.why}", width, theme.plain)
            if one.alternative:
                told += _lines(f"– not {one.alternative}: {one.why_not}", width, theme.muted)
    made = chosen(found, week)
    for person in week.support:
        if person not in made:
            told += _lines(f"{STANDS} {person} was to be in support before", width, theme.plain)
    if not week.support:
        told.append([("▲ nobody is in support", theme.warning)])
    return told


def _lines(text: str, width: int, style: Style) -> list[paint.Line]:
    return [[(part if not at else "  " + part, style)] for at, part in enumerate(paint.wrap(text, width - 2, 3))]


# ---------------------------------------------------------------------- the balance
def share_row(model: Model, found: ModePlan, one: PlanShare, width: int) -> paint.Line:
    """What somebody bears in support, without the plan and with it, in the order of the roster."""
    most = max(share.after.days for share in found.shares)
    bar = min(max(width - 70, 6), 24)
    others = (("weekend_days", "weekend"), ("holidays", "holidays"), ("nights", "nights"))
    return [
        (paint.fit(days.shown_name(model, one.person), _WHEN - 6), theme.bold),
        (gauge(one.after.days, most, bar), theme.primary),
        (paint.fit(f" {_change(one, 'days')} days", 16), theme.plain),
        (" · ".join(f"{_change(one, name)} {words}" for name, words in others), theme.muted),
    ]


def _change(one: PlanShare, name: str) -> str:
    before, after = (_figure(load, name) for load in (one.before, one.after))
    return f"{before}→{after}" if before != after else str(after)


def _figure(load: SupportLoad, name: str) -> int:
    figure: int = getattr(load, name)
    return figure


def summary(found: ModePlan) -> str:
    """What setting it would do."""
    spans = {mode: sum(one.mode == mode for one in found.blocks) for mode in ("support", "project")}
    if not found.blocks:
        return "nothing is left to plan in these weeks"
    told = " and ".join(f"{phrases.count(count, 'block')} of {mode}" for mode, count in spans.items() if count)
    return f"{told}; nothing is set yet"
