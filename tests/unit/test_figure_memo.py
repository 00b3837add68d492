from typing import Any

from incidentd.domain.people import Roster
from incidentd.domain.process import default_process
from incidentd.services import figure_reading
from incidentd.services.figure_reading import Memo


def test_what_was_reckoned_is_kept_in_bounded_memory_and_for_one_configuration(monkeypatch):
    monkeypatch.setattr(figure_reading, "_KNOWN", 3)
    process, roster = default_process(), Roster()
    memo: Any = Memo()
    memo.hold(process, roster)
    memo.incidents |= dict.fromkeys(range(5), (1, None))
    memo.pages |= dict.fromkeys(range(2), (1, None))
    memo.hold(process, roster)
    assert (list(memo.incidents), list(memo.pages)) == ([2, 3, 4], [0, 1])
    memo.hold(default_process(), Roster())
    assert (memo.incidents, memo.pages) == ({}, {})
