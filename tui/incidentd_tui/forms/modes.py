"""Dialogs about modes: a block of support or project work, and its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from incidentd import wire_modes
from incidentd.client import ClientError
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import HINT, times
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_WHOLE_DAYS = re.compile(r"([0-9]{1,3})\s*d")
_MODES = (("support", "support"), ("project", "project"))


def new(tui: IncidentdApp, person: str, mode: str) -> Form:
    """Somebody is in a mode for a time, a week unless the reason says why."""
    people = tuple((one, one) for one in sorted(tui.model.people))
    fields = (
        Field(name="person", label="Who", options=people or (("", "nobody in the roster"),), value=person),
        Field(name="mode", label="Mode", options=_MODES, value=mode),
        Field(name="starts", label="From", value="now", hint=f"now, {HINT}"),
        Field(name="ends", label="For, or until", value="7d", hint=HINT),
        Field(name="reason", label="Why", hint="wanted for less than a week", optional=True),
    )

    def effects(values: Values) -> list[str]:
        try:
            starts, ends = times(tui, values)
        except ValueError as error:
            return [str(error)]
        when = shifts.span_text(tui.model, starts or tui.model.now(), ends)
        return [f"{values['person']} is in {values['mode']} {when}; what was planned for that time gives way"]

    async def send(values: Values) -> str:
        try:
            starts, ends = times(tui, values)
            whole = _WHOLE_DAYS.fullmatch(values["ends"].lower())
            # Whole days are counted by the daemon, from its own now: seven of them are a week to the second.
            length = {"days": int(whole[1])} if whole else {"ends_at": ends}
            given = {name: values[name] for name in ("person", "mode", "reason")}
            body = msgspec.convert({**given, "starts_at": starts, **length}, wire_modes.SetMode)
            made = await tui.acts.gateway.ask(tui.acts.client.set_mode(body))
        except ValueError as error:
            return str(error)
        except ClientError as error:
            return tui.acts.reason("", error)

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.end_mode(made.id, "undone"))

        tui.acts.can_undo(f"{made.person} is in {made.mode} {_span(tui, made)}", back)
        return ""

    return Form(tui, Plan(title="Mode", verb="set", fields=fields, effects=effects, send=send))


def end(tui: IncidentdApp, block: wire_modes.ModeBlock) -> Form:
    """Take a block back; one that has begun ends now."""
    begun = block.starts_at < tui.model.now()
    effects = (
        f"{block.person} {'leaves' if begun else 'is not in'} {block.mode} {'now' if begun else _span(tui, block)}",
        "can be undone for ten seconds: by one like it",
    )
    field = Field(name="reason", label="Why", hint="wanted for what makes it shorter than a week", optional=True)

    async def send(values: Values) -> str:
        client = tui.acts.client
        try:
            raw = await client.end_mode(block.id, values["reason"], if_version=block.version)
        except ClientError as error:
            return tui.acts.reason("", error)
        starts = None if begun else raw.starts_at
        again = msgspec.convert(
            {"person": raw.person, "mode": raw.mode, "starts_at": starts, "ends_at": block.ends_at, "reason": "undone"},
            wire_modes.SetMode,
        )

        async def back() -> object:
            return await tui.acts.attempt("", client.set_mode(again))

        tui.acts.can_undo(f"the {block.mode} of {block.person} is over", back)
        return ""

    title = f"{'End' if begun else 'Take back'} {block.mode} of {block.person}"
    return Form(tui, Plan(title=title, verb="end", fields=(field,), effects=lambda _: effects, send=send))


def _span(tui: IncidentdApp, block: wire_modes.ModeBlock) -> str:
    return shifts.span_text(tui.model, block.starts_at, block.ends_at)
