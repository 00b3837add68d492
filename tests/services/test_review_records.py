"""What people write in a review: who may read it when, and what may be done with it."""

from datetime import timedelta
from functools import partial

import msgspec
import pytest
from sqlalchemy import select

from incidentd.domain.process import default_process
from incidentd.domain.review_steps import ORDER, Step, has_come_to
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.record_contracts import FactorQuery
from incidentd.storage import reviews, tables
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_records as records
from incidentd.wire import review_window as wire_window
from incidentd.wire import reviews as wire_reviews

HOUR = timedelta(hours=1)
WRITER = "zoe.writes"
HOSTILE = "\x1b]52;c;aGk=\x07\u202e[red]% _ ' \" \\"


async def declared(daemon, title="503 at the balancer"):
    made = await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title=title, severity=Severity.SEV3), "ada"
    )
    for to in ("mitigated", "resolved"):
        body = wire_incidents.ChangeStatus(to=to, evidence="the graph")
        await daemon.core.incidents.change_status(made.id, body, "ada", None)
    await daemon.advance(HOUR)
    await daemon.core.reviews.workshops.start(made.id, wire_reviews.StartReview(), "ada")
    return made.id


@pytest.fixture
async def desk(daemon):
    daemon.process = default_process()
    return daemon.core.reviews


@pytest.fixture
async def incident_id(daemon, desk):
    return await declared(daemon)


async def become(daemon, incident_id, **values):
    """The workshop moves on; the engine that drives it has tests of its own."""
    return await daemon.store.write(lambda tx: reviews.change(tx, existing_review(tx.conn, incident_id), **values))


async def reveal(daemon, incident_id):
    await become(daemon, incident_id, step=Step.FACTORS, revealed_at=daemon.clock.now())


def factor(text="the pool was small", category="technical", role="enabler", **more):
    return records.WriteFactor(text=text, category=category, role=role, **more)


def entries(daemon, incident_id):
    return daemon.core.incidents.timeline(incident_id)


# ------------------------------------------------------------------ accounts
@pytest.mark.both_engines
async def test_an_account_is_of_a_moment_and_others_read_it_from_that_step_on(daemon, desk, incident_id):
    accounts, workshops = desk.accounts, desk.workshops
    entry = (await entries(daemon, incident_id)).entries[0]
    whole = await accounts.write(incident_id, records.WriteAccount(text="a long night"), "ada")
    mine = await accounts.write(incident_id, records.WriteAccount(saw=HOSTILE, seq=entry.seq), "ada")
    assert (mine.at, mine.seq, mine.person, mine.mine, mine.version) == (entry.observed_at, entry.seq, "ada", True, 1)
    assert [one.id for one in (await workshops.get(incident_id, "ada")).accounts] == [mine.id, whole.id]
    assert (await workshops.get(incident_id, "lin")).accounts == ()
    with pytest.raises(NotFound, match=f"no account {mine.id}"):
        await accounts.mark(incident_id, mine.id, records.MarkNew(), "lin")

    await become(daemon, incident_id, step=Step.ACCOUNTS)
    marked = await accounts.mark(incident_id, mine.id, records.MarkNew(), "lin")
    assert (marked.new_to, marked.new_to_me, marked.mine) == (1, True, False)
    seen = (await workshops.get(incident_id, "ada")).accounts[0]
    assert (seen.saw, seen.new_to, seen.new_to_me) == (HOSTILE, 1, False)
    assert (await accounts.mark(incident_id, mine.id, records.MarkNew(new=False), "lin")).new_to == 0
    with pytest.raises(Refused, match="your own"):
        await accounts.mark(incident_id, mine.id, records.MarkNew(), "ada")


@pytest.mark.both_engines
async def test_an_account_is_changed_by_who_wrote_it_only(daemon, desk, incident_id):
    accounts = desk.accounts
    mine = await accounts.write(incident_id, records.WriteAccount(thought="a deploy"), "ada")
    at = daemon.clock.now() - HOUR
    moved = await accounts.edit(incident_id, mine.id, records.EditAccount(tried="roll back", at=at), "ada", 1)
    assert (moved.thought, moved.tried, moved.at, moved.version) == ("a deploy", "roll back", at, 2)
    with pytest.raises(Conflict, match="changed meanwhile") as conflict:
        await accounts.edit(incident_id, mine.id, records.EditAccount(saw="x"), "ada", 1)
    assert conflict.value.current == moved
    assert (await accounts.edit(incident_id, mine.id, records.EditAccount(whole=True), "ada", None)).at is None
    await become(daemon, incident_id, step=Step.ACCOUNTS)
    for act in (accounts.edit(incident_id, mine.id, records.EditAccount(saw="x"), "lin", None),
                accounts.withdraw(incident_id, mine.id, records.Withdraw(), "lin")):  # fmt: skip
        with pytest.raises(Refused, match="ada's own"):
            await act
    await accounts.withdraw(incident_id, mine.id, records.Withdraw(), "ada")
    assert (await desk.workshops.get(incident_id, "ada")).accounts == ()
    with pytest.raises(NotFound):
        await accounts.edit(incident_id, mine.id, records.EditAccount(saw="x"), "ada", None)


async def test_a_faulty_account_is_refused_with_field_and_remedy(desk, incident_id):
    accounts = desk.accounts
    mine = await accounts.write(incident_id, records.WriteAccount(thought="a deploy"), "ada")
    for act, field in (
        (accounts.write(incident_id, records.WriteAccount(text=" \n"), "ada"), "text"),
        (accounts.write(incident_id, records.WriteAccount(text="x", seq=9999), "ada"), "seq"),
        (accounts.edit(incident_id, mine.id, records.EditAccount(thought=""), "ada", None), "text"),
        (accounts.edit(incident_id, mine.id, records.EditAccount(seq=9999), "ada", None), "seq"),
        (accounts.edit(incident_id, mine.id, records.EditAccount(whole=True, seq=1), "ada", None), "whole"),
    ):
        with pytest.raises(Invalid) as fault:
            await act
        assert (fault.value.field, fault.value.remedy != "") == (field, True)


async def test_own_notes_become_an_account(daemon, desk, incident_id):
    with pytest.raises(NotFound, match="no notes of your own"):
        await desk.accounts.from_notes(incident_id, "lin")
    await daemon.core.own_notes.put(incident_id, wire_window.SaveNotes(text="it was dark"), "lin", None)
    made = await desk.accounts.from_notes(incident_id, "lin")
    assert (made.text, made.person, made.at) == ("it was dark", "lin", None)


# ------------------------------------------------------------------ factors
@pytest.mark.both_engines
async def test_factors_are_written_silently_then_shown_and_reworded_by_everybody(daemon, desk, incident_id):
    factors, workshops = desk.factors, desk.workshops
    mine = await factors.write(incident_id, factor(contexts=("Deploy ", "deploy", "monday")), "ada")
    assert (mine.mine, mine.contexts, mine.category, mine.version) == (True, ("deploy", "monday"), "technical", 1)
    hidden = await workshops.get(incident_id, "lin")
    assert (hidden.factors, hidden.factors_hidden) == ((), 1)
    for act in (factors.get(mine.id, "lin"),
                factors.edit(incident_id, mine.id, records.EditFactor(text="x"), "lin", None),
                factors.withdraw(incident_id, mine.id, records.Withdraw(), "lin"),
                factors.get(999, "lin")):  # fmt: skip
        with pytest.raises(NotFound, match="that you may read"):
            await act
    for body in (records.EditFactor(same_as=mine.id), records.EditFactor(theme="pools")):
        with pytest.raises(Refused, match="hidden still"):
            await factors.edit(incident_id, mine.id, body, "ada", None)
    await factors.edit(incident_id, mine.id, records.EditFactor(text="the pool was too small"), "ada", 1)

    await reveal(daemon, incident_id)
    seen = await workshops.get(incident_id, "lin")
    assert ([one.text for one in seen.factors], seen.factors_hidden) == (["the pool was too small"], 0)
    body = records.EditFactor(text="the pool held 10", category="process")
    reworded = await factors.edit(incident_id, mine.id, body, "lin", 2)
    assert (reworded.mine, reworded.text, reworded.version) == (False, "the pool held 10", 3)
    with pytest.raises(Conflict) as conflict:
        await factors.edit(incident_id, mine.id, body, "ada", 2)
    assert conflict.value.current.text == "the pool held 10"
    with pytest.raises(Refused, match="only who wrote it"):
        await factors.withdraw(incident_id, mine.id, records.Withdraw(), "lin")
    silent, told = await daemon.events("factor.edited")
    assert silent.data == {"id": mine.id}
    assert told.data["before"] == {"text": "the pool was too small", "category": "technical"}
    assert told.data["after"] == {"text": "the pool held 10", "category": "process"}


async def test_who_joins_after_factors_were_shown_writes_their_own_first(daemon, desk, incident_id):
    first = await desk.factors.write(incident_id, factor(), "ada")
    await reveal(daemon, incident_id)
    daemon.clock.advance(HOUR)

    async def read_by_sam():
        view = await desk.workshops.get(incident_id, "sam")
        listed = (await desk.factors.list(FactorQuery(), "sam")).factors
        assert listed == view.factors[::-1]
        return [one.id for one in view.factors], view.factors_hidden

    assert await read_by_sam() == ([first.id], 0)  # who does not take part reads what everybody reads
    await desk.acts.participate(incident_id, wire_reviews.Participate(present=True), "sam")
    own = await desk.factors.write(incident_id, factor("nobody was told"), "sam")
    assert await read_by_sam() == ([own.id], 1)
    with pytest.raises(NotFound):
        await desk.factors.edit(incident_id, first.id, records.EditFactor(text="x"), "sam", None)
    await desk.acts.participate(incident_id, wire_reviews.Participate(factors_in=True), "sam")
    assert await read_by_sam() == ([first.id, own.id], 0)


@pytest.mark.both_engines
async def test_the_same_factors_are_merged_without_chains_and_come_apart_again(daemon, desk, incident_id):
    factors = desk.factors
    first, second, third = [(await factors.write(incident_id, factor(f"f{n}"), "ada")).id for n in range(3)]
    await reveal(daemon, incident_id)
    await factors.edit(incident_id, second, records.EditFactor(same_as=first), "lin", None)
    await factors.edit(incident_id, third, records.EditFactor(same_as=second), "lin", None)
    await factors.edit(incident_id, first, records.EditFactor(same_as=0), "lin", None)
    found = {one.id: one.same_as for one in (await desk.workshops.get(incident_id, "lin")).factors}
    assert found == {first: None, second: first, third: first}
    with pytest.raises(Invalid, match="the same one already") as fault:
        await factors.edit(incident_id, first, records.EditFactor(same_as=second), "lin", None)
    assert fault.value.field == "same_as"
    await factors.withdraw(incident_id, first, records.Withdraw(), "ada")
    found = {one.id: one.same_as for one in (await desk.workshops.get(incident_id, "lin")).factors}
    assert found == {second: None, third: None}


async def test_evidence_is_there_when_it_is_cited(daemon, desk, incident_id):
    entry = (await entries(daemon, incident_id)).entries[0]
    theirs = await desk.accounts.write(incident_id, records.WriteAccount(text="secret"), "lin")
    good = (
        records.Evidence(kind="entry", ref=str(entry.seq)),
        records.Evidence(kind="link", ref="https://graphs.example/d/42?x=1"),
        records.Evidence(kind="words", text="lin said so"),
    )
    made = await desk.factors.write(incident_id, factor(evidence=good), "ada")
    assert made.evidence[0].text == entry.text
    for bad, place in (
        (records.Evidence(kind="entry", ref="9999"), "ref"),
        (records.Evidence(kind="entry", ref="one"), "ref"),
        (records.Evidence(kind="account", ref=str(theirs.id)), "ref"),  # hidden is as not there
        (records.Evidence(kind="attachment", ref="1"), "ref"),
        (records.Evidence(kind="link", ref="javascript:alert(1)"), "ref"),
        (records.Evidence(kind="link", ref="https://[::1"), "ref"),
        (records.Evidence(kind="link", ref="https://a.example/\x1b[31m"), "ref"),
        (records.Evidence(kind="words", ref="x", text=" "), "text"),
    ):
        with pytest.raises(Invalid) as fault:
            await desk.factors.write(incident_id, factor(evidence=(good[2], bad)), "ada")
        assert (fault.value.field, fault.value.remedy != "") == (f"evidence[1].{place}", True)


async def test_a_factor_that_names_a_person_is_kept_with_a_warning(daemon, desk, incident_id):
    made = await desk.factors.write(incident_id, factor("Ada's terminal and lin"), "ada")
    assert [one.split(":")[0] for one in made.warnings] == ["it names ada", "it names lin"]


@pytest.mark.both_engines
async def test_themes_join_factors_of_several_incidents(daemon, desk, incident_id):
    other = await declared(daemon, "503 again")
    made = {}
    for number in (incident_id, other):
        made[number] = (await desk.factors.write(number, factor(f"f{number}"), "ada")).id
    await reveal(daemon, incident_id)
    await become(daemon, other, step=Step.FACTORS)
    named = await desk.factors.edit(
        incident_id, made[incident_id], records.EditFactor(theme=" Small  pools"), "lin", None
    )
    (theme,) = (await desk.workshops.get(incident_id, "lin")).themes
    assert (theme.id, theme.name, theme.factors, theme.incidents) == (named.theme_id, "Small pools", 1, 1)
    await reveal(daemon, other)
    again = await desk.factors.edit(other, made[other], records.EditFactor(theme="ＳＭＡＬＬ pools"), "lin", None)
    assert again.theme_id == theme.id
    (theme,) = (await desk.themes.list("sam")).themes
    assert (theme.factors, theme.incidents) == (2, 2)
    found = await desk.factors.list(FactorQuery(theme="small POOLS"), "sam")
    assert [one.id for one in found.factors] == [made[other], made[incident_id]]
    with pytest.raises(NotFound, match="no theme"):
        await desk.factors.list(FactorQuery(theme="large"), "sam")
    renamed = await desk.themes.edit(theme.id, records.EditTheme(name="Pools", text="of anything"), "lin")
    assert (renamed.name, renamed.text, renamed.factors) == ("Pools", "of anything", 2)
    await desk.factors.edit(other, made[other], records.EditFactor(theme="Deploys"), "lin", None)
    with pytest.raises(Conflict, match="is called 'Deploys'"):
        await desk.themes.edit(theme.id, records.EditTheme(name="deploys"), "lin")
    with pytest.raises(NotFound):
        await desk.themes.edit(99, records.EditTheme(name="x"), "lin")
    assert (await desk.factors.edit(other, made[other], records.EditFactor(theme=""), "lin", None)).theme_id is None


@pytest.mark.both_engines
async def test_an_old_factor_is_linked_with_fresh_evidence(daemon, desk, incident_id):
    daemon.clock.advance(HOUR)
    later = await declared(daemon, "503 again")
    old = await desk.factors.write(
        incident_id, factor(evidence=(records.Evidence(kind="words", text="the graph"),)), "ada"
    )
    new = await desk.factors.write(later, factor("the pool is small still"), "ada")
    link = records.LinkFactor(earlier_id=old.id, evidence="10 of 10 in use at 09:12")
    with pytest.raises(Refused, match="hidden still"):
        await desk.factors.link(later, new.id, link, "ada")
    await reveal(daemon, later)
    with pytest.raises(NotFound):  # not shown to lin yet
        await desk.factors.link(later, new.id, link, "lin")
    await reveal(daemon, incident_id)
    for stale in ("THE  graph", "the pool was small"):
        with pytest.raises(Invalid, match="said of F-") as fault:
            await desk.factors.link(later, new.id, msgspec.structs.replace(link, evidence=stale), "lin")
        assert fault.value.field == "evidence"
    linked = await desk.factors.link(later, new.id, link, "lin")
    (earlier,) = linked.earlier
    assert (earlier.id, earlier.incident_id, earlier.evidence) == (old.id, incident_id, link.evidence)
    with pytest.raises(Conflict, match="already"):
        await desk.factors.link(later, new.id, link, "lin")
    with pytest.raises(Invalid, match="began later"):
        await desk.factors.link(incident_id, old.id, records.LinkFactor(earlier_id=new.id, evidence="x"), "lin")
    with pytest.raises(Invalid, match="same incident"):
        await desk.factors.link(later, new.id, records.LinkFactor(earlier_id=new.id, evidence="x"), "lin")

    # Somebody who takes part in a review that lists the earlier incident, and has not written theirs, sees none of it.
    third = await declared(daemon, "503 a third time")
    await become(daemon, third, similar=[{"id": incident_id}])
    assert (await desk.factors.get(new.id, "ada")).earlier == ()
    assert (await desk.factors.list(FactorQuery(incident_id=incident_id), "ada")).total == 0
    for act in (desk.factors.get(old.id, "ada"), desk.factors.link(later, new.id, link, "ada")):
        with pytest.raises(Refused, match=f"factors for INC-{third} are in"):
            await act
    assert (await desk.factors.unlink(later, new.id, old.id, "lin")).earlier == ()
    with pytest.raises(NotFound, match="not linked"):
        await desk.factors.unlink(later, new.id, old.id, "lin")


@pytest.mark.both_engines
async def test_factors_are_found_by_their_words_and_page_by_page(daemon, desk, incident_id):
    made = [(await desk.factors.write(incident_id, factor(f"pool {n} 50%"), "ada")).id for n in range(3)]
    made.append(
        (await desk.factors.write(incident_id, factor(HOSTILE, "luck", "surprise", contexts=("canary",)), "ada")).id
    )
    everything = FactorQuery(limit=3)
    first = await desk.factors.list(everything, "ada")
    second = await desk.factors.list(msgspec.structs.replace(everything, cursor=first.next_cursor), "ada")
    assert [one.id for one in (*first.factors, *second.factors)] == made[::-1]
    assert (first.total, second.next_cursor) == (4, "")
    for query, count in (
        (FactorQuery(text="POOL 1"), 1), (FactorQuery(text="0%"), 3), (FactorQuery(text="canary"), 1),
        (FactorQuery(category="luck"), 1), (FactorQuery(role="enabler"), 3), (FactorQuery(incident_id=99), 0),
    ):  # fmt: skip
        assert (await desk.factors.list(query, "ada")).total == count, query
        assert (await desk.factors.list(query, "lin")).total == 0, query


# ------------------------------------------------------------------ learnings and ideas
@pytest.mark.both_engines
async def test_a_learning_is_its_authors_and_an_anonymous_one_nobodys(daemon, desk, incident_id):
    learnings = desk.learnings
    mine = await learnings.write(incident_id, records.WriteLearning(text=HOSTILE), "ada")
    hers = await learnings.write(incident_id, records.WriteLearning(text="look", anonymous=True), WRITER)
    assert (mine.author, mine.mine, hers.author, hers.mine) == ("ada", True, "", False)
    edited = await learnings.edit(incident_id, mine.id, records.EditLearning(text="look twice"), "ada", 1)
    with pytest.raises(Conflict) as conflict:
        await learnings.edit(incident_id, mine.id, records.EditLearning(text="x"), "ada", 1)
    assert conflict.value.current == edited
    for act in (learnings.edit(incident_id, hers.id, records.EditLearning(text="x"), WRITER, None),
                learnings.edit(incident_id, mine.id, records.EditLearning(text="x"), "lin", None),
                learnings.withdraw(incident_id, mine.id, records.Withdraw(why="no"), "lin")):  # fmt: skip
        with pytest.raises(Refused):
            await act
    with pytest.raises(Invalid, match="with a reason") as fault:
        await learnings.withdraw(incident_id, hers.id, records.Withdraw(), "ada")
    assert fault.value.field == "why"
    page = await learnings.list("LOOK", incident_id, 1, "", "sam")
    assert (page.total, page.learnings[0].id) == (2, hers.id)
    page = await learnings.list("look", None, 1, page.next_cursor, "sam")
    assert ([one.id for one in page.learnings], page.next_cursor) == ([mine.id], "")
    # Nothing anywhere says that its writer has ever been here.
    assert WRITER not in await everything(daemon)
    await learnings.withdraw(incident_id, hers.id, records.Withdraw(why="it names a customer"), "sam")
    assert [one.id for one in (await desk.workshops.get(incident_id, "sam")).learnings] == [mine.id]
    (event,) = await daemon.events("learning.withdrawn")
    assert (event.actor, event.data["why"]) == ("sam", "it names a customer")


async def everything(daemon):
    """Every value of every row of the database, as one text."""

    def read(conn):
        return [list(row) for table in tables.metadata.sorted_tables for row in conn.execute(select(table))]

    return str(await daemon.store.read(read))


@pytest.mark.both_engines
async def test_an_idea_is_parked_and_dropped_once_with_why(desk, incident_id):
    idea = await desk.ideas.write(incident_id, records.WriteIdea(text=HOSTILE), "ada")
    dropped = await desk.ideas.drop(incident_id, idea.id, records.DropIdea(why="too dear"), "lin")
    assert (dropped.text, dropped.by, dropped.dropped_why) == (HOSTILE, "ada", "too dear")
    with pytest.raises(Conflict, match="was dropped: too dear"):
        await desk.ideas.drop(incident_id, idea.id, records.DropIdea(why="again"), "lin")
    with pytest.raises(NotFound):
        await desk.ideas.drop(incident_id, 99, records.DropIdea(why="x"), "lin")
    assert (await desk.workshops.get(incident_id, "sam")).ideas == (dropped,)


# ------------------------------------------------------------------ what is hidden
@pytest.mark.both_engines
async def test_nothing_that_is_hidden_leaves_the_daemon_at_any_step(daemon, desk, incident_id):
    account = await desk.accounts.write(incident_id, records.WriteAccount(saw="ACCOUNT-1"), "ada")
    await desk.accounts.edit(incident_id, account.id, records.EditAccount(thought="ACCOUNT-2"), "ada", None)
    hidden = await desk.factors.write(incident_id, factor("SECRET-1", contexts=("SECRET-2",)), "ada")
    words = (records.Evidence(kind="words", text="SECRET-3"),)
    await desk.factors.edit(incident_id, hidden.id, records.EditFactor(evidence=words), "ada", None)
    gone = await desk.factors.write(incident_id, factor("SECRET-4"), "ada")
    await desk.factors.withdraw(incident_id, gone.id, records.Withdraw(), "ada")
    await daemon.core.own_notes.put(incident_id, wire_window.SaveNotes(text="NOTES-1"), "ada", None)
    drive = partial(desk.acts.drive, incident_id, actor="ada", if_version=None)
    for step in ORDER:
        if step is Step.SIMILAR:
            await drive(wire_reviews.DriveReview(reveal=True))
        if step is not ORDER[0]:
            await drive(wire_reviews.DriveReview(step="next"))
        seen = await told_to(daemon, desk, incident_id, hidden.id, "lin")
        assert ("ACCOUNT" in seen) == has_come_to(step, Step.ACCOUNTS), step
        assert ("SECRET" in seen.upper()) == has_come_to(step, Step.SIMILAR), step
        assert "NOTES" not in seen, step
        exported = (await daemon.core.life.export(incident_id, "ada")).review
        assert len(exported.accounts) == has_come_to(step, Step.ACCOUNTS), step
        assert len(exported.factors) == has_come_to(step, Step.SIMILAR), step


async def told_to(daemon, desk, incident_id, factor_id, actor):
    """Everything that the daemon tells somebody: views, lists, searches, events, the export, errors."""
    found = [
        await desk.workshops.get(incident_id, actor),
        await desk.factors.list(FactorQuery(), actor),
        await desk.factors.list(FactorQuery(text="SECRET"), actor),
        await desk.themes.list(actor),
        await desk.learnings.list("", None, 10, "", actor),
        await daemon.core.life.export(incident_id, actor),
        await daemon.events(),
    ]
    with pytest.raises((NotFound, Refused)) as error:
        await desk.factors.withdraw(incident_id, factor_id, records.Withdraw(), actor)
    return " ".join([str(msgspec.to_builtins(found)), error.value.message, error.value.remedy])
