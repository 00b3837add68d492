"""The monthly letter: when it is sent, which month it is about, and how it reads.

It says what was learned and which promises were kept, as counts with what they are of. It names nobody and ranks
nothing; what is quoted in it was published, and names nobody either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time

import msgspec

from incidentd.domain.display import safe_line
from incidentd.domain.markdown import inline
from incidentd.domain.wall_clock import instant, wall

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
LAST_DAY = 28
"""The last day of a month that every month has."""
_QUOTED = 300  # characters of what is quoted


class LetterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`day` is that of the month, 1 to 28; `to` names audiences, or a team as team:NAME."""

    day: int
    at: time
    zone: str
    to: tuple[str, ...]


# ------------------------------------------------------------------ months
def is_month(text: str) -> bool:
    """Whether it is a month as 2026-03, of a year that a calendar can reckon with."""
    return bool(_MONTH.fullmatch(text)) and 1970 <= int(text[:4]) <= 9000


def month_at(at: datetime, zone: str) -> str:
    """The month at an instant, by the clocks of a zone."""
    return f"{wall(at, zone):%Y-%m}"


def month_before(month: str) -> str:
    """The month before one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04}-12" if number == 1 else f"{year:04}-{number - 1:02}"


def month_after(month: str) -> str:
    """The month after one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + 1:04}-01" if number == 12 else f"{year:04}-{number + 1:02}"


def span(month: str, zone: str) -> tuple[datetime, datetime]:
    """When a month begins and when the next one does, by the clocks of a zone."""
    return _day(month, 1, time(0), zone), _day(month_after(month), 1, time(0), zone)


def next_at(settings: LetterSettings, now: datetime) -> datetime:
    """The next time after `now` at which a letter is due; it is about the month before."""
    month = month_at(now, settings.zone)
    due = _day(month, settings.day, settings.at, settings.zone)
    return due if due > now else _day(month_after(month), settings.day, settings.at, settings.zone)


def _day(month: str, day: int, at: time, zone: str) -> datetime:
    return instant(datetime.combine(date(int(month[:4]), int(month[5:]), day), at), zone)


def title(month: str) -> str:
    """What the letter about a month is called."""
    return f"Letter of {_NAMES[int(month[5:]) - 1]} {month[:4]}"


# ------------------------------------------------------------------ what it says
class Share(msgspec.Struct, frozen=True, kw_only=True):
    """`n` of `of`; `title` is that of the figure, `noun` what it is of where that does not say it."""

    title: str
    n: int
    of: int
    noun: str = ""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody wrote, and where: INC-3, L-7, V-4 ..."""

    where: str
    text: str


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One that ran in the month. `verdict` is keep, adapt, drop, cannot_tell or stopped, and "" while it runs; `why` is
    what was said about that."""

    name: str
    hypothesis: str
    ends_on: str
    verdict: str = ""
    why: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter is made of; a text is "" where it names somebody.

    `unquoted` are learnings that are counted only: they name somebody, or a review under way must not know them yet.
    `used` is the learning of most use, and `uses` how often it was used.
    """

    month: str
    review_name: str
    so_far: bool = False  # the month is not over
    published: int = 0
    learnings: tuple[Quote, ...] = ()
    unquoted: int = 0
    promises: tuple[Share, ...] = ()
    near_misses: tuple[Share, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    versions: tuple[Quote, ...] = ()
    ideas_waiting: int = 0
    ideas_new: int = 0
    used: Quote | None = None
    uses: int = 0
    questions: tuple[Quote, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to say: such a letter is not sent."""
        shares = any(one.of for one in (*self.promises, *self.near_misses))
        return not (
            shares or self.published or self.learnings or self.unquoted or self.experiments or self.versions
            or self.ideas_waiting or self.used or self.questions
        )  # fmt: skip


Say = Callable[[str], str]
"""What others wrote, on one line, as the kind of document needs it."""


def markdown(facts: Facts) -> str:
    """The letter in Markdown; what others wrote is shown and never acted on."""
    parts = [f"## {heading}\n\n{_listed(lines)}" for heading, lines in _parts(facts, _inline)]
    return "\n\n".join([f"# {_headline(facts)}", *parts]) + "\n"


def plain(facts: Facts) -> str:
    """The same as plain text, for a message."""
    parts = [f"{heading}\n{_listed(lines)}" for heading, lines in _parts(facts, _line)]
    return "\n\n".join(parts) + "\n"


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _inline(said: str) -> str:
    return inline(said, _QUOTED)


def _line(said: str) -> str:
    return safe_line(said, _QUOTED)


def _headline(facts: Facts) -> str:
    return f"{title(facts.month)}, so far" if facts.so_far else title(facts.month)


def _parts(facts: Facts, say: Say) -> Iterator[tuple[str, list[str]]]:
    """Each heading that has anything below it, with its lines."""
    parts = (
        ("What was learned", _learned(facts, say)),
        ("Promises", _shares(facts.promises, say, "No promise fell due")),
        ("Near misses", _shares(facts.near_misses, say, "")),
        ("Experiments", (_experiment(one, say) for one in facts.experiments)),
        ("The process", (f"{one.where} came into force{_after(one.text, say)}" for one in facts.versions)),
        ("Ideas", _ideas(facts)),
        ("Used again", _used(facts, say)),
        ("Open questions", (f"{say(one.text)} ({one.where})" for one in facts.questions)),
    )
    for heading, lines in parts:
        if found := list(lines):
            yield heading, found


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _after(said: str, say: Say) -> str:
    return f": {say(said)}" if said.strip() else ""


def _learned(facts: Facts, say: Say) -> Iterator[str]:
    written = len(facts.learnings) + facts.unquoted
    name = say(facts.review_name)
    if facts.published:
        yield f"{name} published: {facts.published}, with {_count(written, 'learning', 'learnings')}"
    else:
        yield f"No {name} was published"
    yield from (f"{say(one.text)} ({one.where})" for one in facts.learnings)
    if facts.unquoted:
        yield f"{_count(facts.unquoted, 'learning is', 'learnings are')} not quoted here: incidentctl learn"


def _shares(found: Sequence[Share], say: Say, nothing: str) -> Iterator[str]:
    some = [one for one in found if one.of]
    if found and not some and nothing:
        yield nothing
    for one in some:
        yield f"{say(one.title)}: {one.n} of {one.of} {one.noun}".rstrip()


_VERDICTS = {
    "keep": "it is kept",
    "adapt": "it goes on in another form",
    "drop": "it is dropped",
    "cannot_tell": "nobody can tell",
    "stopped": "it was stopped",
}


def _experiment(one: Experiment, say: Say) -> str:
    if not one.verdict:
        return f"{one.name} runs until {one.ends_on}{_after(one.hypothesis, say)}"
    tried = f" (tried: {say(one.hypothesis)})" if one.hypothesis.strip() else ""
    return f"{one.name} ended, {_VERDICTS[one.verdict]}{_after(one.why, say)}{tried}"


def _ideas(facts: Facts) -> Iterator[str]:
    if facts.ideas_waiting:
        wait = _count(facts.ideas_waiting, "idea waits", "ideas wait")
        yield f"{wait} for the next process retro, {facts.ideas_new} of them from this month"


def _used(facts: Facts, say: Say) -> Iterator[str]:
    if facts.used is not None:
        times = _count(facts.uses, "time", "times")
        yield f"{say(facts.used.text)} ({facts.used.where}), used {times} this month, more than any other"
