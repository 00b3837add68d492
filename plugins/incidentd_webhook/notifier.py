"""The webhook notifier: POSTs every notification as JSON to a URL of one's own.

The body, version "1" (a later version adds fields; ignore the ones you do not know):

    {"version": "1", "idempotency_key": "...", "thread": "...", "kind": "page|update|resolved|test",
     "urgency": "high|low", "recipient": "ada", "title": "one line", "body": "plain text", "reason": "one line",
     "labels": {"service": "checkout"}, "created_at": "2026-03-02T09:00:00Z",
     "acknowledge_url": "https://..." or null, "receipt_url": "https://..." or null, "attempt": 1}

- `Idempotency-Key` holds `idempotency_key` again (characters that no header may hold are percent-encoded). A resend
  after a crash or an unclear answer has the same key.
- With `secret` set, `X-Incidentd-Signature: t=<unix seconds>,v1=<hex>` is the HMAC-SHA256 of `<t>.<body>`. Compare in
  constant time and refuse a `t` that is more than five minutes off.
- POST to `acknowledge_url` acknowledges.
- With `secret` set, `receipt_url` says where you may report what became of the message: POST
  `{"idempotency_key": "...", "status": "delivered|read|failed", "detail": "why"}` with the same signature header over
  your body. "failed" means that it will never arrive: the person's next contact method is used at once.

All texts come from outside and are sent as they are: escape them for whatever you show them in. Answer 2xx once you
have stored the message; see `incidentd.plugin.outcomes` for what other answers mean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pydantic

from incidentd.plugin import (
    Access,
    AdapterConfig,
    AdapterType,
    Capability,
    Context,
    Notification,
    Notifier,
    PermanentFailure,
    PositiveSeconds,
    Receipt,
    Route,
    Secret,
    SecretRef,
)
from incidentd_webhook.receipts import MAX_BODY, take
from incidentd_webhook.signing import HEADER, signature

VERSION = "1"
_RECEIPT = "/receipt"
MAX_KEY = 255  # characters of the Idempotency-Key header
_HEADER_VALUE = re.compile(r"[\x20-\x7e]+")
_KEY_SAFE = "!#$&'*+-.^_`|~:@/="


class WebhookNotifierConfig(AdapterConfig):
    """`[notifiers.NAME] type = "webhook"`. A contact method's address, if it has one, is used instead of `url`."""

    url: SecretRef | str | None = None  # a reference when the URL itself is the secret
    secret: SecretRef | None = None  # signs every request
    old_secret: SecretRef | None = None  # may sign receipts still, while the secret is changed
    authorization: SecretRef | None = None  # the Authorization header, sent to `url` only
    timeout: PositiveSeconds = 10.0

    @pydantic.field_validator("url")
    @classmethod
    def _http(cls, value: Secret | str | None) -> Secret | str | None:
        if value is not None and not _is_http(_plain(value)):
            raise ValueError("write an absolute URL with http or https")
        return value

    def check_address(self, address: str) -> None:
        """An absolute URL, or none where the notifier has one."""
        if not address and self.url is None:
            raise ValueError("set `url` in the notifier's configuration, or an address on the contact")
        if address and not _is_http(address):
            raise ValueError("write an absolute URL with http or https")


class WebhookNotifier(Notifier):
    """POSTs to one URL, or to the URL each contact method names."""

    def __init__(self, config: WebhookNotifierConfig, context: Context) -> None:
        self._config = config
        self._context = context
        if config.authorization is not None and not _HEADER_VALUE.fullmatch(config.authorization.reveal()):
            raise ValueError("authorization: only printable ASCII characters can stand in a header")
        if config.secret is not None and not config.secret.reveal().strip():
            raise ValueError("secret: an empty secret signs nothing")

    async def send(self, notification: Notification) -> Receipt:
        from incidentd.plugin.httpcall import post

        url = self._url(notification)
        now = self._context.now()
        body = encode(notification, self._receipt_url())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"incidentd/{self._context.version}",
            "Idempotency-Key": header_key(notification.idempotency_key),
        }
        if self._config.secret is not None:
            headers[HEADER] = signature(self._config.secret, int(now.timestamp()), body)
        if self._config.authorization is not None and not notification.address:
            headers["Authorization"] = self._config.authorization.reveal()
        answer = await post(self._context.http, url, body, headers, timeout=self._config.timeout, now=now)
        answer.require_success()
        return Receipt()

    def routes(self) -> Sequence[Route]:
        """Where receipts are taken; nowhere without a secret, for anybody could say that a page arrived."""
        config, receipts = self._config, self._context.receipts
        if config.secret is None:
            return ()
        secrets = (config.secret,) if config.old_secret is None else (config.secret, config.old_secret)
        return (
            Route(
                method="POST",
                path=_RECEIPT,
                handler=partial(take, secrets, receipts),
                max_body=MAX_BODY,
                access=Access.SIGNED,
            ),
        )

    def _receipt_url(self) -> str | None:
        base = self._context.receipts.url
        return base + _RECEIPT if base and self._config.secret is not None else None

    def _url(self, notification: Notification) -> str:
        if notification.address:
            if not _is_http(notification.address):
                raise PermanentFailure("the address is no absolute http or https URL")
            return notification.address
        if self._config.url is None:
            raise PermanentFailure("no URL: set `url` in the notifier's configuration, or an address on the contact")
        return _plain(self._config.url)


def encode(notification: Notification, receipt_url: str | None = None) -> bytes:
    """The JSON body. Lone surrogates, which JSON text cannot carry, become U+FFFD; all else is kept."""
    fields: dict[str, Any] = {
        "version": VERSION,
        "idempotency_key": _unicode(notification.idempotency_key),
        "thread": _unicode(notification.thread),
        "kind": notification.kind,
        "urgency": notification.urgency,
        "recipient": _unicode(notification.recipient),
        "title": _unicode(notification.title),
        "body": _unicode(notification.body),
        "reason": _unicode(notification.reason),
        "labels": {_unicode(name): _unicode(value) for name, value in notification.labels.items()},
        "created_at": notification.created_at,
        "acknowledge_url": notification.acknowledge_url,
        "receipt_url": receipt_url,
        "attempt": notification.attempt,
    }
    return msgspec.json.encode(fields)


def header_key(key: str) -> str:
    """`key` as a header value; a key too long for one is replaced by its SHA-256."""
    value = quote(key, safe=_KEY_SAFE, errors="surrogatepass")
    if len(value) <= MAX_KEY:
        return value
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _unicode(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(url: Secret | str) -> str:
    return url.reveal().strip() if isinstance(url, Secret) else url


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


NOTIFIERS: tuple[AdapterType[Notifier], ...] = (
    AdapterType(
        id="webhook",
        config=WebhookNotifierConfig,
        create=WebhookNotifier,
        capabilities=frozenset({Capability.ACKNOWLEDGE, Capability.RECEIPT}),
        summary="Signed JSON to a URL of one's own",
    ),
)
