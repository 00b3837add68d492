"""Calls of Slack's Web API, and what its errors mean.

Slack answers 200 with `ok: false` and the name of an error (docs.slack.dev, "Web API" and the lists of errors of each
method), and 429 with Retry-After beyond a limit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from incidentd.plugin import Context, PermanentFailure, TemporaryFailure
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd_slack.config import SlackConfig
from incidentd_slack.payload import Message

if TYPE_CHECKING:
    from incidentd.plugin.httpcall import Answer

_MOST = 4 * 1024 * 1024  # bytes of an answer
_ERROR = re.compile(r"[a-z0-9_]{1,60}")
_TEMPORARY = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "service_unavailable",
        "team_added_to_org",
        "org_login_required",
        "accesslimited",
        "request_timeout",
    }
)
_UNKNOWN = frozenset({"fatal_error", "internal_error"})  # some of it may have been done
_REMEDIES = {
    "channel_not_found": "the app cannot see the channel: invite it",
    "not_in_channel": "invite the app to the channel",
    "is_archived": "the channel is archived",
    "missing_scope": "the app lacks a permission: see the list in docs/channels.md, and install it again",
    "invalid_auth": "the token is not valid",
    "token_revoked": "the token was revoked",
    "token_expired": "the token is over",
    "account_inactive": "the app was removed from the workspace",
}


class Profile(msgspec.Struct):
    real_name: str = ""
    display_name: str = ""


class User(msgspec.Struct):
    name: str = ""
    profile: Profile = msgspec.field(default_factory=Profile)


class Opened(msgspec.Struct):
    id: str = ""
    name: str = ""
    created: float = 0


class Paging(msgspec.Struct):
    next_cursor: str = ""


class Pinned(msgspec.Struct):
    message: Message | None = None


class Result(msgspec.Struct):
    """What the methods that are called here answer."""

    ok: bool
    error: str = ""
    channel: str | Opened = ""
    ts: str = ""
    messages: Sequence[Message] = ()
    user: User | str = msgspec.field(default_factory=User)
    url: str = ""
    permalink: str = ""
    channels: Sequence[Opened] = ()
    items: Sequence[Pinned] = ()
    response_metadata: Paging = msgspec.field(default_factory=Paging)

    @property
    def channel_id(self) -> str:
        return self.channel if isinstance(self.channel, str) else self.channel.id


class WebApi:
    """Raises what `httpcall.post` raises, and by name of the error `TemporaryFailure` and `PermanentFailure`."""

    def __init__(self, config: SlackConfig, context: Context) -> None:
        self._config = config
        self._context = context

    async def call(
        self, method: str, document: Mapping[str, Any], timeout: float | None = None, *, well: Collection[str] = ()
    ) -> Result:
        """A method that changes something; errors named in `well` are answers like any other."""
        from incidentd.plugin.httpcall import post

        body = msgspec.json.encode(document)
        headers = self._headers() | {"Content-Type": "application/json; charset=utf-8"}
        url = f"{self._config.api}/{method}"
        now, limit = self._context.now(), timeout or self._config.timeout
        return _result(await post(self._context.http, url, body, headers, timeout=limit, now=now), well)

    async def ask(self, method: str, query: Mapping[str, str], timeout: float | None = None) -> Result:
        """A method that tells something."""
        from incidentd.plugin.httpcall import get

        url = f"{self._config.api}/{method}?{urlencode(query)}"
        now, limit = self._context.now(), timeout or self._config.timeout
        return _result(await get(self._context.http, url, self._headers(), timeout=limit, now=now, most=_MOST))

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._config.token.reveal().strip()}",
            "User-Agent": f"incidentd/{self._context.version}",
        }


def _result(answer: Answer, well: Collection[str] = ()) -> Result:
    answer.require_success()
    try:
        result = msgspec.json.decode(answer.body, type=Result)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise UnknownOutcome("Slack's answer is not understood") from None
    if result.ok or result.error in well:
        return result
    error = result.error if _ERROR.fullmatch(result.error) else "an error without a name"
    text = f"Slack: {error}" + (f": {_REMEDIES[error]}" if error in _REMEDIES else "")
    if error in _TEMPORARY:
        raise TemporaryFailure(text, answer.retry_after)
    if error in _UNKNOWN:
        raise UnknownOutcome(text)
    raise PermanentFailure(text)
