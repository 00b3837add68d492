"""Setting a plan of modes, and when it begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire.modes import ApplyModePlan, ModePlan
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.mode_undo import undoable
from incidentd_tui.forms.times import HINT, time_of

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


async def apply(tui: IncidentdApp, found: ModePlan, replace: bool) -> None:
    """Make the plan that is shown true, and no other one: the daemon refuses when it has become another."""
    body = ApplyModePlan(starts_at=found.starts_at, weeks=len(found.weeks), replace=replace, plan=str(found.plan))

    def told(made: ModePlan) -> str:
        until = f"{made.ends_at.astimezone(tui.model.zone):%a %d %b}"
        return f"modes of {made.team} are planned until {until}: {phrases.count(len(made.blocks), 'block')}"

    try:
        await undoable(tui, lambda: tui.acts.client.apply_mode_plan(str(found.team), body), told, found.ends_at)
    except ClientError as error:
        tui.say(tui.acts.reason("", error), "warning")


def begin(tui: IncidentdApp, chosen: Callable[[datetime | None], None]) -> Form:
    """When a plan begins; empty for the next Monday."""

    async def send(values: Values) -> str:
        try:
            chosen(time_of(tui, "From", values["at"]) if values["at"] else None)
        except ValueError as error:
            return str(error)
        return ""

    field = Field(name="at", label="From", hint=f"next Monday at nine, {HINT}", optional=True)
    return Form(tui, Plan(title="Plan from", verb="plan", fields=(field,), effects=lambda _: (), send=send))
