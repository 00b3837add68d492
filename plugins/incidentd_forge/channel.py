"""The forge channel: issues and comments in by webhooks, comments out by the REST API."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from incidentd.plugin import (
    AdapterType,
    Condition,
    Context,
    Outgoing,
    PermanentFailure,
    Receipt,
    Route,
    SupportChannel,
    TemporaryFailure,
    WebhookRequest,
    WebhookResponse,
)
from incidentd.plugin.hearing import Hearing
from incidentd_forge.access import Access
from incidentd_forge.config import ForgeConfig
from incidentd_forge.decode import Ignored, decode_event
from incidentd_forge.signature import check_signature, event_of
from incidentd_forge.writing import comment, mark_of

if TYPE_CHECKING:
    from incidentd.plugin.httpcall import Answer

PATH = "/forge/webhook"
MAX_BODY = 2 * 1024 * 1024  # an issue and a comment have at most 64 KiB characters each
_THREAD = re.compile(r"(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})#(?P<number>[0-9]{1,12})", re.ASCII)
_PAGE = 100  # comments in one answer
_MAX_PAGES = 10
_MAX_COMMENTS = 16 * 1024 * 1024  # bytes of one page
_CLOCKS = timedelta(hours=1)  # that the forge's clock may be off ours
_PAUSE = 60.0  # seconds; what GitHub asks for where a limit was hit and no time is told


class _Comment(msgspec.Struct):
    id: int
    body: str | None = None


class ForgeChannel(SupportChannel):
    """The issues of a forge, where everybody reads what is written."""

    def __init__(self, config: ForgeConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._access = Access(config, context)
        self._hearing = Hearing()

    def routes(self) -> Sequence[Route]:
        return (Route(method="POST", path=PATH, handler=self.receive, max_body=MAX_BODY),)

    def condition(self) -> Condition:
        """Who was heard, and who was refused."""
        return self._hearing.condition()

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One delivery, answered when what it says is on disk; what is no customer's word is ignored, and says why."""
        with self._hearing.checking(request.received_at):
            check_signature(self._config.forge, self._config.secrets, request)
        event = event_of(self._config.forge, request)
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
        url = f"{self._config.api}/repos/{thread['repository']}/issues/{thread['number']}/comments"
        headers = await self._access.headers()
        if outgoing.attempt > 1 and (before := await self._find(url, headers, outgoing)):
            return Receipt(vendor_id=f"comment-{before}")
        return Receipt(vendor_id=await self._comment(url, headers, outgoing))

    async def _comment(self, url: str, headers: dict[str, str], outgoing: Outgoing) -> str:
        """Its id, "" where the answer does not tell."""
        from incidentd.plugin.httpcall import post

        body = msgspec.json.encode({"body": comment(outgoing)})
        now = self._context.now()
        answer = await post(self._context.http, url, body, headers, timeout=self._config.timeout, now=now)
        self._require_success(answer, now)
        try:
            return f"comment-{msgspec.json.decode(answer.body, type=_Comment).id}"
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return ""

    async def _find(self, url: str, headers: dict[str, str], outgoing: Outgoing) -> int | None:
        """The comment that an earlier attempt wrote."""
        mark = mark_of(outgoing.idempotency_key)
        since = f"{outgoing.created_at - _CLOCKS:%Y-%m-%dT%H:%M:%SZ}"
        for page in range(1, _MAX_PAGES + 1):
            comments = await self._page(f"{url}?since={since}&per_page={_PAGE}&page={page}", headers)
            found = next((one.id for one in comments if mark in (one.body or "")), None)
            if found is not None or len(comments) < _PAGE:
                return found
        return None

    async def _page(self, url: str, headers: dict[str, str]) -> list[_Comment]:
        from incidentd.plugin.httpcall import get

        now = self._context.now()
        limit = self._config.timeout
        answer = await get(self._context.http, url, headers, timeout=limit, now=now, most=_MAX_COMMENTS)
        self._require_success(answer, now)
        try:
            return msgspec.json.decode(answer.body, type=list[_Comment])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise TemporaryFailure("the comments of the issue could not be read, to see what has arrived") from None

    def _require_success(self, answer: Answer, now: datetime) -> None:
        if answer.status == 401:
            self._access.forget()
        pause = rate_pause(answer, now)
        if pause is not None:
            raise TemporaryFailure(f"HTTP {answer.status}: the forge's limit of requests is reached", pause)
        answer.require_success(_REMEDIES.get(answer.status, ""))


def rate_pause(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait where a limit of requests was hit, None where none was.

    docs.github.com, "Rate limits for the REST API": 403 or 429, with Retry-After, or with no requests remaining until
    x-ratelimit-reset (seconds since 1970), or else at least a minute.
    """
    if answer.status not in (403, 429):
        return None
    if answer.retry_after is not None:
        return answer.retry_after
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0":
        seconds = float(reset) - now.timestamp() if re.fullmatch(r"[0-9]{1,12}", reset) else _PAUSE
        return min(max(seconds, 1.0), 3600.0)
    return _PAUSE if b"secondary rate limit" in answer.body else None


_REMEDIES = {
    401: "the token is not valid any more",
    403: "the token may not write comments here, or the conversation is locked",
    404: "there is no such issue, or the token may not see it",
    410: "the issue was deleted",
    422: "the forge did not take the text",
}


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
