"""Issues that are opened for what is to be done: once each, known again by a hidden mark."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from incidentd.plugin import IssueOrder, Receipt
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd_forge.config import Flavor, ForgeConfig
from incidentd_forge.rest import Rest
from incidentd_forge.writing import issue_mark, issue_text

_PAGE = 50  # issues in one answer: Gitea tells no more at once
_MAX_PAGES = 20
_CLOCKS = timedelta(hours=1)  # that the forge's clock may be off ours
_REMEDIES = {
    401: "the token is not valid any more",
    403: "the token may not open issues there",
    404: "there is no such repository, or the token may not see it",
    410: "the repository has no issues: switch them on in its settings",
    422: "the forge did not take the issue",
}


class _Issue(msgspec.Struct):
    number: int
    html_url: str
    body: str | None = None


class Issues:
    """Opens issues in the repository that is configured. Raises as `Rest`."""

    def __init__(self, config: ForgeConfig, rest: Rest) -> None:
        self._config = config
        self._rest = rest
        self._path = f"/repos/{config.issues}/issues"

    async def open(self, order: IssueOrder) -> Receipt:
        """Open an issue; one that was ordered before is looked for first."""
        found = await self._find(order) if order.attempt > 1 else None
        if found is None:
            found = await self._rest.post(self._path, self._document(order), _Issue, _REMEDIES)
        if found is None:
            raise UnknownOutcome("the forge's answer is not understood")
        return Receipt(vendor_id=f"issue-{found.number}", url=found.html_url)

    def _document(self, order: IssueOrder) -> dict[str, str]:
        if self._config.forge is Flavor.GITEA:
            return {"title": order.title, "body": issue_text(order), "due_date": _end_of(order.due_on)}
        return {"title": order.title, "body": issue_text(order, shows_day=True)}  # GitHub's issues have no day

    async def _find(self, order: IssueOrder) -> _Issue | None:
        mark = issue_mark(order.idempotency_key)
        asked = f"state=all&since={order.created_at - _CLOCKS:%Y-%m-%dT%H:%M:%SZ}&sort=created&direction=desc"
        for page in range(1, _MAX_PAGES + 1):
            path = f"{self._path}?{asked}&per_page={_PAGE}&limit={_PAGE}&page={page}"
            issues = await self._rest.page(path, _Issue, _REMEDIES)
            found = next((one for one in issues if mark in (one.body or "")), None)
            if found is not None or len(issues) < _PAGE:
                return found
        return None


def _end_of(day: date) -> str:
    return f"{day.isoformat()}T23:59:59Z"
