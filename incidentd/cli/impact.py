"""The commands of `incidentctl incident` about its impact: who says what is affected, how much, and who doubts it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from incidentd.cli.parts import INCIDENT, INSTANT, change_options
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.impact import figure_text, read_figure
from incidentd.wire import facts as wire_facts

_CLAIM = click.IntRange(1)
_evidence = click.option("--evidence", default=None, help="A link or a sentence.")


class _FigureText(click.ParamType[wire_facts.ImpactFigure]):
    """How much: 20-30%, 500+ users, "up to 2k EUR", unknown."""

    name = "figure"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> wire_facts.ImpactFigure:
        try:
            return read_figure(str(value))
        except ValueError as fault:
            self.fail(f"{safe_line(str(value))!r} {fault}", param, ctx)


def _told(session: Session, body: bytes, incident_id: int) -> None:
    claim = session.decode(body, wire_facts.ImpactClaim)
    said = f"{claim.affected}, {figure_text(claim.figure)}"
    session.done(body, f"INC-{incident_id} claim {claim.id} {claim.state}: {said}")


def _send(session: Session, incident_id: int, path: str, body: object) -> None:
    _told(session, session.change("POST", f"/v1/incidents/{incident_id}/impact{path}", body), incident_id)


@click.command("claim")
@click.argument("incident_id", type=INCIDENT)
@click.argument("affected", required=False)
@click.option(
    "-n", "--figure", type=_FigureText(), help='How much: 20-30%, "500+ users", "up to 2k EUR" (default: unknown).'
)
@click.option("--since", "starts_at", type=INSTANT, help="Since when (default: since the incident began).")
@click.option("--until", "ends_at", type=INSTANT, help="Until when (default: it goes on).")
@click.option("--ongoing", is_flag=True, help="With --replaces: it goes on after all.")
@click.option("--source", default=None, help="Who or what says so (default: you).")
@_evidence
@click.option("--suspected/--confirmed", default=None, help="A guess, or more than that (default).")
@click.option("--replaces", type=_CLAIM, metavar="CLAIM", help="The claim that it corrects; what you leave out stays.")
@change_options
@click.pass_obj
def claim(
    session: Session,
    /,
    incident_id: int,
    starts_at: datetime | None,
    ends_at: datetime | None,
    ongoing: bool,
    **given: Any,
) -> None:
    """Say what is AFFECTED, beside what others say or in place of one claim."""
    if given["affected"] is None and given["replaces"] is None:
        raise click.UsageError("say what is affected, or which claim this one --replaces")
    body = wire_facts.ClaimImpact(starts_at=starts_at, ends_at=ends_at, ongoing=ongoing, **given)
    _send(session, incident_id, "", body)


def _judgement(name: str, verdict: Any, summary: str, *, reasoned: bool) -> click.Command:
    @click.argument("incident_id", type=INCIDENT)
    @click.argument("claim_id", type=_CLAIM, metavar="CLAIM")
    @click.option("-r", "--why", required=reasoned, help="Why, in a few words.")
    @_evidence
    @change_options
    @click.pass_obj
    def command(session: Session, incident_id: int, claim_id: int, why: str | None, evidence: str | None) -> None:
        body = wire_facts.JudgeClaim(verdict=verdict, why=why or "", evidence=evidence or "")
        _send(session, incident_id, f"/{claim_id}", body)

    return click.command(name, help=summary)(command)


dispute = _judgement("dispute", "disputed", "Doubt a CLAIM about the impact; it stays, and is shown so.", reasoned=True)
uphold = _judgement("uphold", "upheld", "Settle the dispute about a CLAIM: it is right.", reasoned=False)
withdraw = _judgement("withdraw", "withdrawn", "Take a CLAIM about the impact back.", reasoned=False)

IMPACT: tuple[click.Command, ...] = (claim, dispute, uphold, withdraw)
