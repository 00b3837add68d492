"""Every route with good input, as an HTTP client sees it."""

from __future__ import annotations

import asyncio
import base64
import re
from pathlib import Path

import msgspec
import pytest

from incidentd import unixsocket
from incidentd.api.identity import Role
from incidentd.api.routes import ROUTES
from incidentd.domain.matchers import Matcher, Op

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = DOCS / "api-routes.md"
AUTHORISATION = DOCS / "reference" / "authorisation.md"
GOOD = {
    "GET /v1/info": ("/v1/info", None),
    "GET /v1/health": ("/v1/health", None),
    "GET /v1/openapi.json": ("/v1/openapi.json", None),
    "GET /v1/events": ("/v1/events?after=0&limit=10", None),
    "GET /v1/alerts": ("/v1/alerts?status=all&match=host%3D~db.*&q=disk&order=oldest&limit=5", None),
    "GET /v1/alerts/{id}": ("/v1/alerts/1", None),
    "GET /v1/alerts/{id}/trace": ("/v1/alerts/1/trace", None),
    "POST /v1/alerts": ("/v1/alerts", {"name": "DiskFull", "labels": {"host": "db1"}}),
    "GET /v1/alerts/{id}/detail": ("/v1/alerts/1/detail", None),
    "POST /v1/alerts/bulk": ("/v1/alerts/bulk", {"act": "link", "alert_ids": [1, 2], "incident_id": 1}),
    "GET /v1/groups": ("/v1/groups?service=database&limit=5", None),
    "GET /v1/groups/{id}": ("/v1/groups/1?limit=5", None),
    "POST /v1/alerts/{id}/acknowledge": ("/v1/alerts/1/acknowledge", {"note": "mine"}),
    "POST /v1/alerts/{id}/resolve": ("/v1/alerts/1/resolve", None),
    "GET /v1/silences": ("/v1/silences?state=all", None),
    "POST /v1/silences": (
        "/v1/silences",
        {"matchers": ["host=db1"], "ends_at": "2026-03-14T11:00:00Z", "comment": "disks are being replaced"},
    ),
    "POST /v1/silences/preview": ("/v1/silences/preview", {"matchers": ["host=~db.*"]}),
    "GET /v1/silences/{silence}": ("/v1/silences/5ace5ace-0000-4000-8000-000000000001", None),
    "DELETE /v1/silences/{silence}": ("/v1/silences/5ace5ace-0000-4000-8000-000000000001", None),
    "GET /v1/checks": ("/v1/checks?kind=heartbeat&status=up", None),
    "GET /v1/checks/{check}": ("/v1/checks/backup", None),
    "GET /v1/checks/{check}/url": ("/v1/checks/backup/url", None),
    "DELETE /v1/checks/{check}": ("/v1/checks/backup", None),
    "POST /v1/checks/{check}/pause": ("/v1/checks/backup/pause", {"note": "it moves"}),
    "POST /v1/checks/{check}/resume": ("/v1/checks/backup/resume", None),
    "GET /v1/maintenance": ("/v1/maintenance?state=all", None),
    "POST /v1/maintenance": (
        "/v1/maintenance",
        {"plan": {"services": ["shop"], "text": "new database"}, "ends_at": "2026-03-14T11:00:00Z"},
    ),
    "GET /v1/maintenance/{id}": ("/v1/maintenance/1", None),
    "POST /v1/maintenance/{id}/end": ("/v1/maintenance/1/end", None),
    "POST /v1/maintenance/{id}/extend": ("/v1/maintenance/1/extend", {"by": 1800}),
    "GET /v1/recurring": ("/v1/recurring", None),
    "POST /v1/recurring": (
        "/v1/recurring",
        {"when": {"every": "sun 02:00-04:00"}, "silence": {"matchers": ["host=db1"], "comment": "backup"}},
    ),
    "GET /v1/recurring/{id}": ("/v1/recurring/1", None),
    "DELETE /v1/recurring/{id}": ("/v1/recurring/1", None),
    "POST /v1/hiding/preview": ("/v1/hiding/preview", {"matchers": ["host=~db.*"]}),
    "GET /v1/pages": ("/v1/pages?state=active&mine=1", None),
    "POST /v1/pages": ("/v1/pages", {"title": "Look at this", "person": "ana"}),
    "GET /v1/pages/{id}": ("/v1/pages/1", None),
    "POST /v1/pages/{id}/acknowledge": ("/v1/pages/1/acknowledge", None),
    "POST /v1/pages/{id}/hand-back": ("/v1/pages/1/hand-back", {"note": "not me"}),
    "POST /v1/pages/{id}/take-over": ("/v1/pages/1/take-over", {"note": "mine"}),
    "POST /v1/pages/{id}/reassign": ("/v1/pages/1/reassign", {"person": "ben", "note": "yours"}),
    "POST /v1/pages/{id}/snooze": ("/v1/pages/1/snooze", {"until": "2026-03-14T10:00:00Z"}),
    "POST /v1/pages/{id}/resolve": ("/v1/pages/1/resolve", {}),
    "POST /v1/pages/{id}/escalate": ("/v1/pages/1/escalate", None),
    "GET /v1/incidents": ("/v1/incidents?state=all&q=checkout", None),
    "POST /v1/incidents": ("/v1/incidents", {"title": "Checkout fails", "severity": "SEV2", "alert_ids": [1]}),
    "GET /v1/incidents/{id}": ("/v1/incidents/1", None),
    "PATCH /v1/incidents/{id}": ("/v1/incidents/1", {"title": "Checkout is slow"}),
    "POST /v1/incidents/{id}/status": ("/v1/incidents/1/status", {"to": "mitigated", "at": "2026-03-14T09:30:00Z"}),
    "POST /v1/incidents/{id}/severity": ("/v1/incidents/1/severity", {"severity": "SEV1"}),
    "POST /v1/incidents/{id}/classification": ("/v1/incidents/1/classification", {"answers": {"users": "most"}}),
    "GET /v1/severity": ("/v1/severity", None),
    "POST /v1/severity/classify": ("/v1/severity/classify", {"answers": {"users": "unknown"}}),
    "GET /v1/rehearsal-cards": ("/v1/rehearsal-cards", None),
    "GET /v1/rehearsals": ("/v1/rehearsals", None),
    "POST /v1/rehearsals": ("/v1/rehearsals", {"title": "Spring", "cards": ["split"]}),
    "GET /v1/rehearsals/{id}": ("/v1/rehearsals/1", None),
    "POST /v1/rehearsals/{id}/answers": ("/v1/rehearsals/1/answers", {"card": "split", "answers": {"users": "most"}}),
    "POST /v1/rehearsals/{id}/close": ("/v1/rehearsals/1/close", None),
    "GET /v1/rehearsals/{id}/outcome": ("/v1/rehearsals/1/outcome", None),
    "GET /v1/process": ("/v1/process", None),
    "GET /v1/process/versions": ("/v1/process/versions?state=proposed&limit=5", None),
    "POST /v1/process/versions": (
        "/v1/process/versions",
        {"file": {"name": "process.toml", "text": ""}, "reason": "less noise", "because": {"route": "quiet"}},
    ),
    "POST /v1/process/diff": ("/v1/process/diff", {"after": {"number": 1}}),
    "GET /v1/process/versions/{id}": ("/v1/process/versions/1", None),
    "POST /v1/process/versions/{id}/adopt": ("/v1/process/versions/1/adopt", {"follow_file": True}),
    "POST /v1/process/versions/{id}/decline": ("/v1/process/versions/1/decline", {"reason": "too early"}),
    "POST /v1/process/versions/{id}/withdraw": ("/v1/process/versions/1/withdraw", {"reason": "a mistake"}),
    "GET /v1/incidents/{id}/review/followups": ("/v1/incidents/1/review/followups", None),
    "POST /v1/incidents/{id}/review/followups": (
        "/v1/incidents/1/review/followups",
        {"days": 30, "changed": "partly", "text": "I look first"},
    ),
    "GET /v1/library/search": (
        "/v1/library/search?q=ask&kind=learning&since=2026-01-01T00:00:00Z",
        None,
    ),
    "GET /v1/library/reviews/{id}": ("/v1/library/reviews/1", None),
    "GET /v1/library/uses": ("/v1/library/uses?subject=learning:4", None),
    "POST /v1/library/uses": ("/v1/library/uses", {"subject": "learning:4", "kind": "incident", "place": "INC-7"}),
    "GET /v1/incidents/{id}/suggested-uses": ("/v1/incidents/1/suggested-uses", None),
    "GET /v1/library/digest": ("/v1/library/digest", None),
    "GET /v1/insights/figures": ("/v1/insights/figures?team=shop&severity=SEV2&since=2026-01-01T00:00:00Z", None),
    "GET /v1/insights/figures/{figure}": ("/v1/insights/figures/update-promises-kept?service=shop&process=V-1", None),
    "GET /v1/insights/figures/{figure}/comparison": (
        "/v1/insights/figures/time-to-mitigate/comparison?at=2026-03-01&statistic=mean&seed=7",
        None,
    ),
    "GET /v1/insights/rhythm": ("/v1/insights/rhythm?zone=Europe%2FBerlin&until=2026-03-14T00:00:00Z", None),
    "GET /v1/insights/load": ("/v1/insights/load?team=shop&weeks=4", None),
    "GET /v1/retention": ("/v1/retention", None),
    "GET /v1/retention/preview": ("/v1/retention/preview", None),
    "POST /v1/retention/run": ("/v1/retention/run", None),
    "GET /v1/holds": ("/v1/holds?state=all", None),
    "GET /v1/holds/{id}": ("/v1/holds/1", None),
    "POST /v1/holds": ("/v1/holds", {"subject": "INC-1", "reason": "case 7"}),
    "POST /v1/holds/{id}/release": ("/v1/holds/1/release", {"reason": "it is over"}),
    "POST /v1/customers/{id}/erase": ("/v1/customers/1/erase", {"reason": "request 9"}),
    "GET /v1/log/check": ("/v1/log/check", None),
    "GET /v1/store": ("/v1/store", None),
    "GET /v1/keys": ("/v1/keys", None),
    "POST /v1/keys/rotate": ("/v1/keys/rotate", {"at_once": True}),
    "GET /v1/backups": ("/v1/backups", None),
    "POST /v1/backups": ("/v1/backups", {}),
    "GET /v1/doctor": ("/v1/doctor?deep=true", None),
    "GET /v1/log-level": ("/v1/log-level", None),
    "POST /v1/log-level": ("/v1/log-level", {"level": "debug", "seconds": 60, "logger": "incidentd"}),
    "GET /v1/letters": ("/v1/letters", None),
    "GET /v1/letters/{month}": ("/v1/letters/2024-03", None),
    "GET /v1/library/figures": ("/v1/library/figures?since=2026-01-01T00:00:00Z", None),
    "POST /v1/library/import": ("/v1/library/import", {"name": "a/b.md", "text": "# A", "dry_run": True}),
    "GET /v1/reviews": ("/v1/reviews?state=held", None),
    "GET /v1/incidents/{id}/review": ("/v1/incidents/1/review", None),
    "POST /v1/incidents/{id}/review": ("/v1/incidents/1/review", {"solo": True}),
    "POST /v1/incidents/{id}/review/accounts": ("/v1/incidents/1/review/accounts", {"saw": "a graph", "seq": 1}),
    "POST /v1/incidents/{id}/review/accounts/from-notes": ("/v1/incidents/1/review/accounts/from-notes", None),
    "PATCH /v1/incidents/{id}/review/accounts/{account_id}": (
        "/v1/incidents/1/review/accounts/1",
        {"tried": "roll back"},
    ),
    "POST /v1/incidents/{id}/review/accounts/{account_id}/withdraw": ("/v1/incidents/1/review/accounts/1/withdraw", {}),
    "POST /v1/incidents/{id}/review/accounts/{account_id}/new": (
        "/v1/incidents/1/review/accounts/1/new",
        {"new": False},
    ),
    "GET /v1/factors": ("/v1/factors?category=luck&role=surprise&theme=pools&q=small&incident=1&limit=5", None),
    "GET /v1/factors/{id}": ("/v1/factors/1", None),
    "POST /v1/incidents/{id}/review/factors": (
        "/v1/incidents/1/review/factors",
        {"text": "x", "category": "luck", "role": "risk", "evidence": [{"kind": "words", "text": "y"}]},
    ),
    "PATCH /v1/incidents/{id}/review/factors/{factor_id}": (
        "/v1/incidents/1/review/factors/1",
        {"same_as": 0, "theme": "pools"},
    ),
    "POST /v1/incidents/{id}/review/factors/{factor_id}/withdraw": (
        "/v1/incidents/1/review/factors/1/withdraw",
        {"why": "x"},
    ),
    "POST /v1/incidents/{id}/review/factors/{factor_id}/earlier": (
        "/v1/incidents/1/review/factors/1/earlier",
        {"earlier_id": 2, "evidence": "x"},
    ),
    "DELETE /v1/incidents/{id}/review/factors/{factor_id}/earlier/{earlier_id}": (
        "/v1/incidents/1/review/factors/1/earlier/2",
        None,
    ),
    "GET /v1/themes": ("/v1/themes", None),
    "PATCH /v1/themes/{id}": ("/v1/themes/1", {"name": "Pools"}),
    "GET /v1/learnings": ("/v1/learnings?incident=1&q=look&limit=5", None),
    "POST /v1/incidents/{id}/review/learnings": (
        "/v1/incidents/1/review/learnings",
        {"text": "look", "anonymous": True},
    ),
    "PATCH /v1/incidents/{id}/review/learnings/{learning_id}": (
        "/v1/incidents/1/review/learnings/1",
        {"text": "look twice"},
    ),
    "POST /v1/incidents/{id}/review/learnings/{learning_id}/withdraw": (
        "/v1/incidents/1/review/learnings/1/withdraw",
        {"why": "x"},
    ),
    "POST /v1/incidents/{id}/review/ideas": ("/v1/incidents/1/review/ideas", {"text": "alert on it"}),
    "POST /v1/incidents/{id}/review/ideas/{idea_id}/drop": ("/v1/incidents/1/review/ideas/1/drop", {"why": "too dear"}),
    "GET /v1/incidents/{id}/review/timeline": ("/v1/incidents/1/review/timeline", None),
    "POST /v1/incidents/{id}/review/entries": ("/v1/incidents/1/review/entries", {"text": "It was replaced", "seq": 4}),
    "PATCH /v1/incidents/{id}/review/entries/{entry_id}": ("/v1/incidents/1/review/entries/1", {"cues": "503"}),
    "DELETE /v1/incidents/{id}/review/entries/{entry_id}": ("/v1/incidents/1/review/entries/1", None),
    "POST /v1/incidents/{id}/review/similar": ("/v1/incidents/1/review/similar", {"other_id": 2, "text": "no deploy"}),
    "GET /v1/actions": ("/v1/actions?state=all&team=web&incident=1&late=1&mine=1&limit=5", None),
    "GET /v1/actions/{id}": ("/v1/actions/1", None),
    "POST /v1/incidents/{id}/review/actions": (
        "/v1/incidents/1/review/actions",
        {"text": "Alert on stale rules", "owner_team": "web", "due_on": "2026-04-01"},
    ),
    "PATCH /v1/actions/{id}": ("/v1/actions/1", {"worse": "more noise"}),
    "POST /v1/actions/{id}/export": ("/v1/actions/1/export", {"channel": "github"}),
    "POST /v1/incidents/{id}/review/actions/export": ("/v1/incidents/1/review/actions/export", {}),
    "POST /v1/actions/{id}/state": ("/v1/actions/1/state", {"state": "wont_do", "why": "the balancer goes"}),
    "POST /v1/incidents/{id}/review/groups": ("/v1/incidents/1/review/groups", {"seqs": [4], "group": "the retries"}),
    "POST /v1/incidents/{id}/review/drive": ("/v1/incidents/1/review/drive", {"walk": "2026-03-14T09:26:00Z"}),
    "POST /v1/incidents/{id}/review/participate": ("/v1/incidents/1/review/participate", {"done": True}),
    "POST /v1/incidents/{id}/review/talk": ("/v1/incidents/1/review/talk", {"text": "the page was green"}),
    "POST /v1/incidents/{id}/review/closing": (
        "/v1/incidents/1/review/closing",
        {"learned": "yes", "come_again": "unsure"},
    ),
    "GET /v1/lint": ("/v1/lint", None),
    "POST /v1/lint": ("/v1/lint", {"text": "We failed to ask.", "markdown": False}),
    "GET /v1/lint/dismissals": ("/v1/lint/dismissals", None),
    "POST /v1/lint/dismissals": (
        "/v1/lint/dismissals",
        {"rule": "hindsight", "phrase": "of course", "reason": "a name here", "keep": True},
    ),
    "DELETE /v1/lint/dismissals/{id}": ("/v1/lint/dismissals/1", None),
    "GET /v1/incidents/{id}/review/sections": ("/v1/incidents/1/review/sections", None),
    "PUT /v1/incidents/{id}/review/sections": ("/v1/incidents/1/review/sections", {"name": "summary", "text": "503"}),
    "GET /v1/incidents/{id}/review/document": ("/v1/incidents/1/review/document?kind=external&format=json", None),
    "GET /v1/incidents/{id}/review/checks": ("/v1/incidents/1/review/checks?kind=external", None),
    "POST /v1/incidents/{id}/review/publish": ("/v1/incidents/1/review/publish", {"kind": "internal", "seen": "5eed"}),
    "GET /v1/incidents/{id}/review/documents": ("/v1/incidents/1/review/documents", None),
    "GET /v1/incidents/{id}/review/documents/{document_id}": ("/v1/incidents/1/review/documents/1?format=json", None),
    "POST /v1/severity/replay": ("/v1/severity/replay", {"edited": {"name": "process.toml", "text": ""}}),
    "POST /v1/incidents/{id}/roles": ("/v1/incidents/1/roles", {"role": "mitigation_lead", "person": "ana"}),
    "GET /v1/incidents/{id}/roles/{role}/note": ("/v1/incidents/1/roles/scribe/note", None),
    "POST /v1/incidents/{id}/roles/{role}/page": ("/v1/incidents/1/roles/scribe/page", {"note": "we need one"}),
    "GET /v1/incidents/{id}/checklist": ("/v1/incidents/1/checklist", None),
    "POST /v1/incidents/{id}/checklist/{item}": ("/v1/incidents/1/checklist/second-lead", {"done": True}),
    "POST /v1/incidents/{id}/notes": ("/v1/incidents/1/notes", {"text": "rolled back"}),
    "POST /v1/incidents/{id}/updates": ("/v1/incidents/1/updates", {"text": "we look", "phase": "investigating"}),
    "GET /v1/incidents/{id}/updates/draft": ("/v1/incidents/1/updates/draft?audience=customers", None),
    "POST /v1/incidents/{id}/updates/check": ("/v1/incidents/1/updates/check", {"text": "we", "phase": "identified"}),
    "POST /v1/incidents/{id}/long": ("/v1/incidents/1/long", {"on": True, "reason": "since morning"}),
    "POST /v1/incidents/{id}/alerts": ("/v1/incidents/1/alerts", {"alert_ids": [1, 2]}),
    "DELETE /v1/incidents/{id}/alerts/{alert_id}": ("/v1/incidents/1/alerts/2", None),
    "GET /v1/incidents/{id}/timeline": ("/v1/incidents/1/timeline", None),
    "GET /v1/incidents/{id}/presence": ("/v1/incidents/1/presence?after=4&wait=0.5", None),
    "POST /v1/incidents/{id}/presence": ("/v1/incidents/1/presence", {"session": "t1", "state": "writing"}),
    "POST /v1/incidents/{id}/chat": ("/v1/incidents/1/chat", None),
    "POST /v1/incidents/{id}/chat/archive": ("/v1/incidents/1/chat/archive", None),
    "POST /v1/incidents/{id}/pins": ("/v1/incidents/1/pins", {"seq": 1}),
    "POST /v1/incidents/{id}/corrections": (
        "/v1/incidents/1/corrections",
        {"what": "started_at", "at": "2026-03-14T09:10:00Z", "why": "the graph shows it"},
    ),
    "GET /v1/incidents/{id}/export": ("/v1/incidents/1/export?format=json", None),
    "POST /v1/incidents/{id}/split": ("/v1/incidents/1/split", {"title": "Another", "alert_ids": [1], "entries": [3]}),
    "POST /v1/incidents/{id}/resembles": ("/v1/incidents/1/resembles", {"incident_id": 2, "why": "the same symptom"}),
    "DELETE /v1/incidents/{id}/resembles/{other_id}": ("/v1/incidents/1/resembles/2", None),
    "GET /v1/incidents/{id}/measures": ("/v1/incidents/1/measures?as_of=2026-03-14T09%3A30%3A00Z", None),
    "GET /v1/incidents/{id}/review/window": ("/v1/incidents/1/review/window", None),
    "POST /v1/incidents/{id}/review/opening": ("/v1/incidents/1/review/opening", {"reason": "it cannot wait"}),
    "POST /v1/incidents/{id}/review/opening/answer": ("/v1/incidents/1/review/opening/answer", {"answer": "granted"}),
    "GET /v1/incidents/{id}/review/meeting/times": ("/v1/incidents/1/review/meeting/times?minutes=45&person=ana", None),
    "GET /v1/incidents/{id}/review/meeting": ("/v1/incidents/1/review/meeting", None),
    "POST /v1/incidents/{id}/review/meeting": (
        "/v1/incidents/1/review/meeting",
        {"starts_at": "2026-03-16T10:00:00Z", "people": ["ana"], "facilitator": "ben"},
    ),
    "POST /v1/incidents/{id}/review/meeting/move": ("/v1/incidents/1/review/meeting/move", {"minutes": 90}),
    "POST /v1/incidents/{id}/review/meeting/cancel": ("/v1/incidents/1/review/meeting/cancel", {"why": "ill"}),
    "POST /v1/incidents/{id}/review/meeting/answer": ("/v1/incidents/1/review/meeting/answer", {"answer": "maybe"}),
    "GET /v1/incidents/{id}/review/notes": ("/v1/incidents/1/review/notes", None),
    "PUT /v1/incidents/{id}/review/notes": ("/v1/incidents/1/review/notes", {"text": "what I saw"}),
    "GET /v1/incidents/{id}/audit": ("/v1/incidents/1/audit", None),
    "GET /v1/incidents/{id}/audit/head": ("/v1/incidents/1/audit/head", None),
    "POST /v1/incidents/{id}/impact": (
        "/v1/incidents/1/impact",
        {"affected": "cards", "figure": {"low": 20, "high": 30, "unit": "%"}, "starts_at": "2026-03-14T09:00:00Z"},
    ),
    "POST /v1/incidents/{id}/impact/{claim_id}": (
        "/v1/incidents/1/impact/1",
        {"verdict": "disputed", "why": "EU only"},
    ),
    "GET /v1/incidents/{id}/attachments": ("/v1/incidents/1/attachments", None),
    "POST /v1/incidents/{id}/attachments": ("/v1/incidents/1/attachments", {"name": "a.png", "data": "iVBORw=="}),
    "GET /v1/incidents/{id}/attachments/{attachment_id}": ("/v1/incidents/1/attachments/2", None),
    "GET /v1/incidents/{id}/resembling": ("/v1/incidents/1/resembling", None),
    "POST /v1/incidents/{id}/theories": ("/v1/incidents/1/theories", {"text": "the new release"}),
    "POST /v1/incidents/{id}/theories/{theory_id}": ("/v1/incidents/1/theories/1", {"verdict": "for", "why": "graph"}),
    "POST /v1/incidents/{id}/attempts": ("/v1/incidents/1/attempts", {"text": "rollback", "theory_id": 1}),
    "POST /v1/incidents/{id}/attempts/{attempt_id}": ("/v1/incidents/1/attempts/1", {"outcome": "worked"}),
    "GET /v1/reports": ("/v1/reports?state=triage&kind=end_user&late=1&incident_id=1&q=slow&limit=5", None),
    "POST /v1/reports": ("/v1/reports", {"subject": "It is slow", "text": "very", "tags": {"region": "eu"}}),
    "POST /v1/reports/declare": ("/v1/reports/declare", {"report_ids": [1], "severity": "SEV2", "title": "Slow"}),
    "POST /v1/reports/{id}/merge": ("/v1/reports/1/merge", {"into": 2}),
    "POST /v1/reports/{id}/split": ("/v1/reports/1/split", {"message_ids": [2], "subject": "Another"}),
    "POST /v1/incidents/{id}/reporters/preview": ("/v1/incidents/1/reporters/preview", {"status": "resolved"}),
    "POST /v1/incidents/{id}/reporters/learned": ("/v1/incidents/1/reporters/learned", {"text": "disks fill"}),
    "GET /v1/reports/{id}": ("/v1/reports/1", None),
    "PATCH /v1/reports/{id}": ("/v1/reports/1", {"owner": "ana", "tags": {"region": "us"}}),
    "POST /v1/reports/{id}/messages": ("/v1/reports/1/messages", {"text": "still"}),
    "POST /v1/reports/{id}/acknowledge": ("/v1/reports/1/acknowledge", {"note": "mine"}),
    "POST /v1/reports/{id}/replies": ("/v1/reports/1/replies", {"text": "since when?", "question": True}),
    "POST /v1/reports/{id}/notes": ("/v1/reports/1/notes", {"text": "a known one"}),
    "POST /v1/reports/{id}/state": ("/v1/reports/1/state", {"to": "linked", "incident_id": 1}),
    "GET /v1/reports/{id}/triage": ("/v1/reports/1/triage", None),
    "GET /v1/reports/{id}/similar": ("/v1/reports/1/similar", None),
    "POST /v1/reports/{id}/answers": ("/v1/reports/1/answers", {"answers": [{"question": "who", "text": None}]}),
    "POST /v1/reports/{id}/questions": ("/v1/reports/1/questions", {"question": "who"}),
    "POST /v1/reports/{id}/canned-replies": ("/v1/reports/1/canned-replies", {"name": "looking"}),
    "POST /v1/reports/{id}/priority": ("/v1/reports/1/priority", {"impact": "high", "urgency": "low"}),
    "POST /v1/reports/{id}/propagate": ("/v1/reports/1/propagate", {"interruption": "knowledge"}),
    "GET /v1/reports/{id}/attachments/{attachment_id}": ("/v1/reports/1/attachments/2", None),
    "GET /v1/subscribers": ("/v1/subscribers", None),
    "GET /v1/subscribers/addresses": ("/v1/subscribers/addresses?channel=status", None),
    "POST /v1/subscribers/remove": ("/v1/subscribers/remove", {"address": "ada@example.org"}),
    "GET /v1/customers": ("/v1/customers?q=bo", None),
    "GET /v1/customers/{id}": ("/v1/customers/1", None),
    "PATCH /v1/customers/{id}": (
        "/v1/customers/1",
        {"kind": "oss_developer", "addresses": [{"channel": "mail", "address": "bo@example.org"}]},
    ),
    "GET /v1/process/ideas": ("/v1/process/ideas?state=all&mine=1", None),
    "POST /v1/process/ideas": (
        "/v1/process/ideas",
        {"text": "no one reads the runbook", "about": "incident:1", "anonymous": True},
    ),
    "POST /v1/process/ideas/{id}/drop": ("/v1/process/ideas/1/drop", {"why": "we do now"}),
    "GET /v1/process/retros": ("/v1/process/retros?state=open", None),
    "POST /v1/process/retros": ("/v1/process/retros", {"since": "2026-01-01T00:00:00Z"}),
    "GET /v1/process/retros/{id}": ("/v1/process/retros/1", None),
    "GET /v1/process/retros/{id}/presence": ("/v1/process/retros/1/presence?after=4", None),
    "POST /v1/process/retros/{id}/presence": ("/v1/process/retros/1/presence", {"session": "t1", "state": "away"}),
    "POST /v1/process/retros/{id}/drive": ("/v1/process/retros/1/drive", {"act": "extend", "minutes": 5}),
    "POST /v1/process/retros/{id}/part": ("/v1/process/retros/1/part", {"act": "done"}),
    "POST /v1/process/retros/{id}/ideas": ("/v1/process/retros/1/ideas", {"text": "too many alerts"}),
    "POST /v1/process/retros/{id}/topics": ("/v1/process/retros/1/topics", {"ideas": [1, 2], "text": "the pager"}),
    "PATCH /v1/process/retros/{id}/topics/{topic_id}": ("/v1/process/retros/1/topics/1", {"chosen": True}),
    "POST /v1/process/retros/{id}/topics/{topic_id}/votes": ("/v1/process/retros/1/topics/1/votes", {"votes": 2}),
    "GET /v1/experiments": ("/v1/experiments?state=asking", None),
    "POST /v1/experiments": (
        "/v1/experiments",
        {
            "title": "a card at the desk",
            "hypothesis": "nobody knows who hands over",
            "figure": "update-promises-kept",
            "expects": "up",
            "ends_on": "2026-06-30",
            "stop_rule": "two missed in a week",
        },
    ),
    "GET /v1/experiments/{id}": ("/v1/experiments/1", None),
    "PATCH /v1/experiments/{id}": ("/v1/experiments/1", {"ends_on": "2026-05-31"}),
    "GET /v1/experiments/{id}/evidence": ("/v1/experiments/1/evidence", None),
    "POST /v1/experiments/{id}/end": ("/v1/experiments/1/end", {"verdict": "cannot_tell", "why": "too few"}),
    "GET /v1/people": ("/v1/people", None),
    "GET /v1/services": ("/v1/services", None),
    "GET /v1/route": ("/v1/route?label=alertname%3DDiskFull&label=host%3Ddb1", None),
    "GET /v1/policies": ("/v1/policies", None),
    "GET /v1/policies/{policy}": ("/v1/policies/shop?at=2026-03-14T09%3A30%3A00Z", None),
    "GET /v1/policies/{policy}/test": ("/v1/policies/shop/test?severity=critical&urgency=low", None),
    "GET /v1/drills": ("/v1/drills", None),
    "POST /v1/drills": ("/v1/drills", {"people": ["ana"], "incident_id": 1, "speed": 10}),
    "GET /v1/drills/{id}": ("/v1/drills/1", None),
    "POST /v1/drills/{id}/stop": ("/v1/drills/1/stop", None),
    "POST /v1/drills/{id}/resume": ("/v1/drills/1/resume", {}),
    "POST /v1/replays": (
        "/v1/replays",
        {"since": "2026-03-14T09:30:00Z", "process": {"name": "new.toml", "text": "[route]"}},
    ),
    "GET /v1/replays/{id}": ("/v1/replays/1", None),
    "DELETE /v1/replays/{id}": ("/v1/replays/1", None),
    "GET /v1/oncall": ("/v1/oncall", None),
    "GET /v1/schedules": ("/v1/schedules?schedule=plain&starts_at=2026-03-14T09%3A00%3A00Z", None),
    "GET /v1/calendars/{kind}/{name}": ("/v1/calendars/person/ana", None),
    "POST /v1/calendars/{kind}/{name}/revoke": ("/v1/calendars/team/shop/revoke", None),
    "POST /v1/schedules/preview": (
        "/v1/schedules/preview",
        {"override": {"schedule": "plain", "person": "ben", "ends_at": "2026-03-14T11:00:00Z"}},
    ),
    "POST /v1/overrides": ("/v1/overrides", {"schedule": "plain", "person": "ben", "ends_at": "2026-03-14T11:00:00Z"}),
    "PATCH /v1/overrides/{id}": ("/v1/overrides/1", {"person": "ana"}),
    "DELETE /v1/overrides/{id}": ("/v1/overrides/1", None),
    "POST /v1/swaps": (
        "/v1/swaps",
        {
            "schedule": "plain",
            "starts_at": "2026-03-14T11:00:00Z",
            "ends_at": "2026-03-14T19:00:00Z",
            "other": "ben",
            "other_starts_at": "2026-03-15T11:00:00Z",
            "other_ends_at": "2026-03-15T19:00:00Z",
        },
    ),
    "POST /v1/swaps/{id}/settle": ("/v1/swaps/1/settle", {"to": "accepted"}),
    "POST /v1/absences": ("/v1/absences", {"ends_at": "2026-03-20T11:00:00Z", "stand_in": "ben"}),
    "DELETE /v1/absences/{id}": ("/v1/absences/1", None),
    "GET /v1/modes": ("/v1/modes?team=shop&starts_at=2026-03-14T09%3A30%3A00Z", None),
    "POST /v1/modes": ("/v1/modes", {"person": "ana", "mode": "support", "days": 7}),
    "PATCH /v1/modes/{id}": ("/v1/modes/1", {"ends_at": "2026-03-24T09:30:00Z", "reason": "ill"}),
    "POST /v1/modes/{id}/split": ("/v1/modes/1/split", {"then": "none", "reason": "ill"}),
    "POST /v1/modes/{id}/end": ("/v1/modes/1/end", {"reason": "ill"}),
    "GET /v1/handovers": ("/v1/handovers?state=open&schedule=s&mine=1", None),
    "GET /v1/handovers/{id}": ("/v1/handovers/1", None),
    "PATCH /v1/handovers/{id}": ("/v1/handovers/1", {"surprises": "the cache"}),
    "POST /v1/handovers/{id}/send": ("/v1/handovers/1/send", {"surprises": "the cache"}),
    "POST /v1/handovers/{id}/accept": ("/v1/handovers/1/accept", None),
    "GET /v1/interruptions": ("/v1/interruptions?team=shop&days=7", None),
    "POST /v1/interruptions": ("/v1/interruptions", {"reason": "knowledge", "service": "database", "source": "chat"}),
    "POST /v1/interruptions/{id}/withdraw": ("/v1/interruptions/1/withdraw", {"note": "it was lunch"}),
    "GET /v1/teams/{team}/protection": ("/v1/teams/shop/protection?weeks=4", None),
    "GET /v1/teams/{team}/mode-plan": ("/v1/teams/shop/mode-plan?weeks=6&replace=true", None),
    "POST /v1/teams/{team}/mode-plan": ("/v1/teams/shop/mode-plan", {"weeks": 6, "plan": "abc"}),
    "GET /v1/shift-requests": ("/v1/shift-requests?state=all&mine=1", None),
    "POST /v1/shift-requests": (
        "/v1/shift-requests",
        {"schedule": "plain", "ends_at": "2026-03-14T11:00:00Z", "team": "shop", "wants": "swap"},
    ),
    "GET /v1/shift-requests/{id}": ("/v1/shift-requests/1", None),
    "POST /v1/shift-requests/{id}/answer": ("/v1/shift-requests/1/answer", {"to": "accepted"}),
    "GET /v1/rests": ("/v1/rests?state=all&mine=1", None),
    "POST /v1/rests/{id}/answer": ("/v1/rests/1/answer", {"late": True, "relief": True}),
    "POST /v1/notifiers/{instance}/test": ("/v1/notifiers/phone/test", None),
    "POST /v1/people/{person}/test": ("/v1/people/ana/test", None),
    "GET /v1/deliveries/{id}": ("/v1/deliveries/1", None),
    "GET /v1/views": ("/v1/views", None),
    "POST /v1/views": ("/v1/views", {"name": "web", "query": "team=web", "shared": True}),
    "PUT /v1/views/opens": ("/v1/views/opens", {"opens": "view:1", "pinned": True}),
    "DELETE /v1/views/{id}": ("/v1/views/1", None),
    "GET /v1/drafts/{key}": ("/v1/drafts/incident%2F1", None),
    "PUT /v1/drafts/{key}": ("/v1/drafts/incident%2F1", {"text": "half a"}),
    "DELETE /v1/drafts/{key}": ("/v1/drafts/incident%2F1", None),
    "POST /v1/reload": ("/v1/reload", None),
    "GET /v1/nodes": ("/v1/nodes", None),
    "POST /v1/nodes/{name}/forget": ("/v1/nodes/two/forget", None),
}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_good_input_gets_the_declared_answer(api, route):
    path, body = GOOD[f"{route.method} {route.path}"]
    answer = await api(route.method, path, body)
    assert answer.status == route.status, answer.body
    if route.answer is not None:
        msgspec.json.decode(answer.body, type=route.answer)
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["api-version"] == "1.0"


def test_the_document_lists_exactly_the_routes_of_the_table():
    rows = re.findall(r"^\| `([A-Z]+ /[^`?]*)[^`]*` \|.*\| (\w+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((f"{route.method} {route.path}", route.role.word) for route in ROUTES)


def test_the_document_names_the_structs_of_the_table():
    text = DOCUMENT.read_text()
    for route in ROUTES:
        begins = tuple(f"| `{route.method} {route.path}{end}" for end in "`?")
        row = next(line for line in text.splitlines() if line.startswith(begins))
        for struct in (route.answer, route.body if route.body.__name__ != "Empty" else None):
            assert struct is None or re.search(rf"\b{struct.__name__}\b", row), (row, struct)
        for name in route.query.__struct_fields__:
            assert re.search(rf"\b{name}\b", row), (row, name)
        assert ("If-Match" in row) == route.versioned, row


def may() -> dict[str, dict[Role, bool]]:
    """The table that people read: route, and whether each role may call it."""
    rows = re.findall(
        r"^\| `([A-Z]+ /v1/[^`]*)` \|.*((?:\| (?:yes|403) ){4})\|$", AUTHORISATION.read_text(), re.MULTILINE
    )
    return {
        name: dict(zip(Role, ["yes" in cell for cell in cells.split("|")[1:]], strict=True)) for name, cells in rows
    }


@pytest.mark.parametrize("role", Role)
async def test_each_route_lets_in_whom_the_table_says(api, fake, role):
    api.role = role
    await api.restart()
    allowed = may()
    assert allowed.keys() == {f"{route.method} {route.path}" for route in ROUTES}

    def ask() -> dict[str, unixsocket.Response]:
        answers = {}
        for name in allowed:
            path, body = GOOD[name]
            raw = None if body is None else msgspec.json.encode(body)
            answers[name] = unixsocket.request(str(api.path), name.split()[0], path, raw)
        return answers

    answers = await asyncio.to_thread(ask)
    assert max(answer.status for answer in answers.values()) < 500
    assert {name: answer.status != 403 for name, answer in answers.items()} == {
        name: roles[role] for name, roles in allowed.items()
    }
    if role is Role.NONE:
        assert fake.asked == [], "a stranger's request reaches no service"


async def test_a_list_passes_its_filter_on(api, fake):
    await api(
        "GET", "/v1/alerts?status=resolved&service=db&match=a%3D1&match=b!~x&q=disk&order=oldest&limit=7&cursor=2"
    )
    query = fake.asked[-1][1]
    assert query.matchers == (Matcher("a", Op.EQUAL, "1"), Matcher("b", Op.NOT_MATCH, "x"))
    assert (query.status, query.service, query.text) == ("resolved", "db", "disk")
    assert (query.order, query.limit, query.cursor) == ("oldest", 7, "2")


async def test_labels_of_a_route_test_arrive_whole(api, fake):
    await api("GET", "/v1/route?label=a%3Db%3Dc&label=empty%3D&label=%C3%BC%3D%20x%26&label=a%3Db%3Dc")
    assert fake.asked[-1] == ("routes.test", {"a": "b=c", "empty": "", "ü": " x&"})
    await api("GET", "/v1/route")
    assert fake.asked[-1] == ("routes.test", {})
    for bad in ("label=a", "label=%3Db", "label=", "label=a%3D1&label=a%3D2", "label=a%3D%00"):
        answer = await api("GET", f"/v1/route?{bad}")
        assert (answer.status, answer.json["remedy"] != "") == (400, True), bad
        assert answer.json["field"].startswith("label"), bad


async def test_mine_means_the_callers_pages(api, fake):
    await api("GET", "/v1/pages?mine=1")
    assert fake.asked[-1] == ("pages.list", "active", "ana", 100, "", "ana")
    await api("GET", "/v1/pages?mine=0&state=all")
    assert fake.asked[-1] == ("pages.list", "all", None, 100, "", "ana")


async def test_mine_means_the_callers_handovers(api, fake):
    for query, person in (("mine=1&person=ben", "ana"), ("person=ben", "ben"), ("", "")):
        await api("GET", f"/v1/handovers?{query}")
        assert fake.asked[-1] == ("handovers.list", "current", "", person)


async def test_a_draft_is_the_callers_own(api, fake):
    await api("PUT", "/v1/drafts/incident%2F1", {"text": "half a sentence"})
    assert (await api("GET", "/v1/drafts/incident%2F1")).json["text"] == "half a sentence"
    api.person = "ben"
    assert (await api("GET", "/v1/drafts/incident%2F1")).json["text"] == ""
    api.person = "ana"
    assert (await api("DELETE", "/v1/drafts/incident%2F1")).body == b""
    assert fake.drafts == {}


async def test_a_page_of_events_follows_after(api, fake):
    for _ in range(5):
        fake.happen()
    page = (await api("GET", "/v1/events?after=2&limit=2")).json
    assert [event["seq"] for event in page["events"]] == [3, 4]
    assert page["last_seq"] == 5


async def test_an_attached_file_is_taken_whole_and_given_back_to_be_saved_only(api, fake):
    data = bytes(range(256)) * 8192  # 2 MiB: more than other bodies may have
    body = {"name": "dump", "data": base64.b64encode(data).decode()}
    assert (await api("POST", "/v1/incidents/1/attachments", body)).json["size"] == len(data)
    assert fake.asked[-1][2].data == data
    answer = await api("GET", "/v1/incidents/1/attachments/2?format=file")
    assert answer.body == b"<b>\x00"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert not set("/\\\r\n") & set(disposition)


async def test_any_content_type_is_read_as_json(api):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"):
        answer = await api("POST", "/v1/alerts", {"name": "x"}, {"Content-Type": content_type})
        assert answer.status == 201


async def test_a_meeting_is_a_calendar_when_it_is_asked_for_as_one(api):
    answer = await api("GET", "/v1/incidents/1/review/meeting?format=ics")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.body.startswith(b"BEGIN:VCALENDAR")
    assert "etag" not in answer.headers
    assert (await api("GET", "/v1/incidents/1/review/meeting")).headers["etag"] == '"1"'


async def test_an_incident_is_exported_as_a_document_of_its_type(api):
    for form, media_type, begins in (
        ("json", "application/json", b'{"format":"incidentd-incident/1"'),
        ("markdown", "text/markdown", b"# INC-1: "),
        ("ics", "text/calendar", b"BEGIN:VCALENDAR"),
    ):
        answer = await api("GET", f"/v1/incidents/1/export?format={form}")
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.body.startswith(begins)
