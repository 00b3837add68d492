"""The walk: the timeline as far as it has been walked, with what people added to it. What is ahead is only counted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from incidentd.domain.review_steps import Step
from incidentd.wire.review_timeline import CuratedEntry, Moment
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows import timeline
from incidentd_tui.rows.review.seen import Key, Seen, StepView, moment_key, told

_NOW = " now "


def _rows(seen: Seen) -> Sequence[Key]:
    """Moments in their order, each run of a group under its name; the newest last, then what is ahead."""
    found: list[Key] = []
    before = ""
    for moment in seen.view.walk.moments:
        if moment.group and moment.group != before:
            found.append(("group", moment_key(moment)[1]))
        before = str(moment.group)
        found.append(moment_key(moment))
    return [*found, ("ahead", 0)] if found else []


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    walk = seen.view.walk
    if key[0] == "ahead":
        return [[], _ahead(seen, width)]
    if key[0] == "group":
        named = next((one for one in walk.moments if moment_key(one)[1] == key[1]), None)
        return [[], _group(str(named.group) if named else "", width)]
    moment = seen.moment(key)
    if moment is None:  # it is gone; the rows that follow will not have it any more
        return [[]]
    return moment_lines(seen, moment, width)


def moment_lines(seen: Seen, moment: Moment, width: int) -> list[paint.Line]:
    """A moment with notes, decision and what the viewer wrote of it."""
    walk = seen.view.walk
    newest = seen.held and not walk.walked and moment.entry.observed_at == walk.moments[-1].entry.observed_at
    start = walk.moments[0].entry.observed_at
    room = width - len(_NOW) - 1 if newest else width
    lines = timeline.row(moment.entry, start, seen.model.zone, room)
    if newest:
        lines[0] = paint.between(lines[0], [(_NOW, theme.tab_here)], width)
    hang = timeline.hang(room)
    inner = room - paint.width_of(hang)
    more = [line for note in moment.notes for line in _note(note, inner)]
    more += [line for doubt in _doubts(seen, moment) for line in _hung("? ", theme.warning, doubt, inner)]
    for account in seen.accounts_at(moment):
        if account.mine:
            more.append([("✎ your account", theme.primary)])
            parts = (("saw", account.saw), ("thought", account.thought), ("tried", account.tried), ("", account.text))
            more += told(parts, inner)
    return [*lines, *([*hang, *line] for line in more)]


def _note(note: CuratedEntry, width: int) -> list[paint.Line]:
    """What somebody added: a note, a source, or what was decided with what people saw, wanted and could have done."""
    if note.kind == "decision":
        head: list[paint.Line] = [[("◆ decision point", theme.success), (f"  {note.text}", theme.plain)]]
        return [*head, *told((("cues", note.cues), ("goals", note.goals), ("options", note.options)), width)]
    mark = "▤" if note.kind == "source" else "•"
    return _hung(f"{mark} ", theme.faint, f"{note.by}: {note.text}" if note.by else note.text, width)


def _hung(mark: str, style: Style, text: str, width: int) -> list[paint.Line]:
    """A text that hangs under its mark of two cells."""
    texts = paint.wrap(text, width - 2, 8)
    return [[(mark if not number else "  ", style), (line, theme.muted)] for number, line in enumerate(texts)]


def _doubts(seen: Seen, moment: Moment) -> list[str]:
    """What does not fit about this moment, said at the last one that it is about; what is of none, at the first."""
    moments = seen.view.walk.moments
    found = []
    for doubt in seen.view.walk.doubts:
        about = [one for one in moments if one.entry.seq in doubt.seqs and one.entry.seq]
        if (about[-1] if about else moments[0]) is moment:
            found.append(str(doubt.text))
    return found


def _group(name: str, width: int) -> paint.Line:
    rule = "─" * max(width - paint.width_of([(name, theme.plain)]) - 5, 2)
    return [("── ", theme.line), (paint.crop(name, width - 8), theme.heading), (f" {rule}", theme.line)]


def _ahead(seen: Seen, width: int) -> paint.Line:
    """What comes next is hidden, and it is said how much that is."""
    walk = seen.view.walk
    if not walk.ahead:
        return [("   ■ ", theme.faint), ("the end of the timeline", theme.muted)]
    drives: paint.Line = [("   n", theme.key), (" shows the next", theme.muted)] if seen.view.drives else []
    dots = "▒" * min(walk.ahead, max(width - 54, 4))
    return [(f"   {dots} ", theme.line), (f"{phrases.count(walk.ahead, 'moment')} ahead, hidden", theme.muted), *drives]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    if not seen.view.walk.ahead:
        return [[], [("  Nothing happened yet that the timeline holds.", theme.muted)]]
    what = f"  {phrases.count(seen.view.walk.ahead, 'moment')} ahead, all hidden."
    if seen.view.drives or seen.alone:
        return [[], [(what, theme.muted)], [("  n", theme.key), (" shows the first", theme.muted)]]
    return [[], [(what, theme.muted)], [("  The facilitator shows the first one.", theme.muted)]]


def _asks(seen: Seen, key: Key | None) -> str:
    moment = seen.moment(key)
    if moment is None:
        return ""
    return f"What did you see, think, try at {phrases.hour(moment.entry.observed_at, seen.model.zone)}?"


STEP = StepView(name=Step.WALK, short="Walk", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
