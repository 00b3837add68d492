"""The pages about incidentd's own alarms, which come with it: each in `pages` is a link into docs/runbooks.

They are read without a daemon, for that may be what is wrong.
"""

from __future__ import annotations

from pathlib import Path

_PAGES = Path(__file__).parent / "pages"


def codes() -> list[str]:
    """The alarms that have a page."""
    return sorted(path.stem for path in _PAGES.glob("*.md") if path.stem != "README")


def page(code: str) -> str | None:
    """The page about `code`, as Markdown; None when there is none."""
    return (_PAGES / f"{code}.md").read_text(encoding="utf-8") if code in codes() else None
