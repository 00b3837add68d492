"""The public test kit for plugin authors: doubles of what the daemon lends to a plugin, and conformance classes.

Needs pytest. A plugin's tests subclass the conformance class of their adapter and fill in its fixtures.
"""

from incidentd.plugin.testing.clock import FakeClock

__all__ = [
    "FakeClock",
]
