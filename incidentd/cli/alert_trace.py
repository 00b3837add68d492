"""`incidentctl alert trace`: why somebody, or nobody, was paged."""

from __future__ import annotations

import click

from incidentd import wire
from incidentd.cli.parts import ALERT, read_options
from incidentd.cli.refusal import Failure
from incidentd.cli.screen import glyph, hang, listed, paint, span
from incidentd.cli.session import Session
from incidentd.domain.columns import width
from incidentd.domain.display import safe_line
from incidentd.domain.local_times import localised
from incidentd.wire import pages as wire_pages

# kind, or what it begins with: glyph, the same in ASCII, tone
_MARKS = {
    "alert": ("●", "*", ""),
    "group": ("–", "-", ""),
    "page": ("▲", "^", ""),
    "delivery": ("→", ">", ""),
    "incident": ("+", "+", ""),
    "alert.fired": ("●", "*", "bad"),
    "alert.resolved": ("○", "o", "good"),
    "alert.resolved_by_hand": ("○", "o", "good"),
    "alert.expired": ("○", "o", "good"),
    "alert.settled": ("○", "o", ""),
    "alert.out_of_order": ("↩", "<", ""),
    "alert.flapping": ("≈", "~", "warn"),
    "alert.acknowledged": ("✓", "v", "good"),
    "alert.silenced": ("◌", "-", "warn"),
    "alert.unsilenced": ("●", "*", "bad"),
    "alert.inhibited": ("◌", "-", "warn"),
    "alert.uninhibited": ("●", "*", "bad"),
    "alert.in_maintenance": ("◌", "-", "warn"),
    "alert.out_of_maintenance": ("●", "*", "bad"),
    "alert.held": ("◌", "-", "warn"),
    "alert.released": ("●", "*", "bad"),
    "group.quiet": ("–", "-", "warn"),
    "group.muted": ("◌", "-", "warn"),
    "group.unmuted": ("●", "*", "bad"),
    "alert.moved": ("»", ">", ""),
    "page.paused": ("◌", "-", "warn"),
    "page.ack_changed": ("✓", "v", "good"),
    "page.ack_lapsed": ("▲", "^", "warn"),
    "page.declared": ("▲", "^", "warn"),
    "chat.failed": ("✗", "x", "bad"),
    "page.step": ("»", ">", ""),
    "interruption.recorded": ("▲", "^", "warn"),
    "interruption.withdrawn": ("■", "#", "good"),
    "page.restarted": ("▲", "^", "warn"),
    "page.acknowledged": ("✓", "v", "good"),
    "page.handed_back": ("▲", "^", "warn"),
    "page.exhausted": ("✗", "x", "bad"),
    "page.resolved": ("■", "#", "good"),
    "page.updated": ("→", ">", ""),
    "delivery.retrying": ("↻", "@", "warn"),
    "delivery.failed": ("✗", "x", "bad"),
    "incident.alert_unlinked": ("-", "-", ""),
}
_OTHER = ("·", ".", "")
_OFFSET_COLUMNS = 7


def _mark(kind: str) -> tuple[str, str, str]:
    return _MARKS.get(kind) or _MARKS.get(kind.partition(".")[0], _OTHER)


def _head(alert: wire.Alert) -> None:
    told = [alert.status, alert.severity, alert.service or "no service"]
    told.append(f"P-{alert.page_id} {alert.page_state}" if alert.page_id else "no page")
    if alert.incident_ids:
        told.append(listed(alert.incident_ids, "INC-"))
    line = f"A-{alert.id} {alert.name}: {', '.join(one for one in told if one)}"
    hang("  ", safe_line(line))
    if alert.summary and alert.summary != alert.name:
        hang("  ", safe_line(alert.summary))
    if alert.flapping:
        hang("  ", "It is flapping.", tone="warn")


def _steps(session: Session, steps: tuple[wire.TraceStep, ...]) -> None:
    day = ""
    for step in steps:
        today = session.when(step.at, "%a %d %b %Y, %Z")
        if today != day:
            print(f"\n  {paint(today, 'dim')}")
            day = today
        since = step.at - steps[0].at
        offset = f"+{span(since)}" if since else ""
        character, plain, tone = _mark(step.kind)
        mark = glyph(character, plain)
        start = f"  {session.when(step.at, '%H:%M:%S')}  {offset:>{_OFFSET_COLUMNS}}  "
        hang(
            f"{start}{paint(mark, tone)} ",
            safe_line(localised(step.text, session.zoned, step.at)),
            lead_width=width(start) + 2,
        )


def _what_next(session: Session, alert: wire.Alert) -> None:
    """What the escalation does unless somebody acts; the trace holds only what has happened."""
    if alert.page_state != "open" or alert.page_id is None:
        return
    try:
        page = session.decode(session.get(f"/v1/pages/{alert.page_id}"), wire_pages.PageDetail).page
    except Failure:  # the answer to the question stands above: this is an extra
        return
    if page.state != "open":
        return
    next_step = f"The next step is at {session.when(page.next_step_at, '%H:%M:%S')}" if page.next_step_at else ""
    hang(
        "\n  ", f"{next_step or 'No further step is planned'}. incidentctl page ack P-{page.id} stops it.", lead_width=2
    )


@click.command()
@click.argument("alert_id", type=ALERT)
@read_options
@click.pass_obj
def trace(session: Session, alert_id: int) -> None:
    """Tell why somebody, or nobody, was paged: the answer first, then every step that led to it."""
    found = session.read(session.get(f"/v1/alerts/{alert_id}/trace"), wire.Trace)
    if found is None:
        return
    hang("", safe_line(localised(found.verdict, session.zoned)), tone="bold")
    print()
    _head(found.alert)
    _steps(session, found.steps)
    _what_next(session, found.alert)
