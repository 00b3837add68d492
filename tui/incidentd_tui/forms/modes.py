"""Dialogs about modes: a block of support or project work is set, changed, split, and ended."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from incidentd.domain.modes import SHORTEST
from incidentd.wire import modes as wire_modes
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.duty import guarded
from incidentd_tui.forms.mode_undo import undoable
from incidentd_tui.forms.times import HINT, time_of, times
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_WHOLE_DAYS = re.compile(r"([0-9]{1,3})\s*d")
_MODES = (("support", "support"), ("project", "project"))
_REASON = Field(name="reason", label="Why", hint="wanted for less than a week", optional=True)


# ---------------------------------------------------------------------- set
def new(tui: IncidentdApp, person: str, mode: str) -> Form:
    """Somebody is in a mode for a time, a week unless the reason says why."""
    people = tuple((one, one) for one in sorted(tui.model.people))
    fields = (
        Field(name="person", label="Who", options=people or (("", "nobody in the roster"),), value=person),
        Field(name="mode", label="Mode", options=_MODES, value=mode),
        Field(name="starts", label="From", value="now", hint=f"now, {HINT}"),
        Field(name="ends", label="For, or until", value="7d", hint=HINT),
        _REASON,
    )

    def effects(values: Values) -> list[str]:
        starts, ends = times(tui, values)
        span = (starts or tui.model.now(), ends)
        when = shifts.span_text(tui.model, *span)
        told = f"{values['person']} is in {values['mode']} {when}; what was planned for that time gives way"
        return [told, *_short(tui, values, span)]

    async def send(values: Values) -> None:
        starts, ends = times(tui, values)
        whole = _WHOLE_DAYS.fullmatch(values["ends"].lower())
        # Whole days are counted by the daemon, from its own now: seven of them are a week to the second.
        length = {"days": int(whole[1])} if whole else {"ends_at": ends}
        given = {name: values[name] for name in ("person", "mode", "reason")}
        body = msgspec.convert({**given, "starts_at": starts, **length}, wire_modes.SetMode)
        await undoable(tui, lambda: tui.acts.client.set_mode(body), lambda made: _told(tui, made))

    return _form(tui, "Mode", "set", fields, effects, send)


# ---------------------------------------------------------------------- change
def change(tui: IncidentdApp, block: wire_modes.ModeBlock) -> Form:
    """Other bounds, or another mode; of a block that has begun, another end."""
    begun = block.starts_at <= tui.model.now()
    typed = {name: f"{at.astimezone(tui.model.zone):%Y-%m-%d %H:%M}"
             for name, at in (("starts", block.starts_at), ("ends", block.ends_at))}  # fmt: skip
    ahead = (
        Field(name="mode", label="Mode", options=_MODES, value=str(block.mode)),
        Field(name="starts", label="From", value=typed["starts"], hint=f"now, {HINT}"),
    )
    fields = (
        *(() if begun else ahead),
        Field(name="ends", label="For, or until", value=typed["ends"], hint=HINT),
        _REASON,
    )

    def bounds(values: Values) -> tuple[datetime, datetime]:
        """What was not typed anew stays as it was, to the second."""
        starts = block.starts_at
        if not begun and values["starts"] != typed["starts"]:
            starts = time_of(tui, "From", values["starts"]) if values["starts"] != "now" else tui.model.now()
        ends = (
            block.ends_at if values["ends"] == typed["ends"] else time_of(tui, "For, or until", values["ends"], starts)
        )
        return starts, ends

    def effects(values: Values) -> list[str]:
        starts, ends = bounds(values)
        mode = values.get("mode", block.mode)
        told = (
            f"{block.person} is in {mode} {shifts.span_text(tui.model, starts, ends)}, instead of {_span(tui, block)}"
        )
        return [told, *_short(tui, values, (starts, ends))]

    async def send(values: Values) -> None:
        starts, ends = bounds(values)
        given = {
            "mode": values.get("mode"),
            "starts_at": starts if starts != block.starts_at else None,
            "ends_at": ends if ends != block.ends_at else None,
            "reason": values["reason"],
        }
        body = msgspec.convert(given, wire_modes.ChangeMode)
        call = tui.acts.client.change_mode
        await undoable(tui, lambda: call(block.id, body, if_version=block.version), lambda made: _told(tui, made))

    return _form(tui, f"Change {block.mode} of {block.person}", "change", fields, effects, send)


# ---------------------------------------------------------------------- split
def split(tui: IncidentdApp, block: wire_modes.ModeBlock) -> Form:
    """End a block early; for the rest of it, the other mode or neither."""
    begun = block.starts_at <= tui.model.now()
    other = "project" if block.mode == "support" else "support"
    fields = (
        Field(name="at", label="At", value="now" if begun else "", hint=f"{'now, ' if begun else ''}{HINT}"),
        Field(name="then", label="Then", options=((other, other), ("none", "neither mode")), value=other),
        _REASON,
    )

    def at(values: Values) -> datetime:
        """A length counts from now on, or from the beginning of what is ahead."""
        since = max(block.starts_at, tui.model.now())
        return tui.model.now() if values["at"] == "now" else time_of(tui, "At", values["at"], since)

    def effects(values: Values) -> list[str]:
        cut = at(values)
        if not block.starts_at < cut < block.ends_at:
            return [f"At: it lies outside of the block, {_span(tui, block)}"]
        parts = ((block.starts_at, cut), (cut, block.ends_at))
        first, rest = (shifts.span_text(tui.model, *part) for part in parts)
        then = "neither mode" if values["then"] == "none" else values["then"]
        told = [f"{block.person} is in {block.mode} {first}", f"then in {then} {rest}"]
        return [*told, *_short(tui, values, *(parts if values["then"] != "none" else parts[:1]))]

    async def send(values: Values) -> None:
        given = {
            "at": None if values["at"] == "now" else at(values),
            "then": values["then"],
            "reason": values["reason"],
        }
        body = msgspec.convert(given, wire_modes.SplitMode)
        call = tui.acts.client.split_mode
        await undoable(tui, lambda: call(block.id, body, if_version=block.version), lambda made: _told(tui, made.first))

    return _form(tui, f"Split {block.mode} of {block.person}", "split", fields, effects, send)


# ---------------------------------------------------------------------- end
def end(tui: IncidentdApp, block: wire_modes.ModeBlock) -> Form:
    """Take a block back; one that has begun ends now."""
    begun = block.starts_at < tui.model.now()
    told = (
        f"{block.person} {'leaves' if begun else 'is not in'} {block.mode} {'now' if begun else _span(tui, block)}",
        "can be undone for ten seconds: by one like it",
    )

    async def send(values: Values) -> None:
        def call() -> Awaitable[wire_modes.ModeBlock]:
            return tui.acts.client.end_mode(block.id, values["reason"], if_version=block.version)

        await undoable(tui, call, lambda made: f"the {made.mode} of {made.person} is over")

    title = f"{'End' if begun else 'Take back'} {block.mode} of {block.person}"
    return _form(tui, title, "end", (_REASON,), lambda _: told, send)


# ---------------------------------------------------------------------- what they share
def _form(
    tui: IncidentdApp,
    title: str,
    verb: str,
    fields: tuple[Field, ...],
    effects: Callable[[Values], Sequence[str]],
    send: Callable[[Values], Awaitable[None]],
) -> Form:
    """Times that are none are said in place of what would come of them."""

    def told(values: Values) -> Sequence[str]:
        try:
            return effects(values)
        except ValueError as error:
            return [str(error)]

    plan = Plan(title=title, verb=verb, fields=fields, effects=told, send=lambda values: guarded(tui, send, values))
    return Form(tui, plan)


def _short(tui: IncidentdApp, values: Values, *spans: tuple[datetime, datetime]) -> list[str]:
    """A mode lasts a week or more on the clocks; what is shorter is asked for its reason."""
    walls = ([at.astimezone(tui.model.zone).replace(tzinfo=None) for at in span] for span in spans)
    if values["reason"] or all(end - begin >= SHORTEST for begin, end in walls):
        return []
    return ["less than a week: say why, unless the same mode goes on before or after it"]


def _told(tui: IncidentdApp, block: wire_modes.ModeBlock) -> str:
    return f"{block.person} is in {block.mode} {_span(tui, block)}"


def _span(tui: IncidentdApp, block: wire_modes.ModeBlock) -> str:
    return shifts.span_text(tui.model, block.starts_at, block.ends_at)
