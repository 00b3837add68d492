"""The routes of figures; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api import insight_queries as queries
from incidentd.api.handlers import insights
from incidentd.api.route import Route, get
from incidentd.wire import figures as wire_figures

INSIGHT_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/insights/figures",
        insights.list_figures,
        wire_figures.Figures,
        "Every figure of how a team responds, with its n and its definition",
        query=queries.Scope,
    ),
    get(
        "/v1/insights/figures/{figure}",
        insights.get_figure,
        wire_figures.FigureDetail,
        "One figure with its cases, the oldest first",
        query=queries.Scope,
    ),
    get(
        "/v1/insights/figures/{figure}/comparison",
        insights.compare_figure,
        wire_figures.Compared,
        "A figure before and after something, and how often chance changes it as much",
        query=queries.Comparison,
    ),
    get(
        "/v1/insights/rhythm",
        insights.rhythm,
        wire_figures.Rhythm,
        "When pages come, by weekday and hour",
        query=queries.Rhythm,
    ),
    get("/v1/insights/load", insights.load, wire_figures.Load, "What weeks asked of a team", query=queries.Load),
)
