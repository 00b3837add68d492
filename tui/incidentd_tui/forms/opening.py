"""Opening a review before people rested: asked with a reason by one, granted or declined by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from incidentd import wire
from incidentd.client import ClientError
from incidentd.wire.review_window import AnswerOpening, Opening, ReviewWindow
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_WORDS: dict[str, Literal["granted", "declined", "withdrawn"]] = {
    "granted": "granted", "declined": "declined", "withdrawn": "withdrawn",
}  # fmt: skip


def asked(window: ReviewWindow) -> Opening | None:
    """The wish that nobody has answered yet."""
    return next((one for one in window.openings if one.state == "asked"), None)


def form(tui: IncidentdApp, incident: wire.Incident, window: ReviewWindow, act: str) -> Form:
    """Ask for it, or answer what somebody asked: `act` is "ask", or the answer."""
    asking = act == "ask"
    why = Field(name="why", label="Why it cannot wait" if asking else "Why", optional=not asking)

    async def send(values: Values) -> str:
        client, text = tui.acts.client, str(values["why"])
        try:
            if asking:
                await client.ask_opening(incident.id, text)
            else:
                await client.answer_opening(incident.id, AnswerOpening(answer=_WORDS[act], why=text))
        except ClientError as error:
            return tui.acts.reason("", error)
        return ""

    title = f"{window.review_name}, before people rested" if act in ("ask", "granted") else "Let people rest first"
    return Form(
        tui,
        Plan(
            title=f"{title}: INC-{incident.id}", verb=_VERBS[act], fields=(why,), effects=lambda _: _told(window, act),
            send=send,
        ),
    )  # fmt: skip


_VERBS = {"ask": "ask", "granted": "open it", "declined": "decline", "withdrawn": "withdraw"}


def _told(window: ReviewWindow, act: str) -> list[str]:
    wish = asked(window)
    said = [f"{wish.asked_by} asked: {wish.reason}"] if wish is not None else []
    if act == "ask":
        return ["a second person has to grant it", "it stays beside it and in the timeline, with your reason"]
    if act == "granted":
        return [*said, "it may be held from now on, and that stays seen", *window.not_rested]
    return [*said, "the floor stays where it is"]
