"""A status page with what customers were told, which a test fills in."""

from datetime import timedelta
from typing import Any

import pytest

from incidentd.plugin import PublicIncident, PublicUpdate, WebhookResponse
from incidentd.plugin.testing import FakeContext, make_request
from incidentd_statuspage.channel import CHANNELS, StatusPage

(KIND,) = CHANNELS


class Site:
    """The page of one instance, and its readers."""

    def __init__(self, **config: Any) -> None:
        self.context = FakeContext("status")
        self.page: StatusPage = KIND.create(KIND.config.model_validate(config), self.context)  # type: ignore[assignment]

    def tell(
        self, number: int, *texts: str, phase: str = "investigating", first_id: int = 0, **changes: Any
    ) -> PublicIncident:
        """Customers were told of an incident, a minute apart; the last update has `phase` and promises the next."""
        now = self.context.now()
        updates = tuple(
            PublicUpdate(
                id=first_id and first_id + n,
                at=now + timedelta(minutes=n),
                phase=phase,
                text=text,
                next_at=now + timedelta(minutes=n + 30),
            )
            for n, text in enumerate(texts)
        )
        values = {"service": "checkout", "over": phase == "resolved", "continued_in": None, **changes}
        told = PublicIncident(id=number, updates=updates, **values)
        self.context.status.told = [*(one for one in self.context.status.told if one.id != number), told]
        self.context.clock.advance(timedelta(minutes=len(texts)))
        return told

    async def get(self, path: str = "/status", method: str = "GET", **headers: str) -> WebhookResponse:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        (route,) = [one for one in self.page.routes() if (one.method, one.path) == (method, path)]
        return await route.handler(make_request(path, method=method, headers=headers))


@pytest.fixture
def make_site():
    return Site
