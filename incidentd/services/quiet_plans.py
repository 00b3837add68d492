"""Plans and rules as callers state them, read into the domain, and shown again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import Connection

from incidentd.domain.maintenance import BadWindow, MaintenanceSettings, Window, WindowPlan, check_plan
from incidentd.domain.matchers import BadMatcher, Matcher, parse_matcher
from incidentd.domain.people import Roster
from incidentd.domain.quiet_rules import SilencePlan
from incidentd.domain.recurrence import BadRecurrence, Recurrence, check, checked
from incidentd.domain.recurrence_words import Every, parse_every
from incidentd.domain.silences import BadSilence, Silence
from incidentd.domain.silences import check as check_silence
from incidentd.domain.wall_clock import wall
from incidentd.services.errors import Invalid, Unknown
from incidentd.storage import alerts
from incidentd.wire import quieting as wire_quieting

_DAY = timedelta(days=1)
_OPERATORS = "operators are =, !=, =~ and !~"


def matchers(texts: Sequence[str], field: str = "matchers") -> tuple[Matcher, ...]:
    """Matchers that a caller wrote. Raises `Invalid`."""
    try:
        return tuple(parse_matcher(text) for text in texts)
    except BadMatcher as error:
        raise Invalid(str(error), field=field, remedy=error.remedy or _OPERATORS) from None


def window_plan(body: wire_quieting.MaintenancePlan, settings: MaintenanceSettings) -> WindowPlan:
    """What is worked on. Raises `Invalid`."""
    plan = WindowPlan(
        services=tuple(dict.fromkeys(body.services)),
        text=body.text.strip(),
        spared=matchers(body.spared, "spared"),
        below=body.below,
    )
    try:
        check_plan(plan, settings)
    except BadWindow as error:
        raise Invalid(str(error), field=error.field) from None
    return plan


def check_services(conn: Connection, plan: WindowPlan, roster: Roster) -> None:
    """Raise `Invalid` for a service that neither the roster nor any alert knows: it would hide nothing."""
    for name in plan.services:
        if name not in roster.services and name != "default" and not alerts.has_service(conn, name):
            raise Unknown(f"there is no service {name!r}", field="services", remedy="see incidentctl services")


def silence_plan(body: wire_quieting.SilencePlan, now: datetime) -> SilencePlan:
    """What is silenced. Raises `Invalid`."""
    plan = SilencePlan(
        matchers=matchers(body.matchers), comment=body.comment.strip(), annotations=dict(body.annotations)
    )
    example = Silence(
        id="",
        matchers=plan.matchers,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        created_by="",
        comment=plan.comment,
        annotations=plan.annotations,
        updated_at=now,
    )
    try:
        check_silence(example, now)
    except BadSilence as error:
        raise Invalid(str(error), field=error.field) from None
    return plan


def recurrence(body: wire_quieting.Recurrence, now: datetime) -> Recurrence:
    """When it recurs. Raises `Invalid`."""
    _check_zone(body.zone)
    try:
        every = _every(body)
        text = every.rrule
        if body.until is not None:
            text += f";UNTIL={body.until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        rrule = checked(text, body.zone)
        starts = _first(body, rrule, every, now)
        found = Recurrence(rrule=rrule, starts=starts, lasts=every.lasts, zone=body.zone)
        check(found, now)
    except BadRecurrence as error:
        raise Invalid(str(error), field=f"when.{error.field}") from None
    return found


def _first(body: wire_quieting.Recurrence, rrule: str, every: Every, now: datetime) -> datetime:
    """The wall-clock time that the rule counts from."""
    if body.starts_at is not None:
        wanted = wall(body.starts_at, body.zone)
        first = datetime.combine(wanted.date(), every.at)
        return first if first >= wanted else first + _DAY
    first = datetime.combine(wall(now, body.zone).date(), every.at)
    if "COUNT=" in rrule or "INTERVAL=" in rrule:
        return first
    return first - every.lasts // _DAY * _DAY - _DAY  # what lasts over midnight may go on already


def _every(body: wire_quieting.Recurrence) -> Every:
    if bool(body.every) == bool(body.rrule):
        raise BadRecurrence("say either every or rrule", "every")
    if body.every:
        return parse_every(body.every)
    if not body.at:
        raise BadRecurrence("an rrule needs the time of day at which it starts, such as 02:00", "at")
    hours, minutes = map(int, body.at.split(":"))
    return Every(body.rrule, time(hours, minutes), timedelta(seconds=body.lasts))


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{zone!r} is no time zone", field="when.zone", remedy="such as Europe/London or UTC") from None


def maintenance_view(window: Window, now: datetime) -> wire_quieting.Maintenance:
    """A window as the wire shows it at `now`."""
    values = {name: getattr(window, name) for name in Window.__struct_fields__ if name != "plan"}
    return wire_quieting.Maintenance(
        **values,
        name=window.name,
        status=window.status(now).value,
        services=window.plan.services,
        text=window.plan.text,
        spared=tuple(map(str, window.plan.spared)),
        below=window.plan.below,
    )


def matcher_texts(plan: SilencePlan | WindowPlan) -> dict[str, object]:
    """What a plan hides, as the wire shows it."""
    if isinstance(plan, SilencePlan):
        texts = tuple(map(str, plan.matchers))
        return {"matchers": texts, "services": (), "spared": (), "below": "", "text": plan.comment}
    spared = tuple(map(str, plan.spared))
    return {"matchers": (), **msgspec.structs.asdict(plan), "spared": spared}
