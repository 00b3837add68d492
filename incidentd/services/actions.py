"""Actions: written after a review by a small group, reminded of, and ended by whoever knows how it went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from incidentd.domain.actions import Action, State
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.review_masks import told
from incidentd.services import cursors
from incidentd.services.action_contracts import ActionQuery
from incidentd.services.action_reminders import arm, today_of
from incidentd.services.action_views import action_views, hidden_ones, why_hidden
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.incident_roles import suggestion
from incidentd.services.review_masks import masked_from
from incidentd.storage import actions
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import review_records as wire_records


class Actions:
    """Implements `action_contracts.ActionCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    # ------------------------------------------------------------------ reading
    async def list(self, query: ActionQuery, actor: str) -> wire_records.ActionPage:
        """Actions by the day they are due; those that are kept from `actor` are counted only. Raises `Invalid`."""
        now, last = self._store.clock.now(), cursors.decode(query.cursor)

        def read(conn: Connection) -> wire_records.ActionPage:
            masked = hidden_ones(conn, actor, query.incident)
            hidden = actions.count_where(conn, self._where(query, actor, incidents=list(masked))) if masked else 0
            where = self._where(query, actor, besides=list(masked))
            after = None if last is None else existing_action(conn, last)
            rows = actions.listed(conn, where, after, query.limit + 1)
            return wire_records.ActionPage(
                actions=action_views(conn, rows[: query.limit], self._process(), now),
                next_cursor=cursors.encode(rows[query.limit - 1].id if len(rows) > query.limit else None),
                total=actions.count_where(conn, where),
                hidden=hidden,
                why_hidden=why_hidden(masked) if hidden else "",
            )

        return await self._store.read(read)

    def _where(self, query: ActionQuery, actor: str, **more: Any) -> Any:
        if query.incident is not None:
            more.setdefault("incidents", [query.incident])
        return actions.matching(
            state=State.OPEN if query.late else None if query.state == "all" else State(query.state),
            team=query.team,
            owner=actor if query.mine else "",
            # One day for the whole list; what each row says of itself is by its own team's calendar.
            due_before=today_of(self._process(), query.team, self._store.clock.now()) if query.late else None,
            **more,
        )

    async def get(self, action_id: int, actor: str) -> wire_records.Action:
        """One action. Raises `NotFound`, and `Refused` while it is kept from `actor`."""
        now = self._store.clock.now()

        def read(conn: Connection) -> wire_records.Action:
            row = shown_to(conn, existing_action(conn, action_id), actor)
            return action_views(conn, [row], self._process(), now)[0]

        return await self._store.read(read)

    # ------------------------------------------------------------------ writing
    async def write(self, incident_id: int, body: wire_records.WriteAction, actor: str) -> wire_records.Action:
        """Write down what is to be done. Raises `NotFound` and `Invalid`."""
        values = msgspec.structs.asdict(body)
        idea_id = values.pop("idea_id")
        self._check_owner(body.owner_team, body.owner)

        def command(tx: Tx) -> wire_records.Action:
            existing_review(tx.conn, incident_id)
            self._check_due(tx, values)
            _check_factor(tx.conn, incident_id, body.factor_id)
            row = actions.create(tx, incident_id=incident_id, created_by=actor, **values)
            if idea_id is not None and not actions.take_idea(tx, idea_id, row):
                what = f"INC-{incident_id} has no idea {idea_id} that nothing became of yet"
                raise Invalid(what, field="idea_id", remedy=f"incidentctl review show INC-{incident_id} lists them")
            arm(tx, row, self._process())
            tx.emit("action.written", row.incident, {**_facts(row), "idea_id": idea_id}, actor=actor)
            return self._view(tx, row)

        return await self._store.write(command)

    async def edit(
        self, action_id: int, body: wire_records.EditAction, actor: str, if_version: int | None
    ) -> wire_records.Action:
        """Change what it says. Raises `NotFound`, `Invalid`, and `Conflict` when it has changed meanwhile."""

        def command(tx: Tx) -> wire_records.Action:
            row = self._expected(tx, action_id, actor, if_version)
            given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
            if given.get("factor_id") == 0:
                given["factor_id"] = None
            changed = {name: value for name, value in given.items() if value != getattr(row, name)}
            if not changed:
                return self._view(tx, row)
            self._check_owner(changed.get("owner_team"), changed.get("owner"))
            self._check_due(tx, {"owner_team": row.owner_team, **changed})
            _check_factor(tx.conn, row.incident_id, changed.get("factor_id"))
            after = actions.change(tx, row, **changed)
            arm(tx, after, self._process())
            tx.emit("action.edited", row.incident, {**_facts(after), "changed": sorted(changed)}, actor=actor)
            return self._view(tx, after)

        return await self._store.write(command)

    async def end(
        self, action_id: int, body: wire_records.EndAction, actor: str, if_version: int | None
    ) -> wire_records.Action:
        """It is done, or will not be because, or is taken up again. Raises `NotFound`, `Invalid` and `Conflict`."""
        state = State(body.state)
        if state is State.WONT_DO and not body.why.strip():
            remedy = "say it in a sentence: who reads it later will ask"
            raise Invalid("an action that will not be done needs a reason", field="why", remedy=remedy)

        def command(tx: Tx) -> wire_records.Action:
            row = self._expected(tx, action_id, actor, if_version)
            if row.state is state and row.why == body.why:
                return self._view(tx, row)
            over = state is not State.OPEN
            ended = {"ended_at": tx.now if over else None, "ended_by": actor if over else ""}
            after = actions.change(tx, row, state=state, why=body.why, **ended)
            arm(tx, after, self._process())
            tx.emit("action.ended" if over else "action.reopened", row.incident, _facts(after), actor=actor)
            return self._view(tx, after)

        return await self._store.write(command)

    # ------------------------------------------------------------------ what holds of them
    def _expected(self, tx: Tx, action_id: int, actor: str, if_version: int | None) -> Action:
        row = shown_to(tx.conn, existing_action(tx.conn, action_id, lock=True), actor)
        if if_version is not None and if_version != row.version:
            raise Conflict(f"{row.name} has changed meanwhile", current=self._view(tx, row))
        return row

    def _view(self, tx: Tx, row: Action) -> wire_records.Action:
        return action_views(tx.conn, [row], self._process(), tx.now)[0]

    def _check_owner(self, team: str | None, person: str | None) -> None:
        roster = self._roster()
        if team is not None and team not in roster.teams:
            what = f"there is no team {team!r} in the roster{suggestion(team, list(roster.teams))}"
            raise Invalid(what, field="owner_team", remedy=f"teams: {', '.join(sorted(roster.teams)) or 'none yet'}")
        if person and person not in roster.people:
            what = f"there is no {person!r} in the roster{suggestion(person, list(roster.people))}"
            raise Invalid(what, field="owner", remedy="leave it out: a team is enough")

    def _check_due(self, tx: Tx, values: dict[str, Any]) -> None:
        """A new day lies ahead. One that has passed may stay: what is late is not written anew."""
        if "due_on" not in values:
            return
        today = today_of(self._process(), values["owner_team"], tx.now)
        if values["due_on"] < today:
            remedy = f"name a day from today on: {today + timedelta(weeks=2)}"
            raise Invalid(f"{values['due_on']} is over", field="due_on", remedy=remedy)


def existing_action(conn: Connection, action_id: int, *, lock: bool = False) -> Action:
    """One action. Raises `NotFound`."""
    found = actions.get(conn, action_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no action A-{action_id}", remedy="incidentctl action list --state all")
    return found


def shown_to(conn: Connection, row: Action, actor: str) -> Action:
    """The action, unless what was concluded of its incident is kept from `actor`."""
    by = masked_from(conn, actor).get(row.incident_id)
    if by is not None:
        raise Refused(
            f"{row.name} is of INC-{row.incident_id}: {told(by)}",
            remedy=f"incidentctl review done INC-{by} --factors says so",
        )
    return row


def _check_factor(conn: Connection, incident_id: int, factor_id: int | None) -> None:
    if factor_id is not None and not actions.is_factor_of(conn, factor_id, incident_id):
        remedy = f"incidentctl review show INC-{incident_id} lists them"
        raise Invalid(f"INC-{incident_id} has no factor {factor_id}", field="factor_id", remedy=remedy)


def _facts(row: Action) -> dict[str, object]:
    """What events have of it: no text of people, for whom a review hides it reads the log too."""
    return {
        "action_id": row.id,
        "owner_team": row.owner_team,
        "owner": row.owner,
        "due_on": row.due_on,
        "state": row.state,
        "factor_id": row.factor_id,
    }
