"""Rows of the Health screen. A row is ("adapter", number), ("problem", number) and so on."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidentd import wire
from incidentd.wire import health as wire_health
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Link, Model
from incidentd_tui.rows import alarms, checks, house, nodes

Key = tuple[str, int]
_DAYS_LOW = 7
_MEANS = {
    "quarantined": "The breaker is open: after many faults in a row it is tried rarely, and by itself again.",
    "failed": "It broke and is not used until the daemon is started again or its configuration is mended.",
    "missing": "No installed plugin has this type: install it, or correct the configuration.",
}
_LAG_HIGH_MS = 250.0


_ROLES = (("source", "SOURCES"), ("notifier", "NOTIFIERS"), ("plugin", "PLUGINS THAT COULD NOT BE LOADED"))
_HEADS = ("PEOPLE WHO MAY NOT BE REACHED", "PROBLEMS", "DAEMON", checks.HEAD, nodes.HEAD, house.HEAD)


def keys(model: Model) -> list[Key]:
    """Sources, checks, notifiers and broken plugins, people without a working contact, problems, nodes, facts."""
    health = model.health
    if health is None:
        return []
    rows: list[Key] = []
    for number, (role, _) in enumerate(_ROLES):
        members: list[Key] = [("adapter", at) for at, one in enumerate(health.adapters) if _role(one) == role]
        if members:
            rows += [*([("gap", number)] if rows else []), ("role", number), *members]
        if role == "source" and model.checks:
            rows += [("gap", 9), ("head", 3), *(("check", at) for at in range(len(model.checks)))]
    cut_off = people_cut_off(model, health)
    if cut_off:
        rows += [("gap", 10), ("head", 0), *(("person", number) for number in range(len(cut_off)))]
    rows += [("gap", 11), ("head", 1), *(("problem", number) for number in range(len(health.problems)))]
    if not health.problems:
        rows.append(("fine", 0))
    if known := nodes.ordered(model):
        rows += [("gap", 13), ("head", 4), *(("node", at) for at in range(len(known)))]
    for head, name in ((5, "house"), (2, "figure")):
        told = len(facts(model, health, name))
        rows += [("gap", 14 + head), ("head", head), *((name, number) for number in range(told))] if told else []
    return rows


def _role(adapter: wire.AdapterHealth) -> str:
    return adapter.role if adapter.role in ("source", "notifier") else "plugin"


def people_cut_off(model: Model, health: wire.Health) -> list[tuple[str, str]]:
    """(person, why) of everybody whom a page may not reach: the daemon says so, or only ailing notifiers are left."""
    broken = {one.instance: one.state for one in health.adapters if one.state != "ok"}
    found = []
    for person in sorted(model.people.values(), key=lambda one: one.handle):
        if not person.contacts:
            found.append((person.handle, "has no contact method"))
        elif not person.reachable:
            found.append((person.handle, "; ".join(person.warnings) or "no contact method works"))
        elif all(name in broken for name in person.contacts):
            ways = ", ".join(f"{name} is {broken[name]}" for name in dict.fromkeys(person.contacts))
            found.append((person.handle, f"has nothing else: {ways}"))
    return found


def row(model: Model, key: Key, width: int) -> list[paint.Line]:
    name, number = key
    health = model.health
    if health is None:
        return [[]]
    match name:
        case "role" | "head":
            title = _adapter_head(number) if name == "role" else _HEADS[number]
            lines: list[paint.Line] = [[(paint.crop(title, width), theme.heading)]]
        case "adapter" if number < len(health.adapters):
            lines = [_adapter(model, health.adapters[number])]
        case "check" if number < len(model.checks):
            lines = [checks.row(model, checks.ordered(model)[number])]
        case "node" if number < len(nodes.ordered(model)):
            lines = [nodes.row(model, nodes.ordered(model)[number])]
        case "person":
            lines = _person(model, people_cut_off(model, health)[number], width)
        case "fine":
            lines = [[("✓ none", theme.success)]]
        case "problem" if number < len(health.problems):
            lines = alarms.row(health, number, width)
        case "house" | "figure":
            lines = [house.row(one) for one in facts(model, health, name)[number : number + 1]]
        case _:
            lines = [[]]
    return lines


def _adapter_head(number: int) -> str:
    role, title = _ROLES[number]
    if role == "plugin":
        return title
    if role == "source":
        return f"{title:<17} {'STATE':<14}{'SIGNAL':<9}{'A MIN':<7}{'FIRING':<8}{'REFUSED':<9}NOTE"
    return f"{title:<17} {'STATE':<14}{'SENT':<9}{'FAULT':<9}{'FAULTS':<8}NOTE"


def traffic(model: Model, instance: str) -> wire_health.SourceHealth | None:
    """What this source sends, None when the daemon does not say."""
    sources = model.health.sources if model.health is not None else ()
    return next((one for one in sources if one.instance == instance), None)


def _source_cells(model: Model, adapter: wire.AdapterHealth) -> paint.Line:
    """The last signal, signals a minute, what fires, what was refused, and what to say of it."""
    sent = traffic(model, adapter.instance)
    at = sent.last_signal_at if sent is not None else adapter.last_ok_at
    refused = sum(sent.refused.values()) if sent is not None else 0
    note = adapter.detail or (sent.last_error if sent is not None and refused else "")
    return [
        (paint.fit(_ago(model, at), 8) + " ", theme.muted),
        (paint.fit(str(sent.signals_per_minute) if sent is not None else "—", 6) + " ", theme.muted),
        (paint.fit(str(_firing(model, adapter.instance)), 7) + " ", theme.muted),
        (paint.fit(f"{refused or '—'}", 8) + " ", theme.warning if refused else theme.faint),
        (note, theme.muted),
    ]


def _state_word(model: Model, adapter: wire.AdapterHealth) -> str:
    """A source that is well and silent for too long is silent."""
    sent = traffic(model, adapter.instance) if adapter.role == "source" else None
    return "silent" if adapter.state == "ok" and sent is not None and sent.silent else adapter.state


def _adapter(model: Model, adapter: wire.AdapterHealth) -> paint.Line:
    state = _state_word(model, adapter)
    good = state == "ok"
    style = theme.success if good else theme.warning if state in ("degraded", "silent") else theme.danger
    mark: paint.Line = [
        (paint.fit(adapter.instance, 17) + " ", theme.plain if good else theme.bold),
        (paint.fit(("● " if good else "▲ ") + state, 13) + " ", style),
    ]
    if _role(adapter) == "plugin":
        return [*mark, (adapter.detail, theme.muted)]
    if adapter.role == "source":
        return [*mark, *_source_cells(model, adapter)]
    return [
        *mark,
        (paint.fit(_ago(model, adapter.last_ok_at), 8) + " ", theme.muted),
        (paint.fit(_ago(model, adapter.last_error_at), 8) + " ", theme.muted),
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
        lines += _traffic_lines(model, adapter.instance, width)
    if adapter.role == "notifier":
        lines += [[], [("t", theme.key), (" sends a test message to you", theme.muted)]]
    return lines


def _traffic_lines(model: Model, instance: str, width: int) -> list[paint.Line]:
    """What a source sends, and what of it was refused and why."""
    lines: list[paint.Line] = [[(f"{phrases.count(_firing(model, instance), 'alert')} of it fire", theme.muted)]]
    sent = traffic(model, instance)
    if sent is None:
        return lines
    at = phrases.day_hour(sent.last_signal_at, model.now(), model.zone) if sent.last_signal_at else "never"
    lines.append([(f"{'last signal':<12}", theme.muted), (at, theme.plain)])
    lines.append([(f"{'a minute':<12}", theme.muted), (str(sent.signals_per_minute), theme.plain)])
    if sent.expect_every is not None:
        every = phrases.span(timedelta(seconds=sent.expect_every))
        style = theme.warning if sent.silent else theme.plain
        lines.append([(f"{'expected':<12}", theme.muted), (f"every {every}{', silent' if sent.silent else ''}", style)])
    if sent.refused:
        lines += [[], [("REFUSED", theme.heading), ("  since the daemon started", theme.faint)]]
        counted = sorted(sent.refused.items(), key=lambda one: -one[1])
        lines += [[(f"{reason:<12}", theme.muted), (str(number), theme.warning)] for reason, number in counted]
    if sent.last_error:
        when = f"{phrases.day_hour(sent.last_error_at, model.now(), model.zone)}  " if sent.last_error_at else ""
        lines += [[(text, theme.plain)] for text in paint.wrap(when + sent.last_error, width, 4)]
    return lines


def facts(model: Model, health: wire.Health, name: str) -> list[house.Fact]:
    """Those of the house, or of the daemon at work, by the first part of their keys."""
    return house.facts(model, health) if name == "house" else figures(model, health)


def figures(model: Model, health: wire.Health) -> list[house.Fact]:
    """What the daemon says of itself, and what this session knows of the connection."""
    fact = house.Fact
    unrouted, failed = health.alerts_unrouted, health.deliveries_failed_24h
    rows = [
        fact("status", health.status, health.status != "ok"),
        fact("alerts firing", f"{health.alerts_firing}, {unrouted} without a route", unrouted > 0),
        fact("timers", f"{health.timers_due} due, {health.timers_failing} failing", health.timers_failing > 0),
        fact("deliveries", f"{health.deliveries_waiting} waiting, {failed} failed in 24 h", failed > 0),
        fact("loop lag", f"{health.loop_lag_ms:.0f} ms", health.loop_lag_ms > _LAG_HIGH_MS),
        fact("memory", f"{health.rss_mib:.0f} MiB"),
    ]
    if (info := model.info) is not None:
        up = phrases.clock(model.now() - info.started_at)
        rows += [
            fact("version", f"{info.version} on {info.engine}, up {up}"),
            fact("listens on", ", ".join(info.ingress) or "no TCP port", not info.ingress),
            fact("you are", f"{info.person or 'not in the roster'} ({info.role})", not info.person),
        ]
    if health.tls_expires_at is not None:
        left = (health.tls_expires_at - model.now()).days
        rows.append(fact("certificate", f"{', '.join(health.tls_names)}, {left} days left", left < _DAYS_LOW))
    rows.append(fact("configuration", ", ".join(health.config_files) or "defaults"))
    rows.append(fact("connection", model.link.value, model.link is not Link.LIVE))
    return rows
