"""Experiments as the wire shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from incidentd.domain.experiments import Experiment, warnings
from incidentd.storage import experiments
from incidentd.wire import experiments as wire_experiments

_COPIED = tuple(
    name for name in wire_experiments.Experiment.__struct_fields__ if name in Experiment.__struct_fields__
)  # fmt: skip


def views(conn: Connection, rows: Sequence[Experiment]) -> tuple[wire_experiments.Experiment, ...]:
    """Stored experiments with what else looks at their figures; a fixed number of queries for any number of rows."""
    figures = sorted({name for row in rows for name in (row.figure, row.counter_figure) if name})
    others = experiments.of_figures(conn, figures) if figures else []
    return tuple(
        wire_experiments.Experiment(
            **{name: getattr(row, name) for name in _COPIED},
            scope=wire_experiments.ExperimentScope(team=row.team, service=row.service, severity=row.severity),
            warnings=warnings(row, others),
        )
        for row in rows
    )


def view(conn: Connection, row: Experiment) -> wire_experiments.Experiment:
    """One experiment as the wire shows it."""
    return views(conn, [row])[0]


def of_retros(conn: Connection, retro_ids: Sequence[int]) -> dict[int, tuple[wire_experiments.Experiment, ...]]:
    """Those that came out of some retros."""
    return {one: views(conn, rows) for one, rows in experiments.of_retros(conn, retro_ids).items()}
