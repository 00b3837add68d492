"""What a team calls its review: the commands it gets by it, and the word that is warned of."""

import pytest
from msgspec.structs import replace

from incidentd.configuration.review_tables import review_problems
from incidentd.domain.business_time import BusinessCalendar
from incidentd.domain.people import Person, Roster, Team
from incidentd.domain.process import default_process
from incidentd.domain.review_words import command_names, name_problem

OLD = "Post" + "-mortem"  # nobody has died: no file has the word in one piece


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("Incident Review", ("incident-review", "review")),
        ("Incident Retro", ("incident-retro", "retro")),
        ("Reason For Outage", ("reason-for-outage", "rfo")),
        ("Incident After Action", ("incident-after-action", "after-action", "iaa")),
        ("Blick zurück!", ("blick-zur-ck",)),
        ("学び", ()),
    ],
)
def test_a_name_gives_commands(name, commands):
    found = command_names(name)
    assert found[: len(commands)] == commands


@pytest.mark.parametrize("name", [OLD, OLD.upper(), OLD.replace("-", " "), OLD.replace("-", ""), f"Blameless {OLD}s"])
def test_the_old_word_is_warned_of_with_what_to_call_it(name):
    assert "Incident Retro" in name_problem(name)


def test_a_good_name_and_known_people_have_no_problem():
    process = replace(default_process(), facilitators=("ada",), review_calendars={"shop": BusinessCalendar()})
    roster = Roster(people={"ada": Person(handle="ada", name="Ada")}, teams={"shop": Team(name="shop")})
    assert list(review_problems(process, roster)) == []
    odd = replace(process, review_name=OLD, facilitators=("bo",), review_calendars={"ops": BusinessCalendar()})
    found = list(review_problems(odd, roster))
    assert [one.split(" ")[0] for one in found] == ["review.name", "review.teams", "review.facilitators"]
