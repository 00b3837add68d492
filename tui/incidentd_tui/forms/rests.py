"""Dialogs about rest after a heavy shift: taking any of what is offered, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.wire.requests import AnswerRequest
from incidentd.wire.rest import AnswerRest, Rest
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.duty import guarded
from incidentd_tui.inert import Shown
from incidentd_tui.rows import rests

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def take(tui: IncidentdApp, one: Rest) -> Form:
    """One of what is offered; more of it later. What asks others for something is withdrawn by undo."""
    offers = rests.offers(tui.model, one)
    fields = (Field(name="what", label="Take", options=tuple(offers), value=offers[0][0]),)
    others = f"everybody else of {one.schedule} is asked; the pager stays yours until somebody accepts; u withdraws it"
    does = {
        "late": "your team sees it; nobody is asked, and it cannot be taken back",
        "relief": others,
        "skip_next": others,
    }

    def will(values: Values) -> list[str]:
        return [rests.reason(tui.model, one), does[values["what"]]]

    async def send(values: Values) -> None:
        what = values["what"]
        body = AnswerRest(late=what == "late", relief=what == "relief", skip_next=what == "skip_next")
        made = await tui.acts.client.answer_rest(one.id, body)
        name = {"relief": made.relief, "skip_next": made.skip}.get(what, "")
        number = name.partition("-")[2]
        if not number.isdecimal():
            tui.say(f"✓ {dict(offers)[what]}", "done")
            return

        async def back() -> object:
            call = tui.acts.client.answer_request(int(number), AnswerRequest(to="cancelled"))
            return await tui.acts.attempt("", call)

        tui.acts.can_undo(Shown(f"{name} asks the others"), back)

    plan = Plan(
        title="Rest after a heavy shift", verb="take", fields=fields, effects=will,
        send=lambda values: guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)


def decline(tui: IncidentdApp, one: Rest) -> Form:
    """Nothing of it is needed."""
    effects = (
        rests.reason(tui.model, one),
        "nothing changes; for this shift no rest is offered again, and it cannot be taken back",
    )

    async def send(_: Values) -> None:
        await tui.acts.client.answer_rest(one.id, AnswerRest(decline=True))
        tui.say("✓ you need no rest", "done")

    plan = Plan(
        title="Decline the rest that is offered", verb="decline", fields=(), effects=lambda _: effects,
        send=lambda values: guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)
