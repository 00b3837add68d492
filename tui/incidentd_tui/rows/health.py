"""Rows of the Health screen. A row is ("adapter", number), ("problem", number) and so on."""

from __future__ import annotations

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Link, Model

Key = tuple[str, int]
_DAYS_LOW = 7
_LAG_HIGH_MS = 250.0


def keys(model: Model) -> list[Key]:
    health = model.health
    if health is None:
        return []
    rows: list[Key] = [("head", 0)]
    rows += [("adapter", number) for number in range(len(health.adapters))]
    rows += [("gap", 1), ("head", 1), *(("problem", number) for number in range(len(health.problems)))]
    if not health.problems:
        rows.append(("fine", 0))
    rows += [("gap", 2), ("head", 2), *(("figure", number) for number in range(len(figures(model, health))))]
    return rows


def row(model: Model, key: Key, width: int) -> list[paint.Line]:
    name, number = key
    health = model.health
    if health is None or name == "gap":
        return [[]]
    if name == "head":
        heads = ("PLUGIN            ROLE      STATE        LAST OK   FAULTS  NOTE", "PROBLEMS", "DAEMON")
        return [[(paint.crop(heads[number], width), theme.heading)]]
    if name == "adapter":
        return [_adapter(model, health.adapters[number], width)] if number < len(health.adapters) else [[]]
    if name == "fine":
        return [[("✓ none", theme.success)]]
    if name == "problem":
        texts = paint.wrap(health.problems[number], width - 2) if number < len(health.problems) else [""]
        return [[("▲ " if not index else "  ", theme.warning), (one, theme.plain)] for index, one in enumerate(texts)]
    return [_figure(figures(model, health)[number])]


def _adapter(model: Model, adapter: wire.AdapterHealth, width: int) -> paint.Line:
    good = adapter.state == "ok"
    style = theme.success if good else theme.warning if adapter.state == "degraded" else theme.danger
    last = phrases.age(adapter.last_ok_at, model.now()) if adapter.last_ok_at else "—"
    return [
        (paint.fit(adapter.instance, 17) + " ", theme.plain if good else theme.bold),
        (paint.fit(adapter.role, 9) + " ", theme.muted),
        (paint.fit(("● " if good else "▲ ") + adapter.state, 12) + " ", style),
        (paint.fit(last, 9) + " ", theme.muted),
        (f"{adapter.failures or '':>5}   ", theme.warning),
        (adapter.detail, theme.muted),
    ]


def adapter_lines(model: Model, adapter: wire.AdapterHealth, width: int) -> list[paint.Line]:
    """One plugin instance in full."""
    lines: list[paint.Line] = [[], [(adapter.instance, theme.bold), (f"  {adapter.type} {adapter.role}", theme.muted)]]
    lines += [[(text, theme.plain)] for text in paint.wrap(adapter.detail or "nothing to report", width)]
    for label, at in (("last ok", adapter.last_ok_at), ("last fault", adapter.last_error_at)):
        shown = phrases.day_hour(at, model.now(), model.zone) if at else "never"
        lines.append([(f"{label:<11}", theme.muted), (shown, theme.plain)])
    if adapter.failures:
        lines.append([(f"{phrases.count(adapter.failures, 'fault')} in a row", theme.warning)])
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
