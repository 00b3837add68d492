"""[rehearsal] of process.toml: the team's own cards to rehearse the severity matrix with."""

from __future__ import annotations

from typing import Annotated

import pydantic

from incidentd.configuration.values import Name, Table
from incidentd.domain.rehearsal_cards import Card


class CardTable(Table):
    id: Name
    title: Annotated[str, pydantic.Field(min_length=1, max_length=250, pattern=r"\S")]
    text: Annotated[str, pydantic.Field(min_length=1, max_length=5000, pattern=r"\S")]
    source: Annotated[str, pydantic.Field(max_length=250)] = ""


class RehearsalTable(Table):
    """A card with the id of one that comes with the program takes its place."""

    cards: Annotated[tuple[CardTable, ...], pydantic.Field(max_length=50)] = ()

    @pydantic.field_validator("cards")
    @classmethod
    def _once(cls, cards: tuple[CardTable, ...]) -> tuple[CardTable, ...]:
        seen: set[str] = set()
        for one in cards:
            if one.id in seen:
                raise ValueError(f'has "{one.id}" twice — give every card an id of its own')
            seen.add(one.id)
        return cards


def own_cards(table: RehearsalTable) -> tuple[Card, ...]:
    """The cards as the process has them."""
    return tuple(Card(**dict(one)) for one in table.cards)
