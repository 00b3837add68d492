"""The closing: two questions, counted without names; and when it is over, what was made and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd.domain.review_steps import Step
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.review.seen import Key, Seen, StepView, centred

_WIDTH = 64
FEELINGS = ("yes", "no", "unsure")


def _rows(seen: Seen) -> Sequence[Key]:
    """Lines to be scrolled, where there are more of them than the window has."""
    told = _blank(seen, seen.width)
    return [("line", number) for number in range(len(told))] if len(told) > max(seen.height, 1) else ()


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    told = _blank(seen, width)
    return [told[key[1]] if key[1] < len(told) else []]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    wide = min(_WIDTH, width - 6)
    closing = seen.view.closing
    lines = [] if seen.held else [*_made(seen, wide), []]
    lines += _question("Did you learn something that changes your work?", closing.learned, wide)
    lines += [[], *_question("Would you come again?", closing.come_again, wide)]
    for text in closing.texts:
        lines += [[], *([("▎ ", theme.line), (line, theme.muted)] for line in paint.wrap(text, wide - 2, 6))]
    if seen.held and seen.me() is not None:
        answered = closing.mine is not None
        what = " changes your answers" if answered else " answers; nobody sees whose answers are which"
        lines += [[], [("✓ you answered   " if answered else "", theme.success), ("w", theme.key), (what, theme.muted)]]
    return centred(seen, lines, wide)


def _question(text: str, counts: Mapping[str, int], width: int) -> list[paint.Line]:
    """The question, and a bar for each answer that was given; before any are counted, the question alone."""
    lines: list[paint.Line] = [[(text, theme.bold)]]
    if not any(counts.values()):
        return lines
    styles = {"yes": theme.success, "no": theme.warning, "unsure": theme.muted}
    for word in FEELINGS:
        count = counts.get(word, 0)
        bar = "█" * min(count * 2, max(width - 14, 2))
        lines.append([(f"  {word:<7}", theme.muted), (f"{bar} " if count else "", styles[word]),
                      (str(count), theme.plain if count else theme.faint)])  # fmt: skip
    return lines


def _made(seen: Seen, width: int) -> list[paint.Line]:
    """What people made together, and what comes next."""
    view = seen.view
    new = sum(one.new_to > 0 for one in view.accounts)
    counted = (
        (len(view.accounts), "account", f", {new} of them new to somebody" if new else ""),
        (len(view.factors), "contributing factor", ""),
        (len(view.learnings), "learning", ""),
        (len(view.ideas), "idea for later", ""),
    )
    number = f"INC-{view.review.incident_id}"
    lines: list[paint.Line] = [[("✓ The workshop is over. Thank you.", theme.success)], []]
    for count, name, more in counted:
        words = phrases.count(count, name, "ideas for later" if name.startswith("idea") else "")
        lines.append([("  · ", theme.faint), (f"{words}{more}", theme.plain)])
    lines += [[], [("NEXT", theme.heading)]]
    lines.append([("  · ", theme.faint), ("a small group makes actions of the ideas in two working days", theme.plain)])
    if view.review.state == "written":
        texts = (f"incidentctl review document {number}", f"incidentctl review check {number}")
        lines.append([("  · ", theme.faint), ("the document is being written", theme.plain)])
        lines += [[("      ", theme.plain), (text, theme.muted)] for text in texts]
    return lines


def _asks(seen: Seen, key: Key | None) -> str:
    return "Two questions before you go" if seen.held and seen.view.closing.mine is None else ""


STEP = StepView(name=Step.CLOSING, short="Closing", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
