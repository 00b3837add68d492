"""Writing an experiment down before anything is tried, and answering its question at the end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, cast

from incidentd.client import ClientError
from incidentd.wire import experiments as wire_experiments
from incidentd.wire.figures import Figure
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import experiments as rows

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_DAYS = 60
_NONE = ("", "none")
_VERDICTS = (("cannot_tell", "cannot tell"), ("keep", "keep"), ("adapt", "adapt"), ("drop", "drop"))


async def start(
    tui: IncidentdApp, retro_id: int | None = None, adapts: wire_experiments.Experiment | None = None
) -> None:
    """Open the form, with the figures that there are to choose from."""
    try:
        found = await tui.acts.gateway.ask(tui.acts.client.figures())
    except ClientError as error:
        tui.say(tui.acts.reason("", error), "warning")
        return
    form = start_form(tui, found.figures, retro_id, adapts)
    if adapts is not None:
        form.fill_in(_as_before(adapts))
    tui.push_screen(form)


def _as_before(one: wire_experiments.Experiment) -> Values:
    """What the one that it goes on from said: all of it may be said otherwise."""
    told = {"title": one.title, "hypothesis": one.hypothesis, "figure": one.figure, "expects": one.expects,
            "counter": one.counter_figure, "team": one.scope.team, "stop": one.stop_rule}  # fmt: skip
    return {name: str(value) for name, value in told.items()}


def start_form(
    tui: IncidentdApp,
    figures: tuple[Figure, ...],
    retro_id: int | None = None,
    adapts: wire_experiments.Experiment | None = None,
) -> Form:
    """Everything that makes it one: what is tried, the figure, the counter-figure, the end and the stop rule."""
    key = f"experiment/{f'PR-{retro_id}' if retro_id is not None else f'X-{adapts.id}' if adapts else 'new'}"
    names = tuple((str(one.name), str(one.title)) for one in figures)
    until = (tui.model.now() + timedelta(days=_DAYS)).date().isoformat()

    async def send(values: Values) -> str:
        try:
            ends_on = date.fromisoformat(values["ends_on"])
        except ValueError:
            return "Until: write a day such as 2026-06-30"
        body = wire_experiments.StartExperiment(
            title=values["title"],
            hypothesis=values["hypothesis"],
            figure=values["figure"],
            expects=cast("Literal['up', 'down']", values["expects"]),
            counter_figure=values["counter"],
            ends_on=ends_on,
            stop_rule=values["stop"],
            team=values["team"],
            owner_team=values["team"],
            retro_id=retro_id if adapts is None else adapts.retro_id,
            adapts=None if adapts is None else adapts.id,
            service=str(adapts.scope.service) if adapts is not None else "",
            severity=adapts.scope.severity if adapts is not None else None,
        )
        return await tui.acts.refusal("", tui.acts.client.start_experiment(body))

    fields = (
        Field(name="title", label="What is tried"),
        Field(name="hypothesis", label="What you expect, and why", multiline=True, draft=f"{key}/hypothesis"),
        Field(name="figure", label="The figure that is looked at", options=names, value=names[0][0] if names else ""),
        Field(name="expects", label="It goes", options=(("up", "up"), ("down", "down")), value="up"),
        Field(name="counter", label="What must not get worse", options=(_NONE, *names)),
        Field(name="team", label="Team", optional=True, hint="empty for all"),
        Field(name="ends_on", label="Until", value=until),
        Field(name="stop", label="When you stop before", hint="two pages in a night that nobody answers"),
    )
    title = f"An experiment that goes on from X-{adapts.id}" if adapts is not None else "An experiment"
    plan = Plan(title=title, verb="begin", fields=fields, effects=_begins, send=send)
    return Form(tui, plan)


def _begins(values: Values) -> list[str]:
    return [
        f"begins today; on {values['ends_on']} it asks: keep, adapt, drop, or cannot tell",
        "the figure, the end and the stop rule stand from then on",
    ]


def decide_form(
    tui: IncidentdApp,
    one: wire_experiments.Experiment,
    found: wire_experiments.ExperimentEvidence | None,
    verdict: wire_experiments.Verdict | None = None,
) -> Form:
    """The question, with what the figures say above the answer. What is adapted is written down anew at once."""
    said = [str(compared.sentence) for compared in (found.figure, found.counter) if compared] if found else []

    async def send(values: Values) -> str:
        chosen = cast("wire_experiments.Verdict", values["verdict"])
        reason = await _end(tui, one, chosen, values["why"])
        if not reason and chosen == "adapt":
            tui.call_later(start, tui, None, one)
        return reason

    fields = (
        Field(
            name="verdict",
            label="What becomes of it",
            options=_VERDICTS,
            value=verdict or ("drop" if one.state == "planned" else "cannot_tell"),
        ),
        Field(name="why", label="Why", multiline=True, draft=f"experiment/X-{one.id}/why"),
    )
    kept = "what the figures say now is kept with the answer"
    anew = "then the experiment that goes on from it is written: a form"

    def effects(values: Values) -> list[str]:
        return [*said, kept, *([anew] if values["verdict"] == "adapt" else [])]

    plan = Plan(title=f"X-{one.id} {one.title}", verb="decide", fields=fields, effects=effects, send=send)
    return Form(tui, plan)


def stop_form(tui: IncidentdApp, one: wire_experiments.Experiment) -> Form:
    """End it early; what becomes of it is asked at once."""

    async def send(values: Values) -> str:
        return await _end(tui, one, "stop", values["why"])

    field = Field(name="why", label="Why", multiline=True, hint=str(one.stop_rule))
    effects = [f"its stop rule: {one.stop_rule}", f"where it is tried: {rows.scope(one)}"]
    plan = Plan(title=f"Stop X-{one.id}", verb="stop", fields=(field,), effects=lambda _: effects, send=send)
    return Form(tui, plan)


async def _end(
    tui: IncidentdApp, one: wire_experiments.Experiment, verdict: wire_experiments.Verdict | Literal["stop"], why: str
) -> str:
    body = wire_experiments.EndExperiment(verdict=verdict, why=why)
    return await tui.acts.refusal(
        f"experiment:{one.id}", tui.acts.client.end_experiment(one.id, body, if_version=one.version)
    )
