"""Issues and comments that no webhook told of: forges do not try again a delivery that failed.

docs.github.com, "Handling failed webhook deliveries". What is found has the same id as what a webhook tells, so that it
is kept once, whichever comes first.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from incidentd.plugin import BadRequest, Context, Received
from incidentd_forge.config import ForgeConfig
from incidentd_forge.decode import Ignored, decode_hook
from incidentd_forge.payload import Hook, Issue, Post, Repository
from incidentd_forge.rest import Rest

_PAGES = 30  # of each list, in one round
_FULL = 50  # of one page at least, where there is another: Gitea tells no more at once
_NUMBER = re.compile(r"/(?:issues|pulls)/(?P<number>[0-9]{1,12})(?:#|$)")
P = TypeVar("P", bound=Post)
Take = Callable[[Received], Awaitable[object]]


class Missed:
    """Reads repositories back."""

    def __init__(self, config: ForgeConfig, context: Context, rest: Rest) -> None:
        self._config = config
        self._context = context
        self._rest = rest

    async def look(self, repository: str, take: Take, since: datetime) -> None:
        """Take in what was written in a repository since then. Raises as `Rest` and `take`."""
        asked = f"since={since:%Y-%m-%dT%H:%M:%SZ}&sort=updated&direction=asc&per_page=100&limit=50"
        issues = await self._all(f"/repos/{repository}/issues?state=all&{asked}", Issue)
        comments = await self._all(f"/repos/{repository}/issues/comments?{asked}", Post)
        for event, hook in _hooks(Repository(repository), issues, comments, since):
            try:
                message = decode_hook(event, hook, self._config, self._context.now())
                await take(message)
            except (Ignored, BadRequest):
                continue

    async def _all(self, path: str, item: type[P]) -> list[P]:
        found: list[P] = []
        for page in range(1, _PAGES + 1):
            more = await self._rest.page(f"{path}&page={page}", item)
            if more and more[-1] in found:  # a forge that knows no pages tells the same again
                break
            found += more
            if len(more) < _FULL:
                break
        return found


def _hooks(
    repository: Repository, issues: Iterable[Issue], comments: Iterable[Post], since: datetime
) -> Iterator[tuple[str, Hook]]:
    """What webhooks would have told: issues that were opened since then, and comments that were written."""
    by_number = {issue.number: issue for issue in issues}
    for issue in by_number.values():
        if issue.is_since(since):
            yield "issues", Hook(repository=repository, action="opened", issue=issue)
    for comment in comments:
        found = _NUMBER.search(comment.issue_url)
        about = by_number.get(int(found["number"])) if found else None
        if about is not None and comment.is_since(since):
            yield "issue_comment", Hook(repository=repository, action="created", issue=about, comment=comment)
