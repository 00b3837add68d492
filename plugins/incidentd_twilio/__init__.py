"""A phone number by Twilio as a support channel: text messages, calls to who is on call, recorded messages."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, SupportChannel, hookimpl


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_twilio.channel import CHANNELS

    return CHANNELS
