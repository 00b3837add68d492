"""Experiments as the wire shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from incidentd.domain.experiments import Experiment, State, warnings
from incidentd.storage import event_log, experiments
from incidentd.wire import experiments as wire_experiments

_COPIED = tuple(
    name for name in wire_experiments.Experiment.__struct_fields__ if name in Experiment.__struct_fields__
)  # fmt: skip


def views(conn: Connection, rows: Sequence[Experiment]) -> tuple[wire_experiments.Experiment, ...]:
    """Stored experiments with what else looks at their figures; a fixed number of queries for any number of rows."""
    figures = sorted({name for row in rows for name in (row.figure, row.counter_figure) if name})
    others = experiments.of_figures(conn, figures) if figures else []
    stopped = _stopped(conn, rows)
    return tuple(
        wire_experiments.Experiment(
            **{name: getattr(row, name) for name in _COPIED},
            scope=wire_experiments.ExperimentScope(team=row.team, service=row.service, severity=row.severity),
            warnings=warnings(row, others),
            stopped_why=row.why if row.state is State.STOPPED else stopped.get(row.subject, ""),
        )
        for row in rows
    )


def _stopped(conn: Connection, rows: Sequence[Experiment]) -> Mapping[str, str]:
    """Why each was stopped that was decided since, by subject: its row says why it was decided so."""
    subjects = [row.subject for row in rows if row.stopped_at is not None and row.state is State.DECIDED]
    told = event_log.of_subjects(conn, subjects, ["experiment.stopped"]) if subjects else []
    return {one.subject: str(one.data.get("why", "")) for one in told}


def view(conn: Connection, row: Experiment) -> wire_experiments.Experiment:
    """One experiment as the wire shows it."""
    return views(conn, [row])[0]


def of_retros(conn: Connection, retro_ids: Sequence[int]) -> dict[int, tuple[wire_experiments.Experiment, ...]]:
    """Those that came out of some retros."""
    return {one: views(conn, rows) for one, rows in experiments.of_retros(conn, retro_ids).items()}
