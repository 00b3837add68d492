"""Mode 7: figures of how the team responds, and what they are counted over. Each view is a screen of its own."""

from __future__ import annotations

from typing import Any

from incidentd_tui.screens.insights.base import InsightScreen
from incidentd_tui.screens.insights.figures import FiguresScreen
from incidentd_tui.screens.insights.letters import LettersScreen
from incidentd_tui.screens.insights.load import LoadScreen
from incidentd_tui.screens.insights.rhythm import RhythmScreen

SCREENS: dict[str, type[InsightScreen[Any]]] = {
    "figures": FiguresScreen,
    "rhythm": RhythmScreen,
    "load": LoadScreen,
    "letters": LettersScreen,
}
"""By the name of the view, as `InsightScreen.views` lists them."""
