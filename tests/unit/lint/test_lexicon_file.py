"""Lexicons as files: every fault has its line and a remedy, and a team's own words change what is found."""

import pytest

from incidentd.domain.lint.findings import lint
from incidentd.domain.lint.lexicon import GRAMMAR
from incidentd.domain.lint.lexicon_file import BadLexicon, parse_lexicon
from incidentd.lexicon import UnknownLanguage, languages, shipped, with_own

OWN = """
[words.person]
words = ["barista"]
[words.thing]
drop = ["agent"]
[rules.judgement]
drop = ["Sloppy"]
find = ["half-baked"]
[rules.absolute]
off = true
[rules.jargon]
category = "words"
message = "New colleagues do not know {text}."
suggestion = "What else is {text} called?"
find = ["the big red button", { phrase = "yak", question = true, suggestion = "Whose yak?" }]
"""
RULE = '[rules.x]\ncategory = "c"\nmessage = "m"\nsuggestion = "s"\n'
FAULTS = [
    ("a = 1\n", 1, "a", "unknown key", "there is language"),
    ("= 1", 1, "", "is no TOML", "correct"),
    ("[rules.x]\nfind = ['a']\n", 1, "rules.x", "has no category", "add"),
    (RULE + "find = ['a',\n 'b <nobody>']\n", 6, "rules.x.find[1]", "names <nobody>", "there is"),
    (RULE + "find = [3]\n", 5, "rules.x.find[0]", "expected", "correct"),
    (RULE + "find = ['<participle> x']\n", 5, "rules.x.find[0]", "begins with what may be anything", "begin with"),
    (RULE + "find = ['a? b?']\n", 5, "rules.x.find[0]", "fits everything", "has to be there"),
    (RULE + "find = ['']\n", 5, "rules.x.find[0]", "is empty", "write words"),
    (RULE + "find = ['a *9 b']\n", 5, "rules.x.find[0]", "has a gap *9", "*1 to *4"),
    (RULE + "find = ['a||b']\n", 5, "rules.x.find[0]", "empty choice", "a|b"),
    (RULE + f"find = ['{'a ' * 13}']\n", 5, "rules.x.find[0]", "more than 12", "shorter"),
    (RULE + "[[rules.x.find]]\nphrase = 'a'\nsubjekt = 'person'\n", 5, "rules.x.find", "unknown field", "unless_near"),
    (
        RULE + "[[rules.x.find]]\nphrase = 'a'\nunless_near = ['*1 b']\n",
        7,
        "rules.x.find[0].unless_near",
        "begins",
        "b",
    ),
    ("[words.person]\nwords = ['on call']\n", 2, "words.person.words[0]", "is not one word", "one word each"),
    ("[words.person]\nwords = ['a', '<b>']\n", 2, "words.person.words[1]", "no set of words", "further up"),
    ("rules = 3\n", 1, "rules", "is no table", "[rules.NAME]"),
    ("[words.person]\nwort = ['a']\n", 1, "words.person", "unknown field `wort`", "words, endings, except, drop"),
]


@pytest.mark.parametrize(("text", "line", "key", "what", "remedy"), FAULTS)
def test_a_fault_says_where_what_and_what_to_do(text, line, key, what, remedy):
    with pytest.raises(BadLexicon) as caught:
        with_own("en", text, "own.toml")
    one = caught.value.faults[0]
    assert (one.file, one.line) == ("own.toml", line)
    assert one.key.startswith(key)
    assert what in one.what
    assert remedy in one.remedy
    assert str(one).startswith(f"own.toml:{line}: ")


def test_every_fault_is_told_at_once():
    with pytest.raises(BadLexicon) as caught:
        with_own("en", "a = 1\n[words.person]\nwords = ['x y', 'u v']\n[rules.y]\n", "own.toml")
    assert [one.line for one in caught.value.faults] == [1, 3, 3, 4, 4, 4]


def test_own_words_change_what_is_found():
    own = with_own("en", OWN, "own.toml")

    def found(text):
        return [(one.rule, one.text) for one in lint(text, own)]

    assert found("The barista failed to wipe the cup.") == [("human-failure", "failed to wipe")]
    assert lint("The barista failed to wipe the cup.", shipped("en")) == ()
    assert found("The agent forgot to ask.") == [("human-failure", "forgot to")]
    assert found("It was sloppy, careless and half-baked.") == [("judgement", "careless"), ("judgement", "half-baked")]
    assert found("Never again.") == []
    button, yak = lint("The big red button. Yak? Yak.", own)
    assert (button.message, button.suggestion) == (
        "New colleagues do not know The big red button.",
        "What else is The big red button called?",
    )
    assert yak.suggestion == "Whose yak?"


def test_a_language_that_does_not_come_with_incidentd_has_to_be_whole():
    with pytest.raises(BadLexicon) as caught:
        with_own("tlh", RULE, "tlh.toml")
    assert [one.what for one in caught.value.faults] == [f"has no [words.{name}]" for name in GRAMMAR]
    words = "".join(f"[words.{name}]\n" for name in GRAMMAR)
    whole = with_own("tlh", f'language = "tlh"\nname = "Klingon"\n{words}{RULE}find = ["Qap\'la"]', "tlh.toml")
    assert [one.rule for one in lint("QAP’LA!", whole)] == ["x"]
    with pytest.raises(UnknownLanguage, match="there is en"):
        shipped("tlh")


@pytest.mark.parametrize("language", languages())
def test_what_is_shipped_is_well_made(language):
    lexicon = shipped(language)
    assert lexicon.language == language
    assert lexicon.name
    for rule in lexicon.rules.values():
        assert rule.message.endswith(".")
        assert 0 < len(rule.ask) <= 40
        assert rule.find
        for one in rule.find:
            assert (one.suggestion or rule.suggestion).endswith(("?", "."))


def test_a_dropped_rule_is_not_looked_for():
    assert lint("human error", shipped("en").without(frozenset({"error-label"}))) == ()


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(BadLexicon, match="is this the right file"):
        parse_lexicon("#" * 400_001, "x.toml")
