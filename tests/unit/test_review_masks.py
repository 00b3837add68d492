"""Whose eyes are kept from earlier conclusions, and until when."""

from incidentd.domain.review_masks import Seat, masked, told


def seat(incident_id=3, similar=(1, 2), *, present=True, factors_in=False):
    return Seat(incident_id=incident_id, present=present, factors_in=factors_in, similar=similar)


def test_whoever_takes_part_sees_no_earlier_conclusions_until_their_factors_are_in():
    assert masked([seat()]) == {1: 3, 2: 3}
    assert masked([seat(factors_in=True)]) == {}
    assert masked([seat(present=False)]) == {}
    assert masked([]) == {}


def test_each_review_hides_what_it_lists_and_nothing_of_its_own():
    assert masked([seat(5, (1, 4)), seat(4, (1, 4))]) == {1: 5, 4: 5}
    assert masked([seat(5, (4,), factors_in=True), seat(4, (1, 5))]) == {1: 4, 5: 4}


def test_what_is_said_names_what_opens_it():
    assert "factors for INC-3 are in" in told(3)
