"""The dialogs about the impact of an incident: a claim, and what somebody says of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from incidentd import wire
from incidentd.client import ClientError
from incidentd.domain.impact import figure_text, read_figure
from incidentd.wire import facts as wire_facts
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.forms.times import AGO, was_at

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_SURE = (("", "confirmed"), ("suspected", "suspected"))
_OF_CLAIM = (("disputed", "disputed"), ("upheld", "it is right"), ("withdrawn", "withdrawn"))
_MEANING = {
    "disputed": "it stays, and is shown as disputed with your reason",
    "upheld": "it is no longer disputed",
    "withdrawn": "it leaves the panel and stays on the timeline",
}


def claim(tui: IncidentdApp, incident: wire.Incident, former: wire_facts.ImpactClaim | None = None) -> Form:
    """A claim beside others; with `former` the one that corrects it."""
    started = phrases.day_hour(incident.started_at, tui.model.now(), tui.model.zone)
    figure = "" if former is None else figure_text(former.figure)
    fields = (
        Field(name="affected", label="What is affected", value="" if former is None else former.affected),
        Field(name="figure", label="How much", value=figure, optional=True, hint="20-30%, 500+ users, up to 2k EUR"),
        Field(name="since", label="Since", optional=True, hint=f"{_before(former) or started}; or {AGO}"),
        Field(name="until", label="Until", optional=True, hint=f"{_before(former) or 'it goes on'}; or {AGO}"),
        Field(name="source", label="Who or what says so", optional=True, hint=_before(former) or "you"),
        Field(name="evidence", label="Evidence", optional=True, hint=_before(former) or "a link, a graph"),
        Field(
            name="sure",
            label="How sure",
            options=_SURE,
            value="suspected" if former and former.suspected else "",
            hint="a suspected one confirms no impact",
        ),
    )

    def effects(values: Values) -> list[str]:
        lines = [f"it takes the place of claim {former.id}"] if former else ["it stands beside other claims"]
        try:
            read_figure(values["figure"])
        except ValueError as fault:
            lines.append(f"How much: {fault}")
        return lines

    async def send(values: Values) -> str:
        try:
            body = _claimed(tui, values, former)
        except ValueError as fault:
            return str(fault)
        try:
            made = await tui.acts.client.claim_impact(incident.id, body)
        except ClientError as error:
            return tui.acts.reason(f"incident:{incident.id}", error)
        tui.acts.can_undo(
            f"claim {made.id} is on the timeline",
            lambda: tui.acts.attempt(f"incident:{incident.id}", _taken_back(tui, incident.id, made.id)),
        )
        return ""

    verb, title = ("correct", f"Correct claim {former.id}") if former else ("claim", f"Impact of INC-{incident.id}")
    return Form(tui, Plan(title=title, verb=verb, fields=fields, effects=effects, send=send))


def _before(former: wire_facts.ImpactClaim | None) -> str:
    return "as before" if former else ""


async def _taken_back(tui: IncidentdApp, incident_id: int, claim_id: int) -> wire_facts.ImpactClaim:
    body = wire_facts.JudgeClaim(verdict="withdrawn", why="claimed by mistake, taken back at once")
    return await tui.acts.client.judge_claim(incident_id, claim_id, body)


def _claimed(tui: IncidentdApp, values: Values, former: wire_facts.ImpactClaim | None) -> wire_facts.ClaimImpact:
    """What was typed; what was left as it is shown is left out. Raises `ValueError` naming the field."""
    try:
        figure = read_figure(values["figure"])
    except ValueError as fault:
        raise ValueError(f"How much: {fault}") from None
    same = former is not None and values["affected"] == former.affected
    kept = former is not None and values["figure"] == figure_text(former.figure)
    return wire_facts.ClaimImpact(
        affected=None if same else values["affected"][:250],
        figure=None if kept else figure,
        starts_at=was_at(tui, "Since", values["since"]),
        ends_at=was_at(tui, "Until", values["until"]),
        source=values["source"][:250] or None,
        evidence=values["evidence"] or None,
        suspected=bool(values["sure"]),
        replaces=former.id if former else None,
    )


def outcome(tui: IncidentdApp, incident: wire.Incident, claim: wire_facts.ImpactClaim) -> Form:
    """What somebody says of a claim."""
    options = tuple(one for one in _OF_CLAIM if one[0] != ("upheld" if claim.state != "disputed" else ""))
    fields = (
        Field(name="verdict", label=claim.affected[:60], options=options),
        Field(name="why", label="Why", optional=True, hint="a dispute needs it"),
        Field(name="evidence", label="Evidence", optional=True),
    )

    async def send(values: Values) -> str:
        if values["verdict"] == "disputed" and not values["why"]:
            return "Why: a dispute says why"
        body = msgspec.convert(values, wire_facts.JudgeClaim)
        call = tui.acts.client.judge_claim(incident.id, claim.id, body)
        return await tui.acts.refusal(f"incident:{incident.id}", call)

    plan = Plan(
        title=f"Claim {claim.id}",
        verb="say",
        fields=fields,
        effects=lambda values: [_MEANING.get(values["verdict"], "")],
        send=send,
    )
    return Form(tui, plan)
