"""What the head of a review's file says: title, times, severity, service and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from incidentd.domain.front_matter import BadDocument, Value
from incidentd.domain.imported_parts import Note, Wishes
from incidentd.domain.imported_sections import Section
from incidentd.domain.incidents import FUTURE_TOLERANCE
from incidentd.domain.markdown_outline import Kind
from incidentd.domain.severity import Severity
from incidentd.domain.written_times import instant_of, length_of

_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "incident"),
    "date": ("date", "incident_date", "day", "occurred"),
    "started": ("started", "started_at", "start", "start_time", "incident_start", "began", "from"),
    "resolved": ("resolved", "resolved_at", "end", "ended", "end_time", "incident_end", "until", "to"),
    "duration": ("duration", "length", "time_to_resolve"),
    "severity": ("severity", "sev", "priority", "level"),
    "service": ("service", "services", "component", "components", "system", "systems"),
    "tags": ("tags", "labels", "keywords", "contexts"),
    "zone": ("timezone", "time_zone", "zone", "tz"),
}
_PEOPLE = ("author", "authors", "owner", "lead", "facilitator", "participants", "responders", "commander", "scribe")
_PAIR = re.compile(
    r"^\s*[-*+]?\s*(?:\*\*|__)?(?P<key>[A-Za-z][A-Za-z _-]{1,24}?)(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*(?P<value>\S.*)$"
)
_OLD_WORD = re.compile(
    r"^(?:incident\s+)?(?:post\W*mortem|retro(?:spective)?|review|report)\s*[:–—-]\s*", re.IGNORECASE
)
_LEVEL = re.compile(r"^(?:sev|severity|s|p|priority|level)?[\s_-]*(?P<number>[0-5])\b", re.IGNORECASE)
_WORDS: Mapping[str, Severity] = {
    "critical": Severity.SEV1, "blocker": Severity.SEV1, "major": Severity.SEV2, "high": Severity.SEV2,
    "moderate": Severity.SEV3, "medium": Severity.SEV3, "minor": Severity.SEV3, "low": Severity.SEV4,
    "trivial": Severity.SEV5, "cosmetic": Severity.SEV5,
}  # fmt: skip
_DAY_OF_NAME = re.compile(r"(?:^|/)(\d{4}-\d\d-\d\d)")
_MOST_TAGS, _LONGEST_TAG, _LONGEST_TITLE, _LONGEST_SERVICE = 15, 60, 250, 200


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """`day` is where times without a day belong; `started_at` and `resolved_at` are None when nothing says them."""

    title: str
    severity: Severity
    service: str
    tags: tuple[str, ...]
    zone: tzinfo
    day: datetime
    started_at: datetime | None
    resolved_at: datetime | None
    resolved_line: int
    lasted: timedelta | None
    notes: tuple[Note, ...]


class _Values:
    """The values of a head by what they mean, whatever they are called."""

    def __init__(self, given: Mapping[str, Value]) -> None:
        self.notes: list[Note] = []
        self._by_key = {re.sub(r"[\s-]+", "_", key.strip()): value for key, value in given.items()}

    def get(self, meaning: str) -> Value | None:
        """The first that is there, None without."""
        return next((self._by_key[key] for key in _KEYS[meaning] if key in self._by_key), None)

    def tell_the_rest(self) -> None:
        """Note what was given and is not carried over."""
        known = {key for keys in _KEYS.values() for key in keys}
        for key, value in self._by_key.items():
            if key in _PEOPLE:
                self.notes.append(Note(value.line, f"{key} is left out: records name roles and not people"))
            elif key not in known:
                self.notes.append(Note(value.line, f"{key} is not carried over"))


def read_head(name: str, given: Mapping[str, Value], parts: tuple[Section, ...], wishes: Wishes, now: datetime) -> Head:
    """Read it from front matter, else from `Key: value` lines before the first part. Raises `BadDocument`."""
    values = _Values({**dict(_lines_of_pairs(parts)), **given})
    zone = _zone(values)
    started, resolved = _instant(values, "started", zone), _instant(values, "resolved", zone)
    day = _day(name, values, zone, started, now)
    lasted = values.get("duration")
    title, severity = _title(name, values, parts), _severity(values, wishes)
    service, tags = values.get("service"), values.get("tags")
    values.tell_the_rest()
    return Head(
        title=title,
        severity=severity,
        service=_texts(service)[0][:_LONGEST_SERVICE] if service and _texts(service) else "",
        tags=tuple(one[:_LONGEST_TAG] for one in _texts(tags)[:_MOST_TAGS]) if tags else (),
        zone=zone,
        day=day,
        started_at=started,
        resolved_at=resolved,
        resolved_line=found.line if (found := values.get("resolved")) else 0,
        lasted=length_of(lasted.texts[0]) if lasted else None,
        notes=tuple(values.notes),
    )


def _lines_of_pairs(parts: tuple[Section, ...]) -> Iterator[tuple[str, Value]]:
    """`Key: value` lines, and rows of two columns, that stand before the first part. The first of a name counts."""
    known = {key for keys in _KEYS.values() for key in keys} | set(_PEOPLE)
    found: dict[str, Value] = {}
    for part in parts:
        if part.part is not None:
            break
        for block in part.blocks:
            if block.kind is Kind.ROW and len(block.cells) == 2:
                lines = [f"{block.cells[0].strip(':')}: {block.cells[1]}"]
            else:
                lines = block.source.split("\n")
            for at, line in enumerate(lines):
                pair = _PAIR.match(line)
                key = re.sub(r"[\s-]+", "_", pair["key"].strip().lower()) if pair else ""
                if pair and key in known:
                    found.setdefault(key, Value(block.line + at, (pair["value"].strip(" *_`"),)))
    return iter(found.items())


def lead_of(parts: tuple[Section, ...]) -> str:
    """The prose before the first part, without what is said of the file there."""
    blocks = [block for part in parts if part.part is None for block in part.blocks]
    paragraphs = [block for block in blocks if block.kind is Kind.PARAGRAPH]
    return "\n\n".join(block.source for block in paragraphs if not _PAIR.match(block.source))


def _texts(value: Value) -> list[str]:
    """Several texts, also where one text lists them with commas."""
    parts = value.texts if len(value.texts) > 1 else value.texts[0].split(",")
    return [one.strip() for one in parts if one.strip()]


def _zone(values: _Values) -> tzinfo:
    value = values.get("zone")
    if value is None:
        return UTC
    try:
        return ZoneInfo(value.texts[0])
    except (ZoneInfoNotFoundError, OSError, ValueError):
        remedy = "name one such as Europe/Berlin, or UTC"
        raise BadDocument(f"there is no time zone {value.texts[0]!r}", value.line, remedy) from None


def _instant(values: _Values, meaning: str, zone: tzinfo) -> datetime | None:
    value = values.get(meaning)
    if value is None:
        return None
    found = instant_of(value.texts[0], zone)
    if found is None:
        remedy = "write it as 2024-03-01 14:05, with its zone if it is not UTC"
        raise BadDocument(f"{meaning}: {value.texts[0]!r} is no time", value.line, remedy)
    return found[0].astimezone(UTC)


def _day(name: str, values: _Values, zone: tzinfo, started: datetime | None, now: datetime) -> datetime:
    """The day that it is about: by its date, its start, or the name of the file."""
    value = values.get("date")
    if value is not None:
        found = instant_of(value.texts[0], zone)
        if found is None:
            remedy = "write it as 2024-03-01: which number is the month of another form cannot be told"
            raise BadDocument(f"date: {value.texts[0]!r} is no day", value.line, remedy)
        day = found[0]
    elif started is not None:
        day = started
    elif (named := _DAY_OF_NAME.search(name)) and (of_name := _as_day(named[1])):
        values.notes.append(Note(0, f"no date is said: {of_name.isoformat()} by the name of the file"))
        day = datetime(of_name.year, of_name.month, of_name.day, tzinfo=zone)
    else:
        raise BadDocument("nothing says when it was", 0, "add `date: 2024-03-01` to its front matter")
    if not 1970 <= day.year <= 2200 or day > now + FUTURE_TOLERANCE:
        raise BadDocument(
            f"{day:%Y-%m-%d} is no day on which it can have been", value.line if value else 0, "correct the date"
        )
    return day


def _as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _title(name: str, values: _Values, parts: tuple[Section, ...]) -> str:
    value = values.get("title")
    heading = next((one.heading for one in parts if one.level == 1 and one.part is None), "")
    title = _OLD_WORD.sub("", (value.texts[0] if value else heading).strip()).strip()
    if not title:
        raise BadDocument(f"{name} has no title", 0, "add `title: ...` to its front matter, or a heading of level 1")
    if len(title) > _LONGEST_TITLE:
        values.notes.append(Note(value.line if value else 0, f"the title was cut to {_LONGEST_TITLE} characters"))
    return title[:_LONGEST_TITLE]


def _severity(values: _Values, wishes: Wishes) -> Severity:
    value = values.get("severity")
    if value is None:
        if wishes.severity is None:
            remedy = "add `severity: SEV2` to its front matter, or say it for all files with --severity"
            raise BadDocument("nothing says how severe it was", 0, remedy)
        return wishes.severity
    said = value.texts[0].strip()
    if found := _LEVEL.match(said):
        number = max(1, int(found["number"]))
        severity = Severity(f"SEV{number}")
    elif (word := re.split(r"\W", said.lower())[0]) in _WORDS:
        severity = _WORDS[word]
    else:
        raise BadDocument(f"severity: {said!r} is none of SEV1 to SEV5", value.line, "write SEV1 (worst) to SEV5")
    if said.upper() != severity:
        values.notes.append(Note(value.line, f"severity {said!r} was read as {severity}"))
    return severity
