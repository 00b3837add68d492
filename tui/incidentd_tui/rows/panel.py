"""The panel beside the timeline: roles, updates, linked alerts, broken rules, pages. A row is (section, number)."""

from __future__ import annotations

from incidentd import wire
from incidentd.wire import incidents as wire_incidents
from incidentd_tui import paint, phrases, theme, vocabulary
from incidentd_tui.model import Model
from incidentd_tui.rows import pages

Key = tuple[str, int]
SECTIONS = (
    ("rule", "RULES"),
    ("role", "ROLES"),
    ("update", "UPDATES"),
    ("alert", "LINKED"),
    ("report", "REPORTED"),
    ("page", "PAGES"),
)


def keys(detail: wire_incidents.IncidentDetail) -> list[Key]:
    """Every row, sections with something in them only; a head is numbered -1, a gap -2."""
    incident = detail.incident
    members: dict[str, list[int]] = {
        "rule": list(range(len(incident.violations))),
        "role": list(range(len(vocabulary.ROLES))),
        "update": list(range(len(detail.updates))),
        "alert": list(incident.alert_ids),
        "report": list(detail.report_ids),
        "page": list(incident.page_ids),
    }
    rows: list[Key] = []
    for name, _ in SECTIONS:
        if members[name] or name in ("role", "update", "alert"):
            rows += [(name, -2)] if rows else []
            rows += [(name, -1), *((name, number) for number in members[name])]
    return rows


def row(model: Model, detail: wire_incidents.IncidentDetail, key: Key, width: int) -> list[paint.Line]:
    """The lines of one row in `width` cells."""
    name, number = key
    if number == -2:
        return [[]]
    if number == -1:
        return [_head(model, detail, name)]
    paint_one = {"rule": _rule, "role": _role, "update": _update, "alert": _alert, "report": _report, "page": _page}
    return paint_one[name](model, detail, number, width)


def _head(model: Model, detail: wire_incidents.IncidentDetail, name: str) -> paint.Line:
    incident = detail.incident
    tail = {
        "rule": f"{len(incident.violations)} broken now",
        "update": _due(model, incident),
        "alert": phrases.count(len(incident.alert_ids), "alert"),
        "report": phrases.count(len(detail.report_ids), "report"),
        "page": str(len(incident.page_ids)),
    }.get(name, "")
    return [(dict(SECTIONS)[name], theme.heading), (f"  {tail}", theme.faint)]


def _due(model: Model, incident: wire.Incident) -> str:
    if incident.next_update_at is None:
        return "none promised"
    return f"next due {phrases.day_hour(incident.next_update_at, model.now(), model.zone)}"


def _rule(model: Model, detail: wire_incidents.IncidentDetail, number: int, width: int) -> list[paint.Line]:
    broken = detail.incident.violations[number]
    ago = phrases.age(broken.since, model.now()) if broken.since else "now"
    since = f" (for {ago})" if ago != "now" else ""
    texts = paint.wrap(broken.text + since, width - 2, 4)
    return [[("▲ " if not index else "  ", theme.warning), (text, theme.plain)] for index, text in enumerate(texts)]


def _role(model: Model, detail: wire_incidents.IncidentDetail, number: int, width: int) -> list[paint.Line]:
    role, label = vocabulary.ROLES[number]
    held = [one for one in detail.incident.roles if one.role == role]
    gap = detail.role_gap_minutes.get(role, 0.0)
    if not held:
        tail = f"  empty for {gap:.0f} min so far" if gap >= 1 else ""
        style = theme.warning if role in vocabulary.LEADS else theme.faint
        return [[(f"{label:<11}", theme.muted), ("nobody", style), (tail, theme.muted)]]
    lines: list[paint.Line] = []
    for one in held:
        since = phrases.day_hour(one.starts_at, model.now(), model.zone)
        lines.append([(f"{label:<11}", theme.muted), (one.person, theme.plain), (f"  since {since}", theme.faint)])
    return lines


def _update(model: Model, detail: wire_incidents.IncidentDetail, number: int, width: int) -> list[paint.Line]:
    update = detail.updates[number]
    at = phrases.day_hour(update.at, model.now(), model.zone)
    head: paint.Line = [
        (f"#{number + 1} {at} ", theme.muted),
        (update.phase, theme.primary),
        (f" → {update.audience}", theme.muted),
    ]
    return [head, *([("  " + text, theme.plain)] for text in paint.wrap(update.text, width - 2, 3))]


def _alert(model: Model, detail: wire_incidents.IncidentDetail, number: int, width: int) -> list[paint.Line]:
    alert = model.alerts.get(number)
    if alert is None:
        return [[(f"A-{number}", theme.muted), ("  ended", theme.faint)]]
    over = alert.status != "firing"
    rank = 5 if over else phrases.alert_rank(alert.severity)
    mark = "✓ " if over else "▲ "
    left: paint.Line = [
        (mark, theme.success if over else theme.ranked(max(rank, 3))),
        (f"A-{alert.id} ", theme.muted),
        (alert.name, theme.muted if over else theme.plain),
    ]
    state = "ended" if over else "firing"
    return [paint.between(left, [(f"{state} {phrases.age(alert.starts_at, model.now())}", theme.muted)], width)]


def _report(model: Model, detail: wire_incidents.IncidentDetail, number: int, width: int) -> list[paint.Line]:
    return [[(f"R-{number}", theme.plain), ("  ↵ opens it", theme.faint)]]


def _page(model: Model, detail: wire_incidents.IncidentDetail, number: int, width: int) -> list[paint.Line]:
    page = model.pages.get(number)
    if page is None:
        return [[(f"P-{number}", theme.muted), ("  resolved", theme.faint)]]
    left: paint.Line = [(f"P-{number} ", theme.muted), (", ".join(page.notified) or page.service, theme.plain)]
    signs = [[("  ", theme.plain), *line] for line in pages.signs(model, page, width - 2)]
    return [paint.between(left, [pages.state(model, page)], width), *signs]
