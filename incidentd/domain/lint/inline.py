"""What stands inside a paragraph and is no prose: code spans, comments, tags, addresses, what somebody else said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

THING = "\ue000"
"""Fills what takes part in a sentence and is not read: as a subject it is no person."""
BREAK = "\ue001"
"""Fills what no sentence goes across."""
COMMENT = "\ue002"
"""Fills comments, which no sentence goes across either."""

_MARKS = re.compile(
    r"(?P<end>\n[ \t\r]*\n|[\ue001\ue002]+)"
    r"|(?P<code>`+)"
    r"|(?P<comment><!--)"
    r"|(?P<tag></?[A-Za-z][^<>\n]*>)"
    r"|(?P<url>(?:https?://|www\.)[^\s<>()\]\"“”]+)"
    r"|(?P<link>\]\()"
    r"|(?P<quote>[\"“”„«»])|(?P<single>(?<![\w'])['‘](?=\w))|(?P<shut>(?<=[\w.,!?])['’](?!\w))"
)
_PLAIN_MARKS = re.compile(r"(?P<end>\n[ \t\r]*\n)|(?P<url>(?:https?://|www\.)[^\s<>()\]\"“”]+)|(?P<quote>[\"“”„«»])")
_CLOSES = {'"': '"', "“": "”", "„": "“”", "«": "»", "'": "'’", "‘": "'’"}
_QUOTES = frozenset({"quote", "single", "shut"})
_LONGEST_SINGLE = 200  # characters: an apostrophe is a quotation mark only when its partner is near
_MOST_MARKS = 50_000  # what comes behind so many marks is not read: no review has them, and hostile texts do
Mark = re.Match[str]


def hide_inline(text: str, *, markdown: bool) -> str:
    """`text` with the spans blanked that are no prose; its blocks were blanked before."""
    return blanked(text, _hidden(text, _MARKS if markdown else _PLAIN_MARKS))


def blanked(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, character) filled with the character. Spans are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, character in spans:
        pieces += [text[at:start], character * (end - start)]
        at = end
    return "".join((*pieces, text[at:]))


def _hidden(text: str, marks: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """The spans in order, none over another: marks are looked at paragraph by paragraph."""
    found: list[Mark] = []
    for number, mark in enumerate(marks.finditer(text)):
        if number == _MOST_MARKS:
            yield from _paragraph(text, found, mark.start())
            yield mark.start(), len(text), BREAK
            return
        if mark.lastgroup != "end":
            found.append(mark)
        elif found:
            yield from _paragraph(text, found, mark.start())
            found = []
    yield from _paragraph(text, found, len(text))


def _paragraph(text: str, marks: list[Mark], end: int) -> Iterator[tuple[int, int, str]]:
    partners = _Partners(text, marks, end)
    at = 0
    for number, mark in enumerate(marks):
        if mark.start() < at:
            continue
        stop = partners.end_of(number)
        if stop > mark.start():
            yield mark.start(), stop, COMMENT if mark.lastgroup == "comment" else THING
            at = stop


class _Partners:
    """Where what each mark of a paragraph opens is closed again; all of them are paired in one walk."""

    def __init__(self, text: str, marks: list[Mark], end: int) -> None:
        self._text, self._marks, self._end = text, marks, end
        self._same_run: dict[int, int] = {}  # number of a run of backticks -> where its closing run ends
        self._closing: dict[int, int] = {}  # number of a quotation mark -> where its partner ends
        self._nearest: dict[str, int] = {}  # what is looked for -> its last place found
        self._pair()

    def _pair(self) -> None:
        runs: dict[int, int] = {}
        ends: dict[str, int] = {}
        for number in range(len(self._marks) - 1, -1, -1):
            mark = self._marks[number]
            if mark.lastgroup == "code":
                length = mark.end() - mark.start()
                if length in runs:
                    self._same_run[number] = runs[length]
                runs[length] = mark.end()
            elif mark.lastgroup in _QUOTES:
                near = [ends[one] for one in _CLOSES.get(mark[0], "") if one in ends and mark.lastgroup != "shut"]
                if near:
                    self._closing[number] = min(near)
                if mark.lastgroup != "single":
                    ends[mark[0]] = mark.end()

    def end_of(self, number: int) -> int:
        """Where the span ends that the mark opens; 0 when it opens none."""
        mark = self._marks[number]
        match mark.lastgroup:
            case "tag" | "url":
                return mark.end()
            case "code":
                return self._same_run.get(number, 0)
            case "comment":
                return self._next("-->", mark.end())
            case "link":
                return self._next(")", mark.end())
        end = self._closing.get(number, 0)
        return 0 if mark.lastgroup == "single" and end - mark.start() > _LONGEST_SINGLE else end

    def _next(self, wanted: str, at: int) -> int:
        """Where the next `wanted` ends, within the paragraph; 0 when there is none."""
        place = self._nearest.get(wanted, -1)
        if place < at:
            place = self._text.find(wanted, at, self._end)
            place = self._end if place < 0 else place
            self._nearest[wanted] = place
        return place + len(wanted) if place < self._end else 0
