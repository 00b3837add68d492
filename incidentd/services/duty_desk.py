"""The services around duty, wired together: who carries the pager, and how that passes from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from incidentd.domain.duty_changes import SwapState
from incidentd.domain.people import Roster
from incidentd.services.calendar_imports import CalendarImports
from incidentd.services.duty import Duty
from incidentd.services.escalation import Handler
from incidentd.services.handover_offer import HandoverOffer
from incidentd.services.handovers import Handovers
from incidentd.services.offers import Offer
from incidentd.services.request_offer import RequestOffer
from incidentd.services.rest_offer import RestOffer
from incidentd.services.rests import Rests
from incidentd.services.shift_requests import ShiftRequests
from incidentd.services.swap_offer import SwapOffer
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx


class DutyDesk:
    """`follow` after a start and a reload: what a schedule says of now may be new."""

    def __init__(self, store: Store, roster: Callable[[], Roster]) -> None:
        self.handovers = Handovers(store, roster)
        self.duty = Duty(store, roster, self.follow)
        self.requests = ShiftRequests(store, roster, self.duty.swaps, self.follow)
        self.rests = Rests(store, roster, self.requests)
        self.calendars = CalendarImports(store, roster, self.handovers.watch.follow)

    def handlers(self) -> Mapping[str, Handler]:
        """What the timers of duty do."""
        parts = (self.handovers, self.duty.swaps, self.requests, self.rests, self.calendars)
        return {kind: handler for part in parts for kind, handler in part.handlers().items()}

    def offers(self) -> Sequence[Offer]:
        """What signed links in its messages accept."""
        swaps = (SwapOffer(self.duty.swaps, self.follow, state) for state in (SwapState.ACCEPTED, SwapState.DECLINED))
        requests = (RequestOffer(self.requests, accepts=accepts) for accepts in (True, False))
        rests = (RestOffer(self.rests, relief=relief) for relief in (False, True))
        return (HandoverOffer(self.handovers), *swaps, *requests, *rests)

    def follow(self, tx: Tx) -> None:
        """See who carries each pager now, and what ends by that."""
        self.handovers.watch.follow(tx)

    def reread(self, tx: Tx) -> None:
        """`follow` after the roster was read."""
        self.calendars.follow(tx)
        self.follow(tx)
