"""`incidentctl policy`: what escalation policies say, and whom they would call."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

import click

from incidentd.cli.parts import AHEAD, read_options
from incidentd.cli.screen import Painted, fields, hang, listed, paint, section, span, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import policies as wire_policies

_at = click.option("--at", type=AHEAD, help="As of when: 14:05 (the next one) or 2026-03-01T14:05 (default: now).")


@click.group()
def policy() -> None:
    """Escalation policies, and whom they would call."""


@policy.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """List the escalation policies."""
    found = session.read(session.get("/v1/policies"), wire_policies.Policies)
    if found is None:
        return
    rows = [
        (one.name, len(one.steps), one.repeat + 1, _span(one.lasts), _now(one.steps[0].targets), listed(one.services))
        for one in found.policies
    ]
    head = ("POLICY", "STEPS", "ROUNDS", "LASTS", "FIRST NOW", "SERVICES")
    table(head, rows, empty="There is no policy: what fires goes to everybody.")


def _now(targets: tuple[wire_policies.PolicyTarget, ...]) -> object:
    people = listed(dict.fromkeys(handle for target in targets for handle in target.now))
    return people or Painted("nobody", "bad")


@policy.command()
@click.argument("name")
@_at
@read_options
@click.pass_obj
def show(session: Session, name: str, at: datetime | None) -> None:
    """Show what a policy says, and whom its steps stand for."""
    found = session.read(session.get(_path(name), at=_given(at)), wire_policies.Policy)
    if found is None:
        return
    print(f"{safe_line(found.name)}, as of {session.when(found.at)}")
    fields([
        ("rounds", found.repeat + 1), ("lasts", _span(found.lasts)), ("services", listed(found.services)),
        ("routes", listed(found.routes)), ("named by", listed(found.chosen_by, "policy ")),
        ("sends on", listed(f"{one.by} {one.value} to {one.policy}" for one in found.choices)),
        ("acks hold", _span(found.ack_timeout) if found.ack_timeout else ""),
    ])  # fmt: skip
    for step in found.steps:
        what = "an acknowledgement" if step.acks == 1 else f"acknowledgements of {step.acks} people"
        section(f"Step {step.number}, then {_span(step.delay)} for {what}")
        for target in step.targets:
            who = f"{listed(target.now) or 'nobody'} ({target.why})"
            hang(f"  {safe_line(f'{target.kind} {target.name}')}: ", who, tone="" if target.now else "bad")


@policy.command()
@click.argument("name")
@click.option("--severity", default="", help="Of the alert, as its label says.")
@click.option("--urgency", type=click.Choice(["high", "low"]), default="high", show_default=True)
@_at
@read_options
@click.pass_obj
def test(session: Session, name: str, severity: str, urgency: str, at: datetime | None) -> None:
    """Show who would be called, when and by what, if a page began now and nobody acknowledged. Nothing is sent."""
    query = {"severity": severity, "urgency": urgency, "at": _given(at)}
    found = session.read(session.get(f"{_path(name)}/test", **query), wire_policies.PolicyTest)
    if found is None:
        return
    print(safe_line(f"{found.policy}, {found.urgency} urgency, from {session.when(found.at)}"))
    if found.why:
        hang("  ", found.why)
    for step in found.steps:
        _step(session, found, step)
    _end(session, found)


def _step(session: Session, found: wire_policies.PolicyTest, step: wire_policies.PlannedStep) -> None:
    section(f"{session.brief(step.at)}  +{_since(found, step.at)}  step {step.step} of {step.of}, round {step.round}")
    if step.acks > 1:
        hang("  ", f"stops when {step.acks} different people have acknowledged")
    if step.waits:
        hang("  ", f"held since {session.brief(step.since)}: {step.waits}", tone="warn")
    for call in step.calls:
        _call(call)
    for gap in step.gaps:
        hang(f"  {paint('!', 'warn')} ", gap, lead_width=4)
    if not step.calls:
        hang("  ", "reaches nobody: the next step follows at once", tone="bad")


def _call(call: wire_policies.PlannedCall) -> None:
    copy = "" if call.counts else " (a copy)"
    held = f"; held for {call.held}" if call.held else ""
    hang(f"  +{_span(call.after)}  ", f"{call.person} by {call.notifier}{copy}: {call.why}{held}")


def _end(session: Session, found: wire_policies.PolicyTest) -> None:
    if found.ends_at is None:
        print(f"\n{found.left_out} more steps follow.")
        return
    section(f"{session.brief(found.ends_at)}  +{_since(found, found.ends_at)}  no step is left")
    for call in found.last_resort:
        _call(call)
    if not found.last_resort:
        told = f"{found.last_resort_why or 'nobody acknowledged'}: no last resort is told"
        hang("  ", told, tone="bad" if found.last_resort_why else "")


def _since(found: wire_policies.PolicyTest, at: datetime) -> str:
    return _span((at - found.at).total_seconds())


def _span(seconds: float) -> str:
    return span(timedelta(seconds=seconds)) if seconds else "0s"


def _path(name: str) -> str:
    return f"/v1/policies/{quote(name, safe='')}"


def _given(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
