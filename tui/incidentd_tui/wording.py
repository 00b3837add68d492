"""The language lint of the terminal UI: it runs here, with the team's lexicon and without what was dismissed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.client import Client, ClientError
from incidentd_tui.model import Model

if TYPE_CHECKING:
    from incidentd.domain.lint.findings import Finding


class Wording:
    """Finds wording that is in the way of learning. Until the daemon has answered, by the lexicon for English."""

    def __init__(self, client: Client, model: Model) -> None:
        self._client = client
        self._model = model
        self._chosen = ("en", "", "")
        self._hidden: set[tuple[str, str]] = set()

    async def refresh(self) -> None:
        """Ask for the lexicon and for what is dismissed; when the daemon does not answer, it stays as it was."""
        try:
            # as it was sent: a lexicon made harmless for the screen would be another one
            said = await self._client.wording()
        except ClientError:
            return
        self._chosen = (said.language, said.own, said.own_file)
        self._hidden = {(one.rule, one.phrase) for one in said.hidden}

    def found(self, text: str) -> tuple[Finding, ...]:
        """What the rules find in `text`."""
        from incidentd.domain.lint.findings import lint
        from incidentd.domain.lint.lexicon_file import BadLexicon
        from incidentd.domain.lint.tuning import without
        from incidentd.lexicon import UnknownLanguage, chosen, shipped

        try:
            lexicon = chosen(*self._chosen)
        except (BadLexicon, UnknownLanguage):  # the daemon is of another version
            lexicon = shipped()
        found = lint(text, lexicon, review_name=str(self._model.review_name), people=self._people())
        return without(found, self._hidden)

    def hide(self, finding: Finding, *, hidden: bool = True) -> None:
        """The viewer has dismissed it; or, with `hidden` False, has taken that back."""
        from incidentd.domain.lint.tuning import phrase_of

        (self._hidden.add if hidden else self._hidden.discard)(phrase_of(finding))

    def _people(self) -> frozenset[str]:
        names = (f"{handle} {person.name}" for handle, person in self._model.people.items())
        return frozenset(word for name in names for word in name.lower().split())
