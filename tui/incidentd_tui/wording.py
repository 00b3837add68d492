"""The language lint of the terminal UI: the lexicon that comes with incidentd, read when the first text is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd_tui.model import Model

if TYPE_CHECKING:
    from incidentd.domain.lint.findings import Finding


class Wording:
    """Finds wording that is in the way of learning. Names of the roster are people."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def found(self, text: str) -> tuple[Finding, ...]:
        """What the rules find in `text`."""
        from incidentd.domain.lint.findings import DEFAULT_NAME, lint
        from incidentd.lexicon import shipped

        name = self._model.info.review_name if self._model.info else DEFAULT_NAME
        return lint(text, shipped(), review_name=name, people=self._people())

    def _people(self) -> frozenset[str]:
        names = (f"{handle} {person.name}" for handle, person in self._model.people.items())
        return frozenset(word for name in names for word in name.lower().split())
