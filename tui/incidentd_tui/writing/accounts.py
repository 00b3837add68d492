"""Accounts: what one person saw, thought and tried at a moment, or of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.wire import review_records as wire_records
from incidentd.wire.review_timeline import Moment
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Values
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing.drafts import draft_key

if TYPE_CHECKING:
    from incidentd_tui.rows.review import Seen
    from incidentd_tui.screens.review_verbs.base import ReviewPart

_PARTS = (
    ("saw", "saw", "what was on your screen, what did people say?"),
    ("thought", "thought", "what did you think was going on?"),
    ("tried", "tried", "what did you do, or decide not to do?"),
)


def of_moment(screen: ReviewPart, seen: Seen, moment: Moment) -> Box:
    """What the viewer wrote of this moment already stands in it."""
    mine = next((one for one in seen.accounts_at(moment) if one.mine), None)
    place = moment.entry.seq or f"at {moment.entry.observed_at.isoformat()}"
    fields = tuple(
        Field(
            name=name, label=label, hint=hint, optional=True, value=str(getattr(mine, name)) if mine else "",
            lint=True, draft=draft_key(screen.incident_id, "account", place, name),
        )
        for name, label, hint in _PARTS
    )  # fmt: skip

    async def send(values: Values) -> str:
        if not any(values.values()):
            return "write at least one of the three"
        text = str(mine.text) if mine else ""
        seq, at = (moment.entry.seq, None) if moment.entry.seq else (None, moment.entry.observed_at)
        body = wire_records.WriteAccount(at=at, seq=seq, text=text, **values)
        return await _send(screen, body, mine)

    at = phrases.hour(moment.entry.observed_at, seen.model.zone)
    return Box(about=f"You at {at}", seen_by=_seen_by(seen), doing="an account", fields=fields, send=send)


def of_the_whole(screen: ReviewPart, seen: Seen) -> Box:
    """How it was for the viewer, from beginning to end."""
    mine = next((one for one in seen.view.accounts if one.mine and one.seq is None and one.at is None), None)
    field = Field(
        name="text", label="", value=str(mine.text) if mine else "", hint="how was it for you, from beginning to end?",
        lint=True, draft=draft_key(screen.incident_id, "account", "whole"),
    )  # fmt: skip

    async def send(values: Values) -> str:
        return await _send(screen, wire_records.WriteAccount(text=values["text"]), mine)

    about = "Your account of the whole"
    return Box(about=about, seen_by=_seen_by(seen), doing="an account", fields=(field,), send=send)


async def _send(screen: ReviewPart, body: wire_records.WriteAccount, mine: wire_records.Account | None) -> str:
    client = screen.tui.acts.client
    if mine is None:
        return await screen.sent(client.write_account(screen.incident_id, body))
    texts = {name: getattr(body, name) for name in ("saw", "thought", "tried", "text")}
    edit = wire_records.EditAccount(**texts)
    return await screen.sent(client.edit_account(screen.incident_id, mine.id, edit, if_version=mine.version))


def _seen_by(seen: Seen) -> str:
    if seen.held and seen.view.review.step in ("ground_rules", "walk"):
        return "yours until step Accounts"
    return "everybody reads it, with your name"
