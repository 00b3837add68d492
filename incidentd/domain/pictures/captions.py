"""What is said about a picture of cases in words: its scope, how many of how many, its cases, its versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from incidentd.domain.pictures.plot import Plot, spread
from incidentd.domain.pictures.quantities import quantity, summary
from incidentd.domain.severity import Severity
from incidentd.wire.figures import FigureCase, FigureDetail, FigureScope, VersionBoundary

_PARTS = 6  # named in a caption
_HASH = 12  # characters of a version that has no name


def scope_text(scope: FigureScope, boundaries: Sequence[VersionBoundary] = ()) -> str:
    """What was counted: team shop, severity SEV1, process V-3; "" for everything."""
    version = next((one.name for one in boundaries if one.version == scope.version), scope.version[:_HASH])
    words = (("team", scope.team), ("service", scope.service), ("severity", scope.severity), ("process", version))
    return ", ".join(f"{name} {value}" for name, value in words if value)


def period_text(found: Plot) -> str:
    return f"{found.times.text} (UTC)"


def caption(found: Plot) -> str:
    """How many of how many cases are drawn, how their values lie, and what has no place on a log axis."""
    figure = found.detail.figure
    parts = [f"{summary(figure)}."]
    if figure.kind == "duration":
        parts += [f"{found.zeros} at 0, below the axis."] if found.zeros else []
        parts += [f"{figure.of - figure.n} without a value."] if figure.of > figure.n else []
    named = sorted(figure.parts.items(), key=lambda one: -one[1])
    shown = [f"{many} {name.replace('_', ' ')}" for name, many in named[:_PARTS]]
    shown += [f"{len(named) - _PARTS} more"] if len(named) > _PARTS else []
    parts += [f"Cases: {'; '.join(shown)}."] if shown else []
    return " ".join(parts)


def case_value(detail: FigureDetail, case: FigureCase) -> str:
    """What the value of a case says: yes or no of a share, a quantity of others."""
    if detail.figure.kind == "share":
        return "yes" if case.value else "no"
    return quantity(case.value, detail.figure.unit)


def case_text(detail: FigureDetail, case: FigureCase) -> str:
    """A case in words: INC-3, 2026-03-01 14:05, 34 min (10 min to 1 h), SEV2, checkout."""
    bounds = spread(case)
    between = "" if bounds is None else " ({} to {})".format(*(quantity(one, detail.figure.unit) for one in bounds))
    at = f"{case.at.astimezone(UTC):%Y-%m-%d %H:%M}"
    parts = (case.name, at, f"{case_value(detail, case)}{between}", case.severity, case.service)
    return ", ".join(str(part) for part in parts if part)


def boundary_text(one: VersionBoundary) -> str:
    """A version and since when: V-3 from 2026-03-01."""
    return f"{one.name} from {one.at.astimezone(UTC):%Y-%m-%d}"


def explanation(found: Plot) -> str:
    """The picture in words, for who does not see it."""
    detail = found.detail
    many = Counter(case.severity for case in detail.cases)
    severities = [f"{many[one]} {one or 'no severity'}" for one in (*Severity, None) if many[one]]
    parts = [
        caption(found),
        f"Time: {period_text(found)}.",
        f"Severities: {', '.join(severities)}." if set(many) - {None} else "",
        f"Disputed, between two bounds: {disputed}." if (disputed := sum(map(_disputed, detail.cases))) else "",
        f"Versions of the process: {', '.join(map(boundary_text, found.in_force))}." if found.in_force else "",
        detail.figure.definition,
        detail.figure.note,
    ]
    return " ".join(part for part in parts if part)


def _disputed(case: FigureCase) -> bool:
    return spread(case) is not None
