"""The forge channel: issues and comments in by webhooks, comments out by the REST API."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    Condition,
    Context,
    IssueChannel,
    IssueOrder,
    Outgoing,
    PermanentFailure,
    Receipt,
    Route,
    SupportChannel,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.plugin.catching_up import CatchingUp, Look
from incidentd.plugin.hearing import Hearing
from incidentd_forge.config import ForgeConfig
from incidentd_forge.decode import Ignored, decode_event, issue_change
from incidentd_forge.issues import Issues
from incidentd_forge.missed import Missed
from incidentd_forge.rest import Rest
from incidentd_forge.signature import check_signature, event_of
from incidentd_forge.writing import comment, mark_of

PATH = "/forge/webhook"
MAX_BODY = 2 * 1024 * 1024  # an issue and a comment have at most 64 KiB characters each
_THREAD = re.compile(r"(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})#(?P<number>[0-9]{1,12})", re.ASCII)
_PAGE = 100  # comments in one answer
_MAX_PAGES = 10
_OVERLAP = timedelta(minutes=5)  # that the forge's clock may be off ours, and its lists behind
_CLOCKS = timedelta(hours=1)  # that the forge's clock may be off ours


class _Comment(msgspec.Struct):
    id: int
    body: str | None = None


class ForgeChannel(IssueChannel):
    """The issues of a forge, where everybody reads what is written."""

    def __init__(self, config: ForgeConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._rest = Rest(config, context)
        self._issues = Issues(config, self._rest)
        self._missed = Missed(config, context, self._rest)
        self._hearing = Hearing()
        self._catching_up = CatchingUp(context, _OVERLAP)

    def routes(self) -> Sequence[Route]:
        return (Route(method="POST", path=PATH, handler=self.receive, max_body=MAX_BODY, access=Access.SIGNED),)

    def condition(self) -> Condition:
        """Who was heard and refused, and whether it cannot look for what no webhook told."""
        heard, behind = self._hearing.condition(), self._catching_up.behind
        return Condition(text=f"{heard.text}; {behind}", well=False) if behind else heard

    async def run(self) -> None:
        """Look every now and then for what was missed, where the repositories and a token are known."""
        await self._catching_up.rounds(self._places(), self._config.look_every)

    async def look(self) -> None:
        """One round."""
        await self._catching_up.round(self._places())

    def _places(self) -> dict[str, Look]:
        can = self._config.token is not None or self._config.app is not None
        take = self._context.reports.receive
        return {one: partial(self._missed.look, one, take) for one in self._config.repositories if can}

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One delivery, answered when what it says is on disk; what is no customer's word is ignored, and says why."""
        with self._hearing.checking(request.received_at):
            check_signature(self._config.forge, self._config.secrets, request)
        event = event_of(self._config.forge, request)
        if (change := issue_change(event, request.body)) is not None:
            return _answer({"known": not await self._context.issues.changed(*change)})
        try:
            message = decode_event(event, request.body, self._config, request.received_at)
        except Ignored as why:
            return _answer({"ignored": str(why)})
        taken = await self._context.reports.receive(message)
        if not taken.report_id:
            return _answer({"ignored": "an issue that is no report"})
        return _answer({"reference": taken.reference, "known": taken.known})

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Write a comment. A resend looks first whether the one before arrived."""
        thread = _THREAD.fullmatch(outgoing.thread)
        if thread is None:
            raise PermanentFailure("a private vulnerability report is answered on its own page at the forge only")
        if outgoing.private:
            raise PermanentFailure("it is private, and everybody reads an issue: answer by another way")
        path = f"/repos/{thread['repository']}/issues/{thread['number']}/comments"
        if outgoing.attempt > 1 and (before := await self._find(path, outgoing)):
            return Receipt(vendor_id=f"comment-{before}")
        written = await self._rest.post(path, {"body": comment(outgoing)}, _Comment)
        return Receipt(vendor_id="" if written is None else f"comment-{written.id}")

    @property
    def issues(self) -> str:
        """The repository in which it opens issues."""
        return self._config.issues

    async def open_issue(self, order: IssueOrder) -> Receipt:
        """Open an issue there."""
        return await self._issues.open(order)

    async def _find(self, path: str, outgoing: Outgoing) -> int | None:
        """The comment that an earlier attempt wrote."""
        mark = mark_of(outgoing.idempotency_key)
        since = f"{outgoing.created_at - _CLOCKS:%Y-%m-%dT%H:%M:%SZ}"
        for page in range(1, _MAX_PAGES + 1):
            comments = await self._rest.page(f"{path}?since={since}&per_page={_PAGE}&page={page}", _Comment)
            found = next((one.id for one in comments if mark in (one.body or "")), None)
            if found is not None or len(comments) < _PAGE:
                return found
        return None


def _answer(document: dict[str, object]) -> WebhookResponse:
    return WebhookResponse(body=msgspec.json.encode(document))


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="forge",
        config=ForgeConfig,
        create=ForgeChannel,
        summary="Issues of GitHub, Gitea or Forgejo: POST /forge/webhook, answers as comments",
    ),
)
