"""What a doctor found, for people and for programs: what is wrong first, each with what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click
import msgspec

from incidentd.cli.jsontext import indented
from incidentd.cli.screen import hang, paint
from incidentd.domain.checkup import Finding, State, worst
from incidentd.domain.display import safe_line

_TONES = {State.PROBLEM: "bad", State.WARNING: "warn", State.OK: "good", State.SKIPPED: "dim"}
_LEAD = 9


def show(findings: Sequence[Finding], *, everything: bool, as_json: bool) -> int:
    """Print them; the exit code, 1 when there is a problem."""
    state = worst(findings)
    if as_json:
        print(indented({"state": state.value, "findings": [msgspec.to_builtins(one) for one in findings]}))
    else:
        _print(findings, everything=everything)
    return 1 if state is State.PROBLEM else 0


def _print(findings: Sequence[Finding], *, everything: bool) -> None:
    shown = (State.PROBLEM, State.WARNING, *((State.OK, State.SKIPPED) if everything else ()))
    for state in shown:
        for one in findings:
            if one.state is state:
                _one(one)
    counted = Counter(one.state for one in findings)
    said = [f"{counted[state]} {state.value}" for state in State if counted[state]]
    hint = "" if everything or not (counted[State.OK] or counted[State.SKIPPED]) else "; --all shows them"
    click.echo(f"{', '.join(reversed(said))}{hint}")


def _one(one: Finding) -> None:
    lead = paint(f"{one.state.value:<{_LEAD}}", _TONES[one.state])
    hang(lead, safe_line(f"{one.check}: {one.text}"), lead_width=_LEAD)
    if one.means:
        hang(" " * _LEAD, safe_line(one.means), lead_width=_LEAD, tone="dim")
    if one.remedy:
        hang(" " * _LEAD, safe_line(f"→ {one.remedy}"), lead_width=_LEAD)
