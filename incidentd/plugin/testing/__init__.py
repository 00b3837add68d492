"""The public test kit for plugin authors: doubles of what the daemon lends to a plugin, and conformance classes.

Needs pytest and pytest-asyncio. A plugin's tests subclass the conformance class of their adapter, name the subclass
`Test...` and fill in its attributes and hooks.
"""

from incidentd.plugin.testing.clock import FakeClock
from incidentd.plugin.testing.http_notifiers import HttpNotifierConformance, HttpVendor, script
from incidentd.plugin.testing.httpserver import Fault, Recorded, RecordingServer, Reply
from incidentd.plugin.testing.memory import InMemory, SettablePauses
from incidentd.plugin.testing.notifiers import NotifierConformance, NotifierContext, Rig, Vendor, notification
from incidentd.plugin.testing.receipts import ReceiptConformance, RecordingReceipts
from incidentd.plugin.testing.silences import MemorySilences
from incidentd.plugin.testing.source_conformance import BAD_BODIES, HOSTILE_TEXTS, MARKER, SourceConformance
from incidentd.plugin.testing.sources import (
    FakeContext,
    RecordingSink,
    SettableReader,
    call,
    make_request,
    make_source,
    route_for,
)
from incidentd.plugin.testing.support import RecordingReports

__all__ = [
    "BAD_BODIES",
    "HOSTILE_TEXTS",
    "MARKER",
    "FakeClock",
    "FakeContext",
    "Fault",
    "HttpNotifierConformance",
    "HttpVendor",
    "InMemory",
    "MemorySilences",
    "NotifierConformance",
    "NotifierContext",
    "ReceiptConformance",
    "Recorded",
    "RecordingReceipts",
    "RecordingReports",
    "RecordingServer",
    "RecordingSink",
    "Reply",
    "Rig",
    "SettablePauses",
    "SettableReader",
    "SourceConformance",
    "Vendor",
    "call",
    "make_request",
    "make_source",
    "notification",
    "route_for",
    "script",
]
