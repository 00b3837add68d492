"""Figures of how a team responds."""

from __future__ import annotations

from urllib.parse import quote

from incidentd.client.calls import Calls, query_string
from incidentd.wire import figures as wire_figures


class InsightCalls(Calls):
    """`scope` as the routes take it: team, service, severity, process, since, until; "" bounds nothing."""

    async def figures(self, **scope: str) -> wire_figures.Figures:
        return await self._get(f"/v1/insights/figures{query_string(**scope)}", wire_figures.Figures)

    async def figure(self, name: str, **scope: str) -> wire_figures.FigureDetail:
        return await self._get(f"{_path(name)}{query_string(**scope)}", wire_figures.FigureDetail)

    async def compare_figure(self, name: str, **query: str | int) -> wire_figures.Compared:
        """`query` is a scope, and at, before and after, or experiment; also statistic and seed."""
        return await self._get(f"{_path(name)}/comparison{query_string(**query)}", wire_figures.Compared)

    async def rhythm(self, zone: str = "", **scope: str) -> wire_figures.Rhythm:
        return await self._get(f"/v1/insights/rhythm{query_string(zone=zone, **scope)}", wire_figures.Rhythm)

    async def load(self, team: str, weeks: int = 13) -> wire_figures.Load:
        return await self._get(f"/v1/insights/load{query_string(team=team, weeks=weeks)}", wire_figures.Load)


def _path(name: str) -> str:
    return f"/v1/insights/figures/{quote(name, safe='')}"
