"""The records in the parts of a review's file: entries of its timeline, factors, learnings and actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo

import msgspec

from incidentd.domain.imported_sections import Section
from incidentd.domain.markdown_outline import Block, Kind
from incidentd.domain.review_headings import ROLE_OF, Part, category, guessed_category
from incidentd.domain.severity import Severity
from incidentd.domain.written_times import in_order, instant_of, moment_of, zone_named

GUESSED = "category guessed"
"""The context of a factor whose category the file does not say."""
_MARK = re.compile(r"^[\[(*]*(?P<name>[A-Za-z][A-Za-z _-]{2,22}?)[\])*]*\s*[:–—\])]\s+")
_SUFFIX = re.compile(r"\s*[\[(](?P<name>[A-Za-z][A-Za-z _-]{2,22})[\])]\.?$")
_OWNER = re.compile(r"[\s,;(\[–—-]*\bowner\s*:\s*@?(?P<owner>[\w./ -]+?)\s*(?=[,;)\]]|\bdue\b|$)[)\]]?", re.IGNORECASE)
_DUE = re.compile(r"[\s,;(\[–—-]*\b(?:due|by|deadline)\s*:?\s*(?P<due>\d{4}-\d\d-\d\d)\b[)\]]?", re.IGNORECASE)
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("owner", r"owner|assignee|team|who|responsible"), ("due", r"due|deadline|target|eta|\bby\b"),
    ("state", r"status|state|done|progress"), ("issue", r"ticket|bug|issue|link|tracking|jira"),
    ("category", r"category|kind|type|class"), ("time", r"time|when|clock|date|utc"),
    ("text", r"action|task|item|what|descri|event|factor|cause|summary|details|learning|lesson|note|happened"),
)  # fmt: skip
_STATES: tuple[tuple[str, str], ...] = (
    ("wont_do", r"won.?t|wont|will not|reject|drop|cancel|declin|obsolete|not planned"),
    ("open", r"\bnot (?:done|started|yet)|open|to ?do|progress|wip|plan|pending|started|ongoing|backlog|new"),
    ("done", r"done|complete|closed|fixed|resolved|merged|shipped|deployed|yes|✅|✔|☑|\[x\]"),
)


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of a file that does not say it itself: of severity, categories, actions. "": nothing."""

    severity: Severity | None = None
    category: str = ""
    actions: str = ""  # open | done


class Note(msgspec.Struct, frozen=True):
    """What a reader should know; `line` 0: of the whole file."""

    line: int
    text: str


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    at: datetime
    text: str


class NewFactor(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    text: str
    category: str
    role: str
    contexts: tuple[str, ...]


class NewLearning(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    text: str


class NewAction(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is open, done or wont_do; `owner` as the file has it, to be looked up among teams."""

    line: int
    text: str
    owner: str
    due_on: date | None
    state: str
    issue: str


class Reading(msgspec.Struct, kw_only=True):
    """What is gathered beside the records while a file is read: notes, and lines that stay text."""

    wishes: Wishes
    zone: tzinfo
    now: datetime
    contexts: tuple[str, ...] = ()
    notes: list[Note] = []
    untimed: list[str] = []
    unsorted: list[str] = []
    then: list[str] = []

    def say(self, line: int, text: str) -> None:
        """Note something."""
        self.notes.append(Note(line, text))


# ------------------------------------------------------------------ timeline
def read_timeline(reading: Reading, part: Section, day: date, before: datetime | None) -> Iterator[NewEntry]:
    """Its entries: the rows and items that begin with a clock. A heading or a line with a day begins that day."""
    zone = zone_named(part.heading) or reading.zone
    if (found := instant_of(part.heading, zone)) is not None:
        day, before = found[0].date(), None
    columns: Mapping[str, int] = {}
    for block in part.blocks:
        if block.head:
            columns, zone = _columns(block), zone_named(block.text) or zone
            continue
        if block.kind is Kind.PARAGRAPH and (found := instant_of(block.text, zone)) is not None and not found[1]:
            day, before = found[0].date(), None
            continue
        said = _row_text(block, columns) if block.kind is Kind.ROW else block.text
        moment = moment_of(said, day, zone)
        if moment is None or not moment.rest:
            reading.say(block.line, f"no time of the day at its start, so it stays text: {block.text[:60]!r}")
            reading.untimed.append(block.text)
            continue
        at = in_order(moment.at, before)
        if at > reading.now:
            reading.say(block.line, f"its time lies ahead, so it stays text: {block.text[:60]!r}")
            reading.untimed.append(block.text)
            continue
        day = at.astimezone(zone).date()
        before = at
        yield NewEntry(line=block.line, at=at, text=moment.rest)


def _row_text(block: Block, columns: Mapping[str, int]) -> str:
    """A row as a line that begins with its time; columns that name a person are left out: records name roles."""
    time = columns.get("time", 0)
    left_out = (time, columns.get("owner", -1))
    rest = [cell for at, cell in enumerate(block.cells) if at not in left_out and cell]
    return f"{block.cells[time]} {' · '.join(rest)}"


def _columns(head: Block) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(head.cells):
        for name, pattern in _COLUMNS:
            if name not in found and at not in found.values() and re.search(pattern, cell.lower()):
                found[name] = at
    return found


# ------------------------------------------------------------------ factors and learnings
def read_factors(reading: Reading, part: Section) -> Iterator[NewFactor]:
    """The factors of a part; those whose category nobody says are kept as text."""
    assert part.part is not None
    if part.single:
        text = f"{part.heading!r} names one thing; what stands there became contributing factors, one among several"
        reading.say(part.line, text)
    for line, text, named in _statements(part):
        said, marked = _without_mark(text)
        chosen = category(named) or marked or part.category or ("luck" if part.part is Part.LUCK else "")
        guessed = "" if chosen else guessed_category(said)
        chosen = chosen or guessed or reading.wishes.category
        if not chosen:
            reading.say(line, f"no category is said, so it stays text to be sorted: {said[:60]!r}")
            reading.unsorted.append(said)
            continue
        contexts = (*reading.contexts, *((GUESSED,) if guessed else ()))
        yield NewFactor(line=line, text=said, category=chosen, role=ROLE_OF[part.part], contexts=contexts)


def _without_mark(text: str) -> tuple[str, str]:
    """A text without "Process:" before it or "(process)" behind it, and that category."""
    if (found := _MARK.match(text)) and (named := category(found["name"])):
        return text[found.end() :].strip(), named
    if (found := _SUFFIX.search(text)) and (named := category(found["name"])):
        return text[: found.start()].strip(), named
    return text, ""


def read_learnings(part: Section) -> Iterator[NewLearning]:
    """What was learned, one a paragraph, item or row."""
    return (NewLearning(line=line, text=text) for line, text, _ in _statements(part))


def _statements(part: Section) -> Iterator[tuple[int, str, str]]:
    """(line, text, category by its column): items and rows where there are any, else paragraphs.

    A part below a heading of its own that has no items is one statement, with the heading as its begin.
    """
    items = [block for block in part.blocks if block.kind in (Kind.ITEM, Kind.ROW) and not block.head]
    columns: Mapping[str, int] = {}
    if not items and part.shown and not part.category and part.blocks:
        yield part.line, f"{part.heading}: " + "\n\n".join(block.text for block in part.blocks), ""
        return
    for block in part.blocks:
        if block.head:
            columns = _columns(block)
        elif block.kind is Kind.ROW:
            at = columns.get("category", -1)
            cells = [cell for number, cell in enumerate(block.cells) if number != at and cell]
            yield block.line, " · ".join(cells), block.cells[at] if at >= 0 else ""
        elif block.kind is Kind.ITEM or not items:
            yield block.line, block.text, ""


# ------------------------------------------------------------------ actions
def read_actions(reading: Reading, part: Section) -> Iterator[NewAction]:
    """The actions whose state is known; of the others it is kept what was wanted."""
    columns: Mapping[str, int] = {}
    for block in part.blocks:
        if block.head:
            columns = _columns(block)
            continue
        if block.kind is Kind.PARAGRAPH and any(one.kind in (Kind.ITEM, Kind.ROW) for one in part.blocks):
            continue  # what leads over to the list
        cells = {name: block.cells[at] for name, at in columns.items()} if block.kind is Kind.ROW else {}
        action = _action(block, cells)
        state = action.state or reading.wishes.actions
        if not state:
            reading.say(block.line, f"nothing says whether it was done, so it stays text: {action.text[:60]!r}")
            reading.then.append(block.text)
        elif action.text:
            yield msgspec.structs.replace(action, state=state)


def _action(block: Block, cells: Mapping[str, str]) -> NewAction:
    text = cells.get("text") or (block.cells[0] if block.cells else block.text)
    owner, due = _OWNER.search(text), _DUE.search(text)
    state = {True: "done", False: "open", None: ""}[block.ticked] or _state(cells.get("state", ""))
    day = instant_of(cells.get("due", "") or (due["due"] if due else ""), UTC)
    return NewAction(
        line=block.line,
        text=_DUE.sub("", _OWNER.sub("", text)).strip(),
        owner=(cells.get("owner") or (owner["owner"] if owner else "")).strip().lstrip("@"),
        due_on=day[0].date() if day else None,
        state=state,
        issue=cells.get("issue", ""),
    )


def _state(text: str) -> str:
    said = text.strip().lower()
    return next((state for state, pattern in _STATES if said and re.search(pattern, said)), "")
