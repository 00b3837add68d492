"""How offers of rest are counted."""

from types import SimpleNamespace

import pytest

from incidentd.services.figure_teams import rested


@pytest.mark.parametrize(
    ("state", "taken", "counted"),
    [
        ("taken", {"late": True}, "taken"),
        ("over", {"late": True}, "taken"),
        ("over", {"relief": "Q-3"}, "taken"),
        ("over", {"skip": "Q-4"}, "taken"),
        ("over", {}, "over"),
        ("declined", {"late": True}, "declined"),
    ],
)
def test_what_was_taken_stays_taken_once_its_time_is_over(state, taken, counted):
    assert rested(SimpleNamespace(**{"state": state, "late": False, "relief": "", "skip": ""} | taken)) == counted
