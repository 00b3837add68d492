"""Figures of how a team responds."""

from __future__ import annotations

from typing import Any

from incidentd.api import insight_queries as queries
from incidentd.api.bodies import Empty
from incidentd.api.call import Call
from incidentd.services.contracts import Calls
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.wire import figures as wire_figures


def _given(query: queries.Scope, kind: type[Any]) -> Any:
    """The parameters that `kind` has."""
    return kind(**{name: getattr(query, name) for name in kind.__struct_fields__})


async def list_figures(calls: Calls, call: Call[Empty, queries.Scope]) -> wire_figures.Figures:
    return await calls.insights.figures.list(_given(call.query, ScopeQuery), call.actor)


async def get_figure(calls: Calls, call: Call[Empty, queries.Scope]) -> wire_figures.FigureDetail:
    return await calls.insights.figures.get(call.names["figure"], _given(call.query, ScopeQuery), call.actor)


async def compare_figure(calls: Calls, call: Call[Empty, queries.Comparison]) -> wire_figures.Compared:
    scope, query = _given(call.query, ScopeQuery), _given(call.query, CompareQuery)
    return await calls.insights.figures.compare(call.names["figure"], scope, query, call.actor)


async def rhythm(calls: Calls, call: Call[Empty, queries.Rhythm]) -> wire_figures.Rhythm:
    return await calls.insights.rhythm.rhythm(_given(call.query, ScopeQuery), call.query.zone)


async def load(calls: Calls, call: Call[Empty, queries.Load]) -> wire_figures.Load:
    return await calls.insights.rhythm.load(call.query.team, call.query.weeks)
