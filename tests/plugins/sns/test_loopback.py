"""The whole way over real sockets: SNS posts to the listener, which asks a loopback server that stands for AWS."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import aiohttp
import pytest

from incidentd.ingress.metrics import Metrics
from incidentd.ingress.outbound import guarded_session
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress
from incidentd.plugin.testing import FakeClock, FakeContext, RecordingServer, Reply
from incidentd.pluginhost.host import Mounted
from incidentd_sns.config import SnsConfig
from incidentd_sns.source import SnsSource
from incidentd_sns.trust import AWS, Trust

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
# In the place of the rules that name AWS; a configuration cannot do this.
LOOPBACK = Trust(
    certificate_url=re.compile(r"http://127\.0\.0\.1:[0-9]+/[a-z]+\.pem"),
    subscribe_url=re.compile(r"http://127\.0\.0\.1:[0-9]+/\?.+"),
    certificate_name=AWS.certificate_name,
)


class Way(NamedTuple):
    url: str
    aws: RecordingServer
    context: FakeContext

    @property
    def certificate(self) -> str:
        return f"{self.aws.url}/signing.pem"

    async def post(self, body: bytes) -> tuple[int, str]:
        headers = {"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-topic-arn": TOPIC}
        async with aiohttp.ClientSession() as session, session.post(self.url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


@pytest.fixture(params=[True])
async def way(request) -> AsyncIterator[Way]:
    async with RecordingServer() as aws:
        session = guarded_session(allow_private=request.param)
        context = FakeContext("sns", http=session)
        source = SnsSource(SnsConfig.model_validate({"topics": {TOPIC: {}}}), context, LOOPBACK)
        links: Any = None
        ingress = Ingress(clock=FakeClock(), links=links, metrics=Metrics("1"), buckets=Buckets(0, 1), at_once=4)
        ingress.mount([Mounted("sns", route, True) for route in source.routes()])
        await ingress.start([("127.0.0.1", 0)])
        host, port = ingress.addresses[0]
        yield Way(f"http://{host}:{port}/sns", aws, context)
        await ingress.close()
        await session.close()


async def test_a_subscription_and_its_first_message(way: Way, delivery) -> None:
    way.aws.script(Reply(body=delivery.signer.pem), Reply(body=b"<ConfirmSubscriptionResponse/>"))
    confirm = f"{way.aws.url}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=1"
    confirmation = delivery.confirmation(SigningCertURL=way.certificate, SubscribeURL=confirm)
    assert await way.post(confirmation) == (200, '{"accepted":0}')
    assert [f"{one.method} {one.path}" for one in way.aws.requests] == ["GET /signing.pem", "GET /"]
    assert "Token=1" in way.aws.requests[1].query
    assert way.context.notes == [f"the subscription to {TOPIC} was confirmed"]

    body = delivery.notification("Backup failed", MessageId="2", SigningCertURL=way.certificate)
    assert await way.post(body) == (200, '{"accepted":1}')
    assert [signal.labels["alertname"] for signal in way.context.sink.signals] == ["Backup failed"]
    assert len(way.aws.requests) == 2


async def test_a_redirect_is_not_followed(way: Way, delivery) -> None:
    way.aws.script(Reply(status=302, headers={"Location": f"{way.aws.url}/other.pem"}))
    status, text = await way.post(delivery.notification("x", SigningCertURL=way.certificate))
    assert (status, len(way.aws.requests), way.context.sink.signals) == (503, 1, [])
    assert "could not be fetched" in text


async def test_an_endless_certificate_is_not_read_to_its_end(way: Way, delivery) -> None:
    way.aws.script(Reply(body=b"x" * 10_000_000))
    status, _ = await way.post(delivery.notification("x", SigningCertURL=way.certificate))
    assert status == 403


@pytest.mark.parametrize("way", [False], indirect=True)
async def test_the_outbound_policy_holds(way: Way, delivery) -> None:
    status, text = await way.post(delivery.notification("x", SigningCertURL=way.certificate))
    assert (status, way.aws.requests) == (503, [])
    assert "the outbound policy refuses this address" in text


async def test_a_huge_body_is_refused(way: Way, delivery) -> None:
    members = delivery.members("x" * 1024 * 1024)
    status, _ = await way.post(json.dumps(members).encode())
    assert (status, way.aws.requests) == (413, [])
