"""What stands beside the step: what was said, what is there already, who is here. Rows are lines."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.review_steps import GUIDES
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.review.seen import Seen


def lines(seen: Seen, width: int) -> list[paint.Line]:
    """Everything, in `width` cells: the newest talk first, as it is what one looks for."""
    return [*_talk(seen, width), [], *_so_far(seen), [], *_here(seen), *_faults(seen, width)]


def _talk(seen: Seen, width: int) -> list[paint.Line]:
    """What was said, as somebody wrote it down: the newest first, under the step it belongs to."""
    head: paint.Line = [("TALK", theme.heading), ("  t", theme.key), (" notes what is said", theme.faint)]
    found: list[paint.Line] = [head]
    before = ""
    for note in sorted(seen.view.talk, key=lambda one: -one.id):
        if note.step != before:
            found.append([(_title(note.step), theme.faint)])
        before = note.step
        who = f"{phrases.hour(note.at, seen.model.zone)} {note.by} "
        texts = paint.wrap(note.text, width - 2, 6)
        found.append([(who, theme.muted)])
        found += [[("  ", theme.plain), (text, theme.plain)] for text in texts]
    return found if len(found) > 1 else [head, [("nothing yet", theme.faint)]]


def _title(step: str) -> str:
    return next((guide.title for name, guide in GUIDES.items() if name == step), step)


def _so_far(seen: Seen) -> list[paint.Line]:
    """What there is already. Of hidden factors only the number."""
    view = seen.view
    counted: Sequence[tuple[str, int, str]] = (
        ("accounts", len(view.accounts), ""),
        ("factors", view.review.factors, f"{view.factors_hidden} hidden" if view.factors_hidden else ""),
        ("learnings", len(view.learnings), ""),
        ("ideas", len(view.ideas), ""),
    )
    found: list[paint.Line] = [[("SO FAR", theme.heading)]]
    for name, count, more in counted:
        style = theme.plain if count else theme.faint
        found.append([(f"{count:>4} ", style), (name, theme.muted), (f"  {more}" if more else "", theme.faint)])
    return found


def _here(seen: Seen) -> list[paint.Line]:
    """Who takes part, what each does now, and who has left."""
    found: list[paint.Line] = [[("TAKING PART", theme.heading), (f"  {len(seen.present)}", theme.faint)]]
    doing = {str(one.person): one for one in seen.here}
    for one in seen.view.participants:
        sign = doing.get(str(one.person))
        drives = "  drives" if seen.held and one.person == seen.view.review.facilitator else ""
        if one.left_at is not None:
            found.append([("○ ", theme.faint), (f"{one.person}  left", theme.faint)])
            continue
        there = sign is not None and sign.state != "away"
        mark, style = ("●", theme.success) if there else ("○", theme.faint)
        what = f"  writes {sign.what}" if sign is not None and sign.state == "writing" else ""
        found.append([(f"{mark} ", style), (one.person, theme.plain), (drives, theme.muted), (what, theme.primary)])
    return found


def _faults(seen: Seen, width: int) -> list[paint.Line]:
    """What speaks against whoever drives: shown, and refused by nobody."""
    return [[("▲ " if not number else "  ", theme.warning), (text, theme.muted)]
            for fault in (seen.view.facilitator_faults if seen.held else ())
            for number, text in enumerate(paint.wrap(fault, width - 2, 4))]  # fmt: skip
