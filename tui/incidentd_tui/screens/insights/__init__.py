"""Mode 7: figures of how the team responds, and what they are counted over. Each view is a screen of its own."""

from __future__ import annotations

from typing import Any

from incidentd_tui.screens.insights.base import InsightScreen
from incidentd_tui.screens.insights.experiments import ExperimentsScreen
from incidentd_tui.screens.insights.figures import FiguresScreen
from incidentd_tui.screens.insights.ideas import IdeasScreen
from incidentd_tui.screens.insights.letters import LettersScreen
from incidentd_tui.screens.insights.load import LoadScreen
from incidentd_tui.screens.insights.retros import RetrosScreen
from incidentd_tui.screens.insights.rhythm import RhythmScreen
from incidentd_tui.screens.insights.versions import VersionsScreen

SCREENS: dict[str, type[InsightScreen[Any]]] = {
    "figures": FiguresScreen,
    "rhythm": RhythmScreen,
    "load": LoadScreen,
    "letters": LettersScreen,
    "experiments": ExperimentsScreen,
    "retros": RetrosScreen,
    "ideas": IdeasScreen,
    "versions": VersionsScreen,
}
"""By the name of the view, as `InsightScreen.views` lists them."""
