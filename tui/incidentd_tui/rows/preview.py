"""The rail left and the preview right of the Inbox."""

from __future__ import annotations

from collections import Counter

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import inbox, pages

RAIL_WIDTH = 21
_SAVED_SHOWN = 8
_HIDDEN_LABELS = frozenset({"alertname", "severity", "service"})


def saved_views(model: Model, counts: dict[int, int], here: int) -> list[paint.Line]:
    """The saved views, the first ones of many; a mark for what is everybody's."""
    lines: list[paint.Line] = []
    for one in model.views.views[:_SAVED_SHOWN]:
        style = theme.tab_here if one.id == here else theme.muted
        count = counts.get(one.id, "")
        text = ("▌" if one.id == here else " ") + paint.fit(one.name, 14)
        lines.append([(f"{text}{count:>4} ", style)])
    more = len(model.views.views) - len(lines)
    return [*lines, *([[(f" and {more} more: v", theme.faint)]] if more > 0 else [])]


def rail(model: Model, view: str, counts: dict[str, int], saved: list[paint.Line]) -> list[paint.Line]:
    """Views with their counts, sources, and who is on call."""
    lines: list[paint.Line] = [[(" VIEWS", theme.heading)]]
    for name, label, _ in inbox.VIEWS:
        here = name == view
        style = theme.tab_here if here else theme.warning if name == "paging" and counts[name] else theme.muted
        lines.append([(("▌" if here else " ") + paint.fit(label, 14) + f"{counts[name]:>4} ", style)])
    if saved:
        lines += [[], [(" SAVED", theme.heading)], *saved]
    sources = Counter(alert.source for alert in model.alerts.values() if alert.status == "firing")
    if sources:
        lines += [[], [(" SOURCES", theme.heading)]]
        lines += [[(f" {paint.fit(name, 14)}{number:>4}", theme.muted)] for name, number in sources.most_common(6)]
    if model.on_call:
        lines += [[], [(" ON CALL", theme.heading)]]
        for shift in model.on_call[:8]:
            mine = bool(model.me) and shift.person == model.me
            who = "you" if mine else shift.person or "▲ nobody"
            style = theme.warning if not shift.person else theme.plain if mine else theme.muted
            lines.append([(" " + paint.fit(shift.schedule, 10) + paint.fit(who, 9, right=True), style)])
    return lines


def preview(model: Model, key: inbox.Key | None, width: int) -> list[paint.Line]:
    """What the row under the cursor holds, in `width` cells."""
    if key is None:
        return []
    kind, number = key
    if kind == "page":
        page = model.pages.get(number)
        return page_lines(model, page, width) if page else []
    alert = model.alerts.get(number)
    return alert_lines(model, alert, width) if alert else []


def alert_lines(model: Model, alert: wire.Alert, width: int) -> list[paint.Line]:
    now = model.now()
    rank = phrases.alert_rank(alert.severity)
    lines: list[paint.Line] = [
        [],
        [
            (f" {phrases.alert_severity(alert.severity)} ", theme.ranked(rank)),
            ("  ", theme.plain),
            *inbox.drill(alert.drill),
            (f"A-{alert.id}  {alert.source}", theme.muted),
        ],
    ]
    lines += [[(text, theme.bold)] for text in paint.wrap(alert.name, width, 4)]
    if alert.summary not in ("", alert.name):
        lines += [[(text, theme.plain)] for text in paint.wrap(alert.summary, width, 6)]
    facts = f"since {phrases.day_hour(alert.starts_at, now, model.zone)}  {phrases.count(alert.count, 'signal')}"
    lines += [[(alert.service or "no service", theme.primary), ("  " + facts, theme.muted)]]
    if alert.flapping:
        lines.append([("~ flapping: it keeps starting and ending", theme.warning)])
    body = alert.annotations.get("description") or alert.annotations.get("message") or ""
    if body and body != alert.summary:
        lines.append([])
        lines += [[("│ ", theme.line), (text, theme.plain)] for text in paint.wrap(body, width - 2, 8)]
    for reason in alert.hidden_by[:3]:
        lines += [hiding_head(model, reason), *hiding_text(reason, width, 3)]
    lines += [[], [("WHO HAS IT", theme.heading)], *_who_has_it(model, alert, width)]
    labels = [(name, value) for name, value in sorted(alert.labels.items()) if name not in _HIDDEN_LABELS]
    if labels:
        lines += [[], [("LABELS", theme.heading)]]
        lines += [
            [(paint.fit(name, 12) + " ", theme.muted), (paint.crop(value, width - 13), theme.plain)]
            for name, value in labels[:10]
        ]
    return lines


def hiding_head(model: Model, reason: wire.HiddenBy) -> paint.Line:
    """What hides an alert, and when that ends by itself, in the viewer's time."""
    rule = f" of {reason.rule}" if reason.rule else ""
    until = f" until {phrases.day_hour(reason.until, model.now(), model.zone)}" if reason.until is not None else ""
    return [("◌ ", theme.warning), (reason.kind, theme.bold), (f"  {reason.name}{rule}{until}", theme.muted)]


def hiding_text(reason: wire.HiddenBy, width: int, most: int) -> list[paint.Line]:
    """The sentence about it."""
    return [[("  ", theme.plain), (text, theme.plain)] for text in paint.wrap(reason.text, width - 2, most)]


def _who_has_it(model: Model, alert: wire.Alert, width: int) -> list[paint.Line]:
    lines: list[paint.Line] = []
    for number in alert.incident_ids:
        incident = model.incidents.get(number)
        lines.append([(f"INC-{number} ", theme.primary), (incident.title if incident else "", theme.plain)])
    page = model.page_of(alert)
    if page is not None:
        lines += pages.facts(model, page, width)
    if not lines:
        lines = [[("nobody was paged", theme.muted)], [("t", theme.key), (" says why", theme.muted)]]
    return lines


def page_lines(model: Model, page: wire.Page, width: int) -> list[paint.Line]:
    lines: list[paint.Line] = [
        [],
        [
            (" PAGE ", theme.ranked(1 if page.urgency == "high" else 4)),
            ("  ", theme.plain),
            *inbox.drill(page.drill),
            (f"P-{page.id}", theme.muted),
        ],
    ]
    lines += [[(text, theme.bold)] for text in paint.wrap(page.title, width, 6)]
    lines.append([(page.service or "no service", theme.primary), (f"  policy {page.policy}", theme.muted)])
    return [*lines, [], [("WHO HAS IT", theme.heading)], *pages.facts(model, page, width)]
