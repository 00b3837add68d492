"""The public plugin API, and the only package of incidentd that a plugin imports.

A plugin is a Python package with an entry point in the group `incidentd`. It implements hooks with `@hookimpl` that
return `AdapterType`s. Everything here is covered by `API_VERSION`: a major step breaks plugins, a minor one adds. A
plugin may state the version it was written for as `INCIDENTD_API = "1.0"`; another major or a newer minor is refused.
"""

from incidentd.domain.checks import CheckResult, CheckState, CheckStatus, Pause
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.matchers import BadMatcher, Matcher, matches_all, parse_matcher
from incidentd.domain.matchers import Op as MatchOp
from incidentd.domain.signals import Signal, SignalKind, label_fingerprint
from incidentd.domain.silences import Silence
from incidentd.domain.silences import Status as SilenceStatus
from incidentd.plugin.access import Access
from incidentd.plugin.adapters import (
    AdapterConfig,
    AdapterType,
    AlertReader,
    AlertSource,
    Capability,
    Context,
    Handler,
    Notifier,
    PausedChecks,
    ReceiptBook,
    Route,
    SignalSink,
    SilenceBook,
    StoreUnavailable,
)
from incidentd.plugin.chat import (
    Announcement,
    ChatBook,
    ChatChannel,
    Done,
    KeptMessage,
    RoomAct,
    RoomOrder,
    Verb,
)
from incidentd.plugin.config import Duration, PositiveDuration, PositiveSeconds, SecretRef
from incidentd.plugin.decoding import (
    DECODE_ERRORS,
    MAX_TEXT,
    decode_json,
    explain,
    mend_text,
    sender_time,
    storable,
)
from incidentd.plugin.duty import DutyBook, OnDuty
from incidentd.plugin.embedding import Embedder
from incidentd.plugin.hooks import hookimpl, hookspec
from incidentd.plugin.issues import IssueBook, IssueChannel, IssueOrder, IssueState
from incidentd.plugin.memory import (
    MAX_MEMORY_KEY,
    MAX_MEMORY_KEYS,
    MAX_MEMORY_VALUE,
    Memory,
    MemoryRefused,
    update_memory,
)
from incidentd.plugin.service_keys import (
    ServiceKeys,
    check_service_keys,
    is_loopback,
    service_of_key,
    service_of_request,
)
from incidentd.plugin.status import PublicIncident, PublicUpdate, StatusReader
from incidentd.plugin.subscribers import Mailing, MailText, Subscribers
from incidentd.plugin.support import (
    MAX_ATTACHMENT,
    Attachment,
    Conversation,
    Outgoing,
    OutgoingKind,
    Received,
    ReportBook,
    Said,
    SupportChannel,
    Taken,
)
from incidentd.plugin.values import (
    ActiveAlert,
    BadRequest,
    Condition,
    Event,
    Notification,
    NotificationKind,
    PermanentFailure,
    Receipt,
    ReceiptOutcome,
    Secret,
    TemporaryFailure,
    Urgency,
    WebhookRequest,
    WebhookResponse,
)

API_VERSION = "1.11"

__all__ = [
    "API_VERSION",
    "DECODE_ERRORS",
    "MAX_ATTACHMENT",
    "MAX_MEMORY_KEY",
    "MAX_MEMORY_KEYS",
    "MAX_MEMORY_VALUE",
    "MAX_TEXT",
    "Access",
    "ActiveAlert",
    "AdapterConfig",
    "AdapterType",
    "AlertReader",
    "AlertSource",
    "Announcement",
    "Attachment",
    "BadMatcher",
    "BadRequest",
    "Capability",
    "ChatBook",
    "ChatChannel",
    "CheckResult",
    "CheckState",
    "CheckStatus",
    "Condition",
    "Context",
    "Conversation",
    "Done",
    "Duration",
    "DutyBook",
    "Embedder",
    "Event",
    "Handler",
    "IssueBook",
    "IssueChannel",
    "IssueOrder",
    "IssueState",
    "KeptMessage",
    "MailText",
    "Mailing",
    "MatchOp",
    "Matcher",
    "Memory",
    "MemoryRefused",
    "Notification",
    "NotificationKind",
    "Notifier",
    "OnDuty",
    "Outgoing",
    "OutgoingKind",
    "Pause",
    "PausedChecks",
    "PermanentFailure",
    "PositiveDuration",
    "PositiveSeconds",
    "PublicIncident",
    "PublicUpdate",
    "Receipt",
    "ReceiptBook",
    "ReceiptOutcome",
    "Received",
    "ReportBook",
    "RoomAct",
    "RoomOrder",
    "Route",
    "Said",
    "Secret",
    "SecretRef",
    "ServiceKeys",
    "Signal",
    "SignalKind",
    "SignalSink",
    "Silence",
    "SilenceBook",
    "SilenceStatus",
    "StatusReader",
    "StoreUnavailable",
    "Subscribers",
    "SupportChannel",
    "Taken",
    "TemporaryFailure",
    "Urgency",
    "Verb",
    "WebhookRequest",
    "WebhookResponse",
    "check_service_keys",
    "decode_json",
    "explain",
    "hookimpl",
    "hookspec",
    "is_loopback",
    "label_fingerprint",
    "matches_all",
    "mend_text",
    "parse_matcher",
    "safe_line",
    "safe_text",
    "sender_time",
    "service_of_key",
    "service_of_request",
    "storable",
    "update_memory",
]
