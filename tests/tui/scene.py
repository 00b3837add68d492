"""A scene with made-up facts: what the snapshots and the pictures of the documentation show."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from incidentd import wire
from incidentd.domain.duty_changes import Absence, Changes, Override, Swap
from incidentd.domain.people import (
    ContactMethod,
    EscalationPolicy,
    Layer,
    Person,
    Restriction,
    Roster,
    Rotation,
    Schedule,
    Step,
    Target,
    TargetKind,
)
from incidentd.domain.protection import DEFINITIONS
from incidentd.domain.severity import Severity
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import checks as wire_checks
from incidentd.wire import facts as wire_facts
from incidentd.wire import groups as wire_groups
from incidentd.wire import handover as wire_handover
from incidentd.wire import health as wire_health
from incidentd.wire import modes as wire_modes
from incidentd.wire import policies as wire_policies
from incidentd.wire import presence as wire_presence
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import silences as wire_silences
from incidentd.wire import views as wire_views
from incidentd.wire.backups import BackupHealth
from incidentd.wire.retention import RetentionHealth
from incidentd.wire.store import StoreHealth
from incidentd.wire.upkeep import LogLevel

_ALERTS = (
    # name, severity, minutes ago, count, service, summary
    ("Checkout5xxHigh", "critical", 16, 6, "checkout", "error ratio 7.4% > 2% for 5m"),
    ("PaymentLatencyHigh", "critical", 14, 2, "payments", "p99 8.2 s > 1 s"),
    ("QueueDepthHigh", "error", 11, 2, "webhooks", "webhooks-egress 48k > 20k"),
    ("InvoiceJobFailing", "error", 9, 3, "billing", "3 runs in a row failed"),
    ("ExportWorkerStuck", "warning", 16, 1, "exports", "no progress for 15m on 2 of 6 workers"),
    ("LoginErrors", "warning", 21, 5, "auth", "okta callback answers 502 now and then"),
    ("CacheHitRateLow", "warning", 24, 2, "mobile", "61% < 80%"),
    ("DiskWillFillIn4h", "warning", 31, 1, "postgres", "db-eu-3 /var/lib/postgresql"),
    ("CertExpiresIn7d", "warning", 65, 1, "edge", "*.hooks.example.net"),
    ("SlowDashboard", "info", 70, 3, "web", "first load from São Paulo 8–10 s"),
    ("PodRestarting", "info", 77, 5, "media", "thumbnailer 5× in 1h"),
    ("UploadStops", "info", 130, 2, "media", "2 GB videos stop at 99%"),
    ("ReplicaLag", "warning", 190, 1, "postgres", "db-us-2 behind 94 s (recovering)"),
    ("SearchIndexStale", "info", 200, 1, "search", "'Zoë' finds nothing since the last build"),
    ("BackupLate", "warning", 250, 1, "postgres", "the 02:00 backup ended at 05:40"),
)


_SUMMED = ("project_days", "leaks", "work", "absorbed", "interruptions", "hours", "off_hours", "sleep_hours")


def build(fakes: Any) -> Any:
    """A `FakeClient` in the middle of an incident."""
    client = fakes.FakeClient()
    _people(client, fakes)
    _alerts(client, fakes)
    _pages(client, fakes)
    _incidents(client, fakes)
    _health(client, fakes)
    _group(client, fakes)
    _silences(client, fakes)
    _views(client, fakes)
    _checks(client, fakes)
    _maintenance(client, fakes)
    _duty(client, fakes)
    _policies(client, fakes)
    _handovers(client, fakes)
    _recurring(client, fakes)
    _requests(client, fakes)
    _protection(client, fakes)
    _plan(client, fakes)
    _reports(client, fakes)
    title = "503 at the balancer after a rollout"
    client.incidents_by_id[298] = fakes.make_incident(298, title, 4400, status="closed", severity=Severity.SEV2)
    fakes.fake_reviews.scene(client)
    return client


def _reports(client: Any, fakes: Any) -> None:
    """Two customers tell of one thing, a third waits for a word since an hour."""
    report, message = fakes.make_report, fakes.make_message
    flags = {"service": "feature-flags", "tags": {"region": "eu-1"}}
    client.reports_by_id = {
        1: report(1, "Flags do not load", 12, customer="Acme", answers={"who": "all of eu-1"}, **flags),
        2: report(2, "Feature flags answer 429", 9, customer="Globex", **flags),
        3: report(
            3, "Where is my invoice of October?", 75, customer="Initech", late=True, owner="lin", kind="internal_team",
            priority="P4", impact="low", urgency="low",
        ),
        4: report(
            4, "Login loops", 300, customer="Umbrella", state="linked", incident_id=309, unanswered=False,
            first_responded_at=fakes.NOW - fakes.minutes(280), next_due=fakes.NOW + fakes.minutes(600),
            priority="P2", allowed=("followed_up", "triaging", "duplicate"),
        ),
    }  # fmt: skip
    screen = fakes.wire_reports.Attachment(id=1, name="screen.png", media_type="image/png", size=48_213)
    client.said = {
        1: [
            message(
                1, "Since 14:10 all our flags time out in eu-1.\nThe app shows nothing.", 12, attachments=(screen,)
            ),
            message(2, "We look at it.", 8, direction="out", kind="reply", author="lin", delivery="delivered"),
            message(3, "The CDN may be it.", 7, direction="note", kind="note", author="lin"),
        ]
    }
    client.canned = (
        fakes.wire_triage.ReplyDraft(name="known", text="Hello Acme,\nwe know of it.", missing=()),
        fakes.wire_triage.ReplyDraft(name="fixed", text="It is fixed in {version}.", missing=("version",)),
    )
    nudge = fakes.wire_triage.Nudge(report_ids=(1, 2), why="2 reports from 2 reporters are alike")
    like = fakes.wire_triage.SimilarReport(
        report=client.reports_by_id[2], relation="cluster", score=67, reasons=("both say flags", "region eu-1")
    )
    client.alike = {1: fakes.wire_triage.Similar(similar=(like,), nudge=nudge)}


def _plan(client: Any, fakes: Any) -> None:
    """Three weeks of payments: lin stands in the first one, and nobody can be had beside mei in the last one."""
    monday = datetime(2026, 3, 16, 9, tzinfo=UTC)
    bounds = [monday + timedelta(weeks=number) for number in range(4)]
    support = (("lin", "ada"), ("ada", "mei"), ("mei",))
    load = wire_modes.SupportLoad

    def share(person: str, before: int, after: int) -> wire_modes.PlanShare:
        loads = [load(days=days, weekend_days=days // 7 * 2, holidays=0, nights=days) for days in (before, after)]
        return wire_modes.PlanShare(person=person, before=loads[0], after=loads[1])

    def choice(week: int, person: str, why: str, other: str = "", why_not: str = "") -> wire_modes.PlanChoice:
        return wire_modes.PlanChoice(
            starts_at=bounds[week], person=person, why=why, alternative=other, why_not=why_not
        )  # fmt: skip

    def block(person: str, mode: str, first: int, last: int) -> wire_modes.PlannedBlock:
        return wire_modes.PlannedBlock(person=person, mode=mode, starts_at=bounds[first], ends_at=bounds[last])

    client.plans["payments"] = wire_modes.ModePlan(
        team="payments", starts_at=bounds[0], ends_at=bounds[3], wanted=2, plan="3f6a0c1d2e4b", applied=False,
        weeks=tuple(
            wire_modes.PlannedWeek(starts_at=low, ends_at=low + timedelta(weeks=1), support=names)
            for low, names in zip(bounds, support, strict=False)
        ),
        choices=(
            choice(0, "ada", "7 days in support until then (team: 7 to 14)", "mei", "mei is absent in that week"),
            choice(1, "ada", "14 days in support until then (team: 7 to 14)"),
            choice(1, "mei", "7 days in support until then (team: 7 to 14)", "raj", "the days would be less even"),
            choice(2, "mei", "14 days in support until then (team: 7 to 14)"),
        ),
        shares=(share("ada", 7, 21), share("lin", 14, 14), share("mei", 7, 21), share("raj", 14, 14)),
        blocks=(
            block("ada", "support", 0, 2), block("ada", "project", 2, 3), block("mei", "project", 0, 1),
            block("mei", "support", 1, 3), block("raj", "project", 0, 3),
        ),
        short=("1 of 2 in support in the week from 2026-03-30 09:00 UTC: the others are absent",),
    )  # fmt: skip


def _protection(client: Any, fakes: Any) -> None:
    """Thirteen weeks of payments: two before anybody had a mode, and the one that runs."""
    monday = datetime(2026, 3, 9, tzinfo=UTC)

    def week(back: int, days: int, leaks: int, work: int, absorbed: int, hours: int, **reasons: int) -> Any:
        begin = monday - timedelta(weeks=back)
        return wire_protection.ProtectedWeek(
            day=begin.date(), starts_at=begin, ends_at=min(begin + timedelta(weeks=1), fakes.NOW), project_days=days,
            leaks=leaks, leak_free=1 - leaks / days if days else None, work=work, absorbed=absorbed,
            absorption=absorbed / work if work else None, interruptions=sum(reasons.values()),
            reasons={name: count for name, count in reasons.items() if count},
            hours=hours, off_hours=hours // 3, sleep_hours=hours // 6,
        )  # fmt: skip

    weeks = (
        week(12, 0, 0, 3, 0, 4),
        week(11, 0, 0, 0, 0, 0),
        *(week(back, 10, back % 3, 4 + back, 4, back + 2, knowledge=back % 3) for back in range(10, 1, -1)),
        week(1, 15, 4, 14, 9, 19, knowledge=3, no_support=1, escalated=1),
        week(0, 8, 0, 2, 2, 2),
    )
    total = {name: sum(getattr(one, name) for one in weeks) for name in _SUMMED}
    whole = fakes.replace(
        weeks[1], ends_at=fakes.NOW, reasons={"knowledge": 12, "no_support": 1, "escalated": 1},
        leak_free=1 - total["leaks"] / total["project_days"], absorption=total["absorbed"] / total["work"],
        starts_at=weeks[0].starts_at, day=weeks[0].day, **total,
    )  # fmt: skip
    client.protected["payments"] = wire_protection.Protection(
        team="payments",
        at=fakes.NOW,
        starts_at=weeks[0].starts_at,
        weeks=weeks,
        whole=whole,
        islands=(
            wire_protection.Island(
                service="billing",
                count=5,
                text="billing: one person was pulled in 5 times; let somebody work beside them, and write down how",
            ),
        ),
        definitions=DEFINITIONS,
    )


def _requests(client: Any, fakes: Any) -> None:
    """One of others that is open, and one that the viewer took."""

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=UTC)

    client.requests_by_id = {
        1: fakes.make_request(
            1, "payments", "lin", ("ada", "raj"), at(4, 9), at(5, 9), state="accepted", taken_by="ada",
            taken_via="link", result="override:7",
        ),
        2: fakes.make_request(
            2, "night", "raj", ("mei",), at(15, 22), at(16, 6), wants="swap", reason="a concert",
            returns={"returns_from": at(16, 22), "returns_until": at(17, 6)},
        ),
    }  # fmt: skip


def _recurring(client: Any, fakes: Any) -> None:
    """A maintenance that recurs on Thursday nights in Berlin, over midnight."""
    first = datetime(2026, 3, 12, 21, tzinfo=UTC)
    client.rules[1] = wire_quieting.Recurring(
        id=1, name="R-1", kind="maintenance", status="active", rule="FREQ=WEEKLY;BYDAY=TH 22:00-01:00 Europe/Berlin",
        rrule="FREQ=WEEKLY;BYDAY=TH", zone="Europe/Berlin", matchers=(), services=("checkout",), spared=(), below="",
        coming=tuple(
            wire_quieting.Occurrence(starts_at=one, ends_at=one + timedelta(hours=3))
            for one in (first, first + timedelta(days=7))
        ),
        text="deploys", created_by="lin", owner_known=True, created_at=fakes.NOW, updated_at=fakes.NOW,
        last_hid_at=None, ended_at=None, ended_by="", version=1,
    )  # fmt: skip


def _handovers(client: Any, fakes: Any) -> None:
    """A block of the viewer's that runs, one that comes to them, and one between others that is over."""
    item = wire_handover.HandoverItem
    sections = (
        wire_handover.HandoverSection(
            kind="incidents",
            title="Open incidents",
            items=(item(subject="incident:309", text="INC-309 Okta sign-in loop for 5 customers (SEV3, active)"),),
            more=1,
        ),
    )

    def handover(number: int, schedule: str, person: str, following: str, state: str, **more: Any) -> None:
        ends = fakes.NOW + fakes.minutes(more.pop("ends", 0))
        given = {
            "id": number, "name": f"H-{number}", "schedule": schedule, "person": person, "next_person": following,
            "state": state, "starts_at": ends - timedelta(days=7), "ends_at": ends, "next_starts_at": ends,
            "form": "full", "surprises": "", "sections": sections, "finished_by": "", "sent_at": None,
            "accepted_by": "", "accepted_at": None, "accepted_via": "", "version": 1, **more,
        }  # fmt: skip
        client.kept_handovers[number] = wire_handover.Handover(**given)

    sent = {"sent_at": fakes.NOW - fakes.minutes(40), "finished_by": "mei", "ends": -40}
    handover(3, "payments", "ada", "lin", "running", ends=1118)
    handover(2, "comms", "mei", "ada", "sent", surprises="The status page takes minutes to update.", **sent)
    over = {"accepted_by": "raj", "accepted_at": fakes.NOW - timedelta(days=6), "ends": -9000, "finished_by": "lin"}
    handover(1, "platform", "lin", "raj", "accepted", sent_at=fakes.NOW - timedelta(days=7), **over)


def _policies(client: Any, fakes: Any) -> None:
    """One policy of two steps, whose second reaches nobody by day; what is low waits for the hours of its person."""
    target, minutes = wire_policies.PolicyTarget, fakes.minutes

    def steps(*now: tuple[str, tuple[str, ...], str]) -> tuple[wire_policies.PolicyStep, ...]:
        return tuple(
            wire_policies.PolicyStep(
                number=number, delay=300.0, targets=(target(kind="schedule", name=name, now=people, why=why),)
            )
            for number, (name, people, why) in enumerate(now, 1)
        )

    def policy(name: str, **more: Any) -> wire_policies.Policy:
        given = {"at": fakes.NOW, "repeat": 0, "lasts": 600.0, "services": (), "routes": (name,), **more}
        return wire_policies.Policy(name=name, **given)

    nobody = ("night", (), "nobody carries the pager of night until 22:00")
    client.policy_list = [
        policy("payments", steps=steps(("payments", ("ada",), "on call for payments")), services=("checkout",)),
        policy(
            "default",
            steps=steps(("platform", ("lin",), "on call for platform"), nobody),
            repeat=1,
            lasts=1200.0,
            ack_timeout=1800.0,
            choices=(wire_policies.PolicyChoice(by="severity", value="critical", policy="payments"),),
        ),
    ]

    def test(at: datetime, severity: str, urgency: str) -> wire_policies.PolicyTest:
        step: dict[str, Any] = {"of": 2, "round": 1, "since": at}
        low = urgency == "low"
        wait = minutes(1000) if low else minutes(0)

        def call(after: float, person: str, why: str, **more: Any) -> wire_policies.PlannedCall:
            when = at + wait + minutes(after)
            return wire_policies.PlannedCall(at=when, after=after * 60, person=person, notifier="ntfy", why=why, **more)

        reached = wire_policies.PlannedStep(
            step=1, at=at + wait, until=at + wait + minutes(5), people=("lin",),
            waits="the hours of lin" if low else "",
            calls=(call(0, "lin", "on call for platform"), call(2, "lin", "their next method"),
                   call(0, "mei", "learns beside lin", counts=False)),
            gaps=(), **step,
        )  # fmt: skip
        empty = wire_policies.PlannedStep(
            step=2, at=at + wait + minutes(5), until=at + wait + minutes(5), people=(), calls=(),
            gaps=("night has nobody on call at that time",), **step,
        )  # fmt: skip
        return wire_policies.PolicyTest(
            asked="default", policy="default", why="", severity=severity, urgency=urgency, at=at,
            steps=(reached, empty), ends_at=at + wait + minutes(5), left_out=0, last_resort=(),
            last_resort_why="no last resort is set",
        )  # fmt: skip

    for severity in ("", "error"):
        for urgency in ("high", "low"):
            client.policy_tests["default", severity, urgency] = partial(test, severity=severity, urgency=urgency)
    fallen = "severity critical goes by policy payments"
    client.policy_tests["default", "critical", "high"] = lambda at: fakes.replace(
        test(at, "critical", "high"), policy="payments", why=fallen
    )


def _duty(client: Any, fakes: Any) -> None:
    """Four schedules of two teams, and a change of each kind."""

    def schedule(name: str, *people: str, start: date, restrictions: Any = (), **more: Any) -> Schedule:
        rotation = Rotation(people=people, start=start, zone="UTC", **more)
        return Schedule(name=name, layers=(Layer(name=name, rotation=rotation, restrictions=restrictions),))

    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    nights = Restriction(start=time(22), end=time(6))
    schedules = (
        schedule("payments", "ada", "lin", start=friday),
        schedule("platform", "lin", "raj", start=friday),
        schedule("comms", "mei", "ada", start=monday),
        schedule("night", "raj", "mei", start=monday, restrictions=(nights,)),
    )

    def policy(name: str, *names: str) -> EscalationPolicy:
        targets = tuple(Target(TargetKind.SCHEDULE, one) for one in names)
        return EscalationPolicy(name=name, steps=tuple(Step(targets=(one,)) for one in targets))

    people = {
        one.handle: Person(
            handle=one.handle,
            name=one.name,
            zone=one.zone,
            contacts=tuple(ContactMethod(notifier=name) for name in one.contacts),
        )
        for one in client.person_list
    }
    policies = {one.name: one for one in (policy("payments", "payments"), policy("default", "platform", "night"))}
    client.roster = Roster(people=people, schedules={one.name: one for one in schedules}, policies=policies)
    client.holidays = {"lin": {date(2026, 3, 17): "Founders' Day"}}

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 3, day, hour, tzinfo=UTC)

    client.duty = Changes(
        overrides=(
            Override(
                id=1, schedule="payments", person="mei", starts_at=at(14, 9), ends_at=at(14, 21), reason="a wedding",
                by="lin", at=at(10, 9),
            ),
        ),
        swaps=(
            Swap(
                id=1, schedule="payments", person="lin", starts_at=at(15, 9), ends_at=at(16, 9), other="ada",
                other_starts_at=at(21, 9), other_ends_at=at(22, 9), reason="a marathon", by="lin", at=at(11, 9),
            ),
        ),
        absences=(Absence(id=1, person="mei", starts_at=at(11, 0), ends_at=at(12, 0), at=at(2, 9), by="mei"),),
    )  # fmt: skip
    client.own_shifts = (
        wire.OwnShift(schedule="payments", starts_at=fakes.NOW, ends_at=at(13, 9)),
        wire.OwnShift(schedule="comms", starts_at=at(16, 9), ends_at=at(23, 9)),
    )


def _checks(client: Any, fakes: Any) -> None:
    def check(source: str, name: str, status: str, **more: Any) -> None:
        client.check_list[f"{source}/{name}"] = fakes.make_check(source, name, status, **more)

    ran = wire_checks.CheckResult(
        at=fakes.NOW - fakes.minutes(20), outcome="success", good=True, duration=251, detail=""
    )
    check("heartbeat", "nightly-backup", "up", last_duration=251.0, recent=(ran,), description="pg_dump to the vault")
    check(
        "heartbeat",
        "invoice-run",
        "down",
        detail="no ping for 3 h 20 m",
        last_at=fakes.NOW - fakes.minutes(200),
        next_at=fakes.NOW - fakes.minutes(140),
        service="billing",
        alert_id=973,
    )
    check("prober", "www", "up", kind="http", expects="200 every 30s", last_duration=0.048, last_at=fakes.NOW)
    check(
        "prober",
        "staging",
        "paused",
        kind="http",
        paused=wire_checks.Pause(at=fakes.NOW, by="lin", note="it is rebuilt"),
    )


def _maintenance(client: Any, fakes: Any) -> None:
    def window(number: int, services: tuple[str, ...], text: str, **more: Any) -> None:
        plan = wire_quieting.MaintenancePlan(services=services, text=text)
        client.windows[number] = fakes.make_window(number, plan, **more)

    window(1, ("mobile",), "the cache gets more memory", starts_at=fakes.NOW - fakes.minutes(15), created_by="mei")
    starts = fakes.NOW + fakes.minutes(460)
    window(2, ("postgres", "billing"), "database upgrade", status="planned", starts_at=starts, ends_at=starts)
    starts = fakes.NOW - fakes.minutes(900)
    window(3, ("edge",), "new certificates", status="over", starts_at=starts, ends_at=starts + fakes.minutes(45))
    reason = wire.HiddenBy(
        kind="maintenance",
        subject="maintenance:1",
        name="M-1",
        text="mobile is in maintenance M-1 (the cache gets more memory, by mei until 2026-03-12T15:22:06Z)",
        until=client.windows[1].ends_at,
    )
    client.alerts_by_id[976] = fakes.replace(client.alerts_by_id[976], hidden_by=(reason,))
    muted = wire.HiddenBy(
        kind="mute",
        subject="interval:nights",
        name="nights",
        text="muted by the time interval nights until 2026-03-13T06:00:00Z",
        until=fakes.NOW + fakes.minutes(938),
    )
    client.alerts_by_id[979] = fakes.replace(client.alerts_by_id[979], hidden_by=(muted,))


def _group(client: Any, fakes: Any) -> None:
    """Five alerts of one group that pages nobody, and the past of an alert."""
    for number in range(985, 990):
        pod = f"thumbnailer-{number - 984}"
        client.alerts_by_id[number] = fakes.make_alert(
            number,
            "PodCrashLooping",
            "warning",
            40 + number - 985,
            service="media",
            summary=f"{pod} restarts every minute",
            group_id=9,
            labels={"cluster": "eu-1", "namespace": "media", "team": "images", "pod": pod},
            annotations={"summary": f"{pod} restarts every minute", "runbook_url": "https://runbooks.example.net/pods"},
        )
    client.groups_by_id[9] = wire_groups.Group(
        id=9,
        route="root/3",
        service="media",
        labels={"alertname": "PodCrashLooping", "namespace": "media"},
        opened_at=fakes.NOW - fakes.minutes(44),
        notified_at=None,
        closed_at=None,
        severities={"warning": 5},
        firing=5,
        total=5,
        page_id=None,
        page_state="",
        acknowledged_by="",
    )
    ended = fakes.NOW - fakes.minutes(2000)
    client.episodes[972] = (
        wire_groups.Episode(number=2, began_at=fakes.NOW - fakes.minutes(11), ended_at=None, ended_by=""),
        wire_groups.Episode(number=1, began_at=ended - fakes.minutes(31), ended_at=ended, ended_by="source"),
    )
    client.messages = {
        2: "webhooks-egress 48k > 20k\ncluster=eu-1 team=webhooks\nhttps://runbooks.example.net/QueueDepthHigh",
        3: "webhooks-egress 48k > 20k",
    }


def _silences(client: Any, fakes: Any) -> None:
    def silence(number: int, status: str, matchers: tuple[str, ...], starts: float, ends: float, why: str) -> None:
        silence_id = f"5ace000{number}-0000-4000-8000-000000000000"
        client.kept_silences[silence_id] = wire_silences.Silence(
            id=silence_id,
            name=f"S-5ace000{number}",
            status=status,
            matchers=matchers,
            starts_at=fakes.NOW + fakes.minutes(starts),
            ends_at=fakes.NOW + fakes.minutes(ends),
            created_by="mei" if number % 2 else "ada",
            comment=why,
            annotations={},
            updated_at=fakes.NOW + fakes.minutes(starts),
        )

    silence(1, "active", ('alertname="SearchIndexStale"',), -60, 40, "the index is being rebuilt")
    silence(2, "pending", ('cluster="eu-1"', 'service=~"postgres|billing"'), 500, 680, "database upgrade tonight")
    silence(3, "expired", ('instance=~"edge-.*"',), -900, -300, "new certificates for the edge")
    hidden = client.alerts_by_id[983]
    by = next(iter(client.kept_silences.values()))
    reason = wire.HiddenBy(
        kind="silence",
        subject=f"silence:{by.id}",
        name=by.name,
        text=f"silenced by {by.name} ({by.comment}, by {by.created_by})",
        until=by.ends_at,
    )
    client.alerts_by_id[983] = fakes.replace(hidden, silenced_by=(by.id,), hidden_by=(reason,))


def _views(client: Any, fakes: Any) -> None:
    for number, (name, query, shared) in enumerate(
        (("databases", "service=postgres", True), ("payments", "service=~checkout|payments", False)), 1
    ):
        client.kept_views.append(
            wire_views.View(
                id=number, name=name, base="all", query=query, shared=shared, saved_by="lin", saved_at=fakes.NOW
            )
        )


def _people(client: Any, fakes: Any) -> None:
    client.person_list = [
        wire.Person(handle="ada", name="Ada Moreau", zone="UTC", contacts=("ntfy", "email"), on_call_for=("payments",)),
        wire.Person(handle="lin", name="Lin Wei", zone="Europe/Berlin", contacts=("ntfy",), on_call_for=("platform",)),
        wire.Person(handle="mei", name="Mei Tanaka", zone="Asia/Tokyo", contacts=("email",), on_call_for=("comms",)),
        wire.Person(handle="raj", name="Raj Patel", zone="Europe/London", contacts=(), on_call_for=()),
    ]
    client.service_list = [
        *(wire.Service(name=name, team="payments", policy="payments") for name in ("billing", "checkout", "payments")),
        wire.Service(name="postgres", team="platform", policy="default"),
    ]
    until = fakes.NOW + timedelta(hours=18, minutes=38)
    client.shifts = [
        wire.OnCall(schedule="payments", person="ada", until=until, next_person="lin", policies=("payments",)),
        wire.OnCall(schedule="platform", person="lin", until=until, next_person="raj", policies=("default",)),
        wire.OnCall(schedule="comms", person="mei", until=until + timedelta(days=3), next_person="ada", policies=()),
        wire.OnCall(schedule="night", person="", until=None, next_person="raj", policies=("default",)),
    ]
    client.roster_problems = ("raj has no contact method: pages to raj reach nobody",)


def _alerts(client: Any, fakes: Any) -> None:
    for number, (name, severity, ago, count, service, summary) in enumerate(_ALERTS, 970):
        client.alerts_by_id[number] = fakes.make_alert(
            number,
            name,
            severity,
            ago,
            count=count,
            service=service,
            summary=summary,
            labels={"cluster": "eu-1", "team": service, "instance": f"{service}-7c9f-2xk"},
            annotations={
                "summary": summary,
                "description": f"{summary}.\nRunbook: https://runbooks.example.net/{name}",
            },
        )


def _pages(client: Any, fakes: Any) -> None:
    link = fakes.replace
    acked = fakes.make_page(
        40,
        "Checkout5xxHigh (6 alerts)",
        16,
        service="checkout",
        policy="payments",
        state="acknowledged",
        acknowledged_by="ada",
        acknowledged_via="link",
        acknowledged_at=fakes.NOW - fakes.minutes(15.2),
        notified=("ada",),
        alert_ids=(970,),
        incident_id=311,
        mine=True,
    )
    waiting = fakes.make_page(
        41,
        "QueueDepthHigh: webhooks-egress 48k > 20k",
        2.1,
        service="webhooks",
        policy="platform",
        notified=("ada",),
        alert_ids=(972,),
        mine=True,
    )
    other = fakes.make_page(
        42, "DiskWillFillIn4h", 7, service="postgres", notified=("lin",), alert_ids=(977,), next_step_at=fakes.NOW
    )
    client.pages_by_id = {page.id: page for page in (acked, waiting, other)}
    alerts = client.alerts_by_id
    alerts[970] = link(alerts[970], page_id=40, page_state="acknowledged", acknowledged_by="ada", incident_ids=(311,))
    alerts[971] = link(alerts[971], incident_ids=(311,))
    alerts[972] = link(alerts[972], page_id=41, page_state="open")
    alerts[977] = link(alerts[977], page_id=42, page_state="open")
    client.deliveries[40] = (fakes.make_delivery(1, 40, "ada", "ntfy", 16),)
    title = "[error] QueueDepthHigh on webhooks"
    client.deliveries[41] = (
        fakes.make_delivery(2, 41, "ada", "ntfy", 2.1, title=title),
        fakes.make_delivery(
            3, 41, "ada", "email", 1, title=title, state="failed", attempt=3, error="454 4.7.0 try again later"
        ),
    )
    steps = (
        ("alert.firing", 11.0, "Alertmanager sent the alert as firing."),
        ("alert.routed", 11.0, 'Route root/2 matched severity="error": service webhooks, policy platform.'),
        ("group.waited", 10.9, "Grouped by alertname and service; the group waits 30 s for more."),
        ("page.started", 2.1, "Page P-41 started: step 1 of platform is the schedule platform."),
        ("delivery.sent", 2.1, "ntfy accepted the message for ada."),
    )
    client.traces[972] = (
        "ada was paged at step 1 of policy platform and has not answered yet.",
        tuple(
            wire.TraceStep(seq=number, at=fakes.NOW - fakes.minutes(ago), kind=kind, text=text, data={})
            for number, (kind, ago, text) in enumerate(steps, 1)
        ),
    )


def _incidents(client: Any, fakes: Any) -> None:
    def holder(number: int, role: str, person: str, ago: float) -> wire.RoleHolder:
        return wire.RoleHolder(
            id=number, role=role, person=person, starts_at=fakes.NOW - fakes.minutes(ago), ends_at=None
        )

    rule = wire.Violation(
        rule="role-separation",
        text="SEV1 asks for a communications lead of its own; nobody holds that role",
        since=fakes.NOW - fakes.minutes(13),
    )
    client.incidents_by_id = {
        311: fakes.make_incident(
            311,
            "Card payments fail at checkout",
            20.2,
            severity=Severity.SEV1,
            service="checkout",
            status="active",
            declared_at=fakes.NOW - fakes.minutes(15),
            summary="All card payments through the new tokeniser path are refused.",
            alert_ids=(970, 971),
            page_ids=(40,),
            roles=(holder(1, "mitigation_lead", "ada", 15), holder(2, "scribe", "lin", 11)),
            violations=(rule,),
            version=7,
        ),
        310: fakes.make_incident(
            310,
            "Webhook deliveries are 40 min behind",
            72,
            severity=Severity.SEV2,
            service="webhooks",
            status="mitigated",
            mitigated_at=fakes.NOW - fakes.minutes(12),
            next_update_at=fakes.NOW - fakes.minutes(4),
            roles=(holder(3, "mitigation_lead", "raj", 70), holder(4, "communications_lead", "mei", 66)),
            allowed=("resolved", "active"),
        ),
        309: fakes.make_incident(
            309, "Okta sign-in loop for 5 customers", 185, service="auth", next_update_at=fakes.NOW + fakes.minutes(21)
        ),
    }
    client.updates[311] = [
        wire.Update(
            id=1,
            at=fakes.NOW - fakes.minutes(8),
            by="ada",
            audience="customers",
            phase="investigating",
            text="We are seeing failed card payments and are working on it.",
            next_at=fakes.NOW + fakes.minutes(6.2),
        )
    ]
    client.facts[311] = _facts(fakes)
    client.past[311] = [_past(fakes)]
    entry = fakes.make_entry
    client.be_here(
        wire_presence.Present(person="ada", state="viewing", what="timeline", since=fakes.NOW - fakes.minutes(16)),
        wire_presence.Present(person="lin", state="writing", what="update #2", since=fakes.NOW - fakes.minutes(1)),
        wire_presence.Present(person="raj", state="away", what="", since=fakes.NOW - fakes.minutes(4)),
    )
    client.timelines[311] = [
        entry(1, 20.2, "alert", "Checkout5xxHigh firing: 7.4% > 2% for 5m", detail="6 alerts in the same group"),
        entry(2, 16, "page", "ada paged (policy payments, step 1)"),
        entry(3, 15.2, "ack", "ada acknowledged P-40 by link after 0:48"),
        entry(4, 15, "status", "Declared as SEV3: Card payments fail at checkout", by="ada", detail="from 2 alerts"),
        entry(5, 15, "role", "ada is mitigation lead", by="ada"),
        entry(6, 13, "severity", "SEV3 → SEV1", by="ada", detail="all card payments affected: >5% of orders failing"),
        entry(
            7,
            11,
            "note",
            "5xx all come from the new tokeniser path, v511 pods are healthy. I propose to roll back.",
            by="lin",
        ),
        entry(8, 11, "role", "lin is scribe", by="lin"),
        entry(
            9,
            10,
            "decision",
            "roll back checkout to v511",
            by="ada",
            detail="fastest reversible step; cost: loses 2 features",
            evidence="https://graphs.example.net/d/checkout",
            pinned=True,
        ),
        entry(
            10,
            8,
            "update",
            "update #1 to customers (investigating)",
            by="ada",
            detail="“We are seeing failed card payments and are working on it.”",
        ),
        entry(11, 6, "action", "rollback checkout → v511 started", by="lin"),
        entry(12, 1, "observation", "error ratio 7.4% → 0.6%", by="lin"),
    ]


def _past(fakes: Any) -> wire_facts.Resembling:
    said = "resembles INC-309: sign-in nodes restarted, worked after 7 min"
    restart = wire_facts.PastAttempt(
        id=9, text="sign-in nodes restarted", outcome="worked", after=420, evidence="", said=said
    )
    return wire_facts.Resembling(
        id=309, title="Okta sign-in loop for 5 customers", service="auth", severity=Severity.SEV3, status="closed",
        started_at=fakes.NOW - fakes.minutes(185), score=40, reasons=("both say customers",), attempts=(restart,),
    )  # fmt: skip


def _facts(fakes: Any) -> dict[str, Any]:
    figure, said = wire_facts.ImpactFigure, fakes.said
    share = fakes.make_claim(1, "card payments", 22, figure=figure(low=90, high=100, unit="%"), source="orders board")
    doubt = said("disputed", 4, why="US customers call too")
    europe = fakes.make_claim(
        2, "card payments in EU only", figure=figure(low=500, unit="users"), source="support", state="disputed",
        verdicts=(doubt,),
    )  # fmt: skip
    theory = wire_facts.Theory(
        id=1, text="the new tokeniser path of v512", at=fakes.NOW, by="lin", state="open",
        verdicts=(said("for", 9, why="all 5xx come from it"),),
    )  # fmt: skip
    pods = fakes.make_attempt(1, "more tokeniser pods", 14, outcome="no_effect", verdicts=(said("no_effect", 12),))
    rollback = fakes.make_attempt(2, "rollback to v511", 6, theory_id=1, person="lin")
    return {
        "claims": (share, europe),
        "claimed_start": fakes.NOW - fakes.minutes(22),
        "theories": (theory,),
        "attempts": (pods, rollback),
        "checklist": _checklist(fakes),
        "communicators": ("mei", "lin"),
    }


def _checklist(fakes: Any) -> tuple[wire_checklists.ChecklistItem, ...]:
    item = partial(wire_checklists.ChecklistItem, done_at=None, done_by="", applies=True)
    done = fakes.NOW - fakes.minutes(12)
    return (
        item(
            id="make-it-stop", role="mitigation_lead", text="Ask first what makes it stop", done_at=done, done_by="ada"
        ),
        item(id="other-lead", role="mitigation_lead", text="See that somebody else leads the communications"),
        item(id="first-update", role="communications_lead", text="First update: what people notice, since when"),
    )


def _health(client: Any, fakes: Any) -> None:
    def adapter(
        instance: str, kind: str, role: str, state: str = "ok", detail: str = "", **more: Any
    ) -> wire.AdapterHealth:
        return wire.AdapterHealth(
            instance=instance,
            type=kind,
            role=role,
            state=state,
            detail=detail,
            failures=more.get("failures", 0),
            last_ok_at=fakes.NOW - fakes.minutes(more.get("ok", 0.2)),
            last_error_at=None if state == "ok" else fakes.NOW - fakes.minutes(1),
        )

    def source(name: str, ago: float, rate: int, refused: dict[str, int] | None = None) -> wire_health.SourceHealth:
        return wire_health.SourceHealth(
            instance=name,
            type=name,
            last_signal_at=fakes.NOW - fakes.minutes(ago),
            signals_per_minute=rate,
            refused=refused or {},
            last_error="401 the signature does not fit" if refused else "",
            last_error_at=fakes.NOW - fakes.minutes(30) if refused else None,
            expect_every=300.0 if refused else None,
            silent=bool(refused),
        )

    at_night = fakes.NOW - timedelta(hours=12)
    people = "[people] of roster.toml"
    client.nodes_now = fakes.replace(
        client.nodes_now,
        nodes=(
            fakes.node("incidents-1", here=True),
            fakes.node("incidents-2", version="1.5.0", differs=(people,)),
            fakes.node("incidents-3", 4, state="gone"),
        ),
        engine="postgresql",
        note="a rolling upgrade is under way: 1.4.0 (schema 0044) on incidents-1; 1.5.0 (schema 0044) on incidents-2",
    )
    client.health_now = fakes.replace(
        client.health_now,
        status="degraded",
        problems=("email: login refused (535); pages by email wait and are tried again",),
        adapters=(
            adapter("alertmanager", "alertmanager", "source"),
            adapter("pagerduty", "pagerduty", "source", ok=14),
            adapter("ntfy", "ntfy", "notifier", ok=2),
            adapter(
                "email",
                "email",
                "notifier",
                "degraded",
                "login refused (535): renew the app password",
                failures=12,
                ok=6,
            ),
            adapter("sms-gateway", "sms_gateway", "plugin", "missing", "no installed plugin has this type", failures=1),
        ),
        alerts_firing=20,
        deliveries_waiting=1,
        deliveries_failed_24h=1,
        sources=(source("alertmanager", 0.2, 14), source("pagerduty", 14, 0, {"signature": 4, "body": 1})),
        store=StoreHealth(
            engine="postgresql", bytes=412 * 2**20, reusable=0, growth_a_day=3.1 * 2**20, disk_free=21 * 2**30,
            disk_size=40 * 2**30,
        ),
        backup=BackupHealth(
            last_at=at_night, last_bytes=41 * 2**20, count=14, next_at=at_night + timedelta(days=1), failed="",
            verified_at=at_night + timedelta(seconds=40),
        ),
        retention=RetentionHealth(
            state="done", last_at=at_night, removed=1204, next_at=at_night + timedelta(days=1), holds=2
        ),
        log=LogLevel(level="info", configured="info", changed=()),
    )  # fmt: skip
