"""Stand-ins for AWS: a signer with a key of its own, and a session that serves what AWS would serve."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
CERTIFICATE_URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0f1e2d.pem"
SUBSCRIBE_URL = f"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
_IN_ORDER = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


class Signer:
    """Signs as SNS does, made here without the plugin's own code."""

    def __init__(self, *, name: str = "sns.amazonaws.com", begins: int = -30, ends: int = 300) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self._key.public_key())
            .serial_number(7)
            .not_valid_before(NOW + timedelta(days=begins))
            .not_valid_after(NOW + timedelta(days=ends))
            .sign(self._key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """`members` with the signature of the version they name."""
        signed = [name for name in _IN_ORDER if name in members and name not in _left_out(members["Type"])]
        text = "".join(f"{name}\n{members[name]}\n" for name in signed).encode("utf-8", "replace")
        algorithm = hashes.SHA1() if members["SignatureVersion"] == "1" else hashes.SHA256()
        signature = self._key.sign(text, padding.PKCS1v15(), algorithm)
        return {**members, "Signature": base64.b64encode(signature).decode()}


def _left_out(kind: str) -> tuple[str, ...]:
    return ("SubscribeURL", "Token") if kind == "Notification" else ("Subject",)


class Delivery:
    """Builds the bodies that SNS posts."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer

    def members(self, message: object, **members: Any) -> dict[str, Any]:
        """A notification, not signed yet; a member that is None is left out."""
        text = message if isinstance(message, str) else json.dumps(message)
        whole = {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Message": text,
            "Timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.655Z"),
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
            "UnsubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
            **members,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def notification(self, message: object, **members: Any) -> bytes:
        return json.dumps(self.signer.sign(self.members(message, **members))).encode()

    def confirmation(self, **members: Any) -> bytes:
        given = {"Type": "SubscriptionConfirmation", "SubscribeURL": SUBSCRIBE_URL, "Token": "2336412f37", **members}
        return self.notification("You have chosen to subscribe to the topic.", **given)


class _Content:
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, size: int) -> bytes:
        part, self._body = self._body[:size], self._body[size:]
        return part


class _Response:
    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.headers, self.content = status, {}, _Content(body)

    async def __aenter__(self) -> _Response:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        return None


class AwsSession:
    """What the daemon lends as `http`, serving AWS's addresses from a table."""

    def __init__(self, pem: bytes) -> None:
        self.pages: dict[str, tuple[int, bytes] | Exception] = {
            CERTIFICATE_URL: (200, pem),
            SUBSCRIBE_URL: (200, b"<ConfirmSubscriptionResponse/>"),
        }
        self.asked: list[str] = []

    def request(self, method: str, url: str, **options: Any) -> _Response:
        assert (method, options["allow_redirects"]) == ("GET", False)
        self.asked.append(url)
        page = self.pages.get(url, (404, b""))
        if isinstance(page, Exception):
            raise page
        return _Response(*page)


@pytest.fixture
def make_delivery():
    """Makes deliveries that are signed by keys of their own."""

    def make(**signer: Any) -> Delivery:
        return Delivery(Signer(**signer))

    return make


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def aws(signer: Signer) -> AwsSession:
    return AwsSession(signer.pem)


@pytest.fixture
def delivery(signer: Signer) -> Delivery:
    return Delivery(signer)
