"""Who has a page: in a word for a column, and in sentences with what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

LATE = timedelta(minutes=5)
"""A page that nobody answered for this long is late: the first step of the default policy ends there."""
_DAY = timedelta(days=1)


def in_hand(page: wire.Page) -> bool:
    """Whether somebody took it, or put it off."""
    return page.state == "acknowledged" or page.snoozed_until is not None


def calls(page: wire.Page) -> bool:
    """Whether it is nobody's, and not put off."""
    return page.state in ("open", "exhausted") and page.snoozed_until is None


def is_late(page: wire.Page, now: datetime) -> bool:
    return calls(page) and now - page.started_at >= LATE


# ------------------------------------------------------------------ in a word
def state(model: Model, page: wire.Page) -> paint.Span:
    """Who has it, in nine cells."""
    if page.id in model.waiting_pages:
        return ("~ sending", theme.muted)
    if page.snoozed_until is not None:
        return (f"zzz {_wakes(model, page.snoozed_until)}", theme.muted)
    if page.last_resort_at is not None and page.state == "open":
        return ("! nobody", theme.danger)
    if page.acks_needed > 1 and page.state in ("open", "exhausted"):
        mark, style = ("☎", theme.warning) if page.state == "open" else ("!", theme.danger)
        return (f"{mark} {counted(page)}", style)
    return state_word(page.state, page.acknowledged_by, left(model, page))


def _wakes(model: Model, until: datetime) -> str:
    near = until - model.now() < _DAY
    return phrases.hour(until, model.zone) if near else phrases.rest(until, model.now())


def counted(page: wire.Page) -> str:
    """1 of 2: who has acknowledged, of how many it takes."""
    return f"{len(page.acks)} of {page.acks_needed}"


def left(model: Model, page: wire.Page | None) -> str:
    """How long an acknowledgement still lasts, "" for one that stands until the alert ends."""
    if page is None or page.state != "acknowledged" or page.acknowledged_until is None:
        return ""
    return phrases.rest(page.acknowledged_until, model.now())


def state_word(state: str, by: str, left: str) -> paint.Span:
    match state:
        case "open":
            return ("☎ paging", theme.warning)
        case "acknowledged":
            return (f"◔ {left} {by}" if left else f"✓ {by or 'taken'}", theme.success)
        case "exhausted":
            return ("! nobody", theme.danger)
        case "resolved":
            return ("resolved", theme.muted)
        case _:
            return ("—", theme.faint)


# ------------------------------------------------------------------ in sentences
def facts(model: Model, page: wire.Page, width: int) -> list[paint.Line]:
    """State, who was written to, and what comes next."""
    word, style = state(model, page)
    lines: list[paint.Line] = [[(f"P-{page.id} ", theme.muted), (word, style)]]
    if page.last_resort_at is not None and page.state in ("open", "exhausted"):
        why = f"reaches nobody: {page.last_resort_why}"
        lines += [[(text, theme.danger)] for text in paint.wrap(why, width, 4)]
    given = f"given to {page.person or f'whoever is on call for {page.schedule}'}"
    if page.person or page.schedule:
        lines += _wrapped(given + (f", then policy {page.policy}" if page.policy else ""), width)
    if page.notified:
        lines += _wrapped("written to " + ", ".join(page.notified), width)
    lines += signs(model, page, width)
    if page.state == "open" and page.next_step_at is not None and page.snoozed_until is None:
        lines.append([(f"next step in {phrases.clock(page.next_step_at - model.now())}", theme.warning)])
    if page.acknowledged_at is not None:
        took = phrases.clock(page.acknowledged_at - page.started_at)
        via = f" by {page.acknowledged_via}" if page.acknowledged_via else ""
        lines.append([(f"answered in {took}{via}", theme.success)])
    if page.state == "acknowledged" and page.acknowledged_until is not None:
        until = phrases.day_hour(page.acknowledged_until, model.now(), model.zone)
        lines += [[(text, theme.warning)] for text in paint.wrap(f"until {until}, then it escalates on", width, 2)]
    return lines


def _wrapped(text: str, width: int) -> list[paint.Line]:
    return [[(one, theme.plain)] for one in paint.wrap(text, width, 3)]


def signs(model: Model, page: wire.Page, width: int) -> list[paint.Line]:
    """What a word cannot tell: who is missing of several, and until when it is put off."""
    told = [*_put_off(model, page), *_several(page)]
    return [[(text, theme.warning)] for one in told for text in paint.wrap(one, width, 3)]


def _put_off(model: Model, page: wire.Page) -> Sequence[str]:
    if page.snoozed_until is None:
        return ()
    until = phrases.day_hour(page.snoozed_until, model.now(), model.zone)
    return (f"snoozed until {until}{f' by {page.snoozed_by}' if page.snoozed_by else ''}, then it goes on",)


def _several(page: wire.Page) -> Sequence[str]:
    if page.acks_needed < 2:
        return ()
    if page.state == "acknowledged":
        return (f"acknowledged by {', '.join(page.acks)}",) if page.acks else ()
    if page.state == "resolved":
        return ()
    by = f" by {', '.join(page.acks)}" if page.acks else ""
    missing = ", ".join(page.ack_missing)
    return (f"{counted(page)} acknowledged{by}, {f'missing: {missing}' if missing else 'nobody else was asked yet'}",)
