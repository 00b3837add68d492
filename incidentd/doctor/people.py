"""Whether somebody is on call and can be reached, by the files alone: what the daemon knows besides is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from incidentd.clock import SystemClock
from incidentd.configuration.kept_versions import unfollowed
from incidentd.domain.checkup import Finding, ok, problem, warning
from incidentd.domain.duty_changes import NO_CHANGES
from incidentd.domain.duty_warnings import gap_problems, warnings
from incidentd.domain.final_schedule import WEEK
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.reachability import NotifierState, duty_problems, judge, on_duty
from incidentd.pluginhost.host import PluginHost
from incidentd.settings import Configuration


def told(configuration: Configuration) -> list[OwnAlarm]:
    """Who carries a pager now or next without a contact method for urgent pages; gaps and overlaps of two weeks."""
    roster, now = configuration.roster, SystemClock().now()
    people = {handle: judge(one, lambda _: NotifierState(), {}, now) for handle, one in roster.people.items()}
    # What a calendar says is known to the daemon only.
    known = {name: one for name, one in roster.schedules.items() if all(layer.ical is None for layer in one.layers)}
    seen = msgspec.structs.replace(roster, schedules=known)
    unreachable = duty_problems(on_duty(roster, now), people)
    gaps = gap_problems(roster, warnings(seen, NO_CHANGES, now, now + 2 * WEEK), now)
    return [*(OwnAlarm("person-unreachable", text) for text in unreachable), *gaps]


def process_problems(configuration: Configuration) -> Iterable[str]:
    """A process.toml that nobody follows, since people have adopted another version."""
    exists, state_dir = bool(configuration.source.text), configuration.daemon.state_dir
    said = unfollowed(state_dir, configuration.process.version, exists=exists)
    return [said] if said else []


def duty(configuration: Configuration) -> Iterator[Finding]:
    """What `told` says, and a process that is not the one of the file."""
    found = told(configuration)
    for alarm in found:
        means, remedy = "a page may reach nobody", f"incidentctl runbook {alarm.code}"
        yield msgspec.structs.replace(problem("duty", alarm.text, means, remedy), code=alarm.code)
    if not found:
        yield ok("duty", "whoever is on call now or next has a contact for urgent pages")
    for text in process_problems(configuration):
        yield warning("process", text, "what the file says is not in force", "incidentctl process diff")


def plugins(configuration: Configuration) -> Iterator[Finding]:
    """Instances whose plugin is missing or whose options are wrong, and contacts that none of them can write to."""
    host, disabled = PluginHost(SystemClock(), configuration.environ), configuration.daemon.disabled_plugins
    faults = host.check(configuration.adapters, disabled)
    for fault in faults:
        yield problem("plugins", str(fault), "the daemon does not start with it", "correct it, then: incidentd check")
    people = configuration.roster.people.values()
    for text in host.useless_contacts(configuration.adapters, people, disabled):
        yield warning(
            "contacts", text, "no message reaches this contact", "correct roster.toml, then: incidentctl reload"
        )
    if not faults:
        yield ok("plugins", f"{len(configuration.adapters)} instances can be made")
