"""How the practice stands, in the metrics. Nothing here is a mean, and nothing is about a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from prometheus_client.core import Metric

from incidentd.domain import experiments
from incidentd.domain.customers import CustomerKind
from incidentd.domain.incidents import ENDED, Status
from incidentd.domain.interruptions import Reason
from incidentd.domain.process import Process
from incidentd.domain.roles import SEPARATION, Role
from incidentd.domain.severity import Severity
from incidentd.ingress.families import filled, gauge, single, total
from incidentd.services.event_tally import EventTally
from incidentd.storage import live_counts
from incidentd.storage.live_counts import STANDINGS, ProcessCounts
from incidentd.storage.store import Store

_MOST_VERSIONS = 20
_OLDER = "older"
_OUTCOMES = ("kept", "missed", "void")
_RULES = (Role.MITIGATION_LEAD, Role.COMMUNICATIONS_LEAD, SEPARATION)
_SHOWN = [status for status in Status if status not in ENDED]
"""The statuses whose series are there from the start."""


class ProcessMetrics:
    """`process` is the one in force."""

    def __init__(self, store: Store, tally: EventTally, process: Callable[[], Process]) -> None:
        self._store = store
        self._tally = tally
        self._process = process

    async def read(self) -> list[Metric]:
        """Every figure of the practice."""
        now, process = self._store.clock.now(), self._process()
        counts = await self._store.read(lambda conn: live_counts.process(conn, now, process))
        return [*_versions(process.version, counts), *_incidents(counts), *_after(counts), *self._counted()]

    def _counted(self) -> Iterable[Metric]:
        promises = self._tally.promises
        yield total(
            "incidentd_updates_promised",
            "Times of a next update that were promised on this node; without drills.",
            (),
            {(): promises.made},
        )
        yield total(
            "incidentd_update_promises",
            "Promised updates whose time has come, by outcome: kept, missed, or void because none was owed any more; "
            "without drills.",
            ("outcome",),
            filled(_OUTCOMES, promises.updates),
        )
        yield total(
            "incidentd_first_responses",
            "First responses that were owed to who reports, by kind of customer and outcome: kept, missed by the "
            "clock, or void because there is no clock or the report was closed before.",
            ("customers", "outcome"),
            filled(product(CustomerKind, _OUTCOMES), promises.responses),
        )
        yield total(
            "incidentd_interruptions",
            "Interruptions of people on project work that were recorded on this node, by reason.",
            ("reason",),
            filled(Reason, self._tally.interruptions),
        )


def _versions(current: str, counts: ProcessCounts) -> Iterable[Metric]:
    incidents = counts.versions
    yield gauge(
        "incidentd_process_info",
        "Version of the process that is in force, with its name (V-3); always 1.",
        ("version", "name"),
        {(current, counts.process_name): 1},
    )
    newest = dict.fromkeys([current, *incidents][:_MOST_VERSIONS], 0)
    shown = {version: incidents.get(version, 0) for version in newest}
    if rest := sum(incidents.values()) - sum(shown.values()):
        shown[_OLDER] = rest
    yield gauge(
        "incidentd_process_incidents",
        f"Incidents by the version of the process that they were declared under, beyond the {_MOST_VERSIONS} newest "
        f"together as {_OLDER}; without drills.",
        ("version",),
        shown,
    )


def _incidents(counts: ProcessCounts) -> Iterable[Metric]:
    yield gauge(
        "incidentd_incidents",
        "Incidents by severity and status; without drills.",
        ("severity", "status"),
        filled(product(Severity, _SHOWN), counts.incidents),
    )
    yield gauge(
        "incidentd_role_gaps",
        "Responses under way in which a rule of roles is broken: nobody leads the mitigation or the communication, or "
        "one person leads both where two are wanted (separation).",
        ("rule",),
        filled(_RULES, counts.role_gaps),
    )
    yield single("incidentd_updates_overdue", "Incidents whose promised update is late.", counts.updates_overdue)
    yield single(
        "incidentd_reports_late", "Reports whose reporter waits for a word that is overdue.", counts.reports_late
    )


def _after(counts: ProcessCounts) -> Iterable[Metric]:
    yield gauge(
        "incidentd_reviews",
        "Incidents to look back on by severity and standing: waiting for their window, open, soon due, or late.",
        ("severity", "standing"),
        filled(product(Severity, STANDINGS), counts.reviews),
    )
    yield single("incidentd_actions_open", "Actions that are not done yet.", counts.actions_open)
    yield single("incidentd_actions_late", "Open actions whose day has passed.", counts.actions_late)
    yield gauge(
        "incidentd_experiments",
        "Experiments with the process by state; asking: it is over, and nobody has decided yet.",
        ("state",),
        filled(experiments.State, counts.experiments),
    )
    yield single(
        "incidentd_process_ideas_waiting", "Ideas about the process that wait for a retro.", counts.ideas_waiting
    )
