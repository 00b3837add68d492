"""Writing down that something of the library was used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from incidentd.wire import library as wire_library
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_KINDS = (
    ("incident", "in an incident"),
    ("design", "in a design"),
    ("runbook", "in a runbook"),
    ("onboarding", "to introduce somebody"),
    ("other", "elsewhere"),
)
_Kind = Literal["incident", "design", "runbook", "onboarding", "other"]


def used(tui: IncidentdApp, subject: str, name: str, text: str) -> Form:
    """`subject` as the daemon knows it (factor:3), `name` as people call it (F-3)."""
    fields = (
        Field(name="kind", label="It was used", options=_KINDS),
        Field(name="place", label="Where", hint="INC-7, an address, a title"),
        Field(name="note", label="How, if you like", optional=True, multiline=True, draft=f"use/{subject}", lint=True),
    )

    def effects(_: Values) -> list[str]:
        return [f"it counts as used: {text[:160]}", "where is shown to everybody, who wrote it down is not"]

    async def send(values: Values) -> str:
        body = wire_library.RecordUse(
            subject=subject, kind=cast(_Kind, values["kind"]), place=values["place"][:500], note=values["note"]
        )
        return await tui.acts.refusal(subject, tui.acts.client.record_use(body))

    return Form(tui, Plan(title=f"{name} was used", verb="write down", fields=fields, effects=effects, send=send))
