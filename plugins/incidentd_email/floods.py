"""Which senders write more than their share: their mails wait in the mailbox, unread, and are taken bit by bit.

Who sent a mail is what its From and Reply-To say, looked at before the rest of it is read. That proves nothing, so
what waits is never thrown away: whoever writes in another's name delays that other's mails, and people see it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from incidentd.plugin import safe_line
from incidentd.plugin.allowance import Allowance

_EVERYBODY = 1_000_000_000  # an hour: only the single sender is bounded here


class Floods:
    """What one mailbox takes of each sender in an hour."""

    def __init__(self, per_sender: int) -> None:
        self._allowance = Allowance(per_sender, _EVERYBODY)
        self._per_sender = per_sender
        self._known: dict[int, bytes] = {}  # what the senders' lines say, by UID; for as long as they wait
        self._told: set[bytes] = set()

    def unknown(self, uids: Iterable[int]) -> set[int]:
        """Those whose senders nobody has looked at."""
        return set(uids) - self._known.keys()

    def learn(self, senders: Mapping[int, bytes]) -> None:
        """Remember who sent what."""
        self._known |= senders

    def forget(self) -> None:
        """UIDs mean other mails on another connection."""
        self._known.clear()

    def holds(self, uid: int, now: datetime) -> bool:
        """Whether a mail has to wait; otherwise it counts."""
        wait = self._allowance.take(_digest(self._known.get(uid, b"")), now)
        if not wait:
            self._known.pop(uid, None)
        return bool(wait)

    def told(self, held: Iterable[int], folder: str) -> tuple[str, str]:
        """How it is, "" while nobody floods; and what is to be noted down, once for each flood."""
        counts = Counter(self._known.get(uid, b"") for uid in held)
        fresh = counts.keys() - self._told
        self._told = set(counts)
        if not counts:
            return "", ""
        ((most, _),) = counts.most_common(1)
        who = safe_line(" ".join(most.decode("utf-8", "replace").split()), 200)
        mails = "1 mail waits" if counts.total() == 1 else f"{counts.total()} mails wait"
        text = f"{mails}, unread, in {folder}: one sender may write {self._per_sender} an hour ({who})"
        return text, text if fresh else ""


def _digest(sender: bytes) -> str:
    return hashlib.sha256(b" ".join(sender.lower().split())).hexdigest()
