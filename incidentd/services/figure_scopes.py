"""Whose figures are asked for, and what is compared with what; a wrong name is an error that says the right ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

import msgspec

from incidentd.domain.experiments import Experiment
from incidentd.domain.figures import catalogue
from incidentd.domain.figures.facts import Facts
from incidentd.domain.people import Roster
from incidentd.services.errors import Invalid, NotFound, Unknown
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.wire.figures import FigureScope


def sort_named(name: str) -> catalogue.Sort:
    """A figure of the catalogue. Raises `NotFound` with the nearest name."""
    found = catalogue.NAMES.get(name)
    if found is None:
        near = catalogue.nearest(name)
        remedy = f"did you mean {near}?" if near else "incidentctl insights list names them all"
        raise NotFound(f"there is no figure {name!r}", field="figure", remedy=remedy)
    return found


def scope_of(query: ScopeQuery, facts: Facts, roster: Roster) -> FigureScope:
    """What is asked for, checked. Raises `Invalid`."""
    if query.since is not None and query.until is not None and query.until <= query.since:
        raise Invalid("ends before it begins", field="until", remedy="give a time after `since`")
    services = {*roster.services, *(one.incident.service for one in facts.incidents.values())}
    _known("team", query.team, roster.teams)
    _known("service", query.service, services)
    return FigureScope(
        team=query.team,
        service=query.service,
        severity=query.severity,
        version=version_of(query.process, facts, "process"),
        since=query.since,
        until=query.until,
    )


def _known(field: str, name: str, known: Iterable[str]) -> None:
    names = sorted(filter(None, known))
    if name and name not in names:
        near = get_close_matches(name, names, 1)
        remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(names[:20]) or 'none'}"
        raise Unknown(f"there is no {field} {name!r}", field=field, remedy=remedy)


def version_of(name: str, facts: Facts, field: str) -> str:
    """The hash of a version that was in force, by its name or the beginning of its hash. Raises `Invalid`."""
    if not name:
        return ""
    shown = facts.versions
    found = {one.version for one in shown if name.upper() == one.name.upper() or one.version.startswith(name)}
    if len(found) != 1:
        known = ", ".join(dict.fromkeys(one.name for one in shown)) or "none yet"
        said = "more than one version begins with" if found else "no version was in force that is called"
        raise (Invalid if found else Unknown)(f"{said} {name!r}", field=field, remedy=f"there are {known}")
    return found.pop()


class Sides(msgspec.Struct, frozen=True):
    """Two sides of a comparison, each with its label."""

    before: tuple[str, FigureScope]
    after: tuple[str, FigureScope]

    @property
    def whole(self) -> FigureScope:
        """From the beginning of the one to the end of the other, whatever versions were in force."""
        before, after = self.before[1], self.after[1]
        version = before.version if before.version == after.version else ""
        return msgspec.structs.replace(before, until=after.until, version=version)


def experiment_id(text: str) -> int:
    """The number of an experiment: X-3 or 3, 0 for none. Raises `Invalid`."""
    number = text.upper().removeprefix("X-")
    if text and not (number.isascii() and number.isdigit() and len(number) < 16):
        raise Invalid(f"{text!r} is no experiment", field="experiment", remedy="write it as X-3")
    return int(number or 0)


def sides_of(
    query: CompareQuery, scope: FigureScope, facts: Facts, tried: Experiment | None = None, zone: str = "UTC"
) -> Sides:
    """What is compared with what; `tried` is the experiment that is asked for, its days are those of `zone`.

    Raises `Invalid` unless it is one of the ways.
    """
    ways: Sequence[str] = [name for name in ("at", "before", "experiment") if getattr(query, name)]
    if len(ways) != 1 or bool(query.before) != bool(query.after):
        remedy = "a day (at), two versions (before and after), or an experiment"
        raise Invalid("say what to compare, in one way", field="at", remedy=remedy)
    if query.experiment:
        if tried is None:
            raise Unknown(f"there is no experiment {query.experiment}", field="experiment", remedy="name another one")
        return around_experiment(tried, scope, facts.now, zone)
    if query.at:
        at = _instant(query.at)
        return Sides(
            (f"before {query.at}", msgspec.structs.replace(scope, until=min(at, scope.until or at))),
            (f"from {query.at} on", msgspec.structs.replace(scope, since=max(at, scope.since or at))),
        )
    first, second = (version_of(getattr(query, name), facts, name) for name in ("before", "after"))
    if first == second:
        raise Invalid("is the same version as the one before", field="after", remedy="name another one")
    if _last_in_force(second, facts) < _first_in_force(first, facts):
        what = f"{query.after} was in force before {query.before}, and not after it"
        raise Invalid(what, field="after", remedy=f"turn them round: before {query.after}, after {query.before}")
    return Sides(
        (query.before, msgspec.structs.replace(scope, version=first)),
        (query.after, msgspec.structs.replace(scope, version=second)),
    )


def _first_in_force(version: str, facts: Facts) -> datetime:
    return min(one.at for one in facts.versions if one.version == version)


def _last_in_force(version: str, facts: Facts) -> datetime:
    """When it began for the last time: a team may go back to an earlier version."""
    return max(one.at for one in facts.versions if one.version == version)


def around_experiment(tried: Experiment, scope: FigureScope, now: datetime, zone: str) -> Sides:
    """As long before an experiment as was said beforehand, and from its beginning to its end, or until now.

    What `scope` leaves out is that of the experiment. Raises `Invalid` before it begins.
    """
    begins = max(tried.begins_at(zone), tried.at)  # written at noon, it does not begin in the morning
    if begins > now:
        raise Invalid(f"{tried.name} has not begun", field="experiment", remedy=f"it begins on {tried.begins_on}")
    where = msgspec.structs.replace(
        scope,
        team=scope.team or tried.team,
        service=scope.service or tried.service,
        severity=scope.severity or tried.severity,
    )
    ends = min(tried.stopped_at or now, tried.ends_at(zone), now)
    before = msgspec.structs.replace(where, since=begins - timedelta(days=tried.before_days), until=begins)
    after = msgspec.structs.replace(where, since=begins, until=ends)
    return Sides((f"before {tried.name}", before), (tried.name, after))


def _instant(text: str) -> datetime:
    """An instant, or the beginning of a day in UTC."""
    try:
        if len(text) == len("2026-03-01"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(
            f"{text!r} is neither a day nor an instant", field="at", remedy="write 2026-03-01 or 2026-03-01T14:05:00Z"
        )
    return at
