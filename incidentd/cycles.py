"""What Python's collector of cycles may cost: a full collection looks at every object, and nothing runs meanwhile.

With the daemon's own modules and 4,096 open connections that is half a second of a busy core, several times a minute.
"""

from __future__ import annotations

import gc

THRESHOLDS = (1_000, 10, 40)
"""Objects more than after the last collection of the youngest; collections of the youngest and of the middle ones until
the next older ones are looked at. At most 400,000 objects, mostly of a hundred bytes or two, wait for a full one."""


def settle() -> None:
    """Call it when everything is up: what is there now stays for good, and is looked at never again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
