"""The similar incidents of a review: chosen when it begins, kept with it, and the same for everybody after that."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from incidentd.domain.incidents import Incident
from incidentd.domain.nearness import nearness
from incidentd.domain.resembling import Known
from incidentd.domain.similar_incidents import Past, balanced, drawn, factor_words, no_match
from incidentd.domain.symptom_words import promising
from incidentd.domain.symptom_words import symptom_words as words_of
from incidentd.pluginhost.embedding import EmbeddingFailed
from incidentd.services.incident_views import existing
from incidentd.services.symptom_words import SymptomWords
from incidentd.services.symptoms import known_of
from incidentd.storage import incidents, similar, symptom_words
from incidentd.storage.store import Store

_LONGEST = 2000  # characters of a text that an embedder is given
_NEWEST, _OLDEST = 15, 10
"""Looked at whatever words they share, where a plugin may find other words for the same thing.

With the promising ones, the strangers and the incident itself these are no more than the 200 texts that an embedder is
promised.
"""
_STRANGERS = 20  # so many are looked at until one is not alike


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is chosen from."""

    one: Known
    others: tuple[Past, ...]
    strangers: tuple[Past, ...]  # one of which may have nothing to do with it


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """The list as a review keeps it, and what its event says of how it was chosen."""

    similar: object
    told: Mapping[str, object]


class Embedders(Protocol):
    """What plugins know of how near texts are; implemented by the plugin host."""

    @property
    def embedders(self) -> Collection[str]: ...

    async def embed(self, instance: str, texts: Sequence[str]) -> list[list[float]]:
        """A vector a text. Raises `EmbeddingFailed`."""
        ...


class SimilarLists:
    """Chooses them. A review hides what was concluded of them from its very beginning, so they are chosen there."""

    def __init__(self, store: Store, embedders: Embedders | None) -> None:
        self._store = store
        self._embedders = embedders
        self.words = SymptomWords(store)

    async def compose(self, incident_id: int) -> Composed:
        """Choose. What a plugin fails to say is told, and changes nothing else. Raises `NotFound`."""
        await self.words.catch_up()
        instance = next(iter(self._embedders.embedders), "") if self._embedders is not None else ""
        widely = bool(instance)
        found = await self._store.read(lambda conn: _material(conn, existing(conn, incident_id), widely=widely))
        found, asked = await self._nearness(instance, found)
        chosen = balanced(found.one, found.others)
        stranger = no_match(found.one, found.strangers)
        every = chosen if stranger is None else [*chosen, stranger]
        told = {"incidents": sorted(one.id for one in every), **asked}
        return Composed(similar=msgspec.to_builtins(every), told=told)

    async def _nearness(self, instance: str, found: Material) -> tuple[Material, Mapping[str, str]]:
        """With what an embedder says of the texts, if there is one and it answers."""
        every = [*found.others, *found.strangers]
        if self._embedders is None or not instance or not every:
            return found, {}
        try:
            texts = [_text(one) for one in (found.one, *(one.known for one in every))]
            first, *rest = await self._embedders.embed(instance, texts)
        except EmbeddingFailed as error:
            return found, {"embedder": instance, "failed": str(error)}
        near = [msgspec.structs.replace(one, near=it) for one, it in zip(every, nearness(first, rest), strict=True)]
        known = len(found.others)
        read = Material(one=found.one, others=tuple(near[:known]), strangers=tuple(near[known:]))
        return read, {"embedder": instance}


def _text(known: Known) -> str:
    return f"{known.facts.subject}\n{known.facts.text}"[:_LONGEST]


def _material(conn: Connection, incident: Incident, *, widely: bool) -> Material:
    """`widely`: also of incidents that share no words, for who knows more than words."""
    (one,) = known_of(conn, [incident])
    ids = promising(symptom_words.sharing(conn, words_of(one), incident.id))
    newest, oldest = (_NEWEST, _OLDEST) if widely else (0, 0)
    rows = similar.earlier(conn, incident, newest, oldest, among=ids)
    strangers = _strangers(conn, incident)
    others = known_of(conn, [*rows, *strangers])
    texts = similar.factor_texts(conn, [row.id for row in rows])
    past = [Past(known=known, factors=factor_words(texts.get(known.facts.id, ()))) for known in others]
    return Material(one=one, others=tuple(past[: len(rows)]), strangers=tuple(past[len(rows) :]))


def _strangers(conn: Connection, incident: Incident) -> Sequence[Incident]:
    """Some of all, drawn by chance; those that were reviewed first, for there is more to see in them."""
    numbers = drawn(incident.id, similar.highest(conn))
    reviewed = similar.earlier_among(conn, incident, numbers)
    ids = sorted((one for one in numbers if one in reviewed), key=lambda one: not reviewed[one])[:_STRANGERS]
    rows = {row.id: row for row in incidents.among(conn, ids)}
    return [rows[one] for one in ids]
