"""Channels that open issues of a code forge for what is to be done. Since API version 1.10."""

from __future__ import annotations

import enum
from abc import abstractmethod
from datetime import date, datetime
from typing import Protocol

import msgspec

from incidentd.plugin.support import SupportChannel
from incidentd.plugin.values import Receipt


class IssueOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An issue to open. Its texts are plain: escape them for your format.

    What is ordered again carries the same `idempotency_key`, and an `attempt` above 1: put the key where you find it
    again, and look for it then, for the answer to an earlier attempt may have been lost.
    """

    idempotency_key: str
    title: str  # at most 250 characters
    text: str
    due_on: date
    created_at: datetime  # of the action: no issue of it is older
    attempt: int = 1


class IssueState(enum.StrEnum):
    """What became of an issue."""

    OPEN = "open"
    DONE = "done"
    NOT_PLANNED = "not_planned"  # it was closed, and what it asks for will not be done


class IssueBook(Protocol):
    """Where a channel tells what became of the issues that it opened."""

    async def changed(self, url: str, state: IssueState, at: datetime) -> bool:
        """The issue that `Receipt.url` named was closed, or opened again, at `at` by the forge's clock.

        False, and nothing changes, when this instance opened no such issue, or when `at` is no later than what was told
        before. Raises `StoreUnavailable`.
        """
        ...


class IssueChannel(SupportChannel):
    """A support channel that can open issues, where its configuration says in which place."""

    @property
    @abstractmethod
    def issues(self) -> str:
        """The place where it opens them, such as "acme/shop"; "" where none is configured, and it opens none."""

    @abstractmethod
    async def open_issue(self, order: IssueOrder) -> Receipt:
        """Open an issue once. Outcomes are those of `send`; `Receipt.url` is where people find it."""
