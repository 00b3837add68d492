"""The similar incidents of a review: chosen when it begins, kept with it, and the same for everybody after that."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from incidentd.domain.incidents import Incident
from incidentd.domain.resembling import Known
from incidentd.domain.similar_incidents import Past, balanced, drawn, factor_words, no_match
from incidentd.domain.symptom_words import promising
from incidentd.domain.symptom_words import symptom_words as words_of
from incidentd.services.incident_views import existing
from incidentd.services.symptom_words import SymptomWords
from incidentd.services.symptoms import known_of
from incidentd.storage import incidents, similar, symptom_words
from incidentd.storage.store import Store

_NEWEST, _OLDEST = 50, 20
"""Looked at whatever words they share: few, and a plugin may find other words for the same thing."""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is chosen from."""

    one: Known
    others: tuple[Past, ...]
    strangers: tuple[Past, ...]  # one of which may have nothing to do with it


class SimilarLists:
    """Chooses them. A review hides what was concluded of them from its very beginning, so they are chosen there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.words = SymptomWords(store)

    async def compose(self, incident_id: int) -> object:
        """The list as a review keeps it. Raises `NotFound`."""
        await self.words.catch_up()
        found = await self._store.read(lambda conn: _material(conn, existing(conn, incident_id)))
        chosen = balanced(found.one, found.others)
        stranger = no_match(found.one, found.strangers)
        return msgspec.to_builtins(chosen if stranger is None else [*chosen, stranger])


def _material(conn: Connection, incident: Incident) -> Material:
    (one,) = known_of(conn, [incident])
    ids = promising(symptom_words.sharing(conn, words_of(one), incident.id))
    rows = similar.earlier(conn, incident, _NEWEST, _OLDEST, among=ids)
    strangers = _strangers(conn, incident)
    others = known_of(conn, [*rows, *strangers])
    texts = similar.factor_texts(conn, [row.id for row in rows])
    past = [Past(known=known, factors=factor_words(texts.get(known.facts.id, ()))) for known in others]
    return Material(one=one, others=tuple(past[: len(rows)]), strangers=tuple(past[len(rows) :]))


def _strangers(conn: Connection, incident: Incident) -> Sequence[Incident]:
    """Some of all, drawn by chance; those that were reviewed first, for there is more to see in them."""
    reviewed = drawn(incident.id, similar.earlier_ids(conn, incident, reviewed=True))
    every = drawn(incident.id, similar.earlier_ids(conn, incident, reviewed=False))
    ids = list(dict.fromkeys([*reviewed, *every]))
    rows = {row.id: row for row in incidents.among(conn, ids)}
    return [rows[one] for one in ids]
