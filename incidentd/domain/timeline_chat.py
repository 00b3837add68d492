"""What the timeline says of the room in a chat."""

from __future__ import annotations

from incidentd.domain.told import Line, Sentences, Told

SENTENCES = Sentences()
about = SENTENCES.about


@about("incident.chat_opened")
def _opened(told: Told) -> Line:
    data = told.data
    return Line(kind="chat", text=f"Room {data['name']} opened ({data['channel']})", evidence=data["url"])


@about("incident.chat_archived")
def _archived(told: Told) -> Line:
    return Line(kind="chat", text=f"Room {told.data['name']} archived ({told.data['channel']})")


@about("incident.chat_failed")
def _failed(told: Told) -> Line:
    data = told.data
    return Line(kind="chat", text=f"The chat ({data['channel']}) did not {_ACTS[data['act']]}", detail=data["error"])


_ACTS = {
    "open": "open a room",
    "invite": "invite somebody into the room",
    "topic": "set the topic of the room",
    "post": "take what was to be posted",
    "archive": "archive the room",
}
