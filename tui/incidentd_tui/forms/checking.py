"""Pausing a check and resuming it: each is the way back of the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from incidentd.wire.checks import Check
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.model import Changes
from incidentd_tui.rows import checks

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


async def pause(tui: IncidentdApp, check: Check, note: str = "") -> Check | None:
    """It pages nobody until it is resumed."""
    call = tui.acts.client.pause_check(checks.path(check), note=note)
    return await _do(tui, call, f"{check.name} is paused: it pages nobody", lambda: resume(tui, check, undo=False))


async def resume(tui: IncidentdApp, check: Check, *, undo: bool = True) -> Check | None:
    """It pages again; undoing pauses it with the note that it had."""
    note = str(check.paused.note) if check.paused is not None else ""
    back = (lambda: pause(tui, check, note)) if undo else None
    return await _do(tui, tui.acts.client.resume_check(checks.path(check)), f"{check.name} is resumed", back)


async def _do(
    tui: IncidentdApp, call: Awaitable[Check], told: str, back: Callable[[], Awaitable[object]] | None
) -> Check | None:
    answer = await tui.acts.attempt("", call)
    if answer is None:
        return None
    path = checks.path(answer)
    tui.model.checks = tuple(answer if checks.path(one) == path else one for one in tui.model.checks)
    changes = Changes()
    changes.kinds = {"health"}
    tui.changed(changes)
    if back is not None:
        tui.acts.can_undo(told, back)
    return answer


def pause_form(tui: IncidentdApp, check: Check) -> Form:
    """Pausing with a note."""

    async def send(values: Values) -> str:
        done = await pause(tui, check, values["note"])
        return "" if done is not None else "it was not paused; see the status line"

    field = Field(name="note", label="Why", hint="for the others, and for you in a week")
    effects = ("it pages nobody until somebody resumes it", "u resumes it, for ten seconds")
    title = f"Pause {check.name}"
    return Form(tui, Plan(title=title, verb="pause", fields=(field,), effects=lambda _: effects, send=send))
