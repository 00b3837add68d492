"""An incident as Markdown and as a calendar: read back by parsers of both, hostile text included."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from markdown_it import MarkdownIt

from incidentd import wire
from incidentd.domain.incident_markdown import markdown
from incidentd.domain.markdown import inline, quoted
from incidentd.domain.severity import Severity
from incidentd.services.incident_calendar import calendar
from incidentd.wire import review_records as records
from incidentd.wire.audit import AuditHead
from incidentd.wire.export import FORMAT, IncidentExport, ReviewExport
from incidentd.wire.facts import Attempt, ImpactClaim, ImpactFigure, Theory, Verdict
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.measures import Contradiction, EpisodeMeasures, Measures, SeverityRevision
from incidentd.wire.review_window import Night, ReviewWindow
from incidentd.wire.reviews import Review

AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = (
    "# h1 <script>alert(1)</script> ![x](http://evil.example/p.png) [click](javascript:alert(1)) `code` *b* _i_ ~~s~~\n"
    "- list\n1. one\n+ two\n=====\n---\n| a | b |\n|---|---|\n    indented\n> quote\n"
    "https://evil.example www.evil.example &lt;b&gt; <https://evil.example> \x1b[2J\u202e @ada #12 $x$"
)
PARSER = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])


def export_of(text="Checkout", **changes):
    incident = wire.Incident(
        id=7, title=text, summary=text, status="resolved", severity=Severity.SEV2, episode=1, service=text,
        many_stakeholders=False, declared_at=AT, declared_by=text, started_at=AT, mitigated_at=AT + HOUR,
        resolved_at=AT + 2 * HOUR, closed_at=None, merged_into=None, next_update_at=AT + 3 * HOUR, alert_ids=(),
        page_ids=(), roles=(), violations=(wire.Violation(rule="r", text=text, since=AT),), allowed=(),
        review_opens_at=AT + 24 * HOUR, review_due_at=AT + 72 * HOUR, process_version=text, version=3,
    )  # fmt: skip
    role = wire.RoleHolder(id=1, role="scribe", person=text, starts_at=AT, ends_at=None)
    update = wire.Update(id=1, at=AT, by=text, audience=text, phase="identified", text=text, next_at=None)
    claim = ImpactClaim(
        id=1, affected=text, figure=ImpactFigure(low=10, high=20, unit="%"), starts_at=AT, ends_at=None, source=text,
        evidence=text, suspected=False, at=AT, by=text, replaces=None, replaced_by=None, state="stands", verdicts=(),
    )  # fmt: skip
    told = Verdict(at=AT + timedelta(minutes=7), recorded_at=AT, by=text, word="ruled_out", why=text, evidence=text)
    theory = Theory(id=1, text=text, at=AT, by=text, state="ruled_out", verdicts=(told,))
    tried = Attempt(
        id=1, text=text, person=text, theory_id=None, started_at=AT, at=AT, by=text, outcome="worked", verdicts=(told,)
    )
    entry = wire.TimelineEntry(
        seq=1, observed_at=AT + timedelta(minutes=5), recorded_at=AT, by=text, kind="note", text=text, detail=text,
        evidence=text, pinned=True,
    )  # fmt: skip
    episode = EpisodeMeasures(
        number=1, started_at=AT, detected_at=AT, detected_by=text, acknowledged_at=AT, acknowledged_by=text,
        mitigated_at=AT + HOUR, resolved_at=AT + 2 * HOUR, ended_at=AT + 2 * HOUR, to_detect=137.0, to_acknowledge=0.0,
        to_mitigate=3600.0, to_resolve=None,
    )  # fmt: skip
    measures = Measures(
        incident_id=7, as_of=AT, episodes=(episode,), noticed_first="report", noticed_by=text, promises=(),
        promises_kept=3, promises_missed=1, role_gap_minutes={"mitigation_lead": 2.5},
        severity_revisions=(SeverityRevision(at=AT, by=text, before=Severity.SEV3, after=Severity.SEV2, reason=text),),
        worst_severity=Severity.SEV2, corrections=0,
        contradictions=(Contradiction(rule="order", episode=1, text=text),),
    )  # fmt: skip
    window = ReviewWindow(
        incident_id=7, review_name=text, status="cooling", severity=Severity.SEV2, resolved_at=AT, opens_at=AT,
        due_at=AT, standing="waiting", floor=0.0, business_days=7, team=text, zone=text, holidays=text,
        nights=(Night(person=text, at=AT, zone=text, text=text),), owner=text,
    )  # fmt: skip
    detail = IncidentDetail(incident=incident, roles=(role,), updates=(update,), role_gap_minutes={}, claims=(claim,),
                            attempts=(tried,), theories=(theory,), window=window)  # fmt: skip
    line = Review(
        incident_id=7, title=text, service=text, severity=Severity.SEV2, status="learning", state="written", solo=False,
        started_at=AT, started_by=text, facilitator=text, step="closing", step_started_at=AT, step_ends_at=None,
        left=None, people=2, factors=2, revealed_at=AT, unmasked_at=AT, finished_at=AT, published_at=None,
        review_name=text, process_version=text, imported_from="", version=9,
    )  # fmt: skip
    factor = records.Factor(
        id=1, incident_id=7, text=text, category="process", role="enabler", evidence=(), contexts=(), mine=False,
        theme_id=None, same_as=None, earlier=(), written_at=AT, version=1,
    )  # fmt: skip
    again = msgspec.structs.replace(factor, id=2, text="said before", same_as=1)
    learning = records.Learning(id=1, incident_id=7, text=text, author="", mine=False, written_at=AT, version=1)
    review = ReviewExport(
        review=line, accounts=(), factors=(factor, again), themes=(), learnings=(learning,), ideas=(), actions=(),
        sections={}, masked_by=None,
    )  # fmt: skip
    export = IncidentExport(
        format=FORMAT, exported_at=AT + 2 * HOUR, review_name="Incident Review", detail=detail, timeline=(entry,),
        alerts=(), reports=(), pages=(), measures=measures,
        audit=AuditHead(incident_id=7, count=4, head="ab" * 32), review=review,
    )  # fmt: skip
    return msgspec.structs.replace(export, **changes)


# ------------------------------------------------------------------ Markdown
def tags(document):
    """Every kind of token, and the text as a reader sees it."""
    kinds, texts = set(), []
    for token in PARSER.parse(document):
        kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            texts.append(child.content if child.type == "text" else "\n" if "break" in child.type else "")
    return kinds, "".join(texts)


def test_a_document_says_what_happened():
    text = markdown(export_of())
    assert text.startswith("# INC-7: Checkout\n\nSEV2, resolved, Checkout\n")
    assert "| mitigated | 2026-03-14 10:26:53 |" in text
    assert "| Incident Review not before | 2026-03-15 09:26:53 |" in text
    assert "\nIncident Review:\n\n- +1 night: Checkout\n" in text
    assert "- Episode 1: detected after 2 min 17 s, acknowledged after 0 s, mitigated after 1 h" in text
    assert "- Checkout: 10 to 20 %, says Checkout (stands)" in text
    assert "- 2026-03-14 09:31:53 (+5 min) *note* **pinned** Checkout (Checkout)" in text
    assert f"Audit: 4 records,\nhead `{'ab' * 32}`." in text


def test_a_document_says_what_was_thought_and_what_came_of_what_was_tried():
    said = markdown(export_of())
    assert "- Checkout (ruled out: Checkout)" in said
    assert "- Checkout, worked after 7 min" in said


def test_a_document_says_what_was_concluded_in_short():
    said = markdown(export_of())
    assert "## Contributing factors\n\n- process, enabler: Checkout\n\n## Learnings\n\n- Checkout\n" in said
    assert "said before" not in said
    assert "## Learnings" not in markdown(export_of(review=None))


def test_hostile_text_makes_nothing_but_text():
    plain, hostile = tags(markdown(export_of()))[0], tags(markdown(export_of(HOSTILE)))[0]
    assert hostile - plain <= {"hardbreak"}  # the lines of a quotation
    assert not {"html_inline", "html_block", "link_open", "image", "code_block", "fence"} & hostile
    document = markdown(export_of(HOSTILE))
    assert "\x1b" not in document
    assert "\u202e" not in document
    assert document.count("\n# ") + document.startswith("# ") == 1


BEGINNINGS = ["1. one", "1) one", "- a", "+ a", "* a", "# a", "===", "---", "> a", "    a", "\ta", "~~~", "```",
              "|a|b|", "[a]: http://x", "<b>", "a\\", "&amp;", "2026. a"]  # fmt: skip


@pytest.mark.parametrize("text", BEGINNINGS)
def test_what_would_begin_something_is_shown(text):
    for shown in (f"- x {inline(text)}", quoted(text), quoted(f"before\n{text}\nafter")):
        kinds, seen = tags(shown)
        assert text.strip(" \t") in seen.replace("\u00a0", " ")
        assert not {"html_inline", "heading_open", "code_block", "fence", "table_open", "hr"} & kinds


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n"), min_size=1, max_size=60))
def test_any_text_reads_as_it_was_written(text):
    kinds, seen = tags(quoted(text))
    lines = [line.strip() for line in text.strip().split("\n")]
    assert [line.strip() for line in seen.replace("\u00a0", " ").split("\n")] == lines
    assert kinds <= {"blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close", "inline", "text",
                     "hardbreak", "text_special"}  # fmt: skip


# ------------------------------------------------------------------ iCalendar
def events(export):
    found = Calendar.from_ical(calendar(export))
    return {str(one["UID"]).split("-")[3].partition("@")[0]: one for one in found.walk("VEVENT")}


def test_a_calendar_has_the_episodes_the_next_update_and_the_review():
    found = events(export_of())
    assert set(found) == {"episode", "update", "review"}
    assert (found["episode"]["DTSTART"].dt, found["episode"]["DTEND"].dt) == (AT, AT + 2 * HOUR)
    assert found["update"]["DTSTART"].dt == AT + 3 * HOUR
    assert "DTEND" not in found["update"]
    assert (found["review"]["DTSTART"].dt, found["review"]["DTEND"].dt) == (AT + 24 * HOUR, AT + 72 * HOUR)
    assert found["review"]["SUMMARY"] == "Incident Review may be held: INC-7 SEV2: Checkout"
    assert found["review"]["DESCRIPTION"] == "+1 night: Checkout"
    assert calendar(export_of()) == calendar(export_of())  # the same ids at each export


def test_hostile_text_adds_nothing_to_a_calendar():
    body = calendar(export_of("x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:a@b\x1b;,\\n"))
    found = list(Calendar.from_ical(body).walk("VEVENT"))
    assert len(found) == 3
    assert not any("ATTENDEE" in one for one in found)
    assert b"\x1b" not in body
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
