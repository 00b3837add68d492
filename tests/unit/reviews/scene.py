"""A review of one incident as it stands in the records: for tests, and for the pictures of the documentation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from incidentd import wire
from incidentd.domain.people import Person, Roster, Service
from incidentd.domain.review_document import Material
from incidentd.domain.severity import Severity
from incidentd.wire import facts as wire_facts
from incidentd.wire import review_records as records
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire import reviews as wire_reviews
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.measures import Contradiction, EpisodeMeasures, Measures

T0 = datetime(2026, 11, 12, 13, 52, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


PEOPLE = {
    "ada": Person(handle="ada", name="Ada Lovelace"),
    "lin": Person(handle="lin", name="Lin Page"),
    "sam": Person(handle="sam", name="Sam Stone"),
    "kim": Person(handle="kim", name="Kim Rivers"),
    "lars": Person(handle="lars", name="Lars Muster"),
}
ROSTER = Roster(people=PEOPLE, services={"edge-balancer": Service(name="edge-balancer", team="edge", policy="edge")})


def entry(seq: int, minutes: float, kind: str, text: str, *, by: str = "", **more: Any) -> wire.TimelineEntry:
    values: dict[str, Any] = {"detail": "", "evidence": "", "pinned": False} | more
    return wire.TimelineEntry(
        seq=seq, observed_at=at(minutes), recorded_at=at(minutes), by=by, kind=kind, text=text, **values
    )


def note(number: int, seq: int | None, **more: Any) -> wire_timeline.CuratedEntry:
    values: dict[str, Any] = {
        "kind": "note",
        "text": "",
        "evidence": "",
        "cues": "",
        "goals": "",
        "options": "",
        "group": "",
        "by": "lin",
        "at": None,
        "recorded_at": at(5000),
        "version": 1,
    }
    return wire_timeline.CuratedEntry(id=number, seq=seq, **values | more)


def moment(shown: wire.TimelineEntry, *notes: wire_timeline.CuratedEntry, **more: Any) -> wire_timeline.Moment:
    return wire_timeline.Moment(entry=shown, notes=notes, **more)


MOMENTS = (
    moment(
        entry(1, -1440, "note", "The balancer's add-on was replaced in the weekly window", by="kim"),
        note(1, 1, text="Nobody expected it to touch the health checks.", evidence="change 4412"),
    ),
    moment(entry(2, 0, "alert", "A-31 ErrorRateHigh fires: 503 on 22 % of requests")),
    moment(entry(3, 1, "page", "P-9 pages lin by phone")),
    moment(entry(4, 4, "ack", "Page acknowledged by lin after 3 min")),
    moment(entry(5, 6, "role", "ada leads the mitigation")),
    moment(entry(6, 9, "severity", "SEV3 to SEV2: core function unusable for a quarter of the users", by="ada")),
    moment(
        entry(
            7,
            12,
            "update",
            "Update to customers (investigating)",
            by="sam",
            detail="Some requests fail. We are looking, next word by 14:20 UTC.",
        ),
    ),
    moment(
        entry(8, 19, "decision", "Restart the two oldest balancers before touching the rule", by="ada"),
        note(
            2,
            8,
            kind="decision",
            cues="only the two oldest nodes answered 503",
            goals="users served within minutes",
            options="restart; roll the add-on back; shed load to the other region",
        ),
        decision=True,
    ),
    moment(entry(9, 26, "attempt", "restart of two balancers, had no effect after 7 min", by="lin")),
    moment(entry(10, 33, "decision", "Roll the add-on back everywhere", by="ada"), decision=True),
    moment(entry(11, 41, "status", "Mitigated: error rate below 0.1 %", by="ada")),
    moment(entry(12, 74, "status", "Resolved: rollback finished on all nodes", by="ada")),
)


def account(number: int, person: str, minutes: float | None, **more: Any) -> records.Account:
    values: dict[str, Any] = {
        "mine": False,
        "seq": None,
        "saw": "",
        "thought": "",
        "tried": "",
        "text": "",
        "new_to": 0,
        "new_to_me": False,
        "written_at": at(5000),
        "edited_at": at(5000),
        "version": 1,
    }
    return records.Account(id=number, person=person, at=None if minutes is None else at(minutes), **values | more)


ACCOUNTS = (
    account(
        1,
        "lin",
        4,
        saw="A phone call and a graph that had fallen off a cliff.",
        new_to=1,
        thought="That it was the certificate again: last month's outage looked just like it.",
        tried="`curl -v` against three nodes. Two of them answered 503 before any handshake was over.",
    ),
    account(
        2,
        "ada",
        4,
        saw="Lin's message in the room, and Sam asking whether customers should hear of it.",
        thought="That Lin had it in hand, and that I had five minutes to read.",
        new_to=2,
    ),
    account(
        3,
        "ada",
        19,
        thought="A restart is cheap and can be undone. A rollback could not be tried on one node alone.",
        tried="Asked whether anybody knew of a change. Nobody did: the window's list was in another tool.",
    ),
    account(
        4,
        "sam",
        19,
        saw="Three tickets in two minutes, all from the EU.",
        thought="They will ask when it is over, and I do not know.",
        new_to=3,
    ),
    account(
        5,
        "lin",
        None,
        text="I would have rolled back at once had I known that the add-on was new. It was not on any list "
        "that I look at, and `balancerctl version` shows the old number until the next restart.",
    ),
)


def factor(number: int, text: str, category: str, role: str, **more: Any) -> records.Factor:
    values: dict[str, Any] = {
        "incident_id": 3,
        "evidence": (),
        "contexts": (),
        "mine": False,
        "theme_id": None,
        "same_as": None,
        "earlier": (),
        "written_at": at(5000),
        "version": 1,
    }
    return records.Factor(id=number, text=text, category=category, role=role, **values | more)


def proof(kind: str, ref: str = "", text: str = "") -> records.Evidence:
    return records.Evidence(kind=kind, ref=ref, text=text)  # type: ignore[arg-type]


FACTORS = (
    factor(
        1,
        "The add-on's default for `idle_timeout` is shorter than that of the upstream pool",
        "technical",
        "enabler",
        evidence=(proof("entry", "10"), proof("link", "https://changes.example/4412", "change 4412")),
        contexts=("weekly window",),
        theme_id=1,
    ),
    factor(
        2,
        "The health check asks the node and not the pool behind it, so that it stayed green",
        "technical",
        "difficulty",
        evidence=(proof("entry", "2"),),
    ),
    factor(
        3,
        "Changes of the weekly window are listed where those who are on call do not look",
        "organisational",
        "difficulty",
        evidence=(proof("account", "5", "nobody had seen it"),),
        earlier=(
            records.EarlierFactor(
                id=11,
                incident_id=1,
                text="Changes are announced by mail only",
                evidence="asked at +19 min, found at +33",
            ),
        ),
    ),
    factor(4, "Last month's certificate outage looked the same in the first minutes", "human-factors", "surprise"),
    factor(5, "The rollback was written down step by step", "process", "mitigator", evidence=(proof("entry", "12"),)),
    factor(6, "It was lunchtime in the EU, so that traffic was at its lowest", "luck", "mitigator"),
    factor(7, "The add-on times out sooner than what it talks to", "technical", "enabler", same_as=1),
)


def idea(number: int, text: str) -> records.Idea:
    return records.Idea(id=number, text=text, by="lin", at=at(5000), action_id=None, dropped_why="")


def action(number: int, text: str, state: str = "open", **more: Any) -> records.Action:
    values: dict[str, Any] = {
        "incident_id": 3,
        "owner_team": "edge",
        "owner": "",
        "due_on": date(2026, 12, 1),
        "factor_id": None,
        "worse": "",
        "why": "",
        "created_at": at(5000),
        "created_by": "kim",
        "ended_at": None,
        "issue": "",
        "late": False,
        "version": 1,
    }
    return records.Action(id=number, text=text, state=state, **values | more)


ACTIONS = (
    action(1, "Show changes of the window in the room of an incident", worse="One more list in a crowded room"),
    action(
        2,
        "Ask the pool in the health check",
        due_on=date(2026, 12, 11),
        worse="A slow pool takes healthy nodes out",
        issue="https://forge.example/edge/balancer/issues/87",
    ),
    action(3, "Pin the add-on's version", state="wont_do", why="it would hold back security updates"),
)
DOUBTS = (
    wire_timeline.Doubt(kind="contradiction", text="Lin noted the first 503 at 13:49, before the first alert"),
    wire_timeline.Doubt(kind="disputed", text="How many orders were lost: shops retry by themselves"),
)
LEARNINGS = tuple(
    records.Learning(id=number, incident_id=3, text=text, author=author, mine=False, written_at=at(5000), version=1)
    for number, (text, author) in enumerate(
        (
            ("What looks like last month's outage is worth five minutes of looking for what differs", "lin"),
            ("I can ask support what they see before I guess: they had the region after two minutes", ""),
            ("A green health check says that the check is green", "ada"),
        ),
        1,
    )
)

SECTIONS = {
    "summary": "For 74 minutes, about a quarter of requests in the EU were answered with `503`. An add-on of the "
    "balancer, replaced the day before, gave up on idle connections sooner than the pool behind it, and the health "
    "check did not see it. Ada's decision to roll it back ended it; a restart before had shown that the nodes "
    "themselves were well.",
    "hard": "- The first minutes looked like another outage that everybody remembered.\n"
    "- `balancerctl version` told the old number until a restart, so that the one tool we trust for it was wrong.",
    "open_questions": "- Why did only the two oldest nodes fail in the first ten minutes?\n"
    "- Who else reads the window's list?",
    "external_summary": "On 12 November some of you got errors for a little over an hour. We are sorry.",
    "external_what_we_do": "- We now see changes of this part while we look for what is wrong.\n"
    "- Our checks will ask what your requests depend on, and not only the machine that takes them.",
}


def incident(**more: Any) -> wire.Incident:
    values: dict[str, Any] = {
        "id": 3,
        "title": "503 at the balancer",
        "summary": "",
        "status": "learning",
        "severity": Severity.SEV2,
        "episode": 1,
        "service": "edge-balancer",
        "many_stakeholders": False,
        "declared_at": at(6),
        "declared_by": "lin",
        "started_at": T0,
        "mitigated_at": at(41),
        "resolved_at": at(74),
        "closed_at": None,
        "merged_into": None,
        "next_update_at": None,
        "alert_ids": (31,),
        "page_ids": (9,),
        "roles": (),
        "violations": (),
        "allowed": (),
        "review_opens_at": None,
        "review_due_at": None,
        "process_version": "4f1c22e0a9b1",
        "version": 9,
        "public_title": "Errors when opening pages",
    }
    return wire.Incident(**values | more)


def role(number: int, name: str, person: str, minutes: float) -> wire.RoleHolder:
    return wire.RoleHolder(id=number, role=name, person=person, starts_at=at(minutes), ends_at=at(74))


def claim(
    number: int, affected: str, figure: wire_facts.ImpactFigure, source: str, **more: Any
) -> wire_facts.ImpactClaim:
    values: dict[str, Any] = {
        "starts_at": T0,
        "ends_at": at(41),
        "evidence": "",
        "suspected": False,
        "at": at(20),
        "by": "sam",
        "replaces": None,
        "replaced_by": None,
        "state": "stands",
        "verdicts": (),
    }
    return wire_facts.ImpactClaim(id=number, affected=affected, figure=figure, source=source, **values | more)


def detail(**more: Any) -> IncidentDetail:
    dispute = wire_facts.Verdict(
        at=at(90), recorded_at=at(90), by="kim", word="disputed", why="shops retry by themselves", evidence=""
    )
    values: dict[str, Any] = {
        "incident": incident(),
        "roles": (
            role(1, "responder", "lin", 4),
            role(2, "mitigation_lead", "ada", 6),
            role(3, "communications_lead", "sam", 8),
        ),
        "updates": (
            wire.Update(
                id=1,
                at=at(12),
                by="sam",
                audience="customers",
                phase="investigating",
                next_at=at(28),
                text="Some requests fail. We are looking, next word by 14:20 UTC.",
            ),
            wire.Update(
                id=2,
                at=at(75),
                by="sam",
                audience="customers",
                phase="resolved",
                next_at=None,
                text="It is over since 15:06 UTC. Thank you to everybody who told us.",
            ),
        ),
        "role_gap_minutes": {},
        "claims": (
            claim(1, "requests in the EU", wire_facts.ImpactFigure(low=20, high=25, unit="%"), "the edge dashboard"),
            claim(
                2,
                "orders that were lost",
                wire_facts.ImpactFigure(high=140, unit="orders"),
                "R-12",
                state="disputed",
                verdicts=(dispute,),
            ),
        ),
        "theories": (
            wire_facts.Theory(
                id=1, text="The two oldest nodes had another pool", at=at(30), by="lin", state="open", verdicts=()
            ),
        ),
        "attempts": (
            wire_facts.Attempt(
                id=1,
                text="restart of two balancers",
                person="lin",
                theory_id=None,
                started_at=at(19),
                at=at(19),
                by="lin",
                outcome="no_effect",
                verdicts=(
                    wire_facts.Verdict(at=at(26), recorded_at=at(26), by="lin", word="no_effect", why="", evidence=""),
                ),
            ),
            wire_facts.Attempt(
                id=2,
                text="rollback of the add-on",
                person="ada",
                theory_id=None,
                started_at=at(33),
                at=at(33),
                by="ada",
                outcome="worked",
                verdicts=(
                    wire_facts.Verdict(at=at(41), recorded_at=at(41), by="ada", word="worked", why="", evidence=""),
                ),
            ),
        ),
    }
    return IncidentDetail(**values | more)


def measures() -> Measures:
    episode = EpisodeMeasures(
        number=1,
        started_at=T0,
        detected_at=at(0.4),
        detected_by="A-31",
        acknowledged_at=at(4),
        acknowledged_by="lin",
        mitigated_at=at(41),
        resolved_at=at(74),
        ended_at=at(74),
        to_detect=24.0,
        to_acknowledge=216.0,
        to_mitigate=2460.0,
        to_resolve=4440.0,
    )
    return Measures(
        incident_id=3,
        as_of=at(6000),
        episodes=(episode,),
        noticed_first="alert",
        noticed_by="A-31",
        promises=(),
        promises_kept=1,
        promises_missed=0,
        role_gap_minutes={},
        severity_revisions=(),
        worst_severity=Severity.SEV2,
        corrections=0,
        contradictions=(
            Contradiction(rule="order", episode=1, text="Lin noted the first 503 at 13:49, before the first alert"),
        ),
    )


def review(**more: Any) -> wire_reviews.Review:
    values: dict[str, Any] = {
        "incident_id": 3,
        "title": "503 at the balancer",
        "service": "edge-balancer",
        "severity": Severity.SEV2,
        "status": "learning",
        "state": "written",
        "solo": False,
        "started_at": at(4400),
        "started_by": "kim",
        "facilitator": "kim",
        "step": "closing",
        "step_started_at": at(4460),
        "step_ends_at": None,
        "left": None,
        "people": 4,
        "factors": 7,
        "revealed_at": at(4430),
        "unmasked_at": at(4440),
        "finished_at": at(4471),
        "published_at": None,
        "review_name": "Incident Review",
        "process_version": "4f1c22e0a9b1",
        "imported_from": "",
        "version": 30,
    }
    return wire_reviews.Review(**values | more)


def view(**more: Any) -> wire_reviews.ReviewView:
    there = tuple(
        wire_reviews.Participant(
            person=one, joined_at=at(4400), left_at=None, done_step="closing", factors_in=True, factors=2
        )
        for one in ("kim", "ada", "lin", "sam")
    )
    values: dict[str, Any] = {
        "review": review(),
        "steps": (),
        "participants": there,
        "accounts": ACCOUNTS,
        "factors": FACTORS,
        "themes": (records.Theme(id=1, name="time-outs that do not agree", text="", factors=3, incidents=2),),
        "learnings": LEARNINGS,
        "actions": ACTIONS,
        "sections": SECTIONS,
        "walk": wire_timeline.Walk(moments=MOMENTS, walked=True, doubts=DOUBTS),
    }
    return wire_reviews.ReviewView(**values | more)


def material(**more: Any) -> Material:
    values: dict[str, Any] = {
        "view": view(),
        "detail": detail(),
        "moments": MOMENTS,
        "measures": measures(),
        "roster": ROSTER,
        "names": "roles",
        "made_at": at(7200),
    }
    return Material(**values | more)
