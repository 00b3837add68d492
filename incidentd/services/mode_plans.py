"""Plans of who is in support when: proposed, or made true in one transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain.duty_changes import Absence, Changes
from incidentd.domain.mode_plan import Board, choices, plan, short_weeks
from incidentd.domain.mode_rules import check_beginning
from incidentd.domain.mode_weeks import Weeks, next_monday, planned_blocks, task, weeks_from
from incidentd.domain.modes import ModeBlock
from incidentd.domain.people import Roster, Team
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.modes import Modes, check_team, refused
from incidentd.services.public_holidays import public_holidays
from incidentd.storage import duty_changes
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import modes as wire_modes


class _Given(msgspec.Struct, frozen=True):
    """What a plan rests on, as it was stored."""

    blocks: tuple[ModeBlock, ...]
    absences: tuple[Absence, ...]


class _Draft(msgspec.Struct, frozen=True):
    """A plan, and what it rests on."""

    team: Team
    weeks: Weeks
    given: _Given
    standing: tuple[ModeBlock, ...]
    board: Board
    blocks: tuple[ModeBlock, ...]

    @property
    def digest(self) -> str:
        """Names the plan by what it would set."""
        rows = [(one.person, one.mode, one.starts_at, one.ends_at) for one in self.blocks]
        return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()[:12]


class ModePlans:
    """Implements `contracts.ModePlanCalls`."""

    def __init__(self, store: Store, roster: Callable[[], Roster], modes: Modes) -> None:
        self._store = store
        self._roster = roster
        self._modes = modes

    async def preview(self, team: str, start: datetime | None, weeks: int, replace: bool) -> wire_modes.ModePlan:
        """A fair plan of a team's modes; nothing is changed. Raises `NotFound`, `Invalid`."""
        return _view(await self._draft(team, start, weeks, replace), applied=False)

    async def apply(self, team: str, body: wire_modes.ApplyModePlan, actor: str) -> wire_modes.ModePlan:
        """Make the plan true, all of it or nothing. Raises `NotFound`, `Invalid`, and `Conflict` for another plan."""
        draft = await self._draft(team, body.starts_at, body.weeks, body.replace)
        shown = _view(draft, applied=True)
        if body.plan and body.plan != draft.digest:
            raise Conflict(
                f"the plan has changed: it was {body.plan} and is {draft.digest} now",
                current=_view(draft, applied=False),
                remedy="look at it again",
            )

        def command(tx: Tx) -> None:
            if _given(tx.conn, draft.weeks, draft.team) != draft.given:
                raise Conflict("modes or absences have changed meanwhile", remedy="plan again")
            for one in draft.blocks:
                block = msgspec.structs.replace(one, reason=f"plan of team {team}", by=actor, at=tx.now)
                self._modes.put(tx, block, "mode.set", actor)
            span = f"from {shown.starts_at:%Y-%m-%d %H:%M} until {shown.ends_at:%Y-%m-%d %H:%M} UTC"
            text = f"modes of team {team} are planned {span}: {len(draft.blocks)} blocks, plan {draft.digest}"
            tx.emit("mode.planned", f"team:{team}", {"plan": draft.digest, "text": text}, actor=actor)

        await self._store.write(command)
        return shown

    async def _draft(self, name: str, start: datetime | None, count: int, replace: bool) -> _Draft:
        roster, now = self._roster(), self._store.clock.now()
        check_team(roster, name)
        team = roster.teams[name]
        members = [roster.people[one] for one in team.members]
        if team.support_percent is None or not members:
            what = "names no members" if not members else "does not say how many are in support at a time"
            key = "members" if not members else "support_percent"
            raise Invalid(f"team {name} {what}", field="team", remedy=f"set {key} in [teams.{name}] of roster.toml")
        zone = members[0].zone
        begin = start or next_monday(now, zone)
        refused(lambda: check_beginning(begin, now, zone))
        weeks = weeks_from(begin, count, zone)
        given = await self._store.read(lambda conn: _given(conn, weeks, team))
        holidays = await asyncio.to_thread(public_holidays, roster.people, weeks.past[0], weeks.ends_at)
        standing = [one for one in given.blocks if not replace or not one.touches(weeks.starts_at, weeks.ends_at)]
        if replace:  # what began before stays, up to the plan
            standing += [
                msgspec.structs.replace(one, ends_at=weeks.starts_at)
                for one in given.blocks
                if one not in standing and one.starts_at < weeks.starts_at
            ]
        wanted = task(team, roster.people, standing, Changes(absences=given.absences), holidays, weeks)
        board = await asyncio.to_thread(plan, wanted)
        return _Draft(team, weeks, given, tuple(standing), board, tuple(planned_blocks(board, weeks, standing, now)))


def _given(conn: Connection, weeks: Weeks, team: Team) -> _Given:
    blocks = duty_changes.mode_blocks_between(conn, weeks.past[0], weeks.ends_at)
    absences = duty_changes.between(conn, weeks.starts_at, weeks.ends_at).absences
    return _Given(
        tuple(one for one in blocks if one.person in team.members),
        tuple(one for one in absences if one.person in team.members),
    )


def _view(draft: _Draft, *, applied: bool) -> wire_modes.ModePlan:
    board, weeks = draft.board, draft.weeks
    return wire_modes.ModePlan(
        team=draft.team.name,
        starts_at=weeks.starts_at,
        ends_at=weeks.ends_at,
        wanted=board.task.wanted,
        weeks=tuple(_week(board, weeks, number) for number in range(weeks.count)),
        choices=tuple(
            wire_modes.PlanChoice(
                starts_at=weeks.span(one.week)[0],
                person=one.person,
                why=one.why,
                alternative=one.alternative,
                why_not=one.why_not,
            )
            for one in choices(board)
        ),
        shares=tuple(_share(board, person) for person in board.people),
        blocks=tuple(
            wire_modes.PlannedBlock(person=one.person, mode=one.mode, starts_at=one.starts_at, ends_at=one.ends_at)
            for one in draft.blocks
        ),
        short=tuple(_short(board, weeks)),
        plan=draft.digest,
        applied=applied,
    )


def _week(board: Board, weeks: Weeks, number: int) -> wire_modes.PlannedWeek:
    low, high = weeks.span(number)
    there = tuple(one for one, seat in board.people.items() if number in board.given[one] or number in seat.taken)
    return wire_modes.PlannedWeek(starts_at=low, ends_at=high, support=there)


def _share(board: Board, person: str) -> wire_modes.PlanShare:
    before, after = board.people[person].carried, board.carries(person)
    return wire_modes.PlanShare(
        person=person,
        before=wire_modes.SupportLoad(**msgspec.structs.asdict(before)),
        after=wire_modes.SupportLoad(**msgspec.structs.asdict(after)),
    )


def _short(board: Board, weeks: Weeks) -> Sequence[str]:
    return [
        f"{there} of {board.task.wanted} in support in the week from {weeks.span(week)[0]:%Y-%m-%d %H:%M} UTC: {why}"
        for week, there, why in short_weeks(board)
    ]
