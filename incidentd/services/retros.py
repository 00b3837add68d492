"""Process retros: which there are, and how one begins."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.retro_steps import ORDER
from incidentd.domain.retros import HELD, Retro, State
from incidentd.services import cursors
from incidentd.services.errors import Conflict, Invalid, Unknown
from incidentd.services.incident_roles import known_person, suggestion
from incidentd.services.retro_due import no_longer_due
from incidentd.services.retro_views import existing_retro, lines, view
from incidentd.services.workshop_timers import arm
from incidentd.storage import retros
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import experiments as wire_experiments

_LISTED = {"held": sorted(HELD), "open": sorted({State.DUE, *HELD}), "all": ()} | {one.value: (one,) for one in State}


class Retros:
    """Implements `retro_contracts.RetroBookCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def list(self, state: str, limit: int, cursor: str) -> wire_experiments.RetroPage:
        """Retros in a state (held: running or paused; open: those and a due one; or all), the newest first."""
        last, where = cursors.decode(cursor), retros.in_states(_LISTED[state])

        def read(conn: Connection) -> wire_experiments.RetroPage:
            rows = retros.listed(conn, where, last, limit + 1)
            more = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            total = retros.count_where(conn, where)
            return wire_experiments.RetroPage(retros=lines(conn, rows[:limit]), next_cursor=more, total=total)

        return await self._store.read(read)

    async def get(self, retro_id: int, actor: str) -> wire_experiments.RetroView:
        """A retro as `actor` may see it now. Raises `NotFound`."""
        process = self._process()
        return await self._store.read(lambda conn: view(conn, existing_retro(conn, retro_id), actor, process))

    async def start(self, body: wire_experiments.StartRetro, actor: str) -> wire_experiments.RetroView:
        """Begin the one that is due, or one by hand. Raises `Invalid`, and `Conflict` while the team holds one."""
        process, roster = self._process(), self._roster()
        facilitator = known_person(roster, body.facilitator or actor, actor, field="facilitator")
        _check_team(roster, body.team)

        def command(tx: Tx) -> wire_experiments.RetroView:
            if body.since is not None and body.since >= tx.now:
                raise Invalid("its figures would cover nothing", field="since", remedy="name a time that is over")
            if (held := retros.held_by(tx, body.team)) is not None:
                current = view(tx.conn, held, actor, process)
                raise Conflict(f"{held.called} is held", current=current, remedy=f"take part: {held.command('join')}")
            row = _begun(tx, body, facilitator, actor, process)
            for person in dict.fromkeys((actor, facilitator)):
                retros.join(tx, row.id, person)
            arm(tx, row)
            told = {"team": row.team, "trigger": row.trigger, "why": row.why, "facilitator": facilitator}
            tx.emit("retro.started", row.subject, told | {"since": row.since, "until": row.until}, actor=actor)
            return view(tx.conn, row, actor, process)

        return await self._store.write(command)


def _begun(tx: Tx, body: wire_experiments.StartRetro, facilitator: str, actor: str, process: Process) -> Retro:
    """The due one, whoever it is held for, or a new one."""
    last, due = retros.last_finished(tx.conn), retros.due(tx)
    values = {
        "state": State.RUNNING,
        "team": body.team,
        "since": body.since or (last.until if last else None),
        "until": tx.now,
        "started_at": tx.now,
        "started_by": actor,
        "facilitator": facilitator,
        "step": ORDER[0],
        "step_started_at": tx.now,
        "step_ends_at": tx.now + process.retro.usual(ORDER[0]),
        "votes_each": process.retro.votes,
        "process_version": process.version,
    }
    if due is None:
        return retros.create(tx, trigger="hand", why=f"{actor} began it", **values)
    no_longer_due(tx, due)
    return retros.change(tx, due, **values)


def _check_team(roster: Roster, team: str) -> None:
    if team and team not in roster.teams:
        near = suggestion(team, list(roster.teams))
        remedy = "leave it out for all, or take a team of roster.toml"
        raise Unknown(f"there is no team {team!r}{near}", field="team", remedy=remedy)
