"""Tends a mailbox: takes what is new, each mail once, and keeps the connection up.

A mail is marked as seen when it is stored, so what breaks off in between comes again and is known by its key. New is
what nobody has seen, and what has a higher UID than the last one that was taken: a person who looks into the mailbox
with a mail program hides nothing. Where the server gave all messages new UIDs (another UIDVALIDITY), new is what
arrived since the day before the last look.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from incidentd.plugin import (
    BadRequest,
    Condition,
    Context,
    StoreUnavailable,
    safe_line,
    update_memory,
)
from incidentd_email.config import MailChannelConfig
from incidentd_email.floods import Floods
from incidentd_email.imap import FLAGGED, SEEN, Inbox, MailboxLost
from incidentd_email.letters import Desk, received
from incidentd_email.reading import Mail, Unreadable, read_mail

FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0  # seconds
SOME = 1024 * 1024  # bytes that are read of a mail that is too large


class Mark(msgspec.Struct, frozen=True):
    """How far a folder was read: everything below `next_uid`, as of `day`."""

    validity: int
    next_uid: int
    day: date


class Tender:
    """Of one channel."""

    def __init__(self, config: MailChannelConfig, context: Context, desk: Desk) -> None:
        self._config = config
        self._context = context
        self._desk = desk
        self._key = f"read up to: {config.folder}"[:200]
        self._trouble = ""
        self._since: datetime | None = None
        self._aside: tuple[datetime, str] | None = None
        self._how = "connecting"
        self._floods = Floods(config.from_sender_an_hour)
        self._flooded = ""

    async def run(self) -> None:
        """For ever: what goes wrong is told by `condition`, and tried again after a growing pause."""
        pause = FIRST_PAUSE
        while True:
            try:
                inbox = await Inbox.open(self._config, self._context.open_socket)
            except MailboxLost as error:
                self._in_trouble(f"the mailbox cannot be reached: {error}")
            else:
                try:
                    await self._tend(inbox)
                except (MailboxLost, StoreUnavailable) as error:
                    if not self._trouble:  # it went well for a while
                        pause = FIRST_PAUSE
                    self._in_trouble(_told(error))
                finally:
                    await inbox.close()
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, LAST_PAUSE)

    async def _tend(self, inbox: Inbox) -> None:
        self._how = f"looks for mail {'as it comes' if inbox.idles else 'at intervals'} in {self._config.folder}"
        if self._config.reply_key is None:
            self._how += "; nobody is verified: there is no `reply_key`"
        done: set[int] = set()  # in this connection: a server that forgets marks keeps nobody busy
        self._floods.forget()
        while True:
            await self._take_new(inbox, done)
            self._trouble, self._since = "", None
            await inbox.wait(self._config.poll.total_seconds())

    # ------------------------------------------------------------------ taking
    async def _take_new(self, inbox: Inbox, done: set[int]) -> None:
        mark = await self._mark(inbox)
        unseen = await inbox.unseen()
        new = (unseen | await self._unread(inbox, mark)) - done
        if unknown := self._floods.unknown(new):
            self._floods.learn(await inbox.senders(unknown))
        held = []
        for uid in sorted(new):
            if uid in unseen and self._floods.holds(uid, self._context.now()):
                held.append(uid)
                continue
            await self._take(inbox, uid)
            done.add(uid)
        await self._tell_of_floods(held)
        following = max(
            [mark.next_uid if mark.validity == inbox.validity else inbox.next_uid, *(uid + 1 for uid in new)]
        )
        await self._remember(Mark(inbox.validity, min([following, *held]), self._context.now().date()))

    async def _tell_of_floods(self, held: Sequence[int]) -> None:
        """What waits stays in the mailbox as it is, and people can see that it does."""
        self._flooded, note = self._floods.told(held, self._config.folder)
        if note:
            await self._context.note(note)

    async def _unread(self, inbox: Inbox, mark: Mark) -> set[int]:
        if mark.validity == inbox.validity:
            return await inbox.since(mark.next_uid)
        return await inbox.arrived_since(mark.day - timedelta(days=1))

    async def _take(self, inbox: Inbox, uid: int) -> None:
        fetched = await inbox.fetch(uid, self._config.max_size, SOME)
        if fetched is None:  # somebody deleted it
            return
        raw, size = fetched
        missing = (
            f"only the first {SOME // 1048576} of {size / 1048576:.0f} MB of this mail were read"
            if size > len(raw)
            else ""
        )
        mail = None
        try:
            mail = await read_mail(raw)
            await self._context.reports.receive(received(mail, raw, self._desk, missing))
        except (Unreadable, BadRequest) as error:
            await self._set_aside(inbox, uid, mail, error)
            return
        await inbox.mark(uid, SEEN)

    async def _set_aside(self, inbox: Inbox, uid: int, mail: Mail | None, error: Exception) -> None:
        """Leave it in the mailbox for people, with a flag, and tell."""
        reason = f"{error.field}: {error}" if isinstance(error, BadRequest) and error.field else str(error)
        about = f" from {mail.first('from')}: {mail.first('subject')}" if mail is not None else ""
        text = safe_line(
            f"a mail was set aside, flagged in {self._config.folder} (UID {uid}), because {reason};{about}", 400
        )
        await self._context.note(text)
        self._aside = (self._context.now(), text)
        await inbox.mark(uid, SEEN, FLAGGED)

    # ------------------------------------------------------------------ what is remembered
    async def _mark(self, inbox: Inbox) -> Mark:
        """How far the folder was read; nothing is old where it never was."""
        kept = await self._context.memory.get(self._key)
        if kept is not None:
            return msgspec.json.decode(kept, type=Mark)
        first = Mark(inbox.validity, inbox.next_uid, self._context.now().date())
        await self._remember(first)
        return first

    async def _remember(self, mark: Mark) -> None:
        after = msgspec.json.encode(mark)

        def further(before: bytes | None) -> bytes:
            """Another node may have read further."""
            known = msgspec.json.decode(before, type=Mark) if before else None
            ahead = known is not None and known.validity == mark.validity and known.next_uid > mark.next_uid
            return before if before and ahead else after

        await update_memory(self._context.memory, self._key, further)

    # ------------------------------------------------------------------ how it is
    def _in_trouble(self, text: str) -> None:
        self._trouble = text
        self._since = self._since or self._context.now()

    def condition(self) -> Condition:
        """In a line."""
        if self._trouble and self._since is not None:
            return Condition(
                text=safe_line(f"{self._trouble} (since {self._since:%Y-%m-%dT%H:%M:%SZ})", 300), well=False
            )
        if self._flooded:
            return Condition(text=self._flooded, well=False)
        if self._aside is not None and self._context.now() - self._aside[0] < timedelta(days=1):
            return Condition(text=self._aside[1])
        return Condition(text=self._how)


def _told(error: Exception) -> str:
    if isinstance(error, StoreUnavailable):
        return "mails wait in the mailbox: they cannot be stored"
    return f"the mailbox was lost: {error}"
