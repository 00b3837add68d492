"""Rehearsals: everybody answers the same cards blind, with the matrix as it was at the start; the end shows all."""

import msgspec
import pytest

from incidentd.domain.process import default_process
from incidentd.domain.rehearsal_cards import CARDS, Card
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.wire import rehearsals as wire_rehearsals

UNUSABLE = {"function": "unusable", "workaround": "none"}


@pytest.fixture
async def spring(daemon):
    daemon.process = default_process()
    body = wire_rehearsals.StartRehearsal(title="Spring", cards=("split", "replica", "split"))
    return await daemon.core.rehearsals.start(body, "ada")


async def answer(daemon, person, card, **answers):
    body = wire_rehearsals.AnswerCard(card=card, answers=answers)
    return await daemon.core.rehearsals.answer(1, body, person)


@pytest.mark.both_engines
async def test_answers_are_blind_until_the_end(daemon, spring):
    assert [one.id for one in spring.cards] == ["split", "replica"]
    await answer(daemon, "ada", "split", **UNUSABLE, users="few")
    await answer(daemon, "ada", "split", **UNUSABLE, users="most")  # over the first one
    await answer(daemon, "lin", "split", **UNUSABLE, users="many")
    seen = await answer(daemon, "sam", "split", **UNUSABLE, users="most")
    assert (seen.people, seen.calls, [one.level for one in seen.mine]) == (3, 3, ["SEV1"])
    assert (await daemon.core.rehearsals.get(1, "lin")).mine[0].level == "SEV2"
    assert (await daemon.core.rehearsals.list("grace")).rehearsals[0].mine == ()
    with pytest.raises(Refused) as no:
        await daemon.core.rehearsals.outcome(1, "ada")
    assert "close RH-1" in no.value.remedy
    logged = await daemon.events("rehearsal.started", "rehearsal.answered")
    assert not any("most" in str(one.data) or "SEV" in str(one.data) for one in logged)
    await daemon.restart()
    shown = await daemon.core.rehearsals.close(1, "sam")
    assert shown == await daemon.core.rehearsals.outcome(1, "sam")
    first, second = shown.cards
    assert (first.levels, first.middle, first.over, first.under) == ({"SEV1": 2, "SEV2": 1}, "SEV1", 0, 1)
    assert first.agreement == pytest.approx(1 / 3)
    assert (second.people, second.agreement) == (0, None)
    users = next(one for one in shown.questions if one.question == "users")
    assert users.answers == {"many": 1, "most": 2}
    assert b'"lin"' not in msgspec.json.encode(shown)
    for late in (answer(daemon, "lin", "replica"), daemon.core.rehearsals.close(1, "ada")):
        with pytest.raises(Conflict):
            await late


async def test_it_keeps_the_matrix_that_it_was_started_with(daemon, spring):
    daemon.process = msgspec.structs.replace(
        daemon.process, matrix=msgspec.structs.replace(daemon.process.matrix, rules=daemon.process.matrix.rules[-1:])
    )
    seen = await answer(daemon, "ada", "split", **UNUSABLE, users="most")
    assert seen.mine[0].level == "SEV1"


async def test_what_is_not_there_is_named(daemon, spring):
    start = daemon.core.rehearsals.start
    for call, fault, field in (
        (start(wire_rehearsals.StartRehearsal(title="x", cards=("splt",)), "ada"), Invalid, "cards"),
        (answer(daemon, "ada", "orders"), Invalid, "card"),
        (answer(daemon, "ada", "split", users="all"), Invalid, "answers.users"),
        (daemon.core.rehearsals.get(2, "ada"), NotFound, ""),
    ):
        with pytest.raises(fault) as error:
            await call
        assert error.value.field == field
    assert (await daemon.core.rehearsals.get(1, "ada")).calls == 0


async def test_a_teams_own_card_takes_the_place_of_one_with_its_id(daemon, spring):
    own = Card(id="split", title="Ours", text="It is ours.")
    daemon.process = msgspec.structs.replace(daemon.process, cards=(own,))
    found = (await daemon.core.rehearsals.cards()).cards
    assert (found[0].title, len(found)) == ("Ours", len(CARDS))
    all_of_them = await daemon.core.rehearsals.start(wire_rehearsals.StartRehearsal(title="All"), "ada")
    assert len(all_of_them.cards) == len(CARDS)
