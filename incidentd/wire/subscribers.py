"""Who subscribes by mail, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd.wire.base import Frozen, Instant, Request


class ChannelSubscribers(Frozen, frozen=True):
    """How many subscribe to what a channel publishes."""

    channel: str
    confirmed: int
    waiting: int  # for a confirmation


class SubscriberCounts(Frozen, frozen=True):
    channels: tuple[ChannelSubscribers, ...]  # those with a subscriber


class Subscriber(Frozen, frozen=True):
    channel: str
    address: str
    asked_at: Instant
    confirmed_at: Instant | None  # null: it is sent nothing


class SubscriberList(Frozen, frozen=True):
    subscribers: tuple[Subscriber, ...]  # by channel and address


class RemoveSubscriber(Request, frozen=True):
    address: Annotated[str, Meta(min_length=1, max_length=320, pattern=r"\S")]
    channel: Annotated[str, Meta(max_length=100)] = ""  # "": of every channel


class SubscribersRemoved(Frozen, frozen=True):
    removed: int
