"""Blocks of a review's document as Markdown (CommonMark with GitHub's tables); no text in them acts."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.display import safe_text
from incidentd.domain.markdown import inline
from incidentd.domain.prose import Part, parts, spans
from incidentd.wire.review_documents import Block, Grid, Listing, Prose, Remark, Row, Story, Told, Voice, Voices

_LINES = Iterator[str]


def block_markdown(block: Block) -> str:
    """A block as lines, none empty at either end; headings in it are of the third level."""
    match block:
        case Prose():
            lines = _prose(block.text)
        case Remark():
            lines = iter((f"*{inline(block.text)}*",))
        case Listing():
            lines = _listing(block)
        case Grid():
            lines = _grid(block)
        case Story():
            lines = _story(block)
        case Voices():
            lines = _voices(block)
        case _:
            lines = iter((f"**{inline(block.title)}:** {inline(block.text)}",))
    return "\n".join(lines)


def line(text: str) -> str:
    """A text within a line; what stands in backticks is code."""
    return "".join(_code(part) if code else inline(part) if part.strip() else part for code, part in _spaced(text))


def _spaced(text: str) -> Iterator[tuple[bool, str]]:
    """The spans of a text, with the spaces between them as parts of their own: `inline` strips them."""
    for code, part in spans(text):
        if code:
            yield code, part
            continue
        body = part.strip()
        lead = part[: len(part) - len(part.lstrip())]
        yield from ((False, one) for one in (lead and " ", body, " " if body and part[-1].isspace() else "") if one)


def _code(text: str) -> str:
    shown = safe_text(text).replace("|", "\\|")
    return f"`{shown}`"


# ------------------------------------------------------------------ prose
def _prose(text: str) -> _LINES:
    for number, part in enumerate(parts(text)):
        if number:
            yield ""
        yield from _part(part)


def _part(part: Part) -> _LINES:
    match part.kind:
        case "code":
            yield "````"
            yield from (safe_text(one).replace("````", "''''") for one in part.lines)
            yield "````"
        case "list":
            yield from (f"- {_first(one)}" for one in part.lines)
        case "numbered":
            yield from (f"{number}. {_first(one)}" for number, one in enumerate(part.lines, 1))
        case "heading":
            yield from (f"**{line(one)}**" for one in part.lines)
        case _:
            yield from (_first(one) for one in part.lines)


def _first(text: str) -> str:
    """A line that begins a paragraph or an item: its first sign makes no list of it."""
    shown = line(text)
    return f"\\{shown}" if shown[:1] in ("-", "+", "=") else _number(shown)


def _number(shown: str) -> str:
    digits = len(shown) - len(shown.lstrip("0123456789"))
    return (
        f"{shown[:digits]}\\{shown[digits:]}" if 0 < digits < 10 and shown[digits : digits + 1] in (".", ")") else shown
    )


# ------------------------------------------------------------------ lists and tables
def _listing(block: Listing) -> _LINES:
    if block.title:
        yield f"### {inline(block.title)}"
        yield ""
    for row in block.rows:
        yield from _row(row)


def _row(row: Row) -> _LINES:
    labels = f" ({', '.join(inline(one) for one in row.labels)})" if row.labels else ""
    yield f"- {_first(row.text)}{labels}"
    yield from (f"  - {_first(one)}" for one in row.notes)


def _grid(block: Grid) -> _LINES:
    yield f"*{inline(block.caption)}*"
    yield ""
    yield f"| {' | '.join(inline(one) for one in block.head)} |"
    yield "|---" * len(block.head) + "|"
    for row in block.rows:
        yield f"| {' | '.join(line(one) for one in row)} |"


# ------------------------------------------------------------------ moments and accounts
def _story(block: Story) -> _LINES:
    group = ""
    for number, told in enumerate(block.moments):
        if told.group != group:
            group = told.group
            if number:
                yield ""
            if group:
                yield f"### {inline(group)}"
                yield ""
        yield from _told(told)


def _told(told: Told) -> _LINES:
    decision = "**decision** " if told.decision else ""
    by = f" ({inline(told.by)})" if told.by else ""
    word = "" if told.decision and told.word == "decision" else f"*{inline(told.word)}* "
    yield f"- {told.at:%Y-%m-%d %H:%M} ({inline(told.after)}) {word}{decision}{line(told.text)}{by}"
    yield from (f"  - {_first(one)}" for one in (told.detail, *told.notes) if one.strip())
    for voice in told.voices:
        yield f"  - {_voice(voice)}"


def _voices(block: Voices) -> _LINES:
    yield f"### {inline(block.title)}"
    yield ""
    yield from (f"- {_voice(one)}" for one in block.voices)


def _voice(voice: Voice) -> str:
    said = [f"*{what}:* {line(text)}" for what, text in voice_parts(voice) if what]
    said += [line(text) for what, text in voice_parts(voice) if not what]
    new = f" (new to {voice.new_to} of us)" if voice.new_to else ""
    return f"**{inline(voice.who)}**{new}: {' '.join(said)}"


def voice_parts(voice: Voice) -> list[tuple[str, str]]:
    """(what it is, text) of what an account says, "" for what is said in general."""
    every = (("saw", voice.saw), ("thought", voice.thought), ("tried", voice.tried), ("", voice.text))
    return [(what, text) for what, text in every if text.strip()]
