"""A fair plan of who is in support in which week.

Two steps, both deterministic. The first fills each place with whoever has been in support least, where need be by a
chain of exchanges (ada takes this week and gives her other one to lin): after each place no chain makes the days more
even, which is what makes them as even as any plan could (an optimal semi-matching; Harvey, Ladner, Lovász and Tamir,
"Semi-matchings for bipartite graphs and load balancing", 2003). The second exchanges weeks between two people while
that makes the rest of `Cost` better, and leaves the days as even as they are; it ends where no single exchange helps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import msgspec

from incidentd.domain.mode_fairness import Cost, Load, cost

Weeks = frozenset[int]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose weeks are planned; weeks count from 0, those before the plan are negative.

    `carried`: what they bear already, planned and past. `each` is what a week would add, `taken` are weeks in support
    that stand, `away` those in which they cannot be (`why` by week).
    """

    person: str
    carried: Load = Load()
    each: tuple[Load, ...] = ()
    taken: Weeks = frozenset()
    away: Mapping[int, str] = {}


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted` people in each of `weeks`; `apart` is how many weeks would lie between two turns of an even plan."""

    candidates: tuple[Candidate, ...]
    weeks: int
    wanted: int

    @property
    def apart(self) -> int:
        return max(len(self.candidates) // max(self.wanted, 1) - 1, 1)

    def open_places(self, week: int) -> int:
        """How many are still to be found for a week."""
        return max(self.wanted - sum(week in one.taken for one in self.candidates), 0)


class Board:
    """Who is in support when, while it is being planned."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.people = {one.person: one for one in task.candidates}
        self.given: dict[str, Weeks] = dict.fromkeys(self.people, frozenset())
        self._cost = lru_cache(maxsize=None)(self._cost_of)

    def can(self, person: str, week: int) -> bool:
        """Whether somebody could have one more week."""
        one = self.people[person]
        return week not in one.away and week not in one.taken and week not in self.given[person]

    def carries(self, person: str, weeks: Weeks | None = None) -> Load:
        """What somebody bears with `weeks` (those they have now) of the plan."""
        one = self.people[person]
        return sum((one.each[week] for week in (self.given[person] if weeks is None else weeks)), one.carried)

    def _cost_of(self, person: str, weeks: Weeks) -> Cost:
        return cost(self.carries(person, weeks), weeks | self.people[person].taken, self.task.apart)

    def change(self, moves: Mapping[str, Weeks]) -> Cost:
        """What the plan's cost changes by when these people have these weeks."""
        total = Cost()
        for person, weeks in moves.items():
            total = total.plus(self._cost(person, weeks)).minus(self._cost(person, self.given[person]))
        return total

    @property
    def cost(self) -> Cost:
        """Of the whole plan."""
        total = Cost()
        for person, weeks in self.given.items():
            total = total.plus(self._cost(person, weeks))
        return total


def plan(task: Task) -> Board:
    """The fair plan; a week in which too few can stays short."""
    board = Board(task)
    for week in range(task.weeks):
        for _ in range(task.open_places(week)):
            _fill(board, week)
    while _better(board):
        pass
    return board


# ---------------------------------------------------------------------- the days, exactly
def _fill(board: Board, week: int) -> None:
    """Give one place of a week, by the chain of exchanges that ends at whoever has been in support least."""
    came_from: dict[str, tuple[int, str]] = {}  # by whom a week is taken: (the week, who gives it up)
    queue: deque[tuple[int, str]] = deque([(week, "")])
    while queue:
        wanted, giver = queue.popleft()
        for person in board.people:
            if person not in came_from and person != giver and board.can(person, wanted):
                came_from[person] = (wanted, giver)
                queue += [(other, person) for other in sorted(board.given[person])]
    if not came_from:
        return
    taker = min(came_from, key=lambda one: _preference(board, one, came_from[one][0]))
    while taker:
        wanted, giver = came_from[taker]
        board.given[taker] |= {wanted}
        if giver:
            board.given[giver] -= {wanted}
        taker = giver


def _preference(board: Board, person: str, week: int) -> tuple[int, Cost]:
    return board.carries(person).days, board.change({person: board.given[person] | {week}})


# ---------------------------------------------------------------------- the rest, as long as it gets better
def _better(board: Board) -> bool:
    """Make every exchange that makes the plan fairer, once through; whether there was one."""
    found = False
    for moves in _exchanges(board):
        if board.change(moves) < Cost():
            board.given |= moves
            found = True
    return found


def _exchanges(board: Board) -> Iterator[Mapping[str, Weeks]]:
    """Every week that another person could have instead, and every two weeks that two people could exchange.

    The board may change while this runs: each is judged by what holds when it comes up.
    """
    for person, other in combinations(board.people, 2):
        for mine in range(board.task.weeks):
            for theirs in (None, *range(board.task.weeks)):
                if moves := _exchange(board, person, mine, other, theirs):
                    yield moves
            if moves := _exchange(board, other, mine, person, None):
                yield moves


def _exchange(board: Board, person: str, mine: int, other: str, theirs: int | None) -> Mapping[str, Weeks]:
    if mine not in board.given[person] or not board.can(other, mine):
        return {}
    if theirs is None:
        return {person: board.given[person] - {mine}, other: board.given[other] | {mine}}
    if theirs not in board.given[other] or not board.can(person, theirs):
        return {}
    return {person: board.given[person] - {mine} | {theirs}, other: board.given[other] - {theirs} | {mine}}


# ---------------------------------------------------------------------- why
class Choice(msgspec.Struct, frozen=True):
    """Why `person` is in support in `week`, and who else could have been ("" for nobody) and why they are not."""

    week: int
    person: str
    why: str
    alternative: str
    why_not: str


_WORSE = {
    "days": "the days would be less even: {other} with {theirs.days}, {person} with {mine.days}",
    "close": "{other} would be in support again with less than a week between",
    "holidays": "public holidays would be less even: {other} with {theirs.holidays}, {person} with {mine.holidays}",
    "weekends": "weekend days would be less even: {other} with {theirs.weekend_days}, {person} {mine.weekend_days}",
    "nights": "nights would be less even: {other} with {theirs.nights}, {person} with {mine.nights}",
    "spacing": "the turns of the two would lie less evenly",
}


def choices(board: Board) -> list[Choice]:
    """Each choice with its reason, by week."""
    made = sorted((week, person) for person, weeks in board.given.items() for week in weeks)
    return [_choice(board, week, person) for week, person in made]


def _choice(board: Board, week: int, person: str) -> Choice:
    others = [one for one in board.people if one != person and board.can(one, week)]
    changes = {one: board.change(_exchange(board, person, week, one, None)) for one in others}
    alternative = min(changes, key=lambda one: changes[one], default="")
    why_not = _why_not(board, week, person, alternative, changes[alternative]) if alternative else _nobody(board, week)
    return Choice(week, person, _why(board, week, person), alternative, why_not)


def _why(board: Board, week: int, person: str) -> str:
    so_far = {one: board.carries(one, _before(board.given[one], week)).days for one in board.people}
    before = _before(board.given[person] | board.people[person].taken, week)
    last = f", the last time {_weeks(week - max(before))} before" if before else ""
    least, most = min(so_far.values()), max(so_far.values())
    return f"{so_far[person]} days in support until then (team: {least} to {most}){last}"


def _before(weeks: Weeks, week: int) -> Weeks:
    return frozenset(one for one in weeks if one < week)


def _why_not(board: Board, week: int, person: str, other: str, change: Cost) -> str:
    part = next((name for name, value in zip(Cost._fields, change, strict=True) if value), "")
    if not part:
        return "would be as fair; the order of the roster decides"
    mine = board.carries(person, board.given[person] - {week})
    theirs = board.carries(other, board.given[other] | {week})
    return _WORSE[part].format(person=person, other=other, mine=mine, theirs=theirs)


def _nobody(board: Board, week: int) -> str:
    away = [f"{one.person} {one.away[week]}" for one in board.people.values() if week in one.away]
    return "; ".join(["nobody else could", *away])


def _weeks(count: int) -> str:
    return f"{count} week{'' if count == 1 else 's'}"


def short_weeks(board: Board) -> Sequence[tuple[int, int, str]]:
    """(week, people in support, why nobody more) of each week that has too few."""
    found = []
    for week in range(board.task.weeks):
        there = sum(week in board.given[one.person] or week in one.taken for one in board.people.values())
        if there < board.task.wanted:
            found.append((week, there, _nobody(board, week)))
    return found
