"""The language lint of a team: its lexicon, its people, and what they said of the wording that was found."""

import time

import pytest
from msgspec.structs import replace

from incidentd.domain.lint.wording_settings import WordingSettings
from incidentd.services.errors import Invalid, NotFound, Refused
from incidentd.wire import wording as wire_wording

TEXT = "Of course, Adanna failed to answer. See the postmortem."


@pytest.fixture
def lints(daemon):
    daemon.roster = daemon.roster_of([daemon.person("adanna", "push"), daemon.person("lin", "push")], [])
    daemon.process = replace(daemon.process, review_name="Incident Retro", wording=WordingSettings(mute_after=2))
    return daemon.core.reviews.lints


async def found(lints, actor="lin", text=TEXT):
    return await lints.lint(wire_wording.LintText(text=text), actor)


def judged(phrase="of course", *, keep=False, rule="hindsight"):
    return wire_wording.JudgeWording(rule=rule, phrase=phrase, reason="we\nmean it", keep=keep)


async def test_the_roster_and_the_name_of_the_review_are_known(lints):
    ones = (await found(lints)).findings
    assert [(one.rule, one.text) for one in ones] == [
        ("hindsight", "Of course"), ("human-failure", "failed to answer"), ("review-name", "postmortem"),
    ]  # fmt: skip
    assert ones[2].suggestion == "Call it Incident Retro."


async def test_a_dismissal_hides_a_phrase_from_who_made_it_and_from_all_when_many_did(daemon, lints):
    said = await lints.judge(judged("Of  Course"), "lin")
    (one,) = said.phrases
    assert (one.phrase, one.dismissed, one.muted, one.verdicts[0].reason) == ("of course", 1, False, "we mean it")
    assert one.why == "shown: dismissed by 1, kept by 0; muted for everybody from 2 on"
    assert "Of course" not in [one.text for one in (await found(lints)).findings]
    assert "Of course" in [one.text for one in (await found(lints, "adanna")).findings]
    await lints.judge(judged(), "adanna")
    linted = await found(lints, "sam")
    assert [(one.text, one.line, one.column, one.why) for one in linted.muted] == [
        ("Of course", 1, 1, "muted for this phrase: dismissed by 2, kept by 0"),
    ]  # fmt: skip
    assert "Of course" not in [one.text for one in linted.findings]
    await lints.judge(judged(keep=True), "sam")
    await lints.judge(judged(keep=True), "mei")
    assert (await found(lints, "sam")).muted == ()
    (rate,) = (await lints.dismissals()).rules
    assert (rate.rule, rate.dismissed, rate.kept, rate.rate) == ("hindsight", 2, 2, 0.5)
    events = [*await daemon.events("lint.dismissed"), *await daemon.events("lint.kept")]
    assert [(one.actor, one.subject, one.data["phrase"]) for one in events] == [
        (actor, "lint:hindsight", "of course") for actor in ("lin", "adanna", "sam", "mei")
    ]


@pytest.mark.both_engines
async def test_one_changes_ones_mind_and_takes_a_word_back(daemon, lints):
    await lints.judge(judged(), "lin")
    (one,) = (await lints.judge(judged(keep=True), "lin")).phrases
    assert (one.dismissed, one.kept) == (0, 1)
    number = one.verdicts[0].id
    with pytest.raises(Refused, match="the word of lin") as refused:
        await lints.undo(number, "adanna")
    assert 'wording keep hindsight "of course"' in refused.value.remedy
    assert (await lints.undo(number, "lin")).phrases == ()
    (event,) = await daemon.events("lint.undone")
    assert (event.actor, event.data["keep"]) == ("lin", True)
    with pytest.raises(NotFound):
        await lints.undo(number, "lin")


async def test_only_a_rule_that_there_is_can_be_judged(lints):
    with pytest.raises(Invalid, match="no rule humor") as refused:
        await lints.judge(judged(rule="humor"), "lin")
    assert (refused.value.field, "hindsight" in refused.value.remedy) == ("rule", True)


async def test_a_teams_own_words_are_used_and_handed_to_clients(daemon, lints):
    own = '[rules.hindsight]\ndrop = ["of course"]\n'
    wording = WordingSettings(file="wording.toml", own=own)
    daemon.process = replace(daemon.process, wording=wording)
    assert "Of course" not in [one.text for one in (await found(lints)).findings]
    await lints.judge(judged("obviously"), "lin")
    settings = await lints.settings("lin")
    assert (settings.language, settings.own_file, settings.own) == ("en", "wording.toml", own)
    assert [(one.rule, one.phrase, one.why) for one in settings.hidden] == [
        ("hindsight", "obviously", "you dismissed it")
    ]
    assert (await lints.settings("sam")).hidden == ()


async def test_twenty_kilobytes_take_milliseconds(lints):
    text = "The pod was slow, and its owner saw a flat graph at 14:05.\n\n" * 333
    await found(lints, text="warm")
    begun = time.perf_counter()
    assert (await found(lints, text=text)).findings == ()
    assert time.perf_counter() - begun < 0.3
