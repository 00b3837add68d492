"""Whether somebody is still at the other end of a link."""

from incidentd_tui.far_end import FarEnd


def test_a_terminal_that_answered_and_does_not_any_more_is_gone():
    far = FarEnd(0.0)
    assert [at for at in range(25) if far.ask(float(at))] == [0, 10, 20]
    far.answered(20.5)
    assert not far.gone(50.0)
    assert far.gone(50.5)


def test_keys_are_answers_too():
    far = FarEnd(0.0)
    far.answered(1.0)
    far.heard(29.0)
    assert not far.ask(38.0)
    assert far.ask(39.0)
    assert not far.gone(58.0)
    assert far.gone(59.0)


def test_a_terminal_that_never_answers_is_left_alone():
    far = FarEnd(0.0)
    far.heard(5.0)
    assert not far.gone(10_000.0)
