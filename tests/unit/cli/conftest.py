"""A daemon that is only a table of answers, on a real Unix socket, and `incidentctl` run against it in this process."""

from __future__ import annotations

import io
import json
import re
import shutil
import socketserver
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from incidentd import wire
from incidentd.cli import ctl
from incidentd.domain.severity import Severity
from incidentd.wire import attachments as wire_attachments
from incidentd.wire import audit as wire_audit
from incidentd.wire import chat as wire_chat
from incidentd.wire import checklists as wire_checklists
from incidentd.wire import checks as wire_checks
from incidentd.wire import drills as wire_drills
from incidentd.wire import duty as wire_duty
from incidentd.wire import facts as wire_facts
from incidentd.wire import groups as wire_groups
from incidentd.wire import handover as wire_handover
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import modes as wire_modes
from incidentd.wire import pages as wire_pages
from incidentd.wire import policies as wire_policies
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import rehearsals as wire_rehearsals
from incidentd.wire import reports as wire_reports
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire import reviews as wire_reviews
from incidentd.wire import routes as wire_routes
from incidentd.wire import severity as wire_severity
from incidentd.wire import silences as wire_silences
from incidentd.wire import triage as wire_triage
from incidentd.wire import views as wire_views
from incidentd.wire import wording as wire_wording
from incidentd.wire.export import FORMAT, IncidentExport
from incidentd.wire.life import Related
from incidentd.wire.measures import Contradiction, EpisodeMeasures, Measures, SeverityRevision, UpdatePromise

AT = datetime(2024, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)


class Asked(NamedTuple):
    """One request; `body` is its JSON, None when it had none."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: Any


class Answer(NamedTuple):
    status: int
    body: bytes
    kind: str = "application/json"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw
        headers = {name.lower(): value for name, value in self.headers.items()}
        fake = self.server.fake
        fake.asked.append(Asked(self.command, self.path, headers, body))
        answer = fake.answer(self.command, self.path)
        if isinstance(answer, bytes):  # not HTTP at all, or an end in the middle
            self.wfile.write(answer)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - the standard library's names


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    fake: FakeApi

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news."""


class FakeApi:
    """`answers[method, path]` is an answer, or several to be given one after the other (the last one stays)."""

    def __init__(self, socket_path: str) -> None:
        self.socket_path = socket_path
        self.answers: dict[tuple[str, str], list[Answer | bytes]] = {}
        self.asked: list[Asked] = []
        self._server: _Server | None = None

    def on(self, method: str, path: str, *bodies: object, status: int = 200) -> None:
        """Answer `method` `path` with wire structs, with `Answer`s, or with bytes that are written as they are."""
        self.answers[method, path] = [
            one if isinstance(one, Answer | bytes) else Answer(status, msgspec.json.encode(one)) for one in bodies
        ]

    def refuse(self, method: str, path: str, status: int, detail: str = "no", kind: str = "x", **more: Any) -> None:
        problem = wire.Problem(type=f"urn:incidentd:{kind}", title="No", status=status, detail=detail, **more)
        self.on(method, path, problem, status=status)

    def answer(self, method: str, target: str) -> Answer | bytes:
        left = self.answers.get((method, target.partition("?")[0]))
        if left is None:
            return Answer(404, b'{"type":"about:blank","title":"Not Found","status":404}')
        return left.pop(0) if len(left) > 1 else left[0]

    def instead_of(self, other: FakeApi) -> None:
        """Answer where `other` did: to stop a server takes as long as ten tests of what it answers."""
        self._server, other._server = other._server, None
        if self._server is None:  # a test had stopped it
            self.start()
        else:
            self._server.fake = self

    def start(self) -> None:
        self._server = _Server(self.socket_path, _Handler)
        self._server.fake = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            Path(self.socket_path).unlink(missing_ok=True)


class Done(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def _one_word(text: str) -> str:
    return "".join(re.findall(r"[^\s\d]", text))[:20]


class Canned:
    """One of each wire struct; `text` stands in every text that comes from outside."""

    at = AT

    def __init__(self, text: str = "plain") -> None:
        self.text = text

    def alert(self, number: int = 12, **changes: Any) -> wire.Alert:
        t = self.text
        return msgspec.structs.replace(
            wire.Alert(
                id=number, source=t, key=t, status="firing", name=t, summary=f"{t} summary", severity=t,
                labels={t: t}, annotations={t: t}, starts_at=AT, ends_at=None, first_seen=AT, last_seen=AT,
                resolved_at=None, count=3, generator_url=t, service=t, group_id=1, page_id=3, page_state="open",
                acknowledged_by=t, incident_ids=(4,), flapping=True, version=2,
            ),
            **changes,
        )  # fmt: skip

    def step(self, seconds: float, kind: str, text: str = "") -> wire.TraceStep:
        said = text or self.text
        return wire.TraceStep(seq=1, at=AT + timedelta(seconds=seconds), kind=kind, text=said, data={})

    def trace(self, *steps: wire.TraceStep, **changes: Any) -> wire.Trace:
        some = steps or (self.step(0, "alert.fired"), self.step(30, "page.started"), self.step(31, self.text))
        return wire.Trace(alert=self.alert(**changes), verdict=f"{self.text} verdict", steps=some)

    def measures(self) -> Measures:
        t = self.text
        episode = EpisodeMeasures(
            number=1, started_at=AT, detected_at=AT, detected_by=t, acknowledged_at=AT, acknowledged_by=t,
            mitigated_at=AT, resolved_at=AT, ended_at=AT, to_detect=137.0, to_acknowledge=0.0, to_mitigate=None,
            to_resolve=3720.0,
        )  # fmt: skip
        promise = UpdatePromise(made_at=AT, promised_at=AT, audience=t, outcome="missed", told_at=AT, late=37.0)
        revision = SeverityRevision(at=AT, by=t, before=Severity.SEV3, after=Severity.SEV2, reason=t)
        return Measures(
            incident_id=4, as_of=AT, episodes=(episode,), noticed_first="report", noticed_by=t, promises=(promise,),
            promises_kept=3, promises_missed=1, role_gap_minutes={t: 2.5}, severity_revisions=(revision,),
            worst_severity=Severity.SEV2, corrections=2,
            contradictions=(Contradiction(rule="order", episode=1, text=t),),
        )  # fmt: skip

    def export(self) -> IncidentExport:
        return IncidentExport(
            format=FORMAT, exported_at=AT, review_name=self.text, detail=self.incident_detail(),
            timeline=(self.entry(),), alerts=(self.alert(),), reports=(), pages=(self.page(),),
            measures=self.measures(), audit=wire_audit.AuditHead(incident_id=4, count=1, head="ab" * 32),
        )  # fmt: skip

    def audit(self) -> wire_audit.Audit:
        event = {"kind": self.text, "subject": "incident:4", "data": {self.text: [self.text, 1.5, None]}}
        record = wire_audit.AuditRecord(n=1, hash="ab" * 32, event=event)
        return wire_audit.Audit(
            incident_id=4, format=wire_audit.FORMAT, exported_at=AT, records=(record,), count=1, head="ab" * 32
        )

    def verdict(self) -> wire_facts.Verdict:
        t = self.text
        return wire_facts.Verdict(at=AT, recorded_at=AT, by=t, word=t, why=t, evidence=t)

    def claim(self, **changes: Any) -> wire_facts.ImpactClaim:
        t = self.text
        return msgspec.structs.replace(
            wire_facts.ImpactClaim(
                id=2, affected=t, figure=wire_facts.ImpactFigure(low=20, unit=_one_word(t)), starts_at=AT, ends_at=None,
                source=t, evidence=t, suspected=True, at=AT, by=t, replaces=1, replaced_by=None, state=t,
                verdicts=(self.verdict(),),
            ),
            **changes,
        )  # fmt: skip

    def theory(self, **changes: Any) -> wire_facts.Theory:
        t = self.text
        theory = wire_facts.Theory(id=1, text=t, at=AT, by=t, state=t, verdicts=(self.verdict(),))
        return msgspec.structs.replace(theory, **changes)

    def tried(self, **changes: Any) -> wire_facts.Attempt:
        t = self.text
        return msgspec.structs.replace(
            wire_facts.Attempt(
                id=3, text=t, person=t, theory_id=1, started_at=AT, at=AT, by=t, outcome=t, verdicts=(self.verdict(),)
            ),
            **changes,
        )

    def attached(self) -> wire_attachments.IncidentAttachment:
        t = self.text
        return wire_attachments.IncidentAttachment(
            id=1, name=t, media_type=t, size=1234, sha256=t, note=t, source=t, at=AT, by=t, same_as=(t,)
        )

    def attachments(self) -> wire_attachments.AttachmentList:
        return wire_attachments.AttachmentList(attachments=(self.attached(),))

    def attached_content(self) -> wire_attachments.IncidentAttachmentContent:
        return wire_attachments.IncidentAttachmentContent(attachment=self.attached(), data=b"plain")

    def resembling(self) -> wire_facts.ResemblingIncidents:
        t = self.text
        past = wire_facts.PastAttempt(id=1, text=t, outcome=t, after=420, evidence=t, said=f"resembles INC-12: {t}")
        one = wire_facts.Resembling(
            id=12, title=t, service=t, severity=Severity.SEV2, status=t, started_at=AT, score=70, reasons=(t,),
            attempts=(past,),
        )  # fmt: skip
        return wire_facts.ResemblingIncidents(incidents=(one,))

    def page(self, number: int = 3, **changes: Any) -> wire.Page:
        t = self.text
        return msgspec.structs.replace(
            wire.Page(
                id=number, title=t, service=t, policy=t, urgency=t, state="open", step=1, round=1, group_id=1,
                incident_id=4, started_at=AT, next_step_at=AT + timedelta(minutes=5), acknowledged_at=AT,
                acknowledged_by=t, acknowledged_via=t, resolved_at=None, notified=(t,), alert_ids=(12,), mine=True,
                version=5, severity=t, person=t, schedule=t, acks=(t,), acks_needed=2, ack_missing=(t,),
                snoozed_until=AT, snoozed_by=t,
            ),
            **changes,
        )  # fmt: skip

    def delivery(self) -> wire_pages.Delivery:
        t = self.text
        return wire_pages.Delivery(
            id=1, page_id=3, person=t, notifier=t, address=t, kind=t, state=t, attempt=1, due_at=AT, sent_at=AT,
            error=t, idempotency_key=t, title=t,
        )  # fmt: skip

    def person_test(self) -> wire_pages.PersonTest:
        sent = msgspec.structs.replace(self.delivery(), state="sent")
        return wire_pages.PersonTest(person=self.text, deliveries=(sent,))

    def page_detail(self, **changes: Any) -> wire_pages.PageDetail:
        return wire_pages.PageDetail(page=self.page(**changes), deliveries=(self.delivery(),))

    def role(self, **changes: Any) -> wire.RoleHolder:
        held = wire.RoleHolder(id=1, role="mitigation_lead", person=self.text, starts_at=AT, ends_at=None)
        return msgspec.structs.replace(held, **changes)

    def update(self, **changes: Any) -> wire.Update:
        t = self.text
        made = wire.Update(id=1, at=AT, by=t, audience=t, phase=t, text=t, next_at=AT + timedelta(minutes=10))
        return msgspec.structs.replace(made, **changes)

    def incident(self, number: int = 4, **changes: Any) -> wire.Incident:
        t = self.text
        return msgspec.structs.replace(
            wire.Incident(
                id=number, title=t, summary=t, status="active", severity=Severity.SEV2, episode=2, service=t,
                many_stakeholders=True, declared_at=AT, declared_by=t, started_at=AT, mitigated_at=None,
                resolved_at=None, closed_at=None, merged_into=None, next_update_at=AT, alert_ids=(12, 13),
                page_ids=(3,), roles=(self.role(),),
                violations=(wire.Violation(rule=t, text=f"{t} is broken", since=AT),), allowed=("mitigated", "merged"),
                review_opens_at=AT, review_due_at=AT, process_version=t, version=7,
            ),
            **changes,
        )  # fmt: skip

    def checklist(self) -> wire_checklists.Checklist:
        t = self.text
        item = wire_checklists.ChecklistItem(id=t, role=t, text=t, done_at=AT, done_by=t, applies=True)
        return wire_checklists.Checklist(items=(item,), done=1)

    def card(self) -> wire_rehearsals.RehearsalCard:
        return wire_rehearsals.RehearsalCard(id=self.text, title=self.text, text=self.text, source=self.text)

    def curated(self) -> wire_timeline.CuratedEntry:
        return wire_timeline.CuratedEntry(
            id=2, seq=None, at=AT, kind="decision", text=self.text, evidence=self.text, cues=self.text,
            goals=self.text, options=self.text, group=self.text, by=self.text, recorded_at=AT, version=1,
        )  # fmt: skip

    def dismissals(self, **changes: Any) -> wire_wording.Dismissals:
        t = self.text
        said = wire_wording.WordingVerdict(id=3, rule=t, phrase=t, keep=False, reason=t, by=t, at=AT)
        names: dict[str, Any] = {"rule": t, "phrase": t} | changes
        phrase = wire_wording.DismissedPhrase(**names, dismissed=1, kept=0, muted=True, why=t, verdicts=(said,))
        rate = wire_wording.RuleRate(rule=t, dismissed=1, kept=3, rate=0.25)
        return wire_wording.Dismissals(phrases=(phrase,), rules=(rate,), mute_after=5)

    def action(self, **changes: Any) -> wire_records.Action:
        t = self.text
        made = wire_records.Action(
            id=5, incident_id=4, text=t, owner_team=t, owner=t, due_on=AT.date(), factor_id=7, worse=t, state="open",
            why=t, created_at=AT, created_by=t, ended_at=AT, issue=t, late=True, version=1, title=t, ended_by=t,
            export="failed", export_error=t, warnings=(t,),
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def walk(self) -> wire_timeline.Walk:
        moment = wire_timeline.Moment(entry=self.entry(), notes=(self.curated(),), group=self.text, decision=True)
        return wire_timeline.Walk(moments=(moment,), ahead=3, doubts=(wire_timeline.Doubt(kind="gap", text=self.text),))

    def review(self, **changes: Any) -> wire_reviews.Review:
        t = self.text
        made = wire_reviews.Review(
            incident_id=4, title=t, service=t, severity=Severity.SEV2, status=t, state="running", solo=False,
            started_at=AT, started_by=t, facilitator=t, step="walk", step_started_at=AT, step_ends_at=AT, left=None,
            people=2, factors=3, revealed_at=None, unmasked_at=None, finished_at=None, published_at=None, review_name=t,
            process_version=t, imported_from=t, version=6,
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def review_view(self, **changes: Any) -> wire_reviews.ReviewView:
        t = self.text
        step = wire_reviews.ReviewStep(name="walk", title=t, text=t, minutes=15)
        people = tuple(
            wire_reviews.Participant(
                person=person, joined_at=AT, left_at=None, done_step=done, factors_in=True, factors=1
            )
            for person, done in ((t, "walk"), (f"{t}2", t))
        )
        said = tuple(wire_reviews.TalkNote(id=n, step=one, at=AT, by=t, text=t) for n, one in enumerate(("walk", t)))
        closing = wire_reviews.Closing(learned={"yes": 1, t: 2}, come_again={"no": 3}, texts=(t,), answered=3)
        return wire_reviews.ReviewView(
            review=self.review(**changes), steps=(step, msgspec.structs.replace(step, name="factors")),
            participants=people, walk=self.walk(), talk=said, factors_hidden=5, closing=closing,
            facilitator_was_involved=True, facilitator_faults=(t,),
        )  # fmt: skip

    def account(self) -> wire_records.Account:
        return wire_records.Account(
            id=5, person=self.text, mine=False, at=AT, seq=7, saw=self.text, thought="", tried="", text=self.text,
            new_to=2, new_to_me=True, written_at=AT, edited_at=AT, version=1,
        )  # fmt: skip

    def factor(self) -> wire_records.Factor:
        t = self.text
        return wire_records.Factor(
            id=12, incident_id=4, text=t, category="technical", role="enabler", contexts=(t,), mine=True, theme_id=1,
            evidence=(wire_records.Evidence(kind="entry", ref="7", text=t), wire_records.Evidence(kind="link", ref=t)),
            same_as=3, earlier=(wire_records.EarlierFactor(id=2, incident_id=1, text=t, evidence=t),), written_at=AT,
            version=1, warnings=(t,),
        )  # fmt: skip

    def theme(self) -> wire_records.Theme:
        return wire_records.Theme(id=1, name=self.text, text=self.text, factors=3, incidents=2)

    def learning(self) -> wire_records.Learning:
        return wire_records.Learning(
            id=6, incident_id=4, text=self.text, author=self.text, mine=False, written_at=AT, version=1
        )

    def idea(self) -> wire_records.Idea:
        return wire_records.Idea(id=8, text=self.text, by=self.text, at=AT, action_id=None, dropped_why=self.text)

    def written_review(self) -> wire_reviews.ReviewView:
        return msgspec.structs.replace(
            self.review_view(), accounts=(self.account(),), factors=(self.factor(),), factors_hidden=2,
            themes=(self.theme(),), learnings=(self.learning(),), ideas=(self.idea(),),
        )  # fmt: skip

    def rehearsal(self, **changes: Any) -> wire_rehearsals.Rehearsal:
        own = wire_rehearsals.OwnCall(card=self.text, answers={}, level=Severity.SEV2, rule_text=self.text)
        return wire_rehearsals.Rehearsal(
            **{"id": 3, "title": self.text, "started_by": self.text, "started_at": AT, "closed_at": None,
               "cards": (self.card(),), "people": 2, "calls": 2, "mine": (own,), **changes}
        )  # fmt: skip

    def rehearsal_outcome(self) -> wire_rehearsals.RehearsalOutcome:
        asked = wire_rehearsals.QuestionSpread(
            question=self.text, text=self.text, answers={self.text: 2}, agreement=None
        )
        card = wire_rehearsals.CardSpread(
            card=self.card(), people=3, levels={"SEV2": 2, "SEV3": 1}, agreement=2 / 3, middle=Severity.SEV2, over=0,
            under=1, questions=(asked,),
        )  # fmt: skip
        return wire_rehearsals.RehearsalOutcome(
            rehearsal=self.rehearsal(closed_at=AT), agreement=2 / 3, over=0, under=1, cards=(card,), questions=(asked,)
        )

    def incident_detail(self, **changes: Any) -> wire_incidents.IncidentDetail:
        roles = (self.role(ends_at=AT + timedelta(minutes=1)), self.role(role=self.text))
        return wire_incidents.IncidentDetail(
            incident=self.incident(**changes), roles=roles, updates=(self.update(),),
            role_gap_minutes={self.text: 3.25, "communications_lead": 0.0}, claims=(self.claim(),),
            theories=(self.theory(),), attempts=(self.tried(),), attachments=(self.attached(),),
            classification=self.classification(), chat=self.chat_room(),
            related=(
                Related(incident_id=2, title=self.text, status=self.text, severity=Severity.SEV2, kind="recurrence",
                        why=self.text, by=self.text, at=AT),
            ),
        )  # fmt: skip

    def matrix(self) -> wire_severity.SeverityMatrix:
        t = self.text
        answers = tuple(wire_severity.SeverityAnswer(id=f"{t}{number}", text=t) for number in range(3))
        return wire_severity.SeverityMatrix(
            process_version=t, questions=(wire_severity.SeverityQuestion(id=t, text=t, answers=answers),),
            rules=(wire_severity.SeverityRule(id=t, level=Severity.SEV1, text=t, when={t: (f"{t}1", f"{t}2")}),
                   wire_severity.SeverityRule(id=t, level=Severity.SEV4, text="", when={})),
            warnings=(t,),
        )  # fmt: skip

    def classified(self, **changes: Any) -> wire_severity.Classified:
        t = self.text
        change = wire_severity.LevelChange(answer=t, level=Severity.SEV1, rule=t)
        unknown = tuple(
            wire_severity.OpenUnknown(question=t, text=t, assumed=t, changes=some) for some in ((change,), ())
        )
        found = wire_severity.Classified(
            level=Severity.SEV2, rule=t, rule_text=t, answers={t: t}, assumed={t: t}, unknown=unknown,
            best=Severity.SEV4, worst=Severity.SEV1, next="",
        )  # fmt: skip
        return msgspec.structs.replace(found, **changes)

    def classification(self) -> wire_severity.IncidentClassification:
        t = self.text
        return wire_severity.IncidentClassification(
            at=AT, by=t, level=Severity.SEV3, rule=t, rule_text=t, answers={t: t}, overridden=True, reason=t,
            process_version=t, lost=(t,), now=self.classified(),
        )  # fmt: skip

    def classified_incident(self) -> wire_severity.ClassifiedIncident:
        return wire_severity.ClassifiedIncident(incident=self.incident(), classification=self.classification())

    def entry(self, **changes: Any) -> wire.TimelineEntry:
        t = self.text
        made = wire.TimelineEntry(
            seq=1, observed_at=AT, recorded_at=AT, by=t, kind=t, text=t, detail=t, evidence=t, pinned=False
        )
        return msgspec.structs.replace(made, **changes)

    def event(self, seq: int = 1, **changes: Any) -> wire.Event:
        made = wire.Event(seq=seq, at=AT, actor=self.text, kind=self.text, subject=self.text, data={"text": self.text})
        return msgspec.structs.replace(made, **changes)

    def info(self, **changes: Any) -> wire.Info:
        t = self.text
        made = wire.Info(
            api_version="1.0", version=t, node=t, started_at=AT, last_seq=1, person=t, role=t, review_name=t,
            ingress=(t,), engine=t,
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def health(self, **changes: Any) -> wire.Health:
        t = self.text
        adapter = wire.AdapterHealth(
            instance=t, type=t, role=t, state=t, detail=t, failures=1, last_ok_at=AT, last_error_at=None
        )
        made = wire.Health(
            status=t, problems=(t,), adapters=(adapter,), alerts_firing=1, alerts_unrouted=2, timers_due=3,
            timers_failing=4, deliveries_waiting=5, deliveries_failed_24h=6, loop_lag_ms=1.5, rss_mib=80.0,
            config_files=(t,),
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def drill(self) -> wire_drills.Drill:
        t = self.text
        took = wire_drills.Acknowledged(page_id=3, person=t, at=AT, after=37.0)
        summary = wire_drills.Summary(
            alerts=1, pages=1, first_acknowledgement=37.0, acknowledged=(took,), unacknowledged=(4,), reached=(t,),
            verdicts={t: t}, incident_ids=(2,),
        )  # fmt: skip
        return wire_drills.Drill(
            id=7, title=t, origin=t, state="ended", why=t, people=(t,),
            steps=(wire_drills.DrillStep(after=30.0, kind="fire", text=t),), position=0, review=False, started_at=AT,
            started_by=t, next_at=None, ended_at=AT, alert_ids=(12,), page_ids=(3, 4), incident_ids=(2,),
            summary=summary, version=3,
        )  # fmt: skip

    def silence(self) -> wire_silences.Silence:
        t = self.text
        return wire_silences.Silence(
            id=t, name=t, status="active", matchers=(t,), starts_at=AT, ends_at=AT, created_by=t, comment=t,
            annotations={t: t}, updated_at=AT,
        )  # fmt: skip

    def group(self) -> wire_groups.Group:
        t = self.text
        return wire_groups.Group(
            id=7, route=t, service=t, labels={t: t}, opened_at=AT, notified_at=AT, closed_at=None, severities={t: 2},
            firing=2, total=3, page_id=3, page_state=t, acknowledged_by=t,
        )  # fmt: skip

    def view(self) -> wire_views.View:
        t = self.text
        return wire_views.View(id=5, name=t, base="all", query=t, shared=True, saved_by=t, saved_at=AT)

    def views(self, pinned: bool = True) -> wire_views.Views:
        return wire_views.Views(views=(self.view(),), opens="view:5", pinned=pinned)

    def check(self) -> wire_checks.Check:
        t = self.text
        result = wire_checks.CheckResult(at=AT, outcome=t, good=True, duration=35.0, detail=t)
        return wire_checks.Check(
            source=t, name=t, kind=t, status=t, expects=t, detail=t, service=t, severity=t, description=t, since=AT,
            last_at=AT, last_duration=35.0, next_at=AT, down_at=AT, certificate_until=AT, alert_id=12,
            paused=wire_checks.Pause(at=AT, by=t, note=t), recent=(result,),
        )  # fmt: skip

    def window(self) -> wire_quieting.Maintenance:
        t = self.text
        return wire_quieting.Maintenance(
            id=3, name=t, status="active", services=(t,), text=t, spared=(t,), below=t, starts_at=AT, ends_at=AT,
            created_by=t, created_at=AT, updated_at=AT, rule=2, continues=1, ended_by=t, version=1,
        )  # fmt: skip

    def rule(self) -> wire_quieting.Recurring:
        t = self.text
        return wire_quieting.Recurring(
            id=2, name=t, kind=t, status="active", rule=t, rrule=t, zone=t,
            coming=(wire_quieting.Occurrence(starts_at=AT, ends_at=AT),), matchers=(t,), services=(t,), spared=(t,),
            below=t, text=t, created_by=t, owner_known=False, created_at=AT, updated_at=AT, last_hid_at=None,
            ended_at=None, ended_by=t, version=1,
        )  # fmt: skip

    def hiding(self) -> wire_quieting.HidingPreview:
        t = self.text
        past = wire_quieting.PastHiding(alert_id=13, name=t, service=t, severity=t, since=AT, until=None)
        return wire_quieting.HidingPreview(alerts=(self.alert(),), total=2, past=(past,), past_total=2)

    def people(self) -> wire.People:
        t = self.text
        person = wire.Person(handle=t, name=t, zone=t, contacts=(t,), on_call_for=(t,))
        return wire.People(people=(person,), problems=(t,))

    def services(self) -> wire.Services:
        return wire.Services(services=(wire.Service(name=self.text, team=self.text, policy=self.text),))

    def policy(self) -> wire_policies.Policy:
        t = self.text
        target = wire_policies.PolicyTarget(kind=t, name=t, now=(t,), why=t)
        nobody = msgspec.structs.replace(target, now=())
        step = wire_policies.PolicyStep(number=1, delay=300.0, targets=(target, nobody))
        return wire_policies.Policy(
            name=t, at=AT, repeat=2, lasts=900.0, steps=(step,), services=(t,), routes=(t,), chosen_by=(t,),
            choices=(wire_policies.PolicyChoice(by=t, value=t, policy=t),),
        )  # fmt: skip

    def policy_test(self) -> wire_policies.PolicyTest:
        t = self.text
        call = wire_policies.PlannedCall(at=AT, after=60.0, person=t, notifier=t, why=t, counts=False, held=t)
        step = wire_policies.PlannedStep(
            step=1, of=2, round=1, since=AT, at=AT, until=AT, people=(t,), calls=(call,), gaps=(t,), waits=t
        )
        return wire_policies.PolicyTest(
            asked=t, policy=t, why=t, severity=t, urgency=t, at=AT, steps=(step,), ends_at=AT, left_out=0,
            last_resort=(call,), last_resort_why=t,
        )  # fmt: skip

    def route_test(self) -> wire_routes.RouteTest:
        t = self.text
        matcher = wire_routes.RouteMatcher(matcher=t, value=t, matched=False)
        tried = wire_routes.RouteStep(
            route="root/0", name=t, depth=1, matchers=(matcher,), matched=False, continues=False, ends=False, skipped=0
        )
        root = msgspec.structs.replace(tried, route="root", depth=0, matchers=(), matched=True, ends=True, skipped=2)
        contact = wire_routes.RouteContact(person=t, notifier=t, after=60.0, reason=t)
        end = wire_routes.RouteEnd(
            route="root", name=t, service=t, page=True, policy=t, urgency=t, group_key=t, group_labels={t: t},
            group_wait=30.0, group_interval=300.0, repeat_interval=14400.0, contacts=(contact,), gaps=(t,),
        )  # fmt: skip
        return wire_routes.RouteTest(at=AT, process_version=t, labels={t: t}, steps=(root, tried), ends=(end,))

    def oncall(self) -> wire.OnCallNow:
        t = self.text
        return wire.OnCallNow(
            at=AT,
            schedules=(wire.OnCall(schedule=t, person=t, until=AT, next_person=t, policies=(t,)),),
            mine=(wire.OwnShift(schedule=t, starts_at=AT, ends_at=AT),),
        )

    def override(self, **changes: Any) -> wire_duty.Override:
        t = self.text
        values: dict[str, Any] = {
            "id": 3,
            "schedule": t,
            "person": t,
            "starts_at": AT,
            "ends_at": AT,
            "reason": t,
            "by": t,
            "at": AT,
        }
        return wire_duty.Override(**values | {"cancelled": False, "version": 1} | changes)

    def swap(self, state: str = "proposed") -> wire_duty.Swap:
        t = self.text
        return wire_duty.Swap(
            id=3, schedule=t, person=t, starts_at=AT, ends_at=AT, other=t, other_starts_at=AT, other_ends_at=AT,
            state=state, reason=t, by=t, at=AT, version=1,
        )  # fmt: skip

    def absence(self, **changes: Any) -> wire_duty.Absence:
        t = self.text
        values: dict[str, Any] = {
            "id": 3,
            "person": t,
            "starts_at": AT,
            "ends_at": AT,
            "stand_in": t,
            "reason": t,
            "by": t,
            "at": AT,
        }
        return wire_duty.Absence(**values | {"cancelled": False, "version": 1} | changes)

    def mode_block(self, **changes: Any) -> wire_modes.ModeBlock:
        t = self.text
        values: dict[str, Any] = {"id": 3, "person": t, "mode": t, "starts_at": AT, "ends_at": AT, "reason": t}
        return wire_modes.ModeBlock(**values | {"by": t, "at": AT, "cancelled": False, "version": 1} | changes)

    def modes(self) -> wire_modes.Modes:
        t = self.text
        person = wire_modes.PersonMode(
            person=t, name=t, teams=(t,), mode=t, since=AT, until=AT, next_mode=t, next_at=AT
        )  # fmt: skip
        team = wire_modes.TeamModes(
            team=t, support_percent=25, wanted=2, support=(t,), project=(t,), neither=(t,)
        )  # fmt: skip
        return wire_modes.Modes(
            at=AT, starts_at=AT, ends_at=AT, people=(person,), teams=(team,), blocks=(self.mode_block(),),
            warnings=(wire_duty.DutyWarning(kind=t, schedule="", person=t, starts_at=AT, ends_at=AT, text=t),),
        )  # fmt: skip

    def rest(self, **changes: Any) -> wire_rest.Rest:
        t = self.text
        made = wire_rest.Rest(
            id=3, person=t, why=t, first_at=AT, last_at=AT, count=1, start_at=AT, schedule=t, block_ends_at=AT,
            next_starts_at=AT, next_ends_at=AT, state="taken", late=True, relief=t, skip=t, text=t, at=AT, version=1,
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def shift_request(self, state: str = "open", **changes: Any) -> wire_requests.ShiftRequest:
        t = self.text
        asked = wire_requests.AskedPerson(person=t, declined=True, returns_from=AT, returns_until=AT)
        made = wire_requests.ShiftRequest(
            id=3, name="Q-3", schedule=t, person=t, starts_at=AT, ends_at=AT, wants="swap", asked=(asked,),
            expires_at=AT, reason=t, state=state, taken_by=t, taken_via="api", result=f"swap:{t}", by=t, at=AT,
            version=1,
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def report(self, **changes: Any) -> wire_reports.Report:
        t = self.text
        made = wire_reports.Report(
            id=12, reference="R-12", state="triaging", customer_id=2, customer=t, kind=t, channel=t, thread=t,
            recipient=t, private=True, subject=t, service=t, tags={t: t}, priority="P1", impact=t, urgency=t,
            answers={t: t}, incident_id=4, alert_id=12, duplicate_of=3, ticket=t, owner=t, created_at=AT, asked_at=AT,
            answered_at=AT, first_response_due=AT, first_responded_at=None, next_due=AT, followed_up_at=AT,
            closed_at=None, unanswered=True, late=True, allowed=(t,), version=5,
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def report_page(self) -> wire_reports.ReportPage:
        one = wire_reports.ListedReport(**msgspec.structs.asdict(self.report()), nudged=True)
        return wire_reports.ReportPage(reports=(one,), next_cursor="", total=1)

    def broadcast(self) -> wire_reports.BroadcastPreview:
        t = self.text
        one = wire_reports.BroadcastTo(
            report_id=12, reference=t, channel=t, recipient=t, private=True, text=t, told_before=False
        )
        return wire_reports.BroadcastPreview(to=(one,))

    def customer(self) -> wire_reports.Customer:
        t = self.text
        where = (wire_reports.Address(channel=t, address=t),)
        return wire_reports.Customer(id=2, kind=t, name=t, notes=t, addresses=where, created_at=AT, version=1)

    def report_detail(self) -> wire_reports.ReportDetail:
        t = self.text
        file = wire_reports.Attachment(id=7, name=t, media_type=t, size=3)
        message = wire_reports.ReportMessage(
            id=1, direction="in", kind=t, channel=t, sender=t, sender_name=t, subject=t, text=t, automatic=True,
            verified=False, at=AT, sent_at=AT, author=t, delivery_id=1, delivery=t, error=t, attachments=(file,),
        )  # fmt: skip
        return wire_reports.ReportDetail(
            report=self.report(), customer=self.customer(), messages=(message,), duplicates=(9,),
            history=(wire_reports.ReportStep(seq=1, at=AT, by=t, kind=t, text=t),),
        )  # fmt: skip

    def triage(self) -> wire_triage.Triage:
        t = self.text
        row = wire_triage.CardRow(
            question="who", text=t, state="answered", answer=t, implied=True, required=False, asked_at=AT
        )
        return wire_triage.Triage(
            report=self.report(), rows=(row,), completeness=35, next=wire_triage.ReplyDraft(name=t, text=t, missing=()),
            waiting_for=(t,), replies=(wire_triage.ReplyDraft(name=t, text="", missing=(t,)),),
            whither=wire_triage.Whither(rule=t, why=t, passed=(t,), target=t, people=(t,), on_project_work=(t,),
                                        urgency=t, audiences=(t,)),
            pages=(wire_triage.PropagatedPage(id=3, target=t, state="open", acknowledged_by=t, at=AT),),
            nudge=wire_triage.Nudge(report_ids=(12, 13), why=t), version=5,
        )  # fmt: skip

    def similar(self) -> wire_triage.Similar:
        t = self.text
        one = wire_triage.SimilarReport(report=self.report(), relation="cluster", score=40, reasons=(t,))
        return wire_triage.Similar(similar=(one,), nudge=self.triage().nudge)

    def handover(self, state: str = "sent", **changes: Any) -> wire_handover.Handover:
        t = self.text
        item = wire_handover.HandoverItem(subject="incident:4", text=t, at=AT)
        made = wire_handover.Handover(
            id=3, name="H-3", schedule=t, person=t, starts_at=AT, ends_at=AT, next_person=t, next_starts_at=AT,
            form="full", state=state, surprises=t,
            sections=(wire_handover.HandoverSection(kind="incidents", title=t, items=(item,), more=2),),
            finished_by=t, sent_at=AT, accepted_by=t, accepted_at=AT, accepted_via="api", version=1,
        )  # fmt: skip
        return msgspec.structs.replace(made, **changes)

    def chat_room(self) -> wire_chat.ChatRoom:
        t = self.text
        return wire_chat.ChatRoom(
            id=1, incident_id=4, channel=t, name=t, state="open", url=t, error=t, opened_by=t, opened_at=AT
        )

    def interruption(self, **changes: Any) -> wire_protection.Interruption:
        t = self.text
        made = wire_protection.Interruption(
            id=3, person=t, at=AT, source=t, reason=t, subject=t, service=t, note=t, by=t, withdrawn=False
        )
        return msgspec.structs.replace(made, **changes)

    def protection(self) -> wire_protection.Protection:
        t = self.text
        week = wire_protection.ProtectedWeek(
            day=AT.date(), starts_at=AT, ends_at=AT, project_days=11, leaks=2, leak_free=9 / 11, work=7, absorbed=5,
            absorption=5 / 7, interruptions=2, reasons={t: 2}, hours=3, off_hours=2, sleep_hours=1,
        )  # fmt: skip
        return wire_protection.Protection(
            team=t, at=AT, starts_at=AT, weeks=(week,), whole=week, definitions={t: t},
            islands=(wire_protection.Island(service=t, count=3, text=t),),
        )  # fmt: skip

    def mode_plan(self, *, applied: bool = False) -> wire_modes.ModePlan:
        t = self.text
        load = wire_modes.SupportLoad(days=7, weekend_days=2, holidays=0, nights=7)
        return wire_modes.ModePlan(
            team=t,
            starts_at=AT,
            ends_at=AT,
            wanted=1,
            weeks=(wire_modes.PlannedWeek(starts_at=AT, ends_at=AT, support=(t,)),),
            choices=(wire_modes.PlanChoice(starts_at=AT, person=t, why=t, alternative=t, why_not=t),),
            shares=(wire_modes.PlanShare(person=t, before=load, after=load),),
            blocks=(wire_modes.PlannedBlock(person=t, mode=t, starts_at=AT, ends_at=AT),),
            short=(t,),
            plan=t,
            applied=applied,
        )

    def schedules(self) -> wire_duty.Schedules:
        t = self.text
        shift = wire_duty.DutyShift(
            person=t, starts_at=AT, ends_at=AT, source=f"override:{t}", instead_of=t, shadows=(t,)
        )
        one = wire_duty.Schedule(
            name=t, zone=t, layers=(t,), people=(t,), policies=(t,), shifts=(shift,),
            gaps=(wire_duty.Span(starts_at=AT + timedelta(hours=1), ends_at=AT + timedelta(hours=2)),),
        )  # fmt: skip
        return wire_duty.Schedules(
            starts_at=AT, ends_at=AT, schedules=(one,), overrides=(self.override(),), swaps=(self.swap(),),
            absences=(self.absence(),),
            warnings=(
                wire_duty.DutyWarning(kind=t, schedule=t, person=t, starts_at=AT, ends_at=AT, text=t),
            ),
        )  # fmt: skip


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    """The viewer is in UTC and at no terminal."""
    for name in ("COLUMNS", "NO_COLOR", "INCIDENTD_SOCKET", "_INCIDENTCTL_COMPLETE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def serving() -> Iterator[list[FakeApi]]:
    """Who answers now."""
    directory = tempfile.mkdtemp(prefix="ictl-")  # pytest's own directories are too long for a socket
    now = [FakeApi(f"{directory}/api.sock")]
    yield now
    now[0].stop()
    shutil.rmtree(directory)


@pytest.fixture
def api(serving) -> FakeApi:
    """A daemon that knows no answer yet."""
    fake = FakeApi(serving[0].socket_path)
    fake.instead_of(serving[0])
    serving[0] = fake
    return fake


@pytest.fixture
def run(api, capsys, monkeypatch) -> Callable[..., Done]:
    """`run("alert", "list")`: the exit code and what was printed."""

    def incidentctl(*words: str, stdin: bytes = b"", timeout: float = 0.4) -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = ctl.run(["--socket", api.socket_path, "--timeout", str(timeout), *words])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return incidentctl


@pytest.fixture
def canned() -> Canned:
    return Canned()


@pytest.fixture
def canned_with() -> type[Canned]:
    return Canned


@pytest.fixture
def answer() -> type[Answer]:
    return Answer
