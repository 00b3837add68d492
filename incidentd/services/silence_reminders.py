"""What the owner of a silence is written: before it ends while alerts fire under it, and when it has lasted long."""

from __future__ import annotations

from incidentd.domain.display import safe_line
from incidentd.domain.people import Roster
from incidentd.domain.silences import Silence
from incidentd.services.hidden import told
from incidentd.services.notes import LONGEST_LINE, write_to
from incidentd.storage.tx import Tx


def remind(tx: Tx, roster: Roster, silence: Silence, firing: int, *, ends_soon: bool) -> None:
    """Write to the owner by the first of their contact methods; the event says when that reaches nobody."""
    owner = roster.people.get(silence.created_by)
    written = write_to(tx, owner, *_texts(silence, firing, ends_soon), "you set this silence")
    data = {**told(silence), "firing": firing, "written_to": silence.created_by if written else ""}
    tx.emit("silence.ends_soon" if ends_soon else "silence.lasts_long", silence.subject, data)


def _texts(silence: Silence, firing: int, ends_soon: bool) -> tuple[str, str]:
    """Title and body."""
    until = f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"
    head = f"Silence {silence.name} ends at {until}" if ends_soon else f"Silence {silence.name} is on since a day"
    after = "They page when it has ended." if ends_soon else f"It ends at {until}."
    body = (
        f"{safe_line(silence.comment, LONGEST_LINE)}\n"
        f"{safe_line(', '.join(map(str, silence.matchers)), 2 * LONGEST_LINE)}\n"
        f"Alerts that fire under it: {firing}. {after}"
    )
    return head, body
