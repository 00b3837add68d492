"""What others are told: an update with the promise of the next one, and the slower rhythm of a long incident."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates
from incidentd_tui import phrases, vocabulary
from incidentd_tui.forms import telling, unseen
from incidentd_tui.forms.base import Field, Form, Plan, Unsettled, Values
from incidentd_tui.forms.seen import Seen

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_NEXT = (
    ("", "by the cadence"),
    ("600", "10 min"),
    ("900", "15 min"),
    ("1800", "30 min"),
    ("3600", "1 h"),
    ("7200", "2 h"),
)


def _audiences(tui: IncidentdApp) -> Sequence[str]:
    """Those of the process file, with the two that there are always."""
    named = tui.model.info.audiences if tui.model.info else ()
    return tuple(dict.fromkeys(("internal", "customers", *named)))


def _body(values: Values, seen: int | None = None) -> wire_incidents.PostUpdate:
    return wire_incidents.PostUpdate(
        text=str(values["text"]),
        phase=str(values["phase"]),
        audience=str(values["audience"]),
        next_in=float(values["next"]) if values["next"].isdecimal() else None,
        final=values["next"] == "never",
        seen=seen,
    )


def _look(tui: IncidentdApp, incident: wire.Incident) -> Callable[[Values], Awaitable[list[str]]]:
    """What a reader would miss, and who is written to."""
    reporters = telling.of_update(tui, incident)

    async def preview(values: Values) -> list[str]:
        if not values["text"]:
            return []
        try:
            found = await tui.acts.gateway.ask(tui.acts.client.check_update(incident.id, _body(values)))
        except ClientError as error:
            return [tui.acts.reason("", error)]
        heard = [f"written to {', '.join(found.readers)}"] if found.readers else []
        return [*found.warnings, *heard, *await reporters(values)]

    return preview


def _draft(tui: IncidentdApp, incident: wire.Incident) -> Callable[[Values], Awaitable[str]]:
    """A text to begin with, for the audience and the phase that are chosen."""

    async def suggest(values: Values) -> str:
        call = tui.acts.client.draft_update(incident.id, audience=str(values["audience"]), phase=str(values["phase"]))
        try:
            return (await tui.acts.gateway.ask(call)).text
        except ClientError as error:
            tui.say(tui.acts.reason("draft", error), "warning")
            return ""

    return suggest


def update(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """An update that others read; the time of the next one is promised with it."""
    newest = unseen.Newest()
    phase = {"mitigated": "monitoring", "resolved": "resolved"}.get(incident.status, "investigating")
    fields = (
        Field(
            name="text",
            label="Text",
            multiline=True,
            draft=f"update:{incident.id}",
            hint="what people notice, what is being done",
        ),
        Field(name="phase", label="Phase", options=tuple((one, one) for one in vocabulary.PHASES), value=phase),
        Field(
            name="audience",
            label="Audience",
            options=tuple((one, one) for one in _audiences(tui)),
            value="internal",
        ),
        Field(name="next", label="Next update in", options=(*_NEXT, ("never", "no further update")), value=""),
    )

    def effects(values: Values) -> list[str]:
        lines = [f"published to {values['audience']}; it cannot be taken back"]
        if values["next"] == "never":
            lines.append("no further update is promised (only with phase resolved)")
        elif values["next"]:
            lines.append(f"the next update is promised in {int(values['next']) // 60} min")
        return lines

    async def send(values: Values) -> str:
        body = _body(values, seen=newest.id)
        try:
            posted = await tui.acts.gateway.ask(tui.acts.client.post_update(incident.id, body))
        except ClientError as error:
            if (newer := newest.of_conflict(error)) is not None:
                raise Unsettled(unseen.both_wrote(tui, incident, values, newer, send)) from error
            return tui.acts.reason(f"incident:{incident.id}", error)
        due = f", next at {phrases.hour(posted.next_at, tui.model.zone)}" if posted.next_at else ""
        tui.say(f"✓ update sent{due}", "done")
        return ""

    tui.run_worker(newest.look(tui, incident.id), exit_on_error=False)
    plan = Plan(
        title=f"Update on INC-{incident.id}",
        verb="send",
        fields=fields,
        effects=effects,
        send=send,
        preview=_look(tui, incident),
        suggest=_draft(tui, incident),
    )
    return Form(tui, plan)


def run_long(tui: IncidentdApp, incident: wire.Incident) -> Form:
    """Updates are owed less often, and leads are relieved; or no longer."""
    on = incident.long_since is None
    seen = Seen(tui, incident)
    fields = (Field(name="reason", label="Reason", optional=True, hint="what takes so long"),)

    def effects(_: Values) -> list[str]:
        if on:
            return ["updates are owed less often from now on", "leads who have led for long are told to hand over"]
        return ["updates are owed by the usual cadence again"]

    async def send(values: Values) -> str:
        body = wire_updates.RunLong(on=on, reason=str(values["reason"]))
        call = tui.acts.client.run_long(seen.id, body, if_version=seen.version)
        return seen.outcome(await tui.acts.change_incident(seen.current(), call))

    title = f"Run INC-{incident.id} as a long incident" if on else f"INC-{incident.id} is no long incident any more"
    return Form(tui, Plan(title=title, verb="set", fields=fields, effects=effects, send=send))
