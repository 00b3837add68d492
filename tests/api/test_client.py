"""The async client against the real server: types, refusals, restarts, and a stream without gaps."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import subprocess
import sys
import time
from datetime import UTC, date, datetime

import msgspec
import pytest

from incidentd import exchange, wire
from incidentd.api.routes import ROUTES
from incidentd.client import ApiError, Client, Unreachable, VersionMismatch
from incidentd.domain.severity import Severity
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import attachments as wire_attachments
from incidentd.wire import bulk as wire_bulk
from incidentd.wire import drills as wire_drills
from incidentd.wire import duty as wire_duty
from incidentd.wire import experiments as wire_experiments
from incidentd.wire import facts as wire_facts
from incidentd.wire import followups as wire_followups
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import keys as wire_keys
from incidentd.wire import library as wire_library
from incidentd.wire import library_import as wire_import
from incidentd.wire import life as wire_life
from incidentd.wire import modes as wire_modes
from incidentd.wire import pages as wire_pages
from incidentd.wire import presence as wire_presence
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process
from incidentd.wire import protection as wire_protection
from incidentd.wire import quieting as wire_quieting
from incidentd.wire import rehearsals as wire_rehearsals
from incidentd.wire import replay as wire_replay
from incidentd.wire import reports as wire_reports
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest
from incidentd.wire import retention as wire_retention
from incidentd.wire import review_documents as wire_documents
from incidentd.wire import review_meeting as wire_meeting
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire import review_window as wire_review
from incidentd.wire import reviews as wire_reviews
from incidentd.wire import roles as wire_roles
from incidentd.wire import severity as wire_severity
from incidentd.wire import silences as wire_silences
from incidentd.wire import subscribers as wire_subscribers
from incidentd.wire import updates as wire_updates
from incidentd.wire import upkeep as wire_upkeep
from incidentd.wire import views as wire_views
from incidentd.wire import wording as wire_wording

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
PLAN = wire_experiments.StartExperiment(
    title="a card",
    hypothesis="h",
    figure="update-promises-kept",
    expects="up",
    stop_rule="s",
    ends_on=date(2026, 6, 30),
)
CALLS = {
    "info": lambda c: c.info(),
    "health": lambda c: c.health(),
    "reload": lambda c: c.reload(),
    "alerts": lambda c: c.alerts(status="all", match=["host=~db.*", "a=b c"], q="disk & co", limit=3),
    "alert": lambda c: c.alert(1),
    "trace": lambda c: c.trace(1),
    "raise_alert": lambda c: c.raise_alert(wire.RaiseAlert(name="x")),
    "acknowledge_alert": lambda c: c.acknowledge_alert(1, note="mine"),
    "resolve_alert": lambda c: c.resolve_alert(1, if_version=1),
    "alert_detail": lambda c: c.alert_detail(1),
    "act_on_alerts": lambda c: c.act_on_alerts(wire_bulk.BulkAlerts(act="acknowledge", alert_ids=(1,))),
    "groups": lambda c: c.groups(service="a b", limit=3),
    "group": lambda c: c.group(1, limit=3),
    "views": lambda c: c.views(),
    "save_view": lambda c: c.save_view(wire_views.SaveView(name="mine", query="team=web")),
    "delete_view": lambda c: c.delete_view(1),
    "open_with_view": lambda c: c.open_with_view("waiting", pinned=True),
    "silences": lambda c: c.silences("all"),
    "silence": lambda c: c.silence("5ace5ace-0000-4000-8000-000000000001"),
    "set_silence": lambda c: c.set_silence(wire_silences.SetSilence(matchers=("a=b",), ends_at=NOON, comment="why")),
    "expire_silence": lambda c: c.expire_silence("5ace5ace-0000-4000-8000-000000000001"),
    "preview_silence": lambda c: c.preview_silence(["host=~db.*"]),
    "checks": lambda c: c.checks(kind="heartbeat", status="up"),
    "check": lambda c: c.check("backup"),
    "check_url": lambda c: c.check_url("backup"),
    "pause_check": lambda c: c.pause_check("backup", note="it moves"),
    "resume_check": lambda c: c.resume_check("backup"),
    "delete_check": lambda c: c.delete_check("backup"),
    "maintenance": lambda c: c.maintenance("all"),
    "maintenance_window": lambda c: c.maintenance_window(1),
    "plan_maintenance": lambda c: c.plan_maintenance(
        wire_quieting.PlanMaintenance(plan=wire_quieting.MaintenancePlan(services=("a",), text="b"), ends_at=NOON)
    ),
    "end_maintenance": lambda c: c.end_maintenance(1),
    "extend_maintenance": lambda c: c.extend_maintenance(1, 1800),
    "recurring": lambda c: c.recurring(),
    "recurring_rule": lambda c: c.recurring_rule(1),
    "set_recurring": lambda c: c.set_recurring(
        wire_quieting.SetRecurring(when=wire_quieting.Recurrence(every="sun 02:00-04:00"))
    ),
    "end_recurring": lambda c: c.end_recurring(1),
    "preview_hiding": lambda c: c.preview_hiding(wire_quieting.PreviewHiding(dependency="shop")),
    "pages": lambda c: c.pages(mine=True),
    "page": lambda c: c.page(1),
    "raise_page": lambda c: c.raise_page(wire.RaisePage(title="x", person="ana")),
    "acknowledge_page": lambda c: c.acknowledge_page(1, if_version=2),
    "hand_back_page": lambda c: c.hand_back_page(1, note="asleep"),
    "resolve_page": lambda c: c.resolve_page(1),
    "escalate_page": lambda c: c.escalate_page(1),
    "incidents": lambda c: c.incidents(state="all"),
    "incident": lambda c: c.incident(1),
    "declare": lambda c: c.declare(wire_incidents.DeclareIncident(title="x", severity=Severity.SEV1)),
    "edit_incident": lambda c: c.edit_incident(1, wire_incidents.EditIncident(title="y"), if_version=1),
    "change_status": lambda c: c.change_status(1, wire_incidents.ChangeStatus(to="mitigated")),
    "set_severity": lambda c: c.set_severity(1, wire_incidents.SetSeverity(severity=Severity.SEV2)),
    "attach": lambda c: c.attach(1, wire_attachments.AttachFile(name="graph.txt", data=b"up")),
    "incident_attachments": lambda c: c.incident_attachments(1),
    "incident_attachment": lambda c: c.incident_attachment(1, 1),
    "export_incident": lambda c: c.export_incident(1),
    "audit": lambda c: c.audit(1),
    "audit_head": lambda c: c.audit_head(1),
    "measures": lambda c: c.measures(1),
    "review_window": lambda c: c.review_window(1),
    "ask_opening": lambda c: c.ask_opening(1, "it cannot wait"),
    "answer_opening": lambda c: c.answer_opening(1, wire_review.AnswerOpening(answer="granted")),
    "meeting_times": lambda c: c.meeting_times(1, person=["ana"]),
    "meeting": lambda c: c.meeting(1),
    "schedule_meeting": lambda c: c.schedule_meeting(1, wire_meeting.ScheduleMeeting(starts_at=NOON)),
    "move_meeting": lambda c: c.move_meeting(1, wire_meeting.MoveMeeting(minutes=90)),
    "cancel_meeting": lambda c: c.cancel_meeting(1, "ill"),
    "answer_meeting": lambda c: c.answer_meeting(1, wire_meeting.AnswerMeeting(answer="yes")),
    "own_notes": lambda c: c.own_notes(1),
    "save_notes": lambda c: c.save_notes(1, "what I saw", if_version=2),
    "correct_time": lambda c: c.correct_time(1, wire_life.CorrectTime(what="started_at", at=NOON, why="by the log")),
    "split": lambda c: c.split(1, wire_life.SplitIncident(title="Another one", alert_ids=(1,))),
    "resemble": lambda c: c.resemble(1, wire_life.Resembles(incident_id=2, why="the same alerts")),
    "resemble_no_more": lambda c: c.resemble_no_more(1, 2),
    "resembling": lambda c: c.resembling(1),
    "open_chat": lambda c: c.open_chat(1),
    "archive_chat": lambda c: c.archive_chat(1),
    "rehearsal_cards": lambda c: c.rehearsal_cards(),
    "rehearsals": lambda c: c.rehearsals(),
    "rehearsal": lambda c: c.rehearsal(1),
    "start_rehearsal": lambda c: c.start_rehearsal(wire_rehearsals.StartRehearsal(title="Spring")),
    "answer_card": lambda c: c.answer_card(1, wire_rehearsals.AnswerCard(card="split", answers={})),
    "close_rehearsal": lambda c: c.close_rehearsal(1),
    "rehearsal_outcome": lambda c: c.rehearsal_outcome(1),
    "process": lambda c: c.process(),
    "process_versions": lambda c: c.process_versions("proposed", 5),
    "process_version": lambda c: c.process_version(1),
    "propose_process": lambda c: c.propose_process(wire_process.ProposeProcess(from_file=True, reason="as in git")),
    "adopt_process": lambda c: c.adopt_process(1, wire_process.AdoptProcess(reason="agreed"), if_version=1),
    "decline_process": lambda c: c.decline_process(1, wire_process.DecideProcess(reason="too early")),
    "withdraw_process": lambda c: c.withdraw_process(1, wire_process.DecideProcess(reason="a mistake")),
    "compare_processes": lambda c: c.compare_processes(
        wire_comparison.CompareProcesses(after=wire_comparison.ProcessSide(number=1))
    ),
    "severity_matrix": lambda c: c.severity_matrix(),
    "classify_answers": lambda c: c.classify_answers(wire_severity.ClassifyAnswers(answers={})),
    "replay_matrix": lambda c: c.replay_matrix(
        wire_severity.ReplayMatrix(edited=wire_replay.EditedFile(name="process.toml", text=""))
    ),
    "classify_incident": lambda c: c.classify_incident(1, wire_severity.ClassifyIncident(answers={})),
    "assign_role": lambda c: c.assign_role(1, wire_incidents.AssignRole(role="scribe", person="ana")),
    "role_note": lambda c: c.role_note(1, "scribe"),
    "page_role": lambda c: c.page_role(1, "scribe", wire_roles.PageRole(note="we need one")),
    "checklist": lambda c: c.checklist(1),
    "tick": lambda c: c.tick(1, "second-lead"),
    "claim_impact": lambda c: c.claim_impact(1, wire_facts.ClaimImpact(affected="cards", starts_at=NOON)),
    "judge_claim": lambda c: c.judge_claim(1, 1, wire_facts.JudgeClaim(verdict="disputed", why="EU only")),
    "theorise": lambda c: c.theorise(1, wire_facts.Theorise(text="the new release")),
    "judge_theory": lambda c: c.judge_theory(1, 1, wire_facts.JudgeTheory(verdict="for", why="graph")),
    "attempt": lambda c: c.attempt(1, wire_facts.Try(text="rollback")),
    "tell_outcome": lambda c: c.tell_outcome(1, 1, wire_facts.TellOutcome(outcome="worked")),
    "presence": lambda c: c.presence(1, after=4, wait=1),
    "retro_presence": lambda c: c.retro_presence(1, after=4, wait=1),
    "be_in_retro": lambda c: c.be_in_retro(1, wire_presence.BePresent(session="t1", state="writing", what="idea")),
    "be_present": lambda c: c.be_present(1, wire_presence.BePresent(session="t1", state="writing", what="note")),
    "pin": lambda c: c.pin(1, 1, pinned=False),
    "add_note": lambda c: c.add_note(1, wire_incidents.AddNote(text="rolled back")),
    "post_update": lambda c: c.post_update(1, wire_incidents.PostUpdate(text="we look", phase="investigating")),
    "draft_update": lambda c: c.draft_update(1, audience="customers", phase="identified"),
    "check_update": lambda c: c.check_update(1, wire_incidents.PostUpdate(text="we look", phase="investigating")),
    "run_long": lambda c: c.run_long(1, wire_updates.RunLong(on=True, reason="since morning")),
    "link_alerts": lambda c: c.link_alerts(1, [1, 2]),
    "unlink_alert": lambda c: c.unlink_alert(1, 2),
    "timeline": lambda c: c.timeline(1),
    "people": lambda c: c.people(),
    "services": lambda c: c.services(),
    "on_call": lambda c: c.on_call(),
    "drills": lambda c: c.drills(),
    "drill": lambda c: c.drill(1),
    "start_drill": lambda c: c.start_drill(wire_drills.StartDrill(people=("ana",), incident_id=1)),
    "stop_drill": lambda c: c.stop_drill(1),
    "resume_drill": lambda c: c.resume_drill(1),
    "start_replay": lambda c: c.start_replay(wire_replay.StartReplay(since=NOON)),
    "replay": lambda c: c.replay(1),
    "cancel_replay": lambda c: c.cancel_replay(1),
    "schedules": lambda c: c.schedules("s", starts_at=NOON, ends_at=NOON),
    "calendar_feed": lambda c: c.calendar_feed("team", "a b"),
    "revoke_calendar_feed": lambda c: c.revoke_calendar_feed("person", "ana"),
    "set_override": lambda c: c.set_override(wire_duty.SetOverride(schedule="s", person="ana", ends_at=NOON)),
    "edit_override": lambda c: c.edit_override(1, wire_duty.EditOverride(reason="x"), if_version=1),
    "end_override": lambda c: c.end_override(1, if_version=1),
    "propose_swap": lambda c: c.propose_swap(
        wire_duty.ProposeSwap(
            schedule="s", starts_at=NOON, ends_at=NOON, other="ben", other_starts_at=NOON, other_ends_at=NOON
        )
    ),
    "settle_swap": lambda c: c.settle_swap(1, wire_duty.SettleSwap(to="accepted"), if_version=1),
    "set_absence": lambda c: c.set_absence(wire_duty.SetAbsence(ends_at=NOON)),
    "end_absence": lambda c: c.end_absence(1),
    "handovers": lambda c: c.handovers("open", schedule="s", person="ana"),
    "handover": lambda c: c.handover(1),
    "edit_handover": lambda c: c.edit_handover(1, "the cache", if_version=1),
    "send_handover": lambda c: c.send_handover(1, if_version=1),
    "accept_handover": lambda c: c.accept_handover(1),
    "rests": lambda c: c.rests("all", mine=True),
    "answer_rest": lambda c: c.answer_rest(1, wire_rest.AnswerRest(late=True)),
    "reports": lambda c: c.reports("all", q="slow", mine=True, late=True, incident_id=1, kind="end_user"),
    "report": lambda c: c.report(1),
    "attachment": lambda c: c.attachment(1, 2),
    "create_report": lambda c: c.create_report(wire_reports.NewReport(subject="It is slow", text="very")),
    "add_report_message": lambda c: c.add_report_message(1, "still"),
    "edit_report": lambda c: c.edit_report(1, wire_reports.EditReport(owner="ana"), if_version=1),
    "acknowledge_report": lambda c: c.acknowledge_report(1, "mine", if_version=1),
    "reply_to_report": lambda c: c.reply_to_report(1, wire_reports.Reply(text="since when?"), if_version=1),
    "note_on_report": lambda c: c.note_on_report(1, "a known one"),
    "change_report": lambda c: c.change_report(1, wire_reports.ChangeReport(to="triaging"), if_version=1),
    "triage": lambda c: c.triage(1),
    "similar_reports": lambda c: c.similar_reports(1),
    "answer_questions": lambda c: c.answer_questions(1, {"who": "all", "since": None}, if_version=1),
    "ask_reporter": lambda c: c.ask_reporter(1, "who", "Whom?", if_version=1),
    "send_canned_reply": lambda c: c.send_canned_reply(1, "looking", if_version=1),
    "set_priority": lambda c: c.set_priority(1, "high", "low", if_version=1),
    "propagate_report": lambda c: c.propagate_report(1, "now", interruption="hands", if_version=1),
    "merge_report": lambda c: c.merge_report(1, 2, if_version=1),
    "split_report": lambda c: c.split_report(1, wire_reports.SplitReport(message_ids=(2,), subject="Another")),
    "declare_from_reports": lambda c: c.declare_from_reports(
        wire_reports.DeclareFromReports(report_ids=(1,), severity=Severity.SEV2)
    ),
    "preview_broadcast": lambda c: c.preview_broadcast(1, wire_reports.PreviewBroadcast(status="resolved")),
    "tell_what_was_learned": lambda c: c.tell_what_was_learned(1, "disks fill"),
    "subscribers": lambda c: c.subscribers(),
    "subscriber_addresses": lambda c: c.subscriber_addresses("status"),
    "remove_subscriber": lambda c: c.remove_subscriber(wire_subscribers.RemoveSubscriber(address="ada@example.org")),
    "customers": lambda c: c.customers("bo"),
    "customer": lambda c: c.customer(1),
    "edit_customer": lambda c: c.edit_customer(1, wire_reports.EditCustomer(kind="end_user"), if_version=1),
    "shift_requests": lambda c: c.shift_requests("all", mine=True),
    "shift_request": lambda c: c.shift_request(1),
    "ask_for_shift": lambda c: c.ask_for_shift(wire_requests.AskForShift(schedule="s", ends_at=NOON)),
    "answer_request": lambda c: c.answer_request(1, wire_requests.AnswerRequest(to="declined"), if_version=1),
    "modes": lambda c: c.modes("shop", starts_at=NOON, ends_at=NOON),
    "set_mode": lambda c: c.set_mode(wire_modes.SetMode(person="ana", mode="project", days=14)),
    "change_mode": lambda c: c.change_mode(1, wire_modes.ChangeMode(reason="x"), if_version=1),
    "split_mode": lambda c: c.split_mode(1, wire_modes.SplitMode(then="none"), if_version=1),
    "end_mode": lambda c: c.end_mode(1, "ill", if_version=1),
    "interruptions": lambda c: c.interruptions("a b", days=7),
    "record_interruption": lambda c: c.record_interruption(wire_protection.RecordInterruption(reason="hands")),
    "withdraw_interruption": lambda c: c.withdraw_interruption(1, "it was lunch"),
    "protection": lambda c: c.protection("a b", weeks=4),
    "mode_plan": lambda c: c.mode_plan("a b", starts_at=NOON, replace=True),
    "apply_mode_plan": lambda c: c.apply_mode_plan("shop", wire_modes.ApplyModePlan(plan="abc")),
    "policies": lambda c: c.policies(),
    "policy": lambda c: c.policy("a b", at=NOON),
    "test_policy": lambda c: c.test_policy("default", severity="critical", at=NOON),
    "take_over_page": lambda c: c.take_over_page(1, wire_pages.TakeOver(note="mine")),
    "reassign_page": lambda c: c.reassign_page(1, wire_pages.Reassign(person="ana")),
    "snooze_page": lambda c: c.snooze_page(1, wire_pages.Snooze(until=NOON)),
    "preview_duty": lambda c: c.preview_duty(
        wire_duty.PreviewDuty(absence=wire_duty.SetAbsence(person="ana", ends_at=NOON))
    ),
    "test_route": lambda c: c.test_route({"alertname": "X", "a": "b & c=d"}),
    "test_notifier": lambda c: c.test_notifier("phone"),
    "test_person": lambda c: c.test_person("ana"),
    "delivery": lambda c: c.delivery(1),
    "save_draft": lambda c: c.save_draft("incident/1 ü?", "half"),
    "reviews": lambda c: c.reviews(state="held"),
    "followups": lambda c: c.followups(1),
    "answer_followup": lambda c: c.answer_followup(1, wire_followups.AnswerFollowup(days=30, changed="no")),
    "search_library": lambda c: c.search_library("ask", kind="learning", limit=5),
    "read_library": lambda c: c.read_library(1),
    "uses": lambda c: c.uses("learning:4"),
    "record_use": lambda c: c.record_use(wire_library.RecordUse(subject="learning:4", kind="incident", place="INC-7")),
    "suggested_uses": lambda c: c.suggested_uses(1),
    "digest": lambda c: c.digest(),
    "retention": lambda c: c.retention(),
    "preview_retention": lambda c: c.preview_retention(),
    "run_retention": lambda c: c.run_retention(),
    "holds": lambda c: c.holds(state="all"),
    "hold": lambda c: c.hold(1),
    "add_hold": lambda c: c.add_hold(wire_retention.AddHold(subject="INC-1", reason="case 7")),
    "release_hold": lambda c: c.release_hold(1, wire_retention.ReleaseHold(reason="over")),
    "erase_customer": lambda c: c.erase_customer(1, wire_retention.EraseCustomer(reason="asked")),
    "check_log": lambda c: c.check_log(),
    "store": lambda c: c.store(),
    "signing_keys": lambda c: c.signing_keys(),
    "rotate_keys": lambda c: c.rotate_keys(wire_keys.RotateKeys()),
    "backups": lambda c: c.backups(),
    "nodes": lambda c: c.nodes(),
    "forget_node": lambda c: c.forget_node("two"),
    "doctor": lambda c: c.doctor(),
    "log_level": lambda c: c.log_level(),
    "set_log_level": lambda c: c.set_log_level(wire_upkeep.SetLogLevel(level="debug")),
    "make_backup": lambda c: c.make_backup(),
    "letters": lambda c: c.letters(),
    "letter": lambda c: c.letter("2024-03"),
    "library_figures": lambda c: c.library_figures(since="2026-01-01T00:00:00Z"),
    "import_review": lambda c: c.import_review(wire_import.ImportReview(name="a/b.md", text="# A")),
    "review": lambda c: c.review(1),
    "write_account": lambda c: c.write_account(1, wire_records.WriteAccount(saw="a graph")),
    "account_from_notes": lambda c: c.account_from_notes(1),
    "edit_account": lambda c: c.edit_account(1, 1, wire_records.EditAccount(whole=True), if_version=1),
    "withdraw_account": lambda c: c.withdraw_account(1, 1),
    "mark_new": lambda c: c.mark_new(1, 1),
    "factors": lambda c: c.factors(category="luck", incident=1),
    "factor": lambda c: c.factor(1),
    "write_factor": lambda c: c.write_factor(1, wire_records.WriteFactor(text="x", category="luck", role="risk")),
    "edit_factor": lambda c: c.edit_factor(1, 1, wire_records.EditFactor(theme="pools"), if_version=1),
    "withdraw_factor": lambda c: c.withdraw_factor(1, 1),
    "link_factor": lambda c: c.link_factor(1, 1, wire_records.LinkFactor(earlier_id=2, evidence="x")),
    "unlink_factor": lambda c: c.unlink_factor(1, 1, 2),
    "themes": lambda c: c.themes(),
    "edit_theme": lambda c: c.edit_theme(1, wire_records.EditTheme(name="Pools")),
    "learnings": lambda c: c.learnings(q="look"),
    "write_learning": lambda c: c.write_learning(1, wire_records.WriteLearning(text="look", anonymous=True)),
    "edit_learning": lambda c: c.edit_learning(1, 1, wire_records.EditLearning(text="look"), if_version=1),
    "withdraw_learning": lambda c: c.withdraw_learning(1, 1, "x"),
    "write_idea": lambda c: c.write_idea(1, wire_records.WriteIdea(text="alert on it")),
    "drop_idea": lambda c: c.drop_idea(1, 1, wire_records.DropIdea(why="too dear")),
    "review_sections": lambda c: c.review_sections(1),
    "write_section": lambda c: c.write_section(1, wire_reviews.WriteSection(name="summary", text="503")),
    "review_checks": lambda c: c.review_checks(1, "external"),
    "publish_review": lambda c: c.publish_review(1, wire_documents.Publish(seen="5eed")),
    "published_documents": lambda c: c.published_documents(1),
    "published_document": lambda c: c.published_document(1, 1),
    "review_document": lambda c: c.review_document(1, "external"),
    "start_review": lambda c: c.start_review(1, wire_reviews.StartReview(solo=True)),
    "review_timeline": lambda c: c.review_timeline(1),
    "add_entry": lambda c: c.add_entry(1, wire_timeline.WriteEntry(text="It was replaced", seq=4)),
    "edit_entry": lambda c: c.edit_entry(1, 1, wire_timeline.EditEntry(cues="503"), 1),
    "withdraw_entry": lambda c: c.withdraw_entry(1, 1),
    "say_differs": lambda c: c.say_differs(1, wire_similar.SayDiffers(other_id=2, text="no deploy")),
    "actions": lambda c: c.actions(state="all", team="web", incident=1, late=True, mine=True),
    "action": lambda c: c.action(1),
    "write_action": lambda c: c.write_action(
        1, wire_records.WriteAction(text="Alert on it", owner_team="web", due_on=date(2026, 4, 1))
    ),
    "wording": lambda c: c.wording(),
    "lint_text": lambda c: c.lint_text(wire_wording.LintText(text="We failed to ask.")),
    "dismissals": lambda c: c.dismissals(),
    "judge_wording": lambda c: c.judge_wording(
        wire_wording.JudgeWording(rule="hindsight", phrase="of course", reason="a name here")
    ),
    "undo_dismissal": lambda c: c.undo_dismissal(1),
    "edit_action": lambda c: c.edit_action(1, wire_records.EditAction(worse="noise"), if_version=1),
    "export_action": lambda c: c.export_action(1, wire_exports.ExportActions(channel="github")),
    "export_actions": lambda c: c.export_actions(1, wire_exports.ExportActions()),
    "end_action": lambda c: c.end_action(1, wire_records.EndAction(state="done"), if_version=1),
    "group_entries": lambda c: c.group_entries(1, wire_timeline.GroupEntries(seqs=(4,), group="the retries")),
    "figures": lambda c: c.figures(team="shop"),
    "figure": lambda c: c.figure("update-promises-kept"),
    "compare_figure": lambda c: c.compare_figure("update-promises-kept", at="2026-03-01"),
    "rhythm": lambda c: c.rhythm(),
    "load": lambda c: c.load("shop", 4),
    "process_ideas": lambda c: c.process_ideas(state="all", mine=True),
    "keep_process_idea": lambda c: c.keep_process_idea(wire_experiments.KeepIdea(text="too many alerts")),
    "drop_process_idea": lambda c: c.drop_process_idea(1, "fewer now", if_version=1),
    "retros": lambda c: c.retros(state="open"),
    "retro": lambda c: c.retro(1),
    "start_retro": lambda c: c.start_retro(wire_experiments.StartRetro()),
    "drive_retro": lambda c: c.drive_retro(1, wire_experiments.DriveRetro(act="next"), if_version=1),
    "take_part": lambda c: c.take_part(1, "join"),
    "write_retro_idea": lambda c: c.write_retro_idea(1, wire_experiments.KeepIdea(text="too many alerts")),
    "write_topic": lambda c: c.write_topic(1, wire_experiments.WriteTopic(ideas=(1,))),
    "edit_topic": lambda c: c.edit_topic(1, 1, wire_experiments.EditTopic(chosen=True), if_version=1),
    "vote": lambda c: c.vote(1, 1, 2),
    "experiments": lambda c: c.experiments(state="asking"),
    "experiment": lambda c: c.experiment(1),
    "experiment_evidence": lambda c: c.experiment_evidence(1),
    "start_experiment": lambda c: c.start_experiment(PLAN),
    "edit_experiment": lambda c: c.edit_experiment(1, wire_experiments.EditExperiment(title="x"), if_version=1),
    "end_experiment": lambda c: c.end_experiment(
        1, wire_experiments.EndExperiment(verdict="keep", why="so"), if_version=1
    ),
    "drive_review": lambda c: c.drive_review(1, wire_reviews.DriveReview(step="next"), if_version=1),
    "participate": lambda c: c.participate(1, wire_reviews.Participate(present=True)),
    "write_talk": lambda c: c.write_talk(1, "the page was green"),
    "answer_closing": lambda c: c.answer_closing(1, wire_reviews.AnswerClosing(learned="yes", come_again="no")),
    "draft": lambda c: c.draft("incident/1 ü?"),
    "delete_draft": lambda c: c.delete_draft("incident/1 ü?"),
    "event_page": lambda c: c.event_page(0),
}


async def test_every_route_has_a_method_that_gives_its_type(connect):
    client = await connect()
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}
    assert public - {"close", "events"} == set(CALLS)
    assert len(CALLS) == len([route for route in ROUTES if route.path != "/v1/openapi.json"])
    hints = {name: inspect.get_annotations(getattr(Client, name), eval_str=True)["return"] for name in CALLS}
    for name, call in CALLS.items():
        answer = await call(client)
        assert hints[name] is None if answer is None else isinstance(answer, hints[name]), name


async def test_arguments_arrive_as_they_were_given(connect, fake):
    client = await connect()
    await client.alerts(status="all", match=["host=~db.*", 'a="b & c"'], q="50% + ä&", cursor="2", service="x y")
    query = fake.asked[-1][1]
    assert [str(matcher) for matcher in query.matchers] == ['host=~"db.*"', 'a="b & c"']
    assert (query.text, query.service, query.cursor, query.limit) == ("50% + ä&", "x y", "2", 100)
    await client.save_draft("a/b?c%d", "text\nmore")
    assert fake.drafts == {("ana", "a/b?c%d"): "text\nmore"}


async def test_a_heartbeat_is_not_remembered(connect, fake):
    """A day of them would be nine thousand answers for each terminal."""
    client = await connect()
    await client.be_present(1, wire_presence.BePresent(session="t1"))
    assert fake.remembered == {}
    await client.pin(1, 1)
    assert len(fake.remembered) == 1


async def test_connections_are_kept(connect, api):
    client = await connect()
    for _ in range(5):
        await client.alerts()
    assert api._server._runner.server.requests_count == 6, "five calls and one check of the version"


async def test_many_calls_at_once_are_all_answered(connect):
    client = await connect()
    answers = await asyncio.gather(*(client.declare(wire_incidents.DeclareIncident(title=f"t{n}")) for n in range(40)))
    assert sorted(answer.id for answer in answers) == list(range(2, 42))


async def test_a_refusal_carries_the_problem(connect):
    client = await connect()
    with pytest.raises(ApiError) as refused:
        await client.page(77)
    assert refused.value.status == 404
    assert refused.value.problem.detail == "there is no page 77"
    await client.edit_incident(1, wire_incidents.EditIncident(title="One"))
    with pytest.raises(ApiError) as conflict:
        await client.edit_incident(1, wire_incidents.EditIncident(title="Two"), if_version=1)
    assert msgspec.convert(conflict.value.problem.current, wire.Incident).title == "One"
    with pytest.raises(ApiError, match="longer than") as refusal:
        await client.raise_page(wire.RaisePage(title="x", person="ana", body="text" * 300_000))
    assert refusal.value.status == 413


async def test_a_stranger_without_a_role_is_told(api, connect):
    from incidentd.api.identity import Role

    api.role = Role.NONE
    await api.restart()
    client = await connect()
    with pytest.raises(ApiError) as refused:
        await client.alerts()
    assert refused.value.status == 403


async def test_who_gets_a_published_document_is_counted_among_its_readers(connect, fake):
    client = await connect()
    await client.published_document(1, 1)
    assert fake.asked == [("library.mark", 1)]


async def test_calls_survive_a_restart(api, connect, fake):
    client = await connect()
    await client.info()
    await api.stop()
    waiting = [
        asyncio.create_task(client.declare(wire_incidents.DeclareIncident(title="x"))),
        asyncio.create_task(client.alerts()),
    ]
    await asyncio.sleep(0.2)
    assert not any(task.done() for task in waiting)
    await api.start()
    incident, _ = await asyncio.gather(*waiting)
    assert incident.title == "x"


async def test_a_mutation_whose_answer_was_lost_is_done_once(api, connect, fake):
    client = await connect()
    await client.info()
    fake.delay = 0.3
    waiting = asyncio.create_task(client.declare(wire_incidents.DeclareIncident(title="x")))
    await asyncio.sleep(0.1)
    for protocol in api._server._runner.server.connections:
        protocol.transport.abort()  # the answer has nowhere to go, as when the network of a jump host breaks
    incident = await waiting
    assert [call[0] for call in fake.asked] == ["incidents.declare"]
    assert incident.id == 2


async def test_no_daemon_is_said_within_the_deadline(socket_dir):
    began = time.monotonic()
    async with Client(socket_dir / "nothing.sock", deadline=0.3) as client:
        with pytest.raises(Unreachable, match="no daemon listens there"):
            await client.info()
    assert 0.1 < time.monotonic() - began < 2


async def test_a_dead_socket_is_unreachable(api, socket_dir):
    import socket

    path = socket_dir / "dead.sock"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
    async with Client(path, deadline=0.1) as client:
        with pytest.raises(Unreachable, match="no daemon listens there"):
            await client.info()


async def test_a_daemon_that_hangs_is_given_up(api, connect, fake):
    fake.delay = 5
    client = await connect(answer_timeout=0.2)
    with pytest.raises(Unreachable, match="no answer in time"):
        await client.health()
    fake.delay = 0
    await client.health()


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"])
async def test_a_peer_that_speaks_something_else_is_unreachable(socket_dir, answer):
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    path = socket_dir / "other.sock"
    async with await asyncio.start_unix_server(speak, path), Client(path, deadline=0.2) as client:
        with pytest.raises(Unreachable):
            await client.info()


@pytest.mark.parametrize(
    "answer", [b'{"api_version":"2.0"}', b'{"api_version":"0.9"}', b"<html>", b"{}", b"HTTP/1.1 404"]
)
async def test_another_major_version_is_a_mismatch(socket_dir, answer):
    head = answer if answer.startswith(b"HTTP") else b"HTTP/1.1 200 OK"

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b" \r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        writer.close()

    path = socket_dir / "other.sock"
    async with await asyncio.start_unix_server(speak, path), Client(path, deadline=0.2) as client:
        with pytest.raises(VersionMismatch):
            await client.alerts()
        with pytest.raises(VersionMismatch):
            await anext(client.events(0))


async def test_a_newer_minor_version_is_understood(api, connect, fake):
    fake.api_version = "1.99"
    client = await connect()
    assert (await client.info()).api_version == "1.99"


# ------------------------------------------------------------------ the stream
async def test_events_arrive_once_in_order_over_restarts(api, connect, fake):
    client = await connect()
    states: list[bool] = []
    seen: list[int] = []
    complete = asyncio.Event()

    async def follow() -> None:
        async for event in client.events(0, states.append):
            seen.append(event.seq)
            if event.seq == 2000:
                complete.set()

    async def produce() -> None:
        while len(fake.log) < 2000:
            fake.happen()
            await asyncio.sleep(0.0005)

    following = asyncio.create_task(follow())
    producing = asyncio.create_task(produce())
    for _ in range(8):
        await asyncio.sleep(0.1)
        await api.restart(pause=0.02)
    for protocol in api._server._runner.server.connections:
        protocol.transport.abort()
    await producing
    async with asyncio.timeout(10):
        await complete.wait()
    following.cancel()
    assert seen == list(range(1, 2001))
    assert states[0] is True
    assert states.count(False) >= 8
    assert all(one != other for one, other in itertools.pairwise(states))


async def test_a_stream_waits_for_a_daemon_that_is_not_there_yet(api, connect, fake):
    await api.stop()
    client = await connect()
    states: list[bool] = []
    fake.happen()
    events = client.events(0, states.append)
    first = asyncio.create_task(anext(events))
    await asyncio.sleep(0.2)
    assert states == [False]
    await api.start()
    assert (await first).seq == 1
    assert states == [False, True]
    await events.aclose()


async def test_a_silent_stream_counts_as_lost(api, connect, fake, monkeypatch):
    monkeypatch.setattr(exchange, "_SILENCE", 0.1)  # the server's heartbeat comes every 15 s
    client = await connect()
    states: list[bool] = []
    following = asyncio.create_task(anext(client.events(0, states.append)))
    await asyncio.sleep(0.35)
    assert states[:2] == [True, False]
    fake.happen()
    assert (await following).seq == 1


async def test_a_stream_beyond_the_log_is_refused_and_not_silent(connect):
    client = await connect()
    with pytest.raises(ApiError) as refused:
        await anext(client.events(7))
    assert refused.value.problem.type == "urn:incidentd:seq-unknown"


async def test_a_stream_outlives_faults_of_the_daemon(api, connect, fake):
    client = await connect()
    fake.happen()
    fake.log.append("no event at all")
    events = client.events(0)
    waiting = asyncio.create_task(anext(events))
    await asyncio.sleep(0.15)
    assert not waiting.done()
    fake.log.pop()
    assert (await waiting).seq == 1
    await events.aclose()


async def test_leaving_the_stream_closes_its_connection(api, connect, fake):
    client = await connect()
    fake.happen()
    events = client.events(0)
    await anext(events)
    streams = api._server._streams
    assert len(streams._running) == 1
    await events.aclose()
    fake.happen()
    async with asyncio.timeout(5):
        while streams._running:
            await asyncio.sleep(0.01)
            fake.happen()


@pytest.mark.parametrize("module", ["incidentd.client", "incidentd.unixsocket"])
def test_a_client_needs_no_server_library(module):
    heavy = ["aiohttp", "sqlalchemy", "textual", "pydantic", "alembic"]
    if module == "incidentd.unixsocket":
        heavy += ["asyncio", "msgspec", "h11"]
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
