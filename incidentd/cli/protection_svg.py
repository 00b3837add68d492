"""The protection of project work as a picture: every figure also as text, bars told apart by pattern, not by colour."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.pictures.weeks_svg import LINES, POINTS, SOLID, Bar, Panel, Part, Weeks, weeks_svg
from incidentd.wire.protection import ProtectedWeek, Protection

_HOURS = ((LINES, "all"), (POINTS, "outside working hours"), (SOLID, "in sleep hours"))


def svg(found: Protection) -> str:
    """An SVG document of the weeks of `found`."""
    most = max((one.hours for one in found.weeks), default=0) or 1
    panels = (
        Panel("Project days without an interruption, of all", [_leak_free(one) for one in found.weeks]),
        Panel("Reactive work that support handled, of all", [_absorption(one) for one in found.weeks]),
        Panel("Hours with an interrupt", [_hours(one, most) for one in found.weeks], _HOURS),
    )
    title = f"How project work of team {found.team} is protected"
    days = [one.day for one in found.weeks]
    text = _description(found)
    return weeks_svg(Weeks("protection", title, f"{len(days)} weeks", text, days, panels, _definitions(found)))


def _leak_free(one: ProtectedWeek) -> Sequence[Bar]:
    label = f"{one.project_days - one.leaks}/{one.project_days}"
    return () if one.leak_free is None else (Bar((Part(one.leak_free, LINES),), label),)


def _absorption(one: ProtectedWeek) -> Sequence[Bar]:
    return () if one.absorption is None else (Bar((Part(one.absorption, LINES),), f"{one.absorbed}/{one.work}"),)


def _hours(one: ProtectedWeek, most: int) -> Sequence[Bar]:
    counts = (one.hours, one.off_hours, one.sleep_hours)
    return [Bar((Part(count / most, fill),), str(count)) for count, (fill, _) in zip(counts, _HOURS, strict=True)]


def _definitions(found: Protection) -> Sequence[str]:
    return [f"{name.replace('_', ' ').capitalize()}: {text}" for name, text in found.definitions.items()]


def _description(found: Protection) -> str:
    weeks = (
        f"Week from {one.day}: {one.project_days - one.leaks} of {one.project_days} project days without"
        f" an interruption, support handled {one.absorbed} of {one.work}, {one.hours} hours with an interrupt,"
        f" {one.off_hours} of them outside working hours and {one.sleep_hours} in sleep hours."
        for one in found.weeks
    )
    return " ".join([*weeks, *(f"Island: {one.text}." for one in found.islands), *found.definitions.values()])
