"""The first start after a restore: nobody is written to for what was settled in the time that is lost.

A backup knows neither who acknowledged since nor what was sent. So all that it has due waits `GRACE`: senders say again
what still fires, what they do not mention expires, and a page that is open then goes on as it would have. What else was
due to be sent before the end of the replaced database is not sent: it went out then.
"""

from __future__ import annotations

from datetime import timedelta

from incidentd.storage import restored
from incidentd.storage.tx import Tx

GRACE = timedelta(minutes=10)
"""Senders repeat what fires within five minutes, and what they do not repeat is over after that (see `workers`)."""


def settle(tx: Tx) -> None:
    """Take up what `incidentd restore` left; nothing when there was no restore."""
    mark = restored.take_mark(tx)
    if mark is None:
        return
    data = {
        "file": mark.file,
        "last_seq": mark.last_seq,
        "last_at": mark.last_at,
        "lost_seq": mark.lost_seq,
        "lost_at": mark.lost_at,
    }
    if not mark.send_waiting and mark.lost_seq != mark.last_seq:
        until = tx.now + GRACE
        waiting, given_up = restored.messages_wait(tx, mark.lost_at or mark.at, until)
        data |= {"waits_until": until, "messages_waiting": waiting, "messages_given_up": given_up}
        data["timers_waiting"] = restored.timers_wait(tx, until)
    tx.emit("backup.restored", "daemon:0", data)
