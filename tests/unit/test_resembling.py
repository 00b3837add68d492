"""Earlier incidents that resemble one: by words, service, alerts and labels; the newest and the oldest of them."""

from datetime import UTC, datetime, timedelta

from incidentd.domain.likeness import Facts
from incidentd.domain.resembling import ENOUGH, NEWEST, OLDEST, Known, alike, resembling

T0 = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def known(number, title="Card payments fail", *, service="", alerts=(), labels=(), days=0):
    facts = Facts(id=number, subject=title, text="", service=service, at=T0 + timedelta(days=days))
    return Known(facts=facts, alerts=frozenset(alerts), labels=frozenset(labels))


ONE = known(1, service="checkout", alerts=["Checkout5xx", "Slow"], labels=[("region", "eu"), ("severity", "page")])


def test_what_is_alike_is_said():
    other = known(2, "Payments by card time out", service="checkout", alerts=["Slow"], labels=[("region", "eu")])
    found = alike(ONE, other)
    assert found.score >= ENOUGH
    assert found.reasons == (
        "both say payments, card", "same service (checkout)", "same alert Slow", "same labels region=eu"
    )  # fmt: skip


def test_one_alert_is_enough_also_of_another_service_and_words_of_another_service_are_not():
    assert alike(ONE, known(2, "Z", alerts=["Slow"])).score == ENOUGH
    assert alike(ONE, known(2, "Z", service="mail", alerts=["Slow"])).score == ENOUGH
    assert alike(ONE, known(2, "Cards time out", service="mail")).score < ENOUGH
    severity = known(2, "Z", labels=[("severity", "page")])
    assert alike(ONE, severity).reasons == ()  # it says nothing of what is broken


def test_the_newest_and_the_oldest_are_shown_without_itself():
    others = [known(number, days=-number) for number in range(1, 12)]
    found = [one.id for one in resembling(known(1), others)]
    assert found == [2, 3, 4, 10, 11]
    assert len(found) == NEWEST + OLDEST
    assert [one.id for one in resembling(known(1), [known(2, "Mail is late"), known(3)])] == [3]
