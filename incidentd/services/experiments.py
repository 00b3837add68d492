"""Experiments on how a team works: written beforehand, running by themselves, asked about at their end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches

from sqlalchemy import Connection

from incidentd.domain.experiments import (
    OPEN_QUESTION,
    Experiment,
    State,
    edit_fault,
    end_fault,
    plan_fault,
)
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.refusals import Refusal
from incidentd.domain.retros import State as RetroState
from incidentd.services import cursors
from incidentd.services.action_reminders import today_of
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused, Unknown
from incidentd.services.experiment_evidence import Evidences
from incidentd.services.experiment_timers import arm
from incidentd.services.experiment_views import view, views
from incidentd.services.incident_roles import suggestion
from incidentd.storage import experiments, process_versions, retros
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import experiments as wire

_LISTED: Mapping[str, Collection[State]] = {
    "open": [one for one in State if one is not State.DECIDED],
    "planned": [State.PLANNED],
    "running": [State.RUNNING],
    "asking": OPEN_QUESTION,
    "decided": [State.DECIDED],
    "all": (),
}


class Experiments:
    """Implements `retro_contracts.ExperimentCalls`. `figures` are the names of those that one can look at."""

    def __init__(
        self,
        store: Store,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        figures: Callable[[], Collection[str]],
        evidences: Evidences,
    ) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._figures = figures
        self._evidences = evidences

    async def list(self, state: str, limit: int, cursor: str) -> wire.ExperimentPage:
        """Experiments, those that ask first, then those that run. Raises `Invalid`."""
        last, where = cursors.decode(cursor), experiments.in_states(sorted(_LISTED[state]))

        def read(conn: Connection) -> wire.ExperimentPage:
            after = None if last is None else experiments.get(conn, last)
            rows = experiments.listed(conn, where, after, limit + 1)
            more = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            total = experiments.count_where(conn, where)
            return wire.ExperimentPage(experiments=views(conn, rows[:limit]), next_cursor=more, total=total)

        return await self._store.read(read)

    async def get(self, experiment_id: int) -> wire.Experiment:
        """One experiment. Raises `NotFound`."""
        return await self._store.read(lambda conn: view(conn, existing(conn, experiment_id)))

    async def evidence(self, experiment_id: int, actor: str) -> wire.ExperimentEvidence:
        """What the figures say of it so far. Raises `NotFound`, and `Refused` before it has begun."""
        row = await self._store.read(lambda conn: existing(conn, experiment_id))
        return await self._evidences.of(row, actor)

    async def start(self, body: wire.StartExperiment, actor: str) -> wire.Experiment:
        """Write an experiment; it begins by itself on its day. Raises `Invalid` and `NotFound`."""
        process, roster = self._process(), self._roster()
        owner = body.owner_team or body.team
        self._check_figures(body.figure, body.counter_figure)
        _check_places(roster, body.team, body.service, owner)

        def command(tx: Tx) -> wire.Experiment:
            today = today_of(process, owner, tx.now)
            begins_on = body.begins_on or today
            _invalid(plan_fault(begins_on, body.ends_on, today))
            _check_links(tx.conn, body)
            row = experiments.create(
                tx,
                **{name: getattr(body, name) for name in _STATED},
                begins_on=begins_on,
                owner_team=owner,
                state=State.RUNNING if begins_on == today else State.PLANNED,
                by=actor,
            )
            told = {name: getattr(row, name) for name in ("title", "figure", "counter_figure", "begins_on", "ends_on")}
            tx.emit("experiment.written", row.subject, told | {"retro_id": row.retro_id}, actor=actor)
            if row.state is State.RUNNING:
                tx.emit("experiment.began", row.subject, actor=actor)
            arm(tx, row, process)
            return view(tx.conn, row)

        return await self._store.write(command)

    async def edit(
        self, experiment_id: int, body: wire.EditExperiment, actor: str, if_version: int | None
    ) -> wire.Experiment:
        """Change what it says before it begins. Raises `NotFound`, `Invalid`, `Conflict`, and `Refused` afterwards."""
        process, roster = self._process(), self._roster()
        wanted = {name: one for name in body.__struct_fields__ if (one := getattr(body, name)) is not None}
        if not wanted:
            raise Invalid("say what to change", field="title", remedy=f"one of {', '.join(body.__struct_fields__)}")

        def command(tx: Tx) -> wire.Experiment:
            row = _expected(tx, experiment_id, if_version)
            changes = {name: one for name, one in wanted.items() if one != getattr(row, name)}
            _refused(edit_fault(row, changes))
            as_it_will_be = {name: changes.get(name, getattr(row, name)) for name in _CHECKED}
            self._check_figures(as_it_will_be["figure"], as_it_will_be["counter_figure"])
            _check_places(roster, "", "", changes.get("owner_team", ""))
            if row.state is State.PLANNED:
                today = today_of(process, as_it_will_be["owner_team"], tx.now)
                _invalid(plan_fault(as_it_will_be["begins_on"], as_it_will_be["ends_on"], today))
            if changes:
                row = experiments.change(tx, row, **changes)
                tx.emit("experiment.edited", row.subject, {"changes": changes}, actor=actor)
                arm(tx, row, process)
            return view(tx.conn, row)

        return await self._store.write(command)

    async def end(
        self, experiment_id: int, body: wire.EndExperiment, actor: str, if_version: int | None
    ) -> wire.Experiment:
        """Stop it, or answer the question at its end. Raises `NotFound`, `Refused` and `Conflict`.

        What the figures said when it was decided is told with the decision: later they may say something else.
        """
        before = await self._store.read(lambda conn: existing(conn, experiment_id))
        _refused(end_fault(before, body.verdict))
        shown = await self._evidences.of(before, actor) if before.asks else None

        def command(tx: Tx) -> wire.Experiment:
            row = _expected(tx, experiment_id, if_version)
            _refused(end_fault(row, body.verdict))
            if body.verdict == "stop":
                row = experiments.change(tx, row, state=State.STOPPED, stopped_at=tx.now, why=body.why)
                tx.emit("experiment.stopped", row.subject, {"why": body.why}, actor=actor)
            else:
                decided = {"verdict": body.verdict, "why": body.why, "decided_by": actor, "decided_at": tx.now}
                row = experiments.change(tx, row, state=State.DECIDED, **decided)
                told = {"verdict": body.verdict, "why": body.why, "evidence": self._evidences.told(shown)}
                tx.emit("experiment.decided", row.subject, told, actor=actor)
            arm(tx, row, self._process())
            return view(tx.conn, row)

        return await self._store.write(command)

    def _check_figures(self, figure: str, counter: str) -> None:
        """Raises `Invalid` for a figure that the catalogue does not have."""
        known = self._figures()
        for field, name in (("figure", figure), ("counter_figure", counter)):
            if name and name not in known:
                near = get_close_matches(name, list(known), 1)
                remedy = f"did you mean {near[0]}? " if near else ""
                text = f"there is no figure {name!r}"
                raise Unknown(text, field=field, remedy=f"{remedy}incidentctl insights list shows them all")
        if figure == counter:
            remedy = "choose one that would show what it costs"
            raise Invalid("the counter-figure is the figure itself", field="counter_figure", remedy=remedy)


_STATED = (
    "title", "hypothesis", "figure", "expects", "ends_on", "stop_rule", "counter_figure", "team", "service",
    "severity", "retro_id", "adapts", "process_version", "before_days",
)  # fmt: skip
_CHECKED = ("figure", "counter_figure", "begins_on", "ends_on", "owner_team")


def existing(conn: Connection, experiment_id: int, *, lock: bool = False) -> Experiment:
    """An experiment. Raises `NotFound`."""
    found = experiments.get(conn, experiment_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no experiment X-{experiment_id}", remedy="incidentctl experiment list shows them")
    return found


def _expected(tx: Tx, experiment_id: int, if_version: int | None) -> Experiment:
    row = existing(tx.conn, experiment_id, lock=True)
    if if_version not in (None, row.version):
        raise Conflict(f"{row.name} has changed meanwhile", current=view(tx.conn, row))
    return row


def _invalid(fault: Refusal | None) -> None:
    if fault is not None:
        raise Invalid(fault.text, field=fault.field, remedy=fault.remedy)


def _refused(fault: Refusal | None) -> None:
    if fault is not None:
        raise Refused(fault.text, field=fault.field, remedy=fault.remedy)


def _check_places(roster: Roster, team: str, service: str, owner: str) -> None:
    """Raises `Invalid` for a team or a service that the roster does not have."""
    for field, name, known in (
        ("team", team, roster.teams), ("owner_team", owner, roster.teams), ("service", service, roster.services),
    ):  # fmt: skip
        if name and name not in known:
            what = "service" if field == "service" else "team"
            text = f"there is no {what} {name!r}{suggestion(name, list(known))}"
            raise Unknown(text, field=field, remedy=f"leave it out, or take a {what} of roster.toml")


def _check_links(conn: Connection, body: wire.StartExperiment) -> None:
    """Raises `Invalid` for a retro, an earlier experiment, or a version of the process, that there is not."""
    if body.retro_id is not None:
        row = retros.get(conn, body.retro_id)
        if row is None or row.state is RetroState.DUE:
            remedy = "leave it out, or name one that was held: incidentctl process retro list"
            raise Unknown(f"no process retro PR-{body.retro_id} was held", field="retro_id", remedy=remedy)
    if body.adapts is not None and experiments.get(conn, body.adapts) is None:
        remedy = "leave it out, or take one of incidentctl experiment list"
        raise Unknown(f"there is no experiment X-{body.adapts}", field="adapts", remedy=remedy)
    if body.process_version and not _is_version(conn, body.process_version):
        remedy = "leave it out, or take one of incidentctl process history"
        text = f"there is no version {body.process_version!r} of the process"
        raise Unknown(text, field="process_version", remedy=remedy)


def _is_version(conn: Connection, name: str) -> bool:
    """Whether it is V-3, or how the hash of a version begins."""
    known = process_versions.numbers(conn)
    return any(name.upper() == f"V-{number}" or version.startswith(name) for version, number in known.items())
