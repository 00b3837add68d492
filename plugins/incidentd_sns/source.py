"""The route of an SNS source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography import x509

from incidentd.plugin import (
    Access,
    AdapterType,
    AlertSource,
    BadRequest,
    Condition,
    Context,
    PermanentFailure,
    Route,
    StoreUnavailable,
    WebhookRequest,
    WebhookResponse,
    safe_line,
)
from incidentd_sns.certificates import Certificates
from incidentd_sns.config import SnsConfig
from incidentd_sns.decode import message_signal
from incidentd_sns.envelope import Envelope, read_envelope
from incidentd_sns.signature import check, read_certificate
from incidentd_sns.trust import AWS, Trust

PATH = "/sns"
MAX_BODY = 1024 * 1024  # a message has at most 256 KiB, which escapes may make longer
_AHEAD = 300.0  # seconds that AWS's clock may be ahead of ours
_FETCH_SECONDS = 4.0  # SNS waits fifteen for its answer


class SnsSource(AlertSource):
    """Takes what SNS delivers for the topics of the configuration, and confirms their subscriptions.

    Nothing is fetched, confirmed or stored for another topic, and nothing confirmed or stored that is not signed.
    """

    def __init__(self, config: SnsConfig, context: Context, trust: Trust = AWS) -> None:
        self._config = config
        self._context = context
        self._trust = trust
        self._certificates = Certificates(self._load_certificate)
        self._topics = dict.fromkeys(config.topics, "nothing came since the start")
        self._ended: set[str] = set()

    def routes(self) -> Sequence[Route]:
        return (Route(method="POST", path=PATH, handler=self.receive, max_body=MAX_BODY, access=Access.SIGNED),)

    def condition(self) -> Condition:
        """What was heard of each topic; not well when somebody ended a subscription."""
        lines = [f"{arn.rpartition(':')[2]}: {heard}" for arn, heard in self._topics.items()]
        return Condition(text="; ".join(lines), well=not self._ended)

    async def receive(self, request: WebhookRequest) -> WebhookResponse:
        """One delivery, answered when what it says is done."""
        if request.headers.get("x-amz-sns-rawdelivery", "").lower() == "true":
            raise BadRequest(
                "raw message delivery carries no signature: switch it off on the subscription",
                field="x-amz-sns-rawdelivery",
            )
        envelope = read_envelope(request.body)
        self._check_claims(envelope, request.received_at)
        certificate = await self._certificates.get(envelope.signing_cert_url, request.received_at)
        check(envelope, certificate, request.received_at)
        accepted = await self._obey(envelope, request.received_at)
        return WebhookResponse(body=msgspec.json.encode({"accepted": accepted}))

    def _check_claims(self, envelope: Envelope, now: datetime) -> None:
        """What can be refused before anything is fetched. Raises `BadRequest`."""
        if envelope.topic_arn not in self._config.topics:
            raise BadRequest(
                f"{safe_line(envelope.topic_arn, 300)!r} is not among the topics of this source: add it to `topics`",
                field="TopicArn",
                status=403,
            )
        if self._config.require_sha256 and envelope.signature_version == "1":
            what = "is 1 (SHA-1): set the topic's attribute SignatureVersion to 2"
            raise BadRequest(what, field="SignatureVersion", status=403)
        if not self._trust.certificate_url.fullmatch(envelope.signing_cert_url):
            raise BadRequest("is no address of an SNS certificate", field="SigningCertURL", status=403)
        age = (now - envelope.sent_at()).total_seconds()
        if not -_AHEAD <= age <= self._config.replay_window:
            what = f"is {abs(age):.0f} seconds {'old' if age > 0 else 'ahead'}: too far off"
            raise BadRequest(what, field="Timestamp", status=403)

    async def _obey(self, envelope: Envelope, now: datetime) -> int:
        """Do what the signed message asks; returns how many alerts it spoke of."""
        if envelope.type == "SubscriptionConfirmation":
            await self._confirm(envelope)
            return 0
        if envelope.type == "UnsubscribeConfirmation":
            self._ended.add(envelope.topic_arn)
            remedy = "subscribe it again, or take it out of topics"
            self._heard(envelope, f"the subscription ended {now:%Y-%m-%d %H:%M} UTC: {remedy}")
            await self._context.note(f"the subscription to {envelope.topic_arn} was ended")
            return 0
        signal = message_signal(envelope, self._config, now)
        if signal is not None:
            await self._context.sink.submit([signal], once=envelope.message_id)
        self._ended.discard(envelope.topic_arn)
        self._heard(envelope, f"last message {now:%Y-%m-%d %H:%M} UTC")
        return 0 if signal is None else 1

    async def _confirm(self, envelope: Envelope) -> None:
        """Fetch the address that confirms. Raises `BadRequest`, or `StoreUnavailable` so that SNS asks again."""
        url = envelope.subscribe_url
        asked = parse_qs(urlsplit(url).query) if self._trust.subscribe_url.fullmatch(url) else {}
        if asked.get("Action") != ["ConfirmSubscription"] or asked.get("TopicArn") != [envelope.topic_arn]:
            raise BadRequest("does not confirm a subscription of this topic", field="SubscribeURL", status=403)
        await self._fetch(url, "the subscription could not be confirmed")
        self._ended.discard(envelope.topic_arn)
        self._heard(envelope, f"confirmed {self._context.now():%Y-%m-%d %H:%M} UTC")
        await self._context.note(f"the subscription to {envelope.topic_arn} was confirmed")

    def _heard(self, envelope: Envelope, what: str) -> None:
        self._topics[envelope.topic_arn] = what

    async def _load_certificate(self, url: str) -> x509.Certificate:
        pem = await self._fetch(url, "the signing certificate could not be fetched")
        return read_certificate(pem, self._trust.certificate_name)

    async def _fetch(self, url: str, failed: str) -> bytes:
        """What is at an address of AWS. Raises `StoreUnavailable` beginning with `failed`."""
        from incidentd.plugin.httpcall import get

        try:
            answer = await get(self._context.http, url, {}, timeout=_FETCH_SECONDS, now=self._context.now())
            answer.require_success()
        except Exception as error:
            text = str(error) if isinstance(error, PermanentFailure) else f"{error}; send it again"
            raise StoreUnavailable(f"{failed}: {text}") from error
        return answer.body


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="sns",
        config=SnsConfig,
        create=SnsSource,
        summary="AWS SNS: CloudWatch alarms, EventBridge events, messages: POST /sns",
    ),
)
