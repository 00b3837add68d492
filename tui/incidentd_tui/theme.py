"""The palette and every style. Colour never carries a meaning alone: a word, a glyph or a weight says it too."""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

BACKGROUND = "#0e131a"
PANEL = "#161d27"
RAISED = "#1e2835"
CURSOR_ROW = "#1d3a5c"
LINE = "#2b3746"
FOREGROUND = "#d5dce6"
MUTED = "#93a1b3"
FAINT = "#64748a"
PRIMARY = "#6cb6ff"
SUCCESS = "#4cc38a"
WARNING = "#e69f00"
SEV1 = "#d5410e"
SEV2_BACK = "#3a2b0a"
SEV2 = "#f2b63c"
SEV3 = "#56b4e9"
MUTED_ON_CURSOR = "#b9c5d4"  # contrast 6.6 on the cursor row, where MUTED has 4.3

plain = Style(color=FOREGROUND)
bold = Style(color=FOREGROUND, bold=True)
muted = Style(color=MUTED)
faint = Style(color=FAINT)
heading = Style(color=MUTED, bold=True)
primary = Style(color=PRIMARY)
key = Style(color=PRIMARY, bold=True)
success = Style(color=SUCCESS)
warning = Style(color=WARNING, bold=True)
danger = Style(color="#ff7a59", bold=True)
tab_here = Style(color=FOREGROUND, bgcolor=CURSOR_ROW, bold=True)
banner = Style(color="#ffffff", bgcolor=SEV1, bold=True)
chip = Style(color=SEV2, bgcolor=SEV2_BACK, bold=True)
on_background = Style(bgcolor=BACKGROUND)
on_panel = Style(bgcolor=PANEL)
on_raised = Style(bgcolor=RAISED)
on_cursor = Style(bgcolor=CURSOR_ROW)
line = Style(color=LINE)
severe = Style(color=SEV2, bold=True)
spot = Style(color=BACKGROUND, bgcolor=PRIMARY, bold=True)

_RANKED = (
    Style(color="#ffffff", bgcolor=SEV1, bold=True),
    Style(color=SEV2, bgcolor=SEV2_BACK, bold=True),
    Style(color=SEV3, bold=True),
    Style(color=MUTED),
    Style(color=MUTED),
)


def ranked(rank: int) -> Style:
    """The style of a severity label: 1 filled, 2 tinted, 3 coloured and bold, the rest grey."""
    return _RANKED[min(max(rank, 1), 5) - 1]


@lru_cache(maxsize=256)
def lifted(style: Style) -> Style:
    """`style` on the cursor row, where the greys must be lighter to stay readable."""
    if style.color is not None and style.color.name in (MUTED, FAINT, LINE):
        return style + Style(color=MUTED_ON_CURSOR)
    return style


TEXTUAL_THEME = Theme(
    name="incidentd",
    primary=PRIMARY,
    secondary=SEV3,
    warning=WARNING,
    error=SEV1,
    success=SUCCESS,
    accent=PRIMARY,
    foreground=FOREGROUND,
    background=BACKGROUND,
    surface=PANEL,
    panel=RAISED,
    dark=True,
)
