"""What is believed, what is refused, and what is fetched."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pydantic
import pytest

from incidentd.plugin import Signal, SignalKind, StoreUnavailable, WebhookResponse
from incidentd.plugin.testing import FakeClock, FakeContext, SourceConformance, call, make_request, make_source
from incidentd_sns.certificates import MAX_KEPT, Certificates
from incidentd_sns.source import MAX_BODY, PATH, SOURCES

(KIND,) = SOURCES
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
CERTIFICATE_URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0f1e2d.pem"
SUBSCRIBE_URL = f"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
CONFIG: dict[str, Any] = {"topics": {TOPIC: {"service": "checkout"}}}
NOW = FakeClock().now()
ALARM = {
    "AlarmName": "payments-5xx",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed",
    "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:payments-5xx",
    "StateChangeTime": "2026-03-02T08:59:30.123+0000",
}


class Sns:
    """A source with AWS behind it."""

    def __init__(self, aws, **config: object) -> None:
        self.aws = aws
        self.source, self.context = make_source(KIND, {**CONFIG, **config}, FakeContext("sns", http=aws))

    def post(self, body: bytes, *, late: float = 0, **headers: str) -> WebhookResponse:
        at = NOW + timedelta(seconds=late)
        self.context.clock.set(at)
        return call(self.source, make_request(PATH, body, headers=headers, received_at=at))

    @property
    def signals(self) -> list[Signal]:
        return self.context.sink.signals

    @property
    def told(self) -> str:
        return self.source.condition().text


@pytest.fixture
def sns(aws) -> Sns:
    return Sns(aws)


class TestConformance(SourceConformance):
    kind = KIND
    config = CONFIG

    @pytest.fixture(autouse=True)
    def _aws(self, aws, delivery, monkeypatch) -> None:
        body = delivery.notification(ALARM, Subject="conformance-marker")
        monkeypatch.setattr(type(self), "sample", make_request(PATH, body), raising=False)
        self.aws, self.delivery = aws, delivery

    def make(self):
        return make_source(KIND, CONFIG, FakeContext(http=self.aws))

    def send(self, body: bytes, path: str = "") -> tuple[WebhookResponse, list[Signal]]:
        """Signed anew, where it is a message at all."""
        source, context = self.make()
        try:
            signed = json.dumps(self.delivery.signer.sign(json.loads(body))).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            signed = body
        return call(source, make_request(PATH, signed)), context.sink.signals


# ------------------------------------------------------------------ what is believed
@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_are_checked(sns, delivery, version) -> None:
    assert sns.post(delivery.notification(ALARM, SignatureVersion=version)).status == 200
    (signal,) = sns.signals
    assert (signal.key, signal.kind) == (ALARM["AlarmArn"], SignalKind.FIRING)
    assert sns.aws.asked == [CERTIFICATE_URL]


def test_sha1_may_be_refused(aws, delivery) -> None:
    sns = Sns(aws, require_sha256=True)
    answer = sns.post(delivery.notification(ALARM, SignatureVersion="1"))
    assert (answer.status, sns.signals, aws.asked) == (403, [], [])
    assert b"SignatureVersion" in answer.body
    assert sns.post(delivery.notification(ALARM)).status == 200


def test_the_certificate_is_fetched_once(sns, delivery) -> None:
    for number in range(3):
        assert sns.post(delivery.notification(ALARM, MessageId=f"id-{number}")).status == 200
    assert sns.aws.asked == [CERTIFICATE_URL]


def test_a_message_without_a_subject_is_signed_without_one(sns, delivery) -> None:
    assert sns.post(delivery.notification("plain", Subject=None)).status == 200
    assert sns.post(delivery.notification("plain", Subject="with", MessageId="2")).status == 200


def test_a_message_that_comes_twice_counts_once(sns, delivery) -> None:
    body = delivery.notification(ALARM)
    assert sns.post(body).status == 200
    assert sns.post(body, late=600).status == 200
    assert len(sns.signals) == 1


def test_a_message_that_could_not_be_stored_is_taken_the_second_time(sns, delivery) -> None:
    body = delivery.notification(ALARM)
    sns.context.sink.available = False
    assert sns.post(body).status == 503
    sns.context.sink.available = True
    assert (sns.post(body).status, len(sns.signals)) == (200, 1)


# ------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Message", json.dumps({**ALARM, "NewStateValue": "OK"})),
        ("MessageId", "another"),
        ("Subject", "another"),
        ("Timestamp", "2026-03-02T09:00:01.655Z"),
        ("Type", "UnsubscribeConfirmation"),
        ("SignatureVersion", "1"),
        ("Signature", "AAAA"),
        ("Signature", "no base64!"),
        ("Signature", ""),
        ("Signature", "é"),
    ],
)
def test_a_member_that_was_tampered_with_is_noticed(sns, delivery, name, value) -> None:
    members = json.loads(delivery.notification(ALARM, Subject="ALARM"))
    answer = sns.post(json.dumps({**members, name: value}).encode())
    assert (answer.status, sns.signals, sns.context.notes) == (403, [], [])
    assert answer.body.startswith(b"Signature")


def test_another_topic_of_ours_is_told_apart(aws, delivery) -> None:
    other = TOPIC + "-2"
    sns = Sns(aws, topics={TOPIC: {}, other: {}})
    members = json.loads(delivery.notification(ALARM))
    assert sns.post(json.dumps({**members, "TopicArn": other}).encode()).status == 403


def test_another_key_is_not_believed(sns, make_delivery) -> None:
    assert sns.post(make_delivery().notification(ALARM)).status == 403
    assert sns.signals == []


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/a.pem",
        "https://evil.example#sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/a.pem",
        "https://bucket.s3.amazonaws.com/a.pem",
        "https://sns.amazonaws.com.s3.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com/a.txt",
        "https://sns.eu-central-1.amazonaws.com/a.txt?x=.pem",
        "https://sns.eu-central-1.amazonaws.com/../a.pem",
        "https://sns.eu-central-1.amazonaws.com/a.pem\n",
        "file:///etc/ssl/a.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_fetched(sns, delivery, url) -> None:
    answer = sns.post(delivery.notification(ALARM, SigningCertURL=url))
    assert (answer.status, sns.aws.asked, sns.signals) == (403, [], [])
    assert answer.body.startswith(b"SigningCertURL")


@pytest.mark.parametrize("host", ["sns.us-gov-west-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"])
def test_the_other_clouds_of_aws_are_known(sns, delivery, host) -> None:
    url = f"https://{host}/SimpleNotificationService-1.pem"
    sns.aws.pages[url] = sns.aws.pages[CERTIFICATE_URL]
    assert sns.post(delivery.notification(ALARM, SigningCertURL=url)).status == 200


@pytest.mark.parametrize("build", ["notification", "confirmation"])
def test_another_topic_is_refused_before_anything_is_fetched(sns, delivery, build) -> None:
    body = getattr(delivery, build)(*([ALARM] if build == "notification" else []), TopicArn=TOPIC + "-of-a-stranger")
    answer = sns.post(body)
    assert (answer.status, sns.aws.asked, sns.signals) == (403, [], [])
    assert b"add it to `topics`" in answer.body


@pytest.mark.parametrize(("late", "status"), [(3590, 200), (3610, 403), (-290, 200), (-310, 403)])
def test_a_message_has_its_time(sns, delivery, late, status) -> None:
    answer = sns.post(delivery.notification(ALARM), late=late)
    assert answer.status == status
    assert (answer.body.startswith(b"Timestamp"), len(sns.signals)) == (status == 403, int(status == 200))


@pytest.mark.parametrize("stamp", ["yesterday", "", "2026-03-02T09:00:00"])
def test_a_time_that_is_none_is_refused(sns, delivery, stamp) -> None:
    assert sns.post(delivery.notification(ALARM, Timestamp=stamp)).status == 400


@pytest.mark.parametrize(
    "how",
    [{"begins": -30, "ends": -1}, {"begins": 1}, {"name": "evil.example"}, {"name": "sns.amazonaws.com.evil.example"}],
)
def test_a_certificate_that_is_over_or_anothers_is_not_believed(sns, make_delivery, how) -> None:
    delivery = make_delivery(**how)
    sns.aws.pages[CERTIFICATE_URL] = (200, delivery.signer.pem)
    answer = sns.post(delivery.notification(ALARM))
    assert (answer.status, sns.signals) == (403, [])
    assert answer.body.startswith(b"SigningCertURL")


def test_a_kept_certificate_ends_too(sns, make_delivery) -> None:
    delivery = make_delivery(ends=1)
    sns.aws.pages[CERTIFICATE_URL] = (200, delivery.signer.pem)
    assert sns.post(delivery.notification(ALARM)).status == 200
    later = delivery.notification(ALARM, MessageId="2", Timestamp="2026-03-04T09:00:00.000Z")
    assert sns.post(later, late=2 * 86_400).status == 403


@pytest.mark.parametrize("pem", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_not_believed(sns, delivery, pem) -> None:
    sns.aws.pages[CERTIFICATE_URL] = (200, pem)
    assert sns.post(delivery.notification(ALARM)).status == 403


def test_raw_delivery_is_refused_with_the_remedy(sns) -> None:
    answer = sns.post(json.dumps(ALARM).encode(), **{"x-amz-sns-rawdelivery": "true"})
    assert answer.status == 400
    assert b"switch it off on the subscription" in answer.body
    assert sns.post(json.dumps(ALARM).encode()).status == 400


def test_the_body_is_bounded_above_what_sns_sends(sns, delivery) -> None:
    (route,) = sns.source.routes()
    assert route.max_body == MAX_BODY
    assert len(delivery.notification("\u0001" * 40_000)) < MAX_BODY
    largest = delivery.notification("x" * 256 * 1024)
    assert sns.post(largest).status == 200
    assert len(sns.signals[0].annotations["description"]) == 65_536


# ------------------------------------------------------------------ subscriptions
def test_a_subscription_is_confirmed_and_told(sns, delivery) -> None:
    assert "nothing came since the start" in sns.told
    assert sns.post(delivery.confirmation()).status == 200
    assert sns.aws.asked == [CERTIFICATE_URL, SUBSCRIBE_URL]
    assert sns.context.notes == [f"the subscription to {TOPIC} was confirmed"]
    assert "alarms: confirmed 2026-03-02 09:00 UTC" in sns.told
    assert sns.source.condition().well
    assert sns.signals == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/?Action=ConfirmSubscription",
        f"http://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&TopicArn={TOPIC}",
        f"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}-2",
        f"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&TopicArn={TOPIC}",
        "",
    ],
)
def test_only_aws_is_asked_to_confirm_only_this_topic(sns, delivery, url) -> None:
    answer = sns.post(delivery.confirmation(SubscribeURL=url))
    assert (answer.status, sns.aws.asked, sns.context.notes) == (403, [CERTIFICATE_URL], [])
    assert answer.body.startswith(b"SubscribeURL")


def test_a_confirmation_that_fails_is_asked_for_again(sns, delivery) -> None:
    sns.aws.pages[SUBSCRIBE_URL] = (500, b"")
    assert sns.post(delivery.confirmation()).status == 503
    assert sns.context.notes == []
    sns.aws.pages[SUBSCRIBE_URL] = (200, b"")
    assert sns.post(delivery.confirmation()).status == 200


def test_the_end_of_a_subscription_is_a_problem_until_it_comes_back(sns, delivery) -> None:
    assert sns.post(delivery.confirmation(Type="UnsubscribeConfirmation")).status == 200
    assert SUBSCRIBE_URL not in sns.aws.asked  # that would subscribe again what somebody ended
    assert not sns.source.condition().well
    assert "subscribe it again, or take it out of topics" in sns.told
    assert sns.context.notes == [f"the subscription to {TOPIC} was ended"]
    assert sns.post(delivery.notification(ALARM, MessageId="2")).status == 200
    assert sns.source.condition().well


# ------------------------------------------------------------------ AWS out of reach
def test_a_certificate_that_cannot_be_fetched_is_asked_for_again_after_a_while(sns, delivery) -> None:
    sns.aws.pages[CERTIFICATE_URL] = (500, b"")
    body = delivery.notification(ALARM)
    for late in (0, 5, 29):
        answer = sns.post(body, late=late)
        assert answer.status == 503
        assert b"the signing certificate could not be fetched" in answer.body
    assert sns.aws.asked == [CERTIFICATE_URL]
    sns.aws.pages[CERTIFICATE_URL] = (200, delivery.signer.pem)
    assert sns.post(body, late=31).status == 200


def test_a_broken_connection_is_not_the_senders_fault(sns, delivery) -> None:
    sns.aws.pages[CERTIFICATE_URL] = TimeoutError()
    assert sns.post(delivery.notification(ALARM)).status == 503


# ------------------------------------------------------------------ configuration
@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "Field required"),
        ({"topics": {}}, "names no topic"),
        ({"topics": {"alarms": {}}}, "no ARN of a topic"),
        ({"topics": {"arn:aws:sqs:eu-central-1:123456789012:alarms": {}}}, "no ARN of a topic"),
        ({"topics": {TOPIC: {"": "x"}}}, "at least 1"),
        ({"topics": {TOPIC: {}}, "replay_window": 0}, "greater than 0"),
        ({"topics": {TOPIC: {}}, "insufficient_data": "page"}, "insufficient_data"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(config, words) -> None:
    with pytest.raises(pydantic.ValidationError, match=words):
        KIND.config.model_validate(config)


def test_it_does_not_run_without_topics() -> None:
    assert KIND.default_instance is None


async def test_a_certificate_that_many_wait_for_is_fetched_once() -> None:
    asked: list[str] = []
    answer = asyncio.Event()

    async def load(url: str) -> Any:
        asked.append(url)
        await answer.wait()
        return url

    certificates = Certificates(load)
    waiting = [asyncio.create_task(certificates.get(f"u{n % 4}", NOW)) for n in range(12)]
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable, match="too many"):
        await certificates.get("u5", NOW)
    waiting[0].cancel()  # one sender leaves: the others still get theirs
    answer.set()
    assert await asyncio.gather(*waiting[1:]) == [f"u{n % 4}" for n in range(1, 12)]
    assert sorted(asked) == ["u0", "u1", "u2", "u3"]
    assert await certificates.get("u5", NOW) == "u5"


async def test_few_certificates_are_kept() -> None:
    asked: list[str] = []

    async def load(url: str) -> Any:
        asked.append(url)
        return url

    certificates = Certificates(load)
    for number in (*range(MAX_KEPT + 1), MAX_KEPT, 0):
        await certificates.get(f"u{number}", NOW)
    assert len(asked) == MAX_KEPT + 2  # the oldest had to go, and was fetched anew
