"""Sizes in bytes, as people read them."""

from __future__ import annotations

_UNITS = ("KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def readable(size: float) -> str:
    """2.4 MiB, 340 KiB, 12 B: two figures or three."""
    if abs(size) < _STEP:
        return f"{size:.0f} B"
    number, unit = size / _STEP, _UNITS[0]
    for unit in _UNITS:
        if abs(number) < _STEP or unit == _UNITS[-1]:
            break
        number /= _STEP
    return f"{number:.1f} {unit}" if abs(number) < 10 else f"{number:.0f} {unit}"
