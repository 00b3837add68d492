"""Each command: what it asks for, what it prints, as text and as JSON, and what it does when the daemon refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import click
import msgspec
import pytest

from incidentd import wire
from incidentd.cli import ctl
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import audit as wire_audit
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import checks as wire_checks
from incidentd.wire import drills as wire_drills
from incidentd.wire import duty as wire_duty
from incidentd.wire import groups as wire_groups
from incidentd.wire import handover as wire_handover
from incidentd.wire import modes as wire_modes
from incidentd.wire import policies as wire_policies
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import rehearsals as wire_rehearsals
from incidentd.wire import reports as wire_reports
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest
from incidentd.wire import review_records as wire_records
from incidentd.wire import reviews as wire_reviews
from incidentd.wire import roles as wire_roles
from incidentd.wire import silences as wire_silences
from incidentd.wire import subscribers as wire_subscribers
from incidentd.wire import updates as wire_updates


class Case(NamedTuple):
    """A command line, the request it makes, the answer, and what a person reads of it."""

    line: str
    request: str  # method and target
    answer: Callable[[Any], object]  # of the canned structs
    reads: str
    sent: object = None  # the request's body
    also: tuple[tuple[str, Callable[[Any], object]], ...] = ()  # further requests of the text form


CLAIM = {"affected": None, "figure": None, "starts_at": None, "ends_at": None, "ongoing": False, "source": None,
         "evidence": None, "suspected": None, "replaces": None}  # fmt: skip
WHEN = {"zone": "UTC", "every": "", "rrule": "", "at": "", "lasts": 0, "starts_at": None, "until": None}
PREVIEW = {"matchers": [], "maintenance": None, "dependency": "", "inhibit": "", "subject": "", "when": None}
DRIVE = "POST /v1/incidents/4/review/drive"
FACTOR_EDIT = {"text": None, "category": None, "role": None, "evidence": None, "contexts": None, "same_as": None,
               "theme": None}  # fmt: skip

READ = [
    Case("alert list", "GET /v1/alerts?status=firing&order=newest&limit=100",
         lambda c: wire.AlertPage(alerts=(c.alert(),), next_cursor="", total=1), "A-12  firing  plain"),
    Case("alert list host=a host!=b --status all --service db --search full --order oldest --limit 5 --cursor i9",
         "GET /v1/alerts?match=host%3Da&match=host%21%3Db&q=full&status=all&service=db&order=oldest&limit=5&cursor=i9",
         lambda c: wire.AlertPage(alerts=(), next_cursor="", total=0), "No alert matches."),
    Case("alert show A-12", "GET /v1/alerts/12", lambda c: c.alert(), "A-12 plain (firing)"),
    Case("alert trace a-12", "GET /v1/alerts/12/trace", lambda c: c.trace(), "plain verdict\n",
         also=(("GET /v1/pages/3", lambda c: c.page_detail()),)),
    Case("page list", "GET /v1/pages?state=active&limit=100",
         lambda c: wire.PagePage(pages=(c.page(),), next_cursor="", total=1), "P-3  open"),
    Case("page list --mine --state all", "GET /v1/pages?mine=true&state=all&limit=100",
         lambda c: wire.PagePage(pages=(), next_cursor="", total=0), "No page matches."),
    Case("page show P-3", "GET /v1/pages/3", lambda c: c.page_detail(), "P-3 plain (open)"),
    Case("page show P-3 --deliveries", "GET /v1/pages/3", lambda c: c.page_detail(), "What was done"),
    Case("severity show", "GET /v1/severity", lambda c: c.matrix(),
         "   1  SEV1  plain: plain\n            when plain plain1 or plain2\n   2  SEV4  plain\n            always\n"),
    Case("incident list", "GET /v1/incidents?state=open&limit=100",
         lambda c: wire.IncidentPage(incidents=(c.incident(),), next_cursor="", total=1), "INC-4  SEV2      active"),
    Case("incident list -q flags --state closed", "GET /v1/incidents?q=flags&state=closed&limit=100",
         lambda c: wire.IncidentPage(incidents=(), next_cursor="", total=0), "No incident matches."),
    Case("incident chat show 4", "GET /v1/incidents/4", lambda c: c.incident_detail(), "plain (plain): open plain"),
    Case("incident show inc-4", "GET /v1/incidents/4", lambda c: c.incident_detail(), "INC-4 SEV2 active  plain"),
    Case("incident hand-over 4 scribe lin --preview", "GET /v1/incidents/4/roles/scribe/note",
         lambda c: wire_roles.RoleNote(known=c.text, tried="", promised=""), "  known     plain"),
    Case("rehearsal cards", "GET /v1/rehearsal-cards",
         lambda c: wire_rehearsals.RehearsalCards(cards=(c.card(),)), "plain"),
    Case("rehearsal list", "GET /v1/rehearsals",
         lambda c: wire_rehearsals.RehearsalList(rehearsals=(c.rehearsal(),)), "RH-3    open   1/1"),
    Case("rehearsal show RH-3", "GET /v1/rehearsals/3/outcome", lambda c: c.rehearsal_outcome(), "67 %"),
    Case("incident draft 4 --audience customers", "GET /v1/incidents/4/updates/draft?audience=customers",
         lambda c: wire_updates.UpdateDraft(text="We look", phase="identified", audience="customers", next_at=None,
                                            last_text="", last_at=None), "We look"),
    Case("incident checklist 4", "GET /v1/incidents/4/checklist", lambda c: c.checklist(), "1 of 1\n"),
    Case("incident attachment list 4", "GET /v1/incidents/4/attachments", lambda c: c.attachments(), "1,234 bytes"),
    Case("incident attachment get 4 1 -o -", "GET /v1/incidents/4/attachments/1", lambda c: c.attached_content(),
         "plain"),
    Case("incident resembling 4", "GET /v1/incidents/4/resembling", lambda c: c.resembling(),
         "resembles INC-12: plain"),
    Case("action list --late --mine --team web --incident 4",
         "GET /v1/actions?team=web&incident=4&state=open&limit=100&late=1&mine=1",
         lambda c: wire_records.ActionPage(actions=(c.action(),), next_cursor="", total=1), "A-5  late"),
    Case("action list --state wont-do", "GET /v1/actions?state=wont_do&limit=100",
         lambda c: wire_records.ActionPage(actions=(), next_cursor="", total=0, hidden=2, why_hidden=c.text),
         "2 more not shown: plain"),
    Case("wording list", "GET /v1/lint/dismissals", lambda c: c.dismissals(), "W-3  plain  plain   dismiss"),
    Case("action show A-5", "GET /v1/actions/5", lambda c: c.action(), "  could make worse  plain"),
    Case("review list --state held --limit 5", "GET /v1/reviews?state=held&limit=5",
         lambda c: wire_reviews.ReviewPage(reviews=(c.review(),), next_cursor="", total=1), "INC-4  SEV2      running"),
    Case("review show 4", "GET /v1/incidents/4/review", lambda c: c.review_view(),
         "3 moments ahead, 5 factors of others, what was concluded of similar incidents"),
    Case("review show INC-4", "GET /v1/incidents/4/review", lambda c: c.review_view(state="paused", left=90.0),
         "paused, 1m30s of the step are kept"),
    Case("review account list INC-4", "GET /v1/incidents/4/review", lambda c: c.written_review(),
         "new to you, new to 2"),
    Case("review account list 4 --person nobody", "GET /v1/incidents/4/review", lambda c: c.written_review(),
         "None that you"),
    Case("review factor list 4", "GET /v1/incidents/4/review", lambda c: c.written_review(),
         "2 of others, hidden until"),
    Case("review learning list 4", "GET /v1/incidents/4/review", lambda c: c.written_review(), "L-6"),
    Case("review idea list 4", "GET /v1/incidents/4/review", lambda c: c.written_review(), "dropped: plain"),
    Case("factor list -q pool --category luck --role risk --theme pools --incident 4",
         "GET /v1/factors?q=pool&category=luck&role=risk&theme=pools&incident=4&limit=100",
         lambda c: wire_records.FactorPage(factors=(), next_cursor="", total=0), "No factor matches"),
    Case("factor themes", "GET /v1/themes", lambda c: wire_records.ThemeList(themes=(c.theme(),)), "3        2"),
    Case("review timeline 4 --numbers", "GET /v1/incidents/4/review/timeline", lambda c: c.walk(), "3 more, hidden",
         also=(("GET /v1/incidents/4", lambda c: c.incident_detail()),)),
    Case("incident timeline 4", "GET /v1/incidents/4/timeline", lambda c: wire.Timeline(entries=(c.entry(),)),
         "INC-4 SEV2 active  plain", also=(("GET /v1/incidents/4", lambda c: c.incident_detail()),)),
    Case("incident measures 4 --as-of 2024-03-14T09:00Z",
         "GET /v1/incidents/4/measures?as_of=2024-03-14T09%3A00%3A00%2B00%3A00", lambda c: c.measures(),
         "detected      after 2m17s by plain"),
    Case("incident measures INC-4", "GET /v1/incidents/4/measures", lambda c: c.measures(), "episode 1: plain"),
    Case("incident export INC-4", "GET /v1/incidents/4/export?format=json", lambda c: c.export(),
         '"format": "incidentd-incident/1"'),
    Case("audit export INC-4", "GET /v1/incidents/4/audit", lambda c: c.audit(), '{"format": "incidentd-audit/1"'),
    Case("audit head 4", "GET /v1/incidents/4/audit/head",
         lambda c: wire_audit.AuditHead(incident_id=4, count=3, head="ab" * 32), "INC-4 3 abab"),
    Case("route test a=b=c é=", "GET /v1/route?label=a%3Db%3Dc&label=%C3%A9%3D", lambda c: c.route_test(),
         "plain by plain after 1m00s: plain"),
    Case("policy list", "GET /v1/policies", lambda c: wire_policies.Policies(policies=(c.policy(),)),
         "plain   1      3       15m00s  plain"),
    Case("policy show a/b", "GET /v1/policies/a%2Fb", lambda c: c.policy(), "  plain plain: nobody (plain)"),
    Case("policy test shop --severity critical --urgency low",
         "GET /v1/policies/shop/test?severity=critical&urgency=low", lambda c: c.policy_test(),
         "  +1m00s  plain by plain (a copy): plain; held for plain"),
    Case("silence list", "GET /v1/silences?state=current",
         lambda c: wire_silences.SilenceList(silences=(c.silence(),)), "plain  active"),
    Case("silence list --state all", "GET /v1/silences?state=all", lambda c: wire_silences.SilenceList(silences=()),
         "There is no such silence."),
    Case("silence show a/b", "GET /v1/silences/a%2Fb", lambda c: c.silence(), "plain (active)"),
    Case("group list --service db", "GET /v1/groups?service=db&limit=100",
         lambda c: wire_groups.GroupPage(groups=(c.group(),), next_cursor="", total=1), "G-7  2       plain"),
    Case("group show G-7", "GET /v1/groups/7?limit=100",
         lambda c: wire_groups.GroupMembers(group=c.group(), alerts=(c.alert(),), next_cursor=""), "G-7 plain=plain"),
    Case("view list", "GET /v1/views", lambda c: c.views(), "V-5  plain  everybody"),
    Case("check list", "GET /v1/checks", lambda c: wire_checks.CheckList(checks=(c.check(),)), "plain/plain  plain"),
    Case("check list --kind tls --status down", "GET /v1/checks?kind=tls&status=down",
         lambda c: wire_checks.CheckList(checks=()), "There is no such check."),
    Case("heartbeat list", "GET /v1/checks?kind=heartbeat", lambda c: wire_checks.CheckList(checks=(c.check(),)),
         "plain/plain  plain"),
    Case("check show a/b", "GET /v1/checks/a%2Fb", lambda c: c.check(), "plain/plain  plain"),
    Case("heartbeat show backup", "GET /v1/checks/backup", lambda c: c.check(), "plain   35s"),
    Case("check url a/b", "GET /v1/checks/a%2Fb/url", lambda c: wire_checks.CheckUrl(url=c.text), "plain"),
    Case("heartbeat url backup", "GET /v1/checks/backup/url",
         lambda c: wire_checks.CheckUrl(url=f"http://h/{c.text}"), "http://h/plain"),
    Case("maintenance list --state all", "GET /v1/maintenance?state=all",
         lambda c: wire_quieting.MaintenanceList(windows=(c.window(),)), "plain  active"),
    Case("maintenance show M-3", "GET /v1/maintenance/3", lambda c: c.window(), "plain (active)"),
    Case("recurring list", "GET /v1/recurring", lambda c: wire_quieting.RecurringList(rules=(c.rule(),)),
         "plain (not in the roster)"),
    Case("recurring show R-2", "GET /v1/recurring/2", lambda c: c.rule(), "plain plain (active)"),
    Case("oncall", "GET /v1/oncall", lambda c: c.oncall(), "plain     plain"),
    Case("oncall --prompt", "GET /v1/oncall", lambda c: c.oncall(), "plain:plain"),
    Case("schedule feed team a/b", "GET /v1/calendars/team/a%2Fb",
         lambda c: wire_duty.FeedUrl(kind="team", name=c.text, url=f"http://h/{c.text}"), "http://h/plain"),
    Case("oncall --short", "GET /v1/oncall", lambda c: c.oncall(), "plain:plain"),
    Case("oncall --me", "GET /v1/oncall", lambda c: c.oncall(), "plain     now"),
    Case("oncall --me --short", "GET /v1/oncall", lambda c: c.oncall(), "plain until"),
    Case("schedule show plain --from 2024-03-14T09:00Z --for 2d",
         "GET /v1/schedules?schedule=plain&starts_at=2024-03-14T09%3A00%3A00%2B00%3A00"
         "&ends_at=2024-03-16T09%3A00%3A00%2B00%3A00",
         lambda c: c.schedules(), "override plain instead of plain, plain beside"),
    Case("mode show plain --from 2024-03-14T09:00Z --weeks 1",
         "GET /v1/modes?team=plain&starts_at=2024-03-14T09%3A00%3A00%2B00%3A00"
         "&ends_at=2024-03-21T09%3A00%3A00%2B00%3A00",
         lambda c: c.modes(), "team plain: in support 1 of 2 wanted (25 %), on project work 1"),
    Case("mode plan a/b --from 2034-03-14T09:00Z --weeks 6 --replace",
         "GET /v1/teams/a%2Fb/mode-plan?starts_at=2034-03-14T09%3A00%3A00%2B00%3A00&weeks=6&replace=true",
         lambda c: c.mode_plan(), "the same command with --apply --only plain"),
    Case("interruption list shop --days 7", "GET /v1/interruptions?team=shop&days=7",
         lambda c: wire_protection.Interruptions(starts_at=c.modes().at, interruptions=(c.interruption(),)),
         "plain   plain    plain  plain  plain  plain"),
    Case("protection a/b --weeks 2", "GET /v1/teams/a%2Fb/protection?weeks=2", lambda c: c.protection(),
         "82 % (9 of 11 project days)"),
    Case("people", "GET /v1/people", lambda c: c.people(), "plain   plain"),
    Case("services", "GET /v1/services", lambda c: c.services(), "plain    plain"),
    Case("health", "GET /v1/health", lambda c: c.health(), "alerts firing       1"),
    Case("info", "GET /v1/info", lambda c: c.info(), "listening on  plain"),
    Case("api GET /v1/x?y=1", "GET /v1/x?y=1", lambda c: c.info(), '"node": "plain"'),
]  # fmt: skip
CHANGE = [
    Case("incident chat open INC-4", "POST /v1/incidents/4/chat", lambda c: c.chat_room(),
         "The room plain of INC-4 is being opened (plain)"),
    Case("incident chat archive 4", "POST /v1/incidents/4/chat/archive", lambda c: c.chat_room(),
         "The room plain of INC-4 is being archived (plain)"),
    Case("alert send Disk -l host=a --severity critical --summary s --description d --resolved", "POST /v1/alerts",
         lambda c: wire.Raised(key=c.text), "taken, key plain",
         {"name": "Disk", "severity": "critical", "labels": {"host": "a"}, "summary": "s", "description": "d",
          "resolved": True}),
    Case("alert ack 12 --note looking", "POST /v1/alerts/12/acknowledge", lambda c: c.page(),
         "P-3 acknowledged by plain, for A-12", {"note": "looking", "until": None}),
    Case("alert resolve 12", "POST /v1/alerts/12/resolve", lambda c: c.alert(), "A-12 resolved"),
    Case("silence add host=a --comment why --until 2024-03-14T11:00Z --from 2024-03-14T10:00Z --id x",
         "POST /v1/silences", lambda c: c.silence(), "plain is active until",
         {"matchers": ["host=a"], "ends_at": "2024-03-14T11:00:00Z", "comment": "why", "id": "x",
          "starts_at": "2024-03-14T10:00:00Z", "annotations": {}}),
    Case("check pause a/b -m why", "POST /v1/checks/a%2Fb/pause", lambda c: c.check(), "plain is paused",
         {"note": "why"}),
    Case("heartbeat pause backup", "POST /v1/checks/backup/pause", lambda c: c.check(), "plain is paused",
         {"note": ""}),
    Case("check resume backup", "POST /v1/checks/backup/resume", lambda c: c.check(), "plain is plain"),
    Case("heartbeat resume backup", "POST /v1/checks/backup/resume", lambda c: c.check(), "plain is plain"),
    Case("heartbeat delete a/b", "DELETE /v1/checks/a%2Fb", lambda c: c.check(), "plain is deleted"),
    Case("check delete backup", "DELETE /v1/checks/backup", lambda c: c.check(), "plain is deleted"),
    Case("silence expire a/b", "DELETE /v1/silences/a%2Fb", lambda c: c.silence(), "plain has ended"),
    Case("page ack P-3 --note looking", "POST /v1/pages/3/acknowledge", lambda c: c.page(),
         "P-3 acknowledged by plain", {"note": "looking", "until": None}),
    Case("page hand-back P-3 --note no", "POST /v1/pages/3/hand-back", lambda c: c.page(), "P-3 is open again",
         {"note": "no"}),
    Case("view save web team=web disk --of in-hand --shared", "POST /v1/views", lambda c: c.view(),
         "V-5 plain saved for everybody",
         {"name": "web", "query": "team=web disk", "base": "in_hand", "shared": True}),
    Case("view delete V-5", "DELETE /v1/views/5", lambda c: c.views(), "V-5 deleted, 1 left"),
    Case("view open v-5", "PUT /v1/views/opens", lambda c: c.views(), "your inbox begins with V-5",
         {"opens": "view:5", "pinned": True}),
    Case("page resolve 3", "POST /v1/pages/3/resolve", lambda c: c.page(), "P-3 is over"),
    Case("page escalate 3", "POST /v1/pages/3/escalate", lambda c: c.page(), "P-3 escalated to step 1: plain written"),
    Case("page send Help --service db --body b --urgency low --incident INC-4", "POST /v1/pages", lambda c: c.page(),
         "P-3 sent to db",
         {"title": "Help", "body": "b", "service": "db", "person": "", "urgency": "low", "incident_id": 4,
          "severity": "", "interruption": ""}),
    Case("page take-over 3 --note mine", "POST /v1/pages/3/take-over", lambda c: c.page(), "P-3 is yours now",
         {"note": "mine", "until": None}),
    Case("page reassign 3 --person lin --note n", "POST /v1/pages/3/reassign", lambda c: c.page(),
         "P-3 begins again with plain",
         {"person": "lin", "schedule": "", "policy": "", "note": "n", "interruption": ""}),
    Case("page snooze 3 --until 2099-01-01T10:00:00Z", "POST /v1/pages/3/snooze", lambda c: c.page(),
         "P-3 is put off until 2024-03-14 09:26:53 UTC", {"until": "2099-01-01T10:00:00Z", "note": ""}),
    Case("incident declare Full --severity sev1 --service db --summary s --alert A-12 --alert 13 --suspected "
         "--answer users=most --severity-reason r --started-at 2024-03-14T09:00Z --many-stakeholders",
         "POST /v1/incidents", lambda c: c.incident(), "INC-4 declared as SEV2, suspected\n  ! plain is broken",
         {"title": "Full", "severity": "SEV1", "answers": {"users": "most"}, "severity_reason": "r", "service": "db",
          "summary": "s", "alert_ids": [12, 13], "suspected": True, "started_at": "2024-03-14T09:00:00Z",
          "many_stakeholders": True}),
    Case("incident edit 4 --title New --few-stakeholders", "PATCH /v1/incidents/4", lambda c: c.incident(),
         "INC-4 changed", {"title": "New", "many_stakeholders": False}),
    Case("incident edit 4 --public-title Outage --off-page", "PATCH /v1/incidents/4", lambda c: c.incident(),
         "INC-4 changed", {"public_title": "Outage", "off_page": True}),
    Case("incident status 4 False-Alarm --reason r --evidence e --at 2024-03-14T09:00Z", "POST /v1/incidents/4/status",
         lambda c: c.incident(), "INC-4 is false alarm",
         {"to": "false_alarm", "reason": "r", "evidence": "e", "at": "2024-03-14T09:00:00Z", "merged_into": None}),
    Case("incident status 4 merged --merged-into INC-5", "POST /v1/incidents/4/status", lambda c: c.incident(),
         "INC-4 is merged", {"to": "merged", "reason": "", "evidence": "", "at": None, "merged_into": 5}),
    Case("incident correct 4 mitigated --to 2024-03-14T09:00Z --why graph --episode 1",
         "POST /v1/incidents/4/corrections", lambda c: c.incident(), "INC-4 mitigated corrected",
         {"what": "mitigated_at", "at": "2024-03-14T09:00:00Z", "why": "graph", "seq": None, "episode": 1}),
    Case("incident correct 4 entry --entry 812 --to 2024-03-14T09:00Z --why graph",
         "POST /v1/incidents/4/corrections", lambda c: c.incident(), "INC-4 entry 812 corrected",
         {"what": "observed_at", "at": "2024-03-14T09:00:00Z", "why": "graph", "seq": 812, "episode": None}),
    Case("incident split 4 Another --alert A-12 --report R-3 --entry 812 --severity sev3 --reason r",
         "POST /v1/incidents/4/split", lambda c: c.incident(), "INC-4 split off INC-4",
         {"title": "Another", "alert_ids": [12], "report_ids": [3], "entries": [812], "severity": "SEV3",
          "reason": "r"}),
    Case("incident resembles 4 INC-2 --why alike", "POST /v1/incidents/4/resembles", lambda c: c.incident(),
         "INC-4 resembles INC-2", {"incident_id": 2, "why": "alike"}),
    Case("incident resembles 4 2 --end", "DELETE /v1/incidents/4/resembles/2", lambda c: c.incident(),
         "INC-4 is no longer said to resemble INC-2"),
    Case("incident severity 4 SEV3 --reason r", "POST /v1/incidents/4/severity", lambda c: c.incident(),
         "INC-4 is SEV3", {"severity": "SEV3", "reason": "r"}),
    Case("severity classify INC-4 --answer users=most --answer sla=unknown --severity sev3 --reason r",
         "POST /v1/incidents/4/classification", lambda c: c.classified_incident(),
         "INC-4 is SEV2 by hand, the matrix says SEV3: plain (plain)\n"
         "  plain          not known, counted as plain; plain: SEV1\n"
         "  only together  plain (not known either)\n  ! plain is broken",
         {"answers": {"users": "most", "sla": "unknown"}, "severity": "SEV3", "reason": "r"}),
    Case("incident role 4 mitigation-lead ada --at 2024-03-14T09:00Z --interruption access",
         "POST /v1/incidents/4/roles", lambda c: c.incident(), "INC-4 mitigation lead: ada",
         {"role": "mitigation_lead", "person": "ada", "at": "2024-03-14T09:00:00Z", "interruption": "access",
          "ends": False, "note": None}),
    Case("incident role 4 scribe --end", "POST /v1/incidents/4/roles", lambda c: c.incident(), "INC-4 scribe: nobody",
         {"role": "scribe", "person": "", "at": None, "interruption": "", "ends": True, "note": None}),
    Case("incident role 4 responder lin --end", "POST /v1/incidents/4/roles", lambda c: c.incident(),
         "INC-4 responder: no longer lin",
         {"role": "responder", "person": "lin", "at": None, "interruption": "", "ends": True, "note": None}),
    Case("incident hand-over 4 mitigation-lead lin --known full", "POST /v1/incidents/4/roles", lambda c: c.incident(),
         "INC-4 mitigation lead handed over to lin",
         {"role": "mitigation_lead", "person": "lin", "at": None, "interruption": "", "ends": False,
          "note": {"known": "full", "tried": None, "promised": None}}),
    Case("incident join 4", "POST /v1/incidents/4/roles", lambda c: c.incident(), "INC-4 responder: you",
         {"role": "responder", "person": "me", "at": None, "interruption": "", "ends": False, "note": None}),
    Case("incident leave 4", "POST /v1/incidents/4/roles", lambda c: c.incident(), "INC-4 you left every role of yours",
         {"role": "", "person": "me", "at": None, "interruption": "", "ends": True, "note": None}),
    Case("incident page-role 4 communications-lead -m soon --interruption hands",
         "POST /v1/incidents/4/roles/communications_lead/page", lambda c: c.page(),
         "asks for the communications lead of INC-4: ", {"note": "soon", "interruption": "hands"}),
    Case("incident tick INC-4 name-a-scribe", "POST /v1/incidents/4/checklist/name-a-scribe", lambda c: c.checklist(),
         "INC-4 name-a-scribe done: 1 of 1", {"done": True}),
    Case("incident tick 4 a --undo", "POST /v1/incidents/4/checklist/a", lambda c: c.checklist(),
         "INC-4 a is open again: 1 of 1", {"done": False}),
    Case("incident note 4 seen --kind action --at 2024-03-14T09:00Z --evidence e --pin", "POST /v1/incidents/4/notes",
         lambda c: c.entry(), "INC-4 plain written",
         {"text": "seen", "kind": "action", "observed_at": "2024-03-14T09:00:00Z", "evidence": "e", "pinned": True}),
    Case("incident decide 4 go", "POST /v1/incidents/4/notes", lambda c: c.entry(), "INC-4 plain written",
         {"text": "go", "kind": "decision", "observed_at": None, "evidence": "", "pinned": False}),
    Case("incident observe 4 hot", "POST /v1/incidents/4/notes", lambda c: c.entry(), "INC-4 plain written",
         {"text": "hot", "kind": "observation", "observed_at": None, "evidence": "", "pinned": False}),
    Case("incident update 4 Looking --phase identified --audience customers --next-in 15m",
         "POST /v1/incidents/4/updates", lambda c: c.update(), "INC-4 update to plain: the next one is due by 09:36:53",
         {"text": "Looking", "phase": "identified", "audience": "customers", "next_in": 900.0, "final": False,
          "seen": None}),
    Case("incident update 4 Over --phase resolved --final", "POST /v1/incidents/4/updates",
         lambda c: c.update(next_at=None), "INC-4 update to plain: the last",
         {"text": "Over", "phase": "resolved", "audience": "internal", "next_in": None, "final": True, "seen": None}),
    Case("incident claim 4 cards -n 500+users --since 2024-03-14T09:00Z --source board --evidence e --suspected",
         "POST /v1/incidents/4/impact", lambda c: c.claim(), "INC-4 claim 2 plain: plain, at least 20",
         {**CLAIM, "affected": "cards", "figure": {"low": 500.0, "high": None, "unit": "users"},
          "starts_at": "2024-03-14T09:00:00Z", "source": "board", "evidence": "e", "suspected": True}),
    Case("incident claim 4 --replaces 2 --ongoing", "POST /v1/incidents/4/impact", lambda c: c.claim(), "claim 2",
         {**CLAIM, "replaces": 2, "ongoing": True}),
    Case("incident dispute 4 2 --why no", "POST /v1/incidents/4/impact/2", lambda c: c.claim(), "INC-4 claim 2 plain",
         {"verdict": "disputed", "why": "no", "evidence": ""}),
    Case("incident uphold 4 2", "POST /v1/incidents/4/impact/2", lambda c: c.claim(), "INC-4 claim 2",
         {"verdict": "upheld", "why": "", "evidence": ""}),
    Case("incident withdraw 4 2", "POST /v1/incidents/4/impact/2", lambda c: c.claim(), "INC-4 claim 2",
         {"verdict": "withdrawn", "why": "", "evidence": ""}),
    Case("incident attach 4 --report R-5 --attachment 2 --note seen", "POST /v1/incidents/4/attachments",
         lambda c: c.attached(), "INC-4 attachment 1: plain, plain, 1,234 bytes",
         {"name": "", "data": "", "media_type": "", "note": "seen", "report_id": 5, "attachment_id": 2}),
    Case("incident theory 4 release", "POST /v1/incidents/4/theories", lambda c: c.theory(),
         "INC-4 theory 1 is plain: plain", {"text": "release"}),
    Case("incident judge 4 1 ruled-out --why no", "POST /v1/incidents/4/theories/1", lambda c: c.theory(),
         "INC-4 theory 1", {"verdict": "ruled_out", "why": "no", "evidence": ""}),
    Case("incident try 4 rollback --by lin --theory 1", "POST /v1/incidents/4/attempts", lambda c: c.tried(),
         "INC-4 attempt 3: plain", {"text": "rollback", "person": "lin", "started_at": None, "theory_id": 1}),
    Case("incident outcome 4 3 no-effect", "POST /v1/incidents/4/attempts/3", lambda c: c.tried(),
         "INC-4 attempt 3: plain", {"outcome": "no_effect", "at": None, "why": "", "evidence": ""}),
    Case("rehearsal start Spring --card split", "POST /v1/rehearsals", lambda c: c.rehearsal(), "RH-3 has 1 cards",
         {"title": "Spring", "cards": ["split"]}),
    Case("rehearsal answer 3 plain --answer users=most", "POST /v1/rehearsals/3/answers", lambda c: c.rehearsal(),
         "plain: SEV2, plain", {"card": "plain", "answers": {"users": "most"}}),
    Case("rehearsal close 3", "POST /v1/rehearsals/3/close", lambda c: c.rehearsal_outcome(), "agreement"),
    Case("incident long 4 on --reason vendor", "POST /v1/incidents/4/long", lambda c: c.incident(),
         "INC-4 is run as a long incident", {"on": True, "reason": "vendor"}),
    Case("incident link 4 A-12 13", "POST /v1/incidents/4/alerts", lambda c: c.incident(),
         "INC-4 linked to A-12, A-13", {"alert_ids": [12, 13]}),
    Case("incident unlink 4 A-12", "DELETE /v1/incidents/4/alerts/12", lambda c: c.incident(), "INC-4 without A-12"),
    Case("silence add a=b -c why --every daily-11 --zone Europe/London", "POST /v1/recurring", lambda c: c.rule(),
         "plain: plain by plain, next", {"when": {**WHEN, "every": "daily-11", "zone": "Europe/London"},
         "silence": {"matchers": ["a=b"], "comment": "why", "annotations": {}}, "maintenance": None, "id": None}),
    Case("silence add a=b -c why --rrule FREQ=DAILY --at 02:00 --for 2h --rule R-2", "POST /v1/recurring",
         lambda c: c.rule(), "plain: plain by plain, next",
         {"when": {**WHEN, "rrule": "FREQ=DAILY", "at": "02:00", "lasts": 7200.0},
          "silence": {"matchers": ["a=b"], "comment": "why", "annotations": {}}, "maintenance": None, "id": 2}),
    Case("maintenance add a b -c why --until 2024-03-14T09:00Z -x c=d --below critical", "POST /v1/maintenance",
         lambda c: c.window(), "plain is active",
         {"plan": {"services": ["a", "b"], "text": "why", "spared": ["c=d"], "below": "critical"},
          "ends_at": "2024-03-14T09:00:00Z", "starts_at": None}),
    Case("maintenance end 3", "POST /v1/maintenance/3/end", lambda c: c.window(), "plain is over"),
    Case("maintenance extend M-3 30m", "POST /v1/maintenance/3/extend", lambda c: c.window(), "plain lasts until",
         {"by": 1800.0}),
    Case("recurring end R-2", "DELETE /v1/recurring/2", lambda c: c.rule(), "plain has ended"),
    Case("schedule feed person a --revoke", "POST /v1/calendars/person/a/revoke",
         lambda c: wire_duty.FeedUrl(kind="person", name=c.text, url=f"http://h/{c.text}"), "http://h/plain"),
    Case("schedule override add s p --from 2034-03-14T09:00Z --for 4h -r why", "POST /v1/overrides",
         lambda c: c.override(), "override 3: plain carries the pager of plain from",
         {"schedule": "s", "person": "p", "starts_at": "2034-03-14T09:00:00Z", "ends_at": "2034-03-14T13:00:00Z",
          "reason": "why"}),
    Case("schedule override change 3 --person p --if-version 2", "PATCH /v1/overrides/3", lambda c: c.override(),
         "override 3: plain", {"person": "p", "starts_at": None, "ends_at": None, "reason": None}),
    Case("schedule override end 3", "DELETE /v1/overrides/3", lambda c: c.override(cancelled=True),
         "override 3 is taken back"),
    Case("schedule swap propose s p --give 2034-03-14T09:00Z 2034-03-15T09:00Z --take 2034-03-21T09:00Z "
         "2034-03-22T09:00Z", "POST /v1/swaps", lambda c: c.swap(), "incidentctl schedule swap accept 3",
         {"schedule": "s", "other": "p", "starts_at": "2034-03-14T09:00:00Z", "ends_at": "2034-03-15T09:00:00Z",
          "other_starts_at": "2034-03-21T09:00:00Z", "other_ends_at": "2034-03-22T09:00:00Z", "reason": ""}),
    Case("schedule swap accept 3", "POST /v1/swaps/3/settle", lambda c: c.swap("accepted"), "swap 3 is accepted",
         {"to": "accepted"}),
    Case("schedule swap decline 3", "POST /v1/swaps/3/settle", lambda c: c.swap("declined"), "swap 3 is declined",
         {"to": "declined"}),
    Case("schedule swap cancel 3", "POST /v1/swaps/3/settle", lambda c: c.swap("cancelled"), "swap 3 is cancelled",
         {"to": "cancelled"}),
    Case("schedule absence add p --until 2034-03-14T09:00Z --stand-in q", "POST /v1/absences", lambda c: c.absence(),
         "absence 3: plain is away", {"person": "p", "starts_at": None, "ends_at": "2034-03-14T09:00:00Z",
                                      "stand_in": "q", "reason": ""}),
    Case("schedule absence end 3", "DELETE /v1/absences/3", lambda c: c.absence(cancelled=True),
         "absence 3 is taken back"),
    Case("mode set p SUPPORT --weeks 2", "POST /v1/modes", lambda c: c.mode_block(), "block 3: plain is in plain mode",
         {"person": "p", "mode": "support", "starts_at": None, "ends_at": None, "days": 14, "reason": ""}),
    Case("mode set p project --from 2034-03-14T09:00Z --until 2034-03-15T09:00Z -r why", "POST /v1/modes",
         lambda c: c.mode_block(), "block 3: plain is in plain mode",
         {"person": "p", "mode": "project", "starts_at": "2034-03-14T09:00:00Z", "ends_at": "2034-03-15T09:00:00Z",
          "days": None, "reason": "why"}),
    Case("mode change 3 --to project --until 2034-03-15T09:00Z", "PATCH /v1/modes/3", lambda c: c.mode_block(),
         "block 3: plain is in plain mode",
         {"mode": "project", "starts_at": None, "ends_at": "2034-03-15T09:00:00Z", "reason": ""}),
    Case("mode split 3 --then none -r ill", "POST /v1/modes/3/split",
         lambda c: wire_modes.ModeSplit(first=c.mode_block(), rest=c.mode_block(id=4)), "plain mode until",
         {"at": None, "then": "none", "reason": "ill"}),
    Case("mode remove 3 -r ill", "POST /v1/modes/3/end", lambda c: c.mode_block(cancelled=True),
         "block 3 is taken back", {"reason": "ill"}),
    Case("rest take 3 --late --skip-next", "POST /v1/rests/3/answer", lambda c: c.rest(), "taken: plain",
         {"late": True, "relief": False, "skip_next": True, "decline": False}),
    Case("rest decline 3", "POST /v1/rests/3/answer", lambda c: c.rest(state="declined"), "declined: plain",
         {"late": False, "relief": False, "skip_next": False, "decline": True}),
    Case("schedule request ask s p q --from 2034-03-14T09:00Z --for 4h --swap -r ill", "POST /v1/shift-requests",
         lambda c: c.shift_request(), "Q-3 asks plain until",
         {"schedule": "s", "starts_at": "2034-03-14T09:00:00Z", "ends_at": "2034-03-14T13:00:00Z", "person": "",
          "people": ["p", "q"], "team": "", "wants": "swap", "expires_at": None, "reason": "ill"}),
    Case("schedule request accept Q-3 --give 2034-03-14T09:00Z 2034-03-14T13:00Z", "POST /v1/shift-requests/3/answer",
         lambda c: c.shift_request("accepted"), "Q-3 is accepted: swap plain",
         {"to": "accepted", "returns_from": "2034-03-14T09:00:00Z", "returns_until": "2034-03-14T13:00:00Z"}),
    Case("schedule request decline 3", "POST /v1/shift-requests/3/answer",
         lambda c: c.shift_request("declined", result=""), "Q-3 is declined",
         {"to": "declined", "returns_from": None, "returns_until": None}),
    Case("schedule request cancel 3", "POST /v1/shift-requests/3/answer",
         lambda c: c.shift_request("cancelled", result=""), "Q-3 is cancelled",
         {"to": "cancelled", "returns_from": None, "returns_until": None}),
    Case("report new Slow -m very --service shop --tag region=eu --answer since=noon --for Bo --kind end-user",
         "POST /v1/reports", lambda c: c.report(), "R-12 is reported",
         {"subject": "Slow", "text": "very", "service": "shop", "tags": {"region": "eu"}, "answers": {"since": "noon"},
          "sender": "Bo", "sender_name": "", "kind": "end_user"}),
    Case("report add R-12 -m still", "POST /v1/reports/12/messages", lambda c: c.report(), "R-12 has it",
         {"text": "still"}),
    Case("report ack 12 -m mine", "POST /v1/reports/12/acknowledge", lambda c: c.report(), "R-12 is acknowledged",
         {"note": "mine"}),
    Case("report reply R-12 -m When? --question", "POST /v1/reports/12/replies", lambda c: c.report(),
         "R-12 is answered: it is triaging", {"text": "When?", "question": True, "final": False}),
    Case("report note R-12 -m known", "POST /v1/reports/12/notes", lambda c: c.report(), "R-12 has your note",
         {"text": "known"}),
    Case("report state R-12 no-fault-found -r mended", "POST /v1/reports/12/state", lambda c: c.report(),
         "R-12 is triaging", {"to": "no_fault_found", "reason": "mended", "incident_id": None, "alert_id": None,
                              "duplicate_of": None, "ticket": ""}),
    Case("report edit R-12 --owner lin --tag region=us", "PATCH /v1/reports/12", lambda c: c.report(),
         "R-12 is changed", {"owner": "lin", "tags": {"region": "us"}}),
    Case("report answer R-12 who=all since=18:05 --unknown scope --forget contact", "POST /v1/reports/12/answers",
         lambda c: c.triage(), "R-12 is 35 % complete; next: plain",
         {"answers": [{"question": "scope", "text": None}, {"question": "who", "text": "all"},
                      {"question": "since", "text": "18:05"}], "forget": ["contact"]}),
    Case("report ask R-12", "POST /v1/reports/12/questions", lambda c: c.triage(), "R-12 is triaging; asked about",
         {"question": None, "text": ""}),
    Case("report canned R-12 looking", "POST /v1/reports/12/canned-replies", lambda c: c.triage(),
         "R-12 is answered with looking: it is triaging", {"name": "looking", "final": False}),
    Case("report priority R-12 HIGH low", "POST /v1/reports/12/priority", lambda c: c.triage(), "R-12 is P1",
         {"impact": "high", "urgency": "low"}),
    Case("report propagate R-12 -m now --interruption no-support", "POST /v1/reports/12/propagate",
         lambda c: c.triage(), "R-12 is sent on: P-3 to plain", {"note": "now", "interruption": "no_support"}),
    Case("report merge R-12 --into R-3", "POST /v1/reports/12/merge", lambda c: c.report(), "R-12 is part of R-12",
         {"into": 3}),
    Case("report split R-12 4 5 --subject Slow", "POST /v1/reports/12/split", lambda c: c.report(),
         "R-12 is made of 2 messages", {"message_ids": [4, 5], "subject": "Slow"}),
    Case("report declare R-12 13 --severity sev2", "POST /v1/reports/declare", lambda c: c.incident(),
         "INC-4 declared as SEV2 from R-12, R-13: plain",
         {"report_ids": [12, 13], "severity": "SEV2", "title": "", "summary": "", "service": "", "suspected": False,
          "many_stakeholders": False}),
    Case("report learned INC-4 -m disks", "POST /v1/incidents/4/reporters/learned", lambda c: c.broadcast(),
         "INC-4: told plain", {"text": "disks"}),
    Case("subscriber remove ada@example.org --page status", "POST /v1/subscribers/remove",
         lambda c: wire_subscribers.SubscribersRemoved(removed=1), "ada@example.org is written to no more (1 page)",
         {"address": "ada@example.org", "channel": "status"}),
    Case("customer edit 2 --kind oss-developer --address mail=bo@example.org", "PATCH /v1/customers/2",
         lambda c: c.customer(), "plain is plain",
         {"kind": "oss_developer", "addresses": [{"channel": "mail", "address": "bo@example.org"}]}),
    Case("handover edit H-3 -m plain", "PATCH /v1/handovers/3", lambda c: c.handover("draft"), "H-3 kept",
         {"surprises": "plain"}),
    Case("handover send 3", "POST /v1/handovers/3/send", lambda c: c.handover(), "H-3 is with plain",
         {"surprises": None}),
    Case("handover accept 3", "POST /v1/handovers/3/accept", lambda c: c.handover("accepted"),
         "H-3 accepted: you have taken over plain from plain"),
    Case("mode plan shop --apply --only abc", "POST /v1/teams/shop/mode-plan", lambda c: c.mode_plan(applied=True),
         "plan plain of team plain is set until",
         {"starts_at": None, "weeks": 13, "replace": False, "plan": "abc"}),
    Case("interruption record ada -r no-support --service web --source in-person -m why", "POST /v1/interruptions",
         lambda c: c.interruption(), "interruption 3: plain at",
         {"person": "ada", "at": None, "reason": "no_support", "service": "web", "source": "in_person", "note": "why"}),
    Case("interruption withdraw 3 -m lunch", "POST /v1/interruptions/3/withdraw", lambda c: c.interruption(),
         "interruption 3 of plain is withdrawn", {"note": "lunch"}),
    Case("person test a/b --wait 0", "POST /v1/people/a%2Fb/test", lambda c: c.person_test(), "plain  sent"),
    Case("notifier test a/b", "POST /v1/notifiers/a%2Fb/test", lambda c: c.delivery(), "by a/b is plain plain"),
    Case("reload", "POST /v1/reload", lambda c: wire.Reloaded(files=(c.text,), problems=(c.text,)), "read: plain"),
]  # fmt: skip
ASK = [  # a question that needs a body
    Case("incident check 4 Over --phase resolved --final", "POST /v1/incidents/4/updates/check",
         lambda c: wire_updates.CheckedUpdate(text="Over", next_at=None, warnings=("it says nothing new",)),
         "Over\n  ! it",
         {"text": "Over", "phase": "resolved", "audience": "internal", "next_in": None, "final": True, "seen": None}),
    Case("report preview INC-4 --status resolved", "POST /v1/incidents/4/reporters/preview", lambda c: c.broadcast(),
         "plain by plain to plain, in private", {"text": "", "phase": "investigating", "status": "resolved"}),
    Case("silence preview host=a", "POST /v1/hiding/preview", lambda c: c.hiding(), "A-13",
         {**PREVIEW, "matchers": ["host=a"]}),
    Case("maintenance preview a", "POST /v1/hiding/preview", lambda c: c.hiding(), "A-12",
         {**PREVIEW, "maintenance": {"services": ["a"], "text": "preview", "spared": [], "below": ""}}),
    Case("hides R-2", "POST /v1/hiding/preview", lambda c: c.hiding(), "A-12", {**PREVIEW, "subject": "recurring:2"}),
    Case("hides --inhibit a", "POST /v1/hiding/preview", lambda c: c.hiding(), "A-12", {**PREVIEW, "inhibit": "a"}),
    Case("rest list --mine", "GET /v1/rests?state=open&mine=1", lambda c: wire_rest.RestList(rests=(c.rest(),)),
         "3   taken  plain"),
    Case("schedule request list --mine --state all", "GET /v1/shift-requests?state=all&mine=1",
         lambda c: wire_requests.ShiftRequestList(requests=(c.shift_request(),)), "Q-3      open   swap"),
    Case("schedule request show q-3", "GET /v1/shift-requests/3", lambda c: c.shift_request(),
         "taken by plain: swap plain"),
    Case("report list --late --kind end-user -q slow",
         "GET /v1/reports?kind=end_user&q=slow&state=open&limit=100&late=1",
         lambda c: c.report_page(), "R-12*   triaging"),
    Case("report show r-12 --history", "GET /v1/reports/12", lambda c: c.report_detail(), "sender not proved"),
    Case("report attachment R-12 7 -o -", "GET /v1/reports/12/attachments/7",
         lambda c: wire_reports.AttachmentContent(attachment=c.report_detail().messages[0].attachments[0], data=b"hi"),
         "hi"),
    Case("report triage R-12", "GET /v1/reports/12/triage", lambda c: c.triage(), "wants a reason"),
    Case("report canned R-12", "GET /v1/reports/12/triage", lambda c: c.triage(), "cannot be sent: the report"),
    Case("report similar R-12", "GET /v1/reports/12/similar", lambda c: c.similar(), "R-12    cluster"),
    Case("subscriber count", "GET /v1/subscribers", lambda c: wire_subscribers.SubscriberCounts(channels=(
             wire_subscribers.ChannelSubscribers(channel=c.text, confirmed=2, waiting=1),)), "plain  2"),
    Case("subscriber export --page status", "GET /v1/subscribers/addresses?channel=status",
         lambda c: wire_subscribers.SubscriberList(subscribers=(wire_subscribers.Subscriber(
             channel=c.text, address=c.text, asked_at=c.incident().declared_at, confirmed_at=None),)), "to confirm"),
    Case("customer list -q bo", "GET /v1/customers?q=bo&limit=100",
         lambda c: wire_reports.CustomerPage(customers=(c.customer(),), next_cursor=""), "plain (plain)"),
    Case("customer show 2", "GET /v1/customers/2", lambda c: c.customer(), "2 plain (plain)"),
    Case("handover list --mine", "GET /v1/handovers?state=current&mine=1",
         lambda c: wire_handover.HandoverList(handovers=(c.handover(),)), "H-3       sent"),
    Case("handover show H-3", "GET /v1/handovers/3", lambda c: c.handover(), "What surprised plain"),
    Case("handover show 3", "GET /v1/handovers/3", lambda c: c.handover(accepted_at=None, finished_by="", sections=()),
         "Nothing is open."),
    Case("drill list", "GET /v1/drills", lambda c: wire_drills.DrillList(drills=(c.drill(),)), "D-7"),
    Case("drill show D-7", "GET /v1/drills/7", lambda c: c.drill(), "acknowledged after 37s"),
    Case("drill show 7", "GET /v1/drills/7",
         lambda c: msgspec.structs.replace(c.drill(), state="running", summary=None), "fire: plain"),
    Case("drill start --incident INC-3 --people ada,grace --speed 10 --service web --review", "POST /v1/drills",
         lambda c: c.drill(), "D-7 runs: plain, for plain",
         {"people": ["ada", "grace"], "scenario": "", "incident_id": 3, "speed": 10, "service": "web", "review": True}),
    Case("action add 4 alert --team web --due 2026-04-01 --owner ada --factor F-7 --worse noise --idea 2",
         "POST /v1/incidents/4/review/actions", lambda c: c.action(),
         "A-5 is open, team plain by 2024-03-14: plain\n  ! plain",
         {"text": "alert", "owner_team": "web", "due_on": "2026-04-01", "owner": "ada", "factor_id": 7,
          "worse": "noise", "idea_id": 2}),
    Case("wording dismiss hindsight Obviously --reason jargon", "POST /v1/lint/dismissals",
         lambda c: c.dismissals(rule="hindsight", phrase="obviously"), "hindsight “obviously”: plain",
         {"rule": "hindsight", "phrase": "Obviously", "reason": "jargon", "keep": False}),
    Case("wording keep hindsight clearly --reason true", "POST /v1/lint/dismissals", lambda c: c.dismissals(),
         "hindsight “clearly”: noted",
         {"rule": "hindsight", "phrase": "clearly", "reason": "true", "keep": True}),
    Case("wording undo W-3", "DELETE /v1/lint/dismissals/3", lambda c: c.dismissals(), "W-3 is taken back"),
    Case("action edit A-5 --issue https://forge.example/4", "PATCH /v1/actions/5", lambda c: c.action(), "A-5 is open",
         {"issue": "https://forge.example/4"}),
    Case("action edit A-5 --due 2026-05-01 --factor 0", "PATCH /v1/actions/5", lambda c: c.action(), "A-5 is open",
         {"due_on": "2026-05-01", "factor_id": 0}),
    Case("action export A-5", "POST /v1/actions/5/export", lambda c: c.action(export="asked"),
         "A-5 is on its way to the forge", {"channel": ""}),
    Case("action export inc-4 --channel github", "POST /v1/incidents/4/review/actions/export",
         lambda c: wire_exports.ExportedActions(actions=(c.action(),), channel=c.text), "A-5: on their way to plain",
         {"channel": "github"}),
    Case("action done 5 --why shipped", "POST /v1/actions/5/state", lambda c: c.action(state="done"),
         "A-5 is done: plain", {"state": "done", "why": "shipped"}),
    Case("action wont-do 5 -r moved", "POST /v1/actions/5/state", lambda c: c.action(state="wont_do"),
         "A-5 will not be done: plain", {"state": "wont_do", "why": "moved"}),
    Case("action reopen 5", "POST /v1/actions/5/state", lambda c: c.action(), "A-5 is open",
         {"state": "open", "why": ""}),
    Case("review account add 4 later --saw graph --entry 7", "POST /v1/incidents/4/review/accounts",
         lambda c: c.account(), "account 5 of INC-4 written",
         {"at": None, "seq": 7, "saw": "graph", "thought": "", "tried": "", "text": "later"}),
    Case("review account add 4 --from-notes", "POST /v1/incidents/4/review/accounts/from-notes", lambda c: c.account(),
         "account 5 of INC-4 written"),
    Case("review account edit 4 5 --tried restart --whole", "PATCH /v1/incidents/4/review/accounts/5",
         lambda c: c.account(), "account 5 of INC-4 changed",
         {"at": None, "seq": None, "whole": True, "saw": None, "thought": None, "tried": "restart", "text": None}),
    Case("review account withdraw 4 5", "POST /v1/incidents/4/review/accounts/5/withdraw", lambda c: c.account(),
         "account 5 of INC-4 withdrawn", {"why": ""}),
    Case("review account new 4 5", "POST /v1/incidents/4/review/accounts/5/new", lambda c: c.account(), "new to 2",
         {"new": True}),
    Case("review account new 4 5 --not", "POST /v1/incidents/4/review/accounts/5/new", lambda c: c.account(),
         "new to 2", {"new": False}),
    Case("review factor add 4 small --category luck --role risk --entry 7 --link https://a --words so --context deploy",
         "POST /v1/incidents/4/review/factors", lambda c: c.factor(), "F-12 written: plain\n  ! plain",
         {"text": "small", "category": "luck", "role": "risk", "contexts": ["deploy"],
          "evidence": [{"kind": "entry", "ref": "7", "text": ""}, {"kind": "link", "ref": "https://a", "text": ""},
                       {"kind": "words", "ref": "", "text": "so"}]}),
    Case("review factor edit 4 F-12 --text large --same-as F-3", "PATCH /v1/incidents/4/review/factors/12",
         lambda c: c.factor(), "F-12 changed: plain", {**FACTOR_EDIT, "text": "large", "same_as": 3}),
    Case("review factor edit 4 12 --apart --theme pools", "PATCH /v1/incidents/4/review/factors/12",
         lambda c: c.factor(), "F-12 changed", {**FACTOR_EDIT, "same_as": 0, "theme": "pools"}),
    Case("review factor withdraw 4 F-12", "POST /v1/incidents/4/review/factors/12/withdraw", lambda c: c.factor(),
         "F-12 withdrawn", {"why": ""}),
    Case("review learning add 4 look --anonymous", "POST /v1/incidents/4/review/learnings", lambda c: c.learning(),
         "L-6 written, anonymously: plain", {"text": "look", "anonymous": True}),
    Case("review learning edit 4 L-6 twice", "PATCH /v1/incidents/4/review/learnings/6", lambda c: c.learning(),
         "L-6 changed", {"text": "twice"}),
    Case("review learning withdraw 4 l-6 --why wrong", "POST /v1/incidents/4/review/learnings/6/withdraw",
         lambda c: c.learning(), "L-6 withdrawn", {"why": "wrong"}),
    Case("review idea add 4 alert", "POST /v1/incidents/4/review/ideas", lambda c: c.idea(), "idea 8 parked",
         {"text": "alert"}),
    Case("review idea drop 4 8 --why dear", "POST /v1/incidents/4/review/ideas/8/drop", lambda c: c.idea(),
         "idea 8 dropped", {"why": "dear"}),
    Case("factor edit-theme 1 --name Pools", "PATCH /v1/themes/1", lambda c: c.theme(), "is called plain",
         {"name": "Pools", "text": None}),
    Case("review entry note 4 --at 2026-03-01T10:00:00Z replaced", "POST /v1/incidents/4/review/entries",
         lambda c: c.curated(), "decision 2 added to the timeline of INC-4",
         {"text": "replaced", "kind": "note", "seq": None, "at": "2026-03-01T10:00:00Z", "evidence": "", "cues": "",
          "goals": "", "options": "", "group": ""}),
    Case("review entry decision 4 --entry 7 --saw 503 --could wait", "POST /v1/incidents/4/review/entries",
         lambda c: c.curated(), "decision 2 added",
         {"text": "", "kind": "decision", "seq": 7, "at": None, "evidence": "", "cues": "503", "goals": "",
          "options": "wait", "group": ""}),
    Case("review entry cite 4 --entry 7 --evidence 4f1", "POST /v1/incidents/4/review/entries",
         lambda c: c.curated(), "decision 2 added",
         {"text": "", "kind": "source", "seq": 7, "at": None, "evidence": "4f1", "cues": "", "goals": "",
          "options": "", "group": ""}),
    Case("review entry edit 4 2 --text other", "PATCH /v1/incidents/4/review/entries/2", lambda c: c.curated(),
         "decision 2 of INC-4 says now: plain",
         {"text": "other", "evidence": None, "cues": None, "goals": None, "options": None, "group": None, "at": None}),
    Case("review entry withdraw 4 2", "DELETE /v1/incidents/4/review/entries/2", lambda c: c.curated(),
         "decision 2 taken back"),
    Case("review entry group 4 first-look 7 8", "POST /v1/incidents/4/review/groups", lambda c: c.walk(),
         "entries 7, 8 are in the group first-look", {"seqs": [7, 8], "group": "first-look"}),
    Case("review start 4 --solo --facilitator lin", "POST /v1/incidents/4/review", lambda c: c.review_view(),
         "INC-4 is at plain (over since", {"solo": True, "facilitator": "lin"}),
    Case("review join 4", "POST /v1/incidents/4/review/participate", lambda c: c.review_view(),
         "  not done yet: plain2\n  ! plain", {"present": True}),
    Case("review leave 4", "POST /v1/incidents/4/review/participate", lambda c: c.review_view(),
         "You left the plain of INC-4", {"present": False}),
    Case("review done 4 --not-yet", "POST /v1/incidents/4/review/participate", lambda c: c.review_view(), "INC-4",
         {"done": False}),
    Case("review done 4 --factors", "POST /v1/incidents/4/review/participate", lambda c: c.review_view(), "INC-4",
         {"factors_in": True}),
    Case("review next 4", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"step": "next"}),
    Case("review back 4", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"step": "back"}),
    Case("review step 4 parking-lot", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"step": "parking_lot"}),
    Case("review walk 4", DRIVE, lambda c: c.review_view(), "INC-4: 3 moments ahead", {"walk": "next"}),
    Case("review walk 4 2026-03-01T10:00:00Z", DRIVE, lambda c: c.review_view(), "3 moments ahead",
         {"walk": "2026-03-01T10:00:00+00:00"}),
    Case("review timer 4 5", DRIVE, lambda c: c.review_view(step_ends_at=None), "(no timer runs)", {"minutes": 5}),
    Case("review timer 4 +2.5", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"longer": 2.5}),
    Case("review timer 4 none", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"minutes": 0}),
    Case("review pause 4", DRIVE, lambda c: c.review_view(state="paused"), "at plain (paused)", {"pause": True}),
    Case("review resume 4", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"pause": False}),
    Case("review reveal 4", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"reveal": True}),
    Case("review finish 4", DRIVE, lambda c: c.review_view(state="written"), "The plain of INC-4 was held",
         {"finish": True}),
    Case("review reopen 4 --reason more", DRIVE, lambda c: c.review_view(), "INC-4 is at plain", {"reopen": "more"}),
    Case("review hand 4 me", DRIVE, lambda c: c.review_view(), "INC-4 is driven by plain", {"facilitator": "me"}),
    Case("review talk 4 green", "POST /v1/incidents/4/review/talk", lambda c: c.review_view(), "written down",
         {"text": "green"}),
    Case("review closing 4 --learned yes --again Unsure", "POST /v1/incidents/4/review/closing",
         lambda c: c.review_view(), "thank you", {"learned": "yes", "come_again": "unsure", "text": ""}),
    Case("drill stop D-7", "POST /v1/drills/7/stop", lambda c: c.drill(), "D-7 is over"),
    Case("drill resume D-7", "POST /v1/drills/7/resume", lambda c: c.drill(), "D-7 goes on"),
]  # fmt: skip
CASES = [*READ, *CHANGE, *ASK]


def by_line(case: Case) -> str:
    """The name of a test."""
    return case.line


HOSTILE = "\x1b]52;c;aGk=\x07\x9b31m\u202e\u200b[/nope][red]\r\n\tend\x7f"
RAW = ("\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\x7f", "\r")


def prepare(api, case, canned):
    for request, made in ((case.request, case.answer), *case.also):
        method, _, target = request.partition(" ")
        api.on(method, target.partition("?")[0], made(canned))


def leaves(command: click.Command, path: str = "") -> list[tuple[str, click.Command]]:
    """Every command that does something, with its path."""
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        found += leaves(child, f"{path} {name}".strip())
    return found


LEAVES = dict(leaves(ctl.cli))


def test_every_command_has_a_case():
    untried = {path for path in LEAVES if not any(case.line.startswith(f"{path} ") or case.line == path
                                                  for case in CASES)}  # fmt: skip
    elsewhere = {"events", "completion", "replay"}  # test_events.py, test_completion.py, test_replay.py
    elsewhere |= {"rehearsal take"}  # test_rehearsals.py
    elsewhere |= {"audit verify"}  # test_audit.py
    before = ("review window", "review due", "review notes", "review calendar", "review open-early ", "review meeting ")
    elsewhere |= {path for path in LEAVES if path.startswith(before)}  # test_reviews.py
    elsewhere |= {"severity diff"}  # test_severity.py
    verbs = ("show", "history", "diff", "propose", "adopt", "decline", "withdraw", "export")
    elsewhere |= {f"process {verb}" for verb in verbs}  # test_process.py
    retros = ("process idea ", "process retro ")
    elsewhere |= {path for path in LEAVES if path.startswith(retros)}  # test_process_retros.py
    elsewhere |= {path for path in LEAVES if path.startswith("experiment ")}  # test_experiments.py
    elsewhere |= {"runbook"}  # test_runbooks.py
    elsewhere |= {"doctor", "log-level"}  # test_upkeep.py
    elsewhere |= {"lint"}  # test_language.py
    elsewhere |= {"incident pin", "incident who"}  # test_incident_pages.py
    elsewhere |= {"factor show", "factor link", "factor unlink"}  # test_factors.py
    elsewhere |= {"nagios", "unit failed", "unit check", "spool list", "spool drain", "spool retry"}  # test_shims.py
    elsewhere |= {"review import"}  # test_review_imports.py
    elsewhere |= {"review similar", "review differs"}  # test_review_similar.py
    elsewhere |= {"review section", "review document"}  # test_review_documents.py
    elsewhere |= {f"review {verb}" for verb in ("check", "publish", "history", "template")}  # test_review_publishing.py
    elsewhere |= {path for path in LEAVES if path.startswith("learn ")}  # test_learn.py
    elsewhere |= {f"insights {name}" for name in ("dots", "rhythm", "load", "report")}  # test_insight_pictures.py
    elsewhere |= {f"insights {name}" for name in ("list", "show", "compare")}  # test_insight_figures.py
    elsewhere |= {"letter"}  # test_letters.py
    elsewhere |= {"store"}  # test_stores.py
    elsewhere |= {"node list", "node show", "node forget"}  # test_nodes.py
    elsewhere |= {"keys show", "keys rotate"}  # test_keys.py
    of_retention = ("retention ", "hold ", "customer erase", "audit check")
    elsewhere |= {path for path in LEAVES if path.startswith(of_retention)}  # test_retention.py
    elsewhere |= {"backup list", "backup now"}  # test_backups.py
    assert untried == elsewhere


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_every_command_explains_itself_and_offers_json(path, run):
    done = run(*path.split(), "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: incidentctl {path}")
    assert "--json" in done.out
    assert LEAVES[path].help


def test_help_of_all_names_each_command_and_each_exit_code(run):
    done = run("--help")
    assert all(f"  {name}" in done.out for name in ctl._COMMANDS)
    for code in ("0    it worked", "2    bad input", "5    refused", "130  interrupted", "141  whoever"):
        assert code in done.out


@pytest.mark.parametrize("name", sorted(ctl._COMMANDS))
def test_the_list_of_commands_says_what_the_command_says(name):
    command = ctl.cli.get_command(click.Context(ctl.cli), name)
    assert command.help
    assert command.name == name


@pytest.mark.parametrize("case", CASES, ids=by_line)
def test_what_is_asked_and_what_is_read(case, api, run, canned):
    prepare(api, case, canned)
    done = run(*case.line.split())
    assert (done.code, api.asked[0].body) == (0, case.sent)
    assert f"{api.asked[0].method} {api.asked[0].target}" == case.request
    assert case.reads in done.out


@pytest.mark.parametrize("case", CASES, ids=by_line)
def test_json_is_the_document_that_the_daemon_sent(case, api, run, canned):
    words = case.line.split()
    for line in (["--json", *words], [*words, "--json"]):
        api.asked.clear()
        prepare(api, case, canned)
        done = run(*line)
        assert done.code == 0, line
        assert done.json == json.loads(msgspec.json.encode(case.answer(canned)))
        assert len(api.asked) == 1, line


@pytest.mark.parametrize("case", CASES, ids=by_line)
def test_hostile_text_reaches_no_output(case, api, run, canned_with):
    prepare(api, case, canned_with(HOSTILE))
    for words in (case.line.split(), [*case.line.split(), "--json"]):
        done = run(*words)
        assert done.code == 0, done.err
        assert not [char for char in RAW if char in done.out + done.err]
    assert done.out.isascii()
    assert done.json == json.loads(msgspec.json.encode(case.answer(canned_with(HOSTILE))))


@pytest.mark.parametrize("case", CHANGE, ids=by_line)
def test_a_quiet_change_prints_nothing(case, api, run, canned):
    prepare(api, case, canned)
    for words in (["-q", *case.line.split()], [*case.line.split(), "--quiet"]):
        done = run(*words)
        assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize("case", CHANGE, ids=by_line)
def test_a_change_carries_a_key_of_its_own(case, api, run, canned):
    prepare(api, case, canned)
    run(*case.line.split())
    run(*case.line.split())
    first, second = (one.headers["idempotency-key"] for one in api.asked if one.method != "GET")
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize("case", READ, ids=by_line)
def test_a_question_carries_no_key(case, api, run, canned):
    prepare(api, case, canned)
    run(*case.line.split())
    assert "idempotency-key" not in api.asked[0].headers


REFUSED = (
    (400, "invalid", 2), (400, "unknown", 4), (404, "not-found", 4), (403, "role", 5), (409, "conflict", 5),
    (500, "failed", 6),
)  # fmt: skip
"""The status and kind of a refusal, and the exit code that says it."""
SENSELESS = (b"", b"[]", b"{", b"\xff", b'{"id": "x"}', b"[" * 5000, b'{"id": 1e999}', b"null")


@pytest.mark.parametrize("case", CASES, ids=by_line)
def test_a_refusal_says_what_which_field_and_the_remedy(case, api, run):
    method, _, target = case.request.partition(" ")
    for status, kind, code in REFUSED:
        api.refuse(method, target.partition("?")[0], status, f"not {HOSTILE}", kind, field="to\x1b", remedy="do\x07")
        done = run(*case.line.split())
        assert (status, kind, done.code, done.out) == (status, kind, code, "")
        first, *more = done.err.splitlines()
        assert first.startswith("incidentctl: not ␛]52")
        assert more == ["  field: to␛", "  remedy: do␇"]


@pytest.mark.parametrize("case", CASES, ids=by_line)
def test_an_answer_that_makes_no_sense_is_said_without_a_traceback(case, api, run, answer):
    method, _, target = case.request.partition(" ")
    for body in SENSELESS:
        api.on(method, target.partition("?")[0], answer(200, body))
        done = run(*case.line.split())
        if case.line.startswith("api "):
            assert done.code in (0, 6), body  # it shows any JSON
            continue
        assert done.code == 6, body
        assert done.err.startswith("incidentctl: the daemon's answer is not understood"), body
        assert "Traceback" not in done.err, body


@pytest.mark.parametrize("case", CASES, ids=by_line)
def test_a_daemon_that_is_not_there(case, api, run):
    api.stop()
    done = run(*case.line.split(), timeout=0.1)
    assert (done.code, done.out) == (3, "")
    assert "remedy: start it with `incidentd serve`" in done.err


VERSIONED = ("alert resolve", "page ack", "page hand-back", "page take-over", "page reassign", "page snooze",
             "page resolve", "page escalate", "incident edit", "incident status", "incident severity",
             "incident role", "incident hand-over", "severity classify", "incident correct")  # fmt: skip


@pytest.mark.parametrize("line", [f"{case.line} --if-version 7" for case in CHANGE if case.line.startswith(VERSIONED)])
def test_a_version_is_asked_for(line, api, run, canned):
    case = next(one for one in CHANGE if line.startswith(one.line))
    prepare(api, case, canned)
    assert run(*line.split()).code == 0
    assert api.asked[0].headers["if-match"] == '"7"'


@pytest.mark.parametrize(("line", "target"), [("page ack 3 --for 2h", "pages/3"), ("alert ack 3 --for 2h", "alerts/3")])
def test_an_acknowledgement_for_a_while_says_until_when(line, target, api, run, canned):
    api.on("POST", f"/v1/{target}/acknowledge", canned.page())
    assert run(*line.split()).code == 0
    until = datetime.fromisoformat(api.asked[0].body["until"])
    assert timedelta(hours=1, minutes=59) < until - datetime.now(UTC) <= timedelta(hours=2)
    assert run("page", "ack", "3", "--for", "soon").code == 2


def test_one_of_several_acknowledgements_says_who_is_missing(api, run, canned):
    api.on("POST", "/v1/pages/3/acknowledge", msgspec.structs.replace(canned.page(), acknowledged_by="", acks=("ada",)))
    assert run("page", "ack", "3").out == "P-3 acknowledged by ada: 1 of 2, still asked: plain\n"


@pytest.mark.parametrize("line", ["page reassign 3", "page reassign 3 --person a --policy b", "page snooze 3"])
def test_a_page_is_moved_to_one_place_or_time(line, run):
    assert run(*line.split()).code == 2


def test_several_alerts_are_acknowledged_by_one_request_with_an_outcome_for_each(api, run):
    items = [("done", ""), ("refused", "lin acknowledged P-4 first"), ("already", "P-5 is yours")]
    told = [wire_bulk.BulkItem(alert_id=12 + n, outcome=what, detail=why) for n, (what, why) in enumerate(items)]
    api.on("POST", "/v1/alerts/bulk", wire_bulk.BulkOutcome(items=tuple(told), alerts=(), pages=(), incident=None))
    done = run("alert", "ack", "A-12", "13", "14", "--for", "30m", "--note", "mine")
    (asked,) = api.asked
    assert {name: asked.body[name] for name in ("act", "alert_ids", "note")} == {
        "act": "acknowledge",
        "alert_ids": [12, 13, 14],
        "note": "mine",
    }
    assert asked.body["until"]
    assert done.code == 5
    assert done.out.splitlines()[2].split() == ["A-13", "refused", "lin", "acknowledged", "P-4", "first"]
    assert "1 of 3 refused, the others are done" in done.err
    told = [wire_bulk.BulkItem(alert_id=12, outcome="done", detail="")]
    api.on("POST", "/v1/alerts/bulk", wire_bulk.BulkOutcome(items=tuple(told), alerts=(), pages=(), incident=None))
    assert run("--quiet", "alert", "ack", "12", "13").code == 0


def test_a_handover_without_an_id_is_the_callers_own(api, run, canned):
    api.on("GET", "/v1/info", canned.info(person="me"))
    own = canned.handover("draft", id=7, person="me", next_person="you", sent_at=None)
    runs = canned.handover("running", id=9, person="me", next_person="you", sent_at=None)
    given = canned.handover("sent", id=5, person="you", next_person="me")
    api.on("GET", "/v1/handovers", wire_handover.HandoverList(handovers=(runs, own, given)))
    api.on("POST", "/v1/handovers/7/send", own)
    api.on("POST", "/v1/handovers/5/accept", given)
    assert run("handover", "send").code == 0
    assert run("handover", "accept").code == 0
    assert [one.target for one in api.asked if one.method == "POST"] == [
        "/v1/handovers/7/send", "/v1/handovers/5/accept",
    ]  # fmt: skip
    api.on("GET", "/v1/handovers", wire_handover.HandoverList(handovers=()))
    done = run("handover", "accept")
    assert (done.code, "remedy: name one: H-3" in done.err) == (4, True)
    assert run("handover", "edit", "H-7").code == 2
