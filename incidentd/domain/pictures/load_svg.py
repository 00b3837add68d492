"""What the weeks asked of a team, as SVG: pages by when they came, incidents, project days that were left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incidentd.domain.pictures.load import caption, hours, left_alone
from incidentd.domain.pictures.weeks_svg import LINES, POINTS, SOLID, Bar, Panel, Part, Weeks, weeks_svg
from incidentd.wire.figures import Load, LoadWeek

_PAGES = ((SOLID, "in sleep hours"), (LINES, "outside working hours"), (POINTS, "in working hours"))
_DAYS = (("kept", "left alone"), ("ground", "interrupted"))


def load_svg(load: Load, ident: str = "") -> str:
    """The picture of a team's weeks; `ident` is its own among the pictures of a page."""
    pages = max((week.pages for week in load.weeks), default=0) or 1
    incidents = max((week.incidents for week in load.weeks), default=0) or 1
    panels = (
        Panel("Pages", [_pages(week, pages) for week in load.weeks], _PAGES),
        Panel("Incidents", [_incidents(week, incidents) for week in load.weeks]),
        Panel("Project days", [_days(week) for week in load.weeks], _DAYS),
    )
    text = " ".join([caption(load), *map(_week, load.weeks), *_definitions(load)])
    return weeks_svg(
        Weeks(
            ident or f"load-{load.team}", f"What {len(load.weeks)} weeks asked of team {load.team}",
            f"weeks on the clock of {load.zone}", text, [week.day for week in load.weeks], panels,
            (caption(load), *_definitions(load)),
        )
    )  # fmt: skip


def _pages(week: LoadWeek, most: int) -> Sequence[Bar]:
    whole = max(most, sum(hours(week)))
    parts = (Part(count / whole, fill) for count, (fill, _) in zip(hours(week), _PAGES, strict=True))
    return [Bar(tuple(parts), str(week.pages))]


def _incidents(week: LoadWeek, most: int) -> Sequence[Bar]:
    return [Bar((Part(week.incidents / most, "edge"),), str(week.incidents))]


def _days(week: LoadWeek) -> Sequence[Bar]:
    whole = week.project_days or 1
    counts = (week.project_days - week.leaks, week.leaks)
    parts = (Part(count / whole, fill) for count, (fill, _) in zip(counts, _DAYS, strict=True))
    return [Bar(tuple(parts), left_alone(week))]


def _definitions(load: Load) -> Iterator[str]:
    return (f"{name.replace('_', ' ').capitalize()}: {text}" for name, text in load.definitions.items())


def _week(week: LoadWeek) -> str:
    return (
        f"Week from {week.day}: {week.pages} pages, {week.off_hours} of them outside working hours and"
        f" {week.sleep_hours} in sleep hours; {week.incidents} incidents; {left_alone(week)} project days left alone."
    )
