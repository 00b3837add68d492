"""What a look at an installation finds: each check with what it means and what mends it."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec


class State(enum.StrEnum):
    """The worst of several is the last one here."""

    SKIPPED = "skipped"
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True):
    """What one check found. `text` says what and where; `means` why it matters; `remedy` is a command, or a key to
    change.

    No part of it ever holds a secret. `code` is that of a runbook, where there is one.
    """

    check: str
    state: State
    text: str
    means: str = ""
    remedy: str = ""
    code: str = ""


def ok(check: str, text: str) -> Finding:
    return Finding(check, State.OK, text)


def skipped(check: str, why: str) -> Finding:
    """Why it could not be looked at: that is no fault."""
    return Finding(check, State.SKIPPED, why)


def warning(check: str, text: str, means: str, remedy: str) -> Finding:
    return Finding(check, State.WARNING, text, means, remedy)


def problem(check: str, text: str, means: str, remedy: str) -> Finding:
    return Finding(check, State.PROBLEM, text, means, remedy)


_ORDER = list(State)


def worst(findings: Iterable[Finding]) -> State:
    """The worst state of all, OK when there is none."""
    return max((one.state for one in findings), key=_ORDER.index, default=State.OK)
