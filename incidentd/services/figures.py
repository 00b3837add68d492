"""Figures of how a team responds, reckoned from the log at each look; nothing of them is stored."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

import msgspec
from sqlalchemy import Connection

from incidentd.domain.chance import Chance
from incidentd.domain.figures import catalogue
from incidentd.domain.figures.cases import Case, shown
from incidentd.domain.figures.catalogue import CATALOGUE, Sort
from incidentd.domain.figures.comparing import Side, compared
from incidentd.domain.figures.facts import Facts
from incidentd.domain.figures.reckoning import figure, find
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.figure_reading import Look, Memo, all_facts
from incidentd.services.figure_scopes import Sides, experiment_id, scope_of, sides_of, sort_named
from incidentd.services.figure_steps import of_store, on_connection
from incidentd.services.figure_teams import zone_of
from incidentd.services.insight_contracts import CompareQuery, ScopeQuery
from incidentd.services.review_masks import masked_from
from incidentd.storage import event_log, experiments
from incidentd.storage.store import Store
from incidentd.wire import figures as wire_figures
from incidentd.wire.figures import FigureCase, FigureScope

_INCIDENTS = frozenset({catalogue.INCIDENTS})
_KEPT = timedelta(seconds=20)


# ------------------------------------------------------------------ inside of a read of others
def facts_in(conn: Connection, look: Look, names: Iterable[str] = ()) -> Facts:
    """What some figures, or all, are reckoned from. Raises `NotFound` for a figure that there is none of."""
    return on_connection(all_facts(look, _reads(sorts_named(names)), Memo()), conn)


def figures_in(
    conn: Connection, look: Look, scope: FigureScope, names: Iterable[str] = ()
) -> dict[str, list[FigureCase]]:
    """The cases of some figures, or of all, that are in a scope, the oldest first. Raises `NotFound`."""
    wanted = sorts_named(names)
    facts = facts_in(conn, look, [one.name for one in wanted])
    return {one.name: _cases(find(one, facts, scope).cases) for one in wanted}


def told_in(
    conn: Connection, look: Look, scope: FigureScope, names: Iterable[str] = ()
) -> dict[str, wire_figures.Figure]:
    """Some figures, or all, as they are told. Raises `NotFound`."""
    wanted = sorts_named(names)
    facts = facts_in(conn, look, [one.name for one in wanted])
    return {one.name: figure(find(one, facts, scope)) for one in wanted}


def compared_in(
    facts: Facts, name: str, scope: FigureScope, sides: Sides, chance: Chance,
    statistic: wire_figures.Statistic = "median",
) -> wire_figures.Compared:  # fmt: skip
    """A figure of a scope before and after. Raises `NotFound`."""
    sort = sort_named(name)
    before, after = (Side(label, each, find(sort, facts, each)) for label, each in (sides.before, sides.after))
    return compared(figure(find(sort, facts, scope)), before, after, facts, chance, statistic)


def sorts_named(names: Iterable[str]) -> list[Sort]:
    """Figures of the catalogue by name, all without any. Raises `NotFound`."""
    return [sort_named(one) for one in names] or list(CATALOGUE)


def _reads(sorts: Iterable[Sort]) -> frozenset[str]:
    return _INCIDENTS.union(*(one.reads for one in sorts))


def _cases(found: Iterable[Case]) -> list[FigureCase]:
    return [shown(one) for one in found if one.value is not None]


# ------------------------------------------------------------------ as a service
class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What was read last, for who looks at one figure after the other."""

    look: Look
    seq: int
    reads: frozenset[str]
    facts: Facts

    def serves(self, look: Look, seq: int, reads: Collection[str]) -> bool:
        """Whether reading it again would find the same, but for clocks that ran out within a few seconds."""
        same = self.look.process is look.process and self.look.roster is look.roster and self.look.masked == look.masked
        return same and self.seq == seq and self.reads.issuperset(reads) and look.now - self.look.now <= _KEPT


def _masked(conn: Connection, actor: str) -> frozenset[int]:
    return frozenset(masked_from(conn, actor)) if actor else frozenset()


class Figures:
    """Implements `insight_contracts.FigureCalls`. One look is taken at a time; what is over is reckoned once."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._memo = Memo()
        self._kept: _Kept | None = None
        self._alone = asyncio.Lock()

    async def facts(self, reads: Collection[str], actor: str = "") -> Facts:
        """What was read for some figures, as `actor` may see it; the same for a while in which nothing happens."""
        async with self._alone:
            seq, masked = await self._store.read(lambda conn: (event_log.last_seq(conn), _masked(conn, actor)))
            look = Look(now=self._store.clock.now(), process=self._process(), roster=self._roster(), masked=masked)
            if self._kept is None or not self._kept.serves(look, seq, reads):
                found = await of_store(all_facts(look, reads, self._memo), self._store)
                self._kept = _Kept(look=look, seq=seq, reads=frozenset(reads), facts=found)
            return self._kept.facts

    async def list(self, scope: ScopeQuery, actor: str) -> wire_figures.Figures:
        """Every figure of a scope. Raises `Invalid`."""
        facts = await self.facts(_reads(CATALOGUE), actor)
        wanted = scope_of(scope, facts, self._roster())

        def tell() -> wire_figures.Figures:
            found = tuple(figure(find(one, facts, wanted)) for one in CATALOGUE)
            in_scope = find(catalogue.NAMES["incidents-by-severity"], facts, wanted)
            return wire_figures.Figures(
                at=facts.now, scope=wanted, figures=found, boundaries=tuple(facts.versions), incidents=in_scope.beside
            )

        return await asyncio.to_thread(tell)

    async def get(self, name: str, scope: ScopeQuery, actor: str) -> wire_figures.FigureDetail:
        """One figure with its cases. Raises `NotFound` and `Invalid`."""
        sort = sort_named(name)
        facts = await self.facts(_reads([sort]), actor)
        wanted = scope_of(scope, facts, self._roster())

        def tell() -> wire_figures.FigureDetail:
            found = find(sort, facts, wanted)
            return wire_figures.FigureDetail(
                at=facts.now,
                scope=wanted,
                figure=figure(found),
                cases=tuple(_cases(found.cases)),
                boundaries=tuple(facts.versions),
            )

        return await asyncio.to_thread(tell)

    async def compare(self, name: str, scope: ScopeQuery, query: CompareQuery, actor: str) -> wire_figures.Compared:
        """A figure before and after something. Raises `NotFound` and `Invalid`."""
        sort = sort_named(name)
        facts = await self.facts(_reads([sort]), actor)
        wanted = scope_of(scope, facts, self._roster())
        tried = await self._store.read(lambda conn: experiments.get(conn, experiment_id(query.experiment)))
        zone = zone_of(self._roster(), tried.owner_team if tried is not None else "")
        sides = sides_of(query, wanted, facts, tried, zone)
        chance = random.Random(query.seed)
        return await asyncio.to_thread(compared_in, facts, name, sides.whole, sides, chance, query.statistic)
