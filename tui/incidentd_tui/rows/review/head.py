"""The head of a review: what it is about, where it stands, how much time is left, who is here, the guide."""

from __future__ import annotations

from datetime import timedelta

from incidentd.domain.review_steps import Step
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.review.seen import Seen, StepView, place

_REVEALED = (
    "Everybody's factors, by category and without names. What says the same becomes one; what is known from elsewhere "
    "has a theme; what shows it stands below."
)
"""What there is to do once the factors are shown."""
_STATES = {"running": "HELD", "paused": "PAUSED", "written": "BEING WRITTEN", "published": "PUBLISHED"}


def title(seen: Seen) -> tuple[paint.Line, paint.Line]:
    """Severity, number and title; at the right the state and the timer."""
    review = seen.view.review
    left: paint.Line = [
        (f" {review.severity.value} ", theme.ranked(review.severity.rank)),
        (f"  INC-{review.incident_id}  ", theme.muted),
        (review.title, theme.bold),
        (f"   {review.review_name}", theme.muted),
    ]
    state = _STATES.get(review.state, review.state.upper())
    chip = theme.chip if review.state == "paused" else theme.tab_here
    return left, [(f" {state} ", chip), *timer(seen)]


def timer(seen: Seen) -> paint.Line:
    """What is left of the step; a step that is over says so in a word, and nothing stops for it."""
    review = seen.view.review
    if review.state == "paused":
        kept = f"  {phrases.clock(timedelta(seconds=review.left))} kept " if review.left else "  "
        return [(kept, theme.muted)]
    if not seen.held:
        return [(" ", theme.plain)]
    if review.step_ends_at is None:
        return [("  no timer ", theme.muted)]
    left = review.step_ends_at - seen.model.now()
    if left < timedelta():
        return [(f"  !{phrases.clock(-left)} over ", theme.warning)]
    return [(f"  {phrases.clock(left)}", theme.bold), (" left ", theme.muted)]


def stepper(seen: Seen, steps: tuple[StepView, ...], width: int) -> paint.Line:
    """Done, here, ahead. Where there is no room, only the step that is looked at has its name."""
    here = place(seen.view.review.step) if seen.held else len(steps)
    line = _stepper(seen, steps, here, " ── ", named=True)
    if paint.width_of(line) <= width:
        return line
    line = _stepper(seen, steps, here, " ── ", named=False)
    return line if paint.width_of(line) <= width else _stepper(seen, steps, here, " ", named=False)


def _stepper(seen: Seen, steps: tuple[StepView, ...], here: int, joint: str, *, named: bool) -> paint.Line:
    spans: paint.Line = [(" ", theme.plain)]
    for number, step in enumerate(steps):
        looked_at = step.name == seen.step
        mark, style = ("✓", theme.success) if number < here else ("●", theme.warning)
        mark, style = (mark, style) if number <= here else ("○", theme.faint)
        name = f" {step.short}" if named or looked_at or number == here else ""
        if number:
            spans.append((joint, theme.line))
        spans.append((f"{mark}{name}", theme.tab_here if looked_at and number != here else style))
    return spans


def people(seen: Seen, width: int) -> tuple[paint.Line, paint.Line]:
    """Who drives, who is here and which of them are done; at the right how many are, unless one is alone."""
    review = seen.view.review
    line: paint.Line = [(" ", theme.plain)]
    drives = str(review.facilitator) if seen.held else ""
    if seen.held and not drives:
        line += [("nobody drives", theme.warning), ("   ", theme.plain)]
    away = {str(one.person) for one in seen.here if one.state == "away"}
    writing = {str(one.person) for one in seen.here if one.state == "writing"} - {str(seen.model.me)}
    names = [drives] if drives and drives not in {str(one.person) for one in seen.present} else []
    for name in names:
        line += [(name, theme.plain), (f" drives{_involved(seen)}   ", theme.muted)]
    for one in sorted(seen.present, key=lambda each: each.person != drives):
        mark, style = ("✓", theme.success) if _done(seen, one.done_step, one.factors_in) else ("·", theme.faint)
        name = f"{one.person} (you)" if one.person == seen.model.me else str(one.person)
        line += [(f"{mark} ", style), (name, theme.faint if str(one.person) in away else theme.plain)]
        line += [(f" drives{_involved(seen)}", theme.muted)] if one.person == drives else []
        line += [(" ✎", theme.primary)] if str(one.person) in writing else []
        line.append(("   ", theme.plain))
    return line, _counted(seen)


def _involved(seen: Seen) -> str:
    """An exception of small teams, which is shown and refused by nobody."""
    return " (was involved)" if seen.view.facilitator_was_involved else ""


def _counted(seen: Seen) -> paint.Line:
    if not seen.held or seen.alone:
        return [(" ", theme.plain)]
    done = sum(_done(seen, one.done_step, one.factors_in) for one in seen.present)
    all_done = bool(seen.present) and done == len(seen.present)
    return [(f"{done} of {len(seen.present)} done ", theme.success if all_done else theme.muted)]


def _done(seen: Seen, step: str, factors_in: bool) -> bool:
    """Whether somebody is done with what is under way: while factors are hidden, that theirs are in."""
    if seen.view.review.step == Step.FACTORS and not seen.revealed:
        return factors_in
    return step == seen.view.review.step


def guide(seen: Seen, width: int, *, short: bool) -> list[paint.Line]:
    """What the facilitator reads out, in at most two lines when `short`; ground rules and closing say it large."""
    if seen.step in (Step.GROUND_RULES, Step.CLOSING) or not seen.held:
        return []
    text = next((one.text for one in seen.view.steps if one.name == seen.step), "")
    if seen.step == Step.FACTORS and seen.revealed:
        text = _REVEALED
    lines = paint.wrap(text, width - 4, 4)
    if short and len(lines) > 2:
        lines = [lines[0], paint.crop(f"{lines[1]} {lines[2]}", width - 4)]
    return [[(" ▎ " if not number else "   ", theme.primary), (line, theme.muted)]
            for number, line in enumerate(lines)]  # fmt: skip
