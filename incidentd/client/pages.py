"""Pages, the people they reach, and whether messages arrive."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from incidentd import wire
from incidentd.client.calls import Calls, query_string
from incidentd.wire import pages as wire_pages


class PageCalls(Calls):
    """Paging people."""

    async def pages(
        self, *, state: str = "active", mine: bool = False, limit: int = 100, cursor: str = ""
    ) -> wire.PagePage:
        """`state` is open, acknowledged, resolved, exhausted, active (open or acknowledged) or all."""
        query = query_string(state=state, mine="1" if mine else "", limit=limit, cursor=cursor)
        return await self._get(f"/v1/pages{query}", wire.PagePage)

    async def page(self, page_id: int) -> wire_pages.PageDetail:
        return await self._get(f"/v1/pages/{page_id}", wire_pages.PageDetail)

    async def raise_page(self, body: wire.RaisePage) -> wire.Page:
        return await self._send("POST", "/v1/pages", wire.Page, body)

    async def acknowledge_page(
        self, page_id: int, *, note: str = "", until: datetime | None = None, if_version: int | None = None
    ) -> wire.Page:
        """Stop the escalation, for good or `until` then."""
        body = wire.Acknowledge(note=note, until=until)
        return await self._send("POST", f"/v1/pages/{page_id}/acknowledge", wire.Page, body, if_version=if_version)

    async def hand_back_page(self, page_id: int, *, note: str = "", if_version: int | None = None) -> wire.Page:
        """Undo an acknowledgement: the escalation goes on where it stood."""
        body = wire_pages.HandBack(note=note)
        return await self._send("POST", f"/v1/pages/{page_id}/hand-back", wire.Page, body, if_version=if_version)

    async def take_over_page(
        self, page_id: int, body: wire_pages.TakeOver, *, if_version: int | None = None
    ) -> wire.Page:
        """Take what somebody else has acknowledged; a 409 says that nobody has."""
        return await self._send("POST", f"/v1/pages/{page_id}/take-over", wire.Page, body, if_version=if_version)

    async def reassign_page(
        self, page_id: int, body: wire_pages.Reassign, *, if_version: int | None = None
    ) -> wire.Page:
        """Give it to a person, to whoever is on call for a schedule, or to a policy."""
        return await self._send("POST", f"/v1/pages/{page_id}/reassign", wire.Page, body, if_version=if_version)

    async def snooze_page(self, page_id: int, body: wire_pages.Snooze, *, if_version: int | None = None) -> wire.Page:
        """Put it off for a while."""
        return await self._send("POST", f"/v1/pages/{page_id}/snooze", wire.Page, body, if_version=if_version)

    async def resolve_page(self, page_id: int, *, if_version: int | None = None) -> wire.Page:
        return await self._send("POST", f"/v1/pages/{page_id}/resolve", wire.Page, if_version=if_version)

    async def escalate_page(self, page_id: int, *, if_version: int | None = None) -> wire.Page:
        """Notify the next step now."""
        return await self._send("POST", f"/v1/pages/{page_id}/escalate", wire.Page, if_version=if_version)

    async def people(self) -> wire.People:
        return await self._get("/v1/people", wire.People)

    async def services(self) -> wire.Services:
        return await self._get("/v1/services", wire.Services)

    async def test_notifier(self, instance: str) -> wire_pages.Delivery:
        """Send a test message to the caller's own contact on that notifier."""
        return await self._send("POST", f"/v1/notifiers/{quote(instance, safe='')}/test", wire_pages.Delivery)

    async def test_person(self, handle: str) -> wire_pages.PersonTest:
        """Send a test message by each contact method of a person."""
        return await self._send("POST", f"/v1/people/{quote(handle, safe='')}/test", wire_pages.PersonTest)

    async def delivery(self, delivery_id: int) -> wire_pages.Delivery:
        """One message and what became of it."""
        return await self._get(f"/v1/deliveries/{delivery_id}", wire_pages.Delivery)
