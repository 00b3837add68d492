"""Contributing factors: written silently, counted until they are revealed, then grouped by category."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.review_steps import Step
from incidentd.wire.review_records import Evidence, Factor
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.review.seen import Key, Seen, StepView

CATEGORIES = ("technical", "organisational", "human-factors", "process", "external", "luck")
ROLES = ("enabler", "mitigator", "surprise", "risk", "difficulty")
_MARKS = {"enabler": "+", "mitigator": "▼", "surprise": "✦", "risk": "▲", "difficulty": "◆"}


def factor(seen: Seen, key: Key | None) -> Factor | None:
    """The factor of a row."""
    wanted = key[1] if key is not None and key[0] == "factor" else None
    return next((one for one in seen.view.factors if one.id == wanted), None)


def _rows(seen: Seen) -> Sequence[Key]:
    """One's own while they are hidden; then all by category, what says the same under the one it is merged into."""
    if not seen.revealed:
        mine: list[Key] = [("factor", one.id) for one in seen.view.factors]
        return [("words", 0), *mine] if mine else []
    found: list[Key] = []
    for number, category in enumerate(CATEGORIES):
        of_it = [one for one in seen.view.factors if one.category == category and not one.same_as]
        if of_it:
            found += [("head", number), *(("factor", one.id) for one in of_it)]
    return found


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    if key[0] == "words":
        return [*_counts(seen, width), [], [("YOURS", theme.heading), (f"  {len(seen.view.factors)}", theme.faint)]]
    if key[0] == "head":
        category = CATEGORIES[key[1]]
        count = sum(one.category == category and not one.same_as for one in seen.view.factors)
        return [[], [(category.upper(), theme.heading), (f"  {count}", theme.faint)]]
    one = factor(seen, key)
    return factor_lines(seen, one, width) if one is not None else [[]]


def factor_lines(seen: Seen, one: Factor, width: int) -> list[paint.Line]:
    """The factor, its role in a word, and what shows it."""
    head: paint.Line = [(f"{_MARKS.get(one.role, '·')} {paint.fit(one.role, 11)}", theme.primary)]
    if not seen.revealed:
        head.append((paint.fit(one.category, 15), theme.muted))
    indent = paint.width_of(head)
    texts = paint.wrap(one.text, width - indent, 8)
    lines: list[paint.Line] = [[*head, (texts[0], theme.plain)]]
    under: paint.Line = [(" " * indent, theme.plain)]
    lines += [[*under, (text, theme.plain)] for text in texts[1:]]
    lines += [[*under, *line] for line in _about(seen, one, width - indent)]
    return lines


def _about(seen: Seen, one: Factor, width: int) -> list[paint.Line]:
    """Theme, contexts, evidence, earlier incidents, and what says the same."""
    lines: list[paint.Line] = []
    tags: paint.Line = []
    theme_name = next((known.name for known in seen.view.themes if known.id == one.theme_id), "")
    if theme_name:
        tags.append((f"# {theme_name}  ", theme.success))
    if one.contexts:
        tags.append((f"when {', '.join(one.contexts)}", theme.muted))
    lines += [tags] if tags else []
    lines += [[("▤ ", theme.faint), (paint.crop(_shows(seen, each), width - 2), theme.muted)] for each in one.evidence]
    lines += [[("↺ ", theme.warning), (f"INC-{each.incident_id}: {each.text}", theme.muted)] for each in one.earlier]
    same = [other for other in seen.view.factors if other.same_as == one.id]
    lines += [[("= ", theme.faint), (other.text, theme.muted)] for other in same]
    return lines


def _shows(seen: Seen, one: Evidence) -> str:
    """Evidence in words: the entry itself where it is an entry."""
    if one.kind == "entry":
        moment = next((each for each in seen.view.walk.moments if str(each.entry.seq) == one.ref), None)
        if moment is not None:
            return f"{phrases.hour(moment.entry.observed_at, seen.model.zone)} {moment.entry.text}"
        return one.text or f"entry {one.ref}"
    return one.text or one.ref


def _counts(seen: Seen, width: int) -> list[paint.Line]:
    """How many the others have written, and who is done: their words stay hidden until everybody is."""
    others = [one for one in seen.present if one.person != seen.model.me]
    if seen.alone or not others:
        return [[]]
    line: paint.Line = [("OTHERS", theme.heading), ("  hidden until everybody is done   ", theme.faint)]
    for one in others:
        mark, style = ("✓ ", theme.success) if one.factors_in else ("", theme.muted)
        line += [(mark, style), (f"{one.person} ", theme.plain), (f"{one.factors}   ", theme.muted)]
    return [[], line]


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    if seen.revealed:
        return [[], [("  No factor was written.", theme.muted)]]
    return [
        *([(" ", theme.plain), *line] for line in _counts(seen, width)),
        [],
        [("  What made it possible, what made it hard, what helped, what surprised you?", theme.plain)],
        [("  w", theme.key), (" writes one; ", theme.muted), ("d", theme.key), (" when yours are all in", theme.muted)],
    ]


def _asks(seen: Seen, key: Key | None) -> str:
    return "" if seen.revealed and not seen.held else "What made it possible, hard, better, or surprising?"


STEP = StepView(name=Step.FACTORS, short="Factors", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
