"""Earlier incidents that look alike: facts at first, what was concluded then only once one's own factors are in."""

from __future__ import annotations

from collections.abc import Sequence

from incidentd.domain.review_steps import Step
from incidentd.wire.review_records import Action
from incidentd.wire.review_similar import Conclusions, SimilarIncident
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows.review.seen import Key, Seen, StepView, spaced

_CHOSEN = {
    "newest": "the newest",
    "oldest": "the oldest",
    "other-factors": "same symptom, other factors",
    "random": "picked at random",
}


def incident(seen: Seen, key: Key | None) -> SimilarIncident | None:
    """The earlier incident of a row."""
    wanted = key[1] if key is not None and key[0] == "similar" else None
    return next((one for one in seen.view.similar.incidents if one.id == wanted), None)


def _rows(seen: Seen) -> Sequence[Key]:
    told = seen.view.similar
    found: list[Key] = [("words", 0)] if told.locked and told.incidents else []
    found += spaced([("similar", one.id) for one in told.incidents])
    if told.open_actions:
        found += [("head", 0), *(("action", one.id) for one in told.open_actions)]
    return found


def _paint(seen: Seen, key: Key, width: int) -> list[paint.Line]:
    told = seen.view.similar
    if key[0] == "gap":
        return [[]]
    if key[0] == "words":
        return [*_locked(seen, width), []]
    if key[0] == "head":
        return [[], [("STILL OPEN FROM EARLIER", theme.heading), (f"  {len(told.open_actions)}", theme.faint)]]
    if key[0] == "action":
        action = next((one for one in told.open_actions if one.id == key[1]), None)
        return [action_line(seen, action, width)] if action is not None else [[]]
    one = incident(seen, key)
    return _card(seen, one, width) if one is not None else [[]]


def _locked(seen: Seen, width: int) -> list[paint.Line]:
    why = seen.view.similar.why or "What was concluded then is shown when everybody's factors are in."
    return [[("▒ " if not number else "  ", theme.warning), (text, theme.plain)]
            for number, text in enumerate(paint.wrap(why, width - 2, 4))]  # fmt: skip


def _card(seen: Seen, one: SimilarIncident, width: int) -> list[paint.Line]:
    """Why it is here, what happened then, what was concluded, what people say differs."""
    chosen = _CHOSEN.get(one.chosen, one.chosen)
    left: paint.Line = [
        (f" {one.severity.value} ", theme.ranked(one.severity.rank)),
        (f" INC-{one.id} ", theme.muted),
        (one.title, theme.bold),
    ]
    score = f"  {one.score} %" if one.score else ""  # told once it is unmasked
    when = phrases.day_hour(one.started_at, seen.model.now(), seen.model.zone)
    lines = [paint.between(left, [(f"{chosen}{score}  {when} ", theme.muted)], width)]
    inner = width - 4
    if one.reasons:
        lines.append([("  alike: " + ", ".join(one.reasons), theme.faint)])
    lines += [[("  · " if not at else "    ", theme.faint), (text, theme.muted)]
              for fact in one.facts for at, text in enumerate(paint.wrap(fact, inner, 4))]  # fmt: skip
    if one.conclusions is not None:
        lines += [[("  ", theme.plain), *line] for line in _conclusions(seen, one.conclusions, inner)]
    elif one.has_review:
        lines.append([("  ▒▒▒▒▒▒▒▒ what was concluded is hidden still", theme.faint)])
    for said in one.differs:
        texts = paint.wrap(f"{said.person}: {said.text}", inner - 2, 6)
        lines += [[("  ≠ " if not at else "    ", theme.warning), (text, theme.plain)] for at, text in enumerate(texts)]
    return lines


def _conclusions(seen: Seen, found: Conclusions, width: int) -> list[paint.Line]:
    lines: list[paint.Line] = [[(text, theme.plain)] for text in paint.wrap(found.summary, width, 4) if found.summary]
    lines += [[("+ ", theme.primary), (f"{one.text}", theme.plain), (f"  {one.category}", theme.faint)]
              for one in found.factors]  # fmt: skip
    lines += [[("✓ ", theme.success), (one.text, theme.plain)] for one in found.learnings]
    lines += [action_line(seen, one, width) for one in found.actions]
    return lines


def action_line(seen: Seen, one: Action, width: int) -> paint.Line:
    """What is to be done, whose it is and by when."""
    mark, style = {"done": ("✓", theme.success), "wont_do": ("×", theme.faint)}.get(one.state, ("□", theme.warning))
    late = f"!late since {one.due_on:%d %b} " if one.late else f"by {one.due_on:%d %b} "
    due: paint.Span = (late if one.state == "open" else "", theme.warning if one.late else theme.muted)
    left: paint.Line = [(f"{mark} ", style), (one.text, theme.plain)]
    right: paint.Line = [(f" INC-{one.incident_id}  {one.owner or one.owner_team}  ", theme.muted), due]
    return paint.between(left, right, width)


def _blank(seen: Seen, width: int) -> list[paint.Line]:
    if seen.view.similar.locked:
        return [[], *([("  ", theme.plain), *line] for line in _locked(seen, width - 4))]
    return [[], [("  No earlier incident looks like this one.", theme.muted)]]


def _asks(seen: Seen, key: Key | None) -> str:
    one = incident(seen, key)
    if one is None or seen.view.similar.locked:
        return ""
    return f"What differs from INC-{one.id}? What would show that this is not the same?"


STEP = StepView(name=Step.SIMILAR, short="Similar", rows=_rows, draw=_paint, blank=_blank, asks=_asks)
