"""Writing the prose of a review's document, and publishing it with its checklist before one's eyes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from incidentd.wire import review_documents as documents
from incidentd.wire import reviews as wire_reviews
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.screens.picker import Item, Picker

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_MOST = 12  # checks that are shown; the rest is counted
Done = Callable[[bool | None], None]


def write(tui: IncidentdApp, incident_id: int, found: documents.ReviewSections, done: Done) -> None:
    """Pick a section of prose, then write it."""
    known = {str(one.name): one for one in found.sections}
    items = [
        Item(name, str(one.title), "written" if one.text else "a draft is offered" if one.draft else "empty")
        for name, one in known.items()
    ]

    def chosen(name: str | None) -> None:
        if name is not None:
            tui.push_screen(_section(tui, incident_id, known[name]), done)

    tui.push_screen(Picker("Write which section?", items), chosen)


def _section(tui: IncidentdApp, incident_id: int, one: documents.ReviewSection) -> Form:
    text = Field(
        name="text", label=str(one.title), value=str(one.text or one.draft), multiline=True, optional=True,
        hint=str(one.guide), draft=f"review/INC-{incident_id}/section/{one.name}", lint=True,
    )  # fmt: skip
    read_by = "customers read it, without names" if one.external else "everybody who reads the document reads it"

    def effects(_: Values) -> list[str]:
        return [str(one.guide), read_by]

    async def send(values: Values) -> str:
        body = wire_reviews.WriteSection(name=str(one.name), text=values["text"], version=one.version or None)
        asked = tui.acts.client.write_section(incident_id, body)
        return await tui.acts.refusal(f"incident:{incident_id}", asked)

    title = f"{one.title} of INC-{incident_id}"
    return Form(tui, Plan(title=title, verb="keep", fields=(text,), effects=effects, send=send))


def publish(tui: IncidentdApp, incident_id: int, found: documents.ReviewChecklist) -> Form:
    """What the checklist says, and then it is published: just this, nothing that nobody has read."""
    customers = found.document == "external"
    checks = sorted(found.checks, key=lambda one: not one.refuses)
    shown = [f"{'first: ' if one.refuses else 'look at: '}{one.text} ({one.remedy})" for one in checks[:_MOST]]
    shown += [f"and {len(checks) - _MOST} more: incidentctl review check INC-{incident_id}"] if checks[_MOST:] else []

    def effects(_: Values) -> list[str]:
        whom = "may be sent to customers" if customers else "it is in the library for everybody"
        return [*shown, f"it is published as it stands: {whom}" if found.ready else "it cannot be published yet"]

    async def send(_: Values) -> str:
        body = documents.Publish(kind="external" if customers else "internal", seen=str(found.seen))
        asked = tui.acts.client.publish_review(incident_id, body)
        return await tui.acts.refusal(f"incident:{incident_id}", asked)

    kind = "the version for customers" if customers else "the document"
    return Form(
        tui, Plan(title=f"Publish {kind} of INC-{incident_id}", verb="publish", fields=(), effects=effects, send=send)
    )
