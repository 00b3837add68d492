"""Addresses that are the whole proof of who may act: how long they have to be guessed, in bits."""

import base64
import math
import re
import uuid

from incidentd.domain import subscribers
from incidentd.plugin import Secret
from incidentd.services import calendar_feeds, links
from incidentd_email.mailbox import Mailbox
from incidentd_email.reply_token import ReplyTokens
from incidentd_heartbeat.config import HeartbeatConfig
from incidentd_webform.signing import Signer, new_thread

KEY = Secret("k" * 32)
A_MINUTE = 60
"""What a network may guess at one source, unless `refusals` says otherwise."""


def unlike(first: str, second: str) -> int:
    """Characters in which two texts differ."""
    return sum(a != b for a, b in zip(first, second, strict=True))


def secret_bits() -> dict[str, float]:
    """What nobody who lacks the key can compute, of everything else that is known."""
    link = base64.urlsafe_b64decode(links.sign(b"k" * 32, "1", "ada", 2**31) + "==")
    subscriber = subscribers.link(b"k" * 32, "leave", 1, "nonce", 0).rpartition("-")[2]
    reply = ReplyTokens(KEY, "mail", Mailbox(local="s", domain="example.org")).reply_to("ab" * 8, "ada@example.org")
    assert reply is not None
    token = base64.b32decode(reply.local.partition("+")[2].upper() + "======")
    ping = HeartbeatConfig.model_validate({"ping_key": KEY, "checks": {"a": {"period": "1d"}}}).address("a")
    assert isinstance(ping, uuid.UUID)
    conversation = Signer(KEY, "web").sign("conversation", new_thread())
    return {
        "link of a message": (len(link) - len(b"1.2147483648.ada")) * 8,
        "calendar": calendar_feeds._SIGNATURE * 8,
        "letter to a subscriber": len(re.sub("[^0-9a-f]", "", subscriber)) * 4,
        "answer by mail": (len(token) - 16) * 8,
        "heartbeat": 128 - 6,  # the version and the variant of a UUID are known
        "conversation": len(conversation) * 4 - 128,  # the signature, for whoever can read the database
    }


def test_what_has_to_be_guessed_is_long_enough():
    bits = secret_bits()
    assert {name: size >= 80 for name, size in bits.items()} == dict.fromkeys(bits, True), bits
    assert min(size for name, size in bits.items() if name != "answer by mail") >= 120, bits
    networks, a_year = 2**32, 365 * 24 * 60
    tried = networks * A_MINUTE * a_year
    assert math.log2(tried) < 60, "every address of the internet, for a year"
    assert all(size - math.log2(tried) > 20 for size in bits.values())


def test_new_conversations_have_nothing_in_common():
    assert len({new_thread() for _ in range(1000)}) == 1000
    assert unlike(links.sign(b"a" * 32, "1", "ada", 1), links.sign(b"b" * 32, "1", "ada", 1)) > 10
