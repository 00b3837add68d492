"""AWS SNS through a whole daemon: a stand-in for AWS on loopback signs, and is asked for its certificate.

Which addresses are AWS's is no setting. A plugin of the test's own, found by its entry point as any other is, mounts
the built-in source with rules that name loopback instead; everything else is the daemon's: listener, guarded
connector, store.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from incidentd.plugin.testing import Reply

pytestmark = pytest.mark.e2e

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
PLUGIN = """
import re
from functools import partial
from incidentd.plugin import AdapterType, hookimpl

@hookimpl
def incidentd_sources():
    from incidentd_sns.config import SnsConfig
    from incidentd_sns.source import SnsSource
    from incidentd_sns.trust import AWS, Trust

    loopback = Trust(
        certificate_url=re.compile(r"http://127\\.0\\.0\\.1:[0-9]+/signing[.]pem"),
        subscribe_url=re.compile(r"http://127\\.0\\.0\\.1:[0-9]+/[?].+"),
        certificate_name=AWS.certificate_name,
    )
    create = partial(SnsSource, trust=loopback)
    return [AdapterType(id="sns-loopback", config=SnsConfig, create=create, summary="SNS on loopback")]
"""
SOURCE = f"""
[sources.aws]
type = "sns-loopback"
topics = {{ "{TOPIC}" = {{ team = "core" }} }}
"""
ALARM = {
    "AlarmName": "checkout-5xx",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold crossed",
    "Region": "EU (Frankfurt)",
    "Trigger": {"MetricName": "5XXError", "Namespace": "AWS/ApplicationELB"},
}


class Aws:
    """Signs as SNS does. `url` is where its certificate and its confirmation are."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(7)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )
        self.pem = built.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def delivery(self, message: object, kind: str = "Notification", **more: str) -> dict[str, Any]:
        """A signed delivery."""
        members = {
            "Type": kind,
            "MessageId": more.pop("MessageId", os.urandom(8).hex()),
            "TopicArn": TOPIC,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": "2",
            "SigningCertURL": f"{self.url}/signing.pem",
            **more,
        }
        return {**members, "Signature": self._signature(members)}

    def _signature(self, members: Mapping[str, str]) -> str:
        names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        text = "".join(f"{name}\n{members[name]}\n" for name in names if name in members)
        return base64.b64encode(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def confirmation(self) -> dict[str, Any]:
        confirm = f"{self.url}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=1"
        return self.delivery(
            "You have chosen to subscribe.", "SubscriptionConfirmation", SubscribeURL=confirm, Token="1"
        )


@pytest.fixture
def listening(make_daemon, tmp_path):
    """Start a daemon with the plugin; `allow` says whether it may call loopback."""
    plugin = tmp_path / "plugin"
    facts = plugin / "sns_on_loopback-1.dist-info"
    facts.mkdir(parents=True)
    (plugin / "sns_on_loopback.py").write_text(PLUGIN)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: sns-on-loopback\nVersion: 1\n")
    (facts / "entry_points.txt").write_text("[incidentd]\nsns-on-loopback = sns_on_loopback\n")

    def start(*, allow: bool):
        main = f"[outbound]\nallow_private = {str(allow).lower()}\n{SOURCE}"
        return make_daemon(main=main, env={"PYTHONPATH": str(plugin)}).start()

    return start


def test_a_subscription_is_confirmed_and_an_alarm_pages_once(running, listening, recorder):
    aws, daemon = Aws(recorder.url), listening(allow=True)
    recorder.script(Reply(body=aws.pem), Reply(body=b"<ConfirmSubscriptionResponse/>"))
    assert daemon.post("/in/aws/sns", aws.confirmation()).json() == {"accepted": 0}
    assert [(one.method, one.path) for one in recorder.requests] == [("GET", "/signing.pem"), ("GET", "/")]
    (health,) = (one for one in daemon.get("/v1/health")["adapters"] if one["instance"] == "aws")
    assert "alarms: confirmed" in health["detail"]

    alarm = aws.delivery(ALARM)
    forged = {**alarm, "Message": json.dumps({**ALARM, "AlarmName": "forged"})}
    assert daemon.post("/in/aws/sns", forged).status == 403
    assert daemon.post("/in/aws/sns", alarm).json() == {"accepted": 1}
    daemon.kill()
    daemon.start()
    recorder.script(Reply(body=aws.pem))
    assert daemon.post("/in/aws/sns", alarm).status == 200, "SNS was not answered in time, and sends it again"
    (alert,) = daemon.alerts()
    assert (alert["name"], alert["count"], alert["labels"]["team"]) == ("checkout-5xx", 1, "core")
    running.eventually(lambda: daemon.page_of("checkout-5xx"), "somebody is paged")
    assert daemon.post("/in/aws/sns", aws.delivery({**ALARM, "NewStateValue": "OK"})).status == 200
    assert not daemon.alerts(status="firing")


def test_the_guarded_connector_does_not_fetch_what_the_policy_forbids(listening, recorder):
    aws, daemon = Aws(recorder.url), listening(allow=False)
    refused = daemon.post("/in/aws/sns", aws.confirmation())
    assert (refused.status, recorder.requests, daemon.alerts()) == (503, [], [])
    assert b"the outbound policy refuses this address" in refused.body
