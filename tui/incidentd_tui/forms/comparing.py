"""Asking how often chance alone changes a figure as much as it changed: at a day, or between two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire.figures import Figure
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import compared
from incidentd_tui.screens.told import ToldScreen

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_STATISTICS = (("median", "median"), ("mean", "mean"))


def compare(tui: IncidentdApp, figure: Figure) -> Form:
    """The answer is shown in the place of the form."""
    known = {str(one.version): str(one.name) for one in tui.looking.boundaries}  # one that came again is there again
    versions = (("", "–"), *known.items())
    last = _last_change(tui)
    fields = [
        Field(name="at", label="Before and after the day", value=last, hint="2026-03-01", optional=True),
        Field(name="before", label="Or the version", options=versions, hint="instead of a day"),
        Field(name="after", label="With the version", options=versions),
    ]
    if figure.kind != "share":
        fields.append(Field(name="statistic", label="Compare the", options=_STATISTICS))

    async def send(values: Values) -> str:
        try:
            query = {**tui.looking.scope.query(tui.model.now()), **_sides(tui, values)}
        except ValueError as error:
            return str(error)
        if "statistic" in values:
            query["statistic"] = values["statistic"]
        try:
            found = await tui.acts.gateway.ask(tui.acts.client.compare_figure(str(figure.name), **query))
        except ClientError as error:
            return tui.acts.reason("", error)
        told = ToldScreen(str(figure.title), lambda width: compared.lines(found, width))
        tui.call_after_refresh(tui.push_screen, told)
        return ""

    def effects(values: Values) -> list[str]:
        try:
            _sides(tui, values)
        except ValueError as error:
            return [f"not yet: {error}"]
        return ["tells how often chance alone would change it as much"]

    title = f"Compare: {figure.title}"
    return Form(tui, Plan(title=title, verb="compare", fields=tuple(fields), effects=effects, send=send))


def _last_change(tui: IncidentdApp) -> str:
    """The day on which the process changed last in the time that is looked at, "" when it did not."""
    begins, ends = tui.looking.scope.bounds(tui.model.now())
    within = [
        one.at
        for one in tui.looking.boundaries
        if (begins is None or one.at > begins) and (ends is None or one.at < ends)
    ]
    return within[-1].astimezone(tui.model.zone).strftime("%Y-%m-%d") if within else ""


def _sides(tui: IncidentdApp, values: Values) -> dict[str, str]:
    """What splits the cases. Raises `ValueError` naming the field."""
    before, after = values["before"], values["after"]
    if not before and not after:
        if not values["at"]:
            raise ValueError("Before and after the day: write one, or choose two versions")
        phrases.day_of("Before and after the day", values["at"], tui.model.zone)
        return {"at": values["at"]}
    if not before or not after:
        raise ValueError("With the version: choose two of them")
    if before == after:
        raise ValueError("With the version: it is the same on both sides")
    return {"before": before, "after": after}
