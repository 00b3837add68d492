"""Everything about one alert or page, with the decision trace: the answer to "why was I (not) paged?"."""

from __future__ import annotations

from datetime import datetime

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import preview

_WORDS = {"route": "→", "page": "☎", "deliver": "✉", "silence": "◌", "group": "⊞", "ack": "✓", "resolve": "▽"}


def trace_lines(model: Model, trace: wire.Trace, width: int) -> list[paint.Line]:
    """The verdict first, then every step in order."""
    lines: list[paint.Line] = [[("WHY", theme.heading)]]
    lines += [[(text, theme.bold)] for text in paint.wrap(trace.verdict, width, 8)]
    lines += [[], [("STEPS", theme.heading), (f"  {len(trace.steps)}", theme.faint)]]
    for step in trace.steps:
        lines += _step(model, step, width)
    return lines


def _step(model: Model, step: wire.TraceStep, width: int) -> list[paint.Line]:
    word = step.kind.partition(".")[2] or step.kind
    glyph = next((mark for start, mark in _WORDS.items() if word.startswith(start) or step.kind.startswith(start)), "·")
    head: paint.Line = [
        (f"{phrases.hour_of(step.at, model.zone)} ", theme.muted),
        (f" {glyph} ", theme.primary),
        (paint.fit(word, 13) + " ", theme.muted),
    ]
    indent = paint.width_of(head)
    body = paint.wrap(step.text, width - indent, 12)
    hang: paint.Line = [(" " * 10 + "│" + " " * (indent - 11), theme.line)]
    return [[*head, (body[0], theme.plain)], *([*hang, (text, theme.plain)] for text in body[1:])]


def alert_head(model: Model, alert: wire.Alert, width: int) -> list[paint.Line]:
    """What the preview shows, and the times, links and annotations in full."""
    lines = preview.alert_lines(model, alert, width)[1:]
    lines += [[], [("TIMES", theme.heading)]]
    for label, at in (
        ("started", alert.starts_at),
        ("first seen", alert.first_seen),
        ("last seen", alert.last_seen),
        ("ended", alert.resolved_at),
    ):
        if at is not None:
            lines.append([(f"{label:<12} ", theme.muted), (_moment(model, at), theme.plain)])
    notes = [(name, text) for name, text in sorted(alert.annotations.items()) if name != "summary"]
    if notes:
        lines += [[], [("ANNOTATIONS", theme.heading)]]
        for name, text in notes:
            body = paint.wrap(text, width - 13, 12)
            lines += [
                [(paint.fit(name if not index else "", 12) + " ", theme.muted), (one, theme.plain)]
                for index, one in enumerate(body)
            ]
    lines += [[], [("key", theme.muted), (f"  {alert.key}", theme.plain)]]
    if alert.generator_url:
        lines += [
            [("link", theme.muted), (" " + text, theme.primary)] for text in paint.wrap(alert.generator_url, width - 5)
        ]
    return lines


def _moment(model: Model, at: datetime) -> str:
    return at.astimezone(model.zone).strftime("%a %d %b %H:%M:%S")


def deliveries(model: Model, detail: wire.PageDetail, width: int) -> list[paint.Line]:
    """Every message that was, or will be, written for a page."""
    lines: list[paint.Line] = [[("DELIVERIES", theme.heading), (f"  {len(detail.deliveries)}", theme.faint)]]
    for one in detail.deliveries:
        bad = one.state in ("failed", "unknown")
        style = theme.danger if bad else theme.success if one.state in ("sent", "delivered") else theme.warning
        mark = "!" if bad else "✓" if one.state in ("sent", "delivered") else "…"
        at = one.sent_at or one.due_at
        lines.append(
            [
                (f"{phrases.hour_of(at, model.zone)} ", theme.muted),
                (f" {mark} ", style),
                (paint.fit(one.state, 10), style),
                (f"{one.person} ", theme.plain),
                (f"by {one.notifier}, {one.kind}", theme.muted),
                (f", try {one.attempt}" if one.attempt > 1 else "", theme.muted),
            ]
        )
        if one.error:
            lines += [[(" " * 12, theme.plain), (text, theme.danger)] for text in paint.wrap(one.error, width - 12, 3)]
    return lines
