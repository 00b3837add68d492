"""The built-in plugins as somebody could configure them: with as little as they need, and with something to prove.

The page about who may call what is made of the routes that these have, and a test sends each a stranger's request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incidentd.plugin import Secret

KEY = Secret("an-example-of-a-key-for-tests-0001")
_SERVICE_KEYS = {"shop": (KEY,)}
Options = Mapping[str, Any]
Examples = Mapping[str, Mapping[str, Options]]
"""By type: what the configuration says, in words ("" where there is no choice), and its options."""

SOURCES: Examples = {
    "alertmanager": {"without `token`": {}, "with `token`": {"token": KEY}},
    "cloudevents": {"without `token`": {}, "with `token`": {"token": KEY}},
    "goalert": {"without `tokens`": {}, "with `tokens`": {"tokens": _SERVICE_KEYS}},
    "grafana": {"without keys": {}, "with `tokens`": {"tokens": (KEY,)}, "with `secrets`": {"secrets": (KEY,)}},
    "heartbeat": {"": {"ping_key": KEY, "checks": {"backup": {"period": "1d"}}}},
    "nagios": {"without `keys`": {}, "with `keys`": {"keys": _SERVICE_KEYS}},
    "opsgenie": {"without `keys`": {}, "with `keys`": {"keys": _SERVICE_KEYS}},
    "pagerduty": {"without `routing_keys`": {}, "with `routing_keys`": {"routing_keys": {"k" * 32: "shop"}}},
    "sentry": {"": {"secrets": (KEY,)}},
    "sns": {"": {"topics": {"arn:aws:sns:eu-central-1:123456789012:alarms": {}}}},
    "systemd": {"without `keys`": {}, "with `keys`": {"keys": _SERVICE_KEYS}},
    "webhook": {"without `token`": {}, "with `token`": {"token": KEY}},
}
CHANNELS: Examples = {
    "discord": {"": {"public_key": "ab" * 32, "token": KEY}},
    "forge": {"": {"secrets": (KEY,)}},
    "slack": {"": {"signing_secrets": (KEY,), "token": KEY}},
    "statuspage": {"": {"mail": {"notifier": "mail", "url": "https://status.example.org/status"}}},
    "twilio": {
        "": {
            "url": "https://incidentd.example.org/in/phone",
            "account_sid": "AC" + "0" * 32,
            "auth_token": KEY,
            "number": "+15005550006",
        }
    },
    "webform": {"": {"secret": KEY}},
}
NOTIFIERS: Examples = {"webhook": {"with `secret`": {"secret": KEY}}}
