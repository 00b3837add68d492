"""The public test kit for plugin authors: doubles of what the daemon lends to a plugin, and conformance classes.

Needs pytest and pytest-asyncio. A plugin's tests subclass the conformance class of their adapter, name the subclass
`Test...` and fill in its attributes and hooks.
"""

from incidentd.plugin.testing.channels import (
    ChannelConformance,
    Letter,
    Outcome,
    WebhookChannelConformance,
    answer_of,
)
from incidentd.plugin.testing.chat import ChatConformance, RecordingChat
from incidentd.plugin.testing.clock import FakeClock
from incidentd.plugin.testing.http_notifiers import (
    HttpNotifierConformance,
    HttpSendingConformance,
    HttpVendor,
    script,
)
from incidentd.plugin.testing.httpserver import Fault, Recorded, RecordingServer, Reply
from incidentd.plugin.testing.memory import InMemory, SettablePauses
from incidentd.plugin.testing.notifiers import NotifierConformance, NotifierContext, notification
from incidentd.plugin.testing.receipts import ReceiptConformance, RecordingReceipts
from incidentd.plugin.testing.sending import SAID, Rig, SendingConformance, Vendor
from incidentd.plugin.testing.silences import MemorySilences
from incidentd.plugin.testing.source_conformance import BAD_BODIES, HOSTILE_TEXTS, MARKER, SourceConformance
from incidentd.plugin.testing.sources import (
    FakeContext,
    RecordingSink,
    SettableDuty,
    SettableReader,
    call,
    make_request,
    make_source,
    route_for,
)
from incidentd.plugin.testing.status import SettableStatus
from incidentd.plugin.testing.subscribers import RecordingSubscribers
from incidentd.plugin.testing.support import RecordingReports

__all__ = [
    "BAD_BODIES",
    "HOSTILE_TEXTS",
    "MARKER",
    "SAID",
    "ChannelConformance",
    "ChatConformance",
    "FakeClock",
    "FakeContext",
    "Fault",
    "HttpNotifierConformance",
    "HttpSendingConformance",
    "HttpVendor",
    "InMemory",
    "Letter",
    "MemorySilences",
    "NotifierConformance",
    "NotifierContext",
    "Outcome",
    "ReceiptConformance",
    "Recorded",
    "RecordingChat",
    "RecordingReceipts",
    "RecordingReports",
    "RecordingServer",
    "RecordingSink",
    "RecordingSubscribers",
    "Reply",
    "Rig",
    "SendingConformance",
    "SettableDuty",
    "SettablePauses",
    "SettableReader",
    "SettableStatus",
    "SourceConformance",
    "Vendor",
    "WebhookChannelConformance",
    "answer_of",
    "call",
    "make_request",
    "make_source",
    "notification",
    "route_for",
    "script",
]
