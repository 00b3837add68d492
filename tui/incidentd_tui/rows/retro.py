"""A process retro on the screen: where it stands, who is here, and the rows of each of its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

import msgspec

from incidentd.domain.retro_steps import ORDER, Step
from incidentd.wire.experiments import Experiment, ProcessIdea, RetroParticipant, RetroTopic, RetroView
from incidentd.wire.figures import Figure
from incidentd.wire.presence import Present
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import figures as figure_rows

Key = tuple[str, int]
"""What a row is about: ("idea", 4), ("topic", 2). Heads are in `PASSED`."""
PASSED = frozenset({"head", "gap", "words"})
_SHORT = {Step.FIGURES: "Figures", Step.IDEAS: "Ideas", Step.VOTE: "Vote", Step.TOPICS: "Topics",
          Step.OUTCOME: "Outcome"}  # fmt: skip
_STATES = {"due": "DUE", "running": "HELD", "paused": "PAUSED", "finished": "HELD BEFORE"}


class Seen(msgspec.Struct, frozen=True):
    """What a step can show. `step` is the one that is looked at; `marked` are ideas that are about to be one topic."""

    model: Model
    view: RetroView
    step: str
    figures: tuple[Figure, ...] = ()
    marked: frozenset[int] = frozenset()
    here: tuple[Present, ...] = ()  # at a terminal, whether or not they take part

    @property
    def held(self) -> bool:
        """Whether it is under way."""
        return self.view.retro.state in ("running", "paused")

    @property
    def present(self) -> tuple[RetroParticipant, ...]:
        """Who takes part now, in the order in which they came."""
        return tuple(one for one in self.view.participants if one.left_at is None)

    def me(self) -> RetroParticipant | None:
        """The viewer as a participant, None when they only look on."""
        return next((one for one in self.present if one.person == self.model.me), None)

    def idea(self, key: Key | None) -> ProcessIdea | None:
        """The idea of a row."""
        return next((one for one in self.view.ideas if key == ("idea", one.id)), None)

    def topic(self, key: Key | None) -> RetroTopic | None:
        """The topic of a row."""
        return next((one for one in self.view.topics if key == ("topic", one.id)), None)

    def experiment(self, key: Key | None) -> Experiment | None:
        """The experiment of a row."""
        return next((one for one in self.view.experiments if key == ("experiment", one.id)), None)


def place(step: str) -> int:
    """Where a step stands in the order, counted from 0."""
    return next((number for number, one in enumerate(ORDER) if one == step), 0)


def short(step: str) -> str:
    """A word for a step."""
    return _SHORT[ORDER[place(step)]]


# ------------------------------------------------------------------ the head
def title(seen: Seen) -> tuple[paint.Line, paint.Line]:
    """Which retro, and what it looks at; at the right the state and the timer."""
    retro = seen.view.retro
    whose = f"of {retro.team}" if retro.team else "of all teams"
    left: paint.Line = [(f" PR-{retro.id}  ", theme.muted), ("Process retro ", theme.bold), (whose, theme.bold)]
    left.append((f"   {_period(seen)}", theme.muted))
    chip = theme.chip if retro.state == "paused" else theme.tab_here
    return left, [(f" {_STATES.get(retro.state, retro.state.upper())} ", chip), *_timer(seen)]


def _period(seen: Seen) -> str:
    retro, zone = seen.view.retro, seen.model.zone
    until = _day(retro.until, zone)
    if retro.since is None:
        return f"until {until}"
    since = _day(retro.since, zone)
    return f"{since.removesuffix(until[-5:])} to {until}"  # the year once where it is the same


def _day(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%d %b %Y")


def _timer(seen: Seen) -> paint.Line:
    """What is left of the step; one that is over says so, and nothing stops for it."""
    retro = seen.view.retro
    if retro.state == "paused":
        kept = f"  {phrases.clock(timedelta(seconds=retro.left))} kept " if retro.left else "  "
        return [(kept, theme.muted)]
    if not seen.held or retro.step_ends_at is None:
        return [(" ", theme.plain)]
    left = retro.step_ends_at - seen.model.now()
    if left < timedelta():
        return [(f"  !{phrases.clock(-left)} over ", theme.warning)]
    return [(f"  {phrases.clock(left)}", theme.bold), (" left ", theme.muted)]


def stepper(seen: Seen) -> paint.Line:
    """Done, here, ahead."""
    here = place(seen.view.retro.step) if seen.held else len(ORDER)
    spans: paint.Line = [(" ", theme.plain)]
    for number, step in enumerate(ORDER):
        mark, style = ("✓", theme.success) if number < here else ("●", theme.warning)
        mark, style = (mark, style) if number <= here else ("○", theme.faint)
        if number:
            spans.append((" ── ", theme.line))
        looked_at = step == seen.step and number != here
        spans.append((f"{mark} {_SHORT[step]}", theme.tab_here if looked_at else style))
    return spans


def people(seen: Seen) -> tuple[paint.Line, paint.Line]:
    """Who drives, who is here and which of them are done; at the right how many are."""
    retro, line = seen.view.retro, [(" ", theme.plain)]
    away = {str(one.person) for one in seen.here if one.state == "away"}
    writing = {str(one.person) for one in seen.here if one.state == "writing"} - {str(seen.model.me)}
    if seen.held and all(one.person != retro.facilitator for one in seen.present):
        line += [(str(retro.facilitator) or "nobody", theme.warning), (" drives, and is not here   ", theme.muted)]
    for one in sorted(seen.present, key=lambda each: each.person != retro.facilitator):
        mark, style = ("✓", theme.success) if one.done_step == retro.step else ("·", theme.faint)
        name = f"{one.person} (you)" if one.person == seen.model.me else str(one.person)
        drives = " drives" if one.person == retro.facilitator else ""
        line += [(f"{mark} ", style), (name, theme.faint if str(one.person) in away else theme.plain)]
        line += [(drives, theme.muted), (" ✎" if str(one.person) in writing else "", theme.primary)]
        line.append(("   ", theme.plain))
    line += _looking_on(seen)
    if not seen.held or len(seen.present) < 2:
        return line, [(" ", theme.plain)]
    done = sum(one.done_step == retro.step for one in seen.present)
    return line, [(f"{done} of {len(seen.present)} done ", theme.muted)]


def _looking_on(seen: Seen) -> paint.Line:
    """Who is at a terminal and does not take part."""
    members = {str(one.person) for one in seen.present}
    others = [str(one.person) for one in seen.here if str(one.person) not in members]
    return [(f"{', '.join(others)} {'looks' if len(others) == 1 else 'look'} on   ", theme.faint)] if others else []


def guide(seen: Seen, width: int) -> list[paint.Line]:
    """What its facilitator reads out."""
    text = next((str(one.text) for one in seen.view.steps if one.name == seen.step), "") if seen.held else ""
    lines = paint.wrap(text, width - 4, 3) if text else []
    return [[(" ▎ " if not number else "   ", theme.primary), (line, theme.muted)]
            for number, line in enumerate(lines)]  # fmt: skip


# ------------------------------------------------------------------ the rows of each step
def rows(seen: Seen) -> list[Key]:
    """The keys of the step that is looked at, in order."""
    return _ROWS[ORDER[place(seen.step)]](seen)


def _figures(seen: Seen) -> list[Key]:
    return [("words", 0), *(("figure", number) for number in range(len(seen.figures)))] if seen.figures else []


def _ideas(seen: Seen) -> list[Key]:
    """Those that are in a topic stand under it."""
    grouped = {number for topic in seen.view.topics for number in topic.ideas}
    found: list[Key] = []
    for topic in seen.view.topics:
        found += [("topic", topic.id), *(("idea", number) for number in topic.ideas)]
    loose: list[Key] = [("idea", one.id) for one in seen.view.ideas if one.id not in grouped]
    hidden: list[Key] = [("words", 1)] if seen.view.ideas_hidden else []
    return [*hidden, *found, *([("gap", 0)] if found and loose else []), *loose]


def _votes(seen: Seen) -> list[Key]:
    """The most votes first, once they are counted."""
    ranked = sorted(seen.view.topics, key=lambda one: -(one.votes or 0)) if seen.view.votes_shown else seen.view.topics
    return [("words", 2), *(("topic", one.id) for one in ranked)] if ranked else []


def _topics(seen: Seen) -> list[Key]:
    ranked = sorted(seen.view.topics, key=lambda one: (not one.chosen, -(one.votes or 0)))
    return [("topic", one.id) for one in ranked]


def _outcome(seen: Seen) -> list[Key]:
    words: list[Key] = [("words", 3)] if seen.view.retro.outcome else []
    return [*words, *(("experiment", one.id) for one in seen.view.experiments)]


_ROWS: Mapping[Step, Callable[[Seen], list[Key]]] = {
    Step.FIGURES: _figures,
    Step.IDEAS: _ideas,
    Step.VOTE: _votes,
    Step.TOPICS: _topics,
    Step.OUTCOME: _outcome,
}


def draw(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    """One row."""
    kind, number = key
    if kind == "figure":
        return [figure_rows.row(seen.figures[number], width)] if number < len(seen.figures) else [[]]
    if kind == "words":
        return _words(seen, number, width)
    if (idea := seen.idea(key)) is not None:
        return _idea(seen, idea, width)
    if (topic := seen.topic(key)) is not None:
        return _topic(seen, topic, width)
    found = seen.experiment(key)
    return experiment(found, width) if found is not None else [[]]


def _words(seen: Seen, number: int, width: int) -> list[paint.Line]:
    if number == 0:
        [(names, style)] = figure_rows.header(width)
        return [[(names.removeprefix(" "), style)]]  # the row has its own gutter
    if number == 1:
        hidden = phrases.count(seen.view.ideas_hidden, "idea")
        return [[("OTHERS", theme.heading), (f"  {hidden}, hidden until everybody is done", theme.faint)]]
    if number == 2:
        return [_votes_left(seen)]
    return [[(text, theme.plain)] for text in paint.wrap(str(seen.view.retro.outcome), width, 20)] + [[]]


def _votes_left(seen: Seen) -> paint.Line:
    if seen.view.votes_shown:
        return [("COUNTED", theme.heading), ("  C chooses two or three to talk about", theme.faint)]
    mine = seen.me()
    if mine is None:
        return [("They vote", theme.muted)]
    return [("YOUR VOTES", theme.heading), (f"  {mine.votes_left} of {seen.view.votes_each} left", theme.plain),
            ("   + gives one, - takes it back; shown when everybody is done", theme.faint)]  # fmt: skip


def _idea(seen: Seen, one: ProcessIdea, width: int) -> list[paint.Line]:
    grouped = any(one.id in topic.ideas for topic in seen.view.topics)
    mark = "▸ " if one.id in seen.marked else "  · " if grouped else "· "
    indent = len(mark)
    texts = paint.wrap(str(one.text), width - indent, 6)
    style = theme.muted if grouped else theme.plain
    lines: list[paint.Line] = [[(mark, theme.primary), (texts[0], style)]]
    lines += [[(" " * indent, theme.plain), (text, style)] for text in texts[1:]]
    who = "yours" if one.mine else str(one.by) or "without a name"
    facts = [f"PI-{one.id}", who, *([_about(str(one.about))] if one.about else [])]
    return [*lines, [(" " * indent + "  ".join(facts), theme.faint)]]


def _about(about: str) -> str:
    kind, _, name = about.partition(":")
    return f"INC-{name}" if kind == "incident" else name


def _topic(seen: Seen, one: RetroTopic, width: int) -> list[paint.Line]:
    mark = "★ " if one.chosen else "◆ "
    tail = _tally(seen, one)
    texts = paint.wrap(str(one.text), max(width - 2 - paint.width_of(tail), 20), 6)
    lines: list[paint.Line] = [paint.between([(mark, theme.warning), (texts[0], theme.bold)], tail, width)]
    lines += [[("  ", theme.plain), (text, theme.bold)] for text in texts[1:]]
    if seen.step in (Step.TOPICS, Step.OUTCOME):
        lines += [[("  ", theme.plain), (text, theme.plain)] for text in paint.wrap(str(one.notes), width - 2, 12)]
    return lines


def _tally(seen: Seen, one: RetroTopic) -> paint.Line:
    """One's own votes as dots; those of all once they are counted."""
    if seen.step == Step.IDEAS:
        return [(phrases.count(len(one.ideas), "idea"), theme.faint)]
    mine = "●" * one.mine
    if one.votes is None:
        return [(mine, theme.primary)]
    return [(f"{mine} ", theme.primary), (phrases.count(one.votes, "vote"), theme.bold)]


def experiment(one: Experiment, width: int) -> list[paint.Line]:
    """What is tried, on which figure, until when, and how it stands."""
    state = str(one.verdict).replace("_", " ") or str(one.state)
    head: paint.Line = [(f"X-{one.id}  ", theme.muted), (str(one.title), theme.bold)]
    facts = f"{one.figure} {one.expects}, until {one.ends_on.isoformat()}"
    if one.counter_figure:
        facts += f"; not worse: {one.counter_figure}"
    return [
        paint.between(head, [(state, theme.warning if one.state == "asking" else theme.primary)], width),
        [("      ", theme.plain), (paint.crop(facts, width - 6), theme.muted)],
    ]


def blank(seen: Seen) -> list[paint.Line]:
    """What a step without rows says."""
    words: Mapping[Step, Sequence[str]] = {
        Step.FIGURES: ("counting …",),
        Step.IDEAS: ("Nothing is written yet: w writes an idea.",),
        Step.VOTE: ("There is no topic to vote for: B goes back, space and M make one of ideas.",),
        Step.TOPICS: ("There is no topic.",),
        Step.OUTCOME: ("No experiment came out of it yet: X writes one down.",),
    }
    lines: list[paint.Line] = [[], *([(f"  {text}", theme.muted)] for text in words[ORDER[place(seen.step)]])]
    hidden = seen.view.ideas_hidden if seen.step == Step.IDEAS else 0
    return [*lines, [(f"  {phrases.count(hidden, 'idea')} of others, hidden still", theme.faint)]] if hidden else lines
