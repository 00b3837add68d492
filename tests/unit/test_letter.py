"""The monthly letter: which month it is about, when it is sent, and how it reads in either form."""

from datetime import UTC, datetime, time
from pathlib import Path

import msgspec
import pytest
from markdown_it import MarkdownIt

from incidentd.configuration.documents import Document
from incidentd.configuration.letter_tables import letter_problems
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.domain.letter import (
    Experiment,
    Facts,
    LetterSettings,
    Quote,
    Share,
    is_month,
    markdown,
    month_after,
    month_at,
    month_before,
    next_at,
    plain,
    span,
    title,
)
from incidentd.domain.people import Person, Roster

EMPTY = Facts(month="2026-03", review_name="Incident Retro")
FULL = msgspec.structs.replace(
    EMPTY,
    published=2,
    learnings=(Quote(where="L-7 of INC-3", text="Pools are shared"), Quote(where="L-9 of INC-4", text="Ask twice")),
    unquoted=1,
    promises=(
        Share(title="Updates sent when they were promised", n=14, of=16),
        Share(title="First answers to customers in time", n=0, of=0),
    ),
    near_misses=(Share(title="Near misses", n=1, of=9, noun="incidents"),),
    experiments=(
        Experiment(name="X-1", hypothesis="Pairs lead", ends_on="2026-03-20", verdict="cannot_tell", why="Too few"),
        Experiment(name="X-2", hypothesis="Shorter shifts", ends_on="2026-05-01"),
        Experiment(name="X-3", hypothesis="", ends_on="2026-05-02"),
    ),
    versions=(Quote(where="V-4", text="Longer cool-downs"), Quote(where="V-5", text="")),
    ideas_waiting=7,
    ideas_new=3,
    used=Quote(where="L-2 of INC-1", text="Drain first"),
    uses=2,
    questions=(Quote(where="INC-3", text="Who owns the pool?"),),
)
WHOLE = """\
What was learned
- Incident Retro published: 2, with 3 learnings
- Pools are shared (L-7 of INC-3)
- Ask twice (L-9 of INC-4)
- 1 learning is not quoted here: incidentctl learn

Promises
- Updates sent when they were promised: 14 of 16

Near misses
- Near misses: 1 of 9 incidents

Experiments
- X-1 ended, nobody can tell: Too few (tried: Pairs lead)
- X-2 runs until 2026-05-01: Shorter shifts
- X-3 runs until 2026-05-02

The process
- V-4 came into force: Longer cool-downs
- V-5 came into force

Ideas
- 7 ideas wait for the next process retro, 3 of them from this month

Used again
- Drain first (L-2 of INC-1), used 2 times this month, more than any other

Open questions
- Who owns the pool? (INC-3)
"""


def at(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


# ------------------------------------------------------------------ settings
FILE = """\
[audiences.internal]
people = ["ada"]
[letter]
day = 3
at = "09:00"
zone = "Europe/Berlin"
to = ["internal"]
"""


def read(text):
    return read_process(Document(Path("process.toml"), text), None)


def test_the_process_file_says_when_and_to_whom():
    settings = LetterSettings(day=3, at=time(9), zone="Europe/Berlin", to=("internal",))
    assert read(FILE).letter == settings
    assert read('[audiences.internal]\npeople = ["ada"]\n').letter is None
    roster = Roster(people={"ada": Person(handle="ada", name="Ada")})
    lost = msgspec.structs.replace(settings, to=("team:gone", "internal"))
    assert list(letter_problems(lost, roster)) == ["letter names team gone, which the roster does not have"]
    assert list(letter_problems(None, roster)) == []


@pytest.mark.parametrize(
    ("was", "now", "where", "what"),
    [
        ("day = 3", "day = 29", 4, "letter.day"),
        ('to = ["internal"]', 'to = ["intern"]', 7, 'did you mean "internal"'),
        ('to = ["internal"]', "to = []", 7, "letter.to"),
        ('at = "09:00"\n', "", 3, "letter.at"),
        ('zone = "Europe/Berlin"', 'zone = "Berlin"', 6, "letter.zone"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(was, now, where, what):
    with pytest.raises(ConfigurationError) as refused:
        read(FILE.replace(was, now))
    (fault,) = refused.value.faults
    assert fault.line == where
    assert what in str(fault)


# ------------------------------------------------------------------ months
@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "", "0000-01", "9999-12", "\uff12026-01"]
)
def test_what_is_no_month(text):
    assert not is_month(text)


def test_months_follow_each_other_over_the_year():
    assert (month_before("2026-01"), month_after("2025-12")) == ("2025-12", "2026-01")
    assert (month_before("2026-11"), month_after("2026-09")) == ("2026-10", "2026-10")
    assert title("2026-03") == "Letter of March 2026"


def test_a_month_is_that_of_the_clocks_of_its_zone():
    assert month_at(at(2026, 2, 28, 23, 30), "Europe/Berlin") == "2026-03"
    began, ended = span("2026-03", "Europe/Berlin")
    assert (began, ended) == (at(2026, 2, 28, 23), at(2026, 3, 31, 22))  # summer time came between


def test_a_letter_is_due_once_a_month():
    settings = LetterSettings(day=3, at=time(9), zone="Europe/Berlin", to=("internal",))
    first = next_at(settings, at(2026, 3, 3, 7, 59))
    assert first == at(2026, 3, 3, 8)
    assert next_at(settings, first) == at(2026, 4, 3, 7)
    assert next_at(settings, at(2026, 12, 31, 23, 30)) == at(2027, 1, 3, 8)


# ------------------------------------------------------------------ how it reads
def test_a_whole_letter():
    assert plain(FULL) == WHOLE


def test_both_forms_say_the_same():
    shown = [token.content for token in MarkdownIt().parse(markdown(FULL)) if token.type == "inline"]
    said = [line.removeprefix("- ") for line in WHOLE.splitlines() if line]
    assert shown == ["Letter of March 2026", *said]


def test_what_there_is_none_of_is_left_out_but_for_what_one_looks_for():
    none_due = msgspec.structs.replace(EMPTY, promises=(Share(title="Updates", n=0, of=0),))
    assert plain(none_due) == "What was learned\n- No Incident Retro was published\n\nPromises\n- No promise fell due\n"
    assert none_due.nothing
    assert plain(EMPTY) == "What was learned\n- No Incident Retro was published\n"
    assert EMPTY.nothing
    assert markdown(msgspec.structs.replace(EMPTY, so_far=True)).startswith("# Letter of March 2026, so far\n")


PARTS = (
    "published", "learnings", "unquoted", "promises", "near_misses", "experiments", "versions", "ideas_waiting", "used",
    "questions",
)  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_each_of_its_parts_is_enough_to_send_it(name):
    assert not msgspec.structs.replace(EMPTY, **{name: getattr(FULL, name)}).nothing


def test_what_others_wrote_is_shown_and_never_acted_on():
    hostile = "# x\n- y <script>alert(1)</script> [a](http://e.example) ![i](http://e.example/i) \x1b[31m`c` **b** @all"
    facts = msgspec.structs.replace(
        FULL,
        review_name=hostile,
        learnings=(Quote(where="L-1 of INC-1", text=hostile),),
        experiments=(Experiment(name="X-1", hypothesis=hostile, ends_on="2026-03-20", verdict="drop", why=hostile),),
        versions=(Quote(where="V-1", text=hostile),),
        used=Quote(where="L-1 of INC-1", text=hostile),
        questions=(Quote(where="INC-1", text=hostile),),
    )
    tokens = MarkdownIt("commonmark").parse(markdown(facts))
    kinds = {one.type for token in tokens for one in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "strong_open", "fence"}
    headings = [tokens[index + 1].content for index, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings == [
        "Letter of March 2026", "What was learned", "Promises", "Near misses", "Experiments", "The process", "Ideas",
        "Used again", "Open questions",
    ]  # fmt: skip
    for text in (plain(facts), markdown(facts)):
        assert "\x1b" not in text
    assert len(plain(facts).splitlines()) < len(WHOLE.splitlines())


def test_what_is_long_is_cut():
    facts = msgspec.structs.replace(FULL, learnings=(Quote(where="L-1 of INC-1", text="word " * 1000),))
    assert len(max(plain(facts).splitlines(), key=len)) < 350
