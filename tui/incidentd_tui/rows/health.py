"""Rows of the Health screen. A row is ("adapter", number), ("problem", number) and so on."""

from __future__ import annotations

from datetime import datetime

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Link, Model

Key = tuple[str, int]
_DAYS_LOW = 7
_MEANS = {
    "quarantined": "The breaker is open: after many faults in a row it is tried rarely, and by itself again.",
    "failed": "It broke and is not used until the daemon is started again or its configuration is mended.",
    "missing": "No installed plugin has this type: install it, or correct the configuration.",
}
_LAG_HIGH_MS = 250.0


_ROLES = (("source", "SOURCES"), ("notifier", "NOTIFIERS"), ("plugin", "PLUGINS THAT COULD NOT BE LOADED"))
_HEADS = ("PEOPLE WHO MAY NOT BE REACHED", "PROBLEMS", "DAEMON")


def keys(model: Model) -> list[Key]:
    """Sources, notifiers and broken plugins, people without a working contact, problems, figures."""
    health = model.health
    if health is None:
        return []
    rows: list[Key] = []
    for number, (role, _) in enumerate(_ROLES):
        members: list[Key] = [("adapter", at) for at, one in enumerate(health.adapters) if _role(one) == role]
        if members:
            rows += [*([("gap", number)] if rows else []), ("role", number), *members]
    cut_off = people_cut_off(model, health)
    if cut_off:
        rows += [("gap", 10), ("head", 0), *(("person", number) for number in range(len(cut_off)))]
    rows += [("gap", 11), ("head", 1), *(("problem", number) for number in range(len(health.problems)))]
    if not health.problems:
        rows.append(("fine", 0))
    rows += [("gap", 12), ("head", 2), *(("figure", number) for number in range(len(figures(model, health))))]
    return rows


def _role(adapter: wire.AdapterHealth) -> str:
    return adapter.role if adapter.role in ("source", "notifier") else "plugin"


def people_cut_off(model: Model, health: wire.Health) -> list[tuple[str, str]]:
    """(person, why) of everybody whom a page may not reach: without a contact, or with ailing ones only."""
    broken = {one.instance: one.state for one in health.adapters if one.state != "ok"}
    found = []
    for person in sorted(model.people.values(), key=lambda one: one.handle):
        if not person.contacts:
            found.append((person.handle, "has no contact method"))
        elif all(name in broken for name in person.contacts):
            ways = ", ".join(f"{name} is {broken[name]}" for name in dict.fromkeys(person.contacts))
            found.append((person.handle, f"has nothing else: {ways}"))
    return found


def row(model: Model, key: Key, width: int) -> list[paint.Line]:
    name, number = key
    health = model.health
    if health is None or name == "gap":
        return [[]]
    if name == "role":
        return [[(paint.crop(_adapter_head(number), width), theme.heading)]]
    if name == "head":
        return [[(_HEADS[number], theme.heading)]]
    if name == "adapter":
        return [_adapter(model, health.adapters[number], width)] if number < len(health.adapters) else [[]]
    if name == "person":
        return _person(model, people_cut_off(model, health)[number], width)
    if name == "fine":
        return [[("✓ none", theme.success)]]
    if name == "problem":
        texts = paint.wrap(health.problems[number], width - 2) if number < len(health.problems) else [""]
        return [[("▲ " if not index else "  ", theme.warning), (one, theme.plain)] for index, one in enumerate(texts)]
    return [_figure(figures(model, health)[number])]


def _adapter_head(number: int) -> str:
    role, title = _ROLES[number]
    if role == "plugin":
        return title
    last = "SIGNAL" if role == "source" else "SENT"
    return f"{title:<17} {'STATE':<14}{last:<9}{'FIRING' if role == 'source' else 'FAULT':<9}{'FAULTS':<8}NOTE"


def _adapter(model: Model, adapter: wire.AdapterHealth, width: int) -> paint.Line:
    good = adapter.state == "ok"
    style = theme.success if good else theme.warning if adapter.state == "degraded" else theme.danger
    mark: paint.Line = [
        (paint.fit(adapter.instance, 17) + " ", theme.plain if good else theme.bold),
        (paint.fit(("● " if good else "▲ ") + adapter.state, 13) + " ", style),
    ]
    if _role(adapter) == "plugin":
        return [*mark, (adapter.detail, theme.muted)]
    second = str(_firing(model, adapter.instance)) if adapter.role == "source" else _ago(model, adapter.last_error_at)
    return [
        *mark,
        (paint.fit(_ago(model, adapter.last_ok_at), 8) + " ", theme.muted),
        (paint.fit(second, 8) + " ", theme.muted),
        (f"{adapter.failures or '—':>6}  ", theme.warning if adapter.failures else theme.faint),
        (adapter.detail, theme.muted),
    ]


def _ago(model: Model, at: datetime | None) -> str:
    return phrases.age(at, model.now()) if at else "—"


def _firing(model: Model, source: str) -> int:
    return sum(one.source == source and one.status == "firing" for one in model.alerts.values())


def _person(model: Model, cut_off: tuple[str, str], width: int) -> list[paint.Line]:
    handle, why = cut_off
    person = model.people.get(handle)
    duty = f"  ☎ {', '.join(person.on_call_for)}" if person and person.on_call_for else ""
    line: paint.Line = [("▲ ", theme.warning), (paint.fit(handle, 15) + " ", theme.bold), (why, theme.plain)]
    return [[*line, (duty, theme.danger)]]


def adapter_lines(model: Model, adapter: wire.AdapterHealth, width: int) -> list[paint.Line]:
    """One plugin instance in full."""
    lines: list[paint.Line] = [[], [(adapter.instance, theme.bold), (f"  {adapter.type} {adapter.role}", theme.muted)]]
    lines += [[(text, theme.plain)] for text in paint.wrap(adapter.detail or "nothing to report", width)]
    for label, at in (("last ok", adapter.last_ok_at), ("last fault", adapter.last_error_at)):
        shown = phrases.day_hour(at, model.now(), model.zone) if at else "never"
        lines.append([(f"{label:<11}", theme.muted), (shown, theme.plain)])
    if adapter.failures:
        lines.append([(f"{phrases.count(adapter.failures, 'fault')} in a row", theme.warning)])
    lines += [[(text, theme.muted)] for text in paint.wrap(_MEANS.get(adapter.state, ""), width) if text]
    if adapter.role == "source":
        lines.append([(f"{phrases.count(_firing(model, adapter.instance), 'alert')} of it fire", theme.muted)])
    if adapter.role == "notifier":
        lines += [[], [("t", theme.key), (" sends a test message to you", theme.muted)]]
    return lines


Figure = tuple[str, str, bool]  # label, value, whether it is a reason to look


def figures(model: Model, health: wire.Health) -> list[Figure]:
    """What the daemon says of itself, and what this session knows of the connection."""
    rows: list[Figure] = [
        ("status", health.status, health.status != "ok"),
        (
            "alerts firing",
            f"{health.alerts_firing}, {health.alerts_unrouted} without a route",
            health.alerts_unrouted > 0,
        ),
        ("timers", f"{health.timers_due} due, {health.timers_failing} failing", health.timers_failing > 0),
        (
            "deliveries",
            f"{health.deliveries_waiting} waiting, {health.deliveries_failed_24h} failed in 24 h",
            health.deliveries_failed_24h > 0,
        ),
        ("loop lag", f"{health.loop_lag_ms:.0f} ms", health.loop_lag_ms > _LAG_HIGH_MS),
        ("memory", f"{health.rss_mib:.0f} MiB", False),
    ]
    if model.info is not None:
        up = phrases.clock(model.now() - model.info.started_at)
        rows.append(("version", f"{model.info.version} on {model.info.engine}, up {up}", False))
        rows.append(("listens on", ", ".join(model.info.ingress) or "no TCP port", not model.info.ingress))
        rows.append(
            ("you are", f"{model.info.person or 'not in the roster'} ({model.info.role})", not model.info.person)
        )
    if health.tls_expires_at is not None:
        left = (health.tls_expires_at - model.now()).days
        rows.append(("certificate", f"{', '.join(health.tls_names)}, {left} days left", left < _DAYS_LOW))
    rows.append(("configuration", ", ".join(health.config_files) or "defaults", False))
    rows.append(("connection", model.link.value, model.link is not Link.LIVE))
    return rows


def _figure(figure: Figure) -> paint.Line:
    label, value, bad = figure
    return [(f"{label:<15}", theme.muted), ("▲ " if bad else "", theme.warning), (value, theme.plain)]
