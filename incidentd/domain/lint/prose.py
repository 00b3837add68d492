"""Which parts of a Markdown text are prose: the text again, of the same length, with everything else blanked.

Blocks by lines (CommonMark 0.31: fences, indented code, quotes, headings, comments, lists; front matter), then what
stands inside of lines. It reads each line once: the parser that knows all of CommonMark takes ten seconds for a
hostile megabyte, and a lint that is asked at every keystroke must not.
"""

from __future__ import annotations

import re

from incidentd.domain.lint.inline import BREAK, COMMENT, blanked, hide_inline

_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t\r]*$")
_RULE = re.compile(r"([-*_])[ \t]*(?:\1[ \t]*){2,}\r?$")
_DEFINITION = re.compile(r"\[[^\]]+\]:")
_RAW_HTML = re.compile(r"<(pre|script|style|textarea)\b", re.IGNORECASE)
_FRONT_MATTER = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t\r]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t\r]*$", re.M),
}
_SPECIAL = frozenset("-*+`~#=_[<>|\t 0123456789")
_CODE_INDENT = 4
_DEEPEST = 20  # list markers on one line
_MOST_LINES = 50_000  # what comes behind so many lines is not read: no review has them, and hostile texts do


def prose(text: str, *, markdown: bool = True) -> str:
    """`text` with what is no prose blanked; offsets stay what they are.

    What ends a sentence (a code block, a heading, a list's marker) becomes `BREAK`, what takes part in one (a code
    span, a link's address, a quotation) becomes `THING`.
    """
    blocks = _Blocks(text).hidden if markdown else []
    return hide_inline(blanked(text, blocks), markdown=markdown)


class _Blocks:
    """Reads line after line; `hidden` are the spans of blocks that are no prose."""

    def __init__(self, text: str) -> None:
        self.hidden: list[tuple[int, int, str]] = []
        self._fence = ""  # what opened the fence that the next line stands in
        self._base = 0  # the column of the list item that the fence or the HTML block stands in
        self._html_end = ""  # what ends the HTML block that the next line stands in
        self._quote = False  # a paragraph of a block quote may go on without its mark
        self._paragraph: int | None = None  # where the open paragraph begins
        self._lists: list[int] = []  # columns at which the content of the open list items begins
        at = self._front_matter(text)
        for line in text[at:].split("\n", _MOST_LINES)[:_MOST_LINES]:
            self._line(at, line)
            at += len(line) + 1
        if at < len(text):
            self.hidden.append((at, len(text), BREAK))

    def _front_matter(self, text: str) -> int:
        first, newline, _ = text.partition("\n")
        closing = _FRONT_MATTER.get(first.rstrip()) if newline else None
        found = closing.search(text, len(first) + 1) if closing else None
        if found is None:
            return 0
        self.hidden.append((0, found.end(), BREAK))
        return min(found.end() + 1, len(text))

    def _line(self, start: int, line: str) -> None:
        if not (self._fence or self._html_end or self._quote) and line and line[0] not in _SPECIAL:
            self._text(start)  # nearly every line of a review
            return
        body = line.lstrip(" \t")
        at = start + len(line) - len(body)
        if inside := self._goes_on(line, body):
            self.hidden.append((start, start + len(line), inside))
        elif not body.strip():
            self._paragraph, self._quote = None, False
        else:
            self._content(start, at, body, _column(line))

    def _goes_on(self, line: str, body: str) -> str:
        """What to fill the line with when it belongs to a fence or an HTML block that is open; else ""."""
        if self._base and body.strip() and _column(line) < self._base:  # the list ended, and what stood in it
            self._fence = self._html_end = ""
        if self._html_end:
            filler = COMMENT if self._html_end == "-->" else BREAK
            if self._html_end in line.lower():
                self._html_end = ""
            return filler
        if not self._fence:
            return ""
        run = body.rstrip()
        if len(run) >= len(self._fence) and not run.strip(self._fence[0]):
            self._fence = ""
        return BREAK

    def _content(self, start: int, at: int, body: str, column: int) -> None:
        if self._paragraph is None:
            while self._lists and column < self._lists[-1]:
                self._lists.pop()
            if column - (self._lists[-1] if self._lists else 0) >= _CODE_INDENT and not self._quote:
                self.hidden.append((start, at + len(body), BREAK))
                return
        elif _UNDERLINE.match(body) and column >= (self._lists[-1] if self._lists else 0):
            self._hide_paragraph(at + len(body))
            return
        if not _RULE.match(body):
            at, body = self._items(at, body, column)
        if body:
            self._block(at, body)

    def _items(self, at: int, body: str, column: int) -> tuple[int, str]:
        """What is left of a line behind the marks of its list items."""
        for _ in range(_DEEPEST):
            marker = _MARKER.match(body)
            if marker is None:
                break
            while self._lists and column < self._lists[-1]:
                self._lists.pop()
            column += marker.end()
            self._lists.append(column)
            self.hidden.append((at, at + marker.end(), BREAK))
            at, body = at + marker.end(), body[marker.end() :]
            self._paragraph, self._quote = None, False
        return at, body

    def _block(self, at: int, body: str) -> None:
        filler, self._base = BREAK, self._lists[-1] if self._lists else 0
        fence = _FENCE.match(body)
        html = _RAW_HTML.match(body)
        if body.startswith(">"):
            self._paragraph, self._quote = None, bool(body.strip("> \t\r"))
        elif fence:
            self._fence, self._paragraph, self._quote = fence[1], None, False
        elif body.startswith("<!--"):
            if "-->" in body:
                self._paragraph = None
                return
            self._html_end, self._paragraph, filler = "-->", None, COMMENT
        elif html:
            closing = f"</{html[1].lower()}>"
            self._html_end, self._paragraph = "" if closing in body.lower() else closing, None
        elif _HEADING.match(body) or _RULE.match(body) or (self._paragraph is None and _DEFINITION.match(body)):
            self._paragraph, self._quote = None, False
        elif not self._quote:
            self._text(at)
            return
        self.hidden.append((at, at + len(body), filler))

    def _text(self, at: int) -> None:
        if self._paragraph is None:
            self._paragraph = at

    def _hide_paragraph(self, end: int) -> None:
        """It was a heading: a line of = or - stands under it."""
        start = self._paragraph or 0
        while self.hidden and self.hidden[-1][0] >= start:
            self.hidden.pop()
        self.hidden.append((start, end, BREAK))
        self._paragraph = None


def _column(line: str) -> int:
    """How far `line` is indented; a tab goes to the next column of four."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(_CODE_INDENT)) if "\t" in lead else len(lead)
