"""The dialogs about the life of an incident: a time corrected, a part split off, another one that looks alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import AGO, was_at

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_TIMES = (
    ("started_at", "it started"),
    ("detected_at", "it was detected"),
    ("mitigated_at", "it was mitigated"),
    ("resolved_at", "it was resolved"),
)
_ENTRY = "observed_at"
_PART = re.compile(r"(A|R|INC)-?([0-9]{1,15})|#?([0-9]{1,15})", re.IGNORECASE)


def correct(tui: IncidentdApp, incident: wire.Incident, entry: wire.TimelineEntry | None = None) -> Form:
    """The right time of the incident, or of `entry`; what was said first stays."""
    times = [name for name, _ in _TIMES if name == "detected_at" or getattr(incident, name) is not None]
    options = (
        *([(_ENTRY, "this entry")] if entry is not None else []),
        *(one for one in _TIMES if one[0] in times),
    )
    fields = (
        Field(name="what", label="When", options=options, hint=entry.text[:40] if entry is not None else ""),
        Field(name="at", label="Right time", hint=AGO),
        Field(name="why", label="Why", hint="what shows it"),
    )

    def effects(values: Values) -> list[str]:
        said = entry.observed_at if values["what"] == _ENTRY and entry else getattr(incident, values["what"], None)
        now = tui.model.now()
        before = phrases.day_hour(said, now, tui.model.zone) if said else "not said"
        return [f"so far: {before}; that stays on the timeline, with who corrected it and why"]

    async def send(values: Values) -> str:
        try:
            at = was_at(tui, "Right time", values["at"])
        except ValueError as fault:
            return str(fault)
        if at is None:
            return "Right time: say when it was"
        seq = entry.seq if values["what"] == _ENTRY and entry is not None else None
        body = {"what": str(values["what"]), "at": at, "why": str(values["why"]), "seq": seq}
        call = tui.acts.client.correct_time(incident.id, msgspec.convert(body, wire_life.CorrectTime))
        return await tui.acts.refusal(f"incident:{incident.id}", call)

    title = f"Correct a time of INC-{incident.id}"
    return Form(tui, Plan(title=title, verb="correct", fields=fields, effects=effects, send=send))


def split(tui: IncidentdApp, incident: wire.Incident, part: str = "") -> Form:
    """A part of the incident becomes a new one; `part` is what goes along to begin with."""
    fields = (
        Field(name="title", label="Title of the new incident"),
        Field(name="part", label="What goes along", value=part, hint="A-12 R-3, or #812 of the timeline"),
        Field(name="reason", label="Why it is another one", optional=True),
    )

    def effects(values: Values) -> list[str]:
        try:
            alerts, reports, entries = _parts(values["part"])
        except ValueError as fault:
            return [str(fault)]
        told = (
            phrases.count(len(alerts), "alert"),
            phrases.count(len(reports), "report"),
            f"{phrases.count(len(entries), 'entry', 'entries')} copied",
        )
        return [", ".join(told), "merging it back undoes it"]

    async def send(values: Values) -> str:
        try:
            alerts, reports, entries = _parts(values["part"])
            wanted = wire_life.SplitIncident(
                title=str(values["title"])[:250], alert_ids=alerts, report_ids=reports, entries=entries,
                reason=str(values["reason"]),
            )  # fmt: skip
            new = await tui.acts.client.split(incident.id, wanted)
        except ValueError as fault:
            return str(fault)
        except ClientError as error:
            return tui.acts.reason(f"incident:{incident.id}", error)
        back = wire_incidents.ChangeStatus(to="merged", merged_into=incident.id, reason="split by mistake")
        tui.acts.can_undo(
            f"INC-{new.id} was split off",
            lambda: tui.acts.attempt(f"incident:{incident.id}", tui.acts.client.change_status(new.id, back)),
        )
        return ""

    return Form(tui, Plan(title=f"Split INC-{incident.id}", verb="split", fields=fields, effects=effects, send=send))


def _parts(text: str) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Alerts, reports and entries. Raises `ValueError` naming the field."""
    found: dict[str, list[int]] = {"A": [], "R": [], "": []}
    for word in text.replace(",", " ").split():
        part = _PART.fullmatch(word)
        if part is None or (part[1] or "").upper() == "INC":
            raise ValueError(f"What goes along: {word} is not like A-12, R-3 or #812")
        found[(part[1] or "").upper()].append(int(part[2] or part[3]))
    return tuple(found["A"]), tuple(found["R"]), tuple(found[""])


def resembles(tui: IncidentdApp, incident: wire.Incident, other: int | None = None) -> Form:
    """Another incident that looks alike, and how."""
    fields = (
        Field(name="other", label="Resembles", value="" if other is None else f"INC-{other}", hint="INC-2"),
        Field(name="why", label="What is alike", hint="what is seen; never a cause"),
    )

    async def send(values: Values) -> str:
        named = _PART.fullmatch(values["other"])
        if named is None or (named[1] or "INC").upper() != "INC":
            return "Resembles: name an incident like INC-2"
        number, client = int(named[2] or named[3]), tui.acts.client
        try:
            await client.resemble(incident.id, wire_life.Resembles(incident_id=number, why=str(values["why"])))
        except ClientError as error:
            return tui.acts.reason(f"incident:{incident.id}", error)
        tui.acts.can_undo(
            f"INC-{incident.id} resembles INC-{number}",
            lambda: tui.acts.attempt(f"incident:{incident.id}", client.resemble_no_more(incident.id, number)),
        )
        return ""

    plan = Plan(
        title=f"INC-{incident.id} resembles another",
        verb="say so",
        fields=fields,
        effects=lambda values: ["both incidents show it, with your reason"],
        send=send,
    )
    return Form(tui, plan)
