"""The learning of the week: whose turn it is, when, how it reads, and what the process file may say of it."""

from datetime import UTC, datetime, time
from pathlib import Path

import msgspec
import pytest

from incidentd.configuration.documents import Document
from incidentd.configuration.learning_tables import learning_problems
from incidentd.configuration.problems import ConfigurationError
from incidentd.configuration.process_file import read_process
from incidentd.domain.learning_digest import Candidate, DigestSettings, Piece, chosen, message, next_at
from incidentd.domain.people import Person, Roster

MONDAY = DigestSettings(weekday=1, at=time(9), zone="Europe/Berlin", to=("internal",))


def at(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(2026, 3, 14, 9), at(2026, 3, 16, 8)),  # a Saturday, then winter time
        (at(2026, 3, 16, 7, 59), at(2026, 3, 16, 8)),
        (at(2026, 3, 16, 8), at(2026, 3, 23, 8)),
        (at(2026, 3, 23, 9), at(2026, 3, 30, 7)),  # the clocks were put forward
    ],
)
def test_it_is_due_by_the_clocks_of_its_zone(now, due):
    assert next_at(MONDAY, now) == due


def test_the_oldest_and_the_newest_take_turns_and_none_comes_again_before_all_were_sent():
    held = [Candidate(id=n, incident_id=n, began=at(2024, 1, n), sent=0) for n in (1, 2, 3, 4, 5)]
    order = []
    for sent in range(10):
        one = chosen(held, sent)
        order.append(one.id)
        held = [msgspec.structs.replace(other, sent=other.sent + (other.id == one.id)) for other in held]
    assert order == [1, 5, 2, 4, 3, 5, 1, 4, 2, 3]
    assert chosen([], 3) is None


def test_it_reads_as_a_note_with_its_incident_and_where_it_was_used():
    piece = Piece(
        learning_id=4,
        incident_id=3,
        title="Slow \x1b[31m",
        began=at(2024, 3, 1),
        text="Ask first\x1b",
        places=("INC-7",),
    )
    title, body = message(piece)
    assert title.startswith("Learning of the week: Ask first")
    assert "From INC-3, 2024-03-01: Slow" in body
    assert "Used in INC-7.\nincidentctl learn show INC-3" in body
    assert "\x1b" not in title + body


def read(text):
    return read_process(Document(Path("process.toml"), text), None)


def test_the_process_file_says_when_and_to_whom():
    digest = 'digest = { weekday = "mon", at = "09:00", zone = "Europe/Berlin", to = ["internal"] }'
    process = read(f'[audiences.internal]\npeople = ["ada"]\n[learning]\n{digest}\n')
    assert process.digest == MONDAY
    assert read("[learning]\n").digest is None
    roster = Roster(people={"ada": Person(handle="ada", name="Ada")})
    settings = msgspec.structs.replace(MONDAY, to=("team:gone",))
    assert list(learning_problems(settings, roster)) == [
        "learning.digest names team gone, which the roster does not have"
    ]


@pytest.mark.parametrize(
    ("digest", "what", "remedy"),
    [
        ('{ weekday = "mon-fri", at = "09:00", to = ["team:a"] }', "is no single day", "mon"),
        ('{ weekday = "mon", at = "9", to = ["team:a"] }', "is no time of day", "09:00"),
        ('{ weekday = "mon", at = "09:00", zone = "Mars", to = ["team:a"] }', "is no time zone", ""),
        ('{ weekday = "mon", at = "09:00", to = ["intern"] }', '"intern" is no audience', "internal"),
        ('{ weekday = "mon", at = "09:00", to = [] }', "", ""),
    ],
)
def test_what_cannot_be_is_told_with_its_line_and_a_remedy(digest, what, remedy):
    with pytest.raises(ConfigurationError) as caught:
        read(f'[audiences.internal]\npeople = ["ada"]\n[learning]\ndigest = {digest}\n')
    (fault,) = caught.value.faults
    assert fault.line == 4
    assert what in fault.what
    assert remedy in fault.remedy
    assert fault.remedy
