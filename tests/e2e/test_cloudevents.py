"""The CloudEvents SDK sends to a real daemon; what was delivered before a crash is known after it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.e2e


def test_a_redelivery_after_a_crash_is_no_news(running, make_daemon) -> None:
    from cloudevents.core.bindings.http import to_binary_event, to_structured_event
    from cloudevents.core.v1.event import CloudEvent

    daemon = make_daemon(
        main='[sources.cloudevents]\ntype = "cloudevents"\nresolved_types = ["com.example.alarm.cleared"]\n'
    ).start()

    def send(convert, number: str, what: str) -> None:
        attributes = {"id": number, "source": "/shop", "type": f"com.example.alarm.{what}", "subject": "disk"}
        message = convert(CloudEvent({**attributes, "datacontenttype": "application/json"}, {"title": "Disk is full"}))
        answer = daemon.http("POST", "/cloudevents", message.body, message.headers)
        assert answer.status == 200, answer

    send(to_binary_event, "1", "raised")
    running.eventually(lambda: daemon.page_of("Disk is full"), "somebody is paged")
    send(to_structured_event, "2", "cleared")
    daemon.kill()
    daemon.start()
    send(to_structured_event, "1", "raised")  # the broker never saw our answer
    send(to_binary_event, "2", "cleared")
    alert = daemon.alert("Disk is full")
    assert (alert["status"], alert["count"]) == ("resolved", 2)
    send(to_binary_event, "3", "raised")
    assert daemon.alert("Disk is full")["status"] == "firing"
