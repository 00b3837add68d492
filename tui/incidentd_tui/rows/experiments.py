"""Experiments: one a row, those that ask first; and one in full, with what the figures say beside the question."""

from __future__ import annotations

from rich.style import Style

from incidentd.domain.pictures.quantities import quantity
from incidentd.wire.experiments import Experiment, ExperimentEvidence
from incidentd.wire.figures import Compared, ComparedSide
from incidentd_tui import paint, theme

_ASKS = "Keep it, adapt it, drop it, or cannot tell?"
_STATES = {"planned": "planned", "running": "runs", "asking": "asks", "stopped": "stopped", "decided": "decided"}


def row(one: Experiment, width: int) -> paint.Line:
    """One line: name, title, and how it stands."""
    asks = one.state == "asking"
    state = verdict(one) or _STATES.get(one.state, str(one.state))
    tail = f"{state}  until {one.ends_on.isoformat()} "
    name = f"X-{one.id}"
    title = paint.fit(str(one.title), max(width - len(tail) - 8, 8))
    look = theme.bold if asks else theme.plain
    return [(f"{name:<7} ", theme.muted), (title, look), (tail, theme.warning if asks else theme.muted)]


def verdict(one: Experiment) -> str:
    """What was decided, in words; "" before it was."""
    return str(one.verdict).replace("_", " ")


def scope(one: Experiment) -> str:
    """Where it is tried, in words."""
    severity = one.scope.severity.value if one.scope.severity is not None else ""
    parts = [str(part) for part in (one.scope.team, one.scope.service, severity) if part]
    return ", ".join(parts) or "everywhere"


def in_full(one: Experiment, found: ExperimentEvidence | None, width: int) -> list[paint.Line]:
    """The words that were written before it began, then what the figures say so far."""
    return [*written(one, width), [], *evidence(one, found, width)]


def below(one: Experiment, found: ExperimentEvidence | None, width: int) -> list[paint.Line]:
    """The same where there are a few lines only: what the figures say first."""
    return [*evidence(one, found, width), [], *written(one, width)]


def written(one: Experiment, width: int) -> list[paint.Line]:
    """What was written beforehand, and what was decided."""
    lines = [
        *_text(f"X-{one.id} {one.title}", width, theme.bold),
        *_text(str(one.hypothesis), width, theme.plain),
        [],
        *_fact("looks at", f"{one.figure}, expected to go {one.expects}", width),
        *(_fact("not worse", str(one.counter_figure), width) if one.counter_figure else []),
        *_fact("where", scope(one), width),
        *_fact("when", f"{one.begins_on.isoformat()} to {one.ends_on.isoformat()}", width),
        *_fact("before", f"the {one.before_days} days before it began", width),
        *_fact("stops when", str(one.stop_rule), width),
        *(_fact("goes on", f"from X-{one.adapts}", width) if one.adapts is not None else []),
    ]
    for text in one.warnings:
        lines += _text(f"▲ {text}", width, theme.warning)
    if one.verdict:
        lines += [[], *_text(f"{verdict(one)} ({one.decided_by}): {one.why}", width, theme.success)]
    return lines


def evidence(one: Experiment, found: ExperimentEvidence | None, width: int) -> list[paint.Line]:
    """Both figures with their n, the sentence of chance, what else changed; the question where it asks."""
    if one.state == "planned":
        return [[("it has not begun", theme.muted)]]
    if found is None:
        return [[("… looking", theme.muted)]]
    lines: list[paint.Line] = []
    for compared in (found.figure, found.counter):
        if compared is not None:
            lines += [*_compared(compared, width), []]
    if found.also:
        lines += [[("MEANWHILE", theme.heading)], *(line for text in found.also
                  for line in _text(f"· {text}", width, theme.muted)), []]  # fmt: skip
    return [*lines, *(_text(_ASKS, width, theme.warning) if one.state == "asking" else [])]


def _compared(one: Compared, width: int) -> list[paint.Line]:
    return [
        *_text(str(one.figure.title), width, theme.heading),
        *_side(one.before, one, width),
        *_side(one.after, one, width),
        *_text(str(one.sentence), width, theme.primary),
    ]


def _side(side: ComparedSide, one: Compared, width: int) -> list[paint.Line]:
    if side.value is None:
        said = f"–, n = {side.n}"
    elif one.figure.kind == "share":
        said = f"{round(side.value * side.n)} of {side.n}"
    else:
        said = f"{one.statistic} {quantity(side.value, one.figure.unit)}, n = {side.n}"
    return _text(f"{side.label}: {said}", width, theme.plain)


def _fact(label: str, text: str, width: int) -> list[paint.Line]:
    texts = paint.wrap(text, max(width - 11, 10), 6)
    return [[(f"{label if not number else '':<11}", theme.faint), (line, theme.plain)]
            for number, line in enumerate(texts)]  # fmt: skip


def _text(text: str, width: int, style: Style) -> list[paint.Line]:
    return [[(line, style)] for line in paint.wrap(text, width, 12)]
