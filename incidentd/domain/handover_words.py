"""What people are written about handovers, and what the log says of them."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.handover import SENT_UNFINISHED, Handover

_LINE = 200
_SHOWN = 5
_MOST_TEXT = 2000


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def span(handover: Handover) -> str:
    """Whose block it is, and when."""
    whom = f"{handover.person} on {handover.schedule}"
    return f"{whom} from {_at(handover.starts_at)} until {_at(handover.ends_at)}"


def told(handover: Handover, kind: str) -> str:
    """What an event of `kind` says about it."""
    to = handover.next_person or "nobody"
    ending = {
        "handover.drafted": f"is over, and is to be handed over to {to}",
        "handover.edited": "has new words for the next one",
        "handover.finished": f"is handed over to {to} at its end",
        "handover.sent": f"is handed over to {to}" + ("" if handover.finished_by else ", and nobody finished it"),
        "handover.accepted": f"was taken over by {handover.accepted_by}",
        "handover.readdressed": f"is handed over to {to} after all",
        "handover.reminded": "still waits to be " + ("accepted" if handover.sent_at else "finished"),
        "handover.lapsed": "was never taken over",
    }[kind]
    return f"{handover.name}: the block of {span(handover)} {ending}"


def digest(handover: Handover) -> str:
    """The digest and the person's own words, as a message carries them."""
    lines = []
    for section in handover.sections:
        lines.append(f"{section.title}: {len(section.items) + section.more}")
        lines += [f"- {safe_line(item.text, _LINE)}" for item in section.items[:_SHOWN]]
        left = len(section.items) + section.more - _SHOWN
        lines += [f"- and {left} more"] if left > 0 else []
    if not lines:
        lines.append("Nothing is open.")
    if handover.surprises:
        lines += [f"What surprised {safe_line(handover.person, 64)}:", safe_text(handover.surprises[:_MOST_TEXT])]
    return "\n".join(lines)


def ends_soon(handover: Handover) -> tuple[str, str]:
    """Title and body: somebody's block ends within the hour."""
    to = safe_line(handover.next_person or "nobody", 64)
    body = f"Write down what surprised you, for {to}: incidentctl handover edit {handover.name}"
    return f"Your block on {handover.schedule} ends at {_at(handover.ends_at)}", body


def to_finish(handover: Handover) -> tuple[str, str]:
    """Title and body: somebody's block is over."""
    to = safe_line(handover.next_person or "nobody", 64)
    at = _at(handover.ends_at + SENT_UNFINISHED)
    body = (
        f"The digest for {to} is drafted; add what surprised you, and send it: incidentctl handover send "
        f"{handover.name}\nAt {at} it goes to {to} as it is."
    )
    if not handover.next_person:
        body = f"Nobody follows on this schedule yet. Add what surprised you: incidentctl handover edit {handover.name}"
    return f"Hand over your block on {handover.schedule}", body


def to_accept(handover: Handover, *, again: bool = False) -> tuple[str, str]:
    """Title and body: somebody takes over."""
    begins = handover.next_starts_at or handover.ends_at
    head = f"You are on call for {handover.schedule} from {_at(begins)}"
    unfinished = "" if handover.finished_by else f"{safe_line(handover.person, 64)} did not finish this handover.\n"
    ask = f"Accept it: incidentctl handover accept {handover.name}"
    title = f"Not accepted yet: handover of {handover.schedule}" if again else head
    return title, f"From {safe_line(handover.person, 64)}:\n{unfinished}{digest(handover)}\n{ask}"


def accepted(handover: Handover) -> tuple[str, str]:
    """Title and body: it was taken over."""
    return f"{handover.accepted_by} has taken over {handover.schedule}", f"Your handover {handover.name} was accepted."


def warning(handover: Handover) -> str:
    """What stands beside whoever carries the pager now while it is open."""
    if handover.sent_at is None:
        return f"has no handover yet: {handover.person} has not sent {handover.name}"
    return f"has not accepted the handover {handover.name} from {handover.person}"
