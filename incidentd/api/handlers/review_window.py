"""What happens before a review: its window."""

from __future__ import annotations

from incidentd.api.call import Read
from incidentd.services.contracts import Calls
from incidentd.wire import review_window as wire_review


async def get_window(calls: Calls, call: Read) -> wire_review.ReviewWindow:
    return await calls.review_windows.get(call.id)
