"""Keeping what a process remembers to itself: its memory holds keys and the words of customers."""

from __future__ import annotations

import resource

_SET_DUMPABLE = 4  # PR_SET_DUMPABLE of prctl(2)


def seal() -> bool:
    """Leave no core dump, and let no other process of this user look into memory, environment or open files.

    What this process starts leaves no core dump either. False where the system does not let it; `LimitCORE=0` of the
    unit holds then. Root may always look (core(5), proc(5)).
    """
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):  # a sandbox may forbid it, and has set what it wants
        pass
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (ImportError, OSError, AttributeError, MemoryError):  # no such library, no such call, no executable memory
        return False
