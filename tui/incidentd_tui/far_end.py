"""Whether anybody is still at the other end of a link: a terminal is asked, and one that answered before has to again.

sshd asks its client, too (ClientAliveInterval), but that of OpenSSH 9.2 does so only when nothing was on its way for
the whole interval, and the clocks of a screen prevent that: the session of a laptop that was closed would stay until
TCP gives up, a quarter of an hour later.
"""

from __future__ import annotations

QUESTION = "\x1b[6n"
"""Where is the cursor? (DSR, ECMA-48 8.3.35.) Every terminal answers it."""
_EVERY = 10.0
_GONE = 30.0


class FarEnd:
    """Remembers when the other end was last heard of. `now` is in seconds, of a clock that nobody sets."""

    def __init__(self, now: float) -> None:
        self._heard = now
        self._asked = now - _EVERY
        self._answers = False

    def heard(self, now: float) -> None:
        """A key came."""
        self._heard = now

    def answered(self, now: float) -> None:
        """The question was answered: this terminal does that."""
        self._answers = True
        self.heard(now)

    def ask(self, now: float) -> bool:
        """Whether to ask now, which is then remembered as done. The first time is at once."""
        last = max(self._asked, self._heard) if self._answers else self._asked
        due = now - last >= _EVERY
        if due:
            self._asked = now
        return due

    def gone(self, now: float) -> bool:
        """Nothing was heard for half a minute of a terminal that used to answer."""
        return self._answers and now - self._heard >= _GONE
