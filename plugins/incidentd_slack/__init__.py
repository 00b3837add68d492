"""Slack as a support channel: messages of channels and threads, direct messages, and a slash command."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.plugin import AdapterType, SupportChannel, hookimpl


@hookimpl
def incidentd_channels() -> Sequence[AdapterType[SupportChannel]]:
    from incidentd_slack.channel import CHANNELS

    return CHANNELS
