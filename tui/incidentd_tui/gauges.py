"""Figures as pictures of text, readable without colour: bars of a stated whole, and a dot for each thing counted."""

from __future__ import annotations

FULL, HALF, EMPTY = "█", "▌", "░"
DOT, HOLLOW = "●", "○"


def gauge(value: float, whole: float, width: int) -> str:
    """`value` of `whole` in `width` cells. Only nothing looks like nothing, and only the whole like the whole."""
    if whole <= 0 or width <= 0:
        return EMPTY * max(width, 0)
    halves = round(min(value / whole, 1) * width * 2)
    if value > 0:
        halves = max(halves, 1)
    if value < whole:
        halves = min(halves, width * 2 - 1)
    full, half = divmod(halves, 2)
    return (FULL * full + HALF * half).ljust(width, EMPTY)


def dots(count: int, whole: int) -> str:
    """A full dot for each of `count`, a hollow one for each of the rest of `whole`."""
    return DOT * count + HOLLOW * (whole - count)
