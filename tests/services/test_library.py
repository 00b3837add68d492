"""The learning library: found by its words, kept back where it is masked, read without names, used again."""

from datetime import UTC, datetime

import msgspec
import pytest

from incidentd.domain.people import Service, Team
from incidentd.services.errors import Invalid, NotFound, Refused
from incidentd.services.library_contracts import LibraryQuery
from incidentd.storage import event_log, reviews
from incidentd.storage.schema_reviews import factor_links, factors, review_readers
from incidentd.storage.schema_reviews import reviews as reviews_table
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import library as wire_library
from incidentd.wire import library_import as wire_import

FILE = """---
title: {title}
date: {day}
severity: {severity}
service: {service}
---
## Contributing factors
- Technical: {factor}
- Process: nobody was asked to review it
- It was odd
## Learnings
- {learning}
## Action items
- [ ] Raise the time-out
"""


async def imported(daemon, number, factor="The health-check timed out", learning="Ask before a deploy", **values):
    facts = {"title": f"Slow {number}", "day": f"2024-03-{number:02}", "severity": "SEV2", "service": "shop"} | values
    text = FILE.format(factor=factor, learning=learning, **facts)
    body = wire_import.ImportReview(name=f"r/{number}.md", text=text)
    return (await daemon.core.reviews.library.imports.take(body, "ada")).incident_id


def use_of(subject, kind, place):
    return msgspec.convert({"subject": subject, "kind": kind, "place": place}, wire_library.RecordUse)


def library(daemon):
    return daemon.core.reviews.library


async def search(daemon, q="", actor="ada", **values):
    return await library(daemon).search.search(LibraryQuery(q=q, **values), actor)


@pytest.mark.both_engines
async def test_words_are_found_in_every_kind_the_newest_incident_first(daemon):
    first = await imported(daemon, 1, learning="Health checks need load")
    second = await imported(daemon, 2, factor="A queue grew: timeout_ms=5 ärger", severity="SEV3", service="web")
    page = await search(daemon, "health")
    assert [(one.subject.partition(":")[0], one.incident_id) for one in page.items] == [
        ("factor", first), ("learning", first), ("review", first),
    ]  # fmt: skip
    assert page.counts == {"factor": 1, "learning": 1, "action": 0, "review": 1}
    found = page.items[0]
    assert [found.text[slice(*hit)] for hit in found.hits] == ["health"]
    assert (found.category, found.role, found.severity, found.at) == (
        "technical", "enabler", "SEV2", datetime(2024, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    for words, kind, number in (
        ("TIME", "action", 2),
        ("que timeout", "factor", 1),
        ("ÄRGER", "all", 2),
        ("5", "factor", 1),
    ):
        assert (await search(daemon, words, kind=kind)).total == number, words
    with pytest.raises(Invalid, match="nothing to search for"):
        await search(daemon, "%")
    everything = await search(daemon)
    assert everything.total == 10
    assert [one.incident_id for one in everything.items] == [second] * 5 + [first] * 5
    assert [one.incident_id for one in (await search(daemon, service="web", kind="review")).items] == [second]
    assert (await search(daemon, severity="SEV3", category="process")).total == 1
    assert (await search(daemon, until=datetime(2024, 3, 2, tzinfo=UTC))).total == 5


@pytest.mark.both_engines
async def test_pages_follow_each_other_without_a_gap(daemon):
    for number in (1, 2, 3):
        await imported(daemon, number, day="2024-03-01")
    whole, seen, cursor = (await search(daemon)).items, [], ""
    while not seen or cursor:
        page = await search(daemon, limit=4, cursor=cursor)
        seen += page.items
        cursor = page.next_cursor
    assert seen == list(whole)
    assert len(seen) == 15
    with pytest.raises(Invalid, match="cursor"):
        await search(daemon, cursor="x")


@pytest.mark.both_engines
async def test_an_index_follows_what_is_changed_withdrawn_and_held(daemon):
    incident_id = await imported(daemon, 1)

    async def change(statement):
        await daemon.store.write(lambda tx: tx.conn.execute(statement))

    mine = factors.c.category == "technical"
    await change(factors.update().where(mine).values(text="The balancer lost its map"))
    assert (await search(daemon, "timed", kind="factor")).total == 0
    assert (await search(daemon, "balancer", kind="factor")).total == 1
    await change(factors.update().where(mine).values(withdrawn_at=daemon.clock.now()))
    assert (await search(daemon, "balancer", kind="factor")).total == 0
    await change(reviews_table.update().values(state="running"))
    assert (await search(daemon)).total == 0
    with pytest.raises(NotFound, match="not published"):
        await library(daemon).reading.read(incident_id, "ada")


async def masking(daemon, other):
    """Lin takes part in a review that hides what was concluded of `other`."""
    body = wire_incidents.DeclareIncident(title="Slow again")
    later = await daemon.core.incidents.declare(body, "ada")

    def command(tx):
        fixed = dict.fromkeys(
            ("step_ends_at", "left", "walked_to", "revealed_at", "unmasked_at", "finished_at", "published_at")
        )
        at = {"started_at": tx.now, "step_started_at": tx.now, "started_by": "ada", "facilitator": "ada"}
        about = {
            "process_version": "test",
            "review_name": "Review",
            "state": "running",
            "solo": False,
            "step": "factors",
        }
        reviews.create(tx, incident_id=later.id, similar=[{"id": other}], **fixed, **at, **about)
        reviews.join(tx, later.id, "lin")

    await daemon.store.write(command)
    return later.id


@pytest.mark.both_engines
async def test_what_is_masked_is_counted_and_never_shown(daemon):
    hidden_one, other = await imported(daemon, 1), await imported(daemon, 2)
    later = await masking(daemon, hidden_one)
    page = await search(daemon, "health", actor="lin")
    assert {one.incident_id for one in page.items} == {other}
    assert (page.total, page.hidden) == (2, 2)
    assert f"INC-{later}" in page.why_hidden
    assert (await search(daemon, "health")).hidden == 0
    with pytest.raises(Refused, match=f"INC-{later}"):
        await library(daemon).reading.read(hidden_one, "lin")
    use = wire_library.RecordUse(subject=f"review:{hidden_one}", kind="design", place="a page")
    await library(daemon).uses.record(use, "ada")
    with pytest.raises(Refused):
        await library(daemon).uses.record(use, "lin")
    assert (await library(daemon).uses.list("", "lin")).hidden == 1
    assert (await library(daemon).figures.get(None, None, "lin")).hidden == 1
    assert await daemon.store.read(lambda conn: conn.execute(review_readers.select()).all()) == []


@pytest.mark.both_engines
async def test_readers_are_counted_by_number_and_share_of_the_team(daemon):
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push"), daemon.person("lin", "push")], [],
        services={"shop": Service(name="shop", team="shop")}, teams={"shop": Team(name="shop", members=("ada", "sam"))},
    )  # fmt: skip
    incident_id = await imported(daemon, 1)
    for reader in ("ada", "ada", "lin", "uid:0"):
        entry = await library(daemon).reading.read(incident_id, reader)
    assert entry.readers == wire_library.Readers(people=2, team="shop", of_team=1, team_size=2)
    assert entry.document.startswith("---\ntitle: Slow 1")
    assert [one.text for one in entry.learnings] == ["Ask before a deploy"]
    assert [one.state for one in entry.actions] == ["open"]
    assert (entry.factors_to_sort, entry.actions_then) == ("- It was odd", "")
    events = await daemon.store.read(lambda conn: event_log.of_subjects(conn, [f"incident:{incident_id}"]))
    assert not [one for one in events if one.actor == "lin"]


@pytest.mark.both_engines
async def test_a_use_is_written_once_and_links_among_factors_count_as_uses(daemon):
    first, second = await imported(daemon, 1), await imported(daemon, 2)
    uses = library(daemon).uses
    learning = (await search(daemon, kind="learning", incident=first)).items[0]
    body = wire_library.RecordUse(subject=learning.subject, kind="incident", place=f"inc-{second}", note=" we looked ")
    for _ in range(2):
        made = await uses.record(body, "lin")
    assert (made.name, made.place, made.note) == (f"L-{learning.id}", f"INC-{second}", "we looked")
    earlier, later = [(await search(daemon, kind="factor", incident=one)).items[0].id for one in (first, second)]

    def link(tx):
        values = {"factor_id": later, "earlier_id": earlier, "evidence": "the graph", "by": "lin", "at": tx.now}
        tx.conn.execute(factor_links.insert().values(**values))

    await daemon.advance(60)
    await daemon.store.write(link)
    listed = (await uses.list("", "ada")).uses
    assert [(one.name, one.place, one.linked) for one in listed] == [
        (f"F-{earlier}", f"INC-{second}", True), (f"L-{learning.id}", f"INC-{second}", False),
    ]  # fmt: skip
    assert {one.subject: one.uses for one in (await search(daemon, used=True)).items} == {
        learning.subject: 1, f"factor:{earlier}": 1,
    }  # fmt: skip
    for subject, kind, place, error in (
        ("factor:999", "design", "x", NotFound), (learning.subject, "incident", "INC-999", NotFound),
        (learning.subject, "incident", "a page", Invalid), (learning.subject, "incident", f"INC-{first}", Invalid),
    ):  # fmt: skip
        with pytest.raises(error) as caught:
            await uses.record(use_of(subject, kind, place), "ada")
        assert caught.value.field in ("subject", "place")


async def test_what_notes_cite_is_suggested_until_it_is_recorded(daemon):
    first, second = await imported(daemon, 1), await imported(daemon, 2)
    learning = (await search(daemon, kind="learning", incident=first)).items[0].id
    note = wire_incidents.AddNote(text=f"As L-{learning} says, and like INC-{first}; not L-999 nor INC-{second}")
    await daemon.core.incidents.add_note(second, note, "ada")
    uses = library(daemon).uses
    found = (await uses.suggested(second, "ada")).uses
    assert found[0].text == "Ask before a deploy"
    assert [one.name for one in found] == [f"L-{learning}", f"INC-{first}"]
    await uses.record(
        wire_library.RecordUse(subject=f"learning:{learning}", kind="incident", place=f"INC-{second}"), "ada"
    )
    assert [one.name for one in (await uses.suggested(second, "ada")).uses] == [f"INC-{first}"]


@pytest.mark.both_engines
async def test_figures_say_of_how_many_they_are(daemon):
    first = await imported(daemon, 1)
    await imported(daemon, 2)
    learning = (await search(daemon, kind="learning", incident=first)).items[0]
    use = wire_library.RecordUse(subject=learning.subject, kind="runbook", place="restart")
    await library(daemon).uses.record(use, "ada")
    await library(daemon).reading.read(first, "ada")
    await daemon.advance(86400 * 40)
    found = {one.name: one for one in (await library(daemon).figures.get(None, None, "ada")).figures}
    assert (found["reviews"].n, found["reviews"].of, found["reviews"].parts) == (2, 2, {"imported": 2})
    assert found["factors by category"].parts == {"technical": 2, "process": 2}
    assert (found["learnings used"].n, found["learnings used"].of) == (1, 2)
    assert (found["readers of each"].n, found["readers of each"].spread.most) == (1, 1.0)
    assert found["actions"].parts == {"open": 2, "late": 2, "done": 0, "won't do": 0}
    assert all(one.definition for one in found.values())
    since = datetime(2024, 3, 2, tzinfo=UTC)
    assert (await library(daemon).figures.get(since, None, "ada")).figures[0].n == 1
