"""The history of a report in words: one small function for each kind of event that is about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from incidentd.wire import Event

Data = Mapping[str, Any]
Sentence = Callable[[Data], str]
_SENTENCES: dict[str, Sentence] = {}


def about(kind: str) -> Callable[[Sentence], Sentence]:
    """Register what is said of a kind of event."""

    def register(function: Sentence) -> Sentence:
        _SENTENCES[kind] = function
        return function

    return register


def known_kinds() -> frozenset[str]:
    """The kinds of event that have words of their own."""
    return frozenset(_SENTENCES)


def sentence(event: Event) -> str:
    """What an event says; also when its data is not what was expected, for the log outlives its writers."""
    generic = event.kind.replace(".", " ").replace("_", " ")
    try:
        return _SENTENCES[event.kind](event.data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return generic


def _words(name: str) -> str:
    return name.replace("_", " ")


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


@about("report.opened")
def _opened(data: Data) -> str:
    return f"{data['sender']} wrote by {data['channel']}: {data['subject']}"


@about("report.message")
def _message(data: Data) -> str:
    return f"An automatic answer of {data['sender']} came" if data["automatic"] else f"{data['sender']} wrote again"


@about("report.acknowledged")
def _acknowledged(data: Data) -> str:
    via = f" by {data['via']}" if data.get("via") else ""
    return f"Acknowledged{via}{_because(data['note'])}"


@about("report.replied")
def _replied(data: Data) -> str:
    how = ", written by no person" if data["automatic"] else ""
    if data.get("delivery") is None:
        how += "; no message goes out, so tell them yourself, or they read it here"
    return f"{str(data['kind']).capitalize()} to {data['recipient']} by {data['channel']}{how}"


@about("report.noted")
def _noted(_data: Data) -> str:
    return "A note was left for us"


@about("report.state")
def _state(data: Data) -> str:
    ways = {"incident_id": "INC-", "alert_id": "A-", "duplicate_of": "R-", "ticket": ""}
    to = next((f" to {lead}{data[name]}" for name, lead in ways.items() if data.get(name)), "")
    return f"{_words(data['from'])} → {_words(data['to'])}{to}{_because(data['reason'])}"


@about("report.edited")
def _edited(data: Data) -> str:
    return "Changed " + ", ".join(f"{_words(name)} to {one['to'] or '(none)'}" for name, one in data["changes"].items())


@about("report.undelivered")
def _undelivered(data: Data) -> str:
    return f"What we wrote could not be delivered{_because(data['error'])}; it is owed still"


@about("report.relinked")
def _relinked(data: Data) -> str:
    return f"It went along from INC-{data['from']} to INC-{data['to']}"


@about("report.merged")
def _merged(data: Data) -> str:
    return f"{data['from']} was merged into {data['into']}: {data['messages']} messages"


@about("report.split")
def _split(data: Data) -> str:
    return f"{data['messages']} messages of {data['from']} became {data['into']}"


@about("report.response_missed")
def _response_missed(data: Data) -> str:
    promise = f" ({data['promise']}, {_words(data['because'])})" if data.get("promise") else ""
    return f"Nobody has responded in the time that was promised{promise}"


@about("report.word_missed")
def _word_missed(_data: Data) -> str:
    return "The next word to the reporter is overdue"


def _to(data: Data) -> str:
    """To whom of ours, or to which place; nothing for the reporter, whose conversation this is."""
    return f" to {data['person']}" if data.get("person") else ""


@about("delivery.sent")
def _sent(data: Data) -> str:
    return f"The message{_to(data)} went out by {data['notifier']}"


@about("delivery.retrying")
def _retrying(data: Data) -> str:
    why = _because(data["error"])
    return f"The message{_to(data)} did not go out by {data['notifier']} (attempt {data['attempt']}){why}"


@about("delivery.failed")
def _failed(data: Data) -> str:
    return f"The message{_to(data)} failed for good by {data['notifier']}{_because(data['error'])}"


@about("delivery.receipt")
def _receipt(data: Data) -> str:
    return f"{data['notifier']} reported the message as {data['outcome']}"


@about("report.answered")
def _answered(data: Data) -> str:
    known = [f"{name}: {'asked, unknown' if text is None else text}" for name, text in data["answers"].items()]
    return "; ".join(known + [f"{name} is open again" for name in data["forgotten"]])


@about("report.asked")
def _asked(data: Data) -> str:
    return f"Asked about: {data['question']}"


@about("report.prioritised")
def _prioritised(data: Data) -> str:
    before = f", it was {data['from']}" if data["from"] else ""
    return f"{data['why']}{before}"


@about("report.propagated")
def _propagated(data: Data) -> str:
    told = f"; kept informed: {_informed(data)}" if data["audiences"] else ""
    return f"Sent on by P-{data['page']} to {data['target']} ({data['why']}){told}{_because(data['note'])}"


def _informed(data: Data) -> str:
    """The audiences, and whom of them a message was written to."""
    names = ", ".join(data["audiences"])
    if "told" not in data:
        return names
    return f"{names} ({', '.join(data['told']) or 'nobody who did not know'})"


@about("report.nudged")
def _nudged(data: Data) -> str:
    return f"Declare an incident? {data['why']}: {', '.join(f'R-{one}' for one in data['reports'])}"


@about("chat.failed")
def _chat_failed(data: Data) -> str:
    return f"The chat ({data['notifier']}) could not be told: {data['error']}"
