"""Dialogs about handovers: the words of who leaves, sending, and taking over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire import handover as wire_handover
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def _words(one: wire_handover.Handover) -> Field:
    return Field(
        name="surprises",
        label="What surprised you",
        value=one.surprises,
        multiline=True,
        optional=True,
        hint="what the next one would not guess from what is open",
        lint=True,
    )


def keep(tui: IncidentdApp, one: wire_handover.Handover) -> Form:
    """Keep words without saying that it is complete; undoing puts those back that were there."""

    async def send(values: Values) -> str:
        client = tui.acts.client
        try:
            before = (await client.handover(one.id)).surprises
            await client.edit_handover(one.id, values["surprises"], if_version=one.version)
        except ClientError as error:
            return tui.acts.reason("", error)

        async def back() -> object:
            return await tui.acts.attempt("", client.edit_handover(one.id, before))

        tui.acts.can_undo(f"the words of {one.name} are kept", back)
        return ""

    effects = ("the others see it; it is not said to be complete yet",)
    plan = Plan(title=f"Words of {one.name}", verb="keep", fields=(_words(one),), effects=lambda _: effects, send=send)
    return Form(tui, plan)


def finish(tui: IncidentdApp, one: wire_handover.Handover) -> Form:
    """Say that it is complete: it goes out, or will at the end of the block."""
    to = one.next_person or "whoever comes next"
    end = phrases.day_hour(one.ends_at, tui.model.now(), tui.model.zone)
    items = sum(len(part.items) + part.more for part in one.sections)
    effects = (
        f"{phrases.count(items, 'open thing')} and your words go to {to} "
        + (f"at {end}, when the block ends" if one.state == "running" else "now"),
        f"{to} is asked to accept it" + ("; words can be changed until then" if one.state == "running" else ""),
    )

    async def send(values: Values) -> str:
        call = tui.acts.client.send_handover(one.id, values["surprises"], if_version=one.version)
        try:
            found = await tui.acts.gateway.ask(call)
        except ClientError as error:
            return tui.acts.reason("", error)
        when = f"goes to {to} at {end}" if found.state == "running" else f"is with {found.next_person or to}"
        tui.say(f"✓ {found.name} {when}", "done")
        return ""

    plan = Plan(title=f"Finish {one.name}", verb="send", fields=(_words(one),), effects=lambda _: effects, send=send)
    return Form(tui, plan)


def accept(tui: IncidentdApp, one: wire_handover.Handover) -> Form:
    """Take over."""
    effects = (
        f"you take over {one.schedule} from {one.person}, with what is open",
        f"{one.person} and the others see that you have accepted it; it cannot be taken back",
    )

    async def send(_: Values) -> str:
        try:
            found = await tui.acts.gateway.ask(tui.acts.client.accept_handover(one.id, if_version=one.version))
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.say(f"✓ {found.name} is accepted: {found.schedule} is yours", "done")
        return ""

    plan = Plan(title=f"Accept {one.name}", verb="accept", fields=(), effects=lambda _: effects, send=send)
    return Form(tui, plan)
