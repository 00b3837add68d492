"""The line that says what every figure below it is counted over."""

from __future__ import annotations

from incidentd_tui import paint, scopes, theme
from incidentd_tui.scopes import Scope


def line(scope: Scope, width: int) -> paint.Line:
    """Every bound where there is room for all, else those that are one."""
    whole = _spans(scopes.words(scope))
    if paint.width_of(whole) <= width:
        return whole
    return _spans([(text, is_bound) for text, is_bound in scopes.words(scope) if is_bound])


def _spans(found: list[tuple[str, bool]]) -> paint.Line:
    spans: paint.Line = [(" ", theme.plain)]
    for number, (text, is_bound) in enumerate(found):
        spans += [(" · " if number else "", theme.faint), (text, theme.bold if is_bound else theme.muted)]
    return spans
