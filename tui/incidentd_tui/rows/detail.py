"""One alert or page in sections: what it is, why somebody was (not) paged, what was sent, when it fired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from rich.style import Style

from incidentd import wire
from incidentd.domain.local_times import localised
from incidentd.wire import groups as wire_groups
from incidentd.wire import pages as wire_pages
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import inbox, pages, preview
from incidentd_tui.widgets.virtual_list import Key

_WORDS = {"route": "→", "page": "☎", "deliver": "✉", "silence": "◌", "group": "⊞", "ack": "✓", "resolve": "▽"}
_RUNBOOK = ("runbook_url", "runbook", "runbookURL", "runbook_link")
_ENDED_BY = {"source": "its source said so", "expiry": "not sent again in time"}
_SENT = ("sent", "delivered")
_BAD = ("failed", "unknown")
_BAR: paint.Span = ("      │ ", theme.line)


class Section(msgspec.Struct, frozen=True):
    """Lines under a heading; `name` is what a key jumps to, `about` what a mark on a line is about, by its place."""

    name: str
    lines: list[paint.Line]
    about: Mapping[int, Key] = {}


def head(title: str, tail: str = "") -> paint.Line:
    """The first line of a section."""
    return [(title, theme.heading), (f"  {tail}" if tail else "", theme.faint)]


# ------------------------------------------------------------------ what it is
def about(model: Model, alert: wire.Alert, width: int) -> Section:
    """Severity, name, summary and description; the times that matter."""
    rank = phrases.alert_rank(alert.severity) if alert.status == "firing" else 5
    lines: list[paint.Line] = [
        [
            (f" {phrases.alert_severity(alert.severity)} ", theme.ranked(rank)),
            ("  ", theme.plain),
            *inbox.drill(alert.drill),
            (alert.name, theme.bold),
        ]
    ]
    if alert.summary not in ("", alert.name):
        lines += [[(text, theme.plain)] for text in paint.wrap(alert.summary, width, 4)]
    since = f"since {phrases.day_hour(alert.starts_at, model.now(), model.zone)}"
    state: paint.Span = (alert.status, theme.warning if alert.status == "firing" else theme.success)
    facts = f"  {since}  {phrases.count(alert.count, 'signal')} from {alert.source}"
    lines.append([state, (f"  {alert.service or 'no service'}", theme.primary), (facts, theme.muted)])
    if alert.flapping:
        lines.append([("~ flapping: it keeps starting and ending", theme.warning)])
    body = alert.annotations.get("description") or alert.annotations.get("message") or ""
    if body and body != alert.summary:
        lines += [[("│ ", theme.line), (text, theme.plain)] for text in paint.wrap(body, width - 2, 12)]
    return Section("about", lines)


def hidden(model: Model, alert: wire.Alert, width: int) -> Section | None:
    """Why nobody is told about it now, None when nothing hides it."""
    if not alert.hidden_by:
        return None
    lines = [head("HIDDEN BY", str(len(alert.hidden_by)))]
    for one in alert.hidden_by:
        lines += [preview.hiding_head(model, one), *preview.hiding_text(one, width, 6)]
    return Section("hidden", lines)


def holders(model: Model, detail: wire_groups.AlertDetail, width: int) -> Section:
    """Pages, incidents and the group."""
    lines: list[paint.Line] = [head("WHO HAS IT")]
    for one in detail.incidents:
        lines.append([(f"INC-{one.id} ", theme.primary), (f"{one.severity} ", theme.bold), (one.title, theme.plain)])
    for page in detail.pages[:1]:
        lines += pages.facts(model, page, width)
    if len(detail.pages) > 1:
        lines.append([(f"{phrases.count(len(detail.pages) - 1, 'page')} before that", theme.muted)])
    if not detail.incidents and not detail.pages:
        lines.append([("nobody was paged", theme.muted)])
    if detail.group is not None:
        lines.append(_group(detail.group))
    return Section("who", lines)


def _group(group: wire_groups.Group) -> paint.Line:
    labels = " ".join(f"{name}={value}" for name, value in sorted(group.labels.items()))
    count = f"{group.firing} of {phrases.count(group.total, 'alert')} fire" if group.firing else "over"
    return [(f"G-{group.id} ", theme.muted), (f"{count}  ", theme.plain), (f"{labels}  {group.route}", theme.muted)]


# ------------------------------------------------------------------ why
def why(model: Model, trace: wire.Trace, width: int) -> Section:
    """The verdict."""
    verdict = localised(trace.verdict, lambda at: at.astimezone(model.zone))
    return Section("why", [head("WHY"), *([(text, theme.bold)] for text in paint.wrap(verdict, width, 8))])


def steps(model: Model, trace: wire.Trace, width: int) -> Section:
    """Every decision in order."""
    lines: list[paint.Line] = [head("STEPS", str(len(trace.steps)))]
    for step in trace.steps:
        lines += _step(model, step, width)
    return Section("steps", lines)


def _step(model: Model, step: wire.TraceStep, width: int) -> list[paint.Line]:
    word = step.kind.partition(".")[2] or step.kind
    glyph = next((mark for start, mark in _WORDS.items() if word.startswith(start) or step.kind.startswith(start)), "·")
    line: paint.Line = [
        (f"{phrases.hour_of(step.at, model.zone)} ", theme.muted),
        (f" {glyph} ", theme.primary),
        (paint.fit(word, 13) + " ", theme.muted),
    ]
    indent = paint.width_of(line)
    told = localised(step.text, lambda at: at.astimezone(model.zone), step.at)
    body = paint.wrap(told, width - indent, 12)
    hang: paint.Line = [(" " * 10 + "│" + " " * (indent - 11), theme.line)]
    return [[*line, (body[0], theme.plain)], *([*hang, (text, theme.plain)] for text in body[1:])]


# ------------------------------------------------------------------ what was sent
def messages(model: Model, found: Sequence[wire_groups.Message], width: int) -> Section:
    """Every message that was, or will be, written, with its exact text."""
    lines: list[paint.Line] = [head("MESSAGES", str(len(found)))]
    for one in found:
        lines += delivery(model, one.delivery, width)
        title, body = paint.wrap(one.delivery.title, width - 8, 3), paint.wrap(one.body, width - 8, 30)
        lines += [[_BAR, (text, theme.plain)] for text in title if one.delivery.title]
        lines += [[_BAR, (text, theme.muted)] for text in body if one.body]
        if one.reason:
            lines.append([("      ╵ ", theme.line), (f"because {one.reason}", theme.faint)])
    if not found:
        lines.append([("none was written", theme.muted)])
    return Section("messages", lines)


def deliveries(model: Model, page: wire_pages.PageDetail, width: int) -> Section:
    """What was sent for a page that no alert stands for."""
    lines: list[paint.Line] = [head("MESSAGES", str(len(page.deliveries)))]
    for one in reversed(page.deliveries):
        lines += delivery(model, one, width)
        lines.append([("      ╵ ", theme.line), (one.title, theme.muted)])
    return Section("messages", lines)


def delivery(model: Model, one: wire_pages.Delivery, width: int) -> list[paint.Line]:
    """When, how it went, to whom, by what; and the fault."""
    bad, good = one.state in _BAD, one.state in _SENT
    word = one.state.replace("_", " ")
    style = theme.danger if bad else theme.success if good else theme.warning
    lines: list[paint.Line] = [
        [
            (f"{phrases.hour_of(one.sent_at or one.due_at, model.zone)} ", theme.muted),
            ("! " if bad else "✓ " if good else "… ", style),
            (paint.fit(word, max(10, len(word))), style),
            (one.person, theme.bold),
            (f" by {one.notifier}, {one.kind}", theme.muted),
            (f", try {one.attempt}" if one.attempt > 1 else "", theme.muted),
        ]
    ]
    if one.error:
        lines += [[("      ! ", theme.danger), (text, theme.danger)] for text in paint.wrap(one.error, width - 8, 3)]
    return lines


# ------------------------------------------------------------------ the past, and the rest
def episodes(model: Model, found: Sequence[wire_groups.Episode], width: int) -> Section:
    """When it fired, and how each time ended."""
    lines: list[paint.Line] = [head("EPISODES", str(len(found)))]
    for one in found[:20]:
        began = f"{_moment(model, one.began_at)}  "
        if one.ended_at is None:
            lasted, how = phrases.clock(model.now() - one.began_at), "still fires"
        else:
            lasted = phrases.clock(one.ended_at - one.began_at)
            how = _ENDED_BY.get(one.ended_by) or f"{one.ended_by} ended it by hand"
        lines.append(
            [
                (f"{one.number:>3}  ", theme.muted),
                (began, theme.plain),
                (f"{lasted:>9}  ", theme.primary),
                (how, theme.warning if one.ended_at is None else theme.muted),
            ]
        )
    return Section("episodes", lines)


def labels(alert: wire.Alert, width: int) -> Section:
    found = sorted(alert.labels.items())
    return Section("labels", [head("LABELS", str(len(found))), *_table(found, width, theme.plain)])


def annotation_lines(alert: wire.Alert, width: int) -> Section | None:
    shown = {"summary", "description", "message"} if alert.annotations.get("description") else {"summary"}
    found = [(name, text) for name, text in sorted(alert.annotations.items()) if name not in shown]
    return Section("annotations", [head("ANNOTATIONS"), *_table(found, width, theme.plain)]) if found else None


def times(model: Model, alert: wire.Alert, width: int) -> Section:
    known = (
        ("started", alert.starts_at),
        ("first seen", alert.first_seen),
        ("last seen", alert.last_seen),
        ("ended", alert.resolved_at),
    )
    found = [(name, _moment(model, at)) for name, at in known if at is not None]
    return Section("times", [head("TIMES"), *_table([*found, ("key", alert.key)], width, theme.muted)])


def links(alert: wire.Alert) -> list[tuple[str, str]]:
    """(name, address) of every link of an alert, the runbook first."""
    found = [(name, alert.annotations[name]) for name in _RUNBOOK if _is_link(alert.annotations.get(name, ""))]
    found += [(n, text) for n, text in sorted(alert.annotations.items()) if n not in _RUNBOOK and _is_link(text)]
    if _is_link(alert.generator_url):
        found.append(("source", alert.generator_url))
    words = alert.annotations.get("description", "").split()
    known = {address for _, address in found}
    return found + [("text", word) for word in words if _is_link(word) and word not in known]


def _is_link(text: str) -> bool:
    return text.startswith(("http://", "https://")) and not any(char.isspace() for char in text)


def link_lines(alert: wire.Alert, width: int) -> Section | None:
    found = links(alert)
    if not found:
        return None
    return Section("links", [head("LINKS", "r copies the first"), *_table(found, width, theme.primary)])


def _table(found: Sequence[tuple[str, str]], width: int, style: Style) -> list[paint.Line]:
    indent = min(max((len(name) for name, _ in found), default=0), 16, max(width // 3, 6)) + 1
    lines: list[paint.Line] = []
    for name, text in found:
        for index, one in enumerate(paint.wrap(text, width - indent, 12)):
            lines.append([(paint.fit("" if index else name, indent - 1) + " ", theme.muted), (one, style)])
    return lines


def _moment(model: Model, at: datetime) -> str:
    return at.astimezone(model.zone).strftime("%a %d %b %H:%M")


def plain(alert: wire.Alert) -> str:
    """The alert as text for the clipboard."""
    names = " ".join(f'{name}="{value}"' for name, value in sorted(alert.labels.items()))
    return (
        f"A-{alert.id} {inbox.alert_title(alert)}\nsince {alert.starts_at:%Y-%m-%d %H:%M:%SZ}, {alert.status}\n{names}"
    )
