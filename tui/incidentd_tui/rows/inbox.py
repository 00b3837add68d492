"""Inbox rows: which alerts and pages a view holds, in which order, and how a row, the rail and the preview read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from rich.style import Style

from incidentd import wire
from incidentd.domain.drills import marked
from incidentd.domain.filters import Filter, parse_filter
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import pages

Key = tuple[str, int]  # ("alert", 12), ("page", 4) or ("group", 7)
VIEWS = (
    ("waiting", "Waiting", "nobody took them yet"),
    ("mine", "Mine", "paged to me, or taken by me"),
    ("paging", "Paging", "somebody is being paged now"),
    ("in_hand", "In hand", "acknowledged, put off, or part of an incident"),
    ("hidden", "Hidden", "silenced, or explained by another alert"),
    ("all", "All firing", "everything that fires"),
)
_HIDING = {
    "silence": "silence",
    "maintenance": "mainten",
    "dependency": "depends",
    "inhibition": "inhibit",
    "mute": "muted",
}
"""Why nobody is told, in as many letters as the column has."""


def views_of(model: Model, key: Key) -> tuple[str, ...]:
    """Every view that the object of `key` belongs to."""
    kind, number = key
    if kind == "page":
        page = model.pages[number]
        taken, paging = pages.in_hand(page), pages.calls(page)
        mine, by, quiet = page.mine, page.acknowledged_by, False
    else:
        alert = model.alerts[number]
        if alert.status != "firing":
            return ()
        page_of = model.page_of(alert)
        taken, by = in_hand(model, alert), alert.acknowledged_by
        paging = alert.page_state in ("open", "exhausted") and (page_of is None or page_of.snoozed_until is None)
        mine = page_of is not None and page_of.mine
        quiet = is_hidden(alert) and not paging
    views = ["all", "in_hand" if taken else "hidden" if quiet else "waiting"]
    if paging:
        views.append("paging")
    if mine or (by and by == model.me):
        views.append("mine")
    return tuple(views)


def in_hand(model: Model, alert: wire.Alert) -> bool:
    """Whether somebody took it, or put it off."""
    page = model.page_of(alert)
    return bool(alert.incident_ids) or alert.page_state == "acknowledged" or (page is not None and pages.in_hand(page))


def is_hidden(alert: wire.Alert) -> bool:
    """Whether nobody is told about it now."""
    return bool(alert.hidden_by)


def counts(model: Model) -> dict[str, int]:
    """How many rows each view would hold without a filter."""
    found = Counter(view for key in candidates(model) for view in views_of(model, key))
    return {name: found[name] for name, _, _ in VIEWS}


def saved_counts(model: Model) -> dict[int, int]:
    """How many rows each saved view would hold."""
    saved = [(one.id, one.base, parse_filter(one.query)) for one in model.views.views]
    found = dict.fromkeys((number for number, _, _ in saved), 0)
    for key in candidates(model) if saved else ():
        views = views_of(model, key)
        for number, base, chosen in saved:
            found[number] += base in views and accepts(model, chosen, key)
    return found


def candidates(model: Model) -> list[Key]:
    """Firing alerts, and active pages that no alert stands for."""
    keys: list[Key] = [("alert", alert.id) for alert in model.alerts.values() if alert.status == "firing"]
    keys += [
        ("page", page.id)
        for page in model.pages.values()
        if page.state != "resolved" and not any(one in model.alerts for one in page.alert_ids)
    ]
    return keys


def ordered(model: Model, view: str, chosen: Filter) -> list[Key]:
    """The rows of `view` that `chosen` accepts, the most urgent first."""
    keys = [key for key in candidates(model) if view in views_of(model, key) and accepts(model, chosen, key)]
    return sorted(keys, key=lambda key: _urgency(model, key))


def accepts(model: Model, chosen: Filter, key: Key) -> bool:
    if not chosen:
        return True
    kind, number = key
    if kind == "page":
        page = model.pages[number]
        text = f"p-{page.id} {page.title} {page.service} {page.state} {page.acknowledged_by}"
        return chosen.accepts(text.lower(), {"service": page.service})
    alert = model.alerts[number]
    labels = {"service": alert.service, "severity": alert.severity, "source": alert.source, **alert.labels}
    text = f"a-{alert.id} {alert.name} {alert.summary} {' '.join(labels.values())} {alert.acknowledged_by}"
    return chosen.accepts(text.lower(), labels)


def _urgency(model: Model, key: Key) -> tuple[int, int, float, int]:
    kind, number = key
    if kind == "page":
        page = model.pages[number]
        return (1 if page.urgency == "high" else 3, int(pages.in_hand(page)), -page.started_at.timestamp(), 0)
    alert = model.alerts[number]
    taken = in_hand(model, alert)
    return (phrases.alert_rank(alert.severity), int(taken), -alert.starts_at.timestamp(), alert.id)


# ------------------------------------------------------------------ a row
def header(width: int) -> paint.Line:
    """The column heads over rows of `width` cells."""
    parts = columns(width)
    text = f"  {'SEV':<6}{'ID':<7}{paint.fit('TITLE', parts['title'])}"
    text += f"{'×N':>5}" if parts["count"] else ""
    text += f" {'SERVICE':<9}" if parts["service"] else ""
    return [(text + f" {'WHO':<9}{'AGE':>5}", theme.faint)]


def columns(width: int) -> dict[str, int]:
    """Cells of the columns that give way in narrow windows."""
    count, service = (5 if width >= 56 else 0), (10 if width >= 76 else 0)
    return {"count": count, "service": service, "title": max(width - 2 - 6 - 7 - count - service - 10 - 5, 8)}


def row(model: Model, key: Key, width: int, *, inside: bool = False) -> paint.Line:
    """One row, `width` cells without the gutter of two. `inside`: below the row of its group."""
    parts = columns(width + 2)
    kind, number = key
    if kind == "page":
        return _page_row(model, model.pages[number], parts) if number in model.pages else _gone(kind, number)
    alert = model.alerts.get(number)
    return _alert_row(model, alert, parts, inside=inside) if alert else _gone(kind, number)


def _gone(kind: str, number: int) -> paint.Line:
    return [(f"      {'A' if kind == 'alert' else 'P'}-{number}  no longer there", theme.faint)]


def drill(name: str) -> paint.Line:
    """The label of what is part of the drill `name`, nothing for what is real."""
    return [(f" DRILL {name} ", theme.chip), (" ", theme.plain)] if name else []


def held(incident: wire.Incident) -> paint.Line:
    """The label of what is under a legal hold, nothing for others."""
    return [(" HELD ", theme.chip), (" ", theme.plain)] if incident.held else []


def alert_title(alert: wire.Alert) -> str:
    return alert.name if alert.summary in ("", alert.name) else f"{alert.name}: {alert.summary}"


def _alert_row(model: Model, alert: wire.Alert, parts: dict[str, int], *, inside: bool) -> paint.Line:
    now = model.now()
    over = alert.status != "firing"
    taken = in_hand(model, alert)
    rank = 5 if over else phrases.alert_rank(alert.severity)
    urgent = not over and not taken and (rank <= 2 or alert.page_state in ("open", "exhausted"))
    spans: paint.Line = [
        (f" {phrases.alert_severity(alert.severity):<4}", theme.ranked(rank)),
        (" ", theme.plain),
        (f"{f'A-{alert.id}':<7}", theme.muted),
        ("│ " if inside else "", theme.line),
        (
            paint.fit(
                marked(alert.summary or alert.name) if alert.drill else alert.summary or alert.name, parts["title"] - 2
            )
            if inside
            else paint.fit(alert_title(alert), parts["title"]),
            _title_style(alert, urgent=urgent, quiet=over or taken),
        ),
    ]
    if parts["count"]:
        flap = "~" if alert.flapping else ""
        text = f"{flap}×{alert.count}" if alert.count > 1 else flap
        spans.append((f"{text:>5}", theme.warning if alert.flapping else theme.primary))
    if parts["service"]:
        spans.append((" " + paint.fit(alert.service, 9), theme.muted))
    page = model.page_of(alert)
    late = page is not None and pages.is_late(page, now)
    return [*spans, *who(alert_state(model, alert)), *age(alert.starts_at, now, late)]


def _title_style(alert: wire.Alert, *, urgent: bool, quiet: bool) -> Style:
    if quiet:
        return theme.muted
    return theme.primary if alert.drill else theme.bold if urgent else theme.plain


def _page_row(model: Model, page: wire.Page, parts: dict[str, int]) -> paint.Line:
    now = model.now()
    untaken = pages.calls(page)
    spans: paint.Line = [
        (" PAGE" if page.urgency == "high" else " page", theme.ranked(1 if page.urgency == "high" and untaken else 4)),
        (" ", theme.plain),
        (f"{f'P-{page.id}':<7}", theme.muted),
        (
            paint.fit(page.title, parts["title"]),
            theme.muted if not untaken else theme.primary if page.drill else theme.bold,
        ),
        (" " * parts["count"], theme.plain),
    ]
    if parts["service"]:
        spans.append((" " + paint.fit(page.service, 9), theme.muted))
    return [*spans, *who(pages.state(model, page)), *age(page.started_at, now, pages.is_late(page, now))]


def who(state: paint.Span) -> paint.Line:
    """The column WHO."""
    return [(" " + paint.fit(state[0], 9), state[1])]


def age(since: datetime, now: datetime, late: bool) -> paint.Line:
    """The column AGE."""
    text = phrases.age(since, now)
    return [(f"{'!' + text if late else text:>5}", theme.warning if late else theme.muted)]


def alert_state(model: Model, alert: wire.Alert) -> paint.Span:
    """Who has this alert, in a word."""
    page = model.page_of(alert)
    if alert.id in model.waiting_alerts or (page is not None and page.id in model.waiting_pages):
        return ("~ sending", theme.muted)
    if alert.status != "firing":
        return ("ended", theme.muted)
    if alert.incident_ids:
        return (f"INC-{alert.incident_ids[0]}", theme.primary)
    if is_hidden(alert) and alert.page_state not in ("open", "exhausted"):
        return hiding(alert.hidden_by[0].kind)
    if page is not None and alert.page_state in ("open", "exhausted"):
        return pages.state(model, page)
    return pages.state_word(alert.page_state, alert.acknowledged_by, pages.left(model, page))


def hiding(kind: str) -> paint.Span:
    """What hides it, in a word."""
    return (f"◌ {_HIDING.get(kind, 'hidden')}", theme.muted)
