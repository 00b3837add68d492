"""Text messages out, by Twilio's REST API (twilio.com/docs, "Messages resource").

It knows no key for resends, so a resend first looks whether the same text went to the number since it was written.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec

from incidentd.plugin import Context, Outgoing, TemporaryFailure, safe_line, safe_text
from incidentd_twilio.config import TwilioConfig
from incidentd_twilio.twiml import RETRIES

if TYPE_CHECKING:
    from incidentd.plugin.httpcall import Answer

STATUS = "/twilio/status"
MAX_TEXT = 1600  # characters; more Twilio refuses
_CUT = "… (cut)"
_CLOCKS = timedelta(minutes=5)  # that Twilio's clock may be off ours
_LOOKED_THROUGH = 50
_MOST = 512 * 1024  # bytes of an answer
_REMEDIES = {
    20003: "the account SID or the auth token is wrong",
    21211: "the number is none",
    21408: "the account may not send to this country: permit it in the console",
    21608: "a trial account sends to verified numbers only",
    21610: "the customer wrote STOP, and takes no messages",
    21612: "no message gets from `number` to this one",
    21614: "the number takes no text messages: is it a landline?",
}


class _Message(msgspec.Struct):
    sid: str = ""
    body: str | None = None
    date_created: str | None = None
    direction: str = ""


class _Told(msgspec.Struct):
    sid: str = ""
    code: int | None = None
    messages: Sequence[_Message] = ()


class Messages:
    """Raises what `httpcall.post` raises, and by status `TemporaryFailure` and `PermanentFailure`."""

    def __init__(self, config: TwilioConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._url = f"{config.api}/2010-04-01/Accounts/{config.account_sid}/Messages.json"

    async def send(self, outgoing: Outgoing) -> str:
        """Send it, unless an earlier attempt did; returns Twilio's id of the message."""
        from incidentd.plugin.httpcall import post

        body = text_of(outgoing)
        if outgoing.attempt > 1 and (before := await self._find(outgoing, body)):
            return before
        sender = "MessagingServiceSid" if self._config.number.startswith("MG") else "From"
        key = quote(outgoing.idempotency_key.encode("utf-8", "replace"), safe="")
        told_at = f"{self._config.url}{STATUS}/{key}{RETRIES}"
        fields = {"To": outgoing.recipient, sender: self._config.number, "Body": body, "StatusCallback": told_at}
        form = urlencode(fields).encode()
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        now, limit = self._context.now(), self._config.timeout
        told = _told(await post(self._context.http, self._url, form, headers, timeout=limit, now=now))
        return told.sid if told is not None else ""

    async def _find(self, outgoing: Outgoing, body: str) -> str:
        """The id of the same text, sent since it was written; "" when there is none."""
        from incidentd.plugin.httpcall import get

        url = f"{self._url}?{urlencode({'To': outgoing.recipient, 'PageSize': _LOOKED_THROUGH})}"
        now, limit = self._context.now(), self._config.timeout
        told = _told(await get(self._context.http, url, self._headers(), timeout=limit, now=now, most=_MOST))
        if told is None:
            raise TemporaryFailure("the messages to this number could not be read, to see what has arrived")
        since = outgoing.created_at - _CLOCKS
        same = (one for one in told.messages if (one.body or "").endswith(body) and _since(one, since))
        return next((one.sid for one in same), "")

    def _headers(self) -> dict[str, str]:
        login = f"{self._config.account_sid}:{self._config.auth_token.reveal().strip()}"
        return {
            "Authorization": f"Basic {b64encode(login.encode()).decode()}",
            "User-Agent": f"incidentd/{self._context.version}",
        }


def text_of(outgoing: Outgoing) -> str:
    """The text of a message, with the reference at its end; what is too long is cut, with a mark."""
    end = f"\n{safe_line(outgoing.reference, 40)}"
    text = safe_text(outgoing.text).strip() or "(no text)"
    room = MAX_TEXT - len(end)
    return (text if len(text) <= room else text[: room - len(_CUT)] + _CUT) + end


def _since(message: _Message, since: datetime) -> bool:
    try:
        return parsedate_to_datetime(message.date_created or "") >= since
    except (ValueError, TypeError, OverflowError):
        return False


def _told(answer: Answer) -> _Told | None:
    """None for an answer that is not understood."""
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = None
    code = told.code if told is not None and told.code is not None and 0 < told.code < 10**6 else 0
    detail = f"Twilio error {code}" if code else ""
    answer.require_success(f"{detail}: {_REMEDIES[code]}" if code in _REMEDIES else detail)
    return told
