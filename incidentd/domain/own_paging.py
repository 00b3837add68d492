"""When somebody is paged for what is wrong with incidentd itself: for codes worth it, once they have lasted a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from incidentd.domain.alarm_kinds import kind_of
from incidentd.domain.signals import Signal, SignalKind

AFTER = timedelta(minutes=2)
PREFIX = "own:"
"""Keys of these alerts begin so, among all that have the daemon as their source."""


class Said(Protocol):
    """An alarm, as the daemon or the wire has it."""

    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...


class OwnPaging(msgspec.Struct, frozen=True, kw_only=True):
    """`[own_alarms]` of incidentd.toml. A code in `quiet` pages nobody and stands in health all the same."""

    page: bool = True
    after: timedelta = AFTER
    quiet: frozenset[str] = frozenset()


def worth_a_page(alarms: Iterable[Said], settings: OwnPaging) -> dict[str, list[str]]:
    """The texts of each code that somebody is to be woken for."""
    found: dict[str, list[str]] = {}
    for alarm in alarms:
        if settings.page and kind_of(alarm.code).pages and alarm.code not in settings.quiet:
            found.setdefault(alarm.code, []).append(alarm.text)
    return found


def first_seen(before: Mapping[str, datetime], codes: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Since when each code has stood without a break."""
    return {code: before.get(code, now) for code in codes}


def key_of(code: str, node: str) -> str:
    """One alert a code, and one a node for what only that node sees."""
    return f"{PREFIX}{code}" if kind_of(code).shared else f"{PREFIX}{code}@{node}"


def alertname(code: str) -> str:
    """`IncidentdNotifierDown`: alert names are written so."""
    return "Incidentd" + "".join(part.capitalize() for part in code.split("-"))


def signal(code: str, node: str, texts: Iterable[str]) -> Signal:
    """Firing with `texts`, resolved with none."""
    kind, said = kind_of(code), "; ".join(texts)
    labels = {"alertname": alertname(code), "code": code, "severity": kind.severity}
    return Signal(
        key=key_of(code, node),
        kind=SignalKind.FIRING if said else SignalKind.RESOLVED,
        labels=labels if kind.shared else {**labels, "node": node},
        annotations={
            "summary": f"{kind.title}: {said}" if said else f"{kind.title}: it is over",
            "runbook": f"incidentctl runbook {code}",
        },
    )


def code_of(key: str) -> str:
    """The code that a key, without its prefix, is about."""
    return key.partition("@")[0]
