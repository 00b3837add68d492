"""Escalation policies: one a row, one in full, and whom it would call when if something fired."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from incidentd.wire import policies as wire_policies
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model


def _span(seconds: float) -> str:
    """5 min, 30 s, at once."""
    if seconds <= 0:
        return "at once"
    return f"{seconds:.0f} s" if seconds < 60 else phrases.span(timedelta(seconds=seconds))


def after(since: datetime, at: datetime) -> str:
    """+0:05:00 after something began."""
    return f"+{phrases.clock(at - since)}"


# ---------------------------------------------------------------------- the list
def header(width: int) -> paint.Line:
    return [(f" {paint.fit('POLICY', 20)}{'STEPS':>5}{'ROUNDS':>8}{'LASTS':>10}  FIRST NOW", theme.faint)]


def row(model: Model, one: wire_policies.Policy, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    people = dict.fromkeys(handle for target in one.steps[0].targets for handle in target.now) if one.steps else {}
    who = ", ".join(people) or "▲ nobody"
    return [
        (paint.fit(one.name, 19) + " ", theme.bold),
        (f"{len(one.steps):>5}{one.repeat + 1:>8}{_span(one.lasts):>10}  ", theme.muted),
        (paint.fit(who, 16) + " ", theme.plain if people else theme.warning),
        (", ".join(one.services), theme.faint),
    ]


def lines(one: wire_policies.Policy, width: int) -> list[paint.Line]:
    """One policy in full: its steps, whom they stand for now, and what leads to it."""
    rounds = "one round" if not one.repeat else f"{one.repeat + 1} rounds"
    found: list[paint.Line] = [[], [(one.name, theme.bold), (f"  {rounds}, {_span(one.lasts)}", theme.muted)]]
    for step in one.steps:
        acks = f", {step.acks} people acknowledge" if step.acks > 1 else ""
        found += [[], [(f"STEP {step.number}", theme.heading), (f"  then {_span(step.delay)}{acks}", theme.faint)]]
        for target in step.targets:
            found += _target(target, width)
    told = [(f"{one_.by} {one_.value}", f"goes by {one_.policy}") for one_ in one.choices]
    told += [("acknowledged", f"for {_span(one.ack_timeout)}, then it goes on")] if one.ack_timeout else []
    lists = (("services", one.services), ("routes", one.routes), ("chosen by", one.chosen_by))
    told += [(name, ", ".join(names)) for name, names in lists if names]
    found.append([])
    for name, what in told:
        found += [[(text, theme.muted)] for text in paint.wrap(f"{name}: {what}", width, 3)]
    return found


def _target(target: wire_policies.PolicyTarget, width: int) -> list[paint.Line]:
    who = ", ".join(target.now)
    style = theme.plain if who else theme.warning
    head: paint.Line = [(f"{target.kind} {target.name}  ", theme.muted), (who or "▲ nobody", style)]
    return [head, *([("  " + text, theme.faint)] for text in paint.wrap(target.why, width - 2, 3) if text)]


# ---------------------------------------------------------------------- the dry run
class Told(NamedTuple):
    """A row of the dry run: what the cursor can stand on, and what it says."""

    key: tuple[str, int]
    lines: list[paint.Line]


def dry_run(model: Model, test: wire_policies.PolicyTest, width: int) -> list[Told]:
    """Everybody who would be called, step by step, until somebody acknowledges or nobody is left."""
    rows: list[Told] = []
    if test.why:
        rows.append(Told(("head", 0), [[(text, theme.warning)] for text in paint.wrap(test.why, width)]))
    for number, step in enumerate(test.steps):
        rows.append(Told(("step", number), [_step_head(model, test, step)]))
        body = [*_waits(model, step, width), *(line for call in step.calls for line in _call(call, step.at, width))]
        body += [_marked("▲ ", text, at) for gap in step.gaps for at, text in enumerate(paint.wrap(gap, width - 12))]
        if not step.calls:
            body.append([(" " * 10 + "▲ reaches nobody: the next step follows at once", theme.warning)])
        rows.append(Told(("calls", number), body))
    rows.append(Told(("end", 0), _end(model, test, width)))
    return rows


def _step_head(model: Model, test: wire_policies.PolicyTest, step: wire_policies.PlannedStep) -> paint.Line:
    when = phrases.day_hour(step.at, model.now(), model.zone)
    waits = f"  waits {_span((step.until - step.at).total_seconds())} for an acknowledgement"
    acks = f", {step.acks} people" if step.acks > 1 else ""
    return [
        (paint.fit(after(test.at, step.at), 10), theme.primary),
        (f"{when}  ", theme.bold),
        (f"step {step.step} of {step.of}, round {step.round}", theme.bold),
        (f"{waits}{acks}" if step.until > step.at else "", theme.faint),
    ]


def _waits(model: Model, step: wire_policies.PlannedStep, width: int) -> list[paint.Line]:
    if not step.waits:
        return []
    since = phrases.day_hour(step.since, model.now(), model.zone)
    return [
        _marked("◌ ", text, at) for at, text in enumerate(paint.wrap(f"held since {since}: {step.waits}", width - 12))
    ]


def _marked(mark: str, text: str, at: int) -> paint.Line:
    return [(" " * 10, theme.plain), (mark if not at else "  ", theme.warning), (text, theme.plain)]


def _call(call: wire_policies.PlannedCall, since: datetime, width: int) -> list[paint.Line]:
    """One message: how long after the step, to whom and by what, and why."""
    copy = "  a copy" if not call.counts else ""
    held = f"  ◌ held for {call.held}" if call.held else ""
    wait = f"  +{_span((call.at - since).total_seconds())}" if call.at > since else ""
    head: paint.Line = [
        (paint.fit(wait, 10), theme.faint),
        (f"☎ {call.person}" if call.counts else f"· {call.person}", theme.bold if call.counts else theme.muted),
        (f" by {call.notifier}{copy}{held}  ", theme.muted),
    ]
    room = width - paint.width_of(head)
    if paint.width_of([(call.why, theme.faint)]) <= room:
        return [[*head, (call.why, theme.faint)]]
    return [head, *([(" " * 12 + text, theme.faint)] for text in paint.wrap(call.why, width - 12, 3))]


def _end(model: Model, test: wire_policies.PolicyTest, width: int) -> list[paint.Line]:
    if test.ends_at is None:
        return [[(f"{phrases.count(test.left_out, 'more step')} follow", theme.muted)]]
    when = phrases.day_hour(test.ends_at, model.now(), model.zone)
    head: paint.Line = [
        (paint.fit(after(test.at, test.ends_at), 10), theme.primary),
        (f"{when}  no step is left", theme.bold),
    ]
    if test.last_resort:
        calls = [line for call in test.last_resort for line in _call(call, test.ends_at, width)]
        return [head, [(" " * 10 + "the last resort is told", theme.muted)], *calls]
    told = f"no last resort is told: {test.last_resort_why or 'none is set'}"
    return [head, *(_marked("▲ ", text, at) for at, text in enumerate(paint.wrap(told, width - 12)))]
