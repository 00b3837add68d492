"""Blocks of a review's document as accessible HTML: no script, no address, and no text that acts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from incidentd.domain.review_chart import chart_html
from incidentd.domain.review_markdown import voice_parts
from incidentd.domain.review_markup import escaped, line, prose, time
from incidentd.wire.review_documents import Block, Grid, Listing, Prose, Remark, Row, Story, Told, Voice, Voices

_LINES = Iterator[str]


def block_html(block: Block) -> str:
    """A block; headings in it are of the third level."""
    match block:
        case Prose():
            lines = prose(block.text)
        case Remark():
            lines = iter((f'<p class="remark">{escaped(block.text)}</p>',))
        case Listing():
            lines = _listing(block)
        case Grid():
            lines = _grid(block)
        case Story():
            lines = _story(block)
        case Voices():
            lines = _voices(block)
        case _:
            lines = chart_html(block)
    return "".join(lines)


# ------------------------------------------------------------------ lists and tables
def _listing(block: Listing) -> _LINES:
    if block.title:
        yield f"<h3>{escaped(block.title)}</h3>"
    yield f'<ul class="{"cards" if any(row.labels for row in block.rows) else "plain-list"}">'
    yield from (_row(row) for row in block.rows)
    yield "</ul>"


def _row(row: Row) -> str:
    labels = "".join(f'<span class="label">{escaped(one)}</span>' for one in row.labels)
    shown = f'<p class="labels">{labels}</p>' if labels else ""
    notes = "".join(f"<li>{line(one)}</li>" for one in row.notes)
    below = f'<ul class="notes">{notes}</ul>' if notes else ""
    return f"<li><p>{line(row.text)}</p>{shown}{below}</li>"


def _grid(block: Grid) -> _LINES:
    # Narrow screens show rows below each other, which takes the roles of a table from the elements: they are stated.
    yield f'<table role="table"><caption>{escaped(block.caption)}</caption><thead role="rowgroup"><tr role="row">'
    yield from (f'<th role="columnheader" scope="col">{escaped(one)}</th>' for one in block.head)
    yield '</tr></thead><tbody role="rowgroup">'
    for row in block.rows:
        yield '<tr role="row">'
        for number, (name, cell) in enumerate(zip(block.head, row, strict=True)):
            tag, role = ("td", "cell") if number else ('th scope="row"', "rowheader")
            yield f'<{tag} role="{role}" data-name="{escaped(name)}">{line(cell)}</{tag[:2]}>'
        yield "</tr>"
    yield "</tbody></table>"


# ------------------------------------------------------------------ moments and accounts
def _story(block: Story) -> _LINES:
    for (group, day), moments in groupby(block.moments, key=lambda one: (one.group, one.at.date())):
        if group:
            yield f"<h3>{escaped(group)}</h3>"
        yield f'<p class="day">{day:%A, %-d %B %Y}</p><ol class="story">'
        yield from (_told(one) for one in moments)
        yield "</ol>"


def _told(told: Told) -> str:
    loud = "decision" if told.decision or told.word == "decision" else "heard" if told.voices else ""
    by = f' <span class="by">by {escaped(told.by)}</span>' if told.by else ""
    word = "decision" if loud == "decision" else told.word
    parts = [
        f'<li class="{loud}"><p class="when">{time(told.at)} <span class="after">{escaped(told.after)}</span></p>',
        f'<div class="what"><p><span class="word">{escaped(word)}</span> {line(told.text)}{by}</p>',
        f'<p class="detail">{line(told.detail)}</p>' if told.detail.strip() else "",
        *(f'<p class="note">{line(one)}</p>' for one in told.notes),
        f'<ul class="voices">{"".join(map(_voice, told.voices))}</ul>' if told.voices else "",
        "</div></li>",
    ]
    return "".join(parts)


def _voices(block: Voices) -> _LINES:
    yield f'<h3>{escaped(block.title)}</h3><ul class="voices">'
    yield from (_voice(one) for one in block.voices)
    yield "</ul>"


def _voice(voice: Voice) -> str:
    who = voice.who[:1].upper() + voice.who[1:]
    new = f'<p class="new">new to {voice.new_to} of us</p>' if voice.new_to else ""
    said = "".join(f"<dt>{what or 'said'}</dt><dd>{''.join(prose(text))}</dd>" for what, text in voice_parts(voice))
    return f'<li><p class="who">{escaped(who)}</p>{new}<dl>{said}</dl></li>'
