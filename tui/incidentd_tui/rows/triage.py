"""A report in triage: the conversation, and the card of what is known and what to ask next."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.wire.reports import ReportDetail, ReportMessage
from incidentd.wire.triage import CardRow, Similar, Triage, Whither
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import reports
from incidentd_tui.rows.detail import Section, head
from incidentd_tui.widgets.virtual_list import Key

_STATES = {"answered": ("✓", theme.success), "unknown": ("~", theme.warning), "missing": ("–", theme.muted)}
_DELIVERIES = {
    "pending": ("on its way", theme.muted),
    "sending": ("on its way", theme.muted),
    "sent": ("sent", theme.success),
    "delivered": ("arrived", theme.success),
    "failed": ("✗ never arrived", theme.danger),
    "unknown": ("? may have arrived", theme.warning),
}
_CELLS = 12


def about(model: Model, found: ReportDetail, width: int) -> Section:
    """Who wrote, how it stands, what is owed."""
    one = found.report
    lines = reports.lines(model, one, width)[1:]
    if one.private:
        lines.append([("answered in private only", theme.warning)])
    if found.customer.notes:
        lines += [[("│ ", theme.line), (text, theme.muted)] for text in paint.wrap(found.customer.notes, width - 2, 3)]
    if found.duplicates:
        names = ", ".join(f"R-{number}" for number in found.duplicates)
        lines.append([(f"its duplicates: {names}", theme.muted)])
    return Section("about", lines)


# ------------------------------------------------------------------ the conversation
def conversation(model: Model, found: ReportDetail, width: int) -> Section:
    """Every message, oldest first; what is for us only says so."""
    lines = [head("CONVERSATION", phrases.count(len(found.messages), "message"))]
    about: dict[int, Key] = {}
    for message in found.messages:
        shown = list(_message(model, message, width))
        about |= {len(lines) + 1 + place: ("message", message.id) for place in range(len(shown))}
        lines += [[], *shown]
    return Section("conversation", lines, about)


def _message(model: Model, message: ReportMessage, width: int) -> Iterator[paint.Line]:
    at = phrases.day_hour(message.at, model.now(), model.zone)
    incoming, note = message.direction == "in", message.direction == "note"
    who = (message.sender_name or message.sender) if incoming else message.author
    mark: paint.Span = ("› ", theme.warning) if incoming else ("✎ ", theme.muted) if note else ("‹ ", theme.primary)
    marks = [
        "for us only" if note else "",
        "by itself" if message.automatic else "",
        "who wrote it is not proven" if incoming and not message.verified else "",
        "" if incoming or note or message.kind == "reply" else message.kind,
    ]
    told = "  ".join(one for one in marks if one)
    left: paint.Line = [mark, (f"{at} ", theme.muted), (who or "the daemon", theme.bold), (f"  {told}", theme.faint)]
    state = _DELIVERIES.get(message.delivery, (message.delivery, theme.muted))
    yield paint.between(left, [state], width)
    for text in paint.wrap(message.text, width - 2):
        yield [("│ ", theme.line), (text, theme.muted if note else theme.plain)]
    for one in message.attachments:
        yield [("│ ", theme.line), (f"⎘ {one.name} ({one.media_type}, {one.size:,} bytes)", theme.primary)]
    if message.error:
        yield [("│ ", theme.line), (f"! {message.error}", theme.danger)]


def history(model: Model, found: ReportDetail, width: int) -> Section:
    """What happened to it."""
    lines = [head("HISTORY")]
    for step in found.history:
        at = phrases.day_hour(step.at, model.now(), model.zone)
        shown = paint.wrap(step.text, width - len(at) - 1, 3)
        lines += [[(f"{at} " if not number else " " * (len(at) + 1), theme.faint), (text, theme.muted)]
                  for number, text in enumerate(shown)]  # fmt: skip
    return Section("history", lines)


# ------------------------------------------------------------------ the card
def card(model: Model, one: Triage, similar: Similar | None, width: int) -> Section:
    """What is known, what `N` asks, how bad it is, where it goes, and what is alike."""
    filled = round(one.completeness * _CELLS / 100)
    bar = f"{'█' * filled}{'░' * (_CELLS - filled)} {one.completeness} %"
    lines: list[paint.Line] = [[("TRIAGE CARD  ", theme.heading), (bar, theme.plain)]]
    lines += [line for each in one.rows for line in _answer(model, each, width)]
    lines += [[], *_next(one, width), [], *_priority(one), [], *_whither(one.whither, width)]
    for page in one.pages:
        state = f"{page.state} {page.acknowledged_by}".strip()
        lines.append([(f"☎ P-{page.id} ", theme.bold), (f"{page.target}: {state}", theme.plain)])
    return Section("card", [*lines, *_alike(one, similar, width)])


def _answer(model: Model, row: CardRow, width: int) -> Iterator[paint.Line]:
    mark, style = _STATES.get(row.state, ("·", theme.muted))
    name = f"{row.question:<11}"
    told = {"unknown": "asked, unknown", "missing": "missing" if row.required else "not asked for"}
    text = row.answer if row.state == "answered" else told.get(row.state, row.state)
    if row.state == "missing" and row.asked_at is not None:
        text = f"asked {phrases.day_hour(row.asked_at, model.now(), model.zone)}, no answer yet"
    shown = paint.wrap(text, width - 13, 3)
    for number, part in enumerate(shown):
        lead: paint.Line = [(f"{mark} ", style), (name, theme.muted)] if not number else [(" " * 13, theme.plain)]
        tail: paint.Line = [(" (from the report)", theme.faint)] if row.implied and number == len(shown) - 1 else []
        yield [*lead, (part, theme.plain if row.state == "answered" else theme.muted), *tail]


def _next(one: Triage, width: int) -> Iterator[paint.Line]:
    if one.next is None:
        waits = f"; no answer yet to {', '.join(one.waiting_for)}" if one.waiting_for else ""
        yield [(f"nothing is left to ask{waits}", theme.muted)]
        return
    yield [("N", theme.key), (f" asks for {one.next.name}:", theme.muted)]
    for text in paint.wrap("\n".join(filter(None, one.next.text.split("\n"))), width - 2, 8):
        yield [("│ ", theme.line), (text, theme.plain)]


def _priority(one: Triage) -> list[paint.Line]:
    report = one.report
    if not report.priority:
        return [[("PRIORITY  ", theme.heading), ("not set: e sets impact and urgency", theme.muted)]]
    number = int(report.priority[1:]) if report.priority[1:].isdecimal() else 5
    told = f"  impact {report.impact}, urgency {report.urgency}"
    return [[("PRIORITY  ", theme.heading), (f" {report.priority} ", theme.ranked(number)), (told, theme.muted)]]


def _whither(one: Whither, width: int) -> Iterator[paint.Line]:
    yield [("P PAGES  ", theme.heading), (one.target or "nobody", theme.plain)]
    for text in paint.wrap(one.why, width - 2, 3):
        yield [("  ", theme.plain), (text, theme.muted)]
    if one.people:
        yield [("  first ", theme.muted), (", ".join(one.people), theme.bold)]
    if one.on_project_work:
        for text in paint.wrap(f"on project work: {', '.join(one.on_project_work)}; it asks for a reason", width - 4):
            yield [("  ▲ ", theme.warning), (text, theme.plain)]


def _alike(one: Triage, similar: Similar | None, width: int) -> Iterator[paint.Line]:
    nudge = similar.nudge if similar is not None and similar.nudge is not None else one.nudge
    if nudge is not None:
        yield []
        for number, text in enumerate(paint.wrap(nudge.why, width - 2, 4)):
            yield [("▲ " if not number else "  ", theme.warning), (text, theme.bold)]
        yield [("  i", theme.key), (" declares an incident from them", theme.muted)]
    if similar is None or not similar.similar:
        return
    yield []
    yield head("ALIKE")
    for each in similar.similar[:6]:
        mark = "=" if each.relation == "duplicate" else "≈"
        place = f" INC-{each.report.incident_id}" if each.report.incident_id else ""
        yield [
            (f"{mark} {each.score:>3}  ", theme.primary),
            (f"{each.report.reference} ", theme.bold),
            (paint.crop(f"{each.report.customer}{place}", width - 16), theme.muted),
        ]
        yield [(" " * 7, theme.plain), (paint.crop(each.report.subject, width - 7), theme.plain)]
        for text in paint.wrap(", ".join(each.reasons), width - 7, 2):
            yield [(" " * 7, theme.plain), (text, theme.muted)]
