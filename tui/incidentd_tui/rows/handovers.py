"""Handovers: one a row, and one in full with the digest of what goes over."""

from __future__ import annotations

from incidentd.wire import handover as wire_handover
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import calendar as days
from incidentd_tui.rows import shifts

VIEWS = (("mine", "Mine"), ("open", "Open"), ("current", "Current"), ("all", "All"))
_MARKS = {
    "running": ("○", theme.muted),
    "draft": ("✎", theme.warning),
    "sent": ("→", theme.warning),
    "accepted": ("✓", theme.success),
    "lapsed": ("✗", theme.danger),
}


def shown_in(view: str, one: wire_handover.Handover, me: str) -> bool:
    """Mine are those from or to `me` that are not over."""
    over = one.state in ("accepted", "lapsed")
    match view:
        case "mine":
            return bool(me) and me in (one.person, one.next_person) and not over
        case "open":
            return one.state in ("draft", "sent")
        case "current":
            return not over
    return True


def waits_for(one: wire_handover.Handover, me: str) -> str:
    """What `me` is to do about it: finish, accept, or nothing ("")."""
    if not me:
        return ""
    if one.state == "sent" and one.next_person == me:
        return "accept"
    return "finish" if one.person == me and not one.finished_by and one.state in ("running", "draft") else ""


def header(width: int) -> paint.Line:
    return [(f" {'STATE':<11}{'ID':<6}{paint.fit('SCHEDULE', 20)}{'FROM › TO':<20}ENDS", theme.faint)]


def row(model: Model, one: wire_handover.Handover, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(one.state, ("·", theme.muted))
    names = f"{days.shown_name(model, one.person)}›{days.shown_name(model, one.next_person) or 'nobody'}"
    todo = waits_for(one, model.me)
    told = {"accept": "▲ accept it", "finish": "" if one.state == "running" else "▲ finish it"}.get(todo, "")
    return [
        (f"{mark} {one.state:<9}", style),
        (paint.fit(one.name, 5) + " ", theme.muted),
        (paint.fit(one.schedule, 19) + " ", theme.bold),
        (paint.fit(names, 19) + " ", theme.plain),
        (f"{phrases.day_hour(one.ends_at, model.now(), model.zone):<14}", theme.muted),
        (told, theme.warning),
    ]


def lines(model: Model, one: wire_handover.Handover, width: int) -> list[paint.Line]:
    """One in full: what is open section by section, and what surprised who leaves."""
    mark, style = _MARKS.get(one.state, ("·", theme.muted))
    found: list[paint.Line] = [
        [],
        [(f"{mark} {one.state}  ", style), (f"{one.name}  {one.schedule}", theme.bold), (f"  {one.form}", theme.faint)],
        [(f"{one.person} hands over to {one.next_person or 'nobody yet'}", theme.plain)],
        [(shifts.span_text(model, one.starts_at, one.ends_at), theme.muted)],
        *([(text, theme.muted)] for text in paint.wrap(_stands(model, one), width, 3)),
    ]
    for part in one.sections:
        found += [[], [(part.title.upper(), theme.heading), (f"  {len(part.items) + part.more}", theme.faint)]]
        for item in part.items:
            found += [
                [("• " if not at else "  ", theme.primary), (text, theme.plain)]
                for at, text in enumerate(paint.wrap(item.text, width - 2, 4))
            ]
        if part.more:
            found.append([(f"  and {part.more} more", theme.muted)])
    if not one.sections:
        found += [[], [("Nothing is open.", theme.success)]]
    if one.surprises:
        found += [[], [(f"WHAT SURPRISED {one.person.upper()}", theme.heading)]]
        found += [[(text, theme.plain)] for text in paint.wrap(one.surprises, width)]
    return found


def _stands(model: Model, one: wire_handover.Handover) -> str:
    """How far it is, in words."""
    now, zone = model.now(), model.zone
    if one.accepted_at is not None:
        return f"accepted by {one.accepted_by} at {phrases.day_hour(one.accepted_at, now, zone)}"
    if one.sent_at is not None:
        how = "" if one.finished_by else f", as it was: {one.person} did not finish it"
        sent = phrases.day_hour(one.sent_at, now, zone)
        return f"sent at {sent}{how}; {one.next_person or 'nobody'} has not accepted it"
    if one.state == "lapsed":
        return "it lapsed: nobody accepted it"
    if one.finished_by:
        return f"complete, says {one.finished_by}: it goes out when the block ends"
    return "nobody has said yet that it is complete"
