"""What is wrong with the daemon itself, as the Health screen lists it, and the runbook of each code."""

from __future__ import annotations

from incidentd import wire
from incidentd.wire.health import OwnAlarm
from incidentd_tui import paint, theme

_MARKS = {"critical": ("▲ ", theme.danger), "info": ("· ", theme.muted)}
_WARNING = ("▲ ", theme.warning)


def of(health: wire.Health, number: int) -> OwnAlarm | None:
    """The code and the meaning of a problem; a daemon of before tells none."""
    told = len(health.alarms) == len(health.problems) > number
    return health.alarms[number] if told else None


def row(health: wire.Health, number: int, width: int) -> list[paint.Line]:
    """What is wrong, with the code of its runbook behind it. Severity is told by a mark, and by its colour."""
    known, said = of(health, number), health.problems[number]
    mark, style = _MARKS.get(str(known.severity), _WARNING) if known is not None else _WARNING
    texts = paint.wrap(f"{said} [{known.code}]" if known is not None else said, width - 2)
    return [[("  " if at else mark, style), (one, theme.plain)] for at, one in enumerate(texts)]


def lines(known: OwnAlarm, width: int) -> list[paint.Line]:
    """One problem, beside the list."""
    made: list[paint.Line] = [[], *([(text, theme.bold)] for text in paint.wrap(known.title, width))]
    made.append([(f"{known.code}, {known.severity}", theme.muted)])
    made += [[(text, theme.plain)] for text in paint.wrap(known.text, width)]
    return [*made, [], [("enter", theme.key), (" says what to do about it", theme.muted)]]


def page(text: str, width: int) -> list[paint.Line]:
    """A runbook, which is Markdown of ours: headings stand out, commands stay whole, paragraphs are wrapped."""
    made: list[paint.Line] = []
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced:
            made.append([(f"  {line}", theme.key)])
        elif line.startswith("#"):
            made.append([(line.lstrip("# "), theme.heading)])
        else:
            plain = line.replace("**", "").replace("`", "")
            made += [[(one, theme.plain)] for one in paint.wrap(plain, width)] or [[]]
    return made
