"""The messages SNS posts, and what of them is signed. Pure functions.

AWS documents both: "HTTP/HTTPS notification JSON format" and "Verifying the signatures of Amazon SNS messages".
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from incidentd.plugin import BadRequest, decode_json

Kind = Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One message. Texts are untrusted until the signature was checked; `MessageAttributes` are not signed at all."""

    type: Kind
    message_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    topic_arn: str
    message: str
    timestamp: str
    signature_version: Literal["1", "2"]
    signature: str
    signing_cert_url: str = msgspec.field(name="SigningCertURL")
    subject: str | None = None
    subscribe_url: str = msgspec.field(name="SubscribeURL", default="")
    token: str = ""

    def sent_at(self) -> datetime:
        """When it was published; a message that is tried again keeps its time. Raises `BadRequest`."""
        try:
            at = datetime.fromisoformat(self.timestamp)
        except ValueError:
            raise BadRequest("is no ISO 8601 time", field="Timestamp") from None
        if at.tzinfo is None:
            raise BadRequest("is a time without a zone", field="Timestamp")
        return at

    def signed_text(self) -> bytes:
        """What the signature is made over: names and values in the order of the names, each on a line of its own."""
        plain = self.type == "Notification"
        pairs = {
            "Message": self.message,
            "MessageId": self.message_id,
            "Subject": self.subject if plain else None,
            "SubscribeURL": None if plain else self.subscribe_url,
            "Timestamp": self.timestamp,
            "Token": None if plain else self.token,
            "TopicArn": self.topic_arn,
            "Type": self.type,
        }
        return "".join(f"{name}\n{value}\n" for name, value in pairs.items() if value is not None).encode()


def read_envelope(body: bytes) -> Envelope:
    """The message in `body`. Raises `BadRequest`."""
    return decode_json(body, Envelope)
