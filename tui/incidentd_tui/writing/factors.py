"""Contributing factors, written silently: a sentence, its category and its role by a key each."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, cast

import msgspec

from incidentd.wire import review_records as wire_records
from incidentd_tui.forms.base import Field, Values
from incidentd_tui.rows.review.factors import CATEGORIES, ROLES
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing.drafts import draft_key

if TYPE_CHECKING:
    from incidentd_tui.rows.review import Seen
    from incidentd_tui.screens.review_verbs.base import ReviewPart

_CHOICES = (
    Field(name="category", label="category", options=tuple((one, one.partition("-")[0]) for one in CATEGORIES)),
    Field(name="role", label="role", options=tuple((one, one) for one in ROLES)),
)


def new(screen: ReviewPart, seen: Seen) -> Box:
    """It stays open: many and small."""
    text = Field(
        name="text", label="factor", hint="what made it possible, hard, better, or surprising? No names",
        lint=True, draft=draft_key(screen.incident_id, "factor"),
    )  # fmt: skip

    async def send(values: Values) -> str:
        body = wire_records.WriteFactor(
            text=values["text"],
            category=cast("wire_records.Category", values["category"]),
            role=cast("wire_records.FactorRole", values["role"]),
        )
        return await _sent(screen, screen.tui.acts.client.write_factor(screen.incident_id, body))

    seen_by = "everybody reads it, without a name" if seen.revealed else "hidden until everybody is done"
    fields = (text, *_CHOICES)
    return Box(about="A factor", seen_by=seen_by, doing="a factor", fields=fields, send=send, stays=True)


def edit(screen: ReviewPart, seen: Seen, one: wire_records.Factor) -> Box:
    """Other words, another category or role."""
    text = Field(
        name="text",
        label="factor",
        value=str(one.text),
        lint=True,
        draft=draft_key(screen.incident_id, "factor", one.id),
    )
    category, role = (
        msgspec.structs.replace(field, value=str(getattr(one, field.name))) for field in _CHOICES
    )  # fmt: skip

    async def send(values: Values) -> str:
        body = wire_records.EditFactor(
            text=values["text"],
            category=cast("wire_records.Category", values["category"]),
            role=cast("wire_records.FactorRole", values["role"]),
        )
        call = screen.tui.acts.client.edit_factor(screen.incident_id, one.id, body, if_version=one.version)
        return await _sent(screen, call)

    seen_by = "everybody reads it" if seen.revealed else "hidden until everybody is done"
    return Box(about="The factor", seen_by=seen_by, doing="a factor", fields=(text, category, role), send=send)


async def _sent(screen: ReviewPart, call: Awaitable[wire_records.Factor]) -> str:
    """What the daemon warns of, such as a name, is said; the factor stands all the same."""
    answer = await screen.answered(call)
    if isinstance(answer, str):
        return answer
    if answer.warnings:
        screen.tui.say(f"it is written; {answer.warnings[0]}", "warning")
    return ""
