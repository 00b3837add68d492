import gc
import weakref

from incidentd import cycles


class Node:
    """May be part of a cycle."""

    itself: "Node | None" = None


def test_what_is_there_is_looked_at_no_more_and_later_cycles_still_end():
    before = gc.get_threshold()
    old = Node()
    try:
        cycles.settle()
        assert gc.get_freeze_count() > 10_000
        assert not any(one is old for one in gc.get_objects())
        late = Node()
        late.itself = late
        seen = weakref.ref(late)
        del late
        gc.collect()
        assert seen() is None
        assert gc.get_threshold() == cycles.THRESHOLDS
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
