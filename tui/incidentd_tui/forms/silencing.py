"""Dialogs about silences. What a silence would hide is looked up while it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from incidentd.client import ClientError
from incidentd.domain.matchers import Matcher, Op
from incidentd.wire import silences as wire_silences
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import inbox

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_ENDS = Field(name="ends", label="For, or until", value="2h", hint="45m, 2h, 3d, 18:00 or 2026-03-13 09:00")
_NAMES_MOST = 20


def common_matchers(labels: Sequence[Mapping[str, str]]) -> list[str]:
    """What these alerts have in common, a matcher each; their names as one pattern when those differ."""
    if not labels:
        return []
    first, *others = labels
    shared = {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}
    found = [Matcher(name, Op.EQUAL, value) for name, value in sorted(shared.items()) if value]
    names = sorted({one.get("alertname", "") for one in labels} - {""})
    if "alertname" not in shared and 1 < len(names) <= _NAMES_MOST and all(one.get("alertname") for one in labels):
        pattern = "|".join(re.escape(name) for name in names)
        found.insert(0, Matcher("alertname", Op.MATCH, pattern))
    return [str(one) for one in found]


def new(tui: IncidentdApp, labels: Sequence[Mapping[str, str]]) -> Form:
    """A new silence, prefilled with what `labels` have in common."""
    alerts = f" from {phrases.count(len(labels), 'alert')}" if labels else ""
    return _form(tui, f"Silence{alerts}", "silence", common_matchers(labels), _ENDS, "", None, marked=len(labels))


def change(tui: IncidentdApp, silence: wire_silences.Silence) -> Form:
    """Another form of a silence that is there; one that has ended is set anew."""
    old = None if silence.status == "expired" else silence
    ends = _ENDS if old is None else _until(tui, silence)
    title = f"{'Set anew' if old is None else 'Change'} {silence.name}"
    return _form(tui, title, "set" if old is None else "change", silence.matchers, ends, silence.comment, old)


def _until(tui: IncidentdApp, silence: wire_silences.Silence) -> Field:
    at = silence.ends_at.astimezone(tui.model.zone)
    return Field(name="ends", label="For, or until", value=f"{at:%Y-%m-%d %H:%M}", hint=_ENDS.hint)


def _form(
    tui: IncidentdApp,
    title: str,
    verb: str,
    matchers: Sequence[str],
    ends: Field,
    comment: str,
    old: wire_silences.Silence | None,
    *,
    marked: int = 0,
) -> Form:
    fields = (
        Field(
            name="matchers",
            label="Matchers, one a line; all must fit",
            value="\n".join(matchers),
            multiline=True,
            hint='alertname="DiskFull"',
        ),
        ends,
        Field(name="comment", label="Why", value=comment, hint="for the others, and for you in a week"),
    )

    async def preview(values: Values) -> list[str]:
        return await _preview(tui, _matchers(values), marked)

    async def send(values: Values) -> str:
        try:
            ends_at = phrases.end_of(values["ends"], tui.model.now(), tui.model.zone)
        except ValueError as error:
            return f"For, or until: {error}"
        body = wire_silences.SetSilence(
            matchers=_matchers(values), ends_at=ends_at, comment=values["comment"], id=str(old.id) if old else ""
        )
        return await _set(tui, body, body.id)

    plan = Plan(
        title=title, verb=verb, fields=fields, effects=lambda values: _ends(tui, values), send=send, preview=preview
    )
    return Form(tui, plan)


def _matchers(values: Values) -> tuple[str, ...]:
    return tuple(line.strip() for line in values["matchers"].splitlines() if line.strip())


def _ends(tui: IncidentdApp, values: Values) -> list[str]:
    now, zone = tui.model.now(), tui.model.zone
    try:
        at = phrases.end_of(values["ends"], now, zone)
    except ValueError as error:
        return [f"no end yet: {error}"]
    return [f"ends {phrases.day_hour(at, now, zone)}, in {phrases.span(at - now)}"]


async def _preview(tui: IncidentdApp, matchers: Sequence[str], marked: int) -> list[str]:
    """What it would hide now: how many, more than was marked or fewer, which pages run on, and the first alerts."""
    if not matchers:
        return ["without a matcher it cannot be set"]
    try:
        found = await tui.acts.gateway.ask(tui.acts.client.preview_silence(matchers))
    except ClientError as error:
        return [tui.acts.reason("", error)]
    lines = [f"hides {phrases.count(found.total, 'firing alert')} now"]
    if marked and found.total != marked:
        lines[0] += f"; you chose {marked}"
    running = {one.page_id for one in found.alerts if one.page_id is not None and one.page_state == "open"}
    if running:
        names = ", ".join(f"P-{number}" for number in sorted(running)[:3])
        lines.append(f"{names} {'runs' if len(running) == 1 else 'run'} on: a silence is no acknowledgement")
    shown = [f"  A-{one.id} {inbox.alert_title(one)}" for one in found.alerts]
    return [*lines, *shown]


async def _set(tui: IncidentdApp, body: wire_silences.SetSilence, old_id: str) -> str:
    """Set it; undoing sets again what `old_id` was, as the daemon has it and not as it is shown."""
    try:
        old = await tui.acts.client.silence(old_id) if old_id else None
        silence = await tui.acts.gateway.ask(tui.acts.client.set_silence(body))
    except ClientError as error:
        return tui.acts.reason("", error)

    async def back() -> object:
        if old is None:
            return await tui.acts.attempt("", tui.acts.client.expire_silence(silence.id))
        return await tui.acts.attempt("", tui.acts.client.set_silence(_again(old, str(silence.id))))

    tui.acts.can_undo(f"{silence.name} is {silence.status} until {_when(tui, silence.ends_at)}", back)
    return ""


def _again(silence: wire_silences.Silence, silence_id: str) -> wire_silences.SetSilence:
    return wire_silences.SetSilence(
        matchers=silence.matchers,
        ends_at=silence.ends_at,
        comment=silence.comment,
        id=silence_id,
        annotations=silence.annotations,
    )


def _when(tui: IncidentdApp, at: datetime) -> str:
    return phrases.day_hour(at, tui.model.now(), tui.model.zone)


def extend(tui: IncidentdApp, silence: wire_silences.Silence) -> Form:
    """Another end, counted from now."""
    left = max(silence.ends_at - tui.model.now(), timedelta())
    field = Field(name="ends", label="Ends in, or at", value="2h", hint=_ENDS.hint)

    async def send(values: Values) -> str:
        try:
            ends_at = phrases.end_of(values["ends"], tui.model.now(), tui.model.zone)
        except ValueError as error:
            return f"Ends in, or at: {error}"
        try:
            raw = await tui.acts.client.silence(silence.id)
        except ClientError as error:
            return tui.acts.reason("", error)
        return await _set(tui, msgspec.structs.replace(_again(raw, raw.id), ends_at=ends_at), raw.id)

    def effects(values: Values) -> list[str]:
        return [*_ends(tui, values), f"it would end in {phrases.span(left)} otherwise"]

    plan = Plan(title=f"Another end for {silence.name}", verb="set", fields=(field,), effects=effects, send=send)
    return Form(tui, plan)


def expire(tui: IncidentdApp, silence: wire_silences.Silence, hides: int) -> Form:
    """End it now."""
    told = f"{phrases.count(hides, 'alert')} that it hides now: told after the wait of their groups"
    effects = (told if hides else "it hides nothing now", "can be undone for ten seconds")

    async def send(_: Values) -> str:
        try:
            raw = await tui.acts.client.silence(silence.id)
            await tui.acts.gateway.ask(tui.acts.client.expire_silence(silence.id))
        except ClientError as error:
            return tui.acts.reason("", error)

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.set_silence(_again(raw, "")))

        tui.acts.can_undo(f"{silence.name} has ended", back)
        return ""

    plan = Plan(title=f"End {silence.name} now", verb="end", fields=(), effects=lambda _: effects, send=send)
    return Form(tui, plan)
