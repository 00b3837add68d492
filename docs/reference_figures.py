"""docs/reference/figures.md: every figure with what it counts and what it does not say."""

from __future__ import annotations

from incidentd.domain.figures import load
from incidentd.domain.figures.catalogue import CATALOGUE, Sort
from incidentd.domain.process import DEFAULT_REVIEW_NAME

_HEAD = """# Figures

What `incidentctl insights`, `/v1/insights/figures` and the mode Insights of the terminal count.
[Figures](../figures.md) says how they are read and compared.
"""
_KINDS = {
    "share": "n of how many",
    "duration": "n values of how many cases, with the least, the median and the most",
    "count": "how many, with the least, the median and the most of whole weeks",
}
_UNITS = {"s": "seconds", "min": "minutes", "days": "days"}


def page() -> str:
    """The whole page."""
    figures = [one.called(DEFAULT_REVIEW_NAME) for one in CATALOGUE]
    rows = [f"| [{one.name}](#{one.name}) | {one.title} | {one.kind} |" for one in figures]
    parts = [_HEAD, "| Figure | | Kind |\n|---|---|---|\n" + "\n".join(rows), *map(_figure, figures)]
    parts.append("## Pictures\n\n**The rhythm of pages.** " + load.RHYTHM)
    parts.append("**The load of a team by week.**\n")
    parts.append("\n".join(f"- `{name}`: {text}" for name, text in load.LOAD.items()))
    return "\n\n".join(parts)


def _figure(one: Sort) -> str:
    unit = f", in {_UNITS[one.unit]}" if one.unit in _UNITS else ""
    return (
        f"## {one.name}\n\n**{one.title}**: {_KINDS[one.kind]}{unit}; its cases are {one.noun}.\n\n{one.definition}\n\n"
        f"What it does not say: {one.limit}"
    )
