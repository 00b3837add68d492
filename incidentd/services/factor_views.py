"""Factors as somebody may read them: their own always, those of others once they were revealed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection

from incidentd.domain.factors import Factor
from incidentd.domain.naming import Names, names_of, names_somebody
from incidentd.domain.people import Roster
from incidentd.domain.reviews import Review, factors_open_to
from incidentd.services.incident_views import Seen
from incidentd.services.review_masks import masked_from
from incidentd.storage import factors, reviews, themes
from incidentd.wire import review_records as wire_records

_COPIED = tuple(
    name
    for name in wire_records.Factor.__struct_fields__
    if name in Factor.__struct_fields__ and name not in ("category", "role")
)


class _NameIndex:
    """How the people of the roster that was asked about last are called: a roster stands until the next reload."""

    def __init__(self) -> None:
        self._known: tuple[Roster, Names] | None = None

    def of(self, roster: Roster) -> Names:
        known = self._known
        if known is None or known[0] is not roster:
            known = self._known = roster, names_of(roster)
        return known[1]


_index = _NameIndex()


def shown(conn: Connection, row: Review, found: Iterable[Factor], actor: str) -> list[Factor]:
    """Those of the review `row` that `actor` may read, whatever other reviews hide."""
    open_to_all = row.factors_revealed and factors_open_to(row, reviews.member(conn, row.incident_id, actor))
    return [one for one in found if open_to_all or one.author == actor]


def _of_review(seen: Seen, row: Review, actor: str) -> list[Factor]:
    return shown(seen.conn, row, factors.of_incident(seen.conn, row.incident_id), actor)


def views(conn: Connection, rows: Sequence[Factor], actor: str, roster: Roster) -> tuple[wire_records.Factor, ...]:
    """Factors as the wire shows them to `actor`, who may read each; a fixed number of queries."""
    earlier = _earlier(conn, rows, actor)
    names = _index.of(roster)
    return tuple(
        wire_records.Factor(
            **{name: getattr(one, name) for name in _COPIED},
            category=one.category.value,
            role=one.role.value,
            mine=one.author == actor,
            earlier=earlier[one.id],
            warnings=_warnings(one, names),
        )
        for one in rows
    )


def _earlier(conn: Connection, rows: Iterable[Factor], actor: str) -> dict[int, tuple[wire_records.EarlierFactor, ...]]:
    """What each is linked to, as far as `actor` may read it."""
    found: dict[int, tuple[wire_records.EarlierFactor, ...]] = {one.id: () for one in rows}
    links = factors.links_of(conn, found)
    if not links:
        return found
    wanted = factors.shown_to(actor, masked_from(conn, actor)) & factors.among({one.earlier_id for one in links})
    known = {one.id: one for one in factors.listed(conn, wanted, None, len(links))}
    for link in links:
        if (linked := known.get(link.earlier_id)) is not None:
            one = wire_records.EarlierFactor(
                id=linked.id, incident_id=linked.incident_id, text=linked.text, evidence=link.evidence
            )
            found[link.factor_id] = (*found[link.factor_id], one)
    return found


def _warnings(factor: Factor, names: Names) -> tuple[str, ...]:
    named = names_somebody(" \n".join((factor.text, *factor.contexts)), names)
    return tuple(f"it names {one}: say what their role was, such as the mitigation lead" for one in named)


def factors_of(seen: Seen, row: Review, actor: str) -> tuple[wire_records.Factor, ...]:
    """Those of a review that `actor` may read now, in the order in which they were written."""
    return views(seen.conn, _of_review(seen, row, actor), actor, seen.roster)


def hidden_from(seen: Seen, row: Review, actor: str) -> int:
    """How many factors of others are hidden still."""
    return len(factors.of_incident(seen.conn, row.incident_id)) - len(_of_review(seen, row, actor))


def themes_of(seen: Seen, row: Review, actor: str) -> tuple[wire_records.Theme, ...]:
    """The themes of the factors of a review that `actor` may read now."""
    used = {one.theme_id for one in _of_review(seen, row, actor)}
    return counted(seen.conn, actor, used) if used - {None} else ()


def counted(conn: Connection, actor: str, only: Collection[int | None] | None = None) -> tuple[wire_records.Theme, ...]:
    """Themes by name (all, or `only` some), with the factors and incidents that `actor` may read of each."""
    counts = themes.counts(conn, factors.shown_to(actor, masked_from(conn, actor)))
    return tuple(
        wire_records.Theme(id=one.id, name=one.name, text=one.text, factors=some, incidents=incidents)
        for one in themes.every(conn)
        for some, incidents in [counts.get(one.id, (0, 0))]
        if only is None or one.id in only
    )
