"""What got in the way, written down where it happened: one key, from any screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.wire.experiments import KeepIdea, ProcessIdea
from incidentd_tui.forms.base import Field, Form, Plan, Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_DRAFT = "process/idea"
_TAKEN_BACK = "taken back at once by who wrote it"


def idea_form(tui: IncidentdApp, about: str) -> Form:
    """`about` is where the key was pressed: incident:3, screen:inbox."""

    async def send(values: Values) -> str:
        body = KeepIdea(text=values["text"], about=about, anonymous=values["name"] == "without")
        acts = tui.acts
        kept: list[ProcessIdea] = []

        async def keep() -> None:
            kept.append(await acts.client.keep_process_idea(body))

        if reason := await acts.refusal("", keep()):
            return reason
        _told(tui, kept[0].id, anonymous=body.anonymous)
        return ""

    fields = (
        Field(name="text", label="What got in our way, or how it could go better", multiline=True, draft=_DRAFT,
              hint="a sentence will do: the retro asks again"),
        Field(name="name", label="Say who wrote it", value="with", options=(("with", "with my name"),
              ("without", "without a name"))),
    )  # fmt: skip
    plan = Plan(title="This got in our way", verb="keep", fields=fields, effects=lambda one: _effects(one, about),
                send=send)  # fmt: skip
    return Form(tui, plan)


def _told(tui: IncidentdApp, number: int, *, anonymous: bool) -> None:
    """Without a name there is no way back: to take it back seconds later would say who wrote it."""
    acts, told = tui.acts, f"PI-{number} is kept for the process retro"
    if anonymous:
        acts.say(told, "done")
    else:
        acts.can_undo(told, lambda: acts.attempt("", acts.client.drop_process_idea(number, _TAKEN_BACK)))


def _effects(values: Values, about: str) -> list[str]:
    kind, _, name = about.partition(":")
    place = f"INC-{name}" if kind == "incident" else f"the screen {name}"
    anonymous = values["name"] == "without"
    return [
        f"kept until the next process retro, with where you are: {place}",
        "no author is stored anywhere" if anonymous else "your name stands beside it",
        "it pages nobody and tells nobody"
        + ("; it cannot be taken back, which would tell who wrote it" if anonymous else "; u takes it back"),
    ]
