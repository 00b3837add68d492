"""Rows of the incident list, and the preview of one."""

from __future__ import annotations

from incidentd import wire
from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.model import Model
from incidentd_tui.rows import inbox, review_window, room

VIEWS = (("open", "Open"), ("mine", "Mine"), ("closed", "Closed"))


def header(width: int) -> paint.Line:
    state = f" {'STATE':<12}" if width >= 56 else ""
    lead = f" {'LEAD':<9}" if width >= 68 else ""
    text = f"  {'SEV':<7}{'ID':<8}{paint.fit('TITLE', _title_width(width))}{state}{lead}"
    return [(text + f"{'OPEN':>6}{'NEXT':>9}", theme.faint)]


def _title_width(width: int) -> int:
    return max(width - 2 - 7 - 8 - (13 if width >= 56 else 0) - (10 if width >= 68 else 0) - 6 - 9, 8)


def row(model: Model, incident: wire.Incident, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of two."""
    whole = width + 2
    now = model.now()
    spans: paint.Line = [
        (f" {incident.severity.value} ", theme.ranked(incident.severity.rank)),
        (" ", theme.plain),
        (f"{f'INC-{incident.id}':<8}", theme.muted),
        (
            paint.fit(("▲ " if incident.violations else "") + incident.title, _title_width(whole)),
            theme.primary if incident.drill else theme.bold,
        ),
    ]
    if whole >= 56:
        spans.append((" " + paint.fit(vocabulary.status_label(incident.status), 12), theme.muted))
    if whole >= 68:
        lead = model.holder(incident, "mitigation_lead")
        spans.append((" " + paint.fit(lead or "nobody", 9), theme.plain if lead else theme.warning))
    spans.append((f"{phrases.age(incident.started_at, now):>6}", theme.muted))
    due = incident.next_update_at
    if due is None:
        text, style = review_window.mark(incident, now) or ("—", theme.faint)
        spans.append((f"{text:>9}", style))
    else:
        text = phrases.clock(due - now) if due > now else f"!{phrases.age(due, now)} late"
        spans.append((f"{text:>9}", theme.muted if due > now else theme.warning))
    return spans


def preview(model: Model, incident: wire.Incident, width: int) -> list[paint.Line]:
    """Title, state, roles, broken rules and linked alerts in `width` cells."""
    now = model.now()
    lines: list[paint.Line] = [
        [],
        [
            (f" {incident.severity.value} ", theme.ranked(incident.severity.rank)),
            (f"  INC-{incident.id}  ", theme.muted),
            *inbox.drill(incident.drill),
            *inbox.held(incident),
            (vocabulary.status_label(incident.status), theme.warning),
        ],
    ]
    lines += [[(text, theme.bold)] for text in paint.wrap(incident.title, width, 4)]
    declared = f"declared by {incident.declared_by}, {phrases.day_hour(incident.declared_at, now, model.zone)}"
    lines += [[(incident.service, theme.primary)]] if incident.service else []
    lines += [[(declared, theme.muted)], room.next_update(incident, now)]
    if waits := review_window.line(model, incident):
        lines += [[(model.review_name, theme.muted)], [("  ", theme.plain), *waits]]
    if incident.summary:
        lines += [
            [],
            *([("│ ", theme.line), (text, theme.plain)] for text in paint.wrap(incident.summary, width - 2, 6)),
        ]
    lines += [[], [("ROLES", theme.heading)]]
    for role, label in vocabulary.ROLES:
        held = [one.person for one in incident.roles if one.role == role]
        if held or role in vocabulary.LEADS:
            style = theme.plain if held else theme.warning
            lines.append([(f"{label:<11}", theme.muted), (", ".join(held) or "nobody", style)])
    if incident.violations:
        lines += [[], [("RULES", theme.heading)]]
        for broken in incident.violations:
            texts = paint.wrap(broken.text, width - 2, 3)
            lines += [
                [("▲ " if not index else "  ", theme.warning), (one, theme.plain)] for index, one in enumerate(texts)
            ]
    lines += [[], [("LINKED", theme.heading), (f"  {phrases.count(len(incident.alert_ids), 'alert')}", theme.faint)]]
    for number in incident.alert_ids[:8]:
        alert = model.alerts.get(number)
        lines.append([(f"A-{number} ", theme.muted), (alert.name if alert else "ended", theme.plain)])
    return lines
