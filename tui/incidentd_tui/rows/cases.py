"""One case of a figure: what it is, its value, and where and when it was. Never who."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.pictures.captions import case_value
from incidentd.domain.pictures.quantities import quantity
from incidentd.wire.figures import FigureCase, FigureDetail
from incidentd_tui import paint, theme
from incidentd_tui.model import Model


def value(detail: FigureDetail, case: FigureCase) -> str:
    """Its value in words, with the bounds between which people dispute it."""
    said = case_value(detail, case)
    if case.low is None and case.high is None:
        return said
    low, high = (quantity(bound, detail.figure.unit) for bound in (case.low, case.high))
    return f"{said} (disputed: {low} to {high})"


def beside(model: Model, case: FigureCase, detail: FigureDetail, width: int) -> list[paint.Line]:
    """A line a fact."""
    lines: list[paint.Line] = [[], _name(case), []]
    lines += [[(text, theme.primary)] for text in paint.wrap(value(detail, case), width, 3)]
    for name, text in _facts(model, case, detail):
        lines.append([(f"{name:<9}", theme.muted), (text, theme.plain)])
    return [*lines, [], [("↵", theme.key), (" opens it", theme.muted)], []]


def below(model: Model, case: FigureCase, detail: FigureDetail, width: int) -> list[paint.Line]:
    """The same in three lines."""
    facts = " · ".join(text for _, text in _facts(model, case, detail))
    name: paint.Line = [*_name(case), (f"  {value(detail, case)}", theme.primary)]
    return [name, *([(text, theme.muted)] for text in paint.wrap(facts, width, 2))]


def _name(case: FigureCase) -> paint.Line:
    label: paint.Line = []
    if case.severity is not None:
        label = [(f" {case.severity.value} ", theme.ranked(case.severity.rank)), ("  ", theme.plain)]
    return [*label, (str(case.name), theme.bold)]


def _facts(model: Model, case: FigureCase, detail: FigureDetail) -> Iterator[tuple[str, str]]:
    version = next((str(one.name) for one in detail.boundaries if one.version == case.version), str(case.version)[:8])
    at = case.at.astimezone(model.zone)
    told = {
        "at": f"{at:%a} {at.day} {at:%b %Y %H:%M}", "service": case.service, "team": case.team,
        "version": version, "part": str(case.part).replace("_", " "),
    }  # fmt: skip
    yield from ((name, str(text)) for name, text in told.items() if text)
