"""What figures are counted over, as the viewer chose it: kept while the terminal runs, the same in every view."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from incidentd.domain.severity import Severity
from incidentd.wire.figures import VersionBoundary

PERIODS = (90, 30, 365, 0)
"""How many days back are looked at, by turns; 0 is the whole time."""

_DAY = timedelta(days=1)


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """ "" and None are no bound. `version` is the hash of a process, `version_name` what people call it.

    `since` and `until` stand in the place of `days` when a period was typed, in whole days; `until` is the end of the
    last one.
    """

    team: str = ""
    service: str = ""
    severity: Severity | None = None
    version: str = ""
    version_name: str = ""
    days: int = PERIODS[0]
    since: datetime | None = None
    until: datetime | None = None

    @property
    def typed(self) -> bool:
        """Whether its period was typed."""
        return self.since is not None or self.until is not None

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Since when and until when cases count."""
        if self.typed:
            return self.since, self.until
        return (now - timedelta(days=self.days) if self.days else None), None

    def query(self, now: datetime) -> dict[str, str]:
        """As the routes take it; what is no bound is left out."""
        since, until = self.bounds(now)
        given = {
            "team": self.team,
            "service": self.service,
            "severity": self.severity.value if self.severity is not None else "",
            "process": self.version,
            "since": _instant(since),
            "until": _instant(until),
        }
        return {name: str(value) for name, value in given.items() if value}

    def with_period(self, days: int) -> Scope:
        """The same over the last `days` days, 0 for the whole time."""
        return msgspec.structs.replace(self, days=days, since=None, until=None)

    def next_period(self) -> Scope:
        """The same over the period that comes next by turns."""
        at = PERIODS.index(self.days) if self.days in PERIODS and not self.typed else -1
        return self.with_period(PERIODS[(at + 1) % len(PERIODS)])


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Looking:
    """What is looked at in the mode of insights; every view of it shares this one."""

    def __init__(self) -> None:
        self.scope = Scope()
        self.boundaries: tuple[VersionBoundary, ...] = ()  # that are known
        self.as_table = False  # pictures as rows of words


def period_words(scope: Scope) -> str:
    """The period as people say it."""
    if not scope.typed:
        return f"last {scope.days} days" if scope.days else "the whole time"
    last = scope.until - _DAY if scope.until is not None else None
    since, until = (None if at is None else f"{at.day} {at:%b %Y}" for at in (scope.since, last))
    if since and until:
        return f"{since} – {until}"
    return f"since {since}" if since else f"until {until}"


def words(scope: Scope) -> list[tuple[str, bool]]:
    """Every bound in words, and whether it is one."""
    return [
        (f"team {scope.team}" if scope.team else "all teams", bool(scope.team)),
        (scope.service or "all services", bool(scope.service)),
        (scope.severity.value if scope.severity is not None else "any severity", scope.severity is not None),
        (scope.version_name or scope.version[:8] or "every version", bool(scope.version)),
        (period_words(scope), True),
    ]
