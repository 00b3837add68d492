"""Beginning a review: who drives it, and whether one is alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.client import ApiError, ClientError
from incidentd.wire import reviews as wire_reviews
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def start(tui: IncidentdApp, incident_id: int, title: str) -> Form:
    """Answers True when there is a review: begun here, or by somebody else at the same time."""
    name = str(tui.model.info.review_name) if tui.model.info is not None else "review"
    me = str(tui.model.me)
    others = sorted(str(one) for one in tui.model.people if str(one) != me)
    drivers = (("", f"{me} (you)" if me else "you"), *((one, one) for one in others))
    fields = (
        Field(name="solo", label="Who takes part", options=(("", "several people"), ("yes", "one, or very few"))),
        Field(name="facilitator", label="Who drives it", options=drivers),
    )

    def effects(values: Values) -> list[str]:
        driver = values["facilitator"] or "you"
        lines = [f"{driver} {'drives' if driver != 'you' else 'drive'} it, and whoever opens it may join"]
        if values["solo"]:
            lines.append("nobody is waited for: the factors are shown when yours are in")
        else:
            lines.append("best is somebody who was not involved and is nobody's superior")
        return [*lines, "about an hour; it can be paused, also for days"]

    async def send(values: Values) -> str:
        body = wire_reviews.StartReview(solo=bool(values["solo"]), facilitator=values["facilitator"])
        try:
            await tui.acts.gateway.ask(tui.acts.client.start_review(incident_id, body))
        except ClientError as error:
            if not (isinstance(error, ApiError) and error.status == 409):
                return tui.acts.reason(f"incident:{incident_id}", error)
            tui.say("somebody began it at the same time: here it is", "quiet")
        return ""

    return Form(
        tui,
        Plan(title=f"{name} of INC-{incident_id}: {title}", verb="begin", fields=fields, effects=effects, send=send),
    )


def begin(tui: IncidentdApp, incident_id: int, title: str) -> None:
    """Ask, and go there once there is a review."""

    def done(sent: bool | None) -> None:
        if sent:
            tui.call_later(tui.open_review, incident_id)

    tui.push_screen(start(tui, incident_id, title), done)
