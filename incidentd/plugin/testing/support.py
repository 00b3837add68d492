"""A double of where support channels put what customers write. The conformance class is in `channels`."""

from __future__ import annotations

import asyncio

import msgspec

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.support import Conversation, Outgoing, Received, Said, Taken
from incidentd.plugin.testing.clock import DEFAULT_START as START
from incidentd.plugin.values import BadRequest


class RecordingReports:
    """Keeps every message once; the flags let it fail as the daemon may."""

    def __init__(self) -> None:
        self.messages: list[Received] = []
        self.answers: dict[str, Outgoing] = {}  # by idempotency key
        self.unavailable = False  # a store that is down
        self.refusing = False  # a message that the daemon will never take
        self.hanging = False  # a store that does not answer
        self.asked = asyncio.Event()  # set by every call
        self._threads: dict[str, int] = {}
        self._taken: dict[str, Taken] = {}

    async def receive(self, message: Received) -> Taken:
        """Keep it as the daemon would: a known id changes nothing, a known thread or parent belongs to its report."""
        self.asked.set()
        if self.hanging:
            await asyncio.Event().wait()
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        if self.refusing:
            raise BadRequest("the test refuses it", field="text")
        if message.id in self._taken:
            return msgspec.structs.replace(self._taken[message.id], new_report=False, known=True)
        parent = self._taken.get(message.parent)
        known = self._threads.get(message.thread) or (parent.report_id if parent else None)
        if known is None and not message.opens:
            return Taken(report_id=0, message_id=0, reference="", new_report=False, known=False)
        report = known or len(set(self._threads.values())) + 1
        self._threads[message.thread] = report
        self.messages.append(message)
        taken = Taken(
            report_id=report,
            message_id=len(self.messages),
            reference=f"R-{report}",
            new_report=known is None,
            known=False,
        )
        self._taken[message.id] = taken
        return taken

    async def conversation(self, thread: str) -> Conversation | None:
        """What was said in a thread."""
        if self.unavailable:
            raise StoreUnavailable("the test's store is down")
        heard = [one for one in self.messages if one.thread == thread]
        if not heard:
            return None
        said = [
            Said(from_customer=True, text=one.text, at=START, attachments=tuple(file.name for file in one.attachments))
            for one in heard
        ]
        said += [
            Said(from_customer=False, text=one.text, at=one.created_at, automatic=one.automatic)
            for one in self.answers.values()
            if one.thread == thread
        ]
        return Conversation(
            reference=f"R-{self._threads[thread]}", subject=heard[0].subject, closed=False, messages=tuple(said)
        )

    def answer(self, outgoing: Outgoing) -> None:
        """Put an answer into its conversation, as the daemon does before it calls `send`; a resend is the same one."""
        self.answers.setdefault(outgoing.idempotency_key, outgoing)
