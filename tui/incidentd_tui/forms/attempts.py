"""The dialogs about what is thought and tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from incidentd import wire
from incidentd.domain.attempts import OUTCOMES
from incidentd.wire import facts as wire_facts
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import AGO, was_at

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_KINDS = (("attempt", "it is tried"), ("theory", "a theory"))
_OUTCOMES = tuple(OUTCOMES.items())
_VERDICTS = (
    ("for", "something speaks for it"),
    ("against", "something speaks against it"),
    ("supported", "supported"),
    ("ruled_out", "ruled out"),
    ("open", "open again"),
)


def think_or_try(tui: IncidentdApp, incident: wire.Incident, theory: wire_facts.Theory | None = None) -> Form:
    """A mitigation that is tried, or a theory; with `theory` what is tried because of it."""
    kinds = _KINDS[:1] if theory else _KINDS
    fields = (
        Field(name="text", label="What is tried, or thought"),
        Field(name="kind", label="It is", options=kinds),
        Field(name="person", label="Who does it", optional=True, hint="you"),
        Field(name="began", label="When it was begun", optional=True, hint=f"now; or {AGO}"),
    )

    def effects(values: Values) -> list[str]:
        if values["kind"] == "theory":
            return ["the theory is open; o says what speaks for it and what against"]
        after = f" after theory {theory.id}, {theory.text}" if theory else ""
        return [f"it stands under TRIED{after}; o says what came of it"]

    async def send(values: Values) -> str:
        try:
            began = was_at(tui, "When it was begun", values["began"])
        except ValueError as fault:
            return str(fault)
        text, client = values["text"][:250], tui.acts.client
        if values["kind"] == "theory":
            return await tui.acts.refusal(
                _subject(incident), client.theorise(incident.id, wire_facts.Theorise(text=text))
            )
        body = wire_facts.Try(
            text=text, person=values["person"][:250], started_at=began, theory_id=theory.id if theory else None
        )
        return await tui.acts.refusal(_subject(incident), client.attempt(incident.id, body))

    title = f"Tried in INC-{incident.id}" if theory else f"Thought or tried in INC-{incident.id}"
    return Form(tui, Plan(title=title, verb="write", fields=fields, effects=effects, send=send))


def _subject(incident: wire.Incident) -> str:
    return f"incident:{incident.id}"


def outcome(tui: IncidentdApp, incident: wire.Incident, tried: wire_facts.Attempt) -> Form:
    """What came of an attempt."""
    fields = (
        Field(name="outcome", label=tried.text[:60], options=_OUTCOMES),
        Field(name="at", label="When it was seen", optional=True, hint=f"now; or {AGO}"),
        Field(name="why", label="What shows it", optional=True),
        Field(name="evidence", label="Evidence", optional=True, hint="a link"),
    )

    async def send(values: Values) -> str:
        try:
            at = was_at(tui, "When it was seen", values["at"])
        except ValueError as fault:
            return str(fault)
        body = msgspec.convert({**values, "at": at}, wire_facts.TellOutcome)
        return await tui.acts.refusal(_subject(incident), tui.acts.client.tell_outcome(incident.id, tried.id, body))

    effects = ("it stands on the timeline; told again, the last one counts",)
    plan = Plan(title=f"Attempt {tried.id}", verb="tell", fields=fields, effects=lambda _: effects, send=send)
    return Form(tui, plan)


def judge(tui: IncidentdApp, incident: wire.Incident, theory: wire_facts.Theory) -> Form:
    """What speaks for or against a theory, or what is thought of it now."""
    fields = (
        Field(name="verdict", label=theory.text[:60], options=_VERDICTS),
        Field(name="why", label="Why", optional=True, hint="what was seen that says so"),
        Field(name="evidence", label="Evidence", optional=True, hint="a link"),
    )

    async def send(values: Values) -> str:
        body = msgspec.convert(values, wire_facts.JudgeTheory)
        call = tui.acts.client.judge_theory(incident.id, theory.id, body)
        return await tui.acts.refusal(_subject(incident), call)

    effects = ("it stands on the timeline; nothing here is called the cause",)
    plan = Plan(title=f"Theory {theory.id}", verb="say", fields=fields, effects=lambda _: effects, send=send)
    return Form(tui, plan)
